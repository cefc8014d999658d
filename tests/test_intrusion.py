"""Intruders for people to find: what is asked, what is kept from the coders, and what their answers say."""

import numpy as np
import pandas as pd
import pytest
from test_topics_tables import clusters_of, document_topics, documents_of, words

from analysis import intrusion, provenance, tables

LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Three topics of thirty words each; the words of a topic weigh nothing in the others.
TOPICS = words(*(" ".join(f"{theme}{letter}" for letter in LETTERS[:24]) for theme in ("sea", "oil", "war")))
ALL = intrusion.KINDS


def corpus_of(n=6):
    """Six reports of each topic, .8 of it and .1 of each other, and a copy of the first of each."""
    shares, outlets, pairs = {}, {}, {}
    for topic, theme in enumerate(("sea", "oil", "war")):
        for number in range(n):
            name = f"{theme}{number}"
            shares[name] = [0.8 - number / 100 if each == topic else (0.2 + number / 100) / 2 for each in range(3)]
            pairs[name] = name
        shares[f"{theme}copy"], pairs[f"{theme}copy"] = shares[f"{theme}0"], f"{theme}0"
    outlets = dict.fromkeys(shares, "A")
    documents = documents_of(**outlets)
    return document_topics(**shares), documents.assign(text="Text of " + documents["document_id"]), clusters_of(**pairs)


def passages_of(n=4, share=0.9):
    rows = [
        (topic, rank, f"{theme}{rank - 1}", 0, 9, share, "A", None, f"Passage of {theme}{rank - 1}")
        for topic, theme in enumerate(("sea", "oil", "war"))
        for rank in range(1, n + 1)
    ]
    table = pd.DataFrame(rows, columns=tables.columns(tables.TopicPassages))
    return tables.check(tables.TopicPassages, table.assign(published=pd.to_datetime(table["published"], utc=True)))


def made(**options):
    return intrusion.items(
        TOPICS, *corpus_of(), **{"random_state": 0, "passages": passages_of(), "kinds": ALL} | options
    )


def options_of(items, item):
    return dict(items.loc[items["item"] == item, ["place", "text"]].to_numpy())


def theme(text):
    return next(each for each in ("sea", "oil", "war") if each in text)


# ---- items


@pytest.mark.parametrize(("kind", "n_options"), [("word", 6), ("word set", 4), ("document", 4), ("passage", 4)])
def test_all_options_but_one_are_of_the_topic(kind, n_options):
    items, key = made(kinds=[kind])
    assert len(key) == 3
    for row in key.itertuples():
        options = options_of(items, row.item)
        assert sorted(options) == list("abcdef")[:n_options]
        themes = {place: theme(text) for place, text in options.items()}
        asked, other = ("sea", "oil", "war")[row.topic], ("sea", "oil", "war")[row.intruder_topic]
        assert themes.pop(row.place) == other != asked
        assert set(themes.values()) == {asked}


def test_words_are_the_first_five_then_the_next_five_and_intruders_weigh_little():
    items, key = made(kinds=["word"], n=2)
    own = key[key["topic"] == 0]
    shown = [set(options_of(items, row.item).values()) for row in own.itertuples()]
    assert {"seaa", "seab", "seac", "sead", "seae"} in [{word for word in each if "sea" in word} for each in shown]
    assert {"seaf", "seag", "seah", "seai", "seaj"} in [{word for word in each if "sea" in word} for each in shown]


def test_a_word_that_weighs_in_both_topics_is_no_intruder():
    # "shared" leads both topics; what else leads the second is in it alone.
    table = words("shared a b c d e", "shared x y z u v")
    for seed in range(8):
        items, key = intrusion.items(table, *corpus_of(), random_state=seed, kinds=["word"])
        for row in key.itertuples():
            assert options_of(items, row.item)[row.place] != "shared"


