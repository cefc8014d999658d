"""The join loses nothing and invents nothing: both ways of it against plain arithmetic."""

import contextlib
import sys
import threading
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import reports
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse

from analysis import corpus, duplicates, tables, terms
from analysis._join import kernels, plain, rows, search
from analysis.duplicates import pairs
from analysis.duplicates.scope import meeting, scope, side

WAYS = {"plain": sys.maxsize, "compiled": 0}  # comparisons that count as few
KINDS = ("dense", "sparse", "zipf", "single", "copies", "wide")
EVERY_WAY = pytest.mark.parametrize("way", list(WAYS))


# ---- corpora to be joined


def drawn(kind, seed, n, n_terms=24):
    """Rows of weights, not yet of length 1; about one in twelve is empty."""
    generator = np.random.default_rng(seed)
    if kind == "single":
        weights = np.eye(n_terms)[generator.integers(0, n_terms // 4, n)]
    elif kind == "zipf":
        chance = np.minimum(1, 2.5 / np.arange(1, n_terms + 1))
        weights = (generator.random((n, n_terms)) < chance) * generator.integers(1, 9, (n, n_terms)) * (1.1 - chance)
    else:
        density = {"dense": 0.8, "sparse": 0.12, "copies": 0.4, "wide": 0.5}[kind]
        weights = (generator.random((n, n_terms)) < density) * generator.integers(1, 6, (n, n_terms)).astype(float)
    if kind == "wide":
        weights = weights * 10.0 ** generator.integers(-12, 1, (n, n_terms))
    if kind == "copies" and n:
        weights = weights[generator.integers(0, max(n // 3, 1), n)]
    return weights * (generator.random((n, 1)) > 1 / 12)


def matrix_of(weights, prefix="d"):
    weights = np.asarray(weights, dtype=float)
    lengths = np.sqrt((weights**2).sum(axis=1, keepdims=True))
    ids = np.array([f"{prefix}{i:03}" for i in range(len(weights))], dtype=object)
    vocabulary = np.array([f"t{i:03}" for i in range(weights.shape[1])], dtype=object)
    return tables.DocumentTermMatrix(sparse.csr_array(weights / np.where(lengths > 0, lengths, 1)), ids, vocabulary)


def corpus_of(weights, *, seed=0, prefix="d"):
    """A matrix, and documents with moments, outlets and languages, some of each unknown."""
    generator, n = np.random.default_rng(seed), len(weights)
    if not n:
        return matrix_of(weights, prefix), tables.empty(tables.Documents).assign(language="")
    moments = [f"2024-05-{day:02}T{hour:02}:00" for day, hour in generator.integers(1, 9, (n, 2))]
    moments = [None if gone else moment for gone, moment in zip(generator.random(n) < 0.1, moments, strict=True)]
    outlets, languages = generator.choice(["x", "y", "z", ""], n).tolist(), generator.choice(["en", "fr", ""], n)
    documents = reports(["x"] * n, moments, outlets, language=languages)
    return matrix_of(weights, prefix), documents.assign(document_id=[f"{prefix}{i:03}" for i in range(n)])


# ---- what is true


def cosines(first, second):
    """Cosines and numbers of shared terms of all pairs of rows, added up column by column in plain float64."""
    one, other = first.weights.toarray(), second.weights.toarray()
    total = np.zeros((len(one), len(other)))
    for column in range(one.shape[1]):
        total += np.outer(one[:, column], other[:, column])
    shared = (one > 0).astype(int) @ (other > 0).astype(int).T
    return np.where(np.abs(total - 1) < 1e-12, 1.0, total), shared


def may_meet(one, other, *, window=None, across=None, within=None):
    apart = one["published"] - other["published"]
    if window is not None and (pd.isna(apart) or abs(apart) > pd.Timedelta(window)):
        return False
    if any(column and "" in (one[column], other[column]) for column in (across, within)):
        return False
    return (not across or one[across] != other[across]) and (not within or one[within] == other[within])


def truth(matrix, documents, threshold, *, against=None, **restrictions):
    """The table ``find`` has to return, pair by pair."""
    other_matrix, other_documents = against or (matrix, documents)
    scores, shared = cosines(matrix, other_matrix)
    n_terms, n_other = np.diff(matrix.weights.indptr), np.diff(other_matrix.weights.indptr)
    ones, others = documents.to_dict("records"), other_documents.to_dict("records")
    found = []
    for i, j in np.argwhere(scores >= threshold):
        if (against is None and i >= j) or not may_meet(ones[i], others[j], **restrictions):
            continue
        a, b = sorted([ones[i], others[j]], key=lambda document: document["document_id"])
        lag = (b["published"] - a["published"]) / pd.Timedelta(hours=1)
        containment = shared[i, j] / min(n_terms[i], n_other[j])
        found.append((a["document_id"], b["document_id"], scores[i, j], containment, lag))
    frame = pd.DataFrame(found, columns=tables.columns(tables.Pairs)).astype({"lag": float})
    return tables.check(tables.Pairs, frame)


# ---- what is found


@contextlib.contextmanager
def patched(**changes):
    """Set module attributes by their short names for a while."""
    places = {"SMALL": pairs, "_BLOCK": plain, "TILE": kernels, "CHUNK": search, "tile_rows": search, "threads": rows}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changes.items():
            patch.setattr(places[name], name, value)
        yield


def found(way, matrix, documents, *, pieces=None, **options):
    with patched(SMALL=WAYS[way], **(pieces or {})), warnings.catch_warnings():
        warnings.simplefilter("ignore", tables.SkippedWarning)
        return duplicates.find(matrix, documents, progress=False, **options)


def assert_same(one, other):
    """Equal to the last bit."""
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one["score"].to_numpy().view(np.int64).tolist() == other["score"].to_numpy().view(np.int64).tolist()


def assert_both(matrix, documents, threshold, **options):
    expected = truth(matrix, documents, threshold, **options)
    for way in WAYS:
        assert_same(found(way, matrix, documents, threshold=threshold, **options), expected)
    return expected


def attained(matrix, seed):
    """A threshold that some pair reaches exactly, if there is one."""
    scores = np.unique(cosines(matrix, matrix)[0])
    scores = scores[(scores >= 1e-9) & (scores <= 1)]
    return float(np.random.default_rng(seed).choice(scores)) if len(scores) else 0.5


thresholds = st.one_of(st.floats(0.05, 1.0), st.just("attained"))
restrictions = st.fixed_dictionaries(
    {},
    optional={
        "window": st.sampled_from(["0h", "2h", "1D", "60h", "900D"]),
        "across": st.just("outlet"),
        "within": st.just("language"),
    },
)


# ---- the two ways are two ways


@EVERY_WAY
def test_each_way_is_the_way_it_is_called(monkeypatch, way):
    taken = []
    for name, module, function in (("plain", plain, "join"), ("compiled", search, "run")):
        real = getattr(module, function)
        monkeypatch.setattr(module, function, lambda *a, name=name, real=real: taken.append(name) or real(*a))
    found(way, *corpus_of(drawn("dense", 0, 10)), threshold=0.5)
    assert taken == [way]


def test_a_corpus_is_small_up_to_the_number_of_comparisons(monkeypatch):
    monkeypatch.setattr(pairs, "SMALL", 100)
    monkeypatch.setattr(search, "run", None)
    for n, compiled in ((10, False), (11, True)):
        matrix, documents = corpus_of(np.ones((n, 2)))
        with pytest.raises(TypeError) if compiled else contextlib.nullcontext():
            duplicates.find(matrix, documents, threshold=0.5)


# ---- laws


@settings(max_examples=80)
@given(st.sampled_from(KINDS), st.integers(0, 10_000), st.integers(0, 40), thresholds)
@example("copies", 3, 40, 1.0)
@example("single", 3, 40, 1.0)
@example("zipf", 3, 40, 0.05)
def test_every_pair_is_found_and_none_below(kind, seed, n, threshold):
    matrix, documents = corpus_of(drawn(kind, seed, n), seed=seed)
    assert_both(matrix, documents, attained(matrix, seed) if threshold == "attained" else threshold)


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from([0, 0, 1, 2, 3, 1e-6, 1e-12]), min_size=5, max_size=5), max_size=9), thresholds
)
def test_every_pair_of_rows_of_any_shape_is_found(weights, threshold):
    matrix, documents = corpus_of(np.reshape(weights, (-1, 5)))
    assert_both(matrix, documents, attained(matrix, 0) if threshold == "attained" else threshold)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.6, 0.9, 1.0])
