"""What a number is measured in: percent, money, distances, durations, ages, and "per what"."""

import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon

KINDS = ("percent", "duration", "age", "measure")
_AFTER = re.compile(
    r"[\s-]?[\s(]?([%°ºµ¢€£$]?[A-Za-z°²³/¢.]*(?:-old|-hours?|-olds)?)(?:[\s-]+([A-Za-z]+))?(?:[\s-]+([A-Za-z]+))?"
)
_PER = re.compile(
    r"\s+(?:(an?|each|every|per)\s+(?:(second|minute|hour|day|night|week|month|year|person|head|capita|household|family|litre"
    r"|gallon|barrel|tonne|ton|share|square\s\w+|kilometre|mile|ounce|gram|gramme|kilogram|pound|unit|game|match|season|seat"
    r"|student|vote|quarter|mmBTU)\b|(\d[\d,]*(?:\s\w+)?))|(daily|hourly|weekly|monthly|yearly|annually|apiece|each)\b)"
    r"|\s?/\s?(day|week|month|year|hour|kg|lb)\b"
)
_IN_KILOGRAMS = re.compile(
    r"\s*[(;,]\s*(?:about\s+|around\s+)?\d[\d,.]*\s?(?:kg|kgs|kilos?|kilograms?|grams?|g|tonnes?)\b"
)
_OF = re.compile(r"\s+of\s+(?=\w)")
_PERIODS = {
    "daily": "day",
    "hourly": "hour",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "annually": "year",
}
_ADVERBS = _PERIODS | {"apiece": "each"}
_AGED = re.compile(
    r"\b(?:aged?(?:\s+of|\s+between)?|ages(?:\s+of)?)\s+(?:between\s+)?$|\b(?:over|under|above|below) the age of $"
    r"|\b(?:between (?:the )?ages(?: of)?)\s+$",
    re.IGNORECASE,
)
_AGED_WITHIN = re.compile(r"between\s+(?:the\s+)?ages?\b", re.IGNORECASE)
_AGE_IN_COMMAS = re.compile(r"[A-Z][\w’'-]+,\s$")
# "She was 66." and "voters under 30 and": nothing that is counted follows.
_IS_OF_AGE = re.compile(
    r"\b(?:(?:he|she|who)(?:\s+(?:is|was|will\s+be|would\s+be|turned|turns|had\s+turned)|['’]s)"
    r"|(?:people|those|women|men|adults|voters|anyone|everyone|residents|children|boys|girls|citizens)(?:\s+aged)?"
    r"\s+(?:under|over|above|below|older\s+than|younger\s+than))\s+(?:just\s+|only\s+|about\s+)?$",
    re.IGNORECASE,
)
_NOTHING_FOLLOWS = re.compile(
    r"\s*(?:[.,;:!?)”\"]|$)|\s+(?:and|or|when|who|were|was|are|is|have|had|but|at\s+the\s+time)\b"
)
_OLDEST, _YOUNGEST = 120, 1


class Unit(NamedTuple):
    """Kind and canonical name of a unit, and where it ends in the text."""

    kind: str
    name: str
    end: int


def after(text, position):
    """Return the ``Unit`` written at ``position``, or None.

    >>> after("5.5 miles away", 3)
    Unit(kind='measure', name='mile', end=9)
    """
    match = _AFTER.match(text, position)
    if match is None or not match[1]:
        return None
    for last in (3, 2, 1):
        if match[last] is None:
            continue
        found = _known().get(_key(text[match.start(1) : match.end(last)]))
        if found and found[1] == "pound sterling" and _IN_KILOGRAMS.match(text, match.end(last)):
            found = ("measure", "pound")
        if found and _is_written(text, position, match, found):
            return Unit(*found, match.end(last) - (text[match.end(last) - 1] == "."))
    return None


def after_of(text, position):
    """Return the ``Unit`` of money behind "of", "billions of dollars", or None."""
    of = _OF.match(text, position)
    unit = after(text, of.end() - 1) if of is not None else None
    return unit if unit is not None and unit.kind == "money" else None


def money(currency):
    """Canonical name of the currency written before a number, as "US dollar" for US$."""
    return _before()[_key(currency)]


def per(text, position):
    """Return what a number is counted or measured per, as ("day", end) for "a day", or ("", position)."""
    match = _PER.match(text, position)
    if match is None:
        return "", position
    named = match[2] or match[3] or match[5] or _ADVERBS.get(match[4] or "", match[4])
    return named, match.end()


def is_age(text, start, end):
    """Tell an age by its place: "aged 12", "age of 21", "Mary Smith, 34,", "she was 66." or "voters under 30"."""
    before = text[max(0, start - 40) : start]
    if _AGED.search(before) or _AGED_WITHIN.match(text, start, end):
        return True
    written = text[start:end]
    if not written.isdigit() or not _YOUNGEST <= int(written) <= _OLDEST:
        return False
    if _AGE_IN_COMMAS.search(before):
        return len(written) < 3 and text[end : end + 1] in ",."
    return _IS_OF_AGE.search(before) is not None and _NOTHING_FOLLOWS.match(text, end) is not None


def _is_written(text, position, match, found):
    """A unit of one or two letters stands at its number: "5m", "5 km", but not "5 a" or "5 c"; "in" never."""
    surface = text[match.start(1) : match.end(1)]
    if (len(surface) == 1 or surface.lower() == "in") and surface.isalpha() and match.start(1) > position:
        return False
    return not (surface[0].isupper() and surface[1:].islower() and found[0] == "measure" and len(surface) > 3)


def _key(surface):
    """A surface as it is looked up: 5g is not 5G, so one letter keeps its case."""
    if len(surface) == 1:
        return surface
    return re.sub(r"[\s-]+", " ", surface.lower()).strip().rstrip(".")


@cache
def _known():
    """Surface to (kind, name); a currency after its number is money."""
    known = {_key(row["surface"]): (row["kind"], row["unit"]) for row in reversed(lexicon.rows("units"))}
    known |= {
        _key(r["surface"]): ("money", r["unit"])
        for r in reversed(lexicon.rows("currencies"))
        if r["position"] == "after"
    }
    return known


@cache
def _before():
    return {_key(row["surface"]): row["unit"] for row in lexicon.rows("currencies") if row["position"] == "before"}
