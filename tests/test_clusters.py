"""Clusters by three rules, against hand arithmetic, their laws and slow oracles, and how far a cluster chains."""

import itertools

import numpy as np
import pandas as pd
import pytest
from conftest import reports
from hypothesis import given
from hypothesis import strategies as st

from analysis import tables
from analysis.duplicates import clusters

METHODS = ("star", "complete", "components")
DAYS = [f"2024-05-{day:02}" for day in range(1, 10)]


def dated(n):
    """Documents d000, d001, … from the earliest to the latest."""
    return reports(["x"] * n, DAYS[:n])


def pairs_of(*rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "score"]).assign(containment=0.5, lag=np.nan)
    return tables.check(tables.Pairs, frame)


def every_pair(names, score=0.9):
    return pairs_of(*((a, b, score) for a, b in itertools.combinations(names, 2)))


def named(found):
    """The members' numbers of each cluster, by the number of its representative: {0: [0, 1]}."""
    members = {}
    for row in found.itertuples(index=False):
        members.setdefault(int(row.representative[1:]), []).append(int(row.document_id[1:]))
    return members


def grouped(method, documents, *rows):
    return named(clusters.cluster(pairs_of(*rows), documents, method=method))


CHAIN = [("d000", "d001", 0.9), ("d001", "d002", 0.95)]


# ---- hand arithmetic


@pytest.mark.parametrize(
    ("method", "expected"),
    [("star", {0: [0, 1], 2: [2]}), ("complete", {0: [0, 1], 2: [2]}), ("components", {0: [0, 1, 2]})],
)
def test_a_chain_is_one_cluster_of_components_only(method, expected):
    assert grouped(method, dated(3), *CHAIN) == expected


@pytest.mark.parametrize(
    ("method", "expected"),
    [("star", {1: [0, 1, 2]}), ("complete", {1: [0, 1], 2: [2]}), ("components", {1: [0, 1, 2]})],
)
def test_a_chain_whose_middle_came_first_is_a_star_but_not_complete(method, expected):
    documents = reports(["x"] * 3, [DAYS[1], DAYS[0], DAYS[2]])
    assert grouped(method, documents, *CHAIN) == expected


def test_scores_are_with_the_representative_and_missing_where_that_pair_was_not_found():
    found = {name: clusters.cluster(pairs_of(*CHAIN), dated(3), method=name)["score"].tolist() for name in METHODS}
    assert found["star"] == found["complete"] == [1.0, 0.9, 1.0]
    assert found["components"] == pytest.approx([1.0, 0.9, np.nan], nan_ok=True)


def test_star_is_the_rule_unless_another_is_named():
    documents = reports(["x"] * 3, [DAYS[1], DAYS[0], DAYS[2]])
    assert named(clusters.cluster(pairs_of(*CHAIN), documents)) == {1: [0, 1, 2]}


def test_a_star_is_joined_by_its_highest_score_and_of_equals_the_earliest():
    rows = [("d000", "d002", 0.8), ("d001", "d002", 0.9), ("d000", "d003", 0.8), ("d001", "d003", 0.8)]
    assert grouped("star", dated(4), *rows) == {0: [0, 3], 1: [1, 2]}


def test_a_copy_of_a_representative_stands_for_nobody():
    assert grouped("star", dated(3), ("d000", "d001", 1.0), ("d001", "d002", 0.99)) == {0: [0, 1], 2: [2]}


def test_complete_looks_at_the_lowest_score_within_a_cluster():
    # d004 is closest to d000, but its lowest within {d000, d001} is 0.6; within {d002, d003} it is 0.7.
    rows = [("d000", "d001", 0.9), ("d002", "d003", 0.9)]
    rows += [("d000", "d004", 1.0), ("d001", "d004", 0.6), ("d002", "d004", 0.7), ("d003", "d004", 0.8)]
    assert grouped("complete", dated(5), *rows) == {0: [0, 1], 2: [2, 3, 4]}
    assert grouped("star", dated(5), *rows) == {0: [0, 1, 4], 2: [2, 3]}


def test_complete_takes_of_equal_lowest_scores_the_earlier_representative():
    # The clusters of d000 and d001; d004 meets a member of the later one first.
    rows = [("d000", "d003", 0.9), ("d001", "d002", 0.9)]
    rows += [(f"d00{i}", "d004", 0.7) for i in range(4)]
    assert grouped("complete", dated(5), *rows) == {0: [0, 3, 4], 1: [1, 2]}


