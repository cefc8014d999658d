"""Topics by their terms, and reports by their topics."""

from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _panels as panels

VALUES_AT_MOST = 8  # columns in which a share can be written


def topic_terms(topic_terms, topic_names=None, *, width="nature-2col", n_terms=8):
    """Draw the terms that weigh most in each topic as small multiples of bars on one scale.

    Parameters
    ----------
    topic_terms : table of `tables.TopicTerms`
    topic_names : table of `tables.TopicNames`, optional
        What the panels are called.
    width : str
        A name in `WIDTHS`.
    n_terms : int
        Terms for each topic. Topics that do not fit the page are counted below; the first ones are drawn.
    """
    page = canvas.page(width)
    canvas.at_least_one("n_terms", n_terms)
    weights = tables.check(tables.TopicTerms, topic_terms)
    if weights.empty:
        return canvas.in_words(page, "There are no topics to show.")
    names = panels.labels(topic_names, sorted(set(weights["topic"])), tables.TopicTerms)
    with canvas.style(page):
        return canvas.settle(_draw_terms(_heaviest(weights), names, n_terms, page))


def topic_shares(document_topics, documents, topic_terms, topic_names=None, *, width="nature-2col", at_most=40):
    """Draw how much of each report belongs to each topic, as a heat map with one row for each report.

    Rows go by their largest topic, then by its share. Of more reports than ``at_most``, or than fit the page, those
    with the highest share of each topic are taken in turn, so that each topic has its examples. Topics that do not fit
    are summed in a last column.

    Parameters
    ----------
    document_topics : table of `tables.DocumentTopics`
    documents : table of `tables.Documents`
    topic_terms : table of `tables.TopicTerms`
        Names each topic by the three terms that weigh most.
    topic_names : table of `tables.TopicNames`, optional
        Names them instead.
    width : str
        A name in `WIDTHS`.
    at_most : int
        Reports to draw.
    """
    page = canvas.page(width)
    canvas.at_least_one("at_most", at_most)
    stated = tables.check(tables.DocumentTopics, document_topics)
    weights, documents = tables.check(tables.TopicTerms, topic_terms), tables.check(tables.Documents, documents)
    canvas.known(tables.DocumentTopics, stated["document_id"], documents["document_id"], "document")
    canvas.known(tables.DocumentTopics, stated["topic"], weights["topic"], "topic")
    if stated.empty:
        return canvas.in_words(page, "There are no shares of topics to show.")
    shares = stated.pivot(index="document_id", columns="topic", values="share").fillna(0.0)
    named = topic_names is not None
    names = panels.labels(topic_names, shares.columns, tables.DocumentTopics) if named else _names(weights)
    with canvas.style(page):
        return canvas.settle(_draw_shares(shares, names, len(documents), at_most, page))


def _heaviest(weights):
    """Order terms within their topics, heaviest first; equal weights go by the alphabet."""
    return weights.sort_values(["topic", "weight", "term"], ascending=[True, False, True], ignore_index=True)


def _names(weights):
    firsts = _heaviest(weights).groupby("topic")["term"].agg(lambda terms: ", ".join(terms.head(3)))
    return {topic: f"{topic}: {terms}" for topic, terms in firsts.items()}


