"""Numbers that count nothing: years, dates, clock times, ordinals, telephone numbers and numbers in names."""

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
_CAPITALISED = re.compile(r"(?:^|[^.!?:\s][\s(]+|[“\"(]\s?)([A-Z][A-Za-z’'&.]*[A-Za-z])[\s-]$")
_NOUN_FOLLOWS = re.compile(r"[\s-]+(?:[a-z]+\s+){0,2}(?:[a-z]+s|people|men|women|children|per|dead|more|of)\b|\s*%")
_ADDRESS_ON_THE_NET = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_DOCUMENT = re.compile(
    r"\b(?:docket|case|file|bill|order|petition|application)\s+(?:no\.?\s+|number\s+)?[\w/-]*\d[-/]\d[\w/-]*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:[-–]\d+)?\s+(?:[NSEW]\s)?(?:[A-Z]\w+\s+|\d+\w\w\s+){0,3}"
    r"(?:Road|Rd|Street|St|Avenue|Ave|Way|Lane|Drive|Boulevard|Blvd|Place|Court)\b"
)
_POSTCODE = re.compile(r"\s+(?:zip|postal|area|dialling|dialing|country)\s+code|\s+postcode", re.IGNORECASE)
_ONE_HEDGED = re.compile(r"\b(?:least|only|just|than|of)\s$", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(r"\s+\d")
_ONE_IN = re.compile(r"\s+(?:of|out\s+of)\s+(?:every\s+)?\d|\s+in\s+(?:every\s+)?(?:\d|[a-z]+\b(?=\s+[a-z]+s\b))")
_ONE_OF = re.compile(r"\s+(?:of|out\s+of)\s+\w")
_ONE_FOLLOWED = re.compile(r"[\s-]+[“\"]?([A-Za-z][\w]*)")


def spans(text):
    """Return ``(start, end)`` of each date, clock time, telephone number and the like of ``text``, in order."""
    found = [match.span() for match in _calendar().finditer(text)]
    if "clock" in text:
        found += [match.span() for match in _by_the_clock().finditer(text)]
    if "-" in text or "/" in text:
        found += [match.span() for match in _DOCUMENT.finditer(text)]
    if "@" in text or "://" in text or "www." in text:
        found += [match.span() for match in _ADDRESS_ON_THE_NET.finditer(text)]
    return sorted(found)


def is_name(text, number, is_noun):
    """Tell whether ``number`` of ``text`` is a year or belongs to a name, as in S&P 500 or Resolution 2334.

    Parameters
    ----------
    text : str
    number : numerals.Number
    is_noun : callable
        Told the words after the number, answers whether they begin with something that is counted or measured.
    """
    if number.form == "words":
        return text[number.start : number.end].lower() == "one" and not _is_counting_one(text, number.start, number.end)
    if number.form != "digits" or number.currency:
        return False
    return _is_ordinal(text, number.end) or _is_year(text, number, is_noun) or _is_numbered(text, number)


def _is_ordinal(text, end):
    return re.match(r"(?:st|nd|rd|th|s)\b|['’]s\b", text[end : end + 4]) is not None


def _is_year(text, number, is_noun):
    written = text[number.start : number.end]
    if not _BARE_YEAR.fullmatch(written):
        return False
    before, after = text[max(0, number.start - 24) : number.start], text[number.end :]
    if _IN.search(before) and written >= "1900":
        return True
    if _COUNTS.match(after) or units.after(text, number.end):
        return False
    if _YEAR_AFTER.search(before) or re.match(r"\s?[-–/]\s?\d{2,4}\b(?!\d)", after):
        return True
    return not is_noun(after) and written >= "1900"


def _is_numbered(text, number):
    before = text[max(0, number.start - 30) : number.start]
    digits = text[number.start : number.end]
    if not digits.isdigit() or re.match(r"[a-zA-Z%]|\s?%", text[number.end :]):
        return False
    if _numbered().search(before) or _ADDRESS.match(text, number.end) or _POSTCODE.match(text, number.end):
        return True
    named = _CAPITALISED.search(before)
    if named is None or len(digits) > 4 or named[1].lower() in lexicon.words("function_words"):
        return False
    return (
        not named[1].endswith(("'s", "’s"))
        and named[1] not in _weekdays()
        and not _NOUN_FOLLOWS.match(text, number.end)
        and not number.glued
    )


def _is_counting_one(text, start, end):
    """Tell "one child", "one of the children", "at least one" from the pronoun."""
    if _one_before().search(text[max(0, start - 12) : start]) or _BEFORE_NUMBER.match(text, end):
        return False
    return (
        _ONE_HEDGED.search(text[max(0, start - 12) : start]) is not None
        or _ONE_IN.match(text, end) is not None
        or _ONE_OF.match(text, end) is not None
        or (_has_noun(text, end) and not _speaks(text, start, end))
    )


def is_rank(text, start, end):
    """Tell "one of the largest", which says how something ranks, from "one of the children", which counts a child."""
    return text[start:end].lower() == "one" and _praise().match(text, end) is not None


def _speaks(text, start, end):
    """Tell "one medic said" and "said one medic", who count nobody."""
    return _says_after().match(text, end) is not None or _says_before().search(text, 0, start) is not None


def _has_noun(text, end):
    """Tell whether a word that may be counted follows "one": none that makes it a pronoun or a phrase."""
    following = _ONE_FOLLOWED.match(text, end)
    if following is None or _later_event().match(text, end):
        return following is not None
    return following[1].isupper() or following[1].lower() not in _not_after_one()


@cache
def _one_before():
    words = alternatives(row["word"] for row in lexicon.rows("pronoun_one") if row["position"] == "before")
    return re.compile(rf"\b(?:{words})[\s-]$", re.IGNORECASE)


@cache
def _not_after_one():
    """Function words and phrases make "one" a pronoun; what happened to one does not: "one killed"."""
    counting = {word.split()[0] for word in _events()} | {"dead", "more"}
    phrases = {row["word"] for row in lexicon.rows("pronoun_one") if row["position"] == "after"}
    return (lexicon.words("function_words") - counting) | phrases


@cache
def _later_event():
    """Read "one later died" and "one was killed": an adverb or "was" between one and what happened to him."""
    return re.compile(
        rf"\s+(?:(?:\w+ly|later|also|then|since|was|were|is|has|had|have|been)\s+){{1,3}}(?:{alternatives(_events())})\b"
    )


@cache
def _praise():
    """Praise, as "of the largest" and "of its two main"."""
    words = alternatives(row["word"] for row in lexicon.rows("pronoun_one") if row["position"] == "of the")
    owner = r"(?:the|its|his|her|their|our|my|a)\s+(?:[\w’'-]+['’]s\s+)?"
    return re.compile(rf"\s+of\s+{owner}(?:(?:very|two|three|four|five|few|many)\s+)*(?:[a-z]+est\b|(?:{words})\b)")


@cache
def _says_after():
    return re.compile(rf"\s+(?:[\w’'-]+\s+){{1,4}}?(?:{alternatives(_reporting())})\b")


@cache
def _says_before():
    return re.compile(rf"\b(?:{alternatives(_reporting())})\s+$")


@cache
def _reporting():
    return [row["cue"] for row in lexicon.rows("cues") if row["kind"] == "says"]


@cache
def _events():
    return {row["words"] for row in lexicon.rows("events") if row["position"] == "after"}


@cache
def _weekdays():
    return frozenset(row["word"] for row in lexicon.rows("calendar"))


@cache
def _numbered():
    return re.compile(rf"(?:(?<=\s)|(?<=[(“\"'-])|^)(?:{alternatives(lexicon.words('numbered_names'))})[\s-]$")


@cache
def _calendar():
    # Looking ahead at one letter first is three times as fast.
    return re.compile(rf"(?=[\d+'’A-SU-Zbu])(?:{'|'.join([_dates(), _times_of_day(), _NUMBERS_WRITTEN_APART])})")


def _dates():
    month = rf"(?:{alternatives(row['word'] for row in lexicon.rows('calendar') if row['kind'] == 'month')})"
    day = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
    days = rf"{day}(?:\s?(?:[-–]|to|and|or)\s?{day})?"
    counting = r"\s+(?:people|civilians|percent|per\scent|million|were|children)\b|\s?%"
    not_counting = rf"(?![\d]|[,.]\d{{3}}(?!\d)|\.\d|{counting})"
    return (
        rf"\b{month}\s+{days}(?:,?\s+{_YEAR}\b)?{not_counting}|\b{month},?\s+(?:of\s+)?{_YEAR}\b(?!,\d)"
        rf"|\b{days}\s+(?:of\s+)?{month}(?:,?\s+{_YEAR}\b)?(?!\w)"
        rf"|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b|\b\d{{4}}-\d\d(?:-\d\d)?\b(?!-)|\b(?:9/11|24/7|7/7)\b"
        rf"|\b{_YEAR}\s?[-–/]\s?\d\d(?:\d\d)?\b(?!\s?%)"
        rf"|(?i:\bbetween)\s+{_YEAR}\s+and\s+{_YEAR}\b(?!\s+(?:people|civilians|\w+s\s+were))"
        r"|(?<!['’\w])['’]\d0s\b|(?<=of )['’]\d\d\b"
    )


def _times_of_day():
    zone = r"(?:[ap]\.?\s?m\b\.?|GMT|UTC|BST|EST|EDT|ET|PT|CET|hours\s+local)"
    return rf"\b\d{{1,2}}(?:[:.]\d\d){{1,2}}(?=\s?{zone})|\b\d{{1,4}}\s?{zone}|\b\d{{1,2}}:\d\d(?::\d\d)?\b"


@cache
def _by_the_clock():
    words = alternatives(row["word"] for row in lexicon.rows("numerals") if row["role"] in ("unit", "teen"))
    return re.compile(rf"\b(?:\d{{1,2}}|(?i:{words}))\s+o['’]clock")


# Telephone numbers, versions such as 2.4.1, age groups, "4x4", "7-Eleven".
_NUMBERS_WRITTEN_APART = (
    r"\+?\b\d+(?:-\d+){2,}|\b\d{3}-\d{4}\b|\+\d{1,3}(?:[\s-]\(?\d{2,5}\)?){2,}|\b0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4}\b"
    r"|\b(?!\d{1,3}(?:\.\d{3})+\b)\d+(?:\.\d+){2,}\b|\b[Uu]nder-\d\ds?\b|\b\d0-somethings?\b"
    r"|\b\d{1,2}x\d{1,2}s?\b(?!\s?(?:m|cm|mm|km|metres?|meters?|inch(?:es)?|feet|foot|ft)\b)|\b\d-Eleven\b"
)
