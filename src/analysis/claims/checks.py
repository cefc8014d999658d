"""Quantities that look like errors beside those of other documents: for a reader to look at, never to correct."""

from collections import defaultdict
from decimal import Decimal
from itertools import combinations, permutations
from statistics import median
from typing import NamedTuple

import pandas as pd

from analysis import tables
from analysis.claims.datelines import written
from analysis.claims.mentions import mentions
from analysis.claims.periods import length, may_overlap
from analysis.claims.places import OTHER, SAME, UNKNOWN, place_of, relation
from analysis.claims.readings import days_of, implied, meaning, thing, value_of
from analysis.claims.rivals import NEAR
from analysis.claims.who import may_be_same, who_of

# Fewer digits are swapped by chance: 12 and 21 dead are two fires.
_SWAPPED_FROM, _SHIFTED_FROM = 4, 3
_LEAST_RISES = 5  # of which a median says something
_OF_A_WAR = 1000  # from here on, totals of one speaker are taken for one count though only one says where


def check(claims, claim_quantities, quantities, documents, *, within="30D", jump=10.0):
    """Find quantities that may be errors: of a reporter, an editor or the extraction.

    "falls": a total is smaller than the one before it of the same thing, speaker and place. "jumps": it rises, for each
    day, by more than ``jump`` times the median rise of its series. "digits transposed": two of its digits, of four
    or more that are significant, stand in each other's place in another report (39,051 and 35,091). "order of
    magnitude": another report gives the same three or more significant digits with another number of zeros.

    A total is a quantity that the text calls one ("cumulative"). The one before it is the last that was published
    earlier, by at most ``within``, of the same place and people, and lies within a factor of 1.5; farther away is
    another count. What rounding
    allows is neither fall nor rise: "more than 35,000" may follow 35,091. Of two values that differ in their digits,
    the one that fewer independent reports give is listed, and both if they are as many.

    Parameters
    ----------
    claims : DataFrame of ``tables.Claims``
        Some or all of those that were gathered.
    claim_quantities : DataFrame of ``tables.ClaimQuantities``
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``
    within : str, Timedelta or None
        How far apart reports may be published to be compared, such as "30D"; None is any distance.
    jump : float
        More than 1.

    Returns
    -------
    DataFrame of ``tables.Suspicions``
        ``start`` and ``end`` are offsets into the text of ``document_id``, as ``other_start`` and ``other_end`` into
        that of ``other_document_id``; ``detail`` says what was compared.

    Raises
    ------
    ValueError
        ``within`` is no length of time, or ``jump`` is 1 or less.
    TableError
        A claim lacks its quantities or documents.
    """
    if not jump > 1:
        raise ValueError(f"jump is a number of times the median rise, more than 1; found {jump!r}.")
    width = length("within", within)
    series = defaultdict(list)
    rows = mentions(claims, claim_quantities, quantities, documents)
    rows["written"] = written(documents).reindex(rows["document_id"]).array
    for row in rows.itertuples(index=False):
        series[thing(row), row.event, row.unit, row.per].append(_stated(row))
    found = [
        suspicion
        for _, stated in sorted(series.items())
        for suspicion in [*_of_totals(stated, jump, width), *_of_digits(stated, width)]
    ]
    return tables.check(tables.Suspicions, pd.DataFrame(found, columns=tables.columns(tables.Suspicions)))


class _Stated(NamedTuple):
    """A quantity, its number and what it implies, its place and days, and when its document was written."""

    row: tuple
    value: float
    implied: tuple
    place: object
    who: object
    days: object
    published: pd.Timestamp | None


def _stated(row):
    written = None if pd.isna(row.written) else row.written
    stated = place_of(row.place), who_of(row.counted), days_of(row)
    return _Stated(row, value_of(row), implied(*meaning(row)), *stated, written)


def _suspicion(kind, suspect, other, detail):
    return {
        "document_id": suspect.row.document_id,
        "start": suspect.row.start,
        "end": suspect.row.end,
        "surface": suspect.row.surface,
        "suspicion": kind,
        "other_document_id": other.row.document_id,
        "other_start": other.row.start,
        "other_end": other.row.end,
        "other_surface": other.row.surface,
        "claim_id": suspect.row.claim_id,
        "detail": detail,
    }


# ---- totals


def _of_totals(stated, jump, width):
    by_speaker = defaultdict(list)
    for one in stated:
        if one.row.cumulative == "cumulative" and one.published is not None and one.row.speaker_name:
            by_speaker[one.row.speaker_name].append(one)
    for _, totals in sorted(by_speaker.items()):
        steps = _steps(totals, width)
        yield from _falls(steps)
        yield from _jumps(steps, jump)