def test_word_sets_are_twelve_different_first_terms_and_four_of_another():
    items, key = made(kinds=["word set"])
    for row in key.itertuples():
        options = options_of(items, row.item)
        own = [word for place, text in options.items() if place != row.place for word in text.split(", ")]
        assert len(own) == len(set(own)) == 12
        assert all(word[-1] in LETTERS[:20] for word in own)
        assert len(options[row.place].split(", ")) == 4


def test_no_story_stands_twice_in_an_item():
    """The copies have the highest share, and are told by their first print."""
    items, key = made(kinds=["document", "passage"], n=1)
    assert not items["text"].str.contains("copy").any()
    for row in key.itertuples():
        assert len(set(options_of(items, row.item).values())) == 4


def test_passages_of_the_story_of_an_intruder_are_left_out():
    passages = passages_of().assign(
        document_id=lambda table: table["document_id"].replace({"oil0": "sea0", "war0": "sea0"})
    )
    for seed in range(10):
        items, key = made(kinds=["passage"], passages=passages, random_state=seed)
        row = key[key["topic"] == 0].iloc[0]
        # sea0 to sea2 are asked about, and the first passages of the other topics tell the story of sea0.
        assert options_of(items, row["item"])[row["place"]] not in ("Passage of oil0", "Passage of war0")


def test_a_report_that_has_half_as_much_of_the_topic_is_no_intruder():
    shares = document_topics(
        a=[0.9, 0.1], b=[0.9, 0.1], c=[0.8, 0.2], d=[0.45, 0.55], e=[0.3, 0.7], f=[0.0, 1.0], g=[0.1, 0.9]
    )
    names = "abcdefg"
    given = shares, documents_of(**dict.fromkeys(names, "A")), clusters_of(**{name: name for name in names})
    given = given[0], given[1].assign(title="", text=given[1]["document_id"]), given[2]
    two = words("s t u v w", "x y z p q")
    found = set()
    for seed in range(30):
        items, key = intrusion.items(two, *given, random_state=seed, kinds=["document"])
        for row in key[key["topic"] == 0].itertuples():
            found.add(options_of(items, row.item)[row.place])
    # Half of c's .8 is .4: d has .45 of the topic.
    assert found == {"e", "f", "g"}


def test_a_report_is_shown_by_its_title_and_its_beginning():
    shares, documents, clusters = corpus_of()
    documents["text"] = " ".join(["word"] * 70)
    documents["title"] = documents["document_id"] + "\nnews"
    items, _ = intrusion.items(TOPICS, shares, documents, clusters, random_state=0, kinds=["document"])
    text = items["text"].iloc[0]
    assert text.endswith("word …")
    assert text.count("word") == 60
    assert " news — word" in text


def test_the_same_seed_makes_the_same_items_in_any_order_of_rows():
    first, again = (
        made(),
        intrusion.items(
            TOPICS[::-1],
            *(table[::-1] for table in corpus_of()),
            passages=passages_of()[::-1],
            kinds=ALL,
            random_state=0,
        ),
    )
    for one, other in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert made(random_state=1)[1]["digest"][0] != first[1]["digest"][0]


def test_another_kind_changes_no_item():
    alone, beside = made(kinds=["word"])[0], made()[0]
    pd.testing.assert_frame_equal(alone, beside[beside["kind"] == "word"].reset_index(drop=True))


def test_items_tell_neither_their_topic_nor_the_right_place():
    items, key = made(n=1)
    assert list(items.columns) == ["item", "kind", "place", "text"]
    places = made(kinds=["word"], n=4)[1]["place"]
    assert len(set(places)) > 2, "the intruder stands in several places"
    order = key[key["kind"] == "word"].sort_values("item")["topic"].tolist()
    assert order != sorted(order)


