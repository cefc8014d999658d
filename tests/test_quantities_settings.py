"""Where and when a quantity holds: in its clause, in what stands before it, or in the title of its report."""

import time

import pandas as pd
import pytest

from analysis import corpus, quantities, tables
from analysis.quantities import locations


def documents_of(text, title=""):
    row = {"document_id": "a", "outlet": "", "published": pd.NaT, "published_basis": "unknown", "credit": ""}
    return tables.check(tables.Documents, pd.DataFrame([row | {"title": title, "text": text}]))


def settings_of(text, title=""):
    """Place, its basis, time and its basis of each quantity of a text."""
    documents = documents_of(text, title)
    found = quantities.extract(corpus.split(documents), documents=documents)
    return found[["place", "place_basis", "time", "time_basis"]].to_numpy().tolist()


# ---- places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It hit a market in Idlib.", ["Idlib"]),
        ("It hit the village of Tal Toughan in rural Idlib.", ["the village of Tal Toughan in rural Idlib"]),
        ("Shells fell on the Syrian city of Homs.", ["the Syrian city of Homs"]),
        ("Shells fell on Homs and near Hama.", ["Homs", "Hama"]),
        ("They met in Rafah, Gaza.", ["Rafah, Gaza"]),
        ("They met in Rafah, Jabalia said.", ["Rafah"]),
        ("It was seen in Syria’s Idlib province on Monday.", ["Syria’s Idlib province"]),
        ("It was seen in Syrias Idlib province Two more followed.", ["Syrias Idlib province"]),
        ("A blast in Salah al-Din district of Aleppo Monday.", ["Salah al-Din district of Aleppo"]),
        ("It fell on the neighbourhoods of Karam Alnozha.", ["the neighbourhoods of Karam Alnozha"]),
        # and what only looks like one
        ("It was on Homs’s mind.", []),
        ("They were seen in Russian planes.", []),
        ("They were seen in the US-led raids.", []),
        ("Troops moved in May and on Monday.", []),
        ("An attack on Hezbollah.", []),
        ("It happened in IS raids.", []),
        ("He said it in Parliament, in Aleppo.", ["Parliament", "Aleppo"]),
    ],
)
def test_places_are_found_word_for_word(text, expected):
    found = locations.find(text)
    assert [place.words for place in found] == expected
    assert [text[place.start : place.end] for place in found] == expected


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Bomb kills 12 in Aleppo", "Aleppo"),
        ("Aleppo bomb blast kills six", "Aleppo"),
        ("Syria air strikes kill 32 in Idlib | Jordan Times", "Idlib"),
        ("Twelve die in blast | Jordan Times", ""),
        ("All is well", ""),
    ],
)
def test_a_title_names_a_place(title, place):
    assert locations.of_title(title) == place


# ---- what is inherited


def test_a_quantity_has_the_place_and_the_day_of_its_clause():
    assert settings_of("Some 12 people died in Homs on Monday.") == [["Homs", "sentence", "on Monday", "sentence"]]
    assert settings_of("On Monday 12 people died in Homs.") == [["Homs", "sentence", "On Monday", "sentence"]]


def test_a_silent_sentence_has_what_was_stated_last_before_it():
    text = "A bomb hit Homs on Sunday. Jets struck the town of Atareb on Monday. Nobody spoke. It killed 12 people."
    assert settings_of(text) == [["the town of Atareb", "earlier", "on Monday", "earlier"]]


def test_what_is_stated_later_is_not_inherited_but_in_the_same_sentence():
    assert settings_of("It killed 12 people. That was in Homs on Monday.") == [["", "", "", ""]]
    far = "It killed 12 people, which nobody had seen coming, for all the many warnings that had been given, in Homs."
    assert settings_of(far) == [["Homs", "earlier", "", ""]]


def test_the_title_comes_last():
    assert settings_of("It killed 12 people.", "Blast in Homs") == [["Homs", "title", "", ""]]
    assert settings_of("In Ramadan it was quiet. It killed 12 people.", "Blast in Homs") == [
        ["Homs", "title", "", ""]  # nothing says that Ramadan is a place
    ]
    assert settings_of("In Hama it was quiet. It killed 12 people.", "Blast in Homs") == [["Hama", "earlier", "", ""]]


@pytest.mark.parametrize(
    "text",
    [
        "It was quiet in Homs on Monday. A total of 12 people were killed.",
        "It was quiet in Homs on Monday. In 2011 they killed 12 people.",
        "It was quiet in Homs on Monday. More than 12,000 have died since the war began.",
    ],
)
def test_totals_and_years_are_not_of_the_place_stated_before(text):
    assert [row[:2] for row in settings_of(text)] == [["", ""]]


def test_a_war_is_no_day_to_inherit():
    assert settings_of("The war began in March 2011. It killed 12 people.") == [["", "", "", ""]]


def test_a_war_that_erupted_has_an_open_end():
    found = settings_of("It has killed 12,000 people since it erupted in March 2011.")
    assert [row[2] for row in found] == ["erupted in March 2011"]


def test_neither_the_order_of_rows_nor_batches_nor_titles_of_others_matter():
    text = "Jets struck the town of Atareb on Monday. It killed 12 people. " * 3
    documents = pd.concat(
        [documents_of(text, "In Homs"), documents_of("It killed 9.", "In Hama").assign(document_id="b")]
    )
    passages = corpus.split(tables.check(tables.Documents, documents))
    once = quantities.extract(passages, documents=documents)
    assert set(once["place"]) == {"the town of Atareb", "Hama"}
    again = quantities.extract(
        passages.sample(frac=1, random_state=0), documents=documents[::-1], batch_size=10, n_jobs=1
    )
    pd.testing.assert_frame_equal(once, again)


def test_finding_places_takes_time_that_grows_with_the_text():
    seconds = []
    for size in (200, 1600):
        text = "in the of Aaa Bbb of the city of of Ccc’s Ddd in near " * size
        began = time.process_time()
        locations.find(text)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 40 * max(seconds[0], 0.002)  # eight times the text


def test_inheriting_takes_time_that_grows_with_the_report():
    seconds = []
    for size in (200, 1600):
        text = "In Homs it rained on Monday. " + "Nobody saw it. " * size + "It killed 12 people. " * size
        documents = documents_of(text)
        passages = corpus.split(documents)
        began = time.process_time()
        found = quantities.extract(passages, documents=documents)
        seconds.append(time.process_time() - began)
        assert set(found["place"]) == {"Homs"}
    assert seconds[1] < 30 * max(seconds[0], 0.01)
