"""Files, folders and archives of reports as one table of documents."""

import codecs
import gzip
import io
import json
import re
import warnings
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import lexicon, tables
from analysis.corpus.documents import CorpusError, as_documents

METADATA = "metadata.csv"
TABLE_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".parquet")
_SUPPORTED = ".txt, .csv, .tsv, .jsonl (these three also .gz), .parquet, .zip"
_HEADER = re.compile(r"\s*date (\d{4}-\d{2}-\d{2})\s")
_LAST_LINE = re.compile(r"(?:\A|\n)([^\n]*\S[^\n]*)\s*\Z")
_BETWEEN_AGENCIES = re.compile(r"\s*(?:/|,|&|\band\b|\bwith\b)\s*")
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(path, *, columns=None, dates=None):
    """Return the documents found at ``path``.

    Parameters
    ----------
    path : str or Path
        A folder (with its sub-folders) or a .zip of reports, or one file: .txt (one report each), .csv, .tsv, .jsonl
        (plain or .gz) or .parquet. A ``metadata.csv`` in a folder or .zip tells about its .txt reports: a column
        ``file``, and any of ``document_id``, ``outlet``, ``published``, ``published_basis``, ``title`` and more.
    columns, dates
        As in ``from_frame``; they speak of tables, not of .txt reports. ``columns={"document_id": None}`` numbers the
        rows of a table instead of believing its ids.

    Returns
    -------
    DataFrame of ``tables.Documents``, ordered by ``document_id``
        and ``encoding`` ("utf-8", "cp1252 (guessed)", …) where bytes were decoded. Of a .txt report the opening
        ``date 2024-05-24`` becomes ``published``, a last line of nothing but agencies becomes ``credit``, and
        ``header + text + credit`` is the file, but for blanks after a credit. An id is the name of the file without
        its ending, or file name and row where a table has no ``document_id``.

    Raises
    ------
    CorpusError
        Nothing is there, nothing can be read there, or something there is damaged, with the place and the remedy.
    """
    path = Path(path)
    if not path.exists():
        raise CorpusError(f"{path}: there is no such file or folder (looked from {Path.cwd()}). Check the path.")
    files = _files(path)
    frames = [_table(name, raw) for name, raw in files if name.endswith(TABLE_SUFFIXES) and not _is_metadata(name)]
    reports = [_report(name, raw) for name, raw in files if name.endswith(".txt")]
    documents = [
        as_documents(_numbered(name, frame, columns), name, columns=columns, dates=dates) for name, frame in frames
    ]
    if reports:
        metadata = next((_table(name, raw)[1] for name, raw in files if _is_metadata(name)), None)
        documents.append(as_documents(_with_metadata(pd.DataFrame(reports), metadata, path), str(path)))
    if not documents:
        raise CorpusError(f"{path}: expected reports ({_SUPPORTED}); found {_kinds(path)}.")
    together = pd.concat(documents, ignore_index=True) if len(documents) > 1 else documents[0]
    return as_documents(together, str(path))


def _is_metadata(name):
    return PurePosixPath(name).name == METADATA


# ---- what is there


def _files(path):
    """(name, bytes) of every file that can hold reports, in the order of names."""
    if path.is_dir():
        return _chosen(
            {file.relative_to(path).as_posix(): file.read_bytes for file in path.rglob("*") if file.is_file()}
        )
    if path.suffix.lower() == ".zip":
        return _zipped(path)
    return _chosen({path.name: path.read_bytes})


def _zipped(path):
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members:
                _refuse_unsafe(path, member)
            return _chosen({member.filename: lambda m=member: archive.read(m) for member in members})
    except zipfile.BadZipFile as fault:
        raise CorpusError(
            f"{path}: expected a .zip archive; it is damaged ({fault}). Fetch or pack it again."
        ) from None


def _refuse_unsafe(path, member):
    parts = PurePosixPath(member.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
        raise CorpusError(
            f"{path}: the archive names {member.filename!r}, a path outside itself. "
            "Nothing was read; pack the archive again without it."
        )
    if member.flag_bits & 0x1:
        raise CorpusError(f"{path}: {member.filename!r} is encrypted. Unpack it and give the folder.")


def _chosen(openers):
    names = sorted(name for name in openers if not _is_hidden(name))
    chosen = [name for name in names if name.lower().endswith((".txt", *TABLE_SUFFIXES))]
    passed_over = [name for name in names if name not in chosen and not PurePosixPath(name).name.startswith("README")]
    if chosen and passed_over:
        warnings.warn(
            f"{len(passed_over)} of {len(names)} files hold no reports we can read and were passed over: "
            f"{', '.join(passed_over[:5])}{' …' if len(passed_over) > 5 else ''} (readable: {_SUPPORTED}).",
            tables.SkippedWarning,
            stacklevel=4,
        )
    return [(name, openers[name]()) for name in chosen]


def _is_hidden(name):
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _kinds(path):
    if not path.is_dir():
        return f"a {path.suffix or 'file without an ending'}"
    kinds = Counter(file.suffix or "no ending" for file in path.rglob("*") if file.is_file())
    return ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items())) or "an empty folder"


# ---- tables of reports


