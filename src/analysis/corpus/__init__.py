"""Reports on disk, or a frame, as documents; documents as passages."""

from analysis.corpus.documents import CorpusError, from_frame
from analysis.corpus.passages import split
from analysis.corpus.quality import quality
from analysis.corpus.reading import read

__all__ = ["CorpusError", "from_frame", "quality", "read", "split"]
