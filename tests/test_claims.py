import time

import numpy as np
import pandas as pd
import pytest
from claims_of import INF, NAN, by_name, clusters_of, quantities_of, reports, stated
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import claims, duplicates, reuse, tables, terms
from analysis.claims import places

MINISTRY = "Gaza Health Ministry"


def gathered(*rows, groups=None, documents=None, shared=None):
    quantities = quantities_of(*rows)
    names = sorted(set(quantities["document_id"]))
    documents = reports(*names) if documents is None else documents
    groups = [[name] for name in documents["document_id"]] if groups is None else groups
    return claims.gather(quantities, clusters_of(*groups), documents, shared)


def values(*rows):
    """The claims of these quantities as sorted lists of (document_id, value)."""
    table, members = gathered(*rows)
    value = {(row["document_id"], row["start"]): float(row["surface"]) for row in rows}
    found = [
        sorted((d, value[d, s]) for d, s in zip(group["document_id"], group["start"], strict=True))
        for _, group in members.groupby("claim_id")
    ]
    assert len(found) == len(table)
    return sorted(found)


# ---- the seeds


@pytest.fixture(scope="module")
def seed_claims(seed_documents):
    text = seed_documents.set_index("document_id")["text"]

    def at(document_id, value, passage, surface, bound="exact", **more):
        start = text[document_id].index(passage) + passage.index(surface)
        row = stated(document_id, value, bound, start, surface=surface, **more)
        return row | {"end": start + len(surface)}

    deaths = {"counted": "Palestinians", "speaker_name": MINISTRY}
    taken = {"event": "taken hostage", "counted": "hostages"}
    quantities = quantities_of(
        at("000", 35000, "killed more than 35,000", "35,000", "more than", **deaths),
        at("001", 35000, "More than 35,000 people", "35,000", "more than", **deaths | {"counted": "people"}),
        at("002", 35000, "more than 35,000 Palestinians", "35,000", "more than", **deaths),
        at("004", 35000, "More than 35,000 Palestinians", "35,000", "more than", **deaths),
        at("001", 250, "around 250 others", "250", approximate=True, **taken),
        at("002", 250, "more than 250 hostages", "250", "more than", **taken),
        at("004", 250, "more than 250 hostages", "250", "more than", **taken),
        at("004", 30, "more than 30 people", "30", "more than"),
        at("004", 31, "A total of 31", "31"),
        at("004", 17, "17 people", "17", "at least"),
    )
    pairs = duplicates.find(terms.weigh(seed_documents), seed_documents, threshold=0.8)
    clusters = duplicates.cluster(pairs, seed_documents)
    return claims.gather(quantities, clusters, seed_documents, reuse.find(seed_documents))


def test_the_dead_of_four_seed_reports_are_one_claim_of_three_witnesses(seed_claims):
    claim = by_name(seed_claims[0])["people-killed-35000"]
    assert (claim["n_documents"], claim["n_independent"], claim["n_speakers"]) == (4, 3, 1)
    assert (claim["low"], claim["high"], claim["agreement"], claim["counted"]) == (35000, INF, "same", "Palestinians")
    assert claim["first_published"] == pd.Timestamp("2024-05-24", tz="UTC")


def test_the_hostages_of_three_seed_reports_agree(seed_claims):
    claim = by_name(seed_claims[0])["people-taken-hostage-250"]
    assert (claim["n_documents"], claim["agreement"]) == (3, "compatible")
    assert (claim["low"], claim["high"]) == (250, INF)


def test_three_tolls_of_one_seed_report_are_three_claims(seed_claims):
    table, members = seed_claims
    tolls = members[members["document_id"] == "004"]["claim_id"].tolist()
    assert {"people-killed-30", "people-killed-31", "people-killed-17"} < set(tolls)
    # 30 and 31 are within 1.5, but it is one report that gives both: it knows they are two events.
    assert table.set_index("claim_id").loc[["people-killed-30", "people-killed-31"], "agreement"].eq("single").all()
    assert len(table) == 5


