"""Readings of one claim, and what speaks for and against one more."""

import math
from collections import Counter

from analysis.claims import means, places, who
from analysis.claims.conventions import DOUBT, OF_A_WAR, UNLISTED
from analysis.claims.periods import UNKNOWN, may_overlap


class Group:
    """Readings of one claim: their values overlap, and nothing in place or time keeps them apart.

    What they imply has a part in common, since each overlaps each (Helly 1923).

    Parameters
    ----------
    within : int or None
        How many days apart two documents may be published to state one fact; None is any number.
    """

    def __init__(self, within):
        """Begin without readings."""
        self.readings, self.documents, self.texts, self.values = [], set(), set(), {}
        self.place, self.firm = places.NOWHERE, False
        self.low, self.high = -math.inf, math.inf
        self.span = math.inf, -math.inf
        self.places = {}  # with whether the place is firm; in the order in which they were stated
        self.whos, self.means = set(), set()
        self.likely = {}  # with whether words date them; in the order in which days were stated
        self._within, self._adding_up = within, Counter()
        # The first and the last day of writing of each kind of statement about time. They are few, readings many.
        self.written = {}

    @property
    def rows(self):
        """All quantities of the readings."""
        return [row for reading in self.readings for row in reading.rows]

    @property
    def value(self):
        """The number of the earliest reading."""
        return self.readings[0].value

    @property
    def is_total(self):
        """Whether the readings add up, as far as they say: more do so than are of single days."""
        return self._adding_up["cumulative"] > self._adding_up["incremental"]

    @property
    def span_of_writing(self):
        """The first and the last day on which one of the documents was written, None where no date is known."""
        days = [day for span in self.written.values() for day in span if day is not None]
        return (min(days), max(days)) if days else None

    def add(self, reading):
        """Put a reading among those of the group."""
        low, high = reading.implied
        self.readings.append(reading)
        self.documents.add(reading.document_id)
        self.texts |= reading.texts
        self.values.setdefault(reading.value, reading.rounded)
        self.low, self.high = max(self.low, low), min(self.high, high)
        self.span = min(self.span[0], low), max(self.span[1], high)
        self.whos.add(reading.who)
        self.means.add(reading.means)
        self.likely[reading.likely] = self.likely.get(reading.likely, False) or reading.dated
        self._put(reading)
        self.places[reading.place] = reading.firm or self.places.get(reading.place, False)
        self._adding_up[reading.cumulative] += 1
        said = reading.days, reading.cumulative
        first, last = self.written.get(said, (None, None))
        if reading.written is not None:
            first = reading.written if first is None else min(first, reading.written)
            last = reading.written if last is None else max(last, reading.written)
        self.written[said] = first, last

    def _put(self, reading):
        if reading.firm and not self.firm:
            self.place, self.firm = reading.place, True
        elif reading.firm == self.firm and places.relation(self.place, reading.place) != places.OTHER:
            self.place = places.narrower(self.place, reading.place)

    def fits(self, reading):
        """Whether nothing keeps ``reading``, of a value that overlaps, from stating the fact of all readings here."""
        return (
            reading.document_id not in self.documents
            and not (reading.firm and self._is_elsewhere(reading, firm=True))
            and all(who.may_be_same(counted, reading.who) for counted in self.whos)
            and all(self._meets(said, span, reading) for said, span in self.written.items())
        )

    def _meets(self, said, span, reading):
        if not may_overlap(said[0], reading.days):
            return False
        if self._within is None or reading.written is None or span[0] is None:
            return True
        if self.is_total and abs(self.value) >= OF_A_WAR:
            # One who repeats a total may leave out that it is one; he is near to any of those who call it so.
            return reading.cumulative == "cumulative" or self._is_near(reading)
        apart = max(abs(reading.written - span[0]), abs(reading.written - span[1]))
        return apart <= self._within or of_any_day(said, (reading.days, reading.cumulative))

    def _is_near(self, reading):
        first, last = self.span_of_writing
        return first - self._within <= reading.written <= last + self._within

    def chance(self, reading, background):
        """How likely the readings agree by accident, as far as the corpus tells; see ``background``."""
        doubts, common = self._doubts(reading), reading.texts & self.texts
        # Copies of a story may tell of two attacks; of a passage copied word for word they tell the same.
        if common and (not doubts or common != {reading.story}):
            return 0.0
        related = places.relation(self.place, reading.place)
        place = places.shared(self.place, reading.place) if related == places.SAME else ""
        found = background.chance({reading.value: reading.rounded} | self.values, place, self._window(reading))
        # That both speak of medics, or of a car bomb, is rare as well.
        said = ({reading.who.kind} & {counted.kind for counted in self.whos}) | ({reading.means} & self.means)
        found *= min((background.share_of(word) for word in said if word), default=1)
        vague = any(not place.names or places.is_wide(place) for place in (self.place, reading.place))
        return found * DOUBT**doubts * (UNLISTED if related == places.UNKNOWN and not vague else 1)

    def _doubts(self, reading):
        """How much speaks against one fact: places, means, days and people that differ; days in words count twice."""
        doubts = self._is_elsewhere(reading) + (not self.may_be_by(reading.means))
        if not any(may_overlap(days, reading.likely) for days in self.likely):
            doubts += 1 + (reading.dated and all(self.likely.values()))
        return doubts + (not all(who.are_likely_same(counted, reading.who) for counted in self.whos))

    def _is_elsewhere(self, reading, firm=False):
        """Whether a place that is stated here, or a firm one, is another than that of a reading."""
        return any(
            places.relation(place, reading.place) == places.OTHER
            for place, is_firm in self.places.items()
            if is_firm or not firm
        )

    def may_be_by(self, named):
        """Whether a means may be that of some reading here that names one, "" that of any."""
        return all(not own for own in self.means) or any(own and means.may_be_same(own, named) for own in self.means)

    def _window(self, reading):
        """The days between which both speak, for which readings are counted."""
        for days in self.likely:
            if days.first is not None and reading.happened is not None and may_overlap(days, reading.likely):
                return "happened", max(days.first, reading.likely.first), min(days.last, reading.likely.last)
        ends = [day for span in self.written.values() for day in span if day is not None]
        if reading.written is None or not ends:
            return "written", None, None
        near = min(ends, key=lambda day: abs(day - reading.written))
        return "written", min(near, reading.written) - 1, max(near, reading.written) + 1

    def farness(self, reading):
        """How far a reading is from this group, in value, then in place, then in time."""
        known = [last for _, last in self.written.values() if last is not None]
        gap = reading.written - max(known) if known and reading.written is not None else 0
        related = places.relation(self.place, reading.place)
        return abs(self.value - reading.value), related != places.SAME, not self.may_be_by(reading.means), gap


def of_any_day(one, other):
    """Whether two statements may meet however long after each other they were printed.

    Totals that run on may, and so may two that name their days: the years after are not when it happened.
    """
    return one[1] == other[1] == "cumulative" or (one[0] != UNKNOWN and other[0] != UNKNOWN)
