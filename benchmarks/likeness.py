"""How like news a corpus is: lengths, vocabulary, neighbours at several cosines, work of a join.

``python benchmarks/likeness.py documents.parquet`` prints a table. Rows are sampled, what is measured of them is exact.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

THRESHOLDS = (0.3, 0.5, 0.7, 0.8, 0.9)
_BLOCK = 100  # rows whose products with all the others are held at once


def measure(texts, *, n_sampled=2000, random_state=0, **options):
    """Return figures of a corpus as a Series.

    Parameters
    ----------
    texts : sequence of str
    n_sampled : int, default 2000
        Reports whose neighbours are counted, among all reports.
    random_state : int, default 0
        Which reports these are.
    **options
        Passed to scikit-learn's ``TfidfVectorizer``; by default all words are kept and counts are raw.

    Returns
    -------
    Series
        Characters, tokens and distinct terms a report; number of terms; exponent of Heaps' law between a tenth of the
        reports and all; Σdf²/N², the terms two reports share on average; the median cosine of two reports; neighbours
        a report at each of ``THRESHOLDS``, copies included.
    """
    texts = pd.Series(texts).astype(object)
    weights = TfidfVectorizer(dtype=np.float32, **options).fit_transform(texts)
    n, df = weights.shape[0], np.bincount(weights.indices, minlength=weights.shape[1])
    figures = {"reports": n, "characters a report": texts.str.len().mean()}
    figures["distinct terms a report"] = weights.nnz / n
    figures["terms"] = weights.shape[1]
    first = len(np.unique(weights[: max(1, n // 10)].indices))
    figures["Heaps exponent"] = np.log10(weights.shape[1] / first)
    figures["terms in one report only"] = (df == 1).mean()
    figures["sum of df² / N²"] = np.square(df / n).sum()
    return pd.Series(figures | _neighbours(weights, n_sampled, random_state))


def _neighbours(weights, n_sampled, random_state):
    chosen = np.random.default_rng(random_state).permutation(weights.shape[0])[:n_sampled]
    counts, medians = np.zeros(len(THRESHOLDS)), []
    for begin in range(0, len(chosen), _BLOCK):
        rows = chosen[begin : begin + _BLOCK]
        cosines = (weights[rows] @ weights.T).toarray()
        medians.append(np.median(cosines))
        cosines[np.arange(len(rows)), rows] = 0  # nobody is a neighbour of itself
        counts += [(cosines >= threshold).sum() for threshold in THRESHOLDS]
    figures = {"median cosine of two reports": np.median(medians)}
    per_report = dict(zip(THRESHOLDS, counts / len(chosen), strict=True))
    return figures | {f"neighbours at {threshold}": value for threshold, value in per_report.items()}


def main():
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("documents", help="a Parquet file with a column text")
    parser.add_argument("--sampled", type=int, default=2000)
    parser.add_argument("--sublinear", action="store_true", help="1 + ln(count) rather than the count")
    parser.add_argument("--stop-words", choices=["english"], help="leave out English stop words")
    asked = parser.parse_args()
    texts = pd.read_parquet(asked.documents, columns=["text"])["text"]
    options = {"sublinear_tf": asked.sublinear, "stop_words": asked.stop_words}
    print(measure(texts, n_sampled=asked.sampled, **options).to_string(float_format="{:,.3f}".format))


if __name__ == "__main__":
    main()