def test_every_pair_of_many_terms_is_found(kind, threshold):
    # Enough rows and terms that bounds and cuts come into play at every place they are used.
    weights = drawn(kind, 7, 220, 150)
    altered_a_little = weights[:30] * np.random.default_rng(8).uniform(0.7, 1.3, (30, 150))
    matrix, documents = corpus_of(np.vstack([weights, altered_a_little, weights[:9]]))
    assert len(assert_both(matrix, documents, threshold))


@pytest.mark.parametrize("kind", KINDS)
def test_scores_that_are_returned_are_reached_exactly(kind):
    matrix, documents = corpus_of(drawn(kind, 5, 30))
    everything = truth(matrix, documents, 1e-9)
    for score in everything["score"].drop_duplicates().sort_values().iloc[:: max(len(everything) // 12, 1)]:
        at = found("compiled", matrix, documents, threshold=score)
        assert_same(at, everything[everything["score"] >= score].reset_index(drop=True))
        if score < 1:
            above = found("compiled", matrix, documents, threshold=np.nextafter(score, 2))
            assert_same(above, everything[everything["score"] > score].reset_index(drop=True))


@EVERY_WAY
@pytest.mark.parametrize("threshold", [1e-300, 1e-30, 1e-12])
def test_a_term_however_light_makes_a_pair(way, threshold):
    light = np.array([[1e-14, 1, 0, 0], [1e-14, 0, 1, 0], [0, 0, 0, 1.0], [1e-18, 0, 0, 1]])
    matrix, documents = corpus_of(light)
    assert_same(found(way, matrix, documents, threshold=threshold), truth(matrix, documents, threshold))


@EVERY_WAY
def test_terms_too_light_for_a_float32_make_a_pair_once(way):
    # Two shared terms whose products are 0 in float32, among so many other rows that those touched are listed.
    light = np.eye(42, 45)
    light[:2, -2:] = 1e-30
    matrix, documents = corpus_of(light)
    table = found(way, matrix, documents, threshold=1e-300)
    assert_same(table, truth(matrix, documents, 1e-300))
    assert len(table) == 1


@EVERY_WAY
def test_weights_of_nothing_are_no_shared_terms(way):
    # Zeros that are stored, and products too small for a float64.
    weights = sparse.csr_array(
        (np.array([0.6, 0.8, 0, 1.0, 1e-200, 1, 1e-200]), [0, 1, 0, 1, 2, 1, 2], [0, 2, 5, 7]), shape=(3, 3)
    )
    documents = reports(["x"] * 3)
    matrix = tables.DocumentTermMatrix(
        weights, documents["document_id"].to_numpy(object), np.array(list("abc"), object)
    )
    table = found(way, matrix, documents, threshold=0.5)
    assert table["score"].tolist() == [0.8, 0.8, 1.0]
    assert table["containment"].tolist() == [1 / 2, 1 / 2, 1 / 2]


@settings(max_examples=20)
@given(st.sampled_from(KINDS), st.integers(0, 10_000), st.permutations(range(14)), restrictions)
def test_the_order_of_rows_does_not_matter(kind, seed, order, options):
    matrix, documents = corpus_of(drawn(kind, seed, 14), seed=seed)
    order = np.array(order)
    # The same documents under other names stand in other places; matrix and documents may differ in their order.
    ids, names = matrix.document_ids, dict(zip(matrix.document_ids[order], matrix.document_ids, strict=True))
    turned = tables.DocumentTermMatrix(matrix.weights[order], ids, matrix.terms)
    renamed = documents.assign(document_id=documents["document_id"].map(names)).sample(frac=1, random_state=seed)
    for way in WAYS:
        table = found(way, matrix, documents, threshold=0.3, **options)
        one = {(frozenset((names[r.a], names[r.b])), r.score, r.containment) for r in table.itertuples()}
        again = found(way, turned, renamed, threshold=0.3, **options)
        assert {(frozenset((r.a, r.b)), r.score, r.containment) for r in again.itertuples()} == one
        shuffled = documents.sample(frac=1, random_state=seed)
        assert_same(found(way, matrix, shuffled, threshold=0.3, **options), table)


@settings(max_examples=50)
@given(
    st.sampled_from(KINDS), st.integers(0, 10_000), st.integers(0, 40), st.sampled_from([0.05, 0.4, 0.8]), restrictions
)
def test_restrictions_only_take_pairs_away(kind, seed, n, threshold, options):
    assert_both(*corpus_of(drawn(kind, seed, n), seed=seed), threshold, **options)


@settings(max_examples=25)
@given(st.sampled_from(KINDS), st.integers(0, 10_000), st.tuples(st.integers(0, 25), st.integers(0, 25)), restrictions)
@example("dense", 0, (9, 0), {"within": "language", "window": "1D"})
@example("dense", 0, (0, 9), {"within": "language", "window": "1D"})
def test_against_another_corpus_is_the_cross_part_of_the_whole(kind, seed, sizes, options):
    weights = drawn(kind, seed, sum(sizes))
    whole, documents = corpus_of(weights, seed=seed)
    # Ids that lie between each other's, so that either side comes first in a pair.
    own = np.sort(np.random.default_rng(seed).permutation(sum(sizes))[: sizes[0]])
    rest = np.setdiff1d(np.arange(sum(sizes)), own)
    (first, ones), (second, others) = [
        (tables.DocumentTermMatrix(whole.weights[part], whole.document_ids[part], whole.terms), documents.iloc[part])
        for part in (own, rest)
    ]
    expected = truth(first, ones, 0.3, against=(second, others), **options)
    names = set(first.document_ids)
    for way in WAYS:
        assert_same(found(way, first, ones, against=(second, others), threshold=0.3, **options), expected)
        assert_same(found(way, second, others, against=(first, ones), threshold=0.3, **options), expected)
        everything = found(way, whole, documents, threshold=0.3, **options)
        crossing = everything[everything["a"].isin(names) != everything["b"].isin(names)]
        assert_same(crossing.reset_index(drop=True), expected)


@EVERY_WAY
def test_two_corpora_of_the_same_weights_keep_their_own_dates(way):
    weights = matrix_of(np.ones((3, 2))).weights
    days = [["2024-05-01", "2024-05-05", "2024-05-09"], ["2024-05-09", "2024-05-05", "2024-05-01"]]
    (first, ones), (second, others) = [
        (
            tables.DocumentTermMatrix(
                weights, np.array([f"{name}{i}" for i in range(3)], object), np.array(["u", "v"])
            ),
            reports(["x"] * 3, published).assign(document_id=[f"{name}{i}" for i in range(3)]),
        )
        for name, published in zip("ab", days, strict=True)
    ]
    table = found(way, first, ones, against=(second, others), threshold=1, window="1h")
    assert table[["a", "b"]].to_numpy().tolist() == [["a0", "b2"], ["a1", "b1"], ["a2", "b0"]]


# ---- the pieces of the work


@pytest.mark.parametrize("block", [1, 2, 7, 40])
@pytest.mark.parametrize("kind", ["zipf", "copies"])
def test_the_size_of_a_block_does_not_matter(kind, block):
    matrix, documents = corpus_of(drawn(kind, 1, 40))
    table = found("plain", matrix, documents, threshold=0.3, pieces={"_BLOCK": block})
    assert_same(table, truth(matrix, documents, 0.3))


@pytest.mark.parametrize("n_threads", [1, 2, 3])
@pytest.mark.parametrize(("tile", "chunk"), [(1, 1), (1, 50), (2, 3), (7, 5), (33, 2), (60, 60)])
def test_neither_tiles_nor_chunks_nor_threads_matter(n_threads, tile, chunk):
    matrix, documents = corpus_of(drawn("zipf", 1, 60))
    pieces = {"tile_rows": lambda job: tile, "CHUNK": chunk, "threads": lambda: n_threads}
    for options in ({}, {"window": "30h", "within": "language", "across": "outlet"}):
        table = found("compiled", matrix, documents, threshold=0.3, pieces=pieces, **options)
        assert_same(table, truth(matrix, documents, 0.3, **options))
        assert len(table)


@pytest.mark.parametrize("largest", [1, 5, 64])
def test_the_largest_tile_does_not_matter(largest):
    # Samples, tiles and the space of a thread all depend on it.
    matrix, documents = corpus_of(drawn("copies", 2, 50))
    table = found("compiled", matrix, documents, threshold=0.3, pieces={"TILE": largest, "CHUNK": 9})
    assert_same(table, truth(matrix, documents, 0.3))


def test_the_work_is_planned_once_and_whole():
    matrix, documents = corpus_of(drawn("dense", 2, 50))
    own = side(matrix, documents, scope())
    with pytest.warns(tables.SkippedWarning):
        job = search.job(matrix.weights, matrix.weights, meeting(own, own, scope()))
    n = len(job.queries.origin)
    for tile_rows in (1, 3, 20, n, 99):
        with patched(CHUNK=4):
            times = np.zeros((n, n), dtype=int)
            for (begin, end), (low, high), n_compared in search.pieces(job, tile_rows):
                assert n_compared == (end - begin) * (high - low)
                assert high - low <= 4
                times[low:high, begin:end] += 1
        assert times.max() == 1
        assert (times[np.tril_indices(n, -1)] == 1).all()


@pytest.mark.parametrize(
    ("n_met", "expected"), [(0, 2_048), (1, 2_048), (2_049, 4_096), (9_000, 16_384), (10**6, 16_384)]
)
def test_a_tile_is_as_large_as_what_a_query_meets(n_met, expected):
    n = 10
    job = search.Job(None, None, (np.zeros(n, np.int64), np.full(n, n_met)), None)
    assert search.tile_rows(job) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [1e-6, 0.05, 0.3, 0.5, 0.8, 0.95, 1.0])
def test_the_depth_of_the_cuts_does_not_matter(kind, share):
    matrix, documents = corpus_of(drawn(kind, 11, 90, 60))
    first, second = drawn(kind, 12, 60, 60), drawn(kind, 11, 90, 60)
    for threshold in (0.1, 0.5, 0.9, 1.0, attained(matrix, 1)):
        assert joined_at(share, matrix, documents, threshold) == pairs_of(cosines(matrix, matrix), threshold, True)
        for queries, target in ((first, second), (second, first)):
            one, other = matrix_of(queries, "q"), matrix_of(target)
            assert across_at(share, one, other, threshold) == pairs_of(cosines(one, other), threshold, False)


def pairs_of(known, threshold, lower):
    scores, shared = known
    reached = np.tril(scores >= threshold, -1) if lower else scores >= threshold
    return [(i, j, scores[i, j], shared[i, j]) for i, j in np.argwhere(reached).tolist()]


def ran(job, threshold, share):
    parts = [part for part, *_ in search.run(job, search.aim(job, threshold, share * threshold))]
    return sorted(zip(*(np.concatenate(column).tolist() for column in zip(*parts, strict=True)), strict=True))


def joined_at(share, matrix, documents, threshold):
    own = side(matrix, documents, scope())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tables.SkippedWarning)
        meet = meeting(own, own, scope())
    return ran(search.job(matrix.weights, matrix.weights, meet), threshold, share)