def test_complete_refuses_a_member_that_one_other_does_not_resemble():
    rows = [
        ("d000", "d001", 0.9),
        ("d000", "d002", 0.9),
        ("d001", "d002", 0.9),
        ("d000", "d003", 1),
        ("d001", "d003", 1),
    ]
    assert grouped("complete", dated(4), *rows) == {0: [0, 1, 2], 3: [3]}


def test_complete_never_moves_a_member():
    # d001 would resemble d002 more, but d002 was not there yet.
    assert grouped("complete", dated(3), ("d000", "d001", 0.7), ("d001", "d002", 1.0)) == {0: [0, 1], 2: [2]}


@pytest.mark.parametrize("method", METHODS)
def test_undated_documents_come_last_and_equal_dates_stand_by_id(method):
    undated = reports(["x"] * 3, [None, DAYS[1], None])
    assert grouped(method, undated, ("d000", "d001", 0.9)) == {1: [0, 1], 2: [2]}
    assert grouped(method, undated, ("d000", "d002", 0.9)) == {0: [0, 2], 1: [1]}
    assert grouped(method, reports(["x"] * 3, [DAYS[0]] * 3), ("d001", "d002", 0.9)) == {0: [0], 1: [1, 2]}


@pytest.mark.parametrize("method", METHODS)
def test_a_hundred_copies_are_one_cluster_of_the_earliest(method):
    documents = reports(["x"] * 100, [DAYS[1]] * 99 + [DAYS[0]])
    found = clusters.cluster(every_pair(documents["document_id"], 1.0), documents, method=method)
    assert set(found["representative"]) == {"d099"}
    assert (found["score"] == 1).all()


@pytest.mark.parametrize("method", METHODS)
def test_without_pairs_each_document_represents_itself(method):
    found = clusters.cluster(tables.empty(tables.Pairs), dated(3), method=method)
    assert named(found) == {0: [0], 1: [1], 2: [2]}
    assert found["score"].tolist() == [1.0] * 3


@pytest.mark.parametrize("method", METHODS)
def test_without_documents_there_is_no_cluster(method):
    found = clusters.cluster(tables.empty(tables.Pairs), tables.empty(tables.Documents), method=method)
    pd.testing.assert_frame_equal(found, tables.empty(tables.Clusters))


BACKWARDS = pd.CategoricalDtype(["d002", "d001", "d000"], ordered=True)


@pytest.mark.parametrize(
    "kind",
    ["str", "object", "string", "category", BACKWARDS],
    ids=["str", "object", "string", "category", "backwards"],
)
@pytest.mark.parametrize("method", METHODS)
def test_ids_kept_another_way_give_the_same_clusters(method, kind):
    pairs, documents = pairs_of(*CHAIN), reports(["x"] * 3, [DAYS[0]] * 3)
    found = clusters.cluster(
        pairs.astype({"a": kind, "b": kind}), documents.astype({"document_id": kind}), method=method
    )
    pd.testing.assert_frame_equal(found, clusters.cluster(pairs, documents, method=method))


def test_only_the_columns_that_the_docstring_names_are_read():
    found = clusters.cluster(pairs_of(*CHAIN)[["a", "b", "score"]], dated(3)[["document_id", "published"]])
    pd.testing.assert_frame_equal(found, clusters.cluster(pairs_of(*CHAIN), dated(3)))


# ---- laws, on random graphs with many equal scores and equal dates


@st.composite
def graphs(draw):
    """Pairs and documents: up to 14 reports of three days or none, scores of 0.5, 0.7 or 1."""
    n, density = draw(st.integers(1, 14)), draw(st.floats(0, 1))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    names = [f"d{i:03}" for i in range(n)]
    published = pd.to_datetime([None if day == 3 else DAYS[day] for day in generator.integers(0, 4, n)], utc=True)
    possible = itertools.combinations(names, 2)
    rows = [(a, b, float(generator.choice([0.5, 0.7, 1.0]))) for a, b in possible if generator.random() < density]
    pairs = pd.DataFrame(rows, columns=["a", "b", "score"]).astype({"a": "str", "b": "str", "score": float})
    return pairs, pd.DataFrame({"document_id": names, "published": published})


def in_time(documents):
    rows = documents.sort_values(["published", "document_id"], na_position="last")
    return rows["document_id"].tolist()


def known(pairs):
    """Score of both spellings of each pair."""
    rows = list(zip(pairs["a"], pairs["b"], pairs["score"], strict=True))
    return {(a, b): score for a, b, score in rows} | {(b, a): score for a, b, score in rows}


