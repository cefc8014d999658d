"""Cosine scores as a heat map beside the tree that average linkage makes of them."""

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from analysis import tables
from analysis.figures import _canvas as canvas

VALUES_AT_MOST = 12
TREE_LABEL = "1 − score"


def similarity(pairs, documents, *, width="nature-2col", at_most=40):
    """Draw cosine scores as a heat map, reports ordered by average linkage on 1 - score, with its dendrogram.

    A pair that is not in ``pairs`` counts as 0 and is left white: it did not reach the threshold of the table. Up to
    twelve reports have their scores written in the cells where these are wide enough. Of more than ``at_most``, or
    than fit the page, those with the highest scores are drawn, and a line says how many of how many.

    Parameters
    ----------
    pairs : table of `tables.Pairs`
    documents : table of `tables.Documents`
    width : str
        A name in `WIDTHS`.
    at_most : int
        Reports to draw.
    """
    page = canvas.page(width)
    canvas.at_least_one("at_most", at_most)
    pairs, documents = tables.check(tables.Pairs, pairs), tables.check(tables.Documents, documents)
    canvas.known(tables.Pairs, [*pairs["a"], *pairs["b"]], documents["document_id"], "document")
    if pairs.empty:
        return canvas.in_words(page, f"There are no pairs among {canvas.count(len(documents), 'report')}.")
    ids = _most_alike(pairs, documents, min(at_most, page.rows_beside(_beside_mm(page))))
    if len(ids) < 2:
        return canvas.in_words(page, "A heat map of scores needs at least two reports; at_most is 1.")
    with canvas.style(page):
        return canvas.settle(_draw(_scores(pairs, ids), ids, len(documents), pairs["score"].min(), page))


def _beside_mm(page):
    """Height of axes, scale and note, which the rows of the map cannot have."""
    return 11 * page.row_mm


def _most_alike(pairs, documents, at_most):
    """Return the ids of the reports with the highest scores, in their order; a report without a pair has 0."""
    ends = pd.concat([pairs.set_index("a")["score"], pairs.set_index("b")["score"]])
    highest = documents["document_id"].map(ends.groupby(level=0).max()).fillna(0.0).to_numpy()
    chosen = np.argsort(-highest, kind="stable")[:at_most]
    return documents["document_id"].iloc[np.sort(chosen)].tolist()


def _scores(pairs, ids):
    """Return the symmetric matrix of the scores among ``ids``, with 1 on its diagonal."""
    position = {name: index for index, name in enumerate(ids)}
    among = pairs[pairs["a"].isin(ids) & pairs["b"].isin(ids)]
    scores = np.eye(len(ids))
    rows, columns = [among[end].map(position).to_numpy(dtype=int) for end in ("a", "b")]
    scores[rows, columns] = scores[columns, rows] = among["score"]
    return scores


def _draw(scores, ids, n_documents, threshold, page):
    tree = hierarchy.linkage(squareform(1 - scores, checks=False), method="average", optimal_ordering=True)
    branches = hierarchy.dendrogram(tree, no_plot=True)
    order = branches["leaves"]
    names = canvas.short([ids[index] for index in order], 0.2 * page.width_mm, page.font_pt)
    widest = max(canvas.text_mm(name, page.font_pt) for name in names)
    cell_mm = 0.8 * (page.width_mm - widest - 5) / len(ids)
    above_mm = widest if page.row_mm <= cell_mm < widest else 0
    row_mm = max(page.row_mm, min(cell_mm, 9))
    figure = page.figure(row_mm * len(ids) + above_mm + _beside_mm(page))
    tree_mm = max(0.25 * cell_mm * len(ids), canvas.text_mm(TREE_LABEL, page.font_pt) + 2)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[tree_mm, cell_mm * len(ids)])
    _draw_branches(left, branches)
    cells = _draw_cells(right, scores[np.ix_(order, order)])
    _write_scores(right, scores[np.ix_(order, order)], cell_mm, page)
    _label(right, names, cell_mm, page)
    scale = figure.colorbar(cells, ax=right, orientation="horizontal", aspect=40, pad=0.02, fraction=0.05)
    scale.set_label("cosine score")
    scale.outline.set_linewidth(0.5)
    lowest = f"White: no pair in the table, whose lowest score is {threshold:.2f}"
    canvas.note(figure, page, canvas.of_all(len(ids), n_documents, "report"), lowest)
    return figure


def _draw_branches(axes, branches):
    """Draw the tree with its leaves at the right, where the rows of the map begin."""
    heights, places = np.array(branches["dcoord"]), np.array(branches["icoord"])
    axes.add_collection(LineCollection(np.stack([heights, places / 10], axis=2), colors=canvas.INK, linewidths=0.6))
    axes.set_xlim(1.03 * heights.max(), 0)
    axes.set_xlabel(TREE_LABEL)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=2, steps=[1, 2, 5, 10]))


def _draw_cells(axes, scores):
    """Draw the cells, dark for alike; the diagonal is grey, since a report with itself tells nothing."""
    size = len(scores)
    off = ~np.eye(size, dtype=bool)
    top = max(0.1, np.ceil(10 * scores[off].max()) / 10)
    shown = np.ma.masked_where(~off | (scores == 0), scores)
    edges = np.arange(size + 1)
    line = 0.3 if size <= 60 else 0
    cells = axes.pcolormesh(edges, edges, shown, cmap="Blues", vmin=0, vmax=top, edgecolors="white", linewidth=line)
    diagonal = np.ma.masked_where(off, np.zeros((size, size)))
    axes.pcolormesh(edges, edges, diagonal, cmap="binary", vmin=-1, vmax=4, edgecolors="white", linewidth=line)
    axes.set_ylim(size, 0)
    return cells


def _write_scores(axes, scores, cell_mm, page):
    """Write the scores of few reports into their cells, without the leading zero where cells are narrow."""
    leading = canvas.text_mm("0.00", page.font_pt) < cell_mm
    if len(scores) > VALUES_AT_MOST or not (leading or canvas.text_mm(".00", page.font_pt) < cell_mm):
        return
    off = scores * ~np.eye(len(scores), dtype=bool)
    for row, column in zip(*np.nonzero(off), strict=True):
        score = f"{off[row, column]:.2f}"
        ink = "white" if off[row, column] > 0.6 * off.max() else canvas.INK
        text = score if leading or not score.startswith("0") else score[1:]
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=ink)


def _label(axes, names, cell_mm, page):
    """Label the rows, and the columns too where they are wide enough for a line of text."""
    middles = np.arange(len(names)) + 0.5
    axes.set_yticks(middles, names)
    axes.tick_params(axis="both", length=0)
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", labelright=True, labelleft=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.xaxis.tick_top()
    wide = max(canvas.text_mm(name, page.font_pt) for name in names)
    if cell_mm >= page.row_mm:
        axes.set_xticks(middles, names, rotation=0 if wide < cell_mm else 90)
    else:
        axes.set_xticks([])
