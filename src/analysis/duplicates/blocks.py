"""Two blocks of archives compared: a task that one core does alone, wherever it is sent."""

import multiprocessing
import tempfile
import threading
from collections import OrderedDict
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from analysis import tables
from analysis.duplicates import pairs
from analysis.duplicates.archive import read_block, read_ranks
from analysis.duplicates.files import Folder
from analysis.duplicates.scope import Scope, Side, _spelled, meeting

RUN = 4_194_304  # pairs sorted in memory: 80 MB; more are sorted in runs on the disk and merged
GROUP = 1_048_576  # pairs of a row group, and some more: those of one document stay together
_KEPT = 4  # blocks that a process keeps ready, 160 MB each: within a window a block meets few others
_FOUND = np.dtype([("a", np.uint32), ("b", np.uint32), ("score", np.float64), ("n_shared", np.int32)])
SCHEMA = pa.schema(
    [("a", pa.string()), ("b", pa.string())] + [(name, pa.float64()) for name in ("score", "containment", "lag")]
)


class Search(NamedTuple):
    """What is looked for, small enough to travel with each task."""

    threshold: float
    scope: Scope
    ranks: tuple  # url of the archive whose ranks steer the search, and SHA-256 of its terms


class Place(NamedTuple):
    """Where a block lies, and which columns of documents it holds."""

    url: str
    file: str
    columns: tuple


class Prepared:
    """The rows of a block that can be compared, in memory.

    ``left_out`` says of the others how many there are, by reason: ``{"hold no term": 2}``. Nothing is changed after
    it was made, so that threads can share it.
    """

    def __init__(self, weights, about, search, rank_of):
        kept, self.left_out = _sifted(weights, about, search.scope)
        self.n_rows, self.rank_of = len(about), rank_of
        about = about[kept].reset_index(drop=True)
        # Indexing copies: what comes from Arrow is read-only, which compiled code takes for another type. Terms have
        # numbers here; their spelling plays no part.
        matrix = tables.DocumentTermMatrix(
            weights[np.flatnonzero(kept)], about["document_id"].to_numpy(dtype=object), np.arange(len(rank_of))
        )
        self.side = Side(matrix, about)

    @cached_property
    def _rows(self):
        from analysis._join import rows

        return rows.prepare(self.side.matrix.weights, np.arange(len(self.side.about)), self.rank_of)

    def rows(self, order, apart):
        """Return the rows in this order for the compiled join, with room of their own for the cuts."""
        from analysis._join import rows

        # Blocks are in the order of time, which is the order of every search but those within a column.
        alike = np.array_equal(order, np.arange(len(self.side.about)))
        ready = self._rows if alike else rows.prepare(self.side.matrix.weights, order, self.rank_of)
        own = {name: np.empty_like(getattr(ready, name)) for name in ("cuts", "norms", "edges", "below")}
        return ready._replace(**own, apart=np.empty(0, np.int32) if apart is None else apart[order].astype(np.int32))


def _sifted(weights, about, scope):
    """Return which rows can be compared, by the rules of ``scope.eligible``, and how many can not, by reason."""
    reasons = [("hold no term", np.diff(weights.indptr) == 0)]
    if scope.window is not None:
        why = f"have no date and were not compared within window={_spelled(scope.window)!r}"
        reasons.append((why, about["published"].isna().to_numpy()))
    for option, name in (("across", scope.across), ("within", scope.within)):
        if name is not None:
            why = f"state no {name} and were not compared {option}={name!r}"
            reasons.append((why, (about[name].isna() | about[name].isin([""])).to_numpy()))
    kept, left_out = np.ones(len(about), dtype=bool), {}
    for why, wrong in reasons:
        left_out[why] = int((kept & wrong).sum())
        kept &= ~wrong
    return kept, left_out


@lru_cache(maxsize=2)
def _rank_of(url, vocabulary):  # noqa: ARG001 - the vocabulary tells apart what one folder held at different times
    return read_ranks(Folder(url))


_ready, _depths, _lock = OrderedDict(), {}, threading.Lock()


def prepared(place, search):
    """Return a block ready to be compared; each process keeps the last few."""
    rank_of = _rank_of(*search.ranks)
    with _lock:
        block = _ready.pop((place, search), None)
    if block is None:
        block = Prepared(*read_block(Folder(place.url), place.file, len(rank_of), place.columns), search, rank_of)
    with _lock:
        _ready[place, search] = block
        while len(_ready) > _most():
            _ready.popitem(last=False)
    return block


def _most():
    # loky, joblib's own pool, takes a worker that grew by 300 MB for one that leaks, and ends it with a warning.
    return 2 if "Loky" in multiprocessing.current_process().name else _KEPT


def forget():
    """Free what this process keeps."""
    with _lock:
        _ready.clear()
        _depths.clear()
    _rank_of.cache_clear()


