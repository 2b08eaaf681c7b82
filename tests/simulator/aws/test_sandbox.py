"""Foreign code runs as if alone: environment, modules, session, output, network."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import urllib.request
from pathlib import Path

import boto3
import pytest

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.sandbox import Sandbox, outside


def sandbox(environment: Environment, *paths: Path, **variables: str) -> Sandbox:
    session = environment.session("222222222222")
    return Sandbox({"AWS_DEFAULT_REGION": "eu-west-1", **variables}, paths, session)


def test_the_code_sees_its_own_environment_and_leaves_none_behind(environment: Environment) -> None:
    box = sandbox(environment, TABLE="t")
    with box.active():
        inside = (os.environ["TABLE"], os.environ.get("HOME"))
        os.environ["SET_INSIDE"] = "1"

    assert inside == ("t", None)
    assert "TABLE" not in os.environ
    assert "SET_INSIDE" not in os.environ
    with box.active():
        assert os.environ["SET_INSIDE"] == "1"


def test_boto3s_default_session_is_that_of_the_sandbox(environment: Environment) -> None:
    with sandbox(environment).active():
        caller = boto3.client("sts").get_caller_identity()
        region = boto3.client("sqs").meta.region_name
        own = boto3.Session().client("sts").get_caller_identity()

    assert caller["Account"] == own["Account"] == "222222222222"
    assert region == "eu-west-1"


def test_modules_of_the_same_name_do_not_meet(environment: Environment, tmp_path: Path) -> None:
    boxes = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "shared_name.py").write_text(f"NAME = {name!r}\n")
        (folder / "app_module.py").write_text("import shared_name\n\ndef name():\n    import shared_name as again\n")
        with (folder / "app_module.py").open("a") as file:
            file.write("    assert again is shared_name\n    return again.NAME\n")
        boxes.append(sandbox(environment, folder))
    names = []
    for box in (*boxes, boxes[0]):
        with box.active():
            names.append(box.load("app_module").name())

    assert names == ["one", "two", "one"]
    assert "app_module" not in sys.modules
    assert "shared_name" not in sys.modules


def test_output_goes_to_the_sandbox(environment: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    box = sandbox(environment)
    with box.active():
        print("inside")
    print("outside")

    assert box.output.getvalue() == "inside\n"
    assert capsys.readouterr().out == "outside\n"


def test_two_sandboxes_that_take_turns_do_not_disturb_each_other(environment: Environment) -> None:
    seen: list[str] = []

    def work(name: str) -> None:
        box = sandbox(environment, NAME=name)
        with box.active():
            for _ in range(3):
                scheduler.sleep(1)
                seen.append(os.environ["NAME"])
                print(name)
        seen.append(box.output.getvalue())

    scheduler.spawn(work, "a", name="a")
    scheduler.spawn(work, "b", name="b")
    scheduler.run()

    assert seen == ["a", "b", "a", "b", "a", "a\na\na\n", "b", "b\nb\nb\n"]


def test_threads_of_the_code_are_in_its_sandbox(environment: Environment) -> None:
    seen: list[str | None] = []
    with sandbox(environment, NAME="x").active():
        thread = threading.Thread(target=lambda: seen.append(os.environ.get("NAME")))
        thread.start()
        thread.join()

    assert seen == ["x"]


def test_the_network_is_refused_by_name(environment: Environment) -> None:
    with (
        pytest.raises(NotSimulated, match=r"a network connection: .*example\.com.* is not simulated"),
        sandbox(environment).active(),
    ):
        urllib.request.urlopen("https://example.com/", timeout=1)


def test_a_refusal_that_the_code_swallows_is_raised_all_the_same(environment: Environment) -> None:
    with (
        pytest.raises(NotSimulated, match=r"10\.1\.2\.3"),
        sandbox(environment).active(),
        contextlib.suppress(Exception),
    ):
        socket.create_connection(("10.1.2.3", 443), timeout=1)


def test_the_local_host_may_be_called(environment: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, sandbox(environment).active():
        client = socket.create_connection(server.getsockname(), timeout=1)
        client.close()


def test_outside_leaves_the_sandbox_for_a_while(environment: Environment) -> None:
    with sandbox(environment, NAME="x").active():
        with outside():
            assert "NAME" not in os.environ
        assert os.environ["NAME"] == "x"


def test_nothing_stays_patched_after_the_environment() -> None:
    before = (os.environ.__dict__["_data"], socket.getaddrinfo, threading.Thread.start, sys.stdout, __import__)
    with Environment(["222222222222"], ["us-east-1"], "222222222222") as environment, sandbox(environment).active():
        print("inside")
    after = (os.environ.__dict__["_data"], socket.getaddrinfo, threading.Thread.start, sys.stdout, __import__)

    assert after == before
    assert "connect" not in vars(socket.socket)