def _draw_terms(heaviest, names, n_terms, page):
    topics = heaviest["topic"].unique()
    kept = {topic: terms.head(n_terms) for topic, terms in heaviest.groupby("topic")}
    columns = min(len(topics), max(1, int(page.width_mm / (5.6 * page.font_pt))))
    deepest = max(len(terms) for terms in kept.values())
    lines = 2 if max(canvas.text_mm(names[topic], page.font_pt) for topic in topics) > _title_mm(page, columns) else 1
    panel_mm = (deepest + 1.2 + lines) * page.row_mm
    rows = max(1, int((page.max_height_mm - 5 * page.row_mm) / panel_mm))
    shown = topics[: rows * columns]
    rows = -(-len(shown) // columns)
    columns = -(-len(shown) // rows)
    figure = page.figure(rows * panel_mm + 5 * page.row_mm)
    every = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
    for axes, topic in zip(every, shown, strict=False):
        _draw_bars(axes, kept[topic], deepest, page.width_mm / columns, page)
        panels.title(axes, names[topic], _title_mm(page, columns), page, lines=lines)
    _finish_panels(every, len(shown), columns, heaviest["weight"].max())
    canvas.note(figure, page, canvas.of_all(len(shown), len(topics), "topic"))
    return figure


def _title_mm(page, columns):
    """Room above the bars of a panel, beside which its terms stand."""
    return 0.45 * page.width_mm / columns


def _draw_bars(axes, terms, deepest, panel_mm, page):
    places = np.arange(len(terms))
    axes.barh(places, terms["weight"], height=0.72, color=canvas.BLUE)
    axes.set_yticks(places, canvas.short(terms["term"], 0.45 * panel_mm, page.font_pt))
    axes.set_ylim(deepest - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _finish_panels(panels, n_shown, columns, heaviest):
    """Tick the lowest panel of each column, and leave the places of no topic empty."""
    panels[0].set_xlim(0, 1.05 * heaviest)
    panels[0].xaxis.set_major_locator(MaxNLocator(nbins=2, steps=[1, 2, 2.5, 5, 10]))
    for index, axes in enumerate(panels):
        axes.set_visible(index < n_shown)
        lowest = index + columns >= n_shown
        axes.tick_params(axis="x", labelbottom=lowest)
        axes.set_xlabel("weight in topic" if lowest else "")


def _draw_shares(shares, names, n_documents, at_most, page):
    rows = canvas.short(shares.index, 0.25 * page.width_mm, page.font_pt)
    map_mm = page.width_mm - max(canvas.text_mm(row, page.font_pt) for row in rows) - 5
    kept = _widest(shares, max(1, int(map_mm / page.row_mm)))
    columns = _column_labels(shares, kept, names, map_mm, page)
    head_mm = columns.height_mm + 9 * page.row_mm
    chosen = _examples(shares[kept], min(at_most, page.rows_beside(head_mm)))
    figure = page.figure(head_mm + page.row_mm * len(chosen))
    _draw_share_cells(figure, _with_others(shares, kept).loc[chosen], columns, page)
    cut = canvas.of_all(len(chosen), len(shares), "report")
    without = n_documents - len(shares)
    canvas.note(
        figure,
        page,
        f"{cut}: those with the highest share of each topic, in turn" if cut else "",
        f"{canvas.count(without, 'report')} without a share of any topic" if without else "",
    )
    return figure


def _widest(shares, room):
    """Return the topics with the highest mean share that fit ``room`` columns, one of them kept for the others."""
    if shares.shape[1] <= room:
        return shares.columns.tolist()
    means = shares.mean().sort_values(ascending=False, kind="stable")
    return sorted(means.index[: max(1, room - 1)])


def _with_others(shares, kept):
    """Return the shares of ``kept`` topics and, in a last column, the sum of those that are not."""
    others = shares.drop(columns=kept)
    return shares[kept].assign(others=others.sum(axis=1)) if others.shape[1] else shares[kept]


@dataclass(frozen=True)
class _Labels:
    """Names of the columns as they are printed, how they are turned, and how high they stand."""

    texts: list
    rotation: int
    height_mm: float


def _column_labels(shares, kept, names, map_mm, page):
    """Name each topic: in lines above wide columns, upright above narrow ones."""
    n_others = shares.shape[1] - len(kept)
    texts = [names[topic] for topic in kept] + [canvas.count(n_others, "other topic")] * (n_others > 0)
    column_mm = map_mm / len(texts)
    if column_mm >= 2.2 * page.font_pt:
        lines = [canvas.wrap(text, column_mm - 1, page.font_pt) for text in texts]
        return _Labels(["\n".join(parts) for parts in lines], 0, max(map(len, lines)) * page.row_mm)
    texts = [canvas.fit(text, 0.2 * page.max_height_mm, page.font_pt) for text in texts]
    return _Labels(texts, 90, max(canvas.text_mm(text, page.font_pt) for text in texts))


def _examples(shares, at_most):
    """Return the ids to draw, by largest topic and its share; of too many, the best of each topic in turn."""
    ranks = (-shares).rank(method="first")
    best = ranks.min(axis=1).to_frame("turn").assign(topic=ranks.idxmin(axis=1))
    chosen = best.sort_values(["turn", "topic"], kind="stable").index[:at_most]
    rows = shares.loc[sorted(chosen)]
    order = rows.idxmax(axis=1).to_frame("topic").assign(share=-rows.max(axis=1))
    return order.sort_values(["topic", "share"], kind="stable").index


def _draw_share_cells(figure, shown, columns, page):
    axes = figure.subplots()
    edges = np.arange(len(columns.texts) + 1), np.arange(len(shown) + 1)
    line = {"edgecolors": "white", "linewidth": 0.3}
    cells = axes.pcolormesh(*edges, shown.to_numpy(), cmap="Blues", vmin=0, vmax=1, **line)
    axes.set_ylim(len(shown), 0)
    axes.set_yticks(edges[1][:-1] + 0.5, canvas.short(shown.index, 0.25 * page.width_mm, page.font_pt))
    axes.set_xticks(edges[0][:-1] + 0.5, columns.texts, rotation=columns.rotation)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    if len(columns.texts) <= VALUES_AT_MOST:
        for (row, column), share in np.ndenumerate(shown.to_numpy()):
            ink = "white" if share > 0.55 else canvas.INK
            axes.text(column + 0.5, row + 0.5, f"{share:.2f}", ha="center", va="center", color=ink)
    scale = figure.colorbar(cells, ax=axes, orientation="horizontal", aspect=40, pad=0.02, fraction=0.05)
    scale.set_label("share of the report")
    scale.outline.set_linewidth(0.5)
