"""Tables about topics: labels, audit, prevalence, alignment, measures, stability, and the experiment with copies."""

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from analysis import tables, terms, topics
from analysis.topics import injection, measures, resampling
from analysis.topics.stories import stories

THEMES = [[f"{theme}{i}" for i in range(12)] for theme in ("sea", "oil", "war")]


def topic_terms(*weights):
    """A table of topics, each a mapping from terms to weights."""
    rows = [(topic, term, weight) for topic, each in enumerate(weights) for term, weight in each.items()]
    return pd.DataFrame(rows, columns=["topic", "term", "weight"])


def words(*topics_of):
    """A table of topics, each a text of which the first word weighs most."""
    return topic_terms(*({word: 0.5**rank for rank, word in enumerate(text.split(), 1)} for text in topics_of))


def document_topics(**shares):
    rows = [(name, topic, share) for name, each in shares.items() for topic, share in enumerate(each)]
    return pd.DataFrame(rows, columns=["document_id", "topic", "share"])


def clusters_of(**representatives):
    names = sorted(representatives)
    return pd.DataFrame({"document_id": names, "representative": [representatives[n] for n in names], "score": 1.0})


def documents_of(**outlets):
    days = ["2024-01-31", "2024-02-01", None]
    names = sorted(outlets)
    published = pd.to_datetime([days[place % 3] for place in range(len(names))], utc=True)
    columns = {"document_id": names, "outlet": [outlets[name] for name in names], "published": published}
    rest = {"published_basis": "column", "title": [f"On {name}" for name in names], "credit": "", "text": "x"}
    return pd.DataFrame(columns | rest)


def matrix_of(rows, document_ids=None, vocabulary=None):
    weights = np.array(rows, dtype=float)
    names = document_ids or [f"d{i:03}" for i in range(len(rows))]
    vocabulary = vocabulary or list("abcdefgh")[: weights.shape[1]]
    return tables.DocumentTermMatrix(
        sparse.csr_array(weights), np.array(names, dtype=object), np.array(vocabulary, dtype=object)
    )


def reports(n=30, seed=0):
    generator = np.random.default_rng(seed)
    texts = [
        " ".join([*generator.choice(THEMES[i % 3], 30), *generator.choice(THEMES[(i + 1) % 3], 6)]) for i in range(n)
    ]
    return pd.DataFrame({"document_id": [f"d{i:03}" for i in range(n)], "text": texts})


def copied(matrix, times):
    """The matrix with row i standing ``times[i]`` times, and the clusters of these copies."""
    rows = np.repeat(np.arange(len(times)), times)
    names = np.array([f"{matrix.document_ids[row]}-{place:03}" for place, row in enumerate(rows)], dtype=object)
    clusters = pd.DataFrame({"document_id": names, "representative": names[np.searchsorted(rows, rows)], "score": 1.0})
    return tables.DocumentTermMatrix(matrix.weights[rows], names, matrix.terms), clusters


# ---- alignment


def test_topics_are_paired_by_the_terms_they_share():
    found = topics.align(words("a b c", "d e f"), words("d e x", "a b c", "y z"), n_terms=3)
    # {d, e, f} and {d, e, x} share two of four.
    assert found.to_numpy().tolist() == [[0, 1, 1.0], [1, 0, 0.5]]


def test_pairs_are_those_of_the_largest_sum_not_the_first_best():
    # 0 agrees with 0 by 1 and with 1 by 1/2; 1 agrees with 0 by 1/2 and with nothing else. Best for all: 1 + 0 < ½ + ½.
    one, other = words("a b c d", "a b c x"), words("a b c d", "a b y z")
    agreement = topics.align(one, other, n_terms=4)["agreement"]
    assert agreement.tolist() == pytest.approx([1, 1 / 3])
    swapped = topics.align(words("a b c", "a b x"), words("a b q", "a c r"), n_terms=3)
    assert swapped["other"].tolist() == [1, 0]
    assert swapped["agreement"].tolist() == pytest.approx([0.5, 0.5])


def test_a_topic_that_none_is_left_for_has_no_other():
    found = topics.align(words("a b", "c d"), words("c d"), n_terms=2)
    assert found["other"].isna().tolist() == [True, False]
    assert found["agreement"].tolist() == [0, 1]


