"""What cannot be fitted is refused here, before anything is computed."""

import numbers

import numpy as np

METHODS = ("nmf", "lda")


class TopicsError(ValueError):
    """No topics can be fitted to this matrix with these options; the message says what to change."""


def refuse_seed(random_state):
    """Raise where the start could not be repeated."""
    if not isinstance(random_state, numbers.Integral) or isinstance(random_state, bool):
        raise TopicsError(f"random_state is a whole number, so that the fit can be repeated; found {random_state!r}.")


def refuse_counts(matrix, method):
    """Raise where LDA is given what nobody counted."""
    found = matrix.weights.data
    wrong = (found < 0) | (found % 1 != 0)
    if method == "lda" and wrong.any():
        raise TopicsError(
            f"method='lda' wants counts from terms.count; found the weight {found[wrong][0]:.6g}, and {wrong.sum()} "
            "that are not whole numbers in all."
        )


def refuse_size(different, n_topics, method, weights):
    """Raise where there are fewer different rows, or terms, than topics."""
    if method not in METHODS:
        raise TopicsError(f"method is 'nmf' or 'lda'; found {method!r}.")
    useful = int(((np.diff(different.indptr) > 0) & (weights > 0)).sum())
    most = min(useful, different.shape[1])
    if not (isinstance(n_topics, numbers.Integral) and 1 <= n_topics <= most):
        raise TopicsError(
            f"n_topics: expected 1 to {most}, for {useful} different rows that hold a term and {different.shape[1]} "
            f"terms; found {n_topics}. Ask for fewer topics, or fit passages instead of documents."
        )
