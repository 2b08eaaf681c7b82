"""Scripts that many documents of one template carry, written once: as the default of a parameter that all refer to.

The documents in an account are whole; only the template is smaller. CloudFormation allows 4,096 bytes in a parameter's
value, so a longer script stays where it is, or is put together from pieces. A value does not end in a line break, which
nobody promises to keep.
"""

from collections import Counter
from collections.abc import Iterator

from troposphere import Join, Parameter, Ref, Template, ssm

from asr_templates.documents.scripts import embedded_source, join_sources
from asr_templates.model import Document

PARAMETER_BYTES = 4_096
"""CloudFormation quotas, parameter value."""

SUFFIX = "Script"


def is_script(parameter_name: str) -> bool:
    """Return whether a parameter holds a script: then its default is all that it ever is."""
    return parameter_name.endswith(SUFFIX)


def share_scripts(template: Template) -> None:
    """Move each script that several steps of the template's documents carry into a parameter.

    The parameter is named after the script's handler. Raises ValueError where two shared scripts have one handler.
    """
    uses = Counter(str(inputs["Script"]) for inputs in script_inputs(template))
    for inputs in script_inputs(template):
        script = str(inputs["Script"])
        if uses[script] > 1 and len(script.encode()) <= PARAMETER_BYTES:
            name = shared_parameter(template, str(inputs["Handler"]), script.removesuffix("\n"))
            inputs["Script"] = Join("\n", [Ref(name), ""])


def share_runner(template: Template) -> None:
    """Move the runner, with which the scripts of plans begin, into parameters, unless there is only one such script."""
    runner = join_sources(embedded_source("runner"))
    beginnings = [inputs for inputs in script_inputs(template) if str(inputs["Script"]).startswith(runner)]
    if len(beginnings) < 2:
        return
    parts = []
    for number, part in enumerate(pieces(runner), 1):
        name = f"Runner{number}{SUFFIX}"
        description = f"Part {number} of the script with which every remediation begins; not to be changed."
        template.add_parameter(Parameter(name, Type="String", Description=description, Default=part))
        parts.append(Ref(name))
    for inputs in beginnings:
        inputs["Script"] = Join("\n", [*parts, str(inputs["Script"]).removeprefix(runner)])


def pieces(script: str) -> list[str]:
    """Return a script in pieces of whole lines that a parameter can hold each, without the line break at their end."""
    found = [""]
    for line in script.splitlines(keepends=True):
        if len((found[-1] + line).encode()) > PARAMETER_BYTES:
            found.append("")
        found[-1] += line
    return [piece.removesuffix("\n") for piece in found]


def shared_parameter(template: Template, handler: str, script: str) -> str:
    """Add the parameter that holds a script, once; return its name."""
    name = f"{handler.title().replace('_', '')}{SUFFIX}"
    if name not in template.parameters:
        description = f"The script that ends in the function {handler}; not to be changed."
        template.add_parameter(Parameter(name, Type="String", Description=description, Default=script))
    elif template.parameters[name].Default != script:
        raise ValueError(f"two scripts that are shared have the handler {handler}: give one of them another name")
    return name


def script_inputs(template: Template) -> Iterator[Document]:
    """Yield the inputs of each step that runs a script."""
    for resource in template.resources.values():
        if isinstance(resource, ssm.Document):
            yield from (step["inputs"] for step in resource.Content["mainSteps"] if "Script" in step.get("inputs", {}))
