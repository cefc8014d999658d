import inspect
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from analysis import tables, terms, topics
from analysis.topics import weighting

THEMES = [[f"{theme}{i}" for i in range(12)] for theme in ("sea", "oil", "war")]


def matrix_of(rows, document_ids=None):
    weights = np.array(rows, dtype=float)
    names = document_ids or [f"d{i:03}" for i in range(len(rows))]
    vocabulary = [f"t{i:02}" for i in range(weights.shape[1])]
    return tables.DocumentTermMatrix(
        sparse.csr_array(weights), np.array(names, dtype=object), np.array(vocabulary, dtype=object)
    )


def themed_reports(n=24, seed=0):
    """Reports with thirty words of one of three themes and six of the next: d000, d001, …"""
    generator = np.random.default_rng(seed)
    texts = [
        " ".join([*generator.choice(THEMES[i % 3], 30), *generator.choice(THEMES[(i + 1) % 3], 6)]) for i in range(n)
    ]
    return pd.DataFrame({"document_id": [f"d{i:03}" for i in range(n)], "text": texts})


def made(method, documents):
    return {"nmf": terms.weigh, "lda": terms.count}[method](documents)


def copied(matrix, times):
    """The matrix with row i standing ``times[i]`` times, and the clusters of these copies."""
    rows = np.repeat(np.arange(len(times)), times)
    names = np.array([f"{matrix.document_ids[row]}-{place:03}" for place, row in enumerate(rows)], dtype=object)
    clusters = pd.DataFrame({"document_id": names, "representative": names[np.searchsorted(rows, rows)], "score": 1.0})
    return tables.DocumentTermMatrix(matrix.weights[rows], names, matrix.terms), clusters


def term_weights(topic_terms, terms_of):
    return topic_terms.pivot_table(index="topic", columns="term", values="weight").reindex(columns=terms_of).fillna(0)


def assert_sums_to_one(table, by, column):
    assert table.groupby(by)[column].sum().to_numpy() == pytest.approx(1)


# ---- what is found


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_three_themes_are_three_topics(method):
    documents = themed_reports()
    topic_terms, document_topics = topics.fit(made(method, documents), n_topics=3, random_state=0, method=method)
    theme_of = {}
    for topic, found in topic_terms.groupby("topic"):
        # Each report has 30 words of its theme: the topic's twelve heaviest words are that theme's twelve.
        heaviest = set(found.nlargest(12, "weight")["term"])
        [theme_of[topic]] = [i for i, theme in enumerate(THEMES) if set(theme) == heaviest]
    assert sorted(theme_of.values()) == [0, 1, 2]
    main = document_topics.loc[document_topics.groupby("document_id")["share"].idxmax(), "topic"]
    assert [theme_of[topic] for topic in main] == [i % 3 for i in range(24)]


def test_one_topic_of_counts_by_hand():
    # One topic holds every token, so its terms are the counts of the corpus, 5, 2 and 1 of 8, each with the prior .1.
    topic_terms, shares = topics.fit(matrix_of([[2, 1, 0], [3, 1, 1]]), n_topics=1, random_state=0, method="lda")
    expected = np.array([5.1, 2.1, 1.1]) / 8.3
    assert topic_terms["weight"].to_numpy() == pytest.approx(expected)
    assert shares["share"].tolist() == [1.0, 1.0]


def test_nmf_explains_as_much_as_that_of_scikit_learn():
    matrix = terms.weigh(themed_reports(60))
    model = topics.Model(3, random_state=7, tolerance=1e-9).fit(matrix)
    rows = sparse.csr_matrix(matrix.weights)
    with threadpool_limits(limits=1):
        other = NMF(3, init="nndsvda", random_state=7, max_iter=2000, tol=1e-9).fit(rows)
    assert model.learned_.fitted["error"] == pytest.approx(other.reconstruction_err_**2 / rows.power(2).sum(), rel=1e-6)
    expected = other.components_ / other.components_.sum(axis=1, keepdims=True)
    found = term_weights(model.topic_terms(), matrix.terms).to_numpy()
    places = [np.abs(expected - row).sum(axis=1).argmin() for row in found]
    assert sorted(places) == [0, 1, 2]
    assert np.abs(found - expected[places]).max() < 1e-3


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_topic_0_has_the_largest_weighted_share(method):
    documents = themed_reports(25)
    weights = pd.Series(np.where(np.arange(25) % 3 == 2, 5.0, 1.0), index=documents["document_id"])
    _, shares = topics.fit(made(method, documents), n_topics=3, random_state=0, method=method, weights=weights)
    mass = shares["share"].mul(shares["document_id"].map(weights)).groupby(shares["topic"]).sum()
    assert mass.is_monotonic_decreasing
    assert shares.loc[(shares["document_id"] == "d002") & (shares["topic"] == 0), "share"].item() > 0.6


