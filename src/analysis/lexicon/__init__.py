"""Vocabulary as data: one CSV file for each list, read once."""

import csv
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
