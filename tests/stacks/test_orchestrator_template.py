import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from asr_templates.aws_reference import iam
from asr_templates.names import Names
from asr_templates.stacks.orchestrator import CODE, orchestrator_template
from asr_templates.stacks.roles import CALLING_TASKS

NAMES = Names()
TEMPLATE: dict[str, Any] = orchestrator_template(NAMES, {CODE: "orchestrator-1.zip"}, ["SC", "CIS120"]).to_dict()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
TASKS = ("Ingest", "Prepare", "Schedule", "Follow", "Record", "Undo", "CustomActions")


def of_type(kind: str) -> dict[str, Any]:
    """Logical id -> properties of the resources of a type."""
    return {name: each.get("Properties", {}) for name, each in RESOURCES.items() if each["Type"] == f"AWS::{kind}"}


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The statements of a role's inline policies, optional ones too."""
    for policy in role["Policies"]:
        document = policy["Fn::If"][1] if "Fn::If" in policy else policy
        yield from document["PolicyDocument"]["Statement"]


ROLE_STATEMENTS = [
    pytest.param(statement, id=f"{name}-{number}")
    for name, role in of_type("IAM::Role").items()
    for number, statement in enumerate(statements(role))
]


def test_no_arn_is_bound_to_one_partition() -> None:
    assert "arn:aws:" not in json.dumps(TEMPLATE)


def test_two_installations_share_no_name() -> None:
    def names_in(prefix: str) -> set[str]:
        resources = orchestrator_template(Names(prefix), {CODE: "c.zip"}, []).to_dict()["Resources"]
        own = [
            value
            for each in resources.values()
            for key, value in each.get("Properties", {}).items()
            if key.endswith("Name") and isinstance(value, str) and each["Type"] != "AWS::CloudWatch::Alarm"
        ]
        return set(own)

    assert set() == names_in("ASR") & names_in("Other")


@pytest.mark.parametrize("statement", ROLE_STATEMENTS)
def test_every_action_exists(statement: dict[str, Any]) -> None:
    unknown = [action for action in statement["Action"] if "*" not in action and not iam.is_action(action)]

    assert [] == unknown


@pytest.mark.parametrize("statement", ROLE_STATEMENTS)
def test_resources_are_named_wherever_the_action_has_any(statement: dict[str, Any]) -> None:
    without_resource = [
        action for action in statement["Action"] if "*" not in action and not iam.resource_types(action)
    ]

    assert ("*" in statement["Resource"]) is bool(without_resource)


def test_only_who_acts_in_members_may_assume_their_role() -> None:
    assuming = {
        name.removesuffix("Role")
        for name, role in of_type("IAM::Role").items()
        if any("sts:AssumeRole" in statement["Action"] for statement in statements(role))
    }

    assert set(CALLING_TASKS) == assuming


@pytest.mark.parametrize("task", TASKS)
def test_every_function_has_a_role_of_its_own_by_the_name_that_members_trust(task: str) -> None:
    role, function = RESOURCES[f"{task}Role"]["Properties"], RESOURCES[f"{task}Function"]["Properties"]

    assert NAMES.function_role(task) == role["RoleName"]
    assert {"Fn::GetAtt": [f"{task}Role", "Arn"]} == function["Role"]
    assert {"Ref": "RolePath"} == role["Path"]
    assert ["PermissionsBoundaryGiven", {"Ref": "PermissionsBoundary"}] == role["PermissionsBoundary"]["Fn::If"][:2]


@pytest.mark.parametrize("task", TASKS)
def test_every_functions_log_is_kept_as_long_as_the_parameter_says(task: str) -> None:
    log = RESOURCES[f"{task}Log"]["Properties"]

    assert (f"/aws/lambda/{NAMES.function(task)}", {"Ref": "OrchestratorLogRetention"}) == (
        log["LogGroupName"],
        log["RetentionInDays"],
    )
    assert {"LogGroup": {"Ref": f"{task}Log"}} == RESOURCES[f"{task}Function"]["Properties"]["LoggingConfig"]


