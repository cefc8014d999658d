"""One value for a claim, by a policy that the user names."""

from collections import defaultdict
from difflib import get_close_matches

import pandas as pd

from analysis import lexicon, tables
from analysis.claims.mentions import mentions
from analysis.claims.values import value_of


def resolve(claims, claim_quantities, quantities, documents, *, policy, ranking=None):
    """Give each claim one value, by a named policy, and say how many reports stand behind it.

    Only the readings of a claim are weighed against one another. Claims in conflict stay as many as they are: which of
    them is right no policy knows.

    Parameters
    ----------
    claims : DataFrame of ``tables.Claims``
        Some or all of those that were gathered.
    claim_quantities : DataFrame of ``tables.ClaimQuantities``
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``
    policy : {"range", "majority", "conservative", "ranking"}
        "range": from the lowest to the highest bound. "majority": the bounds that most independent documents give; of
        as many, those published first. "conservative": the lowest number stated, as ACLED codes reports that differ.
        "ranking": from the lowest to the highest bound given by speakers of the first kind in ``ranking`` that speaks.
    ranking : list of str, optional
        Speaker kinds, the most trusted first; for the policy of that name, and only for it.

    Returns
    -------
    DataFrame of ``tables.Resolutions``
        ``low`` and ``high``: equal for one number, infinite where a bound is open, NaN where no speaker of a kind in
        ``ranking`` speaks. ``n_documents`` and ``n_independent`` count who stands behind the value, ``of_independent``
        who makes the claim.

    Raises
    ------
    ValueError
        The policy is unknown, or ``ranking`` is missing, out of place, repeats a kind or names an unknown one.
    TableError
        A claim lacks its quantities or documents.

    References
    ----------
    ACLED codebook, "Fatalities": of differing reports the most conservative estimate is recorded.
    """
    joined = mentions(claims, claim_quantities, quantities, documents)
    if policy not in tables.POLICIES:
        raise ValueError(f"policy is one of {', '.join(tables.POLICIES)}; found {policy!r}.")
    _refuse_ranking(policy, ranking, joined)
    resolved = [
        _resolved(claim_id, list(group.itertuples(index=False)), policy, ranking)
        for claim_id, group in joined.groupby("claim_id", sort=True)
    ]
    return tables.check(tables.Resolutions, pd.DataFrame(resolved, columns=tables.columns(tables.Resolutions)))


def _refuse_ranking(policy, ranking, joined):
    if (policy == "ranking") != (ranking is not None):
        wanted = "needs ranking, a list of speaker kinds" if policy == "ranking" else "takes no ranking"
        raise ValueError(f"The policy {policy!r} {wanted}; found ranking={ranking!r}.")
    if ranking is None:
        return
    kinds = {row["kind"] for row in lexicon.rows("speaker_kinds")} | set(joined["speaker_kind"]) | {""}
    if isinstance(ranking, str) or not len(ranking) or len(set(ranking)) < len(ranking):
        raise ValueError(f"ranking is a list of speaker kinds, each once; found {ranking!r}.")
    if unknown := [kind for kind in ranking if kind not in kinds]:
        known = sorted(kinds - {""})
        near = get_close_matches(unknown[0], known, n=1)
        raise ValueError(
            f"ranking knows the speaker kinds {', '.join(known)}; found {unknown[0]!r} in place "
            f"{ranking.index(unknown[0]) + 1} of {len(ranking)}. "
            + (f"Did you mean {near[0]!r}?" if near else "Name those that you trust, the most trusted first.")
        )


def _resolved(claim_id, rows, policy, ranking):
    low, high, behind = _ranking(rows, ranking) if policy == "ranking" else _POLICIES[policy](rows)
    return {
        "claim_id": claim_id,
        "policy": policy,
        "low": low,
        "high": high,
        "n_documents": len({row.document_id for row in behind}),
        "n_independent": len({row.witness for row in behind}),
        "of_independent": len({row.witness for row in rows}),
    }


def _range(rows):
    return min(row.low for row in rows), max(row.high for row in rows), rows


def _majority(rows):
    stating = defaultdict(list)
    for row in rows:
        stating[row.low, row.high].append(row)
    # Rows come from the earliest to the latest, and of equals max() takes the first.
    (low, high), behind = max(stating.items(), key=lambda item: len({row.witness for row in item[1]}))
    return low, high, behind


def _conservative(rows):
    # Of "up to 30" the 30: its 0 is arithmetic, and nobody stated it.
    stated = [row.low if row.bound == "between" else value_of(row) for row in rows]
    lowest = min(stated)
    return lowest, lowest, [row for row, value in zip(rows, stated, strict=True) if value == lowest]


def _ranking(rows, ranking):
    for kind in ranking:
        if behind := [row for row in rows if row.speaker_kind == kind]:
            return _range(behind)
    return float("nan"), float("nan"), []


_POLICIES = {"range": _range, "majority": _majority, "conservative": _conservative}
