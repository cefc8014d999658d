"""Whatever lies at a path as one table of documents: tables of reports, and reports of one file each."""

import re
import warnings
from pathlib import Path, PurePosixPath

import pandas as pd

from analysis import lexicon, tables
from analysis.corpus import files
from analysis.corpus.documents import CorpusError, as_documents
from analysis.corpus.files import METADATA, TABLE_SUFFIXES
from analysis.corpus.formats import decoded, table

_HEADER = re.compile(r"\s*date (\d{4}-\d{2}-\d{2})\s")
_BETWEEN_AGENCIES = re.compile(r"\s*(?:/|,|&|\band\b|\bwith\b)\s*")


def read(path, *, columns=None, dates=None):
    """Return the documents found at ``path``.

    Parameters
    ----------
    path : str or Path
        A folder (with its sub-folders) or a .zip of reports, or one file: .txt (one report each), .csv, .tsv, .jsonl
        (plain or .gz) or .parquet. A ``metadata.csv`` in a folder or .zip tells about the .txt reports beside and
        below it: a column ``file``, and any of ``document_id``, ``outlet``, ``published``, ``published_basis``,
        ``title`` and more.
    columns, dates
        As in ``from_frame``; they speak of tables, not of .txt reports. ``columns={"document_id": None}`` numbers the
        rows of a table instead of believing its ids, which are kept as ``document_id_given``.

    Returns
    -------
    DataFrame of ``tables.Documents``, ordered by ``document_id``
        and ``encoding`` ("utf-8", "cp1252 (guessed)", …) where bytes were decoded and the table does not tell it
        itself. Of a .txt report the opening
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
    found = files.found(path)
    reports = [_report(name, raw) for name, raw in found if name.lower().endswith(".txt")]
    # A metadata.csv that is asked for by its own name is a table of reports like any other.
    metadata = {} if path.name == METADATA else {name: raw for name, raw in found if _is_metadata(name)}
    documents = {
        name: as_documents(_numbered(name, table(name, raw), columns), name, columns=columns, dates=dates)
        for name, raw in found
        if name.lower().endswith(TABLE_SUFFIXES) and name not in metadata
    }
    if reports:
        told = _with_metadata(pd.DataFrame(reports), _metadata(metadata, path), path)
        documents[str(path)] = as_documents(told, str(path))
    if not documents:
        raise CorpusError(f"{path}: expected reports ({files.SUPPORTED}); found {files.kinds(path, found)}.")
    return _together(documents, path)


def _together(documents, path):
    _refuse_in_two_files(documents, path)
    parts = list(documents.values())
    return as_documents(pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0], str(path))


def _refuse_in_two_files(documents, path):
    seen = {}
    for name, part in documents.items():
        for document_id in part["document_id"]:
            if document_id in seen:
                raise CorpusError(
                    f"{path}: expected each document_id once; found {document_id!r} in {seen[document_id]} and {name}. "
                    "Make them distinct, or read the files with columns={'document_id': None}, which numbers their "
                    "rows."
                )
        seen |= dict.fromkeys(part["document_id"], name)


def _is_metadata(name):
    return PurePosixPath(name).name == METADATA


def _numbered(name, frame, columns):
    """A table that names no ``document_id`` numbers its rows, so that a row can be found again in the file."""
    wanted = (columns or {}).get("document_id", "document_id")
    if wanted is not None and (wanted != "document_id" or wanted in frame.columns):
        return frame
    suffix = max((suffix for suffix in TABLE_SUFFIXES if name.lower().endswith(suffix)), key=len)
    stem, width = name[: -len(suffix)], len(str(len(frame)))
    numbers = [f"{stem}:{row:0{width}d}" for row in range(1, len(frame) + 1)]
    return frame.rename(columns={"document_id": "document_id_given"}).assign(document_id=numbers)


# ---- one report a file


def _report(name, raw):
    words, encoding = decoded(raw)
    header = _HEADER.match(words)
    published = header.group(1) if header else ""
    start = header.end() if header else 0
    end, credit = _credit(words, start)
    return {
        "file": name,
        "document_id": PurePosixPath(name).with_suffix("").as_posix(),
        "text": words[start:end],
        "header": words[:start],
        "published": published,
        "published_basis": "header" if header else "",
        "credit": credit,
        "encoding": encoding,
    }


def _credit(words, start):
    """(end of the text, credit): a last line is a credit when it names nothing but agencies."""
    last = words[start:].rstrip().rsplit("\n", 1)[-1].lstrip()
    named = _BETWEEN_AGENCIES.split(last.strip(" \t.()[]"))
    if all(agency in lexicon.words("agencies") for agency in named):
        return words.rindex(last), last
    return len(words), ""


def _metadata(stated, path):
    """Every ``metadata.csv`` as one table, with ``file`` as seen from the top; None when there is none."""
    told = []
    for name, raw in stated.items():
        frame = table(name, raw)
        if "file" not in frame.columns:
            raise CorpusError(f"{path / name}: expected a column 'file'; found {', '.join(frame.columns)}.")
        folder = PurePosixPath(name).parent
        told.append(frame.assign(file=[(folder / file).as_posix() for file in frame["file"]]))
    return pd.concat(told, ignore_index=True).fillna("") if told else None


def _with_metadata(reports, metadata, path):
    """Reports with what ``metadata.csv`` says of them; where it says something, it is believed over the header."""
    if metadata is None:
        return reports
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