def test_only_the_first_terms_count_and_equals_go_by_the_alphabet():
    one = topic_terms({"b": 0.4, "a": 0.3, "d": 0.15, "c": 0.15})
    assert topics.align(one, words("b a c"), n_terms=3)["agreement"].tolist() == [1]


# ---- measures


def test_coherence_by_hand():
    # Of four stories a and b stand together in two and nowhere else: ln(.5 / .25) / -ln .5 = 1; c never meets them: -1.
    matrix = matrix_of([[1, 2, 0, 1], [1, 1, 0, 1], [0, 0, 3, 0], [0, 0, 0, 1]])
    assert topics.npmi(words("a b"), matrix).tolist() == pytest.approx([1])
    assert topics.npmi(words("a b c"), matrix).tolist() == pytest.approx([-1 / 3])
    # a stands in two, d in three of four, both in two: ln(.5 / .375) / ln 2.
    assert topics.npmi(words("a d"), matrix).tolist() == pytest.approx([np.log(4 / 3) / np.log(2)])


def test_terms_of_every_story_cohere_and_terms_of_none_are_left_out():
    matrix = matrix_of([[1, 1, 0], [1, 1, 0]])
    assert topics.npmi(words("a b"), matrix).tolist() == [1]
    assert topics.npmi(words("a b c zebra"), matrix).tolist() == [1]
    assert topics.npmi(words("a zebra", "c zebra"), matrix).isna().all()


def test_terms_meet_in_a_document_though_not_in_a_passage():
    passages = matrix_of([[1, 0], [0, 1], [1, 0], [0, 1]], ["x", "x", "y", "z"])
    # In three documents a stands in x, y; b in x, z; both in x.
    assert topics.npmi(words("a b"), passages).tolist() == pytest.approx([np.log(3 / 4) / np.log(3)])


def test_coherence_on_distinct_stories_is_not_moved_by_copies():
    counts = terms.count(reports())
    found, _ = topics.fit(counts, n_topics=3, random_state=0)
    flooded, clusters = copied(counts, [50] + [1] * 29)
    expected = topics.npmi(found, counts)
    pd.testing.assert_series_equal(topics.npmi(found, flooded, clusters), expected, check_exact=True)
    assert not np.allclose(topics.npmi(found, flooded), expected, atol=0.01)


def test_exclusivity_by_hand():
    found = topics.exclusivity(topic_terms({"a": 0.6, "b": 0.4}, {"a": 0.2, "c": 0.8}), n_terms=2)
    assert found.tolist() == pytest.approx([(0.75 + 1) / 2, (0.25 + 1) / 2])


def test_diversity_by_hand():
    assert topics.diversity(words("a b", "b c"), n_terms=2) == 0.75
    assert topics.diversity(words("a b", "b c"), n_terms=1) == 1


@pytest.mark.parametrize("n_terms", [0, 1.5, True])
def test_a_number_of_terms_that_is_none_is_refused(n_terms):
    table = words("a b")
    calls = [
        lambda: topics.align(table, table, n_terms=n_terms),
        lambda: topics.npmi(table, matrix_of([[1, 1]]), n_terms=n_terms),
        lambda: topics.exclusivity(table, n_terms=n_terms),
        lambda: topics.diversity(table, n_terms=n_terms),
        lambda: topics.labels(table, document_topics(x=[1]), n_terms=n_terms),
    ]
    for call in calls:
        with pytest.raises(topics.TopicsError, match="n_terms expects a whole number of at least 1; found"):
            call()


# ---- perplexity


def test_perplexity_by_hand():
    # One topic: phi is (counts + .1) / 12.2. Of 2 and 4 tokens one and two are hidden.
    model = topics.Model(1, random_state=0, method="lda").fit(matrix_of([[4, 3], [2, 3]]))
    phi = np.array([6.1, 6.1]) / 12.2
    assert topics.perplexity(model, matrix_of([[2, 4]])) == pytest.approx(
        np.exp(-(np.log(phi[0]) + 2 * np.log(phi[1])) / 3)
    )
    model = topics.Model(1, random_state=0, method="lda").fit(matrix_of([[8, 1], [1, 2]]))
    phi = np.array([9.1, 3.1]) / 12.2
    assert topics.perplexity(model, matrix_of([[2, 4]])) == pytest.approx(
        np.exp(-(np.log(phi[0]) + 2 * np.log(phi[1])) / 3)
    )


