import json

from asr_templates.embedded.runner import Aws, Change, Plan, Refuse, Undo

ROLE = "ASR-IncidentSupport"


def plan(aws: Aws, AccountId: str, Partition: str) -> Plan:
    """A user, group or role may manage incidents with AWS Support."""
    iam = aws("iam")
    policy_arn = f"arn:{Partition}:iam::aws:policy/AWSSupportAccess"
    pages = iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=policy_arn)
    holders = [page["PolicyGroups"] + page["PolicyUsers"] + page["PolicyRoles"] for page in pages]
    try:
        role = iam.get_role(RoleName=ROLE)["Role"]
        attached = iam.get_paginator("list_attached_role_policies").paginate(RoleName=ROLE)
        policies = [policy["PolicyArn"] for page in attached for policy in page["AttachedPolicies"]]
    except iam.exceptions.NoSuchEntityException:
        role, policies = {}, []
    if not any(holders):
        if role and all(tag["Key"] != "ASR" for tag in role.get("Tags", [])):
            raise Refuse(f"role {ROLE} exists and is not ours: attach AWSSupportAccess to a role, or rename it")
        if not role:
            # Of the account's principals only those that an administrator gives this tag.
            tagged = {"aws:PrincipalTag/asr-incident-support": "yes"}
            trust = {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{Partition}:iam::{AccountId}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": tagged},
            }
            these = {
                "RoleName": ROLE,
                "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
                "Description": "Manages incidents with AWS Support; for principals with the tag asr-incident-support.",
                "Tags": [{"Key": "ASR", "Value": "CreateIAMSupportRole"}],
            }
            yield Change("iam", "create_role", these, undo=Undo("delete_role", {"RoleName": ROLE}))
        held = {"RoleName": ROLE, "PolicyArn": policy_arn}
        yield Change("iam", "attach_role_policy", held, undo=Undo("detach_role_policy", held))
    return {"Trust": role.get("AssumeRolePolicyDocument"), "Policies": policies}