def star_oracle(pairs, documents):
    """The rule as it was first written: a dictionary, from the earliest document to the latest."""
    score, representative = known(pairs), {}
    for name in in_time(documents):
        earlier = [(score[name, other], other) for other in representative if (name, other) in score]
        standing = [(cosine, other) for cosine, other in earlier if representative[other] == other]
        representative[name] = max(standing, key=lambda found: found[0], default=(1.0, name))[1]
    return representative


def complete_oracle(pairs, documents):
    score, members = known(pairs), {}
    for name in in_time(documents):
        fitting = [
            (min(score[name, other] for other in others), first)
            for first, others in members.items()
            if all((name, other) in score for other in others)
        ]
        joined = max(fitting, key=lambda found: found[0], default=(1.0, name))[1]
        members.setdefault(joined, []).append(name)
    return {name: first for first, others in members.items() for name in others}


def components_oracle(pairs, documents):
    """Union-find in which the earlier root wins."""
    place = {name: index for index, name in enumerate(in_time(documents))}
    parent = {name: name for name in place}

    def root(name):
        while parent[name] != name:
            name = parent[name]
        return name

    for a, b in zip(pairs["a"], pairs["b"], strict=True):
        first, second = sorted((root(a), root(b)), key=place.__getitem__)
        parent[second] = first
    return {name: root(name) for name in place}


ORACLES = {"star": star_oracle, "complete": complete_oracle, "components": components_oracle}


@pytest.mark.parametrize("method", METHODS)
@given(graph=graphs())
def test_each_rule_agrees_with_its_oracle(method, graph):
    found = clusters.cluster(*graph, method=method)
    assert dict(zip(found["document_id"], found["representative"], strict=True)) == ORACLES[method](*graph)
    score = known(graph[0]) | {(name, name): 1.0 for name in found["document_id"]}
    expected = [score.get(ends, np.nan) for ends in zip(found["document_id"], found["representative"], strict=True)]
    np.testing.assert_array_equal(found["score"], expected)


@pytest.mark.parametrize("method", METHODS)
@given(graph=graphs(), random_state=st.integers(0, 1000))
def test_neither_the_order_of_rows_nor_the_spelling_of_a_pair_matters(method, graph, random_state):
    pairs, documents = graph
    turned = pairs.rename(columns={"a": "b", "b": "a"})
    half = np.random.default_rng(random_state).random(len(pairs)) < 0.5
    mixed = pd.concat([pairs[half], turned[~half]])[["a", "b", "score"]].sample(frac=1, random_state=random_state)
    found = clusters.cluster(mixed, documents.sample(frac=1, random_state=random_state), method=method)
    pd.testing.assert_frame_equal(found, clusters.cluster(pairs, documents, method=method))


@given(graph=graphs())
def test_members_of_a_star_resemble_their_representative_and_representatives_do_not_resemble_each_other(graph):
    members, score = named(clusters.cluster(*graph, method="star")), known(graph[0])
    spelled = {first: [f"d{i:03}" for i in others if i != first] for first, others in members.items()}
    assert all((f"d{first:03}", other) in score for first, others in spelled.items() for other in others)
    assert not any((f"d{one:03}", f"d{other:03}") in score for one, other in itertools.combinations(members, 2))


@given(graph=graphs())
def test_all_members_of_a_complete_cluster_resemble_each_other_and_no_two_clusters_could_be_one(graph):
    members, score = named(clusters.cluster(*graph, method="complete")), known(graph[0])

    def found(one, other):
        return (f"d{one:03}", f"d{other:03}") in score

    for others in members.values():
        assert all(found(*ends) for ends in itertools.combinations(others, 2))
    for ones, others in itertools.combinations(members.values(), 2):
        assert not all(found(one, other) for one in ones for other in others)


@given(graph=graphs())
def test_a_cluster_of_any_rule_lies_within_one_component(graph):
    component = components_oracle(*graph)
    for method in METHODS:
        found = clusters.cluster(*graph, method=method)
        assert (found["document_id"].map(component) == found["representative"].map(component)).all()


@given(graph=graphs())
def test_every_document_is_kept_and_the_earliest_of_a_cluster_names_it(graph):
    order = in_time(graph[1])
    for method in METHODS:
        found = clusters.cluster(*graph, method=method)
        assert sorted(order) == found["document_id"].tolist()
        earliest = found.groupby("representative")["document_id"].agg(lambda names: min(names, key=order.index))
        assert (earliest == earliest.index).all()


