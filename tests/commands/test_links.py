"""`asr links`: for any region and partition, with the values checked as CloudFormation would."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from troposphere import Template

from asr_templates.commands.links import main
from asr_templates.stacks import parameters
from asr_templates.stacks.nesting import ADMIN, MEMBER, MEMBER_ROLES, Assets
from asr_templates.stacks.parameters import StackParameter, declare

OWN_BUCKET = ["--bucket", "my-bucket"]


def write_template(dist: Path, root: str, declared: list[StackParameter]) -> None:
    template = Template()
    declare(template, [*declared, *Assets(prefix="asr/v9").parameters()])
    path = dist / "templates" / f"{root}.template"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template.to_json())


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    write_template(tmp_path, ADMIN, [parameters.MEMBER_ACCOUNTS, parameters.IN_FLIGHT, parameters.LOG_RETENTION])
    write_template(tmp_path, MEMBER_ROLES, [parameters.ADMIN_ACCOUNT, parameters.ALLOW_UNDO])
    write_template(tmp_path, MEMBER, [parameters.ADMIN_ACCOUNT, parameters.ORCHESTRATOR_REGION])
    (tmp_path / "supported-controls.json").write_text(json.dumps([{"document": "QA-SC_2.0.0_EC2.2"}]))
    return tmp_path


def links(dist: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    assert main(["--dist", str(dist), "--json", *OWN_BUCKET, *arguments]) == 0
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return found


def query(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).fragment.partition("?")[2], keep_blank_values=True))


def refusal(dist: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["--dist", str(dist), *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_each_stack_gets_the_parameters_that_it_has(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--admin-account", "111122223333", "--param", "AllowUndo=yes", "--region", "eu-west-1"]
    admin, roles, member = (query(found["url"]) for found in links(dist, capsys, *arguments))

    assert {"param_TemplateBucket": "my-bucket", "param_TemplatePrefix": "asr/v9"}.items() <= admin.items()
    assert {"param_SecHubAdminAccount": "111122223333", "param_AllowUndo": "yes"}.items() <= roles.items()
    assert {
        "param_SecHubAdminAccount": "111122223333",
        "param_OrchestratorRegion": "eu-west-1",
    }.items() <= member.items()
    assert "param_SecHubAdminAccount" not in admin
    assert "param_AllowUndo" not in member


def test_stacks_bear_the_prefix_that_was_built(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [found["name"] for found in links(dist, capsys)] == ["QA-Admin", "QA-Member-Roles", "QA-Member"]


@pytest.mark.parametrize(
    ("arguments", "host"),
    [
        ([], "us-east-1.console.aws.amazon.com"),
        (["--partition", "aws-us-gov"], "us-gov-west-1.console.amazonaws-us-gov.com"),
        (["--partition", "aws-cn", "--region", "cn-northwest-1"], "cn-northwest-1.console.amazonaws.cn"),
    ],
)
def test_the_partition_or_the_region_decides_the_console(
    dist: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], host: str
) -> None:
    assert {host} == {urlsplit(found["url"]).hostname for found in links(dist, capsys, *arguments)}


def test_text_output_has_links_and_commands_for_stacksets(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dist", str(dist), *OWN_BUCKET]) == 0
    text = capsys.readouterr().out

    assert text.startswith(
        "QA-Admin\n  https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/"
    )
    assert text.count("aws cloudformation create-stack-set") == 2


def test_a_region_of_another_partition_is_refused(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*OWN_BUCKET, "--partition", "aws", "--region", "cn-north-1"]

    assert refusal(dist, capsys, *arguments) == (
        "--partition: cn-north-1 is in partition aws-cn, not in aws\n    hint: leave one of them out\n1 problem found\n"
    )


def test_links_without_a_bucket_of_ones_own_are_refused(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(dist, capsys) == (
        "--bucket: the links need a bucket of yours\n    hint: give its base name, --bucket NAME\n1 problem found\n"
    )


def test_a_value_that_the_launch_would_refuse_is_refused_in_the_parameters_words(
    dist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = refusal(dist, capsys, *OWN_BUCKET, "--admin-account", "1111")

    assert text.startswith("--param: SecHubAdminAccount must be an AWS account id of 12 digits, not '1111'\n")


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [
        ("InFlightPerAccountRegion=250", True),
        ("InFlightPerAccountRegion=251", False),
        ("InFlightPerAccountRegion=0", False),
        ("InFlightPerAccountRegion=many", False),
        ("OrchestratorLogRetention=30", True),
        ("OrchestratorLogRetention=31", False),
        ("MemberAccounts=111122223333,444455556666", True),
        ("MemberAccounts=111122223333,4444", False),
        ("AllowUndo=Yes", False),
        ("OrchestratorRegion=", True),
    ],
)
def test_values_are_taken_as_cloudformation_takes_them(
    dist: Path, capsys: pytest.CaptureFixture[str], value: str, is_taken: bool
) -> None:
    code = main(["--dist", str(dist), *OWN_BUCKET, "--param", value])

    assert is_taken == (code == 0), capsys.readouterr().err


def test_an_unknown_parameter_is_refused_with_the_nearest(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = refusal(dist, capsys, *OWN_BUCKET, "--param", "AllowUnod=yes")

    assert text.startswith("--param: no stack has a parameter AllowUnod\n    hint: did you mean AllowUndo")


def test_a_parameter_without_a_value_is_refused(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--param: 'AllowUndo' is not NAME=VALUE\n" in refusal(dist, capsys, *OWN_BUCKET, "--param", "AllowUndo")


def test_without_a_build_the_command_that_builds_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "templates" / "automated-security-response-admin.template"

    assert (
        f"{path}: is no template that was built\n    hint: build first: python build.py\n1 problem found\n"
    ) == refusal(tmp_path, capsys, *OWN_BUCKET)
