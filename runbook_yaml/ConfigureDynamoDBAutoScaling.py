from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo

MOST_UNITS = 40000  # of a table, unless the account's quota was raised


def plan(
    aws: Aws,
    TableId: str,
    minProvisionedReadCapacity: int,
    minProvisionedWriteCapacity: int,
    targetReadUtilization: int,
    targetWriteUtilization: int,
    MaximumFactor: int,
    DefaultUtilization: int,
) -> Plan:
    """A DynamoDB table of provisioned capacity scales with demand, never below the capacity that it has today."""
    dynamodb = aws("dynamodb")
    try:
        table = dynamodb.describe_table(TableName=TableId)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        raise Gone from None
    asked = {
        "Read": (minProvisionedReadCapacity, targetReadUtilization),
        "Write": (minProvisionedWriteCapacity, targetWriteUtilization),
    }
    if table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
        asked = {}
    seen: Record = {}
    for kind, (least, utilization) in asked.items():
        where = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": f"table/{TableId}",
            "ScalableDimension": f"dynamodb:table:{kind}CapacityUnits",
        }
        units = max(table["ProvisionedThroughput"][f"{kind}CapacityUnits"], least)
        start = {"MinCapacity": units, "MaxCapacity": max(units, min(units * MaximumFactor, MOST_UNITS))}
        bounds = yield from bounded(aws, where, least, start)
        policies = yield from tracked(aws, where, kind, utilization, DefaultUtilization)
        seen[kind] = {"Bounds": bounds, "Policies": policies}
        if table.get("Replicas") and not (bounds and policies):
            raise Refuse("a replica of a global table: its replicas must be given auto scaling together")
    return seen


def bounded(aws: Aws, where: Record, least: int, start: Record) -> Plan:
    """One dimension has bounds of its capacity, the lower one at least `least`; bounds that are there stay."""
    scaling = aws("application-autoscaling")
    targets = scaling.describe_scalable_targets(
        ServiceNamespace=where["ServiceNamespace"],
        ResourceIds=[where["ResourceId"]],
        ScalableDimension=where["ScalableDimension"],
    )["ScalableTargets"]
    if not targets:
        back = Undo("deregister_scalable_target", where)
        yield Change("application-autoscaling", "register_scalable_target", {**where, **start}, undo=back)
        return None
    former = {name: targets[0][name] for name in ("MinCapacity", "MaxCapacity")}
    if former["MinCapacity"] < least:
        raised = {"MinCapacity": least, "MaxCapacity": max(least, former["MaxCapacity"])}
        back = Undo("register_scalable_target", {**where, **former})
        yield Change("application-autoscaling", "register_scalable_target", {**where, **raised}, undo=back)
    return former


def tracked(aws: Aws, where: Record, kind: str, utilization: int, default: int) -> Plan:
    """One dimension follows its utilization: as asked, or as its policy says, or the default."""
    scaling = aws("application-autoscaling")
    pages = scaling.get_paginator("describe_scaling_policies").paginate(**where)
    found = [policy for page in pages for policy in page["ScalingPolicies"]]
    policies = [policy for policy in found if policy["PolicyType"] == "TargetTrackingScaling"]
    if not policies:
        metric = {"PredefinedMetricType": f"DynamoDB{kind}CapacityUtilization"}
        named = {**where, "PolicyName": f"ASR-DynamoDB{kind}CapacityUtilization"}
        wanted = {"TargetValue": utilization or default, "PredefinedMetricSpecification": metric}
        back = Undo("delete_scaling_policy", named)
        yield Change("application-autoscaling", "put_scaling_policy", tracking(named, wanted), undo=back)
    for policy in policies:
        named = {**where, "PolicyName": policy["PolicyName"]}
        former = policy["TargetTrackingScalingPolicyConfiguration"]
        if utilization and former["TargetValue"] != utilization:
            wanted = {**former, "TargetValue": utilization}
            back = Undo("put_scaling_policy", tracking(named, former))
            yield Change("application-autoscaling", "put_scaling_policy", tracking(named, wanted), undo=back)
    return [[policy["PolicyName"], policy["TargetTrackingScalingPolicyConfiguration"]] for policy in policies]


def tracking(named: Record, settings: Record) -> Record:
    """What PutScalingPolicy takes."""
    return {**named, "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": settings}
