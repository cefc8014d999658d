"""Every character of Unicode as one number: its lower case, and whether it belongs to a word."""

import re
from functools import cache

import numpy as np

WORD, BARRED = 1, 2  # a word character; one that no term may begin with
LETTER = 2  # a symbol is its lower case shifted left by so many bits, and the two flags below
SPECIAL = 0xFFFFFFFF  # a character whose lower case is not one character, or depends on its neighbours

_N_CHARACTERS, _PLANE = 0x110000, 0x10000


@cache
def symbols(digits):
    """Return the symbols of all characters by code point, as Python's own ``str.lower`` and ``re`` see them.

    Parameters
    ----------
    digits : bool
        False bars digits from the beginning of a term.

    Returns
    -------
    array of uint32, length 1,114,112
    """
    every = np.arange(_N_CHARACTERS, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    lowered = "".join(_lowered(every[first : first + _PLANE]) for first in range(0, _N_CHARACTERS, _PLANE))
    letters = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
    table = letters << np.uint32(LETTER)
    _flag(table, r"\w+", lowered, WORD)
    if not digits:
        _flag(table, r"\d+", lowered, BARRED)
    # Only a character that has a lower case can have a special one.
    changed = [every[code] for code in np.flatnonzero(letters != np.arange(_N_CHARACTERS))]
    table[[ord(character) for character in changed if _is_special(character)]] = SPECIAL
    return table


def _lowered(characters):
    """Lower case, character by character; a blank where it is not one character."""
    lowered = characters.lower()
    if len(lowered) == len(characters):  # so it is for all planes but the first, and quicker
        return lowered
    return "".join(lower if len(lower) == 1 else " " for lower in map(str.lower, characters))


def _is_special(character):
    # Capital sigma is another letter at the end of a word.
    return len(character.lower()) != 1 or ("a" + character).lower() != "a" + character.lower()


def _flag(table, pattern, characters, flag):
    for run in re.finditer(pattern, characters):
        table[run.start() : run.end()] |= np.uint32(flag)
