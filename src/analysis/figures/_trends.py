"""The share of topics over time: a curve for each topic, and a map of topics by months."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _panels as panels
from analysis.figures._time import tick_dates

FEW = 5  # stories; the share of fewer is theirs and no trend
EMPTY = "#ececec"  # a month without stories is not one with a share of 0
LINES = {"written": {"color": canvas.BLUE, "ls": "-"}, "printed": {"color": canvas.VERMILION, "ls": (0, (3, 1.5))}}


def topic_trends(trends, topic_names=None, by_month=None, *, width="nature-2col"):
    """Draw the share of each topic over time as small multiples on one scale.

    The band is the interval of what is written; the dashed line is what is printed. Where fewer than five stories are
    near, the curve is a pale line without a band: there it is a spline and no finding. Circles are the shares of single
    months before any smoothing, their area the number of stories.

    Parameters
    ----------
    trends : table of `tables.TopicTrends`
        The data of the figure.
    topic_names : table of `tables.TopicNames`, optional
    by_month : table of `tables.TopicPrevalence`, optional
        By month, for the circles.
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    curves = tables.check(tables.TopicTrends, trends)
    if curves.empty:
        return canvas.in_words(page, "There are no curves over time to show: too few reports have a date.")
    names = panels.labels(topic_names, sorted(set(curves["topic"])), tables.TopicTrends)
    months = None if by_month is None else _months(by_month)
    with canvas.style(page):
        return canvas.settle(_draw_curves(curves, names, months, page))


