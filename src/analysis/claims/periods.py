"""Which days a quantity speaks of, as far as its ``time`` and the date of its report tell."""

import calendar
import re
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import pandas as pd

from analysis import lexicon

# Not those of the calendar module, which follow the language of the machine.
_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = 36525  # a century in days; a longer window tells no two reports apart
_UNITS = {"hour": 1 / 24, "day": 1, "week": 7, "weekend": 7, "month": 30, "quarter": 91, "year": 365, "decade": 3652}
# What comes after these is an end of a period whose other end nobody states.
_OPEN = re.compile(
    r"(?:since|began|begun|started|erupted|broke|by|until|as\s+of|before|after|so\s+far|currently|daily|each|every|next|previous)\b"
)
_ROLLING = re.compile(
    r"(?:(?:in|over|during|for|within)\s+)?(?:(?P<the>the|this)\s+)?(?P<which>past|last)\s+"
    r"(?:(?P<number>[\w-]+)\s+)?(?P<unit>hour|day|weekend|week|month|quarter|year|decade|night)s?"
)
_THIS = re.compile(r"(?:(?:in|over|during|for|within|on)\s+)?this\s+(?P<unit>week|weekend|month|year)")
_EARLY = re.compile(r"(?:on|in|during|between|from)\s+|(?:early|late)\s+|mid-")


class Days(NamedTuple):
    """What is known of the days that are meant; None is not known.

    ``first`` and ``last`` are days as ``date.toordinal`` counts them. The others are of a single day, or of a month
    that is named: a report without a date that says "on Monday" still does not speak of a Tuesday.
    """

    first: int | None = None
    last: int | None = None
    weekday: int | None = None
    month: int | None = None
    day: int | None = None


UNKNOWN = Days()


def may_overlap(one, other):
    """Whether nothing that is known of the two keeps them from meaning a common day."""
    if one.first is not None and other.first is not None and not (one.first <= other.last and other.first <= one.last):
        return False
    return all(a is None or b is None or a == b for a, b in zip(one[2:], other[2:], strict=True))


def length(name, value):
    """Return a length of time as ``Timedelta``, or None, refusing what cannot be meant by the argument ``name``."""
    if value is None:
        return None
    # A bare number would be read as nanoseconds, which is never what was meant.
    text = str(value).strip()
    try:
        found = pd.NaT if text.lstrip("+-").replace(".", "", 1).isdigit() else pd.Timedelta(value)
    except (ValueError, TypeError):
        found = pd.NaT
    if not found >= pd.Timedelta(0):
        raise ValueError(
            f"{name} is a length of time of 0 or more with its unit, '30D' or '36h', or None; found {text!r}."
        )
    return found


@cache
def days(time, published):
    """Resolve the words of ``time`` against the day of publication.

    A weekday is the last one up to that day, a date without a year the last such date, "last year" the calendar year
    before, "in the last year" the 365 days before. Words that state one end only ("since May", "by Friday") or that
    the grammar does not know leave the days unknown.

    Parameters
    ----------
    time : str
        As in ``tables.Quantities``.
    published : datetime.date or None

    Returns
    -------
    Days
    """
    words = " ".join(time.casefold().split())
    if not words or _OPEN.match(words):
        return UNKNOWN
    for read in (_weekday, _near_day, _window, _calendar_unit, _dates):
        found = read(words, published)
        if found is not None:
            return found
    return UNKNOWN


def _weekday(words, published):
    named = re.fullmatch(rf"(?:on )?({'|'.join(_weekdays())})(?: night| morning| evening| afternoon)?", words)
    if not named:
        return None
    weekday = _weekdays()[named[1]]
    if published is None:
        return Days(weekday=weekday)
    return _one(published - timedelta((published.weekday() - weekday) % 7))


def _near_day(words, published):
    back = {"today": (0, 0), "yesterday": (1, 1), "last night": (1, 0), "overnight": (1, 0)}.get(words)
    if back is None:
        return None
    return UNKNOWN if published is None else _span(*(published - timedelta(n) for n in back))