@pytest.mark.parametrize("method", ["star", "complete"])
def test_compiled_and_plain_agree(monkeypatch, method):
    generator = np.random.default_rng(11)
    documents = reports(["x"] * 200, [None if day > 8 else DAYS[day] for day in generator.integers(0, 10, 200)])
    possible = list(itertools.combinations(documents["document_id"], 2))
    chosen = generator.choice(len(possible), 4000, replace=False)
    pairs = pairs_of(*((*possible[i], float(generator.choice([0.5, 0.7, 0.9]))) for i in chosen))
    plain = clusters.cluster(pairs, documents, method=method)
    ran = []
    compiled = clusters._compiled
    monkeypatch.setattr(clusters, "_compiled", lambda rule: ran.append(rule) or compiled(rule))
    monkeypatch.setattr(clusters, "_COMPILED_FROM", len(pairs))
    pd.testing.assert_frame_equal(clusters.cluster(pairs, documents, method=method), plain)
    assert len(ran) == 1
    assert plain["representative"].nunique() < 100
    monkeypatch.setattr(clusters, "_COMPILED_FROM", len(pairs) + 1)
    clusters.cluster(pairs, documents, method=method)
    assert len(ran) == 1


def test_small_corpora_do_not_wait_for_the_compiler(run_python):
    line = (
        "import sys, pandas as pd; from analysis.duplicates import clusters; "
        "pairs = pd.DataFrame({'a': ['x'], 'b': ['y'], 'score': [0.9]}); "
        "documents = pd.DataFrame({'document_id': ['x', 'y'], 'published': pd.to_datetime(['2024-05-01'] * 2)}); "
        "print(len(clusters.cluster(pairs, documents)), 'numba' in sys.modules)"
    )
    assert run_python(line).split() == ["2", "False"]


# ---- chaining


def test_chaining_by_hand():
    # d000 with d001, d002 and d003, which resemble each other once: 4 of 6 pairs. d004 and d005 are too few to chain.
    rows = [("d000", "d001", 0.9), ("d000", "d002", 0.8), ("d000", "d003", 0.9), ("d001", "d002", 0.7)]
    pairs = pairs_of(*rows, ("d004", "d005", 0.6))
    found = clusters.chaining(clusters.cluster(pairs, dated(6)), pairs)
    assert found.to_dict("list") == {
        "representative": ["d000"],
        "n_documents": [4],
        "n_pairs": [4],
        "share_of_pairs": [4 / 6],
        "lowest_score": [0.7],
    }


def test_a_chain_of_components_has_few_of_its_pairs():
    pairs = pairs_of(*((f"d{i:03}", f"d{i + 1:03}", 0.9) for i in range(8)))
    found = clusters.chaining(clusters.cluster(pairs, dated(9), method="components"), pairs)
    assert found[["n_documents", "n_pairs"]].to_numpy().tolist() == [[9, 8]]
    assert found["share_of_pairs"].tolist() == [8 / 36]


def test_pairs_between_clusters_are_not_counted_and_rows_stand_by_representative():
    within = [
        *itertools.combinations(["d000", "d002", "d004"], 2),
        *itertools.combinations(["d001", "d003", "d005"], 2),
    ]
    pairs = pairs_of(*((*ends, 0.9) for ends in within), ("d000", "d001", 0.5))
    later_first = reports(["x"] * 6, DAYS[5::-1])
    found = clusters.chaining(clusters.cluster(pairs, later_first, method="complete"), pairs)
    assert found["representative"].tolist() == ["d004", "d005"]
    assert found["share_of_pairs"].tolist() == [1.0, 1.0]
    assert found["lowest_score"].tolist() == [0.9, 0.9]


def test_a_cluster_none_of_whose_pairs_are_given_has_no_lowest_score():
    found = clusters.cluster(every_pair(["d000", "d001", "d002"]), dated(3))
    row = clusters.chaining(found, tables.empty(tables.Pairs)).iloc[0]
    assert (row["n_pairs"], row["share_of_pairs"]) == (0, 0)
    assert np.isnan(row["lowest_score"])


def test_chaining_of_clusters_of_two_is_empty_with_its_columns():
    pairs = every_pair(["d000", "d001"])
    found = clusters.chaining(clusters.cluster(pairs, dated(2)), pairs)
    assert found.dtypes.astype(str).to_dict() == {
        "representative": "str",
        "n_documents": "int64",
        "n_pairs": "int64",
        "share_of_pairs": "float64",
        "lowest_score": "float64",
    }
    assert found.empty


