"""What documents are about: NMF and LDA in which a report and its copies may weigh as one."""

from analysis.topics.errors import TopicsError
from analysis.topics.fitting import fit
from analysis.topics.model import Model
from analysis.topics.shares import from_arrays

__all__ = ["Model", "TopicsError", "fit", "from_arrays"]
