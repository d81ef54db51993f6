"""Charges usage records, each once: worker.py < usage.csv

Each line has an organization, an id that is unique to the record, and tokens.
Run it again after a failure: records that were charged are not charged again.
"""
import csv
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

URL = os.environ["PORTICO_URL"] + "/api/v1/billing/charges"
KEY = os.environ["PORTICO_KEY"]
ATTEMPTS = 5


def charge(record):
    """Returns the HTTP status and the body of the last attempt."""
    organization, usage_id, tokens = record
    request = Request(
        URL,
        data=json.dumps({"tokens": int(tokens), "description": "Usage"}).encode(),
        headers={
            "Authorization": f"Bearer {KEY}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"usage:{usage_id}",
            "Portico-Organization": organization,
        },
    )
    for attempt in range(ATTEMPTS):
        wait = 2**attempt
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            status, body = error.code, error.read().decode()
            if status != 429 and status < 500:
                return status, body
            wait = int(error.headers.get("Retry-After") or wait)
        except (URLError, TimeoutError, ConnectionError) as error:
            status, body = 503, str(error)
        if attempt < ATTEMPTS - 1:
            time.sleep(wait)
    return status, body


def main():
    records = list(csv.reader(sys.stdin))
    charged = repeated = 0
    failures = []
    with ThreadPoolExecutor(max_workers=8) as pool:
        for record, (status, body) in zip(records, pool.map(charge, records)):
            charged += status == 201
            repeated += status == 200
            if status not in (200, 201):
                failures.append(f"{','.join(record)}: {status} {body}")
    print(f"{charged} charged, {repeated} charged before, {len(failures)} failed")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
