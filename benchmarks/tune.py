"""Settings with which each MinHash peer sees enough of the true pairs: ``python benchmarks/tune.py FOLDER``.

Every setting runs once; the least estimate of Jaccard's coefficient that a peer should keep is then set as high as the
recall asked for allows. Of the settings that reach it with at least half of their pairs right the quickest is chosen,
or, where none is that precise, the most precise. Written to ``settings.csv``, with the settings that were not chosen.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import race
import scores

RECALL = 0.95
MARGIN = 0.01  # so that the recall is still reached on the next corpus
SETTINGS = Path(__file__).with_name("settings.csv")
_SHAPES = [(60, 12), (64, 16), (100, 20), (128, 32)]
_TRIED = {
    "rensa": [("--tokens", tokens) for tokens in ("split", "terms")],
    "datasketch": [("--tokens", "split")],
    "text-dedup": [("--ngram", size) for size in (1, 2, 3)],
}


def tuned(folder, true, *, threshold):
    """Return a table of the settings tried on the corpus in ``folder``, its true pairs being those in ``true``."""
    rows = []
    with tempfile.TemporaryDirectory() as outputs:
        for peer, variants in _TRIED.items():
            for extra in variants:
                for n_permutations, n_bands in _SHAPES:
                    options = {"--n-permutations": n_permutations, "--n-bands": n_bands, extra[0]: extra[1]}
                    rows.append(_tried(peer, options, folder, true, Path(outputs) / "answer.npz"))
                    print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    table["threshold"] = threshold
    return table.assign(chosen=_chosen(table))


def contestant(peer):
    """Return a peer with the settings chosen for it."""
    table = pd.read_csv(SETTINGS, dtype=str)
    (options,) = table.loc[(table["peer"] == peer) & (table["chosen"] == "True"), "options"]
    return race.Contestant(peer, peer, tuple(options.split()))


def _tried(peer, options, folder, true, output):
    words = tuple(str(word) for pair in options.items() for word in pair)
    figures = race.run(race.Contestant(peer, peer, words), folder, output)
    with np.load(output) as answer:
        if "a" in answer:
            least, shares = _least(answer, true, len(answer["labels"]))
            words += ("--least", f"{least:.4f}")
        else:
            shares = scores.of_labels(answer["labels"], *true)
    row = {"peer": peer, "options": " ".join(words), "seconds": figures["seconds"]}
    return row | {name: shares[name] for name in ("recall", "precision")}


def _least(answer, true, n_reports):
    """Return the highest least estimate that keeps the recall, and the recall and precision it gives."""
    found = pd.DataFrame({"pair": answer["a"] * n_reports + answer["b"], "estimate": answer["score"]})
    is_true = found["pair"].isin(true[0] * np.int64(n_reports) + true[1])
    seen = np.sort(found.loc[is_true, "estimate"].to_numpy())[::-1]
    needed = min(len(seen), int(np.ceil((RECALL + MARGIN) * len(true[0]))))
    least = np.floor(seen[needed - 1] * 1e4) / 1e4
    kept = (found["estimate"] >= least).to_numpy()
    return least, scores.of_pairs(answer["a"][kept], answer["b"][kept], *true, n_reports)


def _chosen(table):
    chosen = np.zeros(len(table), dtype=bool)
    for _, rows in table.groupby("peer"):
        enough = rows[rows["recall"] >= RECALL + MARGIN / 2]
        precise = enough[enough["precision"] >= 0.5]
        best = precise["seconds"].idxmin() if len(precise) else (enough if len(enough) else rows)["precision"].idxmax()
        chosen[best] = True
    return chosen


def main():
    """Find the true pairs with our side, tune the peers, write the settings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds documents.parquet")
    parser.add_argument("--threshold", type=float, default=0.8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as outputs:
        output = Path(outputs) / "true.npz"
        race.run(race.Contestant("ours", "pairs", ("--threshold", asked.threshold)), asked.folder, output)
        with np.load(output) as answer:
            true = answer["a"], answer["b"]
    table = tuned(asked.folder, true, threshold=asked.threshold)
    table.round({"seconds": 2, "recall": 4, "precision": 4}).to_csv(SETTINGS, index=False)
    print(SETTINGS)


if __name__ == "__main__":
    main()
