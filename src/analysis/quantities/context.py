"""When and where a quantity holds, whether it adds up, and whether it is a rise or a fall: as stated nearby.

Where its own clause is silent, a quantity has the place and the day stated last before it in the report: what EpiTator
calls the territory of a mention (``incident_annotator.get_territories``). Its title comes last.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from analysis import lexicon
from analysis.lexicon import alternatives
from analysis.quantities import locations

_NEAR = 120
_BEFORE_IS_FARTHER = 20
_OTHER_NUMBER = 40
_CLAUSE_BREAK = re.compile(r"[;:]|,\s+(?:in which|which|who|while|but|whereas|where)\b")

_OF_YEARS = re.compile(
    r"(?:since|began|begun|started|erupted|broke)\b|(?:\w+\s+)*(?:19|20)\d\d$|"
    r"(?:over|in|during) the (?:past|last) \w+ years",
    re.IGNORECASE,
)


class Report:
    """The sentences of a report, read for places and days as far as its quantities need them.

    Parameters
    ----------
    sentences : list of (int, str)
        Offset and text.
    title : str, optional
    """

    def __init__(self, sentences, title=""):
        self._texts = [text for _, text in sentences]
        self._title = title
        self._found, self._before = {}, {}

    def sentence(self, index, spans):
        """Return the ``Sentence`` at ``index``, in which quantities stand at ``spans``."""
        return Sentence(self, index, self._texts[index], spans)

    def stated(self, kind, index):
        """Return the places, or the times, of a sentence from left to right.

        Parameters
        ----------
        kind : Kind
        index : int
        """
        if (kind, index) not in self._found:
            self._found[kind, index] = kind.find(self._texts[index])
        return self._found[kind, index]

    def before(self, kind, index):
        """Return the last sure place, or day, before the sentence at ``index``, and its basis."""
        # Sentences may be many and quantities few: what was found for one serves all that follow up to the next.
        back = index - 1
        while back >= 0 and (kind, back + 1) not in self._before and not self._sure(kind, back):
            back -= 1
        if (kind, back + 1) in self._before:
            said = self._before[kind, back + 1]
        else:
            said = (self._sure(kind, back)[-1].words, "earlier") if back >= 0 else kind.of_title(self._title)
        for between in range(back + 1, index + 1):
            self._before[kind, between] = said
        return said

    def _sure(self, kind, index):
        return [found for found in self.stated(kind, index) if found.sure]


class Sentence:
    """The times, places and words of adding up of one sentence, found once for all its quantities.

    Parameters
    ----------
    report : Report
    index : int
        Which of its sentences this is.
    text : str
    spans : list of (int, int)
        The quantities of the sentence; what stands nearer to another one is taken for its own.
    """

    def __init__(self, report, index, text, spans):
        self._report = report
        self._index = index
        self._text = text
        self._spans = spans

    def time(self, start, end, *, inherit=True):
        """Return the time stated nearest to ``[start, end)`` in its clause, word for word, and where it was found.

        Parameters
        ----------
        start, end : int
        inherit : bool
            Take the last day that is named before, in this sentence or an earlier one, where the clause names no time.

        Returns
        -------
        words : str
            "" where none is stated.
        basis : str
            "sentence", "earlier" or "".
        """
        return self._stated(TIME, start, end, inherit)

    def place(self, start, end, *, inherit=True):
        """Return the place stated nearest to ``[start, end)`` in its clause, and where it was found, as for ``time``.

        ``basis`` is "title" where the title alone names a place.
        """
        return self._stated(PLACE, start, end, inherit)

    def cumulative(self, start, end):
        """Return "cumulative" (total, so far …), "incremental" (new, in the past day …) or "", by the words nearby."""
        for kind in (WINDOW, TOTAL):
            found = self._nearest(kind, start, end)
            if found is not None:
                return _kinds()[" ".join(found.words.lower().split())]["kind"]
        return ""

    def _stated(self, kind, start, end, inherit):
        nearest = self._nearest(kind, start, end)
        if nearest is not None:
            return nearest.words, "sentence"
        if not inherit:
            return "", ""
        sure = [found for found in self._report.stated(kind, self._index) if found.sure]
        here = [found for found in sure if found.start < start][-1:] or sure[:1]
        return (here[0].words, "earlier") if here else self._report.before(kind, self._index)

    def _nearest(self, kind, start, end):
        best, best_cost = None, _NEAR
        for found in self._report.stated(kind, self._index):
            cost = self._cost(found, start, end)
            if cost < best_cost:
                best, best_cost = found, cost
        return best

    def _cost(self, found, start, end):
        if found.start < end and start < found.end:
            return 0 if found.start < start else _NEAR
        low, high = (found.end, start) if found.end <= start else (end, found.start)
        if high - low >= _NEAR or _CLAUSE_BREAK.search(self._text, low, high):
            return _NEAR
        others = sum(low <= other < high and not found.start <= other < found.end for other, _ in self._spans)
        return high - low + _BEFORE_IS_FARTHER * (high == start) + _OTHER_NUMBER * others


def trend(text, start):
    """Return "up" or "down" when the word before a quantity says so: "up 19 percent", "fell by about 3"."""
    match = _trend().search(text[max(0, start - 32) : start])
    return _trends()[match[1].lower()] if match else ""


def is_of_years(time):
    """Whether a time is that of a war: "since the conflict began", "in 2011"."""
    return _OF_YEARS.match(time) is not None


# ---- what is looked for


class Kind(NamedTuple):
    """Something that sentences state: how it is found in one, and what the title says of it, with its basis."""

    find: Callable
    of_title: Callable


def _days(text):
    """Times; sure are days, as "on Monday" or "May 5": what an event has. A war has "since 2011"."""
    if not any(letters in text for letters in _of_time()):
        return []
    return [
        locations.Location(match.start(), match.end(), match[0], _day().fullmatch(match[0]) is not None)
        for match in _times().finditer(text)
    ]


def _phrases_in(rank):
    def find(text):
        return [
            locations.Location(match.start(), match.end(), match[0], True) for match in _phrases(rank).finditer(text)
        ]

    return find


def _nothing(_title):
    return "", ""


def _place_of_title(title):
    found = locations.of_title(title)
    return (found, "title") if found else ("", "")


PLACE = Kind(locations.find, _place_of_title)
TIME = Kind(_days, _nothing)
# Words that state a window of time, as "in the past day"; they outrank "a total of".
WINDOW = Kind(_phrases_in("2"), _nothing)
TOTAL = Kind(_phrases_in("1"), _nothing)


# ---- patterns


@cache
def _calendar(kind):
    return alternatives(row["word"] for row in lexicon.rows("calendar") if row["kind"] == kind)


def _either(*words):
    """Any of some words, also at the beginning of a sentence: "[Ii]n|[Oo]n", which is faster than a flag."""
    return "|".join(f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in words)


@cache
def _of_time():
    """Letters without which a sentence states no time: most have none, and looking for them is soon done."""
    stems = {row["word"][:3] for row in lexicon.rows("calendar") if row["kind"] == "month"}
    stems |= {"day", "past", "last", "previous", "next", "this", "each", "every", "ince", "vernight", "aily"}
    return sorted(stems | {"urrently", "o far", "began", "begun", "started", "erupted", "broke", "19", "20"})


@cache
def _times():
    days, months = _calendar("weekday"), _calendar("month")
    unit = r"(?:hours?|days?|weeks?|months?|years?|decades?|night|weekend|century|quarter)"
    year = r"(?:19|20)\d\d\b(?!,\d)"
    date = rf"(?:(?:\d{{1,2}}\s+)?(?:{months})(?:\s+\d{{1,2}}\b(?!,\d))?(?:,?\s+{year})?|{year})"
    before_unit = _either(
        "in", "over", "during", "for", "within", "on", "since", "as of", "by", "until", "before", "after"
    )
    before_date = _either(
        "in", "since", "by", r"as\s+of", "on", "between", "until", "from", "before", "after", "during"
    )
    alone = _either("yesterday", "today", "overnight", "daily", "currently", "so far")
    return re.compile(
        rf"\b(?:began|begun|started|erupted|broke\s+out)\s+(?:in|on)\s+{date}"
        rf"|\b(?:(?:{before_unit})\s+)?(?:(?:the|this)\s+)?"
        rf"(?:past|last|previous|next)\s+(?:[\w-]+\s+)?{unit}\b"
        rf"|\b(?:{before_date})\s+(?:early\s+|late\s+|mid-)?{date}"
        rf"(?:\s+(?:and|to|until)\s+{date})?|\b(?:{months})\s+\d{{1,2}}\b(?!,\d)"
        rf"|\b(?:[Oo]n\s+)?(?:{days})\b(?:\s+(?:night|morning|evening|afternoon))?|\b(?:this|each|every)\s+{unit}\b"
        rf"|\b(?:{alone})\b"
        rf"|\b[Ss]ince\s+(?:the\s+)?[\w’' ]{{3,40}}?(?:began|started|start|beginning)\b"
    )


@cache
def _day():
    days, months = _calendar("weekday"), _calendar("month")
    return re.compile(
        rf"(?:[Oo]n\s+)?(?:{days})(?:\s+\w+)?|(?:{_either('yesterday', 'today', 'overnight', 'last night')})"
        rf"|(?:[Oo]n\s+)?(?:\d{{1,2}}\s+(?:{months})|(?:{months})\s+\d{{1,2}})(?:,?\s+\d{{4}})?"
    )


@cache
def _kinds():
    return {row["phrase"]: row for row in lexicon.rows("cumulative")}


@cache
def _phrases(rank):
    phrases = [phrase for phrase, row in _kinds().items() if row["rank"] == rank]
    return re.compile(rf"\b(?:{alternatives(phrases)})\b", re.IGNORECASE)


@cache
def _trends():
    return {row["word"]: row["trend"] for row in lexicon.rows("trends")}


@cache
def _trend():
    return re.compile(rf"\b({alternatives(_trends())})(?:\s+(?:by|of|to|from|a|an|as much as))?\s+$", re.IGNORECASE)
