"""Views of topics that a reviewer asks for: examples, differences, sums, curves over time, matches, coherence."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from test_topics_tables import (
    PAIRED,
    SHARES,
    clusters_of,
    copied,
    document_topics,
    documents_of,
    matrix_of,
    reports,
    topic_terms,
    words,
)

from analysis import corpus, tables, terms, topics

OUTLETS = {"x": "A", "x2": "B", "y": "B"}


def alone(names):
    return clusters_of(**{name: name for name in names})


def dated(days, texts=None):
    """Documents d000, d001, … published on these days; None has no date."""
    names = [f"d{i:03}" for i in range(len(days))]
    published = pd.to_datetime(pd.Series(days, dtype=object), utc=True)
    columns = {"document_id": names, "outlet": "A", "published": published, "published_basis": "column"}
    return pd.DataFrame(columns | {"title": "", "credit": "", "text": texts or "x"})


def shares_of(rows):
    return document_topics(**{f"d{i:03}": row for i, row in enumerate(rows)})


# ---- documents and passages that have most of a topic


def test_examples_go_by_share_and_a_story_is_shown_by_its_first():
    shares = document_topics(a=[0.9, 0.1], b=[0.6, 0.4], copy=[1, 0], c=[0, 1])
    found = topics.representatives(
        shares, documents_of(a="A", b="B", copy="C", c=""), clusters_of(a="a", b="b", copy="b", c="c")
    )
    # The copy of b has all of topic 0, and is told by b, which has .6 of it. c has nothing of topic 0.
    assert found[["topic", "rank", "document_id", "share", "n_documents"]].to_numpy().tolist() == [
        [0, 1, "a", 0.9, 1],
        [0, 2, "b", 0.6, 2],
        [1, 1, "c", 1.0, 1],
        [1, 2, "b", 0.4, 2],
        [1, 3, "a", 0.1, 1],
    ]
    assert found["title"].tolist()[:2] == ["On a", "On b"]
    assert (
        found["published"].isna().tolist()
        == documents_of(a="A", b="B", copy="C", c="")
        .set_index("document_id")
        .loc[found["document_id"], "published"]
        .isna()
        .tolist()
    )


def test_of_equal_shares_the_longer_report_comes_first_then_the_first_id():
    documents = documents_of(a="A", b="B", c="C").assign(text=["one", "one two", "one"])
    found = topics.representatives(document_topics(a=[1], b=[1], c=[1]), documents, alone("abc"), n=2)
    assert found["document_id"].tolist() == ["b", "a"]


def test_a_topic_in_no_document_has_no_example():
    found = topics.representatives(document_topics(a=[1, 0]), documents_of(a="A"), alone("a"))
    assert found["topic"].tolist() == [0]


def test_examples_of_other_documents_are_refused():
    with pytest.raises(topics.TopicsError, match="'b' is not among them, and 1 such documents in all"):
        topics.representatives(document_topics(a=[1], b=[1]), documents_of(a="A"), alone("ab"))


def passages_of(*texts_of_stories):
    """Documents of several lines, with their passages, counts and a model of the lines."""
    documents = corpus.from_frame(
        pd.DataFrame({"document_id": list("abcdefgh")[: len(texts_of_stories)], "text": texts_of_stories})
    )
    passages = corpus.split(documents)
    return documents, passages, terms.count(passages)


SEA = "Waves of the grey sea broke over the harbour wall at high tide."
WAR = "Soldiers shelled the border town while tanks crossed the river bridge."
BOTH = "Waves broke while soldiers crossed the harbour bridge near the border sea."


def test_passages_are_folded_in_one_by_one_and_slice_their_documents():
    documents, passages, counts = passages_of(
        f"{SEA}\n{WAR}", WAR.replace("Soldiers", "Troops"), SEA.replace("grey", "wide")
    )
    model = topics.Model(2, random_state=0).fit(counts)
    found = topics.representative_passages(model, counts, passages, documents, alone("abc"), n=2, min_terms=4)
    text = documents.set_index("document_id")["text"]
    assert all(text[row.document_id][row.start : row.end] == row.text for row in found.itertuples())
    assert not found.duplicated(["topic", "document_id"]).any()
    sea = found[found["text"].str.contains("Waves")]
    assert set(sea["document_id"]) == {"a", "c"}
    assert len(set(sea["topic"])) == 1
    assert (sea["share"] > 0.9).all()


def test_a_passage_is_shown_once_for_a_story_and_once_for_its_words():
    documents, passages, counts = passages_of(SEA, f"{SEA}\n{WAR}", f"{SEA}\n{BOTH}", WAR.replace("town", "village"))
    model = topics.Model(2, random_state=0).fit(counts)
    # a and b are one story; the passage of c has the words of a.
    pairs = clusters_of(a="a", b="a", c="c", d="d")
    found = topics.representative_passages(model, counts, passages, documents, pairs, n=9, min_terms=4)
    for _, own in found.groupby("topic"):
        assert own["text"].str.lower().is_unique
        assert own["document_id"].replace("b", "a").is_unique
    assert SEA in set(found["text"])


def test_short_passages_are_left_out():
    documents, passages, counts = passages_of(SEA, WAR, "Waves!")
    model = topics.Model(2, random_state=0).fit(counts)

    def found(min_terms):
        given = model, counts, passages, documents, alone("abc")
        return set(topics.representative_passages(*given, min_terms=min_terms)["text"])

    assert found(1) == {SEA, WAR, "Waves!"}
    assert found(2) == {SEA, WAR}
    assert found(99) == set()


def test_a_matrix_of_other_passages_is_refused():
    documents, passages, counts = passages_of(f"{SEA}\n{WAR}", WAR)
    model = topics.Model(2, random_state=0).fit(counts)
    with pytest.raises(topics.TopicsError, match="found 3 rows and 2 passages"):
        topics.representative_passages(model, counts, passages.iloc[1:], documents, alone("ab"))


# ---- written and printed


def test_a_difference_by_hand():
    # Written .75 and .25, printed 2.5 / 3 and .5 / 3.
    found = topics.difference(
        document_topics(**SHARES), documents_of(**OUTLETS), clusters_of(**PAIRED), random_state=0, n_draws=200
    )
    assert found["difference"].tolist() == pytest.approx([1 / 12, -1 / 12])
    assert found[["written", "printed"]].to_numpy().tolist() == [
        pytest.approx([0.75, 2.5 / 3]),
        pytest.approx([0.25, 0.5 / 3]),
    ]
    assert (found["low"] <= found["difference"]).all()
    assert (found["difference"] <= found["high"]).all()
    assert found["low"].tolist() == pytest.approx((-found["high"][::-1]).tolist())


def test_the_interval_of_a_difference_is_of_the_same_draws():
    """By hand: of two stories the draws are two of x, one of each, or two of y."""
    found = topics.difference(
        document_topics(**SHARES),
        documents_of(**OUTLETS),
        clusters_of(**PAIRED),
        random_state=0,
        n_draws=400,
        level=0.9,
    )
    # Of two of x, or two of y, both shares are equal: 0. Of one of each: 1/12. Each end has a quarter of the draws.
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([0, 1 / 12])


def test_without_copies_nothing_differs():
    shares = shares_of([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    documents = dated(["2024-01-01"] * 3)
    found = topics.difference(shares, documents, alone(documents["document_id"]), random_state=0, n_draws=50)
    assert (found[["difference", "low", "high"]] == 0).all(axis=None)


@pytest.mark.parametrize("verb", [topics.prevalence, topics.difference])
def test_of_all_there_are_nothing_is_drawn(verb):
    given = document_topics(**SHARES), documents_of(**OUTLETS), clusters_of(**PAIRED)
    sample, whole = (verb(*given, random_state=0, n_draws=20, level=level) for level in (0.95, None))
    assert whole[["low", "high"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(whole.drop(columns=["low", "high"]), sample.drop(columns=["low", "high"]))


def test_a_sum_by_hand_and_of_all_topics():
    given = document_topics(a=[0.2, 0.3, 0.5], b=[0.6, 0.4, 0]), documents_of(a="A", b="B"), alone("ab")
    found = topics.sums(*given, of={"war": [2, 0], "all": [0, 1, 2]}, random_state=0, n_draws=50)
    at = found.set_index(["name", "counting"])
    assert at.loc[("war", "written"), "share"] == pytest.approx((0.7 + 0.6) / 2)
    assert at.loc[("war", "written"), "topics"] == "0, 2"
    assert at.loc["all", ["share", "low", "high"]].to_numpy() == pytest.approx(1)


def test_a_sum_of_one_topic_is_that_topic_with_its_interval():
    shares = document_topics(**{f"d{i}": [i / 20, 1 - i / 20] for i in range(20)})
    given = shares, documents_of(**{f"d{i}": "AB"[i % 2] for i in range(20)}), alone([f"d{i}" for i in range(20)])
    one = topics.prevalence(*given, random_state=3, by="outlet", n_draws=99)
    found = topics.sums(*given, of={"first": [0]}, random_state=3, by="outlet", n_draws=99)
    columns = ["group", "counting", "share", "low", "high", "n_documents", "n_stories"]
    pd.testing.assert_frame_equal(found[columns], one.loc[one["topic"] == 0, columns].reset_index(drop=True))


@pytest.mark.parametrize("of", [{}, {"": [0]}, {"x": []}, {"x": [2]}, {"x": [0, 0]}, {"x": [True]}, {"x": [0.0]}])
def test_a_sum_of_nothing_is_refused(of):
    with pytest.raises(topics.TopicsError, match="of expects "):
        topics.sums(document_topics(a=[0.5, 0.5]), documents_of(a="A"), alone("a"), of=of, random_state=0)


# ---- over time


def trend(rows, days, pairs=None, **options):
    documents = dated(days)
    clusters = alone(documents["document_id"]) if pairs is None else clusters_of(**pairs)
    return topics.trend(shares_of(rows), documents, clusters, **{"random_state": 0, "n_draws": 60} | options)


def days_of(n):
    return [pd.Timestamp("2024-01-01") + pd.Timedelta(days=i) for i in range(n)]


def test_what_does_not_change_is_a_level_line():
    found = trend([[0.3, 0.7]] * 30, days_of(30), knots=4)
    of_first = found[found["topic"] == 0]
    assert of_first[["share", "low", "high"]].to_numpy() == pytest.approx(0.3, abs=1e-9)
    assert of_first["date"].nunique() == 30


def test_two_knots_give_the_straight_line_of_the_log_odds():
    odds = np.linspace(-2, 2, 100)
    rows = np.repeat(np.column_stack([expit(odds), expit(-odds)]), 9, axis=0)
    found = trend(rows, np.repeat(days_of(100), 9), knots=2, level=None)
    own = found[(found["topic"] == 0) & (found["counting"] == "written")]
    at = (own["date"] - own["date"].min()).dt.days
    assert own["share"].to_numpy() == pytest.approx(expit(odds[at]), abs=0.005)
    assert own[["low", "high"]].isna().all(axis=None)


def test_the_curve_is_the_most_likely_one():
    """The same estimate by a general optimiser, of the quasi-likelihood and one report of the mean at each knot."""
    generator = np.random.default_rng(1)
    share = generator.beta(1, 3, 25)
    days = np.arange(25)
    found = trend(np.column_stack([share, 1 - share]), days_of(25), knots=2, level=None)
    basis = np.column_stack([1 - days / 24, days / 24])
    mean = share.mean()
    prior, strength = np.log(mean / (1 - mean)), mean * (1 - mean)

    def unlikely(odds):
        told = basis @ odds
        return -(share * told - np.logaddexp(0, told)).sum() + strength / 2 * ((odds - prior) ** 2).sum()

    best = minimize(unlikely, np.full(2, prior), tol=1e-12).x
    own = found[(found["topic"] == 0) & (found["counting"] == "written")]["share"].to_numpy()
    other = expit(-basis @ best)  # the other topic mirrors it, and the two sum to 1
    assert own == pytest.approx(expit(basis @ best) / (expit(basis @ best) + other), abs=1e-5)


def test_shares_of_a_day_sum_to_one_and_stay_within_their_bounds():
    generator = np.random.default_rng(0)
    rows = generator.dirichlet([0.05, 0.2, 1], 60)
    found = trend(rows, days_of(60), knots=6)
    assert found.groupby(["counting", "date"])["share"].sum().to_numpy() == pytest.approx(1)
    assert (found["low"] <= found["high"]).all()
    assert found["low"].min() >= 0


def test_copies_of_a_story_move_what_is_printed_and_not_what_is_written():
    rows, days = [[0.1, 0.9], [0.2, 0.8], [0.4, 0.6], [0.6, 0.4], [0.9, 0.1]], days_of(5)
    clean = trend(rows, days, knots=3, level=None)
    more = rows + [rows[2]] * 10
    pairs = {f"d{i:03}": f"d{min(i, 2) if i > 4 else i:03}" for i in range(15)}
    flooded = trend(more, days + [days[2]] * 10, pairs, knots=3, level=None)
    written = [table[table["counting"] == "written"]["share"].to_numpy() for table in (clean, flooded)]
    assert written[1] == pytest.approx(written[0], abs=1e-9)
    printed = flooded[flooded["counting"] == "printed"]["share"].to_numpy()
    assert np.abs(printed - written[1]).max() > 0.01


def test_stories_near_a_day_are_counted_once():
    # 41 days: near is within 41 / 20, two days before or after.
    days = [days_of(41)[i] for i in (0, 1, 2, 3, 40, 40)]
    pairs = {"d000": "d000", "d001": "d001", "d002": "d002", "d003": "d003", "d004": "d004", "d005": "d004"}
    found = trend([[1.0]] * 6, days, pairs, knots=2, level=None)
    near = found[found["counting"] == "written"].set_index("date")["n_near"]
    assert near.iloc[0] == 3
    assert near.iloc[20] == 0
    assert near.iloc[-1] == 1


def test_a_topic_nobody_has_is_a_line_at_nothing():
    found = trend([[1, 0]] * 10, days_of(10), knots=3)
    assert found.loc[found["topic"] == 1, ["share", "high"]].to_numpy() == pytest.approx(0, abs=1e-6)


def test_reports_without_a_date_are_left_out_and_counted():
    with pytest.warns(
        tables.SkippedWarning, match="2 of 7 documents have no date and are left out .*: 'd005' and others"
    ):
        found = trend([[0.5, 0.5]] * 5 + [[1, 0]] * 2, [*days_of(5), None, None], knots=3)
    assert found["share"].to_numpy() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("days", "n_stories", "message"),
    [
        ([None] * 6, 6, "found 0 stories on 0 days, in 0 of 6 documents that have a date"),
        (["2024-01-01"] * 6, 6, "found 6 stories on 1 days, in 6 of 6"),
        ([f"2024-01-0{i}" for i in range(1, 7)], 1, "found 1 stories on 6 days"),
    ],
    ids=["undated", "one day", "one story"],
)
def test_too_few_days_or_stories_are_refused_or_warned_of(days, n_stories, message):
    pairs = {f"d{i:03}": f"d{i if n_stories > 1 else 0:03}" for i in range(6)}
    with pytest.raises(topics.TopicsError, match=message):
        trend([[1.0]] * 6, days, pairs)
    with pytest.warns(tables.SkippedWarning, match=message):
        assert trend([[1.0]] * 6, days, pairs, few="warn").empty


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"knots": 1}, "knots expects a whole number of at least 2; found 1"),
        ({"few": "skip"}, "few is 'raise' or 'warn'; found 'skip'"),
        ({"level": 0}, "level expects a share between 0 and 1"),
    ],
    ids=["knots", "few", "level"],
)
def test_a_curve_that_cannot_be_is_refused(options, message):
    with pytest.raises(topics.TopicsError, match=message):
        trend([[1.0]] * 6, days_of(6), **options)


def test_the_same_seed_gives_the_same_curve_in_any_order_of_rows():
    generator = np.random.default_rng(0)
    shares, documents = shares_of(generator.dirichlet([1, 1, 1], 40)), dated(days_of(40))
    clusters = alone(documents["document_id"])
    first = topics.trend(shares, documents, clusters, random_state=4, n_draws=70)
    again = topics.trend(shares[::-1], documents[::-1], clusters[::-1], random_state=4, n_draws=70)
    pd.testing.assert_frame_equal(first, again, check_exact=True)


# ---- counterparts in another model


def matched(*given, **options):
    found = topics.match(*given, **options)
    return [
        (*(None if pd.isna(end) else int(end) for end in (row.topic, row.other)), row.kind)
        for row in found.itertuples()
    ]


def test_a_topic_that_splits_by_hand():
    whole = topic_terms({"a": 0.5, "b": 0.5}, {"c": 0.5, "d": 0.5})
    parts = topic_terms({"a": 1.0}, {"b": 1.0}, {"c": 0.5, "d": 0.5})
    assert matched(whole, parts) == [(0, 0, "split"), (0, 1, "split"), (1, 2, "match")]
    assert matched(parts, whole) == [(0, 0, "merge"), (1, 0, "merge"), (2, 1, "match")]
    found = topics.match(whole, parts)
    assert found["overlap"].tolist() == pytest.approx([0.5, 0.5, 1])
    assert found["terms"].tolist() == ["a", "b", "c, d"]


def test_topics_without_a_counterpart_are_kept_on_both_sides():
    one, other = topic_terms({"a": 1.0}, {"b": 1.0}), topic_terms({"a": 1.0}, {"z": 1.0})
    assert matched(one, other) == [(0, 0, "match"), (1, None, "unmatched"), (None, 1, "unmatched")]
    assert topics.match(one, other)["overlap"].isna().tolist() == [False, True, True]


def test_words_of_every_topic_make_no_two_of_them_alike():
    common = {"said": 0.8}
    one = topic_terms(common | {"goal": 0.2}, common | {"poll": 0.2})
    assert matched(one, topic_terms(common | {"rain": 0.2}, common | {"poll": 0.2})) == [
        (0, None, "unmatched"),
        (1, 1, "match"),
        (None, 0, "unmatched"),
    ]


def test_terms_only_one_vocabulary_has_count_against_a_match():
    one, other = topic_terms({"a": 0.5, "b": 0.5}, {"c": 1.0}), topic_terms({"a": 0.5, "y": 0.5}, {"c": 1.0})
    assert topics.match(one, other).set_index(["topic", "other"]).loc[(0, 0), "overlap"] == 0.5
    assert matched(one, other, least=0.6)[0] == (0, None, "unmatched")


def test_halves_that_are_mixed_anew_are_split_and_merged():
    one = topic_terms({"a": 0.5, "b": 0.5}, {"c": 0.5, "d": 0.5})
    other = topic_terms({"a": 0.5, "c": 0.5}, {"b": 0.5, "d": 0.5})
    assert {kind for *_, kind in matched(one, other)} == {"split and merge"}
    assert len(matched(one, other)) == 4


def test_one_topic_is_all_it_holds():
    assert matched(words("a b"), words("a b")) == [(0, 0, "match")]
    assert matched(words("a b", "a b"), words("a b")) == [(0, 0, "merge"), (1, 0, "merge")]


def test_planted_topics_are_found_again_at_another_number_and_in_another_corpus():
    three = topics.fit(terms.count(reports(60)), n_topics=3, random_state=0)[0]
    again = topics.fit(terms.count(reports(60, seed=5)), n_topics=3, random_state=1)[0]
    assert sorted(kind for *_, kind in matched(three, again)) == ["match"] * 3


@pytest.mark.parametrize("least", [0, 1.2, True])
def test_an_overlap_that_cannot_be_asked_for_is_refused(least):
    with pytest.raises(topics.TopicsError, match="least expects an overlap above 0 and up to 1"):
        topics.match(words("a"), words("a"), least=least)


def test_no_topics_cannot_be_matched():
    with pytest.raises(topics.TopicsError, match="found a table without rows"):
        topics.match(tables.empty(tables.TopicTerms), words("a"))


# ---- coherence, and doses


def test_coherence_with_and_without_copies_by_hand():
    # a and b meet in one of four stories; ten copies of it make them meet in most documents.
    counts, clusters = copied(matrix_of([[1, 1, 0], [1, 0, 1], [0, 1, 1], [0, 0, 1]]), [11, 1, 1, 1])
    found = topics.coherence(words("a b"), counts, clusters, words("a c"), n_terms=2)
    written = np.log((1 / 4) / (2 / 4) ** 2) / -np.log(1 / 4)
    printed = np.log((11 / 14) / (12 / 14) ** 2) / -np.log(11 / 14)
    assert found[["written", "printed", "agreement"]].to_numpy()[0] == pytest.approx([written, printed, 1 / 3])
    assert found["printed"][0] > found["written"][0]
    assert topics.coherence(words("a b"), counts, clusters)["agreement"].isna().all()


def test_coherence_wants_to_know_what_a_copy_is():
    with pytest.raises(topics.TopicsError, match="wants the clusters of the documents"):
        topics.coherence(words("a b"), matrix_of([[1, 1]]), None)


def test_no_dose_fits_nothing_and_stories_are_at_most_all():
    counts = terms.count(reports(6))
    clusters = alone(sorted(set(counts.document_ids)))
    assert topics.dose(counts, clusters, copies=[], n_topics=99, random_state=0).empty
    found = topics.dose(counts, clusters, copies=[2], n_topics=2, random_state=0, draws=1, progress=False)
    assert set(found["n_stories"]) == {0, 6}
    assert set(found.loc[found["n_copies"] > 0, "lost"]) == {0.1}
