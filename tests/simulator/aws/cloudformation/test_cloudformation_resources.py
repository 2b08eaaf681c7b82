"""Each resource type is created with all that its template says, as the service's own API tells afterwards."""

import json
from typing import Any

import pytest
import yaml

from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
TAGS = [{"Key": "team", "Value": "security"}]
LOG_DELIVERY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}


def policy(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def role(service: str, **properties: Any) -> dict[str, Any]:
    trust = policy(Principal={"Service": service}, Action="sts:AssumeRole")
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **properties}}


def resource(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


def function(role_arn: Any, **properties: Any) -> dict[str, Any]:
    settings = {"Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": "def handler(e, c): pass"}}
    return resource("AWS::Lambda::Function", Role=role_arn, **{**settings, **properties})


def test_a_role_has_its_policies_path_and_tags(world: Any) -> None:
    allowed = policy(Action="sqs:*", Resource="*")
    stack = world.create_resources(
        Role=role(
            "lambda.amazonaws.com",
            RoleName="worker",
            Path="/asr/",
            MaxSessionDuration="7200",
            Description="d",
            Tags=TAGS,
            Policies=[{"PolicyName": "inline", "PolicyDocument": allowed}],
        ),
        Attached=resource("AWS::IAM::Policy", PolicyName="attached", PolicyDocument=allowed, Roles=[{"Ref": "Role"}]),
        Single=resource("AWS::IAM::RolePolicy", PolicyName="single", PolicyDocument=allowed, RoleName={"Ref": "Role"}),
        Managed=resource("AWS::IAM::ManagedPolicy", PolicyDocument=allowed, Roles=[{"Ref": "Role"}]),
    )
    iam = world.client("iam")
    created = iam.get_role(RoleName="worker")["Role"]

    assert f"arn:aws:iam::{ACCOUNT}:role/asr/worker" == created["Arn"] == stack.resources["Role"].attributes["Arn"]
    assert (created["MaxSessionDuration"], created["Description"], created["Tags"]) == (7200, "d", TAGS)
    assert sorted(iam.list_role_policies(RoleName="worker")["PolicyNames"]) == ["attached", "inline", "single"]
    assert [stack.resources["Managed"].physical_id] == [
        attached["PolicyArn"] for attached in iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]
    ]


def test_a_role_name_is_taken_in_every_region(world: Any) -> None:
    world.create({"Resources": {"Role": role("ssm.amazonaws.com", RoleName="worker")}}, region="us-east-1")

    failure = world.failure({"Resources": {"Role": role("ssm.amazonaws.com", RoleName="worker")}})

    assert "root/Role: (AWS::IAM::Role)" in str(failure)
    assert "Role with name worker already exists" in str(failure)


@pytest.mark.parametrize(
    ("principal", "exists"),
    [
        ({"AWS": "222222222222"}, True),
        ({"AWS": ["arn:aws:iam::222222222222:root", "*"]}, True),
        ("*", True),
        ({"Service": "ssm.amazonaws.com"}, True),
        ({"AWS": "arn:aws:iam::222222222222:role/there"}, True),
        ({"AWS": "arn:aws:sts::222222222222:assumed-role/there/session"}, True),
        ({"AWS": "333333333333"}, False),
        ({"AWS": "arn:aws:iam::333333333333:root"}, False),
        ({"AWS": "arn:aws:iam::222222222222:role/absent"}, False),
        ({"AWS": "arn:aws:iam::222222222222:role/path/there"}, False),
        ({"AWS": "arn:aws-cn:iam::222222222222:root"}, False),
        ({"AWS": "arn:aws:iam::222222222222:user/absent"}, False),
        ({"AWS": "arn:aws:sts::222222222222:assumed-role/absent/session"}, False),
        ({"Service": "ssm"}, False),
    ],
)
def test_policies_may_name_only_principals_that_exist(world: Any, principal: Any, exists: bool) -> None:
    trust = json.dumps(policy(Principal={"Service": "ssm.amazonaws.com"}, Action="sts:AssumeRole"))
    world.client("iam", account="222222222222").create_role(RoleName="there", AssumeRolePolicyDocument=trust)
    template = {
        "Resources": {
            "Role": resource(
                "AWS::IAM::Role", AssumeRolePolicyDocument=policy(Principal=principal, Action="sts:AssumeRole")
            )
        }
    }
    if exists:
        assert world.create(template).status == "CREATE_COMPLETE"
    else:
        assert "root/Role: (AWS::IAM::Role) Invalid principal in policy: " in str(world.failure(template))


