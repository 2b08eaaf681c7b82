"""The note of a finding: one text that people and we share.

A person's note stays in front of ours; when both are too long, ours is shortened first. (Security Hub, API_Note: at
most 512 characters, one note per finding.)
"""

from botocore.exceptions import BotoCoreError, ClientError

from .runtime import JSON, Client, log

NOTE_CHARACTERS = 512
OWN_CHARACTERS = 256  # what ours has at least, next to a person's
SEPARATOR = " | ASR: "


def merged_note(former: str, is_ours: bool, note: str) -> str:
    """Return the text that keeps what a person wrote in front of our `note`.

    former: the text that is there. is_ours: whether we wrote it last, a person's part of it then ends at the separator.
    """
    person, separator, _ = former.partition(SEPARATOR)
    if not person or (is_ours and not separator):
        return note[:NOTE_CHARACTERS]
    room = max(OWN_CHARACTERS, NOTE_CHARACTERS - len(person) - len(SEPARATOR))
    ours = SEPARATOR + note[:room]
    return person[: NOTE_CHARACTERS - len(ours)] + ours


def write_note(hub: Client, projection: JSON, author: str, note: str) -> None:
    """Write the note of a finding, and nothing else of it; the finding's end does not depend on it.

    hub: a client in the region of the finding's ProductArn. author: starts with "<prefix>-", as all of ours do.
    """
    identifier = {"Id": projection["Id"], "ProductArn": projection["ProductArn"]}
    wanted = {name: [{"Value": value, "Comparison": "EQUALS"}] for name, value in identifier.items()}
    prefix = author.partition("-")[0]
    try:
        found = hub.get_findings(Filters=wanted)["Findings"]
        if not found:
            return
        former = found[0].get("Note", {})
        is_ours = former.get("UpdatedBy", "").startswith(f"{prefix}-")
        text = merged_note(former.get("Text", ""), is_ours, note)
        answer = hub.batch_update_findings(FindingIdentifiers=[identifier], Note={"Text": text, "UpdatedBy": author})
        for left in answer["UnprocessedFindings"]:
            log("note not written", finding=projection["Id"], error=left.get("ErrorCode"))
    except (ClientError, BotoCoreError) as error:
        log("note not written", finding=projection["Id"], error=type(error).__name__, reason=str(error)[:500])
