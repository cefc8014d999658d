"""What a number counts: the noun phrase after it, word for word, and the class of its head noun.

Without a parser the head is found by its form: words are read on until one that ends a phrase, and the first plural
among them is the head.
"""

import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon
from analysis.quantities import grammar
from analysis.quantities.speakers import kind_of

_WORD = re.compile(r"[\s-]?\s*([“\"‘]?(?:(?:[A-Z]\.)+|[A-Za-z][\w]*(?:['’]\w+)?['’]?(?:-\w+)*))", re.ASCII)
_OF = re.compile(
    r"\s+(?:of|(?P<in>in)|the\s+(?:total\s+)?number\s+of)\s+(?:(?:the|its|their|his|her|all|these|those|our|a|an)\s+)?"
    r"(?:(?:combined|total|estimated)\s+)?"
)
_COMPANIONS = re.compile(
    r"\s+(?:and|or)\s+(?:(?:their|other|his|her)\s+)?(?:([a-z]+)\s+)?([a-z]+s|children|women|men|people)\b"
)
_PERSONS = frozenset({"people", "children"})
_ONE_BEFORE = re.compile(r"\b(?:one|a|1)$", re.IGNORECASE)
_STRONG = re.compile(r"[\s-]strong\b")
_PRONOUN = re.compile(r"(?:them|those|these|whom|us)\b")
_STUFF = re.compile(r"\s+of\s+([a-z]+(?:\s+and\s+[a-z]+)?)\b")
_PEOPLES = re.compile(r"[A-Z]\w+(?:ans|is|ese|men)$")
_PLURAL = re.compile(r"[A-Za-z][\w-]*[^\W_us]s$|[A-Za-z][\w-]*(?:[^aou]us|es|ees|ews|ows)$|[A-Z]\w+is$")
_ADJECTIVE = re.compile(r"(?:ed|ly|ing)$")
_NUMBER_OF = re.compile(r"\b[Nn]umbers?\s+of\s+(?:the\s+)?(?=[A-Za-z])")
_GROUP_OF = re.compile(r"\b(?:a|an|the|its|their|total|current)\s+(?:[a-z]+\s+)?([a-z]+)\s+of\s+$")
_OTHER_CLAUSE = re.compile(r"[;:]|\b(?:and|but|while|which|who|killed|said)\b|,\s")
_HAPPENED = frozenset(
    {"dead", "killed", "displaced", "wounded", "injured", "missing", "them", "those", "whom", "others"}
)
_FARTHEST = 90
_MOST_WORDS = 7
_NO_HEAD_WORDS = 4


class Counted(NamedTuple):
    """A counted noun phrase with its span; empty at ``start == end`` when none is stated."""

    start: int
    end: int
    phrase: str
    of: str


def after(text, position, *, needs_of=False):
    """Return the ``Counted`` phrase at ``position``, where a number ends.

    Parameters
    ----------
    text : str
    position : int
    needs_of : bool, default False
        A share counts only what follows "of": "a third of them".

    Examples
    --------
    >>> after("around 300 trucks of aid a day", 10).phrase
    'trucks of aid'
    """
    of = _OF.match(text, position)
    if needs_of and of is None:
        return Counted(position, position, "", "")
    strong = _STRONG.match(text, position)
    begin = strong.end() if strong else of.end() if of and (needs_of or not of["in"]) else position
    words = _phrase_words(text, begin)
    if text[begin : begin + 1] == "-":
        words = words[:1]
    if not words:
        pronoun = _PRONOUN.match(text, begin) if of else None
        return Counted(begin, pronoun.end(), pronoun[0], "") if pronoun else Counted(position, position, "", "")
    head = _head(words)
    if head is None or _is_speaker(text, position, words[head][1]):
        return Counted(position, position, "", "")
    start, end = words[0].start(1), words[head].end(1)
    stuff = _STUFF.match(text, end)
    if stuff and words[head][1][0].islower() and not _ends_phrase(stuff[1].split()[0]):
        end = stuff.end(1)
    end = _with_companions(text, end, words[head][1])
    return Counted(start, end, text[start:end], words[head][1])


