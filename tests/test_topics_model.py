"""A model that is kept: fitted, asked of documents it has not seen, interrupted, and fitted by somebody else."""

from itertools import product

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from threadpoolctl import threadpool_info, threadpool_limits

from analysis import tables, terms, topics
from analysis.topics import lda, nmf, plain
from analysis.topics.threads import one_thread

METHODS = ["nmf", "lda"]
THEMES = [[f"{theme}{i}" for i in range(12)] for theme in ("sea", "oil", "war")]


def reports(n=24, seed=0, first=0):
    """Reports with thirty words of one of three themes and six of the next."""
    generator = np.random.default_rng(seed)
    texts = [
        " ".join([*generator.choice(THEMES[i % 3], 30), *generator.choice(THEMES[(i + 1) % 3], 6)]) for i in range(n)
    ]
    return pd.DataFrame({"document_id": [f"d{i + first:03}" for i in range(n)], "text": texts})


def matrix_of(rows, document_ids=None, vocabulary=None):
    weights = np.array(rows, dtype=float)
    names = document_ids or [f"d{i:03}" for i in range(len(rows))]
    vocabulary = vocabulary or [f"t{i:02}" for i in range(weights.shape[1])]
    return tables.DocumentTermMatrix(
        sparse.csr_array(weights), np.array(names, dtype=object), np.array(vocabulary, dtype=object)
    )


def rows_of(matrix, places):
    return tables.DocumentTermMatrix(matrix.weights[places], matrix.document_ids[places], matrix.terms)


@pytest.fixture(scope="module", params=METHODS)
def fitted(request):
    """A model and the counts it was fitted to. Shared: never fit it again."""
    counts = terms.count(reports())
    return topics.Model(3, random_state=0, method=request.param).fit(counts), counts


# ---- scikit-learn's manners


def test_a_model_gives_what_fit_gives(fitted):
    model, counts = fitted
    topic_terms, document_topics = topics.fit(counts, n_topics=3, random_state=0, method=model.method)
    pd.testing.assert_frame_equal(model.topic_terms(), topic_terms, check_exact=True)
    pd.testing.assert_frame_equal(model.document_topics(), document_topics, check_exact=True)
    again = clone(model).fit_transform(counts)
    pd.testing.assert_frame_equal(again, document_topics, check_exact=True)


def test_features_are_the_topics(fitted):
    assert fitted[0].get_feature_names_out().tolist() == ["topic0", "topic1", "topic2"]


def test_a_model_states_its_parameters():
    model = topics.Model(7, random_state=3, method="lda")
    assert model.get_params() == {
        "n_topics": 7,
        "random_state": 3,
        "method": "lda",
        "iterations": None,
        "tolerance": None,
        "n_jobs": None,
        "progress": False,
    }
    assert repr(model) == "Model(method='lda', n_topics=7, random_state=3)"


@pytest.mark.parametrize("asked", ["topic_terms", "document_topics", "get_feature_names_out"])
def test_what_was_not_fitted_has_no_topics(asked):
    with pytest.raises(NotFittedError, match="no topics yet; call fit first"):
        getattr(topics.Model(3, random_state=0), asked)()


# ---- documents that were not seen


def test_documents_that_were_fitted_get_the_same_bits_again(fitted):
    model, counts = fitted
    pd.testing.assert_frame_equal(model.transform(counts), model.document_topics(), check_exact=True)


def test_a_document_gets_the_same_bits_alone_in_a_batch_and_in_any_order(fitted, monkeypatch):
    model, _ = fitted
    unseen = terms.count(reports(30, seed=8))
    together = model.transform(unseen)
    order = np.random.default_rng(1).permutation(30)
    pd.testing.assert_frame_equal(model.transform(rows_of(unseen, order)), together, check_exact=True)
    alone = [model.transform(rows_of(unseen, [place])) for place in range(30)]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), together, check_exact=True)
    monkeypatch.setattr(nmf, "_BLOCK", 7)
    monkeypatch.setattr(lda, "_BLOCK", 50)
    monkeypatch.setattr(plain, "_PIECE", 11)
    pd.testing.assert_frame_equal(model.transform(unseen), together, check_exact=True)


def test_unseen_documents_have_the_topic_of_their_theme(fitted):
    model, _ = fitted
    main = model.document_topics().pivot_table(index="document_id", columns="topic", values="share")
    theme = main.to_numpy()[:3].argmax(axis=1)
    unseen = model.transform(terms.count(reports(9, seed=5, first=100)))
    found = unseen.pivot_table(index="document_id", columns="topic", values="share").to_numpy().argmax(axis=1)
    assert found.tolist() == np.tile(theme, 3).tolist()


