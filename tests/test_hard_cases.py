"""The hardest cases: each reason beside a neighbour it must not touch, the score by hand, what may not crowd out."""

import pandas as pd
import pytest
from claims_of import INF, NAN, clusters_of, quantities_of, stated

from analysis import corpus, lexicon, quantities, tables
from analysis.quantities import HardestError, hard_cases, reasons

POINTS = {row["reason"]: int(row["points"]) for row in lexicon.rows("reasons")}


def of_text(text, *rows, document_id="a"):
    """Quantities at the place of their surface in a text that is one passage, and the passages."""
    placed = []
    for surface, more in rows:
        start = more.pop("start", text.index(surface))
        speaker = more.get("speaker", "")
        named = {"speaker_start": text.index(speaker), "speaker_end": text.index(speaker) + len(speaker)}
        row = stated(document_id, 5, start=start, **{"event": "", "speaker_name": speaker} | more)
        placed.append(row | {"surface": surface, "end": start + len(surface)} | (named if speaker else {}))
    passages = pd.DataFrame([(document_id, 0, len(text), text)], columns=tables.columns(tables.Passages))
    return quantities_of(*placed), tables.check(tables.Passages, passages)


def why(text, *rows):
    """Names of the reasons of the last quantity."""
    flags, _ = reasons.of(*of_text(text, *rows))
    return {name for name in flags.columns if flags[name].iloc[-1]}


ATTRIBUTED = {"speaker": "Medics"}


@pytest.mark.parametrize(
    ("reason", "text", "row", "neighbour"),
    [
        ("other speaker's word", "Five died, officials said.", {}, ("Five died in a fire.", {})),
        ("other speaker's word", "Five died, officials said.", {}, ("Medics said Five died.", ATTRIBUTED)),
        (
            "unnamed pronoun",
            "They said Five died.",
            {"speaker": "They"},
            ("They said Five died.", {"speaker": "They", "speaker_name": "Medics"}),
        ),
        (
            "named pronoun",
            "They said Five died.",
            {"speaker": "They", "speaker_name": "Medics"},
            ("They said Five died.", {"speaker": "They"}),
        ),
        (
            "far speaker",
            f"Medics said that {'in the town ' * 15}Five died.",
            ATTRIBUTED,
            ("Medics said that Five died.", ATTRIBUTED),
        ),
        (
            "long speaker",
            "The head of the press office of the town said Five died.",
            {"speaker": "The head of the press office of the town"},
            ("The head of the office said Five died.", {"speaker": "The head of the office"}),
        ),
        (
            "denied",
            "Medics denied that Five died.",
            ATTRIBUTED | {"cue": "denied"},
            ("Medics said Five died.", ATTRIBUTED | {"cue": "said"}),
        ),
        ("toll without speaker", "Five died.", {"event": "killed"}, ("Five fled.", {"event": "displaced"})),
        (
            "toll without speaker",
            "Five died.",
            {"event": "killed"},
            ("Medics: Five died.", {"event": "killed"} | ATTRIBUTED),
        ),
        ("nothing counted", "Room Five.", {"counted": "", "counted_class": ""}, ("Five died.", {"counted": ""})),
        ("noun from event", "Five died.", {"counted": ""}, ("Five people died.", {})),
        ("noun elsewhere", f"people and {'so on and ' * 10}Five died.", {}, ("people and Five died.", {})),
        (
            "noun unknown",
            "It killed Five state media.",
            {"counted": "state media", "event": "killed"},
            ("It killed Five state workers.", {"counted": "state workers", "event": "killed"}),
        ),
        (
            "long noun",
            "Five small old blue wooden fishing boats",
            {"counted": "small old blue wooden fishing boats"},
            ("Five small boats", {"counted": "small boats"}),
        ),
        (
            "other event nearer",
            "Bombs killed two and Five wounded.",
            {"event": "killed"},
            ("Bombs killed two and Five wounded.", {"event": "injured"}),
        ),
        ("no event", "Five people saw who was killed.", {}, ("Five people saw it.", {})),
        (
            "no value",
            "Five saw it.",
            {"bound": "vague", "low": NAN, "high": NAN},
            ("Five saw it.", {"bound": "vague", "low": 5.0, "high": 9.0}),
        ),
        ("year", "In room 1987 people met.", {"counted": ""}, ("Some 1987 people met.", {})),
        ("year", "In room 1987 people met.", {"counted": ""}, ("In room 2187 people met.", {"counted": ""})),
        (
            "wide range",
            "Five saw it.",
            {"bound": "between", "low": 2.0, "high": 30.0},
            ("Five saw it.", {"bound": "between", "low": 3.0, "high": 30.0}),
        ),
        ("in a word", "withFive people", {}, ("with Five people", {})),
        ("in a word", "FiveG people", {}, ("FiveG people", {"kind": "measure"})),
        (
            "far hedge",
            "about the houses there, and then Five people",
            {"hedge": "about"},
            ("about Five people", {"hedge": "about"}),
        ),
        ("one", "No one saw it.", {}, ("One person was killed.", {"event": "killed"})),
        ("short unit", "Five in the town", {"kind": "measure"}, ("Five in. of rain", {"kind": "measure"})),
        (
            "too many people",
            "Five died.",
            {"low": 3e8, "high": 3e8, "event": "killed"},
            ("Five died.", {"low": 1e8, "event": "killed"}),
        ),
        ("share", "Five of them", {"kind": "rate", "unit": "share"}, ("Five a day", {"kind": "rate"})),
    ],
)
def test_a_reason_and_its_neighbour(reason, text, row, neighbour):
    surface = {"year": "1987", "one": "one"}.get(reason, "Five")
    assert reason in why(text, (surface, dict(row)))
    beside, others = neighbour
    surface = next(word for word in (surface, "2187", "One") if word in beside)
    assert reason not in why(beside, (surface, dict(others)))


