from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo


def plan(aws: Aws, RepositoryName: str) -> Plan:
    """Images of a private repository are scanned when they are pushed."""
    ecr = aws("ecr")
    try:
        repository = ecr.describe_repositories(repositoryNames=[RepositoryName])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        raise Gone from None
    scanned = repository["imageScanningConfiguration"]["scanOnPush"]
    # Rules of the whole registry scan a repository whatever its own setting says.
    effective = ecr.batch_get_repository_scanning_configuration(repositoryNames=[RepositoryName])
    if not scanned and effective["scanningConfigurations"][0]["scanFrequency"] == "MANUAL":
        registry = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
        if registry["scanType"] == "ENHANCED":
            raise Refuse("the registry has enhanced scanning, which leaves this repository out: add it to its rules")
        on, off = {"scanOnPush": True}, {"scanOnPush": False}
        these = {"repositoryName": RepositoryName, "imageScanningConfiguration": on}
        back = {"repositoryName": RepositoryName, "imageScanningConfiguration": off}
        again = Undo("put_image_scanning_configuration", back)
        yield Change("ecr", "put_image_scanning_configuration", these, undo=again)
    return {"scanOnPush": scanned}
