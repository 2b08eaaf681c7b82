"""The rendered stacks, deployed in an embedded AWS of several accounts and regions.

Nothing is special-cased: the templates come from dist/ through an emulated S3, the rendered state machine, the zipped
functions and the rendered SSM documents run under their own roles, and what is not in a template does not exist.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self, overload

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.runs import Finding, MadeCall, Moment, Run, Step, json_of, states, transitions

Mode = Literal["Apply", "Preview"]
StackKind = Literal["admin", "member-roles", "member"]

ROOT_TEMPLATES: Mapping[StackKind, str] = {
    "admin": "automated-security-response-admin.template",
    "member-roles": "automated-security-response-member-roles.template",
    "member": "automated-security-response-member.template",
}
ACTIONS: Mapping[Mode, str] = {"Apply": "Remediate", "Preview": "Preview"}
FINDINGS_PER_ACTION = 20
RUN_STATE = "Run"
"""The state of the orchestrator that waits for the automations."""


class NotStartedError(Exception):
    """A custom action led to no execution: a rule, a queue or a function of the build does not do its part."""


class Mark(NamedTuple):
    """What there was before something was done: execution ARNs, and how many calls and invocations."""

    executions: frozenset[str]
    calls: int
    invocations: int


class Cloud:
    """Accounts and regions with the three stacks launched.

    dist: the folder that the build wrote. admin, members: account ids of twelve digits. regions: the first one is the
    orchestrator's. playbooks: keys that are loaded (None: all). order: in which the stacks are launched.
    stack_parameters: more parameters by kind of stack. Raises StackFailed where a stack cannot be launched, and
    NotSimulated for whatever the embedded AWS does not know.
    """

    def __init__(
        self,
        dist: str | Path = "dist",
        admin: str = "111111111111",
        members: Sequence[str] = ("222222222222",),
        regions: Sequence[str] = ("us-east-1", "eu-west-1"),
        playbooks: Sequence[str] | None = None,
        order: Sequence[StackKind] = ("admin", "member-roles", "member"),
        stack_parameters: Mapping[StackKind, Mapping[str, str]] | None = None,
    ) -> None:
        self.dist = Path(dist)
        self.admin, self.members, self.regions = admin, list(members), list(regions)
        self.playbooks = playbooks
        self.order = order
        self.stack_parameters = stack_parameters or {}
        self.accounts = list(dict.fromkeys([admin, *members]))
        self.home = self.regions[0]
        self._stack = ExitStack()
        self._actions: dict[str, str] = {}

    def __enter__(self) -> Self:
        templates = {kind: self._template(name) for kind, name in ROOT_TEMPLATES.items()}
        with ExitStack() as stack:
            self.aws: Environment = stack.enter_context(
                Environment(accounts=self.accounts, regions=self.regions, hub_admin=self.admin)
            )
            self._publish(templates["admin"])
            for kind in self.order:
                self._launch(kind, templates[kind])
            targets = self.client("securityhub", self.admin).describe_action_targets()["ActionTargets"]
            self._actions = {target["Name"].split()[0]: target["ActionTargetArn"] for target in targets}
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def client(self, service: str, account: str | None = None, region: str | None = None) -> Any:
        """Return a boto3 client with full rights (default: the admin account, the orchestrator's region)."""
        session: Any = self.aws.session(account or self.admin)
        return session.client(service, region_name=region or self.home)

    # --- what people and Security Hub do

    @overload
    def remediate(self, finding: Finding, mode: Mode = "Apply") -> Run: ...
    @overload
    def remediate(self, finding: Sequence[Finding], mode: Mode = "Apply") -> list[Run]: ...
    def remediate(self, finding: Finding | Sequence[Finding], mode: Mode = "Apply") -> Run | list[Run]:
        """Choose "Remediate with ASR" (or "Preview with ASR") for one finding, or for several at once.

        The finding is stored as given, without an Imported event; one that the hub would refuse is delivered all the
        same. Returns one run per finding, in order. Raises NotStartedError where no execution came of it.
        """
        findings = [finding] if isinstance(finding, dict) else list(finding)
        for each in findings:
            self._store(each)
        causes = []
        action = self._actions[ACTIONS[mode]]
        before = self._mark()
        for start in range(0, len(findings), FINDINGS_PER_ACTION):
            batch = findings[start : start + FINDINGS_PER_ACTION]
            causes += self.aws.hub.custom_action(self.admin, self.home, action, f"{ACTIONS[mode]} with ASR", batch)
        scheduler.run()
        started = self._executions(before)
        runs = []
        for each, cause in zip(findings, causes, strict=True):
            arn = next((arn for arn, given in started.items() if given["Cause"] == cause), None)
            if arn is None:
                raise NotStartedError(f"no execution started for {each.get('Id')}: {self._lost()}")
            runs.append(self._run(arn, each, before))
        return runs[0] if isinstance(finding, dict) else runs

    def import_finding(self, finding: Finding) -> Run | None:
        """Let a finding arrive by itself, its workflow status as given; None where nothing had to be started."""
        before = self._mark()
        self.aws.hub.store(finding)
        self.aws.hub.emit_imported(finding)
        scheduler.run()
        started = self._executions(before)
        return self._run(next(iter(started)), finding, before) if started else None

    def deliver_late(self, finding: Finding, stored: Finding) -> Run:
        """Let the Imported event of `finding` arrive when the hub already holds it as `stored`."""
        before = self._mark()
        self.aws.hub.store(stored)
        self.aws.hub.emit_imported(finding)
        scheduler.run()
        return self._run(next(iter(self._executions(before))), finding, before)

    def undo(self, run: Run) -> Run:
        """Undo a run, as `asr undo` does."""
        before = self._mark()
        payload = json.dumps({"Execution": run.execution}).encode()
        answer = self.client("lambda").invoke(FunctionName=self.outputs["UndoFunction"], Payload=payload)
        text = answer["Payload"].read().decode()
        scheduler.run()
        started = self._executions(before)
        if not started:
            raise NotStartedError(f"no execution started for the undo of {run.execution}: {text}; {self._lost()}")
        return self._run(next(iter(started)), run.finding, before)

    def switch_on(self, control: str, standard: str = "SC") -> None:
        """Switch on automatic remediation of a control (its id in the standard)."""
        self._configure({"Subject": "automatic", "Control": f"{standard}/{control}", "Enabled": True})

    def exempt(self, resource_id: str, control: str, reason: str, until: str | None = None) -> None:
        """Exempt a resource from a control; `until` is an ISO date, without it the exemption has no end."""
        row = {"Subject": resource_id, "Control": control, "Reason": reason}
        self._configure({**row, "Until": until} if until else row)

    # --- launching

    def _template(self, name: str) -> str:
        path = self.dist / "templates" / name
        if not path.is_file():
            raise FileNotFoundError(f"{path} does not exist: build first (python build.py)")
        return path.read_text("utf-8")

    def _publish(self, admin_template: str) -> None:
        """Put dist/ into one bucket per region, where the templates look for it."""
        defaults = {name: row.get("Default") for name, row in json.loads(admin_template)["Parameters"].items()}
        files = [path for folder in ("templates", "lambda") for path in sorted((self.dist / folder).rglob("*"))]
        for region in self.regions:
            s3 = self.client("s3", region=region)
            bucket = f"{defaults['TemplateBucket']}-{region}"
            place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            s3.create_bucket(Bucket=bucket, **place)
            for path in files:
                if path.is_file():
                    key = f"{defaults['TemplatePrefix']}/{path.relative_to(self.dist).as_posix()}"
                    s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())

    def _launch(self, kind: StackKind, template: str) -> None:
        known = json.loads(template)["Parameters"]
        given = {
            "SecHubAdminAccount": self.admin,
            "MemberAccounts": ",".join(self.members),
            "OrchestratorRegion": self.home,
            "AllowUndo": "yes",
            **{name: self._loaded(name) for name in known if name.startswith("Load")},
            **self.stack_parameters.get(kind, {}),
        }
        parameters = {name: value for name, value in given.items() if name in known}
        places = {
            "admin": [(self.admin, self.home)],
            "member-roles": [(account, self.home) for account in self.accounts],
            "member": [(account, region) for account in self.accounts for region in self.regions],
        }
        for account, region in places[kind]:
            launched = self.aws.deploy(account, region, f"asr-{kind}", template, parameters)
            if kind == "admin":
                self.outputs: Mapping[str, str] = launched.outputs

    def _loaded(self, parameter: str) -> str:
        return "yes" if self.playbooks is None or parameter.removeprefix("Load") in self.playbooks else "no"

    # --- following

    def _store(self, finding: Finding) -> None:
        """Put a finding into the hub, unless it is one that no hub of these accounts and regions could hold."""
        product = str(finding.get("ProductArn", "")).split(":")
        region = product[3] if len(product) > 3 else ""
        if finding.get("Id") and finding.get("AwsAccountId") in self.accounts and region in self.regions:
            self.aws.hub.store(finding)

    def _configure(self, row: Mapping[str, Any]) -> None:
        kinds: Mapping[type, Callable[[Any], dict[str, Any]]] = {
            str: lambda value: {"S": value},
            bool: lambda value: {"BOOL": value},
        }
        item = {name: kinds[type(value)](value) for name, value in row.items()}
        self.client("dynamodb").put_item(TableName=self.outputs["ConfigurationTable"], Item=item)

    def _mark(self) -> Mark:
        return Mark(frozenset(self._all_executions()), len(self.aws.access.calls), len(self.aws.functions.invocations))

    def _all_executions(self) -> list[str]:
        pages = self.client("stepfunctions").get_paginator("list_executions")
        machine = self.outputs["StateMachineArn"]
        found = [row for page in pages.paginate(stateMachineArn=machine) for row in page["executions"]]
        return [str(row["executionArn"]) for row in sorted(found, key=lambda row: row["startDate"])]

    def _executions(self, before: Mark) -> dict[str, dict[str, Any]]:
        """Return ARN -> input of what has started since."""
        functions = self.client("stepfunctions")
        new = [arn for arn in self._all_executions() if arn not in before.executions]
        return {arn: json.loads(functions.describe_execution(executionArn=arn)["input"]) for arn in new}

    def _lost(self) -> str:
        """Say where an event may have been lost."""
        undelivered = [str(each) for each in self.aws.bus.undelivered]
        failed = [f"{each.function}: {each.error}" for each in self.aws.functions.invocations if each.error]
        return "; ".join([*undelivered, *failed]) or "no rule matched its event"

    def _run(self, arn: str, finding: Finding, before: Mark) -> Run:
        machine = self.client("stepfunctions")
        execution = machine.describe_execution(executionArn=arn)
        history = [
            event
            for page in machine.get_paginator("get_execution_history").paginate(executionArn=arn)
            for event in page["events"]
        ]
        result = json.loads(execution.get("output") or "{}")
        output = result.get("Output") or None
        timeline = self._timeline(history, result.get("Automation"))
        automations = set(self._automation_ids(result.get("Automation")))
        return Run(
            execution=execution["name"],
            finding=finding,
            status=result.get("Outcome", "ORCHESTRATOR_ERROR"),
            message=result.get("Message", execution.get("cause", "")),
            workflow_status=self._workflow_status(finding),
            steps=[Step(moment.name, moment.outcome) for moment in timeline],
            changes=output["Changes"] if output else [],
            notifications=self._notifications(execution["name"]),
            calls=self._calls(before, automations),
            output=output,
            timeline=timeline,
            state_transitions=transitions(history),
            function_invocations=len(self.aws.functions.invocations) - before.invocations,
        )

    def _workflow_status(self, finding: Finding) -> str | None:
        stored = self.aws.hub.finding(str(finding.get("ProductArn")), str(finding.get("Id")))
        return stored["Workflow"]["Status"] if stored and "Workflow" in stored else None

    def _notifications(self, execution: str) -> list[dict[str, Any]]:
        messages = map(json_of, self.aws.messages(self.outputs["TopicArn"]))
        return [message for message in messages if isinstance(message, dict) and message.get("Execution") == execution]

    def _automation_ids(self, automation: Mapping[str, str] | None) -> list[str]:
        """Return the ids of a control runbook's automation and of its children."""
        if not automation:
            return []
        executions = self.aws.automations.executions
        return [automation["Id"], *(each.id for each in executions if each.parent_id == automation["Id"])]

    def _timeline(self, history: list[dict[str, Any]], automation: Mapping[str, str] | None) -> list[Moment]:
        """Return the states in order, the steps of the automations behind the state that waits for them."""
        moments = []
        for moment in states(history):
            moments.append(moment)
            if automation and moment.name == RUN_STATE:
                moments += self._automation_steps(automation["Id"], 1)
        return moments

    def _automation_steps(self, automation: str, level: int) -> Iterator[Moment]:
        """Yield the steps of an automation that ran, those of its children behind the step that started them."""
        execution = next(each for each in self.aws.automations.executions if each.id == automation)
        for step in execution.steps:
            if step.started:
                yield Moment(step.started.timestamp(), level, step.step.name, step.status, step.failure_message)
                for child in step.outputs.get("ExecutionId", []):
                    yield from self._automation_steps(child, level + 1)

    def _calls(self, before: Mark, automations: set[str]) -> list[MadeCall]:
        return [
            MadeCall(call.principal.rsplit("/", 1)[-1], call.service, call.operation, call.resource, call.allowed)
            for call in self.aws.access.calls[before.calls :]
            if any(automation in call.task for automation in automations)
        ]
