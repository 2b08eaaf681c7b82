from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo


def plan(aws: Aws, AutoScalingGroupName: str, HealthCheckGracePeriod: int) -> Plan:
    """A group behind a load balancer replaces the instances that the load balancer finds unhealthy."""
    autoscaling = aws("autoscaling")
    groups = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[AutoScalingGroupName])["AutoScalingGroups"]
    if not groups or groups[0].get("Status"):  # a status says that the group is being deleted
        raise Gone
    group = groups[0]
    checks, grace = group["HealthCheckType"].split(","), group.get("HealthCheckGracePeriod", 0)
    former = {"HealthCheckType": group["HealthCheckType"], "HealthCheckGracePeriod": grace}
    targets, classic = group.get("TargetGroupARNs", []), group.get("LoadBalancerNames", [])
    if (targets or classic) and "ELB" not in checks:
        running = [each["InstanceId"] for each in group["Instances"] if each["LifecycleState"] == "InService"]
        if running and set(running) <= unhealthy(aws, targets, classic):
            raise Refuse("no instance passes its load balancer's check, so all would be replaced: mend the check first")
        # Without a grace period long enough to start in, new instances would be replaced again and again.
        wanted = {
            "HealthCheckType": ",".join([*(check for check in checks if check != "EC2"), "ELB"]),
            "HealthCheckGracePeriod": max(grace, HealthCheckGracePeriod),
        }
        name = {"AutoScalingGroupName": AutoScalingGroupName}
        back = Undo("update_auto_scaling_group", {**name, **former})
        yield Change("autoscaling", "update_auto_scaling_group", {**name, **wanted}, undo=back)
    return former


def unhealthy(aws: Aws, targets: list[str], classic: list[str]) -> set[str]:
    """Return the ids of the instances that any of the target groups or Classic Load Balancers finds unhealthy."""
    found: list[str] = []
    for arn in targets:
        healths = aws("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        found += [each["Target"]["Id"] for each in healths if each["TargetHealth"]["State"] == "unhealthy"]
    for name in classic:
        states = aws("elb").describe_instance_health(LoadBalancerName=name)["InstanceStates"]
        found += [each["InstanceId"] for each in states if each["State"] == "OutOfService"]
    return set(found)
