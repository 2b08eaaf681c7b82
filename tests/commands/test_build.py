"""`asr build`: what it makes of our own catalog, and what it says about bad input."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from asr_templates.commands.build import main
from asr_templates.lint import lint
from asr_templates.pipeline import Options, Result, build
from asr_templates.stacks.limits import template_measures
from asr_templates.stacks.nesting import ROOTS

ROOT = Path(__file__).parents[2]
PLAYBOOKS = ("AFSBP", "CIS120", "CIS140", "CIS300", "NIST80053", "PCI321", "SC")


@pytest.fixture(scope="module")
def result() -> Result:
    return build(Options())


def run(output: Path, *arguments: str) -> int:
    return main(["--output", str(output), "--no-lint", *arguments])


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_dist_has_the_files_that_others_rely_on(result: Result) -> None:
    kinds = {re.sub(r"[^/]+$", "*", path) if "/" in path else path for path in result.files}

    assert {
        "templates/*",
        "templates/nested/*",
        "documents/*",
        "lambda/*",
        "index.html",
        "supported-controls.json",
        "manifest.json",
    } == kinds
    assert {f"templates/{root}.template" for root in ROOTS} == {
        path for path in result.files if path.startswith("templates/a")
    }


def test_every_nested_template_that_a_stack_names_is_there(result: Result) -> None:
    named = re.findall(r"templates/nested/\w+\.template", "".join(result.templates.values()))

    assert sorted(set(named)) == sorted(path for path in result.templates if path.startswith("templates/nested/"))


def test_every_document_of_the_templates_is_written_as_it_will_be(result: Result) -> None:
    deployed = [
        resource["Properties"]["Name"]
        for text in result.templates.values()
        for resource in json.loads(text)["Resources"].values()
        if resource["Type"] == "AWS::SSM::Document"
    ]

    assert sorted(f"documents/{name}.yaml" for name in deployed) == sorted(
        path for path in result.files if path.startswith("documents/")
    )


def test_no_template_names_a_partition(result: Result) -> None:
    assert [path for path, text in result.templates.items() if "arn:aws:" in text] == []


def test_every_template_says_what_it_is_and_of_which_release(result: Result) -> None:
    descriptions = [json.loads(text)["Description"] for text in result.templates.values()]

    assert all(re.fullmatch(r"Automated security response: .+ \(version 0\.1\.0\)", text) for text in descriptions)


def test_every_template_passes_cfn_lint_without_error_or_warning(result: Result) -> None:
    assert lint(result.templates) == []


def test_templates_leave_room_below_the_limits_of_cloudformation(result: Result) -> None:
    measures = {path: template_measures(text) for path, text in result.templates.items()}

    for path, each in measures.items():
        used = {measure.what: measure.value / measure.limit for measure in each}
        assert used["bytes"] < 0.5, path
        assert used["resources"] < 0.6, path
    assert sum(len(text.encode()) for text in result.templates.values()) < 2_600_000


@pytest.mark.parametrize("root", ROOTS)
def test_every_parameter_of_a_root_has_default_limit_place_and_label(result: Result, root: str) -> None:
    template = json.loads(result.templates[f"templates/{root}.template"])
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    placed = {name for group in interface["ParameterGroups"] for name in group["Parameters"]}

    assert set(template["Parameters"]) == placed == set(interface["ParameterLabels"])
    assert {name for name, row in template["Parameters"].items() if "Default" not in row} <= {"SecHubAdminAccount"}
    for row in template["Parameters"].values():
        assert {"AllowedPattern", "AllowedValues", "MinValue"} & set(row)
        assert row["ConstraintDescription"]


PARAMETERS = {
    ROOTS[0]: "OrganizationId MemberAccounts LoadAFSBP LoadCIS120 LoadCIS140 LoadCIS300 LoadNIST80053 LoadPCI321 "
    "LoadSC UseCustomerKey RolePath PermissionsBoundary OrchestratorLogRetention InFlightPerAccountRegion "
    "TemplateBucket TemplatePrefix",
    ROOTS[1]: "SecHubAdminAccount Namespace OrganizationId RolePath PermissionsBoundary AllowUndo TemplateBucket "
    "TemplatePrefix",
}


@pytest.mark.parametrize("root", PARAMETERS)
def test_roots_take_the_parameters_that_others_rely_on(result: Result, root: str) -> None:
    template = json.loads(result.templates[f"templates/{root}.template"])

    assert sorted(PARAMETERS[root].split()) == sorted(template["Parameters"])


def test_the_lambda_code_is_a_package_that_knows_the_controls(result: Result) -> None:
    (path,) = [path for path in result.files if path.startswith("lambda/")]
    with zipfile.ZipFile(io.BytesIO(result.files[path])) as archive:
        names = set(archive.namelist())

    assert re.fullmatch(r"lambda/orchestrator-[0-9a-f]{16}\.zip", path)
    assert {"lambdas/__init__.py", "lambdas/prepare.py", "lambdas/controls.json"} <= names
    assert any(path in text for text in result.templates.values())


def test_supported_controls_has_a_row_for_each_control_of_each_playbook(result: Result) -> None:
    rows: list[dict[str, Any]] = json.loads(result.files["supported-controls.json"])
    row = next(row for row in rows if (row["standard"], row["control_id"]) == ("CIS120", "4.3"))

    assert {
        "standard": "CIS120",
        "version": "1.2.0",
        "control_id": "4.3",
        "security_control_id": "EC2.2",
        "document": "ASR-CIS_1.2.0_4.3",
        "remediation": "ASR-RemoveVPCDefaultSecurityGroupRules",
        "scope": "regional",
        "resource_type": "AWS::EC2::SecurityGroup",
        "preview": True,
        "undo": True,
        "risk": "interrupts",
        "retired": False,
    } == row
    assert len(rows) == sum(len(playbook.controls) for playbook in result.source.playbooks)


def test_manifest_tells_what_was_written(tmp_path: Path) -> None:
    run(tmp_path / "dist", "--version", "1.2.0")
    manifest = json.loads((tmp_path / "dist" / "manifest.json").read_text())
    written = contents(tmp_path / "dist")
    del written["manifest.json"]

    assert "1.2.0" == manifest["version"]
    assert written == {path: entry["sha256"] for path, entry in manifest["files"].items()}


def test_another_folder_time_zone_umask_and_hash_seed_give_the_same_bytes(tmp_path: Path, result: Result) -> None:
    command = f"umask 077; cd {tmp_path}; exec {sys.executable} {ROOT / 'build.py'} --no-lint --output deep/dist"
    environment = {**os.environ, "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    subprocess.run(["sh", "-c", command], check=True, env=environment, capture_output=True)

    expected = {path: hashlib.sha256(content).hexdigest() for path, content in result.files.items()}
    assert expected == contents(tmp_path / "deep" / "dist")


def test_one_playbook_is_built_alone(tmp_path: Path) -> None:
    run(tmp_path / "dist", "--playbook", "CIS120")
    names = [path.rpartition("/")[2] for path in contents(tmp_path / "dist")]
    rows = json.loads((tmp_path / "dist" / "supported-controls.json").read_text())

    assert {"CIS120"} == {row["standard"] for row in rows}
    assert {"AdminCIS120.template"} == {name for name in names if name.startswith("Admin")}
    assert {"ControlsCIS120.template"} == {name for name in names if name.startswith("Controls")}
    assert {"ASR-CIS_1.2.0"} == {name.rpartition("_")[0] for name in names if name.startswith("ASR-") and "_" in name}


def test_some_controls_are_built_alone(tmp_path: Path, result: Result) -> None:
    run(tmp_path / "dist", "--control", "RDS.*")
    rows = json.loads((tmp_path / "dist" / "supported-controls.json").read_text())
    of_rds = [
        row
        for row in json.loads(result.files["supported-controls.json"])
        if row["security_control_id"].startswith("RDS.")
    ]

    assert ("SC", "RDS.5") in [(row["standard"], row["control_id"]) for row in rows]
    assert of_rds == rows


def test_one_control_is_built_alone_in_one_playbook(tmp_path: Path) -> None:
    run(tmp_path / "dist", "--playbook", "SC", "--control", "RDS.5")
    rows = json.loads((tmp_path / "dist" / "supported-controls.json").read_text())

    assert [("SC", "RDS.5")] == [(row["standard"], row["control_id"]) for row in rows]


def test_another_prefix_is_in_every_name(tmp_path: Path) -> None:
    run(tmp_path / "dist", "--prefix", "QA")
    documents = [path.name for path in (tmp_path / "dist" / "documents").iterdir()]

    assert all(name.startswith("QA-") for name in documents)
    assert "ASR-" not in (tmp_path / "dist/templates/nested/OrchestratorMember.template").read_text()


def test_the_bucket_and_path_are_defaults_of_the_roots(tmp_path: Path) -> None:
    run(tmp_path / "dist", "--bucket", "my-bucket", "--bucket-prefix", "a/b")
    for root in ROOTS:
        parameters = json.loads((tmp_path / f"dist/templates/{root}.template").read_text())["Parameters"]

        assert ("my-bucket", "a/b") == (
            parameters["TemplateBucket"]["Default"],
            parameters["TemplatePrefix"]["Default"],
        )


def test_the_closing_table_tells_sizes_lint_and_links(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path / "dist", "--bucket", "my-bucket")
    text = capsys.readouterr().out

    assert re.search(r"^automated-security-response-admin +\d+ of 500 +\d+ of 200 +[\d,]+ of 1,000,000$", text, re.M)
    assert re.search(rf"^controls +{' [0-9]+, '.join(PLAYBOOKS)} [0-9]+$", text, re.M)
    assert re.search(r"^cfn-lint +not run \(--no-lint\)$", text, re.M)
    assert 3 == text.count(
        "https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/create"
    )
    assert "These links need a bucket" not in text


def test_without_a_bucket_the_table_says_that_the_links_need_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "dist")

    assert "These links need a bucket of yours: build with --bucket NAME" in capsys.readouterr().out


def test_json_output_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path / "dist", "--json", "--diff")
    report = json.loads(capsys.readouterr().out)

    assert {"output", "version", "files", "templates", "documents", "controls", "lint", "links", "changes"} == set(
        report
    )
    assert report["files"] == len(report["changes"]) + 1


def test_diff_tells_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path / "dist", "--version", "1.0.0")
    capsys.readouterr()
    run(tmp_path / "dist", "--version", "1.0.0", "--diff")
    unchanged = capsys.readouterr().out
    run(tmp_path / "dist", "--version", "1.0.0", "--control", "EC2.2", "--diff")
    fewer = capsys.readouterr().out

    assert re.search(r"^changes +none$", unchanged, re.M)
    assert re.search(r"^  gone +documents/ASR-SC_2.0.0_S3.1.yaml$", fewer, re.M)
    assert re.search(r"^  changed +index.html$", fewer, re.M)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--playbook", "CSI120"],
            "--playbook: there is no playbook CSI120\n    hint: did you mean CIS120, CIS140, PCI321?\n",
        ),
        (["--control", "EC2.222"], "--control: no control matches EC2.222\n"),
        (
            ["--playbook", "CIS120", "--control", "RDS.5"],
            "--control: none of these controls is in the chosen playbooks\n",
        ),
        (["--bucket", "My_Bucket"], "--bucket: 'My_Bucket' is not 3 to 48 lower-case letters, digits and hyphens "),
        (["--bucket-prefix", "/a"], "--bucket-prefix: '/a' is no path without a slash at its start and end\n"),
        (["--prefix", "TOOLONG"], "--prefix: 'TOOLONG' is not 1 to 6 letters and digits that start with a letter\n"),
        (["--version", "a b"], "--version: 'a b' is no version\n"),
        (["--runbooks", "/nowhere"], "/nowhere: there is no such folder\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_reported_and_leaves_the_dist_before_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "manifest.json").write_text("before")
    code = run(tmp_path / "dist", *arguments)

    assert 1 == code
    assert message in capsys.readouterr().err
    assert "before" == (tmp_path / "dist" / "manifest.json").read_text()
    assert [tmp_path / "dist"] == list(tmp_path.iterdir())


MANY = '''
from asr_templates.catalog.ec2 import CONTROLS
from asr_templates.model import Control
from asr_templates.playbook import Playbook

SAMPLE = CONTROLS[0]


class Many(Playbook):
    """More controls than a stack has parameters for."""

    key, short, version, standard = "MANY", "MANY", "1.0.0", "many"
    own_controls = tuple(
        Control(name, SAMPLE.runbook, SAMPLE.resource, {"MANY": name}, SAMPLE.note, risk=SAMPLE.risk)
        for name in map("EC2.{}".format, range(1001, 1201))
    )
'''


def test_more_controls_than_a_stack_takes_are_a_problem_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "many.py").write_text(MANY)
    code = run(tmp_path / "dist", "--playbooks", str(tmp_path / "mine"), "--playbook", "MANY")

    assert 1 == code
    assert "member.template: 207 parameters, AWS allows 200\n" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    code = run(tmp_path / "file" / "dist")

    assert 1 == code
    assert f"{tmp_path}/file/dist: cannot be written: Not a directory\n" in capsys.readouterr().err


def test_wrong_usage_has_a_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--colour"])

    assert 2 == stop.value.code


def test_build_py_without_the_package_says_what_installs_it() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-S", str(ROOT / "build.py")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)

    assert 1 == done.returncode
    assert (
        "build.py: asr_templates is not installed here; this installs and builds:\n"
        "    python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/python build.py\n"
    ) == done.stderr
