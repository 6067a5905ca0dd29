"""reset-api as an app's gateway calls it: deadlines, another attempt while nobody
answers, and errors as something to act on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from passwordreset.v1 import account_pb2, account_pb2_grpc, reset_pb2, reset_pb2_grpc

# Ample for what is not hashed, and for calls with a password, which cost on purpose.
DEADLINE = 5.0
PASSWORD_DEADLINE = 10.0
# How often a call is tried, and the first pause; each further one is twice as long.
ATTEMPTS = 4
FIRST_PAUSE = 0.25

# What to tell the owner of a link that does nothing; then offer a new one.
DEAD_LINKS = {
    "TOKEN_UNKNOWN": "This link is not one of ours.",
    "TOKEN_EXPIRED": "This link has expired.",
    "TOKEN_USED": "This link was used.",
    "TOKEN_REVOKED": "This link does not work any more.",
}


@dataclass
class Refusal(Exception):
    """Why a call was refused. Act on the code first: a reason may be new."""

    code: grpc.StatusCode
    # Stable; empty if nobody answered.
    reason: str = ""
    # What is wrong, by field. For `PASSWORD_REJECTED` these are sentences to show.
    violations: list[tuple[str, str]] = field(default_factory=list)
    # How long to wait before the next call: the countdown to show for `THROTTLED`.
    retry_after: timedelta = timedelta()

    def __str__(self) -> str:
        return f"{self.code.name} {self.reason}".rstrip()

    @classmethod
    def of(cls, error: grpc.RpcError) -> "Refusal":
        """Reads the google.rpc details of an error."""
        refusal = cls(error.code())
        status = rpc_status.from_call(error)
        for packed in status.details if status else ():
            info = error_details_pb2.ErrorInfo()
            bad = error_details_pb2.BadRequest()
            retry = error_details_pb2.RetryInfo()
            if packed.Unpack(info):
                refusal.reason = info.reason
            elif packed.Unpack(bad):
                violations = bad.field_violations
                refusal.violations = [
                    (one.field, one.description) for one in violations
                ]
            elif packed.Unpack(retry):
                refusal.retry_after = retry.retry_delay.ToTimedelta()
        return refusal


def _until_answered(
    call: Callable[..., Any], request: Message, deadline: float = DEADLINE
) -> Any:
    """Calls until there is an answer, with longer and longer pauses.

    Each method of reset-api may be called again: its comment in the contract says what
    that does.
    """
    pause = FIRST_PAUSE
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call(request, timeout=deadline)
        except grpc.RpcError as error:
            refusal = Refusal.of(error)
            passing = (
                grpc.StatusCode.UNAVAILABLE,
                grpc.StatusCode.DEADLINE_EXCEEDED,
            )
            if refusal.code not in passing or attempt == ATTEMPTS:
                raise refusal from error
            time.sleep(max(pause, refusal.retry_after.total_seconds()))
            pause *= 2
    raise AssertionError("the last attempt returns or raises")


class ResetClient:
    """For the gateway of one app; `address` is host and port of reset-api."""

    def __init__(self, address: str, app_id: str) -> None:
        channel = grpc.insecure_channel(address)
        self._app_id = app_id
        self._resets = reset_pb2_grpc.PasswordResetServiceStub(channel)
        self._accounts = account_pb2_grpc.AccountServiceStub(channel)

    def password_rules(self) -> list[str]:
        """The rules for a new password, in English."""
        request = reset_pb2.GetPasswordPolicyRequest()
        return list(_until_answered(self._resets.GetPasswordPolicy, request).rules)

    def request_reset(
        self, request_id: str, email: str, ip: str = ""
    ) -> reset_pb2.RequestResetResponse:
        """Asks for a link by mail.

        `request_id` is a new UUID for each time the owner presses the button. Every
        attempt has the same, so that it costs the owner one request.
        """
        request = reset_pb2.RequestResetRequest(
            email=email,
            app_id=self._app_id,
            client=reset_pb2.ClientInfo(ip=ip),
            request_id=request_id,
        )
        return _until_answered(self._resets.RequestReset, request)

    def inspect_link(self, token: str) -> reset_pb2.InspectLinkResponse:
        """What a link would do; consumes nothing."""
        request = reset_pb2.InspectLinkRequest(token=token)
        return _until_answered(self._resets.InspectLink, request)

    def complete_reset(
        self, token: str, new_password: str
    ) -> reset_pb2.CompleteResetResponse:
        """Sets the new password; one that is refused leaves the link live."""
        request = reset_pb2.CompleteResetRequest(token=token, new_password=new_password)
        return _until_answered(self._resets.CompleteReset, request, PASSWORD_DEADLINE)

    def verify_password(
        self, email: str, password: str
    ) -> account_pb2.VerifyPasswordResponse:
        """Checks a password at log-in; a refusal says no more on purpose."""
        request = account_pb2.VerifyPasswordRequest(email=email, password=password)
        return _until_answered(
            self._accounts.VerifyPassword, request, PASSWORD_DEADLINE
        )
