"""What documents are about: NMF and LDA in which a report and its copies may weigh as one."""

from analysis.topics.errors import TopicsError
from analysis.topics.fitting import fit

__all__ = ["TopicsError", "fit"]
