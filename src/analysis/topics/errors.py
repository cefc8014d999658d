"""What cannot be fitted is refused here, before anything is computed."""

import numbers
import warnings

import numpy as np

METHODS = ("nmf", "lda")


class TopicsError(ValueError):
    """No topics can be fitted to this matrix with these options; the message says what to change."""


def warn(message, category):
    """Warn in the name of the package: a path of its file would put a folder of this machine into the record of a run.

    The same words are shown once, as Python does for a line of a file.
    """
    registry = globals().setdefault("__warningregistry__", {})
    warnings.warn_explicit(message, category, "analysis.topics", 1, registry=registry)


def refuse_seed(random_state):
    """Raise where the start could not be repeated."""
    whole = isinstance(random_state, numbers.Integral) and not isinstance(random_state, bool)
    if not whole or not 0 <= random_state < 2**32:
        raise TopicsError(
            f"random_state is a whole number, so that the fit can be repeated; found {random_state!r}. Give one from 0 "
            f"to {2**32 - 1}."
        )


def refuse_method(method):
    """Raise where there is no such model."""
    if method not in METHODS:
        raise TopicsError(f"method is 'nmf' or 'lda'; found {method!r}.")


def counts(matrix):
    """Whether a matrix holds whole numbers of 0 or more."""
    found = matrix.weights.data
    return bool(((found >= 0) & (found % 1 == 0)).all())


def refuse_weights(matrix, what):
    """Raise where ``what`` wants counts and finds something else."""
    if not counts(matrix):
        found = matrix.weights.data
        wrong = found[~((found >= 0) & (found % 1 == 0))]
        raise TopicsError(
            f"{what} wants counts from terms.count; found the weight {wrong[0]:.6g}, and {len(wrong)} "
            "that are not whole numbers in all."
        )


def refuse_unfit(matrix):
    """Raise where a weight is negative or not a number: neither model knows what to do with it."""
    found = matrix.weights.data
    wrong = ~(np.isfinite(found) & (found >= 0))
    if wrong.any():
        raise TopicsError(
            f"Expected weights of 0 or more in the matrix; found {found[wrong][0]}, and {wrong.sum()} such weights in "
            "all. Make it with terms.count or terms.weigh."
        )


def refuse_size(rows, n_topics):
    """Raise where there are fewer rows, all of them different, or terms, than topics."""
    useful, n_terms = rows.shape
    most = min(useful, n_terms)
    if not (isinstance(n_topics, numbers.Integral) and not isinstance(n_topics, bool) and 1 <= n_topics <= most):
        raise TopicsError(
            f"n_topics: expected 1 to {most}, for {useful} different rows that hold a term and {n_terms} "
            f"terms; found {n_topics}. Ask for fewer topics, or fit passages instead of documents."
        )


def refuse_whole(name, value, *, least):
    """Raise where an option is not a whole number of at least ``least``."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < least:
        raise TopicsError(f"{name} expects a whole number of at least {least}; found {value!r}.")
