import json

from asr_templates.embedded.runner import Aws, Change, Gone, Pending, Plan, Record, Refuse, Undo

NAME = "ASR-ManagedInstance"
"""Of the role and of the instance profile that are made for instances without one."""
POLICY = "AmazonSSMManagedInstanceCore"
SUFFICIENT = (POLICY, "AmazonSSMManagedEC2InstanceDefaultPolicy", "AmazonEC2RoleforSSM")


def plan(aws: Aws, InstanceArn: str, Partition: str) -> Plan:
    """The instance is managed by Systems Manager."""
    ec2 = aws("ec2")
    instance_id = InstanceArn.rpartition("/")[2]
    wanted = [{"Name": "instance-id", "Values": [instance_id]}]
    reservations = ec2.describe_instances(Filters=wanted)["Reservations"]
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    if not instances or instances[0]["State"]["Name"] in ("shutting-down", "terminated"):
        raise Gone
    profile_arn = instances[0].get("IamInstanceProfile", {}).get("Arn", "")
    own = own_profile(aws)
    role, is_permitted = role_of(aws, profile_arn) if profile_arn else ("", False)
    asked = [{"Key": "InstanceIds", "Values": [instance_id]}]
    known = aws("ssm").describe_instance_information(Filters=asked)["InstanceInformationList"]
    if all(node["PingStatus"] != "Online" for node in known):
        if instances[0]["State"]["Name"] != "running":
            raise Refuse(f"the instance is {instances[0]['State']['Name']}: it must run to be managed")
        if is_permitted:
            yield Pending("SSM Agent's registration (does it run, and does it reach Systems Manager?)")
        elif profile_arn:
            yield attachment(role, Partition)
        else:
            yield from creation(aws, own, instance_id, Partition)
            profile_name = {"Name": NAME}
            these = {"InstanceId": instance_id, "IamInstanceProfile": profile_name}
            yield Change(
                "ec2",
                "associate_iam_instance_profile",
                these,
                undo=lambda made: Undo(
                    "disassociate_iam_instance_profile",
                    {"AssociationId": made["IamInstanceProfileAssociation"]["AssociationId"]},
                ),
            )
    users = other_users(aws, own, instance_id)
    return {"InstanceProfile": profile_arn, "IsPermitted": is_permitted, "OtherUsers": users}


def attachment(role: str, partition: str) -> Change:
    """Return the change that lets what has a role be managed; its other policies stay."""
    these = {"RoleName": role, "PolicyArn": f"arn:{partition}:iam::aws:policy/{POLICY}"}
    return Change("iam", "attach_role_policy", these, undo=Undo("detach_role_policy", these))


def own_profile(aws: Aws) -> Record:
    """Return the instance profile that an earlier run made, {}: there is none."""
    iam = aws("iam")
    try:
        profile: Record = iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]
    except iam.exceptions.NoSuchEntityException:
        profile = {}
    return profile


def other_users(aws: Aws, profile: Record, instance_id: str) -> list[str]:
    """Return the other instances with the profile that was made for this one: while they use it, it must stay."""
    if {"Key": "ASR", "Value": instance_id} not in profile.get("Tags", []):
        return []
    pages = aws("ec2").get_paginator("describe_iam_instance_profile_associations").paginate()
    found = [each for page in pages for each in page["IamInstanceProfileAssociations"]]
    users = {each["InstanceId"] for each in found if each["IamInstanceProfile"]["Arn"] == profile["Arn"]}
    return sorted(users - {instance_id})


def role_of(aws: Aws, profile_arn: str) -> tuple[str, bool]:
    """Return the role in an instance profile, and whether one of its policies lets an instance be managed."""
    iam = aws("iam")
    name = profile_arn.rpartition("/")[2]
    roles = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    if not roles:
        raise Refuse(f"its instance profile {name} holds no role: put one in")
    role: str = roles[0]["RoleName"]
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return role, any(policy["PolicyName"] in SUFFICIENT for page in pages for policy in page["AttachedPolicies"])


def creation(aws: Aws, profile: Record, instance_id: str, partition: str) -> Plan:
    """Make of the role and the instance profile what is missing."""
    iam = aws("iam")
    tags = [{"Key": "ASR", "Value": instance_id}]
    in_profile = [role["RoleName"] for role in profile.get("Roles", [])]
    try:
        role = iam.get_role(RoleName=NAME)["Role"]
        pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=NAME)
        attached = [policy["PolicyName"] for page in pages for policy in page["AttachedPolicies"]]
    except iam.exceptions.NoSuchEntityException:
        role, attached = {}, []
    ours = all(any(tag["Key"] == "ASR" for tag in part.get("Tags", [])) for part in (role, profile) if part)
    if not ours or in_profile not in ([], [NAME]):
        raise Refuse(f"there is a role or an instance profile {NAME} that is not ours: rename it")
    named = {"RoleName": NAME}
    if not role:
        suffix = ".cn" if partition == "aws-cn" else ""
        principal = {"Service": f"ec2.amazonaws.com{suffix}"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        these = {**named, "AssumeRolePolicyDocument": document, "Tags": tags}
        yield Change("iam", "create_role", these, undo=Undo("delete_role", named))
    if POLICY not in attached:
        yield attachment(NAME, partition)
    profile_name = {"InstanceProfileName": NAME}
    if not profile:
        back = Undo("delete_instance_profile", profile_name)
        yield Change("iam", "create_instance_profile", {**profile_name, "Tags": tags}, undo=back)
    if not in_profile:
        these = {**profile_name, **named}
        yield Change(
            "iam", "add_role_to_instance_profile", these, undo=Undo("remove_role_from_instance_profile", these)
        )
