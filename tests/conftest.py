"""What several folders of tests share: an AWS account on plain moto, and time that costs nothing."""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import botocore.session
import pytest
from botocore.loaders import create_loader
from moto import mock_aws

REGION = "us-east-1"

TESTS = Path(__file__).parent
INTEGRATION = (
    "commands",
    "end_to_end",
    "runbooks",
    "simulator",
    "test_contributing.py",
    "test_examples.py",
    "test_launch_page_in_browser.py",
)
"""Tests on an embedded AWS, in a browser or in processes of their own; the others are unit tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the expected files anew")


@pytest.fixture(scope="session", autouse=True)
def models() -> Iterator[None]:
    """botocore's models and moto's images are the same in every account: nobody reads them anew in each test."""
    with (
        mock.patch.object(botocore.session, "create_loader", cache(create_loader)),
        mock.patch.dict(os.environ, MOTO_EC2_LOAD_DEFAULT_AMIS="false"),
    ):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(TESTS).parts[0] in INTEGRATION:
            item.add_marker("integration")


class Clock:
    """Time that moves only when somebody sleeps, or by `step` whenever somebody looks at it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.step = 0.0
        self.sleeps: list[float] = []

    def time(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The id of an empty account on plain moto; boto3's own clients work in it, in us-east-1."""
    with mock_aws():
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        yield "123456789012"


@pytest.fixture
def packed() -> Callable[[Any], str]:
    """packed(output): a run's output as the documents' parameter Record takes it."""

    def pack(output: Any) -> str:
        return base64.b64encode(zlib.compress(json.dumps(output).encode())).decode()

    return pack
