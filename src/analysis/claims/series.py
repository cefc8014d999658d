"""Claims beside a reference series: was the number right on the day, and since when."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.claims.mentions import mentions
from analysis.claims.periods import length
from analysis.claims.readings import implied, reasons


def compare(claims, claim_quantities, quantities, documents, series, *, lag="1D"):
    """Set the quantities of claims beside a series of totals that is taken for a reference.

    A quantity is compared when it belongs to a claim that a report calls a total ("cumulative"), and is not of single
    days itself ("incremental"). It implies an interval, as in ``gather``; a bare number stands for all that would be
    rounded to it (35,000: 34,500 to 35,500; 35,091: 35,090.5 to 35,091.5). "consistent": the series had a value in the
    interval on the day of publication or at most ``lag`` before it, since reports print the count of the day before;
    on a day without a value the last one before it counts. Otherwise the quantity is "too high" or "too low".

    Parameters
    ----------
    claims : DataFrame of ``tables.Claims``
        Those the series is of: whether a series of deaths in a war is of the claim, the user must say.
    claim_quantities : DataFrame of ``tables.ClaimQuantities``
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``
    series : DataFrame
        ``date`` (each day once; dates, or text such as 2024-05-12) and ``value`` (a number, in the unit of the claims).
        Without rows it is no reference, and nothing is compared. See ``read_series``.
    lag : str, Timedelta or None
        "0D" asks for the day itself; None for any day up to it.

    Returns
    -------
    DataFrame of ``tables.Comparisons``
        One row for each quantity of the claims. ``series_date`` and ``series_value`` are the last ones known on the
        day of publication. ``first_true`` is the first day of the series on which the statement was true, NaT if there
        is none; it needs no date of publication. An open bound is true of any value beyond it, so that "more than
        10,000" stays true of 35,000, though it has become "too low". ``reason`` says why a quantity was not compared.

    Raises
    ------
    ValueError
        The series lacks a column, has a day twice, or a date or value that is none; ``lag`` is no length of
        time.
    TableError
        A claim lacks its quantities or documents.
    """
    rows = mentions(claims, claim_quantities, quantities, documents)
    if series.empty and {"date", "value"} <= set(series.columns):
        return tables.empty(tables.Comparisons)
    days, values = _checked(series)
    width = length("lag", lag)
    totals = set(rows.loc[rows["cumulative"] == "cumulative", "claim_id"])
    left = reasons(rows)
    compared = [
        _compared(row, why or _not_a_total(row, totals), (days, values), width)
        for row, why in zip(rows.itertuples(index=False), left, strict=True)
    ]
    return tables.check(tables.Comparisons, pd.DataFrame(compared, columns=tables.columns(tables.Comparisons)))


def _checked(series):
    """Days in UTC and their values, from the first day on."""
    missing = [name for name in ("date", "value") if name not in series.columns]
    if missing or series.empty:
        found = ", ".join(map(str, series.columns)) or "no columns"
        raise ValueError(f"series needs the columns date and value and a row; found {found} and {len(series)} rows.")
    days = pd.to_datetime(series["date"], utc=True, errors="coerce", format="ISO8601").dt.normalize()
    values = pd.to_numeric(series["value"], errors="coerce").to_numpy(dtype=float)
    wrong = days.isna().to_numpy() | ~np.isfinite(values)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        found = series[["date", "value"]].iloc[row].tolist()
        raise ValueError(
            f"series expects a date and a number in each row; found {found[0]} and {found[1]} in row {row}, and "
            f"{wrong.sum()} such rows in all. Leave out the days on which nothing is known."
        )
    if days.duplicated().any():
        raise ValueError(f"series expects each day once; found {days[days.duplicated()].iloc[0]:%Y-%m-%d} twice.")
    order = np.argsort(days.to_numpy(), kind="stable")
    return pd.DatetimeIndex(days.iloc[order]), values[order]


def _not_a_total(row, totals):
    if row.claim_id not in totals:
        return "no report calls the claim a total"
    return "of single days, not a total" if row.cumulative == "incremental" else ""


def _compared(row, reason, series, lag):
    days, values = series
    found = {name: getattr(row, name) for name in ("claim_id", "document_id", "start", "surface", "published")}
    found |= {"series_date": pd.NaT, "series_value": np.nan, "first_true": pd.NaT, "verdict": "not compared"}
    if reason:
        return found | {"reason": reason}
    found["first_true"] = _first_true(row, days, values)
    if pd.isna(row.published):
        return found | {"reason": "the report has no date"}
    day = row.published.normalize()
    last = days.searchsorted(day, side="right") - 1
    if last < 0:
        return found | {"reason": "published before the series begins"}
    if lag is not None and day - days[-1] > lag:
        return found | {"reason": "published after the series ends"}
    first = 0 if lag is None else max(0, min(last, days.searchsorted(day - lag, side="right") - 1))
    verdict = _verdict(row, values[first : last + 1])
    return found | {"series_date": days[last], "series_value": values[last], "verdict": verdict, "reason": ""}


def _verdict(row, values):
    low, high = _interval(row)
    enough, not_more = _above(row, low, values), _below(row, high, values)
    if (enough & not_more).any():
        return "consistent"
    return "too low" if enough[-1] else "too high"


def _first_true(row, days, values):
    """The first day on which the statement was true; of an open bound any value beyond it makes it true."""
    low, high = _interval(row)
    true = np.ones(len(values), dtype=bool)
    if row.bound not in ("at most", "less than"):
        true &= _above(row, low, values)
    if row.bound not in ("at least", "more than"):
        true &= _below(row, high, values)
    return days[int(np.argmax(true))] if true.any() else pd.NaT


def _above(row, low, values):
    return values > low if row.bound == "more than" else values >= low


def _below(row, high, values):
    return values < high if row.bound == "less than" else values <= high


def _interval(row):
    """What the quantity implies; a bare number stands for all that would be rounded to it."""
    return implied(row.low, row.high, row.bound, row.approximate or row.bound == "exact")
