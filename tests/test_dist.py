"""What is written, and that dist/ is replaced as a whole or not at all."""

import io
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Template, sqs

from asr_templates.dist import (
    MANIFEST,
    WriteError,
    content_addressed,
    differences,
    document_text,
    load_manifest,
    manifest,
    template_text,
    write_dist,
    zipped,
)

FILES = {"lambdas/b.py": b"b = 1\n", "lambdas/a.py": b"a = 1\n"}


def dist_of(files: dict[str, bytes]) -> dict[str, bytes]:
    return {**files, MANIFEST: manifest("1.0.0", files)}


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_a_zip_has_the_same_bytes_whatever_the_order_of_its_files() -> None:
    assert zipped(FILES) == zipped(dict(reversed(FILES.items())))


def test_a_zip_has_fixed_times_order_and_modes() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(FILES))) as archive:
        entries = [(entry.filename, entry.date_time, entry.external_attr >> 16) for entry in archive.infolist()]

    moment = (1980, 1, 1, 0, 0, 0)
    assert [("lambdas/a.py", moment, 0o100644), ("lambdas/b.py", moment, 0o100644)] == entries


@pytest.mark.parametrize("environment", [{"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"}])
def test_a_zip_has_the_same_bytes_in_any_time_zone_and_process(environment: dict[str, str]) -> None:
    code = f"import sys; from asr_templates.dist import zipped; sys.stdout.buffer.write(zipped({FILES!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, **environment}
    )

    assert zipped(FILES) == done.stdout


def test_the_name_of_a_zip_changes_with_its_content() -> None:
    names = {content_addressed("orchestrator", zipped({"a": text})) for text in (b"1", b"2", b"1")}

    assert len(names) == 2


def test_documents_are_written_in_block_style_with_scripts_as_they_are() -> None:
    script = "def handler(event, context):\n    return {}\n"
    document = {"schemaVersion": "0.3", "mainSteps": [{"name": "A", "inputs": {"Script": script, "Ids": ["x"]}}]}

    assert document_text(document) == (
        "schemaVersion: '0.3'\n"
        "mainSteps:\n"
        "- name: A\n"
        "  inputs:\n"
        "    Script: |\n"
        "      def handler(event, context):\n"
        "          return {}\n"
        "    Ids:\n"
        "    - x\n"
    )


def test_equal_parts_of_a_document_are_written_out_each_time() -> None:
    part = {"a": [1]}

    assert "&" not in document_text({"first": part, "second": part})


@given(
    st.recursive(
        st.booleans()
        | st.integers()
        | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc{}:# '\"", min_size=1), inner),
        max_leaves=20,
    )
)
def test_what_is_written_of_a_document_reads_back_equal(value: object) -> None:
    assert {"value": value} == yaml.safe_load(document_text({"value": value}))


def test_templates_are_compact_unless_they_are_to_be_pretty() -> None:
    template = Template()
    template.add_resource(sqs.Queue("Queue"))

    assert template_text(template) == '{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}}}'
    assert template_text(template, pretty=True)[:18] == '{\n  "Resources": {'


def test_dist_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    write_dist(folder, dist_of({"old.txt": b"old", "templates/a": b"1"}))
    files = dist_of({"templates/a": b"2", "templates/nested/b": b"3"})
    write_dist(folder, files)

    assert files == content(folder)
    assert [folder] == list(tmp_path.iterdir())


def test_a_dist_in_a_new_folder_makes_its_parents(tmp_path: Path) -> None:
    write_dist(tmp_path / "a" / "b", dist_of({"x": b"1"}))

    assert (tmp_path / "a" / "b" / "x").read_bytes() == b"1"


def test_a_failure_leaves_the_dist_before_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    before = dist_of({"a": b"1"})
    write_dist(folder, before)
    with pytest.raises(WriteError, match="cannot be written"):
        write_dist(folder, dist_of({"a": b"2", "a/b": b"a file cannot hold another"}))

    assert before == content(folder)
    assert [folder] == list(tmp_path.iterdir())


def test_a_folder_with_other_files_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(WriteError) as caught:
        write_dist(tmp_path, dist_of({"a": b"1"}))

    assert (
        f"{tmp_path}: holds files that no build made (it has no manifest.json)\n"
        "    hint: give a new folder as --output, or empty this one"
    ) == str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("")
    with pytest.raises(WriteError) as caught:
        write_dist(tmp_path / "dist", {})

    assert f"{tmp_path}/dist: is a file\n    hint: give a folder as --output" == str(caught.value)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError) as caught:
        write_dist(tmp_path / "file" / "dist", dist_of({"a": b"1"}))

    assert (
        f"{tmp_path}/file/dist: cannot be written: Not a directory\n"
        "    hint: make it writable, or give another folder as --output"
    ) == str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(WriteError, match="cannot be written: Permission denied"):
        write_dist(tmp_path / "dist", dist_of({"a": b"1"}))


def test_manifest_lists_files_in_order_with_hash_and_size_and_not_itself() -> None:
    assert manifest("1.0.0", {"b": b"2", "a": b"1"}).decode() == (
        "{\n"
        '  "version": "1.0.0",\n'
        '  "files": {\n'
        '    "a": {\n'
        '      "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",\n'
        '      "bytes": 1\n'
        "    },\n"
        '    "b": {\n'
        '      "sha256": "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35",\n'
        '      "bytes": 1\n'
        "    }\n"
        "  }\n"
        "}\n"
    )


def test_differences_tell_new_changed_and_gone_files(tmp_path: Path) -> None:
    write_dist(tmp_path / "dist", dist_of({"a": b"1", "b": b"1", "c": b"1"}))
    before = load_manifest(tmp_path / "dist")

    assert differences(before, dist_of({"b": b"2", "c": b"1", "d": b"1"})) == [
        ("gone", "a"),
        ("changed", "b"),
        ("new", "d"),
    ]


@pytest.mark.parametrize("text", ["", "[]", '{"files": {"a": 1}}', "\xff"])
def test_a_broken_manifest_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="latin-1")

    assert load_manifest(tmp_path) == {}
