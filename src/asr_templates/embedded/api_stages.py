"""Settings of API Gateway's stages, for plans."""


def method_setting(method: str, setting: str, value: str) -> dict[str, str]:
    """Return the patch operation that sets one setting of a method of a stage, `*/*` being all of them.

    method: a key of a stage's methodSettings, resource path and HTTP method; slashes of the path are written as ~1.
    """
    path, _, verb = method.rpartition("/")
    return {"op": "replace", "path": f"/{path.replace('/', '~1')}/{verb}/{setting}", "value": value}