# ---- what is compatible


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ((250, "exact", False), (250, "exact", False), True),
        ((250, "exact", False), (251, "exact", False), False),
        ((250, "exact", True), (245, "exact", False), True),
        ((250, "exact", True), (255, "exact", False), True),
        ((250, "exact", True), (244, "exact", False), False),
        ((250, "exact", True), (256, "exact", False), False),
        ((250, "more than", False), (260, "exact", False), True),
        ((250, "more than", False), (261, "exact", False), False),
        ((250, "at least", False), (249, "exact", False), False),
        ((250, "at most", False), (240, "exact", False), True),
        ((250, "at most", False), (239, "exact", False), False),
        ((250, "less than", False), (251, "exact", False), False),
        ((35000, "exact", True), (35400, "exact", False), True),
        ((35000, "exact", True), (35600, "exact", False), False),
        ((31, "more than", False), (32, "exact", False), True),
        ((31, "more than", False), (33, "exact", False), False),
        ((2.5, "exact", True), (2.46, "exact", False), True),
        ((2.5, "exact", True), (2.4, "exact", False), False),
        ((0, "exact", False), (1, "exact", False), False),
        # A single digit is worth no more than a quarter of the value: "about 100" is 87.5 to 112.5, not 50 to 150.
        ((100, "exact", True), (112, "exact", False), True),
        ((100, "exact", True), (113, "exact", False), False),
        ((100, "more than", False), (125, "exact", False), True),
        ((100, "more than", False), (126, "exact", False), False),
        ((1e15, "exact", True), (1.12e15, "exact", False), True),
        ((1e-7, "exact", True), (1.12e-7, "exact", False), True),
        ((1e-7, "exact", True), (1.13e-7, "exact", False), False),
        ((-5, "exact", False), (5, "exact", False), False),
    ],
)
def test_what_values_imply(one, other, agree):
    rows = [stated(name, v, b, approximate=a) for name, (v, b, a) in (("a", one), ("b", other))]
    assert len(values(*rows)) == (1 if agree else 2)
    turned = [stated(name, v, b, approximate=a) for name, (v, b, a) in (("a", other), ("b", one))]
    assert len(values(*turned)) == (1 if agree else 2)


def test_a_range_agrees_with_what_lies_in_it():
    between = stated("a", 25, "between", low=20.0, high=30.0)
    assert len(values(between, stated("b", 30))) == 1
    assert len(values(between, stated("b", 31))) == 2
    table, _ = gathered(between, stated("b", 30))
    assert table[["low", "high", "claim_id"]].to_numpy().tolist() == [[20.0, 30.0, "people-killed-25"]]


def test_readings_do_not_chain():
    # 245 and 255 both agree with "about 250", not with each other.
    rows = stated("a", 250, approximate=True), stated("b", 245), stated("c", 255)
    assert values(*rows) == [[("a", 250), ("b", 245)], [("c", 255)]]


def test_a_reading_joins_the_nearest_claim_that_it_fits():
    # The range fits about 200 (150 to 250) and about 260 (255 to 265), which part; its middle is 251.5.
    between = stated("c", 251.5, "between", low=245.0, high=258.0)
    rows = stated("a", 200, approximate=True), stated("b", 260, approximate=True), between
    assert values(*rows) == [[("a", 200.0)], [("b", 260.0), ("c", 251.5)]]


@pytest.mark.parametrize(
    "other",
    [
        {"event": "injured"},
        {"counted_class": "children"},
        {"unit": "percent", "kind": "percent"},
        {"per": "a day"},
        {"counted_class": "", "counted": "trucks"},
    ],
)
def test_another_thing_is_another_claim(other):
    assert len(values(stated("a", 30), stated("b", 30, **other))) == 2


def test_nouns_without_a_class_are_compared_without_case():
    plain = {"counted_class": "", "event": ""}
    assert len(values(stated("a", 30, counted="Trucks", **plain), stated("b", 30, counted="trucks", **plain))) == 1


# ---- what a corpus makes unlikely


def a_war(value, n_days=30, n_events=10, **more):
    """Reports of thirty days with ten attacks each, of 4 to 60 killed, and two of them that say the same number."""
    generator = np.random.default_rng(0)
    days = pd.date_range("2024-05-01", periods=n_days).strftime("%Y-%m-%d")
    names = [f"d{i:02}" for i in range(n_days)]
    rows = [
        stated(name, int(generator.integers(4, 60)), start=20 * event) for name in names for event in range(n_events)
    ]
    rows += [stated(name, value, start=999, **more) for name in ("x", "y")]
    documents = reports(*names, "x", "y", published=[*days, "2024-05-15", "2024-05-15"])
    _, members = gathered(*rows, documents=documents)
    own = members[members["start"] == 999]
    return len(set(own["claim_id"])) == 1


def test_small_numbers_agree_by_chance_and_large_ones_do_not():
    assert not a_war(5)
    assert not a_war(20)
    assert a_war(112)
    assert a_war(2800)


def test_a_place_and_a_means_that_are_rare_join_small_numbers():
    assert a_war(5, place="Lima")
    assert not a_war(1, place="", counted="people")


def test_copies_of_one_story_state_one_fact_whatever_the_number():
    rows = stated("a", 0), stated("b", 0)
    assert len(gathered(*rows)[0]) == 2
    assert len(gathered(*rows, groups=[["a", "b"]])[0]) == 1
    passage = shared_of(("a", "b", 0, 40, 0, 40, False))
    assert len(gathered(*rows, shared=passage)[0]) == 1


