"""IAM: AWS's own policies exist, a console password has a date of its own, an age that was not set is not there.

Sources: IAM API reference, PasswordPolicy (MaxPasswordAge is there if passwords expire; moto answers 0, which
UpdateAccountPasswordPolicy refuses), LoginProfile (CreateDate is the password's; moto answers the user's) and
ListEntitiesForPolicy (pages of all users, groups and roles; moto looks at the first hundred roles only).
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.iam import models
from moto.iam.models import AccountPasswordPolicy, IAMBackend, ManagedPolicy, User
from moto.iam.responses import IamResponse

_CREATED = "login_profile_created"
"""The attribute of moto's users that holds when their console password was made."""

_aws_policies: dict[tuple[str, str], list[ManagedPolicy]] = {}


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's IAM."""
    response, backend = IamResponse, IAMBackend
    with ExitStack() as stack:
        for owner, name, replacement in (
            (models, "load_iam_aws_managed_policies", lambda: True),
            (backend, "_init_aws_policies", _read_once(backend._init_aws_policies)),
            (AccountPasswordPolicy, "__init__", _without_zero_age(AccountPasswordPolicy.__init__)),
            (backend, "create_login_profile", _dated(backend.create_login_profile)),
            (response, "create_login_profile", _with_date(response.create_login_profile)),
            (response, "get_login_profile", _with_date(response.get_login_profile)),
            (response, "list_entities_for_policy", _list_entities_for_policy),
        ):
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _read_once(read: Callable[[IAMBackend], list[ManagedPolicy]]) -> Callable[[IAMBackend], list[ManagedPolicy]]:
    """Read AWS's 1,500 policies once; all that anybody can change of one is how many attachments it has."""

    def init_aws_policies(self: IAMBackend) -> list[ManagedPolicy]:
        place = self.account_id, self.region_name
        if place not in _aws_policies:
            _aws_policies[place] = read(self)
        return [copy.copy(policy) for policy in _aws_policies[place]]

    return init_aws_policies


def _without_zero_age(initialise: Callable[..., None]) -> Callable[..., None]:
    def initialised(self: AccountPasswordPolicy, *args: Any, **kwargs: Any) -> None:
        initialise(self, *args, **kwargs)
        self.max_password_age = self.max_password_age or None

    return initialised


def _dated(create: Callable[..., User]) -> Callable[..., User]:
    def create_login_profile(self: IAMBackend, *args: Any, **kwargs: Any) -> User:
        user = create(self, *args, **kwargs)
        setattr(user, _CREATED, utcnow())
        return user

    return create_login_profile


def _with_date(respond: Callable[[IamResponse], ActionResult]) -> Callable[[IamResponse], ActionResult]:
    def dated(self: IamResponse) -> ActionResult:
        profile: dict[str, Any] = respond(self).result["LoginProfile"]
        user = self.backend.get_user(profile["UserName"])
        created: datetime = getattr(user, _CREATED, user.create_date)
        return ActionResult({"LoginProfile": {**profile, "CreateDate": created}})

    return dated


_ENTITIES = {"Group": ("groups", "PolicyGroups"), "User": ("users", "PolicyUsers"), "Role": ("roles", "PolicyRoles")}
"""EntityFilter -> the backend's collection, and where the answer has it."""


def _list_entities_for_policy(self: IamResponse) -> ActionResult:
    asked = self._get_param("EntityFilter")
    prefix = self._get_param("PathPrefix") or "/"
    holders = [
        (answer, entity)
        for kind, (collection, answer) in _ENTITIES.items()
        for entity in getattr(self.backend, collection).values()
        if asked in (None, kind) and entity.path.startswith(prefix)
        if self._get_param("PolicyArn") in entity.managed_policies
    ]
    start = int(self._get_param("Marker") or 0)
    end = start + int(self._get_param("MaxItems") or 100)
    page: dict[str, Any] = {answer: [] for _, answer in _ENTITIES.values()}
    for answer, entity in holders[start:end]:
        page[answer].append(entity)
    more = {"IsTruncated": True, "Marker": str(end)} if end < len(holders) else {"IsTruncated": False}
    return ActionResult({**page, **more})