def test_code_comes_from_the_bucket_of_the_region() -> None:
    code = {
        "S3Bucket": {"Fn::Sub": "${TemplateBucket}-${AWS::Region}"},
        "S3Key": {"Fn::Sub": "${TemplatePrefix}/lambda/orchestrator-1.zip"},
    }

    assert [code] * len(TASKS) == [function["Code"] for function in of_type("Lambda::Function").values()]


def test_no_function_reserves_concurrency_and_no_mapping_takes_too_many_messages_at_a_time() -> None:
    assert not [name for name, each in of_type("Lambda::Function").items() if "ReservedConcurrentExecutions" in each]
    for mapping in of_type("Lambda::EventSourceMapping").values():
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2
        assert ["ReportBatchItemFailures"] == mapping["FunctionResponseTypes"]


def test_messages_stay_hidden_six_times_as_long_as_their_function_may_take() -> None:
    for mapping in of_type("Lambda::EventSourceMapping").values():
        queue = RESOURCES[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
        function = RESOURCES[mapping["FunctionName"]["Ref"]]["Properties"]

        assert 6 * function["Timeout"] <= queue["VisibilityTimeout"]


def dead_letter_queues() -> set[str]:
    return {name for name, queue in of_type("SQS::Queue").items() if "RedrivePolicy" not in queue}


def test_every_queue_that_is_worked_on_has_a_dead_letter_queue() -> None:
    for mapping in of_type("Lambda::EventSourceMapping").values():
        redrive = RESOURCES[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]["RedrivePolicy"]

        assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] in dead_letter_queues()
        assert 10 == redrive["maxReceiveCount"]


def test_every_dead_letter_queue_has_an_alarm_on_the_messages_that_are_there() -> None:
    watched = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in of_type("CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible" and alarm["Statistic"] == "Maximum"
    }

    assert dead_letter_queues() == watched


def test_what_rules_and_alarms_send_to_has_no_key_of_aws() -> None:
    keys = [queue["KmsMasterKeyId"]["Fn::If"][2] for queue in of_type("SQS::Queue").values()]
    keys.append(RESOURCES["AlarmsTopic"]["Properties"]["KmsMasterKeyId"]["Fn::If"][2])

    assert [{"Ref": "AWS::NoValue"}] * len(keys) == keys


def test_queues_encrypt_themselves_unless_there_is_a_key() -> None:
    for queue in of_type("SQS::Queue").values():
        assert [{"Ref": "AWS::NoValue"}, True] == queue["SqsManagedSseEnabled"]["Fn::If"][1:]


def test_the_key_exists_only_if_it_is_wanted() -> None:
    assert {"UseCustomerKeyIsYes"} == {RESOURCES[name]["Condition"] for name in ("Key", "KeyAlias")}


def test_every_queue_lets_in_only_rules_of_this_account() -> None:
    for policy in of_type("SQS::QueuePolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}.items() <= statement[
                "Condition"
            ].items()
            assert "${AWS::AccountId}:rule/ASR-" in statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]


def sends_to_queue(rule: dict[str, Any]) -> Iterator[str]:
    for target in rule["Targets"]:
        for arn in (target["Arn"], target.get("DeadLetterConfig", {}).get("Arn", {})):
            if arn and "Queue" in RESOURCES[arn["Fn::GetAtt"][0]]["Type"]:
                yield arn["Fn::GetAtt"][0]


