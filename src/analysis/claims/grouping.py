"""Readings of which each may state the same fact as each other one, put together."""

import math
from collections import Counter, defaultdict

from analysis.claims import means, places, who
from analysis.claims.background import Background, step_of
from analysis.claims.periods import UNKNOWN, may_overlap

# Of ten readings that agree, one may do so by chance.
CHANCE = 0.1
# What is not stated of a reading itself, or may be misread, counts as so many times the chance where it differs.
_DOUBT = 30
_WINDOWS = (1, 7, 31)  # days, of which the first are asked first


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
        self.likely = {}  # as a set, but in the order in which days were stated
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
        self.likely[reading.likely] = None
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
            and not (self.firm and reading.firm and places.relation(self.place, reading.place) == places.OTHER)
            and all(who.may_be_same(counted, reading.who) for counted in self.whos)
            and all(self._meets(said, span, reading) for said, span in self.written.items())
        )

    def _meets(self, said, span, reading):
        if not may_overlap(said[0], reading.days):
            return False
        if self._within is None or reading.written is None or span[0] is None:
            return True
        apart = max(abs(reading.written - span[0]), abs(reading.written - span[1]))
        return apart <= self._within or of_any_day(said, (reading.days, reading.cumulative))

    def chance(self, reading, background):
        """How likely the readings agree by accident, as far as the corpus tells; see ``background``."""
        if reading.texts & self.texts:
            return 0.0
        related = places.relation(self.place, reading.place)
        place = places.shared(self.place, reading.place) if related == places.SAME else ""
        found = background.chance({reading.value: reading.rounded} | self.values, place, self._window(reading))
        # That both speak of medics, or of a car bomb, is rare as well.
        said = ({reading.who.kind} & {counted.kind for counted in self.whos}) | ({reading.means} & self.means)
        found *= min((background.share_of(word) for word in said if word), default=1)
        doubts = (related == places.OTHER) + (not self.may_be_by(reading.means))
        doubts += not any(may_overlap(days, reading.likely) for days in self.likely)
        return found * _DOUBT**doubts

    def may_be_by(self, named):
        """Whether a means may be that of some reading here."""
        return any(means.may_be_same(own, named) for own in self.means)

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


class _Shelves:
    """Groups by value and place, value and day, and text, so that a reading is held against the few that it may fit.

    A group is its number in the order in which groups began.
    """

    def __init__(self, background, within):
        self._background = background
        longer = [within] if within is not None and within > _WINDOWS[-1] else []
        self._windows = [*_WINDOWS, *longer, *([math.inf] if within is None else [])]
        self._by_place, self._by_day = defaultdict(list), defaultdict(list)
        self._totals, self._by_text = defaultdict(dict), defaultdict(dict)

    def put(self, group, reading):
        """Note that ``reading`` was put into ``group``."""
        written = -math.inf if reading.written is None else reading.written
        for step in _steps(reading):
            for place in ("", *reading.place.keys):
                self._by_place[step, place].append((written, group))
            if reading.cumulative == "cumulative":
                self._totals[step][group] = None
            if reading.happened is not None:
                for week in _weeks(reading):
                    self._by_day[step, week].append((written, group))
        for text in reading.texts:
            self._by_text[text][group] = None

    def near(self, reading):
        """Yield the groups that may hold a reading of the fact that ``reading`` states; some of them twice."""
        for text in reading.texts:
            yield from self._by_text.get(text, ())
        for place in ("", *reading.place.keys):
            reach = self._reach(reading, place)
            if reach is None:
                continue
            for step in _steps(reading):
                yield from _since(self._by_place.get((step, place), ()), reading.written, reach)
                if reading.happened is not None:
                    for week in _weeks(reading):
                        yield from (group for _, group in self._by_day.get((step, week), ()))
        if reading.cumulative == "cumulative" and self._may_tell(reading, "", ("written", None, None)):
            for step in _steps(reading):
                yield from self._totals.get(step, ())

    def _reach(self, reading, place):
        """How many days before ``reading`` another may agree with it but by chance; None for none at all."""
        if reading.written is None:
            return math.inf if self._may_tell(reading, place, ("written", None, None)) else None
        reach = None
        for days in self._windows:
            around = (None, None) if days == math.inf else (reading.written - days, reading.written + days)
            if not self._may_tell(reading, place, ("written", *around)):
                break
            reach = days
        return reach

    def _may_tell(self, reading, place, window):
        """Whether, at best, a reading and another one of a value that it may be taken for agree but by chance."""
        own = {reading.value: reading.rounded}
        values = [own, *(own | {value: other} for value, other in self._background.values_in(*reading.implied).items())]
        said = (word for word in (reading.who.kind, reading.means) if word)
        most = CHANCE / min((self._background.share_of(word) for word in said), default=1)
        return any(self._background.chance(some, place, window) <= most for some in values)


def _since(shelf, written, reach):
    for day, group in reversed(shelf):
        if written is not None and day < written - reach and day > -math.inf:
            return
        yield group


def _steps(reading):
    low, high = reading.implied
    return range(step_of(max(low, 0) if high > 0 else high), step_of(high if high > 0 else low) + 1)


def _weeks(reading):
    return range(reading.likely.first // 7, reading.likely.last // 7 + 1)


def compatible(readings, within):
    """Put each reading into the nearest group that it fits and does not meet by chance, or into one of its own.

    Parameters
    ----------
    readings : list of Reading
        Of one thing, from the earliest document to the latest.
    within : int or None
        Days.

    Returns
    -------
    groups : list of Group
    background : Background
    """
    background = Background(readings)
    shelves, groups = _Shelves(background, within), []
    for reading in readings:
        near = sorted(set(shelves.near(reading)))
        likely = [number for number in near if _is_likely(groups[number], reading, background)]
        if not likely:
            groups.append(Group(within))
        farness = {number: groups[number].farness(reading) for number in likely}
        nearest = min(likely, key=lambda number: (farness[number], number), default=len(groups) - 1)
        groups[nearest].add(reading)
        shelves.put(nearest, reading)
    return groups, background


def _is_likely(group, reading, background):
    low, high = reading.implied
    overlap = group.low <= high and low <= group.high
    return overlap and group.fits(reading) and group.chance(reading, background) <= CHANCE
