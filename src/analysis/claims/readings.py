"""Readings: what a quantity is of, and the value that one document gives of it, once or more."""

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd

from analysis.claims import periods, places, who

# Kinds of quantity that reports can agree or disagree on; a duration or an age is rarely the same fact twice.
_KINDS = ("count", "percent", "money", "measure", "rate")
_MONTH = 31  # days
# Bases of a time or a place that is stated of the quantity itself. A table made by hand may leave them empty.
STATED = ("sentence", "reader", "")


def left_out(quantities):
    """Return the quantities that stand in no claim, with a column ``reason``."""
    why = reasons(quantities)
    return quantities.assign(reason=why)[why != ""].reset_index(drop=True)


def reasons(quantities):
    """Why each quantity stands in no claim, "" for those that stand in one; rows as in ``quantities``."""
    valueless = quantities["low"].isna() | quantities["high"].isna()
    valueless |= np.isinf(quantities["low"]) & np.isinf(quantities["high"])
    # A convention may give "dozens" a number; that is the convention's figure, and no report can dispute it.
    valueless |= quantities["bound"] == "vague"
    nameless = (quantities["counted"] == "") & (quantities["counted_class"] == "") & (quantities["event"] == "")
    why = pd.Series("", index=quantities.index)
    # Not even with a unit: "5 percent" of nobody knows what would join all the reports that state some 5 percent.
    why = why.mask(nameless, "what is counted is not stated")
    why = why.mask(
        ~quantities["kind"].isin(_KINDS), "of the kind " + quantities["kind"] + ", not compared between reports"
    )
    return why.mask(valueless, "no value: " + quantities["bound"])


# ---- what, when and where


_NEEDED = [
    *("document_id", "start", "end", "low", "high", "bound", "approximate", "counted", "counted_class", "event"),
    *("unit", "per", "cumulative", "time", "time_basis", "place", "place_basis", "speaker_name", "written"),
]


def by_thing(quantities):
    """Yield (class or noun, event, unit, per) and its quantities, from the earliest document to the latest.

    ``quantities`` have the day on which their documents were written, as ``written``.
    """
    ordered = quantities[_NEEDED].sort_values(["written", "document_id", "start"], na_position="last")
    nouns, classes = ordered["counted"].str.casefold(), ordered["counted_class"]
    # As in ``thing``, of one row.
    things = classes.where(classes != "", nouns).where(ordered["event"] != "", nouns.where(nouns != "", classes))
    for name in ordered.columns[ordered.dtypes == "str"]:
        # One object for each word, not for each time it stands in the table.
        codes, words = pd.factorize(ordered[name])
        ordered[name] = pd.Series(np.asarray(words, dtype=object)[codes], index=ordered.index, dtype=object)
    for key, rows in ordered.groupby([things, ordered["event"], ordered["unit"], ordered["per"]], sort=True):
        yield key, list(rows.itertuples(index=False))


def thing(row):
    """A class stands for its nouns where something happened to them: Palestinians and people killed are one thing.

    Where nothing did, two crossings and two countries are not, though both are places.
    """
    noun = row.counted.casefold()
    return (row.counted_class or noun) if row.event else (noun or row.counted_class)


def plain(*words):
    """Words as the id of a claim has them: people-killed."""
    return "-".join(re.sub(r"[^\w.]+", "-", word.casefold()).strip("-") for word in words if word)


@dataclass(slots=True)  # of a large corpus there are many
class Reading:
    """Quantities of one document that give one value, of places and times that nothing keeps apart.

    Attributes
    ----------
    rows : list
    place : places.Place
    firm : bool
        Whether the place stands in the sentence of the quantity, not before it or in the title.
    days : periods.Days
        Those that the sentence states, ``periods.UNKNOWN`` where it states none.
    likely : periods.Days
        The same, or those stated before, or the day of the report and the one before it. Of a total, unknown.
    who : who.Who
    means : str
    written : int or None
        When the document was written, in days as ``date.toordinal`` counts them.
    story : str
        The cluster of the document.
    texts : set
        What copies have in common: the story, and the passages copied word for word that hold the quantity.
    """

    rows: list
    place: places.Place
    firm: bool
    days: periods.Days
    likely: periods.Days
    who: who.Who
    means: str
    written: int | None
    story: str
    texts: set
    document_id: str = field(init=False)
    meaning: tuple = field(init=False)
    value: float = field(init=False)
    implied: tuple = field(init=False)
    rounded: tuple = field(init=False)

    def __post_init__(self):
        """Say once what is asked often."""
        row = self.rows[0]
        self.document_id, self.meaning, self.value = row.document_id, meaning(row), value_of(row)
        self.implied, self.rounded = implied(*self.meaning), rounded(*self.meaning)

    def join(self, other):
        """Take the quantities of another reading of the document, and what they say more."""
        self.rows += other.rows
        self.implied = min(self.implied[0], other.implied[0]), max(self.implied[1], other.implied[1])
        if self.firm == other.firm:
            self.place = places.narrower(self.place, other.place)
        else:
            self.place, self.firm = (self if self.firm else other).place, True
        if self.days == periods.UNKNOWN:
            self.days, self.likely = other.days, other.likely if other.days != periods.UNKNOWN else self.likely
        self.who = self.who if self.who.kind else other.who
        self.means = self.means or other.means
        self.texts |= other.texts

    @property
    def cumulative(self):
        """Return "cumulative" or "incremental" where a row says so, "cumulative" where rows say both, else ""."""
        said = {row.cumulative for row in self.rows}
        return next((kind for kind in ("cumulative", "incremental") if kind in said), "")

    @property
    def happened(self):
        """The last of the likely days, where they are no more than a month; else None."""
        known = self.likely.first is not None and self.likely.last - self.likely.first <= _MONTH
        return self.likely.last if known else None


