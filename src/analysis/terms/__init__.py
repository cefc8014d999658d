"""Documents (or passages) as weighted terms."""

import warnings

import numpy as np

from analysis import tables
from analysis.terms import _weights
from analysis.terms._counting import counted
from analysis.terms._options import Options, TermsError

__all__ = ["TermsError", "count", "fit", "weigh"]


def weigh(documents, *, sublinear=None, weighting=None, **options):
    """Return documents as TF-IDF vectors of length 1.

    The same as scikit-learn's ``TfidfVectorizer(smooth_idf=True, norm="l2")`` with the same options: the weight of a
    term is ``tf * (ln((1 + n) / (1 + df)) + 1)``, and each row is divided by its Euclidean length.

    Parameters
    ----------
    documents : DataFrame of ``tables.Documents`` or ``tables.Passages``
    sublinear : bool, default True
        ``tf`` is ``1 + ln(count)`` rather than the count. Without it a few words that a report repeats, and stop words
        if they are kept, outweigh the rest: on planted copies the best F1 was .71 with raw counts and .96 with this.
    weighting : tables.Weighting, optional
        What ``fit`` learned from another corpus: its terms, n and df are used in place of those of ``documents``, so
        that scores of a growing archive stay comparable. Terms it does not know are left out, and count for nothing
        in the length of a row. Its options hold; those given as well must be the same.
    **options
        ``stop_words``, ``ngrams``, ``digits``, ``title``, ``min_df`` and ``max_df``, as in ``count``.

    Returns
    -------
    DocumentTermMatrix
        Rows in the order of ``document_id`` (and ``start``), whatever the order of ``documents``. A document without a
        term is a row of zeros.

    Raises
    ------
    TermsError
        There is no document, no term is left, or an option contradicts the weighting.

    Warns
    -----
    tables.SkippedWarning
        Documents are rows of zeros because the weighting knows none of their terms.
    """
    if weighting is None:
        asked = Options(**options)
        counts, sublinear = counted(documents, asked), sublinear is not False
        idf = _weights.inverse_frequencies(counts.frequencies, len(documents))
    else:
        asked, sublinear = _agreed(weighting, sublinear, options)
        counts = counted(documents, asked, known=weighting.terms)
        idf = _weights.inverse_frequencies(weighting.document_frequencies, weighting.n_documents)
    matrix = counts.matrix()
    counts.weigh(matrix, _weights.term_factors(int(matrix.data.max(initial=0)), sublinear=sublinear), idf)
    if weighting is not None:
        _warn_of_zeros(matrix)
    return tables.DocumentTermMatrix(matrix, counts.document_ids, counts.terms)


def count(documents, *, stop_words="english", ngrams=1, digits=True, title=False, min_df=1, max_df=1.0):
    """Return documents as counts of terms.

    A term is a run of two or more word characters, in lower case, as in scikit-learn.

    Parameters
    ----------
    documents : DataFrame of ``tables.Documents`` or ``tables.Passages``
    stop_words : "english", None or a list of words, default "english"
        Words left out before n-grams are made. "english" is scikit-learn's list of 318; None keeps every word.
    ngrams : int, default 1
        Runs of up to this many words are terms.
    digits : bool, default True
        False leaves out terms that begin with a digit. Keep them where an updated toll must not look like a copy.
    title : bool, default False
        True counts the words of ``title`` with those of ``text``.
    min_df, max_df : int or float
        Terms in fewer or more documents are left out; an int is a number of documents, a float a share of them.

    Returns
    -------
    DocumentTermMatrix

    Raises
    ------
    TermsError
        There is no document, a row without text, or no term is left.
    """
    counts = counted(documents, Options(stop_words, ngrams, digits, title, min_df, max_df))
    return tables.DocumentTermMatrix(counts.matrix(), counts.document_ids, counts.terms)


def fit(documents, *, sublinear=True, **options):
    """Return what ``weigh`` learns from a corpus, to weigh the documents of another as if they were of this one.

    ``weigh(documents)`` and ``weigh(documents, weighting=fit(documents))`` are the same to the bit.

    Parameters
    ----------
    documents : DataFrame of ``tables.Documents`` or ``tables.Passages``
    sublinear : bool, default True
        As in ``weigh``.
    **options
        As in ``count``.

    Returns
    -------
    tables.Weighting

    Raises
    ------
    TermsError
        There is no document, a row without text, or no term is left.
    """
    asked = Options(**options)
    counts = counted(documents, asked)
    stated = {**asked.stated(), "sublinear": bool(sublinear)}
    return tables.Weighting(counts.terms, counts.frequencies, len(documents), stated)


def _agreed(weighting, sublinear, options):
    """Return the options of a weighting, after comparing those given with them."""
    theirs = dict(weighting.options)
    expected = {*Options().stated(), "sublinear"}
    if set(theirs) != expected:
        raise TermsError(
            f"Expected a weighting with the options {', '.join(sorted(expected))}; found "
            f"{', '.join(sorted(theirs)) or 'none'}. Make it anew with terms.fit."
        )
    stated = Options(**options).stated()
    given = {name: stated[name] for name in options}
    if sublinear is not None:
        given["sublinear"] = bool(sublinear)
    for name in sorted(given):
        # 1 is one document and 1.0 all of them, though Python holds them equal.
        if repr(given[name]) != repr(theirs[name]):
            raise TermsError(
                f"Expected {name}={theirs[name]!r}, with which the weighting was fitted; found {given[name]!r}. "
                "Leave the option out, or fit another weighting."
            )
    sublinear = theirs.pop("sublinear")
    return Options(**theirs), sublinear


def _warn_of_zeros(matrix):
    n_zeros = int((np.diff(matrix.indptr) == 0).sum())
    if n_zeros:
        warnings.warn(
            f"{n_zeros} of {matrix.shape[0]} documents are left without any term: the weighting knows none of their "
            "words. Their rows are zeros. Fit the weighting on documents more like these if they are many.",
            tables.SkippedWarning,
            stacklevel=3,
        )