NOBODY = policy(Principal={"AWS": "arn:aws:iam::222222222222:role/nobody"}, Action="*", Resource="*")


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        (
            {
                "Q": resource("AWS::SQS::Queue"),
                "P": resource("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Q"}], PolicyDocument=NOBODY),
            },
            "InvalidAttributeValue",
        ),
        (
            {
                "T": resource("AWS::SNS::Topic"),
                "P": resource("AWS::SNS::TopicPolicy", Topics=[{"Ref": "T"}], PolicyDocument=NOBODY),
            },
            "PrincipalNotFound",
        ),
        (
            {
                "B": resource("AWS::S3::Bucket"),
                "P": resource("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=NOBODY),
            },
            "MalformedPolicy",
        ),
        (
            {"P": resource("AWS::KMS::Key", KeyPolicy=NOBODY)},
            "Policy contains a statement with one or more invalid principals",
        ),
        (
            {"P": resource("AWS::Events::EventBusPolicy", StatementId="s", Statement=NOBODY["Statement"][0])},
            "Invalid principal in policy",
        ),
    ],
)
def test_resource_policies_may_name_only_principals_that_exist(
    world: Any, resources: dict[str, Any], reason: str
) -> None:
    failure = world.failure({"Resources": resources})

    assert failure.logical_id == "P"
    assert reason in str(failure)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            resource("AWS::Lambda::Function", Code={"ZipFile": "x"}, Runtime="python3.13", Handler="a.b"),
            "cannot be assumed by Lambda",
        ),
        (
            resource("AWS::StepFunctions::StateMachine", DefinitionString="{}"),
            "Neither the global service principal states.amazonaws.com",
        ),
        (
            resource("AWS::Events::Rule", ScheduleExpression="rate(1 day)"),
            "cannot be assumed by principal 'events.amazonaws.com'",
        ),
    ],
)
@pytest.mark.parametrize("role_name", ["distrustful", "absent"])
def test_a_service_must_be_able_to_assume_the_role_it_is_given(
    world: Any, wrong: dict[str, Any], reason: str, role_name: str
) -> None:
    world.create_role("distrustful", "ssm.amazonaws.com")
    key = "Role" if wrong["Type"] == "AWS::Lambda::Function" else "RoleArn"
    properties = {**wrong["Properties"], key: f"arn:aws:iam::{ACCOUNT}:role/{role_name}"}

    assert reason in world.resource_failure(It={**wrong, "Properties": properties})


@pytest.mark.parametrize(
    ("limit", "make"),
    [
        ("Maximum policy size of 10240 bytes exceeded", lambda actions: {"Policies": actions}),
        ("Cannot exceed quota for ACLSizePerRole: 2048", lambda actions: {"AssumeRolePolicyDocument": actions}),
    ],
)
def test_policies_that_are_too_long_are_refused(world: Any, limit: str, make: Any) -> None:
    if "ACL" in limit:
        services = [f"service-number-{number}.amazonaws.com" for number in range(60)]
        properties = make(policy(Principal={"Service": services}, Action="sts:AssumeRole"))
    else:
        actions = [f"sqs:Action{number:04}" for number in range(600)]
        properties = make([{"PolicyName": "long", "PolicyDocument": policy(Action=actions, Resource="*")}])

    assert limit in world.resource_failure(Role=role("ssm.amazonaws.com", **properties))


def test_a_document_given_as_an_object_becomes_text_in_its_format(world: Any) -> None:
    content = {
        "schemaVersion": "0.3",
        "description": "Grün: 'yes'",
        "mainSteps": [{"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}, "isEnd": True}],
    }
    properties = {"Name": "ASR-X", "DocumentType": "Automation", "DocumentFormat": "YAML", "Tags": TAGS}
    stack = world.create_resources(
        Document=resource("AWS::SSM::Document", Content=content, UpdateMethod="NewVersion", **properties)
    )
    stored = world.client("ssm").get_document(Name="ASR-X", DocumentFormat="YAML")

    assert stack.resources["Document"].physical_id == "ASR-X"
    assert content == yaml.safe_load(stored["Content"])


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"Name": "AWS-Mine"}, "Document name AWS-Mine is reserved: it must not begin with aws, amazon or amzn"),
        ({"Content": {"schemaVersion": "0.3", "description": "x" * 65_536}}, "exceeds the limit of 65536"),
    ],
)
def test_documents_with_reserved_names_or_too_much_text_are_refused(
    world: Any, properties: dict[str, Any], reason: str
) -> None:
    document = resource("AWS::SSM::Document", **{"Content": {"schemaVersion": "0.3"}, **properties})

    assert reason in world.resource_failure(Document=document)


