"""Kernels that make a matrix of counted rows, and weights of counts; compiled, and free of Python's lock."""

import numba
import numpy as np

kernel = numba.njit(nogil=True, cache=True)


@kernel
def columns_of_rows(rows, columns, n_columns):
    """Replace the numbers of terms by their columns, in place and in rising order; leave those of column -1 out."""
    longest = np.max(np.diff(np.append(np.int64(0), rows.ends)))
    keys, spare = np.empty(longest, np.int64), np.empty(longest, np.int64)
    begin, at = 0, 0
    for row in range(len(rows.ends)):
        n_keys = 0
        for entry in range(begin, rows.ends[row]):
            column = np.int64(columns[rows.numbers[entry]])
            if column >= 0:
                keys[n_keys] = column << 32 | rows.counts[entry]
                n_keys += 1
        begin = rows.ends[row]
        for key in _sorted(keys[:n_keys], spare[:n_keys], n_columns):
            rows.numbers[at] = key >> 32
            rows.counts[at] = key & 0xFFFFFFFF
            at += 1
        rows.ends[row] = at


@kernel
def _sorted(keys, spare, n_columns):
    """Return ``keys`` in the order of their columns: by insertion where they are few, else by radix."""
    if len(keys) < 32:
        for right in range(1, len(keys)):
            key, at = keys[right], right
            while at and keys[at - 1] > key:
                keys[at] = keys[at - 1]
                at -= 1
            keys[at] = key
        return keys
    shift = 32
    while (n_columns - 1) >> (shift - 32):
        begins = np.zeros(257, np.int64)
        for key in keys:
            begins[(key >> shift & 0xFF) + 1] += 1
        begins = np.cumsum(begins)
        for key in keys:
            spare[begins[key >> shift & 0xFF]] = key
            begins[key >> shift & 0xFF] += 1
        keys, spare = spare, keys
        shift += 8
    return keys


@kernel
def fill(rows, begins, indices, counts):
    """Write rows where they begin in a matrix."""
    begin = 0
    for row in range(len(rows.ends)):
        at = begins[row]
        for entry in range(begin, rows.ends[row]):
            indices[at] = rows.numbers[entry]
            counts[at] = rows.counts[entry]
            at += 1
        begin = rows.ends[row]


@kernel
def weigh(indptr, indices, weights, tf, idf):
    """Replace counts by ``tf[count] * idf`` and divide each row by its length, in place."""
    for row in range(len(indptr) - 1):
        squares = 0.0
        for entry in range(indptr[row], indptr[row + 1]):
            weights[entry] = tf[np.int64(weights[entry])] * idf[indices[entry]]
            squares += weights[entry] * weights[entry]
        length = np.sqrt(squares)
        for entry in range(indptr[row], indptr[row + 1]):
            weights[entry] /= length