def test_perplexity_does_not_depend_on_the_size_of_the_test_set():
    model = topics.Model(3, random_state=0, method="lda").fit(terms.count(reports()))
    unseen = terms.count(reports(40, seed=7))

    def of(places):
        part = tables.DocumentTermMatrix(unseen.weights[places], unseen.document_ids[places], unseen.terms)
        hidden = measures._halves(part.weights, part.document_ids, part.terms)[1]
        return np.log(topics.perplexity(model, part)), hidden.sum()

    (all_of_them, n_tokens), (some, n_some), (rest, n_rest) = of(np.arange(40)), of(np.arange(3)), of(np.arange(3, 40))
    assert n_tokens == n_some + n_rest
    assert all_of_them == pytest.approx((some * n_some + rest * n_rest) / n_tokens, rel=1e-12)
    assert of(np.arange(40)[::-1])[0] == pytest.approx(all_of_them, rel=1e-12)
    assert 12 < np.exp(all_of_them) < 36  # between the words of one theme and those of all


def test_halves_add_up_and_odd_tokens_fall_on_both_sides():
    counts = matrix_of(np.random.default_rng(0).integers(0, 6, (50, 8)))
    seen, hidden = measures._halves(counts.weights, counts.document_ids, counts.terms)
    assert ((seen + hidden) != counts.weights).nnz == 0
    assert abs(seen - hidden).max() <= 1
    odd = counts.weights.toarray() % 2 == 1
    assert 0.4 < (seen.toarray() > hidden.toarray())[odd].mean() < 0.6


def test_perplexity_of_what_has_none_is_refused():
    counts = matrix_of([[4, 3], [2, 3]])
    with pytest.raises(
        topics.TopicsError, match=r"Perplexity wants a model of method='lda': NMF gives no probabilities"
    ):
        topics.perplexity(topics.Model(1, random_state=0).fit(counts), counts)
    model = topics.Model(1, random_state=0, method="lda").fit(counts)
    with pytest.raises(topics.TopicsError, match="Expected tokens to predict; found none in 1 rows"):
        topics.perplexity(model, matrix_of([[0, 0]]))
    with pytest.raises(topics.TopicsError, match=r"perplexity wants counts from terms.count; found the weight 0.5"):
        topics.perplexity(model, matrix_of([[0.5, 1]]))


# ---- labels


def test_labels_by_hand():
    # p is (.4, .2, .4). Topic 0: lift 1.5 and 2; relevance -.144 and -.273; ranks of a 1/2 and 1, of b 1 and 1/2, so
    # FREX is equal. Topic 1: lift of a .5 and of c 2.
    found = topics.labels(
        topic_terms({"a": 0.6, "b": 0.4}, {"a": 0.2, "c": 0.8}), document_topics(x=[1, 0], y=[0, 1]), n_terms=3
    )
    assert found.to_numpy().tolist() == [
        [0, 1, "a", "a", "b", "a"],
        [0, 2, "b", "b", "a", "b"],
        [0, 3, "", "", "", ""],
        [1, 1, "c", "c", "c", "c"],
        [1, 2, "a", "a", "a", "a"],
        [1, 3, "", "", "", ""],
    ]


def test_labels_lean_as_they_are_told():
    table, shares = topic_terms({"a": 0.6, "b": 0.4}, {"a": 0.2, "c": 0.8}), document_topics(x=[1, 0], y=[0, 1])
    first = topics.labels(table, shares, n_terms=1, frex=1.0, relevance=0.0).iloc[0]
    assert first[["frex", "relevance"]].tolist() == ["b", "b"]
    assert topics.labels(table, shares, n_terms=1, frex=0.0, relevance=1.0).iloc[0]["frex"] == "a"


def test_a_topic_in_no_document_has_labels_too():
    found = topics.labels(words("a b", "c d"), document_topics(x=[1, 0]), n_terms=1)
    assert found["relevance"].tolist() == ["a", "c"]


