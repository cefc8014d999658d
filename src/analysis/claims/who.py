"""Who is counted, at a finer grain than the class: soldiers or civilians, Israelis or Palestinians."""

import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon

_WORD = re.compile(r"[^\W_][\w'’-]*")


class Who(NamedTuple):
    """What a counted phrase says of the people: their kind and their state; "" where it does not say."""

    kind: str = ""
    people: str = ""


@cache
def who_of(counted):
    """The ``Who`` of a counted phrase; of "Syrian rebel fighters" the last word of a kind decides.

    >>> who_of("Israeli soldiers"), who_of("people")
    (Who(kind='soldier', people='Israeli'), Who(kind='', people=''))
    """
    words = _WORD.findall(counted)
    kinds = [_kinds()[word.casefold()]["kind"] for word in words if word.casefold() in _kinds()]
    peoples = [_peoples()[word] for word in words if _peoples().get(word)]
    return Who(kinds[-1] if kinds else "", peoples[0] if peoples else "")


def may_be_same(one, other):
    """Whether two phrases may count the same people: civilians may be people or medics, and are no soldiers.

    Women, men and children are told apart from "people", of whom they are a part that reports count by itself.
    """
    if one.people and other.people and one.people != other.people:
        return False
    if one.kind == other.kind:
        return True
    if {one.kind, other.kind} & _parts():
        return False
    return not one.kind or not other.kind or one.kind in _above(other.kind) or other.kind in _above(one.kind)


def _parts():
    return {"woman", "man", "child"}


@cache
def _above(kind):
    above = {row["part_of"] for row in lexicon.rows("people_kinds") if row["kind"] == kind}
    return above - {""}


@cache
def _kinds():
    return {row["word"]: row for row in lexicon.rows("people_kinds")}


@cache
def _peoples():
    return {row["word"]: row["people"] for row in lexicon.rows("peoples")}
