"""The number that stands in the text, and the interval that it implies."""

import math
from decimal import Decimal
from functools import cache


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
    low = value - _short_of(step) if bound in ("at most", "less than") else value
    high = value + _short_of(step) if bound in ("at least", "more than") else value
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


def _short_of(step):
    """All of a step but its end: of 290,000 nobody says "more than 280,000". Ones are counted while others print."""
    return step * (1 - 1e-6) if step > 1 else step


def _last_digit(value):
    """What one in the last stated digit is worth: 35,000 → 1,000; 250 → 10; 31 → 1; 2.5 → 0.1.

    No more than a quarter of the value: "about 100" is not 50.
    """
    worth = 10.0 ** Decimal(f"{value:.15g}").normalize().as_tuple().exponent
    return min(worth, abs(value) / 4) if value else worth
