"""Sentences say what the tables say: numbers, singular and plural, and nothing that a table does not support."""

import pandas as pd
import pytest

from analysis import sentences, tables


def pairs_of(*rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "score"])
    return tables.check(tables.Pairs, frame.assign(containment=0.5, lag=float("nan")))


def clusters_of(**representatives):
    frame = pd.DataFrame({"document_id": list(representatives), "representative": list(representatives.values())})
    return tables.check(tables.Clusters, frame.assign(score=1.0))


def shared_of(*rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "a_start", "n_words", "quoted"])
    frame = frame.assign(b_start=frame["a_start"], a_end=frame["a_start"] + 50, b_end=frame["a_start"] + 50, first="")
    return tables.check(tables.SharedPassages, frame)


def quantities_of(*rows):
    """Rows of (document_id, start, hedge, surface, value, speaker, speaker_name)."""
    names = ["document_id", "start", "hedge", "surface", "low", "speaker", "speaker_name"]
    frame = pd.DataFrame(rows, columns=names)
    text = dict.fromkeys(
        ["trend", "unit", "per", "cumulative", "time", "time_basis", "place", "place_basis", "speaker_kind", "cue"], ""
    )
    frame = frame.assign(
        end=frame["start"] + 2, high=frame["low"], bound="exact", approximate=False, kind="count", **text
    )
    frame = frame.assign(counted="people", counted_class="people", event="killed", speaker_start=None, speaker_end=None)
    return tables.check(tables.Quantities, frame)


def claims_of(*rows):
    """Rows of (claim_id, n_documents, n_independent, n_speakers, agreement)."""
    frame = pd.DataFrame(rows, columns=["claim_id", "n_documents", "n_independent", "n_speakers", "agreement"])
    frame = frame.assign(
        counted="people", event="killed", unit="", low=12.0, high=12.0, against="", first_published=pd.NaT
    )
    return tables.check(tables.Claims, frame)


def members_of(*rows):
    return tables.check(
        tables.ClaimQuantities, pd.DataFrame(rows, columns=["claim_id", "document_id", "start"]).assign(witness="w")
    )


# ---- corpus


def test_corpus_counts_and_names_what_is_not_known(documents_of):
    documents = documents_of("One.", "Two.", published=["2024-05-24", ""], outlet=["Post", "Post"])
    passages = tables.check(
        tables.Passages, pd.DataFrame({"document_id": ["a"], "start": [0], "end": [4], "text": ["One."]})
    )
    said = sentences.corpus(documents, passages)
    assert "**2 reports** with 1 passage." in said
    assert "published on 2024-05-24." in said
    assert "1 report of 2 does not state a date (b)." in said
    assert "outlet" not in said


def test_corpus_of_several_days_and_of_none(documents_of):
    passages = tables.empty(tables.Passages)
    spread = documents_of("x", "y", published=["2024-05-24", "2024-05-26"])
    assert "The dated ones are of 2024-05-24 to 2024-05-26." in sentences.corpus(spread, passages)
    assert "None of them has a date." in sentences.corpus(documents_of("x"), passages)


def test_many_names_are_cut_and_it_is_said(documents_of):
    said = sentences.corpus(documents_of(*"uvwxyz"), tables.empty(tables.Passages))
    assert "6 reports of 6 do not state a date (a, b, c, d, e and others)." in said


# ---- duplicates and reuse


def test_duplicates_with_and_without_a_pair():
    similar = pairs_of(("a", "b", 0.31), ("b", "c", 0.9))
    clusters = clusters_of(a="a", b="b", c="b")
    said = sentences.duplicates(similar, similar[similar["score"] > 0.5], clusters, threshold=0.55)
    assert "**b and c at 0.90, then a and b at 0.31**" in said
    assert "**1 pair** reaches the near-duplicate threshold of 0.55." in said
    assert "3 reports make 2 clusters." in said
    none = sentences.duplicates(similar, similar[:0], clusters_of(a="a", b="b"), threshold=1)
    assert "**0 pairs** reach the near-duplicate threshold of 1, so no report counts as a near-copy of another." in none
    assert "No pair of reports is listed." in sentences.duplicates(similar[:0], similar[:0], clusters, threshold=1)


def test_the_report_that_stands_apart(documents_of):
    documents = documents_of("x", "y", "z")
    similar = pairs_of(("a", "b", 0.19), ("a", "c", 0.12), ("b", "c", 0.9))
    assert "Farthest from all others: **a**, whose highest score is 0.19." in sentences.apart(
        similar, similar, documents
    )
    assert "published close together it still reaches 0.19." in sentences.apart(similar, similar, documents)
    assert "published close together it is in no pair." in sentences.apart(similar, similar[2:], documents)
    assert sentences.apart(similar[2:], similar[:0], documents) == "1 report of 3 is in no listed pair."