def test_labels_of_two_fits_are_refused():
    with pytest.raises(topics.TopicsError, match="found 1 topics in topic_terms and 2 in document_topics"):
        topics.labels(words("a b"), document_topics(x=[1, 0]))
    with pytest.raises(topics.TopicsError, match=r"relevance expects a weight from 0 to 1; found 1\.5"):
        topics.labels(words("a b"), document_topics(x=[1]), relevance=1.5)


# ---- audit


SHARES = {"x": [1, 0], "x2": [1, 0], "y": [0.5, 0.5]}
PAIRED = {"x": "x", "x2": "x", "y": "y"}


def test_an_audit_by_hand():
    # Topic 0 has mass 2 of story x and .5 of y: 1 / (.8² + .2²) = 1.47 stories. Topic 1 has y alone.
    found = topics.audit(document_topics(**SHARES), clusters_of(**PAIRED), documents_of(x="A", x2="B", y="C"))
    assert found["printed"].tolist() == pytest.approx([2.5 / 3, 0.5 / 3])
    assert found["written"].tolist() == pytest.approx([0.75, 0.25])
    assert found["n_effective"].tolist() == pytest.approx([1 / 0.68, 1])
    assert found["largest_share"].tolist() == pytest.approx([0.8, 1])
    assert found[["owned", "representative", "n_documents", "title"]].to_numpy().tolist() == [
        [True, "x", 2, "On x"],
        [True, "y", 1, "On y"],
    ]


def test_an_audit_of_what_is_written_counts_a_story_once():
    found = topics.audit(document_topics(**SHARES), clusters_of(**PAIRED), counting="written")
    assert found["n_effective"].tolist() == pytest.approx([9 / 5, 1])
    assert found["title"].tolist() == ["", ""]


def test_a_quarter_is_not_more_than_a_quarter():
    names = "wxyz"
    found = topics.audit(document_topics(**{name: [1] for name in names}), clusters_of(**{n: n for n in names}))
    assert found[["n_effective", "largest_share", "owned"]].to_numpy().tolist() == [[4, 0.25, False]]


def test_a_topic_in_no_document_is_kept_and_rests_on_nothing():
    found = topics.audit(document_topics(x=[1, 0]), clusters_of(x="x")).iloc[1]
    assert np.isnan(found["n_effective"])
    assert found[["owned", "representative", "n_documents"]].tolist() == [False, "", 0]


def test_a_flood_of_copies_owns_its_topic_until_it_is_weighed():
    counts = terms.count(reports())
    flooded, clusters = copied(counts, [60] + [1] * 29)
    raw = topics.audit(topics.fit(flooded, n_topics=3, random_state=0)[1], clusters)
    weighed = topics.fit(flooded, n_topics=3, random_state=0, weights=clusters)[1]
    found = topics.audit(weighed, clusters, counting="written")
    assert raw["owned"].any()
    assert not found["owned"].any()
    assert found["n_effective"].min() > raw["n_effective"].min()
    assert found["written"].sum() == pytest.approx(1)


def test_an_audit_of_other_documents_is_refused():
    shares = document_topics(x=[1.0], y=[1.0])
    with pytest.raises(topics.TopicsError, match="'y' is not among clusters, and 1 such documents"):
        topics.audit(shares, clusters_of(x="x"))
    with pytest.raises(topics.TopicsError, match="'z' is not among the documents, and 1 such documents"):
        topics.audit(shares, clusters_of(x="x", y="y", z="z"))
    with pytest.raises(topics.TopicsError, match="counting is 'printed' or 'written'; found 'read'"):
        topics.audit(shares, clusters_of(x="x", y="y"), counting="read")


# ---- prevalence


def prevalence(shares, pairs, outlets, **options):
    given = document_topics(**shares), documents_of(**outlets), clusters_of(**pairs)
    return topics.prevalence(*given, random_state=0, **{"n_draws": 200} | options)