def test_terms_are_found_by_name_and_unknown_ones_left_out(fitted):
    model, counts = fitted
    known = model.transform(rows_of(counts, [0, 1]))
    columns = [*reversed(range(len(counts.terms)))]
    weights = np.column_stack([counts.weights[:2].toarray()[:, columns], [3, 4]])
    turned = matrix_of(weights, ["d000", "d001"], [*counts.terms[columns], "zebra"])
    pd.testing.assert_frame_equal(model.transform(turned), known, check_exact=True)


def test_a_document_of_unknown_terms_is_kept_with_even_shares_and_reported(fitted):
    model, _ = fitted
    mixed = matrix_of([[1, 0], [0, 4]], vocabulary=["sea1", "zebra"])
    with pytest.warns(tables.SkippedWarning, match=r"1 of 2 documents hold no term of any topic .*'d001'"):
        found = model.transform(mixed)
    assert found.loc[found["document_id"] == "d001", "share"].tolist() == pytest.approx([1 / 3] * 3)


def test_a_matrix_of_other_terms_is_refused(fitted):
    with pytest.raises(topics.TopicsError, match=r"None of the 1 terms of the matrix is among the 36 terms of the mod"):
        fitted[0].transform(matrix_of([[2]], vocabulary=["zebra"]))


def test_weights_are_refused_where_counts_were_fitted(fitted):
    with pytest.raises(topics.TopicsError, match=r"This model wants counts from terms\.count"):
        fitted[0].transform(terms.weigh(reports()))


def test_a_model_of_weights_takes_weights():
    weighed = terms.weigh(reports())
    model = topics.Model(3, random_state=0).fit(weighed)
    assert model.learned_.inverse_frequencies.size == 0
    pd.testing.assert_frame_equal(model.transform(weighed), model.document_topics(), check_exact=True)


def test_folding_in_is_the_least_squared_error():
    # The rows are 2 of topic 0 and 3 of topic 1; nothing can be had of a third that is orthogonal to them.
    basis = np.array([[1.0, 2, 0, 0], [0, 1, 1, 0], [0, 0, 0, 5]])
    rows = sparse.csr_array(np.array([[2.0, 4, 0, 0], [0, 3, 3, 0], [2, 7, 3, 0], [0, 0, 0, 0]]))
    expected = [[2, 0, 0], [0, 3, 0], [2, 3, 0], [0, 0, 0]]
    assert nmf.fold_in(rows, basis) == pytest.approx(np.array(expected, dtype=float), abs=1e-5)


def test_one_sweep_of_lda_by_hand(monkeypatch):
    # Even shares of topics (.8, .2) and (.2, .8): of three tokens of term 0 r is 3 / .5 = 6, so theta is in proportion
    # to .5 * 6 * .8 + .1 = 2.5 and .5 * 6 * .2 + .1 = .7.
    monkeypatch.setattr(lda, "_LIMITS", (0.1, 1, 1e-4))
    for compiled in (False, True):
        counts, phi = sparse.csr_array(np.array([[3.0, 0]])), np.array([[0.8, 0.2], [0.2, 0.8]])
        assert lda.fold_in(counts, phi, compiled=compiled)[0] == pytest.approx([2.5 / 3.2, 0.7 / 3.2])


# ---- threads, iterations, interruption


def test_threads_and_the_backend_change_no_bit(monkeypatch):
    monkeypatch.setattr(lda, "SHARD", 100)
    counts = terms.count(reports(60))
    assert len(lda._shards(counts.weights, lda.SHARD, lda._SHARDS)) == 10
    found = []
    for n_jobs, blas in ((1, 1), (2, 2), (4, 2)):
        with threadpool_limits(limits=blas):
            found.append(topics.fit(counts, n_topics=3, random_state=0, method="lda", n_jobs=n_jobs))
    with joblib.parallel_config(backend="threading", n_jobs=3):
        found.append(topics.fit(counts, n_topics=3, random_state=0, method="lda"))
    for others in found[1:]:
        for one, other in zip(found[0], others, strict=True):
            pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_shards_give_what_one_gives(monkeypatch):
    counts = terms.count(reports(60))
    expected, _ = topics.fit(counts, n_topics=3, random_state=0, method="lda")
    monkeypatch.setattr(lda, "SHARD", 100)
    found, _ = topics.fit(counts, n_topics=3, random_state=0, method="lda")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9)


