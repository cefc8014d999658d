"""Tables as sentences: what a notebook says in words is computed here from its tables, never typed.

Every function takes tables and returns Markdown. What a table does not support is not said.
"""

import re

import pandas as pd

from analysis import tables

_FEW = 100  # reports below which topics only show what the steps do
_RIVALS = {
    "conflict": "In conflict, to be read side by side",
    "conflict between speakers": "In conflict, each value with a speaker of its own",
    "update": "Later and larger totals",
}
_BY = {
    "speaker_kind": "kind of speaker",
    "speaker_name": "speaker",
    "speaker": "label",
    "unattributed": "whether anybody is named",
}
_NOT_KNOWN = {"outlet": "not stated", "month": "no date", "": "nobody", "speaker_kind": "nobody, or of no known kind"}


def corpus(documents, passages):
    """Say how large the corpus is, of what time, and what is not known of it."""
    dated = documents["published"].dropna()
    said = [
        f"The corpus holds **{_number(len(documents), 'report')}** with {_number(len(passages), 'passage')}.",
        _dates(dated),
        _not_known(documents, documents["published"].isna(), "a date"),
        _not_known(documents, documents["outlet"] == "", "an outlet"),
    ]
    return _joined(said)


def duplicates(similarities, pairs, clusters, *, threshold):
    """Say which reports are most alike, which pairs reach the threshold, and how many stories are left."""
    n_clusters = clusters["representative"].nunique()
    return _joined(
        [
            _most_alike(similarities),
            f"**{_number(len(pairs), 'pair')}** {_reach(len(pairs))} the near-duplicate threshold of {threshold:g}"
            + (", so no report counts as a near-copy of another." if pairs.empty else "."),
            f"Counting near-copies once, {_number(len(clusters), 'report')} make {_number(n_clusters, 'cluster')}.",
        ]
    )


def apart(similarities, nearby, documents):
    """Say which report stands farthest from all others, and whether it pairs with any published close to it."""
    best = _highest(similarities).reindex(documents["document_id"])
    alone = best.index[best.isna()]
    if len(alone):
        return f"{_number(len(alone), 'report')} of {len(best):,} {_be(len(alone))} in no listed pair."
    report = best.idxmin()
    close = _highest(nearby).get(report)
    within = "is in no pair" if close is None else f"still reaches {close:.2f}"
    return _joined(
        [
            f"Farthest from all others: **{report}**, whose highest score is {best[report]:.2f}.",
            f"Among reports published close together it {within}.",
        ]
    )


def reuse(similarities, shared_passages):
    """Say which pairs share passages word for word, and whether the most alike pair is the one that copies."""
    if shared_passages.empty:
        return "No two reports share a passage of this length word for word."
    copied = shared_passages.groupby(["a", "b"], as_index=False).agg(
        n_passages=("n_words", "size"), n_words=("n_words", "sum"), n_quoted=("quoted", "sum")
    )
    copied = copied.sort_values(["n_words", "a", "b"], ascending=[False, True, True])
    said = [_shared(row) for row in copied.head(5).itertuples()]
    said.append(f"{_number(len(copied), 'pair')} of reports {_share(len(copied))} such passages; no other pair does.")
    return _joined([*said, _lesson(similarities, copied)])


def topics(document_topics, topic_terms, topic_names=None, *, n_terms=4):
    """Say what the topics are called, by their labels or else by their first terms, and how much each has."""
    shares = document_topics.groupby("topic")["share"].mean()
    labels = {} if topic_names is None else topic_names.set_index("topic")["label"].to_dict()
    named = [
        f"**{labels[topic]}** ({share:.0%})"
        if topic in labels
        else f"**{topic}** ({_first_terms(topic_terms, topic, n_terms)}; {share:.0%})"
        for topic, share in shares.items()
    ]
    n_documents = document_topics["document_id"].nunique()
    return _joined(
        [
            f"The topics, with the mean share of a report: {', '.join(named)}.",
            f"{_number(n_documents, 'report')} show what the steps do, and are too few to study topics with."
            if n_documents < _FEW
            else "",
        ]
    )


