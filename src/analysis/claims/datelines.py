"""The day a report was written, as its first line says; a column of dates may be that of the archive."""

import re
from datetime import date
from functools import cache

import pandas as pd

from analysis import lexicon
from analysis.claims.periods import month_number

_HEAD = 240  # characters in which a dateline stands
_AT_MOST = 31  # days between dateline and column; farther apart one of them is of another story
_ALREADY_NEAR = 1  # a day, for time zones
_EVENT = re.compile(r"\b(?:on|in|since|of|from|until|by|after|before|and|to|the)\s+$", re.IGNORECASE)
_PRINTED = re.compile(r"\b(?:posted|published|updated|written|issued)\s+(?:on|at)\s+$", re.IGNORECASE)


def written(documents):
    """Return the day or moment at which each document was written, a Series with ``document_id`` as index.

    ``published``, unless the head of the text holds a full date, not that of an event ("on 5 May 2024"), which differs
    from it by two days or more and by no more than 31. Of 03-04-2024 the reading nearer to ``published`` is taken.
    """
    found = [
        _written(text, published) for text, published in zip(documents["text"], documents["published"], strict=True)
    ]
    index = pd.Index(documents["document_id"])
    return pd.Series(pd.array(found, dtype=documents["published"].dtype), index=index, name="published")


def _written(text, published):
    if pd.isna(published):
        return published
    day = published.date()
    for match in _pattern().finditer(text, 0, min(len(text), _HEAD)):
        if _EVENT.search(text, 0, match.start()) and not _PRINTED.search(text, 0, match.start()):
            continue
        apart, read = min((abs((one - day).days), one) for one in _dates(match) or [date.min])
        if apart <= _AT_MOST:
            return published if apart <= _ALREADY_NEAR else pd.Timestamp(read, tz=published.tz)
    return published


def _dates(match):
    """The days that a date may mean: one, or two where day and month may have changed places."""
    if match["month"]:
        parts = [(match["year"], month_number(match["month"]), match["day"] or match["after"])]
    else:
        parts = [
            (match["numbered"], match["two"], match["one"]),
            (match["numbered"], match["one"], match["two"]),
            (match["first"], match["second"], match["third"]),
        ]
    return [day for part in parts if None not in part and (day := _day(*map(int, part)))]


def _day(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _pattern():
    months = lexicon.alternatives(row["word"] for row in lexicon.rows("calendar") if row["kind"] == "month")
    year = r"(?P<year>(?:19|20)\d\d)"
    return re.compile(
        rf"\b(?:(?:(?P<day>\d{{1,2}})\s+)?(?P<month>{months})(?:\s+(?P<after>\d{{1,2}}))?,?\s*{year}"
        rf"|(?P<one>\d\d)[-./](?P<two>\d\d)[-./](?P<numbered>(?:19|20)\d\d)"
        rf"|(?P<first>(?:19|20)\d\d)-(?P<second>\d\d)-(?P<third>\d\d))(?!\d)"
    )
