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
from numba import njit

TILE = 16_384  # rows of a tile at most: they are numbered in 16 bits, and their sums stay in the cache of a core
_STRIDE = 16  # entries between two looks at the bound
_ROUNDING = 1.2e-7  # a unit of float32 rounding; each entry of a row may cost one
_LIGHTEST = 1e-15  # far below the guard, and its square is still a float32
_GUARD = 1e-6  # norms are kept in float32; what is used as an upper bound is raised by this


class Rows(NamedTuple):
    """Rows in the order of the join: their entries by column in float64, and by rank in float32.

    ``cells`` holds rank and weight of each entry side by side, so that one fetch brings both; ``light`` is the same
    memory seen as float32. Entry p has its rank in ``cells[2 * p]`` and its weight in ``light[2 * p + 1]``.
    """

    origin: np.ndarray  # int64, number of the row in the matrix
    column_starts: np.ndarray  # int64, of matrix row i: entries column_starts[i] to column_starts[i + 1]
    columns: np.ndarray  # int32, ascending within a row
    weights: np.ndarray  # float64
    starts: np.ndarray  # int64, of row k in the order of the join
    cells: np.ndarray  # int32
    light: np.ndarray  # float32
    cuts: np.ndarray  # int64, first entry behind the cut
    norms: np.ndarray  # float32, norm of the entries before the cut
    edges: np.ndarray  # int32, first rank behind the cut
    below: np.ndarray  # float32, (n_levels, n_rows), norm of the entries below the rank of each level
    apart: np.ndarray  # int32, rows with equal numbers are not compared; empty if all are


class Tile(NamedTuple):
    """The entries behind the cuts of some consecutive rows, by rank: postings."""

    begin: int
    firsts: np.ndarray  # int32, of rank r: postings firsts[r] to firsts[r + 1]
    rows: np.ndarray  # uint16, counted from begin
    weights: np.ndarray  # float32
    n_rows: int


@njit(cache=True, nogil=True)
def order_entries(rows, rank_of, begin, end):
    """Fill ``cells`` of rows begin to end: their entries by ascending rank."""
    for k in range(begin, end):
        first, last = rows.column_starts[rows.origin[k]], rows.column_starts[rows.origin[k] + 1]
        keys = np.empty(last - first, np.int64)  # rank and place in one number: sorted five times as fast as indirectly
        for p in range(last - first):
            keys[p] = (np.int64(rank_of[rows.columns[first + p]]) << 32) | p
        keys.sort()
        at = 2 * rows.starts[k]
        for key in keys:
            p = key & 0xFFFFFFFF
            rows.cells[at] = key >> 32
            # A term that two rows share must leave a trace in their float32 sum, however light it is.
            rows.light[at + 1] = max(rows.weights[first + p], _LIGHTEST)
            at += 2


@njit(cache=True, nogil=True)
def cut(rows, depth, n_ranks):
    """Cut each row where the norm of its entries first reaches ``depth``."""
    for k in range(len(rows.origin)):
        p, last, squared = rows.starts[k], rows.starts[k + 1], 0.0
        while p < last:
            weight = np.float64(rows.light[2 * p + 1])
            if np.sqrt(squared + weight * weight) >= depth - _GUARD:
                break
            squared += weight * weight
            p += 1
        rows.cuts[k] = p
        rows.norms[k] = np.sqrt(squared) * (1 + _GUARD)
        rows.edges[k] = rows.cells[2 * p] if p < last else n_ranks


@njit(cache=True, nogil=True)
def measure(rows, levels):
    """Fill ``below``: the norm of each row's entries below the rank of each level."""
    for k in range(len(rows.origin)):
        p, last, squared = rows.starts[k], rows.starts[k + 1], 0.0
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


class Space(NamedTuple):
    """What one thread works in. All but ``candidates`` and ``kept`` is zero before and after each query."""

    sums: np.ndarray  # float32, of each row of the tile: what it shares with the query behind the cuts
    candidates: np.ndarray  # int32, rows of the tile that may reach the threshold
    kept: np.ndarray  # float32, their sums
    common: np.ndarray  # float32, the query by rank
    exact: np.ndarray  # float64, the query by column


