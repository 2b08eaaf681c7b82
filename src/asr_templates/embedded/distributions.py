"""CloudFront distributions, for plans: a configuration is only ever replaced as a whole."""

import hashlib
import json
from typing import Any

from asr_templates.embedded.runner import Gone, Record, Undo


def distribution(cloudfront: Any, distribution_id: str) -> Record:
    """Return what GetDistribution says of a distribution."""
    try:
        found: Record = cloudfront.get_distribution(Id=distribution_id)
    except cloudfront.exceptions.NoSuchDistribution:
        raise Gone from None
    return found


def parameters(found: Record, config: Record) -> Record:
    """Return what UpdateDistribution takes; it is refused if the distribution was changed since it was read."""
    return {"Id": found["Distribution"]["Id"], "IfMatch": found["ETag"], "DistributionConfig": config}


def way_back(found: Record) -> Any:
    """Return how the configuration that was found is put back, or why it cannot be."""
    former = found["Distribution"]["DistributionConfig"]
    if any(origin.get("CustomHeaders", {}).get("Items") for origin in former["Origins"]["Items"]):
        return "its origins get headers of their own, whose values are kept in no record: undo it by hand"
    these = parameters(found, former)
    return lambda response: Undo(
        "update_distribution",
        {"Id": these["Id"], "IfMatch": response["ETag"], "DistributionConfig": these["DistributionConfig"]},
    )


def fingerprint(config: Record) -> str:
    """Return a text that is another one as soon as anything in a configuration is; the order of lists does not count.

    An undo puts the whole configuration back, so it must not be done after any change of others.
    """
    return hashlib.sha256(json.dumps(ordered(config), sort_keys=True).encode()).hexdigest()[:16]


def ordered(value: Any) -> Any:
    """Return a value with its lists sorted."""
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in value}
    if isinstance(value, list):
        return sorted(map(ordered, value), key=lambda item: json.dumps(item, sort_keys=True))
    return value
