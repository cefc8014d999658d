"""Who stands behind the figures: shares with their intervals, counted by prints and by stories."""

import numpy as np
from matplotlib.lines import Line2D

from analysis import tables
from analysis.figures import _canvas as canvas

PER = ("outlet", "month")
RAW, INDEPENDENT = "each print counted", "each story counted once"
NOT_STATED = {"outlet": "outlet not stated", "month": "no date"}
NOBODY, UNKNOWN_KIND = "no speaker stated", "none, or of no known kind"
LEAST_PANEL_MM = {"outlet": 42, "month": 75}
CROWDED_FROM = 30  # months in a panel, from which marks are smaller
_COUNTINGS = (
    (RAW, {"color": canvas.BLUE, "marker": "o", "markersize": 3.4, "markerfacecolor": canvas.BLUE}),
    (INDEPENDENT, {"color": canvas.VERMILION, "marker": "D", "markersize": 3.2, "markerfacecolor": "white"}),
)


def shares(shares, *, by="unattributed", per="outlet", width="nature-2col", at_most=20, values=6):
    """Draw the share of quantities that have a value, in each outlet or month, with bootstrap intervals.

    A filled dot counts each print of a report, a hollow diamond each story once; the lines are the intervals. Months
    run from left to right, outlets from the one with most quantities down. Outlets that do not fit, and values beyond
    ``values``, are counted in a line below.

    Parameters
    ----------
    shares : table of `tables.Shares`
        Of several questions, as ``claims.shares`` answers them; the rows of one are drawn.
    by : str
        As in ``claims.shares``. Of "unattributed" the share that nobody is named for is drawn, of the others a panel
        for each value.
    per : {"outlet", "month"}
        Rows of all months together, or of all outlets.
    width : str
        A name in `WIDTHS`.
    at_most : int
        Outlets to draw.
    values : int
        Panels to draw, those with most quantities.
    """
    page = canvas.page(width)
    canvas.at_least_one("at_most", at_most)
    canvas.at_least_one("values", values)
    if per not in PER:
        raise ValueError(f"per is one of {', '.join(PER)}; found {per!r}.")
    table = tables.check(tables.Shares, shares)
    other = PER[1 - PER.index(per)]
    table = table[(table["by"] == by) & (table[other] == "all") & (table[per] != "all")]
    if table.empty:
        return canvas.in_words(page, f"No shares by {by.replace('_', ' ')} are known per {per}.")
    with canvas.style(page):
        return canvas.settle(_Panels(table, by, per, (at_most, values), page).draw())


