#!/usr/bin/env python3
"""Sends an event as a good sender does: send.py URL FILE [ID]

FILE is the body, JSON. ID names the event, a digest of the body without it: however often this is repeated, one run starts.
WEBHOOK_SECRET of the environment is whsec_ and base64 of the key that signs (Standard Webhooks, v1).
Ends with 0 and the run's id when the event is taken, 1 when it is not, 2 when it is used in a wrong way.
"""
import base64
import binascii
import email.utils
import hashlib
import hmac
import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

TRIES = 6
TIMEOUT = 30  # seconds of one try
LONGEST_WAIT = 900  # seconds between two


def fail(code, text):
    print(text, file=sys.stderr)
    sys.exit(code)


def read_key(secret):
    if not secret:
        fail(2, "set WEBHOOK_SECRET to whsec_ and base64 of the key")
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        fail(2, "WEBHOOK_SECRET is not whsec_ and base64")


def sign(key, event_id, timestamp, body):
    digest = hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None  # a signed event goes where it was sent, and nowhere else


opener = urllib.request.build_opener(NoRedirect)


def send(url, body, headers):
    """Status, headers and body of the answer."""
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def seconds_to_wait(headers, tried):
    """As long as the receiver asks for, else twice as long each time; never all senders at once."""
    wait = min(60, 2**tried) * random.uniform(0.5, 1)
    asked = headers.get("Retry-After", "") if headers else ""
    if asked.isdigit():
        wait = max(wait, int(asked))
    elif asked:
        try:
            wait = max(wait, email.utils.parsedate_to_datetime(asked).timestamp() - time.time())
        except ValueError:
            pass
    return min(wait, LONGEST_WAIT)


def detail_of(body):
    try:
        problem = json.loads(body)
        return problem.get("detail") or problem.get("title") or ""
    except (ValueError, AttributeError):
        return body.decode(errors="replace").strip()[:200]


def deliver(url, body, event_id, key):
    for tried in range(TRIES):
        timestamp = int(time.time())  # and a signature of each try; the id stays
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(key, event_id, timestamp, body),
        }
        try:
            status, answered, content = send(url, body, headers)
        except (OSError, http.client.HTTPException) as error:
            status, answered, content = 0, None, str(getattr(error, "reason", error)).encode()
        if 200 <= status < 300:
            return answered, content
        what = f"{status or 'no answer'}: {detail_of(content)}"
        final = answered is not None and answered.get("Idempotent-Replayed") == "true"
        if final or not (status in (0, 408, 429) or status >= 500):
            fail(1, f"refused with {what}")
        if tried + 1 == TRIES:
            fail(1, f"given up after {TRIES} tries, the last one {what}")
        wait = seconds_to_wait(answered, tried)
        print(f"{what}; again in {wait:.1f} s", file=sys.stderr)
        time.sleep(wait)


def main():
    if len(sys.argv) not in (3, 4):
        fail(2, __doc__)
    key = read_key(os.environ.get("WEBHOOK_SECRET", ""))
    try:
        with open(sys.argv[2], "rb") as file:
            body = file.read()
    except OSError as error:
        fail(2, str(error))
    event_id = sys.argv[3] if len(sys.argv) == 4 else "evt_" + hashlib.sha256(body).hexdigest()
    answered, content = deliver(sys.argv[1], body, event_id, key)
    if answered.get("Idempotent-Replayed") == "true":
        print("this event was there before", file=sys.stderr)
    try:
        print(json.loads(content)["runId"])
    except (ValueError, KeyError, TypeError):
        print(content.decode(errors="replace"))  # a flow that answers by itself


main()
