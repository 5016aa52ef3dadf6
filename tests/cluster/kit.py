"""What the suites do with a cluster: kubectl and helm as a person would type them, and requests at the gateway."""

import asyncio
import io
import itertools
import json
import os
import secrets
import subprocess
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import aiohttp
import httpx

from contracts.services import SERVICES as KNOWN

CHECKOUT = Path(__file__).parents[2]
SERVICES = [known.name for known in KNOWN if (CHECKOUT / f"charts/{known.name}").is_dir()]
TAG = os.environ.get("FITMESH_TAG", "test")
"""Given, it names images that are in the cluster already; else they are built."""
STAND_IN = f"docker.io/fitmesh/object-store:{TAG}"
GATEWAY = os.environ.get("GATEWAY", "http://127.0.0.1:30080")
HOST = {"Host": "localhost"}
DEPLOYMENTS = [
    name
    for service in SERVICES
    for name in (service, f"{service}-worker")
    if name == service or next(known for known in KNOWN if known.name == service).split
]


class Rig:
    """A script that starts a real Kubernetes on this machine."""

    def __init__(self, script: Path) -> None:
        self._script = script

    def __call__(self, *arguments: str, **options: Any) -> str:
        return subprocess.run(
            [self._script, *arguments], cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True, **options
        ).stdout

    def up(self) -> None:
        for _ in range(2):
            try:
                self("up")
            except subprocess.CalledProcessError:  # the node has a minute; a busy disk may take longer
                self.down()
            else:
                return
        self("up")

    def down(self) -> None:
        self("down")

    @property
    def kubeconfig(self) -> str:
        return self._environment()[0]

    def enter(self) -> None:
        """Take over its KUBECONFIG and PATH."""
        os.environ["KUBECONFIG"], os.environ["PATH"] = self._environment()

    def _environment(self) -> list[str]:
        script = f'eval "$({self._script} env)" && printf "%s\\n%s" "$KUBECONFIG" "$PATH"'
        return subprocess.run(["bash", "-c", script], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()

    def prepare(self) -> None:
        self("base-images")

    def build(self, tag: str, service: str, *more: str) -> None:
        arguments = ["-f", "services/Dockerfile", "--build-arg", f"SERVICE={service}", "--timestamp", "0", *more]
        self("build", tag, ".", *arguments)

    def load(self, *tags: str) -> None:
        self("load", *tags)


class Kubernetes:
    """One namespace of a cluster."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def run(self, *command: str | Path, check: bool = True, timeout: float = 600, feed: str | None = None) -> str:
        """Standard output of a command; a failure shows what it said."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=timeout,
            input=feed,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}\n{quiet(done.stderr)}")
        return done.stdout

    def kubectl(self, *arguments: str, **options: Any) -> str:
        return self.run("kubectl", "-n", self.namespace, *arguments, **options)

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def items(self, *arguments: str) -> list[Any]:
        return list(self.get(*arguments)["items"])

    def pods(self, selector: str = "app.kubernetes.io/part-of=fitmesh") -> list[Any]:
        """Pods that serve, not those of jobs or on their way out."""
        found = self.items("pods", "-l", f"{selector},app.kubernetes.io/component in (api,worker)")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def install(self, chart: str, *arguments: str, timeout: str = "3m", check: bool = True) -> str:
        """Install or upgrade the release of a chart's name, and wait until all of it is ready."""
        command = ["helm", "upgrade", "--install", chart, f"charts/{chart}", "-n", self.namespace]
        return self.run(*command, "--wait", "--timeout", timeout, *arguments, check=check)

    def deploy(self, *sets: str, timeout: str = "3m", more: tuple[str, ...] = (), check: bool = True) -> str:
        """Fitmesh with the values of tests, the images built here, and ``sets`` on top."""
        values = [f"--set={service}.image.tag={TAG}" for service in SERVICES]
        changes = [f"--set={change}" for change in sets]
        return self.install(
            "fitmesh", "-f", "k8s/values/ci.yaml", *values, *changes, *more, timeout=timeout, check=check
        )

    def settle(self, *deployments: str, timeout: str = "240s") -> None:
        """Wait until these Deployments (all of ours, unless named) have only pods of their newest kind."""
        for name in deployments or DEPLOYMENTS:
            self.kubectl("rollout", "status", f"deployment/{name}", f"--timeout={timeout}")

    def python(self, where: str, code: str, *arguments: str, container: str | None = None) -> Any:
        """What Python code that runs inside a pod prints as JSON."""
        chosen = ["-c", container] if container else []
        printed = self.kubectl("exec", "-i", where, *chosen, "--", "python", "-", *arguments, feed=code)
        return json.loads(printed.strip().splitlines()[-1])

    def sql(self, database: str, statement: str) -> list[list[str]]:
        command = ["exec", "postgres-0", "--", "psql", "-U", "postgres", "-d", database, "-AtF", "\t", "-c", statement]
        return [line.split("\t") for line in self.kubectl(*command).splitlines()]

    def user_id(self, name: str) -> str:
        return self.sql("identity", f"SELECT user_id FROM user_account WHERE username = '{name}'")[0][0]

    def number(self, database: str, statement: str) -> int:
        return int(self.sql(database, statement)[0][0])


def quiet(stderr: str) -> str:
    """Without Helm's remarks on symbolic links."""
    return "\n".join(line for line in stderr.splitlines() if "found symbolic link" not in line)


def eventually(what: str, look: Callable[[], Any], *, within_s: float = 60, every_s: float = 0.5) -> Any:
    """What ``look`` returns once that is true; a refused assertion or request means: not yet."""
    deadline = time.monotonic() + within_s
    last: object = None
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
            last = found
        except (AssertionError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            last = error
        time.sleep(every_s)
    raise AssertionError(f"{what}: not within {within_s} s; last: {last!r}")


@contextmanager
def browser(base: str = GATEWAY) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, headers=HOST, timeout=15) as client:
        yield client


