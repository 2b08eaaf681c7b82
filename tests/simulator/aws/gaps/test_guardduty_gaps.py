"""GuardDuty has one detector per region; detectors and filters have tags."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"


@pytest.fixture
def guardduty(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("guardduty", region_name="eu-west-1")


@pytest.fixture
def detector(guardduty: Any) -> str:
    return str(guardduty.create_detector(Enable=True, Tags={"team": "security"})["DetectorId"])


def arn(detector: str, rest: str = "") -> str:
    return f"arn:aws:guardduty:eu-west-1:{ACCOUNT}:detector/{detector}{rest}"


def test_a_second_detector_is_rejected(guardduty: Any, detector: str) -> None:
    with pytest.raises(ClientError, match=r"BadRequestException.*a detector already exists"):
        guardduty.create_detector(Enable=True)

    assert guardduty.list_detectors()["DetectorIds"] == [detector]


def test_tags_of_a_detector_are_set_and_removed(guardduty: Any, detector: str) -> None:
    guardduty.tag_resource(ResourceArn=arn(detector), Tags={"owner": "ann", "team": "office"})
    guardduty.untag_resource(ResourceArn=arn(detector), TagKeys=["owner", "cost"])

    assert guardduty.list_tags_for_resource(ResourceArn=arn(detector))["Tags"] == {"team": "office"}
    assert guardduty.get_detector(DetectorId=detector)["Tags"] == {"team": "office"}


def test_a_filter_has_tags_of_its_own(guardduty: Any, detector: str) -> None:
    criteria = {"Criterion": {"region": {"Equals": ["eu-west-1"]}}}
    guardduty.create_filter(DetectorId=detector, Name="of.office", FindingCriteria=criteria, Tags={"owner": "ann"})
    name = arn(detector, "/filter/of.office")
    guardduty.tag_resource(ResourceArn=name, Tags={"cost": ""})

    assert guardduty.list_tags_for_resource(ResourceArn=name)["Tags"] == {"cost": "", "owner": "ann"}
    assert guardduty.get_filter(DetectorId=detector, FilterName="of.office")["Tags"] == {"cost": "", "owner": "ann"}
    assert guardduty.list_tags_for_resource(ResourceArn=arn(detector))["Tags"] == {"team": "security"}


@pytest.mark.parametrize("name", [arn("0" * 32), arn("0" * 32, "/ipset/x")])
def test_what_does_not_exist_has_no_tags(guardduty: Any, detector: str, name: str) -> None:
    with pytest.raises(ClientError, match="BadRequestException"):
        guardduty.list_tags_for_resource(ResourceArn=name)


@pytest.mark.parametrize("tags", [{"aws:x": ""}, {f"tag{number}": "" for number in range(50)}])
def test_tags_that_aws_does_not_take_are_rejected(guardduty: Any, detector: str, tags: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="BadRequestException"):
        guardduty.tag_resource(ResourceArn=arn(detector), Tags=tags)

    assert guardduty.list_tags_for_resource(ResourceArn=arn(detector))["Tags"] == {"team": "security"}
