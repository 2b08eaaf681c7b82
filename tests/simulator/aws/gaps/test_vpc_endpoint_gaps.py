"""Interface endpoints take their time to come and to go, and hold their security groups meanwhile."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler

REGION = "eu-west-1"
SERVICE = f"com.amazonaws.{REGION}.ec2"


@pytest.fixture
def person(environment: Any) -> Any:
    return environment.session("111111111111").client("ec2", region_name=REGION)


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("ec2", region_name=REGION)


@pytest.fixture
def vpc(person: Any) -> str:
    return str(person.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def group(ec2: Any, vpc: str) -> str:
    return str(ec2.create_security_group(GroupName="endpoint", Description="d", VpcId=vpc)["GroupId"])


def endpoint(ec2: Any, vpc: str, *groups: str) -> str:
    wanted = {"VpcId": vpc, "ServiceName": SERVICE, "VpcEndpointType": "Interface", "SecurityGroupIds": list(groups)}
    return str(ec2.create_vpc_endpoint(**wanted)["VpcEndpoint"]["VpcEndpointId"])


def states(ec2: Any) -> list[str]:
    return [each["State"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]]


def test_what_a_person_makes_is_available_at_once(person: Any, vpc: str) -> None:
    made = endpoint(person, vpc)
    assert ["available"] == states(person)

    person.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert ["deleted"] == states(person)


def test_what_a_runbook_makes_and_deletes_is_on_its_way_for_a_while(runbook: Any, vpc: str) -> None:
    made = endpoint(runbook, vpc)
    assert ["pending"] == states(runbook)
    with pytest.raises(ClientError, match="IncorrectState"):
        runbook.modify_vpc_endpoint(VpcEndpointId=made, PolicyDocument="{}")
    scheduler.run()
    assert ["available"] == states(runbook)

    runbook.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert ["deleting"] == states(runbook)
    scheduler.run()
    assert [] == states(runbook)


def test_endpoint_without_a_group_is_in_the_default_one(person: Any, vpc: str) -> None:
    endpoint(person, vpc)

    groups = person.describe_vpc_endpoints()["VpcEndpoints"][0]["Groups"]
    assert ["default"] == [each["GroupName"] for each in groups]


def test_group_of_an_endpoint_is_deleted_only_after_the_endpoint_has_let_go_of_it(
    person: Any, runbook: Any, vpc: str
) -> None:
    own, other = group(person, vpc), person.create_security_group(GroupName="o", Description="d", VpcId=vpc)["GroupId"]
    made = endpoint(person, vpc, own)
    with pytest.raises(ClientError, match="DependencyViolation"):
        runbook.delete_security_group(GroupId=own)

    runbook.modify_vpc_endpoint(VpcEndpointId=made, AddSecurityGroupIds=[other], RemoveSecurityGroupIds=[own])
    runbook.delete_vpc_endpoints(VpcEndpointIds=[made])
    runbook.delete_security_group(GroupId=own)
    with pytest.raises(ClientError, match="DependencyViolation"):
        runbook.delete_security_group(GroupId=other)

    scheduler.run()
    runbook.delete_security_group(GroupId=other)


def test_services_are_found_by_their_names(person: Any) -> None:
    found = person.describe_vpc_endpoint_services(Filters=[{"Name": "service-name", "Values": [SERVICE]}])

    assert [SERVICE] == found["ServiceNames"]
