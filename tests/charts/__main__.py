"""``python -m tests.charts FOLDER`` writes every profile there as Helm renders it, for tools that read files."""

import sys
from pathlib import Path

from tests.charts.render import PROFILES, SERVICES, text

READ_ONLY = [f"--set={service}.readOnlyRootFilesystem=true" for service in SERVICES]
"""Said of all: the development profile alone lets skaffold write into a running pod, and that is known."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in PROFILES:
        rendered = text("fitmesh", "-f", f"k8s/values/{name}.yaml", *READ_ONLY)
        (folder / f"{name}.yaml").write_text(rendered)
    (folder / "infrastructure.yaml").write_text(text("infrastructure", "--set=objectStore.enabled=true"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