def test_every_reason_of_the_lexicon_has_a_rule_and_every_rule_a_reason():
    assert set(POINTS) == set(reasons._RULES)
    assert all(points > 0 for points in POINTS.values())


def test_two_speakers_are_two_that_are_read_in_one_sentence():
    text = "Medics said Five died; police said 7 died."
    medics, police = ("Five", {"speaker": "Medics"}), ("7", {"speaker": "police"})
    assert "two speakers" in why(text, dict_of(medics), dict_of(police))
    assert "two speakers" not in why(text, dict_of(medics), ("7", {"speaker": "Medics"}))


def dict_of(row):
    return row[0], dict(row[1])


def test_a_range_that_falls_is_told_of_both_its_ends():
    falls = [("30", {"low": 30.0, "high": 30.0}), ("20", {"low": 20.0, "high": 20.0})]
    flags, _ = reasons.of(*of_text("from 30 to 20 people", *map(dict_of, falls)))
    assert flags["falling range"].tolist() == [True, True]
    flags, _ = reasons.of(*of_text("from 30 people to 20 people", *map(dict_of, falls)))
    assert flags["falling range"].tolist() == [False, False]
    rises = [("20", {"low": 20.0, "high": 20.0}), ("30", {"low": 30.0, "high": 30.0})]
    flags, _ = reasons.of(*of_text("from 20 to 30 people", *map(dict_of, rises)))
    assert flags["falling range"].tolist() == [False, False]


def test_many_numbers_are_more_than_eight():
    def count(n):
        text = " ".join(str(number) for number in range(10, 10 + n))
        return why(text, *[(str(number), {}) for number in range(10, 10 + n)])

    assert "list of numbers" not in count(8)
    assert "list of numbers" in count(9)


def test_a_speaker_of_another_sentence():
    texts = ["Medics spoke.", "Five died."]
    rows = [("a", 0, 13, texts[0]), ("a", 14, 24, texts[1])]
    passages = tables.check(tables.Passages, pd.DataFrame(rows, columns=tables.columns(tables.Passages)))
    row = stated("a", 5, start=14, speaker="Medics", speaker_start=0, speaker_end=6, speaker_name="Medics")
    row |= {"surface": "Five", "end": 18}
    assert reasons.of(quantities_of(row), passages)[0]["other sentence"].tolist() == [True]
    own = row | {"speaker": "died", "speaker_start": 19, "speaker_end": 23}
    assert reasons.of(quantities_of(own), passages)[0]["other sentence"].tolist() == [False]


def test_quantities_of_other_passages_are_refused():
    found, passages = of_text("Five died.", ("Five", {}))
    with pytest.raises(tables.TableError, match="'Five' does not stand at 0 of a passage of a, nor do 0 others"):
        quantities.hardest(found, passages.assign(text="Nine died."))
    with pytest.raises(tables.TableError, match="does not stand at 0 of a passage of b"):
        quantities.hardest(found.assign(document_id="b"), passages)
    with pytest.raises(tables.TableError, match="does not stand"):
        quantities.hardest(found, passages.iloc[:0])


# ---- The list


def corpus_of(*texts):
    documents = corpus.from_frame(pd.DataFrame({"document_id": [f"d{n:02}" for n in range(len(texts))], "text": texts}))
    passages = corpus.split(documents)
    return quantities.extract(passages), passages


def test_the_score_is_the_sum_of_points_doubled_for_people_to_whom_something_happened():
    found, passages = corpus_of("Twelve people were killed in a fire.")
    listed = quantities.hardest(found, passages)
    assert listed["score"].tolist() == [2 * POINTS["toll without speaker"]]
    assert listed["reasons"].tolist() == ["nobody is named for a toll"]
    assert listed[["rank", "n_copies", "story", "sentence"]].iloc[0].tolist() == [
        1,
        0,
        "d00",
        "Twelve people were killed in a fire.",
    ]
    found, passages = corpus_of("A third of the homes are blue.")
    assert quantities.hardest(found, passages)["score"].tolist() == [POINTS["share"]]


