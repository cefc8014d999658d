"""Reports over time, by outlet."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from analysis import tables
from analysis.figures import _canvas as canvas

NOT_STATED = "outlet not stated"
STRIP_AT_MOST = 60  # more points than this are read better as bars
LANES_AT_MOST = 6  # points of one outlet above each other; more are read better as bars
LABEL_AT_MOST = 12
BINS_AT_MOST = 60
# The smallest unit that gives at most BINS_AT_MOST bars is chosen; the last takes what is left.
UNITS = (("day", "D", 1), ("week", "W-SUN", 7), ("month", "M", 30.5), ("year", "Y", 365.25))
# Steps of the axis: their days, their name in pandas, and how a moment is then written, the same in every locale.
STEPS = (
    (1 / 24, "h", "%m-%d %H:%M"),
    (6 / 24, "6h", "%m-%d %H:%M"),
    (1, "D", "%Y-%m-%d"),
    (2, "2D", "%Y-%m-%d"),
    (7, "W-MON", "%Y-%m-%d"),
    (14, "2W-MON", "%Y-%m-%d"),
    (30.5, "MS", "%Y-%m"),
    (91, "QS", "%Y-%m"),
    (182.5, "6MS", "%Y-%m"),
    (365.25, "YS", "%Y"),
    (5 * 365.25, "5YS", "%Y"),
    (20 * 365.25, "20YS", "%Y"),
    (100 * 365.25, "100YS", "%Y"),
)


def timeline(documents, *, width="nature-2col"):
    """Draw when reports were published, one row for each outlet.

    A few reports are drawn as a strip of points, up to twelve with their ids; many as bars per day, week, month or
    year, the shortest that gives at most 60 bars. Reports without a date stand in a column of their own. Outlets come
    in order of their number of reports, those that do not fit are summed in one row. Times are UTC; weeks begin on
    Monday.

    Parameters
    ----------
    documents : table of `tables.Documents`
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    documents = tables.check(tables.Documents, documents)
    if documents.empty:
        return canvas.in_words(page, "There are no reports to show.")
    with canvas.style(page):
        strip = _Strip(documents, page) if len(documents) <= STRIP_AT_MOST else None
        figure = _draw_bars(documents, page) if strip is None or strip.too_high else strip.draw(page)
        canvas.note(figure, page, _note(documents))
        return canvas.settle(figure)


def _rows(documents, page, row_mm):
    """Name each report's row and return the rows from top to bottom: outlets by size, then the rest."""
    named = documents["outlet"].str.split().str.join(" ").replace("", NOT_STATED)
    sizes = named[named != NOT_STATED].value_counts().rename_axis("outlet").reset_index()
    order = sizes.sort_values(["count", "outlet"], ascending=[False, True])["outlet"].tolist()
    room = max(1, int((page.max_height_mm - 8 * page.row_mm) / row_mm) - 2)
    if len(order) > room:
        rest = f"{len(order) - room + 1:,} other outlets"
        named = named.where(named.isin([*order[: room - 1], NOT_STATED]), rest)
        order = [*order[: room - 1], rest]
    return named, order + [NOT_STATED] * (NOT_STATED in set(named))


def _row_labels(named, order, page):
    sizes = named.value_counts()
    room = min(max(0.25 * page.width_mm, canvas.text_mm(NOT_STATED, page.font_pt)), 0.42 * page.width_mm)
    names = canvas.short(order, room, page.font_pt)
    return [f"{name} ({sizes[row]:,})" for name, row in zip(names, order, strict=True)]


def _note(documents):
    undated = int(documents["published"].isna().sum())
    apart = f"{undated:,} without a date" if undated else "all with a date"
    return f"{canvas.count(len(documents), 'report')}, {apart}"


