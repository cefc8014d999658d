import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import reports
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from analysis import duplicates, tables, terms
from analysis._join import kernels, plain, rows, search


def every_term(texts):
    return terms.weigh(reports(texts), stop_words=None)


def unit_rows(rows):
    """A matrix of rows divided by their lengths."""
    weights = np.array(rows, dtype=float)
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    weights = weights / np.where(lengths > 0, lengths, 1)
    names = np.array([f"d{i:03}" for i in range(len(rows))], dtype=object)
    vocabulary = np.array([f"t{i:02}" for i in range(weights.shape[1])], dtype=object)
    return tables.DocumentTermMatrix(sparse.csr_array(weights), names, vocabulary)


def brute_force(matrix, threshold):
    """(a, b) → cosine of all pairs that reach the threshold, added up term by term in plain float64."""
    dense = matrix.weights.toarray().tolist()
    found = {}
    for i, one in enumerate(dense):
        for j in range(i + 1, len(dense)):
            score = 0.0
            for x, y in zip(one, dense[j], strict=True):
                score += x * y
            score = 1.0 if abs(score - 1) < 1e-12 else score
            if score >= threshold:
                found[matrix.document_ids[i], matrix.document_ids[j]] = score
    return found


def quietly(*arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tables.SkippedWarning)
        return duplicates.find(*arguments, **options)


def scores(pairs):
    return dict(zip(zip(pairs["a"], pairs["b"], strict=True), pairs["score"], strict=True))


def pairs_of(*rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "score"]).assign(containment=0.5, lag=np.nan)
    return tables.check(tables.Pairs, frame)


def membership(clusters):
    return dict(zip(clusters["document_id"], clusters["representative"], strict=True))


# ---- find: the answer


def test_the_cosine_containment_and_lag_by_hand():
    matrix = unit_rows([[3, 4, 0], [0, 4, 3], [1, 0, 0]])
    documents = reports(["x"] * 3, ["2024-05-24T00:00Z", "2024-05-25T12:00Z", None])
    pairs = duplicates.find(matrix, documents, threshold=0.1)
    assert pairs[["a", "b"]].to_numpy().tolist() == [["d000", "d001"], ["d000", "d002"]]
    assert pairs["score"].tolist() == pytest.approx([16 / 25, 3 / 5])
    assert pairs["containment"].tolist() == [1 / 2, 1.0]
    assert pairs["lag"].tolist() == pytest.approx([36.0, np.nan], nan_ok=True)


def test_the_lag_is_negative_where_b_came_first():
    documents = reports(["same words", "same words"], ["2024-05-24", "2024-05-23T23:30:00+01:00"])
    assert duplicates.find(terms.weigh(documents), documents, threshold=1)["lag"].tolist() == [-1.5]


def test_the_seed_pairs(seed_documents):
    pairs = duplicates.find(terms.weigh(seed_documents), seed_documents, threshold=1e-9)
    found = {pair: round(score, 2) for pair, score in scores(pairs).items()}
    assert sorted(found, key=found.get, reverse=True)[:2] == [("000", "002"), ("002", "004")]
    assert found["000", "002"] == 0.31
    assert found["002", "004"] == 0.30
    assert all(score < 0.20 for pair, score in found.items() if "003" in pair)
    assert len(found) == 10


def test_raw_counts_say_more_of_the_seeds_than_they_should(seed_documents):
    matrix = terms.weigh(seed_documents, sublinear=False)
    found = scores(duplicates.find(matrix, seed_documents, threshold=0.4))
    assert found["000", "002"] == pytest.approx(0.51, abs=0.005)
    assert found["002", "004"] == pytest.approx(0.49, abs=0.005)


def test_a_window_of_three_days_pairs_seed_003_with_nothing(seed_documents):
    with pytest.warns(tables.SkippedWarning, match="2 of 5 documents have no date"):
        pairs = duplicates.find(terms.weigh(seed_documents), seed_documents, threshold=1e-9, window="3D")
    assert pairs[["a", "b"]].to_numpy().tolist() == [["001", "002"]]


@settings(max_examples=20)
@given(
    rows=st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=1, max_size=12),
    threshold=st.floats(0.001, 1.0),
)
def test_no_pair_is_lost_and_none_is_below(rows, threshold):
    matrix = unit_rows(rows)
    documents = reports(["x"] * len(rows))
    assert scores(quietly(matrix, documents, threshold=threshold)) == brute_force(matrix, threshold)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("threshold", [0.02, 0.25, 0.5, 0.8, 1.0])