def test_no_iteration_lowers_the_posterior():
    # sum of w (c ln(theta phi) + .1 ln theta) over rows, and .1 ln phi over terms: what the updates maximise.
    counts, weights, state = some_state()
    step, reached = stepping(counts, weights, compiled=False), []
    n_tokens = weights @ counts.sum(axis=1)
    for _ in range(30):
        tokens = (counts.toarray() * np.log(state.theta @ state.by_term.T)).sum(axis=1)
        prior = weights @ np.log(state.theta).sum(axis=1) + np.log(state.by_term).sum()
        state, told = step(state)
        assert told == pytest.approx(((weights @ tokens + 0.1 * prior) / n_tokens, weights @ tokens / n_tokens))
        reached.append(told.posterior)
    assert (np.diff(reached) > -1e-12).all()
    assert reached[-1] > reached[0] + 0.1


def some_state(n=40):
    """Counts, their weights and random shares to start from."""
    counts, generator = terms.count(reports(n, seed=2)).weights, np.random.default_rng(0)
    theta, phi = (generator.dirichlet(np.ones(n), size=size) for size, n in ((n, 3), (3, 36)))
    return counts, generator.random(n), lda._State(theta, np.ascontiguousarray(phi.T))


def stepping(counts, weights, *, compiled):
    """One iteration of EM as a function, in one shard and one thread."""
    n_tokens = float(weights @ counts.sum(axis=1))
    shards = lda._shards(counts, lda.SHARD, lda._SHARDS)
    return lda._Step(map_in_place, counts, weights, n_tokens, shards, lda.kernels(compiled=compiled).expected)


def map_in_place(tasks):
    return (function(*given, **options) for function, given, options in tasks)


def test_long_steps_come_to_the_same_end_in_fewer():
    counts, weights, start = some_state()
    step, state = stepping(counts, weights, compiled=False), start
    for _ in range(400):
        state, told = step(state)
    found = lda._climbed(step, start, range(1, 401), 1e-9)
    assert found.converged
    assert found.n_iterations < 400
    reached = step(lda._State(state.theta, np.ascontiguousarray(found.topic_terms.T)))[1].posterior
    assert reached == pytest.approx(told.posterior, rel=1e-4)


def test_a_long_step_that_goes_too_far_is_taken_back(monkeypatch):
    counts, weights, start = some_state()
    step, state = stepping(counts, weights, compiled=False), start
    for _ in range(3):
        state, _ = step(state)
    monkeypatch.setattr(lda, "_LONG", 40)
    found = lda._climbed(step, start, range(1, 7), 0.0)
    # Iterations 2, 4 and 6 tell that a step was too long, so three of six are those of EM.
    assert found.topic_terms == pytest.approx(state.by_term.T, rel=1e-12)
    assert found.n_iterations == 5


# ---- kernels


def test_compiled_kernels_and_plain_ones_agree_to_rounding():
    counts, weights, start = some_state()
    (one, told), (other, said) = (stepping(counts, weights, compiled=compiled)(start) for compiled in (False, True))
    assert told == pytest.approx(said, rel=1e-12)
    for plainly, quickly in zip(one, other, strict=True):
        assert plainly == pytest.approx(quickly, rel=1e-10)
    shares = [lda.fold_in(counts, start.by_term.T, compiled=compiled) for compiled in (False, True)]
    assert shares[0] == pytest.approx(shares[1], rel=1e-9)


def test_the_kernels_are_chosen_by_the_size_of_the_corpus_alone(monkeypatch):
    counts = terms.count(reports(40))
    expected, _ = topics.fit(counts, n_topics=3, random_state=0, method="lda")
    monkeypatch.setattr(lda, "COMPILED_FROM", counts.weights.nnz * 3)
    model = topics.Model(3, random_state=0, method="lda").fit(counts)
    assert model.learned_.fitted["compiled"] is True
    pd.testing.assert_frame_equal(model.topic_terms(), expected, rtol=1e-6)
    monkeypatch.setattr(lda, "COMPILED_FROM", counts.weights.nnz * 3 + 1)
    assert topics.Model(3, random_state=0, method="lda").fit(counts).learned_.fitted["compiled"] is False


