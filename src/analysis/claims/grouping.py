"""Readings of which each may state the same fact as each other one, put together."""

import math

import pandas as pd

from analysis.claims.periods import UNKNOWN, may_overlap
from analysis.claims.places import narrower, same
from analysis.claims.readings import value_of


class Group:
    """Readings of one claim: their values overlap, and nothing in place or time keeps them apart.

    What they imply has a part in common, since each overlaps each (Helly 1923).

    Parameters
    ----------
    within : pandas.Timedelta or None
        How far apart two documents may be published to state one fact; None is any distance.
    """

    def __init__(self, within):
        """Begin without readings."""
        self.readings, self.documents, self.place = [], set(), ""
        self.low, self.high = -math.inf, math.inf
        self._within = within
        # The first and the last publication of each kind of statement about time. They are few, readings may be many.
        self._published = {}

    @property
    def rows(self):
        """All quantities of the readings."""
        return [row for reading in self.readings for row in reading.rows]

    @property
    def value(self):
        """The number of the earliest reading."""
        return value_of(self.readings[0].rows[0])

    @property
    def kinds(self):
        """What the readings say of adding up: "cumulative", "incremental", ""."""
        return {cumulative for _, cumulative in self._published}

    def add(self, reading):
        """Put a reading among those of the group."""
        low, high = reading.implied
        self.readings.append(reading)
        self.documents.add(reading.document_id)
        self.low, self.high = max(self.low, low), min(self.high, high)
        self.place = narrower(self.place, reading.place)
        said = reading.days, reading.cumulative
        first, last = self._published.get(said, (None, None))
        if reading.published is not None:
            first = reading.published if first is None else min(first, reading.published)
            last = reading.published if last is None else max(last, reading.published)
        self._published[said] = first, last

    def fits(self, reading):
        """Whether ``reading``, of a value that overlaps, may state the same fact as each of the readings here."""
        return (
            reading.document_id not in self.documents
            and same(self.place, reading.place)
            and all(self._meets(said, span, reading) for said, span in self._published.items())
        )

    def _meets(self, said, span, reading):
        if not may_overlap(said[0], reading.days):
            return False
        if self._within is None or reading.published is None or span[0] is None:
            return True
        apart = max(abs(reading.published - span[0]), abs(reading.published - span[1]))
        return apart <= self._within or _of_any_day(said, (reading.days, reading.cumulative))

    def may_concern(self, other):
        """Whether a reading here and one of ``other`` may speak of the same place and time, whatever their values."""
        return same(self.place, other.place) and any(
            may_overlap(said[0], others[0]) and self._near(said, span, others, spanned)
            for said, span in self._published.items()
            for others, spanned in other._published.items()
        )

    def _near(self, said, span, others, spanned):
        if self._within is None or span[0] is None or spanned[0] is None:
            return True
        return max(span[0] - spanned[1], spanned[0] - span[1]) <= self._within or _of_any_day(said, others)

    def farness(self, reading):
        """How far a reading is from this group, in value, then in place, then in time."""
        known = [last for _, last in self._published.values() if last is not None]
        gap = reading.published - max(known) if known and reading.published is not None else pd.Timedelta(0)
        return abs(self.value - value_of(reading.rows[0])), self.place != reading.place, gap


def _of_any_day(one, other):
    """Whether two statements may meet however long after each other they were printed.

    Totals that run on may, and so may two that name their days: the years after are not when it happened.
    """
    return one[1] == other[1] == "cumulative" or (one[0] != UNKNOWN and other[0] != UNKNOWN)


def compatible(readings, within):
    """Put each reading into the nearest group that it fits, or into one of its own.

    Parameters
    ----------
    readings : list of Reading
        From the earliest document to the latest.
    within : pandas.Timedelta or None

    Returns
    -------
    list of Group
    """
    groups = []
    for reading in readings:
        low, high = reading.implied
        fitting = [group for group in groups if group.low <= high and low <= group.high and group.fits(reading)]
        if not fitting:
            groups.append(Group(within))
        nearest = min(fitting, key=lambda group, reading=reading: group.farness(reading), default=groups[-1])
        nearest.add(reading)
    return groups