def test_no_pair_of_weighed_text_is_lost(seed, threshold):
    generator = np.random.default_rng(seed)
    vocabulary = np.array([f"w{i}" for i in range(80)])
    texts = [" ".join(generator.choice(vocabulary, 25)) for _ in range(25)]
    texts += [texts[0], texts[1] + " extra", texts[2][:60]]
    matrix = every_term(texts)
    found = scores(duplicates.find(matrix, reports(texts), threshold=threshold))
    assert found == brute_force(matrix, threshold)
    assert ("d000", "d025") in found


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.8])
def test_against_dense_products_away_from_the_threshold(seed_documents, threshold):
    matrix = terms.weigh(seed_documents)
    products = np.triu((matrix.weights @ matrix.weights.T).toarray(), 1)
    assert not (np.abs(products - threshold) < 1e-9).any()
    found = duplicates.find(matrix, seed_documents, threshold=threshold)
    assert len(found) == (products >= threshold).sum()
    assert sorted(found["score"]) == pytest.approx(sorted(products[products >= threshold]))


def test_a_score_that_was_returned_is_reached_as_a_threshold():
    generator = np.random.default_rng(5)
    matrix = unit_rows(generator.integers(0, 5, (20, 9)))
    documents = reports(["x"] * 20)
    everything = duplicates.find(matrix, documents, threshold=1e-9)
    for score in everything["score"].unique()[:40]:
        at = duplicates.find(matrix, documents, threshold=score)
        above = duplicates.find(matrix, documents, threshold=min(1.0, np.nextafter(score, 2)))
        assert len(at) == (everything["score"] >= score).sum()
        assert score == 1 or len(above) == (everything["score"] > score).sum()


def test_exact_copies_reach_a_threshold_of_one():
    # Rows whose length is 1 only up to rounding: their product is 1 ± 1e-16, and none may be lost.
    texts = [" ".join(f"w{k}" for k in range(n)) for n in range(1, 60)]
    matrix = every_term(texts + texts)
    pairs = duplicates.find(matrix, reports(texts + texts), threshold=1)
    assert scores(pairs) == {(f"d{i:03}", f"d{i + 59:03}"): 1.0 for i in range(59)}


def test_five_hundred_identical_documents():
    texts = ["The same report, word for word."] * 500
    pairs = duplicates.find(terms.weigh(reports(texts)), reports(texts), threshold=1)
    assert len(pairs) == 500 * 499 // 2
    assert (pairs[["score", "containment"]] == 1).all(axis=None)


# ---- find: laws


@settings(max_examples=15)
@given(order=st.permutations(range(8)))
def test_the_order_of_documents_does_not_matter(order):
    texts = [f"alpha beta w{i % 3} w{i % 4} w{i}" for i in range(8)]
    documents = reports(texts, [f"2024-05-{i + 1:02}" for i in range(8)], list("xyxyxyxy"))
    shuffled = documents.iloc[list(order)]
    found = [
        duplicates.find(terms.weigh(each), each, threshold=0.2, window="4D", across="outlet")
        for each in (documents, shuffled)
    ]
    assert len(found[0])
    pd.testing.assert_frame_equal(*found)


@pytest.mark.parametrize("block", [1, 2, 7, 30])
def test_the_size_of_a_block_does_not_matter(monkeypatch, block):
    matrix = unit_rows(np.random.default_rng(1).integers(0, 4, (30, 8)))
    documents = reports(["x"] * 30)
    whole = duplicates.find(matrix, documents, threshold=0.3)
    monkeypatch.setattr(plain, "_BLOCK", block)
    pd.testing.assert_frame_equal(duplicates.find(matrix, documents, threshold=0.3), whole)


@pytest.mark.parametrize("n_threads", [1, 2, 3])
@pytest.mark.parametrize("block", [1, 2, 7, 30])
def test_neither_pieces_nor_threads_of_the_compiled_way_matter(monkeypatch, block, n_threads):
    matrix = unit_rows(np.random.default_rng(1).integers(0, 4, (30, 8)))
    documents = reports(["x"] * 30)
    whole = duplicates.find(matrix, documents, threshold=0.3)
    monkeypatch.setattr(duplicates.pairs, "SMALL", 0)
    monkeypatch.setattr(kernels, "TILE", block)
    monkeypatch.setattr(search, "CHUNK", block + 1)
    monkeypatch.setattr(search, "tile_rows", lambda job: block)
    monkeypatch.setattr(rows, "threads", lambda: n_threads)
    pd.testing.assert_frame_equal(duplicates.find(matrix, documents, threshold=0.3), whole)