def test_topics_that_give_too_few_options_are_counted():
    table = words("a b c d e f", "x y z u v w", "p q")
    with pytest.warns(
        tables.SkippedWarning, match="1 of 3 items of kind 'word' cannot be made: .* The others are made"
    ):
        items, _ = intrusion.items(table, *corpus_of(), random_state=0, kinds=["word"])
    assert items["item"].nunique() == 2
    with pytest.raises(intrusion.IntrusionError, match="3 of 3 items of kind 'word set' cannot be made"):
        intrusion.items(table, *corpus_of(), random_state=0, kinds=["word set"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kinds": ["sentence"]}, "kinds expects some of word, word set, document, passage"),
        ({"kinds": "word"}, "as a list; found 'word'"),
        ({"kinds": []}, r"found \[\]"),
        ({"kinds": ["passage"], "passages": None}, r"want passages=topics\.representative_passages"),
        ({"random_state": None}, "random_state is a whole number"),
        ({"n": 0}, "n expects a whole number of at least 1; found 0"),
    ],
    ids=["kind", "text", "none", "no passages", "seed", "n"],
)
def test_what_cannot_be_asked_is_refused(options, message):
    with pytest.raises(intrusion.IntrusionError, match=message):
        made(**options)


def test_tables_of_other_documents_are_refused():
    shares, documents, clusters = corpus_of()
    with pytest.raises(intrusion.IntrusionError, match=r"Expected documents that hold .*; 'oil0' is not among them"):
        intrusion.items(TOPICS, shares, documents[documents["document_id"] != "oil0"], clusters, random_state=0)
    with pytest.raises(intrusion.IntrusionError, match="Expected clusters that hold"):
        intrusion.items(TOPICS, shares, documents, clusters.iloc[1:], random_state=0)


# ---- sheets


def filled(tmp_path, items, key, **coders):
    """Sheets of coders: each a function from the sheet to its answers."""
    sheet = intrusion.sheet(items, key)
    paths = provenance.hand_out(sheet, tmp_path, list(coders))
    for path, answer in zip(paths, coders.values(), strict=True):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table.assign(answer=answer(table)).to_csv(path, index=False)
    return paths


def right(key):
    return lambda sheet: sheet["item"].map(key.set_index("item")["place"])


def test_a_sheet_has_a_row_for_each_item_and_says_nothing_of_what_is_right():
    items, key = made()
    sheet = intrusion.sheet(items, key)
    assert list(sheet.columns) == ["item", "question", *"abcdef", "answer", "test"]
    assert len(sheet) == len(key)
    assert (sheet["answer"] == "").all()
    assert sheet["question"].iloc[0] == "Which word does not belong with the others?"
    assert sheet.loc[sheet["item"] == "document-001", ["e", "f"]].to_numpy().tolist() == [["", ""]]
    assert sheet["test"].unique().tolist() == [key["digest"][0][:16]]


def test_right_answers_come_back(tmp_path):
    items, key = made()
    paths = filled(tmp_path, items, key, anna=right(key), ben=lambda sheet: "A")
    answers = intrusion.collect(paths, items, key)
    assert len(answers) == 2 * len(key)
    assert set(answers.loc[answers["coder"] == "ben", "place"]) == {"a"}
    anna = answers[answers["coder"] == "anna"].set_index("item")["place"]
    assert (anna == key.set_index("item")["place"]).all()


def test_a_spreadsheet_with_semicolons_and_a_guarded_formula_is_read(tmp_path):
    shares, documents, clusters = corpus_of()
    documents["title"] = "=SUM(1)"
    items, key = intrusion.items(TOPICS, shares, documents, clusters, random_state=0, kinds=["document"])
    (path,) = filled(tmp_path, items, key, anna=right(key))
    assert "'=SUM(1)" in path.read_text(encoding="utf-8")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    with path.open("a", encoding="utf-8") as stream:
        stream.write(";;;;;;;\n")
    assert len(intrusion.collect(path, items, key)) == 3


def spoiled(change):
    def answer(path):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        change(table).to_csv(path, index=False)

    return answer


