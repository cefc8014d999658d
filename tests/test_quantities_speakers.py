"""Who says so: within a sentence, over a quotation, in an interview; and that nobody is guessed."""

import pandas as pd
import pytest

from analysis import corpus, quantities


@pytest.fixture
def stated(documents_of):
    """Quantities of one text, as a table."""
    return lambda text: quantities.extract(corpus.split(documents_of(text)))


def speakers(frame):
    return [tuple(row) for row in frame[["speaker", "cue"]].itertuples(index=False)]


@pytest.mark.parametrize(
    ("text", "speaker", "cue"),
    [
        ("Shelling killed 12 people, according to local officials.", "local officials", "according to"),
        ("According to Reuters, 12 people died.", "Reuters", "According to"),
        ("Shelling killed 12 people, the radio said, citing Mary Smith.", "Mary Smith", "citing"),
        ("Gaza's health ministry says 12 people died.", "Gaza's health ministry", "says"),
        ("On Friday Foreign Minister Israel Katz said 12 people died.", "Foreign Minister Israel Katz", "said"),
        ("Some 12 people died in the north, Palestinian medics said on Saturday.", "Palestinian medics", "said"),
        ("Avi Hyman, the government spokesperson, said 12 people died.", "Avi Hyman", "said"),
        ("“We buried 12 people,” said Mary Smith.", "Mary Smith", "said"),
        ("Some 12 people died there, said a resident.", "a resident", "said"),
        ("Medical workers reported strikes that killed at least 17 people.", "Medical workers", "reported"),
        ("A new poll found 12 percent were unhappy.", "A new poll", "found"),
        ("Police found that 12 people had left.", "Police", "found"),
        ("In a CNN poll, 58 percent were unhappy.", "a CNN poll", "In"),
        ("UNHCR estimates 12,000 people fled.", "UNHCR", "estimates"),
        ("The town was shelled, she later said, and 12 people died.", "she", "said"),
        ("Residents and civil services said 12 people died.", "Residents and civil services", "said"),
        ("The army advanced and the mayor said 12 people died.", "the mayor", "said"),
        ("Mary Smith: “We buried 12 people.”", "Mary Smith", ":"),
        ("Mary Smith and John Doe: “We buried 12 people.”", "Mary Smith and John Doe", ":"),
        ("Kelly answered drily, with a smile: “We saw 12 people.”", "Kelly", ":"),
        ("Health ministry: 12 dead in strikes", "Health ministry", ":"),
        ("Shelling kills 12 people: medics", "medics", ":"),
        ("Gaza Health Ministry Says 12 Killed In Strikes", "Gaza Health Ministry", "Says"),
        ("Rep. John Smith (R-Texas) said 12 people died.", "Rep. John Smith", "said"),
        ("Mary Smith, a lawyer and the head of a group, which is small, said 12 died.", "Mary Smith", "said"),
        ("In August, local groups, among them a union, said 12 died.", "local groups", "said"),
        ("The ministry issued a statement and said 12 people died.", "The ministry", "said"),
        ("The ministry blamed the army, saying 12 people died.", "The ministry", "saying"),
        ("It was war, she said, adding that 12 people died.", "she", "adding"),
        ("She is proposing 12 new camps.", "She", "proposing"),
        ("The president called for a 12 percent cut.", "The president", "called for"),
        ("Police believe the fire killed 12 people.", "Police", "believe"),
        ("The law requires at least 12 guards.", "The law", "requires"),
        ("Under the deal, 12 hostages go home.", "the deal", "Under"),
        ("That held the fund's estimate of growth at 12 percent.", "the fund", "estimate of"),
        ("It follows a New York Times report that 12 people died.", "a New York Times report", "report"),
        ("Some 12 deaths reported by the ministry are new.", "the ministry", "reported by"),
        ("Shelling killed 12 people, per Reuters.", "Reuters", "per"),
        (
            "Twelve died, according to figures released by the ministry.",
            "the ministry",
            "according to figures released by",
        ),
        (
            "The toll rose to 12, according to the U.S. Judicial Office, a court.",
            "the U.S. Judicial Office",
            "according to",
        ),
        ("Shelling killed 12 people, according to the U.N.", "the U.N.", "according to"),
        ("Some 12 people (according to medics) died.", "medics", "according to"),
        ("Some 12 people fled, an official told the Reuters news agency.", "an official", "told"),
        ("Some went, but 12 stayed, said the mayor.", "the mayor", "said"),
        ("According to a source at the command 5 people died.", "a source at the command", "According to"),
        ("Officials report 12 deaths.", "Officials", "report"),
        ("Reuters reports 12 deaths.", "Reuters", "reports"),
        ("“We saw 12.” said Mary Smith.", "Mary Smith", "said"),
        ("The ministry put the toll at 12.", "The ministry", "put the toll at"),
        ("The toll, which the ministry puts at about 12, rises.", "the ministry", "puts at"),
        ("A statement by the army put it at 12.", "A statement by the army", "put it at"),
        ("The World Bank raised its estimate of growth to 12 percent.", "The World Bank", "raised its estimate"),
        ("The agency increases the death toll to 12.", "The agency", "increases the death toll"),
        ("Mary Smith’s “47 percent” remark hurt.", "Mary Smith", "remark"),
        ("Mary Smith was quoted by Reuters as saying 12 people died.", "Mary Smith", "quoted by Reuters as saying"),
        ("The town is in ruins, with the mayor saying 12 people died.", "the mayor", "saying"),
        ("Doctors counted 12 bodies.", "Doctors", "counted"),
        ("The UN’s rights office has verified 12 deaths.", "The UN’s rights office", "verified"),
        ("A judge ruled that 12 people were cheated.", "A judge", "ruled"),
        ("The WHO said 12 people died.", "The WHO", "said"),
        ("Speaking in Rome, Smith made a promise: “Some 12 people died.”", "Smith", ":"),
        ("The twice-elected mayor made a bet: “Some 12 people died.”", "The twice-elected mayor", ":"),
        # Print that has lost its commas.
        ("Shelling killed 12 people in the city a monitoring group said on Monday.", "a monitoring group", "said"),
        ("Shelling killed 12 people in the town security sources said.", "security sources", "said"),
        ("Shelling killed 12 people Civil Defence said.", "Civil Defence", "said"),
        ("Some 12 people were wounded Shadi al-Jundi told AFP.", "Shadi al-Jundi", "told"),
        ("Shelling killed 12 people said the Observatory.", "the Observatory", "said"),
        ("The Observatory which relies on activists in the country said 12 people died.", "The Observatory", "said"),
        ("According to the United Nations the war killed 12 people.", "the United Nations", "According to"),
        ("But Smith made a promise: “Some 12 people died.”", "Smith", ":"),
        ("According to the group they were the last of 12 people.", "the group", "According to"),
        ("WHO says 12 people died.", "WHO", "says"),
        ("Hamas denies that, saying 12 people died.", "Hamas", "saying"),
        ("The toll stood at 12, the ministry said; that was on Monday.", "the ministry", "said"),
        ("It is shown by this finding: “Some 12 people died.”", "this finding", ":"),
        ("In May, Smith made the following comment: “Some 12 people died.”", "Smith", ":"),
        (
            "A study being released on Monday by a group of doctors shows that 12 people died.",
            "A study being released on Monday by a group of doctors",
            "shows",
        ),
        (
            "Results of polls conducted by Gallup for the BBC and local papers show 12 percent agree.",
            "Results of polls conducted by Gallup for the BBC and local papers",
            "show",
        ),
    ],
)
def test_a_speaker_is_given_word_for_word_with_the_cue(stated, text, speaker, cue):
    assert speakers(stated(text)) == [(speaker, cue)]


