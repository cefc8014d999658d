"""On how many distinct stories topics rest, and which story owns one."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _panels as panels

OWNED = 0.25
ROW = 1.3
WORDS_OF_WIDTH, NUMBER_OF_WIDTH = 0.45, 0.2  # of the axes, for a headline behind the longest bar, or a number alone
LABEL = "distinct stories behind the topic (effective number)"
SHORTEST_MM = 12  # a headline cut shorter than this says nothing
WEIGHED, RAW = "each story weighs 1", "each copy weighs 1"


def topic_stories(audit, topic_names=None, *, before=None, before_names=None, width="nature-2col"):
    """Draw on how many distinct stories each topic rests, and mark the topics that one story owns with its headline.

    Parameters
    ----------
    audit : table of `tables.TopicAudit`
        The data of the figure: the bars.
    topic_names : table of `tables.TopicNames`, optional
    before : table of `tables.TopicAudit`, optional
        Of topics fitted to the same reports without weights, drawn below on the same scale. They are other topics, with
        numbers of their own.
    before_names : table of `tables.TopicNames`, optional
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    audits = {"": (audit, topic_names)}
    if before is not None:
        audits = {WEIGHED: (audit, topic_names), RAW: (before, before_names)}
    checked = {name: tables.check(tables.TopicAudit, each) for name, (each, _) in audits.items()}
    if any(each.empty for each in checked.values()):
        return canvas.in_words(page, "There are no topics to show.")
    labels = {
        name: panels.labels(names, checked[name]["topic"], tables.TopicAudit) for name, (_, names) in audits.items()
    }
    with canvas.style(page):
        return canvas.settle(_draw(checked, labels, page))


def _draw(audits, labels, page):
    room = max(1, int(page.rows_beside((8 + 3 * len(audits)) * page.row_mm) / len(audits) / ROW))
    shown = {name: audit.head(room) for name, audit in audits.items()}
    heights = [len(audit) for audit in shown.values()]
    figure = page.figure((ROW * sum(heights) + 3 * len(audits) + 5) * page.row_mm)
    drawn = figure.subplots(len(audits), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for axes, (name, audit) in zip(drawn, shown.items(), strict=True):
        _draw_bars(axes, audit, labels[name], page)
        axes.set_title(name)
    most = max(float(np.nanmax([*audit["n_effective"], 1])) for audit in audits.values())
    words = WORDS_OF_WIDTH if any(audit["owned"].any() for audit in shown.values()) else NUMBER_OF_WIDTH
    drawn[-1].set_xlim(0, most / (1 - words))
    words_mm = 0.65 * page.width_mm
    drawn[-1].set_xlabel("\n".join(canvas.wrap(LABEL, words_mm, page.font_pt)))
    drawn[-1].xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    cut = [canvas.of_all(len(audit), len(audits[name]), "topic") for name, audit in shown.items()]
    owned = any(audit["owned"].any() for audit in shown.values())
    hatched = f"Hatched: one story has more than {OWNED:.0%} of the topic" if owned else ""
    canvas.note(figure, page, *dict.fromkeys(cut), hatched)
    return figure


def _draw_bars(axes, audit, labels, page):
    label_mm = 0.3 * page.width_mm
    room = 0.9 * WORDS_OF_WIDTH * (page.width_mm - label_mm)
    for place, row in enumerate(audit.itertuples()):
        length = np.nan_to_num(row.n_effective)
        fill = {"color": "white", "hatch": "////"} if row.owned else {"color": canvas.BLUE}
        axes.barh(place, length, 0.7, edgecolor=canvas.INK, lw=0.4, **fill)
        axes.annotate(_said(row, room, page), (length, place), xytext=(2, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(audit)), [panels.brief(labels[topic], label_mm, page) for topic in audit["topic"]])
    axes.set_ylim(len(audit) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _said(row, room_mm, page):
    """The number, and of an owned topic how much the story has, and its headline where that has room."""
    if np.isnan(row.n_effective):
        return "in no report"
    number = f"{row.n_effective:,.0f}" if row.n_effective >= 10 else f"{row.n_effective:.1f}"
    if not row.owned:
        return number
    said = f"{number} · {row.largest_share:.0%}: "
    left = room_mm - canvas.text_mm(said, page.font_pt)
    if left < SHORTEST_MM:
        return said.rstrip(": ")
    return said + canvas.fit(row.title or row.representative, left, page.font_pt)
