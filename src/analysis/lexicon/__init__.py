"""Vocabulary as data: one CSV file for each list, read once."""

import csv
import re
from functools import cache
from importlib import resources


@cache
def rows(name):
    """Rows of ``lexicon/<name>.csv`` as a tuple of dicts, in the order of the file."""
    with (resources.files(__package__) / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def words(name):
    """First column of ``lexicon/<name>.csv`` as a frozenset."""
    return frozenset(next(iter(row.values())) for row in rows(name))


def alternatives(phrases):
    r"""Return a regular expression for any of ``phrases``, the longest first; a blank stands for blanks of any width.

    Common beginnings are written once, so that a search tries a few letters at a place and not every phrase: on the 477
    phrases of the events this is eight times as fast as ``a|b|c``.

    >>> alternatives(["ten", "tens of", "two"])
    't(?:en(?:s\\s+of)?|wo)'
    """
    tree = {}
    for phrase in sorted(set(phrases)):
        node = tree
        for character in " ".join(phrase.split()):
            node = node.setdefault(character, {})
        node[""] = {}
    return _written(tree)


def _written(node):
    branches = [_chain(character, child) for character, child in sorted(node.items()) if character]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    if "" not in node:
        return joined
    return f"{joined}?" if len(branches) > 1 else f"(?:{joined})?"


def _chain(character, child):
    return (r"\s+" if character == " " else re.escape(character)) + _written(child)
