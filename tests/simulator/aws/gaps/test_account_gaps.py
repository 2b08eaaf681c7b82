"""Settings of the account: IAM's password policy and S3's block of public access."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@pytest.fixture
def iam(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("iam")


def test_an_account_has_no_password_policy_at_first(iam: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        iam.get_account_password_policy()

    assert refusal.value.response["Error"]["Code"] == "NoSuchEntity"


def test_what_an_update_does_not_name_goes_back_to_its_default(iam: Any) -> None:
    iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True, MaxPasswordAge=90)
    iam.update_account_password_policy(RequireNumbers=True)

    policy = iam.get_account_password_policy()["PasswordPolicy"]

    assert (policy["MinimumPasswordLength"], policy["RequireSymbols"], policy["RequireNumbers"]) == (6, False, True)
    assert policy["ExpirePasswords"] is False
    assert "MaxPasswordAge" not in policy
    assert "PasswordReusePrevention" not in policy


def test_passwords_expire_if_they_have_a_maximum_age(iam: Any) -> None:
    iam.update_account_password_policy(MaxPasswordAge=90, PasswordReusePrevention=24)

    policy = iam.get_account_password_policy()["PasswordPolicy"]

    assert (policy["ExpirePasswords"], policy["MaxPasswordAge"], policy["PasswordReusePrevention"]) == (True, 90, 24)


def test_a_password_policy_that_was_read_can_be_written_again(iam: Any) -> None:
    iam.update_account_password_policy(MinimumPasswordLength=8)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    policy.pop("ExpirePasswords")

    iam.update_account_password_policy(**policy)

    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 8


def test_a_deleted_password_policy_is_gone(iam: Any) -> None:
    iam.update_account_password_policy(MinimumPasswordLength=8)
    iam.delete_account_password_policy()

    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_account_password_policy()


def test_the_block_of_public_access_is_one_setting_of_the_account(environment: Any) -> None:
    here, there = (
        environment.session(ACCOUNT).client("s3control", region_name=region) for region in ("eu-west-1", "us-east-1")
    )

    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        here.get_public_access_block(AccountId=ACCOUNT)
    here.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=dict.fromkeys(BLOCKS[:2], True))
    found = there.get_public_access_block(AccountId=ACCOUNT)["PublicAccessBlockConfiguration"]
    there.delete_public_access_block(AccountId=ACCOUNT)

    assert dict(zip(BLOCKS, (True, True, False, False), strict=True)) == found
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        here.get_public_access_block(AccountId=ACCOUNT)
