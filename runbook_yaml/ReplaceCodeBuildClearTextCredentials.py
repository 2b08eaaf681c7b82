import json

from asr_templates.embedded.hidden import Hidden, hidden_values
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
LOST = "the credentials in clear text are not kept"


def plan(aws: Aws, ProjectName: str) -> Plan:
    """A CodeBuild project takes AWS credentials from Secrets Manager, none from its settings."""
    codebuild = aws("codebuild")
    projects = codebuild.batch_get_projects(names=[ProjectName])["projects"]
    if not projects:
        raise Gone
    role, environment = projects[0]["serviceRole"], projects[0]["environment"]
    variables = environment.get("environmentVariables", [])
    in_clear = [variable for variable in variables if variable.get("type", "PLAINTEXT") == "PLAINTEXT"]
    credentials = [variable for variable in in_clear if variable["name"] in CREDENTIALS]
    for variable in credentials:
        yield from stored(aws, secret_name(ProjectName, variable), variable["value"], role)
    if credentials:
        moved = [
            {"name": variable["name"], "type": "SECRETS_MANAGER", "value": secret_name(ProjectName, variable)}
            for variable in credentials
        ]
        others = hidden_values([variable for variable in in_clear if variable not in credentials])
        references = [variable for variable in variables if variable not in in_clear]
        wanted = {**environment, "environmentVariables": [*others, *references, *moved]}
        yield Change("codebuild", "update_project", {"name": ProjectName, "environment": wanted}, undo=LOST)
    return {"environmentVariables": [*hidden_values(in_clear), *(each for each in variables if each not in in_clear)]}


def secret_name(project: str, variable: Record) -> str:
    """Return the name of a variable's secret."""
    return f"ASR-CodeBuild/{project}/{variable['name']}"


def stored(aws: Aws, name: str, value: str, role: str) -> Plan:
    """Yield what makes a secret hold a value that a role can read.

    The secret's own policy lets the role in: nothing here may change the role.
    """
    secrets = aws("secretsmanager")
    allowed = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "secretsmanager:GetSecretValue"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**allowed, "Resource": "*"}]})
    try:
        secret = secrets.describe_secret(SecretId=name)
        found = secrets.get_resource_policy(SecretId=name).get("ResourcePolicy")
    except secrets.exceptions.ResourceNotFoundException:
        secret, found = None, None
        tags = [{"Key": "ASR", "Value": "CodeBuild.2"}]
        these = {"Name": name, "SecretString": Hidden(value), "Tags": tags}
        yield Change("secretsmanager", "create_secret", these, undo=LOST)
    if secret and not any(tag["Key"] == "ASR" for tag in secret.get("Tags", [])):
        raise Refuse(f"secret {name} is not ours")
    if secret and secret.get("DeletedDate"):
        raise Refuse(f"secret {name} is to be deleted: restore it first")
    if secret:
        these = {"SecretId": name, "SecretString": Hidden(value)}
        yield Change("secretsmanager", "put_secret_value", these, undo=LOST)
    if not found:
        these = {"SecretId": name, "ResourcePolicy": policy}
        yield Change("secretsmanager", "put_resource_policy", these, undo=LOST)
    elif json.loads(found) != json.loads(policy):
        raise Refuse(f"the policy of secret {name} is not for {role} alone")
