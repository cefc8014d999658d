"""What documents are about: NMF and LDA in which a report and its copies may weigh as one."""

from analysis.topics.alignment import align
from analysis.topics.auditing import audit
from analysis.topics.errors import TopicsError
from analysis.topics.fitting import fit
from analysis.topics.injection import inject
from analysis.topics.labelling import labels
from analysis.topics.measures import diversity, exclusivity, npmi, perplexity
from analysis.topics.model import Model
from analysis.topics.prevalences import prevalence
from analysis.topics.resampling import stability
from analysis.topics.shares import from_arrays

__all__ = [
    "Model",
    "TopicsError",
    "align",
    "audit",
    "diversity",
    "exclusivity",
    "fit",
    "from_arrays",
    "inject",
    "labels",
    "npmi",
    "perplexity",
    "prevalence",
    "stability",
]