@pytest.mark.parametrize(
    ("one", "other", "n_claims"),
    [
        ("soldiers", "people", 1),
        ("soldiers", "civilians", 2),
        ("rebels", "terrorists", 1),
        ("medics", "civilians", 1),
        ("medics", "journalists", 2),
        ("women", "people", 2),
        ("women", "civilians", 2),
        ("Israelis", "Palestinians", 2),
        ("Israeli soldiers", "soldiers", 1),
        ("Kurds", "Syrians", 1),  # a people without a state may be of either
    ],
)
def test_who_is_counted_keeps_readings_apart_where_both_say_so(one, other, n_claims):
    rows = stated("a", 112, counted=one), stated("b", 112, counted=other)
    assert len(gathered(*rows)[0]) == n_claims


def with_text(texts, value, published):
    documents = reports(*texts, published=published)
    documents["text"] = list(texts.values())
    rows = [stated(name, value, start=text.index("12 ")) for name, text in texts.items()]
    return len(gathered(*rows, documents=documents)[0])


@pytest.mark.parametrize(
    ("one", "other", "n_claims"),
    [
        ("A car bomb killed 12 people.", "A suicide bombing killed 12 people.", 1),
        ("A car bomb killed 12 people.", "Air strikes killed 12 people.", 2),
        ("A gas attack killed 12 people.", "Jets killed 12 people.", 1),
        ("A car bomb killed 12 people. Jets flew over.", "An air raid killed 12 people. Jets flew.", 2),
        ("Jets flew. It killed 12 people.", "A car bomb killed 12 people.", 1),
    ],
)
def test_an_air_strike_is_no_car_bomb(one, other, n_claims):
    day = ["2024-05-25"] * 2
    assert with_text({"a": one, "b": other}, 12, day) == n_claims


def test_the_head_of_a_report_dates_it_better_than_its_column():
    monday = "Monday’s attack killed 12 people."
    dated = {"a": f"(Reuters) 20 May 2024 {monday}", "b": f"13 May 2024 {monday}"}
    same_column = ["2024-05-22", "2024-05-22"]
    row = {"time": "on Monday", "place": "Lima"}

    def n_claims(texts):
        documents = reports(*texts, published=same_column)
        documents["text"] = list(texts.values())
        return len(gathered(stated("a", 12, start=40, **row), stated("b", 12, start=30, **row), documents=documents)[0])

    assert n_claims(dated) == 2
    assert n_claims({"a": monday, "b": monday}) == 1
    # The date of an event, or one months away, is no dateline.
    assert n_claims(dated | {"b": f"It began on 13 May 2024. {monday}"}) == 1
    assert n_claims(dated | {"b": f"13 May 2021 {monday}"}) == 1


# ---- where and when


def test_five_killed_in_two_places_and_years_are_two_claims():
    documents = reports("a", "b", published=["2014-01-01", "2024-01-01"])
    rows = stated("a", 5, place="Lima"), stated("b", 5, place="Oslo")
    assert len(gathered(*rows, documents=documents)[0]) == 2


@pytest.mark.parametrize(
    ("one", "other", "n_claims"),
    [
        ("Lima", "Oslo", 2),
        ("Lima", "lima", 1),
        ("Lima", "", 1),
        ("the Gaza Strip", "Gaza", 1),
        ("the city of Kiev", "Kyiv", 1),
        ("Rafah", "Gaza", 1),
        ("Rafah", "southern Gaza", 1),
        ("Rafah", "northern Gaza", 2),
        ("northern Peru", "Peru", 1),
        ("northern Peru", "southern Peru", 2),
        ("South Korea", "North Korea", 2),
        ("the U.S.", "the United States", 1),
        ("Daraa", "Dara’a", 1),
    ],
)
def test_places_keep_readings_apart_only_where_both_are_stated_and_differ(one, other, n_claims):
    for first, second in ((one, other), (other, one)):
        assert len(gathered(stated("a", 5, place=first), stated("b", 5, place=second))[0]) == n_claims


def test_each_place_of_the_lexicon_is_held_by_others_up_to_the_last():
    for words in places._known():
        names = places.place_of(words).names
        assert len(set(names)) == len(names) > 0


def test_a_reading_of_no_place_bridges_no_two_places():
    rows = stated("a", 112, place="Lima"), stated("b", 112), stated("c", 112, place="Oslo")
    assert values(*rows) == [[("a", 112), ("b", 112)], [("c", 112)]]
    assert values(rows[0], rows[2] | {"document_id": "b"}, rows[1] | {"document_id": "c"}) == [
        [("a", 112), ("c", 112)],
        [("b", 112)],
    ]


