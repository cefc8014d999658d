"""When and where a quantity holds, whether it adds up, and whether it is a rise or a fall: as stated nearby.

Where its own clause is silent, a quantity has the place and the day stated last before it in the report: what EpiTator
calls the territory of a mention (``incident_annotator.get_territories``). Its title comes last.
"""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities import locations
from analysis.lexicon import alternatives

_NEAR = 120
_BEFORE_IS_FARTHER = 20
_OTHER_NUMBER = 40
_CLAUSE_BREAK = re.compile(r"[;:]|,\s+(?:in which|which|who|while|but|whereas|where)\b")

_OF_YEARS = re.compile(r"(?:since|began|begun|started|erupted|broke)\b|(?:\w+\s+)*(?:19|20)\d\d$|(?:over|in|during) the (?:past|last) \w+ years", re.IGNORECASE)


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
        self._last = {}

    def sentence(self, index, spans):
        """Return the ``Sentence`` at ``index``, in which quantities stand at ``spans``."""
        return Sentence(self, index, self._texts[index], spans)

    def before(self, find, index):
        """Return what ``find`` sees last before the sentence at ``index``, and whether in the text or in the title."""
        if index == 0:
            found = locations.of_title(self._title) if find is _sure_places else ""
            return (found, "title") if found else ("", "")
        if (find, index) not in self._last:
            # Sentences without a quantity may be many; a loop does not care.
            back = index - 1
            while back > 0 and (find, back) not in self._last and not find(self._texts[back]):
                back -= 1
            found = find(self._texts[back]) if (find, back) not in self._last else []
            said = (_words(found[-1]), "earlier") if found else self.before(find, back)
            for between in range(back + 1, index + 1):
                self._last[find, between] = said
        return self._last[find, index]


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
        self._found = {}

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
        return self._stated(_all_times, _days, start, end, inherit)

    def place(self, start, end, *, inherit=True):
        """Return the place stated nearest to ``[start, end)`` in its clause, and where it was found, as for ``time``.

        ``basis`` is "title" where the title alone names a place.
        """
        return self._stated(_all_places, _sure_places, start, end, inherit)

    def cumulative(self, start, end):
        """Return "cumulative" (total, so far …), "incremental" (new, in the past day …) or "", by the words nearby."""
        for find in (_windows, _totals):
            word = self._nearest(find, start, end)
            if word:
                return _kinds()[" ".join(word.lower().split())]["kind"]
        return ""

    def _stated(self, find, sure, start, end, inherit):
        words = self._nearest(find, start, end)
        if words or not inherit:
            return (words, "sentence") if words else ("", "")
        before = [found for found in self._matches(sure) if found.start() < start]
        here = before[-1:] or self._matches(sure)[:1]
        return (_words(here[0]), "earlier") if here else self._report.before(sure, self._index)

    def _matches(self, find):
        if find not in self._found:
            self._found[find] = find(self._text)
        return self._found[find]

    def _nearest(self, find, start, end):
        best, best_cost = "", _NEAR
        for match in self._matches(find):
            cost = self._cost(match, start, end)
            if cost < best_cost:
                best, best_cost = _words(match), cost
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


def is_of_years(time):
    """Whether a time is that of a war: "since the conflict began", "in 2011"."""
    return _OF_YEARS.match(time) is not None


def _words(match):
    return match.words if isinstance(match, locations.Location) else match[0]


# ---- what is looked for; a function of the text of a sentence


def _all_places(text):
    return locations.find(text)


def _sure_places(text):
    return [place for place in locations.find(text) if place.sure]


def _all_times(text):
    return list(_times().finditer(text))


def _days(text):
    """Days, as "on Monday" or "May 5": what an event has. A war has "since 2011"."""
    return [match for match in _all_times(text) if _day().fullmatch(match[0])]


def _windows(text):
    """Words that state a window of time, as "in the past day"; they outrank "a total of"."""
    return list(_phrases("2").finditer(text))


def _totals(text):
    return list(_phrases("1").finditer(text))


# ---- patterns


@cache
def _calendar(kind):
    return alternatives(row["word"] for row in lexicon.rows("calendar") if row["kind"] == kind)


@cache
def _times():
    days, months = _calendar("weekday"), _calendar("month")
    unit = r"(?:hours?|days?|weeks?|months?|years?|decades?|night|weekend|century|quarter)"
    year = r"(?:19|20)\d\d\b(?!,\d)"
    date = rf"(?:(?:\d{{1,2}}\s+)?(?:{months})(?:\s+\d{{1,2}}\b(?!,\d))?(?:,?\s+{year})?|{year})"
    return re.compile(
        rf"\b(?:began|begun|started|erupted|broke\s+out)\s+(?:in|on)\s+{date}"
        rf"|\b(?:(?:in|over|during|for|within|on|since|as of|by|until|before|after)\s+)?(?:(?:the|this)\s+)?"
        rf"(?:past|last|previous|next)\s+(?:[\w-]+\s+)?{unit}\b"
        rf"|\b(?:in|since|by|as\s+of|on|between|until|from|before|after|during)\s+(?:early\s+|late\s+|mid-)?{date}"
        rf"(?:\s+(?:and|to|until)\s+{date})?|\b(?:{months})\s+\d{{1,2}}\b(?!,\d)"
        rf"|\b(?:on\s+)?(?:{days})\b(?:\s+(?:night|morning|evening|afternoon))?|\b(?:this|each|every)\s+{unit}\b"
        rf"|\b(?:yesterday|today|overnight|daily|currently|so far)\b"
        rf"|\bsince\s+(?:the\s+)?[\w’' ]{{3,40}}?(?:began|started|start|beginning)\b"
    )


@cache
def _day():
    days, months = _calendar("weekday"), _calendar("month")
    return re.compile(
        rf"(?:on\s+)?(?:{days})(?:\s+\w+)?|yesterday|today|overnight|last night"
        rf"|(?:on\s+)?(?:\d{{1,2}}\s+(?:{months})|(?:{months})\s+\d{{1,2}})(?:,?\s+\d{{4}})?"
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