def test_a_window_and_across_only_take_pairs_away():
    generator = np.random.default_rng(2)
    dates = [f"2024-05-{day:02}" for day in generator.integers(1, 30, 25)]
    outlets = generator.choice(["x", "y"], 25).tolist()
    matrix = unit_rows(generator.integers(0, 3, (25, 7)))
    documents = reports(["x"] * 25, dates, outlets)
    everything = duplicates.find(matrix, documents, threshold=0.4)
    kept = duplicates.find(matrix, documents, threshold=0.4, window="5D", across="outlet")
    outlet = dict(zip(documents["document_id"], outlets, strict=True))
    far = everything["lag"].abs() > 5 * 24
    same = everything["a"].map(outlet) == everything["b"].map(outlet)
    pd.testing.assert_frame_equal(kept, everything[~far & ~same].reset_index(drop=True))
    assert far.any()
    assert same.any()


# ---- find: options


def test_the_window_includes_its_end_to_the_microsecond():
    documents = reports(["same words"] * 3, ["2024-05-01", "2024-05-04", "2024-05-04T00:00:00.000001"])
    matrix = terms.weigh(documents)
    for window in ("3D", "72h", pd.Timedelta(days=3)):
        pairs = duplicates.find(matrix, documents, threshold=1, window=window)
        assert list(scores(pairs)) == [("d000", "d001"), ("d001", "d002")]
    assert list(scores(duplicates.find(matrix, documents, threshold=1, window="0s"))) == []


def test_a_window_of_nothing_keeps_the_same_moment_in_two_time_zones():
    documents = reports(["same words"] * 2, ["2024-05-01T00:00+00:00", "2024-05-01T02:00+02:00"])
    assert len(duplicates.find(terms.weigh(documents), documents, threshold=1, window="0h")) == 1


def test_undated_documents_are_counted_under_a_window_and_kept_without_one():
    documents = reports(["same words"] * 3, ["2024-05-01", None, None])
    matrix = terms.weigh(documents)
    assert len(duplicates.find(matrix, documents, threshold=1)) == 3
    with pytest.warns(tables.SkippedWarning, match=r"2 of 3 documents have no date and were not compared.*'3D'"):
        assert duplicates.find(matrix, documents, threshold=1, window="3D").empty


def test_across_leaves_out_the_unknown_and_counts_them():
    documents = reports(["same words"] * 4, outlets=["x", "x", "y", ""])
    with pytest.warns(tables.SkippedWarning, match="1 of 4 documents state no outlet and were not compared"):
        pairs = duplicates.find(terms.weigh(documents), documents, threshold=1, across="outlet")
    assert list(scores(pairs)) == [("d000", "d002"), ("d001", "d002")]


@pytest.mark.parametrize(
    "section",
    [
        pd.array([1, 2, None], dtype="Int64"),
        [1.0, 2.0, np.nan],
        pd.Categorical(["a", "b", None]),
        pd.array(["a", "b", None], dtype="string"),
        [pd.Timestamp("2024-05-01"), pd.Timestamp("2024-05-02"), pd.NaT],
    ],
)
def test_across_takes_a_further_column_of_any_kind(section):
    documents = reports(["same words"] * 3, section=section)
    with pytest.warns(tables.SkippedWarning, match="1 of 3 documents state no section"):
        pairs = duplicates.find(terms.weigh(documents), documents, threshold=1, across="section")
    assert list(scores(pairs)) == [("d000", "d001")]


def test_documents_without_a_term_are_counted_and_pair_with_nothing():
    documents = reports(["", "same words", "same words", " . "])
    with pytest.warns(tables.SkippedWarning, match="2 of 4 documents hold no term"):
        pairs = duplicates.find(terms.weigh(documents), documents, threshold=1e-9)
    assert list(scores(pairs)) == [("d001", "d002")]


def test_the_warning_points_at_the_caller():
    documents = reports(["", "words"])
    with pytest.warns(tables.SkippedWarning) as caught:
        duplicates.find(terms.weigh(documents), documents, threshold=0.5)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("n", [0, 1])