def topic_map(by_month, topic_names=None, *, counting="written", width="nature-2col"):
    """Draw how much of each month belongs to each topic as a map of topics by time, the number of stories above it.

    A month of fewer than five stories is hatched: its shares are those of a few stories. One without any is left white.

    Parameters
    ----------
    by_month : table of `tables.TopicPrevalence`
        By month or by day; the data of the figure. Reports without a date are counted below.
    topic_names : table of `tables.TopicNames`, optional
    counting : "written" or "printed"
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    if counting not in tables.COUNTINGS:
        raise ValueError(f"counting is 'written' or 'printed'; found {counting!r}.")
    months = _months(by_month)
    shown = months[months["counting"] == counting]
    if shown.empty:
        return canvas.in_words(page, "There are no shares over time to show: no report has a date.")
    names = panels.labels(topic_names, sorted(set(shown["topic"])), tables.TopicPrevalence)
    with canvas.style(page):
        return canvas.settle(_draw_map(shown, names, _undated(by_month), page))


def _months(by_month):
    """Return the rows of a prevalence that have a month or a day, with its moment."""
    found = tables.check(tables.TopicPrevalence, by_month)
    found = found[found["group"] != ""]
    dates = pd.to_datetime(found["group"], format="ISO8601", errors="coerce")
    if len(wrong := found.loc[dates.isna(), "group"]):
        raise tables.TableError(
            f"Shares over time expect months or days as groups; found {wrong.iloc[0]!r}. Make them with "
            "topics.prevalence(…, by='month')."
        )
    return found.assign(date=dates)


def _undated(by_month):
    rest = by_month[by_month["group"] == ""]
    return 0 if rest.empty else int(rest["n_documents"].iloc[0])


def _draw_curves(curves, names, months, page):
    topics = sorted(set(curves["topic"]))
    height_mm = max(7 * page.row_mm, 20)
    beside_mm = 8 * page.row_mm
    grid = panels.fitted(len(topics), page, least_mm=10 * page.font_pt, height_mm=height_mm, beside_mm=beside_mm)
    figure = page.figure(grid.rows * height_mm + 6 * page.row_mm)
    known = curves[curves["n_near"] >= FEW] if (curves["n_near"] >= FEW).any() else curves
    most = min(1.0, 1.05 * float(np.nanmax(known[["share", "high"]].to_numpy(dtype=float))))
    drawn = grid.draw(figure, sharex=True, sharey=True)
    for axes, topic in zip(drawn, topics, strict=False):
        _draw_curve(axes, curves[curves["topic"] == topic], months, topic)
        panels.title(axes, names[topic], grid.panel_mm - canvas.text_mm("100%", page.font_pt) - 5, page)
        axes.set_ylim(0, most)
    _finish_curves(drawn, curves["date"], grid, page)
    above = _above(months, topics[: grid.n_shown], most)
    few = f"Pale: fewer than {FEW} stories near" if (curves["n_near"] < FEW).any() else ""
    canvas.note(figure, page, canvas.of_all(grid.n_shown, len(topics), "topic"), few, above)
    _legend(figure, months, curves, page)
    return figure


def _draw_curve(axes, curves, months, topic):
    for counting, line in LINES.items():
        rows = curves[curves["counting"] == counting]
        at, known = mdates.date2num(rows["date"].dt.tz_localize(None)), (rows["n_near"] >= FEW).to_numpy()
        if counting == "written":
            axes.fill_between(at, rows["low"], rows["high"], where=known, color=canvas.SKY, alpha=0.35, lw=0)
            axes.plot(at, rows["share"], lw=0.5, color=canvas.FAINT)
        axes.plot(at, rows["share"].where(known), lw=0.9, **line)
    if months is not None:
        rows = months[(months["topic"] == topic) & (months["counting"] == "written")]
        # A month is a circle in its middle.
        at = mdates.date2num(rows["date"] + pd.Timedelta(days=15))
        largest = max(months["n_stories"].max(), 1)
        axes.scatter(at, rows["share"], s=0.5 + 11 * rows["n_stories"] / largest, c="white", ec=canvas.FAINT, lw=0.4)


def _finish_curves(drawn, dates, grid, page):
    limits = mdates.date2num(dates.dt.tz_localize(None).agg(["min", "max"]))
    for index, axes in enumerate(drawn):
        axes.set_xlim(*limits)
        panels.percent(axes.yaxis)
        axes.tick_params(axis="x", labelbottom=grid.is_lowest(index))
        if index == 0:
            tick_dates(axes, np.round(mdates.date2num(dates.dt.tz_localize(None))), grid.panel_mm - 8, page)


def _above(months, topics, most):
    """Say how many circles lie above the scale, which is that of the curves."""
    if months is None:
        return ""
    over = months[(months["counting"] == "written") & months["topic"].isin(topics) & (months["share"] > most)]
    return f"{canvas.count(len(over), 'circle')} above the scale" if len(over) else ""


def _legend(figure, months, curves, page):
    marks = [Line2D([0, 1], [0, 0], lw=0.9, label=name, **line) for name, line in LINES.items()]
    if curves["low"].notna().any():
        marks.insert(1, Patch(color=canvas.SKY, alpha=0.35, lw=0, label="interval"))
    if months is not None:
        dot = {"marker": "o", "ls": "", "ms": 3, "mew": 0.4, "mfc": "white", "mec": canvas.FAINT}
        marks.append(Line2D([0], [0], label="a month, written", **dot))
    columns = canvas.legend_columns([mark.get_label() for mark in marks], page)
    figure.legend(handles=marks, loc="outside upper left", ncols=columns)


def _draw_map(shown, names, n_undated, page):
    periods = pd.PeriodIndex(shown["date"], freq="M" if shown["group"].str.len().max() == 7 else "D")
    every = pd.period_range(periods.min(), periods.max(), freq=periods.freq)
    shares = shown.assign(period=periods).pivot_table(index="topic", columns="period", values="share", aggfunc="first")
    shares = shares.reindex(columns=every)
    stories = shown.assign(period=periods).groupby("period")["n_stories"].first().reindex(every).fillna(0)
    room = page.rows_beside(13 * page.row_mm)
    kept = shares.head(max(1, room))
    figure = page.figure(len(kept) * max(page.row_mm, 2.6) + 12 * page.row_mm)
    top, cells = figure.subplots(2, 1, sharex=True, height_ratios=[3, max(len(kept), 2)])
    edges = mdates.date2num([*every.start_time, (every[-1] + 1).start_time])
    _draw_counts(top, edges, stories)
    _draw_cells(figure, cells, edges, kept, stories)
    label_mm = min(0.35 * page.width_mm, max(canvas.text_mm(names[topic], page.font_pt) for topic in kept.index))
    cells.set_yticks(np.arange(len(kept)) + 0.5, [panels.brief(names[t], label_mm + 0.1, page) for t in kept.index])
    tick_dates(cells, edges, page.width_mm - label_mm - 8, page)
    hatched = bool(((stories > 0) & (stories < FEW)).any())
    canvas.note(
        figure,
        page,
        canvas.of_all(len(kept), len(shares), "topic"),
        f"Hatched: fewer than {FEW} stories" if hatched else "",
        "Grey: none" if (stories == 0).any() else "",
        f"{canvas.count(n_undated, 'report')} without a date" if n_undated else "",
    )
    return figure


def _draw_counts(axes, edges, stories):
    axes.bar(edges[:-1], stories, width=np.diff(edges), align="edge", color=canvas.FAINT, edgecolor="white", lw=0.2)
    axes.set_ylim(0, stories.max())
    axes.set_yticks([0, stories.max()], ["0", f"{int(stories.max()):,}"])
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.set_title("stories")


def _draw_cells(figure, axes, edges, shares, stories):
    shown = np.ma.masked_invalid(shares.to_numpy(dtype=float))
    rows = np.arange(len(shares) + 1)
    cells = axes.pcolormesh(edges, rows, shown, cmap="Blues", vmin=0, vmax=float(shown.max()), linewidth=0)
    few = np.flatnonzero(((stories > 0) & (stories < FEW)).to_numpy())
    for place in few:
        axes.fill_between(edges[place : place + 2], 0, len(shares), fc="none", ec=canvas.FAINT, hatch="//////", lw=0)
    axes.hlines(rows[1:-1], edges[0], edges[-1], color="white", lw=0.6)
    axes.set_facecolor(EMPTY)
    axes.set_ylim(len(shares), 0)
    axes.set_xlim(edges[0], edges[-1])
    axes.tick_params(axis="y", length=0)
    scale = figure.colorbar(cells, ax=axes, orientation="horizontal", aspect=40, pad=0.02, fraction=0.05)
    panels.percent(scale.ax.xaxis, nbins=5)
    scale.set_label("share of what was written")
    scale.outline.set_linewidth(0.5)
