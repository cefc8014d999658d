"""What may be asked of a term, and the scikit-learn vectoriser that does the same."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from numbers import Integral

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

_WORD = r"(?u)\b\w\w+\b"
_WORD_WITHOUT_DIGITS = r"(?u)\b[^\W\d]\w+\b"


class TermsError(ValueError):
    """No matrix can be made of these documents with these options; the message says which option to change."""


@dataclass(frozen=True)
class Options:
    """The options of ``terms.count``, by the same names and defaults."""

    stop_words: str | list | None = "english"
    ngrams: int = 1
    digits: bool = True
    title: bool = False
    min_df: int | float = 1
    max_df: int | float = 1.0

    def __post_init__(self):
        """Refuse what scikit-learn would stumble over rather than refuse."""
        if not isinstance(self.ngrams, Integral) or self.ngrams < 1:
            raise TermsError(f"ngrams expects a whole number of at least 1; found {self.ngrams!r}.")

    def stated(self):
        """Return the options by name, as kinds that JSON can hold."""
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in ((each.name, getattr(self, each.name)) for each in fields(self))
        }

    def vectorizer(self, **more):
        """Return scikit-learn's vectoriser with these options."""
        return CountVectorizer(
            stop_words=self.stop_words,
            ngram_range=(1, self.ngrams),
            token_pattern=_WORD if self.digits else _WORD_WITHOUT_DIGITS,
            min_df=self.min_df,
            max_df=self.max_df,
            dtype=np.float64,
            **more,
        )

    def check(self, n_documents):
        """Raise and warn where scikit-learn does, without counting anything."""
        with self.refusing(n_documents):
            self.vectorizer(vocabulary=["word"]).fit_transform([""])

    @cached_property
    def stopping(self):
        """Those stop words, sorted, that can be a token at all: the others never meet one."""
        token = re.compile(_WORD if self.digits else _WORD_WITHOUT_DIGITS)
        words = {word for word in self.vectorizer().get_stop_words() or () if isinstance(word, str)}
        return sorted(word for word in words if word == word.lower() and token.fullmatch(word))

    def kept(self, frequencies, n_documents):
        """Return which terms ``min_df`` and ``max_df`` leave, by the rules of scikit-learn and in its words.

        Raises
        ------
        TermsError
            No term is left.
        """
        high, low = (df if isinstance(df, Integral) else df * n_documents for df in (self.max_df, self.min_df))
        kept = (frequencies >= low) & (frequencies <= high)
        with self.refusing(n_documents):
            if not len(frequencies):
                raise ValueError("empty vocabulary; perhaps the documents only contain stop words")
            if high < low:
                raise ValueError("max_df corresponds to < documents than min_df")
            if not kept.any():
                raise ValueError("After pruning, no terms remain. Try a lower min_df or a higher max_df.")
        return kept

    @contextmanager
    def refusing(self, n_documents):
        """Name the options that may be to blame where scikit-learn, or one of its rules, finds no term."""
        try:
            yield
        except ValueError as fault:
            raise TermsError(
                f"No term is left of {n_documents} documents ({fault}). Check that they are not empty, and the options "
                f"stop_words={self.stop_words!r}, min_df={self.min_df!r}, max_df={self.max_df!r}."
            ) from None