def test_the_highest_cosine_is_the_copy_or_it_is_not():
    similar = pairs_of(("a", "b", 0.9), ("b", "c", 0.3))
    copied = shared_of(("b", "c", 0, 20, False), ("a", "b", 0, 17, True))
    said = sentences.reuse(similar, copied)
    assert "b and c share 1 passage, 20 words." in said
    assert "a and b share 1 passage, 17 words, a quotation." in said
    assert "So the highest cosine is not the copy:** a and b are most alike" in said
    same = sentences.reuse(similar, shared_of(("a", "b", 0, 20, False)))
    assert "also shares text word for word" in same
    assert "not the copy" not in same


def test_of_two_copied_pairs_the_shorter_may_have_the_higher_cosine():
    similar = pairs_of(("a", "b", 1.0), ("b", "c", 0.9))
    said = sentences.reuse(similar, shared_of(("b", "c", 0, 200, False), ("a", "b", 0, 20, False)))
    assert "not the copy" not in said


@pytest.mark.parametrize(
    ("quoted", "said"),
    [((True, True), "2 passages, 20 words, all quotations."), ((True, False), "20 words, 1 of them quotations.")],
)
def test_quotations_are_told_apart(quoted, said):
    shared = shared_of(*[("a", "b", 100 * place, 10, flag) for place, flag in enumerate(quoted)])
    assert said in sentences.reuse(pairs_of(("a", "b", 0.5)), shared)


def test_only_quotations_are_shared_so_nothing_is_said_of_copies():
    said = sentences.reuse(pairs_of(("a", "b", 0.5)), shared_of(("a", "b", 0, 10, True)))
    assert "copy" not in said


def test_nothing_shared():
    none = tables.empty(tables.SharedPassages)
    assert sentences.reuse(pairs_of(("a", "b", 0.5)), none) == (
        "No two reports share a passage of this length word for word."
    )


# ---- topics


def test_topics_are_named_and_few_reports_are_called_few():
    terms = tables.check(
        tables.TopicTerms,
        pd.DataFrame({"topic": [0, 0, 1], "term": ["court", "aid", "rain"], "weight": [0.5, 0.5, 1.0]}),
    )
    shares = tables.check(
        tables.DocumentTopics,
        pd.DataFrame({"document_id": ["a", "a", "b", "b"], "topic": [0, 1, 0, 1], "share": [0.75, 0.25, 0.25, 0.75]}),
    )
    said = sentences.topics(shares, terms)
    assert "**0** (aid, court; 50%), **1** (rain; 50%)." in said
    assert "2 reports show what the steps do, and are too few to study topics with." in said
    many = pd.concat([shares.assign(document_id=f"d{i:03d}" + shares["document_id"]) for i in range(60)])
    assert "too few" not in sentences.topics(tables.check(tables.DocumentTopics, many), terms)
    names = pd.DataFrame(
        {"topic": [0, 1], "name": ["Rafah", ""], "note": "", "terms": "", "label": ["0 · Rafah", "1: rain"]}
    )
    assert "**0 · Rafah** (50%), **1: rain** (50%)." in sentences.topics(shares, terms, names)


NAMES = pd.DataFrame(
    {"topic": [0, 1], "name": ["Rafah", ""], "note": "", "terms": "", "label": ["0 · Rafah", "1: rain"]}
)


def audit_of(*rows):
    """Rows of (n_effective, largest_share, owned, title)."""
    found = pd.DataFrame(rows, columns=["n_effective", "largest_share", "owned", "title"])
    keys = {"topic": range(len(rows)), "written": 0.5, "printed": 0.5, "representative": "d0", "n_documents": 2}
    return tables.check(tables.TopicAudit, found.assign(**keys))


def test_owned_topics_are_told_with_their_story_and_the_weakest_topic():
    said = sentences.topic_stories(audit_of((9.0, 0.1, False, "x"), (2.5, 0.6, True, "Storm")), NAMES)
    assert said.startswith("1 topic of 2 is owned by one story:\n\n- **1: rain**: “Storm” has 60% of it.")
    assert said.endswith("The fewest stories, 2.5, stand behind 1: rain.")
    nobody = sentences.topic_stories(audit_of((9.0, 0.1, False, "x"), (8.0, 0.1, False, "")), NAMES)
    assert nobody.startswith("0 topics of 2 are owned by one story, with more than a quarter of the topic.")


def differences_of(*rows):
    """Rows of (written, printed, low, high)."""
    found = pd.DataFrame(rows, columns=["written", "printed", "low", "high"])
    keys = {"topic": range(len(rows)), "group": "", "n_documents": 9, "n_stories": 8}
    return tables.check(tables.TopicDifferences, found.assign(**keys, difference=found["printed"] - found["written"]))