@pytest.mark.parametrize("method", METHODS)
@given(graph=graphs())
def test_chaining_agrees_with_counting_one_pair_after_another(method, graph):
    pairs, documents = graph
    found, score = clusters.cluster(pairs, documents, method=method), known(pairs)
    expected = []
    for name, members in found.groupby("representative")["document_id"]:
        scores = [score[ends] for ends in itertools.combinations(members, 2) if ends in score]
        if (n := len(members)) >= 3:
            expected.append([name, n, len(scores), len(scores) / (n * (n - 1) / 2), min(scores)])
    chained = clusters.chaining(found.sample(frac=1, random_state=1), pairs.sample(frac=1, random_state=2))
    assert chained.to_numpy().tolist() == expected
    if method == "complete":
        assert (chained["share_of_pairs"] == 1).all()
    if method == "star":
        assert (chained["n_pairs"] >= chained["n_documents"] - 1).all()


# ---- refusals


@pytest.mark.parametrize("method", ["single", "", None, ["star"]])
def test_an_unknown_method_is_refused(method):
    with pytest.raises(ValueError, match="method is one of 'star', 'complete', 'components'; found"):
        clusters.cluster(pairs_of(*CHAIN), dated(3), method=method)


@pytest.mark.parametrize("method", METHODS)
def test_strangers_in_pairs_are_refused(method):
    pairs = pairs_of(("d000", "d008", 0.9), ("d007", "d008", 0.9))
    with pytest.raises(tables.TableError, match="pairs name 'd007', which is not among the 2 documents"):
        clusters.cluster(pairs, dated(2), method=method)


def test_a_pair_without_a_name_is_refused():
    pairs = pairs_of(*CHAIN)
    pairs.loc[1, "b"] = None
    with pytest.raises(tables.TableError, match="pairs name None, which is not among the 3 documents"):
        clusters.cluster(pairs, dated(3))


def test_a_pair_of_a_document_with_itself_is_refused():
    pairs = pd.DataFrame({"a": ["d000", "d001"], "b": ["d001", "d001"], "score": [0.9, 1.0]})
    with pytest.raises(
        tables.TableError, match=r"two different documents in a pair; found a='d001', b='d001', .* row 1,"
    ):
        clusters.cluster(pairs, dated(2))


@pytest.mark.parametrize(("a", "b"), [("d000", "d001"), ("d001", "d000")])
@pytest.mark.parametrize("method", METHODS)
def test_a_pair_that_stands_twice_is_refused_in_either_spelling(method, a, b):
    pairs = pd.DataFrame(
        {"a": ["d000", "d001", a], "b": ["d001", "d002", b], "score": [0.9, 0.9, 0.8]}, index=[5, 5, 7]
    )
    with pytest.raises(tables.TableError, match=f"expects each pair once; found a='{a}', b='{b}', score=0.8 in row 2"):
        clusters.cluster(pairs, dated(3), method=method)


@pytest.mark.parametrize("score", [0.0, -0.5, 1.5, float("nan")])
def test_a_score_that_is_no_cosine_is_refused(score):
    pairs = pd.DataFrame({"a": ["d000", "d001"], "b": ["d001", "d002"], "score": [0.9, score]})
    with pytest.raises(
        tables.TableError, match=f"a score above 0 and at most 1; found .*score={score} in row 1, and 1"
    ):
        clusters.cluster(pairs, dated(3))


def test_a_missing_column_is_refused():
    with pytest.raises(tables.TableError, match="pairs needs the columns a, b, score; 'score' is not among a, b, cont"):
        clusters.cluster(pairs_of(*CHAIN).drop(columns="score"), dated(3))
    with pytest.raises(
        tables.TableError, match="documents needs the columns document_id, published; 'document_id' is not"
    ):
        clusters.cluster(pairs_of(*CHAIN), pd.DataFrame())


def test_a_document_that_stands_twice_is_refused():
    documents = pd.concat([dated(3), dated(2).tail(1)])
    with pytest.raises(tables.TableError, match="documents expects each document_id once; found 'd001' twice"):
        clusters.cluster(pairs_of(*CHAIN), documents)


def test_chaining_refuses_what_is_no_table_of_clusters():
    with pytest.raises(tables.TableError, match="Clusters needs the column representative"):
        clusters.chaining(pd.DataFrame({"document_id": ["d000"], "score": [1.0]}), tables.empty(tables.Pairs))
    stray = pd.DataFrame({"document_id": ["d000", "d001"], "representative": ["d000", "d009"], "score": [1.0, 0.9]})
    with pytest.raises(
        tables.TableError, match="clusters name the representative 'd009', which is not among their doc"
    ):
        clusters.chaining(stray, tables.empty(tables.Pairs))


def test_chaining_refuses_the_pairs_of_other_documents():
    found = clusters.cluster(pairs_of(*CHAIN), dated(3))
    with pytest.raises(tables.TableError, match="pairs name 'd007', which is not among the 3 documents"):
        clusters.chaining(found, pairs_of(("d000", "d007", 0.9)))
