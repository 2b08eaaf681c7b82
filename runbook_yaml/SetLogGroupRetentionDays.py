from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo

# CloudWatch Logs API reference, PutRetentionPolicy: the numbers of days that it takes.
MONTHS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180)
YEARS = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def plan(aws: Aws, LogGroupArn: str, MinRetentionTime: int) -> Plan:
    """A log group keeps its events for at least the days that are asked for."""
    logs = aws("logs")
    name = LogGroupArn.split(":", 6)[6]
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    groups = [group for page in pages for group in page["logGroups"] if group["logGroupName"] == name]
    if not groups:
        raise Gone
    days = groups[0].get("retentionInDays")  # nothing: for ever
    if days is not None and days < MinRetentionTime:
        if groups[0].get("logGroupClass") == "DELIVERY":
            raise Refuse("a log group of class DELIVERY keeps events for a fixed time")
        longer = next((known for known in (*MONTHS, *YEARS) if known >= MinRetentionTime), None)
        if longer is None:
            raise Refuse(f"CloudWatch Logs has no retention of {MinRetentionTime} days, at most {YEARS[-1]}")
        these = {"logGroupName": name, "retentionInDays": longer}
        back = Undo("put_retention_policy", {"logGroupName": name, "retentionInDays": days})
        yield Change("logs", "put_retention_policy", these, undo=back)
    return {"retentionInDays": days}
