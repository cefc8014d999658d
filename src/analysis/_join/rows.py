"""A document-term matrix made ready for the join."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from analysis._join import kernels

_BANDS_PER_DOUBLING = 4
N_LEVELS = 16


def ranks(weights):
    """Return the rank of each column: terms that are common and light first, rare and heavy last.

    The key is df² / Σw²: what a posting list costs, over what it tells. It needs 15 to 50 % fewer operations than df
    alone. Ranks steer the search only; no score depends on them.
    """
    n_documents, squared = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
    kernels.count(weights.indices, weights.data, n_documents, squared)
    costly = np.divide(n_documents**2, squared, out=np.zeros_like(squared), where=squared > 0)
    rank_of = np.empty(len(costly), dtype=np.int32)
    rank_of[np.argsort(-costly, kind="stable")] = np.arange(len(costly), dtype=np.int32)
    return rank_of


def bands(n_ranks):
    """Return the band of each rank, four to a doubling: fine where terms are common, coarse where they are rare."""
    raw = np.floor(np.log2(np.arange(n_ranks) + 1.0) * _BANDS_PER_DOUBLING)
    return np.unique(raw, return_inverse=True)[1].astype(np.uint8)


def prepare(weights, order, rank_of, apart=None):
    """Return the rows ``order`` of a matrix, in that order, as ``kernels.Rows``, not yet cut.

    ``apart`` numbers the rows of the matrix; rows with equal numbers are not compared.
    """
    order = np.asarray(order, dtype=np.int64)
    entries = weights.indptr.astype(np.int64), weights.indices.astype(np.int32, copy=False), weights.data
    return _filled(entries, order, rank_of, np.empty(0, np.int32) if apart is None else apart[order].astype(np.int32))


def part(rows, chosen, rank_of):
    """Return some of the rows, by their places in the order of the join, as rows of their own."""
    entries = rows.column_starts, rows.columns, rows.weights
    return _filled(entries, rows.origin[chosen], rank_of, rows.apart[chosen] if len(rows.apart) else rows.apart)


def _filled(entries, order, rank_of, apart):
    starts = np.concatenate([[0], np.cumsum(np.diff(entries[0])[order])]).astype(np.int64)
    cells = np.empty(2 * starts[-1], dtype=np.int32)
    rows = kernels.Rows(
        order,
        *entries,
        starts,
        cells=cells,
        light=cells.view(np.float32),
        head=np.zeros((len(order), kernels.HEAD), dtype=np.float32),
        head_norms=np.empty(len(order), dtype=np.float32),
        bodies=np.empty(len(order), dtype=np.int64),
        cuts=np.empty(len(order), dtype=np.int64),
        norms=np.empty(len(order), dtype=np.float32),
        edges=np.empty(len(order), dtype=np.int32),
        below=np.empty((N_LEVELS, len(order)), dtype=np.float32),
        apart=apart,
    )
    chunks = np.linspace(0, len(order), 8 * threads() + 1).astype(int)
    with ThreadPoolExecutor(threads()) as pool:
        list(pool.map(lambda ends: kernels.order_entries(rows, rank_of, *ends), pairwise(chunks)))
    return rows


def threads():
    """Number of threads: what this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
