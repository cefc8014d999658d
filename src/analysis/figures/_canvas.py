"""The page a figure is printed on: a journal's width, its style, and lines of words measured in millimetres."""

import difflib
import math
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources

import matplotlib.style
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from analysis import tables

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72
# Where a journal states no height, a figure and nothing else fits a US Letter page with margins of one inch.
LETTER_HEIGHT_MM = 279.4 - 2 * MM_PER_INCH
# Where a journal states no smallest size, the one Elsevier and most readers of print ask for.
USUAL_FONT_PT = 7

# Okabe and Ito (2008), https://jfly.uni-koeln.de/color/; ordered so that neighbours also differ in grey.
BLUE, ORANGE, SKY, GREEN, VERMILION = "#0072B2", "#E69F00", "#56B4E9", "#009E73", "#D55E00"
INK, FAINT, PALE = "#222222", "#8c8c8c", "#d9d9d9"

STYLE = {
    "figure.dpi": 200,
    "font.family": "DejaVu Sans",  # ships with matplotlib, so a figure has the same bytes on every machine
    "text.parse_math": False,  # a dollar sign in a headline is money
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlepad": 3,
    "axes.labelpad": 2,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2,
    "ytick.major.size": 2,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
    "hatch.linewidth": 0.4,
    "patch.linewidth": 0.4,
    "legend.frameon": False,
    "legend.borderpad": 0,
    "legend.handlelength": 2,
    "legend.columnspacing": 1.2,
    "svg.hashsalt": "analysis",
}


@dataclass(frozen=True)
class Page:
    """A place in a journal: width and greatest height in mm, smallest font in pt."""

    name: str
    width_mm: float
    max_height_mm: float
    font_pt: float

    @property
    def row_mm(self):
        """Height of a row of text with air above and below it."""
        return 1.35 * self.font_pt * MM_PER_POINT

    def rows_beside(self, mm):
        """Count the rows of text that fit the page beside ``mm`` of other things, at least 1."""
        return max(1, int((self.max_height_mm - mm) / self.row_mm))

    def figure(self, height_mm):
        """Return an empty figure, exactly as wide as the page and not higher than it."""
        height = min(height_mm, self.max_height_mm)
        return Figure(figsize=(self.width_mm / MM_PER_INCH, height / MM_PER_INCH), layout="constrained")


def _read_journals():
    path = resources.files("analysis") / "lexicon" / "journals.csv"
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col="name", dtype={"checked": str}).sort_index()


_JOURNALS = _read_journals()
WIDTHS = {name: float(width) for name, width in _JOURNALS["width_mm"].items()}
"""Names of the known widths and their mm; the publishers' pages and the days they were read are in the lexicon."""


def page(width):
    """Return the page that ``width`` names; an unknown name is refused with the nearest and all known ones."""
    if width not in WIDTHS:
        near = difflib.get_close_matches(str(width), WIDTHS, n=1, cutoff=0)
        raise ValueError(
            f"width expects the name of a journal's width; found {width!r}. The nearest is {near[0]!r}. "
            f"Known are {', '.join(WIDTHS)}; add another to lexicon/journals.csv."
        )
    journal = _JOURNALS.loc[width]
    height, font = journal["max_height_mm"], journal["min_font_pt"]
    return Page(
        width,
        float(journal["width_mm"]),
        LETTER_HEIGHT_MM if math.isnan(height) else float(height),
        USUAL_FONT_PT if math.isnan(font) else float(font),
    )


def at_least_one(name, number):
    """Refuse an option that is not a whole number of at least 1."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError(f"{name} expects a whole number of at least 1; found {number!r}.")


def known(shape, ids, others, kind):
    """Refuse a table of ``shape`` that speaks of a document, topic or claim which the table of ``others`` lacks."""
    missing = sorted(set(ids) - set(others))
    if missing:
        shown = ", ".join(map(str, missing[:5])) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise tables.TableError(
            f"{shape.__name__} speaks of the {kind} {shown}, which the {kind}s given beside it do not hold. "
            f"Give tables of the same corpus and run."
        )


@contextmanager
def style(page):
    """Draw in our style whatever the caller's rcParams say, and leave those as they were."""
    sizes = dict.fromkeys(("font.size", "axes.titlesize", "axes.labelsize", "legend.fontsize"), page.font_pt)
    sizes |= dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "figure.labelsize"), page.font_pt)
    with matplotlib.style.context(["default", STYLE | sizes]):
        yield


