import re

from asr_templates.embedded.distributions import distribution, fingerprint, parameters, way_back
from asr_templates.embedded.hidden import Concealed
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Record, Refuse

S3_DOMAIN = re.compile(r"(.+)\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")
CUSTOM_ORIGIN = {
    "HTTPPort": 80,
    "HTTPSPort": 443,
    "OriginProtocolPolicy": "https-only",
    "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
}


def plan(aws: Aws, DistributionId: str, OriginDomain: str) -> Plan:
    """An origin whose bucket does not exist leads to a harmless domain instead; others stay, so does the rest."""
    cloudfront = aws("cloudfront")
    found = distribution(cloudfront, DistributionId)
    config = found["Distribution"]["DistributionConfig"]
    origins = config["Origins"]["Items"]
    missing = [each["Id"] for each in origins if "S3OriginConfig" in each and is_missing(aws, each["DomainName"])]
    for group in config.get("OriginGroups", {}).get("Items", []):
        for member in group["Members"]["Items"]:
            if member["OriginId"] in missing:
                raise Refuse(f"origin group {group['Id']} falls back from {member['OriginId']}: take it out first")
    if missing:
        items = [harmless(each, OriginDomain) if each["Id"] in missing else each for each in origins]
        replaced = {"Quantity": len(items), "Items": items}
        shown = parameters(found, {"Origins": dict.fromkeys(missing, OriginDomain)})
        these = Concealed(parameters(found, {**config, "Origins": replaced}), shown)
        yield Change("cloudfront", "update_distribution", these, undo=way_back(found))
    if found["Distribution"]["Status"] != "Deployed":
        yield Pending("the deployment to the edge locations")
    domains = {origin["Id"]: origin["DomainName"] for origin in origins}
    return {"Domains": domains, "Configuration": fingerprint(config)}


def is_missing(aws: Aws, domain: str) -> bool:
    """Whether there is no such bucket at all; one of another account is there."""
    s3 = aws("s3")
    match = S3_DOMAIN.fullmatch(domain)
    if not match:
        raise Refuse(f"{domain} names no bucket: is it the domain of one?")
    try:
        s3.head_bucket(Bucket=match[1])
    except s3.exceptions.ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status not in (403, 404):
            raise
        return bool(status == 404)
    return False


def harmless(origin: Record, domain: str) -> Record:
    """Return an origin that is no bucket any more, under its id and with all that does not depend on buckets."""
    kept = {name: origin[name] for name in origin if name != "S3OriginConfig"}
    return {**kept, "DomainName": domain, "OriginAccessControlId": "", "CustomOriginConfig": CUSTOM_ORIGIN}
