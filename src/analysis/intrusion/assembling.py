"""The verb ``items``: topics as questions for people, and the key that says what is right."""

import warnings

import numpy as np
import pandas as pd

from analysis import tables
from analysis.intrusion.drafts import Texts, Words
from analysis.intrusion.errors import IntrusionError, refuse_seed, refuse_whole
from analysis.intrusion.hashing import digest

KINDS = tables.INTRUSIONS
_LETTERS = "abcdef"
_WORDS_SHOWN = 60


def items(
    topic_terms, document_topics, documents, clusters, *, random_state, passages=None, n=1, kinds=("word", "document")
):
    """Return items in which people look for the intruder, and the key that says which it is.

    "word": five first terms of a topic, and one that weighs little in it and is among the ten first of another (word
    intrusion; Chang et al. 2009, "Reading tea leaves"). "word set": three sets of four of the twenty first terms, and
    one of another topic (random four word set intrusion; Ying, Montgomery & Stewart 2022, "Topics, concepts, and
    measurement"). "document", "passage": three of those that have most of the topic, and one of another topic that has
    less than half as much of it. Options stand in random order, items of a kind too.

    Parameters
    ----------
    topic_terms : DataFrame of ``tables.TopicTerms``
    document_topics : DataFrame of ``tables.DocumentTopics``
    documents : DataFrame of ``tables.Documents``
    clusters : DataFrame of ``tables.Clusters``
        No story stands twice in an item.
    random_state : int
    passages : DataFrame of ``tables.TopicPassages``, optional
        Wanted for items of passages: ``topics.representative_passages(…, n=10)``.
    n : int, default 1
        Items of each kind for each topic, with other terms and other texts each. Fewer where the topics do not give so
        many, which is warned of.
    kinds : sequence of str
        Of "word", "word set", "document" and "passage".

    Returns
    -------
    items : DataFrame of ``tables.IntrusionItems``
        A row for each option. Nothing in it says which is right, nor which topic is asked about.
    key : DataFrame of ``tables.IntrusionKey``
        A row for each item. ``digest`` is a hash of both tables, by which changes are noticed.

    Raises
    ------
    IntrusionError
        A kind is unknown, or no item can be made.

    Warns
    -----
    tables.SkippedWarning
        Topics have too few terms or texts for all items.
    """
    refuse_seed(random_state)
    refuse_whole("n", n)
    _refuse_kinds(kinds, passages)
    terms, weights = _matrix(tables.check(tables.TopicTerms, topic_terms), "term", "weight")
    shares = tables.check(tables.DocumentTopics, document_topics)
    makers = _makers(Words(terms, weights), shares, documents, clusters, passages, kinds)
    made, lacking = [], {}
    for kind in (each for each in KINDS if each in kinds):
        drafts = [_draft(makers[kind], kind, at, random_state) for at in np.ndindex(len(weights), n)]
        lacking[kind] = sum(draft is None for _, draft in drafts)
        made += _shuffled([each for each in drafts if each[1] is not None], kind, random_state)
    _report(lacking, len(weights) * n, made)
    return _tables(made)


def _refuse_kinds(kinds, passages):
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong or isinstance(kinds, str) or not len(kinds):
        raise IntrusionError(f"kinds expects some of {', '.join(KINDS)}, as a list; found {kinds!r}.")
    if "passage" in kinds and passages is None:
        raise IntrusionError("Items of passages want passages=topics.representative_passages(…, n=10); found none.")


def _matrix(table, column, value):
    """(names in rising order, topics × names) of a table in long form; what is not there is 0."""
    names, of_name = np.unique(table[column].to_numpy(dtype=str), return_inverse=True)
    topic = table["topic"].to_numpy()
    found = np.zeros((int(topic.max(initial=-1)) + 1, len(names)))
    found[topic, of_name] = table[value]
    return names.astype(object), found


def _makers(words, shares, documents, clusters, passages, kinds):
    """What makes a draft, by kind."""
    makers = {"word": words.words, "word set": words.sets}
    if {"document", "passage"} & set(kinds):
        documents = tables.check(tables.Documents, documents).set_index("document_id")
        story = tables.check(tables.Clusters, clusters).set_index("document_id")["representative"]
        _refuse_strangers(shares["document_id"], documents.index, story.index)
        makers["document"] = _documents(shares, documents, story).texts_of
    if "passage" in kinds:
        passages = tables.check(tables.TopicPassages, passages)
        _refuse_strangers(passages["document_id"], documents.index, story.index)
        makers["passage"] = _passages(passages, story, len(words.weights)).texts_of
    return makers


