"""Folders on a disk or on shared storage, whose files are whole or not there at all.

A folder is a path, or a URL that fsspec knows (``s3://…``, ``abfs://…``, ``memory://…``). Credentials are the business
of fsspec, of its configuration files and environment variables.
"""

import json
import os
import uuid
from contextlib import contextmanager, suppress

import fsspec
from fsspec.implementations.local import LocalFileSystem

_UNFINISHED = ".unfinished-"  # how names of what is being written begin; readers of Parquet pass over them


class Folder:
    """A folder and how its files are read and written; ``url`` means the same folder on another machine."""

    def __init__(self, path):
        self._files, self._root = fsspec.core.url_to_fs(str(path))
        self.url = self._files.unstrip_protocol(self._root)

    def __truediv__(self, name):
        return Folder(f"{self.url.rstrip('/')}/{name}")

    def read(self, name):
        """Return the bytes of a file; FileNotFoundError if there is none."""
        return self._files.cat_file(self._path(name))

    def read_json(self, name):
        """Return what a file of JSON says, or None if there is no such file."""
        try:
            return json.loads(self.read(name))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise ValueError(f"Expected JSON in {self.url}/{name}; {error}. Bring it back from a copy.") from None

    def open(self, name):
        """Return a stream to read parts of a file from; FileNotFoundError if there is none."""
        return self._files.open(self._path(name), "rb")

    @contextmanager
    def writing(self, name):
        """Give a stream to write to; the file gets its name when all is written, and is removed if that fails."""
        # Two workers may do the same task when one is thought dead. The name is of no consequence: it never stays.
        temporary = self._path(f"{_UNFINISHED}{uuid.uuid4().hex}-{name}")
        self._files.makedirs(self._root, exist_ok=True)
        try:
            with self._files.open(temporary, "wb") as stream:
                yield stream
                self._settle(stream)
            self._files.mv(temporary, self._path(name))
        except BaseException:
            with suppress(FileNotFoundError):
                self._files.rm(temporary)
            raise

    def write(self, name, content):
        """Write a file of these bytes."""
        with self.writing(name) as stream:
            stream.write(content)

    def write_json(self, name, content):
        """Write a file of JSON that people can read and that has one spelling."""
        self.write(name, (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())

    def remove(self, name=""):
        """Remove a file, or the folder ``name`` with all that is in it, if it is there."""
        with suppress(FileNotFoundError):
            self._files.rm(self._path(name) if name else self._root, recursive=True)

    def sweep(self):
        """Remove what a process that was killed left unfinished."""
        for path in self._files.glob(self._path(f"{_UNFINISHED}*")):
            with suppress(FileNotFoundError):
                self._files.rm(path)

    def _path(self, name):
        return f"{self._root.rstrip('/')}/{name}"

    def _settle(self, stream):
        # A file that is renamed before its bytes are on the disk is empty after a power cut.
        if isinstance(self._files, LocalFileSystem):
            stream.flush()
            os.fsync(stream.fileno())