def across_at(share, first, second, threshold):
    chosen = [np.arange(len(matrix.document_ids)) for matrix in (first, second)]
    reach = np.zeros(len(chosen[0]), np.int64), np.full(len(chosen[0]), len(chosen[1]))
    rank_of = rows.ranks(second.weights)
    job = search.Job(
        *(rows.prepare(m.weights, c, rank_of) for m, c in zip((first, second), chosen, strict=True)), reach, rank_of
    )
    return ran(job, threshold, share)


def test_ranks_go_from_common_and_light_to_rare_and_heavy():
    weights = matrix_of([[9, 1, 0, 0], [9, 1, 3, 0], [9, 1, 0, 0]]).weights
    # df² / Σw² of the columns: 9 / 2.9, 9 / 0.03, 1 / 0.1, and nothing in the last, which comes last.
    assert rows.ranks(weights).tolist() == [2, 0, 1, 3]


def test_bands_rise_with_ranks_four_to_a_doubling():
    bands = rows.bands(4_096)
    assert bands[0] == 0
    assert (np.diff(bands.astype(int)) >= 0).all()
    assert bands[4_095] - bands[1_023] == 8
    assert sorted(set(bands.tolist())) == list(range(bands[-1] + 1))
    assert rows.bands(0).tolist() == []
    assert rows.bands(2**20)[-1] < 200


