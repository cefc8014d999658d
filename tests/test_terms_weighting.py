"""Weights fitted on one corpus weigh another: its terms, its frequencies, its options, to the bit in both ways."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import corpus, tables, terms
from analysis.terms import _compiled, _counting

OPTIONS = [
    {},
    {"stop_words": None},
    {"sublinear": False},
    {"ngrams": 3},
    {"min_df": 2, "max_df": 4},
    {"min_df": 0.4, "max_df": 0.9},
    {"stop_words": ["the", "rafah"]},
    {"digits": False, "title": True},
]


@pytest.fixture(params=["scikit-learn", "compiled"])
def way(request, monkeypatch):
    """Both ways of counting, whatever the size of the corpus."""
    monkeypatch.setattr(_counting, "COMPILED_FROM", 0 if request.param == "compiled" else 1 << 60)


def bits(matrix):
    weights = matrix.weights
    parts = [part.dtype.str.encode() + part.tobytes() for part in (weights.data, weights.indices, weights.indptr)]
    return [weights.shape, matrix.terms.tolist(), matrix.document_ids.tolist(), *parts]


# ---- What is fitted


@pytest.mark.usefixtures("way")
def test_a_weighting_by_hand(documents_of):
    weighting = terms.fit(documents_of("Cats cats dogs", "cats", "the Birds"))
    assert weighting.terms.tolist() == ["birds", "cats", "dogs"]
    assert weighting.document_frequencies.tolist() == [1, 2, 1]
    assert weighting.document_frequencies.dtype == np.int64
    assert weighting.n_documents == 3
    assert weighting.options == {
        "stop_words": "english",
        "ngrams": 1,
        "digits": True,
        "title": False,
        "min_df": 1,
        "max_df": 1.0,
        "sublinear": True,
    }
    assert repr(weighting) == "Weighting(3 terms, 3 documents)"


def test_options_are_kept_as_kinds_that_json_can_hold(documents_of):
    numpy = {"ngrams": np.int64(2), "min_df": np.int32(1), "max_df": np.float64(0.5), "digits": np.True_}
    options = terms.fit(documents_of("cat", "dog"), sublinear=np.False_, **numpy).options
    assert json.loads(json.dumps(options)) == options
    assert options["ngrams"] == 2
    assert options["sublinear"] is False


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_corpus_weighed_by_its_own_weighting_is_the_same_to_the_bit(seed_documents, options):
    weighting = terms.fit(seed_documents, **options)
    assert bits(terms.weigh(seed_documents, weighting=weighting)) == bits(terms.weigh(seed_documents, **options))


@pytest.mark.usefixtures("way")
def test_row_order_does_not_matter(seed_documents):
    weighting = terms.fit(seed_documents)
    shuffled = terms.fit(seed_documents.sample(frac=1, random_state=1))
    assert shuffled.terms.tolist() == weighting.terms.tolist()
    assert shuffled.document_frequencies.tolist() == weighting.document_frequencies.tolist()


@pytest.mark.usefixtures("way")
def test_nothing_to_fit_is_refused(documents_of):
    with pytest.raises(terms.TermsError, match="No term is left of 1 documents"):
        terms.fit(documents_of("the of"))


# ---- What is weighed


@pytest.mark.usefixtures("way")
def test_another_corpus_by_hand(documents_of):
    # n = 3; df(cats) = 2, df(dogs) = 1; idf(cats) = ln(4/3) + 1 = 1.2876821, idf(dogs) = ln(4/2) + 1 = 1.6931472.
    # b: tf(dogs) = 1 + ln 2, so 2.8667473 and 1.2876821, of length 3.1426670; "llamas" is not known.
    weighting = terms.fit(documents_of("cats dogs", "cats", "birds"))
    matrix = terms.weigh(documents_of("cats", "dogs llamas cats dogs"), weighting=weighting)
    assert matrix.terms.tolist() == ["birds", "cats", "dogs"]
    np.testing.assert_allclose(matrix.weights.toarray(), [[0, 1, 0], [0, 0.4097416, 0.9122016]], atol=1e-6)


@pytest.mark.usefixtures("way")
def test_scores_of_a_growing_archive_stay(seed_documents):
    weighting = terms.fit(seed_documents.head(3))
    few = terms.weigh(seed_documents.head(4), weighting=weighting).weights.toarray()
    all_ = terms.weigh(seed_documents, weighting=weighting).weights.toarray()
    assert few.tobytes() == all_[:4].tobytes()


@pytest.mark.usefixtures("way")
def test_documents_without_a_known_term_are_counted(documents_of):
    weighting = terms.fit(documents_of("cats dogs"))
    with pytest.warns(tables.SkippedWarning, match="2 of 3 documents are left without any term") as caught:
        matrix = terms.weigh(documents_of("llamas", "cats", ""), weighting=weighting)
    assert caught[0].filename == __file__
    assert matrix.weights.toarray().tolist() == [[0, 0], [1, 0], [0, 0]]
    assert matrix.document_ids.tolist() == ["a", "b", "c"]


def test_nobody_is_warned_where_nothing_is_left_out(documents_of):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        terms.weigh(documents_of("cats"), weighting=terms.fit(documents_of("cats dogs")))
        terms.weigh(documents_of("cats", ""))


TEXTS = st.lists(st.text(alphabet="abcÉéΣİ𐐀 ’'-9\n", max_size=40), min_size=1, max_size=6)


@given(TEXTS, TEXTS, st.sampled_from([None, "english"]), st.booleans(), st.integers(1, 3), st.integers(1, 3))
def test_both_ways_weigh_another_corpus_alike(fitted, texts, stop_words, sublinear, ngrams, threads):
    fitted, documents = (
        pd.DataFrame({"document_id": [f"{n}" for n in range(len(each))], "text": each}, dtype="str")
        for each in (["in common", *fitted], texts)
    )

    def ways(limit):
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore", tables.SkippedWarning)
            patch.setattr(_counting, "COMPILED_FROM", limit)
            patch.setattr(_compiled, "N_THREADS", threads)
            patch.setattr(_compiled, "UNIT_BYTES", 20)
            weighting = terms.fit(fitted, stop_words=stop_words, sublinear=sublinear, ngrams=ngrams)
            found = bits(terms.weigh(documents, weighting=weighting))
        return found, weighting.terms.tolist(), weighting.document_frequencies.tolist(), weighting.options

    assert ways(0) == ways(1 << 60)


# ---- Options and weighting agree


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ngrams": 1}, "Expected ngrams=2, with which the weighting was fitted; found 1. Leave the option out"),
        ({"sublinear": True}, "Expected sublinear=False, with which the weighting was fitted; found True"),
        ({"max_df": 1}, r"Expected max_df=1\.0, with which the weighting was fitted; found 1\."),
        ({"stop_words": "english"}, r"Expected stop_words=\['the'\], .* found 'english'"),
        ({"title": True}, "Expected title=False"),
    ],
    ids=str,
)
def test_options_that_contradict_the_weighting_are_refused(documents_of, given, message):
    documents = documents_of("cats and dogs")
    weighting = terms.fit(documents, ngrams=2, sublinear=False, stop_words=["the"])
    with pytest.raises(terms.TermsError, match=message):
        terms.weigh(documents, weighting=weighting, **given)


def test_the_same_options_may_be_given_again(documents_of):
    documents, options = documents_of("cats and dogs"), {"ngrams": 2, "sublinear": False, "stop_words": ["the"]}
    weighting = terms.fit(documents, **options)
    assert bits(terms.weigh(documents, weighting=weighting, **options)) == bits(terms.weigh(documents, **options))


def test_an_unknown_option_is_refused(documents_of):
    documents = documents_of("cats")
    with pytest.raises(TypeError, match="lowercase"):
        terms.weigh(documents, weighting=terms.fit(documents), lowercase=False)


def test_passages_have_no_titles(documents_of):
    weighting = terms.fit(documents_of("cats", title=["dogs"]), title=True)
    with pytest.raises(terms.TermsError, match="words of a column 'title'; found none"):
        terms.weigh(corpus.split(documents_of("Cats.")), weighting=weighting)


def test_a_weighting_with_other_options_is_refused(documents_of):
    weighting = tables.Weighting(np.array(["cats"], dtype=object), np.array([1]), 1, {"sublinear": True})
    with pytest.raises(terms.TermsError, match=r"options digits, max_df, .*; found sublinear\. Make it anew"):
        terms.weigh(documents_of("cats"), weighting=weighting)


# ---- What a weighting promises


@pytest.mark.parametrize(
    ("words", "frequencies", "n_documents", "message"),
    [
        ([], [], 1, "at least one term, and a document frequency for each; found 0 terms and 0"),
        (["a", "b"], [1], 1, "found 2 terms and 1 frequencies"),
        (["a", "b"], [1, 0], 1, "document frequencies from 1 to 1 as int64; found 0 to 1 as int64"),
        (["a", "b"], [1, 3], 2, "from 1 to 2 as int64; found 1 to 3 as int64"),
        (["a", "b"], [1.0, 1.0], 2, "found 1.0 to 1.0 as float64"),
        (["b", "a"], [1, 1], 2, "in rising order, each once; found 'b' before 'a'"),
        (["a", "a"], [1, 1], 2, "in rising order, each once; found 'a' before 'a'"),
    ],
    ids=str,
)
def test_a_weighting_refuses_what_does_not_fit(words, frequencies, n_documents, message):
    frequencies = np.array(frequencies, dtype=None if frequencies else np.int64)
    with pytest.raises(tables.TableError, match=message):
        tables.Weighting(np.array(words, dtype=object), frequencies, n_documents, {})