def test_compiled_kernels_give_the_same_bits_in_any_company_and_on_any_number_of_threads(monkeypatch):
    monkeypatch.setattr(lda, "COMPILED_FROM", 0)
    monkeypatch.setattr(lda, "SHARD", 100)
    counts = terms.count(reports(60))
    fits = [topics.Model(3, random_state=0, method="lda", n_jobs=n_jobs).fit(counts) for n_jobs in (1, 2, 4)]
    together = fits[0].document_topics()
    for other in fits[1:]:
        pd.testing.assert_frame_equal(other.topic_terms(), fits[0].topic_terms(), check_exact=True)
        pd.testing.assert_frame_equal(other.document_topics(), together, check_exact=True)
    alone = [fits[0].transform(rows_of(counts, [place])) for place in range(60)]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), together, check_exact=True)


def test_blas_gets_its_threads_back_when_the_last_fit_has_ended():
    def limits():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    with threadpool_limits(limits=2):
        before = limits()
        first, second = one_thread(), one_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert set(limits()) <= {1}
        second.__exit__(None, None, None)
        assert limits() == before


@pytest.mark.parametrize("method", METHODS)
def test_iterations_that_end_too_soon_are_reported_without_a_path_of_this_machine(method):
    said = f"{method.upper()} was stopped after 1 iterations, while .* raise iterations"
    with pytest.warns(ConvergenceWarning, match=said) as caught:
        model = topics.Model(3, random_state=0, method=method, iterations=1).fit(terms.count(reports()))
    assert model.learned_.fitted["n_iterations"] == 1
    assert model.learned_.fitted["converged"] is False
    assert {warning.filename for warning in caught} == {"analysis.topics"}


def test_a_fit_says_how_it_ended(fitted):
    model, _ = fitted
    if model.method == "nmf":
        assert model.learned_.fitted["converged"] is True
        assert 2 < model.learned_.fitted["n_iterations"] < 400
        assert 0 < model.learned_.fitted["error"] < 1
    else:
        assert model.learned_.fitted["converged"] is True
        assert 2 < model.learned_.fitted["n_iterations"] < 300
        # 36 terms at even chance are ln 36 = 3.58 for a token; a theme of twelve is ln 12 = 2.48 at the least.
        assert -3.5 < model.learned_.fitted["log_likelihood"] < -2.48


