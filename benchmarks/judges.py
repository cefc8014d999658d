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


def values(answers, *, gold, **_):
    """Compare values with labels, each label and each answer taken once.

    A label of one value is met by an answer with that value at its only finite end, one of a range by both ends. An
    answer without a value, as of a vague word, is none.
    """
    told = {}
    for name, answer in answers.items():
        left, right, n_answers = {}, 0, int((~np.isnan(answer["low"])).sum())
        for place, *ends in zip(answer["text"].tolist(), answer["low"], answer["high"], strict=True):
            left.setdefault(place, []).append(ends)
        for place, low, high in gold:
            hit = next((ends for ends in left.get(place, []) if _means(ends, low, high)), None)
            if hit is not None:
                left[place].remove(hit)
                right += 1
        precision, recall = right / max(1, n_answers), right / max(1, len(gold))
        told[name] = {
            "precision": precision,
            "recall": recall,
            "F1": 2 * precision * recall / max(precision + recall, 1e-12),
        }
    return told


def _means(ends, low, high):
    finite = [end for end in dict.fromkeys(ends) if np.isfinite(end)]
    if low == high:
        return len(finite) == 1 and np.isclose(finite[0], low, rtol=1e-5, atol=1e-8)
    return bool(np.isclose(ends, [low, high], rtol=1e-5, atol=1e-8).all())


def loaded(folder):
    """Return the answers that contestants left in ``folder``, by name."""
    answers = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as arrays:
            answers[path.stem] = {name: arrays[name] for name in arrays.files}
    return answers
