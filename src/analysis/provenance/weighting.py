"""Weightings as bytes: arrays in NumPy's .npz, which needs no pickle to be read, and the rest as JSON for people.

Knows no folder and no record: a weighting goes in, bytes come out, and back.
"""

import io
import json
from itertools import pairwise

from analysis.provenance.manifest import as_json
from analysis.provenance.origin import ProvenanceError


def is_weighting(thing):
    """Whether ``thing`` is a `tables.Weighting`."""
    from analysis.tables import Weighting

    return isinstance(thing, Weighting)


def as_npz(weighting):
    """Bytes of the arrays: ``terms`` as UTF-8, one after the other, their ``offsets``, and ``document_frequencies``.

    Not compressed: the bytes would depend on the compressor.
    """
    import numpy as np

    stream = io.BytesIO()
    frequencies = weighting.document_frequencies
    np.savez(stream, **letters_of(weighting.terms), document_frequencies=frequencies, allow_pickle=False)
    return stream.getvalue()


def letters_of(terms):
    """Terms as two arrays: ``terms`` as UTF-8, one after the other, and their ``offsets``."""
    import numpy as np

    written = [term.encode("utf-8") for term in terms]
    offsets = np.cumsum([0, *map(len, written)], dtype=np.int64)
    return {"terms": np.frombuffer(b"".join(written), np.uint8), "offsets": offsets}


def terms_of(arrays):
    """Terms again, of the arrays of ``letters_of``."""
    import numpy as np

    letters, offsets = arrays["terms"].tobytes(), arrays["offsets"].tolist()
    return np.array([letters[begin:end].decode("utf-8") for begin, end in pairwise(offsets)], dtype=object)


def as_options(weighting, name):
    """Bytes of what is no array: ``n_documents`` and ``options``.

    Raises
    ------
    ProvenanceError
        An option is not what JSON can hold.
    """
    return json_of({"n_documents": weighting.n_documents, "options": weighting.options}, name)


def json_of(content, name):
    """Bytes of ``content`` as JSON, refusing options that it cannot hold."""
    try:
        return as_json(content)
    except (TypeError, ValueError) as fault:
        raise ProvenanceError(f"The options of {name} expect what JSON can hold: {fault}.") from fault


def from_bytes(npz, options):
    """Return the `tables.Weighting` of which these are the bytes."""
    import numpy as np

    from analysis.tables import Weighting

    with np.load(io.BytesIO(npz), allow_pickle=False) as arrays:
        return Weighting(terms_of(arrays), arrays["document_frequencies"], **json.loads(options))