def test_an_account_has_at_most_500_documents_in_a_region(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The documents are counted in moto's own store; the limit is lowered, since 500 take seconds to make."""
    monkeypatch.setattr("asr_templates.simulator.aws.cloudformation.resources.ssm.MAXIMUM_DOCUMENTS", 2)
    step = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
    content = {"schemaVersion": "0.3", "mainSteps": [step]}
    documents = {
        f"Document{number}": resource("AWS::SSM::Document", DocumentType="Automation", Content=content)
        for number in range(3)
    }

    failure = world.failure({"Resources": documents})

    assert "You can have at most 2 active Systems Manager documents" in str(failure)
    assert len(failure.stack.resources) == 2


def test_a_parameter_is_stored_with_its_tags(world: Any) -> None:
    stack = world.create_resources(
        Parameter=resource("AWS::SSM::Parameter", Name="/ASR/x", Type="String", Value=1, Tags={"team": "security"})
    )
    ssm = world.client("ssm")

    assert ssm.get_parameter(Name="/ASR/x")["Parameter"]["Value"] == "1"
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/ASR/x")["TagList"] == TAGS
    assert stack.resources["Parameter"].physical_id == "/ASR/x"
    assert "already exists" in world.resource_failure(
        Parameter=resource("AWS::SSM::Parameter", Name="/ASR/x", Type="String", Value="2")
    )


def test_a_function_has_its_settings_permission_and_queue(world: Any) -> None:
    role_arn = world.create_role("worker", "lambda.amazonaws.com", "sqs:*", "xray:PutTraceSegments")
    stack = world.create_resources(
        Queue=resource("AWS::SQS::Queue", VisibilityTimeout=60),
        Function=function(
            role_arn,
            Timeout="30",
            MemorySize=256,
            Environment={"Variables": {"LEVEL": "info"}},
            LoggingConfig={"LogFormat": "JSON"},
            TracingConfig={"Mode": "Active"},
            DeadLetterConfig={"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
            Architectures=["arm64"],
            Tags=TAGS,
        ),
        Permission=resource(
            "AWS::Lambda::Permission",
            FunctionName={"Ref": "Function"},
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
        ),
        Mapping=resource(
            "AWS::Lambda::EventSourceMapping",
            FunctionName={"Ref": "Function"},
            EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
            BatchSize=5,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 5},
        ),
    )
    client = world.client("lambda")
    name = stack.resources["Function"].physical_id
    configuration = client.get_function_configuration(FunctionName=name)
    mapping = client.get_event_source_mapping(UUID=stack.resources["Mapping"].physical_id)

    assert name.startswith("root-Function-")
    assert (
        configuration["Timeout"],
        configuration["MemorySize"],
        configuration["Environment"]["Variables"],
    ) == (30, 256, {"LEVEL": "info"})
    assert (configuration["TracingConfig"]["Mode"], configuration["Architectures"]) == ("Active", ["arm64"])
    assert client.list_tags(Resource=stack.resources["Function"].attributes["Arn"])["Tags"] == {"team": "security"}
    assert "events.amazonaws.com" in client.get_policy(FunctionName=name)["Policy"]
    assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (5, ["ReportBatchItemFailures"])


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "Reserved keys used in this request: AWS_REGION"),
        ({"Environment": {"Variables": {"BIG": "x" * 4096}}}, "exceeded the 4KB limit (4099 bytes)"),
        (
            {"Code": {"S3Bucket": "code-us-east-1", "S3Key": "a.zip"}},
            "S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: us-east-1.",
        ),
        ({"Code": {"S3Bucket": "code-eu-west-1", "S3Key": "b.zip"}}, "S3 Error Code: NoSuchKey"),
        ({"Code": {"S3Bucket": "absent", "S3Key": "b.zip"}}, "S3 Error Code: NoSuchBucket"),
    ],
)
def test_a_function_that_lambda_would_not_take_is_refused(world: Any, properties: dict[str, Any], reason: str) -> None:
    world.client("s3", region="us-east-1").create_bucket(Bucket="code-us-east-1")
    world.client("s3").create_bucket(
        Bucket="code-eu-west-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    role_arn = world.create_role("worker", "lambda.amazonaws.com")

    assert reason in world.resource_failure(Function=function(role_arn, **properties))


@pytest.mark.parametrize(
    ("properties", "denied"),
    [
        ({"TracingConfig": {"Mode": "Active"}}, "PutTraceSegments on XRAY"),
        ({"DeadLetterConfig": {"TargetArn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:dead"}}, "SendMessage on SQS"),
        ({"DeadLetterConfig": {"TargetArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:dead"}}, "Publish on SNS"),
    ],
)
def test_a_function_must_be_allowed_what_its_settings_need(world: Any, properties: dict[str, Any], denied: str) -> None:
    role_arn = world.create_role("worker", "lambda.amazonaws.com", "logs:*")

    failure = world.resource_failure(Function=function(role_arn, **properties))

    assert f"The provided execution role does not have permissions to call {denied}: {role_arn}" in failure


def test_a_mapping_needs_a_role_that_may_read_the_queue(world: Any) -> None:
    """The usual cause is a policy that the mapping does not depend on, so that it may come later."""
    mapping = resource(
        "AWS::Lambda::EventSourceMapping",
        FunctionName={"Ref": "Function"},
        EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
    )
    resources = {
        "Queue": resource("AWS::SQS::Queue"),
        "Role": role("lambda.amazonaws.com"),
        "Function": function({"Fn::GetAtt": ["Role", "Arn"]}),
        "Mapping": mapping,
        "Policy": {
            **resource(
                "AWS::IAM::Policy",
                PolicyName="read",
                PolicyDocument=policy(Action="sqs:*", Resource={"Fn::GetAtt": ["Queue", "Arn"]}),
                Roles=[{"Ref": "Role"}],
            ),
            "DependsOn": "Function",
        },
    }

    assert "permissions to call ReceiveMessage on SQS" in world.resource_failure(
        **{**resources, "Policy": {**resources["Policy"], "DependsOn": "Mapping"}}
    )
    world.create({"Resources": {**resources, "Mapping": {**mapping, "DependsOn": "Policy"}}}, name="ordered")


def test_a_queue_must_hide_messages_for_as_long_as_its_function_may_run(world: Any) -> None:
    role_arn = world.create_role("worker", "lambda.amazonaws.com", "sqs:*")
    failure = world.resource_failure(
        Queue=resource("AWS::SQS::Queue"),
        Function=function(role_arn, Timeout=60),
        Mapping=resource(
            "AWS::Lambda::EventSourceMapping",
            FunctionName={"Ref": "Function"},
            EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
        ),
    )

    assert "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds" in failure


def test_queues_have_their_attributes_policy_and_redrive(world: Any) -> None:
    stack = world.create_resources(
        Dead=resource("AWS::SQS::Queue"),
        Fifo=resource("AWS::SQS::Queue", FifoQueue=True, ContentBasedDeduplication="true"),
        Queue=resource(
            "AWS::SQS::Queue",
            QueueName="work",
            VisibilityTimeout=60,
            SqsManagedSseEnabled=True,
            RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3},
            Tags=TAGS,
        ),
        Policy=resource(
            "AWS::SQS::QueuePolicy",
            Queues=[{"Ref": "Queue"}],
            PolicyDocument=policy(Principal={"AWS": "222222222222"}, Action="sqs:SendMessage", Resource="*"),
        ),
    )
    sqs = world.client("sqs")
    url = stack.resources["Queue"].physical_id
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert (
        f"arn:aws:sqs:eu-west-1:{ACCOUNT}:work" == attributes["QueueArn"] == stack.resources["Queue"].attributes["Arn"]
    )
    assert (attributes["VisibilityTimeout"], attributes["SqsManagedSseEnabled"]) == ("60", "true")
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 3
    assert "222222222222" in attributes["Policy"]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "security"}
    assert stack.resources["Fifo"].physical_id.endswith(".fifo")
    assert "identifier 'work' already exists" in world.resource_failure(
        Queue=resource("AWS::SQS::Queue", QueueName="work")
    )