def before(text, position):
    """Return the ``Counted`` phrase that stands before a number: "the number of refugees rose by 12", "a crowd of 12".

    >>> before("the number of displaced people fell to 12", 39).phrase
    'displaced people'
    """
    for lead in reversed(list(_NUMBER_OF.finditer(text, max(0, position - _FARTHEST), position))):
        phrase = after(text, lead.end())
        if phrase.phrase and phrase.end <= position and not _OTHER_CLAUSE.search(text, phrase.end, position):
            return phrase
    group = _GROUP_OF.search(text, max(0, position - _FARTHEST), position)
    if group is not None and class_of(group[1]):
        return Counted(*group.span(1), group[1], group[1])
    return Counted(position, position, "", "")


def names_people(phrase):
    """Tell a phrase that names people, "Palestinians", from one that only says what happened to them, "dead"."""
    return not set(phrase.lower().split()) <= _HAPPENED


def class_of(head):
    """Class of a head noun by ``lexicon/counted.csv``, a people by the form of its name, or "".

    >>> class_of("trucks"), class_of("Palestinians"), class_of("ideas")
    ('vehicles', 'people', '')
    """
    known = _classes().get(head.lower().strip("“\"‘'’"), "")
    return known or ("people" if _PEOPLES.match(head) else "")


def begins_with_noun(text):
    """Tell whether a text begins with something that is counted, by the lexicon, at most two words in."""
    for match in _phrase_words(text, 0)[:2]:
        if class_of(match[1]) and (match[1].islower() or _PEOPLES.match(match[1])):
            return True
    return False


def _with_companions(text, end, head):
    """Read on in "12 fighters and family members": people are counted with people, and not with houses."""
    other = _COMPANIONS.match(text, end)
    if other is None or class_of(head) not in _PERSONS or class_of(other[2]) not in _PERSONS:
        return end
    return end if other[1] and _ends_phrase(other[1]) else other.end()


def _phrase_words(text, position):
    words = []
    while len(words) < _MOST_WORDS:
        match = _WORD.match(text, position)
        if match is None or (_ends_phrase(match[1]) and not _goes_on(words, match[1].lower())):
            break
        words.append(match)
        position = match.end()
    return words


def _goes_on(words, stop):
    """Tell "12 more trucks" and "12 new and repeated displacements" from "one man and two women"."""
    if not words:
        return stop in ("more", "other")
    return stop == "and" and (words[-1][1] == "new" or _ADJECTIVE.search(words[-1][1]) is not None)


def _head(words):
    for index, match in enumerate(words):
        if _is_plural(match[1]):
            following = words[index + 1][1] if index + 1 < len(words) else ""
            if following and _is_head(following) and (class_of(following) or match[1][0].isupper()):
                continue
            return index
    known = next((index for index, match in enumerate(words[:_NO_HEAD_WORDS]) if class_of(match[1])), None)
    if known is not None and words[known][1].islower():
        return known
    last = min(len(words), _NO_HEAD_WORDS) - 1
    while last >= 0 and _ADJECTIVE.search(words[last][1]):
        last -= 1
    return last if last >= 0 else None


def _is_head(word):
    """Tell the noun that ends "aid workers" from what happened to it, "workers injured"."""
    return _is_plural(word) and word.lower() not in _HAPPENED


@cache
def _is_plural(word):
    if word.endswith(("'s", "’s")):
        return False
    word = word.strip("“\"‘'’")
    return word.lower() in _plurals() or _PLURAL.match(word) is not None


def _ends_phrase(word):
    """Tell "is" and "the" from a noun, and from IS fighters."""
    return word.lower() in _stops() and not (word.isupper() and len(word) > 1)


def _is_speaker(text, position, head):
    """In print without commas "wounded 50 state media reported" counts no media: many are no singular that speaks."""
    if head.lower() == "media":
        return True
    if text[position : position + 1] == "-":  # a 15-judge panel
        return False
    return not _is_plural(head) and bool(kind_of(head)) and _ONE_BEFORE.search(text, 0, position) is None


@cache
def _classes():
    return {row["word"]: row["class"] for row in lexicon.rows("counted")}


@cache
def _plurals():
    return frozenset(row["word"] for row in lexicon.rows("counted") if row["plural"] == "yes")


@cache
def _stops():
    """Words that end a counted phrase, less those that may stand in one: "12 displaced families", "7 dead"."""
    stated = {"dead", "displaced", "wounded", "injured", "registered"}
    return (lexicon.words("function_words") | grammar.words("unit") | grammar.words("teen")) - stated