def _refuse_strangers(ids, *known):
    for others, where in zip(known, ("documents", "clusters"), strict=True):
        if len(strangers := sorted(set(ids) - set(others))):
            raise IntrusionError(
                f"Expected {where} that hold the documents of the topics; {strangers[0]!r} is not among them, and "
                f"{len(strangers)} such documents in all."
            )


def _documents(shares, documents, story):
    """Documents that tell a story first, by the topic that is largest in them."""
    ids, found = _matrix(shares, "document_id", "share")
    found = found.T
    first = story.reindex(ids).to_numpy() == ids
    of_topic = [np.flatnonzero(first & (found.argmax(axis=1) == topic)) for topic in range(found.shape[1])]
    ranked = [places[np.argsort(-found[places, topic], kind="stable")] for topic, places in enumerate(of_topic)]
    said = documents.loc[ids]
    texts = [_shown(title, text) for title, text in zip(said["title"], said["text"], strict=True)]
    return Texts(texts, story.reindex(ids).to_numpy(), ranked, found)


def _shown(title, text):
    words = text.split()
    beginning = " ".join(words[:_WORDS_SHOWN]) + (" …" if len(words) > _WORDS_SHOWN else "")
    title = " ".join(title.split())
    return f"{title} — {beginning}" if title else beginning


def _passages(passages, story, n_topics):
    """Passages as listed. Of another topic than its own a passage has at most what is left."""
    topic, share = passages["topic"].to_numpy(), passages["share"].to_numpy()
    most = np.repeat((1 - share)[:, None], n_topics, axis=1)
    most[np.arange(len(topic)), topic] = share
    ranked = [np.flatnonzero(topic == number) for number in range(n_topics)]
    texts = [" ".join(text.split()) for text in passages["text"]]
    return Texts(texts, story.reindex(passages["document_id"]).to_numpy(), ranked, most)


def _draft(make, kind, at, random_state):
    """(topic, its draft with the options in random order), each item with random numbers of its own."""
    topic, number = at
    generator = np.random.default_rng([random_state, KINDS.index(kind), topic, number])
    draft = make(topic, number, generator)
    if draft is None:
        return topic, None
    options = [*draft.own, draft.intruder]
    order = generator.permutation(len(options))
    right = _LETTERS[int(np.flatnonzero(order == len(draft.own))[0])]
    return topic, ([options[place] for place in order], right, draft.intruder_topic)


def _shuffled(drafts, kind, random_state):
    """(name, kind, topic, options, right letter, topic of the intruder) of each item, named by its place."""
    order = np.random.default_rng([random_state, KINDS.index(kind)]).permutation(len(drafts))
    named = [(f"{kind.replace(' ', '-')}-{place:03}", drafts[index]) for place, index in enumerate(order, start=1)]
    return [(name, kind, topic, *draft) for name, (topic, draft) in named]


def _report(lacking, asked, made):
    short = [f"{number} of {asked} items of kind {kind!r}" for kind, number in lacking.items() if number]
    said = (
        f"{', '.join(short)} cannot be made: an item takes five terms (word), twelve (word set) or three distinct "
        "stories (document, passage) of one topic, and something of another topic that has little of it."
    )
    if not made:
        raise IntrusionError(f"{said} Fit more topics, to more documents.")
    if short:
        warnings.warn(f"{said} The others are made.", tables.SkippedWarning, stacklevel=3)


def _tables(made):
    options = [
        (name, kind, letter, text)
        for name, kind, _, texts, *_ in made
        for letter, text in zip(_LETTERS, texts, strict=False)
    ]
    shown = tables.check(tables.IntrusionItems, pd.DataFrame(options, columns=tables.columns(tables.IntrusionItems)))
    rows = [(name, kind, topic, other, right, len(texts), "") for name, kind, topic, texts, right, other in made]
    key = tables.check(tables.IntrusionKey, pd.DataFrame(rows, columns=tables.columns(tables.IntrusionKey)))
    return shown, key.assign(digest=digest(shown, key))
