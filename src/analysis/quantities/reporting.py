"""Who says so by a reporting verb: "X said …", "…, X said", "…, said X", "X called for …".

These are the constructions that Pareti (2015, "Attribution: a computational approach") finds most often.
"""

import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon
from analysis.quantities import commaless, subjects
from analysis.quantities.grammar import values
from analysis.quantities.speakers import head_of, kind_of
from analysis.quantities.subjects import is_known, may_speak, noun_phrase, role, trimmed_end
from analysis.quantities.vocabulary import alternatives

_SHORTEST_CONTENT = 15
_SHORTEST_QUOTED = 8
_CONTENT = re.compile(r"\s+[\w$£€“\"]|\s*[:“\"]")
_CLOSING = re.compile(r"(?:[,”\"—–]|[,.?!]['’]|''|[?!])\Z")
_QUOTED = re.compile(r"(?:[”\"’']|'')\Z")
_NOT_REPORTING = re.compile(r"\s+(?:against|for\s+the|off|goodbye|yes|no|responsibility|war|bankruptcy|independence)\b")
_LIVES = re.compile(r"\s+(?:[\w,]+\s+){1,5}lives\b")
_THAT = re.compile(r"\s*(?:\w+ly)?\s*(?:[:“\"]|(?:on|in|at|last|earlier|this)\s[^,.]{0,30}\sthat\b|that\b|there\b|,)")
_CLAUSE = re.compile(r"\s+(?:the|an?|it|he|she|they|there|its|his|their|at\s+least|more\s+than|about|some|\d)\b")
_QUOTES_ON = re.compile(r"[^.]{0,80}[,.:]\s*[“\"]")
_SAYS_MORE = re.compile(r"[^“”\"]{0,60}(?:[“\"]|\bthat\b)|,\s+(?:adding|noting|and)\b")
_ADDRESSEE = re.compile(r"\s+(?:[Ss]ome\s+|about\s+|more\s+than\s+)?\d")
_TO_WHOM = re.compile(r"\s+(?!that\b)[^\d“”\",:;()]{2,60}[.”\"]*\s*$")
_CLAUSE_END = re.compile(r"[;—]|\s[-–]\s|,\s(?:and|but|while|after|as|though|although|when|which|who|where|with)\b")
_NUMBER_NEXT = re.compile(
    r"\s+(?:[a-z]+\s+){0,4}?(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens|a\s+dozen)\b)"
)
_NOUN = re.compile(r"\s+([a-z]+)\b")
_HELPED = re.compile(r"\b(?:to|do|does|did|will|would|can|could|may|might|should|must)\s+(?:\w+\s+)?$")
_PROGRESSIVE = re.compile(r"\b(?:is|are|was|were|been)\s+(?:\w+ly\s+)?$")
_WITH_WHOM = re.compile(r"\b[Ww]ith\s+((?:[\w.’'-]+\s+){0,5}[\w.’'-]+)\s+$")
_PLURAL = re.compile(r"(?:s|people|police|they|we|who|media|data)$|\band\b", re.IGNORECASE)


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


def find(text, taken):
    """Return the ``Attribution`` of every reporting verb of a sentence that stands in none of the spans ``taken``."""
    found = []
    for cue in _cues().finditer(text):
        if not any(start <= cue.start() < end for start, end in taken):
            said = _with_verb(text, cue) or _joined(text, cue, found)
            found.extend([said] if said is not None else [])
    return found


def reports(word):
    """Tell whether a word alone is a cue of ``lexicon/cues.csv`` that says, shows or reckons something."""
    return _cue_kinds().get(word.lower()) in ("says", "thinks", "shows", "counts")


def clause_end(text, position):
    """Where the clause that goes on at ``position`` ends."""
    clause = _CLAUSE_END.search(text, position)
    return clause.start() if clause else len(text)


