"""Claims joined with the quantities and documents that they rest on."""

from analysis import tables

_KEY = ["document_id", "start"]


def mentions(claims, claim_quantities, quantities, documents):
    """Return each quantity of each claim with its claim, its witness, its outlet and when it was published.

    Parameters
    ----------
    claims : DataFrame of ``tables.Claims``
        Some or all of those that were gathered; the quantities of others are left out.
    claim_quantities : DataFrame of ``tables.ClaimQuantities``
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``

    Returns
    -------
    DataFrame
        The columns of quantities, and ``claim_id``, ``witness``, ``outlet`` and ``published``; from the earliest
        document of a claim to the latest.

    Raises
    ------
    TableError
        A claim has no quantities, or a quantity or a document of one is not there.
    """
    claims, links = tables.check(tables.Claims, claims), tables.check(tables.ClaimQuantities, claim_quantities)
    quantities, documents = tables.check(tables.Quantities, quantities), tables.check(tables.Documents, documents)
    links = links[links["claim_id"].isin(claims["claim_id"])]
    _refuse_missing("claim_quantities", "claim", set(claims["claim_id"]) - set(links["claim_id"]))
    wanted = set(links[_KEY].itertuples(index=False, name=None))
    _refuse_missing("quantities", "mention", wanted - set(quantities[_KEY].itertuples(index=False, name=None)))
    _refuse_missing("documents", "document", set(links["document_id"]) - set(documents["document_id"]))
    joined = links.merge(quantities, on=_KEY).merge(documents[["document_id", "outlet", "published"]], on="document_id")
    return joined.sort_values(["claim_id", "published", *_KEY], ignore_index=True)


def _refuse_missing(table, what, missing):
    if missing:
        raise tables.TableError(
            f"{table} lack the {what} {min(missing)!r}, of which the claims speak, and {len(missing)} in all; give the "
            "tables that claims.gather took and returned."
        )