def test_topics_have_their_subscriptions_and_policy(world: Any) -> None:
    stack = world.create_resources(
        Queue=resource("AWS::SQS::Queue"),
        Topic=resource(
            "AWS::SNS::Topic",
            DisplayName="news",
            Subscription=[{"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]}}],
            Tags=TAGS,
        ),
        Mail=resource(
            "AWS::SNS::Subscription",
            TopicArn={"Ref": "Topic"},
            Protocol="email",
            Endpoint="a@example.com",
            FilterPolicy={"kind": ["error"]},
        ),
        Policy=resource(
            "AWS::SNS::TopicPolicy",
            Topics=[{"Ref": "Topic"}],
            PolicyDocument=policy(
                Principal={"Service": "events.amazonaws.com"}, Action="sns:Publish", Resource={"Ref": "Topic"}
            ),
        ),
    )
    sns = world.client("sns")
    arn = stack.resources["Topic"].physical_id
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    protocols = {each["Protocol"] for each in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]}

    assert attributes["DisplayName"] == "news"
    assert "events.amazonaws.com" in attributes["Policy"]
    assert {"sqs", "email"} == protocols
    assert sns.list_tags_for_resource(ResourceArn=arn)["Tags"] == TAGS


def test_a_table_has_its_index_expiry_recovery_encryption_and_protection(world: Any) -> None:
    stack = world.create_resources(
        Table=resource(
            "AWS::DynamoDB::Table",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "account", "AttributeType": "S"},
            ],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-account",
                    "KeySchema": [{"AttributeName": "account", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            SSESpecification={"SSEEnabled": True},
            StreamSpecification={"StreamViewType": "NEW_IMAGE"},
            DeletionProtectionEnabled=True,
            Tags=TAGS,
        )
    )
    dynamodb = world.client("dynamodb")
    name, attributes = stack.resources["Table"]
    table = dynamodb.describe_table(TableName=name)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]

    assert (table["TableArn"], table["LatestStreamArn"]) == (attributes["Arn"], attributes["StreamArn"])
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["by-account"]
    assert (table["DeletionProtectionEnabled"], table["SSEDescription"]["Status"]) == (True, "ENABLED")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"] == "expires"
    assert dynamodb.list_tags_of_resource(ResourceArn=attributes["Arn"])["Tags"] == TAGS


