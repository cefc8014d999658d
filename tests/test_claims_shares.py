"""Who stands behind the figures: shares by hand, their laws, and the intervals of the bootstrap."""

import numpy as np
import pandas as pd
import pytest
from claims_of import clusters_of, quantities_of, reports, stated
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import claims, tables

ROWS = (
    stated("a", 5, speaker="the UN", speaker_start=3, speaker_end=9, speaker_name="UN", speaker_kind="NGO or UN"),
    stated("a", 6, start=20),
    stated("b", 5, speaker="UN", speaker_start=3, speaker_end=5, speaker_name="UN", speaker_kind="NGO or UN"),
    stated("b", 6, start=20),
    stated("c", 7),
    stated("d", 8, speaker="medics", speaker_start=3, speaker_end=9, speaker_name="medics", speaker_kind="witness"),
)
DOCUMENTS = reports(*"abcd", published=["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-31T23:30-02:00"]).assign(
    outlet=["X", "X", "X", "Y"]
)
COPIES = clusters_of(["a", "b"], ["c"], ["d"])


def shared(*, per=(), by="speaker_kind", n_resamples=50, random_state=0, rows=ROWS, clusters=COPIES, **options):
    return claims.shares(
        quantities_of(*rows),
        clusters,
        options.pop("documents", DOCUMENTS),
        by=by,
        per=per,
        n_resamples=n_resamples,
        random_state=random_state,
        **options,
    )


def by_value(table, column):
    return dict(zip(table["value"], table[column], strict=True))


def test_copies_count_once_among_independent_reports():
    """Raw, 3 of 6 are of nobody known; of the reports, (1/2 + 1/2 + 1) of (2 + 1 + 1)."""
    table = shared()
    assert by_value(table, "share") == pytest.approx({"": 3 / 6, "NGO or UN": 2 / 6, "witness": 1 / 6})
    assert by_value(table, "independent_share") == pytest.approx({"": 2 / 4, "NGO or UN": 1 / 4, "witness": 1 / 4})
    assert by_value(table, "n_quantities") == {"": 3, "NGO or UN": 2, "witness": 1}
    assert set(table["n_clusters"]) == {3}
    assert set(table["outlet"]) == set(table["month"]) == {"all"}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("unattributed", {"attributed": 3, "unattributed": 3}),
        ("speaker_name", {"": 3, "UN": 2, "medics": 1}),
        ("speaker", {"": 3, "UN": 1, "medics": 1, "the UN": 1}),
    ],
)
def test_by_speaker_by_label_and_by_whether_there_is_one(by, expected):
    table = shared(by=by)
    assert by_value(table, "n_quantities") == expected
    assert set(table["by"]) == {by}


def test_outlets_and_months_are_told_apart():
    table = shared(per=["outlet", "month"])
    cells = table.groupby(["outlet", "month"])["share"].sum().to_dict()
    assert cells == pytest.approx({("X", "2024-05"): 1, ("Y", "2024-06"): 1})  # the last of May is June in UTC
    assert list(shared(per=["month"])["outlet"].unique()) == ["all"]
    assert list(shared(per=["outlet"])["month"].unique()) == ["all"]


def test_a_copy_in_another_month_is_a_report_of_that_month():
    moved = DOCUMENTS.assign(published=pd.to_datetime(["2024-04-01", *["2024-05-02"] * 3], utc=True))
    table = shared(per=["month"], documents=moved).set_index(["month", "value"])["independent_share"]
    assert table["2024-04"].to_dict() == {"": 0.5, "NGO or UN": 0.5}
    assert table["2024-05"].to_dict() == {"": 0.5, "NGO or UN": 0.25, "witness": 0.25}


def test_what_is_not_known_is_empty():
    unknown = DOCUMENTS.assign(published=pd.to_datetime([None] * 4, utc=True), outlet="")
    table = shared(per=["outlet", "month"], documents=unknown)
    assert set(table["outlet"]) == set(table["month"]) == {""}


def test_one_cluster_has_no_interval():
    table = shared(rows=ROWS[:2])
    assert table[["low", "high", "independent_low", "independent_high"]].isna().all(axis=None)
    assert table["share"].tolist() == [0.5, 0.5]


def test_the_bootstrap_is_that_of_two_coins():
    """Of two clusters, one of each value, a resample has shares 0, 1/2 and 1 with chances 1/4, 1/2 and 1/4."""
    rows = stated("a", 5), stated("b", 5, speaker_kind="media")
    clusters = clusters_of(["a"], ["b"], ["c"], ["d"])
    wide = shared(rows=rows, clusters=clusters, n_resamples=4000)
    assert wide[["low", "high"]].to_numpy().tolist() == [[0, 1], [0, 1]]
    middle = shared(rows=rows, clusters=clusters, n_resamples=4000, confidence=0.45)
    assert middle[["low", "high"]].to_numpy().tolist() == [[0.5, 0.5]] * 2  # 27.5 % and 72.5 % lie inside the half


