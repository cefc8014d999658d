"""Who stands behind the figures of the news: shares of quantities, raw and for each independent report."""

import zlib

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import tables

_BY = ("unattributed", "speaker_name", "speaker_kind", "speaker")
_PER = ("outlet", "month")
_AT_ONCE = 100  # resamples drawn before they are put away
_VALUES_AT_ONCE = 5000  # of which all resamples are held in memory


def shares(
    quantities,
    clusters,
    documents,
    *,
    by="speaker_kind",
    per=("outlet", "month"),
    n_resamples=1000,
    confidence=0.95,
    random_state,
):
    """Share of the quantities that each speaker, kind or label stands behind, in each outlet and month.

    Raw, every quantity counts 1. For each independent report, it counts 1 over the number of documents that its cluster
    has in that outlet and month, so that ten prints of a wire story count as one. Intervals are percentiles of the
    shares of resamples, in which the clusters of the outlet and month are drawn with replacement: the quantities of one
    story depend on each other, stories do less so.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``
        All, or those of a kind or event that is asked about.
    clusters : DataFrame of ``tables.Clusters``
    documents : DataFrame of ``tables.Documents``
    by : {"speaker_kind", "speaker_name", "speaker", "unattributed"}
        "speaker" is the label, word for word. "unattributed" has two values, "unattributed" and "attributed"; by the
        others, the value "" is of quantities that nobody is named for, or whose speaker is of no known kind.
    per : sequence of {"outlet", "month"}
        () for all together.
    n_resamples : int
    confidence : float
        Between 0 and 1; 0.95 leaves 2.5 % on either side.
    random_state : int
        From 0 on.

    Returns
    -------
    DataFrame of ``tables.Shares``
        ``outlet`` and ``month`` (as 2024-05, in UTC) are "" where they are not known, and "all" where ``per`` does not
        name them. Shares sum to 1 within outlet and month. Bounds are NaN where there is one cluster only.

    Raises
    ------
    ValueError
        ``by``, ``per``, ``n_resamples``, ``confidence`` or ``random_state`` is none of these, or an outlet is called
        "all".
    TableError
        Quantities name a document that clusters or documents lack.

    References
    ----------
    Davison & Hinkley 1997, "Bootstrap methods and their application", section 3.8 (whole clusters are resampled)
    and chapter 5 (percentiles).
    """
    per = tuple(per)
    _refuse_options(by, per, n_resamples, confidence, random_state)
    placed = _placed(quantities, clusters, documents, per)
    placed["value"] = _values(placed, by)
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    found = [
        row
        for cell, rows in placed.groupby(["outlet", "month"], sort=True)
        for row in _cell(cell, rows, _Resampling(n_resamples, tails, random_state))
    ]
    table = pd.DataFrame(found, columns=[name for name in tables.columns(tables.Shares) if name != "by"])
    return tables.check(tables.Shares, table.assign(by=by))


def all_shares(quantities, clusters, documents, *, n_resamples=1000, confidence=0.95, random_state):
    """The shares by each of what ``shares`` knows: of all together, of outlets, of months, and of months of outlets.

    Parameters and what is raised are those of ``shares``.

    Returns
    -------
    DataFrame of ``tables.Shares``
        For each ``by`` four tables below one another, to be told by "all" in ``outlet`` or ``month``.
    """
    options = {"n_resamples": n_resamples, "confidence": confidence, "random_state": random_state}
    found = [
        shares(quantities, clusters, documents, by=by, per=per, **options)
        for by in _BY
        for per in ((), ("outlet",), ("month",), _PER)
    ]
    return tables.check(tables.Shares, pd.concat(found))