def test_of_two_claims_as_near_in_value_the_one_of_the_same_place_is_joined():
    rows = stated("a", 5, place="Lima"), stated("b", 5, place="Oslo"), stated("c", 5, place="Oslo")
    assert values(*rows) == [[("a", 5)], [("b", 5), ("c", 5)]]


def test_one_report_of_two_places_has_two_readings_of_one_value():
    assert len(gathered(stated("a", 5, place="Lima"), stated("a", 5, start=9, place="Oslo"))[0]) == 2
    assert len(gathered(stated("a", 5, place="Rafah"), stated("a", 5, start=9, place="Gaza"))[0]) == 1


MAY = ["2024-05-24", "2024-05-26"]  # a Friday and a Sunday


@pytest.mark.parametrize(
    ("one", "other", "n_claims"),
    [
        ("on Thursday", "on Thursday", 1),
        ("on Thursday", "on Saturday", 2),
        ("on Friday", "Friday night", 1),
        ("on Saturday", "on Saturday", 2),  # the 18th and the 25th
        ("on Thursday", "", 1),
        ("on Thursday", "since the war began", 1),
        ("on Thursday", "by Saturday", 1),
        ("yesterday", "on Thursday", 1),
        ("yesterday", "yesterday", 2),
        ("overnight", "on Friday", 1),
        ("today", "on May 24", 1),
        ("on 23 May", "May 24", 2),
        ("in May", "on May 24", 1),
        ("in May", "on April 24", 2),
        ("on October 7", "last year", 1),
        ("on October 7", "this year", 2),
        ("on October 7, 2022", "on October 7", 2),
        ("in 2019", "in 2020", 2),
        ("from 2019 to 2021", "in 2020", 1),
        ("between January and March 2024", "in April", 2),
        ("from 2021 to 2020", "in 1990", 1),  # backwards, so that it says nothing
        ("in the past day", "this week", 1),
        ("in the past 19 days", "in April", 2),
        ("in the past two weeks", "on May 16", 1),
        ("in the last few days", "in 1990", 1),
        ("in the past 9999 decades", "in 1990", 1),
        ("last week", "on Thursday", 2),
        ("last month", "in April", 1),
        ("last night", "this month", 1),
        ("on February 30", "in 1990", 1),
        ("in 0000", "in 1990", 1),
        ("in a year", "in 1990", 1),
    ],
)
def test_days_keep_readings_apart_where_both_are_known(one, other, n_claims):
    table, _ = gathered(
        stated("a", 112, time=one), stated("b", 112, time=other), documents=reports("a", "b", published=MAY)
    )
    assert len(table) == n_claims


@pytest.mark.parametrize(
    ("one", "other", "n_claims"),
    [
        ("on Monday", "on Tuesday", 2),
        ("on Monday", "on Monday", 1),
        ("on May 5", "on May 6", 2),
        ("in May", "on June 6", 2),
        ("in May", "on May 6", 1),
        ("yesterday", "in 1990", 1),
        ("in the past day", "this week", 1),
        ("on May 5, 2020", "in 2021", 2),
        ("on Monday", "on May 5, 2020", 2),  # a Tuesday
    ],
)
def test_reports_without_a_date_still_name_days(one, other, n_claims):
    assert len(gathered(stated("a", 112, time=one), stated("b", 112, time=other))[0]) == n_claims


def test_a_total_is_of_no_day():
    rows = stated("a", 112, time="on Monday", cumulative="cumulative"), stated("b", 112, time="on Tuesday")
    assert len(gathered(*rows)[0]) == 1


YEARS = ["2023-01-01", "2024-05-26"]


@pytest.mark.parametrize(
    ("one", "other", "within", "n_claims"),
    [
        ({}, {}, "30D", 2),
        ({}, {}, "511D", 1),  # to the day
        ({}, {}, "510D", 2),
        ({}, {}, None, 1),
        ({"cumulative": "cumulative"}, {"cumulative": "cumulative"}, "30D", 1),
        ({"cumulative": "cumulative"}, {}, "30D", 2),
        ({"time": "on December 5"}, {"time": "on 5 December 2022"}, "30D", 1),
        ({"time": "on December 5"}, {"time": "on December 5"}, "30D", 2),  # 2022 and 2023
        ({"time": "on December 5"}, {}, "30D", 2),
    ],
)
def test_reports_far_apart_join_only_totals_and_named_days(one, other, within, n_claims):
    documents = reports("a", "b", published=YEARS)
    quantities = quantities_of(stated("a", 112, **one), stated("b", 112, **other))
    assert len(claims.gather(quantities, clusters_of(["a"], ["b"]), documents, within=within)[0]) == n_claims


