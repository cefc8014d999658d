"""Readings of which each may state the same fact as each other one, put together."""

from analysis.claims.background import Background
from analysis.claims.conventions import CHANCE
from analysis.claims.groups import Group
from analysis.claims.shelves import Shelves


def compatible(readings, within):
    """Put each reading into the nearest group that it fits and does not meet by chance, or into one of its own.

    Parameters
    ----------
    readings : list of Reading
        Of one thing, from the earliest document to the latest.
    within : int or None
        Days.

    Returns
    -------
    groups : list of Group
    background : Background
    """
    background = Background(readings)
    shelves, groups = Shelves(background, within), []
    for reading in readings:
        near = sorted(set(shelves.near(reading)))
        likely = [number for number in near if _is_likely(groups[number], reading, background)]
        if not likely:
            groups.append(Group(within))
        farness = {number: groups[number].farness(reading) for number in likely}
        nearest = min(likely, key=lambda number: (farness[number], number), default=len(groups) - 1)
        groups[nearest].add(reading)
        shelves.put(nearest, reading)
    return groups, background


def _is_likely(group, reading, background):
    low, high = reading.implied
    overlap = group.low <= high and low <= group.high
    return overlap and group.fits(reading) and group.chance(reading, background) <= CHANCE
