"""A reference series from a file, and the claims that it may be of."""

import warnings
from pathlib import Path

import pandas as pd

from analysis import tables
from analysis.claims.mentions import mentions
from analysis.claims.readings import plain, thing, value_of
from analysis.claims.rivals import NEAR

_ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet")


class SeriesError(ValueError):
    """A reference series cannot be read; the message names the file, what was expected and what was found."""


def read_series(path, *, columns=None):
    """Read totals of a reference, one for each day, from a file.

    Parameters
    ----------
    path : str, Path or None
        A .csv, .tsv, .jsonl or .parquet file, the first three also as .gz. None is no reference.
    columns : dict, optional
        What the file calls our columns: {"date": "report_date", "value": "killed_cum"}.

    Returns
    -------
    DataFrame of ``tables.Series``
        In the order of its days; empty where ``path`` is None. Days without a value are left out, with a warning that
        counts them.

    Raises
    ------
    SeriesError
        The file is missing, of another kind or damaged, lacks a column, has a day twice or has a date or value that is
        none.
    """
    if path is None:
        return tables.empty(tables.Series)
    path = Path(path)
    named = {"date": "date", "value": "value"} | {name: said for name, said in (columns or {}).items() if said}
    if strangers := sorted(set(named) - {"date", "value"}):
        raise SeriesError(f"columns of a series are date and value; found {strangers[0]!r}.")
    frame = _read(path)
    missing = [said for said in named.values() if said not in frame.columns]
    if missing:
        raise SeriesError(
            f"{path.name}: expected the column {missing[0]!r}; found {', '.join(map(str, frame.columns)) or 'none'}. "
            'Say what the file calls them: columns={"date": …, "value": …}.'
        )
    return _checked(path, pd.DataFrame({name: frame[said] for name, said in named.items()}))


def _read(path):
    kind = next((ending for ending in _ENDINGS if path.name.lower().removesuffix(".gz").endswith(ending)), None)
    if not path.is_file():
        raise SeriesError(f"{path} is no file; expected a series as {', '.join(_ENDINGS)}.")
    if kind is None:
        raise SeriesError(f"{path.name}: expected a series as {', '.join(_ENDINGS)}.")
    try:
        if kind == ".parquet":
            return pd.read_parquet(path)
        if kind == ".jsonl":
            return pd.read_json(path, lines=True, dtype=False, encoding="utf-8")
        return pd.read_csv(path, sep="\t" if kind == ".tsv" else ",", dtype=str, encoding="utf-8-sig")
    except (ValueError, OSError, EOFError) as fault:  # pandas' own errors are ValueErrors
        raise SeriesError(f"{path.name}: expected a series as {kind}; it is damaged ({str(fault).strip()}).") from None


def _checked(path, frame):
    """Days and values, with every fault named by its row in the file."""
    silent = frame["value"].isna() | (frame["value"].astype(str).str.strip() == "")
    dates = pd.to_datetime(frame["date"].astype(str).str.strip(), utc=True, errors="coerce", format="ISO8601")
    values = pd.to_numeric(frame["value"], errors="coerce")
    for name, faults, expected in (
        ("date", dates.isna(), "a date such as 2024-05-12"),
        ("value", values.isna() & ~silent, "a number without marks or words, such as 35034"),
    ):
        if faults.any():
            row = int(faults.to_numpy().argmax())
            raise SeriesError(
                f"{path.name}: expected {expected} in each row of {name}; found {frame[name].iloc[row]!r} in row "
                f"{row + 1}, and {int(faults.sum())} such rows in all."
            )
    series = pd.DataFrame({"date": dates.dt.normalize(), "value": values})[~silent]
    if series.empty:
        raise SeriesError(f"{path.name}: expected a day with a value; found {len(frame)} rows without one.")
    if (again := series["date"].duplicated()).any():
        raise SeriesError(f"{path.name}: expected each day once; found {series['date'][again].iloc[0]:%Y-%m-%d} twice.")
    if silent.any():
        warnings.warn(
            f"{path.name}: {int(silent.sum())} of {len(frame)} days state no value and are left out of the series.",
            tables.SkippedWarning,
            stacklevel=3,
        )
    return tables.check(tables.Series, series)


def totals(claims, claim_quantities, quantities, documents, *, of=None):
    """Return the claims through which one total has grown: what a series of totals may be of.

    They count one thing, some report calls each of them a total, and from one value to the next there is no more than
    a factor of 1.5: so a war's toll is told from that of an attack.

    Parameters
    ----------
    claims : DataFrame of ``tables.Claims``
    claim_quantities : DataFrame of ``tables.ClaimQuantities``
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``
    of : str, optional
        A claim ("people-killed-35000"), or what is counted, as the ids of claims begin ("people-killed"), which is of
        its total in most independent reports. Of None, the total in most independent reports.

    Returns
    -------
    DataFrame of ``tables.Claims``
        None of them where no report calls anything a total.

    Raises
    ------
    ValueError
        ``of`` is no total; the message names those in most reports.
    """
    found = _called_totals(mentions(claims, claim_quantities, quantities, documents))
    found = found.merge(claims[["claim_id", "n_independent"]], on="claim_id")
    found = found.sort_values(["n_independent", "claim_id"], ascending=[False, True], ignore_index=True)
    named = found if of is None else found[(found["claim_id"] == of) | (found["thing"] == of)]
    if of is not None and named.empty:
        known = ", ".join(found["claim_id"].head(5)) or "none"
        raise ValueError(
            f"of is a claim, or what its id begins with; found {of!r}. Reports call these totals: {known}."
        )
    if named.empty:
        return claims.iloc[:0].reset_index(drop=True)
    chosen = _grown(found[found["thing"] == named["thing"].iloc[0]], named["value"].iloc[0])
    return claims[claims["claim_id"].isin(chosen)].reset_index(drop=True)


def _called_totals(rows):
    """Claims that some report calls a total, with their thing and the value of their earliest quantity."""
    called = rows["claim_id"].isin(rows.loc[rows["cumulative"] == "cumulative", "claim_id"])
    found = [
        (row.claim_id, plain(thing(row), row.event, row.unit, row.per), abs(value_of(row)))
        for row in rows[called].drop_duplicates("claim_id").itertuples()
    ]
    return pd.DataFrame(found, columns=["claim_id", "thing", "value"])


def _grown(found, value):
    """Ids of the claims whose values lead to ``value`` without a gap."""
    ordered = found.sort_values(["value", "claim_id"], ignore_index=True)
    gaps = ordered["value"] > NEAR * ordered["value"].shift()
    runs = gaps.cumsum()
    return ordered.loc[runs == runs[ordered["value"] == value].iloc[0], "claim_id"]
