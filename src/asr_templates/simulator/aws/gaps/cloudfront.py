"""CloudFront: a distribution keeps its whole configuration, and a change takes minutes to reach the edge locations.

Source: CloudFront API reference, GetDistribution, UpdateDistribution (If-Match, ETag, Status) and DistributionConfig,
whose optional members GetDistributionConfig shows with their defaults. What a person (the administrator of the
simulation) changes is deployed at once: tests prepare resources, runbooks wait for them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.cloudfront import models
from moto.cloudfront.exceptions import CloudFrontException, InvalidIfMatchVersion, NoSuchDistribution
from moto.cloudfront.models import Distribution, random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler

DEPLOYMENT_SECONDS = 300.0
"""How long a change takes to reach the edge locations. Really minutes."""

NONE: dict[str, Any] = {"Quantity": 0}

CONFIG_DEFAULTS: dict[str, Any] = {
    "Aliases": NONE,
    "DefaultRootObject": "",
    "OriginGroups": NONE,
    "CacheBehaviors": NONE,
    "CustomErrorResponses": NONE,
    "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
    "PriceClass": "PriceClass_All",
    "ViewerCertificate": {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"},
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
    "WebACLId": "",
    "HttpVersion": "http2",
    "IsIPV6Enabled": False,
    "Staging": False,
}
ORIGIN_DEFAULTS: dict[str, Any] = {
    "OriginPath": "",
    "CustomHeaders": NONE,
    "ConnectionAttempts": 3,
    "ConnectionTimeout": 10,
    "OriginShield": {"Enabled": False},
    "OriginAccessControlId": "",
}


CHANGED_SINCE = "The request failed because it didn't meet the preconditions in one or more request-header fields."


class Configuration(dict[str, Any]):
    """A DistributionConfig as it was put, with defaults for what was not; moto keeps a part of it."""

    def __init__(self, given: dict[str, Any]) -> None:
        whole = copy.deepcopy(given)
        _Judge(given)
        origins = [{**ORIGIN_DEFAULTS, **origin} for origin in whole["Origins"]["Items"]]
        whole["Origins"] = {"Quantity": len(origins), "Items": origins}
        super().__init__({**copy.deepcopy(CONFIG_DEFAULTS), **whole})

    @property
    def caller_reference(self) -> str:
        """Return what tells two requests to make a distribution apart."""
        return str(self["CallerReference"])

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


_Judge = models.DistributionConfig
"""moto's own class: what it refuses stays refused."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's distributions."""
    with (
        mock.patch.object(models, "DistributionConfig", Configuration),
        mock.patch.object(CloudFrontResponse, "update_distribution", _update),
        # moto's state goes on with each look at it, ours with the time.
        mock.patch.object(Distribution, "status", property(_status), create=True),
    ):
        yield


def _status(distribution: Distribution) -> str:
    status: str = distribution.__dict__.get("deployment", "Deployed")
    return status


def _update(request: CloudFrontResponse) -> ActionResult:
    """UpdateDistribution replaces the configuration that has the given ETag."""
    backend = request.backend
    distribution_id, etag = request._get_param("Id"), request._get_param("IfMatch")
    distribution = backend.distributions.get(distribution_id)
    if distribution is None:
        raise NoSuchDistribution
    if not etag:
        raise InvalidIfMatchVersion
    if etag != distribution.etag:
        raise CloudFrontException("PreconditionFailed", CHANGED_SINCE)
    distribution.distribution_config = Configuration(request._get_param("DistributionConfig", {}))
    distribution.etag = random_id()
    distribution.last_modified_time = utcnow()
    principal = identity.principal_of(request.get_access_key())
    if principal is None or principal.kind != "administrator":
        deploy(distribution)
    result = {"Distribution": distribution, "ETag": distribution.etag, "Location": distribution.location}
    return ActionResult(result)


def deploy(distribution: Distribution) -> None:
    """Begin to bring a change to the edge locations."""
    distribution.__dict__["deployment"] = "InProgress"
    name = f"deploy {distribution.distribution_id}"
    scheduler.spawn(_deployed, distribution, distribution.etag, name=name, delay=DEPLOYMENT_SECONDS)


def _deployed(distribution: Distribution, etag: str) -> None:
    if distribution.etag == etag:  # else a later change is on its way
        distribution.__dict__["deployment"] = "Deployed"