def test_a_report_must_be_near_to_all_of_a_claim():
    documents = reports(*"abc", published=["2024-01-01", "2024-01-25", "2024-02-20"])
    table, _ = gathered(*(stated(name, 112) for name in "abc"), documents=documents)
    assert table["n_documents"].tolist() == [2, 1]


def test_of_two_claims_as_near_in_value_and_place_the_later_one_is_joined():
    documents = reports(*"abcd", published=["2024-01-01", "2024-01-20", "2024-01-25", None])
    rows = (
        stated("a", 112, time="on January 1"),
        stated("b", 112, time="on January 19"),
        stated("c", 112),
        stated("d", 112),
    )
    _, members = gathered(*rows, documents=documents)
    assert members["claim_id"].tolist() == ["people-killed-112", *["people-killed-112-2"] * 2, "people-killed-112"]


@pytest.mark.parametrize("within", ["30", "-1D", "soon", 30])
def test_a_length_of_time_has_a_unit(within):
    with pytest.raises(ValueError, match=f"within is a length of time of 0 or more with its unit.*found '{within}'"):
        claims.gather(quantities_of(), clusters_of(["a"]), reports("a"), within=within)


# ---- counts


def test_the_same_value_twice_in_a_report_is_one_reading():
    table, members = gathered(stated("a", 30), stated("a", 30, start=50))
    assert table[["n_documents", "agreement"]].to_numpy().tolist() == [[1, "single"]]
    assert members["start"].tolist() == [0, 50]


def test_a_cluster_is_one_witness():
    table, _ = gathered(*(stated(name, 30) for name in "abcd"), groups=[["a", "c", "d"], ["b"]])
    assert table[["n_documents", "n_independent"]].to_numpy().tolist() == [[4, 2]]


def test_a_representative_that_states_nothing_still_joins_its_copies():
    documents = reports("a", "b", "c")
    table, _ = gathered(stated("b", 30), stated("c", 30), documents=documents, groups=[["a", "b", "c"]])
    assert table["n_independent"].tolist() == [1]


def shared_of(*rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "a_start", "a_end", "b_start", "b_end", "quoted"])
    return tables.check(tables.SharedPassages, frame.assign(n_words=8, first=""))


@pytest.mark.parametrize(
    ("passage", "n_independent"),
    [
        (("a", "b", 10, 40, 60, 90, False), 1),
        (("a", "b", 10, 40, 60, 90, True), 2),  # both quote the same words
        (("a", "b", 21, 40, 60, 90, False), 2),  # begins after the quantity in a
        (("a", "b", 10, 21, 60, 90, False), 2),  # ends inside the quantity in a
        (("a", "b", 10, 40, 60, 71, False), 2),  # ends inside the quantity in b
        (("a", "b", 20, 22, 70, 72, False), 1),
    ],
)
def test_a_passage_that_holds_the_quantity_in_both_makes_one_witness(passage, n_independent):
    rows = stated("a", 30, start=20), stated("b", 30, start=70)
    assert gathered(*rows, shared=shared_of(passage))[0]["n_independent"].tolist() == [n_independent]


def test_passages_join_clusters_step_by_step():
    rows = [stated(name, 30, start=20) for name in "abcdef"]
    shared = shared_of(("b", "c", 10, 40, 10, 40, False), ("c", "e", 10, 40, 10, 40, False))
    table, _ = gathered(*rows, groups=[["a", "b"], ["c"], ["d", "e"], ["f"]], shared=shared)
    assert table["n_independent"].tolist() == [2]
    assert gathered(*rows, shared=tables.empty(tables.SharedPassages))[0]["n_independent"].tolist() == [6]


def test_speakers_are_counted_by_name_and_the_unknown_is_nobody():
    names = ["Ministry", "Ministry", "UN", ""]
    table, _ = gathered(*(stated(d, 30, speaker_name=name) for d, name in zip("abcd", names, strict=True)))
    assert table["n_speakers"].tolist() == [2]
    assert gathered(stated("a", 30))[0]["n_speakers"].tolist() == [0]


def test_the_noun_is_the_one_most_reports_use():
    nouns = ["Palestinians", "people", "people", ""]
    rows = [stated(d, 30, counted=noun) for d, noun in zip("abcd", nouns, strict=True)]
    assert gathered(*rows)[0]["counted"].tolist() == ["people"]
    assert gathered(stated("a", 30, counted=""))[0]["counted"].tolist() == ["people"]


def test_first_published_is_the_earliest_known_date():
    documents = reports("a", "b", "c", published=["2024-05-03", None, "2024-05-02T23:00-03:00"])
    table, _ = gathered(*(stated(name, 30) for name in "abc"), documents=documents)
    assert table["first_published"].tolist() == [pd.Timestamp("2024-05-03", tz="UTC")]
    assert gathered(stated("a", 30))[0]["first_published"].isna().all()