def new_user(client: httpx.Client) -> tuple[str, dict[str, str]]:
    """Name of a user made just now, and the header that proves it."""
    name, password = f"u{secrets.token_hex(6)}", secrets.token_urlsafe(15)
    made = client.post("/auth/register", json={"username": name, "password": password})
    assert made.status_code == 201, made.text
    token = client.post("/auth/login", data={"username": name, "password": password}).json()["access_token"]
    return name, {"Authorization": f"Bearer {token}"}


def apple_export(*sources: str, days: int, records: int, value: int = 10) -> tuple[bytes, list[date]]:
    """An export in which each source counts so many times ``value`` steps a day, at the same times; and its days."""
    today = datetime.now(UTC).date()
    dates = [today - timedelta(days=ago) for ago in range(days, 0, -1)]
    step = timedelta(days=1) / records
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<HealthData locale="en_US">']
    for at in dates:
        begun = datetime(at.year, at.month, at.day, tzinfo=UTC)
        for number in range(records):
            start, end = (f"{begun + step * n:%Y-%m-%d %H:%M:%S} +0000" for n in (number, number + 1))
            lines += [
                f' <Record type="HKQuantityTypeIdentifierStepCount" sourceName="{source}" unit="count" '
                f'creationDate="{end}" startDate="{start}" endDate="{end}" value="{value}"/>'
                for source in sources
            ]
    return "\n".join([*lines, "</HealthData>"]).encode(), dates


def rides(count: int, *, minutes: int) -> bytes:
    """An archive of rides, one a day, with a record a second."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for ago in range(1, count + 1):
            start = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0) - timedelta(days=ago)
            made.writestr(f"ride-{ago}.gpx", ride(start, 60 * minutes))
    return file.getvalue()


def ride(start: datetime, seconds: int) -> str:
    """A straight way to the north, with heart rate."""
    points = "".join(
        f'<trkpt lat="{52 + at * 5e-5:.6f}" lon="13.4"><ele>40</ele>'
        f"<time>{start + timedelta(seconds=at):%Y-%m-%dT%H:%M:%SZ}</time>"
        f"<extensions><hr>{120 + at % 40}</hr></extensions></trkpt>"
        for at in range(seconds)
    )
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="tests" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><type>cycling</type><trkseg>{points}</trkseg></trk></gpx>"
    )


def upload(client: httpx.Client, mine: dict[str, str], content: bytes, to: str = "/imports") -> str:
    """Send it as a file; where the import is."""
    sent = client.post(to, files={"file": ("export.bin", content)}, headers=mine, timeout=120)
    assert sent.status_code == 202, sent.text
    return sent.headers["Location"]


class Load:
    """Mixed reads and writes at a steady rate from a thread of its own; remembers what was acknowledged.

    What is refused is sent again, a write under the same idempotency key, until ``patience_s`` have passed.
    """

    STEPS = 10

    def __init__(self, *, rate: float = 50, users: int = 8, reads: bool = True, patience_s: float = 0) -> None:
        self.rate, self.reads, self.patience_s = rate, reads, patience_s
        self.acknowledged: Counter[str] = Counter()
        self.failures: list[str] = []
        self.refused: list[float] = []
        self.sent = 0
        self.slowest_s = 0.0
        with browser() as client:
            self.users = dict(new_user(client) for _ in range(users))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    async def _run(self) -> None:
        turns = itertools.cycle(self.users.items())
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20), headers=HOST) as session:
            pending = set[asyncio.Task[None]]()
            begun = time.monotonic()
            while not self._stop.is_set():
                name, token = next(turns)
                pending.add(task := asyncio.create_task(self._one(session, self.sent, name, token)))
                task.add_done_callback(pending.discard)
                self.sent += 1
                await asyncio.sleep(max(0, begun + self.sent / self.rate - time.monotonic()))
            if pending:
                await asyncio.wait(pending)

    async def _one(self, session: aiohttp.ClientSession, number: int, name: str, token: dict[str, str]) -> None:
        begun = time.monotonic()
        paths = ("/health-data?limit=5", "/analytics/steps", "/notifications?limit=5")
        write = not self.reads or number % 2 == 0
        what = "POST /health-data" if write else f"GET {paths[number // 2 % 3]}"
        headers = token | ({"Idempotency-Key": secrets.token_hex(8)} if write else {})
        while refused := await self._refused(session, *what.split(" "), headers):
            if time.monotonic() - begun > self.patience_s:
                self.failures.append(f"{datetime.now(UTC):%H:%M:%S.%f} {what}: {refused}")
                return
            self.refused.append(time.monotonic())
            await asyncio.sleep(1)
        self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
        if write:
            self.acknowledged[name] += 1

    async def _refused(self, session: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str]) -> str:
        """Send it once; empty when it was taken."""
        body = {"steps": self.STEPS} if method == "POST" else None
        try:
            async with session.request(method, f"{GATEWAY}{path}", json=body, headers=headers) as answer:
                text = await answer.text()
                return "" if answer.status < 300 else f"{answer.status} {text[:200]}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return repr(error)

    def arrived(self, client: httpx.Client) -> bool:
        """Whether analytics shows every acknowledged step of every user; never more."""
        for name, count in self.acknowledged.items():
            shown = client.get("/analytics/steps", headers=self.users[name])
            assert shown.status_code == 200, shown.text
            total = shown.json()["total_steps"] or 0
            assert total <= count * self.STEPS, f"{name}: {total} steps of {count * self.STEPS}"
            if total < count * self.STEPS:
                return False
        return True
