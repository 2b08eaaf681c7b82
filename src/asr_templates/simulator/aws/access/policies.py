"""The policy language: statements, and the decision of a set of policies about a request.

Source: IAM user guide, "IAM JSON policy elements reference" and "Policy evaluation logic". A decision never rests on
something unknown: if it would, NotSimulated is raised; if another statement settles the matter, it does not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote

from asr_templates.aws_reference.arns import arn_matches, glob_matches
from asr_templates.simulator.aws.access.conditions import (
    Verdict,
    all_of,
    any_of,
    condition_holds,
    matches_with_variables,
    texts,
)
from asr_templates.simulator.aws.access.context import Context, Unknown
from asr_templates.simulator.aws.access.principals import (
    Caller,
    Principals,
    names_account_only,
    parse_principals,
    principal_matches,
)
from asr_templates.simulator.aws.errors import NotSimulated

Document = Mapping[str, object]

_ELEMENTS = {
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
}  # fmt: skip
_VARIABLES_SINCE = "2012-10-17"


class Effect(Enum):
    """What policies say about a request: `NONE` is IAM's implicit deny."""

    ALLOW = "allow"
    DENY = "deny"
    NONE = "none"


@dataclass(frozen=True)
class Statement:
    """One statement of a policy; None: the element is absent. Actions are in lower case."""

    effect: Effect
    sid: str = ""
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principals: Principals | None = None
    not_principals: Principals | None = None
    condition: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    variables: bool = True


@dataclass(frozen=True)
class Decision:
    """What a set of policies says about a request, and the statement that said it.

    `delegated` is true of a resource policy that allows only by naming the caller's account: then the account's own
    policies decide.
    """

    effect: Effect
    statement: Statement | None = None
    delegated: bool = False

    @property
    def allowed(self) -> bool:
        """Whether the request is allowed by these policies alone."""
        return self.effect is Effect.ALLOW and not self.delegated


def parse_document(document: str | bytes | Document) -> Document:
    """A policy as a mapping; a text may be percent-encoded, as IAM's API hands it out."""
    if isinstance(document, bytes):
        document = document.decode()
    if not isinstance(document, str):
        return document

    return _parsed(document)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Document:
    parsed: Document = json.loads(text if text.lstrip().startswith("{") else unquote(text))

    return parsed


def statements(document: str | bytes | Document) -> tuple[Statement, ...]:
    """The statements of a policy. Raises NotSimulated for an element that the policy language does not have."""
    if isinstance(document, str):
        return _statements_of_text(document)

    parsed = parse_document(document)
    version = str(parsed.get("Version", "2008-10-17"))
    listed = parsed.get("Statement", [])

    return tuple(_statement(entry, version) for entry in (listed if isinstance(listed, list) else [listed]))


@lru_cache(maxsize=1024)
def _statements_of_text(text: str) -> tuple[Statement, ...]:
    return statements(_parsed(text))


def _statement(entry: object, version: str) -> Statement:
    if not isinstance(entry, Mapping):
        raise NotSimulated("access", f"a Statement that is no object: {entry!r}")

    unknown = sorted(set(entry) - _ELEMENTS)
    if unknown:
        raise NotSimulated("access", f"the policy element {unknown[0]}")

    condition = entry.get("Condition") or {}
    if not isinstance(condition, Mapping):
        raise NotSimulated("access", f"a Condition that is no object: {condition!r}")

    return Statement(
        effect=Effect(str(entry.get("Effect")).lower()),
        sid=str(entry.get("Sid", "")),
        actions=_lower(entry.get("Action")),
        not_actions=_lower(entry.get("NotAction")),
        resources=_texts(entry.get("Resource")),
        not_resources=_texts(entry.get("NotResource")),
        principals=parse_principals(entry.get("Principal")),
        not_principals=parse_principals(entry.get("NotPrincipal")),
        condition=condition,
        variables=version >= _VARIABLES_SINCE,
    )


