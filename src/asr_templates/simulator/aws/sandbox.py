"""A place in this process where foreign Python code (a Lambda function, a script of a document) runs as if alone.

It has its own os.environ, its own boto3 default session, its own copies of the modules in its paths and its own
standard output, and no network but AWS and the local host. The code may be debugged and measured like any other.

What is process-wide is replaced once (`installed`) by something that looks up the sandbox of the current context, so
that sandboxes whose tasks take turns do not disturb each other; threads that the code starts belong to its sandbox.
Leaving a sandbox raises a NotSimulated that the code swallowed. One sandbox is one invocation at a time.
"""

from __future__ import annotations

import builtins
import contextvars
import importlib
import io
import ipaddress
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import boto3

from asr_templates.simulator.aws.errors import NotSimulated, unswallowed

_current: ContextVar[Sandbox | None] = ContextVar("sandbox", default=None)
_import_lock = threading.RLock()
_real_import = builtins.__import__


class Sandbox:
    """The surroundings of foreign code: environment variables, import paths and a boto3 session.

    The session's credentials and region are added to the environment, as AWS's runtimes do.
    """

    def __init__(self, environment: Mapping[str, str], paths: Sequence[Path], session: boto3.Session) -> None:
        self.environment = {**_credential_variables(session), **environment}
        self.paths = [str(path) for path in paths]
        self.session = session
        self.output = io.StringIO()
        self._encoded = {os.fsencode(name): os.fsencode(value) for name, value in self.environment.items()}
        self._modules: dict[str, ModuleType] = {}
        self._is_importing = False
        self._own_names = {
            entry.name.removesuffix(".py") for path in paths if path.is_dir() for entry in path.iterdir()
        }

    @contextmanager
    def active(self) -> Iterator[Sandbox]:
        """Run the code inside this block. Its output is in `output`, emptied at the beginning."""
        self.output = io.StringIO()
        _redirect()
        token = _current.set(self)
        try:
            with unswallowed():
                yield self
        finally:
            _current.reset(token)

    def load(self, module: str) -> ModuleType:
        """Import a module of the sandbox's paths. Raises what its code raises, or ImportError."""
        with self._importing():
            return importlib.import_module(module)

    def owns(self, module: str) -> bool:
        """Whether a module name belongs to the sandbox's paths."""
        return module.partition(".")[0] in self._own_names

    @contextmanager
    def _importing(self) -> Iterator[None]:
        """Show the interpreter this sandbox's modules and paths, and put back what was there."""
        with _import_lock:
            if self._is_importing:  # a module of the sandbox imports another one
                yield
                return
            self._is_importing = True
            hidden = {name: module for name, module in list(sys.modules.items()) if self.owns(name)}
            for name in hidden:
                del sys.modules[name]
            sys.modules.update(self._modules)
            sys.path[0:0] = self.paths
            importlib.invalidate_caches()
            try:
                yield
            finally:
                self._is_importing = False
                del sys.path[0 : len(self.paths)]
                self._modules = {name: module for name, module in list(sys.modules.items()) if self.owns(name)}
                for name in self._modules:
                    del sys.modules[name]
                sys.modules.update(hidden)


def _credential_variables(session: boto3.Session) -> dict[str, str]:
    variables = {}
    credentials = session.get_credentials()
    if credentials is not None:
        variables = {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.token or "",
        }
    if session.region_name:
        variables |= {"AWS_REGION": session.region_name, "AWS_DEFAULT_REGION": session.region_name}
    return variables


