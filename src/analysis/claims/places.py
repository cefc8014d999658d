"""Whether two places as they are stated may be the same: spellings, and one inside the other."""

import re
from functools import cache

from analysis import lexicon

_ARTICLE = re.compile(r"(?:the )?(?:(?:city|town|village|camp) of )?(?:the )?")
_PART = re.compile(
    r"(?:northern|southern|eastern|western|central|north|south|east|west|north(?:ea|we)stern|south(?:ea|we)stern) "
)


@cache
def spelled(words):
    """A place in the spelling of ``lexicon/places.csv``, without case, article or "city of"."""
    plain = " ".join(words.casefold().replace("’", "'").split())
    plain = plain[_ARTICLE.match(plain).end() :]
    return _known()[plain]["place"] if plain in _known() else plain


def same(one, other):
    """Whether two places are equal, one lies in the other as far as the lexicon knows, or one is not stated."""
    return not one or not other or one == other or one in _around(other) or other in _around(one)


def narrower(one, other):
    """Of two places that may be the same the one that says more."""
    return other if not one or one in _around(other) else one


@cache
def _around(place):
    """The places that hold this one, the nearest first: Rafah lies in southern Gaza, and southern Gaza in Gaza."""
    found = []
    while place := _holder(place):
        found.append(place)
    return tuple(found)


def _holder(place):
    if place in _known():
        return _known()[place]["part_of"]
    part = _PART.match(place)
    return spelled(place[part.end() :]) if part else ""


@cache
def _known():
    return {row["words"].replace("’", "'"): row for row in lexicon.rows("places")}