def _window(words, published):
    """The days up to publication, as in "in the past 19 days", or a unit of the calendar, as in "last week"."""
    stated = _ROLLING.fullmatch(words)
    if not stated or published is None:
        return UNKNOWN if stated else None
    if stated["which"] == "last" and not stated["the"] and not stated["number"] and stated["unit"] in _BEFORE:
        return _BEFORE[stated["unit"]](published)
    number = _number(stated["number"] or "1")
    if number is None or stated["unit"] not in _UNITS or number * _UNITS[stated["unit"]] > _LONGEST:
        return UNKNOWN
    return _span(published - timedelta(max(1, round(number * _UNITS[stated["unit"]]))), published)


def _calendar_unit(words, published):
    stated = _THIS.fullmatch(words)
    if not stated:
        return None
    return UNKNOWN if published is None else _THIS_UNIT[stated["unit"]](published)


def _dates(words, published):
    """A date, or the first day of the first to the last day of the second."""
    words = _EARLY.sub("", words)
    parts = re.split(r" (?:and|to|until) ", words)
    if (year := re.search(r" \d{4}$", words)) and not re.search(r"\d{4}$", parts[0]):
        parts[0] += year[0]  # "between January and March 2020"
    ends = [_date(part, published) for part in parts]
    if len(ends) > 2 or None in ends:
        return None
    first, last = ends[0], ends[-1]
    if len(ends) == 1:
        return first
    if first.first is None or last.last is None or first.first > last.last:
        return UNKNOWN
    return _span(date.fromordinal(first.first), date.fromordinal(last.last))


def _date(words, published):
    found = re.fullmatch(
        rf"(?:(?P<before>\d{{1,2}}) )?(?P<month>{'|'.join(map(re.escape, _months()))})"
        rf"(?: (?P<after>\d{{1,2}}))?(?:,? (?P<year>\d{{4}}))?|(?P<alone>\d{{4}})",
        words,
    )
    if not found:
        return None
    if found["alone"]:
        return _year(int(found["alone"]))
    month, day = _months()[found["month"]], int(found["before"] or found["after"] or 0)
    year = int(found["year"]) if found["year"] else _latest_year(month, day, published)
    if year is None:
        return Days(month=month, day=day or None)
    return _of_calendar(year, month, day)


def _of_calendar(year, month, day):
    if not day:
        return _month(year, month)
    # The 30th of February is no day, and says nothing.
    return _one(date(year, month, day)) if day <= calendar.monthrange(year, month)[1] else UNKNOWN


def _latest_year(month, day, published):
    """The last year in which this day, or this month, had begun when the report was published."""
    if published is None:
        return None
    return published.year - ((month, day or 1) > (published.month, published.day))


def _one(day):
    return _span(day, day)


def _span(first, last):
    single = first == last
    month = first.month if (first.year, first.month) == (last.year, last.month) else None
    return Days(
        first.toordinal(), last.toordinal(), first.weekday() if single else None, month, first.day if single else None
    )


def _year(year):
    return _span(date(year, 1, 1), date(year, 12, 31)) if year else UNKNOWN


def _month(year, month):
    return _span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _week(day):
    monday = day - timedelta(day.weekday())
    return _span(monday, monday + timedelta(6))


def _month_before(day):
    return _month(day.year - (day.month == 1), day.month - 1 or 12)


_BEFORE = {
    "week": lambda day: _week(day - timedelta(7)),
    "weekend": lambda day: _week(day - timedelta(7)),
    "month": _month_before,
    "year": lambda day: _year(day.year - 1),
}
_THIS_UNIT = {
    "week": _week,
    "weekend": _week,
    "month": lambda day: _month(day.year, day.month),
    "year": lambda day: _year(day.year),
}


@cache
def _weekdays():
    names = [row["word"].casefold() for row in lexicon.rows("calendar") if row["kind"] == "weekday"]
    return {name: _DAY_NAMES.index(name[:3]) for name in names}


@cache
def _months():
    """Names to numbers, the longer ones first, so that none ends a match inside another."""
    names = [row["word"].casefold() for row in lexicon.rows("calendar") if row["kind"] == "month"]
    return {name: _MONTH_NAMES.index(name[:3]) + 1 for name in sorted(names, key=lambda name: (-len(name), name))}


def month_number(name):
    """1 for January; ``name`` is as in ``lexicon/calendar.csv``."""
    return _months()[name.casefold()]


def _number(word):
    if word.isdecimal():
        return int(word)
    return next((float(row["value"]) for row in lexicon.rows("numerals") if row["word"] == word), None)
