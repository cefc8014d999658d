"""One hash of items and key together: what was handed out and what is scored must be the same."""

import hashlib
import json

from analysis import tables
from analysis.intrusion.errors import IntrusionError


def digest(items, key):
    """Return the SHA-256 of all rows of both tables, but for the digest in the key itself."""
    parts = [items.to_numpy().tolist(), key.drop(columns="digest").to_numpy().tolist()]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def locked(items, key):
    """Return both tables and their digest, after holding them to the one in the key.

    Raises
    ------
    IntrusionError
        Items or key were changed, or are of two tests.
    """
    items, key = tables.check(tables.IntrusionItems, items), tables.check(tables.IntrusionKey, key)
    found, stated = digest(items, key), sorted(set(key["digest"]))
    if stated != [found]:
        raise IntrusionError(
            f"The key states the digest {', '.join(each[:12] for each in stated) or 'of nothing'}, and items and key "
            f"have {found[:12]}: one of them was changed after they were made, or they are of two tests. Take both "
            "from where they were saved, or make them again of the same tables with the same random_state."
        )
    return items, key, found