def test_no_document_or_one_gives_no_pair(n):
    matrix = unit_rows(np.ones((n, 3)))
    documents = reports(["x"] * n) if n else tables.empty(tables.Documents)
    pairs = duplicates.find(matrix, documents, threshold=0.5, window="3D" if n == 0 else None)
    assert pairs.empty
    assert list(pairs.columns) == tables.columns(tables.Pairs)
    assert len(duplicates.cluster(pairs, documents)) == n


# ---- find: refusals


@pytest.mark.parametrize("threshold", [0, -0.1, 1.5, float("nan"), float("inf"), True, None, "0.5"])
def test_a_threshold_that_is_no_cosine_is_refused(threshold):
    with pytest.raises(ValueError, match=f"expected a number above 0 and at most 1; found {threshold!r}. Try 0.25"):
        duplicates.find(every_term(["xx"]), reports(["xx"]), threshold=threshold)


@pytest.mark.parametrize("window", ["soon", "-1D", pd.Timedelta(days=-1), "", 3, "3", 1.5, float("nan"), pd.NaT, [1]])
def test_a_window_that_is_no_length_of_time_is_refused(window):
    documents = reports(["xx yy"] * 2, ["2024-05-01"] * 2)
    with pytest.raises(ValueError, match="window is a length of time of 0 or more with its unit: '3D', '36h'; found"):
        duplicates.find(every_term(["xx yy"] * 2), documents, threshold=0.5, window=window)


@pytest.mark.parametrize("across", ["desk", "document_id"])
def test_an_unknown_column_is_refused(across):
    with pytest.raises(ValueError, match=f"across names a column of documents; found no '{across}' among outlet, "):
        duplicates.find(every_term(["xx"]), reports(["xx"]), threshold=0.5, across=across)


def test_a_matrix_of_passages_is_refused():
    matrix = unit_rows([[1, 0], [0, 1]])
    passages = tables.DocumentTermMatrix(matrix.weights, np.array(["d000", "d000"], dtype=object), matrix.terms)
    with pytest.raises(
        tables.TableError,
        match=r"Expected one row for each document; .* stands twice\. Was this matrix made of passages",
    ):
        duplicates.find(passages, reports(["x"]), threshold=0.5)


def test_a_matrix_of_other_documents_is_refused():
    with pytest.raises(tables.TableError, match="1 are in one only, first 'd001'"):
        duplicates.find(every_term(["xx", "yy"]), reports(["xx"]), threshold=0.5)
    with pytest.raises(tables.TableError, match="2 are in one only, first 'd001'"):
        duplicates.find(every_term(["xx"]), reports(["xx", "yy", "zz"]), threshold=0.5)


def test_counts_are_refused_because_their_products_are_no_cosines():
    documents = reports(["one two two", "two"])
    with pytest.raises(tables.TableError, match=r"rows of length 1, as terms.weigh.*; found 2.23607 for 'd000'"):
        duplicates.find(terms.count(documents, stop_words=[]), documents, threshold=0.5)


def test_rows_that_are_not_in_the_order_of_documents_are_refused():
    matrix = unit_rows([[1, 0], [1, 0]])
    turned = tables.DocumentTermMatrix(matrix.weights, matrix.document_ids[::-1], matrix.terms)
    with pytest.raises(tables.TableError, match="rows of the matrix in the order of document_id"):
        duplicates.find(turned, reports(["x", "y"]), threshold=0.5)


# ---- cluster


def test_a_chain_is_not_one_cluster():
    documents = reports(["x"] * 3, ["2024-05-01", "2024-05-02", "2024-05-03"])
    clusters = duplicates.cluster(pairs_of(("d000", "d001", 0.9), ("d001", "d002", 0.95)), documents)
    # d002 resembles d001 only, which stands for nobody: it is on its own, where connected components would join it.
    assert membership(clusters) == {"d000": "d000", "d001": "d000", "d002": "d002"}
    assert clusters["score"].tolist() == [1.0, 0.9, 1.0]


def test_the_middle_of_a_chain_holds_both_ends_when_it_came_first():
    documents = reports(["x"] * 3, ["2024-05-02", "2024-05-01", "2024-05-03"])
    clusters = duplicates.cluster(pairs_of(("d000", "d001", 0.9), ("d001", "d002", 0.95)), documents)
    assert membership(clusters) == dict.fromkeys(["d000", "d001", "d002"], "d001")


