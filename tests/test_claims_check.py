"""Quantities that look like errors, found beside those of other reports, and those that only look alike."""

import pandas as pd
import pytest
from claims_of import gathered_with, reports, stated

from analysis import claims

TOTAL = {"cumulative": "cumulative", "speaker_name": "Ministry"}


def series(*values, first="2024-05-01", **more):
    """Totals of one speaker, a report a day: d00, d01, …"""
    days = pd.date_range(first, periods=len(values)).strftime("%Y-%m-%d").tolist()
    names = [f"d{place:02}" for place in range(len(values))]
    rows = [stated(name, value, **TOTAL | more) for name, value in zip(names, values, strict=True)]
    return rows, reports(*names, published=days)


def found(rows, documents=None, **options):
    table = claims.check(*gathered_with(*rows, documents=documents), **options)
    columns = ["suspicion", "document_id", "other_document_id"]
    return [tuple(row) for row in table[columns].to_numpy()]


# ---- totals


def test_a_total_that_falls_is_told_with_the_one_before_it():
    rows, documents = series(35000, 35091, 34900, 34950)
    table = claims.check(*gathered_with(*rows, documents=documents))
    (row,) = table.to_dict("records")
    assert (row["suspicion"], row["document_id"], row["other_document_id"]) == ("falls", "d02", "d01")
    assert (row["start"], row["end"], row["surface"], row["other_surface"]) == (0, 2, "34900", "35091")
    assert row["detail"] == "34,900 on 2024-05-03 after 35,091 on 2024-05-02"
    assert row["claim_id"] == "people-killed-34900"


@pytest.mark.parametrize("more", [{"cumulative": ""}, {"speaker_name": ""}])
def test_what_is_no_total_of_a_known_speaker_cannot_fall(more):
    rows, documents = series(35091, 34900)
    assert len(found(rows, documents)) == 1
    assert found([rows[0], rows[1] | more], documents) == []


@pytest.mark.parametrize(("bound", "n_falls"), [("exact", 1), ("more than", 0), ("at least", 0), ("at most", 1)])
def test_what_rounding_allows_is_no_fall(bound, n_falls):
    rows, documents = series(35091, 35000)
    assert len(found([rows[0], stated("d01", 35000, bound, **TOTAL)], documents)) == n_falls


def test_totals_of_others_do_not_fall():
    rows, documents = series(35091, 34900)
    for other in ({"speaker_name": "UN"}, {"place": "Lima"}, {"event": "injured"}):
        rows[0] |= {"place": "Oslo"}
        assert found([rows[0], rows[1] | other], documents) == []
    rows, documents = series(35091, 12)
    assert found(rows, documents) == []  # another count
    rows, _ = series(35091, 34900)
    assert found(rows, reports("d00", "d01", published=["2024-05-01", None])) == []
    assert found(rows, reports("d00", "d01", published=["2024-05-01"] * 2)) == []


@pytest.mark.parametrize(
    ("first", "later", "n_falls"),
    [
        ({"place": "Lima"}, {"place": "Lima"}, 1),
        ({"place": "Lima"}, {"place": "the Peruvian capital of Lima"}, 1),
        ({"place": "Lima"}, {"place": "Oslo"}, 0),
        ({"place": "Lima"}, {"place": ""}, 0),  # of an attack both must say where,
        ({"place": ""}, {"place": ""}, 1),  # or neither
        ({"counted": "children"}, {"counted": "children"}, 1),
        ({"counted": "children"}, {"counted": "men"}, 0),
    ],
)
def test_a_fall_is_of_one_place_and_of_the_same_people(first, later, n_falls):
    rows, documents = series(300, 280)
    assert len(found([rows[0] | first, rows[1] | later], documents)) == n_falls


def test_the_total_of_a_war_falls_though_only_one_report_says_where():
    rows, documents = series(35091, 34900)
    assert len(found([rows[0] | {"place": "Lima"}, rows[1]], documents)) == 1


def test_a_total_of_another_season_is_another_count():
    rows, _ = series(35091, 34900)
    documents = reports("d00", "d01", published=["2024-01-01", "2024-05-01"])
    assert found(rows, documents) == []
    assert found(rows, documents, within="121D") == found(rows, documents, within=None) == [("falls", "d01", "d00")]