def readings_of(rows, settings):
    """Put quantities into readings, in the order in which each first stands.

    Parameters
    ----------
    rows : list
        With the columns of ``tables.Quantities`` and ``written``.
    settings : settings.Settings
    """
    readings, of_value = [], defaultdict(list)
    for row in rows:
        new = settings.reading(row)
        alike = of_value[row.document_id, new.value, row.bound == "between"]
        own = next((reading for reading in alike if _one_setting(reading, new)), None)
        if own is None:
            alike.append(new)
            readings.append(new)
            continue
        own.join(new)
    return readings


def _one_setting(one, other):
    return (
        places.same(one.place, other.place)
        and periods.may_overlap(one.days, other.days)
        and who.may_be_same(one.who, other.who)
    )


def days_of(row):
    """The days that the sentence of a quantity states; a total names none, whatever else its sentence names."""
    return _resolved(row) if row.time_basis in STATED else periods.UNKNOWN


def likely_days_of(row):
    """The days on which it happened, as far as the report tells.

    What it does not date is of the day on which it was written, or of the one before.
    """
    if row.cumulative == "cumulative":
        return periods.UNKNOWN
    days = _resolved(row)
    if days != periods.UNKNOWN or (row.time and row.time_basis in STATED) or pd.isna(row.written):
        return days
    written = row.written.toordinal()
    return periods.Days(written - 1, written)


def _resolved(row):
    if row.cumulative == "cumulative" or not row.time:
        return periods.UNKNOWN
    written = None if pd.isna(row.written) else row.written.date()
    days = periods.days(row.time, written)
    # Without "on" it may be the day of the report, in a head whose marks were lost; it happened then or the day before.
    if written and days.first == days.last == written.toordinal() and not row.time.startswith(("on ", "On ")):
        return periods.Days(days.first - 1, days.last)
    return days


# ---- values


def meaning(row):
    """What is said of the value; readings alike in this say the same."""
    return row.low, row.high, row.bound, row.approximate


def value_of(row):
    """The number that stands in the text: of an open bound the finite end, of a range its middle."""
    return _stated(row.low, row.high, row.bound)


@cache
def _stated(low, high, bound):
    ends = [end for end in (low, high) if math.isfinite(end)]
    return ends[-1] if bound in ("at most", "less than") else sum(ends) / len(ends)


@cache
def implied(low, high, bound, approximate):
    """The interval that a careful reporter would still describe in this way."""
    if bound == "between":
        return low, high
    value = _stated(low, high, bound)
    step = _last_digit(value)
    low = value - step if bound in ("at most", "less than") else value
    high = value + step if bound in ("at least", "more than") else value
    return (low - step / 2, high + step / 2) if approximate else (low, high)


@cache
def rounded(low, high, bound, approximate):
    """The interval of all values that would be written alike, a bare number being rounded, too."""
    if bound == "between":
        return low, high
    value = _stated(low, high, bound)
    low, high = implied(low, high, bound, approximate or bound == "exact")
    half = 0.5 if value == int(value) else 0.0
    return min(low, value - half), max(high, value + half)


def _last_digit(value):
    """What one in the last stated digit is worth: 35,000 → 1,000; 250 → 10; 31 → 1; 2.5 → 0.1.

    No more than a quarter of the value: "about 100" is not 50.
    """
    worth = 10.0 ** Decimal(f"{value:.15g}").normalize().as_tuple().exponent
    return min(worth, abs(value) / 4) if value else worth