def test_the_interval_has_the_width_of_a_binomial_share():
    names = [f"d{place:03}" for place in range(400)]
    rows = [stated(name, 5, speaker_kind="media" if place % 4 else "") for place, name in enumerate(names)]
    table = shared(
        rows=rows, clusters=clusters_of(*([name] for name in names)), documents=reports(*names), n_resamples=2000
    ).set_index("value")
    half = 1.96 * np.sqrt(0.25 * 0.75 / 400)
    assert table.loc["media", "low"] == pytest.approx(0.75 - half, abs=0.008)
    assert table.loc["media", "high"] == pytest.approx(0.75 + half, abs=0.008)


def test_clusters_that_are_drawn_whole_make_wider_intervals():
    names = [f"d{place:03}" for place in range(40)]
    rows = [
        stated(name, 5, start=10 * n, speaker_kind="media" if place % 2 else "")
        for place, name in enumerate(names)
        for n in range(10)
    ]
    table = shared(rows=rows, clusters=clusters_of(*([name] for name in names)), documents=reports(*names))
    assert (table["high"] - table["low"] > 0.2).all()  # 400 independent quantities would have 0.1


def test_another_random_state_and_another_outlet():
    one = shared(random_state=0, n_resamples=7)
    assert not one.equals(shared(random_state=1, n_resamples=7))
    both, alone = shared(per=["outlet"]), shared(per=["outlet"], rows=ROWS[:5])
    pd.testing.assert_frame_equal(both[both["outlet"] == "X"], alone)


def test_no_quantities_have_no_shares():
    pd.testing.assert_frame_equal(shared(rows=()), tables.empty(tables.Shares))


@settings(max_examples=8)
@given(
    kinds=st.lists(st.sampled_from(["", "media", "official"]), min_size=1, max_size=12),
    seed=st.integers(0, 99),
)
def test_shares_sum_to_one_in_any_order_of_rows(kinds, seed):
    rows = [stated("abcd"[n % 4], 5, start=10 * n, speaker_kind=kind) for n, kind in enumerate(kinds)]
    table = shared(rows=rows, per=["outlet"], n_resamples=20)
    for column in ("share", "independent_share"):
        assert np.allclose(table.groupby("outlet")[column].sum(), 1)
    assert ((table["low"] <= table["high"]) | table["low"].isna()).all()
    given = [frame.sample(frac=1, random_state=seed) for frame in (quantities_of(*rows), COPIES, DOCUMENTS)]
    again = claims.shares(*given, by="speaker_kind", per=["outlet"], n_resamples=20, random_state=0)
    pd.testing.assert_frame_equal(table, again, check_exact=True)


# ---- refusals


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "cue"}, "by is one of unattributed, speaker_name, speaker_kind, speaker; found 'cue'"),
        ({"per": ["day"]}, r"per holds outlet, month, both or neither, each once; found \('day',\)"),
        ({"per": ["month", "month"]}, "each once; found"),
        ({"n_resamples": 0}, "n_resamples is a whole number from 1 on; found 0"),
        ({"n_resamples": 9.5}, "n_resamples is a whole number from 1 on; found 9.5"),
        ({"random_state": -1}, "random_state is a whole number from 0 on; found -1"),
        ({"random_state": True}, "random_state is a whole number from 0 on; found True"),
        ({"confidence": 95}, "confidence lies between 0 and 1; found 95"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        shared(**options)


def test_an_outlet_called_all_is_refused_where_it_would_be_mistaken():
    named = DOCUMENTS.assign(outlet="all")
    with pytest.raises(ValueError, match='An outlet is called "all"'):
        shared(per=["outlet"], documents=named)
    assert len(shared(documents=named)) == 3


def test_tables_of_other_corpora_are_refused():
    with pytest.raises(tables.TableError, match="clusters lack 'd' and 1 documents in all that quantities speak of"):
        shared(clusters=clusters_of(["a", "b"], ["c"]))
    with pytest.raises(tables.TableError, match="documents lack 'a' and 1 documents in all"):
        shared(documents=DOCUMENTS[1:])


def test_intervals_do_not_depend_on_how_many_values_are_held_at_once(monkeypatch):
    whole = shared(by="speaker")
    monkeypatch.setattr("analysis.claims.attribution._VALUES_AT_ONCE", 1)
    pd.testing.assert_frame_equal(whole, shared(by="speaker"))
