"""The catalog that is deployed, and a step's script as Systems Manager would run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asr_templates.loading import Catalog, load
from asr_templates.model import Document


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load()


@pytest.fixture(scope="session")
def handler() -> Callable[[Document], Callable[[Any, object], Any]]:
    """handler(step): the function that an aws:executeScript step calls."""

    def compiled(step: Document) -> Callable[[Any, object], Any]:
        scope: dict[str, Any] = {}
        exec(compile(step["inputs"]["Script"], step["name"], "exec"), scope)
        function: Callable[[Any, object], Any] = scope[step["inputs"]["Handler"]]
        return function

    return compiled
