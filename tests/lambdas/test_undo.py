import base64
import json
import random
import zlib
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any

import pytest

from asr_templates.embedded import runner
from asr_templates.lambdas.history import History, Record
from asr_templates.lambdas.outcomes import Outcome
from asr_templates.lambdas.undo import NotReversible, Undoing, merged, packed

NOW = datetime(2026, 1, 2, tzinfo=UTC)
Make = Callable[..., Record]


def output(before: object, after: object, *operations: str, status: str = "Success") -> dict[str, Any]:
    """The output of a remediation that made changes of these operations."""
    changes = [
        {
            "service": "ec2",
            "operation": operation,
            "parameters": {},
            "undo": {"operation": f"undo_{operation}", "parameters": {}},
        }
        for operation in operations
    ]
    return {"Status": status, "Message": "m", "Before": before, "After": after, "Changes": changes}


@pytest.fixture
def undoing(table: Callable[[str], Any], states: Any) -> Undoing:
    return Undoing(History(table("HistoryTable")), table("ConfigurationTable"), states, "arn:machine")


def at(minute: int) -> str:
    return f"2026-01-01T00:{minute:02}:00.000+00:00"


def record_in(started: dict[str, Any]) -> Any:
    """What the remediation runbook reads out of the parameter Record."""
    return json.loads(zlib.decompress(base64.b64decode(started["Record"])))


def test_an_undo_carries_the_record_and_the_finding_of_what_it_undoes(
    undoing: Undoing, states: Any, record: Make
) -> None:
    undoing.history.put(record("a"))

    name = undoing.start("a", "token", NOW)

    started = states.executions[name]
    expected = {"Mode": "Undo", "Trigger": "request", "Cause": "token", "Undoes": "a", "Finding": record("a").finding}
    assert expected.items() <= started.items()
    assert "Refused" not in started
    former = record("a").output
    assert former is not None
    assert {name: former[name] for name in ("Before", "After", "Changes")} == record_in(started)


def test_the_runner_reads_the_record(undoing: Undoing, states: Any, record: Make) -> None:
    undoing.history.put(record("a", output=output([1], [], "revoke")))
    started = states.executions[undoing.start("a", "token", NOW)]
    state: dict[str, list[int]] = {"rules": []}

    class Ec2:
        def undo_revoke(self) -> None:
            state["rules"] = [1]

    def plan(aws: Any) -> Generator[Any, Any, Any]:
        if state["rules"]:
            yield runner.Change("ec2", "revoke", {}, undo=runner.Undo("undo_revoke", {}))
        return state["rules"]

    event = {"Mode": "Undo", "Record": started["Record"]}
    result = runner.run(plan, event, lambda service: Ec2(), lambda seconds: None)

    assert ("Undone", [1]) == (result["Status"], state["rules"])


def test_an_undo_holds_automatic_runs_off_before_it_starts(undoing: Undoing, states: Any, record: Make) -> None:
    undoing.history.put(record("a"))

    name = undoing.start("a", "token", NOW)

    (row,) = undoing.configuration.scan()["Items"]
    assert (record("a").resource, "hold:EC2.2", name) == (row["Subject"], row["Control"], row["Execution"])


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"output": None, "outcome": Outcome.EXEMPT}, "execution a (EXEMPT) changed nothing"),
        ({"output": output(1, 1), "outcome": Outcome.NO_CHANGE}, "execution a (NO_CHANGE) changed nothing"),
        ({"mode": "Preview", "outcome": Outcome.PREVIEW}, "execution a was no remediation but Preview"),
        ({"mode": "Undo", "outcome": Outcome.UNDONE}, "execution a was no remediation but Undo"),
    ],
)
def test_what_changed_nothing_ends_in_an_execution_that_refuses(
    undoing: Undoing, states: Any, record: Make, parts: dict[str, Any], reason: str
) -> None:
    undoing.history.put(record("a", **parts))

    started = states.executions[undoing.start("a", "token", NOW)]

    assert f"cannot be undone: {reason}" == started["Refused"]
    assert "Record" not in started
    assert [] == undoing.configuration.scan()["Items"]


