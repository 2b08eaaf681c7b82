from asr_templates.embedded.hidden import hidden_values
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, ProjectName: str) -> Plan:
    """A CodeBuild project builds without privileged mode; the rest of its environment stays."""
    codebuild = aws("codebuild")
    projects = codebuild.batch_get_projects(names=[ProjectName])["projects"]
    if not projects:
        raise Gone
    environment = projects[0]["environment"]
    variables = environment.get("environmentVariables", [])
    in_clear = [variable for variable in variables if variable.get("type", "PLAINTEXT") == "PLAINTEXT"]
    references = [variable for variable in variables if variable not in in_clear]
    # An update replaces the whole environment, and any value in clear text may be a secret.
    recordable = {**environment, "environmentVariables": [*hidden_values(in_clear), *references]}
    if environment.get("privilegedMode"):
        unprivileged = {**recordable, "privilegedMode": False}
        these = {"name": ProjectName, "environment": unprivileged}
        again = {"name": ProjectName, "environment": recordable}
        lost = "the values of its environment variables in clear text are not kept"
        back = lost if in_clear else Undo("update_project", again)
        yield Change("codebuild", "update_project", these, undo=back)
    return {"environment": recordable}
