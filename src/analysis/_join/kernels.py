"""The exact join, compiled: every pair of a query row and a tile row whose cosine reaches a threshold.

Terms have ranks, from those that are common and light to those that are rare and heavy. Each row is cut where the norm
of its entries up to there first reaches ``depth <= threshold``. Let f be the rarest term that two rows share. Their
cosine is a sum over terms up to f, so by Cauchy and Schwarz it is at most the norm of either row up to f; if it
reaches the threshold, f stands behind the cut of both. So entries behind the cuts find every pair, and what lies
before them is bounded by the product of two norms (docs/methods.md has the whole proof).

Search runs in float32 with a slack that exceeds its rounding; scores are float64 sums in the order of columns, so that
neither the threads, nor the tiles, nor the depth of the cuts can change a bit of the answer.
"""

from typing import NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

HEAD = 64  # most common terms, whose weights are also held side by side for vector arithmetic
TILE = 16_384  # rows of a tile at most: they are numbered in 16 bits, and their sums stay in the cache of a core
_STRIDE = 16  # entries between two looks at the bound
_ROUNDING = 1.2e-7  # a unit of float32 rounding; each entry of a row may cost one
_LIGHTEST = 1e-15  # far below the guard, and its square is still a float32
_GUARD = 1e-6  # norms are kept in float32; what is used as an upper bound is raised by this
_AHEAD = 16  # candidates between asking for entries and reading them
_LINE = 16  # float32 or int32 in a cache line
COUNTED = ("lists of postings", "postings", "rows past the first bound", "rows read", "strides read", "pairs")

# References to arrays are not counted (_nrt): threads that share rows would wait for each other at every count.
# So nothing here makes an array but ``postings``.
_kernel = njit(cache=True, nogil=True, _nrt=False)


