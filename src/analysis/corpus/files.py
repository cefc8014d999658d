"""What lies at a path: the files that can hold reports, in a folder, in an archive, or alone."""

import warnings
import zipfile
import zlib
from collections import Counter
from pathlib import PurePosixPath, PureWindowsPath

from analysis import tables
from analysis.corpus.documents import CorpusError

METADATA = "metadata.csv"
TABLE_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".parquet")
SUPPORTED = ".txt, .csv, .tsv, .jsonl (these three also .gz), .parquet, .zip"
_ABOUT_THE_FOLDER = ("readme", "license", "sha256sums")


def found(path):
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
            _refuse_packed_twice(path, members)
            return _chosen({member.filename: lambda m=member: archive.read(m) for member in members})
    except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise CorpusError(
            f"{path}: expected a .zip archive; it is damaged ({fault}). Fetch or pack it again."
        ) from None
    except NotImplementedError as fault:
        raise CorpusError(f"{path}: packed in a way we cannot undo ({fault}). Unpack it and give the folder.") from None


def _refuse_unsafe(path, member):
    parts = PurePosixPath(member.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or PureWindowsPath(member.filename).drive:
        raise CorpusError(
            f"{path}: the archive names {member.filename!r}, a path outside itself. "
            "Nothing was read; pack the archive again without it."
        )
    if member.flag_bits & 0x1:
        raise CorpusError(f"{path}: {member.filename!r} is encrypted. Unpack it and give the folder.")


def _refuse_packed_twice(path, members):
    name, count = Counter(member.filename for member in members).most_common(1)[0] if members else ("", 0)
    if count > 1:
        raise CorpusError(f"{path}: expected each file once; found {name!r} {count} times. Pack the archive again.")


def _chosen(openers):
    names = sorted(name for name in openers if not _is_hidden(name))
    chosen = [name for name in names if name.lower().endswith((".txt", *TABLE_SUFFIXES))]
    passed_over = sorted(name for name in set(names) - set(chosen) if not _is_about_the_folder(name))
    if chosen and passed_over:
        warnings.warn(
            f"{len(passed_over)} of {len(names)} files hold no reports we can read and were passed over: "
            f"{', '.join(passed_over[:5])}{' …' if len(passed_over) > 5 else ''} (readable: {SUPPORTED}).",
            tables.SkippedWarning,
            stacklevel=4,
        )
    return [(name, openers[name]()) for name in chosen]


def _is_hidden(name):
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _is_about_the_folder(name):
    return PurePosixPath(name).name.lower().startswith(_ABOUT_THE_FOLDER)


def kinds(path, found):
    """What there is instead of reports, for a message."""
    if found:
        return f"{METADATA}, which tells about .txt reports, and none of them"
    if path.suffix.lower() == ".zip":
        return "none in the archive"
    if not path.is_dir():
        return f"a {path.suffix or 'file without an ending'}"
    endings = Counter(file.suffix or "no ending" for file in path.rglob("*") if file.is_file())
    return ", ".join(f"{count} × {kind}" for kind, count in sorted(endings.items())) or "an empty folder"
