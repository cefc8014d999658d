"""Who ends a sentence in print that has lost its commas: "12 people died a monitor said", "12 died said the ministry".

Where nothing parts a speaker from what is said, only one who is known to speak is taken for one, or a name of several
words; and none behind a preposition or a conjunction, where he would be part of what is said.
"""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities.speakers import kind_of, kinds
from analysis.quantities.subjects import role
from analysis.quantities.vocabulary import alternatives

_NAME = r"[A-Z][\w’'.-]*"
_PARTICLE = r"(?:of|for|the|and|al-\w+|bin|de|van)"


def before(text, position):
    """Return ``(start, end)`` of the speaker whose verb begins at ``position``, or None.

    >>> text = "Shelling killed 12 people security sources said"
    >>> text[slice(*before(text, text.index("said")))]
    'security sources'
    """
    for pattern in (_with_article, _plural, _name):
        match = pattern().search(text, 0, position)
        if match is not None and match["before"].lower() not in _joining():
            return match.span("who") if pattern is _name or kind_of(match["who"]) else None
    return None


def after(text, position):
    """Return ``(start, end)`` of the speaker with whom a sentence ends behind the verb at ``position``, or None.

    >>> text = "Shelling killed 12 people said the Observatory."
    >>> text[slice(*after(text, text.index(" the")))]
    'the Observatory'
    """
    match = _last().match(text, position)
    return match.span("who") if match is not None and kind_of(match["who"]) else None


@cache
def _joining():
    """Words behind which a phrase is a part of what is said: "in the ministry", "as the ministry"."""
    kinds_of_words = {"preposition", "conjunction", "determiner", "auxiliary", "pronoun"}
    return frozenset(row["word"] for row in lexicon.rows("function_words") if row["kind"] in kinds_of_words)


@cache
def _with_article():
    word = r"(?:(?!(?:an?|the|one)\s)[\w’'-]+)"
    return re.compile(rf"(?P<before>\w+)\s+(?P<who>(?:an?|the|one)\s+(?:{word}\s+){{0,6}}?{word})\s+$")


@cache
def _plural():
    """People and media without an article: "local authorities", "state television"."""
    known = [word for word, kind in kinds().items() if kind and (word.endswith("s") or kind == "media")]
    adjective = rf"(?:(?:{alternatives(role('modifies speaker'))})|[A-Z][a-z]+)"
    return re.compile(rf"(?P<before>\w+)\s+(?P<who>(?:{adjective}\s+){{0,3}}(?:{alternatives(known)}))\s+$")


@cache
def _name():
    return re.compile(
        rf"(?P<before>\b[a-z0-9]\w*)\s+(?P<who>(?:{_NAME}\s+(?:{_PARTICLE}\s+){{0,2}}){{1,7}}(?:al-)?{_NAME})\s+$"
    )


@cache
def _last():
    word = r"[\w’'.-]+"
    return re.compile(
        rf"\s+(?P<who>(?:the|an?)\s+(?:{word}\s+){{0,6}}?{word}?\w|{_NAME}(?:\s+{_NAME}){{0,6}}(?<!\.))\.?\s*$"
    )
