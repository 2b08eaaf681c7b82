from asr_templates.embedded.launch_configurations import replacement, settings, successor_name
from asr_templates.embedded.runner import Aws, Gone, Plan


def plan(aws: Aws, LaunchConfigurationName: str, Retire: bool) -> Plan:
    """No group launches instances with a launch configuration that gives them public IP addresses."""
    former = settings(aws, LaunchConfigurationName)
    if not former and not Retire:
        raise Gone
    if not former.get("AssociatePublicIpAddress"):
        return {"Groups": []}
    name = successor_name(LaunchConfigurationName, "NoPublicIP")
    wanted = {**former, "LaunchConfigurationName": name, "AssociatePublicIpAddress": False}
    return (yield from replacement(aws, LaunchConfigurationName, wanted, Retire))
