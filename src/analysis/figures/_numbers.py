"""What can be said for and against several numbers of topics."""

from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _panels as panels

MEASURES = {
    "agreement": "agreement, the noise floor",
    "perplexity": "perplexity, held out",
    "npmi": "coherence (NPMI)",
    "exclusivity": "exclusivity",
    "diversity": "diversity",
}
BETTER = {"perplexity": "lower is better"}
LOST = 1 / 3
# Models stay apart in grey by line and mark.
LINES = (
    {"color": canvas.BLUE, "ls": "-", "marker": "o"},
    {"color": canvas.VERMILION, "ls": (0, (3, 1.5)), "marker": "s", "markerfacecolor": "white"},
    {"color": canvas.GREEN, "ls": ":", "marker": "^"},
)


def topic_numbers(stability, *, width="nature-2col"):
    """Draw five measures over the number of topics side by side, with what leaving out stories changes of each.

    A mark is the mean of all fits to nine tenths of the stories, a band from the least to the most of them: two numbers
    of topics whose bands overlap are not told apart. The agreement is itself the noise floor, since nothing but a tenth
    of the stories differs between the fits it compares; below the line of a third a topic counts as lost. The measures
    often disagree, and none is called the best.

    Parameters
    ----------
    stability : table of `tables.TopicStability`, or dict of such tables by the name of their model
        The data of the figure: ``{"NMF": …, "LDA": …}`` draws both in each panel. At most three.
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    given = stability if isinstance(stability, dict) else {"": stability}
    if not 1 <= len(given) <= len(LINES):
        raise ValueError(f"stability expects one to {len(LINES)} tables; found {len(given)}.")
    given = {name: tables.check(tables.TopicStability, table) for name, table in given.items()}
    given = {name: table for name, table in given.items() if len(table)}
    if not given:
        return canvas.in_words(page, "No numbers of topics were compared.")
    with canvas.style(page):
        return canvas.settle(_draw(given, page))


def _draw(given, page):
    measures = [name for name in MEASURES if any(table[name].notna().any() for table in given.values())]
    height_mm = max(9 * page.row_mm, 30)
    beside_mm = 8 * page.row_mm
    grid = panels.fitted(len(measures), page, least_mm=7 * page.font_pt, height_mm=height_mm, beside_mm=beside_mm)
    figure = page.figure(grid.rows * height_mm + 6 * page.row_mm)
    numbers = sorted({number for table in given.values() for number in table["n_topics"]})
    for index, (axes, measure) in enumerate(zip(grid.draw(figure, sharex=True), measures, strict=False)):
        for (_, table), line in zip(given.items(), LINES, strict=False):
            _draw_measure(axes, table.groupby("n_topics")[measure], line)
        _finish(axes, measure, numbers, grid.panel_mm, page)
        axes.tick_params(axis="x", labelbottom=grid.is_lowest(index))
        axes.set_xlabel("number of topics" if grid.is_lowest(index) else "")
    _legend(figure, given, page)
    canvas.note(figure, page, _fits(given), canvas.of_all(grid.n_shown, len(measures), "measure"))
    return figure


def _draw_measure(axes, groups, line):
    found = groups.agg(["mean", "min", "max"]).dropna()
    at = found.index.to_numpy(dtype=float)
    axes.fill_between(at, found["min"], found["max"], color=line["color"], alpha=0.18, lw=0)
    axes.vlines(at, found["min"], found["max"], color=line["color"], lw=0.5)
    axes.plot(at, found["mean"], lw=0.9, ms=3, mew=0.7, **line)


def _finish(axes, measure, numbers, panel_mm, page):
    words = f"{MEASURES[measure]}, {BETTER[measure]}" if measure in BETTER else MEASURES[measure]
    panels.title(axes, words, panel_mm - 6, page, lines=2)
    if measure == "agreement":
        axes.axhline(LOST, color=canvas.FAINT, lw=0.5, ls=(0, (1, 1.5)))
        axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    room = max(1, int(panel_mm / (1.6 * canvas.text_mm(str(max(numbers)), page.font_pt))) - 1)
    step = -(-len(numbers) // room)
    axes.xaxis.set_major_locator(FixedLocator(numbers[::step]))
    axes.xaxis.set_minor_locator(NullLocator())
    spread = (max(numbers) - min(numbers)) or 2
    axes.set_xlim(min(numbers) - 0.06 * spread, max(numbers) + 0.06 * spread)


def _fits(given):
    counts = [f"{canvas.count(len(table), 'fit')}{f' of {name}' if name else ''}" for name, table in given.items()]
    held = sorted({int(number) for table in given.values() for number in table["n_held_out"]})
    return f"{' and '.join(counts)}, each without a tenth of the stories ({held[0]:,})" if held else ""


def _legend(figure, given, page):
    marks = [
        Line2D([0, 1], [0, 0], lw=0.9, ms=3, mew=0.7, label=name or "mean", **line)
        for name, line in zip(given, LINES, strict=False)
    ]
    marks.append(Patch(color=canvas.FAINT, alpha=0.35, lw=0, label="least to most"))
    marks.append(Line2D([0, 1], [0, 0], color=canvas.FAINT, lw=0.5, ls=(0, (1, 1.5)), label="a third: lost"))
    columns = canvas.legend_columns([mark.get_label() for mark in marks], page)
    figure.legend(handles=marks, loc="outside upper left", ncols=columns)
