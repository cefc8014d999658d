"""What a model sees: a story as most of its reports tell it, and a start that copies and rare terms leave alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from analysis import tables, topics
from analysis.topics import nmf, starting, weighting

METHODS = ["nmf", "lda"]


def matrix_of(rows, document_ids=None):
    weights = np.array(rows, dtype=float)
    names = document_ids or [f"d{i:03}" for i in range(len(rows))]
    vocabulary = [f"t{i:02}" for i in range(weights.shape[1])]
    return tables.DocumentTermMatrix(
        sparse.csr_array(weights), np.array(names, dtype=object), np.array(vocabulary, dtype=object)
    )


def clusters_of(representatives):
    names = [f"d{i:03}" for i in range(len(representatives))]
    return pd.DataFrame({"document_id": names, "representative": representatives, "score": 1.0})


def medians(stories, rows):
    return weighting.medians(sparse.csr_array(np.array(stories, float)), sparse.csr_array(np.array(rows, float)))


# ---- stories


def test_the_middle_report_of_a_story_by_hand():
    rows = [[2, 1, 0, 0], [2, 0, 0, 0], [1, 1, 5, 0], [0, 0, 0, 4], [3, 0, 0, 2]]
    assert medians([[1, 1, 1, 0, 0], [0, 0, 0, 1, 1]], rows).toarray().tolist() == [[2, 1, 0, 0], [1.5, 0, 0, 3]]
    # Two copies are like the third row, and outvote the other two.
    assert medians([[1, 1, 3, 0, 0]], rows).toarray().tolist() == [[1, 1, 5, 0]]


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=3, max_size=3),
    times=st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=3),
)
def test_the_middle_is_the_median_of_numpy(rows, times):
    times = [each for each in times if any(each)]
    expected = [np.median(np.repeat(rows, each, axis=0), axis=0) for each in times]
    means = [np.mean(np.repeat(rows, each, axis=0), axis=0) for each in times]
    found = medians(np.array(times).reshape(-1, 3), rows).toarray()
    assert found == pytest.approx(
        np.array([some if some.any() else mean for some, mean in zip(expected, means, strict=True)]).reshape(-1, 4)
    )


def test_a_chain_of_reports_that_share_no_term_has_their_mean():
    assert medians([[1, 1, 1]], np.eye(3) * 3).toarray() == pytest.approx(np.ones((1, 3)))


def test_stories_are_told_apart_only_where_their_reports_differ():
    ids = np.array(["d000", "d001", "d002"], dtype=object)
    alike, differing = np.array([0, 0, 1]), np.array([0, 2, 1])
    pair = clusters_of(["d000", "d000", "d002"])
    assert weighting.by_story(None, ids, differing) is None
    assert weighting.by_story(pd.Series(1.0, index=ids), ids, differing) is None
    assert weighting.by_story(pair, ids, alike) is None
    assert weighting.by_story(pair, ids, differing).toarray().tolist() == [[1, 0, 1], [0, 1, 0]]
    passages = np.array(["d000", "d000", "d001"], dtype=object)
    assert weighting.by_story(pair[:2], passages, differing) is None


@pytest.mark.parametrize("method", METHODS)
def test_copies_that_each_lost_another_word_change_no_bit_of_the_topics(method):
    generator = np.random.default_rng(0)
    rows = generator.integers(0, 3, (12, 9))
    edited = [[count * (place != lost) for place, count in enumerate(rows[0])] for lost in range(9)]
    clean = topics.Model(3, random_state=0, method=method).fit(matrix_of(rows))
    flooded = matrix_of([*rows, *edited])
    clusters = clusters_of([*(f"d{i:03}" for i in range(12)), *["d000"] * 9])
    found = topics.Model(3, random_state=0, method=method).fit(flooded, clusters)
    pd.testing.assert_frame_equal(found.topic_terms(), clean.topic_terms(), check_exact=True)
    before, after = clean.document_topics(), found.document_topics()
    originals = after[after["document_id"] < "d012"].reset_index(drop=True)
    pd.testing.assert_frame_equal(originals, before, check_exact=True)
    raw = topics.Model(3, random_state=0, method=method).fit(flooded)
    assert not raw.topic_terms().equals(clean.topic_terms())


@pytest.mark.parametrize("method", METHODS)
def test_a_corpus_of_one_story_is_one_topic_and_not_two(method):
    matrix, clusters = matrix_of([[2, 1, 0], [2, 1, 1], [2, 0, 1]]), clusters_of(["d000"] * 3)
    options = {"random_state": 0, "method": method, "weights": clusters}
    _, shares = topics.fit(matrix, n_topics=1, **options)
    assert shares["share"].tolist() == [1.0] * 3
    with pytest.raises(topics.TopicsError, match="expected 1 to 1, for 1 different rows that hold a term and 3 terms"):
        topics.fit(matrix, n_topics=2, **options)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_documents_changes_no_bit_where_stories_differ_within(method):
    generator = np.random.default_rng(3)
    rows = generator.integers(0, 3, (20, 8))
    ids = [f"d{i:03}" for i in range(20)]
    clusters = clusters_of([ids[i // 3 * 3] for i in range(20)])
    matrix, order = matrix_of(rows, ids), generator.permutation(20)
    turned = tables.DocumentTermMatrix(matrix.weights[order], matrix.document_ids[order], matrix.terms)
    options = {"n_topics": 3, "random_state": 0, "method": method}
    expected = topics.fit(matrix, weights=clusters, **options)
    found = topics.fit(turned, weights=clusters.sample(frac=1, random_state=1), **options)
    for one, other in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


# ---- the start


def test_a_term_has_the_same_directions_beside_any_others():
    terms = np.array([f"term{i}" for i in range(2000)], dtype=object)
    made = starting.directions(terms, 4, 7)
    assert made.shape == (2000, 4 + 10)
    assert (starting.directions(terms[5:9], 4, 7) == made[5:9]).all()
    assert not (starting.directions(terms, 4, 8) == made).any()
    assert made.mean(axis=0) == pytest.approx(0, abs=0.1)
    assert np.corrcoef(made.T) == pytest.approx(np.eye(14), abs=0.1)


def test_the_directions_find_the_largest_singular_values():
    rows = sparse.csr_array(np.random.default_rng(1).random((60, 40)) ** 4)
    random = starting.directions(np.array([f"t{i}" for i in range(40)]), 5, 0)
    left, sizes, right = starting._singular(rows, random.astype(float), 5)
    assert sizes == pytest.approx(np.linalg.svd(rows.toarray(), compute_uv=False)[:5], rel=1e-2)
    assert left.T @ left == pytest.approx(np.eye(5), abs=1e-6)
    assert right.T @ right == pytest.approx(np.eye(5), abs=1e-6)


def test_a_row_that_is_cut_into_two_halves_of_its_weight_leaves_the_start():
    rows = np.random.default_rng(2).random((30, 20)) ** 3
    random = starting.directions(np.array([f"t{i}" for i in range(20)]), 4, 0).astype(float)
    _, expected = starting.started(sparse.csr_array(rows), np.ones(30), random)
    root = np.sqrt(np.append(np.ones(29), [0.5, 0.5]))
    halved = sparse.csr_array(np.vstack([rows, rows[-1]]) * root[:, None])
    _, found = starting.started(halved, root, random)
    assert found == pytest.approx(expected, rel=1e-6)
    assert (expected > 0).all()


def test_columns_are_put_in_the_order_of_how_many_rows_hold_them():
    rows = sparse.csr_array(np.array([[0.0, 1, 2], [0, 0, 3], [4, 0, 5]]))
    order = weighting.commonest_first(rows)
    assert order.tolist() == [2, 0, 1]
    assert weighting.columns(rows, order).toarray().tolist() == rows.toarray()[:, order].tolist()
    assert weighting.columns(rows, order).has_sorted_indices


def test_topics_of_many_rows_are_looked_for_in_a_sample_first(monkeypatch):
    generator = np.random.default_rng(5)
    topic_terms, shares = generator.dirichlet(np.full(30, 0.2), 3), generator.dirichlet(np.full(3, 0.2), 200)
    rows = generator.poisson(40 * shares @ topic_terms) * 1.0
    matrix, order = matrix_of(rows), generator.permutation(200)
    expected = topics.Model(3, random_state=0).fit(matrix)
    monkeypatch.setattr(nmf, "SAMPLE", 50)
    found = topics.Model(3, random_state=0).fit(matrix)
    assert found.learned_.fitted["error"] == pytest.approx(expected.learned_.fitted["error"], rel=1e-3)
    assert topics.align(found.topic_terms(), expected.topic_terms(), n_terms=5)["agreement"].min() > 0.6
    turned = tables.DocumentTermMatrix(matrix.weights[order], matrix.document_ids[order], matrix.terms)
    again = topics.Model(3, random_state=0).fit(turned)
    pd.testing.assert_frame_equal(again.topic_terms(), found.topic_terms(), check_exact=True)
