"""Playbooks and runbooks are read from folders, ours and a user's alike; whatever is wrong is said with its place."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from asr_templates.catalog import CONTROLS
from asr_templates.loading import Catalog, LoadError, load, nearest
from asr_templates.model import Permission
from asr_templates.names import Names

RUNBOOK = """\
permissions:
  read:
    - actions: [sns:GetTopicAttributes]
      resources: ["*"]
  change:
    - {actions: [sns:SetTopicAttributes], resources: ["*"]}
  dependencies:
    - {actions: ["kms:Decrypt"], resources: ["*"], because: SNS decrypts}
---
schemaVersion: "0.3"
parameters: {}
mainSteps: []
"""
PLAYBOOK = '''
"""Mine."""
from asr_templates import Control, Playbook, ResourceId

TOPIC = ResourceId("AWS::SNS::Topic", r"^(arn:.+)$", "TopicArn")


class Mine(Playbook):
    """Serves one control."""

    key, short, version, standard = "MINE", "M", "1.0.0", "my-benchmark"
    own_controls = (Control("SNS.99", "EnableMine", TOPIC, {"MINE": "1.1"}, "done"),)
'''
Folder = Callable[..., Path]
numbers = itertools.count()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """folder({name: text}): a new folder with these files."""

    def make(files: dict[str, str | bytes]) -> Path:
        made = tmp_path / f"folder{next(numbers)}"
        made.mkdir()
        for name, content in files.items():
            (made / name).write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
        return made

    return make


@pytest.fixture
def problems(folder: Folder) -> Callable[..., list[str]]:
    """problems(runbooks, playbooks): what is wrong with a user's folders of these files, without the folders' names."""

    def find(runbooks: dict[str, str | bytes], playbooks: dict[str, str | bytes] | None = None) -> list[str]:
        folders = folder(runbooks), folder(playbooks or {})
        with pytest.raises(LoadError) as error:
            load([folders[1]], [folders[0]])
        assert "\n".join(map(str, error.value.problems)) == str(error.value)
        return [
            str(problem).replace(f"{folders[0]}/", "").replace(f"{folders[1]}/", "") for problem in error.value.problems
        ]

    return find


# What is read


def test_our_own_playbooks_runbooks_and_rows_are_there() -> None:
    catalog = load()

    assert {"SC", "CIS120"} <= set(catalog.playbooks)
    assert {control.runbook for control in CONTROLS} <= set(catalog.runbooks)
    assert CONTROLS == catalog.controls


def test_folders_of_a_user_are_loaded_like_ours(folder: Folder) -> None:
    runbooks = folder({"EnableMine.yaml": RUNBOOK, "EnableMine.py": "# plan\n"})
    playbooks = folder({"mine.py": PLAYBOOK, "__init__.py": "raise RuntimeError"})

    catalog = load([playbooks], [runbooks])

    assert set(load().runbooks) | {"EnableMine"} == set(catalog.runbooks)
    assert set(load().playbooks) | {"MINE"} == set(catalog.playbooks)
    [mine] = catalog.select(["MINE"], [], Names())
    assert ["ASR-M_1.0.0_1.1"] == list(mine.documents())
    assert ["EnableMine"] == list(mine.runbooks)


def test_runbook_is_its_permissions_its_document_and_its_plan(folder: Folder) -> None:
    runbooks = folder({"EnableMine.yaml": RUNBOOK, "EnableMine.py": "# plan\n"})
    runbook = load([], [runbooks]).runbooks["EnableMine"]

    expected = {
        "read": (Permission(("sns:GetTopicAttributes",), ("*",)),),
        "change": (Permission(("sns:SetTopicAttributes",), ("*",)),),
        "undo": (),
        "dependencies": (Permission(("kms:Decrypt",), ("*",), "SNS decrypts"),),
    }
    assert expected == runbook.permissions
    assert {"schemaVersion": "0.3", "parameters": {}, "mainSteps": []} == runbook.document
    assert ("EnableMine", "# plan\n") == (runbook.name, runbook.plan)


def test_conditions_of_a_permission_reach_it(folder: Folder) -> None:
    entry = "- {actions: [iam:PassRole], resources: ['*'], conditions: {StringEquals: {'iam:PassedToService': a.b}}}"
    text = RUNBOOK.replace("  dependencies:\n", f"  dependencies:\n    {entry}\n")
    runbooks = folder({"EnableMine.yaml": text, "EnableMine.py": "# plan\n"})
    passing, decrypting = load([], [runbooks]).runbooks["EnableMine"].permissions["dependencies"]

    conditions = {"StringEquals": {"iam:PassedToService": "a.b"}}
    assert Permission(("iam:PassRole",), ("*",), "", conditions) == passing
    assert {} == decrypting.conditions


def test_two_folders_of_playbooks_may_have_files_of_one_name(folder: Folder) -> None:
    other = PLAYBOOK.replace("MINE", "OTHER").replace("EnableMine", "SetIAMPasswordPolicy")
    mine = PLAYBOOK.replace("EnableMine", "SetIAMPasswordPolicy")

    catalog = load([folder({"mine.py": mine}), folder({"mine.py": other})], [])
    assert {"MINE", "OTHER"} <= set(catalog.playbooks)


# Folders


def test_missing_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as error:
        load([tmp_path / "playbooks"], [tmp_path / "runbooks"])

    expected = [
        f"{tmp_path}/runbooks: there is no such folder\n    hint: name an existing folder",
        f"{tmp_path}/playbooks: there is no such folder\n    hint: name an existing folder",
    ]
    assert expected == [str(problem) for problem in error.value.problems]


# Runbooks


def test_invalid_yaml_is_reported_with_file_and_line(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({"EnableMine.yaml": "permissions:\n  read: [\n---\n", "EnableMine.py": ""})

    assert problem.startswith("EnableMine.yaml:3: invalid YAML: ")


def test_tab_in_yaml_is_reported_with_file_and_line(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({"EnableMine.yaml": "permissions:\n\tread: x\n", "EnableMine.py": ""})

    assert problem.startswith("EnableMine.yaml:2: invalid YAML: ")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: \x00"], ids=["not UTF-8", "control character"])
def test_yaml_that_is_no_text_is_reported_with_its_file(problems: Callable[..., list[str]], content: bytes) -> None:
    [problem] = problems({"EnableMine.yaml": content, "EnableMine.py": ""})

    assert problem.startswith("EnableMine.yaml: invalid YAML: ")


def test_plan_that_is_no_text_is_reported_with_its_file(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({"EnableMine.yaml": RUNBOOK, "EnableMine.py": b"# \xff\n"})

    assert problem.startswith("EnableMine.py: is not UTF-8: ")
    assert problem.endswith("hint: save it as UTF-8")


def test_runbook_without_its_plan_is_reported(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({"EnableMine.yaml": RUNBOOK})

    assert "EnableMine.yaml: its plan EnableMine.py is missing\n    hint: write EnableMine.py" == problem


@pytest.mark.parametrize(
    ("content", "number"),
    [("", 0), ("permissions: {}\n", 1), (f"{RUNBOOK}---\n{{}}\n", 3), ("- x\n---\n- y\n", 2)],
    ids=["empty", "one document", "three documents", "lists"],
)
def test_runbook_that_is_not_two_mappings_is_reported(
    problems: Callable[..., list[str]], content: str, number: int
) -> None:
    [problem] = problems({"EnableMine.yaml": content, "EnableMine.py": ""})

    expected = f"EnableMine.yaml: has {number} YAML documents, not 2 mappings"
    assert f"{expected}\n    hint: first the permissions, then --- and the SSM document" == problem


@pytest.mark.parametrize(
    "head", ["permissions: [read]", "permission: {}", "permissions: {}\nversion: 1"], ids=["a list", "misspelt", "more"]
)
def test_first_document_that_is_not_the_permissions_is_reported(problems: Callable[..., list[str]], head: str) -> None:
    [problem] = problems({"EnableMine.yaml": f"{head}\n---\nparameters: {{}}\nmainSteps: []\n", "EnableMine.py": ""})

    assert "EnableMine.yaml: its first YAML document must hold `permissions` and nothing else" == problem


def test_misspelt_group_of_permissions_is_reported_with_its_place_and_a_hint(
    problems: Callable[..., list[str]],
) -> None:
    [problem] = problems({"EnableMine.yaml": RUNBOOK.replace("  change:", "  chnage:"), "EnableMine.py": ""})

    assert "EnableMine.yaml: permissions: unknown group chnage\n    hint: did you mean change?" == problem


@pytest.mark.parametrize(
    "entry",
    [
        "sns:GetTopicAttributes",
        "{actions: [sns:GetTopicAttributes]}",
        '{actions: [sns:GetTopicAttributes], resource: ["*"]}',
        '{actions: sns:GetTopicAttributes, resources: ["*"]}',
        '{actions: [sns:GetTopicAttributes], resources: "*"}',
        '{actions: [], resources: ["*"]}',
        '{actions: [1], resources: ["*"]}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], because: [x]}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], condition: {StringEquals: {"a:B": c}}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: }',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: StringEquals}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: [{StringEquals: {"a:B": c}}]}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {StringEquals: c}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {StringEquals: ["a:B", c]}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {StringEquals: {"a:B": [c]}}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {StringEquals: {1: c}}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {StringEquals: {yes: c}}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {1: {"a:B": c}}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {Bool: {"a:B": true}}}',
        '{actions: [sns:GetTopicAttributes], resources: ["*"], conditions: {ArnLike: {"a:B": c}, Bool: {"a:B": 1}}}',
    ],
)
def test_malformed_permission_is_reported_with_its_place(problems: Callable[..., list[str]], entry: str) -> None:
    """A text in the place of a list is not taken for a list of letters."""
    head = f'permissions: {{change: [{{actions: [sns:A], resources: ["*"]}}, {entry}]}}'
    [problem] = problems({"EnableMine.yaml": f"{head}\n---\nparameters: {{}}\nmainSteps: []\n", "EnableMine.py": ""})

    expected = "EnableMine.yaml: permissions.change[1]: needs actions and resources, may have because and conditions"
    hint = "actions and resources are lists of texts, conditions a map of operator to keys to texts"
    assert f"{expected}\n    hint: {hint}" == problem


@pytest.mark.parametrize("document", ["mainSteps: []", "parameters: {}", "parameters: []\nmainSteps: []"])
def test_document_without_parameters_or_steps_is_reported(problems: Callable[..., list[str]], document: str) -> None:
    [problem] = problems({"EnableMine.yaml": f"permissions: {{}}\n---\n{document}\n", "EnableMine.py": ""})

    assert "EnableMine.yaml: its SSM document has no parameters or no mainSteps" == problem


def test_runbook_of_a_name_that_exists_is_reported(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({"SetIAMPasswordPolicy.yaml": RUNBOOK, "SetIAMPasswordPolicy.py": ""})

    expected = "SetIAMPasswordPolicy.yaml: runbook SetIAMPasswordPolicy exists already"
    assert f"{expected}\n    hint: give it another name" == problem


# Playbooks


def test_syntax_error_in_a_playbook_is_reported_with_file_and_line(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({}, {"mine.py": "from asr_templates import Playbook\n\nclass Mine(Playbook)\n    pass\n"})

    assert "mine.py:3: invalid Python: expected ':'" == problem


def test_playbook_that_cannot_be_imported_is_reported_with_the_error(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({}, {"mine.py": "import no_such_module\n"})

    assert "mine.py: cannot be imported: ModuleNotFoundError: No module named 'no_such_module'" == problem


def test_playbook_without_its_attributes_is_reported(problems: Callable[..., list[str]]) -> None:
    source = "from asr_templates import Playbook\n\nclass Mine(Playbook):\n    key = 'MINE'\n    version = 1.0\n"
    [problem] = problems({}, {"mine.py": source})

    assert "mine.py: Mine: lacks short, version, standard\n    hint: set them as texts" == problem


def test_playbook_of_a_key_that_exists_is_reported(problems: Callable[..., list[str]]) -> None:
    source = PLAYBOOK.replace('"MINE", "M"', '"SC", "M"').replace("EnableMine", "SetIAMPasswordPolicy")
    [problem] = problems({}, {"mine.py": source})

    assert "mine.py: playbook SC exists already\n    hint: give it another key" == problem


def test_row_without_a_runbook_is_reported_with_the_nearest_names(problems: Callable[..., list[str]]) -> None:
    [problem] = problems({}, {"mine.py": PLAYBOOK.replace("EnableMine", "SetIamPasswordPolicy")})

    expected = "control SNS.99: there is no runbook SetIamPasswordPolicy\n    hint: did you mean SetIAMPasswordPolicy?"
    assert expected == problem


def test_all_problems_are_reported_at_once(problems: Callable[..., list[str]]) -> None:
    found = problems({"A.yaml": "[", "B.yaml": RUNBOOK}, {"c.py": "(", "d.py": "1 / 0\n"})

    assert ["A.yaml", "A.yaml", "B.yaml", "c.py", "d.py"] == [problem.partition(":")[0] for problem in found]


# Selecting


def selected(catalog: Catalog, keys: list[str], globs: list[str]) -> dict[str, list[str]]:
    """Playbook -> the ids of its controls, in the standard."""
    chosen = catalog.select(keys, globs, Names())
    return {
        playbook.key: [control_id for served in playbook.documents().values() for control_id in served]
        for playbook in chosen
    }


def test_without_keys_and_globs_everything_is_selected() -> None:
    assert sorted(load().playbooks) == sorted(selected(load(), [], []))
    consolidated = [row.id for row in CONTROLS if row.ids.get("SC") != ""]
    assert sorted(consolidated) == sorted(selected(load(), [], [])["SC"])
    for key in set(load().playbooks) - {"SC"}:
        assert sorted(row.ids[key] for row in CONTROLS if key in row.ids) == sorted(selected(load(), [], [])[key])


def test_keys_select_playbooks() -> None:
    assert ["CIS120"] == list(selected(load(), ["CIS120"], []))


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("EC2.2", {"SC": ["EC2.2"], "CIS120": ["4.3"]}),
        ("4.3", {"CIS120": ["4.3"]}),
        ("IAM.1[45]", {"SC": ["IAM.14", "IAM.15"], "CIS120": ["1.8", "1.9"]}),
        ("S3.1", {"SC": ["S3.1"]}),
    ],
)
def test_globs_select_controls_by_either_id(glob: str, expected: dict[str, list[str]]) -> None:
    assert expected == {key: ids for key, ids in selected(load(), ["SC", "CIS120"], [glob]).items() if ids}


def test_star_of_a_glob_selects_every_control_of_a_service_and_no_other() -> None:
    found = {key: ids for key, ids in selected(load(), ["SC", "CIS120"], ["S3.*"]).items() if ids}

    assert {"SC": sorted(row.id for row in CONTROLS if row.id.startswith("S3."))} == {
        key: sorted(ids) for key, ids in found.items()
    }
    assert 1 < len(found["SC"])


def test_own_controls_of_a_playbook_can_be_selected(folder: Folder) -> None:
    runbooks = folder({"EnableMine.yaml": RUNBOOK, "EnableMine.py": ""})
    catalog = load([folder({"mine.py": PLAYBOOK})], [runbooks])

    assert {"MINE": ["1.1"]} == selected(catalog, ["MINE"], ["SNS.99"])
    assert {"MINE": ["1.1"]} == {key: ids for key, ids in selected(catalog, [], ["SNS.99"]).items() if ids}


@pytest.mark.parametrize(
    ("keys", "globs", "expected"),
    [
        (["CIS12O"], [], "--playbook: there is no playbook CIS12O\n    hint: did you mean CIS120, CIS140, PCI321?"),
        (["SC"], ["EC2.99", "S3.1"], "--control: no control matches EC2.99\n    hint: did you mean EC2."),
        (["SC"], ["zzz"], "--control: no control matches zzz\n    hint: known: 1.10, 1.11, "),
        (["SC"], [""], "--control: no control matches \n    hint: known: 1.10, 1.11, "),
    ],
)
def test_unknown_playbook_and_control_are_reported_with_the_nearest_names(
    keys: list[str], globs: list[str], expected: str
) -> None:
    with pytest.raises(LoadError) as error:
        load().select(keys, globs, Names())

    assert str(error.value).startswith(expected)


def test_hint_names_at_most_three_of_the_nearest() -> None:
    assert "did you mean EC2.1, EC2.14, EC2.13?" == nearest("EC2.1", ["EC2.1", "EC2.12", "EC2.13", "EC2.14", "S3.1"])
    assert "known: a, b" == nearest("zzz", ["b", "a"])
