"""The noun phrase that ends before a reporting verb, found without a parser.

Words are read back from the verb: auxiliaries and an apposition are passed over, a mark or a word that begins a clause
stops the search, and what leads into the sentence ("On Friday") is taken off.
"""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities.speakers import kind_of
from analysis.quantities.vocabulary import alternatives

_MOST_WORDS = 16
_AND = re.compile(r"\band\b")
_ARTICLE_BEFORE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_DASHES = (",", " -", " –", "—")


def before(text, verb_start):
    """Return ``(start, end)`` of the subject of the reporting verb at ``verb_start``, or None.

    >>> text = "On Friday Foreign Minister Israel Katz said"
    >>> text[slice(*before(text, 39))]
    'Foreign Minister Israel Katz'
    """
    left = text[:verb_start]
    while (auxiliary := _auxiliaries().search(left)) is not None:
        if auxiliary["passive"]:
            return None
        left = left[: auxiliary.start()]
    left = left.rstrip()
    if left.endswith(_DASHES):
        left = _without_apposition(left)
    return _trimmed(left, _clause_start(left)) if left else None


def may_speak(phrase):
    """Tell whether a phrase may be a speaker: a pronoun, a name, a known kind, or at least two words."""
    words = phrase.split()
    if not words or words[0].lower().strip("’'") in role("never speaker") or not re.search(r"[A-Za-z]", phrase):
        return False
    if words[0].lower() in role("speaking pronoun") or len(words) > 1:
        return True
    return words[0][0].isupper() or bool(kind_of(phrase))


@cache
def role(name):
    """Words of ``lexicon/attribution_words.csv`` with a role."""
    return frozenset(row["word"] for row in lexicon.rows("attribution_words") if row["role"] == name)


def _without_apposition(left):
    """Take ", the government spokesperson," off the end of a text."""
    left = left.rstrip(" ,-–—")
    comma = max(left.rfind(", "), left.rfind(" - "), left.rfind(" – "), left.rfind("—"))
    return left[:comma].rstrip(" ,") if comma > 0 and left[comma:].count(" ") <= _MOST_WORDS else ""


def _clause_start(left):
    """Where the subject's clause begins, also behind an earlier clause joined to it by "and"."""
    boundaries = list(_boundary().finditer(left))
    start = boundaries[-1].end() if boundaries else 0
    joints = [joint for joint in _AND.finditer(left, start) if _finite().search(left, start, joint.start())]
    return joints[-1].end() if joints else start


def _trimmed(left, start):
    start += len(left[start:]) - len(left[start:].lstrip())
    lead = _lead().match(left, start)
    if lead and left[lead.end() :].strip() and not left[start:].lower().startswith(("the ", "this ")):
        article = _ARTICLE_BEFORE.search(left[: lead.end()])
        start = article.start() if article else lead.end()
    phrase = left[start:]
    if not may_speak(phrase) or _is_clause().search(phrase.strip()) or len(phrase.split()) > _MOST_WORDS:
        return None
    return start, start + len(phrase.rstrip())


@cache
def _auxiliaries():
    return re.compile(
        rf"\b(?:(?P<passive>{alternatives(role('passive'))})|{alternatives(role('auxiliary'))}|\w+ly)\s*$",
        re.IGNORECASE,
    )


@cache
def _boundary():
    words = alternatives(role("begins clause"))
    return re.compile(
        rf"[;:“”\"()\[\]…]|,(?!\d)|\s[-–—]+\s|—|[?!]\s|\b(?:{words}|(?:which|who)(?=\s+\w))\b", re.IGNORECASE
    )


@cache
def _lead():
    return re.compile(rf"(?:(?:{alternatives(role('leads'))}|(?:19|20)\d\d|\d{{1,2}})\s+)+", re.IGNORECASE)


@cache
def _finite():
    return re.compile(
        rf"\b(?:{alternatives(role('finite'))}|[a-z]{{2,}}ed)\b(?!\s+(?:people|nations|states|officials|sources|press)\b)"
    )


@cache
def _is_clause():
    """A finite verb, a number (but a year), or a possessive that is cut off: what stands there is no speaker."""
    return re.compile(
        rf"\b(?:{alternatives(role('not in speaker'))}|per\s+cent)\b|\b(?!(?:19|20)\d\d\b)\d|%|['’]s?$"
        rf"|^(?:{alternatives(role('begins no speaker'))})\b|(?:half|quarters?|thirds?)\s+of\b",
        re.IGNORECASE,
    )
