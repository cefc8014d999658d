"""``stability``: what fits to parts of the stories say of several numbers of topics."""

from itertools import product

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from analysis import tables
from analysis.topics import measures
from analysis.topics.alignment import align
from analysis.topics.errors import TopicsError, refuse_method, refuse_seed, refuse_whole
from analysis.topics.model import Model
from analysis.topics.stories import part, rows_of, stories

KEPT = 0.9  # the share of the stories that each fit sees


def stability(matrix, clusters=None, *, n_topics, random_states, draws=1, method="nmf", progress=True, **options):
    """Return what can be said for and against several numbers of topics, one row for each fit.

    For each number of topics and each seed a model is fitted to all stories, and one to each of ``draws`` samples of
    nine tenths of them, drawn without replacement. Stories are drawn with all their copies, so that no copy of what was
    fitted is held out. The measures often disagree; no row is marked as the best.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Counts from ``terms.count``.
    clusters : DataFrame of ``tables.Clusters``, optional
        Every document is a story of its own if not given.
    n_topics : sequence of int
    random_states : sequence of int
    draws : int, default 1
    method : "nmf" or "lda"
    progress : bool, default True
        Show a bar where it takes longer than a few seconds.
    **options
        ``iterations`` and ``tolerance``, as in ``topics.Model``.

    Returns
    -------
    DataFrame of ``tables.TopicStability``
        ``agreement`` is the mean of ``align`` between the fit to the part and that to all (Greene, O'Callaghan &
        Cunningham 2014); ``perplexity`` is of the tenth held out, NaN for NMF, which gives no probabilities; ``npmi``,
        ``exclusivity`` and ``diversity`` are of the topics of the part, coherence measured on all distinct stories and
        averaged over the topics that have one.

    Raises
    ------
    TopicsError
        There are fewer than two stories, or a number of topics does not fit.

    Notes
    -----
    Fits are tasks of joblib: ``with joblib.parallel_config(n_jobs=4):`` runs four at once and changes no bit.
    """
    refuse_method(method)
    refuse_whole("draws", draws, least=1)
    for random_state in random_states:
        refuse_seed(random_state)
    ids = np.unique(matrix.document_ids.astype(str)).astype(object)
    told = stories(ids, clusters)
    if len(told.sizes) < 2:
        raise TopicsError(f"Expected at least two stories, of which one can be held out; found {len(told.sizes)}.")
    _, clusters = part(told, ids, np.arange(len(told.sizes)))
    asked = [Model(k, random_state=int(seed), method=method, **options) for k, seed in product(n_topics, random_states)]
    tasks = [delayed(_fits)(model, matrix, clusters, told, draws) for model in asked]
    bar = tqdm(Parallel(return_as="generator")(tasks), total=len(tasks), desc="topics", delay=5, disable=not progress)
    rows = [row for rows in bar for row in rows]
    return tables.check(tables.TopicStability, pd.DataFrame(rows, columns=tables.columns(tables.TopicStability)))


def _fits(model, matrix, clusters, told, draws):
    """Rows of the table for one number of topics and one seed."""
    ids = clusters["document_id"].to_numpy(dtype=object)
    whole = model.fit(matrix, clusters).topic_terms()
    return [
        _fit(model, matrix, clusters, whole, _drawn(told, ids, model.random_state, draw))
        for draw in range(1, draws + 1)
    ]


def n_kept(n_stories):
    """Nine tenths of the stories, at least one and not all."""
    return min(max(1, round(KEPT * n_stories)), n_stories - 1)


def _drawn(told, ids, random_state, draw):
    """(number of the draw, ids of the part and their clusters, ids held out)."""
    order = np.random.default_rng([random_state, draw]).permutation(len(told.sizes))
    kept = n_kept(len(order))
    return draw, part(told, ids, order[:kept]), part(told, ids, order[kept:])[0]


def _fit(model, matrix, clusters, whole, drawn):
    draw, (kept, their_clusters), held_out = drawn
    fitted = Model(**model.get_params()).fit(rows_of(matrix, kept), their_clusters)
    found = fitted.topic_terms()
    unseen = measures.perplexity(fitted, rows_of(matrix, held_out)) if model.method == "lda" else np.nan
    coherence = measures.npmi(found, matrix, clusters)
    return {
        "n_topics": model.n_topics,
        "random_state": model.random_state,
        "draw": draw,
        "agreement": align(whole, found)["agreement"].mean(),
        "perplexity": unseen,
        "npmi": coherence.mean(),
        "exclusivity": min(measures.exclusivity(found).mean(), 1.0),
        "diversity": measures.diversity(found),
        "n_held_out": len(held_out),
    }
