"""A stand-in for an S3 store, for development and tests alone: it checks signatures and rights, and forgets at its end.

Below USERS lies a folder a service with its keys, below POLICIES what each may do in the bucket.
"""

# ruff: noqa: INP001 - runs alone, in an image of its own

import json
import os
from pathlib import Path
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

BUCKET = "fitmesh"
REGION = "us-east-1"
ANYWHERE = "0.0.0.0"  # noqa: S104 - a pod's own address


def main() -> None:
    users, policies = Path(os.environ["USERS"]), Path(os.environ["POLICIES"])
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(BUCKET, REGION)
    for folder in sorted(users.glob("[a-z]*")):
        admit(folder, json.loads((policies / f"objects-{folder.name}.json").read_text()))
    run_simple(ANYWHERE, 9000, DomainDispatcherApplication(create_backend_app), threaded=True)


def admit(folder: Path, policy: dict[str, Any]) -> None:
    """Make a user with the keys of this folder; deleting many at once needs a right on the bucket itself here."""
    quirk = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{BUCKET}"}
    iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    iam.create_user(REGION, folder.name)
    key = iam.create_access_key(folder.name)
    key.access_key_id = (folder / "access-key-id").read_text()
    key.secret_access_key = (folder / "secret-access-key").read_text()
    policy = policy | {"Statement": [*policy["Statement"], quirk]}
    iam.put_user_policy(folder.name, folder.name, json.dumps(policy))


if __name__ == "__main__":
    main()