def test_only_differences_that_leave_out_0_are_told():
    said = sentences.topic_differences(differences_of((0.4, 0.5, 0.05, 0.2), (0.6, 0.5, -0.2, 0.01)), NAMES)
    assert said.startswith(
        "1 topic of 2 is larger or smaller as printed than as written, by an interval that leaves out 0"
    )
    assert "most of all 0 · Rafah (40.0% written, 50.0% printed)." in said
    none = sentences.topic_differences(differences_of((0.5, 0.5, 0, 0), (0.5, 0.5, 0, 0)), NAMES)
    assert none.startswith("0 topics of 2 are larger or smaller")
    assert "most of all" not in none
    whole = sentences.topic_differences(differences_of((0.5, 0.5, None, None)), NAMES)
    assert "has no interval" in whole


# ---- quantities and claims


def test_quantities_without_a_speaker_are_counted():
    found = quantities_of(("a", 0, "", "12", 12, "the UN", "United Nations"), ("a", 9, "", "7", 7, "", ""))
    said = sentences.quantities(found)
    assert "**2 quantities** are stated in 1 report." in said
    assert "For 1 of them (50%) no speaker is named in the text." in said
    assert "Most often named: United Nations (1)." in said
    assert sentences.quantities(found[:0]) == "No quantity was found."
    assert "Most often named" not in sentences.quantities(found[found["speaker"] == ""])


def test_claims_tell_readings_and_labels():
    stated = quantities_of(
        ("a", 0, "More than", "12", 12, "the ministry", "Ministry"),
        ("b", 0, "more than", "12", 12, "officials", "Ministry"),
        ("c", 0, "", "twelve", 12, "", ""),
    )
    members = members_of(("x", "a", 0), ("x", "b", 0), ("x", "c", 0))
    said = sentences.claims(claims_of(("x", 3, 2, 1, "compatible")), members, stated)
    assert "1 claim, of which 1 stand in more than one report." in said
    assert "“more than 12” (× 2) and “twelve” people, killed, in 3 reports, 2 of them independent;" in said
    assert "1 speaker (“officials” and “the ministry”)." in said


def test_claims_nobody_is_named_for_and_those_in_conflict():
    stated = quantities_of(
        ("a", 0, "", "12", 12, "", ""), ("b", 0, "", "12", 12, "", ""), ("c", 0, "", "15", 15, "", "")
    )
    gathered = claims_of(("x", 2, 2, 0, "conflict"), ("y", 1, 1, 0, "conflict"), ("z", 1, 1, 0, "update"))
    said = sentences.claims(gathered, members_of(("x", "a", 0), ("x", "b", 0), ("y", "c", 0)), stated)
    assert "0 speakers (nobody named)." in said
    assert "In conflict, to be read side by side: x, y." in said
    assert "Later and larger totals: z." in said
    assert "speaker of its own" not in said
    cut = sentences.claims(gathered, members_of(("x", "a", 0), ("x", "b", 0), ("y", "c", 0)), stated, at_most=1)
    assert "In conflict, to be read side by side: x and 1 more." in cut


def test_several_values_in_one_report_are_told_and_not_resolved():
    stated = quantities_of(("a", 0, "", "12", 12, "", ""), ("a", 9, "at least", "7", 7, "", ""))
    gathered = claims_of(("x", 1, 1, 0, "single"), ("y", 1, 1, 0, "single"))
    said = sentences.within_reports(gathered, members_of(("x", "a", 0), ("y", "a", 9)), stated)
    assert said == "Report a gives “12” and “at least 7” for people killed: 2 claims, not a conflict resolved here."
    alone = sentences.within_reports(gathered[:1], members_of(("x", "a", 0)), stated)
    assert alone == "No report gives several values for the same thing and event."


def test_corrections_are_counted_and_what_was_not_applied_is_named():
    rows = [
        ("a", 0, "applied", ""),
        ("a", 5, "already so", ""),
        ("b", 1200, "no longer matches", "“1*3” stands there now"),
    ]
    frame = pd.DataFrame(rows, columns=["document_id", "start", "outcome", "detail"])
    frame = frame.assign(end=frame["start"] + 2, surface="<12>", decision="confirm", was="", became="", note="", by="")
    applied = tables.check(tables.CorrectionsApplied, frame)
    said = sentences.corrections(applied)
    assert said.splitlines()[0] == "**3 corrections**: 1 applied, 1 already so, 1 no longer matches."
    assert "- **no longer matches**: confirm “\\<12\\>” at 1,200 of b: “1\\*3” stands there now." in said
    assert "… and 1 more, in the table." in sentences.corrections(applied, at_most=0)
    assert sentences.corrections(applied[:0]) == "No reader has corrected anything yet."
