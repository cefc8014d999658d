"""What documents are about: NMF and LDA in which a report and its copies may weigh as one."""

from analysis.topics.alignment import align
from analysis.topics.auditing import audit
from analysis.topics.coherences import coherence
from analysis.topics.dosing import dose
from analysis.topics.errors import TopicsError
from analysis.topics.fitting import fit
from analysis.topics.injection import inject
from analysis.topics.labelling import labels
from analysis.topics.matching import match
from analysis.topics.measures import diversity, exclusivity, npmi, perplexity
from analysis.topics.model import Model
from analysis.topics.naming import names
from analysis.topics.prevalences import difference, prevalence, sums
from analysis.topics.representing import representative_passages, representatives
from analysis.topics.resampling import stability
from analysis.topics.shares import from_arrays
from analysis.topics.trends import trend

__all__ = [
    "Model",
    "TopicsError",
    "align",
    "audit",
    "coherence",
    "difference",
    "diversity",
    "dose",
    "exclusivity",
    "fit",
    "from_arrays",
    "inject",
    "labels",
    "match",
    "names",
    "npmi",
    "perplexity",
    "prevalence",
    "representative_passages",
    "representatives",
    "stability",
    "sums",
    "trend",
]
