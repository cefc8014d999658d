"""Attributions within a sentence: the speaker, the reporting words, and the part of the sentence they answer for.

Read are "according to X" (and "citing X"), a subject with its verb ("X said …", also behind what it reports), the
inverted one ("…, said X"), "Mary Smith: “…”" and "in a CNN poll, …": the constructions that Pareti (2015, "Attribution:
a computational approach") finds most often. Who is not named is never guessed.
"""

import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon
from analysis.quantities import subjects
from analysis.quantities.speakers import kind_of, kinds
from analysis.quantities.subjects import may_speak, role
from analysis.quantities.vocabulary import alternatives

_SHORTEST_CONTENT = 15
_SHORTEST_QUOTED = 8
_LONGEST_LEAD = 14
_CONTENT = re.compile(r"\s+[\w$£€“\"]|\s*[:“\"]")
_CLOSING = re.compile(r"(?:[,”\"—–]|[,.?!]['’]|[?!])\Z")
_NOT_REPORTING = re.compile(r"\s+(?:against|for\s+the|off|goodbye|yes|no|responsibility|(?:the|\w+)\s+lives)\b")
_THAT = re.compile(r"\s*(?:[:“\"]|(?:on|in|at|last|earlier|this)\s[^,.]{0,30}\sthat\b|that\b|there\b|,)")
_QUOTES_ON = re.compile(r"[^.]{0,80}[,.:]\s*[“\"]")
_COLON = re.compile(r"(?:^|\s[-–—]\s)((?:[A-Z][\w.’'-]*\s){1,4}?[A-Z][\w’'-]+):(?=\s*[“\"])")


class Attribution(NamedTuple):
    """A speaker's span, the reporting words, and the scope they answer for; a firm one goes before one that is not."""

    start: int
    end: int
    cue: str
    cue_start: int
    cue_end: int
    scope_start: int
    scope_end: int
    firm: bool = True


def find(text):
    """Return the ``Attribution`` of every reporting expression of a sentence, from left to right.

    >>> text = "Gaza's health ministry says 5 died."
    >>> [(said.cue, text[said.start : said.end]) for said in find(text)]
    [('says', "Gaza's health ministry")]
    """
    found = _cited(text)
    taken = [(said.cue_start, said.end) for said in found]
    for cue in _cues().finditer(text):
        if not any(start <= cue.start() < end for start, end in taken):
            said = _with_verb(text, cue)
            found.extend([said] if said is not None else [])
    return sorted(found + _by_colon(text) + _in_survey(text), key=lambda said: said.cue_start)


def covering(found, start, end):
    """Return the ``Attribution`` that answers for ``[start, end)``, or None.

    Firm ones go before others, one who is cited before one who cites, and then the nearest.
    """
    fitting = [
        said
        for said in found
        if said.scope_start <= start
        and end <= said.scope_end
        and not said.start <= start < max(said.end, said.cue_start)
    ]
    return min(
        fitting, key=lambda said: (not said.firm, said.cue != "citing", _distance(said, start, end)), default=None
    )


def _distance(said, start, end):
    return min(abs(start - said.cue_end), abs(said.cue_start - end))


def _cited(text):
    """Read "according to X": at the head of a sentence it answers for what follows, else for what stands before it."""
    found, floor = [], 0
    for match in _citation().finditer(text):
        leads = not text[floor : match.start()].strip(' ,;“"') or (match.start() < _LONGEST_LEAD and floor == 0)
        cue = (*match.span(2), match[1], *match.span(1))
        found.append(Attribution(*cue, *((match.end(), len(text)) if leads else (floor, match.start()))))
        if not leads:
            found.append(Attribution(*cue, match.end(), len(text), False))
        floor = match.end()
    return found


def _by_colon(text):
    """Read "Mary Smith: “…”", as digests print it."""
    label = _COLON.search(text)
    if label is None:
        return []
    start, end = label.span(1)
    return [Attribution(start, end, ":", end, end + 1, end + 1, len(text), False)]


def _in_survey(text):
    """Read "in a CNN poll, 58 percent …" and "by one estimate"."""
    return [Attribution(*m.span(2), m[1], *m.span(1), 0, len(text), False) for m in _survey().finditer(text)]


def _with_verb(text, cue):
    """Read the subject before a verb or behind it; "X, the mayor, said the dead …" has it before."""
    follows_comma = text[: cue.start()].rstrip().endswith(",") and text[cue.end() + 1 : cue.end() + 2].islower()
    first, second = (_with_subject, _inverted) if follows_comma else (_inverted, _with_subject)
    return first(text, cue) or second(text, cue)


