"""How a stack fails: a template that is refused, a resource that is refused, and a principal that does not exist."""

from collections.abc import Iterable


class TemplateError(Exception):
    """CloudFormation refuses the template, a parameter or a value in it; the text is what it would answer."""


class Refused(Exception):  # noqa: N818 - named for what happens to the resource
    """A resource cannot be created as it is described; the text is what the service would answer."""


def unresolved(names: Iterable[str], block: str, detail: str = "") -> TemplateError:
    """CloudFormation's answer to names that are not there, with the block of the template that holds them."""
    place = f"in the {block} block of the template{detail}"
    return TemplateError(f"Template format error: Unresolved resource dependencies [{', '.join(names)}] {place}")


def already_exists(resource_type: str, identifier: str) -> Refused:
    """CloudFormation's answer when a resource of that name is there already, made by this stack or by anyone else."""
    return Refused(
        f"Resource of type '{resource_type}' with identifier '{identifier}' already exists "
        "(Status Code: 400, Error Code: AlreadyExists)"
    )
