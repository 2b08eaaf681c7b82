"""CodeBuild: UpdateProject.

Source: CodeBuild API reference, UpdateProject: what a request names is replaced as a whole, the rest stays.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from moto.codebuild.exceptions import ResourceNotFoundException
from moto.codebuild.responses import CodeBuildResponse, _validate_required_params_environment
from moto.core.responses import ActionResult
from moto.core.utils import unix_time

from asr_templates.simulator.aws.errors import NotSimulated

REPLACED = frozenset(
    (
        *("artifacts", "cache", "description", "encryptionKey", "environment", "logsConfig", "queuedTimeoutInMinutes"),
        *("serviceRole", "source", "sourceVersion", "tags", "timeoutInMinutes", "vpcConfig"),
    )
)
"""Parameters that BatchGetProjects shows under the same name."""


@contextmanager
def installed() -> Iterator[None]:
    """Add UpdateProject to moto's CodeBuild."""
    with mock.patch.object(CodeBuildResponse, "update_project", _update_project, create=True):
        yield


def _update_project(request: CodeBuildResponse) -> ActionResult:
    given = json.loads(request.body)
    name = given.pop("name")
    projects = request.codebuild_backend.codebuild_projects
    if name not in projects:
        raise ResourceNotFoundException(f"Project cannot be found: {name}")
    unknown = sorted(set(given) - REPLACED)
    if unknown:
        raise NotSimulated("UpdateProject", unknown[0])
    if "environment" in given:
        _validate_required_params_environment(given["environment"])
    metadata = projects[name].project_metadata
    metadata.update(given, lastModifiedDate=unix_time())
    return ActionResult({"project": metadata})
