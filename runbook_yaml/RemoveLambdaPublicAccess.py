import json

from asr_templates.embedded.function_policies import NARROWED, is_for_any_bucket, is_public, permission
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo


def plan(aws: Aws, FunctionName: str, AccountId: str) -> Plan:
    """Neither everyone nor any account's bucket may call the function, its versions and aliases; the rest stays."""
    functions = aws("lambda")
    function = {"FunctionName": FunctionName}
    try:
        pages = functions.get_paginator("list_versions_by_function").paginate(**function)
        versions = [version["Version"] for page in pages for version in page["Versions"]]
    except functions.exceptions.ResourceNotFoundException:
        versions = []
    if not versions:
        raise Gone
    pages = functions.get_paginator("list_aliases").paginate(**function)
    aliases = [alias["Name"] for page in pages for alias in page["Aliases"]]
    # The policy without a qualifier is that of $LATEST.
    qualified: list[Record] = [{}] + [{"Qualifier": name} for name in versions + aliases if name != "$LATEST"]
    open_statements: list[Record] = []
    own_statements: list[Record] = []
    for qualifier in qualified:
        try:
            policy = json.loads(functions.get_policy(**function, **qualifier)["Policy"])
        except functions.exceptions.ResourceNotFoundException:
            continue
        found = {statement.get("Sid", ""): statement for statement in policy["Statement"]}
        own_statements += [statement for sid, statement in found.items() if sid.endswith(NARROWED)]
        for sid, statement in found.items():
            if not is_public(statement) and not is_for_any_bucket(statement):
                continue
            open_statements.append(statement)
            former = permission(statement)
            if is_for_any_bucket(statement):
                if former is None:
                    raise Refuse(f"statement {sid!r} lets any account's bucket call: give it aws:SourceAccount")
                name = {"StatementId": f"{sid[:90]}{NARROWED}"}
                if name["StatementId"] not in found:
                    these = {**function, **qualifier, **former, **name, "SourceAccount": AccountId}
                    back = Undo("remove_permission", {**function, **qualifier, **name})
                    yield Change("lambda", "add_permission", these, undo=back)
            these = {**function, **qualifier, "StatementId": sid}
            again = former or {}
            back = Undo("add_permission", {**function, **qualifier, **again})
            without_way_back = "AddPermission cannot make such a statement"
            yield Change("lambda", "remove_permission", these, undo=back if former else without_way_back)
    return {"Open": open_statements, "Narrowed": own_statements}
