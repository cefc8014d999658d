"""Dates, years and clock times: numbers that say when and count nothing."""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities import units
from analysis.quantities.vocabulary import alternatives

_YEAR = r"(?:1[5-9]|2[01])\d\d"
_BARE_YEAR = re.compile(_YEAR)
_YEAR_AFTER = re.compile(
    r"\b(?:in|since|of|by|from|until|till|to|before|after|during|through|circa|early|late|mid|year|summer|spring|autumn"
    r"|winter|between|and|fall|season|end|start|for|the|a|an|Olympics|Cup)[\s-](?:early\s|late\s|mid-)?$",
    re.IGNORECASE,
)
_IN = re.compile(r"\b(?:in|since)\s$", re.IGNORECASE)
_COUNTS = re.compile(
    r"\s*(?:%|per\s?cent|percent|pc\b|million|billion|thousand)|[\s-]+(?:people|persons|civilians|more)\b"
)
_ANOTHER_YEAR = re.compile(r"\s?[-–/]\s?\d{2,4}\b(?!\d)")


def spans(text):
    """Return ``(start, end)`` of each date and clock time of ``text``."""
    found = [match.span() for match in _calendar().finditer(text)]
    if "clock" in text:
        found += [match.span() for match in _by_the_clock().finditer(text)]
    return found


def is_year(text, number, is_noun):
    """Tell whether a ``numerals.Number`` is a year; ``is_noun`` answers whether what follows it is counted."""
    written = text[number.start : number.end]
    if not _BARE_YEAR.fullmatch(written):
        return False
    before, after = text[max(0, number.start - 24) : number.start], text[number.end : number.end + 80]
    if _IN.search(before) and written >= "1900":
        return True
    if _COUNTS.match(after) or units.after(text, number.end):
        return False
    if _YEAR_AFTER.search(before) or _ANOTHER_YEAR.match(after):
        return True
    return not is_noun(after) and written >= "1900"


@cache
def _calendar():
    # Looking ahead at one letter first is three times as fast.
    return re.compile(rf"(?=[\d'’A-SU-Zb])(?:{_dates()}|{_times_of_day()})")


def _dates():
    months = [row["word"] for row in lexicon.rows("calendar") if row["kind"] == "month"]
    month = rf"(?:{alternatives(months + [name.upper() for name in months])})"
    day = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
    days = rf"{day}(?:\s?(?:[-–]|to|and|or)\s?{day})?"
    counting = r"\s+(?:people|civilians|percent|per\scent|million|were|children)\b|\s?%"
    not_counting = rf"(?![\d]|[,.]\d{{3}}(?!\d)|\.\d|{counting})"
    return (
        rf"\b{month}\s+{days}(?:,?\s+{_YEAR}\b)?{not_counting}|\b{month},?\s+(?:of\s+)?{_YEAR}\b(?!,\d)"
        rf"|\b{days}\s+(?:of\s+)?{month}(?:,?\s+{_YEAR}\b)?(?!\w)"
        rf"|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b|(?:\b\d{{4}}\s+)?\b\d{{1,2}}\.\d{{1,2}}\.{_YEAR}\b|\b\d{{4}}-\d\d(?:-\d\d)?\b(?!-)|\b(?:9/11|24/7|7/7)\b"
        rf"|\b{_YEAR}\s?[-–/]\s?\d\d(?:\d\d)?\b(?!\s?%)"
        rf"|(?i:\bbetween)\s+{_YEAR}\s+and\s+{_YEAR}\b(?!\s+(?:people|civilians|\w+s\s+were))"
        r"|(?<!['’\w])['’]\d0s\b|(?<=of )['’]\d\d\b"
    )


def _times_of_day():
    zone = r"(?:[ap]\.?\s?m\b\.?|[AP]\.?\s?M\b\.?|GMT|UTC|BST|EST|EDT|ET|PT|CET|hours\s+local)"
    return (
        rf"\b\d{{1,2}}(?:[:.]\d\d){{1,2}}(?=\s?{zone})|\b\d{{1,4}}\s?{zone}|\b\d{{4}}(?=\s*\(?(?:[A-Z]\w*\s+)?(?:local\s+)?time\b)|\b\d{{1,3}}:\d\d(?::\d\d)?\b"
        r"|\b\d{1,3}:\d{1,3}[-–]\d{1,3}\b"  # a verse, 3:1-5
    )


@cache
def _by_the_clock():
    words = alternatives(row["word"] for row in lexicon.rows("numerals") if row["role"] in ("unit", "teen"))
    return re.compile(rf"\b(?:\d{{1,2}}|(?i:{words}))\s+o['’]clock")
