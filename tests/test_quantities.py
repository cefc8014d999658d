"""Numbers in sentences: value, bounds, kind and unit, and what is no quantity at all."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import corpus, quantities, tables

INF = math.inf


@pytest.fixture
def stated(documents_of):
    """Quantities of one text, as a table."""

    def extract(text, **options):
        return quantities.extract(corpus.split(documents_of(text)), **options)

    return extract


def columns(frame, *names):
    return [tuple(row) for row in frame[list(names)].itertuples(index=False)]


@pytest.mark.parametrize(
    ("text", "low", "high", "bound"),
    [
        ("It killed 1,234 people.", 1234, 1234, "exact"),
        ("It killed 12.5 people on average.", 12.5, 12.5, "exact"),
        ("Nine hundred and twenty-one families fled.", 921, 921, "exact"),
        ("They need two and a half million tents.", 2.5e6, 2.5e6, "exact"),
        ("They saw a hundred and twenty tents.", 120, 120, "exact"),
        ("They saw two hundred and five thousand tents.", 205_000, 205_000, "exact"),
        ("They saw half a million tents.", 500_000, 500_000, "exact"),
        ("They saw a quarter of a million tents.", 250_000, 250_000, "exact"),
        ("They saw three quarters of a million tents.", 750_000, 750_000, "exact"),
        ("They saw a quarter of the million.", 0.25, 0.25, "exact"),
        ("They saw two dozen tents.", 24, 24, "exact"),
        ("They saw 6 lakh tents and 2 crore trees.", 6e5, 6e5, "exact"),
        ("They saw 940 000 tents.", 940_000, 940_000, "exact"),
        ("They saw 4.3M users.", 4.3e6, 4.3e6, "exact"),
        ("Some 10m people fled.", 1e7, 1e7, "exact"),
        ("At least 12 people died.", 12, INF, "at least"),
        ("It must report within 12 days.", -INF, 12, "at most"),
        ("No fewer than 12 people died.", 12, INF, "at least"),
        ("Twelve or more people died.", 12, INF, "at least"),
        ("More than 12 people died.", 12, INF, "more than"),
        ("Over 12 people died.", 12, INF, "more than"),
        ("Damage exceeding 12 houses was found.", 12, INF, "more than"),
        ("Up to 12 people died.", -INF, 12, "at most"),
        ("No more than 12 people died.", -INF, 12, "at most"),
        ("Fewer than 12 people died.", -INF, 12, "less than"),
        ("Growth was less than 2 percent.", -INF, 2, "less than"),
        ("Between 12 and 15 people died.", 12, 15, "between"),
        ("From 12 to 15 people died.", 12, 15, "between"),
        ("Some 20-30 people died.", 20, 30, "between"),
        ("Three or four people died.", 3, 4, "between"),
        ("They want 2 to 3 million tents.", 2e6, 3e6, "between"),
        ("It takes more than 10 and less than 40 tents.", 10, 40, "between"),
        ("It takes less than 40 and more than 10 tents.", 10, 40, "between"),
        ("They counted ≥ 30 tents.", 30, INF, "at least"),
        ("It is more than 5000 or equal to it.", 5000, INF, "at least"),
        ("It was minus 387 degrees.", -387, -387, "exact"),
        ("It fell to negative ten degrees.", -10, -10, "exact"),
        ("At least140,000 people need help.", 140_000, INF, "at least"),
        ("They fled with14,593 others.", 14_593, 14_593, "exact"),
        ("Some 61, 000 people fled.", 61_000, 61_000, "exact"),
        ("They saw 1, 250, 000 tents.", 1_250_000, 1_250_000, "exact"),
        ("They saw 2,14,000 tents.", 214_000, 214_000, "exact"),
        ("They saw 61'000 tents.", 61_000, 61_000, "exact"),
        ("They saw 1.250.000 tents.", 1_250_000, 1_250_000, "exact"),
        ("They need 1,5 million tents.", 1.5e6, 1.5e6, "exact"),
        ("They need 5 mln tents.", 5e6, 5e6, "exact"),
        ("They need 5 bn tents.", 5e9, 5e9, "exact"),
        ("It weighs 1.99×10−30 kilograms.", 1.99e-30, 1.99e-30, "exact"),
        ("It weighs 1.99 x 10^30 kilograms.", 1.99e30, 1.99e30, "exact"),
        ("It weighs 2×10⁵ kilograms.", 2e5, 2e5, "exact"),
        ("It held 100-plus tents.", 100, INF, "at least"),
        ("They build sub-7 nanometer chips.", -INF, 7, "less than"),
        ("It was warm ,minus 233 Celsius there.", -233, -233, "exact"),
        ("It came back up to 12 percent.", 12, 12, "exact"),
        ("It cost from US $89 to $93 billion.", 89e9, 93e9, "between"),
    ],
)
def test_a_number_and_its_bounds(stated, text, low, high, bound):
    first = stated(text).iloc[0]
    assert (first["low"], first["high"], first["bound"]) == (low, high, bound)


@pytest.mark.parametrize(
    ("text", "surface", "hedge", "approximate"),
    [
        ("At least 12 people died.", "12", "At least", False),
        ("About 12 people died.", "12", "About", True),
        ("At least around a dozen people died.", "a dozen", "At least around", True),
        ("Some 12 people died.", "12", "Some", True),
        ("Twelve or so people died.", "Twelve", "or so", True),
        ("About 12 or more people died.", "12", "About … or more", True),
        ("Exactly 12 people died.", "12", "Exactly", False),
        ("Twelve people died.", "Twelve", "", False),
        ("Between 12 and 15 people died.", "Between 12 and 15", "", False),
        ("It cost about $5 million.", "$5 million", "about", True),
        ("Nearly 63 per cent fled.", "63 per cent", "Nearly", True),
    ],
)
def test_the_hedge_stands_beside_the_number_word_for_word(stated, text, surface, hedge, approximate):
    assert columns(stated(text), "surface", "hedge", "approximate") == [(surface, hedge, approximate)]


@pytest.mark.parametrize(
    "text",
    [
        "The war began on Oct. 7 and paused on May 24, 2024.",
        "On 17 October the talks resumed.",
        "It happened in 2019, as in 1998.",
        "Ruling of 2017-18 and the 1990s.",
        "They met at 10:30am and again at 5pm, or at 0600 GMT.",
        "They met at five o'clock.",
        "The third attack followed the 21st one.",
        "The S&P 500 fell.",
        "Covid-19 spread.",
        "The Council passed Resolution 2334.",
        "Flight 17 was shot down, as was MH17.",
        "The 9/11 attacks and a 24/7 service.",
        "Call +1-222-2222-2222 or 555-1234.",
        "Read https://example.org/12/34 or write to desk24@example.org.",
        "No one came and the other one left.",
        "One was, I think, another one.",
        "They live at 49 Zorro Ranch Road.",
        "A 5G network and 3D glasses were shown.",
        "England under-21s played in the second half.",
        "A third party was there, as were 1.2.3 and '90s music.",
        "Nothing is counted here.",
        "The study of 2017 and a 2016 ruling agree.",
    ],
)
def test_what_is_no_quantity_yields_nothing(stated, text):
    assert stated(text).empty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In Gaza 31 people were killed.", [("31", "people")]),
        ("On Friday 12 people died.", [("12", "people")]),
        ("In 2017 people fled; in March 35 people died.", [("35", "people")]),
        ("More than 2000 people fled.", [("2000", "people")]),
        ("One child was hurt.", [("One", "child")]),
        ("At least one was hurt.", [("one", "")]),
        ("One of the children was hurt.", [("One", "children")]),
        ("One killed, three injured.", [("One", ""), ("three", "injured")]),
        ("A 15-judge panel has met.", [("15", "judge")]),
    ],
)
def test_numbers_that_look_like_names_or_years_but_count(stated, text, expected):
    assert columns(stated(text), "surface", "counted") == expected


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("It covers 63 per cent of them.", "percent", "percent"),
        ("It fell 0.2 percentage points.", "percent", "percentage point"),
        ("It cost $5m.", "money", "dollar"),
        ("It cost US$5 million.", "money", "US dollar"),
        ("It cost 10.5 million Australian dollars.", "money", "Australian dollar"),
        ("It cost €40.", "money", "euro"),
        ("It lies 30 km away.", "measure", "kilometre"),
        ("The 37m tower fell.", "measure", "metre"),
        ("It covers 5 square miles.", "measure", "square mile"),
        ("It lasted more than seven months.", "duration", "month"),
        ("They waited half an hour.", "duration", "hour"),
        ("The boy, 12 years old, left.", "age", "year"),
        ("A 12-year-old left.", "age", "year"),
        ("Mary Smith, 34, left.", "age", "year"),
        ("Children aged 5 left.", "age", "year"),
        ("A third of them left.", "rate", "share"),
        ("One in five left.", "rate", "share"),
        ("They won 2-1 win after win.", "score", ""),
        ("Twelve people left.", "count", ""),
    ],
)
def test_kind_and_unit(stated, text, kind, unit):
    assert columns(stated(text), "kind", "unit") == [(kind, unit)]


def test_shares_are_between_0_and_1_and_percents_are_not(stated):
    found = stated("A third of them, three-quarters of us, 1/16 of it, one in five and 63 percent of you left.")
    assert found["low"].tolist() == pytest.approx([1 / 3, 0.75, 1 / 16, 0.2, 63])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Six in 10 voters agree.", [("Six in 10", 0.6)]),
        ("Three out of four camps burned.", [("Three out of four", 0.75)]),
        ("They killed two in five attacks.", [("two", 2), ("five", 5)]),
        ("They killed 3 in 10 days.", [("3", 3), ("10", 10)]),
    ],
)
def test_a_share_in_two_numbers(stated, text, expected):
    assert columns(stated(text), "surface", "low") == expected


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("He was 66.", ["66"]),
        ("She turned 15, when her mother died.", ["15"]),
        ("It is popular with people under 30 and women over 65.", ["30", "65"]),
        ("They are between the ages of 18 and 29.", ["between the ages of 18 and 29"]),
        ("It was 66.", []),
        ("They have people under 30 flags.", []),
        ("He was 66 points behind.", []),
    ],
)
def test_ages(stated, text, surfaces):
    assert stated(text).query("kind == 'age'")["surface"].tolist() == surfaces


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The Mets won 7-5 3-6 7-5.", ["score"] * 3),
        ("She lost to Li 4-6, 6-3, 6-1.", ["score"] * 3),
        ("Some 3-6 people came.", ["count"]),
        ("They beat Italy 38-8 in Rome.", ["score"]),
    ],
)
def test_sets_that_were_lost_are_scores_too(stated, text, kinds):
    assert stated(text)["kind"].tolist() == kinds


def test_a_score_keeps_both_numbers(stated):
    assert columns(stated("It was 1-3 at the end and then a 3-1 win."), "low", "high", "kind")[-1] == (1, 3, "score")


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("Around 300 trucks of aid a day came.", "day"),
        ("They pay $80 per square metre.", "square metre"),
        ("There were 5 cases per 100,000 people.", "100,000 people"),
        ("They sell 40 tents daily.", "day"),
        ("They sell 40 tents.", ""),
    ],
)
def test_rates(stated, text, per):
    assert stated(text)["per"].iloc[0] == per


@pytest.mark.parametrize(("text", "trend"), [("It was up 19 percent.", "up"), ("It fell by about 3 percent.", "down")])
def test_a_rise_is_neither_a_bound_nor_a_hedge(stated, text, trend):
    assert columns(stated(text), "trend", "bound") == [(trend, "exact")]


@pytest.mark.parametrize(
    ("text", "counted", "counted_class"),
    [
        ("It killed 35,000 Palestinians.", "Palestinians", "people"),
        ("They saw 300 trucks of aid.", "trucks of aid", "vehicles"),
        ("They hold 15 international judges.", "international judges", "people"),
        ("Two U.S. allies came.", "U.S. allies", ""),
        ("Three hostages came.", "hostages", "people"),
        ("They hold 300 displaced families.", "displaced families", "households"),
        ("About 63 per cent of mass displacements ended.", "mass displacements", "displacements"),
        ("They hit 40 houses.", "houses", "homes"),
        ("They killed five children.", "children", "children"),
        ("It killed 31.", "", "people"),
        ("It cost $5 million.", "", "money"),
        ("It took 12 days.", "", ""),
    ],
)
def test_what_is_counted(stated, text, counted, counted_class):
    assert columns(stated(text), "counted", "counted_class") == [(counted, counted_class)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shelling killed 12 people and wounded 30 others.", ["killed", "injured"]),
        ("Some 1,200 people were killed and around 250 others taken hostage.", ["killed", "taken hostage"]),
        ("They killed 1,200 people, seizing more than 250 hostages.", ["killed", "taken hostage"]),
        ("Thirty militants killed five soldiers.", ["", "killed"]),
        ("Three killed, over 70 injured.", ["killed", "injured"]),
        ("The death toll rose to 32.", ["killed"]),
        ("There were 300 deaths.", ["killed"]),
        ("It sent 5,000 people fleeing.", ["displaced"]),
        ("Israel has been sending hundreds of trucks a day.", ["delivered"]),
        ("The flood destroyed 40 houses.", ["destroyed"]),
        ("They met 12 officials.", [""]),
        ("The blast killed guards 12 km away.", [""]),
    ],
)
def test_what_happened_to_it(stated, text, expected):
    assert stated(text)["event"].tolist() == expected


@pytest.mark.parametrize(
    ("text", "cumulative"),
    [
        ("A total of 31 people were killed.", "cumulative"),
        ("So far 31 people were killed.", "cumulative"),
        ("Another 31 people were killed.", "incremental"),
        ("A total of 31 people were killed in the past day.", "incremental"),
        ("The 31 people were killed.", ""),
        ("In total it took 12 days.", ""),
    ],
)
def test_whether_it_adds_up(stated, text, cumulative):
    assert stated(text)["cumulative"].tolist() == [cumulative]


def test_time_and_place_are_those_of_the_same_clause(stated):
    text = "Some 12 people died in Homs on Friday, while 30 people were hurt in Aleppo on Sunday."
    assert columns(stated(text), "time", "place") == [("on Friday", "Homs"), ("on Sunday", "Aleppo")]


def test_a_people_and_a_month_are_no_places(stated):
    assert stated("In May 12 Syrians died in January.")["place"].tolist() in ([], [""])


@pytest.mark.parametrize(
    ("convention", "low", "high"), [("none", math.nan, math.nan), ("acled", 12, 12), ("cqe", 12, 120)]
)
def test_vague_words_follow_the_convention_that_is_asked_for(stated, convention, low, high):
    found = stated("Dozens of people died.", vague=convention)
    assert columns(found, "surface", "bound", "counted") == [("Dozens", "vague", "people")]
    np.testing.assert_equal(found[["low", "high"]].to_numpy().tolist(), [[low, high]])


def test_what_a_convention_does_not_state_is_not_a_number(stated):
    found = stated("Several people and hundreds of thousands of trees burned.", vague="acled")
    assert found["low"].isna().all()
    assert len(found) == 2


def test_an_unknown_convention_is_refused_with_the_known_ones(stated):
    with pytest.raises(quantities.QuantitiesError, match="vague expects one of none, acled, cqe; found 'mean'"):
        stated("Dozens died.", vague="mean")


def test_passages_without_text_are_refused():
    with pytest.raises(tables.TableError, match="Passages needs the column text"):
        quantities.extract(pd.DataFrame({"document_id": ["a"], "start": [0], "end": [1]}))


def test_no_passages_give_no_quantities():
    found = quantities.extract(tables.empty(tables.Passages))
    assert found.empty
    assert list(found.columns) == tables.columns(tables.Quantities)


def test_row_order_never_changes_the_result(seed_documents):
    passages = corpus.split(seed_documents)
    expected = quantities.extract(passages)
    shuffled = quantities.extract(passages.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(shuffled, expected)


def test_intervals_are_intervals(seed_documents):
    found = quantities.extract(corpus.split(seed_documents))
    number = found.dropna(subset=["low"])
    assert (number["low"] <= number["high"]).all()
    assert (number.loc[number["bound"] == "exact", "low"] == number.loc[number["bound"] == "exact", "high"]).all()
    assert found.loc[found["bound"] == "vague", "low"].isna().all()


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Growth slowed from 4.8 to 4.7 percent.", ["percent", "percent"]),
        ("Prices fell from 12 to 10 dollars.", ["dollar", "dollar"]),
        ("They moved from 12 to 10 camps.", ["", ""]),
        ("Of 12 votes, 10 percent were late.", ["", "percent"]),
    ],
)
def test_a_falling_range_shares_its_unit(stated, text, units):
    found = stated(text)
    assert found["unit"].tolist() == units
    assert (found["low"] == found["high"]).all()


@pytest.mark.parametrize(
    ("text", "low", "kind", "unit"),
    [
        ("He ran the 60m hurdles.", 60, "measure", "metre"),
        ("It has 60m users.", 6e7, "count", ""),
        ("It weighs 700 pounds (320kg).", 700, "measure", "pound"),
        ("It costs 700 pounds (320 euros).", 700, "money", "pound sterling"),
    ],
)
def test_letters_and_words_that_measure_two_things(stated, text, low, kind, unit):
    assert columns(stated(text).head(1), "low", "kind", "unit") == [(low, kind, unit)]


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("One medic said 12 died.", ["12"]),
        ("Some 12 died, said one Rafah resident.", ["12"]),
        ("It is one of the largest camps.", ["one"]),
        ("It is one of its two main camps.", ["one", "two"]),
        ("One child died.", ["One"]),
        ("One of four camps was shelled.", ["One", "four"]),
    ],
)
def test_one_counts_what_it_counts_and_not_who_speaks(stated, text, surfaces):
    assert stated(text)["surface"].tolist() == surfaces


def test_one_that_ranks_counts_nothing(stated):
    assert columns(stated("One of the largest camps burned."), "counted", "event") == [("", "")]
    assert columns(stated("One of the camps burned."), "counted", "event") == [("camps", "destroyed")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There were no deaths.", [("no", "deaths", "killed")]),
        ("No further civilian casualties followed.", [("No", "further civilian casualties", "killed or injured")]),
        ("No one was killed.", [("No one", "", "killed")]),
        ("Nobody else was hurt.", [("Nobody", "", "injured")]),
        ("None of the crew was hurt.", [("None", "crew", "injured")]),
        ("No hostages have been released.", [("No", "hostages", "released")]),
        ("Not a single truck entered.", [("Not a single", "truck", "delivered")]),
        ("Zero deaths were reported.", [("Zero", "deaths", "killed")]),
        # Neighbours that count nothing.
        ("There is no doubt.", []),
        ("There were no reports of casualties.", []),
        ("No people were in the house.", []),
        ("No one wants to be hurt.", []),
        ("None of it is true.", []),
        ("No longer is he missing.", []),
    ],
)
def test_zero_in_words(stated, text, expected):
    found = stated(text)
    assert columns(found, "surface", "counted", "event") == expected
    assert (found["low"] == 0).all()
    assert (found["high"] == 0).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Six are in critical condition.", [("Six", "", "people", "injured")]),
        ("They fled; 31 killed.", [("31", "", "people", "killed")]),
        ("Ten were hurt, one later died.", [("Ten", "", "people", "injured"), ("one", "", "people", "killed")]),
        (
            "Of the refugees, 120,000 fled, of whom 76,000 returned.",
            [("120,000", "", "people", "displaced"), ("76,000", "", "people", "returned")],
        ),
        (
            "Dozens injured, 300 displaced.",
            [("Dozens", "injured", "people", "injured"), ("300", "displaced", "people", "displaced")],
        ),
        (
            "Some 12 Palestinians were hurt and 31 killed.",
            [("12", "Palestinians", "people", "injured"), ("31", "Palestinians", "people", "killed")],
        ),
        # Neighbours: a part of a house, and money.
        ("The party won 12 in the south.", [("12", "", "", "")]),
        ("He paid 31 dollars.", [("31 dollars", "", "money", "")]),
    ],
)
def test_a_count_without_its_noun(stated, text, expected):
    assert columns(stated(text), "surface", "counted", "counted_class", "event") == expected


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("They carried 5 and 6 kg of gold.", ["kilogram", "kilogram"]),
        ("They won 5 or 6 percent.", ["percent"]),
        ("It measured 3 by 4 metres.", ["metre", "metre"]),
        ("Of the 5, 10 percent died.", ["", "percent"]),
        ("They killed 5 people and took 6 kg of gold.", ["", "kilogram"]),
    ],
)
def test_numbers_that_share_a_unit(stated, text, units):
    assert stated(text)["unit"].tolist() == units


def test_money_behind_of(stated):
    assert columns(stated("It lost billions of dollars of 12 men."), "kind", "unit") == [
        ("money", "dollar"),
        ("count", ""),
    ]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Some 12 fighters and family members fled.", "fighters and family members"),
        ("Some 12 fighters and houses were hit.", "fighters"),
        ("Some 12 fighters, women and children fled.", "fighters"),
        ("It has a 10,000-strong force.", "force"),
        ("It has a 10,000-seat hall.", "seat"),
        ("Some 100 IS fighters left.", "IS fighters"),
        ("Some 100 is enough.", ""),
        ("One rocket hit the entrance.", "rocket"),
        ("It wounded 50 state media reported.", ""),
        ("It wounded 50 media workers.", "media workers"),
        ("It hits 43 Monitor", ""),
        ("One official was hurt.", "official"),
        ("It has a 15-judge panel.", "judge"),
    ],
)
def test_companions_are_counted_together(stated, text, counted):
    assert stated(text)["counted"].tolist() == [counted]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("The number of displaced people fell to 12.", ["displaced people"]),
        ("A town with a population of 4,500 was shelled.", ["population"]),
        ("Twelve soldiers were killed and 30 were injured.", ["soldiers", "soldiers"]),
        ("Police said 31 were killed.", [""]),
        ("It paid a fine of 300.", [""]),
        ("The number of camps is known, and 12 were hit.", [""]),
    ],
)
def test_a_number_without_a_noun_takes_the_one_stated_before(stated, text, counted):
    assert stated(text)["counted"].tolist() == counted


def test_what_happens_in_another_clause_happened_to_others(stated):
    found = stated("They use the two main roads through which around 300 trucks had been flowing.")
    assert found["event"].tolist() == ["", "delivered"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Shelling killed 12 people in Rafah.", "Rafah"),
        ("Some 12 people fled from Rafah.", ""),
        ("It took the town from ISIL and killed 12 people in IDP camps.", ""),
        ("The Islamic State in Iraq killed 12 people.", ""),
    ],
)
def test_a_place_is_stated_or_left_open(stated, text, place):
    assert stated(text)["place"].tolist() == [place]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("It brings to 332,000 the number of people displaced.", ["people"]),
        ("About 438,000 new and repeated displacements took place.", ["new and repeated displacements"]),
        ("One man and two women left.", ["man", "women"]),
        ("At least 12 people and up to 30 children left.", ["people", "children"]),
        ("Around a quarter of them left.", ["them"]),
        ("Some 12 more trucks came.", ["more trucks"]),
        ("They saw 12 Hamas fighters.", ["Hamas fighters"]),
        ("The 12 slowly left.", [""]),
        ("It took half the town.", [""]),
    ],
)
def test_where_a_counted_phrase_begins_and_ends(stated, text, counted):
    assert stated(text)["counted"].tolist() == counted


def test_numbers_and_words_that_touch_are_told_apart(stated):
    found = stated("Between 5% and 7% of 40 of 50 homes, not $200 to $4 million, $2 to $4 million or 7-5.")
    assert found["surface"].tolist() == [
        "Between 5% and 7%",
        "40",
        "50",
        "$200 to $4 million",
        "$2 to $4 million",
        "7-5",
    ]
    assert found["low"].tolist() == [5, 40, 50, 200, 2e6, 5]


def test_documents_do_not_know_each_other(documents_of, seed_documents):
    passages = corpus.split(seed_documents)
    alone = [quantities.extract(rows) for _, rows in passages.groupby("document_id")]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), quantities.extract(passages))


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("Rebels burned 2000 homes.", ["2000"]),
        ("Rebels, 2012 edition.", []),
        ("It sold 1900 sq m there.", ["1900"]),
        ("See www.example.org/2000/12 for 40 more.", ["40"]),
        ("Rose 1.99×10 and 37 m.", ["1.99", "37"]),
        ("In rows of 12, 345 and 678.", ["12", "345", "678"]),
        ("It cost RM79 or $US113.", ["RM79", "$US113"]),
        ("It cost $79 or $113.", ["$79 or $113"]),
        ("The toll rose from 31 to 45.", ["31", "45"]),
        ("They were aged from 31 to 45.", ["from 31 to 45"]),
        ("The rate fell from 3.6% to 3.3%.", ["3.6%", "3.3%"]),
        ("It rose from 24.2 to 33-35 billion euros.", ["24.2", "33-35 billion euros"]),
        ("It cut its forecast from 5 to 7 per cent to 3 to 5 per cent.", ["from 5 to 7 per cent", "3 to 5 per cent"]),
        ("It measured 3x4 metres.", ["3", "4"]),
        ("They drove 4x4s.", []),
        ("A 7-Eleven in the 90049 ZIP Code.", []),
        ("He lives at 16-18 Industrial Avenue.", []),
        ("Call +44 20 7946 0958 or 0800 123 4567.", []),
        ("It was heard as case no. 12345/67 and docket 21-1234.", []),
        ("In the case of 21 men 12 are free.", ["21", "12"]),
        ("A 20-something man met 20 men.", ["20"]),
        ("It has just one 52,000-barrel tank.", ["52,000"]),
        ("One US ounce, one later died.", ["One", "one"]),
        ("Six in custody are six inches from it.", ["Six", "six"]),
        ("They were heard singing on Radio Five before they joined the Jackson Five.", []),
        ("The world number two won the Six Nations.", []),
        ("They reached round four.", []),
        ("On Monday Five people died.", ["Five"]),  # the days of the week are no names
        ("Gunmen Kill Five In Aleppo Market", ["Five"]),
        ("HOUSTON Four former traders were charged.", ["Four"]),
        ("The message 672138616265564160 of agent 007.", []),
        ("1. Two people died.", ["Two"]),
        ("He has a 401(k) plan.", []),
        ("Read 2 Timothy 3:1-5 at 6:00AM.", []),
        ("India posted 199/7 and won.", []),
        ("On NOV. 25, 2004 they met.", []),
        ("This is the only one who knows.", []),
        ("Only one knows it.", ["one"]),
        ("She put one hand up; on one hand, on the one hand.", ["one"]),
        ("He admitted one count of fraud, admitting it.", ["one"]),
        ("COVID -19 and the 737 Max; the sp 500 fell.", []),
        ("They saw 737 jets of 12 airlines.", ["12"]),
        ("They are in the bottom three and lost to the last eight.", []),
        ("The top three teams won.", ["three"]),
        ("Resolutions 2118 2209 2235 and sections 3, 4 and 5 passed.", []),
        ("Section 3 has 4 laws.", ["4"]),
        ("It was updated 1838 11.10.2017, and at 1850 (Syrian time).", []),
        ("An inverse one came, and one more.", ["one"]),
        ("Scores were hurt, scores of men fled.", ["Scores", "scores"]),
        ("He scores the first goal; blasts injure scores.", ["scores"]),
        ("They met a couple of men and a couple.", ["a couple"]),
        ("It was 3½ miles and ½ a mile.", ["3½", "½"]),
        ("It fell from $75 to $45.88.", ["$75", "$45.88"]),
        ("It rose by $43.6 billion to $419.2 billion.", ["$43.6 billion", "$419.2 billion"]),
        ("It fell by 1 to 1.5 degrees.", ["1 to 1.5"]),
    ],
)
def test_which_numbers_are_found(stated, text, surfaces):
    assert stated(text)["surface"].tolist() == surfaces


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Two rockets were fired; 12 died in the 30 raids.", ["attacked", "killed", ""]),
        ("Troops fled, but 12 shops stayed open.", [""]),
        ("They were killed 12 at a time.", [""]),
    ],
)
def test_an_event_does_not_leave_its_clause(stated, text, events):
    assert stated(text)["event"].tolist() == events


def test_a_text_without_sentences_is_read_in_pieces():
    text = "In Homs 12 people were killed and 30 were hurt, officials said, " * 200
    passage = pd.DataFrame({"document_id": ["a"], "start": [7], "end": [7 + len(text)], "text": [text]})
    found = quantities.extract(passage)
    assert found["surface"].value_counts().to_dict() == {"12": 200, "30": 200}
    assert all(text[row.start - 7 : row.end - 7] == row.surface for row in found.itertuples())
    unbroken = passage.assign(text="x" * len(text))
    assert quantities.extract(unbroken).empty
