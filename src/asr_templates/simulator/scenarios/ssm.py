"""Broken resources of AWS Systems Manager."""

import json
import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

PUBLIC_SHARING = "/ssm/documents/console/public-sharing-permission"


def public_document(place: Place) -> str:
    """A document that everyone may use."""
    ssm = place.client("ssm")
    name = f"Restart.Web_Server-{uuid.uuid4().hex[:8]}"
    step = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}}
    content = {"schemaVersion": "0.3", "description": "Wait a minute.", "mainSteps": [step]}
    ssm.create_document(Name=name, DocumentType="Automation", DocumentFormat="JSON", Content=json.dumps(content))
    share(place, name)
    return place.arn("ssm", f"document/{name}")


def share(place: Place, name: str, account: str = "all") -> None:
    """Share a document with everyone, or with one account."""
    place.client("ssm").modify_document_permission(Name=name, PermissionType="Share", AccountIdsToAdd=[account])


def sharing(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the document, and with whom it is shared."""
    ssm = place.client("ssm")
    name = resource_id.rpartition("/")[2]
    permission = ssm.describe_document_permission(Name=name, PermissionType="Share")
    return {
        "Document": ssm.describe_document(Name=name)["Document"],
        "SharedWith": permission["AccountSharingInfoList"],
    }


def is_private(place: Place, resource_id: str) -> bool:
    """The document is there and shared with nobody."""
    return not sharing(place, resource_id)["SharedWith"]


def share_again(place: Place, resource_id: str) -> None:
    """Someone shares the document with everyone again."""
    share(place, resource_id.rpartition("/")[2])


def open_region(place: Place) -> str:
    """A region where documents may be shared with everyone, as AWS has it at first."""
    place.client("ssm").reset_service_setting(SettingId=PUBLIC_SHARING)
    return place.account_resource


def public_sharing(place: Place, resource_id: str) -> tuple[str, str]:
    """Return the value of the setting, and whether it is the default."""
    setting = place.client("ssm").get_service_setting(SettingId=PUBLIC_SHARING)["ServiceSetting"]
    return setting["SettingValue"], setting["Status"]


def blocks(place: Place, resource_id: str) -> bool:
    """Public sharing is off."""
    return public_sharing(place, resource_id)[0] == "Disable"


def allow_again(place: Place, resource_id: str) -> None:
    """Someone allows public sharing again."""
    place.client("ssm").update_service_setting(SettingId=PUBLIC_SHARING, SettingValue="Enable")


PROFILE = "ASR-ManagedInstance"


def unmanaged_instance(place: Place) -> str:
    """A running instance without an instance profile; what an earlier proof made for others is gone."""
    ec2 = place.client("ec2")
    associations = ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
    for association in associations:
        if association["IamInstanceProfile"]["Arn"].endswith(f"/{PROFILE}"):
            ec2.disassociate_iam_instance_profile(AssociationId=association["AssociationId"])
    remove_profile(place)
    image = ec2.register_image(Name=f"linux-{uuid.uuid4().hex[:8]}", RootDeviceName="/dev/xvda")["ImageId"]
    instance = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    return place.arn("ec2", f"instance/{instance['InstanceId']}")


def remove_profile(place: Place) -> None:
    """Delete the role and the instance profile of managed instances as far as they are there."""
    iam = place.client("iam")
    profile, role = {"InstanceProfileName": PROFILE}, {"RoleName": PROFILE}
    try:
        for held in iam.get_instance_profile(**profile)["InstanceProfile"]["Roles"]:
            iam.remove_role_from_instance_profile(**profile, RoleName=held["RoleName"])
        iam.delete_instance_profile(**profile)
    except iam.exceptions.NoSuchEntityException:
        pass
    try:
        for policy in iam.list_attached_role_policies(**role)["AttachedPolicies"]:
            iam.detach_role_policy(**role, PolicyArn=policy["PolicyArn"])
        iam.delete_role(**role)
    except iam.exceptions.NoSuchEntityException:
        pass


def instance_id(resource_id: str) -> str:
    """Return i-... of an instance's ARN."""
    return resource_id.rpartition("/")[2]


def instance(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the instance, and the instance profile of managed ones with its role; without ids that are given anew."""
    found = place.client("ec2").describe_instances(InstanceIds=[instance_id(resource_id)])["Reservations"][0]
    described = found["Instances"][0]
    described["IamInstanceProfile"] = described.get("IamInstanceProfile", {}).get("Arn")
    return {"Instance": described, "InstanceProfile": profile(place)}


def profile(place: Place) -> dict[str, Any] | None:
    """Return the instance profile of managed instances."""
    iam = place.client("iam")
    try:
        found = iam.get_instance_profile(InstanceProfileName=PROFILE)["InstanceProfile"]
    except iam.exceptions.NoSuchEntityException:
        return None
    roles = [role["RoleName"] for role in found["Roles"]]
    policies = [iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] for role in roles]
    return {"Roles": roles, "Policies": policies, "Tags": found["Tags"]}


def is_managed(place: Place, resource_id: str) -> bool:
    """Systems Manager is in touch with the instance."""
    asked = [{"Key": "InstanceIds", "Values": [instance_id(resource_id)]}]
    nodes = place.client("ssm").describe_instance_information(Filters=asked)["InstanceInformationList"]
    return [node["PingStatus"] for node in nodes] == ["Online"]


def take_profile(place: Place, resource_id: str) -> None:
    """Someone takes the instance profile away."""
    ec2 = place.client("ec2")
    asked = [{"Name": "instance-id", "Values": [instance_id(resource_id)]}]
    found = ec2.describe_iam_instance_profile_associations(Filters=asked)["IamInstanceProfileAssociations"]
    ec2.disassociate_iam_instance_profile(AssociationId=found[0]["AssociationId"])


SCENARIOS = {
    "SSM.1": Scenario(unmanaged_instance, is_managed, instance, take_profile),
    "SSM.4": Scenario(public_document, is_private, sharing, share_again),
    "SSM.7": Scenario(open_region, blocks, public_sharing, allow_again),
}
