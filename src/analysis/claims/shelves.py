"""Groups laid where a reading looks for them, so that it is held against few and not against all."""

import math
from collections import defaultdict
from itertools import islice

from analysis.claims.background import step_of
from analysis.claims.conventions import AT_MOST, CHANCE

_WINDOWS = (1, 7, 31)  # days, of which the first are asked first


class Shelves:
    """Groups by value and place, value and day, and text, so that a reading is held against the few that it may fit.

    A group is its number in the order in which groups began.

    Parameters
    ----------
    background : background.Background
    within : int or None
        Days.
    """

    def __init__(self, background, within):
        """Begin with empty shelves."""
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
                yield from islice(reversed(self._totals.get(step, {})), AT_MOST)

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
    if written is None:
        yield from (group for _, group in shelf[-AT_MOST:])
        return
    for day, group in reversed(shelf):
        if day < written - reach and day > -math.inf:
            return
        yield group


def _steps(reading):
    low, high = reading.implied
    return range(step_of(max(low, 0) if high > 0 else high), step_of(high if high > 0 else low) + 1)


def _weeks(reading):
    return range(reading.likely.first // 7, reading.likely.last // 7 + 1)
