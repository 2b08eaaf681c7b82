"""Parameters that are sent, and others that are recorded."""

from __future__ import annotations

import json
from typing import Any

from asr_templates.embedded.concealed import Concealed
from asr_templates.embedded.runner import Change, Plan, run


class Client:
    """A client of a service with one operation, which remembers what it was sent."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def put_key(self, **parameters: Any) -> dict[str, Any]:
        self.sent = parameters
        return {}


def test_what_is_sent_is_not_what_is_recorded() -> None:
    client = Client()

    def plan(aws: Any) -> Plan:
        if not client.sent:
            these = Concealed({"Name": "door", "Key": "correct horse"}, {"Name": "door", "Key": "as before"})
            yield Change("locks", "put_key", these, undo="a key cannot be taken back")
        return {"Name": client.sent.get("Name")}

    preview = run(plan, {"Mode": "Preview"}, lambda service: client, sleep=lambda seconds: None)
    applied = run(plan, {"Mode": "Apply"}, lambda service: client, sleep=lambda seconds: None)

    assert {"Name": "door", "Key": "correct horse"} == client.sent
    assert {"Name": "door", "Key": "as before"} == applied["Changes"][0]["parameters"]
    assert preview["Changes"] == applied["Changes"]
    assert "correct horse" not in json.dumps([preview, applied])
