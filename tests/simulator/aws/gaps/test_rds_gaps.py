"""Modifications of DB instances take their time."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.gaps.rds import MODIFICATION_SECONDS
from asr_templates.simulator.aws.gaps.young_roles import PROPAGATION_SECONDS

ACCOUNT = "111111111111"
NOW = {"DBInstanceIdentifier": "db", "MultiAZ": True, "ApplyImmediately": True}


@pytest.fixture
def person(environment: Any) -> Any:
    rds = environment.session(ACCOUNT).client("rds", region_name="eu-west-1")
    rds.create_db_instance(
        DBInstanceIdentifier="db",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
        MultiAZ=False,
    )
    return rds


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("rds", region_name="eu-west-1")


def state(rds: Any) -> tuple[str, bool, dict[str, Any]]:
    found = rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
    return found["DBInstanceStatus"], found["MultiAZ"], found["PendingModifiedValues"]


def test_what_a_person_changes_is_settled_at_once(person: Any) -> None:
    person.modify_db_instance(**NOW)

    assert state(person) == ("available", True, {})


def test_what_a_runbook_changes_is_pending_for_a_while(person: Any, runbook: Any) -> None:
    answered = runbook.modify_db_instance(**NOW)["DBInstance"]
    seen = []
    scheduler.spawn(lambda: seen.append(state(person)), name="look", delay=MODIFICATION_SECONDS - 1)

    scheduler.run()

    assert (answered["DBInstanceStatus"], answered["PendingModifiedValues"]) == ("modifying", {"MultiAZ": True})
    assert seen == [("modifying", False, {"MultiAZ": True})]
    assert state(person) == ("available", True, {})


def test_a_change_that_changes_nothing_is_done_at_once(person: Any, runbook: Any) -> None:
    runbook.modify_db_instance(**{**NOW, "MultiAZ": False})

    assert state(person) == ("available", False, {})


def test_a_change_that_is_not_to_be_applied_immediately_stays_pending(person: Any, runbook: Any) -> None:
    runbook.modify_db_instance(DBInstanceIdentifier="db", MultiAZ=True)

    scheduler.run()

    assert state(person) == ("available", False, {"MultiAZ": True})


def test_an_instance_that_is_being_modified_cannot_be_modified(person: Any, runbook: Any) -> None:
    runbook.modify_db_instance(**NOW)

    for rds in (person, runbook):
        with pytest.raises(ClientError, match="InvalidDBInstanceState"):
            rds.modify_db_instance(**NOW)


def test_a_stopped_instance_cannot_be_modified(person: Any, runbook: Any) -> None:
    person.stop_db_instance(DBInstanceIdentifier="db")

    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        runbook.modify_db_instance(**NOW)


def test_a_new_name_is_not_simulated(runbook: Any) -> None:
    with pytest.raises(NotSimulated, match="NewDBInstanceIdentifier"):
        runbook.modify_db_instance(**NOW, NewDBInstanceIdentifier="other")


def test_a_new_password_is_not_shown(person: Any, runbook: Any) -> None:
    runbook.modify_db_instance(DBInstanceIdentifier="db", MasterUserPassword="another-secret", ApplyImmediately=True)

    assert state(person)[2] == {"MasterUserPassword": "****"}


def test_an_instance_that_is_gone_is_not_found(runbook: Any) -> None:
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        runbook.modify_db_instance(**{**NOW, "DBInstanceIdentifier": "gone"})


def test_an_instance_without_a_subnet_group_lies_in_the_zones_of_the_default_vpc(person: Any) -> None:
    [instance] = person.describe_db_instances()["DBInstances"]

    zones = {subnet["SubnetAvailabilityZone"]["Name"] for subnet in instance["DBSubnetGroup"]["Subnets"]}
    assert instance["DBSubnetGroup"]["DBSubnetGroupName"] == "default"
    assert zones == {"eu-west-1a", "eu-west-1b", "eu-west-1c"}


@pytest.fixture
def cluster(person: Any) -> None:
    person.create_db_cluster(
        DBClusterIdentifier="fleet", Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="not-a-secret"
    )
    person.get_waiter("db_cluster_available").wait(DBClusterIdentifier="fleet")


def role_for(environment: Any, service: str) -> str:
    """A role that a service may assume, for this account's resources."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = environment.session(ACCOUNT).client("iam")
    return str(iam.create_role(RoleName=service, AssumeRolePolicyDocument=trust)["Role"]["Arn"])


