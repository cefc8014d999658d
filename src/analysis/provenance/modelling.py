"""Topic models as bytes: arrays in NumPy's .npz, which needs no pickle to be read, and the rest as JSON for people.

Knows no folder and no record, as ``weighting`` beside it.
"""

import io
import json

from analysis.provenance.origin import ProvenanceError
from analysis.provenance.weighting import json_of, letters_of, terms_of

VERSION = 1  # of the two files; a file that states none is of the first


def is_model(thing):
    """Whether ``thing`` is a `tables.TopicModel`."""
    from analysis.tables import TopicModel

    return isinstance(thing, TopicModel)


def as_npz(model):
    """Bytes of the arrays: ``terms`` and ``offsets``, ``topic_terms`` and ``inverse_frequencies``. Not compressed."""
    import numpy as np

    stream = io.BytesIO()
    numbers = {name: np.ascontiguousarray(getattr(model, name)) for name in ("topic_terms", "inverse_frequencies")}
    np.savez(stream, **letters_of(model.terms), **numbers, allow_pickle=False)
    return stream.getvalue()


def as_options(model, name):
    """Bytes of what is no array: ``version``, ``method``, ``options`` and ``fitted``.

    Raises
    ------
    ProvenanceError
        An option is not what JSON can hold.
    """
    return json_of({"version": VERSION, "method": model.method, "options": model.options, "fitted": model.fitted}, name)


def is_model_of(options):
    """Whether these are the options of a model, and not of a weighting."""
    return "method" in json.loads(options)


def from_bytes(npz, options):
    """Return the `tables.TopicModel` of which these are the bytes.

    Raises
    ------
    ProvenanceError
        A later version of this package wrote them.
    """
    import numpy as np

    from analysis.tables import TopicModel

    said = json.loads(options)
    if (version := said.pop("version", 1)) > VERSION:
        raise ProvenanceError(
            f"Expected a topic model of version {VERSION} or earlier; found version {version}, which a later version "
            "of this package wrote. Update the package, or fit the model again."
        )
    with np.load(io.BytesIO(npz), allow_pickle=False) as arrays:
        numbers = {name: arrays[name] for name in ("topic_terms", "inverse_frequencies")}
        return TopicModel(terms=terms_of(arrays), **numbers, **said)
