from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, WorkGroupName: str) -> Plan:
    """An Athena workgroup publishes the metrics of its queries to CloudWatch."""
    athena = aws("athena")
    try:
        group = athena.get_work_group(WorkGroup=WorkGroupName)["WorkGroup"]
    except athena.exceptions.InvalidRequestException as error:
        # Athena has no error of its own for a workgroup that does not exist.
        if "not found" not in error.response["Error"]["Message"]:
            raise
        raise Gone from None
    published = group["Configuration"].get("PublishCloudWatchMetricsEnabled", False)
    if not published:
        on, off = {"PublishCloudWatchMetricsEnabled": True}, {"PublishCloudWatchMetricsEnabled": False}
        back = Undo("update_work_group", {"WorkGroup": WorkGroupName, "ConfigurationUpdates": off})
        yield Change("athena", "update_work_group", {"WorkGroup": WorkGroupName, "ConfigurationUpdates": on}, undo=back)
    return {"PublishCloudWatchMetricsEnabled": published}
