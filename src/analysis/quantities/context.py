"""When and where a quantity holds, whether it adds up, and whether it is a rise or a fall: as stated nearby."""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities.vocabulary import alternatives

_NEAR = 120
_BEFORE_IS_FARTHER = 20
_OTHER_NUMBER = 40
_CLAUSE_BREAK = re.compile(r"[;:]|,\s+(?:in which|which|who|while|but|whereas|where)\b")
_PLACE = re.compile(
    r"\b(?:in|at|across|inside|near)\s+((?:the\s+)?(?:(?:northern|southern|eastern|western|central|north|"
    r"south|east|west|greater|southwestern|southeastern|northwestern|northeastern)\s+)?(?:[a-z]+\s+(?=(?:city|town|village|camp)\s+of))?"
    r"(?:(?:city|town|village|camp)\s+of\s+)?(?:[a-z]{2,3}-)?[A-Z][\w-]+(?:\s+(?:[a-z]{2,3}-)?[A-Z][\w-]+)*"
    r"(?:\s+(?:province|district|region|city|governorate|county|camp|area|state|territory|town))?)(?!\w|['’]s)"
)
_IN_NAME = re.compile(r"\w\s+(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[A-Z][a-z]+\s$")
_PEOPLES = re.compile(r"\w+(?:ans|is|ese|ens)$")


class Sentence:
    """The times, places and words of adding up of one sentence, found once for all its quantities.

    Parameters
    ----------
    text : str
    spans : list of (int, int)
        The quantities of the sentence; what stands nearer to another one is taken for its own.
    """

    def __init__(self, text, spans):
        self._text = text
        self._spans = spans
        self._found = {}

    def time(self, start, end):
        """Return the time stated nearest to ``[start, end)`` in its clause, word for word, or ""."""
        return self._nearest(_times, start, end)

    def place(self, start, end):
        """Return the place stated nearest to ``[start, end)`` in its clause ("in …" with a capital), or ""."""
        return self._nearest(_places, start, end)

    def cumulative(self, start, end):
        """Return "cumulative" (total, so far …), "incremental" (new, in the past day …) or "", by the words nearby."""
        for pattern in (_windows, _totals):
            word = self._nearest(pattern, start, end)
            if word:
                return _kinds()[" ".join(word.lower().split())]["kind"]
        return ""

    def _nearest(self, pattern, start, end):
        if pattern not in self._found:
            self._found[pattern] = [match for match in pattern().finditer(self._text) if _is_stated(match)]
        best, best_cost = "", _NEAR
        for match in self._found[pattern]:
            cost = self._cost(match, start, end)
            if cost < best_cost:
                best, best_cost = match[match.lastindex or 0], cost
        return best

    def _cost(self, match, start, end):
        if match.start() < end and start < match.end():
            return 0 if match.start() < start else _NEAR
        low, high = (match.end(), start) if match.end() <= start else (end, match.start())
        if high - low >= _NEAR or _CLAUSE_BREAK.search(self._text, low, high):
            return _NEAR
        others = sum(low <= other < high and not match.start() <= other < match.end() for other, _ in self._spans)
        return high - low + _BEFORE_IS_FARTHER * (high == start) + _OTHER_NUMBER * others


def trend(text, start):
    """Return "up" or "down" when the word before a quantity says so: "up 19 percent", "fell by about 3"."""
    match = _trend().search(text[max(0, start - 32) : start])
    return _trends()[match[1].lower()] if match else ""


def _is_stated(match):
    """A weekday, a month, a people or letters after "in" are no place, nor is a part of a name ("State in Iraq")."""
    if match.re is not _PLACE:
        return True
    words = match[1].removeprefix("the ").split()
    if words[0].isupper() or _IN_NAME.search(match.string, 0, match.start()):
        return False
    return words[0] not in lexicon.words("calendar") and not (len(words) == 1 and _PEOPLES.match(words[0]))


def _places():
    return _PLACE


@cache
def _times():
    days = alternatives(row["word"] for row in lexicon.rows("calendar") if row["kind"] == "weekday")
    months = alternatives(row["word"] for row in lexicon.rows("calendar") if row["kind"] == "month")
    unit = r"(?:hours?|days?|weeks?|months?|years?|decades?|night|weekend|century|quarter)"
    year = r"(?:19|20)\d\d\b(?!,\d)"
    date = rf"(?:(?:\d{{1,2}}\s+)?(?:{months})(?:\s+\d{{1,2}}\b(?!,\d))?(?:,?\s+{year})?|{year})"
    return re.compile(
        rf"\b(?:(?:in|over|during|for|within|on|since|as of|by|until|before|after)\s+)?(?:(?:the|this)\s+)?"
        rf"(?:past|last|previous|next)\s+(?:[\w-]+\s+)?{unit}\b"
        rf"|\b(?:in|since|by|as\s+of|on|between|until|from|before|after|during)\s+(?:early\s+|late\s+|mid-)?{date}"
        rf"(?:\s+(?:and|to|until)\s+{date})?|\b(?:{months})\s+\d{{1,2}}\b(?!,\d)"
        rf"|\b(?:on\s+)?(?:{days})\b(?:\s+(?:night|morning|evening|afternoon))?|\b(?:this|each|every)\s+{unit}\b"
        rf"|\b(?:yesterday|today|overnight|daily|currently|so far)\b"
        rf"|\bsince\s+(?:the\s+)?[\w’' ]{{3,40}}?(?:began|started|start|beginning)\b"
    )


@cache
def _kinds():
    return {row["phrase"]: row for row in lexicon.rows("cumulative")}


@cache
def _windows():
    """Words that state a window of time, as "in the past day"; they outrank "a total of"."""
    phrases = [phrase for phrase, row in _kinds().items() if row["rank"] == "2"]
    return re.compile(rf"\b(?:{alternatives(phrases)})\b", re.IGNORECASE)


@cache
def _totals():
    phrases = [phrase for phrase, row in _kinds().items() if row["rank"] == "1"]
    return re.compile(rf"\b(?:{alternatives(phrases)})\b", re.IGNORECASE)


@cache
def _trends():
    return {row["word"]: row["trend"] for row in lexicon.rows("trends")}


@cache
def _trend():
    return re.compile(rf"\b({alternatives(_trends())})(?:\s+(?:by|of|to|from|a|an|as much as))?\s+$", re.IGNORECASE)
