"""`asr new-runbook`: write the three files of a new remediation, and say which row to add."""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template

from asr_templates.aws_reference.services import is_service
from asr_templates.checks.rows import CONTROL_ID
from asr_templates.commands.options import add_json_option, parser
from asr_templates.commands.report import print_json, print_problems
from asr_templates.loading import OWN_RUNBOOKS, LoadError, load, nearest, package_folder
from asr_templates.model import Problem

VERBS = (
    *("Attach", "Block", "Configure", "Create", "Disable", "Enable", "Encrypt", "Enforce", "Limit", "Make"),
    *("Remove", "Replace", "Revoke", "Set", "Tag", "Terminate", "Update"),
)
NAME = re.compile(r"[A-Z][a-z]+[A-Z0-9][A-Za-z0-9]*")

DOCUMENT = Template("""\
permissions:
  read: [{actions: ["$service:Get$thing"], resources: ["*"]}]
  change: [{actions: ["$service:Put$thing"], resources: ["*"]}]
  undo: [{actions: ["$service:Put$thing"], resources: ["*"]}]
---
schemaVersion: "0.3"
description: What this remediation does, in one sentence.
assumeRole: "{{ AutomationAssumeRole }}"
outputs: [Remediation.Output]
parameters:
  AutomationAssumeRole: {type: "AWS::IAM::Role::Arn"}
  ResourceArn: {type: String, allowedPattern: "^arn:aws[a-z-]*:$service:.+$$"}
  Mode: {type: String, default: Apply, allowedValues: [Apply, Preview, Undo]}
  Record: {type: String, default: "", allowedPattern: "^[A-Za-z0-9+/=]*$$"}
mainSteps:
  - name: Remediation
    action: aws:executeScript
    timeoutSeconds: 600
    isEnd: true
    inputs:
      Runtime: python3.11
      Handler: handler
      InputPayload: {ResourceArn: "{{ ResourceArn }}", Mode: "{{ Mode }}", Record: "{{ Record }}"}
      Script: $name.py
    outputs: [{Name: Output, Selector: $$.Payload, Type: StringMap}]
""")
PLAN = Template('''\
from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, ResourceArn: str) -> Plan:
    """The sentence that is true when this is done."""
    $client = aws("$service")
    found = $client.get_$operation(ResourceArn=ResourceArn)["Enabled"]
    if not found:
        back = Undo("put_$operation", {"ResourceArn": ResourceArn, "Enabled": found})
        yield Change("$service", "put_$operation", {"ResourceArn": ResourceArn, "Enabled": True}, undo=back)
    return {"Enabled": found}
''')
TEST = Template('''\
import runpy
from pathlib import Path

import boto3
from moto import mock_aws

from asr_templates.embedded.runner import run

PLAN = runpy.run_path(str(Path(__file__).parents[2] / "$folder" / "$name.py"))["plan"]


def broken() -> str:
    """Make a resource that fails $control and return its ARN."""
    raise NotImplementedError("$control: make the resource that the finding is about")


@mock_aws
def test_$test_name() -> None:
    event = {"ResourceArn": broken(), "Mode": "Apply", "Record": ""}
    expected = ["Success", "NoChange"]
    statuses = [run(PLAN, event, boto3.client, sleep=lambda seconds: None)["Status"] for _ in range(2)]

    assert expected == statuses
''')
ROW = Template("""\
    Control(
        id="$control",
        runbook="$name",
        resource=...,  # a named pattern of catalog/resource_ids.py that hands over ResourceArn
        ids={},  # playbook key -> the control's id there
        note="What was done, as the finding's note says it.",
    ),
""")


