"""Handwritten digits, read by a real model; people read what it is not sure of.

`python -m handlers.demo.digits FOLDER`, with SIGNOFF_URL and SIGNOFF_API_KEY in the environment.
The pictures are scikit-learn's bundled data (UCI ML hand-written digits, 8 by 8 pixels).
"""

import base64
import io
import itertools
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from signoff import Picture, Prediction, Question, SignoffSync
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from handlers.demo.logs import set_up_log
from handlers.demo.stream import Puzzle, Stream

TRAINED_ON = 200  # of 1,797: few enough to leave doubts
DARKEST = 16  # the data's ink runs from 0 to 16
WIDTH = 160  # pixels of the picture that people see
DOUBTFUL_EVERY = 20  # seconds
DIGITS = [str(digit) for digit in range(10)]
log = logging.getLogger(__name__)


def main() -> None:
    """Trains, then asks until it is stopped."""
    set_up_log()
    stream = Stream(SignoffSync(), Path(sys.argv[1]), DOUBTFUL_EVERY)
    stream.send(puzzles())


def puzzles() -> Iterator[Puzzle]:
    """The digits that the model was not trained on, over and over."""
    images, classes = load_digits(return_X_y=True)
    images = images / DARKEST
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(images[:TRAINED_ON], classes[:TRAINED_ON])
    unseen, truths = images[TRAINED_ON:], classes[TRAINED_ON:]
    chances = model.predict_proba(unseen)
    right = float((chances.argmax(axis=1) == truths).mean())
    log.info(
        "trained on %d digits; %.1f %% right on %d others", TRAINED_ON, 100 * right, len(unseen)
    )
    order = np.random.default_rng().permutation(len(unseen))
    for index in itertools.cycle(order):
        yield _puzzle(unseen[index], chances[index], str(truths[index]))


def _puzzle(image: Any, chances: Any, truth: str) -> Puzzle:
    prediction = Prediction(
        DIGITS[int(chances.argmax())], round(float(chances.max()), 4), "logistic-regression-200"
    )
    question = Question(
        "digits",
        question="Which digit is this?",
        choices=DIGITS,
        evidence=[Picture(picture_of(image), "A handwritten digit, 8 by 8 pixels, enlarged")],
        prediction=prediction,
        requester="digit-reader",
    )
    return Puzzle(question, prediction, truth)


def picture_of(image: Any) -> str:
    """The digit as a `data:` address: dark ink on white, every pixel a crisp square."""
    ink = (255 - image.reshape(8, 8) * 255).astype("uint8")
    large = Image.fromarray(ink).resize((WIDTH, WIDTH), Image.Resampling.NEAREST)
    file = io.BytesIO()
    large.save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


if __name__ == "__main__":
    main()