def test_an_unknown_execution_ends_in_one_that_refuses(undoing: Undoing, states: Any) -> None:
    started = states.executions[undoing.start("nobody", "token", NOW)]

    assert "cannot be undone: the history has no execution nobody" == started["Refused"]


def test_a_change_without_a_way_back_is_refused_with_its_reason(record: Make) -> None:
    made = output(1, 2, "terminate_instances")
    made["Changes"][0]["undo"] = "a terminated instance does not come back"

    with pytest.raises(NotReversible, match="ec2:terminate_instances: a terminated instance does not come back"):
        merged(record("a", output=made), [])


def test_a_record_that_is_too_large_is_refused(undoing: Undoing, states: Any, record: Make) -> None:
    noise = random.Random(1).randbytes(40_000).hex()
    undoing.history.put(record("a", output=output(noise, 2, "revoke")))

    started = states.executions[undoing.start("a", "token", NOW)]

    assert "at most 30,000 can be passed on" in started["Refused"]


def test_the_largest_record_that_fits_is_passed_on() -> None:
    assert len(packed({"Before": "x" * 60_000})) <= 30_000


def test_the_same_token_is_the_same_undo_and_none_is_a_new_one(undoing: Undoing, states: Any, record: Make) -> None:
    undoing.history.put(record("a"))

    names = [undoing.start("a", token, NOW) for token in ("one", "one", "two")]

    assert 2 == len(set(names)) == len(states.executions)


def test_failed_runs_directly_before_are_undone_too(undoing: Undoing, record: Make) -> None:
    failed = {"outcome": Outcome.REMEDIATION_FAILED}
    last = record("c", ended=at(5), output=output([2], [], "third"))
    for made in (
        record("a", ended=at(1), output=output([1, 2, 3], [2, 3], "first"), **failed),
        record("preview", ended=at(2), mode="Preview", outcome=Outcome.PREVIEW),
        record("b", ended=at(3), output=output([2, 3], [2], "second"), outcome=Outcome.TIMED_OUT),
        record("exempt", ended=at(4), output=None, outcome=Outcome.EXEMPT),
        last,
    ):
        undoing.history.put(made)

    whole = merged(last, undoing.history.before(last))

    assert ([1, 2, 3], []) == (whole["Before"], whole["After"])
    assert ["first", "second", "third"] == [change["operation"] for change in whole["Changes"]]


@pytest.mark.parametrize(
    "between",
    [
        {"outcome": Outcome.SUCCESS},
        {"mode": "Undo", "outcome": Outcome.UNDONE},
        {"outcome": Outcome.REMEDIATION_FAILED, "target": {"Document": "another", "Resource": "r"}},
    ],
)
def test_the_chain_ends_where_something_else_happened(record: Make, between: dict[str, Any]) -> None:
    last = record("c", ended=at(3))
    earlier = [record("b", ended=at(2), **between), record("a", ended=at(1), outcome=Outcome.REMEDIATION_FAILED)]

    assert 1 == len(merged(last, earlier)["Changes"])


def test_the_history_of_another_resource_is_not_looked_at(undoing: Undoing, record: Make) -> None:
    other = {**record("a").target, "Resource": "arn:aws:s3:::other"}
    undoing.history.put(record("a", ended=at(1), target=other, outcome=Outcome.REMEDIATION_FAILED))
    last = record("b", ended=at(2))

    assert [] == list(undoing.history.before(last))


def test_a_failed_run_itself_can_be_undone(undoing: Undoing, states: Any, record: Make) -> None:
    undoing.history.put(record("a", outcome=Outcome.REMEDIATION_FAILED))

    started = states.executions[undoing.start("a", "token", NOW)]

    assert 1 == len(record_in(started)["Changes"])
