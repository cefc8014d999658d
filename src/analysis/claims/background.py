"""How often readings of different facts would agree by chance, and how often they do agree.

Where a war is reported, "3 killed" is said of ten events in a week, and that two reports say so tells nothing; "112
killed" tells much. So what two readings have in common is weighed against how many readings there are that could have
it by accident: as Fellegi and Sunter (1969, "A theory for record linkage") weigh the agreement of records, with rates
that are taken from the corpus itself.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict

# P(X > x) = (1 + x) ** -tail: a tail this steep is that of a thing of which there are ones and twos only.
_STEEPEST = 1 / math.log(2)
_STEP = math.log(1.1)
_AROUND = 30  # days before and after, by which it is told how often a place is in the news


class Background:
    """The readings of one thing, counted by place, day and value.

    Parameters
    ----------
    readings : list of readings.Reading
        All of the thing. What copies of one story give counts once.
    """

    def __init__(self, readings):
        """Count, and fit the tail of the values."""
        counted = {(reading.story, reading.meaning): reading for reading in reversed(readings)}.values()
        self._days = defaultdict(list)
        self._undated = defaultdict(int)
        self._shares, self._least = defaultdict(float), 1 / max(1, len(counted))
        logarithms = 0.0
        for reading in counted:
            logarithms += math.log1p(abs(reading.value))
            for said in (reading.who.kind, reading.means):
                self._shares[said] += 1 / len(counted)
            for place in ("", *reading.place.keys):
                self._count("written", reading.written, place, reading.value)
                # What no day is stated of happened shortly before it was written, as far as counts go.
                happened = reading.written if reading.happened is None else reading.happened
                self._count("happened", happened, place, reading.value)
        for days in self._days.values():
            days.sort()
        everywhere = [day for name in ("written", "happened") for day in self._days[name, "", None]]
        self._first, self._last = min(everywhere, default=0), max(everywhere, default=0)
        self._rounded = {reading.value: reading.rounded for reading in counted}
        self._values = sorted(self._rounded)
        self._tail = min(_STEEPEST, len(counted) / logarithms) if logarithms else _STEEPEST

    def _count(self, timeline, day, place, value):
        for key in ((timeline, place, None), (timeline, place, value), (timeline, place, ("step", step_of(value)))):
            if day is None:
                self._undated[key] += 1
            else:
                self._days[key].append(day)

    def chance(self, values, place, window):
        """Return how many readings would give one of some values by accident, over how many do.

        Parameters
        ----------
        values : dict of float to (float, float)
            The values that are taken for one, and the interval that each is rounded from.
        place : str
            Key of a place; "" is any.
        window : tuple
            "written" or "happened", the first and the last day; days are None for any.

        Returns
        -------
        float
            From 0 on. Near 0, the readings agree because they tell of one fact; from 1 on, nothing says so.
        """
        agreeing = sum(self._within((window[0], place, value), window) for value in values)
        share = sum(self.share(interval) for interval in values.values())
        return self._expected(share, place, window) / max(1, agreeing - 1)

    def crowd(self, interval, place, window):
        """Return how many readings would lie in ``interval`` by accident, over how many do: as ``chance``."""
        steps = range(step_of(interval[0]), step_of(interval[1]) + 1)
        near = sum(self._within((window[0], place, ("step", step)), window) for step in steps)
        return self._expected(self.share(interval), place, window) / max(1, near - 1)

    def least_crowd(self, low, high, value, place, window):
        """The least that ``crowd`` can be for ``value`` and another one between ``low`` and ``high``, on one day."""
        near = sum(
            self._within((window[0], place, ("step", step)), window) for step in range(step_of(low), step_of(high) + 1)
        )
        day = window if window[1] is None else (window[0], window[1], window[1])
        # The interval of the pair holds that of the value alone.
        return self._expected(self.share((value / 1.5, value * 1.5)), place, day) / max(1, near - 1)

    def _expected(self, share, place, window):
        """How many readings to expect in the window, at the rate of the weeks around it."""
        timeline, first, last = window
        if first is None:
            return max(1, self._within((timeline, place, None), window) - 1) * share
        earliest, latest = first - _AROUND, last + _AROUND
        around = self._within((timeline, place, None), (timeline, earliest, latest)) - 1
        if not place:  # everything is reported as long as the corpus lasts; a place may be silent in between
            earliest, latest = max(earliest, min(first, self._first)), min(latest, max(last, self._last))
        return max(1, around) * share * (last - first + 1) / (latest - earliest + 1)

    def share_of(self, said):
        """The share of readings that name a kind of people, or a means; at least that of one reading."""
        return max(self._shares.get(said, 0.0), self._least)

    def share(self, interval):
        """The share of all facts of this thing whose value lies in an interval, by a Pareto distribution."""
        ends = sorted(map(abs, interval))
        low, high = ends if interval[0] * interval[1] >= 0 else (0.0, ends[1])
        return (1 + low) ** -self._tail - (1 + high) ** -self._tail

    def values_in(self, low, high):
        """The values that some reading gives between two bounds, with what each is rounded from."""
        values = self._values[bisect_left(self._values, low) : bisect_right(self._values, high)]
        return {value: self._rounded[value] for value in values}

    def _within(self, key, window):
        days = self._days.get(key, ())
        first, last = window[1:]
        dated = len(days) if first is None else bisect_right(days, last) - bisect_left(days, first)
        return dated + self._undated.get(key, 0)


def step_of(value):
    """Where a value lies on a scale whose steps are a tenth more each: 100 and 101 on one, 9 and 10 on two."""
    return int(math.log1p(abs(value)) / _STEP)