@pytest.mark.parametrize("is_text", [True, False])
def test_a_state_machine_has_its_substitutions_logging_and_tracing(world: Any, is_text: bool) -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Topic} ${Unknown}", "End": True}}}
    key = "DefinitionString" if is_text else "Definition"
    stack = world.create_resources(
        Log=resource("AWS::Logs::LogGroup", RetentionInDays="30", Tags=TAGS),
        Role=role("states.amazonaws.com", Policies=[{"PolicyName": "logs", "PolicyDocument": LOG_DELIVERY}]),
        Machine=resource(
            "AWS::StepFunctions::StateMachine",
            StateMachineName="orchestrator",
            RoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            DefinitionSubstitutions={"Topic": {"Fn::Sub": "arn:${AWS::Partition}"}},
            LoggingConfiguration={
                "Level": "ERROR",
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["Log", "Arn"]}}}],
            },
            TracingConfiguration={"Enabled": True},
            Tags=TAGS,
            **{key: json.dumps(definition) if is_text else definition},
        ),
    )
    machine = world.client("stepfunctions").describe_state_machine(
        stateMachineArn=stack.resources["Machine"].physical_id
    )

    assert json.loads(machine["definition"])["States"]["A"]["Result"] == "arn:aws ${Unknown}"
    assert (machine["loggingConfiguration"]["level"], machine["tracingConfiguration"]["enabled"]) == ("ERROR", True)
    assert {"Arn": machine["stateMachineArn"], "Name": "orchestrator"} == stack.resources["Machine"].attributes
    [group] = world.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30