def at(row, column, value):
    def change(table):
        table.loc[row, column] = value
        return table

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (at(1, "answer", ""), "anna.csv, row 3, answer: word-002 has no answer"),
        (at(1, "answer", "g"), "anna.csv, row 3, answer: word-002 expects one letter of a, b, c, d, e, f; found 'g'"),
        (at(0, "answer", "a, b"), "anna.csv, row 2, answer: word-001 expects one letter .* found 'a, b'"),
        (at(0, "c", "another"), "anna.csv, row 2, c: word-001 was changed: expected '.*', found 'another'"),
        (at(2, "test", "0"), "anna.csv, row 4, test: '0' is another test than"),
        (at(2, "item", "word-009"), "anna.csv, row 4, item: there is no item 'word-009'"),
        (at(2, "item", "word-001"), "anna.csv, row 4, item: word-001 was answered in row 2 already"),
        (lambda table: table.iloc[:-1], "anna.csv: the row of word-003 is missing"),
        (lambda table: table.drop(columns="answer"), "anna.csv, row 1: the column answer is missing"),
    ],
    ids=["empty", "letter", "two", "changed", "test", "item", "twice", "row", "column"],
)
def test_answers_that_cannot_be_scored_are_refused_with_their_place(tmp_path, change, message):
    items, key = made(kinds=["word"])
    (path,) = filled(tmp_path, items, key, anna=right(key))
    spoiled(change)(path)
    with pytest.raises(intrusion.IntrusionError, match=message):
        intrusion.collect([path], items, key)


def test_all_faults_of_all_sheets_are_told_at_once(tmp_path):
    items, key = made(kinds=["word"])
    paths = filled(tmp_path, items, key, anna=lambda sheet: "", ben=right(key))
    spoiled(at(0, "answer", "z"))(paths[1])
    with pytest.raises(intrusion.IntrusionError) as refused:
        intrusion.collect(paths, items, key)
    said = str(refused.value)
    assert said.startswith("4 faults; nothing is scored before they are mended:")
    assert "anna.csv, row 4" in said
    assert "ben.csv, row 2" in said


def test_items_or_a_key_that_were_changed_are_refused(tmp_path):
    items, key = made(kinds=["word"])
    (path,) = filled(tmp_path, items, key, anna=right(key))
    kinder = key.assign(place="a")
    with pytest.raises(intrusion.IntrusionError, match="one of them was changed after they were made"):
        intrusion.collect([path], items, kinder)
    with pytest.raises(intrusion.IntrusionError, match="one of them was changed after they were made"):
        intrusion.sheet(items.assign(text=items["text"].str.upper()), key)
    other = made(kinds=["word"], random_state=5)
    with pytest.raises(intrusion.IntrusionError, match=r"row 2, test: .* is another test than"):
        intrusion.collect([path], *other)


def test_a_sheet_that_is_not_there_or_is_there_twice_is_refused(tmp_path):
    items, key = made(kinds=["word"])
    with pytest.raises(intrusion.IntrusionError, match="There is no sheet"):
        intrusion.collect([tmp_path / "anna.csv"], items, key)
    with pytest.raises(intrusion.IntrusionError, match="found two sheets of anna"):
        intrusion.collect([tmp_path / "anna.csv", tmp_path / "b" / "anna.csv"], items, key)
    with pytest.raises(intrusion.IntrusionError, match="found none"):
        intrusion.collect([], items, key)


# ---- scores


def key_of(n, kind="word", n_options=6):
    rows = [(f"{kind}-{i:03}", kind, i % 2, 1 - i % 2, "a", n_options, "") for i in range(n)]
    return pd.DataFrame(rows, columns=tables.columns(tables.IntrusionKey))


def answers_of(kind="word", **coders):
    rows = [
        (f"{kind}-{i:03}", coder, kind, place) for coder, places in coders.items() for i, place in enumerate(places)
    ]
    return pd.DataFrame(rows, columns=tables.columns(tables.IntrusionAnswers))


