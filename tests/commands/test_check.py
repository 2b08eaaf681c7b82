import json
import re
from pathlib import Path

import pytest

from asr_templates.commands.check import main
from asr_templates.loading import OWN_RUNBOOKS, package_folder

OWN = package_folder(OWN_RUNBOOKS)
NAME = "EnableEbsEncryptionByDefault"
PLAYBOOK = '''\
"""A user's playbook."""

from asr_templates.catalog.resource_ids import REGIONAL_ACCOUNT
from asr_templates.model import Control
from asr_templates.playbook import Playbook


class Own(Playbook):
    """Our own rules."""

    key, short, version, standard = "OWN", "OWN", "1.0.0", "own-standard"
    own_controls = (
        Control(
            id="EC2.999",
            runbook="EncryptVolumes",
            resource=REGIONAL_ACCOUNT,
            ids={"OWN": "1.1"},
            note="New volumes are encrypted.",
        ),
    )
'''


@pytest.fixture
def runbooks(tmp_path: Path) -> Path:
    """A user's folder with one sound runbook, a copy of ours under another name."""
    folder = tmp_path / "runbooks"
    folder.mkdir()
    for suffix in (".yaml", ".py"):
        text = (OWN / f"{NAME}{suffix}").read_text("utf-8").replace(f"{NAME}.py", "EncryptVolumes.py")
        (folder / f"EncryptVolumes{suffix}").write_text(text)
    return folder


@pytest.fixture
def playbooks(tmp_path: Path) -> Path:
    """A user's folder with one playbook that uses it."""
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "own.py").write_text(PLAYBOOK)
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")

    assert old in text
    file.write_text(text.replace(old, new))


def checked(capsys: pytest.CaptureFixture[str], *folders: Path) -> tuple[int, str, str]:
    options = [part for folder in folders for part in (f"--{folder.name}", str(folder))]
    code = main(options)
    output = capsys.readouterr()
    return code, output.out, output.err


def test_our_catalog_has_no_problem(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = checked(capsys)

    assert (0, "") == (code, err)
    assert out.endswith(": no problems\n")


def test_users_folders_are_checked_like_ours(
    capsys: pytest.CaptureFixture[str], playbooks: Path, runbooks: Path
) -> None:
    _, ours, _ = checked(capsys)
    code, out, err = checked(capsys, playbooks, runbooks)
    one_more = re.sub(r"\d+", lambda count: str(int(count[0]) + 1), ours)

    assert (0, "") == (code, err)
    assert re.fullmatch(r"\d+ playbooks, \d+ controls, \d+ runbooks: no problems\n", out)
    assert one_more == out


def test_runbook_without_a_row_is_a_problem(capsys: pytest.CaptureFixture[str], runbooks: Path) -> None:
    code, _, err = checked(capsys, runbooks)
    expected = (
        "EncryptVolumes.yaml: permissions: no control uses this runbook\n"
        "    hint: add a row, or delete it\n"
        "1 problem found\n"
    )

    assert (1, expected) == (code, err)


def test_row_without_a_runbook_is_a_problem(capsys: pytest.CaptureFixture[str], playbooks: Path) -> None:
    code, _, err = checked(capsys, playbooks)

    assert 1 == code
    assert "control EC2.999: there is no runbook EncryptVolumes\n    hint: " in err


BAD_INPUT = [
    ("runbooks/EncryptVolumes.yaml", "ec2:EnableEbs", "ec2:EnabelEbs", "unknown IAM action ec2:EnabelEbsEncryption"),
    ("runbooks/EncryptVolumes.yaml", "  read:", "  reads:", "unknown group reads"),
    ("runbooks/EncryptVolumes.yaml", "ec2:GetEbsEncryptionByDefault", "ec2:GetEbsDefaultKmsKeyId", "does not grant"),
    ("runbooks/EncryptVolumes.yaml", "outputs: [Rem", "outputs: [[Rem", "EncryptVolumes.yaml:"),
    ("runbooks/EncryptVolumes.yaml", "mainSteps:", "steps:", "has no parameters or no mainSteps"),
    ("runbooks/EncryptVolumes.yaml", "Handler: handler", "Handler: main", "the script has no function main"),
    ("runbooks/EncryptVolumes.py", "if not encrypted:", "if not encrypted", "EncryptVolumes.py:8: invalid Python"),
    ("runbooks/EncryptVolumes.py", "disable_ebs_enc", "disable_ebs_inc", "did you mean disable_ebs_encryption_by_def"),
    ("playbooks/own.py", 'id="EC2.999"', 'id="EC2.2"', "control EC2.2 is declared in ec2 and again in "),
    (
        "playbooks/own.py",
        'note="',
        'inputs={"Kms": 1}, note="',
        "inputs.Kms: runbook EncryptVolumes has no parameter Kms",
    ),
    ("playbooks/own.py", "key, short", "kee, short", "lacks key"),
    ("playbooks/own.py", "class Own", "clas Own", "invalid Python"),
    ("playbooks/own.py", '"OWN", "OWN"', '"SC", "OWN"', "playbook SC exists already"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), BAD_INPUT, ids=[said for *_, said in BAD_INPUT])
def test_bad_input_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    playbooks: Path,
    runbooks: Path,
    file: str,
    old: str,
    new: str,
    said: str,
) -> None:
    change(tmp_path / file, old, new)
    code, out, err = checked(capsys, playbooks, runbooks)

    assert (1, "") == (code, out)
    assert said in err


def test_folder_that_does_not_exist_is_a_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = checked(capsys, tmp_path / "runbooks")

    assert 1 == code
    assert "there is no such folder" in err


def test_problems_as_json_have_place_message_and_hint(capsys: pytest.CaptureFixture[str], runbooks: Path) -> None:
    code = main(["--runbooks", str(runbooks), "--json"])
    expected = [
        {
            "place": "EncryptVolumes.yaml: permissions",
            "message": "no control uses this runbook",
            "hint": "add a row, or delete it",
        }
    ]

    assert 1 == code
    assert expected == json.loads(capsys.readouterr().out)


def test_sound_catalog_as_json_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--json"])
    assert [] == json.loads(capsys.readouterr().out)


def test_unknown_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--runbook", "x"])

    assert 2 == stop.value.code