def topic_stories(audit, topic_names):
    """Say which topics one story owns, and which rests on the fewest stories."""
    labels = topic_names.set_index("topic")["label"]
    held = audit.dropna(subset=["n_effective"]).sort_values(["n_effective", "topic"])
    owned = [
        f"- **{labels[row.topic]}**: “{row.title or row.representative}” has {row.largest_share:.0%} of it."
        for row in audit[audit["owned"]].itertuples()
    ]
    weakest = [
        f"The fewest stories, {row.n_effective:.1f}, stand behind {labels[row.topic]}." for row in held.itertuples()
    ]
    return _joined(
        [
            f"{_number(len(owned), 'topic')} of {len(audit):,} {_be(len(owned))} owned by one story"
            + (":" if owned else ", with more than a quarter of the topic."),
            "\n".join(owned),
            *weakest[:1],
        ]
    )


def topic_differences(differences, topic_names, *, at_most=3):
    """Say which topics copies make larger or smaller, where the interval of the difference leaves out 0."""
    labels = topic_names.set_index("topic")["label"]
    sure = differences[(differences["low"] > 0) | (differences["high"] < 0)]
    if differences["low"].isna().all():
        return "Of one story, or of all there are, a difference between written and printed has no interval."
    order = sure.assign(size=-sure["difference"].abs()).sort_values(["size", "topic"]).head(at_most)
    said = [f"{labels[row.topic]} ({row.written:.1%} written, {row.printed:.1%} printed)" for row in order.itertuples()]
    named = f", most of all {_listed(said)}" if said else ""
    of_all = f"{_number(len(sure), 'topic')} of {len(differences):,} {_be(len(sure))}"
    return (
        f"{of_all} larger or smaller as printed than as written, by an interval that leaves out 0{named}. At 95 % "
        "about one topic in twenty does so by chance."
    )


def quantities(found):
    """Say how many quantities were found, how many nobody is named for, and who is named most."""
    if found.empty:
        return "No quantity was found."
    unattributed = int((found["speaker"] == "").sum())
    speakers = found.loc[found["speaker_name"] != "", "speaker_name"].value_counts().sort_index(kind="stable")
    speakers = speakers.sort_values(ascending=False, kind="stable")
    named = ", ".join(f"{name} ({count})" for name, count in speakers.head(3).items())
    in_reports = _number(found["document_id"].nunique(), "report")
    return _joined(
        [
            f"**{_number(len(found), 'quantity', 'quantities')}** {_be(len(found))} stated in {in_reports}.",
            f"For {unattributed} of them ({unattributed / len(found):.0%}) no speaker is named in the text.",
            f"Most often named: {named}." if named else "",
        ]
    )


def corrections(corrections_applied, *, at_most=10):
    """Say what became of readers' corrections, and name each that was not applied."""
    if corrections_applied.empty:
        return "No reader has corrected anything yet."
    counts = corrections_applied["outcome"].value_counts()
    told = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in tables.OUTCOMES if outcome in counts)
    amiss = corrections_applied[~corrections_applied["outcome"].isin(["applied", "already so", "not decided"])]
    named = [
        f"- **{row.outcome}**: {row.decision} “{_plain(row.surface)}” at {row.start:,} of {_plain(row.document_id)}: "
        f"{_plain(row.detail)}."
        for row in amiss.head(at_most).itertuples()
    ]
    more = [f"… and {len(amiss) - at_most:,} more, in the table."] if len(amiss) > at_most else []
    return _joined([f"**{_number(len(corrections_applied), 'correction')}**: {told}.", *named, *more])


def claims(gathered, claim_quantities, stated, *, at_most=5):
    """Say which claims several reports make, and how many independent reports and speakers stand behind each."""
    shared = gathered[gathered["n_documents"] > 1].sort_values(
        ["n_documents", "claim_id"], ascending=[False, True], kind="stable"
    )
    said = [
        f"{_number(len(gathered), 'claim')}, of which {len(shared)} stand in more than one report. "
        "What no report places or dates is joined only if few others state such a number."
    ]
    readings = claim_quantities.merge(stated, on=["document_id", "start"])
    said += [_claim(row, readings[readings["claim_id"] == row.claim_id]) for row in shared.head(at_most).itertuples()]
    return _joined([*said, *(_rivals(gathered, agreement, words, at_most) for agreement, words in _RIVALS.items())])