def _texts(value: object) -> tuple[str, ...] | None:
    return None if value is None else texts(value)


def _lower(value: object) -> tuple[str, ...] | None:
    return None if value is None else tuple(text.lower() for text in texts(value))


Resource = Sequence[str]
"""One resource of a request, by each of the names that a policy may give it."""


def decide(
    documents: Iterable[str | bytes | Document],
    action: str,
    resources: Sequence[Resource] | None,
    context: Context,
    caller: Caller | None = None,
) -> Decision:
    """What policies say about an action on resources; with several resources, each must be allowed.

    `resources` None: which resources the request touches is not known, so only a statement about `*` can settle it.
    `caller`: for policies with a Principal element (resource and trust policies). Raises NotSimulated if the decision
    depends on something unknown.
    """
    parsed = [statement for document in documents for statement in statements(document)]
    each: Sequence[Resource | None] = resources or [None]
    decisions = [_decide(parsed, action, one, context, caller) for one in each]
    denied = [decision for decision in decisions if decision.effect is not Effect.ALLOW]
    delegated = [decision for decision in decisions if decision.delegated]

    return next(iter(denied or delegated or decisions))


def _decide(
    parsed: Sequence[Statement], action: str, resource: Resource | None, context: Context, caller: Caller | None
) -> Decision:
    doubts: list[Unknown] = []
    denying: Unknown | None = None
    for statement in parsed:
        if statement.effect is Effect.DENY:
            verdict = _applies(statement, action, resource, context, caller)
            if verdict is True:
                return Decision(Effect.DENY, statement)
            if isinstance(verdict, Unknown):
                denying = verdict

    delegation: Statement | None = None
    for statement in parsed:
        if statement.effect is Effect.ALLOW:
            verdict = _applies(statement, action, resource, context, caller)
            if isinstance(verdict, Unknown):
                doubts.append(verdict)
            elif verdict and caller is not None and names_account_only(statement.principals, caller):
                delegation = statement
            elif verdict:
                return _settled(Decision(Effect.ALLOW, statement), action, denying)
    if doubts:
        raise NotSimulated(f"access: {action}", doubts[0].what)
    if delegation is not None:
        return _settled(Decision(Effect.ALLOW, delegation, delegated=True), action, denying)

    return Decision(Effect.NONE)


def _settled(decision: Decision, action: str, denying: Unknown | None) -> Decision:
    if denying is not None:
        raise NotSimulated(f"access: {action}", denying.what)

    return decision


def _applies(
    statement: Statement, action: str, resource: Resource | None, context: Context, caller: Caller | None
) -> Verdict:
    return all_of(
        (
            _action_matches(statement, action.lower()),
            caller is None or principal_matches(statement.principals, statement.not_principals, caller),
            _resource_matches(statement, resource, context),
            condition_holds(statement.condition, context),
        )
    )


def _action_matches(statement: Statement, action: str) -> bool:
    if statement.actions is not None:
        return any(glob_matches(pattern, action) for pattern in statement.actions)

    return not any(glob_matches(pattern, action) for pattern in statement.not_actions or ())


def _resource_matches(statement: Statement, resource: Resource | None, context: Context) -> Verdict:
    if statement.resources is not None:
        return any_of(_pattern_matches(pattern, resource, statement, context) for pattern in statement.resources)
    if statement.not_resources is None:  # a trust policy has no Resource
        return True

    excluded = any_of(_pattern_matches(pattern, resource, statement, context) for pattern in statement.not_resources)

    return excluded if isinstance(excluded, Unknown) else not excluded


def _pattern_matches(pattern: str, resource: Resource | None, statement: Statement, context: Context) -> Verdict:
    if pattern == "*":
        return True
    if resource is None:
        return Unknown("the resource of this request")
    if not statement.variables:
        return any(arn_matches(pattern, name) for name in resource)

    return any_of(matches_with_variables(pattern, name, context, arn_matches) for name in resource)