@contextmanager
def outside() -> Iterator[None]:
    """Leave the sandbox for a while: AWS's own code does not see the caller's environment."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


class _Environment(MutableMapping[bytes, bytes]):
    """Stands behind os.environ: the variables of the current sandbox, else those of the process."""

    def __init__(self, process: MutableMapping[bytes, bytes]) -> None:
        self._process = process

    def _variables(self) -> MutableMapping[bytes, bytes]:
        sandbox = _current.get()
        return self._process if sandbox is None else sandbox._encoded

    def __getitem__(self, key: bytes) -> bytes:
        return self._variables()[key]

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._variables()[key] = value

    def __delitem__(self, key: bytes) -> None:
        del self._variables()[key]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._variables())

    def __len__(self) -> int:
        return len(self._variables())


class _Output(io.TextIOBase):
    """Stands in for sys.stdout and sys.stderr: the output of the current sandbox, else the real stream."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def write(self, text: str) -> int:
        sandbox = _current.get()
        stream = self._real if sandbox is None else sandbox.output
        return int(stream.write(text))

    def flush(self) -> None:
        if _current.get() is None:
            self._real.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _redirect() -> None:
    """Stand in for the standard streams; again, if somebody has replaced them since."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, _Output):
            setattr(sys, name, _Output(stream))


def _restore() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, _Output):
            setattr(sys, name, stream._real)


def _import(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] = (),
    level: int = 0,
) -> ModuleType:
    sandbox = _current.get()
    package = name if level == 0 else str((globals or {}).get("__package__", ""))
    if sandbox is None or not sandbox.owns(package):
        return _real_import(name, globals, locals, fromlist, level)
    with sandbox._importing():
        return _real_import(name, globals, locals, fromlist, level)


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = address[0]
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_connection(address: object) -> None:
    if _current.get() is not None and not _is_local(address):
        raise NotSimulated("a network connection", f"{address!r}, which is neither AWS nor this host,")


def _network_patches() -> Iterator[Any]:
    def connect(self: socket.socket, address: Any) -> None:
        _refuse_connection(address)
        super(socket.socket, self).connect(address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_connection(address)
        return super(socket.socket, self).connect_ex(address)

    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_connection((host, port))
        return resolve(host, port, *args, **kwargs)

    yield mock.patch.object(socket.socket, "connect", connect)
    yield mock.patch.object(socket.socket, "connect_ex", connect_ex)
    yield mock.patch.object(socket, "getaddrinfo", getaddrinfo)


def _inherited_start(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    """A thread that is started in a sandbox runs in it."""

    def start_in_context(thread: threading.Thread) -> None:
        if _current.get() is not None:
            context = contextvars.copy_context()
            run = thread.run
            thread.run = lambda: context.run(run)  # type: ignore[method-assign]
        start(thread)

    return start_in_context


def _session_patches() -> Iterator[Any]:
    default_session, set_up = boto3._get_default_session, boto3.setup_default_session

    def current_session() -> boto3.Session:
        sandbox = _current.get()
        return default_session() if sandbox is None else sandbox.session

    def setup_default_session(**kwargs: Any) -> None:
        sandbox = _current.get()
        if sandbox is None:
            set_up(**kwargs)
        else:
            sandbox.session = boto3.Session(**kwargs)

    yield mock.patch.object(boto3, "_get_default_session", current_session)
    yield mock.patch.object(boto3, "setup_default_session", setup_default_session)


def _environment_patches() -> Iterator[Any]:
    put, remove = os.putenv, os.unsetenv

    def putenv(name: Any, value: Any) -> None:
        if _current.get() is None:
            put(name, value)

    def unsetenv(name: Any) -> None:
        if _current.get() is None:
            remove(name)

    yield mock.patch.object(os.environ, "_data", _Environment(os.environ._data))  # type: ignore[attr-defined]
    yield mock.patch.object(os, "putenv", putenv)
    yield mock.patch.object(os, "unsetenv", unsetenv)


@contextmanager
def installed() -> Iterator[None]:
    """Make the process look up the current sandbox wherever something is process-wide."""
    with ExitStack() as stack:
        for patches in (_environment_patches(), _session_patches(), _network_patches()):
            for patch in patches:
                stack.enter_context(patch)
        stack.enter_context(mock.patch.object(builtins, "__import__", _import))
        stack.callback(_restore)
        stack.enter_context(mock.patch.object(threading.Thread, "start", _inherited_start(threading.Thread.start)))
        yield
