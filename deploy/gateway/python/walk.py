"""The whole reset against a standalone, step by step; it ends with a failure where the
service answers otherwise."""

import argparse
import json
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import grpc

from reset_client import DEAD_LINKS, Refusal, ResetClient

WEAK = "password123"
STRONG = "correct horse battery staple"


def refused(code: grpc.StatusCode, reason: str, call: Callable[[], Any]) -> Refusal:
    """The refusal that a call must end with."""
    try:
        answer = call()
    except Refusal as refusal:
        if (refusal.code, refusal.reason) != (code, reason):
            raise
        return refusal
    raise RuntimeError(f"it should be refused as {reason}, and is not: {answer}")


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=15) as answer:
        return json.load(answer) if answer.status == 200 else None


def newest_mail(inbox: str) -> dict[str, str]:
    """Where the inbox stands: what is waited for comes after it."""
    messages = get(f"http://{inbox}/api/v1/messages?limit=1")["messages"]
    return {"after": messages[0]["ID"]} if messages else {}


def reset_token(inbox: str, email: str, before: dict[str, str]) -> str:
    """The token of the next mail's link, once there is one."""
    query = urllib.parse.urlencode({"to": email, "timeout": 10, **before})
    mail = get(f"http://{inbox}/api/v1/wait?{query}")
    if mail is None:
        raise RuntimeError(f"no mail has come to {email}")
    return mail["Text"].partition("/r/")[2].split()[0]


def await_event(inbox: str, account_id: str, version: int) -> None:
    """Waits for PasswordChanged; a gateway in a cluster subscribes at the broker."""
    for _ in range(100):
        events = get(f"http://{inbox}/api/v1/account-events")["events"]
        told = [(one["AccountID"], one["CredentialsVersion"]) for one in events]
        if (account_id, version) in told:
            return
        time.sleep(0.1)
    raise RuntimeError("no event has come")


def ask(client: ResetClient, email: str) -> None:
    print("\nAsking for a link")
    request_id = str(uuid.uuid4())
    answer = client.request_reset(request_id, email, ip="192.0.2.7")
    wait = answer.resend_after.seconds
    print(f"  if there is an account, a mail is on its way; resend in {wait} s")

    again = client.request_reset(request_id, email, ip="192.0.2.7")
    if again != answer:
        raise RuntimeError(f"the same request has another answer: {again}")
    print("  the same request_id once more: the same answer, and no second mail")

    throttled = refused(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "THROTTLED",
        lambda: client.request_reset(str(uuid.uuid4()), email, ip="192.0.2.7"),
    )
    wait = throttled.retry_after.seconds
    print(f"  another request at once: throttled, try again in {wait} s")


def complete(client: ResetClient, token: str) -> None:
    print("\nThe new password")
    weak = refused(
        grpc.StatusCode.INVALID_ARGUMENT,
        "PASSWORD_REJECTED",
        lambda: client.complete_reset(token, WEAK),
    )
    sentences = " ".join(sentence for _, sentence in weak.violations)
    print(f'  "{WEAK}" is refused: {sentences}')

    done = client.complete_reset(token, STRONG)
    print(f'  "{STRONG}" is set; back to the app {done.app_id}')

    used = refused(
        grpc.StatusCode.FAILED_PRECONDITION,
        "TOKEN_USED",
        lambda: client.inspect_link(token),
    )
    print(f"  the link is used up: {DEAD_LINKS[used.reason]}")


def log_in(client: ResetClient, inbox: str, email: str) -> None:
    print("\nLogging in")
    refused(
        grpc.StatusCode.UNAUTHENTICATED,
        "CREDENTIALS_REFUSED",
        lambda: client.verify_password(email, WEAK),
    )
    print("  with another password: refused")
    account = client.verify_password(email, STRONG)
    print(f"  with the new one: account {account.account_id}")

    print("\nPasswordChanged, for every gateway")
    await_event(inbox, account.account_id, account.credentials_version)
    version = account.credentials_version
    print(f"  end the account's sessions of a version below {version}")


def walk(grpc_address: str, inbox: str, email: str) -> None:
    client = ResetClient(grpc_address, "tapo")
    print("\nThe rules, for the form")
    for rule in client.password_rules():
        print(f"  {rule}")
    before = newest_mail(inbox)
    ask(client, email)

    print("\nThe mail")
    token = reset_token(inbox, email, before)
    link = client.inspect_link(token)
    print(f"  its link resets {link.masked_email} for the app {link.app_id}")

    complete(client, token)
    log_in(client, inbox, email)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grpc", default="127.0.0.1:50051", metavar="HOST:PORT")
    parser.add_argument("--inbox", default="127.0.0.1:8025", metavar="HOST:PORT")
    parser.add_argument("--email", default="ada@example.org", metavar="ADDRESS")
    args = parser.parse_args()
    try:
        walk(args.grpc, args.inbox, args.email)
    except (Refusal, RuntimeError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