def test_public_access_changes_in_a_while_whatever_the_maintenance_window(person: Any, runbook: Any) -> None:
    runbook.modify_db_instance(DBInstanceIdentifier="db", PubliclyAccessible=True)
    meanwhile = person.describe_db_instances()["DBInstances"][0]
    scheduler.run()
    afterwards = person.describe_db_instances()["DBInstances"][0]

    assert (meanwhile["DBInstanceStatus"], meanwhile["PubliclyAccessible"]) == ("modifying", False)
    assert (afterwards["DBInstanceStatus"], afterwards["PubliclyAccessible"]) == ("available", True)
    assert meanwhile["PendingModifiedValues"] == {}


def test_what_waits_for_the_maintenance_window_is_set_off_by_a_change_that_is_immediate(
    person: Any, runbook: Any
) -> None:
    runbook.modify_db_instance(DBInstanceIdentifier="db", MultiAZ=True)
    runbook.modify_db_instance(DBInstanceIdentifier="db", DeletionProtection=True)
    scheduler.run()
    waiting = state(person)
    runbook.modify_db_instance(DBInstanceIdentifier="db", CopyTagsToSnapshot=True, ApplyImmediately=True)
    scheduler.run()

    assert waiting == ("available", False, {"MultiAZ": True})
    assert state(person) == ("available", True, {})


def test_enhanced_monitoring_is_configured_in_a_while(environment: Any, person: Any, runbook: Any) -> None:
    role = role_for(environment, "monitoring.rds.amazonaws.com")
    scheduler.call(scheduler.sleep, PROPAGATION_SECONDS)
    runbook.modify_db_instance(DBInstanceIdentifier="db", MonitoringInterval=60, MonitoringRoleArn=role)
    meanwhile = state(person)[0]
    scheduler.run()
    instance = person.describe_db_instances()["DBInstances"][0]

    assert meanwhile == "configuring-enhanced-monitoring"
    assert (instance["MonitoringInterval"], instance["MonitoringRoleArn"]) == (60, role)


def test_enhanced_monitoring_that_is_off_has_no_role(environment: Any, person: Any) -> None:
    role = role_for(environment, "monitoring.rds.amazonaws.com")
    person.modify_db_instance(DBInstanceIdentifier="db", MonitoringInterval=60, MonitoringRoleArn=role)
    person.modify_db_instance(DBInstanceIdentifier="db", MonitoringInterval=0)

    assert "MonitoringRoleArn" not in person.describe_db_instances()["DBInstances"][0]


def test_a_role_that_does_not_trust_enhanced_monitoring_is_refused(environment: Any, runbook: Any) -> None:
    role = role_for(environment, "rds.amazonaws.com")
    scheduler.call(scheduler.sleep, PROPAGATION_SECONDS)

    with pytest.raises(ClientError, match="ENHANCED_MONITORING"):
        runbook.modify_db_instance(DBInstanceIdentifier="db", MonitoringInterval=60, MonitoringRoleArn=role)


@pytest.mark.usefixtures("cluster")
def test_a_stopped_cluster_cannot_be_modified(person: Any, runbook: Any) -> None:
    person.stop_db_cluster(DBClusterIdentifier="fleet")

    with pytest.raises(ClientError, match="InvalidDBClusterStateFault"):
        runbook.modify_db_cluster(DBClusterIdentifier="fleet", DeletionProtection=True)


def test_a_cluster_that_is_gone_is_not_found(runbook: Any) -> None:
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        runbook.modify_db_cluster(DBClusterIdentifier="gone", DeletionProtection=True)
