"""The steps of an execution: their order, what they do, and what their failures lead to."""

from typing import Any

import pytest

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

FAILING = {"Service": "ec2", "Api": "DescribeVpcs", "VpcIds": ["vpc-12345678"]}


def sleep_step(name: str, duration: str = "PT1S", **others: Any) -> dict[str, Any]:
    return {"name": name, "action": "aws:sleep", "inputs": {"Duration": duration}, **others}


def api_step(name: str, inputs: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"name": name, "action": "aws:executeAwsApi", "inputs": inputs, **others}


def ran(execution: Any) -> list[tuple[str, str]]:
    return [(record.step.name, record.status) for record in execution.steps if record.started]


def seconds(execution: Any) -> float:
    return float((execution.ended_at - execution.started).total_seconds())


def test_steps_run_in_order_unless_next_step_or_is_end_says_otherwise(aws: Any) -> None:
    steps = [sleep_step("A", nextStep="C"), sleep_step("B"), sleep_step("C", isEnd=True), sleep_step("D")]
    aws.create("Doc", {"mainSteps": steps})

    execution = aws.run("Doc")

    assert ran(execution) == [("A", "Success"), ("C", "Success")]
    assert [(record.step.name, record.status) for record in execution.steps][1] == ("B", "Pending")
    assert (execution.status, seconds(execution)) == ("Success", 2.0)


def test_an_api_step_calls_aws_and_its_outputs_feed_the_next(aws: Any) -> None:
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    outputs = [{"Name": "Default", "Selector": "$.Vpcs[0].IsDefault", "Type": "Boolean"}]
    tag = {
        "Service": "ec2",
        "Api": "CreateTags",
        "Resources": ["{{ Id }}"],
        "Tags": [{"Key": "d", "Value": "{{ Look.Default }}"}],
    }
    aws.create(
        "Doc",
        {
            "parameters": {"Id": {"type": "String"}},
            "outputs": ["Look.Default"],
            "mainSteps": [
                api_step("Look", {"Service": "ec2", "Api": "DescribeVpcs", "VpcIds": ["{{ Id }}"]}, outputs=outputs),
                api_step("Tag", tag),
            ],
        },
    )

    execution = aws.run("Doc", Id=[vpc])

    tags = aws.client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]
    assert tags == [{"Key": "d", "Value": "false"}]
    assert execution.outputs == {"Look.Default": ["false"]}


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (FAILING, "InvalidVpcID.NotFound"),
        ({"Service": "ec2", "Api": "DescribeVpc"}, "'DescribeVpc' is no operation of ec2"),
        ({"Service": "ec3", "Api": "DescribeVpcs"}, "'ec3' is no AWS service"),
        ({"Service": "ec2", "Api": "DescribeVpcs", "Vpcs": ["a"]}, 'Unknown parameter in input: "Vpcs"'),
    ],
)
def test_a_failed_step_ends_the_automation_with_the_words_of_aws(aws: Any, inputs: Any, message: str) -> None:
    aws.create("Doc", {"mainSteps": [api_step("Call", inputs), sleep_step("Never")], "outputs": []})

    execution = aws.run("Doc")

    assert ran(execution) == [("Call", "Failed")]
    assert execution.status == "Failed"
    assert message in execution.failure_message
    assert execution.failure_message == execution.steps[0].failure_message


@pytest.mark.parametrize(
    ("fields", "expected", "status"),
    [
        ({"onFailure": "Abort"}, [("Call", "Failed")], "Failed"),
        ({"onFailure": "Continue"}, [("Call", "Failed"), ("Next", "Success"), ("Last", "Success")], "Success"),
        (
            {"onFailure": "Continue", "isCritical": True},
            [("Call", "Failed"), ("Next", "Success"), ("Last", "Success")],
            "Failed",
        ),
        ({"onFailure": "step:Last"}, [("Call", "Failed"), ("Last", "Success")], "Failed"),
        ({"onFailure": "step:Last", "isCritical": "false"}, [("Call", "Failed"), ("Last", "Success")], "Success"),
    ],
)
def test_on_failure_and_is_critical_decide_how_it_goes_on(aws: Any, fields: Any, expected: Any, status: str) -> None:
    aws.create("Doc", {"mainSteps": [api_step("Call", FAILING, **fields), sleep_step("Next"), sleep_step("Last")]})

    execution = aws.run("Doc")

    assert (expected, status) == (ran(execution), execution.status)