# ---- passages


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_passages_are_added_up_for_their_document(method):
    documents = themed_reports()
    passages = pd.concat(
        [
            pd.DataFrame({"document_id": name, "start": [0, len(text) // 2], "text": [text[:100], text[100:]]})
            for name, text in documents.itertuples(index=False)
        ]
    )
    matrix = made(method, passages)
    assert matrix.weights.shape[0] == 48
    _, shares = topics.fit(matrix, n_topics=3, random_state=0, method=method)
    assert len(shares) == 24 * 3
    assert_sums_to_one(shares, "document_id", "share")
    main = shares.loc[shares.groupby("document_id")["share"].idxmax(), "topic"].to_numpy()
    assert (main == main[np.arange(24) % 3]).all()
    assert len(set(main[:3])) == 3


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_rows_in_any_order_keep_their_documents(method):
    rows = [[9, 9, 0, 0], [0, 0, 9, 9], [8, 9, 0, 0], [0, 0, 9, 8]]
    _, shares = topics.fit(matrix_of(rows, ["z", "a", "y", "a"]), n_topics=2, random_state=0, method=method)
    main = shares.loc[shares.groupby("document_id")["share"].idxmax()].set_index("document_id")["topic"]
    assert main["z"] == main["y"] != main["a"]


# ---- laws


@settings(max_examples=25)
@given(
    rows=st.lists(st.lists(st.integers(0, 5), min_size=5, max_size=5), min_size=2, max_size=8),
    n_topics=st.integers(1, 3),
    method=st.sampled_from(["nmf", "lda"]),
)
def test_weights_and_shares_sum_to_one(rows, n_topics, method):
    matrix = matrix_of(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", tables.SkippedWarning)
        if len({tuple(row) for row in rows if any(row)}) < n_topics:
            with pytest.raises(topics.TopicsError, match="n_topics: expected 1 to"):
                topics.fit(matrix, n_topics=n_topics, random_state=0, method=method)
            return
        topic_terms, shares = topics.fit(matrix, n_topics=n_topics, random_state=0, method=method)
    assert_sums_to_one(topic_terms, "topic", "weight")
    assert_sums_to_one(shares, "document_id", "share")
    assert len(shares) == len(rows) * n_topics
    assert topic_terms["topic"].unique().tolist() == list(range(n_topics))


@pytest.mark.parametrize("method", ["nmf", "lda"])
@pytest.mark.parametrize("n_topics", [3, 6])
def test_exact_copies_at_one_nth_give_the_clean_fit(method, n_topics):
    # 6 topics are more than there are themes: many optima are near, and the least change of the start finds another.
    clean = made(method, themed_reports())
    times = np.ones(24, dtype=int)
    times[[0, 4, 20]] = 40, 3, 7
    flooded, clusters = copied(clean, times)
    options = {"n_topics": n_topics, "random_state": 0, "method": method}
    expected = term_weights(topics.fit(clean, **options)[0], clean.terms)
    weighed = term_weights(topics.fit(flooded, weights=clusters, **options)[0], clean.terms)
    flood = term_weights(topics.fit(flooded, **options)[0], clean.terms)
    assert np.abs(weighed - expected).to_numpy().max() < 1e-6
    assert np.abs(flood - expected).to_numpy().max() > 1e-3


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_copies_get_the_shares_of_their_original(method):
    flooded, clusters = copied(made(method, themed_reports()), [5] + [1] * 23)
    _, shares = topics.fit(flooded, n_topics=3, random_state=0, method=method, weights=clusters)
    table = shares.pivot_table(index="document_id", columns="topic", values="share").to_numpy()
    assert (table[:5] == table[0]).all()


def flooded_corpus(n_copies=20):
    """The themed reports, the first of them with copies, and their clusters."""
    documents = themed_reports()
    copies = pd.concat([documents, *(documents[:1].assign(document_id=f"d000-{i}") for i in range(n_copies))])
    names = sorted(copies["document_id"])
    representative = ["d000" if name.startswith("d000") else name for name in names]
    clusters = pd.DataFrame({"document_id": names, "representative": representative, "score": 1.0})
    return documents, copies, clusters


@pytest.mark.parametrize("method", ["nmf", "lda"])
@pytest.mark.parametrize("n_topics", [3, 6])
def test_copies_in_the_corpus_change_no_bit_of_the_topics(method, n_topics):
    documents, copies, clusters = flooded_corpus()
    options = {"n_topics": n_topics, "random_state": 0, "method": method}
    expected, shares = topics.fit(terms.count(documents), **options)
    found, all_shares = topics.fit(terms.count(copies), weights=clusters, **options)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    originals = all_shares[all_shares["document_id"].isin(documents["document_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(originals, shares, check_exact=True)


def test_weights_from_elsewhere_are_taken_as_they_come_copies_and_all():
    documents, copies, clusters = flooded_corpus()
    expected, _ = topics.fit(terms.weigh(documents), n_topics=3, random_state=0)
    found, _ = topics.fit(terms.weigh(copies), n_topics=3, random_state=0, weights=clusters)
    vocabulary = terms.weigh(documents).terms
    assert np.abs(term_weights(found, vocabulary) - term_weights(expected, vocabulary)).to_numpy().max() > 1e-4


def test_counts_are_weighed_as_terms_does():
    documents = themed_reports()
    expected = topics.fit(terms.weigh(documents), n_topics=3, random_state=0)
    for one, other in zip(topics.fit(terms.count(documents), n_topics=3, random_state=0), expected, strict=True):
        pd.testing.assert_frame_equal(one, other, rtol=1e-4, atol=1e-6)


def test_document_frequencies_by_hand():
    # Of weights 2, 1 and 0.5 n is 3.5; the terms are in rows of weight 3, 1.5 and 0.5.
    rows = sparse.csr_array(np.array([[1.0, 0, 0], [2, 1, 0], [0, 3, 1]]))
    found = weighting.inverse_frequencies(rows, np.array([2, 1, 0.5]))
    assert found == pytest.approx(np.log(4.5 / np.array([4, 2.5, 1.5])) + 1)
    weighed = weighting.weigh(rows, np.array([1.0, 2.0, 3.0])).toarray()
    assert weighed[0] == pytest.approx([1, 0, 0])
    assert weighed[1] == pytest.approx(np.array([1 + np.log(2), 2, 0]) / np.hypot(1 + np.log(2), 2))


def test_n_times_one_nth_is_one_to_the_bit():
    rows = sparse.csr_array(np.ones((49, 1)))
    for n in range(1, 50):
        _, summed, of_row = weighting.distinct(rows[:n], np.full(n, 1 / n))
        assert summed.tolist() == [1.0]
        assert of_row.tolist() == [0] * n


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_a_document_of_weight_0_bends_nothing_and_still_gets_shares(method):
    documents = themed_reports()
    matrix = made(method, documents)
    weights = pd.Series(1.0, index=documents["document_id"])
    weights["d003"] = 0.0
    rest = tables.DocumentTermMatrix(
        matrix.weights[np.arange(24) != 3], np.delete(matrix.document_ids, 3), matrix.terms
    )
    options = {"n_topics": 3, "random_state": 0, "method": method}
    found, shares = topics.fit(matrix, weights=weights, **options)
    expected, _ = topics.fit(rest, **options)
    difference = term_weights(found, matrix.terms) - term_weights(expected, matrix.terms)
    assert np.abs(difference).to_numpy().max() < 1e-6
    assert_sums_to_one(shares[shares["document_id"] == "d003"], "document_id", "share")


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_same_bytes_on_one_thread_and_two_and_in_any_row_order(method):
    documents = themed_reports()
    found = []
    for threads, frame in ((1, documents), (2, documents), (2, documents.sample(frac=1, random_state=3))):
        with threadpool_limits(limits=threads):
            found.append(topics.fit(made(method, frame), n_topics=3, random_state=11, method=method))
    for others in found[1:]:
        for one, other in zip(found[0], others, strict=True):
            assert one.to_csv(float_format="%.17g").encode() == other.to_csv(float_format="%.17g").encode()


# ---- edges


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_a_document_without_a_term_has_even_shares(method):
    rows = [[3, 1, 0], [0, 0, 0], [0, 1, 4]]
    said = "1 of 3 documents hold no term of any topic and have even shares: 'd001'. They are kept"
    with pytest.warns(tables.SkippedWarning, match=said):
        _, shares = topics.fit(matrix_of(rows), n_topics=2, random_state=0, method=method)
    assert shares.loc[shares["document_id"] == "d001", "share"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_one_document_is_one_topic(method):
    topic_terms, shares = topics.fit(matrix_of([[2, 2, 0]]), n_topics=1, random_state=0, method=method)
    assert shares["share"].tolist() == [1.0]
    # LDA: two tokens of each of two terms, and the prior .1 of three.
    expected = {"nmf": [0.5, 0.5], "lda": [2.1 / 4.3, 2.1 / 4.3]}[method]
    assert topic_terms["weight"].tolist()[:2] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_five_hundred_identical_documents_are_one_topic_and_not_two(method):
    matrix = matrix_of([[1, 2, 3]] * 500)
    _, shares = topics.fit(matrix, n_topics=1, random_state=0, method=method)
    assert (shares["share"] == 1).all()
    with pytest.raises(topics.TopicsError, match="expected 1 to 1, for 1 different rows that hold a term and 3 terms"):
        topics.fit(matrix, n_topics=2, random_state=0, method=method)


# ---- refusals


def test_random_state_is_required_by_name():
    with pytest.raises(TypeError, match="random_state"):
        topics.fit(matrix_of([[1, 2]]), n_topics=1)
    assert inspect.signature(topics.fit).parameters["random_state"].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize("random_state", [None, 1.5, "7", True, -1, 2**32, np.random.default_rng(0)])
def test_a_random_state_that_cannot_be_repeated_is_refused(random_state):
    with pytest.raises(topics.TopicsError, match=r"random_state is a whole number, so that .* repeated; found"):
        topics.fit(matrix_of([[1, 2]]), n_topics=1, random_state=random_state)


@pytest.mark.parametrize("n_topics", [0, -1, 3, 1.5, "2", float("nan")])
def test_a_number_of_topics_that_does_not_fit_is_refused(n_topics):
    with pytest.raises(topics.TopicsError, match=f"expected 1 to 2, for 2 different rows .* 3 terms; found {n_topics}"):
        topics.fit(matrix_of([[1, 2, 0], [0, 0, 0], [0, 2, 2]]), n_topics=n_topics, random_state=0)


def test_no_documents_are_refused():
    with pytest.raises(topics.TopicsError, match="expected 1 to 0, for 0 different rows"):
        topics.fit(matrix_of(np.ones((0, 3)), []), n_topics=1, random_state=0)


def test_an_unknown_method_is_refused():
    with pytest.raises(topics.TopicsError, match="method is 'nmf' or 'lda'; found 'lsa'"):
        topics.fit(matrix_of([[1, 2]]), n_topics=1, random_state=0, method="lsa")


def test_lda_of_weights_that_are_not_counts_is_refused():
    matrix = terms.weigh(themed_reports())
    with pytest.raises(topics.TopicsError, match=r"wants counts from terms.count; found the weight 0\.\d+"):
        topics.fit(matrix, n_topics=2, random_state=0, method="lda")


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf"), None])
def test_a_wrong_weight_is_refused(wrong):
    weights = pd.Series([1.0, wrong], index=["d000", "d001"])
    with pytest.raises(topics.TopicsError, match=r"weight of 0 or more for each document; found .* 'd001', and 1 such"):
        topics.fit(matrix_of([[1, 2], [2, 1]]), n_topics=1, random_state=0, weights=weights)


def test_a_missing_weight_is_refused():
    with pytest.raises(topics.TopicsError, match="found nan for 'd001'"):
        topics.fit(matrix_of([[1, 2], [2, 1]]), n_topics=1, random_state=0, weights=pd.Series({"d000": 1.0}))


def test_two_weights_of_one_document_are_refused():
    weights = pd.Series([1.0, 1.0, 2.0], index=["d000", "d001", "d001"])
    with pytest.raises(topics.TopicsError, match="one weight for each document; found several for 'd001'"):
        topics.fit(matrix_of([[1, 2], [2, 1]]), n_topics=1, random_state=0, weights=weights)


def test_clusters_of_other_documents_are_refused():
    names = ["d000", "d001", "d002"]
    clusters = pd.DataFrame({"document_id": names, "representative": "d000", "score": 1.0})
    with pytest.raises(topics.TopicsError, match="clusters name 'd002', which is not in the matrix; 1 such document"):
        topics.fit(matrix_of([[1, 2], [2, 1]]), n_topics=1, random_state=0, weights=clusters)
    with pytest.raises(topics.TopicsError, match="found nan for 'd001'"):
        topics.fit(matrix_of([[1, 2], [2, 1]]), n_topics=1, random_state=0, weights=clusters[:1])


def test_a_table_that_is_no_clusters_is_refused():
    with pytest.raises(tables.TableError, match="Clusters needs the columns representative, score"):
        topics.fit(matrix_of([[1, 2]]), n_topics=1, random_state=0, weights=pd.DataFrame({"document_id": ["d000"]}))
