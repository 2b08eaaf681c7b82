"""IAM: an account password policy does not have what was not set.

Source: IAM API reference, PasswordPolicy: MaxPasswordAge is there if passwords expire. moto answers 0, which
UpdateAccountPasswordPolicy refuses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.iam.models import AccountPasswordPolicy


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's password policy."""
    initialise = AccountPasswordPolicy.__init__

    def initialised(self: AccountPasswordPolicy, *args: Any, **kwargs: Any) -> None:
        initialise(self, *args, **kwargs)
        self.max_password_age = self.max_password_age or None

    with mock.patch.object(AccountPasswordPolicy, "__init__", initialised):
        yield