def test_a_step_is_tried_as_often_as_max_attempts_says(aws: Any, script_step: Any) -> None:
    script = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    sqs = boto3.client('sqs')\n"
        "    made = len(sqs.list_queues().get('QueueUrls', []))\n"
        "    sqs.create_queue(QueueName=f'queue-{made}')\n"
        "    if made < 2:\n"
        "        raise ValueError('not yet')\n"
    )
    aws.create("Doc", {"mainSteps": [script_step(script, maxAttempts=3)]})

    execution = aws.run("Doc")

    assert (execution.status, ran(execution)) == ("Success", [("Run", "Success")])
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 3


def test_a_reference_to_an_output_that_is_not_there_fails_the_step(aws: Any) -> None:
    outputs = [{"Name": "Id", "Selector": "$.Vpcs[7].VpcId", "Type": "String"}]
    look = api_step("Look", {"Service": "ec2", "Api": "DescribeVpcs"}, outputs=outputs)
    aws.create("Doc", {"mainSteps": [look, sleep_step("Wait", "{{ Look.Id }}")], "outputs": ["Look.Id"]})

    execution = aws.run("Doc")

    assert "{{ Look.Id }} has no value" in execution.failure_message
    assert execution.outputs == {"Look.Id": ["No output available yet because the step is not successfully executed"]}


def test_an_output_of_another_type_than_declared_fails_the_step(aws: Any) -> None:
    outputs = [{"Name": "Vpcs", "Selector": "$.Vpcs", "Type": "String"}]
    aws.create("Doc", {"mainSteps": [api_step("Look", {"Service": "ec2", "Api": "DescribeVpcs"}, outputs=outputs)]})

    execution = aws.run("Doc")

    assert "output Vpcs is declared as String" in execution.failure_message


def test_assert_passes_and_fails_on_the_property(aws: Any) -> None:
    def assertion(name: str, wanted: str) -> dict[str, Any]:
        inputs = {
            "Service": "ec2",
            "Api": "DescribeVpcs",
            "PropertySelector": "$.Vpcs[0].IsDefault",
            "DesiredValues": [wanted],
        }
        return {"name": name, "action": "aws:assertAwsResourceProperty", "inputs": inputs}

    aws.create("Doc", {"mainSteps": [assertion("Right", "True"), assertion("Wrong", "false")]})

    execution = aws.run("Doc")

    assert ran(execution) == [("Right", "Success"), ("Wrong", "Failed")]
    assert "$.Vpcs[0].IsDefault is true, desired is false" in execution.failure_message


WAIT = {
    "name": "Wait",
    "action": "aws:waitForAwsResourceProperty",
    "inputs": {
        "Service": "sqs",
        "Api": "ListQueues",
        "QueueNamePrefix": "late",
        "PropertySelector": "$.QueueUrls[0]",
        "DesiredValues": ["https://sqs.eu-west-1.amazonaws.com/111111111111/late"],
    },
}


def test_wait_polls_until_the_property_has_the_desired_value(aws: Any) -> None:
    aws.create("Doc", {"mainSteps": [WAIT]})
    queues = aws.client("sqs")
    scheduler.spawn(lambda: queues.create_queue(QueueName="late"), name="later", delay=95)

    execution = aws.run("Doc")

    assert (execution.status, seconds(execution)) == ("Success", 100.0)


@pytest.mark.parametrize(("fields", "expected"), [({}, 3600.0), ({"timeoutSeconds": 45}, 45.0)])
def test_a_wait_that_is_not_fulfilled_times_out(aws: Any, fields: Any, expected: float) -> None:
    aws.create("Doc", {"mainSteps": [{**WAIT, **fields}]})

    execution = aws.run("Doc")

    assert (execution.status, execution.steps[0].status, seconds(execution)) == ("TimedOut", "TimedOut", expected)


BRANCH_RULES = [
    ({"StringEquals": "abc"}, True),
    ({"EqualsIgnoreCase": "ABC"}, True),
    ({"StartsWith": "b"}, False),
    ({"EndsWith": "bc"}, True),
    ({"Contains": "b"}, True),
]


@pytest.mark.parametrize(("rule", "is_true"), BRANCH_RULES)
def test_branch_compares_texts(aws: Any, rule: dict[str, Any], is_true: bool) -> None:
    choices = [{"NextStep": "Yes", "Variable": "{{ Text }}", **rule}]
    branch = {"name": "B", "action": "aws:branch", "inputs": {"Choices": choices, "Default": "No"}}
    steps = [branch, sleep_step("Yes", isEnd=True), sleep_step("No", isEnd=True)]
    aws.create("Doc", {"parameters": {"Text": {"type": "String"}}, "mainSteps": steps})

    execution = aws.run("Doc", Text=["abc"])

    assert ("Yes" if is_true else "No") == ran(execution)[1][0]


