"""Small multiples: how many fit a page, what they are called, and where their numbers stand."""

import math
from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis import tables
from analysis.figures import _canvas as canvas


@dataclass(frozen=True)
class Panels:
    """Rows and columns of panels, and how many of those wanted are shown."""

    rows: int
    columns: int
    n_shown: int
    panel_mm: float

    def draw(self, figure, **shared):
        """Return the axes of the panels shown; places of none stay empty."""
        every = figure.subplots(self.rows, self.columns, squeeze=False, **shared).ravel()
        for axes in every[self.n_shown :]:
            axes.remove()
        return every[: self.n_shown]

    def is_lowest(self, index):
        """Whether no panel is shown below this one."""
        return index + self.columns >= self.n_shown

    def is_first(self, index):
        """Whether this panel stands at the left."""
        return index % self.columns == 0


def fitted(n_panels, page, *, least_mm, height_mm, beside_mm):
    """Return as many panels as fit beside ``beside_mm`` of other things, each at least ``least_mm`` wide."""
    columns = min(n_panels, max(1, int(page.width_mm / least_mm)))
    rows = max(1, int((page.max_height_mm - beside_mm) / height_mm))
    n_shown = min(n_panels, rows * columns)
    rows = math.ceil(n_shown / columns)
    columns = math.ceil(n_shown / rows)
    return Panels(rows, columns, n_shown, page.width_mm / columns)


def percent(axis, *, nbins=3):
    """Tick an axis of shares in whole or half percents, without zeros that say nothing."""
    axis.set_major_locator(MaxNLocator(nbins=nbins, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g}%"))


def labels(topic_names, topics, shape):
    """Return what each topic is called: its label in ``topic_names``, or ``topic 3`` where none are given."""
    if topic_names is None:
        return {topic: f"topic {topic}" for topic in topics}
    names = tables.check(tables.TopicNames, topic_names)
    canvas.known(shape, topics, names["topic"], "topic")
    return dict(zip(names["topic"], names["label"], strict=True))


def brief(label, width_mm, page):
    """Return a label no wider than ``width_mm``: of one that lists terms, the first ones that fit."""
    terms = label.split(", ")
    shorter = (", ".join(terms[:n]) for n in range(len(terms), 0, -1))
    whole = (text for text in shorter if canvas.text_mm(text, page.font_pt) <= width_mm)
    return next(whole, None) or _ended(label, width_mm, page)


def _ended(text, width_mm, page):
    """Return as much of a name as fits, cut at its end: of a name the beginning tells most."""
    if canvas.text_mm(text, page.font_pt) <= width_mm:
        return text
    shorter = (text[:n].rstrip(" ,·:") + "…" for n in range(len(text) - 1, 0, -1))
    return next((cut for cut in shorter if canvas.text_mm(cut, page.font_pt) <= width_mm), "…")


def title(axes, label, width_mm, page, *, lines=1):
    """Write the name of a panel above it, in as many lines as are allowed."""
    written = canvas.wrap(label, width_mm, page.font_pt)
    if len(written) > lines:
        written = [*written[: lines - 1], _ended(" ".join(written[lines - 1 :]), width_mm, page)]
    axes.set_title("\n".join(written))