def test_what_has_no_reason_is_not_listed():
    found, passages = corpus_of("Police said five boats were seen.")
    assert len(found) == 1
    assert quantities.hardest(found, passages).empty
    assert quantities.hardest(found.iloc[:0], passages.iloc[:0]).empty


def test_a_reason_that_was_listed_counts_less_for_the_next_rank():
    """Three tolls of 2 points and a share of 1: the second toll is worth 2 / 2, the third 2 / 3."""
    found, passages = corpus_of(
        "Ninety people were killed.",
        "Eighty people were killed.",
        "Seventy people were killed.",
        "A third of it is blue.",
    )
    listed = quantities.hardest(found, passages)
    assert listed["surface"].tolist() == ["Ninety", "Eighty", "A third", "Seventy"]


def test_the_larger_value_goes_first_among_equals():
    found, passages = corpus_of("Nine people were killed.", "Ninety people were killed.")
    assert quantities.hardest(found, passages)["surface"].tolist() == ["Ninety", "Nine"]


def test_a_story_is_not_listed_again_before_every_other_story_was():
    texts = ["Ninety people were killed. Eighty people died.", "Seventy people died here."]
    found, passages = corpus_of(*texts, "Sixty people died there.")
    alone = quantities.hardest(found, passages)
    assert alone["surface"].tolist() == ["Ninety", "Seventy", "Sixty", "Eighty"]
    joined = quantities.hardest(found, passages, clusters=clusters_of(["d00", "d01"], ["d02"]))
    assert joined["surface"].tolist() == ["Ninety", "Sixty", "Eighty", "Seventy"]
    assert joined["story"].tolist() == ["d00", "d02", "d00", "d00"]


def test_a_value_of_one_thing_is_not_listed_again_before_others_were():
    found, passages = corpus_of("Ninety people were killed.", "Then ninety people died.", "Nine people were killed.")
    assert quantities.hardest(found, passages)["surface"].tolist() == ["Ninety", "Nine", "ninety"]


def test_what_several_reports_print_in_one_sentence_is_listed_once_with_the_number_of_copies():
    found, passages = corpus_of(*["The fire was big. Ninety people were killed."] * 3, "Ninety people were killed. So.")
    listed = quantities.hardest(found, passages)
    assert listed[["document_id", "n_copies"]].to_numpy().tolist() == [["d00", 3]]


def test_what_is_decided_is_left_out_and_what_is_open_is_not():
    found, passages = corpus_of("Ninety people were killed.", "Eighty people were killed.")
    rows = found[["document_id", "start", "end", "surface"]].assign(decision=["confirm", ""])
    listed = quantities.hardest(found, passages, decided=quantities.read_corrections(rows))
    assert listed["surface"].tolist() == ["Eighty"]


def test_neither_the_order_of_rows_nor_the_length_of_the_list_changes_what_comes_first(seed_documents):
    passages = corpus.split(seed_documents)
    found = quantities.extract(passages)
    whole = quantities.hardest(found, passages)
    shuffled = quantities.hardest(found.sample(frac=1, random_state=1), passages.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(whole, shuffled)
    pd.testing.assert_frame_equal(whole.head(3), quantities.hardest(found, passages, at_most=3))
    assert len(whole) > 3
    told = " ".join(whole["reasons"])
    assert told.count("nobody is named for a toll") < len(whole), "not one reason for all"


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_size_of_a_batch_changes_nothing(seed_documents, monkeypatch, size):
    passages = corpus.split(seed_documents)
    found = quantities.extract(passages)
    whole = quantities.hardest(found, passages)
    monkeypatch.setattr(hard_cases, "_BATCH", size)
    pd.testing.assert_frame_equal(whole, quantities.hardest(found, passages))


@pytest.mark.parametrize("at_most", [0, -1, 2.0, True, "5"])
def test_an_impossible_length_is_refused(at_most):
    found, passages = corpus_of("Ninety people were killed.")
    with pytest.raises(HardestError, match="at_most expects a whole number above 0; found"):
        quantities.hardest(found, passages, at_most=at_most)


def test_infinite_and_missing_values_have_their_place():
    text = "Five died. Some died. Nine died."
    rows = [
        ("Five", {"event": "killed", "bound": "at least", "high": INF}),
        ("Some", {"event": "killed", "bound": "vague", "low": NAN, "high": NAN}),
        ("Nine", {"event": "killed", "bound": "at most", "low": 0.0, "high": 9.0}),
    ]
    listed = quantities.hardest(*of_text(text, *rows))
    assert sorted(listed["surface"]) == ["Five", "Nine", "Some"]