def conflicts(gathered, claim_quantities, stated, documents, *, at_most=10):
    """Say which claims dispute or carry on another: a table with both sides, those in most reports first."""
    pairs = _disputed(gathered)
    if not pairs:
        return "No two claims are in conflict, and none carries on another."
    shown = claim_quantities[
        claim_quantities["claim_id"].isin({side.claim_id for pair in pairs[:at_most] for side in pair})
    ]
    readings = shown.merge(stated, on=["document_id", "start"])
    readings = readings.merge(documents[["document_id", "outlet", "published"]], on="document_id")
    told = {name: _side(rows) for name, rows in readings.groupby("claim_id")}
    rows = [
        (_plain(f"{one.counted} {one.event}"), _between(one, other), told[one.claim_id], told[other.claim_id])
        for one, other in pairs[:at_most]
    ]
    more = (
        f"{_number(len(pairs) - at_most, 'more pair')} can be told by the column `against`."
        if len(pairs) > at_most
        else ""
    )
    return _joined([_table(("what", "", "one says", "the other says"), rows), more])


def left_out(left):
    """Say how many quantities stand in no claim, and why."""
    reasons = left["reason"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    named = "; ".join(f"{count:,} ({reason})" for reason, count in reasons.items())
    stand = f"{_number(len(left), 'quantity', 'quantities')} {'stands' if len(left) == 1 else 'stand'} in no claim"
    return f"{stand}: {named}." if len(left) else "Every quantity stands in a claim."


def comparisons(compared, stated, *, at_most=10):
    """Say which statements of a total a reference bears out: a table, what it does not bear out first."""
    if compared.empty:
        return "No reference series is named."
    verdicts = compared["verdict"].value_counts()
    counted = _listed([f"{verdicts.get(name, 0):,} {name}" for name in ("consistent", "too high", "too low")])
    left = compared.loc[compared["verdict"] == "not compared", "reason"].value_counts().sort_index()
    why = "; ".join(f"{count:,} ({reason})" for reason, count in left.items())
    shown = compared[compared["verdict"] != "not compared"].assign(borne=compared["verdict"] == "consistent")
    shown = shown.sort_values(["borne", "published", "document_id", "start"]).head(at_most)
    shown = shown.merge(stated[["document_id", "start", "hedge", "speaker"]], on=["document_id", "start"])
    rows = [
        (
            _day(row.published),
            _plain(row.document_id),
            _plain(f"{row.hedge} {row.surface}"),
            _plain(row.speaker) or "nobody named",
            f"{row.series_value:,.10g} on {_day(row.series_date)}",
            row.verdict,
            _day(row.first_true) or "never",
        )
        for row in shown.itertuples()
    ]
    return _joined(
        [
            f"Of {_number(len(compared), 'statement')} of the total, {counted} on the day"
            + (f"; not compared: {why}." if why else "."),
            _table(("published", "report", "states", "said by", "the reference", "", "first true"), rows),
            _more("comparisons", len(compared) - int(left.sum()) - at_most, "statement"),
        ]
    )


def shares(found, *, by="unattributed", per="", at_most=12):
    """Say whose the quantities are, of all together or of each outlet or month: a table, most quantities first.

    Every share is told twice, of all prints and with each story counted once; in brackets, the bounds.
    """
    places = [name for name in ("outlet", "month") if name != per]
    own = found[(found["by"] == by) & (found[places] == "all").all(axis=1)]
    own = own[own[per] != "all"] if per else own
    if own.empty:
        return "No quantity is in these tables."
    if per and by != "unattributed":
        return _crossed(own, by, per, at_most)
    if per:
        return _unattributed(own, per, at_most)
    ranked = own.sort_values(["n_quantities", "value"], ascending=[False, True])
    rows = [(_value(row.value, by), f"{row.n_quantities:,}", *_both(row)) for row in ranked.head(at_most).itertuples()]
    table = _table((_BY[by], "quantities", "each print", "each story once"), rows)
    return _joined([f"**By {_BY[by]}**", table, _more("shares", len(ranked) - at_most, "row")])


def within_reports(gathered, claim_quantities, stated, *, at_most=10):
    """Say where one report gives several values for the same thing: several claims, not a conflict resolved here."""
    counted = gathered.merge(claim_quantities, on="claim_id").merge(
        stated[["document_id", "start", "hedge", "surface", "counted_class"]], on=["document_id", "start"]
    )
    counted = counted[(counted["counted_class"] != "") & (counted["event"] != "")]
    several = [
        f"Report {document_id} gives {_listed(_readings(rows))} for {thing} {event}: "
        f"{_number(rows['claim_id'].nunique(), 'claim')}, not a conflict resolved here."
        for (document_id, thing, event), rows in counted.groupby(["document_id", "counted_class", "event"], sort=True)
        if len(set(rows["claim_id"])) > 1
    ]
    more = [f"So do {len(several) - at_most:,} more reports and things."] if len(several) > at_most else []
    return _joined(several[:at_most] + more) or "No report gives several values for the same thing and event."


# ---- parts of tables


def _table(names, rows):
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _disputed(gathered):
    """Pairs of rows of claims, (the earlier, the later), those in most independent reports first."""
    rows = {row.claim_id: row for row in gathered.itertuples()}
    sides = {frozenset((row.claim_id, row.against)) for row in rows.values() if row.against in rows}
    pairs = [sorted((rows[name] for name in pair), key=_by_day) for pair in sides]
    return sorted(pairs, key=lambda pair: (-min(side.n_independent for side in pair), [_by_day(side) for side in pair]))


def _between(one, other):
    """What the claims are to each other, as that one tells which is held against the other."""
    return one.agreement if one.against == other.claim_id else other.agreement


def _by_day(row):
    return f"{row.first_published:%Y-%m-%d}" if pd.notna(row.first_published) else "9", row.claim_id


def _side(readings):
    """One side of a conflict: its wordings, outlets, days and speakers."""
    outlets = sorted(set(readings["outlet"]) - {""})
    first, last = readings["published"].min(), readings["published"].max()
    days = _day(first) if _day(first) == _day(last) else f"{_day(first)} to {_day(last)}"
    labels = _listed(_labels(readings, at_most=2) or ["nobody named"])
    printed = ", ".join([_plain(_listed(_few(outlets, 3)))] * bool(outlets) + [days or "no date"])
    values = f"{_plain(_listed(_readings(readings)))} · `{readings['claim_id'].iloc[0]}`"
    return f"{values}<br>{printed}<br>said by {_plain(labels)}"


def _few(names, at_most):
    more = [_number(len(names) - at_most, "other")] if len(names) > at_most else []
    return names[:at_most] + more


def _day(moment):
    return f"{moment:%Y-%m-%d}" if pd.notna(moment) else ""


def _more(table, count, noun):
    return f"The table `{table}` has {_number(count, f'more {noun}')}." if count > 0 else ""


def _value(value, by):
    return _plain(value) or _NOT_KNOWN.get(by, _NOT_KNOWN[""])


def _both(row):
    independent = row.independent_share, row.independent_low, row.independent_high
    return _percent(row.share, row.low, row.high), _percent(*independent)


def _in_brief(*both):
    """Both shares, or one where they are told alike."""
    return " / ".join(dict.fromkeys(f"{share:.0%}".replace("%", " %") for share in both))


def _percent(share, low, high):
    bounds = f" ({low:.0%}–{high:.0%})".replace("%", "") if pd.notna(low) else " (one story)"
    return f"{share:.0%}{bounds}".replace("%", " %")


def _ordered(sizes, per, at_most):
    """The outlets, or months, that have most of what is counted; months in the order of time."""
    most = sizes.sort_index().sort_values(ascending=False, kind="stable").head(at_most)
    return sorted(most.index) if per == "month" else list(most.index)


def _unattributed(own, per, at_most):
    sizes = own.groupby(per)["n_quantities"].sum()
    stories = own.groupby(per)["n_clusters"].max()
    nobody = {getattr(row, per): _both(row) for row in own[own["value"] == "unattributed"].itertuples()}
    rows = [
        (_plain(name) or _NOT_KNOWN[per], f"{sizes[name]:,}", f"{stories[name]:,}", *nobody.get(name, ("0 %", "0 %")))
        for name in _ordered(sizes, per, at_most)
    ]
    table = _table((per, "quantities", "stories", "each print", "each story once"), rows)
    return _joined([f"**Nobody is named, by {per}**", table, _more("shares", len(sizes) - at_most, per)])


def _crossed(own, by, per, at_most, n_values=7):
    """A row for each outlet or month, a column for each of the values with most quantities."""
    sizes = own.groupby(per)["n_quantities"].sum()
    values = _ordered(own.groupby("value")["n_quantities"].sum(), "value", n_values)
    cells = {(getattr(row, per), row.value): _in_brief(row.share, row.independent_share) for row in own.itertuples()}
    rows = [
        (_plain(name) or _NOT_KNOWN[per], f"{sizes[name]:,}", *(cells.get((name, value), "0 %") for value in values))
        for name in _ordered(sizes, per, at_most)
    ]
    table = _table((per, "quantities", *(_value(value, by) for value in values)), rows)
    return _joined(
        [
            f"**By {_BY[by]} and {per}** (each print / each story once, where they differ)",
            table,
            _more("shares", len(sizes) - at_most, per),
        ]
    )


# ---- parts of sentences


def _joined(said):
    return "\n\n".join(sentence for sentence in said if sentence)


def _number(count, noun, plural=None):
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def _reach(count):
    return "reaches" if count == 1 else "reach"


def _plain(words):
    """Words of a report as Markdown that shows them as they are."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", " ".join(words.split())).replace("&", "&amp;")


def _be(count):
    return "is" if count == 1 else "are"


def _share(count):
    return "shares" if count == 1 else "share"


def _listed(words):
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _dates(dated):
    if dated.empty:
        return "None of them has a date."
    first, last = f"{dated.min():%Y-%m-%d}", f"{dated.max():%Y-%m-%d}"
    return (
        f"The dated ones were published on {first}." if first == last else f"The dated ones are of {first} to {last}."
    )


def _not_known(documents, flags, what, at_most=5):
    names = documents.loc[flags, "document_id"]
    if names.empty:
        return ""
    shown = ", ".join(names.head(at_most)) + (" and others" if len(names) > at_most else "")
    do = "does" if len(names) == 1 else "do"
    return f"{_number(len(names), 'report')} of {len(documents):,} {do} not state {what} ({shown})."


def _highest(pairs):
    """document_id → its highest score, of the documents that are in a pair."""
    both = pd.concat([pairs[["a", "score"]].set_axis(["b", "score"], axis=1), pairs[["b", "score"]]])
    return both.groupby("b")["score"].max().sort_index()


def _most_alike(similarities):
    if similarities.empty:
        return "No pair of reports is listed."
    top = similarities.sort_values(["score", "a", "b"], ascending=[False, True, True]).head(2)
    named = [f"{row.a} and {row.b} at {row.score:.2f}" for row in top.itertuples()]
    return f"Most alike by cosine: **{', then '.join(named)}**."


def _shared(row):
    quoted = {0: "", row.n_passages: ", a quotation" if row.n_passages == 1 else ", all quotations"}
    said = quoted.get(row.n_quoted, f", {row.n_quoted} of them quotations")
    return f"{row.a} and {row.b} share {_number(row.n_passages, 'passage')}, {_number(row.n_words, 'word')}{said}."


def _lesson(similarities, copied):
    """What the two tables say together of the pair with the highest cosine and the pair that copies most."""
    written = copied[copied["n_quoted"] < copied["n_passages"]]
    if similarities.empty or written.empty:
        return ""
    best = similarities.sort_values(["score", "a", "b"], ascending=[False, True, True]).iloc[0]
    copy = written.iloc[0]
    if ((written["a"] == best.a) & (written["b"] == best.b)).any():
        return f"**The pair with the highest cosine, {best.a} and {best.b}, also shares text word for word.**"
    return (
        f"**So the highest cosine is not the copy:** {best.a} and {best.b} are most alike in their words, yet the text "
        f"that one report took from another, or both from an agency, stands in {copy.a} and {copy.b}."
    )


def _first_terms(topic_terms, topic, n_terms):
    own = topic_terms[topic_terms["topic"] == topic].sort_values(["weight", "term"], ascending=[False, True])
    return ", ".join(own["term"].head(n_terms))


def _claim(row, readings):
    values = _listed(_readings(readings))
    labels = _listed(_labels(readings) or ["nobody named"])
    speakers = _number(row.n_speakers, "speaker")
    return (
        f"- **{row.claim_id}** ({row.agreement}): {values} {row.counted}{', ' if row.event else ''}{row.event}, in "
        f"{_number(row.n_documents, 'report')}, {row.n_independent} of them independent; {speakers} ({labels})."
    )


def _rivals(gathered, agreement, words, at_most):
    names = gathered.loc[gathered["agreement"] == agreement, "claim_id"]
    more = f" and {len(names) - at_most:,} more" if len(names) > at_most else ""
    return f"{words}: {', '.join(names.head(at_most))}{more}." if len(names) else ""


def _labels(readings, at_most=5):
    return _few(sorted(f"“{speaker}”" for speaker in set(readings["speaker"]) - {""}), at_most)


def _readings(rows):
    """How often each wording of a value stands in the reports, the most frequent first."""
    wording = (rows["hedge"] + " " + rows["surface"]).str.strip().str.lower()
    counts = wording.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    return [f"“{words}”" if count == 1 else f"“{words}” (× {count})" for words, count in counts.items()]
