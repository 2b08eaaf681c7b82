from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo

MOST_TAGS = 50  # of one table; AWS's own do not count


def plan(aws: Aws, ResourceArn: str, requiredTagKeys: list[str], DefaultTagKey: str) -> Plan:
    """A DynamoDB table has a tag of each required key, or any tag where none is required; tags that are there stay."""
    dynamodb = aws("dynamodb")
    try:
        pages = list(dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=ResourceArn))
    except dynamodb.exceptions.ResourceNotFoundException:
        raise Gone from None
    own = [tag for page in pages for tag in page["Tags"] if not tag["Key"].startswith("aws:")]
    keys = [tag["Key"] for tag in own]
    wanted = requiredTagKeys or keys or [DefaultTagKey]
    missing = sorted(set(wanted) - set(keys))
    if missing:
        if len(keys) + len(missing) > MOST_TAGS:
            raise Refuse(f"the table has {len(keys)} tags; with {', '.join(missing)} it would exceed {MOST_TAGS}")
        these = {"ResourceArn": ResourceArn, "Tags": [{"Key": key, "Value": ""} for key in missing]}
        back = Undo("untag_resource", {"ResourceArn": ResourceArn, "TagKeys": missing})
        yield Change("dynamodb", "tag_resource", these, undo=back)
    return {"Tags": own}