@intrinsic
def _fetch(typing_context, array, index):  # noqa: ARG001
    """Ask for the cache line of an entry of a flat array, without waiting until it is there."""

    def code(context, builder, signature, values):
        start = context.make_array(signature.args[0])(context, builder, values[0]).data
        place, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        at = builder.bitcast(builder.gep(start, [values[1]]), place)
        kind = ir.FunctionType(ir.VoidType(), [place, flag, flag, flag])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(fetch, [at, flag(0), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), code


class Rows(NamedTuple):
    """Rows in the order of the join: their entries by column in float64, and by rank in float32.

    ``cells`` holds rank and weight of each entry side by side, so that one fetch brings both; ``light`` is the same
    memory seen as float32. Entry p has its rank in ``cells[2 * p]`` and its weight in ``light[2 * p + 1]``. Ranks below
    ``HEAD`` also stand in ``head``, a row of it for each row; the other entries are the body.
    """

    origin: np.ndarray  # int64, number of the row in the matrix
    column_starts: np.ndarray  # int64, of matrix row i: entries column_starts[i] to column_starts[i + 1]
    columns: np.ndarray  # int32, ascending within a row
    weights: np.ndarray  # float64
    starts: np.ndarray  # int64, of row k in the order of the join
    cells: np.ndarray  # int32
    light: np.ndarray  # float32
    head: np.ndarray  # float32, (n_rows, HEAD), weight by rank
    head_norms: np.ndarray  # float32
    bodies: np.ndarray  # int64, first entry of the body
    cuts: np.ndarray  # int64, first entry behind the cut
    norms: np.ndarray  # float32, norm of the body before the cut
    edges: np.ndarray  # int32, first rank behind the cut
    below: np.ndarray  # float32, (n_levels, n_rows), norm of the body below the rank of each level
    apart: np.ndarray  # int32, rows with equal numbers are not compared; empty if all are


class Tile(NamedTuple):
    """The entries behind the cuts of some consecutive rows, by rank: postings."""

    begin: int
    firsts: np.ndarray  # int32, of rank r: postings firsts[r] to firsts[r + 1]
    rows: np.ndarray  # uint16, counted from begin
    weights: np.ndarray  # float32
    n_rows: int


@_kernel
def count(columns, weights, n_rows, squared):
    """Add to each column the number of its entries and the sum of their squares."""
    for p in range(len(columns)):
        n_rows[columns[p]] += 1
        squared[columns[p]] += weights[p] * weights[p]


@njit(cache=True, nogil=True)
def order_entries(rows, rank_of, begin, end):
    """Fill ``cells``, ``head``, ``head_norms`` and ``bodies`` of rows begin to end: entries by ascending rank."""
    for k in range(begin, end):
        first, last = rows.column_starts[rows.origin[k]], rows.column_starts[rows.origin[k] + 1]
        keys = np.empty(last - first, np.int64)  # rank and place in one number: sorted five times as fast as indirectly
        for p in range(last - first):
            keys[p] = (np.int64(rank_of[rows.columns[first + p]]) << 32) | p
        keys.sort()
        at, squared = rows.starts[k], 0.0
        rows.bodies[k] = at
        for key in keys:
            rank, p = key >> 32, key & 0xFFFFFFFF
            # A term that two rows share must leave a trace in their float32 sum, however light it is.
            weight = np.float32(max(rows.weights[first + p], _LIGHTEST))
            rows.cells[2 * at] = rank
            rows.light[2 * at + 1] = weight
            at += 1
            if rank < HEAD:
                rows.head[k, rank] = weight
                squared += np.float64(weight) ** 2
                rows.bodies[k] = at
        rows.head_norms[k] = np.sqrt(squared) * (1 + _GUARD)


@njit(cache=True, nogil=True)
def cut(rows, depth, n_ranks):
    """Cut each row where the norm of its entries first reaches ``depth``."""
    for k in range(len(rows.origin)):
        p, last, squared, body = rows.starts[k], rows.starts[k + 1], 0.0, 0.0
        while p < last:
            weight = np.float64(rows.light[2 * p + 1])
            if np.sqrt(squared + weight * weight) >= depth - _GUARD:
                break
            squared += weight * weight
            if p >= rows.bodies[k]:
                body += weight * weight
            p += 1
        rows.cuts[k] = p
        rows.norms[k] = np.sqrt(body) * (1 + _GUARD)
        rows.edges[k] = rows.cells[2 * p] if p < last else n_ranks


@njit(cache=True, nogil=True)
def measure(rows, levels):
    """Fill ``below``: the norm of each row's body below the rank of each level."""
    for k in range(len(rows.origin)):
        p, last, squared = rows.bodies[k], rows.starts[k + 1], 0.0
        for level in range(len(levels)):
            while p < last and rows.cells[2 * p] < levels[level]:
                squared += np.float64(rows.light[2 * p + 1]) ** 2
                p += 1
            rows.below[level, k] = np.sqrt(squared) * (1 + _GUARD)


@njit(cache=True, nogil=True)
def postings(rows, begin, end, n_ranks):
    """Return the tile of rows begin to end."""
    firsts = np.zeros(n_ranks + 2, np.int32)
    for k in range(begin, end):
        for p in range(rows.cuts[k], rows.starts[k + 1]):
            firsts[rows.cells[2 * p] + 2] += 1
    for r in range(2, n_ranks + 2):
        firsts[r] += firsts[r - 1]
    numbers, weights = np.empty(firsts[-1], np.uint16), np.empty(firsts[-1], np.float32)
    for k in range(begin, end):
        for p in range(rows.cuts[k], rows.starts[k + 1]):
            r = rows.cells[2 * p] + 1
            numbers[firsts[r]], weights[firsts[r]] = k - begin, rows.light[2 * p + 1]
            firsts[r] += 1
    return Tile(begin, firsts, numbers, weights, end - begin)


class Goal(NamedTuple):
    """What is looked for, and how."""

    threshold: float
    depth: float  # of the cuts
    band_of: np.ndarray  # uint8, of each rank
    levels: np.ndarray  # int32, ranks; the last lies above all


class Work(NamedTuple):
    """Two sets of rows, one tile of the second, and which rows of it each query may meet."""

    queries: Rows
    target: Rows
    reach: tuple  # (int64 array, int64 array): of each query, the first row of target and the one after the last
    tile: Tile
    goal: Goal


class Found(NamedTuple):
    """Pairs found, in arrays with room for more."""

    queries: np.ndarray  # int64, rows of the matrices
    targets: np.ndarray  # int64
    scores: np.ndarray  # float64, cosines
    n_shared: np.ndarray  # int32, shared terms


class Space(NamedTuple):
    """What one thread works in. ``sums``, ``common`` and ``exact`` are zero before and after each query."""

    sums: np.ndarray  # float32, of each row of the tile: what it shares with the query behind the cuts
    candidates: np.ndarray  # int32, rows of the tile that may reach the threshold
    kept: np.ndarray  # float32, their sums
    limits: np.ndarray  # float64, norm of the body of the query up to the end of each band
    common: np.ndarray  # float32, the body of the query by rank
    exact: np.ndarray  # float64, the query by column
    found: Found
    counts: np.ndarray  # int64, what was done so far, see ``COUNTED``


@_kernel
def join(work, chunk, space):
    """Find the rows of a tile that reach a threshold with each query of a chunk, until ``space.found`` is full.

    Parameters
    ----------
    work : Work
    chunk : (int, int)
        The first query and the one after the last.
    space : Space
        With room in ``found`` for as many pairs as the tile has rows. What is done is added to ``counts``.

    Returns
    -------
    next_query, n_found : int
        Where to go on, and how many pairs ``space.found`` holds.
    """
    q, n_found = chunk[0], 0
    while q < chunk[1] and n_found + work.tile.n_rows <= len(space.found.scores):
        n_found = _join_one(work, q, space, n_found)
        q += 1
    space.counts[5] += n_found
    return q, n_found


@_kernel
def _join_one(work, q, space, n_found):
    begin, end = work.tile.begin, work.tile.begin + work.tile.n_rows
    if max(work.reach[0][q], begin) < min(work.reach[1][q], end):
        needed = work.goal.threshold - _ROUNDING * (work.queries.starts[q + 1] - work.queries.starts[q] + 8)
        n_candidates = _gather(work, q, needed - work.goal.depth, space)
        if n_candidates:
            n_candidates = _sift(work, q, needed, space, n_candidates)
        if n_candidates:
            n_candidates = _verify(work, q, needed, space, n_candidates)
        if n_candidates:
            n_found = _score(work, q, space, n_candidates, n_found)
    return n_found


@_kernel
def _gather(work, q, needed, space):
    """List the rows of a tile whose sums behind the cuts reach ``needed``."""
    n_lists, n_postings = _postings_of(work.queries, q, work.tile)
    # Many postings touch most rows of a tile, and looking at all of them is cheaper than keeping a list.
    if 4 * n_postings > work.tile.n_rows:
        n_candidates = _add_and_scan(work.queries, q, work.tile, needed, space)
    else:
        n_candidates = _add_and_list(work.queries, q, work.tile, needed, space)
    space.counts[0] += n_lists
    space.counts[1] += n_postings
    space.counts[2] += n_candidates
    return n_candidates


@_kernel
def _postings_of(queries, q, tile):
    """Count the lists of postings of a query and the postings in them, and fetch the beginning of each."""
    n_lists, n_postings = 0, 0
    for p in range(queries.cuts[q], queries.starts[q + 1]):
        first, last = tile.firsts[queries.cells[2 * p]], tile.firsts[queries.cells[2 * p] + 1]
        if last > first:
            n_lists += 1
            n_postings += last - first
            _fetch(tile.rows, first)
            _fetch(tile.weights, first)
    return n_lists, n_postings


@_kernel
def _add_and_scan(queries, q, tile, needed, space):
    """Add up what the rows share behind the cuts; look at every row of the tile for those that reach ``needed``."""
    firsts, rows, weights = tile.firsts, tile.rows, tile.weights
    sums, candidates, kept = space.sums, space.candidates, space.kept
    for p in range(queries.cuts[q], queries.starts[q + 1]):
        rank, weight = queries.cells[2 * p], queries.light[2 * p + 1]
        # Unsigned, here and below: a number that may be negative costs a test, which doubles the time.
        for i in range(np.uint64(firsts[rank]), np.uint64(firsts[rank + 1])):
            sums[rows[i]] += weight * weights[i]
    needed, n_kept = np.float32(max(needed, _LIGHTEST**2)), 0  # a row that was not touched never qualifies
    for begin in range(0, tile.n_rows, 32):
        end = min(begin + 32, tile.n_rows)
        n_high = 0
        for row in range(begin, end):
            n_high += sums[row] >= needed
        if n_high:
            for row in range(begin, end):
                if sums[row] >= needed:
                    candidates[n_kept], kept[n_kept] = row, sums[row]
                    n_kept += 1
    sums[: tile.n_rows] = 0
    return n_kept


@_kernel
def _add_and_list(queries, q, tile, needed, space):
    """The same with a list of the rows touched."""
    firsts, rows, weights = tile.firsts, tile.rows, tile.weights
    sums, candidates, kept = space.sums, space.candidates, space.kept
    n_touched = 0
    for p in range(queries.cuts[q], queries.starts[q + 1]):
        rank, weight = queries.cells[2 * p], queries.light[2 * p + 1]
        for i in range(np.uint64(firsts[rank]), np.uint64(firsts[rank + 1])):
            row = rows[i]
            if sums[row] == 0:
                candidates[n_touched] = row
                n_touched += 1
            sums[row] += weight * weights[i]
    n_kept = 0
    for c in range(n_touched):
        row = candidates[c]
        if sums[row] >= needed:
            candidates[n_kept], kept[n_kept] = row, sums[row]
            n_kept += 1
        sums[row] = 0
    return n_kept


@_kernel
def _limit(queries, q, band_of, limits):
    """Set ``limits`` to the norm of the query's body up to the end of each band."""
    limits[:] = 0
    for p in range(queries.bodies[q], queries.starts[q + 1]):
        limits[band_of[queries.cells[2 * p]]] += np.float64(queries.light[2 * p + 1]) ** 2
    squared = 0.0
    for band in range(len(limits)):
        squared += limits[band]
        limits[band] = np.sqrt(squared) * (1 + _GUARD)


@_kernel
def _sift(work, q, needed, space, n_candidates):
    """Keep the candidates that may be met and may reach what is needed, by what is known without their entries."""
    queries, target, begin, band_of = work.queries, work.target, work.tile.begin, work.goal.band_of
    _limit(queries, q, band_of, space.limits)
    low, high = work.reach[0][q], work.reach[1][q]
    edge, norm, head_norm = queries.edges[q], np.float64(queries.norms[q]), np.float64(queries.head_norms[q])
    edges, norms, head_norms, apart = target.edges, target.norms, target.head_norms, target.apart
    below, limits = target.below[np.searchsorted(work.goal.levels, edge)], space.limits
    candidates, kept = space.candidates, space.kept
    own = queries.apart[q] if len(apart) else -1
    n_kept = 0
    for c in range(n_candidates):
        row, total = candidates[c], kept[c]
        k = np.uint64(begin + row)
        rest = norms[k] * limits[band_of[max(edges[k] - 1, 0)]] if edges[k] >= edge else norm * below[k]
        reaches = total + rest + head_norm * head_norms[k] >= needed
        if reaches and low <= begin + row < high and not (len(apart) and apart[k] == own):
            candidates[n_kept], kept[n_kept] = row, total
            n_kept += 1
    space.counts[3] += n_kept
    return n_kept


@_kernel
def _verify(work, q, needed, space, n_candidates):
    """Keep the candidates that still may reach what is needed when their entries have been read."""
    queries, target, begin = work.queries, work.target, work.tile.begin
    _lay_out(queries, q, space.common)
    candidates, kept, n_kept = space.candidates, space.kept, 0
    for c in range(n_candidates):
        if c + _AHEAD < n_candidates:
            _fetch_entries(target, begin + candidates[c + _AHEAD])
        candidates[n_kept] = candidates[c]
        n_kept += _read(work, q, begin + candidates[c], needed, kept[c], space)
    _clear(queries, q, space.common)
    return n_kept


@_kernel
def _fetch_entries(target, k):
    for rank in range(0, HEAD, _LINE):
        _fetch(target.head, k * HEAD + rank)
    _fetch(target.cells, 2 * target.cuts[k] - 1)
    _fetch(target.cells, 2 * target.cuts[k] - 1 - _LINE)


@_kernel
def _lay_out(queries, q, common):
    """Lay the body of the query out by rank, for the rows it is compared with."""
    for p in range(queries.bodies[q], queries.starts[q + 1]):
        common[queries.cells[2 * p]] = queries.light[2 * p + 1]


@_kernel
def _clear(queries, q, common):
    for p in range(queries.bodies[q], queries.starts[q + 1]):
        common[queries.cells[2 * p]] = 0


@njit(cache=True, nogil=True, _nrt=False, fastmath={"reassoc", "contract"})
def _product(one, other):
    """Product of two heads; the order of its sum is left to the compiler, for vector arithmetic."""
    total = np.float32(0)
    for rank in range(HEAD):
        total += one[rank] * other[rank]
    return total


@_kernel
def _read(work, q, k, needed, total, space):
    """Read what was not added up of a row, first its head, then its body from rare to common, until it fails.

    Returns whether it may reach what is needed.
    """
    queries, target, band_of, limits = work.queries, work.target, work.goal.band_of, space.limits
    edge, other_edge = queries.edges[q], target.edges[k]
    if max(edge, other_edge) < HEAD:
        return True  # both were cut within their heads, part of which was added up: rare
    total = np.float64(total) + _product(queries.head[q], target.head[k])
    begin, p, squared = target.bodies[k], max(target.cuts[k], target.bodies[k]), np.float64(target.norms[k]) ** 2
    limit = limits[band_of[max(other_edge - 1, 0)]]
    if other_edge < edge:
        # The query was cut at a rarer term than this row: what lies between was not added up either.
        limit = np.float64(queries.norms[q])
        while p < target.starts[k + 1] and target.cells[2 * p] < edge:
            squared += np.float64(target.light[2 * p + 1]) ** 2
            p += 1
    reaches = total + np.sqrt(squared) * limit >= needed
    while reaches and p > begin:
        stop = max(p - _STRIDE, begin)
        for at in range(np.uint64(stop), np.uint64(p)):
            weight = target.light[2 * at + 1]
            total += space.common[np.uint32(target.cells[2 * at])] * weight
            squared -= np.float64(weight) * weight
        p = stop
        squared = max(squared, 0.0) + _GUARD**2 if p > begin else 0.0
        reaches = total + np.sqrt(squared) * limits[band_of[target.cells[2 * p]]] >= needed
        space.counts[4] += 1
    return reaches


@_kernel
def _score(work, q, space, n_candidates, n_found):
    """Add to those found the candidates whose cosine reaches the threshold."""
    queries, target, begin = work.queries, work.target, work.tile.begin
    first, last = queries.column_starts[queries.origin[q]], queries.column_starts[queries.origin[q] + 1]
    for p in range(first, last):
        space.exact[queries.columns[p]] = queries.weights[p]
    found = space.found
    for c in range(n_candidates):
        if c + 1 < n_candidates:
            _fetch_row(target, begin + space.candidates[c + 1])
        k = begin + space.candidates[c]
        score, n_shared = _cosine(target, k, space.exact)
        found.queries[n_found], found.targets[n_found] = queries.origin[q], target.origin[k]
        found.scores[n_found], found.n_shared[n_found] = score, n_shared
        n_found += score >= work.goal.threshold
    for p in range(first, last):
        space.exact[queries.columns[p]] = 0
    return n_found


@_kernel
def _fetch_row(target, k):
    row = target.origin[k]
    for p in range(target.column_starts[row], target.column_starts[row + 1], _LINE // 2):
        _fetch(target.columns, p)
        _fetch(target.weights, p)


@_kernel
def _cosine(target, k, exact):
    """Cosine in float64, a sum in the order of columns, and the number of shared terms."""
    score, n_shared, row = 0.0, 0, target.origin[k]
    for p in range(np.uint64(target.column_starts[row]), np.uint64(target.column_starts[row + 1])):
        product = exact[np.uint32(target.columns[p])] * target.weights[p]
        score += product
        n_shared += product != 0
    # Lengths are 1 up to rounding, so copies may come out at 1 ± 1e-16; they are 1.
    return (1.0 if abs(score - 1) < 1e-12 else score), n_shared
