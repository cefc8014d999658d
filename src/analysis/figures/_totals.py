"""Totals over time: what reports said a count had come to, by speaker, beside a reference series."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _palette as palette
from analysis.figures._intervals import LOGARITHMIC_FROM, joined, number, stated
from analysis.figures._time import tick_dates

SCALES = ("auto", "linear", "log")
SPEAKER_OF_WIDTH = 0.42
HEIGHT_OF_WIDTH = 0.62
_AROUND_FEW = 14  # days of the series around reports of a few days
_ABREAST, _APART_MM = 5, 1.4
_ARROW = Path([(0, -1), (0, 1), (-0.35, 0.45), (0, 1), (0.35, 0.45)], [1, 2, 1, 2, 2])
_HOLLOW = {"markerfacecolor": "white", "markersize": 3.6, "mew": 0.8}
_REFERENCE, _SUSPECT = "reference series", "looks like an error"


def totals(
    claims,
    claim_quantities,
    quantities,
    documents,
    *,
    series=None,
    suspicions=None,
    scale="auto",
    width="nature-2col",
):
    """Draw each number of some claims at the day its report was published: how a total was told to grow.

    A mark is the number as printed, a line through it reaches from bound to bound, and an arrow points to where a bound
    is open. Speakers have a colour and a mark of their own, the others share one, and a cross is of nobody. A thin line
    leads from a number to the next one of the same speaker. A step line is the reference series, if one is given; a
    ring marks a quantity that looks like an error. Reports without a date stand in a column of their own.

    Parameters
    ----------
    claims : table of `tables.Claims`
        Those of one count, as ``claims.totals`` picks them.
    claim_quantities : table of `tables.ClaimQuantities`
        Of these claims or of more.
    quantities : table of `tables.Quantities`
    documents : table of `tables.Documents`
    series : table of `tables.Series`, optional
        Without rows it is none.
    suspicions : table of `tables.Suspicions`, optional
    scale : {"auto", "linear", "log"}
        Of the numbers; auto is logarithmic where they lie twentyfold apart or more.
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    if scale not in SCALES:
        raise ValueError(f"scale is one of {', '.join(SCALES)}; found {scale!r}.")
    claims, links = tables.check(tables.Claims, claims), tables.check(tables.ClaimQuantities, claim_quantities)
    readings = joined(claims, links[links["claim_id"].isin(claims["claim_id"])], quantities, documents)
    series = tables.check(tables.Series, tables.empty(tables.Series) if series is None else series)
    if readings.empty:
        return canvas.in_words(page, "No report calls a number a total.")
    suspects = set() if suspicions is None else _suspects(tables.check(tables.Suspicions, suspicions))
    readings["suspect"] = [key in suspects for key in zip(readings["document_id"], readings["start"], strict=True)]
    with canvas.style(page):
        return canvas.settle(_Totals(readings, series, scale, page).draw())


def _suspects(suspicions):
    return set(zip(suspicions["document_id"], suspicions["start"], strict=True))