def test_a_state_machine_that_logs_needs_a_role_that_may_set_up_log_delivery(world: Any) -> None:
    role_arn = world.create_role("worker", "states.amazonaws.com", "logs:CreateLogDelivery")
    machine = resource(
        "AWS::StepFunctions::StateMachine",
        RoleArn=role_arn,
        DefinitionString='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
        LoggingConfiguration={"Level": "ALL"},
    )

    failure = world.resource_failure(Machine=machine)

    assert "The state machine IAM Role is not authorized to access the Log Destination" in failure
    assert "logs:GetLogDelivery" in failure
    assert "logs:CreateLogDelivery" not in failure


def test_an_express_state_machine_is_not_simulated(world: Any) -> None:
    machine = resource(
        "AWS::StepFunctions::StateMachine", RoleArn="x", DefinitionString="{}", StateMachineType="EXPRESS"
    )

    with pytest.raises(NotSimulated, match="root/Machine: StateMachineType EXPRESS is not simulated"):
        world.create_resources(Machine=machine)


def test_rules_have_their_pattern_and_targets_on_their_bus(world: Any) -> None:
    target = {
        "Id": "queue",
        "Arn": {"Fn::GetAtt": ["Queue", "Arn"]},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}},
        "RetryPolicy": {"MaximumRetryAttempts": 3},
        "InputTransformer": {"InputPathsMap": {"id": "$.id"}, "InputTemplate": '{"id": <id>}'},
    }
    own = {"Id": "bus", "Arn": {"Fn::GetAtt": ["Bus", "Arn"]}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
    statement = {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "events:PutEvents"}
    bus_policy = {
        "EventBusName": {"Ref": "Bus"},
        "Statement": {**statement, "Resource": {"Fn::GetAtt": ["Bus", "Arn"]}},
    }
    pattern = {"source": ["aws.securityhub"]}
    stack = world.create_resources(
        Queue=resource("AWS::SQS::Queue"),
        Role=role("events.amazonaws.com"),
        Bus=resource("AWS::Events::EventBus", Name="members", Description="d"),
        First=resource("AWS::Events::EventBusPolicy", StatementId="first", **bus_policy),
        Second={**resource("AWS::Events::EventBusPolicy", StatementId="second", **bus_policy), "DependsOn": "First"},
        OnDefault=resource("AWS::Events::Rule", EventPattern=pattern, Targets=[target, own], Tags=TAGS),
        OnBus=resource("AWS::Events::Rule", Name="r", EventBusName={"Ref": "Bus"}, EventPattern=pattern),
        Timer=resource("AWS::Events::Rule", ScheduleExpression="rate(5 minutes)", State="DISABLED"),
    )
    events = world.client("events")
    name = stack.resources["OnDefault"].physical_id
    rule = events.describe_rule(Name=name)
    targets = {each["Id"]: each for each in events.list_targets_by_rule(Rule=name)["Targets"]}
    bus = json.loads(events.describe_event_bus(Name="members")["Policy"])

    assert pattern == json.loads(rule["EventPattern"])
    assert rule["Arn"] == stack.resources["OnDefault"].attributes["Arn"]
    assert stack.resources["Queue"].attributes["Arn"] == targets["queue"]["DeadLetterConfig"]["Arn"]
    assert targets["queue"]["RetryPolicy"] == {"MaximumRetryAttempts": 3}
    assert stack.resources["Role"].attributes["Arn"] == targets["bus"]["RoleArn"]
    assert [each["Sid"] for each in bus["Statement"]] == ["first", "second"]
    assert stack.resources["OnBus"].physical_id == "members|r"
    assert events.describe_rule(Name="r", EventBusName="members")["Arn"] == stack.resources["OnBus"].attributes["Arn"]
    assert events.describe_rule(Name=stack.resources["Timer"].physical_id)["State"] == "DISABLED"


def test_alarms_and_dashboards_are_created_once(world: Any) -> None:
    alarm = resource(
        "AWS::CloudWatch::Alarm",
        AlarmName="failures",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods="1",
        Threshold="1.5",
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Dimensions=[{"Name": "a", "Value": "b"}],
        AlarmActions=[f"arn:aws:sns:eu-west-1:{ACCOUNT}:x"],
    )
    board = resource("AWS::CloudWatch::Dashboard", DashboardName="board", DashboardBody='{"widgets": []}')
    world.create_resources(Alarm=alarm, Board=board)
    cloudwatch = world.client("cloudwatch")
    [created] = cloudwatch.describe_alarms()["MetricAlarms"]

    assert (1.5, 1, [f"arn:aws:sns:eu-west-1:{ACCOUNT}:x"]) == (
        created["Threshold"],
        created["EvaluationPeriods"],
        created["AlarmActions"],
    )
    assert json.loads(cloudwatch.get_dashboard(DashboardName="board")["DashboardBody"]) == {"widgets": []}
    assert "already exists" in world.resource_failure(Alarm=alarm)
    assert "already exists" in world.resource_failure(Board=board)


def test_a_key_has_its_policy_rotation_and_alias(world: Any) -> None:
    stack = world.create_resources(
        Key=resource(
            "AWS::KMS::Key",
            KeyPolicy=policy(Principal=ROOT, Action="kms:*", Resource="*"),
            EnableKeyRotation=True,
            Tags=TAGS,
            PendingWindowInDays=7,
        ),
        Alias=resource("AWS::KMS::Alias", AliasName="alias/asr", TargetKeyId={"Ref": "Key"}),
    )
    kms = world.client("kms")
    key_id, attributes = stack.resources["Key"]

    assert attributes["Arn"] == kms.describe_key(KeyId="alias/asr")["KeyMetadata"]["Arn"]
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    assert f"arn:aws:iam::{ACCOUNT}:root" in kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "team", "TagValue": "security"}]


