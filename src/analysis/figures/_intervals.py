"""Claims as blocks of intervals, one for each reading, so that agreement and dispute are seen."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _palette as palette

# Readings further apart than this are told apart on a logarithmic axis only.
LOGARITHMIC_FROM = 20
TWO_COLUMNS_FROM_MM = 160
LEAST_ROWS = 3  # a claim of more readings shows at least two of them and a row for the rest
LABELS_OF_WIDTH = 0.4
WORDS_OF_WIDTH = 0.25
SPEAKER_OF_WIDTH = 0.42
MOST_TICKS = 6
MARKS = (
    {"marker": "o", "ls": "", "markersize": 3.4, "markevery": [0], "label": "exact"},
    {"marker": "o", "ls": "", "markersize": 3.4, "markevery": [0], "markerfacecolor": "white", "label": "approximate"},
    {"marker": "|", "markersize": 4, "label": "between"},
    {"marker": ">", "markersize": 3.4, "markevery": [1], "label": "open bound"},
    {"ls": ":", "label": "no bounds stated"},
)
READING = ["claim_id", "document_id", "speaker", "low", "high", "bound", "approximate"]


def claims(claims, claim_quantities, quantities, documents, *, width="nature-2col", at_most=12):
    """Draw each claim as a block of rows, and each reading of it, a report and its speaker, as an interval.

    The speakers that are named most have a colour, the others one, and what nobody is named for is dashed and grey;
    the name stands beside each row as well.
    A dot is an exact value, a hollow mark an approximate one, a line with two ends a range, and an arrow points to
    where a bound is open; a dotted line has no bounds. Each block has an axis of its own, logarithmic when its ends
    lie twentyfold apart or more, because 17 and 35,000 stand in one picture. Claims with most independent reports come
    first, each followed by the one that is against it, readings in order of publication. Equal readings of one report
    and speaker are drawn once. Readings that do not fit the page are counted in a row that spans them.

    Parameters
    ----------
    claims : table of `tables.Claims`
    claim_quantities : table of `tables.ClaimQuantities`
    quantities : table of `tables.Quantities`
    documents : table of `tables.Documents`
    width : str
        A name in `WIDTHS`.
    at_most : int
        Claims to draw.
    """
    page = canvas.page(width)
    canvas.at_least_one("at_most", at_most)
    claims = tables.check(tables.Claims, claims)
    if claims.empty:
        return canvas.in_words(page, "There are no claims to show.")
    readings = _readings(claims, claim_quantities, quantities, documents)
    # Of claims that one report makes, those of an event, then those somebody is named for, say more than a bare count.
    order = ["n_independent", "n_documents", "of_event", "n_speakers", "claim_id"]
    ranked = claims.assign(of_event=claims["event"] != "").sort_values(
        order, ascending=[False, False, False, False, True], ignore_index=True
    )
    with canvas.style(page):
        return canvas.settle(_Sheet(_paired(ranked), readings, at_most, page).draw())


def _paired(ranked):
    """Put the claim that one is held against right behind it, so that a conflict is seen at once."""
    place = dict(zip(ranked["claim_id"], ranked.index, strict=True))
    order = {}  # of a dict the keys stay in order
    for claim in ranked.itertuples():
        order[claim.Index] = None
        if claim.against in place:
            order[place[claim.against]] = None
    return ranked.loc[list(order)].reset_index(drop=True)


def joined(claims, links, quantities, documents):
    """Join each claim with its quantities and their reports, in order of publication; a name for each speaker."""
    quantities = tables.check(tables.Quantities, quantities)
    documents = tables.check(tables.Documents, documents)
    canvas.known(tables.ClaimQuantities, links["claim_id"], claims["claim_id"], "claim")
    canvas.known(tables.Claims, claims["claim_id"], links["claim_id"], "claim")
    canvas.known(tables.ClaimQuantities, links["document_id"], documents["document_id"], "document")
    keys = ["document_id", "start"]
    canvas.known(
        tables.ClaimQuantities, links[keys].apply(tuple, axis=1), quantities[keys].apply(tuple, axis=1), "mention"
    )
    readings = links.merge(quantities, on=keys).merge(documents[["document_id", "published"]], on="document_id")
    readings["speaker"] = readings["speaker_name"].where(readings["speaker_name"] != "", readings["speaker"])
    return readings.sort_values(["claim_id", "published", *keys], ignore_index=True)


def _readings(claims, claim_quantities, quantities, documents):
    """The readings of claims; equal ones of a report once, counted."""
    readings = joined(claims, tables.check(tables.ClaimQuantities, claim_quantities), quantities, documents)
    readings["times"] = readings.groupby(READING, dropna=False)["start"].transform("size")
    return readings.drop_duplicates(READING)


def _statement(claim):
    """Return what a claim says in words: what is counted, what happened to it, and in which unit."""
    words = " ".join(filter(None, [claim.counted, claim.event])) or "what is counted is not stated"
    return words + (f" [{claim.unit}]" if claim.unit and claim.unit != claim.counted else "")


def _standing(claim):
    return f"{claim.agreement}, {claim.n_independent:,} independent of {canvas.count(claim.n_documents, 'report')}"


def number(value):
    """Return ``35,000``, ``2.3 million``, ``0.25``."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if abs(value) >= size:
            return f"{value / size:,.6g}{word}"
    return f"{value:,.10g}"