@pytest.mark.parametrize(
    "text",
    [
        "Shelling killed 12 people.",
        "Police found 12 bodies.",
        "The blast claimed the lives of 12 people.",
        "The group claimed responsibility for 12 attacks.",
        "Republicans control 12 states with 30 votes.",
        "They are said to hold 12 people.",
        "She warned against sending 12 trucks.",
        "“Let's say 12 people came.",
        "Editor’s note: 12 people died.",
        "STORY: The court sat. It was a refuge for 12 people.",
        "I said 12 people died.",
        "Mary Smith, 34, said hello to him.",
        "Twenty-seven states lead 12 groups.",
        "They spent 12 dollars on voters in battleground states, it seems.",
        "They have 12 more pledged delegates.",
        "Critics of 12 claims and alleged frauds left.",
        "Citing a threat to health, they closed 12 plants.",
        "Trump tells 12 supporters that it is over.",
        "The promised 12 camps were never built.",
        "The party pledged peace, and 12 camps closed.",
        "The country urged the panel of 12 judges to sit.",
        "The explosion took place at a square where 12 people stood.",
        "The bank raised the rent of 12 shops.",
        "The company recorded 12 sales.",
        "It killed 12 people as the general said.",
        "Some 12 people were killed in Deir Ezzor said.",
        "It declared a caliphate of 12 towns.",
        "It maintains a presence in 12 towns.",
        "The war has claimed more than 12 lives.",
        "The siege threatens 12 towns.",
        "It killed 12 people despite what the general said.",
        "It killed 12 people the driver said.",  # no one who is known to speak
        "At stake in those three states are 12 seats.",
        "The kingdom declared war on 12 states.",
        "The portal was to grow and maintain itself as 12 brands.",
        "Mary Smith’s “47 percent” shop burned.",
        "“It was war,” Mary Smith said of the town, which lost 12 people.",
        "“It was war. We ran.\n\nSome 5 left, and that was it.",
    ],
)
def test_nobody_is_guessed(stated, text):
    assert (stated(text)["speaker"] == "").all()
    assert stated(text)["speaker_start"].isna().all()


