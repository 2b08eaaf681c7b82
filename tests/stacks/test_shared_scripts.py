import pytest
from troposphere import Join, Ref, Template, ssm

from asr_templates.documents.scripts import remediation_script
from asr_templates.stacks.shared_scripts import PARAMETER_BYTES, share_runner, share_scripts


def template(*scripts: str, handler: str = "parse") -> Template:
    made = Template()
    for number, script in enumerate(scripts):
        step = {"action": "aws:executeScript", "inputs": {"Handler": handler, "Script": script}}
        made.add_resource(ssm.Document(f"Document{number}", Content={"mainSteps": [step]}))
    return made


def scripts(made: Template) -> list[object]:
    return [resource.Content["mainSteps"][0]["inputs"]["Script"] for resource in made.resources.values()]


def test_a_script_of_several_documents_is_written_once() -> None:
    made = template("def parse(): ...", "def parse(): ...")
    share_scripts(made)

    expected = Join("\n", [Ref("ParseScript"), ""]).to_dict()

    assert [expected] * 2 == [script.to_dict() for script in scripts(made)]  # type: ignore[attr-defined]
    assert made.parameters["ParseScript"].Default == "def parse(): ..."


def test_a_script_of_one_document_stays_in_it() -> None:
    made = template("def parse(): ...", "def parse(): pass")
    share_scripts(made)

    assert scripts(made) == ["def parse(): ...", "def parse(): pass"]
    assert not made.parameters


def test_a_script_that_no_parameter_can_hold_stays_where_it_is() -> None:
    made = template("x" * 4097, "x" * 4097)
    share_scripts(made)

    assert scripts(made) == ["x" * 4097] * 2


def test_two_shared_scripts_of_one_handler_are_refused() -> None:
    with pytest.raises(ValueError, match="handler parse"):
        share_scripts(template("a", "a", "b", "b"))


def test_the_runner_of_several_documents_is_written_once_and_every_script_is_whole() -> None:
    plans = [f"def plan(aws, number):\n    return {number}\n    yield\n" for number in range(2)]
    whole = [remediation_script(plan) for plan in plans]
    made = template(*whole, handler="handler")
    share_runner(made)

    assert max(len(parameter.Default.encode()) for parameter in made.parameters.values()) <= PARAMETER_BYTES
    for script, expected in zip(scripts(made), whole, strict=True):
        delimiter, parts = script.to_dict()["Fn::Join"]  # type: ignore[attr-defined]
        texts = [part if isinstance(part, str) else made.parameters[part["Ref"]].Default for part in parts]
        assert expected == delimiter.join(texts)


def test_the_runner_of_one_document_stays_in_it() -> None:
    whole = remediation_script("def plan(aws):\n    return {}\n    yield\n")
    made = template(whole, handler="handler")
    share_runner(made)

    assert scripts(made) == [whole]