def test_spread_rows_are_distinct_and_always_the_same():
    assert search.spread(5, 8).tolist() == [0, 1, 2, 3, 4]
    spread = search.spread(10_000, 128)
    assert len(spread) == len(set(spread.tolist())) == 128
    assert (np.diff(spread) > 0).all()
    assert np.diff(spread).max() < 200
    assert search.spread(10_000, 128).tolist() == spread.tolist()


# ---- windows, groups and columns


@EVERY_WAY
def test_the_window_includes_its_ends_to_the_microsecond(way):
    base = pd.Timestamp("2024-05-10T12:00", tz="UTC")
    steps = [-86_400_000_001, -86_400_000_000, -1, 0, 0, 1, 86_400_000_000, 86_400_000_001, None]
    moments = [None if step is None else (base + pd.Timedelta(microseconds=step)).isoformat() for step in steps]
    matrix, documents = matrix_of(np.ones((9, 2))), reports(["x"] * 9, moments)
    for window, width in (("1D", 86_400_000_000), ("0s", 0), (pd.Timedelta(microseconds=1), 1)):
        expected = [
            [f"d{i:03}", f"d{j:03}"] for i in range(8) for j in range(i + 1, 8) if abs(steps[i] - steps[j]) <= width
        ]
        table = found(way, matrix, documents, threshold=1, window=window)
        assert table[["a", "b"]].to_numpy().tolist() == expected


