"""State machines run as the developer guide says, in virtual time and under their roles."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT, OTHER = "111111111111", "222222222222"
REGION = "eu-west-1"
DONE = {"Type": "Succeed"}


@pytest.fixture
def environment() -> Iterator[Environment]:
    with Environment(accounts=[ACCOUNT, OTHER], regions=[REGION], hub_admin=ACCOUNT) as environment:
        yield environment


def client(environment: Environment, service: str, account: str = ACCOUNT) -> Any:
    return environment.session(account).client(service, region_name=REGION)


def create_role(
    environment: Environment, name: str, *actions: str, principal: Any = None, account: str = ACCOUNT
) -> str:
    who = principal or {"Service": "states.amazonaws.com"}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": who}]}
    iam = client(environment, "iam", account)
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if actions:
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return str(arn)


def create(environment: Environment, states: dict[str, Any], *actions: str, **fields: Any) -> str:
    """A state machine called Machine, whose role may do `actions`; its ARN."""
    definition = {"StartAt": next(iter(states)), "States": states, **fields.pop("machine", {})}
    role = fields.pop("role", None) or create_role(environment, "MachineRole", *actions)
    created = client(environment, "stepfunctions").create_state_machine(
        name="Machine", definition=json.dumps(definition), roleArn=role, **fields
    )
    return str(created["stateMachineArn"])


def run(environment: Environment, arn: str, **data: Any) -> Any:
    """Execute it to its end; what DescribeExecution says then."""
    states = client(environment, "stepfunctions")
    started = states.start_execution(stateMachineArn=arn, input=json.dumps(data))
    environment.run()
    return states.describe_execution(executionArn=started["executionArn"])


def choose(rule: dict[str, Any], **others: Any) -> dict[str, Any]:
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], **others}
    return {"Choose": choice, "Yes": {"Type": "Pass", "Result": "yes", "End": True}}


def test_a_choice_that_matches_nothing_fails_the_execution(environment: Environment) -> None:
    arn = create(environment, choose({"Variable": "$.a", "StringEquals": "b"}))

    described = run(environment, arn, a="c")

    assert (described["status"], described["error"]) == ("FAILED", "States.NoChoiceMatched")


@pytest.mark.parametrize("with_default", [False, True])
def test_a_choice_on_a_path_that_is_not_there_fails_the_execution(environment: Environment, with_default: bool) -> None:
    default = {"Default": "Yes"} if with_default else {}
    arn = create(environment, choose({"Variable": "$.a.b", "StringEquals": "b"}, **default))

    described = run(environment, arn, a={})

    assert (described["status"], described["error"]) == ("FAILED", "States.Runtime")
    assert "Invalid path '$.a.b'" in described["cause"]


def test_is_present_guards_a_comparison(environment: Environment) -> None:
    guarded = {"And": [{"Variable": "$.a", "IsPresent": True}, {"Variable": "$.a", "StringEquals": "b"}]}
    states = choose(guarded, Default="No") | {"No": {"Type": "Pass", "Result": "no", "End": True}}
    arn = create(environment, states)

    outputs = [json.loads(run(environment, arn, **data)["output"]) for data in ({}, {"a": "b"}, {"a": "c"})]

    assert outputs == ["no", "yes", "no"]


def test_a_failure_inside_of_a_map_can_be_caught(environment: Environment) -> None:
    inner = {"StartAt": "Choose", "States": choose({"Variable": "$.a", "StringEquals": "b"})}
    catch = [{"ErrorEquals": ["States.NoChoiceMatched"], "Next": "Caught"}]
    states = {
        "Each": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, "Catch": catch, "End": True},
        "Caught": {"Type": "Pass", "Result": "caught", "End": True},
    }

    described = run(environment, create(environment, states), items=[{"a": "b"}, {"a": "c"}])

    assert json.loads(described["output"]) == "caught"


def seconds(described: Any) -> float:
    return float((described["stopDate"] - described["startDate"]).total_seconds())


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        ({"Seconds": 3600}, 3600),
        ({"SecondsPath": "$.n"}, 7),
        ({"Timestamp": "2026-01-01T00:00:30Z"}, 30),
        ({"TimestampPath": "$.t"}, 60),
    ],
)
def test_waits_take_virtual_time(environment: Environment, wait: dict[str, Any], expected: float) -> None:
    arn = create(environment, {"Wait": {"Type": "Wait", **wait, "Next": "Done"}, "Done": DONE})

    described = run(environment, arn, n=7, t="2026-01-01T02:01:00+02:00")

    assert expected == seconds(described)


def test_the_time_out_of_the_machine_ends_it(environment: Environment) -> None:
    states = {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}
    arn = create(environment, states, machine={"TimeoutSeconds": 60})

    described = run(environment, arn)

    assert described["status"] == "TIMED_OUT"


def parameter_task(**others: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
        "Parameters": {"Name": "/x"},
        "End": True,
        **others,
    }


def test_responses_with_dates_become_json(environment: Environment) -> None:
    client(environment, "ssm").put_parameter(Name="/x", Value="v", Type="String")
    arn = create(environment, {"Read": parameter_task()}, "ssm:GetParameter")

    output = json.loads(run(environment, arn)["output"])

    assert output["Parameter"]["Value"] == "v"
    assert datetime.fromisoformat(output["Parameter"]["LastModifiedDate"]).year == 2026


def test_errors_of_aws_sdk_tasks_are_caught_by_their_names(environment: Environment) -> None:
    catch = [{"ErrorEquals": ["Ssm.ParameterNotFoundException"], "Next": "Caught"}]
    states = {"Read": parameter_task(Catch=catch), "Caught": {"Type": "Pass", "Result": "caught", "End": True}}

    described = run(environment, create(environment, states, "ssm:GetParameter"))

    assert json.loads(described["output"]) == "caught"


def test_a_task_calls_with_the_rights_of_the_machines_role(environment: Environment) -> None:
    arn = create(environment, {"Read": parameter_task()})

    described = run(environment, arn)

    assert described["status"] == "FAILED"
    assert "ssm:GetParameter" in described["cause"]
    [call] = [call for call in environment.access.calls if call.operation == "GetParameter"]
    assert (call.principal.rsplit("/", 1)[-1], call.allowed) == ("MachineRole", False)


def test_a_task_with_credentials_calls_in_the_other_account(environment: Environment) -> None:
    client(environment, "ssm", OTHER).put_parameter(Name="/x", Value="theirs", Type="String")
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    other_role = create_role(environment, "Reader", "ssm:GetParameter", principal=principal, account=OTHER)
    task = parameter_task(Credentials={"RoleArn": other_role})

    described = run(environment, create(environment, {"Read": task}, "sts:AssumeRole"))

    assert json.loads(described["output"])["Parameter"]["Value"] == "theirs"


def test_a_gap_of_the_simulator_comes_through(environment: Environment) -> None:
    task = {**parameter_task(), "Resource": "arn:aws:states:::aws-sdk:backup:listBackupVaults", "Parameters": {}}
    arn = create(
        environment, {"Read": task | {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]}, "Done": DONE}
    )

    with pytest.raises(NotSimulated, match="aws-sdk:backup"):
        run(environment, arn)


def token_task(environment: Environment, **others: Any) -> str:
    url = client(environment, "sqs").create_queue(QueueName="work")["QueueUrl"]
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody": {"token.$": "$$.Task.Token"}},
        "End": True,
        **others,
    }
    return create(environment, {"Ask": task}, "sqs:SendMessage")


def answer_later(environment: Environment, delay: float, operation: str, **answer: Any) -> None:
    sqs, states = client(environment, "sqs"), client(environment, "stepfunctions")

    def answer_now() -> None:
        url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
        [message] = sqs.receive_message(QueueUrl=url)["Messages"]
        getattr(states, operation)(taskToken=json.loads(message["Body"])["token"], **answer)

    scheduler.spawn(answer_now, name="answer", delay=delay)


@pytest.mark.parametrize("others", [{}, {"HeartbeatSeconds": 300}, {"TimeoutSeconds": 400, "HeartbeatSeconds": 300}])
def test_a_task_waits_for_its_token(environment: Environment, others: dict[str, Any]) -> None:
    arn = token_task(environment, **others)
    answer_later(environment, 200, "send_task_success", output='{"a": 1}')

    described = run(environment, arn)

    assert (json.loads(described["output"]), seconds(described)) == ({"a": 1}, 200)


def test_a_failure_by_token_keeps_its_cause(environment: Environment) -> None:
    arn = token_task(environment)
    answer_later(environment, 10, "send_task_failure", error="Mine", cause="because")

    described = run(environment, arn)

    assert (described["status"], described["error"], described["cause"]) == ("FAILED", "Mine", "because")


@pytest.mark.parametrize("others", [{"TimeoutSeconds": 60}, {"HeartbeatSeconds": 60}])
def test_a_token_that_does_not_come_times_out(environment: Environment, others: dict[str, Any]) -> None:
    described = run(environment, token_task(environment, **others))

    assert (described["status"], described["error"], seconds(described)) == ("FAILED", "States.Timeout", 60)


def lambda_code(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", text)
    return buffer.getvalue()


def test_a_function_is_invoked_and_its_failure_retried(environment: Environment) -> None:
    function_role = create_role(environment, "FunctionRole", principal={"Service": "lambda.amazonaws.com"})
    code = lambda_code("def handler(event, context):\n    raise ValueError('no')\n")
    client(environment, "lambda").create_function(
        FunctionName="work", Runtime="python3.13", Role=function_role, Handler="app.handler", Code={"ZipFile": code}
    )
    retry = [{"ErrorEquals": ["ValueError"], "IntervalSeconds": 10, "MaxAttempts": 2, "BackoffRate": 2}]
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "work", "Payload.$": "$"},
        "Retry": retry,
        "End": True,
    }

    described = run(environment, create(environment, {"Work": task}, "lambda:InvokeFunction"))

    assert (described["error"], seconds(described)) == ("ValueError", 30)
    assert len(environment.functions.invocations) == 3


def test_an_execution_without_a_name_gets_one(environment: Environment) -> None:
    arn = create(environment, {"Done": DONE})
    states = client(environment, "stepfunctions")

    first = states.start_execution(stateMachineArn=arn)["executionArn"]
    second = states.start_execution(stateMachineArn=arn)["executionArn"]
    environment.run()

    assert first != second
    assert states.describe_execution(executionArn=second)["status"] == "SUCCEEDED"


def test_the_same_name_and_input_is_the_same_execution_while_it_runs(environment: Environment) -> None:
    arn = create(environment, {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}})
    states = client(environment, "stepfunctions")
    request = {"stateMachineArn": arn, "name": "one", "input": "{}"}

    first = states.start_execution(**request)
    second = states.start_execution(**request)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        states.start_execution(**{**request, "input": '{"a": 1}'})
    environment.run()
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        states.start_execution(**request)

    assert first["executionArn"] == second["executionArn"]


def test_a_name_with_illegal_characters_is_refused(environment: Environment) -> None:
    arn = create(environment, {"Done": DONE})

    with pytest.raises(ClientError, match="InvalidName"):
        client(environment, "stepfunctions").start_execution(stateMachineArn=arn, name="a b")


def test_an_invalid_definition_is_refused_with_every_problem(environment: Environment) -> None:
    with pytest.raises(ClientError, match="InvalidDefinition") as refusal:
        create(environment, {"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Pass", "Ende": True}})

    message = refusal.value.response["Error"]["Message"]
    assert "Next names the state 'B'" in message
    assert "field 'Ende' is not supported" in message


@pytest.mark.parametrize("role", ["gone", "other"])
def test_the_role_must_exist_and_trust_step_functions(environment: Environment, role: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/gone"
    if role == "other":
        arn = create_role(environment, "Other", principal={"Service": "lambda.amazonaws.com"})

    with pytest.raises(ClientError, match="authorized to assume the provided role"):
        create(environment, {"Done": DONE}, role=arn)


def test_logging_is_kept_and_its_log_group_must_exist(environment: Environment) -> None:
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:machine:*"
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    role = create_role(environment, "MachineRole")

    with pytest.raises(ClientError, match="InvalidLoggingConfiguration"):
        create(environment, {"Done": DONE}, role=role, loggingConfiguration=logging)
    client(environment, "logs").create_log_group(logGroupName="machine")
    arn = create(environment, {"Done": DONE}, role=role, loggingConfiguration=logging)

    described = client(environment, "stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert logging == described["loggingConfiguration"]


def test_an_express_machine_is_not_simulated(environment: Environment) -> None:
    with pytest.raises(NotSimulated, match="type EXPRESS"):
        create(environment, {"Done": DONE}, type="EXPRESS")


def test_the_history_shows_every_transition(environment: Environment) -> None:
    states = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 5, "Next": "Done"}, "Done": DONE}
    arn = run(environment, create(environment, states))["executionArn"]

    history = client(environment, "stepfunctions").get_execution_history(executionArn=arn)["events"]

    entered = [event["stateEnteredEventDetails"]["name"] for event in history if event["type"].endswith("StateEntered")]
    assert entered == ["A", "B", "Done"]
    assert (history[-1]["timestamp"] - history[0]["timestamp"]).total_seconds() == 5


def test_status_changes_are_events(environment: Environment) -> None:
    arn = run(environment, create(environment, {"A": {"Type": "Fail", "Error": "E", "Cause": "c"}}), a=1)[
        "executionArn"
    ]

    events = [received.event for received in environment.bus.received if received.event["source"] == "aws.states"]

    assert [event["detail"]["status"] for event in events] == ["RUNNING", "FAILED"]
    assert events[-1]["resources"] == [arn]
    assert events[-1]["detail-type"] == "Step Functions Execution Status Change"
    assert (events[-1]["detail"]["error"], json.loads(events[-1]["detail"]["input"])) == ("E", {"a": 1})