def _refuse_options(by, per, n_resamples, confidence, random_state):
    if by not in _BY:
        raise ValueError(f"by is one of {', '.join(_BY)}; found {by!r}.")
    if len(set(per)) < len(per) or not set(per) <= set(_PER):
        raise ValueError(f"per holds outlet, month, both or neither, each once; found {per!r}.")
    for name, number, least in (("n_resamples", n_resamples, 1), ("random_state", random_state, 0)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
            raise ValueError(f"{name} is a whole number from {least} on; found {number!r}.")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1; found {confidence!r}.")


def _placed(quantities, clusters, documents, per):
    """The quantities with their outlet, month, cluster and weight, in an order of their own."""
    quantities, clusters = tables.check(tables.Quantities, quantities), tables.check(tables.Clusters, clusters)
    documents = tables.check(tables.Documents, documents)
    for name, table in (("documents", documents), ("clusters", clusters)):
        if missing := set(quantities["document_id"]) - set(table["document_id"]):
            raise tables.TableError(
                f"{name} lack {min(missing)!r} and {len(missing)} documents in all that quantities speak of; give the "
                "tables of the same corpus."
            )
    if "outlet" in per and (documents["outlet"] == "all").any():
        raise ValueError('An outlet is called "all", which is what the table calls all outlets together; rename it.')
    where = documents[["document_id"]].assign(
        outlet=documents["outlet"] if "outlet" in per else "all",
        month=documents["published"].dt.strftime("%Y-%m").fillna("") if "month" in per else "all",
    )
    where = where.merge(clusters[["document_id", "representative"]], on="document_id")
    prints = where.groupby(["outlet", "month", "representative"])["document_id"].transform("size")
    return quantities.merge(where.assign(weight=1 / prints), on="document_id")


def _values(placed, by):
    if by == "unattributed":
        return np.where(placed["speaker"] == "", "unattributed", "attributed")
    return placed[by]


class _Resampling:
    """How often to resample, which percentiles to take, and where random numbers start."""

    def __init__(self, n_resamples, tails, random_state):
        self.n_resamples, self.tails, self.random_state = n_resamples, tails, random_state

    def bounds(self, amounts, cell):
        """Percentiles of the shares of resamples.

        Parameters
        ----------
        amounts : list of scipy.sparse.csr_array, shape (n_values, n_clusters)
            What each cluster holds of each value.
        cell : tuple of str
            Each has random numbers of its own, so that another outlet changes nothing here.

        Returns
        -------
        list of array, shape (2, n_values)
            For each of ``amounts``.
        """
        n_values, n_clusters = amounts[0].shape
        if n_clusters < 2:
            return [np.full((2, n_values), np.nan) for _ in amounts]
        blocks = [
            self._of_block(amounts, slice(first, first + _VALUES_AT_ONCE), cell)
            for first in range(0, n_values, _VALUES_AT_ONCE)
        ]
        return [np.concatenate(bounds, axis=1) for bounds in zip(*blocks, strict=True)]

    def _of_block(self, amounts, values, cell):
        """The percentiles of some values; of all blocks the same clusters are drawn."""
        n_clusters = amounts[0].shape[1]
        generator = np.random.default_rng([self.random_state, zlib.crc32("\t".join(cell).encode())])
        sums = [sparse.csr_array(amount.sum(axis=0).reshape(1, -1)) for amount in amounts]
        resampled = [[] for _ in amounts]
        for first in range(0, self.n_resamples, _AT_ONCE):
            size = min(_AT_ONCE, self.n_resamples - first)
            drawn = generator.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=size).T
            for shares_of, amount, of_all in zip(resampled, amounts, sums, strict=True):
                # A sparse product adds up in one order; a dense one would in as many as there are threads.
                shares_of.append((amount[values] @ drawn) / (of_all @ drawn))
        return [np.quantile(np.concatenate(shares_of, axis=1), self.tails, axis=1) for shares_of in resampled]


def _cell(cell, rows, resampling):
    """Rows of ``tables.Shares`` for one outlet and month."""
    value, values = pd.factorize(rows["value"], sort=True)
    cluster, names = pd.factorize(rows["representative"], sort=True)
    shape = len(values), len(names)
    amounts = [
        sparse.coo_array((weight.to_numpy(dtype=float), (value, cluster)), shape=shape).tocsr()
        for weight in (pd.Series(1.0, rows.index), rows["weight"])
    ]
    raw, independent = (amount.sum(axis=1) / amount.sum() for amount in amounts)
    bounds, independent_bounds = resampling.bounds(amounts, cell)
    for place, name in enumerate(values):
        yield {
            "outlet": cell[0],
            "month": cell[1],
            "value": name,
            "n_quantities": int((value == place).sum()),
            "n_clusters": len(names),
            "share": raw[place],
            "low": bounds[0, place],
            "high": bounds[1, place],
            "independent_share": independent[place],
            "independent_low": independent_bounds[0, place],
            "independent_high": independent_bounds[1, place],
        }