class _Totals:
    """The panel of dated numbers, the column of undated ones, and the legend."""

    def __init__(self, readings, series, scale, page):
        ends = np.array([stated(reading) for reading in readings.itertuples()], dtype=float)
        self.page, self.readings, self.series = page, readings.assign(low=ends[:, 0], high=ends[:, 1]), series
        self.voices = palette.voices(readings["speaker"])
        self.listed = palette.shown(self.voices, readings["speaker"])
        self.names = palette.labels(self.listed, SPEAKER_OF_WIDTH * page.width_mm, page.font_pt)
        self.undated = readings["published"].isna().to_numpy()
        known = np.concatenate([ends.ravel(), self._during(series)["value"].to_numpy()])
        self.known = known[np.isfinite(known)]
        self.logarithmic = scale == "log" or (scale == "auto" and self._is_wide())

    def _during(self, series):
        """The values of the series on the days that are drawn, and the last one before them."""
        if self.undated.all() or series.empty:
            return series.iloc[:0]
        days, (first, last) = _days(series["date"]), self._span(series)
        begin = max(0, int((days <= first).sum()) - 1)
        return series.iloc[begin : int((days <= last).sum())]

    def _span(self, series):
        """The days that are drawn: those of the reports, and before and after them what shows how the series runs."""
        dated = _days(self.readings["published"][~self.undated])
        around = _AROUND_FEW if not series.empty and dated.max() - dated.min() < 2 * _AROUND_FEW else 0.6
        margin = max(0.04 * (dated.max() - dated.min()), around)
        return dated.min() - margin, dated.max() + margin

    def _is_wide(self):
        return len(self.known) > 0 and self.known.min() > 0 and self.known.max() / self.known.min() >= LOGARITHMIC_FROM

    def draw(self):
        """Draw the panels, then the legend and what is left out."""
        page, note = self.page, self._note()
        handles, words = self._legend()
        columns = canvas.legend_columns(words, page)
        legend_mm = (-(-len(words) // columns) * 1.35 + 0.6) * page.row_mm
        height = HEIGHT_OF_WIDTH * page.width_mm + legend_mm + canvas.note_mm(page, note)
        figure = page.figure(height)
        apart_mm = canvas.text_mm("no date", page.font_pt) + 3 if self.undated.any() else 0.0
        ratios = [page.width_mm - 20 - apart_mm] * bool((~self.undated).any()) + [apart_mm] * bool(apart_mm)
        panels = figure.subplots(1, len(ratios), sharey=True, squeeze=False, width_ratios=ratios)[0]
        self._scale(panels[0])
        if (~self.undated).any():
            self._draw_dated(panels[0], ratios[0])
        if apart_mm:
            self._draw_apart(panels[-1])
        figure.legend(handles=handles, loc="outside upper left", ncols=columns)
        canvas.note(figure, page, note)
        return figure

    def _note(self):
        n_documents = self.readings["document_id"].nunique()
        said = canvas.count(len(self.readings), "number") + " in " + canvas.count(n_documents, "report")
        hidden = int((self._numbers() <= 0).sum()) if self.logarithmic else 0
        return f"{said}{', ' + str(hidden) + ' of 0 or less not shown' if hidden else ''}"

    def _numbers(self):
        """The number in the words: of an open bound the finite end, of a range its middle."""
        low, high = self.readings["low"].to_numpy(), self.readings["high"].to_numpy()
        one_end = np.where(np.isfinite(low), low, high)
        return np.where(np.isfinite(low) & np.isfinite(high), (low + high) / 2, one_end)

    def _scale(self, axes):
        axes.set_yscale("log" if self.logarithmic else "linear")
        shown = self.known[self.known > 0] if self.logarithmic else self.known
        low, high = (shown.min(), shown.max()) if len(shown) else (1.0, 10.0)
        margin = (high / low) ** 0.08 if self.logarithmic else 0.08 * (high - low) or 0.08 * abs(high) or 1.0
        if self.logarithmic:
            margin = max(margin, 1.1)
            axes.set_ylim(low / margin, high * margin)
            subs = (1.0, 2.0, 5.0) if high / low < 1000 else (1.0,)
            axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=8))
        else:
            axes.set_ylim(low - margin, high + margin)
            axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(axis="y", color=canvas.PALE, linewidth=0.4)

    def _draw_dated(self, axes, panel_mm):
        moments = np.where(self.undated, np.nan, _days(self.readings["published"]))
        dated = moments[~self.undated]
        first, last = self._span(self.series)
        axes.set_xlim(first, last)
        self._draw_series(axes, first, last)
        self._draw_updates(axes, moments)
        self._draw_numbers(axes, self._side_by_side(moments, (last - first) / panel_mm), ~self.undated)
        axes.set_xlabel("date of publication (UTC)")
        tick_dates(axes, dated, panel_mm, self.page)

    def _draw_series(self, axes, first, last):
        kept = self._during(self.series)
        if kept.empty:
            return
        # The last value before the first report counts until a new one is known.
        along, values = [*np.maximum(_days(kept["date"]), first), last], kept["value"].tolist()
        axes.step(along, [*values, values[-1]], where="post", color=canvas.INK, linewidth=0.7, zorder=1)

    def _side_by_side(self, moments, per_mm):
        """Move equal numbers of one day apart, so that each report is seen, unless that would look like other days."""
        frame = pd.DataFrame({"day": np.floor(moments), "number": self._numbers()})
        together = frame.groupby(["day", "number"], dropna=False)["day"]
        size = np.minimum(together.transform("size").to_numpy(), _ABREAST)
        if size.max() * _APART_MM * per_mm > 1.0:
            return moments
        rank = together.cumcount().to_numpy() % _ABREAST
        return moments + (rank - (size - 1) / 2) * _APART_MM * per_mm

    def _draw_updates(self, axes, moments):
        numbers = self._numbers()
        for name, voice in self.voices.items():
            own = np.flatnonzero((self.readings["speaker"] == name).to_numpy() & ~self.undated & np.isfinite(numbers))
            if name and len(own) > 1:
                order = own[np.lexsort((numbers[own], moments[own]))]
                axes.plot(moments[order], numbers[order], "-", color=voice.color, linewidth=0.5, zorder=1)

    def _draw_numbers(self, axes, places, shown):
        low, high = self.readings["low"].to_numpy(), self.readings["high"].to_numpy()
        bottom, top = axes.get_ylim()
        numbers = self._numbers()
        for name in dict.fromkeys(self.readings["speaker"]):
            voice = self.voices[name]
            own = shown & (self.readings["speaker"] == name).to_numpy()
            for place in np.flatnonzero(own & ~(low == high) & ~np.isnan(numbers)):
                _draw_interval(axes, places[place], (low[place], high[place]), (bottom, top), voice)
            rough = self.readings["approximate"].to_numpy()
            for filled, chosen in ((True, own & ~rough), (False, own & rough)):
                style = {"color": voice.color, "markerfacecolor": voice.color if filled else "white"}
                axes.plot(places[chosen], numbers[chosen], voice.marker, markersize=3.6, mew=0.8, zorder=3, **style)
        suspect = shown & self.readings["suspect"].to_numpy()
        ring = {"markersize": 8, "markerfacecolor": "none", "color": canvas.INK, "mew": 0.8}
        axes.plot(places[suspect], numbers[suspect], "o", zorder=4, **ring)

    def _draw_apart(self, axes):
        axes.set_title("no date", fontsize=self.page.font_pt)
        # Side by side, so that equal numbers of several reports are seen.
        rows = np.cumsum(self.undated) - 1
        across = np.where(self.undated, (rows % 5 + 1) / 6, np.nan)
        self._draw_numbers(axes, across, self.undated)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0, labelleft=False)

    def _legend(self):
        """Handles and words: who speaks, and of what else is drawn what needs a word."""
        handles, words = palette.handles(self.listed, self.names, markers=True), list(self.names)
        for handle in handles:
            handle.set_linestyle("")
        more = []
        if not self.series.empty:
            more.append(Line2D([], [], color=canvas.INK, linewidth=0.7, drawstyle="steps-post", label=_REFERENCE))
        if self.readings["approximate"].any():
            more.append(Line2D([], [], ls="", marker="o", color=canvas.INK, label="approximate", **_HOLLOW))
        if not np.isfinite(self.readings[["low", "high"]].to_numpy()).all():
            more.append(Line2D([], [], ls="", marker=_ARROW, color=canvas.INK, markersize=7, label="open bound"))
        if self.readings["suspect"].any():
            ring = {"markersize": 7, "markerfacecolor": "none", "color": canvas.INK}
            more.append(Line2D([], [], ls="", marker="o", label=_SUSPECT, **ring))
        return [*handles, *more], words + [handle.get_label() for handle in more]


def _draw_interval(axes, place, ends, limits, voice):
    """Draw a line from bound to bound; of an open one an arrow that reaches a little beyond the number."""
    span = np.log(limits) if axes.get_yscale() == "log" else np.array(limits)
    reach = 0.06 * (span[1] - span[0])
    low, high = ends
    if not np.isfinite(low) or not np.isfinite(high):
        known = high if not np.isfinite(low) else low
        if axes.get_yscale() == "log" and known <= 0:
            return
        beyond = -reach if not np.isfinite(low) else reach
        tip = known * np.exp(beyond) if axes.get_yscale() == "log" else known + beyond
        arrow = {"arrowstyle": "-|>,head_length=0.25,head_width=0.12", "color": voice.color, "lw": 0.8}
        axes.annotate("", (place, tip), (place, known), arrowprops=arrow | {"shrinkA": 0, "shrinkB": 0}, zorder=2)
        return
    axes.plot([place, place], [low, high], "-", color=voice.color, linewidth=0.9, zorder=2)
    axes.plot([place, place], [low, high], "_", color=voice.color, markersize=4, mew=0.8, zorder=2)


def _days(moments):
    return mdates.date2num(pd.DatetimeIndex(moments).tz_localize(None).to_numpy())
