"""Which reports a page shows, and the words that say of how many, and why these."""

from typing import NamedTuple

import pandas as pd

_LONGEST = 200_000  # of longer reports a page holds little more, because what is between the quantities is left out


class Shown(NamedTuple):
    """Documents of a page in the order of their ids, their quantities, and the sentence about it."""

    documents: pd.DataFrame
    quantities: pd.DataFrame
    words: str


def shown(documents, quantities, *, hardest=None, at_most, characters=None, most_quantities=None):
    """Choose reports: those of the hardest cases first, then those with the most quantities, then by id.

    Parameters
    ----------
    documents : DataFrame of ``tables.Documents``
    quantities : DataFrame of ``tables.Quantities``
    hardest : DataFrame of ``tables.Hardest``, optional
    at_most : int
    characters, most_quantities : int, optional
        Reports are no longer added when those there have reached so many; of the quantities the first so many are kept.
    """
    counts = quantities["document_id"].value_counts()
    n_quantities = documents["document_id"].map(counts).astype(float).fillna(0)
    ranks = pd.Series(dtype=float) if hardest is None else hardest.groupby("document_id")["rank"].min()
    order = documents[["document_id"]].assign(
        rank=documents["document_id"].map(ranks).astype(float),
        n_quantities=n_quantities,
        n_characters=documents["text"].map(len).astype(int).clip(upper=_LONGEST),
    )
    order = order.sort_values(["rank", "n_quantities", "document_id"], ascending=[True, False, True])
    fits = pd.Series(range(len(order)), index=order.index) < at_most
    for column, limit in (("n_characters", characters), ("n_quantities", most_quantities)):
        if limit is not None:
            fits &= order[column].cumsum() - order[column] < limit
    chosen = documents.loc[order.index[fits]].sort_values("document_id", ignore_index=True)
    own = quantities[quantities["document_id"].isin(chosen["document_id"])]
    kept = own if most_quantities is None else own.head(most_quantities)
    return Shown(chosen, kept.reset_index(drop=True), _words(documents, quantities, chosen, kept, hardest))


def _words(documents, quantities, chosen, kept, hardest):
    reports = f"{len(documents):,} report{'s' * (len(documents) != 1)}"
    numbers = f"{len(quantities):,} quantit{'ies' if len(quantities) != 1 else 'y'}"
    if len(chosen) == len(documents) and len(kept) == len(quantities):
        return f"{reports} with {numbers}: all are shown."
    why = "those of the hardest cases first, then those with the most quantities"
    why = why if hardest is not None and len(hardest) else "those with the most quantities"
    if len(chosen) < len(documents):
        which = f"{len(chosen):,} of {reports} are shown ({why})"
    else:
        which = f"{reports} {'is' if len(documents) == 1 else 'are'} shown"
    return f"{which}, with {len(kept):,} of {numbers}."