# ---- agreement

LIMA = {"place": "Lima"}


def agreements(one, other, published=("2024-05-24", "2024-05-25"), groups=None):
    """What is said of two claims, of 30 and another number of people killed in Lima, in two reports."""
    documents = reports("a", "b", published=list(published))
    rows = [stated(name, **({"value": 30} | LIMA | what)) for name, what in (("a", one), ("b", other))]
    return gathered(*rows, documents=documents, groups=groups)[0]["agreement"].tolist()


@pytest.mark.parametrize(
    ("value", "agreement"), [(31, "conflict"), (45, "conflict"), (46, "single"), (1200, "single"), (0, "single")]
)
def test_claims_of_two_reports_are_in_conflict_within_a_factor(value, agreement):
    assert agreements({}, {"value": value}) == [agreement] * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"place": ""}, {"place": ""}),  # of 30 people it is not said where
        ({}, {"place": "Oslo"}),
        ({"time": "on Thursday"}, {"time": "on Saturday"}),
        ({"counted": "soldiers"}, {"counted": "civilians"}),
        ({"counted": "Israelis"}, {"counted": "Palestinians"}),
        ({"counted": "women"}, {"counted": "people"}),
        ({"time": "in 2023"}, {"time": "on May 5, 2023"}),  # of a year, and of a day in it
        ({"event": "", "counted": "people"}, {"event": "", "counted": "people"}),  # what they did is not said
        ({"low": -30.0, "high": -30.0, "value": -30}, {}),
    ],
)
def test_claims_that_may_be_of_two_events_are_in_no_conflict(one, other):
    assert agreements(one, {"value": 40} | other) == ["single"] * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"place": "the Peruvian capital of Lima"}),
        ({}, {"place": "Peru"}),
        ({"time": "on Thursday"}, {"time": "on Thursday"}),
        ({"counted": "civilians"}, {"counted": "people"}),
        ({"counted": "Palestinians"}, {"counted": "people"}),
        ({"place": "", "value": 35000}, {"place": "", "value": 40000}),  # there are few such numbers
    ],
)
def test_claims_of_one_event_are(one, other):
    assert agreements(one, {"value": 40} | other) == ["conflict"] * 2


def test_reports_of_one_story_dispute_small_numbers_too():
    nowhere = {"place": "", "value": 3}
    assert agreements(nowhere, nowhere | {"value": 4}) == ["single"] * 2
    assert agreements(nowhere, nowhere | {"value": 4}, groups=[["a", "b"]]) == ["conflict"] * 2


def test_reports_days_apart_are_in_no_conflict_unless_they_name_the_day():
    apart = "2024-05-24", "2024-05-27"
    assert agreements({}, {"value": 40}, apart) == ["single"] * 2
    assert agreements({"time": "on May 23"}, {"value": 40, "time": "on May 23"}, apart) == ["conflict"] * 2
    assert agreements({}, {"value": 40}, (None, "2024-05-27")) == ["single"] * 2


def test_a_crowd_of_events_is_no_conflict():
    # Ten places with an attack on each of thirty days, and in none of them twice on a day.
    days = pd.date_range("2024-05-01", periods=30).strftime("%Y-%m-%d")
    documents = reports(*(f"d{i:02}" for i in range(30)), published=list(days))
    generator = np.random.default_rng(0)
    rows = [stated(f"d{i:02}", int(generator.integers(4, 60)), start=20 * j) for i in range(30) for j in range(10)]
    everywhere = gathered(*({**row, "start": row["start"]} for row in rows), documents=documents)[0]
    assert not everywhere["agreement"].str.startswith("conflict").any()
    crowd = [stated(f"d{i:02}", v, place="Lima", start=s) for i in range(30) for s, v in ((0, 21), (20, 26), (40, 32))]
    assert not gathered(*crowd, documents=documents)[0]["agreement"].str.startswith("conflict").any()


def test_a_conflict_is_marked_on_both_with_the_other_and_on_nobody_else():
    rows = [stated("a", 30), stated("b", 30), stated("c", 40), stated("d", 400), stated("e", 30, event="injured")]
    documents = reports(*"abcde", published=["2024-05-24"] * 5)
    table, _ = gathered(*({**row, **LIMA} for row in rows), documents=documents)
    assert table.set_index("claim_id")[["agreement", "against"]].to_numpy().tolist() == [
        ["single", ""],
        ["conflict", "people-killed-40"],
        ["conflict", "people-killed-30"],
        ["single", ""],
    ]