def tick_dates(axes, moments, panel_mm, page):
    """Tick the finest step of time whose labels have room, year first; no hours where ``moments`` have none."""
    limits = axes.get_xlim()
    first, last = [moment.replace(tzinfo=None) for moment in mdates.num2date(limits)]
    steps = STEPS if (moments % 1).any() else [step for step in STEPS if step[0] >= 1]
    for days, frequency, pattern in steps:
        if panel_mm * days / (limits[1] - limits[0]) < 1.25 * canvas.text_mm(first.strftime(pattern), page.font_pt):
            continue
        start = pd.Timestamp(first.year if "YS" not in frequency else first.year // 100 * 100, 1, 1)
        places = pd.date_range(start, last, freq=frequency)
        places = places[places >= first]
        if len(places):
            axes.set_xticks(mdates.date2num(places), places.strftime(pattern))
            return
    axes.set_xticks([sum(limits) / 2], [mdates.num2date(sum(limits) / 2).strftime("%Y-%m-%d")])


class _Strip:
    """A few reports as points in lanes, so that neither points nor their labels cover each other."""

    def __init__(self, documents, page):
        """Place every report: a row for its outlet, a lane in it, and mm from the left of its panel."""
        self.named, self.order = _rows(documents, page, 1.6 * page.row_mm)
        self.labels = _row_labels(self.named, self.order, page)
        ids = canvas.short(documents["document_id"], 0.15 * page.width_mm, page.font_pt)
        self.ids = ids if len(documents) <= LABEL_AT_MOST else [""] * len(documents)
        self.widths = [2.4 + canvas.text_mm(name, page.font_pt) if name else 2.2 for name in self.ids]
        self.undated = documents["published"].isna().to_numpy()
        self._measure(page)
        self._place(documents)

    def _measure(self, page):
        """Share the width out: labels, dates, and a column for the undated."""
        names = max(canvas.text_mm(label, page.font_pt) for label in self.labels)
        heading = canvas.text_mm("no date", page.font_pt) + 1
        self.apart_mm = max([heading, *np.array(self.widths)[self.undated]]) if self.undated.any() else 0.0
        self.dates_mm = page.width_mm - names - self.apart_mm - 8

    def _place(self, documents):
        moments = mdates.date2num(documents["published"].dt.tz_localize(None).to_numpy())
        dated = moments[~self.undated]
        first, last = (dated.min(), dated.max()) if len(dated) else (0.0, 0.0)
        right = max([2.2, *np.array(self.widths)[~self.undated]])
        per_mm = max(last - first, 1.0) / max(self.dates_mm - right - 2, 10)
        centred = (self.dates_mm - right - 2) / 2 if first == last else 0.0
        self.limits = first - (centred + 2) * per_mm, first - (centred + 2) * per_mm + self.dates_mm * per_mm
        self.at_mm = np.where(self.undated, 0.0, centred + (moments - first) / per_mm)
        self.moments = moments
        self._stack(documents["document_id"].to_numpy())

    def _stack(self, ids):
        """Give each report the lowest free lane of its row; an outlet is as high as its lanes."""
        self.lanes = np.zeros(len(ids), dtype=int)
        free = {}
        by_time = np.lexsort((ids, np.where(self.undated, 0, self.moments)))
        for index in by_time:
            ends = free.setdefault((self.named.iloc[index], self.undated[index]), [])
            start = self.at_mm[index]
            lane = next((lane for lane, end in enumerate(ends) if end <= start), len(ends))
            ends[lane : lane + 1] = [start + self.widths[index]]
            self.lanes[index] = lane
        self.heights = [max(len(free.get((row, undated), [0])) for undated in (False, True)) for row in self.order]
        self.tops = np.concatenate([[0], np.cumsum([lanes + 0.6 for lanes in self.heights])])
        self.too_high = max(self.heights) > LANES_AT_MOST

    def draw(self, page):
        """Draw the dated and, where there are any, the undated reports beside them."""
        figure = page.figure((self.tops[-1] + 6) * page.row_mm + 1)
        ratios = [self.dates_mm, self.apart_mm] if self.apart_mm else [1]
        panels = figure.subplots(1, len(ratios), sharey=True, squeeze=False, width_ratios=ratios)[0]
        row_of = {row: index for index, row in enumerate(self.order)}
        heights = self.tops[[row_of[row] for row in self.named]] + 0.8 + self.lanes
        self._draw_rows(panels[0])
        self._draw_points(panels[0], ~self.undated, self.moments, heights)
        if self.apart_mm:
            self._draw_apart(panels[1], heights, page)
        panels[0].set_xlabel("date of publication (UTC)")
        panels[0].set_xlim(*self.limits)
        panels[0].set_xticks([])
        if not self.undated.all():
            tick_dates(panels[0], self.moments[~self.undated], self.dates_mm, page)
        return figure

    def _draw_rows(self, axes):
        axes.set_ylim(self.tops[-1], 0)
        axes.set_yticks((self.tops[:-1] + self.tops[1:]) / 2, self.labels)
        axes.tick_params(axis="y", length=0)

    def _draw_apart(self, axes, heights, page):
        axes.set_title("no date", fontsize=page.font_pt)
        self._draw_points(axes, self.undated, np.full(len(heights), 1.0), heights, hollow=True)
        axes.set_xlim(0, self.apart_mm)
        axes.set_xticks([])
        axes.tick_params(axis="y", length=0, labelleft=False)

    def _draw_points(self, axes, shown, across, heights, hollow=False):
        for line in self.tops[1:-1]:
            axes.axhline(line, color=canvas.PALE, linewidth=0.4)
        face = "white" if hollow else canvas.BLUE
        axes.plot(across[shown], heights[shown], "o", color=canvas.BLUE, markerfacecolor=face, markersize=3.5, mew=0.7)
        for index in np.flatnonzero(shown):
            if self.ids[index]:
                at = (across[index], heights[index])
                axes.annotate(self.ids[index], at, xytext=(3, 0), textcoords="offset points", va="center")


def _draw_bars(documents, page):
    row_mm = max(7.0, 2.4 * page.row_mm)
    named, order = _rows(documents, page, row_mm)
    labels = _row_labels(named, order, page)
    undated = documents["published"].isna()
    counts, edges, unit = _binned(documents["published"][~undated], named[~undated])
    figure = page.figure(row_mm * len(order) + 7 * page.row_mm)
    panel_mm = 0.96 * (page.width_mm - max(canvas.text_mm(label, page.font_pt) for label in labels)) - 16
    apart_mm = canvas.text_mm("no date", page.font_pt) + 2
    ratios = [panel_mm] * bool(len(edges)) + [apart_mm] * bool(undated.any())
    panels = figure.subplots(len(order), len(ratios), sharex="col", squeeze=False, width_ratios=ratios)
    if len(edges):
        _draw_dated(panels[:, 0], counts, edges, order)
        tick_dates(panels[-1, 0], edges, panel_mm, page)
        words = f"date of publication (UTC), reports per {unit}"
        panels[-1, 0].set_xlabel("\n".join(canvas.wrap(words, max(panel_mm, page.width_mm / 2), page.font_pt)))
    if undated.any():
        _draw_undated(panels[:, -1], named[undated].value_counts(), order)
    for axes, label in zip(panels[:, 0], labels, strict=True):
        axes.set_ylabel(label, rotation=0, ha="right", va="center", labelpad=4)
    return figure


def _binned(moments, named):
    """Count dated reports: a frame of rows by bins, the edges of the bins, and the unit of time."""
    if moments.empty:
        return pd.DataFrame(), [], ""
    days = (moments.max() - moments.min()) / pd.Timedelta(days=1)
    unit, code, _ = next((one for one in UNITS if days / one[2] < BINS_AT_MOST), UNITS[-1])
    periods = moments.dt.tz_localize(None).dt.to_period(code)
    bins = pd.period_range(periods.min(), periods.max(), freq=code)
    counts = pd.crosstab(named, periods).reindex(columns=bins, fill_value=0)
    edges = mdates.date2num([*bins.start_time, (bins[-1] + 1).start_time])
    return counts, edges, unit


def _draw_dated(panels, counts, edges, order):
    """Draw one row of bars for each outlet, all on one scale, which its two ticks state."""
    highest = int(counts.to_numpy().max())
    for axes, row in zip(panels, order, strict=True):
        heights = counts.loc[row] if row in counts.index else np.zeros(len(edges) - 1)
        axes.bar(edges[:-1], heights, width=np.diff(edges), align="edge", color=canvas.BLUE, edgecolor="white", lw=0.2)
        axes.set_ylim(0, highest)
        axes.set_yticks([0, highest], ["0", f"{highest:,}"])
        axes.yaxis.tick_right()
        axes.spines["right"].set_visible(True)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(edges[0], edges[-1])
        axes.tick_params(axis="x", labelbottom=axes is panels[-1], length=2 if axes is panels[-1] else 0)


def _draw_undated(panels, counts, order):
    panels[0].set_title("no date")
    for axes, row in zip(panels, order, strict=True):
        number = int(counts.get(row, 0))
        axes.barh([0], [number], height=0.6, color="white", edgecolor=canvas.INK, hatch="////")
        axes.annotate(f"{number:,}", (number, 0), xytext=(2, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, 1.9 * counts.max())
        axes.set_ylim(-0.6, 0.6)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[["bottom"]].set_visible(False)
