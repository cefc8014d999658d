"""Who says so by setting a figure: "the ministry put the toll at 31", "the bank cut its forecast to 3 percent"."""

import re
from functools import cache

from analysis.quantities import subjects
from analysis.quantities.grammar import values
from analysis.quantities.reporting import Attribution, clause_end
from analysis.quantities.subjects import may_speak, role
from analysis.quantities.vocabulary import alternatives

_QUOTED_AS = re.compile(r"\bquoted(?:\s+(?:by|in|on)\s[^,;.]{2,40}?)?\s+as\s+(?:saying|telling|having\s+said)\b")
# Mitt Romney's “47 percent” comment: a number within marks, and a noun of speech behind them.
_OWN_WORDS = re.compile(
    r"(?<![\w’'])((?:[A-Z][\w.&-]*\s+){0,3}[A-Z][\w.-]*)['’]s?\s+(?:\w+\s+)?[“\"]([^“”\"]{1,60})[”\"]\s+"
    r"(?:comments?|remarks?|claims?|statements?|line|figures?|speech|quip|quote|prediction|promise|pledge|estimate)\b"
)


def find(text):
    """Return the ``Attribution`` of every expression in which somebody sets a figure, from left to right."""
    found = [_with_subject(text, match) for match in _setting().finditer(text)]
    found += [_with_subject(text, match, passive=True) for match in _QUOTED_AS.finditer(text)]
    found += [_own(match) for match in _OWN_WORDS.finditer(text)]
    return [said for said in found if said is not None]


def _with_subject(text, match, *, passive=False):
    subject = subjects.before(text, match.start(), progressive=passive)
    if subject is None:
        return None
    high = len(text) if passive else clause_end(text, match.end())
    return Attribution(*subject, match.group(), *match.span(), match.end(), high)


def _own(match):
    if not may_speak(match[1]):
        return None
    cue_start = match.end(2) + 1
    return Attribution(*match.span(1), match[0].split()[-1], cue_start, match.end(), *match.span(2))


@cache
def _setting():
    """Read "put the toll at 31", "put it at 31", "raised its estimate" and "increases the death toll"."""
    nouns, revised = alternatives(role("set figure")), alternatives(role("revises"))
    number = rf"(?=\s+(?:[\w’'-]+\s+){{0,4}}?(?:[$£€~]?\d|(?:{alternatives(values())})\b))"
    return re.compile(
        rf"\b(?:(?:puts?|pegs?|pegged|places|placed)\s+(?:(?!\b(?:at|to)\b)[\w’'-]+\s+){{0,6}}?at\b{number}"
        rf"|(?:{revised})\s+(?:its|their|his|her|the|a|an)\s+(?:[\w-]+\s+){{0,3}}?(?:{nouns}))\b"
    )
