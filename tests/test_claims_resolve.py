"""One value for a claim by a named policy, and who stands behind it."""

import math

import pandas as pd
import pytest
from claims_of import by_name, clusters_of, gathered_with, quantities_of, reports, stated

from analysis import claims, tables

INF = math.inf


def resolved(*rows, policy, groups=None, documents=None, **options):
    given = gathered_with(*rows, groups=groups, documents=documents)
    return claims.resolve(*given, policy=policy, **options)


def only(table):
    (row,) = table.to_dict("records")
    return row["low"], row["high"], row["n_documents"], row["n_independent"], row["of_independent"]


ROWS = (
    stated("a", 250, approximate=True, speaker_kind="official"),
    stated("b", 250, "more than", speaker_kind="media"),
    stated("c", 250, "more than"),
    stated("d", 252, speaker_kind="NGO or UN"),
)


@pytest.mark.parametrize(
    ("policy", "ranking", "expected"),
    [
        ("range", None, (250, INF, 4, 4, 4)),
        ("majority", None, (250, INF, 2, 2, 4)),
        ("conservative", None, (250, 250, 3, 3, 4)),
        ("ranking", ["armed party", "NGO or UN", "official"], (252, 252, 1, 1, 4)),
        ("ranking", ("media",), (250, INF, 1, 1, 4)),
        ("ranking", [""], (250, INF, 1, 1, 4)),
    ],
)
def test_each_policy_has_its_value_and_its_witnesses(policy, ranking, expected):
    table = resolved(*ROWS, policy=policy, ranking=ranking)
    assert only(table) == expected
    assert table["policy"].tolist() == [policy]


def test_a_ranking_of_kinds_that_do_not_speak_gives_no_value():
    low, high, *counts = only(resolved(*ROWS, policy="ranking", ranking=["armed party"]))
    assert math.isnan(low)
    assert math.isnan(high)
    assert counts == [0, 0, 4]


def test_copies_have_one_vote():
    rows = [stated(name, 250, "more than") for name in "abc"] + [stated("d", 252), stated("e", 252)]
    assert only(resolved(*rows, policy="majority")) == (250, INF, 3, 3, 5)
    copies = [["a", "b", "c"], ["d"], ["e"]]
    assert only(resolved(*rows, policy="majority", groups=copies)) == (252, 252, 2, 2, 3)


def test_of_as_many_votes_the_first_published_wins():
    rows = stated("a", 250, "more than"), stated("b", 252)
    assert only(resolved(*rows, policy="majority"))[:2] == (250, INF)
    documents = reports("a", "b", published=["2024-05-26", "2024-05-24"])
    assert only(resolved(*rows, policy="majority", documents=documents))[:2] == (252, 252)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (stated("a", 30, "at most"), 30),
        (stated("a", 30, "more than"), 30),
        (stated("a", 25, "between", low=20.0, high=30.0), 20),
    ],
)
def test_the_most_conservative_number_is_one_that_is_stated(row, value):
    assert only(resolved(row, policy="conservative")) == (value, value, 1, 1, 1)


def test_every_claim_has_a_row_and_chosen_ones_alone_can_be_resolved():
    given = gathered_with(stated("a", 30), stated("b", 31), stated("c", 400))
    table = claims.resolve(*given, policy="range")
    assert by_name(table).keys() == {"people-killed-30", "people-killed-31", "people-killed-400"}
    chosen = given[0][given[0]["low"] == 31]
    assert claims.resolve(chosen, *given[1:], policy="range")["claim_id"].tolist() == ["people-killed-31"]
    assert claims.resolve(given[0][:0], *given[1:], policy="range").empty


def test_the_order_of_rows_does_not_matter():
    given = gathered_with(*ROWS, stated("e", 400))
    shuffled = [table.sample(frac=1, random_state=3) for table in given]
    for policy in ("range", "majority", "conservative"):
        one, other = claims.resolve(*given, policy=policy), claims.resolve(*shuffled, policy=policy)
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("policy", "ranking", "words"),
    [
        ("mean", None, "policy is one of range, majority, conservative, ranking; found 'mean'"),
        ("ranking", None, "'ranking' needs ranking, a list of speaker kinds; found ranking=None"),
        ("range", ["media"], r"'range' takes no ranking; found ranking=\['media'\]"),
        ("ranking", "media", "ranking is a list of speaker kinds, each once; found 'media'"),
        ("ranking", [], r"each once; found \[\]"),
        ("ranking", ["media", "media"], r"each once; found \['media', 'media'\]"),
        (
            "ranking",
            ["medium"],
            "ranking knows the speaker kinds NGO or UN, .*; found 'medium' in place 1",
        ),
        ("ranking", ["media", "oficial"], "found 'oficial' in place 2 of 2. Did you mean 'official'"),
        ("ranking", ["gossip"], "found 'gossip' in place 1 of 1. Name those that you trust, the most trusted first"),
    ],
)
def test_what_cannot_be_meant_is_refused(policy, ranking, words):
    with pytest.raises(ValueError, match=words):
        resolved(*ROWS, policy=policy, ranking=ranking)


def test_tables_that_lack_each_other_are_refused():
    table, links, quantities, documents = gathered_with(*ROWS)
    with pytest.raises(tables.TableError, match="claim_quantities lack the claim 'people-killed-250', of which"):
        claims.resolve(table, links[:0], quantities, documents, policy="range")
    with pytest.raises(tables.TableError, match=r"quantities lack the mention \('a', 0\).* and 1 in all"):
        claims.resolve(table, links, quantities[1:], documents, policy="range")
    with pytest.raises(tables.TableError, match="documents lack the document 'a'"):
        claims.resolve(table, links, quantities, documents[1:], policy="range")


def test_witnesses_are_named_by_their_representative():
    quantities = quantities_of(*(stated(name, 30) for name in "abc"))
    _, links = claims.gather(quantities, clusters_of(["b", "a"], ["c"]), reports(*"abc"))
    assert dict(zip(links["document_id"], links["witness"], strict=True)) == {"a": "b", "b": "b", "c": "c"}