def test_an_interrupted_fit_leaves_the_model_as_it_was(monkeypatch):
    counts = terms.count(reports())
    model = topics.Model(3, random_state=0, method="lda").fit(counts)
    before = model.topic_terms()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(plain, "expected", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(terms.count(reports(seed=9)))
    pd.testing.assert_frame_equal(model.topic_terms(), before, check_exact=True)


def test_a_bar_is_shown_where_asked_for(monkeypatch, capsys):
    shown = []
    for module in (lda, nmf):
        monkeypatch.setattr(module, "tqdm", lambda steps, **options: shown.append(options) or steps)
    bars = {"lda": ["start", "topics", "shares"], "nmf": ["topics"]}
    for method, progress in product(METHODS, (True, False)):
        topics.fit(terms.count(reports()), n_topics=2, random_state=0, method=method, progress=progress)
        assert [options["desc"] for options in shown] == bars[method]
        assert {not options["disable"] for options in shown} == {progress}
        shown.clear()
    assert capsys.readouterr() == ("", "")


# ---- refusals


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_a_matrix_with_wrong_weights_is_refused(method, wrong):
    with pytest.raises(topics.TopicsError, match=r"weights of 0 or more in the matrix; found .*, and 1 such weights"):
        topics.fit(matrix_of([[1, 2], [2, wrong]]), n_topics=1, random_state=0, method=method)


@pytest.mark.parametrize("iterations", [0, -1, 2.5, True, "9"])
def test_a_number_of_iterations_that_is_none_is_refused(iterations):
    with pytest.raises(topics.TopicsError, match="iterations expects a whole number of at least 1; found"):
        topics.fit(matrix_of([[1, 2]]), n_topics=1, random_state=0, iterations=iterations)


@pytest.mark.parametrize("tolerance", [-1e-5, 1.0, float("nan")])
def test_a_tolerance_that_is_none_is_refused(tolerance):
    with pytest.raises(topics.TopicsError, match=f"tolerance expects a share from 0 to below 1, .*; found {tolerance}"):
        topics.fit(matrix_of([[1, 2]]), n_topics=1, random_state=0, tolerance=tolerance)


def test_nothing_that_weighs_is_refused():
    weights = pd.Series(0.0, index=["d000", "d001"])
    with pytest.raises(topics.TopicsError, match="expected 1 to 0, for 0 different rows that hold a term"):
        topics.fit(matrix_of([[1, 2], [2, 1]]), n_topics=1, random_state=0, weights=weights)


@pytest.mark.parametrize("method", METHODS)
def test_no_terms_are_refused(method):
    with pytest.raises(topics.TopicsError, match="expected 1 to 0, for 0 different rows that hold a term and 0 terms"):
        topics.fit(matrix_of(np.zeros((3, 0))), n_topics=1, random_state=0, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_one_word_is_one_topic_and_not_two(method):
    matrix = matrix_of([[1], [3], [2], [3]])
    topic_terms, shares = topics.fit(matrix, n_topics=1, random_state=0, method=method)
    assert topic_terms[["term", "weight"]].to_numpy().tolist() == [["t00", 1.0]]
    assert shares["share"].tolist() == [1.0] * 4
    with pytest.raises(topics.TopicsError, match="expected 1 to 1, for 3 different rows that hold a term and 1 terms"):
        topics.fit(matrix, n_topics=2, random_state=0, method=method)


def test_zeros_that_are_stored_are_no_terms():
    held = matrix_of([[2, 1, 0], [0, 0, 3], [0, 1, 4]])
    stored = sparse.csr_array(([2.0, 1, 0, 3, 0, 1, 4], [0, 1, 2, 2, 0, 1, 2], [0, 3, 5, 7]), shape=(3, 3))
    same = tables.DocumentTermMatrix(stored, held.document_ids, held.terms)
    for method in METHODS:
        options = {"n_topics": 2, "random_state": 0, "method": method}
        for one, other in zip(topics.fit(held, **options), topics.fit(same, **options), strict=True):
            pd.testing.assert_frame_equal(one, other, check_exact=True)


# ---- models of others


def test_arrays_of_another_library_become_tables():
    topic_terms, document_topics = topics.from_arrays(
        [[3, 1, 0], [0, 2, 2]], sparse.csr_array([[1.0, 3], [2, 0]]), ["b", "a", "c"], document_ids=["y", "x"]
    )
    assert topic_terms.to_numpy().tolist() == [[0, "a", 0.25], [0, "b", 0.75], [1, "a", 0.5], [1, "c", 0.5]]
    assert document_topics.to_numpy().tolist() == [["x", 0, 1.0], ["x", 1, 0.0], ["y", 0, 0.25], ["y", 1, 0.75]]


def test_documents_without_names_are_numbered():
    _, document_topics = topics.from_arrays([[1]], [[1], [1]], ["a"])
    assert document_topics["document_id"].tolist() == ["0", "1"]


def test_a_document_outside_all_topics_has_even_shares_and_is_reported():
    with pytest.warns(tables.SkippedWarning, match="1 of 2 documents hold no term of any topic"):
        _, document_topics = topics.from_arrays(np.eye(2), [[0, 0], [0, 1]], ["a", "b"])
    assert document_topics["share"].tolist() == [0.5, 0.5, 0.0, 1.0]


@pytest.mark.parametrize(
    ("words", "shares", "vocabulary", "message"),
    [
        ([[1, 2]], [[1], [1]], ["a"], r"topics × 1 terms and .* 2 documents × topics; found \(1, 2\) and \(2, 1\)"),
        ([[1, 2]], [[1, 1]], ["a", "b"], r"found \(1, 2\) and \(1, 2\)\. Transpose one"),
        ([[1, -2]], [[1]], ["a", "b"], r"topic_word expects numbers of 0 or more; found -2.0 in row 0, and 1 such"),
        ([[1, 2]], [[np.nan]], ["a", "b"], "document_topic expects numbers of 0 or more; found nan in row 0"),
        ([1, 2], [[1]], ["a", "b"], r"topic_word expects rows and columns; found an array of shape \(2,\)"),
        ([[1, 2], [0, 0]], [[1, 1]], ["a", "b"], "Topic 1 of topic_word has no weight, and 1 such topics in all"),
    ],
    ids=["terms", "topics", "negative", "missing", "flat", "weightless"],
)
def test_arrays_that_do_not_fit_are_refused(words, shares, vocabulary, message):
    with pytest.raises(topics.TopicsError, match=message):
        topics.from_arrays(words, shares, vocabulary)


def test_names_that_stand_twice_are_refused():
    with pytest.raises(topics.TopicsError, match="each document once; found 2 document_ids, 1 of them different"):
        topics.from_arrays([[1]], [[1], [1]], ["a"], document_ids=["x", "x"])
    with pytest.raises(tables.TableError, match="TopicTerms expects each topic"):
        topics.from_arrays([[1, 2]], [[1]], ["a", "a"])