def _table(name, raw):
    """(name, frame) of one file."""
    kind = name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    if name.lower().endswith(".gz"):
        raw = _unzipped(name, raw)
    frame = {"parquet": _from_parquet, "csv": _from_csv, "tsv": _from_csv}.get(kind, _from_jsonl)(name, raw)
    return name, frame


def _numbered(name, frame, columns):
    """A table that names no ``document_id`` numbers its rows, so that a row can be found again in the file."""
    wanted = (columns or {}).get("document_id", "document_id")
    if wanted is not None and (wanted != "document_id" or wanted in frame.columns):
        return frame
    stem, width = PurePosixPath(name).name.split(".")[0], len(str(len(frame)))
    return frame.assign(document_id=[f"{stem}:{row:0{width}d}" for row in range(1, len(frame) + 1)])


def _unzipped(name, raw):
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError) as fault:
        raise CorpusError(f"{name}: expected a gzip file; it is damaged ({fault}). Fetch or pack it again.") from None


def _from_parquet(name, raw):
    try:
        return pq.read_table(io.BytesIO(raw)).to_pandas()
    except (pa.ArrowInvalid, OSError) as fault:
        raise CorpusError(
            f"{name}: expected a Parquet file; it is damaged ({fault}). Fetch or write it again."
        ) from None


def _from_csv(name, raw):
    words, encoding = _decoded(raw)
    header = words.split("\n", 1)[0]
    separator = max(",;\t|", key=header.count)
    try:
        frame = pd.read_csv(io.StringIO(words), sep=separator, dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        raise CorpusError(f"{name}: expected a table with a header line; the file is empty.") from None
    except pd.errors.ParserError as fault:
        raise CorpusError(
            f"{name}: expected the same number of columns in every line ({fault}). "
            "A text that holds the separator or a line break must stand in double quotes."
        ) from None
    return frame.fillna("").assign(encoding=encoding)


def _from_jsonl(name, raw):
    words, encoding = _decoded(raw)
    # Only a line feed ends a line: a text may hold U+2028 and others that str.splitlines would cut at.
    records = [_record(name, number, line) for number, line in enumerate(words.split("\n"), 1) if line.strip()]
    if not records:
        raise CorpusError(f"{name}: expected one JSON object a line; the file is empty.")
    return pd.DataFrame(records).assign(encoding=encoding)


def _record(name, number, line):
    try:
        record = json.loads(line)
    except json.JSONDecodeError as fault:
        raise CorpusError(
            f"{name}, line {number}: expected a JSON object; {fault.msg} at character {fault.pos}."
        ) from None
    if not isinstance(record, dict):
        raise CorpusError(f"{name}, line {number}: expected a JSON object; found {type(record).__name__}.")
    return record


# ---- one report a file


def _report(name, raw):
    words, encoding = _decoded(raw)
    header = _HEADER.match(words)
    published = header.group(1) if header else ""
    start = header.end() if header else 0
    end, credit = _credit(words, start)
    return {
        "file": name,
        "document_id": name.removesuffix(".txt"),
        "text": words[start:end],
        "header": words[:start],
        "published": published,
        "published_basis": "header" if header else "",
        "credit": credit,
        "encoding": encoding,
    }


def _credit(words, start):
    """(end of the text, credit): a last line is a credit when it names nothing but agencies."""
    last = _LAST_LINE.search(words, start)
    named = _BETWEEN_AGENCIES.split(last.group(1).strip(" \t.()[]")) if last else []
    if named and all(agency in lexicon.words("agencies") for agency in named):
        return last.start(1), last.group(1).strip()
    return len(words), ""


def _with_metadata(reports, metadata, path):
    """Reports with what ``metadata.csv`` says of them; where it says something, it is believed over the header."""
    if metadata is None:
        return reports
    if "file" not in metadata.columns:
        raise CorpusError(f"{path / METADATA}: expected a column 'file'; found {', '.join(metadata.columns)}.")
    absent = sorted(set(metadata["file"]) - set(reports["file"]))
    if absent:
        raise CorpusError(f"{path / METADATA}: names {absent[0]!r}, which is not there. Correct or remove the row.")
    repeated = metadata["file"][metadata["file"].duplicated()]
    if len(repeated):
        raise CorpusError(f"{path / METADATA}: expected each file once; found {repeated.iloc[0]!r} twice.")
    told = reports[["file"]].merge(metadata.drop(columns="encoding"), how="left").fillna("").drop(columns="file")
    reports = reports.drop(columns="file")
    _warn_of_other_dates(reports, told)
    found = {name: reports.get(name, "") for name in told.columns}
    return reports.assign(**{name: told[name].where(told[name] != "", found[name]) for name in told.columns})


def _warn_of_other_dates(reports, told):
    if "published" not in told:
        return
    differs = (told["published"] != "") & (reports["published"] != "") & (told["published"] != reports["published"])
    if differs.any():
        warnings.warn(
            f"{METADATA} and the header give different dates for {differs.sum()} of {len(reports)} reports, first "
            f"{reports['document_id'][differs].iloc[0]!r}; {METADATA} is believed.",
            tables.SkippedWarning,
            stacklevel=4,
        )


def _decoded(raw):
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