class _Panels:
    """A panel for each value, all with the same places and one scale from 0 to 100 %."""

    def __init__(self, table, by, per, most, page):
        """Choose the places and values that fit the page."""
        self.page, self.per, self.by = page, per, by
        self.sizes = table.groupby(per)["n_quantities"].sum()
        self.places = self._places(most[0])
        self.table = table[table[per].isin(self.places)]
        self.labels = self._labels()
        self.panel_mm = (1.4 * len(self.places) + 0.6 if per == "outlet" else 10.0) * page.row_mm
        self.all_values = ["unattributed"] if by == "unattributed" else self._ranked(table)
        self.n_columns = self._columns(min(most[1], len(self.all_values)))
        rows_mm = page.max_height_mm - 8 * page.row_mm
        n_rows = max(1, int(rows_mm / (self.panel_mm + 2.4 * page.row_mm)))
        self.values = self.all_values[: min(most[1], n_rows * self.n_columns)]

    def _places(self, most):
        """Outlets from the largest down, as many as fit; months in their order, those without a date last."""
        if self.per == "month":
            return [*sorted(set(self.sizes.index) - {""}), *([""] if "" in self.sizes.index else [])]
        fits = self.page.rows_beside(10 * self.page.row_mm) * 10 // 14
        return self._by_size(self.sizes)[: min(most, fits)]

    @staticmethod
    def _ranked(table):
        return _Panels._by_size(table.groupby("value")["n_quantities"].sum())

    @staticmethod
    def _by_size(sizes):
        frame = sizes.rename("n").rename_axis("name").reset_index()
        return frame.sort_values(["n", "name"], ascending=[False, True])["name"].tolist()

    def _labels(self):
        if self.per == "month":
            return [month or NOT_STATED["month"] for month in self.places]
        room = 0.3 * self.page.width_mm
        names = canvas.short([name or NOT_STATED["outlet"] for name in self.places], room, self.page.font_pt)
        return [f"{name} ({self.sizes[place]:,})" for name, place in zip(names, self.places, strict=True)]

    def _columns(self, n_panels):
        beside = max(canvas.text_mm(label, self.page.font_pt) for label in self.labels) if self.per == "outlet" else 6
        return max(1, min(n_panels, int((self.page.width_mm - beside) / LEAST_PANEL_MM[self.per])))

    def draw(self):
        """Draw the panels row by row, then the legend and what is left out."""
        page, note = self.page, self._note()
        n_rows = -(-len(self.values) // self.n_columns)
        height = n_rows * (self.panel_mm + 2.4 * page.row_mm) + 5 * page.row_mm + canvas.note_mm(page, *note)
        figure = page.figure(height)
        panels = figure.subplots(n_rows, self.n_columns, squeeze=False, sharex=True, sharey=True)
        for axes, value in zip(panels.ravel(), self.values, strict=False):
            self._draw_panel(axes, self.table[self.table["value"] == value])
            if len(self.all_values) > 1 or self.by != "unattributed":
                axes.set_title(canvas.fit(value or self._nobody(), self._across_mm(), page.font_pt), pad=5)
        for axes in panels.ravel()[len(self.values) :]:
            axes.set_visible(False)
        self._label(panels)
        handles = [Line2D([], [], linewidth=0.9, label=words, **style) for words, style in _COUNTINGS]
        columns = canvas.legend_columns([words for words, _ in _COUNTINGS], page)
        figure.legend(handles=handles, loc="outside upper left", ncols=columns)
        canvas.note(figure, page, *note)
        return figure

    def _nobody(self):
        return UNKNOWN_KIND if self.by == "speaker_kind" else NOBODY

    def _across_mm(self):
        return (self.page.width_mm - 12) / self.n_columns - 4

    def _note(self):
        hidden = len(self.sizes) - len(self.places)
        rest = int(self.sizes.sum() - self.sizes[self.places].sum())
        more = len(self.all_values) - len(self.values)
        return (
            f"Share of quantities {self._what()}",
            f"{canvas.count(hidden, 'further outlet')} with {canvas.count(rest, 'quantity')} not shown"
            if hidden
            else "",
            f"{canvas.count(more, 'further value')} not shown" if more else "",
            "A single story has no interval" if self.table["low"].isna().any() else "",
        )

    def _what(self):
        return "that nobody is named for" if self.by == "unattributed" else f"by {self.by.replace('_', ' ')}"

    def _draw_panel(self, axes, table):
        """Draw both countings, a little apart; a place that has nothing of the value has a share of 0."""
        of = table.set_index(self.per)
        for shift, (_, style), prefix in zip((-0.16, 0.16), _COUNTINGS, ("", "independent_"), strict=True):
            names = ["independent_share" if prefix else "share", f"{prefix}low", f"{prefix}high"]
            found = of.reindex(self.places)[names].to_numpy(dtype=float)
            share = np.where(np.isnan(found[:, 0]), 0.0, found[:, 0])
            places = self._positions() + shift
            for place, (_, low, high) in zip(places, found, strict=True):
                if not np.isnan(low):
                    ends = ([low, high], [place] * 2) if self.per == "outlet" else ([place] * 2, [low, high])
                    axes.plot(*ends, "-", color=style["color"], linewidth=0.9, solid_capstyle="butt")
            along = (share, places) if self.per == "outlet" else (places, share)
            size = style["markersize"] * (0.7 if self.per == "month" and len(self.places) > CROWDED_FROM else 1)
            axes.plot(*along, linestyle="", mew=0.8, clip_on=False, zorder=3, **style | {"markersize": size})
        axes.grid(axis="x" if self.per == "outlet" else "y", color=canvas.PALE, linewidth=0.4)

    def _label(self, panels):
        axes, ticks = panels[0, 0], [0, 0.25, 0.5, 0.75, 1]
        percent = ["0", "25", "50", "75", "100 %"]
        if self.per == "outlet":
            axes.set_ylim(len(self.places) - 0.4, -0.6)
            axes.set_yticks(range(len(self.places)), self.labels)
            axes.set_xlim(0, 1)
            axes.set_xticks(ticks, percent)
        else:
            axes.set_ylim(0, 1)
            axes.set_yticks(ticks, percent)
            at = self._positions()
            axes.set_xlim(at[0] - 0.6, at[-1] + 0.6)
            kept = self._apart(at, self._across_mm())
            axes.set_xticks(at[kept], [self.labels[place] for place in kept])
        for panel in panels.ravel():
            panel.tick_params(axis="y", length=0 if self.per == "outlet" else 2)

    def _positions(self):
        """Where the places lie: outlets one below the other, months as far apart as they are; undated ones behind."""
        if self.per == "outlet":
            return np.arange(len(self.places), dtype=float)
        months = [12.0 * int(month[:4]) + int(month[5:]) for month in self.places if month]
        months = [month - months[0] for month in months]
        return np.array([*months, *([(months[-1] if months else 0.0) + 2.0] if "" in self.places else [])])

    def _apart(self, positions, across_mm):
        """Months whose names have room, from the first on."""
        widest = max(canvas.text_mm(label, self.page.font_pt) for label in self.labels) + 2
        least = widest / across_mm * (positions[-1] - positions[0] + 1.2)
        kept = [0]
        for place in range(1, len(positions)):
            if positions[place] - positions[kept[-1]] >= least:
                kept.append(place)
        return kept