@pytest.mark.parametrize(
    ("rule", "is_true"),
    [
        ({"Variable": "{{ Number }}", "NumericGreater": 4}, True),
        ({"Variable": "{{ Number }}", "NumericLesserOrEquals": 4}, False),
        ({"Not": {"Variable": "{{ Number }}", "NumericEquals": 5}}, False),
        ({"And": [{"Variable": "{{ Number }}", "NumericEquals": 5}, {"Variable": "a", "StringEquals": "b"}]}, False),
        ({"Or": [{"Variable": "{{ Number }}", "NumericEquals": 5}, {"Variable": "a", "StringEquals": "b"}]}, True),
    ],
)
def test_branch_compares_numbers_and_combines(aws: Any, rule: dict[str, Any], is_true: bool) -> None:
    branch = {"name": "B", "action": "aws:branch", "inputs": {"Choices": [{"NextStep": "Yes", **rule}]}, "isEnd": True}
    aws.create("Doc", {"parameters": {"Number": {"type": "Integer"}}, "mainSteps": [branch, sleep_step("Yes")]})

    execution = aws.run("Doc", Number=["5"])

    assert (2 if is_true else 1) == len(ran(execution))
    assert execution.status == "Success"


def test_a_loop_by_branch_counts_in_a_variable(aws: Any, script_step: Any) -> None:
    count = script_step(
        "def handler(event, context):\n    return event['Count'] + 1\n", payload={"Count": "{{ variable:n }}"}
    )
    count["outputs"] = [{"Name": "Count", "Selector": "$.Payload", "Type": "Integer"}]
    keep = {
        "name": "Keep",
        "action": "aws:updateVariable",
        "inputs": {"Name": "variable:n", "Value": "{{ Run.Count }}"},
    }
    choices = [{"NextStep": "Run", "Variable": "{{ variable:n }}", "NumericLesser": 3}]
    again = {"name": "Again", "action": "aws:branch", "inputs": {"Choices": choices}, "isEnd": True}
    aws.create("Doc", {"variables": {"n": {"type": "Integer", "default": 0}}, "mainSteps": [count, keep, again]})

    execution = aws.run("Doc")

    assert [name for name, _ in ran(execution)] == ["Run", "Keep", "Again"] * 3
    assert execution.variables == {"n": 3}


def test_an_endless_loop_is_not_simulated(aws: Any) -> None:
    aws.create("Doc", {"mainSteps": [sleep_step("A", nextStep="A")]})

    with pytest.raises(NotSimulated, match="Doc: an automation of more than 1000 steps"):
        aws.run("Doc")


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ({"name": "A", "action": "aws:approve", "inputs": {"Approvers": ["x"]}}, "action aws:approve"),
        ({"name": "A", "action": "aws:loop", "inputs": {}}, "action aws:loop"),
        (
            {
                "name": "A",
                "action": "aws:executeScript",
                "inputs": {"Runtime": "PowerShell Core 7.4", "Handler": "x", "Script": "y"},
            },
            "runtime PowerShell Core 7.4",
        ),
        (
            {"name": "A", "action": "aws:executeAutomation", "inputs": {"DocumentName": "B", "Targets": []}},
            "input Targets of aws:executeAutomation",
        ),
        ({**sleep_step("A"), "inputs": {"Duration": "{{ ssm:/x }}"}}, "the reference {{ ssm:/x }}"),
    ],
)
def test_what_the_interpreter_does_not_know_stops_the_start(aws: Any, step: dict[str, Any], what: str) -> None:
    aws.create("Doc", {"mainSteps": [sleep_step("First"), step]})

    with pytest.raises(NotSimulated) as gap:
        aws.start("Doc")

    assert what in str(gap.value)
    assert str(gap.value).startswith("Doc")
    assert aws.automations.executions == []


def test_system_variables_have_the_values_of_the_execution(aws: Any, script_step: Any) -> None:
    names = ["global:ACCOUNT_ID", "global:REGION", "global:AWS_PARTITION", "global:DATE", "global:DATE_TIME"]
    payload = {name: f"{{{{ {name} }}}}" for name in [*names, "automation:EXECUTION_ID"]}
    step = script_step("def handler(event, context):\n    return event\n", payload=payload)
    aws.create("Doc", {"mainSteps": [step]}, region="cn-north-1")

    execution = aws.run("Doc", region="cn-north-1")

    expected = ["111111111111", "cn-north-1", "aws-cn", "2026-01-01", "2026-01-01_00.00.00", execution.id]
    assert expected == list(execution.step_outputs["Run.Payload"].values())
