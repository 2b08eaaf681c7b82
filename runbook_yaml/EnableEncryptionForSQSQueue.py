from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, SQSQueueName: str, KmsKeyArn: str) -> Plan:
    """An SQS queue encrypts its messages; a key that it has stays."""
    sqs = aws("sqs")
    try:
        url = sqs.get_queue_url(QueueName=SQSQueueName)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        raise Gone from None
    names = ["KmsMasterKeyId", "SqsManagedSseEnabled"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names).get("Attributes", {})
    key, by_sqs = found.get("KmsMasterKeyId", ""), found.get("SqsManagedSseEnabled", "false")
    if not key and by_sqs != "true":
        on, off = {"SqsManagedSseEnabled": "true"}, {"SqsManagedSseEnabled": "false"}
        if KmsKeyArn:
            on, off = {"KmsMasterKeyId": KmsKeyArn}, {"KmsMasterKeyId": ""}
        back = Undo("set_queue_attributes", {"QueueUrl": url, "Attributes": off})
        yield Change("sqs", "set_queue_attributes", {"QueueUrl": url, "Attributes": on}, undo=back)
    return {"KmsMasterKeyId": key, "SqsManagedSseEnabled": by_sqs}
