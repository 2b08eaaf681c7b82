"""Conditions and rules: what a template decides from its parameters before anything is created.

Both may refer to parameters, pseudo parameters and mappings only. Source: CloudFormation template reference,
"Condition functions" and "Rule-specific intrinsic functions".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asr_templates.simulator.aws.cloudformation.failures import TemplateError
from asr_templates.simulator.aws.cloudformation.intrinsics import Resolver
from asr_templates.simulator.aws.cloudformation.references import references
from asr_templates.simulator.aws.cloudformation.template import Template
from asr_templates.simulator.aws.errors import NotSimulated

MEMBERS_OF_AND_OR = range(2, 11)
NOT_SIMULATED = frozenset(["Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"])


@dataclass
class Conditions:
    """The conditions of one template, each worked out once, when it is first asked for."""

    declared: Mapping[str, Any]
    resolver: Resolver
    _known: dict[str, bool] = field(default_factory=dict)
    _pending: list[str] = field(default_factory=list)

    def chosen(self, name: str) -> bool:
        """Say whether a condition is true. Raises TemplateError if it is undefined or refers to itself."""
        if name in self._known:
            return self._known[name]
        if name not in self.declared:
            raise TemplateError(
                f"Template format error: Unresolved condition dependency {name} in the Conditions block of the template"
            )
        if name in self._pending:
            cycle = ", ".join(self._pending)
            raise TemplateError(f"Template error: Found circular condition dependency between [{cycle}]")
        self._pending.append(name)
        self._known[name] = self.decide(self.declared[name])
        self._pending.remove(name)
        return self._known[name]

    def decide(self, expression: Any) -> bool:
        """Work out a condition expression, `{"Fn::Equals": [a, b]}`."""
        if not isinstance(expression, dict) or len(expression) != 1:
            raise TemplateError(
                f"Template format error: a condition must be one condition function, not {expression!r}"
            )
        ((name, argument),) = expression.items()
        if name in NOT_SIMULATED:
            raise NotSimulated(self.resolver.surroundings.path, name)
        if name not in CONDITION_FUNCTIONS:
            raise TemplateError(f"Template format error: {name} is not a condition function")
        return CONDITION_FUNCTIONS[name](self, argument)


def _condition(conditions: Conditions, argument: Any) -> bool:
    if not isinstance(argument, str):
        raise TemplateError("Template format error: Every Condition object must have a single String value.")
    return conditions.chosen(argument)


def _equals(conditions: Conditions, argument: Any) -> bool:
    left, right = _list(argument, "Fn::Equals", range(2, 3))
    resolver = conditions.resolver
    return resolver.text(left, "Fn::Equals") == resolver.text(right, "Fn::Equals")


def _not(conditions: Conditions, argument: Any) -> bool:
    return not conditions.decide(_list(argument, "Fn::Not", range(1, 2))[0])


def _and(conditions: Conditions, argument: Any) -> bool:
    return all(conditions.decide(item) for item in _list(argument, "Fn::And", MEMBERS_OF_AND_OR))


def _or(conditions: Conditions, argument: Any) -> bool:
    return any(conditions.decide(item) for item in _list(argument, "Fn::Or", MEMBERS_OF_AND_OR))


def _contains(conditions: Conditions, argument: Any) -> bool:
    choices, value = _list(argument, "Fn::Contains", range(2, 3))
    resolver = conditions.resolver
    return resolver.text(value, "Fn::Contains") in resolver.items(choices, "Fn::Contains")


def _each_member_equals(conditions: Conditions, argument: Any) -> bool:
    members, value = _list(argument, "Fn::EachMemberEquals", range(2, 3))
    resolver = conditions.resolver
    wanted = resolver.text(value, "Fn::EachMemberEquals")
    return all(member == wanted for member in resolver.items(members, "Fn::EachMemberEquals"))


def _each_member_in(conditions: Conditions, argument: Any) -> bool:
    members, choices = _list(argument, "Fn::EachMemberIn", range(2, 3))
    resolver = conditions.resolver
    return set(resolver.items(members, "Fn::EachMemberIn")) <= set(resolver.items(choices, "Fn::EachMemberIn"))


def _list(argument: Any, function: str, lengths: range) -> list[Any]:
    if not isinstance(argument, list) or len(argument) not in lengths:
        wanted = str(lengths.start) if len(lengths) == 1 else f"{lengths.start} to {lengths.stop - 1}"
        raise TemplateError(f"Template error: every {function} object requires a list of {wanted} parameters")
    return argument


CONDITION_FUNCTIONS: Mapping[str, Callable[[Conditions, Any], bool]] = {
    "Condition": _condition,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": _each_member_equals,
    "Fn::EachMemberIn": _each_member_in,
}
RULE_FUNCTIONS = frozenset(["Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn"])


def check_conditions(template: Template, conditions: Conditions) -> None:
    """Work out every condition and refuse what CloudFormation refuses. Raises TemplateError."""
    for name, expression in template.conditions.items():
        for reference in references(expression):
            if reference.attribute is not None or reference.name in template.resources:
                raise TemplateError(
                    f"Template format error: Unresolved dependencies [{reference.name}]. "
                    "Cannot reference resources in the Conditions block of the template"
                )
            _check_parameter(reference.name, template, f"the Conditions block of the template ({name})")
        used = sorted(RULE_FUNCTIONS & set(_function_names(expression)))
        if used:
            raise TemplateError(f"Template format error: {used[0]} may be used in Rules only, not in condition {name}")
    for name in template.conditions:
        conditions.chosen(name)


def check_rules(template: Template, conditions: Conditions) -> None:
    """Refuse parameter values that a rule's assertions refuse. Raises TemplateError with the assertion's text."""
    for name, rule in template.rules.items():
        unknown = sorted(set(rule) - {"RuleCondition", "Assertions"})
        if unknown or not isinstance(rule.get("Assertions"), list):
            raise TemplateError(
                f"Template format error: Rule {name} must have Assertions and may have a RuleCondition, nothing else"
            )
        for reference in references([rule.get("RuleCondition"), rule["Assertions"]]):
            _check_parameter(reference.name, template, f"the Rules block of the template ({name})")
        if "RuleCondition" in rule and not conditions.decide(rule["RuleCondition"]):
            continue
        for assertion in rule["Assertions"]:
            if not conditions.decide(assertion.get("Assert")):
                described = assertion.get("AssertDescription", f"an assertion of rule {name} is not met")
                raise TemplateError(f"Template error: Rule {name}: {described}")


def _check_parameter(name: str, template: Template, block: str) -> None:
    if name not in template.parameters and not name.startswith("AWS::"):
        raise TemplateError(f"Template format error: Unresolved dependencies [{name}] in {block}")


def _function_names(expression: Any) -> list[str]:
    if isinstance(expression, list):
        return [name for item in expression for name in _function_names(item)]
    if isinstance(expression, dict):
        return [*expression, *(name for item in expression.values() for name in _function_names(item))]
    return []
