"""JSONPath in a state machine: paths, reference paths, context paths and intrinsic functions.

Source: Amazon States Language specification, "Paths", "Reference Paths", "The Context Object", "Intrinsic Functions".
"""

import re
from collections.abc import Iterator, Mapping

STEP = r"(?:\.[A-Za-z_][\w-]*|\['[^']+'\]|\[\d+\])"
REFERENCE_PATH = re.compile(rf"\$(?:{STEP})*")
PATH = re.compile(rf"\$(?:{STEP}|\.\*|\[\*\]|\[-?\d*:-?\d*\]|\[\?\(.+\)\]|\.\.[A-Za-z_*][\w-]*)*")
CONTEXT_PATH = re.compile(rf"\$\$(?:\.(Execution|State|StateMachine|Task|Map)(?:{STEP})*)?")
INTRINSIC = re.compile(r"States\.([A-Za-z0-9]+)\((.*)\)", re.DOTALL)

INTRINSICS = frozenset(
    (
        *("Array", "ArrayContains", "ArrayGetItem", "ArrayLength", "ArrayPartition", "ArrayRange", "ArrayUnique"),
        *("Base64Decode", "Base64Encode", "Format", "Hash", "JsonMerge", "JsonToString", "MathAdd", "MathRandom"),
        *("StringSplit", "StringToJson", "UUID"),
    )
)


def path_complaint(value: object) -> str | None:
    """Return what is wrong with a path that reads a state's input or the context; None: nothing."""
    if not isinstance(value, str):
        return f"{value!r} is no path"
    if value.startswith("$$"):
        return None if CONTEXT_PATH.fullmatch(value) else f"{value} is nothing that the context object has"
    return None if PATH.fullmatch(value) else f"{value!r} is no JSONPath"


def reference_path_complaint(value: object) -> str | None:
    """Return what is wrong with a path that a result is written to; None: nothing."""
    if isinstance(value, str) and REFERENCE_PATH.fullmatch(value):
        return None
    return f"{value!r} is no reference path: one place of the input, without wildcards"


def template_complaints(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Yield place and complaint for every `name.$` in a payload template (Parameters, ResultSelector)."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            inner = f"{place}.{key}"
            if isinstance(key, str) and key.endswith(".$"):
                complaint = expression_complaint(item)
                if complaint:
                    yield inner, complaint
            else:
                yield from template_complaints(item, inner)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from template_complaints(item, f"{place}[{index}]")
    elif isinstance(value, str) and (PATH.fullmatch(value) or CONTEXT_PATH.fullmatch(value)) and len(value) > 2:
        yield place, f"{value!r} would be passed on as a text: end the name with .$"


def expression_complaint(value: object) -> str | None:
    """Return what is wrong with the value of a `name.$`: a path or an intrinsic function; None: nothing."""
    match = INTRINSIC.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return path_complaint(value)
    if match[1] not in INTRINSICS:
        return f"there is no intrinsic function States.{match[1]}"
    return None if is_balanced(match[2]) else f"{value!r} has unbalanced parentheses or quotes"


def is_balanced(text: str) -> bool:
    """Return whether parentheses and quotes outside of each other are closed; a backslash escapes."""
    depth, in_text, is_escaped = 0, False, False
    for character in text:
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == "'":
            in_text = not in_text
        elif not in_text:
            depth += (character == "(") - (character == ")")
            if depth < 0:
                return False
    return depth == 0 and not in_text
