"""Many documents counted by the kernels of `_tokens` and `_rows`, on all cores and in little memory.

The rows are cut into units; each core takes the next unit, with a vocabulary of its own. At the end the vocabularies
are merged and the terms put in the order of code points, so that nobody can see who counted what.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from queue import SimpleQueue

import joblib
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from analysis.terms import _rows, _tokens
from analysis.terms._letters import symbols
from analysis.terms._options import TermsError

N_THREADS = None  # as many as there are cores
UNITS_PER_THREAD = 4
# The rows of so much text fill arrays which the system takes back as soon as they are let go of; small ones stay.
UNIT_BYTES = 1 << 27


class Tally:
    """What one core has counted: its vocabulary, and the rows of each unit with their places in the matrix."""

    def __init__(self, grammar):
        """Begin with nothing."""
        self.grammar, self.vocabulary, self.units = grammar, _tokens.no_terms(), []

    def add(self, texts, places):
        """Count an Arrow array of texts, which will be the rows ``places`` of the matrix."""
        try:
            self.vocabulary, rows = _tokens.count_terms(*_buffers(texts), self.grammar, self.vocabulary)
        except OverflowError as fault:
            raise TermsError(
                f"{fault} Ask for shorter ngrams, or fit a weighting on a part of the documents."
            ) from None
        self.units.append((rows, places))
        special = np.flatnonzero(rows.special)
        if len(special):
            # In the lower case that Python makes of the whole text no character is special any more.
            lowered = [texts[int(row)].as_py().lower() for row in special]
            self.add(pa.array(lowered, pa.large_string()), places[special])

    def listed(self):
        """Return the terms in the order of their numbers, as an Arrow array, and their document frequencies."""
        letters, offsets, frequencies = _tokens.listed(self.vocabulary)
        buffers = pa.py_buffer(offsets), pa.py_buffer(letters)
        return pa.LargeStringArray.from_buffers(len(frequencies), *buffers), frequencies


def counted(wording, options, known=None):
    """Count a `Wording`; of the terms ``known`` only, where they are given.

    Returns
    -------
    terms : array of str
    frequencies : array of int64, or None where the terms were known
    matrix : function
        Makes the matrix of counts, once.
    """
    options.check(len(wording.order))
    tallies = _tallies(wording, options)
    words, frequencies = zip(*[tally.listed() for tally in tallies], strict=True)
    if known is None:
        columns, terms, frequencies = _merged(words, frequencies, options, len(wording.order))
    else:
        columns, terms, frequencies = _known(words, known), known, None
    columns = np.split(columns, np.cumsum([len(own) for own in words])[:-1])
    units = [(*unit, own) for tally, own in zip(tallies, columns, strict=True) for unit in tally.units]
    return terms, frequencies, partial(_matrix, units, (len(wording.order), len(terms)))


def weigh(matrix, tf, idf):
    """Replace counts by ``tf[count] * idf`` and divide each row by its length, in place."""
    indptr = matrix.indptr.astype(np.int64)
    bounds = np.linspace(0, matrix.shape[0], UNITS_PER_THREAD * _n_threads() + 1).astype(np.int64)
    _in_threads(
        lambda part: _rows.weigh(indptr[part[0] : part[1] + 1], matrix.indices, matrix.data, tf, idf),
        pairwise(bounds),
    )


# ---- Counting


def _tallies(wording, options):
    grammar = _grammar(options)
    free = SimpleQueue()
    tallies = [Tally(grammar) for _ in range(_n_threads())]
    for tally in tallies:
        free.put(tally)
    places = np.empty_like(wording.order)
    places[wording.order] = np.arange(len(places))

    def count(unit):
        tally = free.get()
        try:
            tally.add(wording.slice(*unit), places[slice(*unit)])
        finally:
            free.put(tally)

    _in_threads(count, _units(wording.sizes()))
    return tallies


def _grammar(options):
    table, none = symbols(options.digits), _tokens.no_terms()
    if not options.stopping:
        return _tokens.Grammar(table, none, options.ngrams)
    stop_words, _ = _tokens.count_terms(
        *_buffers(pa.array(options.stopping, pa.large_string())), _tokens.Grammar(table, none, 1), none
    )
    return _tokens.Grammar(table, stop_words, options.ngrams)


def _units(sizes):
    """Return the first and the last row, exclusive, of units of about the same size; a large document is one."""
    ends = np.cumsum(sizes)
    size = min(UNIT_BYTES, ends[-1] // (UNITS_PER_THREAD * _n_threads()) + 1)
    bounds = np.searchsorted(ends, np.arange(size, ends[-1], size)) + 1
    return list(pairwise(np.unique([0, *bounds, len(sizes)]).tolist()))


def _buffers(texts):
    """Return the bytes and the offsets of an Arrow array of large_string, without a copy."""
    _, offsets, letters = texts.buffers()
    return (
        np.frombuffer(letters, np.uint8) if letters else np.empty(0, np.uint8),
        np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1],
    )


# ---- Merging


def _merged(words, frequencies, options, n_documents):
    """Return the columns of the words of all tallies (-1: left out), the terms of the columns and their frequencies."""
    words = pa.concat_arrays(words)
    # The order of bytes in UTF-8 is the order of code points.
    ranks = np.asarray(pc.rank(words, tiebreaker="dense"), dtype=np.int64) - 1
    n_ranks = ranks.max(initial=-1) + 1
    frequencies = np.bincount(ranks, weights=np.concatenate(frequencies), minlength=n_ranks).astype(np.int64)
    kept = options.kept(frequencies, n_documents)
    columns = np.where(kept, np.cumsum(kept) - 1, -1)[ranks].astype(np.int32)
    anywhere = np.empty(n_ranks, np.int64)
    anywhere[ranks] = np.arange(len(ranks))
    return columns, words.take(anywhere[kept]).to_numpy(zero_copy_only=False), frequencies[kept]


def _known(words, known):
    """Return the columns of the words of all tallies among the terms ``known`` (-1: none)."""
    columns = pc.index_in(pa.concat_arrays(words), value_set=pa.array(known, pa.large_string()))
    return columns.fill_null(-1).to_numpy()


# ---- The matrix


def _matrix(units, shape):
    """Return the matrix of counts; takes the rows out of ``units`` as it goes, so that both are never there in full."""
    _in_threads(lambda unit: _rows.columns_of_rows(unit[0], unit[2], shape[1]), units)
    indptr = np.zeros(shape[0] + 1, np.int64)
    for rows, places, _ in units:
        indptr[places + 1] += np.diff(rows.ends, prepend=0)
    np.cumsum(indptr, out=indptr)
    indices, counts = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float64)

    def fill(_):
        rows, places, _ = units.pop()
        _rows.fill(rows, indptr[places], indices, counts)

    _in_threads(fill, range(len(units)))
    # SciPy wants indices and offsets of one kind, and would widen the indices, which are many more.
    offsets = indptr.astype(np.int32) if indptr[-1] <= np.iinfo(np.int32).max else indptr
    return sparse.csr_array((counts, indices, offsets), shape=shape)


# ---- Threads


def _n_threads():
    return N_THREADS or joblib.cpu_count()


def _in_threads(function, tasks):
    with ThreadPoolExecutor(_n_threads()) as pool:
        return list(pool.map(function, tasks))
