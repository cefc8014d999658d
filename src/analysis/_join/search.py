"""The search for pairs: which depth to cut at, the work in pieces, and threads that do it."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np

from analysis._join import kernels, rows

CHUNK = 1_024  # queries of one piece of work: a fraction of a second, so that an interrupt is heard
_DEPTHS = (0.95, 0.85, 0.7, 0.5, 0.25)  # where to cut, in shares of the threshold
# Nanoseconds for each of kernels.COUNTED: measured.
_COSTS = np.array([30.0, 2.0, 10.0, 150.0, 40.0, 1500.0])
_TRIED = 128  # queries that try a depth


class Job(NamedTuple):
    """Two sets of rows to be joined, and which of them may meet; ``queries`` and ``target`` may be the same."""

    queries: kernels.Rows
    target: kernels.Rows
    reach: tuple  # (int64 array, int64 array): of each query, the first row of target and the one after the last
    rank_of: np.ndarray


def job(first, second, meet):
    """Return the join of two matrices, with what may meet as ``duplicates.scope.Meeting`` says."""
    rank_of = rows.ranks(second)
    apart = meet.apart or (None, None)
    target = rows.prepare(second, meet.target, rank_of, apart[1])
    # Two corpora may share one array of weights and yet meet in another order, so the matrices do not tell.
    alone = meet.queries is meet.target
    queries = target if alone else rows.prepare(first, meet.queries, rank_of, apart[0])
    return Job(queries, target, meet.reach, rank_of)


def spread(n_rows, n_wanted):
    """Return about ``n_wanted`` distinct rows, spread evenly and always the same (multiples of the golden ratio)."""
    if n_rows <= n_wanted:
        return np.arange(n_rows)
    return np.unique((np.modf(np.arange(1, n_wanted + 1) * 0.6180339887498949)[0] * n_rows).astype(np.int64))


def aim(job, threshold, depth):
    """Cut the rows of a job for a threshold; return what ``kernels.join`` looks for."""
    n_ranks = len(job.rank_of)
    for side in {id(side): side for side in (job.queries, job.target)}.values():
        kernels.cut(side, depth, n_ranks)
    levels = np.quantile(job.target.edges, np.linspace(0, 1, rows.N_LEVELS + 1)[1:], method="higher").astype(np.int32)
    levels[-1] = n_ranks
    kernels.measure(job.target, levels)
    return kernels.Goal(float(threshold), float(depth), rows.bands(n_ranks), levels)


def best_depth(job, threshold):
    """Return the depth at which a sample of queries costs least against a sample of the target.

    Deep cuts add up more and leave less to be read. The cost is reckoned from counted operations, not from a clock,
    and nothing but time depends on it.
    """
    queries, target = _sampled(job, _TRIED)
    return min(_DEPTHS, key=lambda share: _cost(queries, target, job.rank_of, threshold, share * threshold)) * threshold


def found_by(job, chosen, threshold, depth):
    """Return what some of the queries find, as a list like ``kernels.Found``."""
    reach = job.reach[0][chosen], job.reach[1][chosen]
    smaller = Job(rows.part(job.queries, chosen, job.rank_of), job.target, reach, job.rank_of)
    found = [part for part, *_ in run(smaller, aim(smaller, threshold, depth))]
    return [np.concatenate(column) for column in zip(*found, strict=True)] if found else [np.empty(0)] * 4


def seconds(job, threshold, depth):
    """Return how long a job will take on this machine, by the clock on a sample."""
    queries, target = _sampled(job, 8 * _TRIED)
    began = time.perf_counter()
    _cost(queries, target, job.rank_of, threshold, depth)
    spent = time.perf_counter() - began
    n_compared = sum(n for *_, n in pieces(job, tile_rows(job)))
    return spent * n_compared / max(len(queries.origin) * len(target.origin), 1) / rows.threads()


def _sampled(job, n_queries):
    queries = rows.part(job.queries, spread(len(job.queries.origin), n_queries), job.rank_of)
    return queries, rows.part(job.target, spread(len(job.target.origin), kernels.TILE), job.rank_of)


def _cost(queries, target, rank_of, threshold, depth):
    everywhere = np.zeros(len(queries.origin), np.int64), np.full(len(queries.origin), len(target.origin))
    job = Job(queries, target, everywhere, rank_of)
    goal = aim(job, threshold, depth)
    tile = kernels.postings(target, 0, len(target.origin), len(rank_of))
    _, counts = compare(job, (0, len(queries.origin)), tile, goal, space(len(rank_of)))
    return float(_COSTS @ counts)


def compare(job, chunk, tile, goal, own):
    """Compare a chunk of queries with a tile in the space of one thread; return the pairs and what was counted."""
    work = kernels.Work(job.queries, job.target, job.reach, tile, goal)
    own.counts[:] = 0
    parts, q = [], chunk[0]
    while q < chunk[1]:
        q, n_found = kernels.join(work, (q, chunk[1]), own)
        parts.append([column[:n_found].copy() for column in own.found])
    return [np.concatenate(column) for column in zip(*parts, strict=True)], own.counts.copy()


def space(n_terms):
    """Return what one thread works in."""
    tile = kernels.TILE
    kinds = kernels.Found(np.int64, np.int64, np.float64, np.int32)
    return kernels.Space(
        sums=np.zeros(tile, np.float32),
        candidates=np.zeros(tile, np.int32),
        kept=np.zeros(tile, np.float32),
        limits=np.zeros(rows.bands(n_terms)[-1] + 1 if n_terms else 0),
        common=np.zeros(n_terms, np.float32),
        exact=np.zeros(n_terms),
        found=kernels.Found(*(np.zeros(4 * tile, kind) for kind in kinds)),
        counts=np.zeros(len(kernels.COUNTED), np.int64),
    )


def pieces(job, tile_rows=kernels.TILE):
    """Yield (tile, queries, n_comparisons): ends of a tile, ends of the chunks that meet it, pairs in all."""
    first, last = job.reach
    for begin in range(0, len(job.target.origin), tile_rows):
        end = min(begin + tile_rows, len(job.target.origin))
        low, high = np.searchsorted(last, begin, "right"), np.searchsorted(first, end, "left")
        for chunk in range(low, high, CHUNK):
            chunk_end = min(chunk + CHUNK, high)
            yield (begin, end), (chunk, chunk_end), (chunk_end - chunk) * (end - begin)


def tile_rows(job):
    """Return how many rows make a tile: as many as a query may meet, so that little of a tile is in vain."""
    met = job.reach[1] - job.reach[0]
    typical = int(np.quantile(met, 0.9)) if len(met) else 0
    return int(np.clip(1 << max(typical - 1, 1).bit_length(), 2_048, kernels.TILE))


def run(job, goal):
    """Yield what ``compare`` returns and the share of the work, piece by piece, in any order; close it to stop."""
    local, stopped = threading.local(), threading.Event()

    def work(tile, chunk, share):
        if not hasattr(local, "space"):
            local.space = space(len(job.rank_of))
        if stopped.is_set():
            return None
        return *compare(job, chunk, tile, goal, local.space), share

    planned = list(pieces(job, tile_rows(job)))
    total = sum(n for _, _, n in planned)
    running, ends, tile = set(), None, None
    pool = ThreadPoolExecutor(rows.threads())
    try:
        for next_ends, chunk, n_compared in planned:
            if next_ends != ends:
                ends, tile = next_ends, kernels.postings(job.target, *next_ends, len(job.rank_of))
            running.add(pool.submit(work, tile, chunk, n_compared / total))
            while len(running) > 2 * rows.threads():
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        yield from (future.result() for future in running)
    finally:
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)
