"""By what it happened, an air strike or a car bomb, by the words around a quantity."""

import re
from functools import cache

from analysis import lexicon

_BEFORE, _AFTER = 220, 160
# "U.S. jets" ends no sentence, and "killed. Jets" begins one.
_END = re.compile(r"[.!?…]['\"”’)]*\s+(?=[A-Z\"“‘'(])|\n")
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Dr|Gen|Col|Lt|St|No))$")


def means_of(text, start, end):
    """The means named in the sentence of ``text[start:end]``, or "".

    Of several the one nearest to the quantity, for a sentence may tell of two attacks.

    >>> means_of("A car bomb killed 12. Jets had bombed the town.", 18, 20)
    'bombing'
    """
    low, high = _sentence(text, start, end)
    found = [
        (max(match.start() - end, start - match.end()), match.start(), match)
        for match in _pattern().finditer(text, low, high)
    ]
    return _means()[" ".join(min(found)[2][0].casefold().split())] if found else ""


def may_be_same(one, other):
    """Whether two means may be of one event; a gas attack is an air strike, too, and a rocket may be fired by a jet."""
    return not one or not other or one == other or frozenset((one, other)) in _OVERLAPPING


_OVERLAPPING = {
    frozenset(pair)
    for pair in (
        ("air strike", "chemical"),
        ("air strike", "shelling"),
        ("chemical", "shelling"),
        ("fighting", "shelling"),
        ("fighting", "shooting"),
        ("fighting", "air strike"),
        ("fighting", "execution"),
        ("execution", "shooting"),
        ("bombing", "shooting"),
        ("bombing", "fighting"),
        ("crash", "fire"),
        ("crash", "shelling"),
        ("crash", "storm"),
        ("earthquake", "collapse"),
        ("storm", "collapse"),
        ("fire", "collapse"),
        ("fire", "heat"),
        ("siege", "disease"),
    )
}


def _sentence(text, start, end):
    """Where the sentence begins and ends, as far as the words of a means may stand from the quantity."""
    low, high = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    for mark in _END.finditer(text, low, high):
        if _ABBREVIATED.search(text, low, mark.start()):
            continue
        if mark.end() <= start:
            low = mark.end()
        elif mark.start() >= end:
            return low, mark.start()
    return low, high


@cache
def _means():
    return {row["words"]: row["means"] for row in lexicon.rows("means")}


@cache
def _pattern():
    return re.compile(rf"\b(?:{lexicon.alternatives(_means())})\b", re.IGNORECASE)
