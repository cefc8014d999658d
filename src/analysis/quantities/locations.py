"""Places as a text states them: "the village of Tal Toughan in rural Idlib", word for word."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from analysis import lexicon
from analysis.lexicon import alternatives

_TOWARDS = r"(?:north|south|east|west)(?:-?(?:east|west))?"
_DIRECTION = rf"(?:{_TOWARDS}ern|{_TOWARDS}|central|greater|rural|downtown|upper|lower)"
_KIND = (
    r"(?:province|governorate|district|region|city|town|village|neighbou?rhood|county|camp|area|state|territory|suburb|"
    r"countryside|enclave|valley|peninsula|island|strip|capital|crossing)"
)
_ADJECTIVE = r"(?!(?:in|from|of|on|at|to|and|for|by|with|near)\b)[\w-]+"
_CAPITAL = r"(?:[a-z]{2,3}-)?[A-Z][\w-]*\w"
_NAME = rf"{_CAPITAL}(?:\.[A-Z]\b)*(?:(?:['’]s)?\s+(?:(?:de|la|of\s+the|and\s+the)\s+)?{_CAPITAL})*"
# "the central Syrian city of Homs", or "northern Gaza", "Idlib province", "Syria's Idlib"
_END = rf"(?:\s+{_KIND}s?\b)?(?!\w|['’]s\b)"
_OF_A_KIND = rf"(?:(?:[Tt]he|[Aa]n?)\s+)?(?:{_ADJECTIVE}\s+){{0,3}}?{_KIND}s?\s+of\s+{_NAME}{_END}"
_PLACE = rf"(?:{_OF_A_KIND}|(?:the\s+)?(?:{_DIRECTION}\s+)?{_NAME}{_END})"
_BY = r"[Ii]n|[Aa]t|[Aa]cross|[Ii]nside|[Nn]ear|[Oo]utside|[Oo]n|of|[Oo]ver|into|[Aa]round|[Tt]hrough"
_STATED = re.compile(rf"\b(?P<by>{_BY})\s+(?P<place>{_PLACE})")
# "Jets hit the town of Atareb": what stands before tells less than the words themselves.
_KIND_BEFORE = re.compile(rf"(?:(?:[Tt]he|[Aa]n?)\s+(?:{_ADJECTIVE}\s+){{0,3}}?)?\b{_KIND}s?\s+$")
_SETS = frozenset({"in", "at", "across", "inside", "near", "outside"})
_FURTHER = re.compile(
    rf"(?:,?\s+(?:(?:on|in)\s+the\s+\w+\s+of|{_TOWARDS}\s+of|in|of|near|outside)|,)\s+(?P<place>{_PLACE})"
)
_OF_KIND = re.compile(rf"\b{_KIND}s?\b")
_IN_NAME = re.compile(r"\w\s+(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[A-Z][a-z]+\s$")
_PEOPLES = re.compile(r"\w+(?:ans|is|ese|ens)$")
_OF = re.compile(r"\s+of\s+")
_WORD = re.compile(r"\S+")
_NAME_BEFORE = 40  # characters
_LONGEST = 4  # names of places in a row, the one in the other


class Location(NamedTuple):
    """What a text states between two offsets, word for word; ``sure`` is whether there is no doubt of its kind."""

    start: int
    end: int
    words: str
    sure: bool


def find(text):
    """Return the places stated in ``text``, from left to right.

    A place stands behind "in", "at", "across", "inside", "near" or "outside" and begins with a capital. Behind other
    words ("shelling of Aleppo", "raids on the town of Atareb") it is one if the lexicon knows it or its kind is named.

    Examples
    --------
    >>> [place.words for place in find("It killed 12 in Daraya, a suburb of Damascus.")]
    ['Daraya', 'Damascus']
    """
    found, position = [], 0
    while match := _STATED.search(text, position):
        place = _location(text, _begin(text, match, position), match.end("place"))
        if _is_part_of_name(text, match) or place is None or not (place.sure or match["by"].lower() in _SETS):
            position = match.end("by")
            continue
        found.append(place)
        position = place.end
    return found


def _begin(text, match, position):
    """Where the words of a place begin: of "the besieged town of Madaya" before "of"."""
    low = max(position, match.start() - _NAME_BEFORE)
    kind = _KIND_BEFORE.search(text[low : match.start()]) if match["by"] == "of" else None
    return low + kind.start() if kind else match.start("place")


def _is_part_of_name(text, match):
    """Tell the State in Iraq from a state in Iraq."""
    return _IN_NAME.search(text, max(0, match.start() - _NAME_BEFORE), match.start()) is not None


def of_title(title):
    """Return the place that a title states, or the name of the longest known one in it, or ""."""
    title = title.split(" | ")[0]  # what follows is the name of the outlet
    stated = [place.words for place in find(title) if place.sure]
    named = [match[0] for match in _known_names().finditer(title) if match[0][0].isupper()]
    return stated[-1] if stated else max(named, key=len, default="")


def _location(text, begin, end):
    finish, sure = _checked(text, begin, end)
    if finish == begin:
        return None
    for _ in range(_LONGEST - 1):
        further = _FURTHER.match(text, finish)
        if further is None:
            break
        end, also_sure = _checked(text, further.start("place"), further.end("place"))
        if end == further.start("place") or not also_sure:
            break
        if further[0].startswith(",") and not (sure and _follows(further, text[begin:finish])):
            break
        finish, sure = end, True
    return Location(begin, finish, text[begin:finish], sure)


def _checked(text, begin, end):
    """Where the name of a place ends that begins at ``begin``, ``begin`` itself if it is none, and if it is sure."""
    kind = _OF_KIND.search(text, begin, end)
    name = begin
    if kind and (behind := _OF.match(text, kind.end(), end)):
        name = behind.end()
    finish = _cut(text, name, end)
    words = text[name:finish].split()
    if finish == name or not _may_be_place(words):
        return begin, False
    sure = (kind is not None and kind.start() < finish) or is_known(text[begin:finish])
    return finish, sure


def _cut(text, begin, end):
    """Where the name ends: before a word that begins another sentence or heading, which lost marks leave behind."""
    finish = begin
    for word in _WORD.finditer(text, begin, end):
        if finish > begin and _begins_another(word[0]):
            return finish
        finish = word.end()
    return finish


def _begins_another(word):
    """Tell a day, a people, an agency or "Syrias", which lost its mark, from a further part of a name."""
    if word in _no_names() or word in lexicon.words("peoples") or (len(word) > 2 and word.isupper()):
        return True
    return _lost_mark(word) in _known()


def _follows(further, inner):
    """Tell "Rafah, Gaza" from "Rafah, Jabalia": whether one lies in the other, by the lexicon."""
    if not further[0].startswith(", ") or further[0].removeprefix(", ") != further["place"]:
        return True  # ", in Gaza" and ", north of Gaza" say so themselves
    outer = _bare(further["place"])
    outer = _known()[outer]["place"] if outer in _known() else outer
    row = _known().get(_bare(inner))
    if row is None:
        return outer in _holders()
    while row and row["part_of"] not in ("", outer):
        row = _known().get(row["part_of"])
    return bool(row) and row["part_of"] == outer


def _bare(words):
    return words.replace("’", "'").casefold().removeprefix("the ")


def _may_be_place(words):
    """A weekday, a month, a people or letters are no place."""
    plain = [word for word in words if word != "the" and not re.fullmatch(_DIRECTION, word)]
    if not plain or plain[0] in _no_names():
        return False
    if is_known(" ".join(plain)):
        return True
    # "the US-led", "a Kurdish-held"
    if plain[0].isupper() or plain[0] in lexicon.words("peoples") or re.search(r"-[a-z]{3,}$", plain[-1]):
        return False
    return not (len(plain) == 1 and _PEOPLES.match(plain[0]))


@lru_cache(maxsize=65_536)
def is_known(words):
    """Whether ``lexicon/places.csv`` knows a place: by all its words, or by the first or the last name among them."""
    plain = [word for word in words.replace("’", "'").split() if word[0].isupper() or word[:3] in ("al-", "el-")]
    plain = [re.sub(r"'s$", "", word) for word in plain]
    names = {" ".join(plain), *(plain[:1]), *(plain[-1:]), *map(_lost_mark, plain)}
    return any(name.casefold() in _known() and (len(name) > 3 or name.isupper()) for name in names)


def _lost_mark(word):
    """The holder in "Syrias north", where an apostrophe was lost; short names would be found in Hamas."""
    return word[:-1].casefold() if word.endswith("s") and len(word) > 5 else ""


@cache
def _known():
    return {row["words"].replace("’", "'"): row for row in lexicon.rows("places")}


@cache
def _holders():
    return {row["part_of"] for row in lexicon.rows("places")} - {""}


@cache
def _known_names():
    names = [row["words"] for row in lexicon.rows("places") if len(row["words"]) > 3]
    return re.compile(rf"\b(?:{alternatives(names)})(?=s?\b)", re.IGNORECASE)


@cache
def _no_names():
    """Words with a capital that are in no name of a place: days, agencies, numbers, what begins a sentence."""
    calendar = lexicon.words("calendar")
    agencies = {word for name in lexicon.words("agencies") for word in name.split() if word[0].isupper()}
    begins = lexicon.words("sentence_starters") | lexicon.words("numerals")
    begins |= {row["phrase"].split()[0] for row in lexicon.rows("hedges") if row["position"] == "before"}
    starters = {word.capitalize() for word in begins if not re.fullmatch(_DIRECTION, word)}
    organisations = {
        "Police",
        "Command",
        "Directorate",
        "Hospital",
        "Council",
        "Ministry",
        "Army",
        "Health",
        "Monitor",
        "Court",
        "IS",
    }
    organisations |= {"National", "University", "General"}
    return calendar | agencies | starters | organisations | {"State", "TV", "Media", "Print", "Red", "NGO"}
