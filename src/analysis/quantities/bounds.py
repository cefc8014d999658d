"""How sure a number is meant to be: hedges before and after it, ranges, and the interval they state."""

import math
import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon

_WORDS_BEFORE = re.compile(r"(?:[<>=≥≤~≈]+|[^\s<>=≥≤~≈(),;]+)")
# "Inching back up to 4.8" rises to it; "up to 4.8" is at most that.
_RISES = re.compile(
    r"\b(?:back|inch\w*|edg\w*|cre(?:pt|ep\w*)|mov\w*|went|go(?:es|ing|ne)?|climb\w*|tick\w*|rose|ris\w+"
    r"|lead\w*|led|liv\w*|add\w*|push\w*|pull\w*|sen[dt]\w*|shot|jump\w*)\s+$",
    re.IGNORECASE,
)
_LONGEST = 6
_WINDOW = 64


class Hedge(NamedTuple):
    """A hedge with its span: which bound it states ("exact" for none) and whether it makes the number approximate."""

    start: int
    end: int
    bound: str
    approximate: bool


def before(text, start, floor=0):
    """Return the hedges that end where a number starts, the nearest first, none of them starting before ``floor``.

    >>> [(hedge.start, hedge.bound, hedge.approximate) for hedge in before("at least around 40", 16)]
    [(9, 'exact', True), (0, 'at least', False)]
    """
    found = []
    while (hedge := _ending_at(text, start, floor)) is not None:
        found.append(hedge)
        start = hedge.start
    return found


def after(text, end):
    """Return the hedge that begins where a number or what it counts ends, as "or more", or None."""
    match = _after_pattern().match(text, end)
    if match is None:
        return None
    bound, approximate = _table("after")[_key(match[1])]
    return Hedge(match.start(1), match.end(1), bound, approximate)


def interval(value, bound):
    """Return ``(low, high)`` of a value under a bound; the end that is not stated is infinite.

    >>> interval(30, "more than"), interval(30, "at most"), interval(30, "exact")
    ((30, inf), (-inf, 30), (30, 30))
    """
    if bound in ("at least", "more than"):
        return value, math.inf
    if bound in ("at most", "less than"):
        return -math.inf, value
    return value, value


def vague(surface, convention):
    """Return ``(low, high)`` of a vague word under a convention, NaN where the convention states nothing."""
    row = _vague().get(_key(surface), {})
    if convention == "acled":
        low = high = row.get("acled", "")
    else:
        low, high = (row.get("cqe_low", ""), row.get("cqe_high", "")) if convention == "cqe" else ("", "")
    return (float(low), float(high)) if low else (math.nan, math.nan)


def _ending_at(text, start, floor):
    window_start = max(floor, start - _WINDOW)
    window = text[window_start:start]
    words = list(_WORDS_BEFORE.finditer(window))[-_LONGEST:]
    known = _table("before")
    for first in words:
        words_left = _key(window[first.start() :])
        phrase = known.get(words_left)
        if words_left == "up to" and _RISES.search(window, 0, first.start()):
            continue
        if phrase is not None and _is_word_start(text, window_start + first.start()):
            return Hedge(window_start + first.start(), window_start + len(window.rstrip()), *phrase)
    return None


def _is_word_start(text, position):
    return position == 0 or not (text[position - 1].isalnum() and text[position].isalnum())


def _key(phrase):
    return " ".join(phrase.lower().split())


@cache
def _table(position):
    """Phrase to (bound, approximate) for hedges before or after the number."""
    return {
        row["phrase"]: (row["bound"], row["approximate"] == "yes")
        for row in lexicon.rows("hedges")
        if row["position"] == position
    }


@cache
def _vague():
    return {row["phrase"]: row for row in lexicon.rows("vague")}


@cache
def _after_pattern():
    ordered = sorted(_table("after"), key=lambda phrase: (-len(phrase), phrase))
    words = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in ordered if phrase[0].isalpha())
    signs = "|".join(re.escape(phrase) for phrase in ordered if not phrase[0].isalpha())
    return re.compile(rf"(?i:\s*((?<=\s)(?:{words})\b|(?:{signs}))(?!(?:\s+than)?\s*(?-i:[\d$£€])))")
