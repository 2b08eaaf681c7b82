"""Service settings of SSM that concern Automation and documents, per account and region.

Source: API reference, GetServiceSetting, UpdateServiceSetting and ResetServiceSetting.
"""

import datetime
from collections.abc import Mapping

from asr_templates.simulator.aws.automation.executions import now
from asr_templates.simulator.aws.automation.references import Value

ADAPTIVE_CONCURRENCY = "/ssm/automation/enable-adaptive-concurrency"

DEFAULTS: Mapping[str, str] = {
    "/ssm/automation/customer-script-log-destination": "",
    "/ssm/automation/customer-script-log-group-name": "",
    ADAPTIVE_CONCURRENCY: "False",
    "/ssm/documents/console/public-sharing-permission": "Enable",
}


class ServiceSettings:
    """The values that accounts have set; everything else has AWS's default."""

    def __init__(self) -> None:
        self._changed: dict[tuple[str, str, str], tuple[str, str, datetime.datetime]] = {}

    def value(self, account: str, region: str, setting: str) -> str:
        """The value in force. Raises KeyError for a setting that does not exist."""
        changed = self._changed.get((account, region, setting))
        return changed[0] if changed else DEFAULTS[setting]

    def update(self, account: str, region: str, setting: str, value: str, user: str) -> None:
        """Overwrite the default."""
        self._changed[account, region, setting] = (value, user, now())

    def reset(self, account: str, region: str, setting: str) -> None:
        """Back to the default."""
        self._changed.pop((account, region, setting), None)

    def description(self, account: str, region: str, partition: str, setting: str) -> dict[str, Value]:
        """As in GetServiceSetting."""
        described: dict[str, Value] = {
            "SettingId": setting,
            "SettingValue": self.value(account, region, setting),
            "ARN": f"arn:{partition}:ssm:{region}:{account}:servicesetting{setting}",
            "Status": "Default",
        }
        changed = self._changed.get((account, region, setting))
        if changed:
            described |= {"Status": "Customized", "LastModifiedUser": changed[1], "LastModifiedDate": changed[2]}
        return described
