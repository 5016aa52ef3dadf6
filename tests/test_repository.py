"""What must hold of the repository itself."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from contracts.services import SERVICES

ROOT = Path(__file__).parents[1]
INSTALLED = [service.name for service in SERVICES if (ROOT / "services" / service.name).exists()]


def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_migration_numbers_are_unique():
    numbers = Counter(path.name.split("_")[0] for path in ROOT.glob("*/*/db/migrations/*.sql"))
    assert numbers
    assert [number for number, n in numbers.items() if n > 1] == []


@pytest.mark.parametrize("service", INSTALLED)
def test_every_service_has_its_page(service):
    page = (ROOT / "services" / service / "README.md").read_text()
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    for wanted in ("Owns", "Serves", "Publishes", "Consumes", "Settings", "When it breaks"):
        assert wanted in headings, f"{service}: no section {wanted}"


@pytest.mark.parametrize("service", INSTALLED)
def test_services_look_alike(service):
    folder = ROOT / "services" / service
    for wanted in (
        "pyproject.toml",
        "README.md",
        f"src/{service}/__init__.py",
        f"src/{service}/__main__.py",
        f"src/{service}/app.py",
    ):
        assert (folder / wanted).exists(), wanted
    root = (folder / "src" / service / "app.py").read_text().splitlines()
    code = [line for line in root if line and not line.startswith(("import", "from", '"""', " ", "#"))]
    assert len(code) <= 25


def test_nothing_names_a_registry_or_this_machine():
    downloads = r"https?://[^ \"<>]+\.(whl|tar\.gz|tgz|deb|crate)\b|(?<!no-emit-)index-url"
    forbidden = re.compile(f"{downloads}|{re.escape(str(Path.home()))}/|{re.escape(str(ROOT.parent))}/")
    named = [
        str(path.relative_to(ROOT)) for path in files() if path != Path(__file__) and forbidden.search(text_of(path))
    ]
    assert named == []


def test_requirements_are_pinned_by_hash():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        pins = re.findall(r"^[a-z0-9][^ ]*==", text, re.MULTILINE)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)


def test_committed_schemas_are_what_the_migrations_make():
    done = subprocess.run(
        [sys.executable, "-m", "testkit.schema", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_local_links_of_the_pages_lead_somewhere():
    pages = [path for path in files() if path.suffix == ".md"]
    targets = [(page, to) for page in pages for to in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())]
    broken = [(page.name, to) for page, to in targets if not to.startswith("http") and not (page.parent / to).exists()]
    assert broken == []


def text_of(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""
