"""Messages to a shop's help desk: spam, phishing or fine? Three people answer, or a senior.

`python -m handlers.demo.moderation FOLDER`, with SIGNOFF_URL and SIGNOFF_API_KEY in the
environment.
"""

import itertools
import logging
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from signoff import Prediction, Question, SignoffSync
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from handlers.demo.logs import set_up_log
from handlers.demo.messages import INCOMING, KNOWN
from handlers.demo.stream import Puzzle, Stream

DOUBTFUL_EVERY = 35  # seconds
CHOICES = ["spam", "phishing", "fine"]
log = logging.getLogger(__name__)


def main() -> None:
    """Trains, then asks until it is stopped."""
    set_up_log()
    stream = Stream(SignoffSync(), Path(sys.argv[1]), DOUBTFUL_EVERY)
    stream.send(puzzles())


def puzzles() -> Iterator[Puzzle]:
    """The incoming messages, over and over, each with what the model makes of it."""
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=100))
    model.fit([text for text, _ in KNOWN], [label for _, label in KNOWN])
    classes = [str(label) for label in model.classes_]
    log.info("trained on %d messages", len(KNOWN))
    incoming = random.sample(INCOMING, len(INCOMING))
    for text, truth in itertools.cycle(incoming):
        chances = model.predict_proba([text])[0]
        prediction = Prediction(
            classes[int(chances.argmax())], round(float(chances.max()), 4), "tfidf-logistic"
        )
        question = Question(
            "moderation",
            question="What is this message?",
            body=text,
            choices=CHOICES,
            prediction=prediction,
            requester="inbox-filter",
        )
        yield Puzzle(question, prediction, truth)


if __name__ == "__main__":
    main()
