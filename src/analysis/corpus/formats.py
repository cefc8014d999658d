"""Tables of reports in the formats they come in, and bytes as text."""

import codecs
import gzip
import io
import json
import re
import zlib

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.corpus.documents import CorpusError, unindexed

# The mark of UTF-32 begins with that of UTF-16, so it is tried before it.
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_QUOTED = re.compile(r'"[^"]*"')


def table(name, raw):
    """The table of one file, told by the ending of its name."""
    kind = name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    if name.lower().endswith(".gz"):
        raw = _unzipped(name, raw)
    return {"parquet": _from_parquet, "csv": _from_csv, "tsv": _from_csv}.get(kind, _from_jsonl)(name, raw)


def _unzipped(name, raw):
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as fault:
        raise CorpusError(f"{name}: expected a gzip file; it is damaged ({fault}). Fetch or pack it again.") from None


def _from_parquet(name, raw):
    try:
        return unindexed(pq.read_table(io.BytesIO(raw)).to_pandas())
    except (pa.ArrowInvalid, OSError) as fault:
        raise CorpusError(
            f"{name}: expected a Parquet file; it is damaged ({fault}). Fetch or write it again."
        ) from None


def _from_csv(name, raw):
    words, encoding = decoded(raw)
    separator = max(",;\t|", key=_QUOTED.sub("", words.split("\n", 1)[0]).count)
    try:
        frame = _cells(words, separator)
    except pd.errors.EmptyDataError:
        raise CorpusError(f"{name}: expected a table with a header line; the file is empty.") from None
    except pd.errors.ParserError as fault:
        raise CorpusError(
            f"{name}: expected no line with more columns than the header ({str(fault).strip()}). "
            "A text that holds the separator or a line break must stand in double quotes."
        ) from None
    return _with_encoding(frame, encoding)


def _cells(words, separator):
    """The cells of a table as text; a line with more than the header has is an error, one with fewer ends in "".

    Read without a header, so that pandas cannot take a surplus first column for an index and shift the others.
    """
    cells = pd.read_csv(io.StringIO(words), sep=separator, dtype=str, keep_default_na=False, header=None)
    names = [name or f"column_{place}" for place, name in enumerate(cells.iloc[0], 1)]
    return cells.iloc[1:].set_axis(names, axis=1).reset_index(drop=True).fillna("")


def _with_encoding(frame, encoding):
    """What a table says of the encoding of its texts is believed, and not written over."""
    return frame if "encoding" in frame else frame.assign(encoding=encoding)


def _from_jsonl(name, raw):
    words, encoding = decoded(raw)
    # Only a line feed ends a line: a text may hold U+2028 and others that str.splitlines would cut at.
    records = [_record(name, number, line) for number, line in enumerate(words.split("\n"), 1) if line.strip()]
    if not records:
        raise CorpusError(f"{name}: expected one JSON object a line; the file is empty.")
    return _with_encoding(pd.DataFrame(records), encoding)


def _record(name, number, line):
    try:
        record = json.loads(line)
    except json.JSONDecodeError as fault:
        raise CorpusError(
            f"{name}, line {number}: expected a JSON object; {fault.msg} at character {fault.pos}. "
            "Each object must stand on one line of its own; correct the line or remove it."
        ) from None
    if not isinstance(record, dict):
        raise CorpusError(
            f"{name}, line {number}: expected a JSON object; found {type(record).__name__}. "
            'Each line must name its columns, as in {"text": …}.'
        )
    # "\\ud83d" alone is half of an emoji that a program cut off; it cannot be stored.
    return _without_half_characters(record) if "\\ud" in line.lower() else record


def _without_half_characters(record):
    words = json.dumps(record, ensure_ascii=False)
    return json.loads(words.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def decoded(raw):
    """(text, encoding): what a byte-order mark says, else UTF-8, else what most bytes speak for, named as a guess."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace"), encoding
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        as_utf8 = raw.decode("utf-8", errors="replace")
    damaged = as_utf8.count("\ufffd")
    if sum(character > "\x7f" for character in as_utf8) - damaged > damaged:
        return as_utf8, "utf-8 (damaged)"
    return raw.decode("cp1252", errors="replace"), "cp1252 (guessed)"
