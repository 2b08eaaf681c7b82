"""CONTRIBUTING's way to a new control, taken from its text and walked in a copy of the tree."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
DATA = ("playbooks", "runbook_yaml")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


def block(language: str, start: str) -> str:
    [found] = [text for text in blocks(language) if text.startswith(start)]
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources in which our packages of data are found beside the others."""
    for name in ("src", *DATA):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    (tmp_path / "tests" / "runbooks").mkdir(parents=True)
    for name in DATA:
        (tmp_path / "src" / "asr_templates" / name).symlink_to(tmp_path / name)
    return tmp_path


def run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    return done


def asr(tree: Path, *arguments: str) -> str:
    return run(tree, "asr_templates.cli", *arguments).stdout


def add_row(tree: Path, module: str, row: str) -> None:
    path = tree / "src" / "asr_templates" / "catalog" / f"{module}.py"
    text = path.read_text("utf-8")
    text = text.replace("model import Control\n", "model import Control, ResourceId\n")
    before, after = text.rsplit("\n)", 1)
    path.write_text(f"{before}\n{row}){after}", "utf-8")


def test_a_control_of_an_existing_remediation_is_one_row(tree: Path) -> None:
    add_row(tree, "ec2", block("python", 'Control(\n    id="EC2.99"'))

    asr(tree, "check")
    asr(tree, "build", "--no-lint", "--output", "dist")
    [listed] = json.loads(asr(tree, "list", "--control", "EC2.99", "--standard", "CIS120", "--json"))

    assert "EC2.99" in json.dumps(listed)
    assert (tree / "dist" / "documents" / "ASR-SC_2.0.0_EC2.99.yaml").is_file()
    assert (tree / "dist" / "documents" / "ASR-CIS_1.2.0_4.9.yaml").is_file()


def test_a_control_with_a_new_remediation_is_a_row_two_files_and_a_test(tree: Path) -> None:
    [command] = [text for text in blocks("console") if "new-runbook" in text]
    asr(tree, *command.split()[2:], "--runbooks", "runbook_yaml")
    name = command.split()[3]
    test = tree / "tests" / "runbooks" / "test_enable_s3_bucket_versioning.py"
    (tree / "runbook_yaml" / f"{name}.yaml").write_text(block("yaml", "permissions:"), "utf-8")
    (tree / "runbook_yaml" / f"{name}.py").write_text(block("python", "from asr_templates.embedded"), "utf-8")
    stub = re.compile(r"def broken\(\).*?\n\n\n", re.DOTALL)
    text = stub.sub(lambda _: block("python", "def broken()") + "\n\n", test.read_text("utf-8"))
    test.write_text(text.replace("ResourceArn", "BucketName"), "utf-8")
    add_row(tree, "s3", block("python", 'Control(\n    id="S3.14"'))

    asr(tree, "check")
    asr(tree, "build", "--no-lint", "--output", "dist")
    run(tree, "pytest", "-q", "-p", "no:cacheprovider", str(test))

    assert (tree / "dist" / "documents" / "ASR-SC_2.0.0_S3.14.yaml").is_file()
    assert "EnableS3BucketVersioning" in (tree / "dist" / "templates" / "nested" / "RolesS3.template").read_text()