def test_prevalence_by_hand():
    found = prevalence(SHARES, PAIRED, {"x": "A", "x2": "", "y": "A"}, by="outlet")
    at = found.set_index(["group", "counting", "topic"]).sort_index()
    # In A the story of x counts a half where it is written, though its other copy stands elsewhere.
    assert at.loc[("A", "written"), "share"].tolist() == pytest.approx([(0.5 + 0.5) / 1.5, 0.5 / 1.5])
    assert at.loc[("A", "printed"), "share"].tolist() == pytest.approx([0.75, 0.25])
    assert at.loc[("", "printed"), "share"].tolist() == [1, 0]
    assert at.loc[("A", "printed"), ["n_documents", "n_stories"]].to_numpy().tolist() == [[2, 2], [2, 2]]
    assert at.loc[("", "printed"), ["low", "high"]].isna().all(axis=None)


def test_all_are_one_group_where_none_is_asked_for():
    found = prevalence(SHARES, PAIRED, dict.fromkeys(SHARES, "A"))
    assert found["group"].unique().tolist() == [""]
    assert found.loc[found["counting"] == "written", "share"].tolist() == pytest.approx([0.75, 0.25])
    assert found.loc[found["counting"] == "printed", "share"].tolist() == pytest.approx([2.5 / 3, 0.5 / 3])


@pytest.mark.parametrize(
    ("by", "expected"), [("month", ["", "2024-01", "2024-02"]), ("day", ["", "2024-01-31", "2024-02-01"])]
)
def test_months_and_days_are_groups_and_undated_reports_one_of_their_own(by, expected):
    found = prevalence(SHARES, PAIRED, dict.fromkeys(SHARES, "A"), by=by)
    assert found["group"].unique().tolist() == expected
    assert found.groupby(["group", "counting"])["share"].sum().to_numpy() == pytest.approx(1)


