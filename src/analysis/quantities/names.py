"""Numbers that count nothing: ordinals, telephone numbers, documents, addresses and numbers in names."""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities import dates, ones
from analysis.quantities.vocabulary import alternatives

_ORDINAL = re.compile(r"(?:st|nd|rd|th|s)\b|['’]s\b")
_CAPITALISED = re.compile(r"(?:^|[^.!?:\s][\s(]+|[“\"(]\s?)([A-Z][A-Za-z’'&.]*[A-Za-z])[\s-]$")
_NOUN_FOLLOWS = re.compile(r"[\s-]+(?:[a-z]+\s+){0,2}(?:[a-z]+s|people|men|women|children|per|dead|more|of)\b|\s*%")
_MEASURED = re.compile(r"[a-zA-Z%]|\s?%")
_SCORE = re.compile(r"[-–]\d")
_ENUMERATOR = re.compile(r"\s*[.)]\s*(?:[A-Z“\"‘]|$)")
_LONGEST_NUMBER = 12  # digits without a separator; what is longer identifies something
_LONGEST_IN_NAME = 4
_NAME_BEFORE = re.compile(r"(?:^|[\w,;]\s|[“\"‘(])(?:[a-z’']+\s+)?([A-Z][\w’'&.-]*[\w’'])\s$")
_CAPITAL_FOLLOWS = re.compile(r"[\s/]+[A-Z][a-z]+")
_RANK_BEFORE = re.compile(r"\bthe\s+(?:top|bottom|final|last)\s$")
_NOTHING_COUNTED = re.compile(
    r"\s*(?:[.,;:!?)”\"]|$)|\s+(?:in|at|of|during|with|on|for|and|but|is|was|by|after|before|to|from)\b"
)
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
_LIST = re.compile(r"(?:,\s*|\s+)(?:and\s+)?")
_WORD = re.compile(r"[A-Za-z]{4,}")
# Telephone numbers, versions such as 2.4.1, scores of cricket, shares by their ticker, age groups, "4x4", "7-Eleven".
_WRITTEN_APART = re.compile(
    r"(?=[\d+UuCc])(?:\b(?i:covid)\s?-\s?19\b|\b7[0-8]7s?\b(?=(?:-\d+)?\s+(?:[A-Z]|jets?\b|airliners?\b|planes?\b))|\+?\b\d+(?:-\d+){2,}|\b\d{3}-\d{4}\b|\+\d{1,3}(?:[\s-]\(?\d{2,5}\)?){2,}"
    r"|\b0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4}\b|\b(?!\d{1,3}(?:\.\d{3})+\b)\d+(?:\.\d+){2,}\b|\b\d{2,3}/\d\b(?!/)"
    r"|\b\d{4}\.[A-Z]{1,2}\b|\b\d{3}\([a-z]\)|\b[Uu]nder-\d\ds?\b|\b\d0-somethings?\b|\b\d-Eleven\b"
    r"|\b\d{1,2}x\d{1,2}s?\b(?!\s?(?:m|cm|mm|km|metres?|meters?|inch(?:es)?|feet|foot|ft)\b))"
)


def spans(text):
    """Return ``(start, end)`` of each date, clock time, telephone number and the like of ``text``, in order."""
    found = dates.spans(text) + [match.span() for match in _WRITTEN_APART.finditer(text)]
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
        return _is_word_of_name(text, number)
    if number.form != "digits" or number.currency:
        return False
    return (
        _ORDINAL.match(text, number.end) is not None
        or _identifies(text, number)
        or dates.is_year(text, number, is_noun)
        or _is_numbered(text, number)
    )


def without_lists(text, numbers, kept):
    """Leave out of ``kept`` the numbers that go on with a list of names: "Resolutions 2118, 2209 and 2235"."""
    named = None
    for number in numbers:
        goes_on = named is not None and _LIST.fullmatch(text, named, number.start) is not None
        if number.form == "digits" and (goes_on or _several().search(text, 0, number.start)):
            kept = [other for other in kept if other is not number]
            named = number.end
        else:
            named = None
    return kept


def _is_word_of_name(text, number):
    """Tell "Radio Five", "number two", "the last eight" and the pronoun "one" from numbers in words."""
    written = text[number.start : number.end]
    if _numbered().search(text, max(0, number.start - 30), number.start):
        return True
    if _RANK_BEFORE.search(text, 0, number.start) and _NOTHING_COUNTED.match(text, number.end):
        return True
    if written[0].isupper() and _is_capitalised_as_name(text, number):
        return True
    return written.lower() == "one" and not ones.counts(text, number.start, number.end)


def _is_capitalised_as_name(text, number):
    """Amid a sentence a number has a capital in names only, "the Jackson Five"; in a headline every word has one."""
    before = text[: number.start].rstrip()
    if not before or before[-1] in ".!?:;-–—“\"‘'(" or _is_headline(text):
        return False
    if _CAPITAL_FOLLOWS.match(text, number.end):
        return True
    named = _NAME_BEFORE.search(text, 0, number.start)
    if named is None or named[1] in _weekdays():
        return False
    return not (named[1].isupper() and len(named[1]) > _LONGEST_IN_NAME)  # HOUSTON Four men


def _is_headline(text):
    words = _WORD.findall(text)
    return sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _identifies(text, number):
    """Tell a number that only identifies: 007, the 18 digits of a message, "1." at the head of a list."""
    digits = text[number.start : number.end]
    if not digits.isdigit():
        return False
    if (digits[0] == "0" and len(digits) > 1) or len(digits) > _LONGEST_NUMBER:
        return True
    return len(digits) < 3 and not text[: number.start].strip() and _ENUMERATOR.match(text, number.end) is not None


def _is_numbered(text, number):
    before = text[max(0, number.start - 30) : number.start]
    digits = text[number.start : number.end]
    if not digits.isdigit() or _MEASURED.match(text, number.end):
        return False
    if _numbered().search(before) or _ADDRESS.match(text, number.end) or _POSTCODE.match(text, number.end):
        return True
    named = _CAPITALISED.search(before)
    if named is None or len(digits) > _LONGEST_IN_NAME or named[1].lower() in lexicon.words("function_words"):
        return False
    return not (
        named[1].endswith(("'s", "’s"))
        or named[1] in _weekdays()
        or _NOUN_FOLLOWS.match(text, number.end)
        or _SCORE.match(text, number.end)  # the Mets 2-0
        or number.glued
    )


@cache
def _several():
    """Names of several that are numbered: "Resolutions", "chapters"."""
    plural = [word for word in lexicon.words("numbered_names") if word.endswith("s") and word.rstrip("s") != word]
    known = [word for word in plural if word[:-1] in lexicon.words("numbered_names")]
    return re.compile(rf"\b(?:{alternatives(known)})\s+$")


@cache
def _weekdays():
    return frozenset(row["word"] for row in lexicon.rows("calendar"))


@cache
def _numbered():
    return re.compile(rf"(?:(?<=\s)|(?<=[(“\"'-])|^)(?:{alternatives(lexicon.words('numbered_names'))})[\s-]$")
