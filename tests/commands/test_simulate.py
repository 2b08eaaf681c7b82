import json
from pathlib import Path

import pytest

from asr_templates.cli import main


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "dist"

    assert main(["build", "--no-lint", "--output", str(folder), "--playbook", "SC", "--control", "EC2.7"]) == 0
    return folder


def test_a_control_is_simulated_with_its_timeline(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["simulate", "EC2.7", "--dist", str(dist)])
    printed = capsys.readouterr().out

    assert code == 0
    for line in ("Prepare", "ParseInput", "Remediation", "UpdateFinding", "Record", "SUCCESS: made 1 changes"):
        assert line in printed
    assert "resource fixed, finding RESOLVED, 1 notification" in printed


def test_a_preview_fixes_nothing_and_is_good(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["simulate", "EC2.7", "--dist", str(dist), "--mode", "Preview", "--json"])
    [result] = json.loads(capsys.readouterr().out)

    assert code == 0
    assert ("PREVIEW", False, "NEW") == (result["status"], result["fixed"], result["workflow_status"])
    assert [change["operation"] for change in result["changes"]] == ["enable_ebs_encryption_by_default"]


def test_a_finding_in_a_file_is_simulated(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = Path(__file__).parents[2] / "examples" / "findings" / "SC-EC2.7.json"

    assert main(["simulate", str(example), "--dist", str(dist), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{not json", "is not JSON"),
        ("[]", "is no ASFF finding"),
        ("{}", "it needs Id, AwsAccountId and Resources[0] with Id and Region"),
        (
            '{"Id": "arn:aws:x", "AwsAccountId": "1", "Resources": [{"Id": "a", "Region": "us-east-1"}]}',
            "is of no control of ours",
        ),
    ],
)
def test_a_file_that_is_no_finding_is_reported(
    dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    path = tmp_path / "finding.json"
    path.write_text(content, "utf-8")

    assert main(["simulate", str(path), "--dist", str(dist)]) == 1
    error = capsys.readouterr().err
    assert complaint in error
    assert str(path) in error


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["EC2.3"], "did you mean EC2.23, EC2.13, EC2.8?"),
        (["EC2.7", "--standard", "CIS12"], "did you mean CIS120, CIS140, PCI321?"),
        (["EC2.7", "--account", "12"], "admin, member, or 12 digits"),
        (["missing.json"], "cannot be read"),
        (["EC2.7", "--dist", "nowhere"], "build first: python build.py"),
    ],
)
def test_a_wrong_argument_is_reported_with_a_hint(
    dist: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    where = [] if "--dist" in arguments else ["--dist", str(dist)]

    assert main(["simulate", *arguments, *where]) == 1
    assert complaint in capsys.readouterr().err


def test_no_argument_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate"]) == 2
    assert "usage" in capsys.readouterr().err