@EVERY_WAY
def test_the_window_is_exact_far_from_1970(way):
    matrix = matrix_of(np.ones((3, 2)))
    for year in ("1700", "2250"):
        moments = [f"{year}-01-01T00:00:00.000001", f"{year}-01-02T00:00:00.000001", f"{year}-01-02T00:00:00.000002"]
        table = found(way, matrix, reports(["x"] * 3, moments), threshold=1, window="1D")
        assert table[["a", "b"]].to_numpy().tolist() == [["d000", "d001"], ["d001", "d002"]]


@pytest.mark.parametrize("tile", [1, 3, 16])
def test_many_groups_share_a_tile_and_none_meets_another(tile):
    generator = np.random.default_rng(4)
    matrix = matrix_of(np.ones((90, 2)))
    days = [f"2024-05-{day:02}" for day in generator.integers(1, 28, 90)]
    documents = reports(["x"] * 90, days, section=[f"s{i}" for i in generator.integers(0, 40, 90)])
    pieces = {"tile_rows": lambda job: tile, "CHUNK": 4}
    for options in ({"within": "section"}, {"within": "section", "window": "5D"}):
        table = found("compiled", matrix, documents, threshold=0.9, pieces=pieces, **options)
        assert_same(table, truth(matrix, documents, 0.9, **options))
        assert len(table)


@EVERY_WAY
@pytest.mark.parametrize("values", [[1, 1, 2, 1], [1.5, 1.5, 2.5, 1.5], [True, True, False, True]])
def test_columns_of_any_kind_divide_two_corpora(way, values):
    matrix, documents = matrix_of(np.ones((2, 2))), reports(["x"] * 2, section=values[:2])
    others = reports(["x"] * 2, section=values[2:]).assign(document_id=["e000", "e001"])
    against = matrix_of(np.ones((2, 2)), "e"), others
    table = found(way, matrix, documents, against=against, threshold=1, within="section")
    assert table[["a", "b"]].to_numpy().tolist() == [["d000", "e001"], ["d001", "e001"]]
    table = found(way, matrix, documents, against=against, threshold=1, across="section")
    assert table[["a", "b"]].to_numpy().tolist() == [["d000", "e000"], ["d001", "e000"]]


# ---- hardly anything, and nothing


@EVERY_WAY
@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (np.zeros((0, 3)), []),
        (np.zeros((0, 0)), []),
        (np.zeros((3, 0)), []),
        (np.zeros((3, 2)), []),
        ([[1.0]], []),
        ([[1.0], [1.0]], [["d000", "d001"]]),
        ([[1.0], [0.0], [1.0]], [["d000", "d002"]]),
        (np.eye(6), []),
    ],
    ids=["no document", "nothing", "no term", "empty documents", "one document", "one term", "a gap", "all differ"],
)
def test_hardly_anything(way, weights, expected):
    matrix, documents = corpus_of(np.asarray(weights))
    for threshold in (1e-9, 0.5, 1.0):
        table = found(way, matrix, documents, threshold=threshold)
        assert table[["a", "b"]].to_numpy().tolist() == expected
        assert list(table.columns) == tables.columns(tables.Pairs)


