"""The embedded AWS as a whole: accounts and regions that start empty, with everything that runs in them.

    with Environment(accounts=["111111111111"], regions=["eu-west-1"], hub_admin="111111111111") as environment:
        environment.deploy("111111111111", "eu-west-1", "stack", template)
        environment.session("111111111111").client("s3", region_name="eu-west-1")
        environment.run()

One per process at a time: it patches moto and botocore, and puts everything back when it is left.
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar
from unittest import mock

from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.responses import BaseResponse
from moto.sns.models import sns_backends

from asr_templates.simulator.aws import automation, cloudformation, gaps, identity, sandbox, state_machines
from asr_templates.simulator.aws.access.enforcement import Access
from asr_templates.simulator.aws.clock import scheduler, virtual_time
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.event_bus import EventBus
from asr_templates.simulator.aws.functions import Functions
from asr_templates.simulator.aws.queues import Queues
from asr_templates.simulator.aws.security_hub import Hub

T = TypeVar("T")

INTERPRETER = "moto.stepfunctions.parser"
# Loaded before their threads and clocks are swapped.
INTERPRETER_MODULES = (
    f"{INTERPRETER}.models",
    f"{INTERPRETER}.backend.execution",
    "moto.stepfunctions.responses",
)
MOTO_SETTINGS = {
    # Each EC2 backend would otherwise load its default images: half a second and 8 MB.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}

# GovCloud's global services are at iam.us-gov.amazonaws.com: no region for moto to find the partition by.
GOVCLOUD_HOST, GOVCLOUD_REGION = "us-gov", "us-gov-west-1"


class Environment:
    """Accounts and regions, Security Hub's administrator account among them; the first region aggregates findings."""

    def __init__(self, accounts: Sequence[str], regions: Sequence[str], hub_admin: str) -> None:
        if hub_admin not in accounts:
            raise ValueError(f"hub_admin {hub_admin} is none of the accounts {', '.join(accounts)}")
        if not regions:
            raise ValueError("regions must name at least one region")
        self.accounts = tuple(accounts)
        self.regions = tuple(regions)
        self.access = Access()
        self.bus = EventBus()
        self.functions = Functions()
        self.queues = Queues(self.functions)
        self.hub = Hub(self.bus, hub_admin, self.regions[0])
        self.automations = automation.Automations(self.bus, self.access.require_pass_role)
        self.exports: dict[tuple[str, str], dict[str, str]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def _start(self, stack: ExitStack) -> None:
        for name in INTERPRETER_MODULES:
            importlib.import_module(name)
        scheduler.start()  # refuses a second Environment before anything is patched
        stack.callback(scheduler.stop)
        stack.callback(_forget)
        stack.enter_context(mock.patch.dict(os.environ, MOTO_SETTINGS))
        stack.enter_context(mock_aws(config={"stepfunctions": {"execute_state_machine": True}}))
        stack.enter_context(_front_door())
        stack.enter_context(sandbox.installed())
        stack.enter_context(identity.installed())
        stack.enter_context(self.access.installed())
        stack.enter_context(virtual_time(INTERPRETER))
        stack.enter_context(self.functions.installed())
        stack.enter_context(self.queues.installed())
        stack.enter_context(self.bus.installed())
        stack.enter_context(self.hub.installed())
        stack.enter_context(state_machines.installed(self.bus))
        stack.enter_context(automation.installed(self.automations))
        stack.enter_context(gaps.installed())
        # At the end this is called first: tasks unwind while everything that they may still call is there.
        stack.callback(scheduler.stop)
        cloudformation.known_accounts.update(self.accounts)
        stack.callback(cloudformation.known_accounts.clear)
        for account in self.accounts:
            for region in self.regions:
                self.hub.enable(account, region)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def session(self, account: str) -> identity.Session:
        """A session with full rights in one of the accounts."""
        if account not in self.accounts:
            raise ValueError(f"account {account} is none of {', '.join(self.accounts)}")
        return identity.administrator(account)

    def deploy(
        self,
        account: str,
        region: str,
        name: str,
        template: Mapping[str, Any] | str,
        parameters: Mapping[str, str] | None = None,
    ) -> cloudformation.Stack:
        """Create a stack from a template or from its URL in S3. Raises cloudformation.StackFailed."""
        is_url = isinstance(template, str) and template.startswith("https://")
        return scheduler.call(
            cloudformation.create_stack,
            name=name,
            template=None if is_url else template,
            template_url=str(template) if is_url else None,
            parameters=parameters or {},
            account=account,
            region=region,
            exports=self.exports.setdefault((account, region), {}),
        )

    def messages(self, topic_arn: str) -> list[str]:
        """What has been published to a topic, oldest first."""
        _, _, _, region, account, _ = topic_arn.split(":", 5)
        topic = sns_backends[account][region].topics.get(topic_arn)
        if topic is None:
            raise ValueError(f"there is no topic {topic_arn}")
        return [str(message) for _, message, *_ in topic.sent_notifications]

    def run(self, until: Callable[[], bool] | None = None) -> None:
        """Let everything go on until no foreground work is left, or until `until()`."""
        scheduler.run(until)


def _forget() -> None:
    """Drop what moto keeps of finished executions."""
    from moto.stepfunctions.parser import utils

    utils.TMP_THREADS.clear()
    gc.collect()


@contextmanager
def _front_door() -> Iterator[None]:
    """Every request to AWS comes through here: out of the caller's sandbox, and nothing unknown passes.

    An operation that moto lacks raises NotSimulated, and so does a request that it would let through to the network.
    """
    process, call_action = BotocoreStubber.process_request, BaseResponse.call_action
    region_of = BaseResponse.get_region_from_url

    def process_request(self: BotocoreStubber, request: Any) -> Any:
        with sandbox.outside():
            response = process(self, request)
        if response is None or response == (404, {}, "Not yet implemented"):
            raise NotSimulated("AWS", f"{request.method} {request.url}")
        return response

    def known_action(self: BaseResponse) -> Any:
        try:
            return call_action(self)
        except NotImplementedError as error:
            raise NotSimulated(f"AWS {self.service_name}", str(error) or self._get_action()) from error

    def known_region(self: BaseResponse, request: Any, full_url: str) -> str:
        region = str(region_of(self, request, full_url))
        return GOVCLOUD_REGION if region == GOVCLOUD_HOST else region

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(BaseResponse, "get_region_from_url", known_region))
        stack.enter_context(mock.patch.object(BotocoreStubber, "process_request", process_request))
        stack.enter_context(mock.patch.object(BaseResponse, "call_action", known_action))
        yield
