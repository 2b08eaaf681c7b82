"""Whether values fit the parameters of an API operation, as far as they are known before the run."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape


class Unknown:
    """A value, or the rest of a map, that only the run knows."""


UNKNOWN: Final = Unknown()
REST: Final = "**"
"""A key of a map that stands for entries which are not known."""


class Misfit(NamedTuple):
    """A value that an operation does not take: where in the parameters, what, and what to do."""

    path: str
    message: str
    hint: str = ""


def misfits(shape: Shape | None, value: object, path: str = "") -> Iterator[Misfit]:
    """Yield what an operation would not accept; UNKNOWN is accepted everywhere."""
    if isinstance(value, Unknown):
        return
    if shape is None:
        if value:
            yield Misfit(path, "this operation takes no parameters")
    elif isinstance(shape, StructureShape):
        yield from _structure_misfits(shape, value, path)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield Misfit(path, f"{value!r} is no list")
            return
        for index, item in enumerate(value):
            yield from misfits(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        if not isinstance(value, Mapping):
            yield Misfit(path, f"{value!r} is no map")
            return
        for key, item in value.items():
            yield from misfits(shape.value, item, joined(path, key))
    else:
        yield from _scalar_misfits(shape, value, path)


def secret_paths(shape: Shape | None, value: object, path: str = "") -> Iterator[str]:
    """Yield where in the parameters a value stands that the API's model marks as sensitive."""
    if isinstance(value, Unknown) or shape is None:
        return
    if shape.metadata.get("sensitive") and path:
        yield path
    elif isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for key, item in value.items():
            if key in shape.members:
                member = shape.members[key]
                is_secret = member.metadata.get("sensitive")
                yield from [joined(path, key)] if is_secret else secret_paths(member, item, joined(path, key))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from secret_paths(shape.member, item, f"{path}[{index}]")


def _structure_misfits(shape: StructureShape, value: object, path: str) -> Iterator[Misfit]:
    if not isinstance(value, Mapping):
        yield Misfit(path, f"{value!r} is no map")
        return
    for key, item in value.items():
        if key in shape.members:
            yield from misfits(shape.members[key], item, joined(path, key))
        elif key != REST:
            close = get_close_matches(key, shape.members, n=1)
            yield Misfit(path, f"there is no parameter {key}", f"did you mean {close[0]}?" if close else "")
    for key in shape.required_members:
        if key not in value and REST not in value:
            yield Misfit(path, f"parameter {key} is missing")


SCALARS: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    **dict.fromkeys(("integer", "long"), lambda value: isinstance(value, int) and not isinstance(value, bool)),
    **dict.fromkeys(("float", "double"), lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
}


def _scalar_misfits(shape: Shape, value: object, path: str) -> Iterator[Misfit]:
    if shape.type_name in SCALARS and not SCALARS[shape.type_name](value):
        yield Misfit(path, f"{value!r} is no {shape.type_name}")
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        close = get_close_matches(str(value), shape.enum, n=1)
        known = f"known: {', '.join(shape.enum[:12])}"
        yield Misfit(path, f"{value!r} is no value of it", f"did you mean {close[0]}?" if close else known)


def joined(path: str, key: object) -> str:
    """Return the path of a member."""
    return f"{path}.{key}" if path else str(key)
