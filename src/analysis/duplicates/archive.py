"""Weighted documents kept on disk or on shared storage: what new ones, or one another, are compared with.

An archive is a folder of blocks, Parquet files of at most 32,768 rows in the order of publication. It grows by further
blocks; no file in it is ever rewritten but ``archive.json``, which names the blocks and is written last. So whatever
interrupts a writer, a reader finds the archive as it was before or as it is after. One writer at a time.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy import sparse

from analysis import tables
from analysis.duplicates.files import Folder

FORMAT = 1
OWN = ("document_id", "published", "terms", "weights")


class ArchiveError(ValueError):
    """A folder does not hold what it should; the message says what was expected, what was found and what to do."""


@dataclass(frozen=True)
class Block:
    """A file of an archive.

    ``published`` holds its first and last moment in ISO 8601, or None if no document has a date; ``ids`` its first and
    last ``document_id`` in the order of code points.
    """

    file: str
    n_rows: int
    published: tuple | None
    ids: tuple

    def reaches(self, first, last):
        """Whether documents may be published from ``first`` to ``last``; None is any time."""
        if first is None and last is None:
            return True
        if self.published is None:
            return False
        begin, end = map(pd.Timestamp, self.published)
        return (last is None or begin <= last) and (first is None or end >= first)


class Archive:
    """An archive that ``duplicates.store`` wrote, as it was when it was opened.

    Parameters
    ----------
    path : path or URL
        Local, or of any storage that fsspec knows: ``"s3://bucket/archive"``.

    Attributes
    ----------
    url : str
        The folder, spelled so that another machine finds it too.
    columns : dict of str to str
        The columns of documents that are kept beside ``document_id`` and ``published``, with their kinds.
    blocks : tuple of Block
    vocabulary : str
        SHA-256 of the terms.

    Raises
    ------
    ArchiveError
        There is no archive in this folder, or one of another format.
    """

    def __init__(self, path):
        self._folder = Folder(path)
        self.url = self._folder.url
        about = described(self._folder)
        if about is None:
            raise ArchiveError(
                f"Expected an archive in {self.url}; found no archive.json there. duplicates.store writes one."
            )
        self.columns, self.n_terms, self.vocabulary = about["columns"], about["n_terms"], about["vocabulary"]
        self.blocks = tuple(
            Block(each["file"], each["n_rows"], each["published"] and tuple(each["published"]), tuple(each["ids"]))
            for each in about["blocks"]
        )

    def __len__(self):
        return sum(block.n_rows for block in self.blocks)

    def __repr__(self):
        return f"Archive({self.url!r}: {len(self)} documents in {len(self.blocks)} blocks, {self.n_terms} terms)"

    @cached_property
    def terms(self):
        """The terms, in alphabetical order, as of the matrices that were stored."""
        return _terms(self._folder)["term"].to_numpy(dtype=object)

    def load(self, first=None, last=None):
        """Return the documents of all blocks that reach into a span of time.

        Parameters
        ----------
        first, last : moment, optional
            Whatever ``pandas.Timestamp`` reads, in UTC if it names no zone. Blocks are loaded whole, so documents from
            before ``first`` and after ``last`` come along; undated documents come with the blocks they lie in.

        Returns
        -------
        matrix : DocumentTermMatrix
            Rows in the order of ``document_id``.
        documents : DataFrame
            ``document_id``, ``published`` and the columns that were stored; no text. With ``matrix`` it is what
            ``duplicates.find`` takes as ``against``.

        Raises
        ------
        ArchiveError
            A block is missing or damaged.
        """
        ends = [None if moment is None else pd.to_datetime(moment, utc=True) for moment in (first, last)]
        chosen = [block for block in self.blocks if block.reaches(*ends)]
        read = [read_block(self._folder, block.file, self.n_terms, self.columns) for block in chosen]
        weights = sparse.vstack([_empty_rows(self.n_terms), *(weights for weights, _ in read)], format="csr")
        about = pd.concat([about for _, about in read] or [_empty_about(self.columns)], ignore_index=True)
        order = np.argsort(about["document_id"].to_numpy(dtype=object), kind="stable")
        about = about.iloc[order].reset_index(drop=True)
        return tables.DocumentTermMatrix(weights[order], about["document_id"].to_numpy(dtype=object), self.terms), about

    def near(self, published, window):
        """Return what ``load`` does, of all blocks that documents of these moments may meet within a window."""
        return self.load() if window is None else self.load(published.min() - window, published.max() + window)


def described(folder):
    """Return what ``archive.json`` says, or None if there is none; refuse another format."""
    about = folder.read_json("archive.json")
    if about is not None and about.get("format") != FORMAT:
        raise ArchiveError(
            f"Expected an archive of format {FORMAT} in {folder.url}; found {about.get('format')!r}. It was written "
            "by another version of this package: read it with that one, or store the documents anew."
        )
    return about


def digest(content):
    """Return the part of a SHA-256 by which a block is named."""
    return hashlib.sha256(content).hexdigest()[:16]


def _terms(folder):
    return pq.read_table(io.BytesIO(folder.read("terms.parquet"))).to_pandas()


def read_ranks(folder):
    """Return the rank of each term, int32."""
    return _terms(folder)["rank"].to_numpy(dtype=np.int32, copy=True)


def read_block(folder, file, n_terms, columns):
    """Return the rows of a block as a csr_array, and as a frame ``document_id``, ``published`` and ``columns``."""
    try:
        content = folder.read(file)
    except FileNotFoundError:
        raise ArchiveError(
            f"{file} is missing from {folder.url}. Bring it back, or store the documents anew."
        ) from None
    if f"-{digest(content)}." not in file:
        raise ArchiveError(
            f"{file} in {folder.url} is damaged: its bytes are not those that were written. Bring it back from a copy, "
            "or store the documents anew."
        )
    rows = pq.read_table(io.BytesIO(content), columns=[*OWN, *columns]).combine_chunks()
    terms, weights = (rows[name].combine_chunks() for name in ("terms", "weights"))
    entries = (part.flatten().to_numpy() for part in (weights, terms))
    matrix = sparse.csr_array((*entries, terms.offsets.to_numpy()), shape=(rows.num_rows, n_terms))
    return matrix, rows.select([*OWN[:2], *columns]).to_pandas()


def _empty_rows(n_terms):
    return sparse.csr_array((0, n_terms), dtype=np.float64)


def _empty_about(columns):
    about = {"document_id": pd.Series(dtype="str"), "published": pd.Series(dtype="datetime64[us, UTC]")}
    return pd.DataFrame(about | {name: pd.Series(dtype=object) for name in columns})