@EVERY_WAY
def test_one_text_against_an_archive(way):
    matrix, documents = corpus_of(drawn("copies", 3, 40))
    one = tables.DocumentTermMatrix(matrix.weights[[3]], np.array(["new"], object), matrix.terms)
    text = reports(["x"]).assign(document_id="new")
    table = found(way, one, text, against=(matrix, documents), threshold=0.9)
    assert_same(table, truth(one, text, 0.9, against=(matrix, documents)))
    assert len(table)


# ---- a real text


@pytest.fixture(scope="module")
def recombined(seed_documents):
    """3,000 documents of two to five sentences of the seed reports, one word in five left out; some are copies."""
    sentences = [text.split() for text in corpus.split(seed_documents)["text"]]
    generator = np.random.default_rng(20)
    texts = []
    for _ in range(2_950):
        chosen = generator.choice(len(sentences), generator.integers(2, 6), replace=False)
        words = [word for each in chosen for word in sentences[each]]
        texts.append(
            " ".join(word for word, kept in zip(words, generator.random(len(words)) < 0.8, strict=True) if kept)
        )
    texts += texts[:50]
    documents = tables.check(
        tables.Documents,
        pd.DataFrame(
            {
                "document_id": [f"d{i:04}" for i in range(len(texts))],
                "outlet": "",
                "published": pd.NaT,
                "published_basis": "unknown",
                "title": "",
                "credit": "",
                "text": texts,
            }
        ),
    )
    return side(terms.weigh(documents), documents, scope())


def joined_both(own, threshold, way):
    meet = meeting(own, own, scope())
    with patched(SMALL=WAYS[way]):
        columns = pairs.joined(own, own, meet, threshold, limit=10**8)
    order = np.lexsort((columns[1], columns[0]))
    return [column[order] for column in columns]


@pytest.fixture(scope="module")
def recombined_pairs(recombined):
    return joined_both(recombined, 0.1, "plain")


@pytest.mark.parametrize("threshold", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
def test_recombined_seed_reports(recombined, recombined_pairs, threshold):
    reached = recombined_pairs[2] >= threshold
    assert reached.sum() >= 50
    for column, known in zip(joined_both(recombined, threshold, "compiled"), recombined_pairs, strict=True):
        assert column.dtype == known.dtype
        assert column.tobytes() == known[reached].tobytes()


def test_recombined_seed_reports_by_scipy(recombined, recombined_pairs):
    products = (recombined.matrix.weights @ recombined.matrix.weights.T).toarray()
    expected = np.argwhere(np.tril(products >= 0.1, -1))
    assert not (np.abs(products - 0.1) < 1e-12).any()
    assert np.array_equal(np.column_stack(recombined_pairs[:2]), expected)
    assert np.abs(recombined_pairs[2] - products[tuple(expected.T)]).max() < 1e-12


# ---- refusals


def altered(change):
    """Three documents whose matrix was changed."""
    matrix = matrix_of([[3, 4, 0], [0, 1, 1], [1, 0, 0]])
    weights = change(matrix.weights.copy())
    return tables.DocumentTermMatrix(weights, matrix.document_ids, matrix.terms), reports(["x"] * 3)


def with_first(value):
    def change(weights):
        weights.data[0] = value
        return weights

    return change


def unsorted(weights):
    turned = sparse.csr_array((weights.data[[1, 0, 2, 3, 4]], weights.indices[[1, 0, 2, 3, 4]], weights.indptr))
    return sparse.csr_array(turned, shape=weights.shape)


def repeated(weights):
    data = np.array([0.5, 0.5, 1.0, 1.0])
    return sparse.csr_array((data, np.array([0, 0, 1, 0]), np.array([0, 2, 3, 4])), shape=weights.shape)


@EVERY_WAY
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_first(np.nan), "Expected weights of 0 or more; found nan for 'd000', and 1 such weights in all"),
        (with_first(-0.6), "Expected weights of 0 or more; found -0.6 for 'd000', and 1 such"),
        (with_first(np.inf), "Expected rows of length 1, as terms.weigh makes them; found inf for 'd000', and 1 such"),
        (with_first(0.61), "Expected rows of length 1, .* found 1.00603 for 'd000', and 1 such rows"),
        (lambda weights: weights * 2, "Expected rows of length 1, .* found 2 for 'd000', and 3 such rows"),
        (unsorted, r"the columns of each row in rising order, each once; call weights.sum_duplicates\(\)"),
        (repeated, r"the columns of each row in rising order, each once; call weights.sum_duplicates\(\)"),
        (lambda weights: weights.astype(np.float32), "Expected weights as csr of float64; found csr of float32"),
        (lambda weights: weights.tocsc(), "Expected weights as csr of float64; found csc of float64"),
    ],
    ids=["nan", "negative", "infinite", "longer", "twice", "unsorted", "repeated", "float32", "csc"],
)
def test_weights_that_make_no_cosine_are_refused(way, change, words):
    matrix, documents = altered(change)
    with pytest.raises(tables.TableError, match=words):
        found(way, matrix, documents, threshold=0.5)
    other = matrix_of(np.eye(3), "e")
    strangers = documents.assign(document_id=["e000", "e001", "e002"])
    with pytest.raises(tables.TableError, match=words):
        found(way, other, strangers, against=(matrix, documents), threshold=0.5)


