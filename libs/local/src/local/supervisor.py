"""Starts, watches and ends everything a plan names, in order."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from contracts import topology
from contracts.services import Service
from local import account, gateway, logfiles, migrations, ports, rabbitmq_packages, readiness, records
from local.environment import Mode, settings_of
from local.failure import Failure
from local.keeper import Keeper, Program
from local.keyring import Keyring
from local.plan import Plan
from local.postgres import Postgres
from local.process import Process, Recipe
from local.rabbitmq import RabbitMQ

READY_S = 60


class Supervisor:
    """Synchronous, with a thread for each process; ``say`` gets one line for everything a person should know."""

    def __init__(self, plan: Plan, say: Callable[[str], None] = print) -> None:
        self.plan = plan
        self.keyring = Keyring(plan.folder / "secrets")
        self.postgres = Postgres(
            plan.folder / "postgres",
            plan.server_port("postgres"),
            durable=plan.durable,
            log=plan.log("postgres"),
            run=plan.runs,
        )
        self._say = say
        self._keepers: dict[str, Keeper] = {}
        self._stopped = threading.Event()
        self._started_at = time.monotonic()

    def start(self) -> None:
        """Start all and return when all are ready; on a failure, end what was started and raise it."""
        self._started_at = time.monotonic()
        self._prepare()
        try:
            with ThreadPoolExecutor() as pool:
                broker = pool.submit(self._start_rabbitmq)
                self._start_postgres()
                self._migrate(pool)
                broker.result()
            self._start_services()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all: first the gateway, then the services together, then the servers they lean on."""
        self._stopped.set()
        services = [keeper for name, keeper in self._keepers.items() if name not in ("gateway", "rabbitmq", "postgres")]
        for group in (
            [self._keepers.get("gateway")],
            services,
            [self._keepers.get("rabbitmq")],
            [self._keepers.get("postgres")],
        ):
            running = [keeper for keeper in group if keeper is not None]
            with ThreadPoolExecutor(max_workers=max(1, len(running))) as pool:
                list(pool.map(Keeper.stop, running))
        self._keepers.clear()

    def process(self, name: str) -> Keeper:
        """One of ``processes``: ``postgres``, ``rabbitmq``, ``gateway``, ``identity``, ``health-worker`` and so on."""
        return self._keepers[name]

    @property
    def processes(self) -> list[str]:
        return list(self._keepers)

    def wait_ready(self, seconds: float = READY_S) -> None:
        """Wait until every service says it is ready and the gateway answers."""
        late = readiness.wait_all(self._readiness_urls(), seconds)
        if late:
            logs = ", ".join(str(self.plan.log(name)) for name in late)
            raise Failure(f"not ready after {seconds:g} s: {', '.join(late)}; look into {logs}")

    def _prepare(self) -> None:
        self.plan.folder.mkdir(parents=True, exist_ok=True)
        self.plan.folder.chmod(0o711)
        account.require_access(self.plan.folder)
        orphans = records.end_orphans(self.plan.runs)
        if orphans:
            self._say(f"ended what an earlier run left behind: {', '.join(orphans)}")
        ports.require_free(self.plan.all_ports())
        logfiles.rotate_all(self.plan.logs)
        self.plan.objects.mkdir(exist_ok=True)
        self.plan.objects.chmod(0o700)
        self._stopped.clear()
        threading.Thread(target=self._bound_logs, name="log-bounds", daemon=True).start()

    def _start_rabbitmq(self) -> None:
        cache = rabbitmq_packages.default_cache()
        if not (cache / "rabbitmq").exists():
            self._say("fetching RabbitMQ (once) ...")
        server = RabbitMQ(
            self.plan.folder / "rabbitmq-node",
            self.plan.server_port("rabbitmq"),
            rabbitmq_packages.provide(cache),
            inner_ports=(self.plan.server_port("distribution"), self.plan.server_port("epmd")),
            log=self.plan.log("rabbitmq"),
            run=self.plan.runs,
        )
        users = ["fitmesh", *(service.name for service in self.plan.services)]
        passwords = {user: self.keyring.broker(user).read_text() for user in users}
        server.definitions = topology.definitions(passwords, rabbitmq=server.version)
        self._keep(server)
        self._report("RabbitMQ")

    def _start_postgres(self) -> None:
        self._keep(self.postgres)
        passwords = {service.name: self.keyring.database_passwords(service.name) for service in self.plan.services}
        asyncio.run(self.postgres.create_service_databases(passwords))
        self._report("PostgreSQL")

    def _migrate(self, pool: ThreadPoolExecutor) -> None:
        due = [one for one in self.plan.services if asyncio.run(self._is_due(one))]
        runs: list[Future[None]] = [pool.submit(self._migrate_one, service) for service in due]
        for run in runs:
            run.result()
        self._report("migrations")

    async def _is_due(self, service: Service) -> bool:
        return await migrations.is_due(service, self.postgres.superuser_dsn(service.name))

    def _migrate_one(self, service: Service) -> None:
        process = self._python(service, f"{service.name}-migrate", "migrate")
        process.start()
        code = process.wait()
        process.stop()
        if code:
            raise Failure(f"the migrations of {service.name} failed:\n{process.tail()}")

    def _start_services(self) -> None:
        programs: list[Program] = []
        for service in self.plan.services:
            if service.split:
                programs.append(self._python(service, service.name, "api", "api"))
                programs.append(self._python(service, f"{service.name}-worker", "worker", "worker"))
            else:
                programs.append(self._python(service, service.name))
        command = gateway.build_command(gateway.write_files(self.plan))
        programs.append(self._process("gateway", command, environment=None, grace_s=12))
        for program in programs:
            self._keep(program)

    def _python(self, service: Service, name: str, argument: str | None = None, mode: Mode = "all") -> Process:
        command = [sys.executable, "-m", service.name, *([argument] if argument else [])]
        return self._process(name, command, environment=settings_of(self.plan, self.keyring, service, mode))

    def _process(
        self, name: str, command: list[str], *, environment: dict[str, str] | None, grace_s: float = 25
    ) -> Process:
        recipe = Recipe(
            name=name,
            command=tuple(command),
            log=self.plan.log(name),
            environment=environment,
            grace_s=grace_s,
            run=self.plan.runs,
        )
        return Process(recipe)

    def _keep(self, program: Program) -> None:
        keeper = Keeper(program, self._say)
        self._keepers[program.name] = keeper
        keeper.start()

    def _readiness_urls(self) -> Iterable[tuple[str, str]]:
        for service in self.plan.services:
            yield service.name, f"http://{self.plan.address(service, 'admin')}/readyz"
            if service.split:
                yield f"{service.name}-worker", f"http://{self.plan.address(service, 'worker-admin')}/readyz"
        yield "gateway", self.plan.ping_url

    def _report(self, what: str) -> None:
        self._say(f"{what} ready after {time.monotonic() - self._started_at:.1f} s")

    def _bound_logs(self) -> None:
        while not self._stopped.wait(10):
            logfiles.bound_all(self.plan.logs)
