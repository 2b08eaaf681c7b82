from asr_templates.embedded.distributions import distribution, fingerprint, parameters, way_back
from asr_templates.embedded.hidden import Concealed
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Refuse


def plan(aws: Aws, CloudFrontDistribution: str, DefaultRootObject: str) -> Plan:
    """A distribution with S3 origins has a default root object; one that it has stays."""
    cloudfront = aws("cloudfront")
    found = distribution(cloudfront, CloudFrontDistribution)
    config = found["Distribution"]["DistributionConfig"]
    is_s3 = {origin["Id"]: "S3OriginConfig" in origin for origin in config["Origins"]["Items"]}
    if any(is_s3.values()) and not config.get("DefaultRootObject"):
        if not is_s3.get(config["DefaultCacheBehavior"]["TargetOriginId"], True):
            raise Refuse("requests of / go to an origin that is no bucket: set a root object that this origin serves")
        changed = {"DefaultRootObject": DefaultRootObject}
        these = Concealed(parameters(found, {**config, **changed}), parameters(found, changed))
        yield Change("cloudfront", "update_distribution", these, undo=way_back(found))
    if found["Distribution"]["Status"] != "Deployed":
        yield Pending("the deployment to the edge locations")
    return {"DefaultRootObject": config.get("DefaultRootObject", ""), "Configuration": fingerprint(config)}