def test_precision_by_hand():
    # Eight of ten right: Wilson gives .490 to .943.
    found = intrusion.precision(key_of(10), answers_of(anna="aaaaaaaabb"))
    whole = found[found["topic"].isna() & (found["coder"] == "")].iloc[0]
    assert whole[["n_items", "n_coders", "precision", "chance"]].tolist() == [10, 1, 0.8, 1 / 6]
    assert whole[["low", "high"]].tolist() == pytest.approx([0.4902, 0.9433], abs=1e-4)
    topics_of = found[found["topic"].notna()].set_index("topic")
    assert topics_of["precision"].to_dict() == {0: 0.8, 1: 0.8}


def test_several_coders_make_no_more_items():
    one = intrusion.precision(key_of(10), answers_of(anna="aaaaaaaabb"))
    three = intrusion.precision(key_of(10), answers_of(anna="aaaaaaaabb", ben="aaaaaaaabb", cy="aaaaaaaabb"))
    whole = [table[table["topic"].isna() & (table["coder"] == "")] for table in (one, three)]
    found = [table[["precision", "low", "high", "n_items"]].to_numpy().tolist() for table in whole]
    assert found[0] == found[1]
    assert three[three["coder"] == "ben"]["precision"].tolist() == [0.8]


def test_full_and_no_precision_have_intervals_within_their_bounds():
    for places, precise in (("aaaa", 1), ("bbbb", 0)):
        found = intrusion.precision(key_of(4), answers_of(anna=places)).iloc[-1]
        assert found["precision"] == precise
        assert 0 <= found["low"] <= found["precision"] <= found["high"] <= 1
        assert found["high"] - found["low"] > 0.3


def test_agreement_by_hand():
    # Pairs aa, ab, bb, bb: observed disagreement 2 / 8, expected 2 * 3 * 5 / 56.
    found = intrusion.agreement(key_of(4), answers_of(anna="aabb", ben="abbb"), random_state=0, n_draws=200)
    assert found["alpha"].tolist() == pytest.approx([1 - (2 / 8) / (30 / 56)])
    assert found["low"][0] < found["alpha"][0] <= found["high"][0]
    assert found[["n_items", "n_coders"]].to_numpy().tolist() == [[4, 2]]


def test_coders_who_are_misled_alike_agree():
    found = intrusion.agreement(key_of(4), answers_of(anna="bcbc", ben="bcbc"), random_state=0, n_draws=20)
    assert found["alpha"].tolist() == [1]


def test_a_single_coder_has_no_agreement():
    found = intrusion.agreement(key_of(4), answers_of(anna="abab"), random_state=0, n_draws=5)
    assert found[["alpha", "low", "high"]].isna().all(axis=None)


def test_the_same_seed_gives_the_same_interval():
    given = key_of(12), answers_of(anna="abcabcabcabc", ben="abcabbabcaab")
    first, again = (intrusion.agreement(*given, random_state=2, n_draws=50) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = intrusion.agreement(*given, random_state=3, n_draws=50)
    assert not np.allclose(first["low"], other["low"]) or not np.allclose(first["high"], other["high"])


def test_what_is_unfinished_or_unknown_is_not_scored():
    with pytest.raises(intrusion.IntrusionError, match="Expected 4 answers of each coder; found 3 of ben"):
        intrusion.precision(key_of(4), answers_of(anna="aaaa", ben="aaa"))
    with pytest.raises(intrusion.IntrusionError, match="The key does not know the item 'word-004'"):
        intrusion.agreement(key_of(4), answers_of(anna="aaaaa"), random_state=0)
    with pytest.raises(intrusion.IntrusionError, match="Expected answers to score; found none"):
        intrusion.precision(key_of(4), tables.empty(tables.IntrusionAnswers))
    with pytest.raises(intrusion.IntrusionError, match="level expects a share between 0 and 1"):
        intrusion.precision(key_of(4), answers_of(anna="aaaa"), level=1)
