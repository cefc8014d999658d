"""The noun phrase that names a speaker, before a reporting verb or behind one, found without a parser.

Words are read back from the verb: auxiliaries and an apposition are passed over, a mark or a word that begins a clause
stops the search, and what leads into the sentence ("On Friday") is taken off. What is no noun phrase is no speaker.
"""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities import counted, grammar
from analysis.quantities.speakers import head_of, kind_of, kinds
from analysis.quantities.vocabulary import alternatives

_MOST_WORDS = 16
_MOST_WORDS_FIRST = 8
_MOST_WORDS_BETWEEN = 40
_BRACKET_AT_END = re.compile(r"\s*\([^()]{1,30}\)$")
_CUT_INITIALS = re.compile(r"\b(?:[A-Z]\.)+[A-Z]$")
_NAME_AT_END = re.compile(r"(?:[A-Z][\w.’'-]*\s)*[A-Z][\w’'-]+$")
_NAME_AND_VERB = re.compile(r"((?:[Tt]he\s+)?(?:[A-Z][\w.’'-]*\s+){0,4}[A-Z][\w’'-]*)\s+(?=[a-z]+(?:s|ed)\b)")
_PARTICIPLE = re.compile(r"[A-Z][a-z]+(?:ing|ed)\s")  # Speaking in Rome, she …
_ARTICLE_BEHIND = re.compile(r"([\w’'.-]*\w)\s+(?:the|an?)\s")
_COUNT_BEHIND = re.compile(r"(?<!\bthe)(?<!\bof)(?<!\ba)\s+\d[\d,]*\s+[a-z]")
_RELATIVE = re.compile(r"\b(who|which)\s*$")
_SEGMENT = re.compile(r",\s+|\s[-–—]+\s|—")
_AND = re.compile(r"\band\b")
_ARTICLE_BEFORE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_DASHES = (",", " -", " –", "—")
_INITIALS = re.compile(r"(?:\b[A-Za-z]\.)+$|\b(?:Jr|Sr|Inc|Corp|Co|Ltd)\.$")


def before(text, verb_start, *, progressive=False):
    """Return ``(start, end)`` of the subject of the reporting verb at ``verb_start``, or None.

    A verb is passive after "is", and has no speaker before it, unless it is ``progressive``.

    >>> text = "On Friday Foreign Minister Israel Katz said"
    >>> text[slice(*before(text, 39))]
    'Foreign Minister Israel Katz'
    """
    left = text[:verb_start]
    while (auxiliary := _auxiliaries().search(left)) is not None:
        if auxiliary["passive"] and not progressive:
            return None
        left = left[: auxiliary.start()]
    relative = _RELATIVE.search(left)
    if relative is not None:
        return relative.span(1)
    left = _without_bracket(left.rstrip())
    if left.endswith(_DASHES):
        return _with_apposition(left)
    left = _without_time(left)
    return _last_phrase(left) if left else None


def document_before(text, verb_start):
    """Return ``(start, end)`` of a document that is said to be of somebody at length, up to the verb, or None.

    >>> text = "A study being released on Tuesday by a group of researchers shows"
    >>> text[slice(*document_before(text, text.index("shows")))]
    'A study being released on Tuesday by a group of researchers'
    """
    left = text[:verb_start].rstrip()
    match = _document().search(left)
    if match is None or not _is_noun_phrase(match["phrase"]) or _auxiliary().search(match["rest"]):
        return None
    return match.span("phrase")


def _is_noun_phrase(phrase):
    """Tell "a letter from his doctor" from "he released a letter from his doctor" and "in a letter from"."""
    first, last = _spelled(phrase.split()[0]), _spelled(phrase.split()[-1])
    if first in role("speaking pronoun") or last in _never_last() or _circumstance().match(phrase):
        return False
    return phrase[0].isupper() or first in role("begins speaker")


def antecedent(text, relative_start):
    """Return the words that "who" or "which" stands for: the noun phrase right before it, or ""."""
    left = text[:relative_start].rstrip(" ,")
    name = _NAME_AT_END.search(left)
    if name is not None:
        return name[0]
    found = _trimmed(left, _clause_start(left)) if left else None
    return "" if found is None else left[slice(*found)]


def of_sentence(text, end):
    """Return ``(start, end)`` of the subject a sentence begins with, before its first verb or comma, or None.

    >>> text = "The ministry issued a statement and"
    >>> text[slice(*of_sentence(text, len(text)))]
    'The ministry'
    """
    start = len(text) - len(text.lstrip(" —–-"))
    if _circumstance().match(text, start) or _PARTICIPLE.match(text, start):
        start = text.find(", ", start, end) + 2
    elif lead := _lead().match(text, start):
        start = _behind(text, lead)
    named = _NAME_AND_VERB.match(text, start, end)
    if named is not None and may_speak(named[1]):
        return named.span(1)
    verb = _finite().search(text, start, end)
    stop = min(verb.start() if verb else end, *(at for at in (text.find(", ", start), end) if at >= 0))
    phrase = text[start:stop].rstrip()
    if not may_speak(phrase) or len(phrase.split()) > _MOST_WORDS_FIRST:
        return None
    return start, start + len(phrase)


