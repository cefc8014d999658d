"""How much of a corpus, or of each of its groups, belongs to each topic, as written and as printed."""

import numpy as np
from matplotlib.lines import Line2D

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _panels as panels

NOT_STATED = "not stated"
# Filled circle and hollow square stay apart in grey, and stand beside each other.
MARKS = {
    "written": {"marker": "o", "color": canvas.BLUE, "markerfacecolor": canvas.BLUE},
    "printed": {"marker": "s", "color": canvas.VERMILION, "markerfacecolor": "white"},
}
WORDS = {"written": "written: each story once", "printed": "printed: each copy"}
OFFSET = {"written": -0.16, "printed": 0.16}
ROW = 1.5  # rows of text that the two marks of a topic take


def topic_prevalence(prevalence, topic_names=None, *, width="nature-2col", at_most=30):
    """Draw the share of each topic with its interval, as written beside as printed.

    Of one group, a row for each topic, in the order of their numbers. Of several (outlets, months), a panel for each
    topic with a row for each group and its number of stories, all on one scale; topics that do not fit the page, and
    groups beyond ``at_most`` (those with fewest stories), are counted below. Lines are the intervals of the table; a
    group of one story has none.

    Parameters
    ----------
    prevalence : table of `tables.TopicPrevalence`
        The data of the figure.
    topic_names : table of `tables.TopicNames`, optional
    width : str
        A name in `WIDTHS`.
    at_most : int
        Groups to draw.
    """
    page = canvas.page(width)
    canvas.at_least_one("at_most", at_most)
    shares = tables.check(tables.TopicPrevalence, prevalence)
    if shares.empty:
        return canvas.in_words(page, "There are no shares of topics to show.")
    names = panels.labels(topic_names, sorted(set(shares["topic"])), tables.TopicPrevalence)
    with canvas.style(page):
        draw = _draw_topics if shares["group"].nunique() == 1 else _draw_groups
        return canvas.settle(draw(shares, names, at_most, page))


def _draw_topics(shares, names, at_most, page):  # noqa: ARG001 - the signature of _draw_groups
    topics = sorted(set(shares["topic"]))
    shown = topics[: max(1, int(page.rows_beside(9 * page.row_mm) / ROW))]
    figure = page.figure((ROW * len(shown) + 7.5) * page.row_mm + _legend_mm(page))
    axes = figure.subplots()
    labels = [panels.brief(names[topic], 0.45 * page.width_mm, page) for topic in shown]
    _draw_rows(axes, shares[shares["topic"].isin(shown)], "topic", shown)
    _finish(axes, labels, _most(shares))
    axes.set_xlabel("share of the corpus")
    first = shares.iloc[0]
    said = f"{_stories(first['n_stories'])} in {canvas.count(int(first['n_documents']), 'report')}"
    canvas.note(figure, page, canvas.of_all(len(shown), len(topics), "topic"), said)
    _legend(figure, page)
    return figure


def _draw_groups(shares, names, at_most, page):
    groups, dropped = _groups(shares, min(at_most, int(page.rows_beside(14 * page.row_mm) / ROW)))
    topics = sorted(set(shares["topic"]))
    room = 0.3 * page.width_mm
    sizes = shares.groupby("group")["n_stories"].first()
    ends = [f" ({sizes[group]:,})" for group in groups]
    rooms = [room - canvas.text_mm(end, page.font_pt) for end in ends]
    labels = [canvas.fit(group or NOT_STATED, mm, page.font_pt) for group, mm in zip(groups, rooms, strict=True)]
    labels = [label + end for label, end in zip(labels, ends, strict=True)]
    label_mm = max(canvas.text_mm(label, page.font_pt) for label in labels)
    height_mm = (ROW * len(groups) + 2.2) * page.row_mm
    grid = panels.fitted(
        len(topics),
        page,
        least_mm=max(7 * page.font_pt, 0.8 * label_mm),
        height_mm=height_mm,
        beside_mm=9 * page.row_mm + _legend_mm(page),
    )
    figure = page.figure(grid.rows * height_mm + 6 * page.row_mm + _legend_mm(page))
    shown = shares[shares["group"].isin(groups)]
    for index, (axes, topic) in enumerate(zip(grid.draw(figure, sharex=True, sharey=True), topics, strict=False)):
        _draw_rows(axes, shown[shown["topic"] == topic], "group", groups)
        _finish(axes, labels, _most(shown))
        axes.tick_params(axis="x", labelbottom=grid.is_lowest(index))
        panels.title(axes, names[topic], grid.panel_mm - label_mm / grid.columns - 3, page)
        axes.set_xlabel("share" if grid.is_lowest(index) else "")
    canvas.note(figure, page, canvas.of_all(grid.n_shown, len(topics), "topic"), dropped, "In brackets: stories")
    _legend(figure, page)
    return figure


def _groups(shares, at_most):
    """Return the groups with most stories, in their order, and what is said of the others."""
    sizes = shares.groupby("group")["n_stories"].first().sort_index()
    kept = sizes.sort_values(ascending=False, kind="stable").index[: max(1, at_most)]
    left = len(sizes) - len(kept)
    dropped = f"{canvas.of_all(len(kept), len(sizes), 'group')}, those with most stories" if left else ""
    # What is not stated comes last, as it is no group of its own.
    return sorted(kept, key=lambda group: (group == "", group)), dropped


def _stories(number):
    return f"{number:,} {'story' if number == 1 else 'stories'}"


def _most(shares):
    return float(np.nanmax(shares[["share", "high"]].to_numpy(dtype=float)))


def _draw_rows(axes, shares, column, order):
    place = {name: index for index, name in enumerate(order)}
    for counting, mark in MARKS.items():
        rows = shares[shares["counting"] == counting]
        at = rows[column].map(place).to_numpy(dtype=float) + OFFSET[counting]
        axes.hlines(at, rows["low"], rows["high"], color=mark["color"], lw=0.8, zorder=1)
        axes.plot(rows["share"], at, ls="", ms=3.2, mew=0.7, **mark)


def _finish(axes, labels, most):
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=canvas.PALE, lw=0.4)
    axes.set_xlim(0, 1.06 * most or 1)
    panels.percent(axes.xaxis)


def _legend_mm(page):
    return page.row_mm * (2.4 if canvas.legend_columns(list(WORDS.values()), page) == 1 else 1.2)


def _legend(figure, page):
    marks = [Line2D([0, 1], [0, 0], lw=0.8, ms=3.2, mew=0.7, label=WORDS[name], **mark) for name, mark in MARKS.items()]
    columns = canvas.legend_columns(list(WORDS.values()), page)
    figure.legend(handles=marks, loc="outside upper left", ncols=columns)