def main(argv: Sequence[str]) -> int:
    """Write the files and print the row; return 0, or 1 where a name or an id is refused or a file is there already."""
    arguments = argument_parser().parse_args(argv)
    folder = arguments.runbooks or package_folder(OWN_RUNBOOKS)
    contents = rendered(arguments.name, arguments.control, folder)
    problems = list(refusals(arguments, folder)) or list(obstacles(contents)) or write(contents)
    if problems:
        print_problems(problems, arguments.json)
        return 1
    row = ROW.substitute(name=arguments.name, control=arguments.control)
    module = f"catalog/{service_of(arguments.control)}.py"
    if arguments.json:
        print_json({"files": [str(path) for path in contents], "module": module, "row": row})
        return 0
    for path in contents:
        print(f"wrote {path}")
    print(f"\nAdd this row to {module} (or to own_controls of your playbook), then run asr check:\n\n{row}", end="")
    return 0


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of the verb's options."""
    options = parser("new-runbook", "Write the document, the plan and the test of a new remediation.")
    options.add_argument("name", metavar="NAME", help=f"verb and object; verbs: {', '.join(VERBS)}")
    options.add_argument("--control", metavar="ID", required=True, help="the control that it remediates: SNS.9")
    options.add_argument("--runbooks", metavar="DIR", type=Path, help="your own folder of runbooks (default: ours)")
    add_json_option(options)
    return options


def refusals(arguments: argparse.Namespace, folder: Path) -> Iterator[Problem]:
    """Yield why the name, the control or the folder is refused."""
    name = arguments.name
    verb = re.match(r"[A-Z][a-z]+", name)
    if not NAME.fullmatch(name):
        yield Problem("NAME", f"{name} is no verb and object in PascalCase", "write EnableEncryptionForSNSTopic")
    elif verb and verb[0] not in VERBS:
        yield Problem("NAME", f"{verb[0]} is none of the verbs of runbooks", nearest(verb[0], VERBS))
    if not CONTROL_ID.fullmatch(arguments.control):
        yield Problem("--control", f"{arguments.control} is no id of a security control", "write SNS.9")
    if not folder.is_dir():
        yield Problem(str(folder), "there is no such folder", "make it, or name another with --runbooks")
    elif arguments.runbooks is None and not (folder.parent / "setup.cfg").is_file():
        hint = "name a folder of your own: --runbooks DIR"
        yield Problem(str(folder), "this is an installed package, not its sources", hint)
    yield from taken(name, arguments.control)


def taken(name: str, control: str) -> Iterator[Problem]:
    """Yield a problem for a runbook or a control that our catalog has already."""
    try:
        catalog = load()
    except LoadError as error:
        yield from error.problems
        return
    if name in catalog.runbooks:
        yield Problem("NAME", f"runbook {name} exists already", "a control that it fits needs a row only")
    for row in catalog.controls:
        if row.id == control:
            yield Problem("--control", f"{control} is remediated by {row.runbook} already", "change that runbook")


def obstacles(contents: dict[Path, str]) -> Iterator[Problem]:
    """Yield a problem for each file that is there already."""
    for path in contents:
        if path.exists():
            yield Problem(str(path), "exists already", "choose another name, or delete it")


def write(contents: dict[Path, str]) -> list[Problem]:
    """Write the files; where one cannot be written, take back those before it and return the problem."""
    written: list[Path] = []
    for path, text in contents.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
        except OSError as error:
            for each in written:
                each.unlink(missing_ok=True)
            return [Problem(str(path), f"cannot be written: {error.strerror}", "check the folder's permissions")]
    return []


def rendered(name: str, control: str, folder: Path) -> dict[Path, str]:
    """Return path -> content of the three files; the test lies in tests/runbooks beside the folder of runbooks."""
    service = service_of(control)
    thing = re.sub(r"^[A-Z][a-z]+", "", name) or name
    values = {
        "name": name,
        "control": control,
        "folder": folder.name,
        "service": service,
        "client": service.replace("-", "_"),
        "thing": thing,
        "operation": snake_case(thing),
        "test_name": snake_case(name),
    }
    return {
        folder / f"{name}.yaml": DOCUMENT.substitute(values),
        folder / f"{name}.py": PLAN.substitute(values),
        folder.parent / "tests" / "runbooks" / f"test_{snake_case(name)}.py": TEST.substitute(values),
    }


def service_of(control: str) -> str:
    """Return the AWS service of a control as boto3 names it, as far as the control's id tells: "SNS.9" -> "sns"."""
    prefix = control.partition(".")[0].lower()
    return prefix if is_service(prefix) else re.sub(r"[^a-z0-9]", "", prefix) or "service"


def snake_case(name: str) -> str:
    """Return a name in snake_case: "EnableEncryptionForSNSTopic" -> "enable_encryption_for_sns_topic"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