def test_each_number_goes_to_the_nearest_speaker_of_its_clause(stated):
    found = stated(
        "More than 35 people died, according to local officials, since the army began its war after the "
        "attack, in which 12 people were killed and 25 others taken hostage, according to Israeli officials."
    )
    assert found["speaker"].tolist() == ["local officials", "Israeli officials", "Israeli officials"]


def test_each_who_counts_has_a_number_of_his_own(stated):
    found = stated("State television reported 12 dead, while activists put the number at 45.")
    assert found["speaker"].tolist() == ["State television", "activists"]


def test_a_quotation_is_of_whom_the_sentence_before_its_colon_names(stated):
    found = stated("Smith made a promise:\n“We will build 12 camps. Then 30 more will come.”\nSome 5 left.")
    assert found["speaker"].tolist() == ["Smith", "Smith", ""]


def test_a_quotation_of_several_sentences_has_one_speaker(stated):
    found = stated("“We buried 12 people. Then 30 came. It was all we could do,” Mary Smith said. About 5 left.")
    assert found["speaker"].tolist() == ["Mary Smith", "Mary Smith", ""]


def test_a_quotation_goes_on_behind_its_speaker(stated):
    found = stated('"It was quiet," Mary Smith said. "We buried 12 people. Then 30 came." Some 5 left.')
    assert found["speaker"].tolist() == ["Mary Smith", "Mary Smith", ""]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("“I hope you find the 12 people.” Smith said.\nSome 5 left.", ["Smith", ""]),
        ("“I hope you find the 12 people!”\n― Mary Smith.", ["Mary Smith"]),
        ("''We buried 12 people,'' Mr. Smith said.", ["Mr. Smith"]),
        ("“They say 12 came,” Mary Smith said.", ["Mary Smith"]),
        ("The toll (medics say it is 12) is now 15.", ["medics", ""]),
        ("Mary Smith: “We ran. There were 12.\n\n“Then 30 came.”\n\nSome 5 left.", ["Mary Smith", "Mary Smith", ""]),
        (
            "“We buried 12 people,” he said. “A poll by the radio found 30 percent afraid.”",
            ["he", "A poll by the radio"],
        ),
    ],
)
def test_direct_speech_has_its_speaker_outside_its_marks(stated, text, speakers):
    assert stated(text)["speaker"].tolist() == speakers


def test_a_colon_hands_over_to_the_quotation_behind_it(stated):
    assert stated("The New York Times reports:\n“Some 12 people died.”")["speaker"].tolist() == ["The New York Times"]


def test_turns_of_an_interview(stated):
    found = stated("SMITH: How many?\nJONES: It was 12 people. I saw 30 more.\nSMITH: Only 40 people?")
    assert speakers(found) == [("JONES", ":"), ("JONES", ":"), ("SMITH", ":")]


def test_a_turn_does_not_last_forever(stated):
    text = "SMITH: Yes.\nJONES: No.\nSMITH: Yes.\n" + "It was so.\n" * 12 + "Here 12 people sat."
    assert stated(text)["speaker"].tolist() == [""]


@pytest.mark.parametrize(
    ("label", "name", "kind"),
    [
        ("Gaza’s Health Ministry", "Gaza's health ministry", "official"),
        ("the Hamas-run health ministry", "Gaza's health ministry", "official"),
        ("the IDF", "Israel Defense Forces", "armed party"),
        ("the U.N.", "United Nations", "NGO or UN"),
        ("The Observatory", "Syrian Observatory for Human Rights", "NGO or UN"),
        ("A hospital worker", "hospital worker", "witness"),
        ("The finance minister", "finance minister", "official"),
        ("Rebels of the north", "Rebels of the north", "armed party"),
        ("Several witnesses", "Several witnesses", "witness"),
        ("Two sources", "Two sources", "unnamed"),
        ("Mary Smith", "Mary Smith", ""),
    ],
)
def test_names_and_kinds_of_speakers(stated, label, name, kind):
    found = stated(f"{label} said 112 people died.").iloc[-1]
    assert (found["speaker"], found["speaker_name"], found["speaker_kind"]) == (label, name, kind)