def test_documents_that_stand_twice_are_refused():
    matrix, documents = altered(lambda weights: weights)
    with pytest.raises(tables.TableError, match="Expected each document_id once; 'd001' stands twice"):
        duplicates.find(matrix, documents.iloc[[0, 1, 1, 2]], threshold=0.5)


def test_the_same_documents_on_both_sides_are_refused():
    matrix, documents = altered(lambda weights: weights)
    with pytest.raises(
        tables.TableError, match=r"Expected other documents in the corpus .*; 3 are in both, first 'd000'"
    ):
        duplicates.find(matrix, documents, against=(matrix, documents), threshold=0.5)


def test_other_terms_on_the_other_side_are_refused():
    matrix, documents = altered(lambda weights: weights)
    others = matrix_of(np.eye(2), "e"), reports(["x"] * 2).assign(document_id=["e000", "e001"])
    with pytest.raises(tables.TableError, match=r"Expected the same terms in both corpora; found 3 and 2.*weighting="):
        duplicates.find(matrix, documents, against=others, threshold=0.5)


def test_a_column_that_both_divides_and_joins_is_refused():
    with pytest.raises(ValueError, match="across='outlet' and within='outlet' exclude each other"):
        duplicates.find(*altered(lambda weights: weights), threshold=0.5, across="outlet", within="outlet")


@pytest.mark.parametrize("option", ["across", "within"])
def test_an_unknown_column_is_refused_by_its_option(option):
    with pytest.raises(ValueError, match=f"{option} names a column of documents; found no 'desk' among outlet, "):
        duplicates.find(*altered(lambda weights: weights), threshold=0.5, **{option: "desk"})


@pytest.mark.parametrize("memory", ["lots", "", "4XB", 0, -1, "-1GB", float("nan"), float("inf"), "1e999GB", [1], True])
def test_memory_that_is_no_size_is_refused(memory):
    with pytest.raises(ValueError, match="memory is a size above 0 such as '4GB' or a number of bytes; found"):
        duplicates.find(*altered(lambda weights: weights), threshold=0.5, memory=memory)


@pytest.mark.parametrize(
    ("memory", "n_pairs"), [(4_000, 20), ("4KB", 20), ("4 kb", 20), ("0.004MB", 20), ("2GB", 10**7), ("1TB", 5 * 10**9)]
)
def test_memory_is_read_as_a_number_of_pairs(memory, n_pairs):
    assert pairs.limit(memory) == n_pairs


@EVERY_WAY
def test_too_many_pairs_are_refused_with_numbers_and_a_remedy(way):
    matrix, documents = corpus_of(np.ones((60, 2)))  # 1,770 pairs
    with pytest.raises(duplicates.TooManyPairsError, match=r"1,770 pairs reach 0\.9.*99 .*fit") as refusal:
        found(way, matrix, documents, threshold=0.9, memory=99 * pairs.BYTES_PER_PAIR)
    assert "memory=" in str(refusal.value)
    assert isinstance(refusal.value, MemoryError)
    for enough in (1_770, 1_771):
        table = found(way, matrix, documents, threshold=0.9, memory=enough * pairs.BYTES_PER_PAIR)
        assert len(table) == 1_770
    with pytest.raises(duplicates.TooManyPairsError):
        found(way, matrix, documents, threshold=0.9, memory=1_769 * pairs.BYTES_PER_PAIR)


@EVERY_WAY
def test_half_of_the_free_memory_is_the_limit(monkeypatch, way):
    class Scarce:
        available = 2 * 99 * pairs.BYTES_PER_PAIR

    monkeypatch.setattr(pairs.psutil, "virtual_memory", Scarce)
    with pytest.raises(duplicates.TooManyPairsError, match="99 "):
        found(way, *corpus_of(np.ones((60, 2))), threshold=0.9)


# ---- size


def test_offsets_are_int64_so_that_a_large_matrix_does_not_overflow():
    matrix, documents = corpus_of(drawn("zipf", 1, 40))
    assert matrix.weights.indptr.dtype == np.int32
    own, restriction = side(matrix, documents, scope()), scope(window="9D")
    with pytest.warns(tables.SkippedWarning):
        job = search.job(matrix.weights, matrix.weights, meeting(own, own, restriction))
    for name in ("origin", "column_starts", "starts", "cuts"):
        assert getattr(job.target, name).dtype == np.int64, name
    assert [bound.dtype for bound in job.reach] == [np.int64, np.int64]
    assert np.iinfo(np.uint16).max >= kernels.TILE - 1