TOTAL = {"cumulative": "cumulative"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"speaker_name": "UN"}, {"value": 40, "speaker_name": "Army"}, ["conflict between speakers"] * 2),
        ({"speaker_name": "UN"}, {"value": 40, "speaker_name": "UN"}, ["single", "update"]),  # it counted on
        ({"speaker_name": "UN"}, {"value": 20, "speaker_name": "UN"}, ["conflict"] * 2),
        ({"speaker_name": "UN"}, {"value": 40}, ["conflict"] * 2),
        ({}, {"value": 40, **TOTAL}, ["single", "update"]),
        (TOTAL, {"value": 40, **TOTAL}, ["single", "update"]),
        (TOTAL, {"value": 40}, ["conflict"] * 2),
        ({"value": 40}, TOTAL, ["conflict"] * 2),  # the later one is smaller
    ],
)
def test_two_values_of_one_fact_conflict_or_the_later_one_updates(one, other, expected):
    found = agreements(one, other)
    assert found == (expected if other.get("value") != 20 else expected[::-1])


def test_an_update_needs_two_days():
    same_day = "2024-05-25", "2024-05-25"
    assert agreements({}, {"value": 40, **TOTAL}, same_day) == ["conflict"] * 2


def test_totals_of_other_months_are_updates_and_in_no_conflict():
    apart = "2024-01-24", "2024-05-26"
    assert agreements({}, {"value": 40}, apart) == ["single"] * 2
    low, high = ({"value": value, **TOTAL} for value in (30000, 40000))
    assert agreements(low, high, apart) == ["single", "update"]
    assert agreements(high, low, apart) == ["single"] * 2  # smaller, and of another time
    assert agreements(high, low, ("2024-05-01", "2024-05-26")) == ["conflict"] * 2


def test_the_worst_of_several_relations_is_told():
    rows = [
        stated("a", 30, speaker_name="UN", **LIMA),
        stated("b", 36, speaker_name="Army", **TOTAL, **LIMA),
        stated("c", 44, **LIMA),
    ]
    documents = reports(*"abc", published=["2024-05-24", "2024-05-25", "2024-05-25"])
    table = gathered(*rows, documents=documents)[0]
    assert table["agreement"].tolist() == ["conflict", "conflict", "conflict"]
    assert table["against"].tolist() == ["people-killed-44", "people-killed-44", "people-killed-30"]


def test_a_report_that_gives_both_values_knows_that_they_are_two():
    documents = reports("a", "b", "c", published=["2024-05-24"] * 3)
    both = stated("a", 30, **LIMA), stated("a", 31, start=9, **LIMA)
    rows = [*both, stated("b", 30, **LIMA), stated("c", 31, **LIMA)]
    assert gathered(*rows, documents=documents)[0]["agreement"].tolist() == ["same", "same"]
    # unless it says of each who says so, and others give one of the two
    rows[0]["speaker_name"], rows[1]["speaker_name"] = "UN", "Army"
    assert gathered(*rows, documents=documents)[0]["agreement"].tolist() == ["conflict between speakers"] * 2
    assert gathered(*rows[:3], documents=documents)[0]["agreement"].tolist() == ["same", "single"]


def test_same_needs_the_same_words_for_it():
    assert gathered(stated("a", 30), stated("b", 30))[0]["agreement"].tolist() == ["same"]
    assert gathered(stated("a", 30), stated("b", 30, approximate=True))[0]["agreement"].tolist() == ["compatible"]
    assert gathered(stated("a", 30), stated("b", 30, "at least"))[0]["agreement"].tolist() == ["compatible"]


# ---- names


def test_names_are_unique_even_where_they_look_alike():
    plain = {"counted_class": "", "event": ""}
    rows = [
        stated("a", 5, counted="oil, gas", **plain),
        stated("b", 5, counted="oil gas", **plain),
        stated("c", 2, counted="oil gas", per="5", **plain),
        stated("d", -5, counted="oil gas", **plain),
    ]
    names = gathered(*rows)[0]["claim_id"].tolist()
    assert sorted(names) == ["oil-gas-5", "oil-gas-5-2", "oil-gas-5-2-2", "oil-gas-5-3"]


# ---- what stands in no claim


def test_what_is_left_out_is_told_with_its_reason():
    nameless = {"counted": "", "counted_class": "", "event": ""}
    quantities = quantities_of(
        stated("a", 1, start=1),
        stated("a", 2, "vague", start=2),
        stated("a", 12, "vague", start=3, low=12.0, high=120.0),
        stated("a", 4, start=4, kind="duration", unit="day"),
        stated("a", 5, start=5, kind="age"),
        stated("a", 6, start=6, **nameless),
        stated("a", 7, start=7, **nameless | {"kind": "percent", "unit": "percent"}),
        stated("a", 8, start=8, **nameless | {"event": "killed"}),
        stated("a", 9, start=9, low=NAN),
        stated("a", 10, start=10, low=-INF, high=INF),
    )
    left = claims.left_out(quantities)
    assert dict(zip(left["start"], left["reason"], strict=True)) == {
        2: "no value: vague",
        3: "no value: vague",
        4: "of the kind duration, not compared between reports",
        5: "of the kind age, not compared between reports",
        6: "what is counted is not stated",
        7: "what is counted is not stated",
        9: "no value: exact",
        10: "no value: exact",
    }
    _, members = claims.gather(quantities, clusters_of(["a"]), reports("a"))
    assert members["start"].tolist() == [1, 8]


