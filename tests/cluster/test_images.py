"""The images: small, without a compiler, and the same bytes from the same input."""

import json
import subprocess

import pytest

from tests.cluster.kit import SERVICES, TAG, Rig

BASE = "docker.io/library/python:3.13-slim"
MIB = 1024 * 1024
Image = tuple[str, float]
"""Layers and settings, without the notes that this builder adds of itself; and megabytes."""
LIMIT_MIB = dict.fromkeys(SERVICES, 260) | {"dashboard": 340}


@pytest.fixture(scope="module")
def built(rig: Rig | None, images: str) -> dict[str, Image]:
    """Contents and size of every image here."""
    if rig is None:
        pytest.skip("images are looked at where the rig of CLUSTER builds them")
    return look()


def look() -> dict[str, Image]:
    listed = json.loads(subprocess.run(["buildah", "images", "--json"], capture_output=True, check=True).stdout)
    found = {}
    for image in listed:
        told = json.loads(
            subprocess.run(["buildah", "inspect", "--type=image", image["id"]], capture_output=True, check=True).stdout
        )
        for name in image.get("names") or []:
            size = subprocess.run(
                ["buildah", "images", "--format", "{{.Size}}", name], capture_output=True, text=True, check=True
            ).stdout
            number, unit = size.split()[:2]
            found[name] = (
                json.dumps([told["OCIv1"]["rootfs"], told["OCIv1"]["config"]]),
                float(number) * {"MB": 1e6, "GB": 1e9, "KB": 1e3}[unit] / MIB,
            )
    return found


def test_no_image_is_larger_than_it_may_be(built: dict[str, Image]) -> None:
    above = {service: built[f"docker.io/fitmesh/{service}:{TAG}"][1] - built[BASE][1] for service in SERVICES}
    print(f"\nMiB above the base: { ({name: round(size) for name, size in above.items()}) }")
    assert all(size <= LIMIT_MIB[service] for service, size in above.items())


def test_the_same_input_gives_the_same_bytes(rig: Rig, built: dict[str, Image]) -> None:
    for tag in ("one", "two"):
        rig.build(f"docker.io/fitmesh/health:{tag}", "health", "--no-cache")
    now = look()
    assert now["docker.io/fitmesh/health:one"][0] == now["docker.io/fitmesh/health:two"][0]
