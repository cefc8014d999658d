"""Small tables for the tests of claims, with what is not given filled in."""

import math

import pandas as pd

from analysis import claims, tables

INF, NAN = math.inf, math.nan


def stated(document_id, value, bound="exact", start=None, **more):
    """A quantity as a dict, with what is not given filled in: so many people killed."""
    low = {"at most": 0.0, "less than": 0.0, "vague": NAN}.get(bound, value)
    high = {"at least": INF, "more than": INF, "vague": NAN}.get(bound, value)
    defaults = dict.fromkeys(tables.columns(tables.Quantities), "") | {
        "document_id": document_id,
        "start": 0 if start is None else start,
        "surface": str(value),
        "low": low,
        "high": high,
        "bound": bound,
        "approximate": False,
        "kind": "count",
        "counted": "people",
        "counted_class": "people",
        "event": "killed",
        "speaker_start": pd.NA,
        "speaker_end": pd.NA,
    }
    found = defaults | more
    return found | {"end": found["start"] + 2}


def quantities_of(*rows):
    if not rows:
        return tables.empty(tables.Quantities)
    return tables.check(tables.Quantities, pd.DataFrame(list(rows)))


def reports(*names, published=None):
    frame = pd.DataFrame(
        {
            "document_id": list(names),
            "outlet": "",
            "published": pd.to_datetime(pd.Series(published or [None] * len(names)), format="ISO8601", utc=True),
            "published_basis": "unknown",
            "title": "",
            "credit": "",
            "text": "text",
        }
    )
    return tables.check(tables.Documents, frame)


def clusters_of(*groups):
    rows = [(member, group[0], 1.0) for group in groups for member in group]
    return tables.check(tables.Clusters, pd.DataFrame(rows, columns=["document_id", "representative", "score"]))


def gathered_with(*rows, groups=None, documents=None, **options):
    """Gather these quantities; return claims, claim_quantities, quantities and documents."""
    quantities = quantities_of(*rows)
    documents = reports(*sorted(set(quantities["document_id"]))) if documents is None else documents
    groups = [[name] for name in documents["document_id"]] if groups is None else groups
    return *claims.gather(quantities, clusters_of(*groups), documents, **options), quantities, documents


def by_name(table):
    return table.set_index("claim_id").to_dict("index")
