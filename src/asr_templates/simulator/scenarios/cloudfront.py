"""Broken resources of Amazon CloudFront."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""The id of a cache policy that AWS manages."""


def distribution_id(resource_id: str) -> str:
    """Return the id at the end of a distribution's ARN."""
    return resource_id.rpartition("/")[2]


def s3_origin(origin_id: str, bucket: str) -> dict[str, Any]:
    """Return an origin that is a bucket."""
    return {
        "Id": origin_id,
        "DomainName": f"{bucket}.s3.eu-west-1.amazonaws.com",
        "OriginPath": "/site",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": "E327GJI25M56DG",
    }


def distribution(place: Place, *origins: dict[str, Any], **settings: Any) -> str:
    """Make a distribution, whose default behaviour leads to the first origin, and return its ARN."""
    config = {
        "CallerReference": uuid.uuid4().hex,
        "Comment": "shop",
        "Enabled": True,
        "PriceClass": "PriceClass_100",
        "Origins": {"Quantity": len(origins), "Items": list(origins)},
        "DefaultCacheBehavior": {
            "TargetOriginId": origins[0]["Id"],
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": CACHING_OPTIMIZED,
            "Compress": True,
        },
        **settings,
    }
    made = place.client("cloudfront").create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["ARN"])


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole distribution, but for the time of its last change."""
    found = place.client("cloudfront").get_distribution(Id=distribution_id(resource_id))["Distribution"]
    return {name: found[name] for name in found if name != "LastModifiedTime"}


def change(place: Place, resource_id: str, **changed: Any) -> None:
    """Someone changes parts of the configuration."""
    cloudfront, wanted = place.client("cloudfront"), {"Id": distribution_id(resource_id)}
    found = cloudfront.get_distribution_config(**wanted)
    config = {**found["DistributionConfig"], **changed}
    cloudfront.update_distribution(**wanted, IfMatch=found["ETag"], DistributionConfig=config)


def distribution_without_root_object(place: Place) -> str:
    """A distribution of a bucket that answers a request of / with whatever the bucket says."""
    return distribution(place, s3_origin("site", "shop-site"))


def has_root_object(place: Place, resource_id: str) -> bool:
    """The distribution has a root object, has kept its price class, and is deployed."""
    found = described(place, resource_id)
    config = found["DistributionConfig"]
    seen = (config["DefaultRootObject"], config["PriceClass"], config["Enabled"], found["Status"])
    return seen == ("index.html", "PriceClass_100", True, "Deployed")


def other_root_object(place: Place, resource_id: str) -> None:
    """Someone prefers another root object."""
    change(place, resource_id, DefaultRootObject="home.html")


def distribution_of_missing_bucket(place: Place) -> str:
    """A distribution whose second origin is a bucket that does not exist, beside one that does and a server."""
    bucket = f"shop.{uuid.uuid4().hex[:8]}"
    where = {"LocationConstraint": "eu-west-1"}
    place.cloud.client("s3", account=place.account, region="eu-west-1").create_bucket(
        Bucket=bucket, CreateBucketConfiguration=where
    )
    server = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    return distribution(
        place,
        s3_origin("site", bucket),
        s3_origin("images", f"{bucket}.images"),
        {"Id": "api", "DomainName": "api.example.com", "CustomOriginConfig": server},
    )


def origins(place: Place, resource_id: str) -> dict[str, dict[str, Any]]:
    """Return the origins of a distribution by their ids."""
    return {origin["Id"]: origin for origin in described(place, resource_id)["DistributionConfig"]["Origins"]["Items"]}


def has_no_missing_bucket(place: Place, resource_id: str) -> bool:
    """The origin without a bucket is no bucket any more, the others are as they were, and the distribution is on."""
    found, kept = described(place, resource_id), origins(place, resource_id)
    images = kept.pop("images")
    are_kept = "S3OriginConfig" in kept["site"] and kept["api"]["DomainName"] == "api.example.com"
    is_harmless = "S3OriginConfig" not in images and images["DomainName"].endswith(".invalid")
    is_on = found["DistributionConfig"]["Enabled"] and found["Status"] == "Deployed"
    return bool(are_kept and is_harmless and is_on)


def other_server(place: Place, resource_id: str) -> None:
    """Someone leads the origin to a server."""
    found = origins(place, resource_id)
    found["images"]["DomainName"] = "images.example.com"
    change(place, resource_id, Origins={"Quantity": len(found), "Items": list(found.values())})


SCENARIOS = {
    "CloudFront.1": Scenario(distribution_without_root_object, has_root_object, described, other_root_object),
    "CloudFront.12": Scenario(distribution_of_missing_bucket, has_no_missing_bucket, described, other_server),
}