def _inverted(text, cue):
    """Read "…, said X" and "…,” says X"."""
    before = text[: cue.start()].rstrip()
    if len(before) < _SHORTEST_QUOTED or not _CLOSING.search(before) or _cue_kind(cue) != "says":
        return None
    match = None if cue.group() in ("told", "tells") else _name_after().match(text, cue.end())
    if match is None or not may_speak(match[1]):
        return None
    named = match[1][0].isupper() or kind_of(match[1]) or match[1].split()[0] in ("a", "an", "one")
    if before[-1] == "," and not named:
        return None
    end = len(text) if _QUOTES_ON.match(text, match.end()) else cue.start()
    return Attribution(*match.span(1), cue.group(), *cue.span(), 0, end)


def _with_subject(text, cue):
    """Read "X said …", "…, X said" and "…, X said, …"."""
    subject = None if _NOT_REPORTING.match(text, cue.end()) else subjects.before(text, cue.start())
    if subject is None:
        return None
    rest, before = text[cue.end() :], text[: subject[0]].rstrip()
    follows = _CLOSING.search(before) is not None and (before[-1] in '”"' or len(before) > _SHORTEST_CONTENT)
    breaks = rest[:1] == ","
    closes = _circumstance().match(rest.split(", ")[0] if follows and not breaks else rest) is not None
    if (closes and not follows) or not ((follows and (closes or breaks)) or _reports(text, cue, subject)):
        return None
    reaches_back = follows and (closes or breaks or before[-1] in '”"')
    low, high = 0 if reaches_back else cue.end(), cue.start() if closes else len(text)
    return Attribution(*subject, cue.group(), *cue.span(), low, high)


def _reports(text, cue, subject):
    """Tell reporting from doing: "a poll found 12 percent" and "found that", but not "police found 12 bodies"."""
    kind, phrase = _cue_kind(cue), text[slice(*subject)]
    if kind == "says":
        return True
    if kind == "noun":
        last = phrase.split()[-1]
        speaks = last[0].isupper() or last.lower() in kinds() or last.lower() in role("speaking pronoun")
        return speaks and _CONTENT.match(text, cue.end()) is not None
    return _THAT.match(text, cue.end()) is not None or (kind == "shows" and kind_of(phrase) == "document")


def _cue_kind(cue):
    return _cue_kinds()[" ".join(cue.group().split())]


@cache
def _cue_kinds():
    return {row["cue"]: row["kind"] for row in lexicon.rows("cues")}


@cache
def _cues():
    return re.compile(rf"\b(?:{alternatives(_cue_kinds())})\b")


@cache
def _noun_phrase():
    """A speaker behind its cue: words up to a mark (not that of "U.N.") or a word that begins something else."""
    marks = r"[,;:!?()“”\"—–]|\.(?=\s|[\"”’)]|$)(?<![ (][A-Z]\.)|\s-\s|$"
    word = r"[^\s,;:!?()“”\"—–]+"
    stops = alternatives(role("ends speaker"))
    return rf"((?:(?!\d{{3}}){word})(?:\s+{word}?){{0,14}}?)(?=\s*(?:{marks}|\b(?:{stops})\b))"


@cache
def _citation():
    cues = r"according\s+to|citing|as\s+(?:reported|estimated)\s+by|in\s+the\s+words\s+of"
    return re.compile(rf"\b({cues})\s+{_noun_phrase()}", re.IGNORECASE)


@cache
def _name_after():
    not_names = alternatives(role("begins no name"))
    return re.compile(rf"\s+(?!(?:{not_names})\b|(?:he|she)\b(?!\s*[,.])|\d){_noun_phrase()}")


@cache
def _survey():
    return re.compile(
        r"\b([Ii]n|[Bb]y|[Ff]rom|[Pp]er)\s+((?:an?|the|one|another|its|their|some)\s+(?:[\w’'./&-]+\s+){0,7}?"
        rf"(?:{alternatives(role('survey'))})\b)(?!\s+(?:card|of\s+the|by))"
    )


@cache
def _circumstance():
    words = rf"(?:{alternatives(role('circumstance'))}|[A-Z][\w.’']+|\w+day|\d{{1,4}})"
    return re.compile(rf"\s*(?:{words}[\s,]*)*[.!?”\"]*\s*$")