@EVERY_WAY
def test_offsets_and_columns_of_int64_give_the_same(way):
    matrix, documents = corpus_of(drawn("zipf", 1, 40))
    expected = found(way, matrix, documents, threshold=0.3)
    wide = matrix.weights.copy()
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    assert wide.indices.dtype == np.int64
    table = found(way, tables.DocumentTermMatrix(wide, matrix.document_ids, matrix.terms), documents, threshold=0.3)
    assert_same(table, expected)
    assert wide.indices.dtype == np.int64


@EVERY_WAY
def test_what_is_given_is_not_changed(way):
    matrix, documents = corpus_of(drawn("wide", 1, 40))
    before = [matrix.weights.data.copy(), matrix.weights.indices.copy(), matrix.weights.indptr.copy()]
    found(way, matrix, documents, threshold=0.3, window="9D", across="outlet")
    for one, other in zip(before, (matrix.weights.data, matrix.weights.indices, matrix.weights.indptr), strict=True):
        assert one.tobytes() == other.tobytes()


def test_weights_that_may_not_be_written_are_read():
    matrix, documents = corpus_of(drawn("zipf", 1, 40))
    expected = found("plain", matrix, documents, threshold=0.3)
    for values in (matrix.weights.data, matrix.weights.indices, matrix.weights.indptr):
        values.flags.writeable = False
    assert_same(found("plain", matrix, documents, threshold=0.3), expected)


# ---- interrupts and imports


@pytest.fixture
def many_pieces(monkeypatch):
    """A corpus whose join is 400 pieces of work, and the list of those that were begun."""
    begun, real = [], kernels.join
    matrix, documents = corpus_of(np.ones((30, 3)))
    with patched(tile_rows=lambda job: 1, CHUNK=1, threads=lambda: 2):
        monkeypatch.setattr(kernels, "join", lambda *a: begun.append(a[1]) or real(*a))
        yield matrix, documents, begun


def test_closing_the_search_stops_its_threads(many_pieces):
    matrix, documents, begun = many_pieces
    before = set(threading.enumerate())
    own = side(matrix, documents, scope())
    job = search.job(matrix.weights, matrix.weights, meeting(own, own, scope()))
    running = search.run(job, search.aim(job, 0.5, 0.4))
    next(running)
    assert set(threading.enumerate()) - before
    running.close()
    assert set(threading.enumerate()) <= before
    assert len(begun) < 30 < len(list(search.pieces(job, 1)))


@pytest.mark.parametrize("place", ["between two pieces", "while waiting"])
def test_an_interrupt_leaves_no_thread_running(monkeypatch, many_pieces, place):
    matrix, documents, begun = many_pieces
    before = set(threading.enumerate())

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    if place == "while waiting":
        monkeypatch.setattr(search, "wait", interrupt)
    else:
        monkeypatch.setattr(pairs.tqdm, "update", interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        found("compiled", matrix, documents, threshold=0.5)
    # The traceback is still held here, as a notebook holds it: nothing may depend on its being collected.
    assert set(threading.enumerate()) <= before, caught
    assert len(begun) < 60


def test_a_refusal_on_the_way_leaves_no_thread_running(monkeypatch, many_pieces):
    matrix, documents, begun = many_pieces
    before = set(threading.enumerate())
    own = side(matrix, documents, scope())
    parts = pairs._compiled(own, own, meeting(own, own, scope()), 0.5, 10**6, False)
    monkeypatch.setattr(pairs, "_compiled", lambda *_: parts)
    with patched(SMALL=0), pytest.raises(duplicates.TooManyPairsError, match=r"More than 6 pairs reach 0\.5; 5 fit"):
        pairs.joined(own, own, meeting(own, own, scope()), 0.5, limit=5)
    assert set(threading.enumerate()) <= before
    assert len(begun) < 60


def test_a_fault_in_a_thread_is_raised_and_not_lost(monkeypatch):
    def fault(*_):
        raise RuntimeError("out of order")

    matrix, documents = corpus_of(np.ones((5, 3)))
    before = set(threading.enumerate())
    own = side(matrix, documents, scope())
    job = search.job(matrix.weights, matrix.weights, meeting(own, own, scope()))
    goal = search.aim(job, 0.5, 0.4)
    monkeypatch.setattr(kernels, "join", fault)
    with pytest.raises(RuntimeError, match="out of order"):
        list(search.run(job, goal))
    assert set(threading.enumerate()) <= before


def test_threads_are_those_this_process_may_use(monkeypatch):
    monkeypatch.setattr(rows.os, "sched_getaffinity", lambda _: {0, 1, 5}, raising=False)
    assert rows.threads() == 3
    monkeypatch.delattr(rows.os, "sched_getaffinity")
    monkeypatch.setattr(rows.os, "cpu_count", lambda: 7)
    assert rows.threads() == 7


def test_few_documents_do_not_wait_for_a_compiler(run_python, seeds_path):
    line = (
        "import sys; from analysis import corpus, duplicates, terms; "
        f"documents = corpus.read({str(seeds_path)!r}); "
        "print(len(duplicates.find(terms.weigh(documents), documents, threshold=0.1))); "
        "print([name for name in sys.modules if name.split('.')[0] in ('numba', 'llvmlite')])"
    )
    n_pairs, compilers = run_python(line).splitlines()
    assert int(n_pairs) > 0
    assert compilers == "[]"
