"""Where NMF starts: NNDSVDa, from singular vectors that are found in random directions.

Boutsidis & Gallopoulos 2008, "SVD based initialization: a head start for nonnegative matrix factorization". The
directions belong to the terms, so that copies, which are further rows, leave them where they were.
"""

import zlib

import numpy as np

_MORE = 10  # directions beyond the vectors that are wanted (Halko, Martinsson & Tropp 2011)
_ROUNDS = 4
_NOTHING = 1e-6  # a number of a part below this is 0
_LEAST = {"d": 1e-12, "f": 1e-6}  # of the largest square: what is below is rounding


def directions(terms, n_topics, random_state):
    """Return normal random numbers, terms × directions, each a hash of its term, its direction and ``random_state``.

    A term has the same numbers beside any others, and they do not depend on the documents: neither copies that are put
    in nor a rare term that is left out move the start.
    """
    named = np.array([zlib.crc32(str(term).encode("utf-8")) for term in terms], dtype=np.uint64)
    made = np.empty((len(named), n_topics + _MORE), dtype=np.float32)
    for column in range(made.shape[1]):
        one, other = (_even(named, (random_state << 20) + 2 * column + side) for side in (0, 1))
        made[:, column] = np.sqrt(-2 * np.log(one)) * np.cos(2 * np.pi * other)  # Box and Muller
    return made


def _even(named, place):
    """Numbers between 0 and 1: the finish of splitmix64 over the names and one whole number."""
    mixed = named * np.uint64(0x9E3779B97F4A7C15) + np.uint64(place)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(float) + 0.5) / 2**53


def started(rows, root, random):
    """(topics × rows, topics × terms), none below 0, of rows that were scaled by ``root`` of their weights.

    Each pair of singular vectors is cut into what is above 0 and what is below, and the larger part is a topic. Zeros
    are filled with the mean of the rows as they were before, so that a row that is cut into two changes nothing.
    """
    n_topics = random.shape[1] - _MORE
    left, sizes, right = _singular(rows, random.astype(rows.dtype), n_topics)
    documents, terms = (np.zeros((n_topics, length), dtype=rows.dtype) for length in rows.shape)
    for topic, (one, other) in enumerate(zip(left.T, right.T, strict=True)):
        signs = (1, -1) if topic else (1 if other.sum() > 0 else -1,)  # the first pair has one sign
        parts = [(np.maximum(sign * one, 0), np.maximum(sign * other, 0)) for sign in signs]
        norms = [np.linalg.norm(first) * np.linalg.norm(second) for first, second in parts]
        larger = int(np.argmax(norms))
        scale = np.sqrt(sizes[topic] * norms[larger])
        for made, part in zip((documents, terms), parts[larger], strict=True):
            made[topic] = part * (scale / np.linalg.norm(part))
    usual = rows.dtype.type((root @ rows).sum() / (np.square(root).sum() * rows.shape[1]))
    documents = np.where(documents < _NOTHING, usual * root, documents)
    return documents, np.where(terms < _NOTHING, usual, terms)


def _singular(rows, random, most):
    """(left, sizes, right): the largest singular values of rows and their vectors, as columns."""
    basis = _orthonormal(random)
    for _ in range(_ROUNDS):
        basis = _orthonormal(rows.T @ _orthonormal(rows @ basis))
    seen = rows @ basis
    squares, turned = _of_gram(seen)
    sizes = np.sqrt(squares[:most])
    return (seen @ turned[:, :most]) / sizes, sizes, basis @ turned[:, :most]


def _orthonormal(columns):
    """Columns that span the same, by the eigenvectors of their Gram matrix; fewer where they do not span as much."""
    squares, turned = _of_gram(columns)
    return columns @ (turned / np.sqrt(squares))


def _of_gram(columns):
    squares, turned = np.linalg.eigh(columns.T @ columns)
    kept = np.flatnonzero(squares > _LEAST[columns.dtype.char] * squares[-1])[::-1]
    return squares[kept], turned[:, kept]
