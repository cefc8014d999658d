"""Whether two places as they are stated are the same, may be the same, or are two."""

import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon

SAME, UNKNOWN, OTHER = "same", "unknown", "other"

_ARTICLE = re.compile(r"^(?:the|an?) ")
_TOWARDS = r"(?:north|south|east|west)(?:-?(?:east|west))?"
_PART = re.compile(rf"((?:{_TOWARDS}|central)(?:ern)?|rural|greater|downtown) ")
_KINDS = (
    r"(?:province|governorate|district|region|city|town|village|neighbou?rhood|county|camp|area|territory|suburb|"
    r"countryside|enclave|strip|capital)s?"
)
_OF_KIND = re.compile(
    rf"(?:[Tt]he |[Aa]n? )?(?:(?:[a-z][\w-]*|[A-Z]\w*(?:an|ish|ese|i|s|'s)|[A-Z]\w*-[a-z]+) )*?{_KINDS} of (?:the )?"
)
_KIND = re.compile(rf" {_KINDS}$")
_IN = re.compile(rf",? (?:(?:on|in) the \w+ of|{_TOWARDS} of|in|of|near|outside) |, ")
_POSSESSIVE = re.compile(r"'s (?=\S)")
_LOST_MARK = re.compile(r"\b(\w{5,})s (?=\S)")
# Arabic, Hebrew or Ukrainian names are written with many vowels and doublings: Khan Sheikhun, Khan Shaykhoun.
_ARTICLES = re.compile(r"\b(?:al|el|ash|as|ad|ar|an|az|at|ez|ed|es)[- ](?=\w)")
_VOWELS = re.compile(r"(?<!^)[aeiouyw'\-\s]|(?<=\w)h\b")
_FIRST = re.compile(r"^[aeiou]")
_ALIKE = str.maketrans("qcx", "kkk")
_BREATHED = re.compile(r"(?<=[kgdtbp])h")
_TWICE = re.compile(r"(.)\1+")
# So many consonants tell two names that the lexicon does not know from each other; five, that it means its own.
_SKELETON_FROM, _SURE_FROM = 3, 5


class Place(NamedTuple):
    """A place: the names of what holds it, itself first, the farthest last."""

    names: tuple

    @property
    def name(self):
        """The name of the place itself, "" where none is stated."""
        return self.names[0] if self.names else ""

    @property
    def keys(self):
        """The names as two spellings have them in common, each once."""
        return _keys(self.names)


NOWHERE = Place(())


@cache
def place_of(words):
    """A place as it is stated, "the village of Tal Toughan in rural Idlib", as a ``Place``; "" is of no name."""
    plain = " ".join(words.replace("’", "'").split())
    names = []
    # Of "the suburb of Douma near Damascus" Douma is the place, and it is of Damascus.
    while plain:
        kind = _OF_KIND.match(plain)
        plain = plain[kind.end() :] if kind else plain
        inner = _IN.search(plain)
        first, plain = (plain[: inner.start()], plain[inner.end() :]) if inner else (plain, "")
        names += [name for name in _named(first.casefold()) if name not in names]
    return Place(tuple(names))


def spelled(words):
    """The name of a place in the spelling of ``lexicon/places.csv``, without case, article or "city of"."""
    return place_of(words).name


@cache
def relation(one, other):
    """Whether two places are the same, or one lies in the other (SAME), are two (OTHER), or may be either (UNKNOWN).

    What the lexicon does not know may lie in any place that it knows; two of which it knows neither are two.
    """
    if not one.names or not other.names:
        return UNKNOWN
    if _lies_in(one, other) or _lies_in(other, one):
        return SAME
    if any(_is_part(place) and _holder(place.name) in others.names for place, others in ((one, other), (other, one))):
        return OTHER if _is_part(one) and _is_part(other) else UNKNOWN
    if is_known(one.name) == is_known(other.name):
        return OTHER
    unknown = other if is_known(one.name) else one
    # "Salah al-Din in Aleppo" is not in Homs; "Salah al-Din" may be.
    return OTHER if len(unknown.names) > 1 else UNKNOWN


def same(one, other):
    """Whether nothing that is stated keeps two places apart."""
    return relation(one, other) != OTHER


def shared(one, other):
    """The key of the nearer of two places of which one holds the other, "" where none does."""
    if relation(one, other) != SAME:
        return ""
    return other.keys[0] if _lies_in(one, other) else one.keys[0]


def narrower(one, other):
    """Of two places that may be the same the one that says more."""
    return other if not one.names or (other.names and _lies_in(other, one)) else one


def is_known(name):
    """Whether ``lexicon/places.csv`` holds a name."""
    return name in _known() or (_is_part(Place((name,))) and _holder(name) in _known())


def _lies_in(one, other):
    return other.keys[0] in one.keys


@cache
def _keys(names):
    return tuple(dict.fromkeys(map(_key, names)))


@cache
def _key(name):
    """What two spellings of a name have in common: itself if the lexicon has it, else its consonants if it has four."""
    return name if name in _known() else _skeleton(name) or name


def _skeleton(name):
    """The consonants of a name, without articles, "" where they are too few to tell one name from another."""
    bare = _FIRST.sub("a", _BREATHED.sub("", _ARTICLES.sub("", name).translate(_ALIKE)))
    consonants = _TWICE.sub(r"\1", _VOWELS.sub("", bare))
    return consonants if len(consonants) >= _SKELETON_FROM else ""


def _named(words):
    """Names in "Syria's Idlib province", Idlib and Syria, with the places that hold them."""
    words = _ARTICLE.sub("", words)
    mark = _POSSESSIVE.search(words) or _LOST_MARK.search(words)
    # A mark that was lost is known by what is left: "Syrias Idlib province".
    if mark and (mark[0].startswith("'") or mark[1] in _known()):
        holder = words[: mark.end()].removesuffix(" ").removesuffix("'s")
        holder = holder if mark[0].startswith("'") else holder.removesuffix("s")
        return [*_named(words[mark.end() :]), *_with_holders(_plain(holder))]
    return _with_holders(_plain(words))


def _plain(name):
    name = _ARTICLE.sub("", name.strip())
    bare = _KIND.sub("", name)
    lost = bare.removesuffix("s") if len(bare) > 5 else bare  # "Aleppos", of which the mark was lost
    for spelling in (name, bare, bare.removesuffix("'s"), lost):
        if spelling in _known():
            return _known()[spelling]["place"]
    consonants = _skeleton(bare)
    return _by_skeleton().get(consonants, bare) if len(consonants) >= _SURE_FROM else bare


def _with_holders(name):
    """A name and the places that hold it: Rafah lies in southern Gaza, and southern Gaza in Gaza."""
    names = []
    while name and name not in names:
        names.append(name)
        name = _holder(name)
    return names


def _holder(name):
    if name in _known():
        return _known()[name]["part_of"]
    part = _PART.match(name)
    return _plain(name[part.end() :]) if part else ""


def _is_part(place):
    return place.name not in _known() and _PART.match(place.name) is not None


@cache
def _known():
    return {row["words"].replace("’", "'"): row for row in lexicon.rows("places")}


@cache
def _by_skeleton():
    """Consonants to the one place that the lexicon writes with them."""
    places = {}
    for words, row in _known().items():
        places.setdefault(_skeleton(words), set()).add(row["place"])
    return {consonants: names.pop() for consonants, names in places.items() if consonants and len(names) == 1}
