import csv
import json
from pathlib import Path
from typing import Any

import pytest

from asr_templates.catalog import CONTROLS
from asr_templates.commands.list import main
from asr_templates.loading import load
from asr_templates.names import Names
from asr_templates.supported_controls import supported_controls

TABLE = Path(__file__).parents[1] / "data" / "controls.csv"


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, Any]]:
    assert 0 == main([*options, "--json"])

    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def test_every_row_of_the_table_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with TABLE.open() as table:
        expected = {
            (row["standard"], row["control_id"], row["security_control_id"], row["remediation_document"])
            for row in csv.DictReader(table)
        }
    rows = listed(capsys)
    names = ("standard", "control_id", "security_control_id", "remediation")

    assert 361 == len(rows)
    assert {row[:3] for row in expected} == {tuple(row[name] for name in names[:3]) for row in rows}


def test_row_is_that_of_supported_controls(capsys: pytest.CaptureFixture[str]) -> None:
    expected = supported_controls(load().select(["CIS120"], [], Names()))

    assert expected == listed(capsys, "--standard", "CIS120")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--service", "SNS"], {"SNS.1", "SNS.2"}),
        (["--service", "SNS", "--service", "Macie"], {"SNS.1", "SNS.2", "Macie.1"}),
        (["--standard", "CIS120", "--service", "EC2"], {"EC2.2", "EC2.6", "EC2.13", "EC2.14"}),
        (["--control", "4.[12]"], {"CloudWatch.2", "CloudWatch.3", "EC2.13", "EC2.14"}),
        (["--standard", "CIS120", "--control", "4.[12]"], {"EC2.13", "EC2.14"}),
        (["--control", "EC2.1*"], {control.id for control in CONTROLS if control.id.startswith("EC2.1")}),
        (["--control", "EC2.1[34]"], {"EC2.13", "EC2.14"}),
        (["--risk", "costs"], {control.id for control in CONTROLS if control.risk == "costs"}),
        (["--risk", "costs", "--service", "RDS"], {"RDS.5", "RDS.6"}),
        (["--standard", "SC", "--control", "4.3"], set()),
        (["--service", "autoscaling"], {"AutoScaling.1", "AutoScaling.3", "Autoscaling.5"}),
        (["--service", "GuardDuty", "--reversible", "no"], {"GuardDuty.1"}),
        (["--service", "GuardDuty", "--reversible", "yes"], {"GuardDuty.2", "GuardDuty.4"}),
    ],
)
def test_filters_leave_what_passes_all_of_them(
    capsys: pytest.CaptureFixture[str], options: list[str], ids: set[str]
) -> None:
    assert ids == {row["security_control_id"] for row in listed(capsys, *options)}


def test_unknown_names_are_all_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--standard", "CIS12", "--service", "ECS2", "--control", "Athena.44"])
    expected = (
        "--standard: there is no playbook CIS12\n    hint: did you mean CIS120, CIS140, PCI321?\n"
        "--service: there is no service with controls ECS2\n    hint: did you mean ECS, EC2, ECR?\n"
        "--control: no control matches Athena.44\n    hint: did you mean Athena.4?\n"
        "3 problems found\n"
    )

    assert (1, expected) == (code, capsys.readouterr().err)


def test_table_has_a_heading_and_aligned_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--service", "EC2"])

    heading, *lines = capsys.readouterr().out.splitlines()

    assert ["CONTROL", "STANDARDS", "REMEDIATION", "SCOPE", "RISK", "UNDO"] == heading.split()
    assert all(line[heading.index("SCOPE") :].startswith("regional ") for line in lines)
    assert not any("\033" in line for line in lines)


def test_unknown_risk_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--risk", "some"])

    assert 2 == stop.value.code