def may_speak(phrase):
    """Tell whether a phrase may be a speaker: a pronoun, a name, people or what they write, and no part of a clause."""
    words = phrase.split()
    if not words or not re.search(r"[A-Za-z]", phrase):
        return False
    first, last = _spelled(words[0]), _spelled(words[-1])
    if first in role("never speaker") or last in _never_last() or _is_clause().search(phrase):
        return False
    if first in role("speaking pronoun"):
        return len(words) == 1
    if len(words) == 1 and set(first.split("-")) <= grammar.values().keys():
        return False
    if not words[0][0].isupper() and (first.endswith(("ly", "ing")) or _begins_with_verb(words)):
        return False
    return words[0][0].isupper() or (first in role("begins speaker") and len(words) > 1) or is_known(phrase)


def _begins_with_verb(words):
    """Tell "keeps a tally" and "relies on activists" from "officials in Gaza"."""
    if len(words) < 2 or not words[0].endswith("s") or is_known(words[0]):
        return False
    return words[1] in role("begins speaker") or _circumstance().match(words[1]) is not None


def _spelled(word):
    """A word in small letters, but for an acronym: the WHO and the US are no pronouns."""
    word = word.replace("’", "'").strip("'")
    return word if word.isupper() and len(word) > 1 else word.lower()


def is_known(phrase):
    """Tell whether the head of a phrase is known to speak: "local medics", "a new poll", "villagers"."""
    return bool(kind_of(phrase)) or counted.class_of(head_of(phrase)) == "people"


def has_verb(phrase):
    """Tell a part of a sentence, "the mayor made a bet", from a phrase."""
    return _finite().search(phrase) is not None


def is_named(phrase):
    """Tell a name, every word with a capital, a pronoun and who is known to speak from any other phrase."""
    return is_pronoun(phrase) or is_known(phrase) or all(word[0].isupper() for word in phrase.split())


def is_pronoun(phrase):
    """Tell a pronoun, whose name stands elsewhere."""
    return _spelled(phrase) in role("speaking pronoun")


def trimmed_end(text, start, end):
    """Where a phrase ends without blanks, marks and the full stop of its sentence; that of "the U.N." stays."""
    phrase = text[start:end].rstrip(" ,;:'’”\"")
    count = _COUNT_BEHIND.search(phrase)  # print that lost its comma: "a source at the command 5 people died"
    phrase = phrase[: count.start()] if count else phrase
    other = next((match for match in _ARTICLE_BEHIND.finditer(phrase) if _parts(match[1])), None)
    phrase = phrase[: other.end(1)] if other else phrase
    if phrase.endswith(".") and not _INITIALS.search(phrase):
        phrase = phrase.rstrip(".")
    end = start + len(phrase)
    return end + 1 if _CUT_INITIALS.search(phrase) and text[end : end + 1] == "." else end


@cache
def _document():
    """A noun for a document within six words of the head of a clause, and a participle or preposition behind it."""
    nouns = alternatives({word for word, kind in kinds().items() if kind == "document"} | {"results", "findings"})
    behind = alternatives(role("reduced relative"))
    word = r"[\w’'.&/-]+"
    return re.compile(
        rf"(?:^|[;:“”\"]\s?|,\s|\bthat\s|\b[Bb]ut\s|\b[Aa]nd\s)(?P<phrase>(?:{word}\s+){{0,5}}?(?:{nouns})\s+(?=(?:{behind})\b)"
        rf"(?P<rest>(?:{word}\s+){{2,20}}{word}))$"
    )


def _parts(word):
    """Tell whether an article behind a word begins another phrase: "the United Nations the war", not "of the war"."""
    joining = {"preposition", "conjunction", "determiner", "auxiliary", "verb", "adverb"}
    joins = any(row["word"] == word.lower() and row["kind"] in joining for row in lexicon.rows("function_words"))
    return not joins and not word.endswith(("ing", "ed"))


@cache
def noun_phrase():
    """A speaker behind its cue: words up to a mark (not that of "U.N.") or a word that begins something else."""
    marks = r"[,;:!?()“”\"—–]|''|(?<=[a-z]{4})\.(?=\s)|\.(?=[\"”’)]|\s*$)|\s-\s|$"
    word = r"(?:(?!'')[^\s,;:!?()“”\"—–])+"
    stops = alternatives(role("ends speaker"))
    return rf"((?:(?!\d{{3}}){word})(?:\s+{word}?){{0,14}}?)(?=\s*(?:{marks}|\b(?:{stops})\b))"


