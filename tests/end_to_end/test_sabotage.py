"""The simulator is strict: a build in which one thing is wrong must fail, each in its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asr_templates.simulator import Cloud, NotSimulated
from asr_templates.simulator.aws.cloudformation import StackFailed
from asr_templates.simulator.cloud import NotStartedError

Change = Callable[[Any], None]


def everywhere(node: Any, change: Change) -> None:
    """Call `change` on every mapping in a template, the inner ones too."""
    if isinstance(node, dict):
        change(node)
        for value in list(node.values()):
            everywhere(value, change)
    elif isinstance(node, list):
        for value in node:
            everywhere(value, change)


def sabotage(dist: Path, change: Change) -> None:
    """Change every template; at least one must become another."""
    changed = 0
    for path in (dist / "templates").rglob("*.template"):
        template = json.loads(path.read_text())
        before = json.dumps(template)
        everywhere(template, change)
        if json.dumps(template) != before:
            changed += 1
            path.write_text(json.dumps(template))

    assert changed


def without_action(action: str) -> Change:
    def change(node: dict[str, Any]) -> None:
        actions = node.get("Action")
        if isinstance(actions, list) and action in actions and len(actions) > 1:
            node["Action"] = [each for each in actions if each != action]
        elif actions in (action, [action]):
            node["Action"] = ["none:None"]

    return change


def replaced(old: str, new: str) -> Change:
    """Replace text in every value that is a text."""

    def change(node: dict[str, Any]) -> None:
        for key, value in node.items():
            if isinstance(value, str) and old in value:
                node[key] = value.replace(old, new)
            elif isinstance(value, list):
                node[key] = [each.replace(old, new) if isinstance(each, str) else each for each in value]

    return change


def status(dist: Path, broken_in: Any) -> str:
    with Cloud(dist=dist, regions=["us-east-1"]) as cloud:
        return str(cloud.remediate(broken_in(cloud, "EC2.2", region="us-east-1")).status)


def test_a_build_that_nobody_sabotaged_succeeds(copied, broken_in) -> None:
    assert status(copied, broken_in) == "SUCCESS"


def test_an_action_that_a_role_lacks_is_denied(copied, broken_in) -> None:
    sabotage(copied, without_action("ec2:RevokeSecurityGroupIngress"))

    assert status(copied, broken_in) == "REMEDIATION_FAILED"


def test_a_trust_condition_that_names_another_role_keeps_the_orchestrator_out(copied, broken_in) -> None:
    def change(node: dict[str, Any]) -> None:
        if "ArnEquals" in node:
            everywhere(node["ArnEquals"], replaced("ASR-Prepare-Function", "ASR-Other-Function"))

    sabotage(copied, change)

    assert status(copied, broken_in) == "ASSUME_ROLE_FAILURE"


def test_a_trust_condition_for_another_account_keeps_automations_out(copied, broken_in) -> None:
    def change(node: dict[str, Any]) -> None:
        if node.get("Principal") == {"Service": "ssm.amazonaws.com"}:
            node["Condition"]["StringEquals"]["aws:SourceAccount"] = "999999999999"

    sabotage(copied, change)

    assert status(copied, broken_in) == "REMEDIATION_FAILED"


def test_a_document_of_another_name_is_not_found(copied, broken_in) -> None:
    def change(node: dict[str, Any]) -> None:
        if node.get("Name") == "ASR-RemoveVPCDefaultSecurityGroupRules":
            node["Name"] = "ASR-RemoveDefaultRules"

    sabotage(copied, change)

    assert status(copied, broken_in) == "REMEDIATION_FAILED"


def test_a_queue_that_no_rule_may_send_to_gets_no_finding(copied, broken_in) -> None:
    def change(node: dict[str, Any]) -> None:
        if node.get("Type") == "AWS::SQS::QueuePolicy":
            everywhere(node, without_action("sqs:SendMessage"))

    sabotage(copied, change)

    with pytest.raises(NotStartedError, match="not authorized"):
        status(copied, broken_in)


def test_an_unknown_property_fails_the_stack(copied, broken_in) -> None:
    def change(node: dict[str, Any]) -> None:
        if node.get("Type") == "AWS::SQS::Queue":
            node.setdefault("Properties", {})["VisibilityTimeOut"] = 30

    sabotage(copied, change)

    with pytest.raises((StackFailed, NotSimulated), match="VisibilityTimeOut"):
        status(copied, broken_in)


def test_a_rule_that_does_not_match_starts_nothing(copied, broken_in) -> None:
    sabotage(copied, replaced("Security Hub Findings - Custom Action", "Security Hub Findings - Custom Actions"))

    with pytest.raises(NotStartedError):
        status(copied, broken_in)


def test_a_function_that_may_not_start_executions_starts_nothing(copied, broken_in) -> None:
    sabotage(copied, without_action("states:StartExecution"))

    with pytest.raises(NotStartedError):
        status(copied, broken_in)
