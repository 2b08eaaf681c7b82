import ast
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_templates.documents.plan_source import plan_calls, plan_sentence, plan_source, undo_reason
from asr_templates.model import Runbook

IMPORT = "from asr_templates.embedded.runner import Aws, Change, Plan, Undo\n"


def plan(body: str, more: str = "") -> Runbook:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return Runbook(
        "Toy", {}, {}, f'{IMPORT}{more}\ndef plan(aws: Aws, Name: str) -> Plan:\n    """It is so."""\n{lines}\n'
    )


def called(runbook: Runbook) -> list[tuple[str, str, str]]:
    return [(call.group, call.service, call.operation) for call in plan_calls(runbook)]


def names(runbook: Runbook, operation: str) -> list[tuple[list[str], list[str], bool]]:
    sets = [each for call in plan_calls(runbook) if call.operation == operation for each in call.arguments]
    return [(sorted(each.values), sorted(each.optional), each.complete) for each in sets]


def test_reads_changes_and_inverses_are_found_in_the_order_of_the_source() -> None:
    runbook = plan(
        """\
sns = aws("sns")
found = sns.get_topic_attributes(TopicArn=Name)
yield Change("sns", "set_topic_attributes", {}, undo=Undo("delete_topic", {}))
return found"""
    )
    expected = [
        ("read", "sns", "get_topic_attributes"),
        ("undo", "sns", "delete_topic"),
        ("change", "sns", "set_topic_attributes"),
    ]

    assert sorted(expected) == sorted(called(runbook))
    assert [6, 7, 7] == [call.line for call in plan_calls(runbook)]


def test_paginated_call_is_the_operation_of_its_paginator() -> None:
    runbook = plan('pages = aws("iam").get_paginator("list_users").paginate(PathPrefix=Name)')
    (call,) = plan_calls(runbook)

    assert ("iam", "list_users", True) == (call.service, call.operation, call.paginates)
    assert [(["PathPrefix"], [], True)] == names(runbook, "list_users")


def test_client_is_followed_into_functions_of_the_plan() -> None:
    more = "\ndef look(client, name):\n    return inner(there=client)\n"
    more += "\ndef inner(there):\n    return there.list_topics()\n"

    assert [("read", "sns", "list_topics")] == called(plan('look(aws("sns"), Name)', more))


def test_aws_itself_is_followed_into_functions_of_the_plan() -> None:
    more = '\ndef look(aws):\n    return aws("sqs").list_queues()\n'
    runbook = plan("look(aws)", more)

    assert [("read", "sqs", "list_queues")] == called(runbook)
    assert not plan_source("Toy", runbook.plan).offences


def test_function_that_the_plan_never_calls_does_not_count() -> None:
    assert not called(plan("return Name", '\ndef unused(aws):\n    return aws("sqs").list_queues()\n'))


def test_last_assignment_before_the_change_gives_its_parameters() -> None:
    runbook = plan(
        """\
these = {"Old": 1}
these = {"New": 1}
yield Change("sns", "publish", these, undo="sent")
these = {"Later": 1}"""
    )

    assert [(["New"], [], True)] == names(runbook, "publish")


def test_both_branches_count_and_what_was_before_does_not() -> None:
    runbook = plan(
        """\
these = {"Old": 1}
if Name:
    these = {"Left": 1}
else:
    these = {"Right": 1}
yield Change("sns", "publish", these, undo="sent")"""
    )

    assert {("Left",), ("Right",)} == {tuple(found) for found, _, _ in names(runbook, "publish")}


def test_one_branch_alone_leaves_what_was_before() -> None:
    runbook = plan(
        """\
these = {"Old": 1}
if Name:
    these = {"Left": 1}
yield Change("sns", "publish", these, undo="sent")"""
    )

    assert {("Left",), ("Old",)} == {tuple(found) for found, _, _ in names(runbook, "publish")}


def test_assignment_at_the_end_of_a_loop_counts_in_its_next_round() -> None:
    runbook = plan(
        """\
these = {"First": 1}
for each in Name:
    yield Change("sns", "publish", these, undo="sent")
    these = {"Next": 1}"""
    )

    assert {("First",), ("Next",)} == {tuple(found) for found, _, _ in names(runbook, "publish")}


def test_parameters_made_by_a_function_are_read_from_what_it_returns() -> None:
    more = '\ndef made(name):\n    return {"A": name, **({"B": 1} if name else {})}\n'
    runbook = plan('yield Change("sns", "publish", made(Name), undo="sent")', more)

    assert [(["A", "B"], ["B"], True)] == names(runbook, "publish")


@pytest.mark.parametrize("value", ["Name", "dict(a=1)", "{key: 1 for key in Name}", "{Name: 1}", "{**Name}"])
def test_parameters_that_only_the_run_knows_are_incomplete(value: str) -> None:
    runbook = plan(f'yield Change("sns", "publish", {value}, undo="sent")')

    assert [([], [], False)] == names(runbook, "publish")


@pytest.mark.parametrize(
    "undo",
    [
        'Undo("delete_topic", {})',
        'lambda response: Undo("delete_topic", {"TopicArn": response["TopicArn"]})',
        "back",
        'Undo("delete_topic", {}) if Name else "nothing to go back to"',
    ],
)
def test_each_form_of_undo_is_an_inverse(undo: str) -> None:
    more = '\ndef back(response):\n    return Undo("delete_topic", {})\n'
    runbook = plan(f'yield Change("sns", "create_topic", {{}}, undo={undo})', more)

    assert ("undo", "sns", "delete_topic") in called(runbook)
    assert not plan_source("Toy", runbook.plan).offences


def test_reason_of_a_change_without_way_back_is_told() -> None:
    irreversible = plan('yield Change("sns", "delete_topic", {}, undo=f"topic {Name} is gone")')
    reversible = plan('yield Change("sns", "create_topic", {}, undo=Undo("delete_topic", {}))')

    assert "topic {Name} is gone" == undo_reason(irreversible)
    assert undo_reason(reversible) is None


def test_sentence_of_a_plan_is_its_docstring() -> None:
    assert "It is so." == plan_sentence(plan("return 1"))


def test_plan_that_is_not_python_raises() -> None:
    with pytest.raises(SyntaxError):
        plan_calls(Runbook("Toy", {}, {}, "def plan(:"))


@settings(deadline=None)
@given(
    st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=8), st.integers(), max_size=5),
    st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=8), st.integers(), max_size=5),
)
def test_names_of_a_literal_are_all_found_wherever_it_is_assigned(
    values: dict[str, int], unpacked: dict[str, int]
) -> None:
    runbook = plan(
        f'rest = {unpacked!r}\nthese = {{**{values!r}, **rest}}\nyield Change("sns", "publish", these, undo="sent")'
    )

    assert [(sorted({**values, **unpacked}), sorted({**values, **unpacked}), True)] == names(runbook, "publish")


@settings(deadline=None)
@given(st.sampled_from(["a = b\nb = a", "a = a", "a, b = b, a", "for a in b: b = a", "a = [a]", "while a: a = b"]))
def test_names_that_lead_to_each_other_come_to_an_end(loop: str) -> None:
    runbook = plan(f'{loop}\nyield Change("sns", "publish", a, undo=b)')

    assert ast.parse(runbook.plan)
    assert [("change", "sns", "publish")] == called(runbook)
