"""What an installation holds: every package, every data file, one command."""

from __future__ import annotations

import configparser
from fnmatch import fnmatch
from importlib import import_module, metadata
from pathlib import Path

import pytest

from asr_templates.solution import VERSION

ROOT = Path(__file__).parents[1]
HOMES = {"asr_templates": "src/asr_templates", "asr_templates.playbooks": "playbooks"}
HOMES["asr_templates.runbook_yaml"] = "runbook_yaml"
"""Package -> its folder, as package_dir says; packages within are folders within."""


@pytest.fixture(scope="module")
def configuration() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def lines(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line and not line.startswith("#")]


def tree() -> dict[str, Path]:
    """Package -> folder of everything that is a package."""
    found = {}
    for package, home in HOMES.items():
        for init in (ROOT / home).rglob("__init__.py"):
            inner = init.parent.relative_to(ROOT / home).parts
            found[".".join([package, *inner])] = init.parent
    return found


def test_packages_are_those_of_the_tree(configuration: configparser.ConfigParser) -> None:
    listed = lines(configuration["options"]["packages"])

    assert sorted(tree()) == listed


def test_folders_with_python_are_packages() -> None:
    folders = {path.parent for home in HOMES.values() for path in (ROOT / home).rglob("*.py")}

    assert folders == set(tree().values())


def test_every_data_file_is_installed(configuration: configparser.ConfigParser) -> None:
    data = {
        package: lines(globs.replace(",", "\n")) for package, globs in configuration["options.package_data"].items()
    }
    left_out = [
        str(path.relative_to(ROOT))
        for package, folder in tree().items()
        for path in folder.iterdir()
        if path.is_file()
        and path.suffix not in (".py", ".pyc")
        and not any(fnmatch(path.name, glob.strip()) for glob in data.get(package, []))
    ]

    assert [] == left_out


def test_every_glob_of_data_files_finds_one(configuration: configparser.ConfigParser) -> None:
    for package, globs in configuration["options.package_data"].items():
        for glob in globs.replace(",", "\n").split():
            assert list(tree()[package].glob(glob)), f"{package}: {glob}"


def test_version_is_stated_once_and_installed() -> None:
    assert VERSION == metadata.version("asr-templates")


def test_command_asr_exists() -> None:
    [command] = [entry for entry in metadata.entry_points(group="console_scripts") if entry.name == "asr"]

    assert callable(command.load())


def test_python_311_to_314_are_supported(configuration: configparser.ConfigParser) -> None:
    classifiers = lines(configuration["metadata"]["classifiers"])
    stated = [
        line.rpartition(" ")[2] for line in classifiers if line.startswith("Programming Language :: Python :: 3.")
    ]

    assert ["3.11", "3.12", "3.13", "3.14"] == stated
    assert ">=3.11" == configuration["options"]["python_requires"]


def test_moto_is_pinned_exactly(configuration: configparser.ConfigParser) -> None:
    extra = lines(configuration["options.extras_require"]["simulator"])

    assert ["moto[all]==5.2.5"] == [requirement for requirement in extra if requirement.startswith("moto")]


@pytest.mark.parametrize("package", sorted(tree()))
def test_package_can_be_imported(package: str) -> None:
    assert package == import_module(package).__name__
