"""What copies put into a corpus do to its topics, over the number of copies."""

from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _panels as panels

RESPONSES = {
    "agreement": "agreement with clean topics",
    "n_lost": "topics lost",
    "n_owned": "topics owned by one story",
    "smallest_n_effective": "fewest stories behind a topic",
    "prevalence_error": "error of prevalence",
}
# What is weighed differs in mark, fill and line, and so stays apart in grey.
LINES = (
    {"color": canvas.VERMILION, "ls": (0, (3, 1.5)), "marker": "s", "markerfacecolor": "white"},
    {"color": canvas.BLUE, "ls": "-", "marker": "o"},
    {"color": canvas.GREEN, "ls": ":", "marker": "^"},
    {"color": canvas.ORANGE, "ls": (0, (4, 1, 1, 1)), "marker": "D", "markerfacecolor": "white"},
)
WEIGHTINGS = [each for each in tables.WEIGHTINGS if each != "floor"]
WORDS = {"raw": "raw: each copy weighs 1", "by cluster": "weighed: 1 / cluster size"}


def dose_response(injection, *, response="agreement", width="nature-2col"):
    """Draw what copies put into a corpus do to its topics, over the copies of each story.

    A panel for each number of stories copied, and a row of panels for each model. Marks are means of the draws, lines
    up and down from the least to the most; the grey band is the floor, what leaving out a tenth of the stories does
    without any copies: an effect that does not leave it is none.

    Parameters
    ----------
    injection : table of `tables.TopicInjection`, or dict of such tables by the name of their model
        The data of the figure: ``{"NMF": …, "LDA": …}``.
    response : str
        "agreement", "n_lost", "n_owned", "smallest_n_effective" or "prevalence_error".
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    if response not in RESPONSES:
        raise ValueError(f"response is one of {', '.join(RESPONSES)}; found {response!r}.")
    given = injection if isinstance(injection, dict) else {"": injection}
    given = {name: tables.check(tables.TopicInjection, table) for name, table in given.items()}
    given = {name: table for name, table in given.items() if (table["n_copies"] > 0).any()}
    if not given:
        return canvas.in_words(page, "No copies were put in.")
    with canvas.style(page):
        return canvas.settle(_draw_doses(given, response, page))


def _draw_doses(given, response, page):
    doses = sorted({n for table in given.values() for n in table["n_stories"]} - {0})
    height_mm = max(10 * page.row_mm, 34)
    columns = min(len(doses), max(1, int((page.width_mm - 6) / (7 * page.font_pt))))
    panel_mm = (page.width_mm - 6) / columns
    figure = page.figure(len(given) * height_mm + 7 * page.row_mm)
    drawn = figure.subplots(len(given), columns, sharex=True, sharey=True, squeeze=False)
    for row, (name, table) in zip(drawn, given.items(), strict=True):
        for axes, n in zip(row, doses, strict=False):
            _draw_dose(axes, table, n, response)
            words = f"{n:,} {'story' if n == 1 else 'stories'} copied"
            panels.title(axes, f"{name}: {words}" if name else words, panel_mm - 5, page)
    _scale(drawn, given, response)
    figure.supylabel(canvas.fit(RESPONSES[response], 0.8 * len(given) * height_mm, page.font_pt))
    cut = f"{columns} of {len(doses)} numbers of stories copied" if columns < len(doses) else ""
    canvas.note(figure, page, cut, _conditions(given))
    _legend(figure, given, page)
    return figure


def _draw_dose(axes, table, n, response):
    floor = table.loc[table["weighting"] == "floor", response]
    if len(floor):
        axes.axhspan(floor.min(), floor.max(), color=canvas.PALE, lw=0, zorder=0)
        axes.axhline(floor.mean(), color=canvas.FAINT, lw=0.5, zorder=0)
    own = table[table["n_stories"] == n]
    for weighting, line in zip(WEIGHTINGS, LINES, strict=False):
        found = own[own["weighting"] == weighting].groupby("n_copies")[response].agg(["mean", "min", "max"])
        axes.vlines(found.index, found["min"], found["max"], color=line["color"], lw=0.6)
        axes.plot(found.index, found["mean"], lw=0.9, ms=3.2, mew=0.7, **line)


def _scale(drawn, given, response):
    copies = sorted({n for table in given.values() for n in table["n_copies"]} - {0})
    axes = drawn[0, 0]
    axes.set_xscale("log", base=2)
    axes.set_xlim(min(copies) / 1.3, max(copies) * 1.3)
    axes.set_xticks(copies, [str(number) for number in copies])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(0, 1 if response in ("agreement", "prevalence_error") else None)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    for each in drawn[-1]:
        each.set_xlabel("copies of each")


def _conditions(given):
    lost = sorted({share for table in given.values() for share in table.loc[table["n_copies"] > 0, "lost"]})
    draws = max(int(table["draw"].max()) for table in given.values())
    exact = [f"{share:.0%} of their tokens" for share in lost if share]
    words = f"Copies lose {' or '.join(exact)}" if exact else "Copies are exact"
    return f"{words}; {canvas.count(draws, 'draw')} of stories"


def _legend(figure, given, page):
    there = {each for table in given.values() for each in table["weighting"]}
    marks = [
        Line2D([0, 1], [0, 0], lw=0.9, ms=3.2, mew=0.7, label=WORDS.get(each, each), **line)
        for each, line in zip(WEIGHTINGS, LINES, strict=False)
        if each in there
    ]
    marks.append(Patch(color=canvas.PALE, lw=0, label="floor: a tenth of the stories left out"))
    columns = canvas.legend_columns([mark.get_label() for mark in marks], page)
    figure.legend(handles=marks, loc="outside upper left", ncols=columns)