@njit(cache=True, nogil=True)
def join(queries, chunk, reach, target, tile, goal, space):
    """Find the rows of a tile that reach a threshold with each query of a chunk.

    Parameters
    ----------
    queries, target : Rows
    chunk : (int, int)
        The first query and the one after the last.
    reach : (int64 array, int64 array)
        Of each query, the first row of ``target`` that it may meet and the one after the last.
    tile : Tile
        Of ``target``.
    goal : (float, float, uint8 array, int32 array)
        The threshold, the depth of the cuts, the band of each rank, and the ranks of the levels; the last level lies
        above all ranks.
    space : Space

    Returns
    -------
    found : (int64 array, int64 array, float64 array, int32 array)
        Matrix rows of query and target, cosines, and numbers of shared terms.
    counts : int64 array
        Postings read, rows that reached the first bound, rows whose entries were read, pairs.
    """
    threshold, depth, band_of, levels = goal
    found = (np.empty(256, np.int64), np.empty(256, np.int64), np.empty(256), np.empty(256, np.int32))
    counts = np.zeros(4, np.int64)
    limits = np.empty(band_of[-1] + 1)
    for q in range(chunk[0], chunk[1]):
        low, high = max(reach[0][q] - tile.begin, 0), min(reach[1][q] - tile.begin, tile.n_rows)
        if low >= high:
            continue
        needed = threshold - _ROUNDING * (queries.starts[q + 1] - queries.starts[q] + 8)
        n_postings = _postings_of(queries, q, tile)
        counts[0] += n_postings
        if n_postings == 0:
            continue
        # Many postings touch most rows of a tile, and looking at all of them is cheaper than keeping a list.
        if 4 * n_postings > tile.n_rows:
            n_candidates = _add_and_scan(queries, q, tile, needed - depth, space)
        else:
            n_candidates = _add_and_list(queries, q, tile, needed - depth, space)
        if n_candidates == 0:
            continue
        counts[1] += n_candidates
        _limit(queries, q, band_of, limits)
        level = np.searchsorted(levels, queries.edges[q])
        span = (tile.begin, low, high)
        n_candidates = _sift(queries, q, level, target, span, needed, band_of, limits, space, n_candidates)
        if n_candidates == 0:
            continue
        _lay_out(queries, q, space)
        for c in range(n_candidates):
            k = tile.begin + space.candidates[c]
            n_read = _read(queries, q, target, k, needed, space.kept[c], band_of, limits, space.common)
            counts[2] += 1
            if n_read < 0:
                continue
            score, n_shared = _score(target, k, space.exact)
            if score >= threshold:
                if counts[3] == len(found[0]):
                    found = (_longer(found[0]), _longer(found[1]), _longer(found[2]), _longer(found[3]))
                found[0][counts[3]], found[1][counts[3]] = queries.origin[q], target.origin[k]
                found[2][counts[3]], found[3][counts[3]] = score, n_shared
                counts[3] += 1
        _clear(queries, q, space)
    n = counts[3]
    return (found[0][:n], found[1][:n], found[2][:n], found[3][:n]), counts


@njit(cache=True, nogil=True)
def _longer(values):
    longer = np.empty(2 * len(values), values.dtype)
    longer[: len(values)] = values
    return longer


@njit(cache=True, nogil=True)
def _postings_of(queries, q, tile):
    n_postings = 0
    for p in range(queries.cuts[q], queries.starts[q + 1]):
        rank = queries.cells[2 * p]
        n_postings += tile.firsts[rank + 1] - tile.firsts[rank]
    return n_postings


@njit(cache=True, nogil=True)
def _add_and_list(queries, q, tile, needed, space):
    """Add up what the rows share behind the cuts, with a list of the rows touched; keep those that reach ``needed``."""
    firsts, rows, weights = tile.firsts, tile.rows, tile.weights
    sums, candidates, kept = space.sums, space.candidates, space.kept
    n_touched = 0
    for p in range(queries.cuts[q], queries.starts[q + 1]):
        rank, weight = queries.cells[2 * p], queries.light[2 * p + 1]
        for i in range(firsts[rank], firsts[rank + 1]):
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


@njit(cache=True, nogil=True)
def _add_and_scan(queries, q, tile, needed, space):
    """The same, looking at every row of the tile; a row that was not touched never qualifies."""
    firsts, rows, weights = tile.firsts, tile.rows, tile.weights
    sums, candidates, kept = space.sums, space.candidates, space.kept
    for p in range(queries.cuts[q], queries.starts[q + 1]):
        rank, weight = queries.cells[2 * p], queries.light[2 * p + 1]
        for i in range(firsts[rank], firsts[rank + 1]):
            sums[rows[i]] += weight * weights[i]
    needed = np.float32(max(needed, _LIGHTEST**2))
    n_kept = 0
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


