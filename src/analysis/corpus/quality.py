"""What a reader should know of a corpus before believing anything computed from it."""

import pandas as pd

from analysis import lexicon, spans

SHORT, LONG = 20, 10_000  # words
ENGLISH_SHARE = 0.12
_LEAST_WORDS_TO_JUDGE = 20


def quality(documents):
    """Count what may mislead: one row for each question asked of the corpus.

    Not English is a guess: of a text of 20 words or more, fewer than one word in eight is among fifty common English
    function words (``lexicon/english_words.csv``; English news has about one in three). Undecodable bytes are texts
    with U+FFFD, or with NUL, which UTF-16 leaves when it is read without its mark.

    Returns
    -------
    DataFrame with the columns
        ``check``, ``n_documents``, ``share`` of all documents (0 to 1), and ``examples``: up to five ids
    """
    documents = documents.sort_values("document_id", kind="stable", ignore_index=True)
    forms = [[form for _, _, form in spans.words(text)] for text in documents["text"]]
    n_words = pd.Series([len(words) for words in forms], index=documents.index)
    text = documents["text"]
    found = {
        "documents": pd.Series(True, index=documents.index),
        "empty": n_words == 0,
        "without a date": documents["published"].isna(),
        "without an outlet": documents["outlet"] == "",
        "exact copy of an earlier row": text.duplicated() & (n_words > 0),
        f"very short (under {SHORT} words)": (n_words > 0) & (n_words < SHORT),
        f"very long (over {LONG:,} words)": n_words > LONG,
        "probably not English": pd.Series([_is_foreign(words) for words in forms], index=documents.index, dtype=bool),
        "undecodable bytes": text.str.contains("[\ufffd\0]"),
        "encoding guessed": documents["encoding"].astype("str").str.contains("guessed|damaged")
        if "encoding" in documents
        else pd.Series(False, index=documents.index),
    }
    return pd.DataFrame([_row(check, flags, documents["document_id"]) for check, flags in found.items()])


def _is_foreign(words):
    common = lexicon.words("english_words")
    return len(words) >= _LEAST_WORDS_TO_JUDGE and sum(word in common for word in words) < ENGLISH_SHARE * len(words)


def _row(check, flags, document_ids):
    examples = ", ".join(document_ids[flags].head(5)) if check != "documents" else ""
    return {
        "check": check,
        "n_documents": int(flags.sum()),
        "share": float(flags.mean()) if len(flags) else 0.0,
        "examples": examples,
    }