@dataclass(frozen=True)
class _Block:
    """A claim on the page: its heading in lines, its readings, and the labels of its rows."""

    heading: list
    readings: pd.DataFrame
    labels: list

    @property
    def n_rows(self):
        """Rows of text that the block is high: heading, readings, and its axis with air below."""
        return len(self.heading) + len(self.labels) + 2.4


class _Sheet:
    """Where the blocks stand on the page, in mm, in two columns where the page is wide enough."""

    def __init__(self, ranked, readings, at_most, page):
        """Choose the claims and readings that fit."""
        self.page, self.ranked = page, ranked
        chosen = readings[readings["claim_id"].isin(ranked["claim_id"].head(at_most))]
        self.voices = palette.voices(chosen["speaker"])
        self.listed = palette.shown(self.voices, chosen["speaker"])
        self.names = palette.labels(self.listed, SPEAKER_OF_WIDTH * page.width_mm, page.font_pt)
        self.readings = dict(list(readings.groupby("claim_id")))
        self.n_columns = 2 if page.width_mm >= TWO_COLUMNS_FROM_MM and min(at_most, len(ranked)) > 1 else 1
        self.width_mm = page.width_mm / self.n_columns
        self.legend_rows = sum(-(-len(words) // canvas.legend_columns(words, page)) for words in self._legends())
        self.blocks = self._fit(list(ranked.head(at_most).itertuples()))
        self.columns = self._split(self.blocks)

    def _legends(self):
        """Words of the legends: what the marks mean, and who speaks."""
        return [mark["label"] for mark in MARKS], self.names

    def _fit(self, claims):
        """Drop claims from the end until all have room for some rows, then give all the most rows that fit."""
        note_mm = canvas.note_mm(self.page, self._note(0))
        room = (self.page.max_height_mm - note_mm) / self.page.row_mm - self.legend_rows * 1.3 - 1
        while len(claims) > 1 and self._n_rows(self._make(claims, LEAST_ROWS)) > room:
            claims.pop()
        most = max(len(self.readings[claim.claim_id]) for claim in claims)
        for rows in range(min(most, int(room)), LEAST_ROWS, -1):
            if self._n_rows(blocks := self._make(claims, rows)) <= room:
                return blocks
        return self._make(claims, LEAST_ROWS)

    def _make(self, claims, rows):
        return [self._block(claim, self.readings[claim.claim_id], rows) for claim in claims]

    def _block(self, claim, readings, rows):
        heading = canvas.wrap(f"{_statement(claim)}: {_standing(claim)}", self.width_mm - 4, self.page.font_pt, "bold")
        kept = readings if len(readings) <= rows else readings.head(rows - 1)
        labels = _labels(kept, LABELS_OF_WIDTH * self.width_mm, self.page)
        rest = len(readings) - len(kept)
        return _Block(heading, readings, labels + [canvas.count(rest, "more reading")] * (rest > 0))

    def _split(self, blocks):
        """Share the blocks out to the columns, in their order, so that the columns are as even as can be."""
        cuts = range(len(blocks) + 1) if self.n_columns == 2 else [len(blocks)]
        halves = [(blocks[:cut], blocks[cut:]) for cut in cuts]
        return min(halves, key=lambda pair: max(sum(block.n_rows for block in half) for half in pair))

    def _n_rows(self, blocks):
        return max(sum(block.n_rows for block in column) for column in self._split(blocks))

    def _note(self, n_shown):
        cut = canvas.of_all(n_shown, len(self.ranked), "claim")
        return f"{cut}, those with most independent reports first" if cut else ""

    def draw(self):
        """Draw the blocks from top to bottom, then the legend and the note."""
        page, note = self.page, self._note(len(self.blocks))
        note_mm = canvas.note_mm(page, note)
        legend_mm = (self.legend_rows * 1.3 + 1) * page.row_mm
        self.height_mm = self._n_rows(self.blocks) * page.row_mm + legend_mm + note_mm
        figure = page.figure(self.height_mm)
        figure.set_layout_engine("none")  # blocks are placed in mm, which constrained layout would undo
        for column, blocks in enumerate(self.columns):
            top = 0.0
            for block in blocks:
                self._draw_block(figure, block, column * self.width_mm, top)
                top += block.n_rows * page.row_mm
        self._draw_legend(figure, note_mm)
        canvas.note(figure, page, note)
        return figure

    def _draw_block(self, figure, block, left, top):
        page, row_mm = self.page, self.page.row_mm
        at = (left + 2) / page.width_mm, 1 - (top + 0.2 * row_mm) / self.height_mm
        figure.text(*at, "\n".join(block.heading), va="top", weight="bold", linespacing=1.15)
        words_mm = self._words_mm()
        start = left + self._labels_mm() + 4
        across = left + self.width_mm - start - words_mm - 3
        rows_mm = len(block.labels) * row_mm
        bottom = top + (len(block.heading) + 0.4) * row_mm + rows_mm
        box = start / page.width_mm, 1 - bottom / self.height_mm, across / page.width_mm, rows_mm / self.height_mm
        axes = figure.add_axes(box)
        axes.set_yticks(range(len(block.labels)), block.labels)
        axes.set_ylim(len(block.labels) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0, pad=3)
        _Readings(axes, block.readings, across, page, self.voices).draw(len(block.labels), words_mm)

    def _labels_mm(self):
        return max(canvas.text_mm(label, self.page.font_pt) for block in self.blocks for label in block.labels)

    def _words_mm(self):
        """Return the width of the widest quantity as it is printed, at most a share of the block."""
        room = WORDS_OF_WIDTH * self.width_mm
        readings = [reading for block in self.blocks for reading in block.readings.itertuples()]
        return max(canvas.text_mm(_words(reading, room, self.page), self.page.font_pt) for reading in readings)

    def _draw_legend(self, figure, note_mm):
        marks = [Line2D([0, 1], [0, 0], color=canvas.INK, lw=1, **mark) for mark in MARKS]
        speakers = palette.handles(self.listed, self.names, markers=False)
        bottom = note_mm + 0.2 * self.page.row_mm
        for words, handles in zip(self._legends(), (marks, speakers), strict=True):
            columns = canvas.legend_columns(words, self.page)
            anchor = (0.5 / self.page.width_mm, bottom / self.height_mm)
            figure.legend(handles=handles, loc="lower left", bbox_to_anchor=anchor, ncols=columns)
            bottom += -(-len(words) // columns) * 1.3 * self.page.row_mm


def _labels(readings, width_mm, page):
    """Return report and speaker of each reading, and how often the report says so, no wider than ``width_mm``."""
    ids = canvas.short(readings["document_id"], 0.5 * width_mm, page.font_pt)
    labels = []
    for name, speaker, times in zip(ids, readings["speaker"], readings["times"], strict=True):
        again = f" ×{times}" if times > 1 else ""
        room = width_mm - canvas.text_mm(f"{name} · {again}", page.font_pt)
        labels.append(f"{name} · {canvas.fit(speaker or 'no speaker', room, page.font_pt)}{again}")
    return labels


class _Readings:
    """The readings of one claim on one axis."""

    def __init__(self, axes, readings, across_mm, page, voices):
        """Scale the axis to the bounds that are stated."""
        self.axes, self.readings, self.across_mm, self.page, self.voices = axes, readings, across_mm, page, voices
        ends = np.array([stated(reading) for reading in readings.itertuples()], dtype=float).ravel()
        self.ends = ends[np.isfinite(ends)]
        low, high = (self.ends.min(), self.ends.max()) if len(self.ends) else (0.0, 1.0)
        self.logarithmic = low > 0 and high / low >= LOGARITHMIC_FROM
        self.limits = self._limits(low, high)
        axes.set_xscale("log" if self.logarithmic else "linear")
        axes.set_xlim(*self.limits)
        places = self._places(low, high)
        axes.set_xticks(places, [number(place) for place in places])
        axes.xaxis.set_minor_locator(NullLocator())

    def _limits(self, low, high):
        """Leave room beside the outermost ends for the arrows of open bounds."""
        if self.logarithmic:
            margin = (high / low) ** 0.15
            return low / margin, high * margin
        margin = 0.15 * (high - low) or 0.15 * abs(high) or 1.0
        return low - margin, high + margin

    def _places(self, low, high):
        """Return as many ticks as have room for their numbers; one value has one tick, and none has none."""
        if not len(self.ends) or low == high:
            return [low][: len(self.ends)]
        whole = bool((self.ends == np.round(self.ends)).all())
        for most in range(MOST_TICKS, 0, -1):
            linear = MaxNLocator(nbins=most, integer=whole, steps=[1, 2, 2.5, 5, 10])
            locator = LogLocator(subs=(1.0,), numticks=most + 1) if self.logarithmic else linear
            places = [place for place in locator.tick_values(low, high) if self._inside(place)]
            if len(places) > 1 and self._apart(places):
                return places
        return [low, high] if self._apart([low, high]) else [low]

    def _inside(self, place):
        return self.limits[0] <= place <= self.limits[1]

    def _apart(self, places):
        """Tell whether the numbers written at ``places`` leave air between them."""
        across = np.log(self.limits) if self.logarithmic else np.array(self.limits)
        at = np.log(places) if self.logarithmic else np.array(places)
        gaps = np.diff(at) / (across[1] - across[0]) * self.across_mm
        widths = np.array([canvas.text_mm(number(place), self.page.font_pt) for place in places])
        return bool((gaps > (widths[1:] + widths[:-1]) / 2 + 1).all())

    def draw(self, n_rows, surface_mm):
        """Draw a row for each reading, its words at the right, and the last row for those that have none."""
        kept = self.readings if len(self.readings) <= n_rows else self.readings.head(n_rows - 1)
        for place, reading in enumerate(kept.itertuples()):
            self._draw_reading(place, reading)
            self._write(place, _words(reading, surface_mm, self.page))
        rest = [end for reading in self.readings[len(kept) :].itertuples() for end in stated(reading)]
        if finite := [end for end in rest if np.isfinite(end)]:
            self.axes.plot([min(finite), max(finite)], [n_rows - 1] * 2, "|-", color=canvas.FAINT, lw=2.5, ms=4)

    def _write(self, place, text):
        at = self.axes.get_yaxis_transform()
        self.axes.text(1 + 1.5 / self.across_mm, place, text, transform=at, va="center", ha="left")

    def _draw_reading(self, place, reading):
        low, high = stated(reading)
        voice = self.voices[reading.speaker]
        face = "white" if reading.approximate else voice.color
        style = {"color": voice.color, "markerfacecolor": face, "markersize": 3.4, "mew": 0.8, "clip_on": False}
        if np.isnan(low) and np.isnan(high):
            self.axes.plot(self.limits, [place] * 2, ":", color=voice.color, lw=0.8)
        elif low == high:
            self.axes.plot([low], [place], "o", **style)
        else:
            self._draw_line(place, low, high, style, voice)

    def _draw_line(self, place, low, high, style, voice):
        """Draw an interval; an end that is not stated is an arrow that stops at the edge of the axis."""
        edges = self.axes.transData.inverted().transform(self.axes.transAxes.transform([(0.03, 0), (0.97, 0)]))[:, 0]
        ends = [low if np.isfinite(low) else edges[0], high if np.isfinite(high) else edges[1]]
        self.axes.plot(ends, [place] * 2, color=voice.color, lw=1, ls=voice.line, solid_capstyle="butt")
        marks = ("<" if not np.isfinite(low) else "|", ">" if not np.isfinite(high) else "|")
        for end, mark in zip(ends, marks, strict=True):
            shape = "o" if mark == "|" and style["markerfacecolor"] == "white" else mark
            filled = style if shape == "o" else style | {"markerfacecolor": voice.color}
            self.axes.plot([end], [place], shape, **filled)


def stated(reading):
    """Return the ends that the words state; the floor of "at most" is arithmetic, not a reading."""
    low, high = reading.low, reading.high
    if reading.bound in ("at most", "less than"):
        low = -np.inf
    return low, high


def _words(reading, room_mm, page):
    """Return the quantity as it is printed, after its hedge where both fit: the mark shows the bound in any case."""
    hedged = reading.surface if reading.hedge in reading.surface else f"{reading.hedge} {reading.surface}"
    fits = canvas.text_mm(" ".join(hedged.split()), page.font_pt) <= room_mm
    return canvas.fit(hedged if fits else reading.surface, room_mm, page.font_pt)