def test_every_queue_that_a_rule_sends_to_lets_it_in() -> None:
    open_to = {name: policy["PolicyDocument"] for name, policy in of_type("SQS::QueuePolicy").items()}
    for rule in of_type("Events::Rule").values():
        for queue in sends_to_queue(rule):
            source = open_to[f"{queue}Policy"]["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
            allowed = source.split(":rule/")[1].replace("*", ".*")
            bus = f"{NAMES.members_bus}/" if "EventBusName" in rule else ""

            assert re.fullmatch(allowed, f"{bus}{rule['Name']}")


@pytest.mark.parametrize("mode", ["Remediate", "Preview"])
def test_a_custom_actions_rule_takes_only_that_action_of_the_own_account(mode: str) -> None:
    pattern = RESOURCES[f"{mode}Rule"]["Properties"]["EventPattern"]

    assert [{"Ref": f"{mode}Action"}] == pattern["resources"]
    assert [{"Ref": "AWS::AccountId"}] == pattern["account"]


def test_members_report_to_a_bus_of_their_own_if_they_are_known() -> None:
    policies = {name: RESOURCES[name] for name in ("MembersBusOrganization", "MembersBusAccounts")}
    conditions = {name: each["Condition"] for name, each in policies.items()}

    assert {
        "MembersBusOrganization": "OrganizationIdGiven",
        "MembersBusAccounts": "MemberAccountsGiven",
    } == conditions
    by_organization = policies["MembersBusOrganization"]["Properties"]["Statement"]
    assert {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}} == by_organization["Condition"]
    by_account = policies["MembersBusAccounts"]["Properties"]["Statement"]
    assert {"AWS": {"Ref": "MemberAccounts"}} == by_account["Principal"]


def test_a_function_that_a_rule_calls_permits_that_rule_and_keeps_what_it_could_not_do() -> None:
    for task in ("Record", "Follow"):
        permission = RESOURCES[f"{task}Permission"]["Properties"]

        assert {"Fn::GetAtt": [f"{task}Rule", "Arn"]} == permission["SourceArn"]
        dead_letters = RESOURCES[f"{task}Function"]["Properties"]["DeadLetterConfig"]["TargetArn"]
        assert {"Fn::GetAtt": ["InvocationsDeadLetters", "Arn"]} == dead_letters


def test_the_note_is_all_that_the_recorder_may_change_of_a_finding() -> None:
    (update,) = [
        statement
        for statement in statements(RESOURCES["RecordRole"]["Properties"])
        if "securityhub:BatchUpdateFindings" in statement["Action"]
    ]

    assert {"Null": {"securityhub:ASFFSyntaxPath/Workflow.Status": "true"}} == update["Condition"]


@pytest.mark.parametrize("table", ["HistoryTable", "ConfigurationTable"])
def test_what_must_not_be_lost_outlives_the_stack_but_not_a_failed_launch(table: str) -> None:
    assert ("RetainExceptOnCreate", "Retain") == (
        RESOURCES[table]["DeletionPolicy"],
        RESOURCES[table]["UpdateReplacePolicy"],
    )


def test_the_state_machines_log_has_no_data_of_findings() -> None:
    logging = RESOURCES["StateMachine"]["Properties"]["LoggingConfiguration"]

    assert ("ERROR", False) == (logging["Level"], logging["IncludeExecutionData"])


def test_every_variable_of_the_definition_is_substituted() -> None:
    properties = RESOURCES["StateMachine"]["Properties"]
    named = set(re.findall(r"\$\{(\w+)\}", json.dumps(properties["Definition"])))

    assert named == set(properties["DefinitionSubstitutions"])


def test_a_playbook_is_known_to_prepare_by_its_parameter() -> None:
    variables = RESOURCES["PrepareFunction"]["Properties"]["Environment"]["Variables"]

    assert ({"Ref": "LoadSC"}, {"Ref": "LoadCIS120"}) == (variables["LOAD_SC"], variables["LOAD_CIS120"])


def test_other_stacks_and_people_find_what_they_need() -> None:
    wanted = {"IngestQueueArn", "StateMachineArn", "TopicArn", "MembersBusArn", "ConfigurationTable", "HistoryTable"}

    assert wanted | {f"{task}Function" for task in TASKS} <= set(TEMPLATE["Outputs"])


def test_every_parameter_is_used() -> None:
    text = json.dumps({name: part for name, part in TEMPLATE.items() if name not in ("Parameters", "Metadata")})

    unused = [name for name in TEMPLATE["Parameters"] if f'"{name}"' not in text and f"${{{name}}}" not in text]
    assert [] == unused