def test_intervals_are_those_of_the_mean_and_of_stories_not_of_copies():
    # 200 reports of which half belong to each topic: .5 ± 1.96 * .5 / √200 = ±.069. As 20 stories of ten: ± .219.
    names = [f"d{i:03}" for i in range(200)]
    shares = {name: [(i // 10) % 2, 1 - (i // 10) % 2] for i, name in enumerate(names)}
    outlets = dict.fromkeys(names, "A")
    for pairs, width in (
        ({n: n for n in names}, 0.069),
        ({n: names[i // 10 * 10] for i, n in enumerate(names)}, 0.219),
    ):
        found = prevalence(shares, pairs, outlets, n_draws=1000)
        assert (found["high"] - found["low"]).to_numpy() / 2 == pytest.approx(width, rel=0.15)
        assert found["share"].tolist() == pytest.approx([0.5] * 4)


def test_the_same_seed_gives_the_same_bytes_and_row_order_plays_no_part():
    shares, pairs = document_topics(**SHARES), clusters_of(**PAIRED)
    reports_of = documents_of(x="A", x2="B", y="B")
    first = topics.prevalence(shares, reports_of, pairs, random_state=4, by="outlet", n_draws=50)
    again = topics.prevalence(shares[::-1], reports_of[::-1], pairs[::-1], random_state=4, by="outlet", n_draws=50)
    pd.testing.assert_frame_equal(first, again, check_exact=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "level expects a share between 0 and 1, such as 0.95, or None for no intervals; found 1.0"),
        ({"n_draws": 0}, "n_draws expects a whole number of at least 1; found 0"),
        ({"by": "desk"}, r"by is month, day or a column of documents; found 'desk', not in \['outlet'"),
    ],
    ids=["level", "draws", "column"],
)
def test_a_prevalence_that_cannot_be_is_refused(options, message):
    with pytest.raises(topics.TopicsError, match=message):
        prevalence(SHARES, PAIRED, dict.fromkeys(SHARES, "A"), **options)


def test_a_prevalence_of_other_documents_is_refused():
    with pytest.raises(topics.TopicsError, match="'y' is not among them, and 1 such documents in all"):
        prevalence(SHARES, PAIRED, {"x": "A", "x2": "A"})


# ---- stability


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_the_planted_number_of_topics_is_stable_and_told_well(method):
    found = topics.stability(
        terms.count(reports()), n_topics=[3], random_states=[0, 1], draws=2, method=method, progress=False
    )
    assert found[["n_topics", "random_state", "draw"]].to_numpy().tolist() == [
        [3, 0, 1],
        [3, 0, 2],
        [3, 1, 1],
        [3, 1, 2],
    ]
    assert found["agreement"].min() > 0.7
    assert (found["diversity"] == 1).all()
    assert (found["n_held_out"] == 3).all()
    assert found["perplexity"].isna().all() if method == "nmf" else found["perplexity"].between(12, 36).all()


def test_too_many_topics_are_less_stable():
    found = topics.stability(terms.count(reports()), n_topics=[3, 8], random_states=[0], draws=3, progress=False)
    mean = found.groupby("n_topics")[["agreement", "exclusivity"]].mean()
    assert mean.loc[8, "agreement"] < mean.loc[3, "agreement"] - 0.1
    assert mean.loc[8, "exclusivity"] < mean.loc[3, "exclusivity"]


def test_stability_is_not_moved_by_copies():
    counts = terms.count(reports())
    clean, own = copied(counts, [1] * 30)
    flooded, clusters = copied(counts, [9] + [1] * 29)
    options = {"n_topics": [4], "random_states": [0], "draws": 2, "progress": False}
    expected, found = topics.stability(clean, own, **options), topics.stability(flooded, clusters, **options)
    shown = ["agreement", "npmi", "exclusivity", "diversity"]
    pd.testing.assert_frame_equal(found[shown], expected[shown], check_exact=True)


def test_what_is_held_out_has_no_copy_in_what_is_fitted():
    ids = np.array([f"d{i:02}" for i in range(40)], dtype=object)
    clusters = pd.DataFrame({"document_id": ids, "representative": ids[np.arange(40) // 4 * 4], "score": 1.0})
    told = stories(ids, clusters)
    for draw in range(1, 6):
        _, (kept, own), held_out = resampling._drawn(told, ids, 0, draw)
        assert len(kept) == 36
        assert sorted([*kept, *held_out]) == ids.tolist()
        story = clusters.set_index("document_id")["representative"]
        assert not set(story[kept]) & set(story[held_out])
        assert own["representative"].tolist() == story[kept].tolist()


def test_tasks_side_by_side_change_no_bit():
    counts = terms.count(reports())
    options = {"n_topics": [2, 3], "random_states": [0, 1], "method": "lda", "progress": False}
    expected = topics.stability(counts, **options)
    for backend, n_jobs in (("threading", 2), ("threading", 4), ("loky", 2)):
        with joblib.parallel_config(backend=backend, n_jobs=n_jobs):
            pd.testing.assert_frame_equal(topics.stability(counts, **options), expected, check_exact=True)


def test_a_corpus_of_one_story_cannot_be_divided():
    clusters = clusters_of(d000="d000", d001="d000")
    with pytest.raises(
        topics.TopicsError, match="Expected at least two stories, of which one can be held out; found 1"
    ):
        topics.stability(matrix_of([[1, 2], [1, 2]]), clusters, n_topics=[1], random_states=[0])


def test_stability_of_unknown_ways_is_refused():
    matrix = matrix_of([[1, 2], [2, 1]])
    with pytest.raises(topics.TopicsError, match="method is 'nmf' or 'lda'; found 'lsa'"):
        topics.stability(matrix, n_topics=[1], random_states=[0], method="lsa")
    with pytest.raises(topics.TopicsError, match="random_state is a whole number"):
        topics.stability(matrix, n_topics=[1], random_states=["0"])


# ---- copies put in


def test_copies_bend_topics_until_they_are_weighed():
    found = topics.inject(
        terms.count(reports()), n_topics=6, random_state=0, stories=[0.1], copies=[32], draws=2, progress=False
    )
    assert found["weighting"].value_counts().to_dict() == {"floor": 2, "raw": 2, "by cluster": 2}
    kind = found.groupby("weighting")
    # Exact copies at 1/n give the clean fit, so nothing is left to chance here.
    assert (kind.get_group("by cluster")[["agreement", "prevalence_error", "n_lost"]].to_numpy() == [1, 0, 0]).all()
    assert kind["agreement"].max()["raw"] < kind["agreement"].min()["by cluster"]
    assert kind["n_owned"].min()["raw"] >= 1
    assert kind["smallest_n_effective"].max()["raw"] < kind["smallest_n_effective"].min()["by cluster"]
    assert (kind["agreement"].max()["floor"], kind["prevalence_error"].min()["floor"]) < (1, 1)
    assert found.loc[
        found["weighting"] != "floor", ["n_stories", "n_copies"]
    ].drop_duplicates().to_numpy().tolist() == [[3, 32]]


def test_copies_that_lost_words_are_nearly_repaired():
    counts = terms.count(reports())
    options = {"n_topics": 3, "random_state": 0, "stories": [3], "copies": [16], "draws": 2, "progress": False}
    found = topics.inject(counts, lost=0.1, **options)
    kind = found[found["weighting"] != "floor"].groupby("weighting")["agreement"]
    assert kind.min()["by cluster"] > 0.8
    assert kind.mean()["by cluster"] > kind.mean()["raw"]
    assert found.groupby("weighting")["lost"].first().to_dict() == {"by cluster": 0.1, "floor": 0.0, "raw": 0.1}
    pd.testing.assert_frame_equal(topics.inject(counts, lost=0.1, **options), found, check_exact=True)


def test_copies_lose_the_share_of_tokens_they_are_told_to():
    counts = terms.count(reports())
    clean = injection._Clean(counts, counts.document_ids)
    matrix, clusters = injection._flooded(clean, counts.document_ids[:2], 200, (0.25, 1))
    assert matrix.weights.shape[0] == 30 + 400
    tokens = matrix.weights.sum(axis=1)
    assert tokens[:30].tolist() == [36] * 30
    assert tokens[30:].mean() == pytest.approx(27, rel=0.02)
    assert clusters["representative"].value_counts()[["d000", "d001", "d002"]].tolist() == [201, 201, 1]
    assert (counts.weights[:2].toarray()[np.tile([0, 1], 200)] >= matrix.weights[30:].toarray()).all()


@pytest.mark.parametrize("lost", [-0.1, 1.0])
def test_a_share_of_tokens_that_cannot_be_lost_is_refused(lost):
    with pytest.raises(topics.TopicsError, match=f"lost expects a share from 0 to below 1; found {lost}"):
        topics.inject(terms.count(reports()), n_topics=2, random_state=0, lost=lost)


def test_copies_need_two_stories_and_counts():
    with pytest.raises(topics.TopicsError, match="at least two stories, of which one can be left out; found 1"):
        topics.inject(matrix_of([[1, 2]]), n_topics=1, random_state=0)
    with pytest.raises(topics.TopicsError, match=r"inject wants counts from terms\.count"):
        topics.inject(matrix_of([[0.5, 2], [1, 1]]), n_topics=1, random_state=0)


def test_copies_that_were_there_are_taken_out_first():
    counts = terms.count(reports())
    clean, own = copied(counts, [1] * 30)
    flooded, clusters = copied(counts, [7] + [1] * 29)
    renamed = dict(zip(sorted(set(clusters["representative"])), own["document_id"], strict=True))
    names = np.array([renamed.get(name, f"{name} again") for name in flooded.document_ids], dtype=object)
    named = clusters.assign(document_id=names, representative=clusters["representative"].map(renamed))
    options = {"n_topics": 3, "random_state": 0, "stories": [1], "copies": [4], "draws": 1, "progress": False}
    found = topics.inject(tables.DocumentTermMatrix(flooded.weights, names, flooded.terms), named, **options)
    pd.testing.assert_frame_equal(found, topics.inject(clean, **options), check_exact=True)


@pytest.mark.parametrize("stories_of", [0, 31, 0.0, 1.5, True])
def test_numbers_of_stories_that_are_not_there_are_refused(stories_of):
    with pytest.raises(topics.TopicsError, match=r"stories expects numbers from 1 to 30, or shares .*; found"):
        topics.inject(terms.count(reports()), n_topics=2, random_state=0, stories=[stories_of], progress=False)


def test_no_copies_are_refused():
    with pytest.raises(topics.TopicsError, match="copies expects a whole number of at least 1; found 0"):
        topics.inject(terms.count(reports()), n_topics=2, random_state=0, copies=[0])
