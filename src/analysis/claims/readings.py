"""Readings: what a quantity is of, and the value that one document gives of it, once or more."""

import math
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd

from analysis.claims import periods, places

# Kinds of quantity that reports can agree or disagree on; a duration or an age is rarely the same fact twice.
_KINDS = ("count", "percent", "money", "measure", "rate")


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


def by_thing(quantities, published):
    """(class or noun, event, unit, per) → quantities, from the earliest document to the latest."""
    when = published.reindex(quantities["document_id"]).array  # map() of no rows would lose the kind
    ordered = quantities.assign(published=when).sort_values(["published", "document_id", "start"], na_position="last")
    things = defaultdict(list)
    for row in ordered.itertuples(index=False):
        things[thing(row), row.event, row.unit, row.per].append(row)
    return things


def thing(row):
    """A class stands for its nouns where something happened to them: Palestinians and people killed are one thing.

    Where nothing did, two crossings and two countries are not, though both are places.
    """
    noun = row.counted.casefold()
    return (row.counted_class or noun) if row.event else (noun or row.counted_class)


@dataclass
class Reading:
    """Quantities of one document that give one value, of places and times that nothing keeps apart.

    ``place`` is "" and ``days`` is ``periods.UNKNOWN`` where none of them states one. ``published`` is None where it
    is not known.
    """

    rows: list
    place: str
    days: periods.Days
    published: pd.Timestamp | None

    @property
    def document_id(self):
        """The document that gives this value."""
        return self.rows[0].document_id

    @property
    def implied(self):
        """The interval that a careful reporter would still describe in this way."""
        return implied(*meaning(self.rows[0]))

    @property
    def cumulative(self):
        """Return "cumulative" or "incremental" where a row says so, "cumulative" where rows say both, else ""."""
        said = {row.cumulative for row in self.rows}
        return next((kind for kind in ("cumulative", "incremental") if kind in said), "")


def readings_of(rows):
    """Put quantities into readings, in the order in which each first stands."""
    readings, of_value = [], defaultdict(list)
    for row in rows:
        alike = of_value[row.document_id, row.low, row.high, row.bound]
        new = reading_of(row)
        own = next((reading for reading in alike if _one_setting(reading, new)), None)
        if own is None:
            alike.append(new)
            readings.append(new)
            continue
        own.rows.append(row)
        own.place = places.narrower(own.place, new.place)
        own.days = new.days if own.days == periods.UNKNOWN else own.days
    return readings


def reading_of(row):
    """A reading of one quantity, a row with the columns of ``tables.Quantities`` and ``published``."""
    published = None if pd.isna(row.published) else row.published
    return Reading([row], places.spelled(row.place), _days_of(row), published)


def _one_setting(one, other):
    return places.same(one.place, other.place) and periods.may_overlap(one.days, other.days)


def _days_of(row):
    """The days a quantity speaks of; those of a total end with the report, whatever else its sentence names."""
    if row.cumulative == "cumulative" or not row.time:
        return periods.UNKNOWN
    return periods.days(row.time, None if pd.isna(row.published) else row.published.date())


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


def _last_digit(value):
    """What one in the last stated digit is worth: 35,000 → 1,000; 250 → 10; 31 → 1; 2.5 → 0.1."""
    return 10.0 ** Decimal(f"{value:.15g}").normalize().as_tuple().exponent