def test_a_key_policy_that_locks_the_account_out_is_refused(world: Any) -> None:
    key = resource("AWS::KMS::Key", KeyPolicy=policy(Principal=ROOT, Action="kms:Encrypt", Resource="*"))

    assert "The new key policy will not allow you to update the key policy in the future." in world.resource_failure(
        Key=key
    )


def test_a_bucket_is_private_unless_its_template_says_otherwise(world: Any) -> None:
    stack = world.create_resources(
        Plain=resource("AWS::S3::Bucket"),
        Full=resource(
            "AWS::S3::Bucket",
            BucketName="full-111111111111",
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            VersioningConfiguration={"Status": "Enabled"},
            PublicAccessBlockConfiguration={"BlockPublicAcls": True},
            LifecycleConfiguration={
                "Rules": [{"Id": "r", "Status": "Enabled", "ExpirationInDays": 30, "Prefix": "old/"}]
            },
            Tags=TAGS,
        ),
        Policy=resource(
            "AWS::S3::BucketPolicy",
            Bucket={"Ref": "Full"},
            PolicyDocument=policy(Principal=ROOT, Action="s3:GetObject", Resource={"Fn::Sub": "${Full.Arn}/*"}),
        ),
    )
    s3 = world.client("s3")
    plain, full = stack.resources["Plain"].physical_id, stack.resources["Full"].physical_id
    block = s3.get_public_access_block(Bucket=plain)["PublicAccessBlockConfiguration"]
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=full)["Rules"]

    assert plain == plain.lower()
    assert all(block.values())
    assert not s3.get_public_access_block(Bucket=full)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"]
    assert s3.get_bucket_versioning(Bucket=full)["Status"] == "Enabled"
    assert (rule["ID"], rule["Expiration"]["Days"]) == ("r", 30)
    assert s3.get_bucket_tagging(Bucket=full)["TagSet"] == TAGS
    assert "arn:aws:s3:::full-111111111111/*" in s3.get_bucket_policy(Bucket=full)["Policy"]
    assert "already exists" in world.resource_failure(Bucket=resource("AWS::S3::Bucket", BucketName=full))


def test_the_same_stack_at_the_same_time_has_the_same_names(world: Any) -> None:
    first = world.create_resources(Queue=resource("AWS::SQS::Queue")).resources["Queue"].physical_id
    world.client("sqs").delete_queue(QueueUrl=first)

    assert first == world.create_resources(Queue=resource("AWS::SQS::Queue")).resources["Queue"].physical_id


def test_a_stack_of_another_partition_has_its_arns(world: Any) -> None:
    stack = world.create(
        {"Resources": {"Queue": resource("AWS::SQS::Queue", QueueName="q"), "Bucket": resource("AWS::S3::Bucket")}},
        region="cn-north-1",
    )

    assert f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:q" == stack.resources["Queue"].attributes["Arn"]
    assert stack.resources["Bucket"].attributes["Arn"].startswith("arn:aws-cn:s3:::")
