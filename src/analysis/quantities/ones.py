"""The word "one": a number in "one child" and "one of four", a pronoun in "the other one" and "one medic said"."""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities import events
from analysis.quantities.vocabulary import alternatives

_HEDGED = re.compile(r"\b(?:least|(?<!the )only|just|than|(?:total|toll|maximum|minimum) of)\s$", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(r"\s+\d")
_IN = re.compile(r"\s+(?:of|out\s+of)\s+(?:every\s+)?\d|\s+in\s+(?:every\s+)?(?:\d|[a-z]+\b(?=\s+[a-z]+s\b))")
_OF = re.compile(r"\s+(?:of|out\s+of)\s+\w")
_FOLLOWED = re.compile(r"[\s-]+[“\"]?([A-Za-z][\w]*)")
_ON_ONE_HAND = re.compile(r"\b[Oo]n\s(?:the\s)?one\s(?:hand|side)\b")
_SAYS_BEFORE = re.compile(r"\b(?:said|says|added|adds|recalled|explained)\s+$")
_NEAR = 12


def counts(text, start, end):
    """Tell "one child", "one of the children" and "at least one" from the pronoun."""
    before = text[max(0, start - _NEAR) : start]
    if (
        _before().search(before)
        or _BEFORE_NUMBER.match(text, end)
        or _ON_ONE_HAND.search(text[max(0, start - 4) : end + 6])
    ):
        return False
    return (
        _HEDGED.search(before) is not None
        or _IN.match(text, end) is not None
        or _OF.match(text, end) is not None
        or (_has_noun(text, end) and not _speaks(text, start, end))
    )


def is_rank(text, start, end):
    """Tell "one of the largest", which says how something ranks, from "one of the children", which counts a child."""
    return text[start:end].lower() == "one" and _praise().match(text, end) is not None


def _speaks(text, start, end):
    """Tell "one medic said" and "said one medic", who count nobody."""
    return _says_after().match(text, end) is not None or _SAYS_BEFORE.search(text, 0, start) is not None


def _has_noun(text, end):
    """Tell whether a word that may be counted follows "one": none that makes it a pronoun or a phrase."""
    following = _FOLLOWED.match(text, end)
    if following is None or _later_event().match(text, end):
        return following is not None
    return following[1].isupper() or following[1].lower() not in _not_after_one()


@cache
def _before():
    words = alternatives(row["word"] for row in lexicon.rows("pronoun_one") if row["position"] == "before")
    return re.compile(rf"\b(?:{words})[\s-]$", re.IGNORECASE)


@cache
def _not_after_one():
    """Function words and phrases make "one" a pronoun; what happened to one does not: "one killed"."""
    counting = {word.split()[0] for word in events.words_at("after")} | {"dead", "more"}
    phrases = {row["word"] for row in lexicon.rows("pronoun_one") if row["position"] == "after"}
    return (lexicon.words("function_words") - counting) | phrases


@cache
def _later_event():
    """Read "one later died" and "one was killed": an adverb or "was" between one and what happened to him."""
    between = r"(?:\w+ly|later|also|then|since|was|were|is|has|had|have|been)\s+"
    return re.compile(rf"\s+(?:{between}){{1,3}}(?:{alternatives(events.words_at('after'))})\b")


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
def _reporting():
    return [row["cue"] for row in lexicon.rows("cues") if row["kind"] == "says" and not row["cue"].endswith("ing")]
