import ast
import json
from pathlib import Path

import pytest

from asr_templates.commands.new_runbook import VERBS, main, snake_case
from asr_templates.documents.plan_source import plan_calls
from asr_templates.loading import OWN_RUNBOOKS, load_runbook, package_folder
from asr_templates.model import Problem

NAME = "EnableTracingForSNSTopic"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's empty folder of runbooks."""
    made = tmp_path / "runbooks"
    made.mkdir()
    return made


def test_three_files_are_written_that_load(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main([NAME, "--control", "SNS.9", "--runbooks", str(folder)])

    out = capsys.readouterr().out
    test = folder.parent / "tests" / "runbooks" / "test_enable_tracing_for_sns_topic.py"
    files = [folder / f"{NAME}.yaml", folder / f"{NAME}.py", test]
    problems: list[Problem] = []
    runbook = load_runbook(files[0], problems)

    assert [f"wrote {file}" for file in files] == out.splitlines()[:3]
    assert not problems
    assert runbook
    assert ["read", "undo", "change"] == [call.group for call in plan_calls(runbook)]
    assert all(len(file.read_text().splitlines()) <= 30 for file in files)


def test_row_to_add_is_printed_with_its_module(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main([NAME, "--control", "SNS.9", "--runbooks", str(folder), "--json"])

    said = json.loads(capsys.readouterr().out)

    assert "catalog/sns.py" == said["module"]
    assert ast.parse(said["row"].strip().rstrip(","))
    assert f'runbook="{NAME}"' in said["row"]
    assert 3 == len(said["files"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("FixTopic", "NAME: Fix is none of the verbs of runbooks"),
        ("EnabelTopic", "NAME: Enabel is none of the verbs of runbooks\n    hint: did you mean Enable"),
        ("enable_topic", "NAME: enable_topic is no verb and object in PascalCase"),
        ("Enable", "NAME: Enable is no verb and object in PascalCase"),
        ("SetIAMPasswordPolicy", "NAME: runbook SetIAMPasswordPolicy exists already"),
    ],
)
def test_name_that_is_refused_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert 1 == main([name, "--control", "SNS.9", "--runbooks", str(folder)])
    assert said in capsys.readouterr().err
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ("sns9", "--control: sns9 is no id of a security control"),
        ("S3.1", "--control: S3.1 is remediated by ConfigureS3PublicAccessBlock already"),
    ],
)
def test_control_that_is_refused_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], control: str, said: str
) -> None:
    assert 1 == main([NAME, "--control", control, "--runbooks", str(folder)])
    assert said in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_file_that_is_there_is_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = folder / f"{NAME}.py"
    mine.write_text("mine")

    assert 1 == main([NAME, "--control", "SNS.9", "--runbooks", str(folder)])
    assert f"{mine}: exists already" in capsys.readouterr().err
    assert "mine" == mine.read_text()
    assert [mine] == list(folder.iterdir())


def test_write_that_fails_half_way_leaves_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder.parent / "tests").write_text("a file where a folder is needed")

    assert 1 == main([NAME, "--control", "SNS.9", "--runbooks", str(folder)])
    assert "cannot be written" in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_folder_that_does_not_exist_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == main([NAME, "--control", "SNS.9", "--runbooks", str(tmp_path / "none")])
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        (NAME, "enable_tracing_for_sns_topic"),
        ("RemoveVPCDefaultSecurityGroupRules", "remove_vpc_default_security_group_rules"),
        ("SetIAMPasswordPolicy", "set_iam_password_policy"),
        ("ConfigureS3PublicAccessBlock", "configure_s3_public_access_block"),
        ("EnableMultiAZOnRDSInstance", "enable_multi_az_on_rds_instance"),
    ],
)
def test_name_of_a_test_is_the_runbooks_in_snake_case(name: str, snake: str) -> None:
    assert snake == snake_case(name)


def test_our_runbooks_keep_to_the_verbs() -> None:
    names = [file.stem for file in package_folder(OWN_RUNBOOKS).glob("*.yaml")]
    odd = [name for name in names if not name.startswith(VERBS) and name != "S3BlockDenylist"]

    assert not odd
