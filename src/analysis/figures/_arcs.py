"""Near-duplicate pairs as an arc diagram: reports on a line, clusters together, an arc for each pair."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from analysis import tables
from analysis.figures import _canvas as canvas

SCORES_AT_MOST = 12


def network(pairs, clusters, documents, *, width="nature-2col", at_most=60):
    """Draw near-duplicate pairs as a network on a line, after Wattenberg's arc diagram.

    Reports of a cluster stand together, the representative (a filled square) first and the others in order of
    publication, so that every label can be read across. An arc is a pair, the wider the higher its score; a pair
    between two clusters is dashed. Reports without a pair are counted below. Of more than ``at_most``, or than fit
    the page, the largest clusters are drawn.

    Parameters
    ----------
    pairs : table of `tables.Pairs`
    clusters : table of `tables.Clusters`
    documents : table of `tables.Documents`
    width : str
        A name in `WIDTHS`.
    at_most : int
        Reports to draw.

    References
    ----------
    M. Wattenberg (2002), Arc diagrams: visualizing structure in strings. IEEE InfoVis, 110-116.
    """
    page = canvas.page(width)
    canvas.at_least_one("at_most", at_most)
    pairs, clusters = tables.check(tables.Pairs, pairs), tables.check(tables.Clusters, clusters)
    documents = tables.check(tables.Documents, documents)
    canvas.known(tables.Pairs, [*pairs["a"], *pairs["b"]], clusters["document_id"], "document")
    canvas.known(tables.Clusters, clusters["document_id"], documents["document_id"], "document")
    if pairs.empty:
        return canvas.in_words(page, f"There are no pairs among {canvas.count(len(documents), 'report')}.")
    paired = _in_order(pairs, clusters, documents)
    with canvas.style(page):
        room = page.rows_beside(9 * page.row_mm + canvas.note_mm(page, *_note(paired, paired, pairs, pairs, documents)))
        shown = paired.head(min(at_most, _fitting(paired, room)))
        return canvas.settle(_draw(shown, paired, pairs, documents, page))


def _in_order(pairs, clusters, documents):
    """Return the reports that have a pair: large clusters first, in each the representative, then by publication."""
    paired = clusters[clusters["document_id"].isin({*pairs["a"], *pairs["b"]})]
    paired = paired.merge(documents[["document_id", "outlet", "published"]], on="document_id")
    paired["size"] = paired.groupby("representative")["document_id"].transform("size")
    paired["first"] = paired["document_id"] == paired["representative"]
    keys = ["size", "representative", "first", "published", "document_id"]
    return paired.sort_values(keys, ascending=[False, True, False, True, True], ignore_index=True)


def _heights(shown):
    """Return how far down each report stands: one row each, and half a row between clusters."""
    new = shown["representative"].ne(shown["representative"].shift()).cumsum() - 1
    return (np.arange(len(shown)) + 0.5 * new).to_numpy()


def _fitting(paired, room):
    return max(1, int(np.searchsorted(_heights(paired), room - 1, side="right")))


def _note(shown, paired, drawn, pairs, documents):
    """Say how many reports and pairs are drawn, and how many reports stand alone."""
    cut = canvas.of_all(len(shown), len(paired), "report")
    alone = len(documents) - len(paired)
    return (
        f"{cut} that have a pair, the largest clusters first" if cut else "",
        canvas.of_all(len(drawn), len(pairs), "pair"),
        f"Not drawn: {canvas.count(alone, 'report')} without a pair" if alone else "",
    )


def _draw(shown, paired, pairs, documents, page):
    ids = shown["document_id"]
    among = pairs[pairs["a"].isin(ids) & pairs["b"].isin(ids)]
    note = _note(shown, paired, among, pairs, documents)
    heights = _heights(shown)
    figure = page.figure((heights[-1] + 1) * page.row_mm + 7 * page.row_mm + canvas.note_mm(page, *note))
    axes = figure.subplots()
    _draw_arcs(axes, among, shown, heights)
    _draw_reports(axes, shown, heights, page)
    _draw_legend(figure, among, page)
    canvas.note(figure, page, *note)
    return figure


def _draw_arcs(axes, among, shown, heights):
    """Bend each pair's arc to the right, further the further its reports stand apart."""
    at = dict(zip(shown["document_id"], heights, strict=True))
    cluster = dict(zip(shown["document_id"], shown["representative"], strict=True))
    longest = max([abs(at[a] - at[b]) for a, b in zip(among["a"], among["b"], strict=True)], default=1)
    for a, b, score in zip(among["a"], among["b"], among["score"], strict=True):
        depth = (abs(at[a] - at[b]) / longest) ** 0.6
        path = Path([(0, at[a]), (depth / 0.75, at[a]), (depth / 0.75, at[b]), (0, at[b])], [1, 4, 4, 4])
        style = "-" if cluster[a] == cluster[b] else (0, (3, 2))
        axes.add_patch(PathPatch(path, fill=False, ec=canvas.FAINT, lw=_line(score), ls=style, capstyle="butt"))
        if len(among) <= SCORES_AT_MOST:
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
            axes.text(depth, (at[a] + at[b]) / 2, f"{score:.2f}", ha="center", va="center", bbox=box)
    axes.set_xlim(-0.03, 1.08)
    axes.set_ylim(heights[-1] + 0.7, -0.7)


def _line(score):
    return 0.2 + 2.3 * score**2


def _draw_reports(axes, shown, heights, page):
    first = shown["first"].to_numpy()
    axes.plot(np.zeros(first.sum()), heights[first], "s", color=canvas.INK, markersize=3.6, clip_on=False, zorder=3)
    style = {"color": canvas.INK, "markerfacecolor": "white", "markersize": 3.4, "mew": 0.7}
    axes.plot(np.zeros((~first).sum()), heights[~first], "o", clip_on=False, zorder=3, **style)
    axes.set_yticks(heights, _labels(shown, page))
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, pad=4)
    axes.spines[["left", "bottom"]].set_visible(False)


def _labels(shown, page):
    """Name each report by its id and, where the page is wide enough for all, its outlet and day."""
    room = 0.45 * page.width_mm
    days = shown["published"].dt.strftime("%Y-%m-%d").fillna("no date")
    outlets = [canvas.fit(outlet or "outlet not stated", room / 3, page.font_pt) for outlet in shown["outlet"]]
    ids = canvas.short(shown["document_id"], room / 2, page.font_pt)
    full = [" · ".join(parts) for parts in zip(ids, outlets, days, strict=True)]
    dated = [" · ".join(parts) for parts in zip(ids, days, strict=True)]
    for labels in (full, dated):
        if max(canvas.text_mm(label, page.font_pt) for label in labels) <= room:
            return labels
    return ids


def _draw_legend(figure, among, page):
    marks = [
        Line2D([], [], color=canvas.INK, marker="s", ls="", markersize=3.6, label="representative"),
        Line2D(
            [], [], color=canvas.INK, marker="o", ls="", markersize=3.4, markerfacecolor="white", label="other report"
        ),
    ]
    scores = sorted({float(f"{score:.2f}") for score in (among["score"].min(), among["score"].max()) if score > 0})
    marks += [Line2D([], [], color=canvas.FAINT, lw=_line(score), label=f"score {score:.2f}") for score in scores]
    columns = canvas.legend_columns([mark.get_label() for mark in marks], page)
    figure.legend(handles=marks, loc="outside upper left", ncols=columns)