def bare(text):
    """Return the ``Attribution`` of "Mary Smith said on Friday.", which answers for what stands before it, or None."""
    cue = next((cue for cue in _cues().finditer(text) if _cue_kind(cue) == "says"), None)
    if cue is None:
        return None
    subject = subjects.before(text, cue.start())
    if subject is not None and subject[0] == 0 and not _SAYS_MORE.match(text, cue.end()) and text[cue.end()] in " .,":
        return Attribution(*subject, cue.group(), *cue.span(), 0, 0)
    match = _name_after().match(text, cue.end()) if cue.start() == 0 else None
    if match is None or not may_speak(match[1]):
        return None
    return Attribution(match.start(1), trimmed_end(text, *match.span(1)), cue.group(), *cue.span(), 0, 0)


def _with_verb(text, cue):
    """Read the subject before a verb or behind it; "X, the mayor, said the dead …" has it before."""
    if cue.group().endswith("ing"):
        if _PROGRESSIVE.search(text, 0, cue.start()):
            return _with_subject(text, cue)
        return _absolute(text, cue)
    follows_comma = text[: cue.start()].rstrip().endswith(",") and text[cue.end() + 1 : cue.end() + 2].islower()
    first, second = (_with_subject, _inverted) if follows_comma else (_inverted, _with_subject)
    return first(text, cue) or second(text, cue) or _without_comma(text, cue)


def _without_comma(text, cue):
    """Read "12 people died a monitor said" and "12 people died said the ministry"."""
    if _cue_kind(cue) != "says":
        return None
    ends = _is_end(text, cue, follows=True, breaks=False)
    named = (commaless.before(text, cue.start()) if ends else None) or commaless.after(text, cue.end())
    if named is None or not text[: min(named[0], cue.start())].strip():
        return None
    return Attribution(*named, cue.group(), *cue.span(), 0, min(named[0], cue.start()), False)


def _absolute(text, cue):
    """Read "…, with the mayor saying …"."""
    with_whom = _WITH_WHOM.search(text, 0, cue.start())
    if with_whom is None or not may_speak(with_whom[1]) or not _CONTENT.match(text, cue.end()):
        return None
    return Attribution(*with_whom.span(1), cue.group(), *cue.span(), cue.end(), len(text))


def _joined(text, cue, found):
    """Read "X went home, saying …" and "X went home and said …": the subject is that of what stands before it."""
    before = text[: cue.start()].rstrip()
    joints = (",", "–", "—", " -", " and", " but") if cue.group().endswith("ing") else (" and", " but")
    if not before.endswith(joints) or _cue_kind(cue) == "noun" or not _CONTENT.match(text, cue.end()):
        return None
    if _cue_kind(cue) in ("that", "thinks", "shows", "counts") and not _THAT.match(text, cue.end()):
        return None
    subject = found[-1][:2] if found else subjects.of_sentence(text, cue.start())
    return None if subject is None else Attribution(*subject, cue.group(), *cue.span(), cue.end(), len(text))


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
    return Attribution(match.start(1), trimmed_end(text, *match.span(1)), cue.group(), *cue.span(), 0, end)


def _with_subject(text, cue):
    """Read "X said …", "…, X said" and "…, X said, …"."""
    subject = None if _does(text, cue) else _subject(text, cue)
    if subject is None or _is_noun(text, cue, subject):
        return None
    before = text[: subject[0]].rstrip()
    follows = _CLOSING.search(before) is not None and (before[-1] in "”\"'" or len(before) > _SHORTEST_CONTENT)
    breaks = text[cue.end() : cue.end() + 1] in (",", ";")
    closes = _is_end(text, cue, follows, breaks)
    if (closes and not follows) or not ((follows and (closes or breaks)) or _reports(text, cue, subject)):
        return None
    reaches_back = follows and (closes or breaks or _QUOTED.search(before) is not None)
    quotes_only = reaches_back and _QUOTED.search(before) and not _SAYS_MORE.match(text, cue.end())
    low, high = 0 if reaches_back else cue.end(), cue.start() if closes or quotes_only else len(text)
    if _cue_kind(cue) in ("plans", "counts") and high > cue.end():
        high = min(high, clause_end(text, cue.end()))
    if cue.group() in ("told", "tells") and (addressee := _ADDRESSEE.match(text, cue.end())):
        low = max(low, addressee.end())
    return Attribution(*subject, cue.group(), *cue.span(), low, high)


