"""What is said of an answer beside its speed: each judge takes the answers of all contestants of a row."""

import numpy as np
import scores
from scipy import sparse


def matrix(answers, **_):
    """Compare each matrix with that of our side, number by number."""
    ours, told = answers["ours"], {}
    for name, theirs in answers.items():
        alike = all(np.array_equal(ours[part], theirs[part]) for part in ("indptr", "indices"))
        largest = np.abs(ours["data"] - theirs["data"]).max(initial=0) if alike else np.inf
        told[name] = {"note": f"largest difference of a weight {largest:.0e}" if alike else "other terms than ours"}
    return told


def pairs(answers, *, folder, weighting, threshold, **_):
    """Compare pairs with the exact neighbours of 300 reports, and count what others lack that our side has."""
    weights = sparse.csr_array(sparse.load_npz(folder / f"{weighting}.npz"))
    a, b, n_reports = answers["ours"]["a"], answers["ours"]["b"], weights.shape[0]
    told = {}
    for name, answer in answers.items():
        exact = scores.sampled(weights, answer["a"], answer["b"], threshold)
        shared = scores.of_pairs(answer["a"], answer["b"], a, b, n_reports)
        lacking = round((1 - shared["recall"]) * len(a))
        told[name] = {"recall": exact["recall"], "precision": exact["precision"], "note": f"{lacking} pairs lacking"}
    return told


def clusters(answers, *, folder, **_):
    """Compare pairs with all true pairs, which our side lists, and clusters with the planted stories."""
    true, planted = (answers["ours"]["a"], answers["ours"]["b"]), scores.stories(folder)
    told = {}
    for name, answer in answers.items():
        labels = answer["labels"]
        if "a" in answer:
            seen = scores.of_pairs(answer["a"], answer["b"], *true, len(labels))
        else:
            seen = scores.of_labels(labels, *true)
        whole = scores.agreement(labels, planted)
        told[name] = {"recall": seen["recall"], "precision": seen["precision"]}
        told[name] |= {f"planted {name}": share for name, share in whole.items()}
    return told


def loaded(folder):
    """Return the answers that contestants left in ``folder``, by name."""
    answers = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as arrays:
            answers[path.stem] = {name: arrays[name] for name in arrays.files}
    return answers