def test_the_survivors_of_two_stories():
    texts = [
        "Ferry sinks off the northern coast, forty rescued by fishermen",
        "Ferry sinks off the northern coast, forty rescued by local fishermen",
        "Parliament passes the budget after a night of debate",
        "Parliament passes the budget after a long night of debate",
        "Heavy rain closes the mountain road",
    ]
    documents = reports(texts, ["2024-05-02", "2024-05-01", "2024-05-01", "2024-05-03", "2024-05-01"])
    pairs = duplicates.find(terms.weigh(documents), documents, threshold=0.8)
    clusters = duplicates.cluster(pairs, documents)
    assert sorted(set(clusters["representative"])) == ["d001", "d002", "d004"]
    assert membership(clusters)["d000"] == "d001"
    assert membership(clusters)["d003"] == "d002"


def test_a_document_joins_the_representative_that_it_resembles_most():
    documents = reports(["x"] * 3, ["2024-05-01", "2024-05-02", "2024-05-03"])
    clusters = duplicates.cluster(pairs_of(("d000", "d002", 0.8), ("d001", "d002", 0.9)), documents)
    assert membership(clusters)["d002"] == "d001"


def test_of_equal_scores_the_earliest_representative_wins_and_then_the_smaller_name():
    later_first = reports(["x"] * 3, ["2024-05-02", "2024-05-01", "2024-05-03"])
    pairs = pairs_of(("d000", "d002", 0.8), ("d001", "d002", 0.8))
    assert membership(duplicates.cluster(pairs, later_first))["d002"] == "d001"
    same_day = reports(["x"] * 3, ["2024-05-01", "2024-05-01", "2024-05-03"])
    assert membership(duplicates.cluster(pairs, same_day))["d002"] == "d000"


def test_an_exact_copy_does_not_stand_for_others():
    # d001 is a copy with score 1, as a representative's own score is; d002 resembles the copy only.
    documents = reports(["x"] * 3, ["2024-05-01", "2024-05-02", "2024-05-03"])
    clusters = duplicates.cluster(pairs_of(("d000", "d001", 1.0), ("d001", "d002", 0.99)), documents)
    assert membership(clusters) == {"d000": "d000", "d001": "d000", "d002": "d002"}


def test_undated_documents_come_last():
    documents = reports(["x"] * 3, [None, "2024-05-02", None])
    clusters = duplicates.cluster(pairs_of(("d000", "d001", 0.9), ("d000", "d002", 0.9)), documents)
    assert membership(clusters) == {"d000": "d001", "d001": "d001", "d002": "d002"}


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 14), density=st.floats(0, 1))
def test_every_member_reaches_the_threshold_with_its_representative(seed, n, density):
    generator = np.random.default_rng(seed)
    days = generator.integers(1, 5, n)
    documents = reports(["x"] * n, [None if day == 4 else f"2024-05-{day:02}" for day in days])
    chosen = [
        (f"d{i:03}", f"d{j:03}", float(generator.choice([0.5, 0.7, 1.0])))
        for i in range(n)
        for j in range(i + 1, n)
        if generator.random() < density
    ]
    pairs = pairs_of(*chosen)
    clusters = duplicates.cluster(pairs, documents)
    known = scores(pairs)
    representatives = set(clusters["representative"])
    for row in clusters.itertuples(index=False):
        if row.document_id == row.representative:
            assert row.score == 1
        else:
            assert row.score == known[tuple(sorted((row.document_id, row.representative)))]
    for one in representatives:
        assert membership(clusters)[one] == one
        assert not any((one, other) in known for other in representatives)
    shuffled = duplicates.cluster(pairs.sample(frac=1, random_state=seed), documents.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(shuffled, clusters)


def test_five_hundred_copies_are_one_cluster_of_the_earliest():
    texts = ["The same report, word for word."] * 500
    documents = reports(texts, ["2024-05-02"] * 499 + ["2024-05-01"])
    pairs = duplicates.find(terms.weigh(documents), documents, threshold=0.9)
    assert set(duplicates.cluster(pairs, documents)["representative"]) == {"d499"}


def test_strangers_in_pairs_are_refused():
    with pytest.raises(tables.TableError, match="pairs name 'd007', which is not among the 2 documents"):
        duplicates.cluster(pairs_of(("d000", "d007", 0.9)), reports(["x", "y"]))
