from asr_templates.embedded.launch_configurations import replacement, settings, successor_name
from asr_templates.embedded.runner import Aws, Gone, Plan


def plan(aws: Aws, LaunchConfigurationName: str, Retire: bool) -> Plan:
    """No group launches instances with a launch configuration that does not require IMDSv2."""
    former = settings(aws, LaunchConfigurationName)
    if not former and not Retire:
        raise Gone
    options = {**former.get("MetadataOptions", {}), "HttpTokens": "required"}  # the rest of them stays
    if not former or former.get("MetadataOptions") == options:
        return {"Groups": []}
    name = successor_name(LaunchConfigurationName, "IMDSv2")
    wanted = {**former, "LaunchConfigurationName": name, "MetadataOptions": options}
    return (yield from replacement(aws, LaunchConfigurationName, wanted, Retire))
