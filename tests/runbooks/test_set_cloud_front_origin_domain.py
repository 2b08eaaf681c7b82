"""SetCloudFrontOriginDomain: an origin without a bucket leads to a harmless domain; the distribution goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.cloudfront.models import Origin
from moto.s3.exceptions import BucketAccessDeniedError
from moto.s3.models import S3Backend

from asr_templates.simulator.aws.gaps import cloudfront as gap

RUNBOOK = "SetCloudFrontOriginDomain"
HARMLESS = "asr-missing-origin.invalid"


class Distribution:
    """A distribution of two buckets, of which only "shop.site" exists."""

    def __init__(self) -> None:
        boto3.client("s3").create_bucket(Bucket="shop.site")
        self.cloudfront = boto3.client("cloudfront")

    def create(self, *domains: str, **settings: Any) -> dict[str, Any]:
        s3 = {"OriginAccessIdentity": ""}
        origins = [
            {"Id": domain.partition(".s3")[0], "DomainName": domain, "OriginPath": "/v1", "S3OriginConfig": s3}
            for domain in domains
        ]
        config = {
            "CallerReference": "1",
            "Comment": "shop",
            "Enabled": True,
            "Origins": {"Quantity": len(origins), "Items": origins},
            "DefaultCacheBehavior": {"TargetOriginId": origins[0]["Id"], "ViewerProtocolPolicy": "https-only"},
            **settings,
        }
        self.id = self.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
        return {"DistributionId": self.id, "OriginDomain": HARMLESS}

    def config(self) -> dict[str, Any]:
        return dict(self.cloudfront.get_distribution_config(Id=self.id)["DistributionConfig"])

    def domains(self) -> dict[str, str]:
        return {origin["Id"]: origin["DomainName"] for origin in self.config()["Origins"]["Items"]}


@pytest.fixture
def distribution(account: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Distribution]:
    monkeypatch.setattr(gap, "deploy", lambda *arguments: None)
    with gap.installed():
        yield Distribution()


def test_missing_bucket_is_replaced_and_comes_back(prove: Callable[..., Any], distribution: Distribution) -> None:
    given = distribution.create("shop.site.s3.us-east-1.amazonaws.com", "shop.images.s3.amazonaws.com")

    applied = prove(RUNBOOK, distribution.config, **given)

    expected = {"Origins": {"shop.images": HARMLESS}}
    assert expected == applied["Changes"][0]["parameters"]["DistributionConfig"]


@pytest.mark.parametrize(
    "domain",
    [
        "gone.s3.amazonaws.com",
        "gone.s3.us-east-1.amazonaws.com",
        "gone.s3-us-west-2.amazonaws.com",
        "gone.s3.dualstack.eu-west-1.amazonaws.com",
        "my.s3.bucket.s3.amazonaws.com",
        "gone.s3.cn-north-1.amazonaws.com.cn",
    ],
)
def test_domain_of_a_bucket_is_understood_in_every_form(
    remediation: Callable[[str], Any], distribution: Distribution, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto takes a domain of China for none of S3's.
    monkeypatch.setattr(Origin, "__init__", lambda self, origin: setattr(self, "id", origin["Id"]))
    given = distribution.create("shop.site.s3.amazonaws.com", domain)

    remediation(RUNBOOK)(**given)

    assert ["shop.site.s3.amazonaws.com", HARMLESS] == list(distribution.domains().values())
    assert distribution.config()["Enabled"]


def test_bucket_of_another_account_is_there(
    remediation: Callable[[str], Any], distribution: Distribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moto shows all buckets to everyone: what HeadBucket answers to strangers is put in its place."""
    given = distribution.create("theirs.s3.amazonaws.com")

    def denied(self: S3Backend, bucket: str) -> None:
        raise BucketAccessDeniedError(bucket=bucket)

    monkeypatch.setattr(S3Backend, "head_bucket", denied)

    assert "NoChange" == remediation(RUNBOOK)(**given)["Status"]


def test_missing_bucket_of_an_origin_group_is_refused(
    remediation: Callable[[str], Any], distribution: Distribution
) -> None:
    criteria = {"StatusCodes": {"Quantity": 1, "Items": [404]}}
    members = {"Quantity": 2, "Items": [{"OriginId": "gone"}, {"OriginId": "shop.site"}]}
    groups = {"Quantity": 1, "Items": [{"Id": "both", "FailoverCriteria": criteria, "Members": members}]}
    given = distribution.create("gone.s3.amazonaws.com", "shop.site.s3.amazonaws.com", OriginGroups=groups)

    output = remediation(RUNBOOK)(**given)

    expected = "origin group both falls back from gone: take it out first"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_distribution_that_is_gone_is_no_change(remediation: Callable[[str], Any], distribution: Distribution) -> None:
    output = remediation(RUNBOOK)(DistributionId="EDFDVBD632BHDS5", OriginDomain=HARMLESS)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
