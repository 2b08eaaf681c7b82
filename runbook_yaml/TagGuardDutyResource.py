from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo

MOST_TAGS = 50  # of one resource; AWS's own do not count


def plan(aws: Aws, ResourceArn: str, requiredTagKeys: list[str], DefaultTagKey: str) -> Plan:
    """A detector or filter has a tag of each required key, or any where none is required; its own tags stay."""
    guardduty = aws("guardduty")
    try:
        tags = guardduty.list_tags_for_resource(ResourceArn=ResourceArn)["Tags"]
    except guardduty.exceptions.BadRequestException as error:
        # GuardDuty has no error of its own for what does not exist.
        if "not owned by the current account" in str(error) or "no such resource" in str(error):
            raise Gone from None
        raise
    own = {key: value for key, value in tags.items() if not key.startswith("aws:")}
    missing = sorted(set(requiredTagKeys or own or [DefaultTagKey]) - set(own))
    if missing:
        if len(own) + len(missing) > MOST_TAGS:
            raise Refuse(f"it has {len(own)} tags; with {', '.join(missing)} it would exceed {MOST_TAGS}")
        these = {"ResourceArn": ResourceArn, "Tags": dict.fromkeys(missing, "")}
        back = Undo("untag_resource", {"ResourceArn": ResourceArn, "TagKeys": missing})
        yield Change("guardduty", "tag_resource", these, undo=back)
    return {"Tags": own}
