from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo


def plan(aws: Aws, ResourceARN: str, StatusCode: str) -> Plan:
    """Each HTTP listener of an Application Load Balancer redirects by default to the HTTPS listener; its rules stay."""
    elbv2 = aws("elbv2")
    try:
        pages = list(elbv2.get_paginator("describe_listeners").paginate(LoadBalancerArn=ResourceARN))
    except elbv2.exceptions.LoadBalancerNotFoundException:
        raise Gone from None
    listeners = [listener for page in pages for listener in page["Listeners"]]
    plain = [listener for listener in listeners if listener["Protocol"] == "HTTP"]
    open_ones = [listener for listener in plain if not any(map(redirects, listener["DefaultActions"]))]
    secure = [listener["Port"] for listener in listeners if listener["Protocol"] == "HTTPS"]
    if open_ones and not secure:
        raise Refuse("it has no HTTPS listener to redirect to: add one with a certificate first")
    if open_ones and len(secure) > 1 and 443 not in secure:
        raise Refuse(f"it listens for HTTPS on ports {sorted(secure)}, none of which is 443: redirect by hand")
    for listener in open_ones:
        port = 443 if 443 in secure else secure[0]
        redirect = {"Protocol": "HTTPS", "Port": str(port), "StatusCode": StatusCode}
        actions = [{"Type": "redirect", "Order": 1, "RedirectConfig": redirect}]
        these = {"ListenerArn": listener["ListenerArn"], "DefaultActions": actions}
        back = Undo("modify_listener", {**these, "DefaultActions": listener["DefaultActions"]})
        yield Change("elbv2", "modify_listener", these, undo=back)
    return {str(listener["Port"]): listener["DefaultActions"] for listener in plain}


def redirects(action: Record) -> bool:
    """Whether an action sends a request to HTTPS."""
    return bool(action.get("RedirectConfig", {}).get("Protocol") == "HTTPS")