def test_nothing_stated_is_no_claim():
    table, members = claims.gather(quantities_of(), clusters_of(["a"]), reports("a"))
    assert table.empty
    assert members.empty
    assert claims.left_out(quantities_of()).empty
    empty = claims.gather(quantities_of(), tables.empty(tables.Clusters), tables.empty(tables.Documents))
    assert empty[0].empty


# ---- laws

ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        st.sampled_from([0, 1, 5, 30, 31, 245, 250, 255, 260]),
        st.sampled_from((*tables.BOUNDS[:5], "vague")),
        st.booleans(),
        st.sampled_from(["killed", "injured", ""]),
        st.sampled_from(["count", "duration"]),
        st.sampled_from(["people", ""]),
        st.fixed_dictionaries(
            {
                "place": st.sampled_from(["", "Lima", "Oslo", "northern Oslo"]),
                "time": st.sampled_from(["", "on Monday", "on May 1", "in May", "last month"]),
                "cumulative": st.sampled_from(["", "cumulative", "incremental"]),
                "speaker_name": st.sampled_from(["", "UN", "Army"]),
            }
        ),
    ),
    max_size=14,
)


@settings(max_examples=15)
@given(rows=ROWS, seed=st.integers(0, 99))
def test_each_quantity_is_in_one_claim_or_left_out_in_any_row_order(rows, seed):
    quantities = quantities_of(
        *(
            stated(d, v, b, 10 * i, approximate=a, event=e, kind=k, counted_class=c, counted=c, **more)
            for i, (d, v, b, a, e, k, c, more) in enumerate(rows)
        )
    )
    documents = reports(*"abcde", published=["2024-05-02", None, "2024-05-01", "2024-03-01", None])
    clusters = clusters_of(["c", "a"], ["d"], ["b"], ["e"])
    table, members = claims.gather(quantities, clusters, documents)
    key = ["document_id", "start"]
    placed = [tuple(row) for part in (members, claims.left_out(quantities)) for row in part[key].to_numpy()]
    assert sorted(placed) == [tuple(row) for row in quantities[key].to_numpy()]
    assert set(members["claim_id"]) == set(table["claim_id"])
    assert (table["n_independent"] <= table["n_documents"]).all()
    assert (table["n_documents"].to_numpy() == members.groupby("claim_id")["document_id"].nunique().to_numpy()).all()
    shuffled = [frame.sample(frac=1, random_state=seed) for frame in (quantities, clusters, documents)]
    for one, other in zip(claims.gather(*shuffled), (table, members), strict=True):
        pd.testing.assert_frame_equal(one, other)


# ---- sizes


def test_three_thousand_reports_of_one_war_take_seconds():
    generator = np.random.default_rng(0)
    names = [f"d{i:04}" for i in range(3000)]
    rows = [stated(name, 35000, "more than", 0) for name in names]
    rows += [stated(name, int(10 ** generator.uniform(0, 5)), start=100) for name in names]
    quantities, documents, clusters = quantities_of(*rows), reports(*names), clusters_of(*([name] for name in names))
    copies = shared_of(*((a, b, 0, 50, 0, 50, False) for i, a in enumerate(names[:300]) for b in names[i + 1 : 300]))
    began = time.process_time()
    table, members = claims.gather(quantities, clusters, documents, copies)
    assert time.process_time() - began < 30
    assert len(members) == 6000
    war = by_name(table)["people-killed-35000"]
    assert war["n_documents"] == 3000
    assert war["n_independent"] == 2701


# ---- refusals


def test_strangers_are_refused():
    quantities, documents = quantities_of(stated("a", 30)), reports("a", "b")
    with pytest.raises(tables.TableError, match="quantities name 'z', which is not among the 2 documents"):
        claims.gather(quantities_of(stated("z", 30)), clusters_of(["a"], ["b"]), documents)
    with pytest.raises(tables.TableError, match="clusters name 'c', which is not among the 2 documents"):
        claims.gather(quantities, clusters_of(["a"], ["b"], ["c"]), documents)
    with pytest.raises(tables.TableError, match="clusters name no 'a'; cluster the same documents"):
        claims.gather(quantities, clusters_of(["b"]), documents)