def test_a_jump_is_many_times_the_usual_rise():
    rows, documents = series(35000, 35060, 35120, 35170, 35230, 35300, 39300, 39360)
    assert found(rows, documents) == [("jumps", "d06", "d05")]
    assert found(rows, documents, jump=100) == []
    (detail,) = claims.check(*gathered_with(*rows, documents=documents))["detail"]
    assert detail == "rises by 4,000 a day or more; the median of 7 rises is 60"


def test_few_rises_have_no_usual_one_and_a_month_may_rise_by_a_months_worth():
    rows, documents = series(35000, 35060, 39000)
    assert found(rows, documents) == []
    rows, documents = series(35000, 35060, 35120, 35170, 35230, 35300, 37000)
    assert found(rows, documents) == [("jumps", "d06", "d05")]
    late = documents.assign(published=[*documents["published"][:-1], pd.Timestamp("2024-05-30", tz="UTC")])
    assert found(rows, late) == []


# ---- digits


def test_transposed_digits_are_those_of_the_fewer_reports():
    rows = stated("a", 35091), stated("b", 35091), stated("c", 39051)
    table = claims.check(*gathered_with(*rows))
    (row,) = table.to_dict("records")
    assert (row["suspicion"], row["document_id"], row["other_document_id"]) == ("digits transposed", "c", "a")
    assert row["detail"] == "1 independent of 3 give this number"


def test_of_as_many_reports_both_are_told_and_copies_are_one():
    rows = stated("a", 35091), stated("b", 39051)
    assert found(rows) == [("digits transposed", "a", "b"), ("digits transposed", "b", "a")]
    copies = gathered_with(*rows, stated("c", 35091), groups=[["a", "c"], ["b"]])
    assert claims.check(*copies)["document_id"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("one", "other", "suspicion"),
    [
        (1234, 1243, "digits transposed"),
        (35910, 39510, "digits transposed"),
        (12, 21, None),
        (123, 132, None),
        (1200, 2100, None),
        (1234, 2341, None),  # three digits have moved
        (1234, 1235, None),
        (12345, 12435, "digits transposed"),
        (-1234, 1243, None),
        (35091, 350910, "order of magnitude"),
        (2350000, 235000, "order of magnitude"),
        (1200, 12000, None),
        (2.35, 23.5, "order of magnitude"),
    ],
)
def test_which_digits_look_like_an_error(one, other, suspicion):
    expected = [] if suspicion is None else [(suspicion, "a", "b"), (suspicion, "b", "a")]
    assert found([stated("a", one), stated("b", other)]) == expected


def test_digits_are_compared_where_the_reports_may_mean_the_same():
    pair = [stated("a", 35091), stated("b", 39051)]
    for one, other in (
        ({"place": "Lima"}, {"place": "Oslo"}),
        ({"time": "on Monday"}, {"time": "on Tuesday"}),
        ({"event": "injured"}, {}),
        ({"approximate": True}, {}),
    ):
        assert found([pair[0] | one, pair[1] | other]) == []
    assert found([pair[0], stated("a", 39051, start=9)]) == []
    assert found([pair[0], stated("b", 39051, "more than")]) == []
    assert found([stated("a", 0), stated("b", 0)]) == []


def test_the_same_digits_in_another_season_are_another_count():
    documents = reports("a", "b", published=["2024-05-13", "2024-07-30"])
    pair = stated("a", 35091), stated("b", 39051)
    assert found(pair, documents) == []
    assert len(found(pair, documents, within="90D")) == len(found(pair, documents, within=None)) == 2
    assert len(found(pair, reports("a", "b", published=["2024-05-13", None]))) == 2


# ---- laws and refusals


def test_the_order_of_rows_does_not_matter_and_none_is_none():
    rows, documents = series(35000, 35091, 34900, 39051, 30951)
    given = gathered_with(*rows, documents=documents)
    shuffled = [table.sample(frac=1, random_state=1) for table in given]
    pd.testing.assert_frame_equal(claims.check(*given), claims.check(*shuffled))
    assert len(claims.check(*given))
    assert claims.check(given[0][:0], *given[1:]).empty


@pytest.mark.parametrize("jump", [1, 0, float("nan")])
def test_a_jump_is_more_than_the_usual(jump):
    with pytest.raises(ValueError, match="jump is a number of times the median rise, more than 1; found"):
        found([stated("a", 5)], jump=jump)


def test_a_length_of_time_has_a_unit():
    with pytest.raises(ValueError, match="within is a length of time of 0 or more with its unit"):
        found([stated("a", 5)], within=30)
