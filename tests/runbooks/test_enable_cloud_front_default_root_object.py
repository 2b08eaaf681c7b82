"""EnableCloudFrontDefaultRootObject: a distribution of buckets gets a root object; the rest of it stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import cloudfront as gap

RUNBOOK = "EnableCloudFrontDefaultRootObject"
BUCKET = {"Id": "site", "DomainName": "site.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
SERVER = {
    "Id": "server",
    "DomainName": "api.example.com",
    "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
}
HEADERS = {"Quantity": 1, "Items": [{"HeaderName": "x-origin-key", "HeaderValue": "correct horse"}]}


class Distributions:
    """Distributions of one account."""

    def __init__(self) -> None:
        self.cloudfront = boto3.client("cloudfront")

    def create(self, *origins: dict[str, Any], **settings: Any) -> dict[str, Any]:
        config = {
            "CallerReference": "1",
            "Comment": "shop",
            "Enabled": True,
            "Origins": {"Quantity": len(origins), "Items": list(origins)},
            "DefaultCacheBehavior": {"TargetOriginId": origins[0]["Id"], "ViewerProtocolPolicy": "https-only"},
            **settings,
        }
        made = self.cloudfront.create_distribution(DistributionConfig=config)
        return {"CloudFrontDistribution": made["Distribution"]["Id"], "DefaultRootObject": "index.html"}

    def config(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.cloudfront.get_distribution_config(Id=given["CloudFrontDistribution"])
        return dict(found["DistributionConfig"])

    def change(self, given: dict[str, Any], **settings: Any) -> None:
        wanted = {"Id": given["CloudFrontDistribution"]}
        etag = self.cloudfront.get_distribution_config(**wanted)["ETag"]
        config = {**self.config(given), **settings}
        self.cloudfront.update_distribution(**wanted, IfMatch=etag, DistributionConfig=config)


@pytest.fixture
def distributions(account: str) -> Iterator[Distributions]:
    with gap.installed():
        yield Distributions()


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is changed is deployed at once: these tests have no time in which it could take place."""
    monkeypatch.setattr(gap, "deploy", lambda *arguments: None)


def test_root_object_is_set_and_removed_again(prove: Callable[..., Any], distributions: Distributions) -> None:
    given = distributions.create(BUCKET, SERVER)
    before = distributions.config(given)

    applied = prove(
        RUNBOOK,
        lambda: distributions.config(given),
        drift=lambda: distributions.change(given, Comment="a change of something else"),
        **given,
    )

    expected = {"DefaultRootObject": "index.html"}
    assert expected == applied["Changes"][0]["parameters"]["DistributionConfig"]
    assert before == applied["Changes"][0]["undo"]["parameters"]["DistributionConfig"]


def test_headers_of_origins_stay_and_are_in_no_record(
    remediation: Callable[[str], Any], distributions: Distributions
) -> None:
    run, given = remediation(RUNBOOK), distributions.create({**BUCKET, "CustomHeaders": HEADERS})
    before = distributions.config(given)

    preview, applied = run("Preview", **given), run(**given)

    assert {**before, "DefaultRootObject": "index.html"} == distributions.config(given)
    assert "correct horse" not in json.dumps([preview, applied])
    refused = run("Undo", applied, **given)
    expected = "its origins get headers of their own, whose values are kept in no record: undo it by hand"
    assert ("Refused", f"cannot be undone: {expected}") == (refused["Status"], refused["Message"])


@pytest.mark.parametrize(
    ("origins", "settings"), [((BUCKET,), {"DefaultRootObject": "home.html"}), ((SERVER,), {"DefaultRootObject": ""})]
)
def test_distribution_that_has_a_root_object_or_no_bucket_is_left_alone(
    remediation: Callable[[str], Any],
    distributions: Distributions,
    origins: tuple[dict[str, Any], ...],
    settings: dict[str, str],
) -> None:
    given = distributions.create(*origins, **settings)

    assert "NoChange" == remediation(RUNBOOK)(**given)["Status"]


def test_home_page_of_a_server_is_not_replaced(remediation: Callable[[str], Any], distributions: Distributions) -> None:
    output = remediation(RUNBOOK)(**distributions.create(SERVER, BUCKET))

    expected = "requests of / go to an origin that is no bucket: set a root object that this origin serves"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_distribution_that_is_gone_is_no_change(
    remediation: Callable[[str], Any], distributions: Distributions
) -> None:
    output = remediation(RUNBOOK)(CloudFrontDistribution="EDFDVBD632BHDS5", DefaultRootObject="index.html")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