def _steps(totals, width):
    """Each total with the one before it."""
    ordered = sorted(totals, key=lambda one: (one.published, one.row.document_id, one.row.start))
    steps = []
    for index, later in enumerate(ordered):
        before = next((one for one in reversed(ordered[:index]) if _precedes(one, later, width)), None)
        if before is not None:
            steps.append((before, later))
    return steps


def _precedes(one, later, width):
    near, far = sorted((abs(one.value), abs(later.value)))
    apart = later.published - one.published
    in_time = apart > pd.Timedelta(0) and (width is None or apart <= width)
    return in_time and far <= NEAR * near and _is_one_count(one, later)


def _is_one_count(one, later):
    """Whether two totals count the same people in the same place; of an attack both must say where, or neither."""
    related = relation(*_places(one, later))
    unknown = related == UNKNOWN and (_are_large(one, later) or not (one.place.names or later.place.names))
    return (related == SAME or unknown) and may_be_same(one.who, later.who)


def _are_large(*totals):
    """Whether numbers are so large that few events have them."""
    return min(abs(total.value) for total in totals) >= _OF_A_WAR


def _places(one, other):
    return one.place, other.place


def _falls(steps):
    for before, later in steps:
        if later.implied[1] < before.implied[0]:
            said = [f"{one.value:,.10g} on {one.published:%Y-%m-%d}" for one in (later, before)]
            yield _suspicion("falls", later, before, " after ".join(said))


def _jumps(steps, jump):
    rises = [(_rise(*step), *step) for step in steps]
    rises = [rise for rise in rises if rise[0] > 0]
    if len(rises) < _LEAST_RISES:
        return
    usual = median(rise for rise, _, _ in rises)
    for rise, before, later in rises:
        if rise > jump * usual:
            detail = f"rises by {rise:,.4g} a day or more; the median of {len(rises)} rises is {usual:,.4g}"
            yield _suspicion("jumps", later, before, detail)


def _rise(before, later):
    """By how much a total has risen at least, for each day; rounding may hide all of it."""
    days = (later.published - before.published) / pd.Timedelta(1, "D")
    return (later.implied[0] - before.implied[1]) / max(days, 1.0)


# ---- digits


def _of_digits(stated, width):
    exact = [one for one in stated if one.row.bound == "exact" and not one.row.approximate and one.value]
    of_value = defaultdict(list)
    for one in exact:
        of_value[one.value].append(one)
    for kind, pairs in (("digits transposed", _transposed(of_value)), ("order of magnitude", _shifted(of_value))):
        for value, other in pairs:
            if _support(of_value[value]) <= _support(of_value[other]):
                yield from _against(kind, of_value[value], of_value[other], width)


def _support(stated):
    return len({one.row.witness for one in stated})


def _against(kind, suspects, others, width):
    detail = f"{_support(suspects)} independent of {_support(suspects) + _support(others)} give this number"
    for suspect in suspects:
        other = next((other for other in others if _comparable(suspect, other, width)), None)
        if other is not None:
            yield _suspicion(kind, suspect, other, detail)


def _comparable(one, other, width):
    """Whether two quantities of different reports may speak of the same place and time."""
    if one.row.document_id == other.row.document_id or relation(*_places(one, other)) == OTHER:
        return False
    if not may_overlap(one.days, other.days):
        return False
    known = one.published is not None and other.published is not None
    return width is None or not known or abs(one.published - other.published) <= width


def _significant(value):
    """Digits without the zeros at the end, and the worth of the last."""
    stated = Decimal(f"{value:.15g}").normalize().as_tuple()
    return stated.digits, stated.exponent


def _transposed(values):
    """Yield (a, b) and (b, a) of values with the same digits, two of them in each other's place."""
    alike = defaultdict(list)
    for value in sorted(values):
        digits, exponent = _significant(value)
        if len(digits) >= _SWAPPED_FROM:
            alike[tuple(sorted(digits)), exponent, value > 0].append((value, digits))
    for group in alike.values():
        for (one, digits), (other, others) in combinations(group, 2):
            if sum(a != b for a, b in zip(digits, others, strict=True)) == 2:
                yield from ((one, other), (other, one))


def _shifted(values):
    """Yield (a, b) and (b, a) of values with the same significant digits and another number of zeros."""
    alike = defaultdict(list)
    for value in sorted(values):
        digits, _ = _significant(value)
        if len(digits) >= _SHIFTED_FROM:
            alike[digits, value > 0].append(value)
    for group in alike.values():
        yield from permutations(group, 2)