@cache
def role(name):
    """Words of ``lexicon/attribution_words.csv`` with a role."""
    return frozenset(row["word"] for row in lexicon.rows("attribution_words") if row["role"] == name)


def _without_bracket(left):
    """Take the party or the age of "John Smith (R-Texas)" off the end of a text."""
    return _BRACKET_AT_END.sub("", left) if left.endswith(")") else left


def _without_time(left):
    """Take "on Friday" off the end of a text."""
    return _time_at_end().sub("", left)


def _with_apposition(left):
    """The subject before ", the government spokesperson," or several such: the first segment that may speak."""
    left = left.rstrip(" ,-–—")
    segments = [0, *(match.end() for match in _SEGMENT.finditer(left))]
    ends = [match.start() for match in _SEGMENT.finditer(left)]
    for start, end in zip(segments, ends, strict=False):
        if left[start:].count(" ") <= _MOST_WORDS_BETWEEN and not _circumstance().match(left, start):
            segment = _without_bracket(left[:end])
            found = _trimmed(segment, max(start, _clause_start(segment)))
            if found is not None and not _auxiliary_or_motion().search(segment, *found):
                return found
    return None


def _last_phrase(left):
    """The phrase that ends a text; where it is what "which" says of somebody, he: "the group which lives on gifts"."""
    start = _clause_start(left)
    found = _trimmed(left, start)
    relative = _RELATIVE.search(left, 0, start)
    if found is not None or relative is None:
        return found
    head = left[: relative.start()].rstrip(" ,")
    return _trimmed(head, _clause_start(head)) if head else None


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
        start = _behind(left, lead)
    phrase = left[start:].rstrip()
    if not may_speak(phrase) or len(phrase.split()) > _MOST_WORDS:
        return None
    return start, start + len(phrase)


def _behind(text, lead):
    """Where a phrase begins behind what leads into it; its article is its own."""
    article = _ARTICLE_BEFORE.search(text[: lead.end()])
    return article.start() if article else lead.end()


@cache
def _never_last():
    """No noun phrase ends with an article, a preposition or a conjunction: "business failures and alleged"."""
    kinds = {"preposition", "conjunction", "determiner", "auxiliary"}
    return frozenset(row["word"] for row in lexicon.rows("function_words") if row["kind"] in kinds) - {
        "others",
        "both",
        "some",
        "all",
    }


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
        rf"[;:“”\"()\[\]…]|''|,(?!\d)|\s[-–—]+\s|—|[?!]\s|\b(?:{words}|(?:which|who)(?=\s+\w))\b", re.IGNORECASE
    )


@cache
def _circumstance():
    """What begins with a preposition tells when or where: "In August, several groups, among them …, said"."""
    prepositions = alternatives(row["word"] for row in lexicon.rows("function_words") if row["kind"] == "preposition")
    return re.compile(rf"\s*(?:{prepositions})\b", re.IGNORECASE)


@cache
def _time_at_end():
    days = alternatives(row["word"] for row in lexicon.rows("calendar") if row["kind"] == "weekday")
    return re.compile(rf",?\s+(?:(?:on\s+)?(?:{days})|(?:this|last)\s+(?:week|month|year|night)|today|yesterday)$")


@cache
def _lead():
    return re.compile(rf"(?:(?:{alternatives(role('leads'))}|(?:19|20)\d\d|\d{{1,2}})\s+)+", re.IGNORECASE)


@cache
def _auxiliary():
    return re.compile(rf"\b(?:{alternatives(role('not in speaker'))}|says?|said)\b")


@cache
def _auxiliary_or_motion():
    return re.compile(rf"\b(?:{alternatives(role('finite'))})\b")


@cache
def _finite():
    return re.compile(
        rf"(?<!-)\b(?:{alternatives(role('finite'))}|[a-z]{{2,}}ed)\b(?!\s+(?:people|nations|states|officials|sources|press)\b)"
    )


@cache
def _is_clause():
    """A finite verb, a number (but a year), or a possessive that is cut off: what stands there is no speaker."""
    return re.compile(
        rf"\b(?:{alternatives(role('not in speaker'))}|per\s+cent)\b|\b(?!(?:19|20)\d\d\b)\d|%|['’]s?$"
        rf"|^(?:{alternatives(role('begins no speaker'))})\b|(?:half|quarters?|thirds?)\s+of\b"
        r"|\b[a-z]+ed\s+(?:the|an?|to|his|her|its|their|that|on|into|from)\b",
        re.IGNORECASE,
    )
