"""Weights equal scikit-learn's, whatever the order of the rows, and each option does what it says."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis import corpus, tables, terms

OPTIONS = [
    ({}, {}),
    ({"stop_words": None}, {"stop_words": None}),
    ({"sublinear": False}, {"sublinear_tf": False}),
    ({"ngrams": 3}, {"ngram_range": (1, 3)}),
    ({"min_df": 2, "max_df": 4}, {"min_df": 2, "max_df": 4}),
    ({"min_df": 0.4, "max_df": 0.9}, {"min_df": 0.4, "max_df": 0.9}),
    ({"stop_words": ["the", "rafah"]}, {"stop_words": ["the", "rafah"]}),
    ({"digits": False}, {"token_pattern": r"(?u)\b[^\W\d]\w+\b"}),
]


def peer(texts, **options):
    vectorizer = TfidfVectorizer(**({"stop_words": "english", "sublinear_tf": True} | options))
    return vectorizer.fit_transform(texts).toarray(), vectorizer.get_feature_names_out().tolist()


@pytest.mark.parametrize(("ours", "theirs"), OPTIONS, ids=str)
def test_seed_reports_weigh_what_scikit_learn_says(seed_documents, ours, theirs):
    matrix = terms.weigh(seed_documents, **ours)
    weights, names = peer(seed_documents["text"], **theirs)
    assert matrix.terms.tolist() == names
    np.testing.assert_allclose(matrix.weights.toarray(), weights, rtol=0, atol=1e-15)


def test_passages_weigh_what_scikit_learn_says(seed_documents):
    passages = corpus.split(seed_documents)
    matrix = terms.weigh(passages.sample(frac=1, random_state=1))
    np.testing.assert_allclose(matrix.weights.toarray(), peer(passages["text"])[0], rtol=0, atol=1e-15)
    assert matrix.document_ids.tolist() == passages["document_id"].tolist()


TEXTS = st.lists(st.text(alphabet="abcé ’'-9\n", max_size=40), min_size=1, max_size=6)


@given(TEXTS, st.sampled_from([None, "english"]), st.booleans(), st.integers(1, 2))
def test_made_up_texts_weigh_what_scikit_learn_says(texts, stop_words, sublinear, ngrams):
    documents = corpus.from_frame(pd.DataFrame({"document_id": [f"{n}" for n in range(len(texts))], "text": texts}))
    options = {"stop_words": stop_words, "sublinear_tf": sublinear, "ngram_range": (1, ngrams)}
    try:
        weights, names = peer(texts, **options)
    except ValueError:
        with pytest.raises(terms.TermsError, match="No term is left"):
            terms.weigh(documents, stop_words=stop_words, sublinear=sublinear, ngrams=ngrams)
    else:
        matrix = terms.weigh(documents, stop_words=stop_words, sublinear=sublinear, ngrams=ngrams)
        assert matrix.terms.tolist() == names
        np.testing.assert_allclose(matrix.weights.toarray(), weights, rtol=0, atol=1e-15)


def same(one, other):
    assert one.document_ids.tolist() == other.document_ids.tolist()
    assert one.terms.tolist() == other.terms.tolist()
    for part in ("data", "indices", "indptr"):
        assert getattr(one.weights, part).tobytes() == getattr(other.weights, part).tobytes(), part


def test_any_row_order_gives_the_same_bytes(seed_documents):
    for random_state in range(5):
        shuffled = seed_documents.sample(frac=1, random_state=random_state)
        same(terms.weigh(shuffled), terms.weigh(seed_documents))


def test_by_hand(documents_of):
    # n = 2; df(cat) = 2, df(dog) = 1; idf(cat) = ln(3/3) + 1 = 1, idf(dog) = ln(3/2) + 1 = 1.4054651.
    # b: tf(dog) = 1 + ln 2 = 1.6931472, so 2.3796593 and 1, of length sqrt(6.6627784) = 2.5812359.
    matrix = terms.weigh(documents_of("cat", "dog dog cat"))
    assert matrix.terms.tolist() == ["cat", "dog"]
    np.testing.assert_allclose(matrix.weights.toarray(), [[1, 0], [0.3874113, 0.9219069]], atol=1e-6)


def test_counts_by_hand(documents_of):
    counted = terms.count(documents_of("Cat cat DOG", "dog"))
    assert counted.weights.toarray().tolist() == [[2, 1], [0, 1]]
    assert counted.weights.dtype == np.float64


def test_rows_have_length_1_and_a_document_without_terms_is_a_row_of_zeros(documents_of):
    matrix = terms.weigh(documents_of("tanks in Rafah", "the of and", " \n ", ""))
    lengths = np.sqrt((matrix.weights.toarray() ** 2).sum(axis=1))
    np.testing.assert_allclose(lengths, [1, 0, 0, 0])
    assert matrix.document_ids.tolist() == ["a", "b", "c", "d"]


def test_indices_are_sorted_within_rows_and_terms_by_code_point(seed_documents):
    matrix = terms.weigh(seed_documents)
    assert all(
        np.all(np.diff(matrix.weights.indices[begin:end]) > 0)
        for begin, end in zip(matrix.weights.indptr[:-1], matrix.weights.indptr[1:], strict=True)
    )
    assert matrix.terms.tolist() == sorted(matrix.terms)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["12th", "20", "gaza", "killed"]),
        ({"digits": False}, ["gaza", "killed"]),
        ({"stop_words": None}, ["12th", "20", "gaza", "in", "killed", "the"]),
        ({"stop_words": ["gaza", "the", "in"]}, ["12th", "20", "killed"]),
        ({"ngrams": 2, "digits": False}, ["gaza", "killed", "killed gaza"]),
        ({"title": True}, ["12th", "20", "dead", "gaza", "killed"]),
        ({"min_df": 2}, ["gaza"]),
        ({"max_df": 1}, ["12th", "20", "killed"]),
        ({"max_df": 0.5}, ["12th", "20", "killed"]),
    ],
    ids=str,
)
def test_options_matter_as_documented(documents_of, options, expected):
    documents = documents_of("20 killed in the Gaza", "the 12th Gaza", title=["Dead", ""])
    assert terms.count(documents, **options).terms.tolist() == expected


def test_stop_words_go_before_ngrams_are_made(documents_of):
    assert "court israel" in terms.count(documents_of("court of Israel"), ngrams=2).terms


def test_title_and_text_do_not_run_together(documents_of):
    counted = terms.count(documents_of("men", title=["Two"]), title=True, stop_words=None)
    assert counted.terms.tolist() == ["men", "two"]


def test_raw_counts_outweigh_where_sublinear_does_not(documents_of):
    documents = documents_of("gaza gaza gaza gaza rafah")
    raw = terms.weigh(documents, sublinear=False).weights.toarray()[0]
    damped = terms.weigh(documents).weights.toarray()[0]
    np.testing.assert_allclose(raw[0] / raw[1], 4)
    np.testing.assert_allclose(damped[0] / damped[1], 1 + np.log(4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_df": 5}, "No term is left of 2 documents .*min_df=5"),
        ({"min_df": 2, "max_df": 1}, "min_df=2, max_df=1"),
        ({"stop_words": ["cat", "dog"]}, r"empty vocabulary.*stop_words=\['cat', 'dog'\]"),
        ({"stop_words": "german"}, "must be a str among {'english'}"),
        ({"title": "yes", "stop_words": None, "min_df": 3}, "No term is left"),
        ({"min_df": 1.5}, "The 'min_df' parameter of CountVectorizer must be"),
    ],
    ids=str,
)
def test_no_term_left_names_the_options(documents_of, options, message):
    with pytest.raises(terms.TermsError, match=message):
        terms.weigh(documents_of("cat dog", "cat"), **options)


def test_no_document_is_refused():
    with pytest.raises(terms.TermsError, match="Expected at least one document; found none"):
        terms.weigh(tables.empty(tables.Documents))


def test_only_empty_documents_are_refused(documents_of):
    with pytest.raises(terms.TermsError, match=r"No term is left of 2 documents .*Check that they are not empty"):
        terms.weigh(documents_of("", " "))


def test_passages_have_no_titles(documents_of):
    with pytest.raises(terms.TermsError, match="words of a column 'title'; found none"):
        terms.weigh(corpus.split(documents_of("Cats. Dogs.")), title=True)


def test_an_unknown_option_is_refused(documents_of):
    for verb in (terms.weigh, terms.count, terms.fit):
        with pytest.raises(TypeError, match="lowercase"):
            verb(documents_of("cat"), lowercase=False)


@pytest.mark.parametrize("ngrams", [0, -1, 2.0, "2", None])
def test_ngrams_are_a_whole_number(documents_of, ngrams):
    with pytest.raises(terms.TermsError, match=f"ngrams expects a whole number of at least 1; found {ngrams!r}"):
        terms.count(documents_of("cat"), ngrams=ngrams)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ([None, "cat", None], "Expected text in every row of the column 'text'; found none in row 0, and in 2 rows"),
        (["cat", 7, "dog"], "Expected text in the column 'text'; found what is no text"),
        (["cat", "a\ud800", "dog"], "Expected text in the column 'text'; found what is no text"),
        ([1, 2, 3], "Expected text in the column 'text'; found int64"),
        ([b"cat", b"dog", b"cow"], "Expected text in the column 'text'; found binary"),
    ],
    ids=["none", "a number", "half a character", "numbers", "bytes"],
)
def test_what_is_no_text_is_refused(text, words):
    text = pd.Series(text, dtype="int64" if text == [1, 2, 3] else object)
    with pytest.raises(terms.TermsError, match=words):
        terms.count(pd.DataFrame({"document_id": ["a", "b", "c"], "text": text}))


def test_a_few_documents_do_not_wait_for_a_compiler(run_python):
    line = (
        "import sys, pandas as pd; from analysis import terms; "
        "terms.weigh(pd.DataFrame({'document_id': ['a'], 'text': ['cat']})); print('numba' in sys.modules)"
    )
    assert run_python(line).strip() == "False"


def test_the_documents_given_are_not_changed(seed_documents):
    before = seed_documents.copy(deep=True)
    terms.weigh(seed_documents, title=True)
    pd.testing.assert_frame_equal(seed_documents, before)
