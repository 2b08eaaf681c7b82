"""A distribution keeps what it was given; a runbook's change takes its time to reach the edge locations."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.gaps.cloudfront import DEPLOYMENT_SECONDS

ACCOUNT = "111111111111"
ORIGIN = {
    "Id": "site",
    "DomainName": "shop.s3.eu-west-1.amazonaws.com",
    "S3OriginConfig": {"OriginAccessIdentity": ""},
    "OriginAccessControlId": "E327GJI25M56DG",
}
CONFIG = {
    "CallerReference": "1",
    "Comment": "shop",
    "Enabled": True,
    "Origins": {"Quantity": 1, "Items": [ORIGIN]},
    "DefaultCacheBehavior": {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "x"},
    "DefaultRootObject": "index.html",
    "HttpVersion": "http2and3",
}


@pytest.fixture
def person(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("cloudfront")


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("cloudfront")


@pytest.fixture
def wanted(person: Any) -> dict[str, str]:
    return {"Id": person.create_distribution(DistributionConfig=CONFIG)["Distribution"]["Id"]}


def status(cloudfront: Any, wanted: dict[str, str]) -> str:
    return str(cloudfront.get_distribution(**wanted)["Distribution"]["Status"])


def test_configuration_is_kept_whole_with_defaults_for_the_rest(person: Any, wanted: dict[str, str]) -> None:
    config = person.get_distribution_config(**wanted)["DistributionConfig"]

    assert {name: config[name] for name in CONFIG if name != "Origins"} == {
        name: CONFIG[name] for name in CONFIG if name != "Origins"
    }
    [origin] = config["Origins"]["Items"]
    assert ORIGIN.items() <= origin.items()
    assert (origin["CustomHeaders"], config["Aliases"], config["WebACLId"]) == ({"Quantity": 0}, {"Quantity": 0}, "")
    assert person.list_distributions()["DistributionList"]["Items"][0]["Comment"] == "shop"


def test_configuration_that_was_read_can_be_written_again(person: Any, wanted: dict[str, str]) -> None:
    before = person.get_distribution_config(**wanted)
    answered = person.update_distribution(
        **wanted, IfMatch=before["ETag"], DistributionConfig=before["DistributionConfig"]
    )
    after = person.get_distribution_config(**wanted)

    assert after["DistributionConfig"] == before["DistributionConfig"]
    assert answered["ETag"] == after["ETag"] != before["ETag"]


def test_update_of_a_configuration_that_was_changed_since_is_refused(person: Any, wanted: dict[str, str]) -> None:
    before = person.get_distribution_config(**wanted)
    these = {**wanted, "IfMatch": before["ETag"], "DistributionConfig": before["DistributionConfig"]}
    person.update_distribution(**these)

    with pytest.raises(ClientError, match="PreconditionFailed"):
        person.update_distribution(**these)
    with pytest.raises(ClientError, match="NoSuchDistribution"):
        person.update_distribution(**{**these, "Id": "EDFDVBD632BHDS5"})


def test_what_a_person_changes_is_deployed_at_once(person: Any, wanted: dict[str, str]) -> None:
    found = person.get_distribution_config(**wanted)
    person.update_distribution(**wanted, IfMatch=found["ETag"], DistributionConfig=found["DistributionConfig"])

    assert status(person, wanted) == "Deployed"


def test_what_a_runbook_changes_is_in_progress_for_a_while(person: Any, runbook: Any, wanted: dict[str, str]) -> None:
    found = runbook.get_distribution_config(**wanted)
    config = {**found["DistributionConfig"], "Comment": "new"}
    answered = runbook.update_distribution(**wanted, IfMatch=found["ETag"], DistributionConfig=config)["Distribution"]
    seen = []
    scheduler.spawn(lambda: seen.append(status(person, wanted)), name="look", delay=DEPLOYMENT_SECONDS - 1)

    scheduler.run()

    assert (answered["Status"], seen, status(person, wanted)) == ("InProgress", ["InProgress"], "Deployed")
    assert person.get_distribution_config(**wanted)["DistributionConfig"]["Comment"] == "new"