@njit(cache=True, nogil=True)
def _limit(queries, q, band_of, limits):
    """Set ``limits`` to the norm of the query's entries up to the end of each band."""
    limits[:] = 0
    for p in range(queries.starts[q], queries.starts[q + 1]):
        limits[band_of[queries.cells[2 * p]]] += np.float64(queries.light[2 * p + 1]) ** 2
    squared = 0.0
    for band in range(len(limits)):
        squared += limits[band]
        limits[band] = np.sqrt(squared) * (1 + _GUARD)


@njit(cache=True, nogil=True)
def _sift(queries, q, level, target, span, needed, band_of, limits, space, n_candidates):
    """Keep the candidates that may be met and may reach what is needed, by what is known without their entries."""
    begin, low, high = span
    edge, norm = queries.edges[q], np.float64(queries.norms[q])
    edges, norms, below, apart, own = target.edges, target.norms, target.below[level], target.apart, -1
    candidates, kept = space.candidates, space.kept
    if len(apart):
        own = queries.apart[q]
    n_kept = 0
    for c in range(n_candidates):
        row, total = candidates[c], kept[c]
        if not low <= row < high:
            continue
        k = begin + row
        rest = norms[k] * limits[band_of[edges[k] - 1]] if edges[k] >= edge else norm * below[k]
        if total + rest >= needed and not (len(apart) and apart[k] == own):
            candidates[n_kept], kept[n_kept] = row, total
            n_kept += 1
    return n_kept


@njit(cache=True, nogil=True)
def _lay_out(queries, q, space):
    """Lay the query out by rank and by column, for the rows it is compared with."""
    for p in range(queries.starts[q], queries.starts[q + 1]):
        space.common[queries.cells[2 * p]] = queries.light[2 * p + 1]
    row = queries.origin[q]
    for p in range(queries.column_starts[row], queries.column_starts[row + 1]):
        space.exact[queries.columns[p]] = queries.weights[p]


@njit(cache=True, nogil=True)
def _clear(queries, q, space):
    for p in range(queries.starts[q], queries.starts[q + 1]):
        space.common[queries.cells[2 * p]] = 0
    row = queries.origin[q]
    for p in range(queries.column_starts[row], queries.column_starts[row + 1]):
        space.exact[queries.columns[p]] = 0


@njit(cache=True, nogil=True)
def _read(queries, q, target, k, needed, total, band_of, limits, common):
    """Read the entries of a row that were not added up, from rare to common; say how many, negative if it fails."""
    cells, light = target.cells, target.light
    begin, p, edge = target.starts[k], target.cuts[k], queries.edges[q]
    squared = np.float64(target.norms[k]) ** 2
    limit = limits[band_of[target.edges[k] - 1]]
    if target.edges[k] < edge:
        # The query was cut at a rarer term than this row: what lies between was not added up either.
        limit = np.float64(queries.norms[q])
        while p < target.starts[k + 1] and cells[2 * p] < edge:
            squared += np.float64(light[2 * p + 1]) ** 2
            p += 1
    total, n_read = np.float64(total), 0
    while total + np.sqrt(squared) * limit >= needed:
        if p == begin:
            return n_read
        stop = max(p - _STRIDE, begin)
        n_read += p - stop
        while p > stop:
            p -= 1
            weight = light[2 * p + 1]
            total += common[cells[2 * p]] * weight
            squared -= np.float64(weight) * weight
        squared = max(squared, 0.0) + _GUARD**2 if p > begin else 0.0
        limit = limits[band_of[cells[2 * p]]]
    return -1 - n_read


@njit(cache=True, nogil=True)
def _score(target, k, exact):
    """Cosine in float64, a sum in the order of columns, and the number of shared terms."""
    score, n_shared, row = 0.0, 0, target.origin[k]
    columns, weights = target.columns, target.weights
    for p in range(target.column_starts[row], target.column_starts[row + 1]):
        product = exact[columns[p]] * weights[p]
        score += product
        n_shared += product != 0
    # Lengths are 1 up to rounding, so copies may come out at 1 ± 1e-16; they are 1.
    return (1.0 if abs(score - 1) < 1e-12 else score), n_shared
