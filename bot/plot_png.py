"""Pictures, with the extra `plots`: large letters, colours that the colour-blind tell apart.

What they show in words is in `bot.plots`: send it along as alt text.
"""

import importlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from bot.errors import SignoffError
from bot.measures.queue_figures import Question, QueueFigures
from bot.measures.what_if import Point
from bot.plots import Bar, bars_of, printed

BLUE, VERMILION, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#595959"
"""Source: Okabe and Ito (2008), Color Universal Design, https://jfly.uni-koeln.de/color/."""
WIDTH, DPI = 4.2, 300  # inches, and 1,260 pixels: sharp on a phone
LETTERS = 13  # points: as large as a chat's own words where the picture is 300 pixels wide
ROW = 0.56  # inches for a figure: its name and number above, its interval below
TITLE_MAX = 40  # characters


def report_png(figures: QueueFigures) -> bytes:
    """The report's estimates with their intervals, one line each.

    Raises:
        SignoffError: matplotlib is not installed.
    """
    bars = bars_of(figures)
    rows = max(len(bars), 2)
    figure, (axes,) = _canvas(1, height=0.95 + ROW * rows)
    lowest = min((bar.estimate.low or 0 for bar in bars), default=0)
    axes.set_xlim(min(0.0, lowest), 1.0)
    axes.set_ylim(-0.3, rows - 0.2)
    for place, bar in enumerate(reversed(bars)):
        _draw(axes, place, bar)
    axes.set_yticks([])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.spines["left"].set_visible(False)
    axes.xaxis.grid(visible=True, color="#DDDDDD")
    axes.set_axisbelow(True)
    if not bars:
        axes.text(0.5, 0.5, "Too few for any figure", ha="center", transform=axes.transAxes)
    _name(axes, figures.question)
    axes.set_xlabel("line: where the true figure lies,\n95 times in 100; right is better")
    return _png(figure)


def what_if_png(title: str, points: Sequence[Point]) -> bytes:
    """Accuracy and human share above, cost below, along the machine's threshold.

    Raises:
        SignoffError: matplotlib is not installed.
    """
    figure, (upper, lower) = _canvas(2, height=7.2)
    at = [point.auto_above for point in points]
    known = [point for point in points if point.accuracy.value is not None]
    where = [point.auto_above for point in known]
    upper.fill_between(
        where,
        [100 * (point.accuracy.low or 0) for point in known],
        [100 * (point.accuracy.high or 0) for point in known],
        color=BLUE,
        alpha=0.2,
        linewidth=0,
    )
    right = [100 * (point.accuracy.value or 0) for point in known]
    upper.plot(where, right, color=BLUE, marker="o", markersize=5, label="machine is right")
    people = [100 * (point.human_share.value or 0) for point in points]
    upper.plot(at, people, color=VERMILION, linestyle="--", marker="s", markersize=5,
               label="people answer")  # fmt: skip
    upper.set_ylim(0, 103)
    upper.set_ylabel("% of items")
    upper.legend(loc="best", frameon=True)
    upper.set_title(title[:TITLE_MAX], loc="left", fontweight="bold", parse_math=False)
    cost = [float(point.cost.total_usd) for point in points]
    lower.plot(at, cost, color=GREEN, linestyle="-.", marker="D", markersize=5)
    lower.set_ylim(0, max([*cost, 0.01]) * 1.1)
    lower.set_ylabel("cost, $")
    lower.set_xlabel("the machine settles what it is this sure of")
    for axes in (upper, lower):
        axes.grid(visible=True, color="#DDDDDD")
        axes.set_axisbelow(True)
    return _png(figure)


def _draw(axes: Any, place: int, bar: Bar) -> None:
    """A name and a number, and below them a point with its interval; kinds differ in shape too."""
    estimate = bar.estimate
    value = estimate.value or 0.0
    colour, marker = (BLUE, "o") if bar.is_share else (VERMILION, "D")
    if estimate.low is not None and estimate.high is not None:
        axes.plot([estimate.low, estimate.high], [place, place], color=colour, linewidth=4,
                  solid_capstyle="butt", clip_on=False)  # fmt: skip
    axes.plot([value], [place], color=colour, marker=marker, markersize=9, clip_on=False)
    for words, at, side in ((bar.name, 0.0, "left"), (printed(bar), 1.0, "right")):
        axes.annotate(
            words, (at, place), xycoords=("axes fraction", "data"), xytext=(0, 9),
            textcoords="offset points", fontsize=LETTERS - 2, ha=side, color=GREY,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def _name(axes: Any, question: Question) -> None:
    """The queue's title; its name where the title is long, or the font lacks a letter of it."""
    title = question.title
    font = _matplotlib("matplotlib.font_manager").FontProperties()
    path = _matplotlib("matplotlib.font_manager").findfont(font)
    drawable = _matplotlib("matplotlib.ft2font").FT2Font(path).get_charmap()
    if len(title) > TITLE_MAX or any(ord(letter) not in drawable for letter in title):
        title = question.queue
    axes.set_title(title[:TITLE_MAX], loc="left", fontweight="bold", parse_math=False)


def _canvas(rows: int, *, height: float) -> tuple[Any, tuple[Any, ...]]:
    """An empty picture, apart from any window and from what others draw."""
    drawing = _matplotlib("matplotlib.figure")
    figure = drawing.Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    axes = [figure.add_subplot(rows, 1, row + 1) for row in range(rows)]
    for one in axes:
        one.tick_params(labelsize=LETTERS - 1)
        for side in ("top", "right"):
            one.spines[side].set_visible(False)
        for label in (one.xaxis.label, one.yaxis.label, one.title):
            label.set_fontsize(LETTERS)
    return figure, tuple(axes)


def _png(figure: Any) -> bytes:
    made = BytesIO()
    figure.savefig(made, format="png")
    return made.getvalue()


def _matplotlib(module: str) -> Any:
    """The library, loaded now.

    Raises:
        SignoffError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise SignoffError(
            "Plots need the library matplotlib. Install it with: "
            "pip install 'signoff-server[plots]'"
        ) from None
