"""Events reach what rules name, as their resource policies and roles allow."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws import event_targets, identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.event_bus import envelope

ADMIN = "111111111111"
MEMBER = "222222222222"
REGION = "us-east-1"
PATTERN = {"source": ["app"]}

Make = Callable[..., str]


def events(environment: Environment, account: str = ADMIN, region: str = REGION) -> Any:
    return environment.session(account).client("events", region_name=region)


def add_rule(environment: Environment, target: dict[str, Any], account: str = ADMIN, **properties: Any) -> str:
    region = properties.pop("region", REGION)
    client = events(environment, account, region)
    given = {"Name": "rule", "EventPattern": json.dumps(PATTERN), **properties}
    arn = str(client.put_rule(**{key: value for key, value in given.items() if value is not None})["RuleArn"])
    bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
    client.put_targets(Rule="rule", Targets=[{"Id": "target", **target}], **bus)
    return arn


def put(environment: Environment, **entry: Any) -> Any:
    given = {"Source": "app", "DetailType": "Happened", "Detail": '{"n": 1}', **entry}
    answer = events(environment).put_events(Entries=[given])
    environment.run()
    return answer


def allow_events(action: str, queue: str = "*", **condition: Any) -> list[dict[str, Any]]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": action,
        "Resource": queue,
    }
    return [{**statement, "Condition": condition} if condition else statement]


def bodies(environment: Environment, name: str, account: str = ADMIN, region: str = REGION) -> list[Any]:
    client = environment.session(account).client("sqs", region_name=region)
    url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
    messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return [json.loads(message["Body"]) for message in messages.get("Messages", [])]


def test_a_queue_gets_the_whole_event(environment: Environment, make_queue: Make) -> None:
    queue = make_queue("q", Policy=allow_events("sqs:SendMessage"))
    add_rule(environment, {"Arn": queue})
    answer = put(environment, Resources=["arn:x"])
    put(environment, Source="other")

    (event,) = bodies(environment, "q")
    assert event == {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "Happened",
        "source": "app",
        "account": ADMIN,
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "resources": ["arn:x"],
        "detail": {"n": 1},
    }


def test_a_queue_whose_policy_names_the_rule_gets_events_of_that_rule_only(
    environment: Environment, make_queue: Make
) -> None:
    rule = f"arn:aws:events:{REGION}:{ADMIN}:rule/rule"
    good = make_queue("good", Policy=allow_events("sqs:SendMessage", ArnEquals={"aws:SourceArn": rule}))
    bad = make_queue("bad", Policy=allow_events("sqs:SendMessage", ArnEquals={"aws:SourceArn": f"{rule}-other"}))
    add_rule(environment, {"Arn": good})
    events(environment).put_targets(Rule="rule", Targets=[{"Id": "bad", "Arn": bad}])
    put(environment)

    assert len(bodies(environment, "good")) == 1
    assert bodies(environment, "bad") == []
    (lost,) = environment.bus.undelivered
    assert (lost.rule, lost.target) == (rule, bad)
    assert "AccessDenied" in lost.reason


def test_an_undelivered_event_goes_to_the_dead_letter_queue(environment: Environment, make_queue: Make) -> None:
    queue = make_queue("q")
    dead = make_queue("dead", Policy=allow_events("sqs:SendMessage"))
    add_rule(environment, {"Arn": queue, "DeadLetterConfig": {"Arn": dead}})
    begin = time.time()
    put(environment)

    assert [event["detail"] for event in bodies(environment, "dead")] == [{"n": 1}]
    assert time.time() == begin


def test_a_dead_letter_queue_that_refuses_is_told_too(environment: Environment, make_queue: Make) -> None:
    dead = make_queue("dead")
    add_rule(environment, {"Arn": make_queue("q"), "DeadLetterConfig": {"Arn": dead}})
    put(environment)

    assert [lost.target for lost in environment.bus.undelivered] == [
        f"arn:aws:sqs:{REGION}:{ADMIN}:q",
        dead,
    ]


def test_a_function_needs_a_permission_for_the_rule(environment: Environment, make_function: Make) -> None:
    function = make_function("f", "def handler(event, context):\n    return event['detail']\n")
    rule = add_rule(environment, {"Arn": function})
    put(environment)

    assert environment.functions.invocations == []
    assert len(environment.bus.undelivered) == 1
    environment.session(ADMIN).client("lambda", region_name=REGION).add_permission(
        FunctionName="f",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    put(environment)

    assert [invocation.result for invocation in environment.functions.invocations] == [{"n": 1}]


def test_a_topic_is_published_to(environment: Environment) -> None:
    sns = environment.session(ADMIN).client("sns", region_name=REGION)
    statement = allow_events("sns:Publish")[0]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    topic = sns.create_topic(Name="t", Attributes={"Policy": policy})["TopicArn"]
    add_rule(environment, {"Arn": topic, "InputPath": "$.detail"})
    put(environment)

    assert environment.messages(topic) == ['{"n": 1}']


@pytest.mark.parametrize(
    ("shaping", "expected"),
    [
        ({"Input": '{"fixed": true}'}, {"fixed": True}),
        ({"InputPath": "$.detail.list[1].name"}, "two"),
        ({"InputPath": "$.detail-type"}, "Happened"),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"name": "$.detail.list[0].name", "all": "$.detail.list", "none": "$.detail.x"},
                    "InputTemplate": '{"text": "<name> of <aws.events.rule-name>", "all": <all>, "none": <none>}',
                }
            },
            {"text": "one of rule", "all": [{"name": "one"}, {"name": "two"}], "none": None},
        ),
        (
            {"InputTransformer": {"InputPathsMap": {"name": "$.source"}, "InputTemplate": '"from <name>"'}},
            "from app",
        ),
    ],
)
def test_a_target_shapes_its_input(
    environment: Environment, make_queue: Make, shaping: dict[str, Any], expected: Any
) -> None:
    queue = make_queue("q", Policy=allow_events("sqs:SendMessage"))
    add_rule(environment, {"Arn": queue, **shaping})
    put(environment, Detail='{"list": [{"name": "one"}, {"name": "two"}]}')

    assert bodies(environment, "q") == [expected]


def test_a_state_machine_is_started_under_the_targets_role(environment: Environment, make_role: Make) -> None:
    machine_role = make_role("machine", {"Service": "states.amazonaws.com"})
    machines = environment.session(ADMIN).client("stepfunctions", region_name=REGION)
    definition = json.dumps({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
    machine = machines.create_state_machine(name="m", definition=definition, roleArn=machine_role)["stateMachineArn"]
    starter = make_role(
        "starter",
        {"Service": "events.amazonaws.com"},
        [{"Effect": "Allow", "Action": "states:StartExecution", "Resource": machine}],
    )
    add_rule(environment, {"Arn": machine, "RoleArn": starter, "InputPath": "$.detail"})
    put(environment)

    (execution,) = machines.list_executions(stateMachineArn=machine)["executions"]
    described = machines.describe_execution(executionArn=execution["executionArn"])
    assert (described["status"], json.loads(described["output"])) == ("SUCCEEDED", {"n": 1})


def throttled(times: int) -> Callable[..., None]:
    """A call of a target that is throttled so many times."""
    calls: list[int] = []

    def call(*_: object) -> None:
        calls.append(1)
        if len(calls) <= times:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "SendMessage")

    return call


def test_a_throttled_target_is_called_again_later(
    environment: Environment, make_queue: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(event_targets.CALLS, "sqs", throttled(3))
    add_rule(environment, {"Arn": make_queue("q")})
    begin = time.time()
    put(environment)

    assert environment.bus.undelivered == []
    assert time.time() - begin == 1 + 2 + 4


@pytest.mark.parametrize("policy", [{"MaximumRetryAttempts": 2}, {"MaximumEventAgeInSeconds": 60}])
def test_retries_end_with_the_retry_policy(
    environment: Environment, make_queue: Make, monkeypatch: pytest.MonkeyPatch, policy: dict[str, int]
) -> None:
    monkeypatch.setitem(event_targets.CALLS, "sqs", throttled(1000))
    dead = make_queue("dead", Policy=allow_events("sqs:SendMessage"))
    add_rule(environment, {"Arn": make_queue("q"), "DeadLetterConfig": {"Arn": dead}, "RetryPolicy": policy})
    begin = time.time()
    put(environment)

    assert len(environment.bus.undelivered) == 1
    assert len(bodies(environment, "dead")) == 1
    assert 0 < time.time() - begin <= 60


def test_a_disabled_rule_does_nothing(environment: Environment, make_queue: Make) -> None:
    queue = make_queue("q", Policy=allow_events("sqs:SendMessage"))
    add_rule(environment, {"Arn": queue}, State="DISABLED")
    put(environment)

    assert bodies(environment, "q") == []


def test_a_scheduled_rule_fires_while_something_else_goes_on(environment: Environment, make_queue: Make) -> None:
    queue = make_queue("q", Policy=allow_events("sqs:SendMessage"))
    rule = add_rule(environment, {"Arn": queue}, EventPattern=None, ScheduleExpression="rate(5 minutes)")
    environment.run()

    assert bodies(environment, "q") == []
    scheduler.call(scheduler.sleep, 11 * 60)
    first, second = bodies(environment, "q")

    assert (first["detail-type"], first["resources"]) == ("Scheduled Event", [rule])
    assert (first["time"], second["time"]) == ("2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z")


def test_a_cron_schedule_is_not_simulated(environment: Environment) -> None:
    with pytest.raises(NotSimulated, match="the schedule cron"):
        events(environment).put_rule(Name="rule", ScheduleExpression="cron(0 12 * * ? *)")


def test_another_account_receives_what_its_bus_policy_and_the_role_allow(
    environment: Environment, make_queue: Make, make_role: Make
) -> None:
    bus = events(environment, ADMIN).create_event_bus(Name="members")["EventBusArn"]
    role = make_role(
        "forward",
        {"Service": "events.amazonaws.com"},
        [{"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}],
        account=MEMBER,
    )
    queue = make_queue("q", Policy=allow_events("sqs:SendMessage"))
    add_rule(environment, {"Arn": queue}, EventBusName="members", EventPattern='{"source": ["aws.ssm"]}')
    add_rule(
        environment,
        {"Arn": bus, "RoleArn": role},
        account=MEMBER,
        region="eu-west-1",
        EventPattern='{"source": ["aws.ssm"]}',
    )
    sent = envelope("aws.ssm", "Status-change", {"Status": "Success"}, MEMBER, "eu-west-1", ["arn:execution"])
    environment.bus.put(MEMBER, "eu-west-1", sent)
    environment.run()

    assert bodies(environment, "q") == []
    assert "AccessDenied" in environment.bus.undelivered[0].reason
    statement = {
        "Sid": "members",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{MEMBER}:root"},
        "Action": "events:PutEvents",
        "Resource": bus,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    events(environment, ADMIN).put_permission(EventBusName="members", Policy=policy)
    environment.bus.put(MEMBER, "eu-west-1", sent)
    environment.run()

    assert bodies(environment, "q") == [sent]


def test_customers_cannot_send_events_of_aws(environment: Environment) -> None:
    answer = put(environment, Source="aws.securityhub")

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert environment.bus.received == []


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Detail": "no json"}, "MalformedDetail"),
        ({"Detail": "[1]"}, "MalformedDetail"),
        ({"Source": ""}, "InvalidArgument"),
    ],
)
def test_a_bad_entry_is_refused_alone(environment: Environment, entry: dict[str, str], code: str) -> None:
    assert put(environment, **entry)["Entries"][0]["ErrorCode"] == code


def test_a_pattern_that_eventbridge_would_refuse_is_refused(environment: Environment) -> None:
    with pytest.raises(ClientError, match=r"InvalidEventPatternException.*Unrecognized match type startswith"):
        events(environment).put_rule(Name="rule", EventPattern='{"source": [{"startswith": "a"}]}')


def test_a_target_role_must_exist_and_trust_events(environment: Environment, make_role: Make, make_queue: Make) -> None:
    queue = make_queue("q")
    missing = f"arn:aws:iam::{ADMIN}:role/missing"
    other = make_role("other", {"Service": "lambda.amazonaws.com"})
    for role in (missing, other):
        with pytest.raises(ClientError, match=r"cannot be assumed by principal 'events\.amazonaws\.com'"):
            add_rule(environment, {"Arn": queue, "RoleArn": role})


def test_a_state_machine_target_needs_a_role(environment: Environment) -> None:
    machine = f"arn:aws:states:{REGION}:{ADMIN}:stateMachine:m"
    with pytest.raises(ClientError, match="RoleArn is required"):
        add_rule(environment, {"Arn": machine})


def test_a_role_needs_the_permission_to_put_events(environment: Environment, make_role: Make) -> None:
    role = make_role("r", {"Service": "lambda.amazonaws.com"}, [])
    client = identity.role_session(role, "lambda.amazonaws.com").client("events", region_name=REGION)
    with pytest.raises(ClientError, match="AccessDenied"):
        client.put_events(Entries=[{"Source": "app", "DetailType": "Happened", "Detail": "{}"}])


def test_an_unknown_bus_is_an_error(environment: Environment) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        put(environment, EventBusName="nowhere")