def settle(figure):
    """Lay the figure out once and for all, so that PDF, SVG and PNG agree and no later rcParams move anything."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def note(figure, page, *sentences):
    """Write what a reader must know to read the figure below it; empty sentences are left out."""
    written = ". ".join(filter(None, sentences))
    if written:
        lines = wrap(written + ".", page.width_mm - 4, page.font_pt)
        figure.supxlabel("\n".join(lines), x=2 / page.width_mm, ha="left", color=INK)


def note_mm(page, *sentences):
    """Return the height that `note` will need."""
    written = ". ".join(filter(None, sentences))
    return page.row_mm * (len(wrap(written + ".", page.width_mm - 4, page.font_pt)) + 1) if written else 0.0


def legend_columns(labels, page):
    """Return how many legend entries fit side by side: a handle is four font sizes wide with what is around it."""
    widest = max(text_mm(label, page.font_pt) for label in labels) + 4.4 * page.font_pt * MM_PER_POINT
    return min(len(labels), max(1, int((page.width_mm - 3) / widest)))


def in_words(page, sentence):
    """Return a figure that only says ``sentence``: what a step without results looks like."""
    with style(page):
        lines = wrap(sentence, page.width_mm - 8, page.font_pt)
        figure = page.figure(page.row_mm * (len(lines) + 4))
        # A notebook does not show a figure without axes.
        figure.subplots(subplot_kw={"xticks": [], "yticks": []}).set_axis_off()
        figure.text(0.5, 0.5, "\n".join(lines), ha="center", va="center")
        return settle(figure)


def count(number, noun):
    """Return ``1 report``, ``2,225 reports``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def of_all(shown, total, noun):
    """Return ``40 of 2,225 reports``, or nothing when all are shown."""
    return f"{shown:,} of {count(total, noun)}" if shown < total else ""


@cache
def text_mm(text, font_pt, weight="normal"):
    """Return the printed width of ``text`` in mm."""
    font = FontProperties(family=STYLE["font.family"], size=font_pt, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] * MM_PER_POINT


def wrap(text, width_mm, font_pt, weight="normal"):
    """Return ``text`` as lines no wider than ``width_mm``, broken at spaces; a longer word is cut in its middle."""
    lines = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_mm(longer, font_pt, weight) <= width_mm:
            lines[-1] = longer
        else:
            lines.append(fit(word, width_mm, font_pt, weight))
    return lines


def fit(text, width_mm, font_pt, weight="normal"):
    """Return ``text`` on one line no wider than ``width_mm``, its middle cut out where it is too long."""
    text = " ".join(text.split())
    if text_mm(text, font_pt, weight) <= width_mm:
        return text
    shorter = (cut(text, kept) for kept in range(len(text) - 1, 1, -1))
    return next((label for label in shorter if text_mm(label, font_pt, weight) <= width_mm), "…")


def cut(text, length, head=None):
    """Return ``text`` with an ellipsis for its middle, ``length`` characters in all, ``head`` of them before it."""
    if len(text) <= length:
        return text
    head = length // 2 if head is None else head
    tail = length - 1 - head
    return text[:head] + "…" + (text[-tail:] if tail else "")


def short(names, width_mm, font_pt):
    """Return a label no wider than ``width_mm`` for each of ``names``, different names differing.

    Only names that are too long lose characters: those in the middle, or, where that would make two names one, those
    at the end or the beginning. If no cut keeps them apart, labels grow until one does.
    """
    names = [" ".join(name.split()) for name in names]
    different = sorted(set(names))
    long = [name for name in different if text_mm(name, font_pt) > width_mm]
    # The digits of DejaVu Sans are 0.636 of the font size wide, and identifiers are mostly digits.
    length = max(3, int(width_mm / (0.65 * font_pt * MM_PER_POINT)))
    while True:
        for head in sorted(range(length), key=lambda head: (abs(head - length // 2), head)):
            labels = dict(zip(different, different, strict=True)) | {name: cut(name, length, head) for name in long}
            if len(set(labels.values())) == len(different):
                return [labels[name] for name in names]
        length += 1