@pytest.mark.parametrize(("place", "name"), [("Gaza", "Gaza's health ministry"), ("Sudan", "local health authorities")])
def test_some_labels_name_a_speaker_only_where_they_are_at_home(stated, place, name):
    found = stated(f"They fought in {place}. Some 12 people died, according to local health authorities.")
    assert found["speaker_name"].tolist() == [name]


def test_a_longer_report_keeps_offsets_and_words_together(seed_documents):
    text = dict(zip(seed_documents["document_id"], seed_documents["text"], strict=True))
    found = quantities.extract(corpus.split(seed_documents))
    assert len(found) > 40
    for row in found.to_dict("records"):
        whole = text[row["document_id"]]
        assert whole[row["start"] : row["end"]] == row["surface"]
        if row["speaker"]:
            assert whole[row["speaker_start"] : row["speaker_end"]] == row["speaker"]
            assert row["cue"] in whole
        else:
            assert pd.isna(row["speaker_start"])


FACTS = [
    # document, surface, low, bound, approximate, counted, class, event, speaker, name
    ("000", "35,000", 35000, "more than", False, "Palestinians", "people", "killed", "Gaza’s Health Ministry", "Gaza"),
    ("001", "35,000", 35000, "more than", False, "people", "people", "killed", "local health authorities", "Gaza"),
    ("001", "1,200", 1200, "exact", True, "people", "people", "killed", "Israeli officials", "Israeli officials"),
    ("001", "250", 250, "exact", True, "others", "people", "taken hostage", "Israeli officials", "Israeli officials"),
    ("002", "1,200", 1200, "exact", True, "people", "people", "killed", "Israeli tallies", "Israeli tallies"),
    (
        "002",
        "250",
        250,
        "more than",
        False,
        "hostages",
        "people",
        "taken hostage",
        "Israeli tallies",
        "Israeli tallies",
    ),
    ("002", "35,000", 35000, "more than", False, "Palestinians", "people", "killed", "Gaza's health ministry", "Gaza"),
    ("004", "30", 30, "more than", False, "people", "people", "killed", "Palestinian medics", "Palestinian medics"),
    ("004", "35,000", 35000, "more than", False, "Palestinians", "people", "killed", "Gaza's health ministry", "Gaza"),
    ("004", "1,200", 1200, "exact", True, "people", "people", "killed", "Israeli tallies", "Israeli tallies"),
    ("004", "17", 17, "at least", False, "people", "people", "killed", "Palestinian medical workers", "Palestinian"),
    ("004", "300", 300, "exact", True, "trucks of aid", "vehicles", "delivered", "", ""),
    ("004", "143", 143, "exact", False, "trucks", "vehicles", "delivered", "the UN", "United Nations"),
    ("001", "100", 100, "more than", False, "people", "people", "held hostage", "", ""),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact[0]} {fact[1]}")
def test_facts_of_the_seed_reports(seed_documents, fact):
    document, surface, low, bound, approximate, counted, of_class, event, speaker, name = fact
    found = quantities.extract(corpus.split(seed_documents[seed_documents["document_id"].str.startswith(document)]))
    row = found[(found["surface"] == surface) & (found["counted"] == counted)].iloc[0]
    assert (row["low"], row["bound"], row["approximate"]) == (low, bound, approximate)
    assert (row["counted_class"], row["event"], row["speaker"]) == (of_class, event, speaker)
    assert row["speaker_name"].startswith(name)


def test_two_numbers_of_the_seed_reports_read_closely(seed_documents):
    found = quantities.extract(corpus.split(seed_documents))
    killed = found[(found["surface"] == "31")]
    assert killed["event"].tolist() == ["killed", "killed"]
    assert killed["counted"].tolist() == ["", "Palestinians"]
    assert killed["speaker"].tolist() == ["", "local medical officials"]
    assert killed["cumulative"].tolist()[-1] == "incremental"
    duration = found[found["surface"] == "19"].iloc[0]
    assert (duration["kind"], duration["unit"]) == ("duration", "day")
    assert not found["surface"].isin(["7", "24", "2024"]).any()


@pytest.mark.parametrize(
    ("text", "speaker", "name"),
    [
        ("Mary Smith spoke on Friday. She said 12 people died.", "She", "Mary Smith"),
        ("The IDF said it advanced. It added that 12 people died.", "It", "Israel Defense Forces"),
        ("They spoke to John Doe, who said 12 people died.", "who", "John Doe"),
        ("Roads were cut. She said 12 people died.", "She", "She"),
        ("Trucks waited. It added that 12 people died.", "It", "It"),
    ],
)
def test_a_pronoun_keeps_its_words_and_takes_the_name_of_the_last_speaker(stated, text, speaker, name):
    found = stated(text)
    assert (found["speaker"].tolist(), found["speaker_name"].tolist()) == ([speaker], [name])