def compare(first, second, search):
    """Yield all pairs of two prepared blocks, or of one with itself, as tables of ``SCHEMA``, sorted by (a, b)."""
    blocks = [first] if first is second else [first, second]
    ids = np.concatenate([block.side.matrix.document_ids for block in blocks])
    order = np.argsort(ids, kind="stable")
    _refuse_shared(ids[order])
    numbers = np.empty(len(ids), dtype=np.uint32)
    numbers[order] = np.arange(len(ids), dtype=np.uint32)
    n_first = len(first.side.about)
    numbered = numbers[:n_first], numbers[len(numbers) - len(second.side.about) :]
    n_terms = np.concatenate([np.diff(block.side.matrix.weights.indptr) for block in blocks])[order]
    published = np.concatenate([block.side.about["published"].to_numpy("datetime64[us]") for block in blocks])[order]
    found = (_numbered(each, *numbered) for each in _joined(first, second, search))
    ids = pa.array(ids[order], pa.string())
    for group in _in_order(found, len(order)):
        yield _as_table(group, ids, n_terms, published)


def _refuse_shared(ids):
    again = np.flatnonzero(ids[1:] == ids[:-1])
    if len(again):
        raise tables.TableError(
            f"Expected other documents in the archive compared against; {len(again)} are in both, first "
            f"{ids[again[0]]!r}."
        )


def _joined(first, second, search):
    meet = meeting(first.side, second.side, search.scope)
    if pairs.is_small(meet):
        yield pairs.joined(first.side, second.side, meet, search.threshold, limit=np.inf)
    else:
        yield from _compiled(first, second, meet, search)


def _compiled(first, second, meet, looked_for):
    from analysis._join import kernels, search

    apart = meet.apart or (None, None)
    target = second.rows(meet.target, apart[1])
    queries = target if first is second else first.rows(meet.queries, apart[0])
    job = search.Job(queries, target, meet.reach, second.rank_of)
    # Trying depths takes as long as some joins. What suits two blocks suits all, and no pair depends on it.
    if looked_for not in _depths:
        _depths[looked_for] = search.best_depth(job, looked_for.threshold)
    goal = search.aim(job, looked_for.threshold, _depths[looked_for])
    space, ends = search.space(len(job.rank_of)), None
    for next_ends, chunk, _ in search.pieces(job, search.tile_rows(job)):
        if next_ends != ends:
            ends, tile = next_ends, kernels.postings(target, *next_ends, len(job.rank_of))
        yield search.compare(job, chunk, tile, goal, space)[0]


def _numbered(found, numbers, other_numbers):
    """Return found pairs with the numbers of their documents in the order of ids, the smaller one first."""
    one, other = numbers[found[0]], other_numbers[found[1]]
    numbered = np.empty(len(one), dtype=_FOUND)
    numbered["a"], numbered["b"] = np.minimum(one, other), np.maximum(one, other)
    numbered["score"], numbered["n_shared"] = found[2], found[3]
    return numbered


def _in_order(found, n_ids):
    """Yield all pairs in the order of (a, b), in groups that depend on nothing but the pairs.

    Pairs that do not fit into memory are sorted in runs and laid down on the local disk; since each run says where the
    pairs of each document begin, a group is the same stretch of documents of every run, sorted once more.
    """
    with tempfile.TemporaryDirectory(prefix="analysis-") as folder:
        runs = []
        for run in _runs(found):
            if runs:
                runs[-1] = _laid_down(runs[-1], Path(folder) / str(len(runs)))
            runs.append(run)
        starts = [np.concatenate([[0], np.cumsum(np.bincount(run["a"], minlength=n_ids))]) for run in runs]
        for begin, end in _stretches(sum(starts, np.zeros(n_ids + 1, dtype=np.int64))):
            own = [run[start[begin] : start[end]] for run, start in zip(runs, starts, strict=True)]
            yield own[0] if len(own) == 1 else _sorted(np.concatenate(own))
        del runs  # some systems do not remove a file that is still mapped


def _runs(found):
    waiting, n_waiting = [], 0
    for each in found:
        waiting.append(each)
        n_waiting += len(each)
        if n_waiting >= RUN:
            yield _sorted(np.concatenate(waiting))
            waiting, n_waiting = [], 0
    if n_waiting:
        yield _sorted(np.concatenate(waiting))


def _sorted(run):
    return run[np.argsort((run["a"].astype(np.uint64) << np.uint64(32)) | run["b"])]


def _laid_down(run, path):
    run.tofile(path)
    return np.memmap(path, dtype=_FOUND, mode="r")


def _stretches(starts):
    """Cut documents into stretches of about ``GROUP`` pairs; ``starts`` says how many pairs come before each."""
    groups = starts[:-1] // GROUP
    ends = np.flatnonzero(np.diff(groups)) + 1
    cuts = [0, *ends.tolist(), len(groups)]
    return [(begin, end) for begin, end in pairwise(cuts) if starts[end] > starts[begin]]


def _as_table(group, ids, n_terms, published):
    a, b = group["a"], group["b"]
    columns = [
        ids.take(pa.array(a)),
        ids.take(pa.array(b)),
        group["score"],
        group["n_shared"] / np.minimum(n_terms[a], n_terms[b]),
        (published[b] - published[a]) / np.timedelta64(1, "h"),
    ]
    return pa.table([pa.array(column) for column in columns], schema=SCHEMA)
