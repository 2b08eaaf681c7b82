"""The three stacks, launched in any order, with parameters that are wrong, in other partitions."""

from itertools import permutations

import pytest

from asr_templates.simulator import Cloud
from asr_templates.simulator.aws.cloudformation import StackFailed
from asr_templates.simulator.scenarios import Place
from asr_templates.simulator.scenarios.ec2 import rules

KINDS = ("admin", "member-roles", "member")


@pytest.mark.parametrize("order", list(permutations(KINDS)), ids=lambda order: "-".join(order))
def test_the_stacks_are_launched_in_any_order(dist, playbooks, broken_in, order) -> None:
    with Cloud(dist=dist, regions=["us-east-1"], order=order) as cloud:
        finding = broken_in(cloud, "EC2.7", region="us-east-1")

        assert cloud.remediate(finding).status == "SUCCESS"


@pytest.mark.parametrize(
    ("kind", "parameter", "value", "expected"),
    [
        ("member-roles", "SecHubAdminAccount", "", "12 digits"),
        ("member", "SecHubAdminAccount", "12345", "12 digits"),
        ("member-roles", "Namespace", "Not Valid", "Namespace"),
        ("admin", "MemberAccounts", "abc", "MemberAccounts"),
        ("admin", "OrganizationId", "organisation", "OrganizationId"),
        ("member", "LoadSC", "maybe", "yes or no"),
    ],
)
def test_a_wrong_parameter_fails_at_the_parameter(dist, kind, parameter, value, expected) -> None:
    with pytest.raises(StackFailed) as failure, Cloud(dist=dist, stack_parameters={kind: {parameter: value}}):
        pass

    assert parameter in str(failure.value)
    assert expected in str(failure.value)
    assert failure.value.logical_id is None


@pytest.mark.parametrize(("home", "elsewhere"), [("cn-north-1", "cn-northwest-1"), ("us-gov-west-1", "us-gov-east-1")])
def test_other_partitions_are_served(dist, broken_in, home, elsewhere) -> None:
    with Cloud(dist=dist, regions=[home, elsewhere]) as cloud:
        runs = [cloud.remediate(broken_in(cloud, control, region=elsewhere)) for control in ("EC2.13", "IAM.14")]

        assert [run.status for run in runs] == ["SUCCESS", "SUCCESS"]


def test_admin_and_member_may_be_one_account(dist, broken_in) -> None:
    with Cloud(dist=dist, members=[], regions=["us-east-1"]) as cloud:
        finding = broken_in(cloud, "EC2.2", account="111111111111", region="us-east-1")

        assert cloud.remediate(finding).status == "SUCCESS"


def test_a_role_path_is_honoured(dist, broken_in) -> None:
    path = {kind: {"RolePath": "/security/asr/"} for kind in KINDS}
    with Cloud(dist=dist, regions=["us-east-1"], stack_parameters=path) as cloud:
        finding = broken_in(cloud, "EC2.2", region="us-east-1")

        assert cloud.remediate(finding).status == "SUCCESS"


def test_a_customer_key_encrypts_queues_topics_and_tables(dist, broken_in) -> None:
    with Cloud(dist=dist, regions=["us-east-1"], stack_parameters={"admin": {"UseCustomerKey": "yes"}}) as cloud:
        finding = broken_in(cloud, "EC2.2", region="us-east-1")

        assert cloud.remediate(finding).status == "SUCCESS"


def test_without_events_the_poll_follows(dist, broken_in) -> None:
    """No OrchestratorRegion in the member stack: no event rule there."""
    with Cloud(dist=dist, regions=["us-east-1"], stack_parameters={"member": {"OrchestratorRegion": ""}}) as cloud:
        finding = broken_in(cloud, "EC2.2", region="us-east-1")

        assert cloud.remediate(finding).status == "SUCCESS"


def test_a_playbook_that_is_not_loaded_is_not_enabled(dist, broken_in) -> None:
    with Cloud(dist=dist, regions=["us-east-1"], playbooks=["SC"]) as cloud:
        finding = broken_in(cloud, "4.3", standard="CIS120", region="us-east-1")

        assert cloud.remediate(finding).status == "PLAYBOOK_NOT_ENABLED"


def test_a_control_that_is_switched_off_has_no_runbook(dist, broken_in) -> None:
    switched = {"member": {"ControlEC214": "no", "ControlRDS5": "no"}}
    with Cloud(dist=dist, regions=["us-east-1"], stack_parameters=switched) as cloud:
        runs = [
            cloud.remediate(broken_in(cloud, control, region="us-east-1")) for control in ("EC2.13", "EC2.14", "RDS.5")
        ]

        assert [run.status for run in runs] == ["SUCCESS", "NO_RUNBOOK", "NO_RUNBOOK"]


def test_without_undo_allowed_an_undo_fails_and_touches_nothing(dist, broken_in) -> None:
    with Cloud(dist=dist, regions=["us-east-1"], stack_parameters={"member-roles": {"AllowUndo": "no"}}) as cloud:
        run = cloud.remediate(broken_in(cloud, "EC2.7", region="us-east-1"))
        undone = cloud.undo(run)

        assert undone.status == "REMEDIATION_FAILED"
        assert "ec2:DisableEbsEncryptionByDefault" in undone.message


ALL_FOUR = [
    {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    for port in (22, 3389)
    for source in ({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]})
]


@pytest.mark.parametrize(
    ("region", "is_run"), [("us-east-1", True), ("cn-north-1", False)], ids=["runs first", "does not exist in China"]
)
def test_the_aws_owned_runbook_runs_first_where_it_can_and_can_be_undone(dist, broken_in, region, is_run) -> None:
    wanted = {"member": {"UseAwsOwnedRunbooks": "yes"}}
    with Cloud(dist=dist, regions=[region], stack_parameters=wanted) as cloud:
        finding = broken_in(cloud, "EC2.13", region=region)
        resource = finding["Resources"][0]["Id"]
        place = Place(cloud, "222222222222", region)
        ec2 = place.client("ec2")
        missing = [rule for rule in ALL_FOUR if rule["FromPort"] == 3389]
        ec2.authorize_security_group_ingress(GroupId=resource.rsplit("/", 1)[1], IpPermissions=missing)
        before = rules(place, resource)

        run = cloud.remediate(finding)
        after = rules(place, resource)
        undone = cloud.undo(run)

        assert (run.status, undone.status) == ("SUCCESS", "UNDONE")
        assert is_run == any(step.name == "AwsOwned" for step in run.steps)
        assert is_run == (not any(rule.get("FromPort") == 3389 for rule in after))
        assert before == rules(place, resource)


def test_the_aws_owned_runbook_is_left_out_where_it_would_stop(dist, broken_in) -> None:
    wanted = {"member": {"UseAwsOwnedRunbooks": "yes"}}
    with Cloud(dist=dist, regions=["us-east-1"], stack_parameters=wanted) as cloud:
        run = cloud.remediate(broken_in(cloud, "EC2.13", region="us-east-1"))

        assert run.status == "SUCCESS"
        assert not any(step.name == "AwsOwned" for step in run.steps)