def _does(text, cue):
    """Tell what says nothing: "said hello", "claimed 12 lives"."""
    if cue.group().startswith("claim") and _LIVES.match(text, cue.end()):
        return True
    return _NOT_REPORTING.match(text, cue.end()) is not None


def _subject(text, cue):
    if _cue_kind(cue) in ("shows", "counts", "noun", "says"):
        document = subjects.document_before(text, cue.start())
        if document is not None:
            return document
    return subjects.before(text, cue.start(), progressive=cue.group().endswith("ing"))


def _is_end(text, cue, follows, breaks):
    """Tell whether only when, where and to whom it was said stands behind a verb."""
    rest = text[cue.end() :]
    if cue.group() in ("told", "tells") and follows and _TO_WHOM.match(rest):
        return True
    if cue.group()[0].isupper():  # in a headline every word looks like a name
        return False
    return _circumstance().match(rest.split(", ")[0] if follows and not breaks else rest) is not None


def _is_noun(text, cue, subject):
    """Tell the noun from the verb: "a Times report", "battleground states", "pledged delegates"."""
    phrase, plural = text[slice(*subject)], _is_plural(text[slice(*subject)])
    if _cue_kind(cue) == "plans" and cue.group().endswith("ed") and _is_adjective(text, cue):
        return True
    if cue.group() in _bases() and not plural and not _HELPED.search(text, 0, cue.start()):
        return True
    if _cue_kind(cue) != "noun":
        return False
    if phrase.split()[-1].lower() in values():  # those three states
        return True
    if cue.group().endswith("s") and plural and not phrase[0].isupper():
        return True
    last = phrase.split()[-1]
    return not (last[0].isupper() or is_known(phrase) or last.lower() in role("speaking pronoun"))


def _is_adjective(text, cue):
    """A noun right behind a participle makes it an adjective; an object has an article, a number or a name."""
    following = _NOUN.match(text, cue.end())
    return following is not None and following[1] not in lexicon.words("function_words")


def _is_plural(phrase):
    return (
        _PLURAL.search(phrase) is not None
        or re.search(r"s$|people$|police$|^data$|^media$", head_of(phrase)) is not None
    )


def _reports(text, cue, subject):
    """Tell reporting from doing: "a poll found 12 percent" and "found that", but not "police found 12 bodies"."""
    kind = _cue_kind(cue)
    if kind in ("says", "plans"):
        return not cue.group().startswith("declar") or _THAT.match(text, cue.end()) is not None
    if kind == "noun":
        return _CONTENT.match(text, cue.end()) is not None
    phrase = text[slice(*subject)]
    known = kind_of(phrase)
    if kind == "counts" and (known or is_known(phrase)) and _NUMBER_NEXT.match(text, cue.end()):
        return True
    if kind == "thinks" and _CLAUSE.match(text, cue.end()):
        return True
    return _THAT.match(text, cue.end()) is not None or (kind in ("shows", "counts") and known == "document")


def _cue_kind(cue):
    return _cue_kinds()[" ".join(cue.group().split())]


@cache
def _cue_kinds():
    """Cues and their kinds; a headline writes Says."""
    kinds = {row["cue"]: row["kind"] for row in lexicon.rows("cues")}
    return {cue.capitalize(): kind for cue, kind in kinds.items() if kind == "says" and cue.endswith("s")} | kinds


@cache
def _bases():
    """Forms that only agree with a plural: "say", "pledge"."""
    return frozenset(cue for cue in _cue_kinds() if f"{cue}s" in _cue_kinds())


@cache
def _cues():
    return re.compile(rf"\b(?:{alternatives(_cue_kinds())})\b")


@cache
def _name_after():
    not_names = alternatives(role("begins no name"))
    return re.compile(rf"\s+(?!(?:{not_names})\b|(?:he|she)\b(?!\s*[,.])|\d){noun_phrase()}")


@cache
def _circumstance():
    # Atomic: a run of capitals or digits is one word and is not tried in parts.
    words = rf"(?>{alternatives(role('circumstance'))}|[A-Z][\w.’']+|\w+day|\d{{1,4}})(?!\w)"
    return re.compile(rf"\s*+(?:{words}[\s,]*+)*+[.!?”\"]*\s*$")
