"""A real RabbitMQ: no guest, definitions in before it listens, and life after a power cut."""

import socket
import time
from collections.abc import Iterator

import aio_pika
import psutil
import pytest

from contracts import topology
from local import account, ports, rabbitmq_packages
from local.failure import Failure
from local.rabbitmq import RabbitMQ

PASSWORDS = {"fitmesh": "admin1", "identity": "identity1", "health": "health1"}


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMQ]:
    with account.scratch_folder() as folder:
        binaries = rabbitmq_packages.provide(rabbitmq_packages.default_cache())
        node = RabbitMQ(folder / "rabbitmq", ports.free_port(), binaries)
        node.start()
        try:
            node.load_definitions(topology.definitions(PASSWORDS, rabbitmq=node.version))
            yield node
        finally:
            node.stop()


def users(node: RabbitMQ) -> set[str]:
    return {line.split("\t")[0] for line in node.ctl("list_users").splitlines()[1:]}


def url(node: RabbitMQ, user: str, password: str) -> str:
    return f"amqp://{user}:{password}@127.0.0.1:{node.port}/{topology.VHOST}"


def test_there_is_no_guest(rabbitmq: RabbitMQ) -> None:
    assert users(rabbitmq) == set(PASSWORDS)


def test_a_new_node_has_no_user_at_all(folder, rabbitmq: RabbitMQ) -> None:
    node = RabbitMQ(folder / "other", ports.free_port(), rabbitmq_packages.provide(rabbitmq_packages.default_cache()))
    begun = time.monotonic()
    node.start()
    try:
        assert time.monotonic() - begun < 15
        assert users(node) == set()
    finally:
        node.stop()


def test_listens_on_loopback_only(rabbitmq: RabbitMQ) -> None:
    listening = [one for one in psutil.Process(rabbitmq.pid).net_connections() if one.status == psutil.CONN_LISTEN]
    assert {one.laddr.ip for one in listening} == {"127.0.0.1"}
    assert rabbitmq.port in {one.laddr.port for one in listening}


@pytest.mark.anyio
async def test_services_get_in_with_their_password_only(rabbitmq: RabbitMQ) -> None:
    async with await aio_pika.connect(url(rabbitmq, "health", "health1")) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("health.known-users", ensure=True)
        assert queue.declaration_result.consumer_count == 0
    for user, password in (("health", "wrong"), ("guest", "guest")):
        with pytest.raises(aio_pika.exceptions.AMQPConnectionError):
            await aio_pika.connect(url(rabbitmq, user, password))


def test_survives_kill_with_its_queues_and_passwords(rabbitmq: RabbitMQ) -> None:
    before = rabbitmq.pid
    queues = len(rabbitmq.ctl("list_queues", "-p", topology.VHOST).splitlines())
    rabbitmq.kill()
    with pytest.raises(Failure):
        _ = rabbitmq.pid
    rabbitmq.start()
    assert rabbitmq.pid != before
    assert len(rabbitmq.ctl("list_queues", "-p", topology.VHOST).splitlines()) == queues > 5
    assert users(rabbitmq) == set(PASSWORDS)


def test_a_paused_node_takes_connections_but_answers_nothing(rabbitmq: RabbitMQ) -> None:
    rabbitmq.pause()
    try:
        for _ in range(100):  # a signal takes its moment to stop every thread
            if psutil.Process(rabbitmq.pid).status() == psutil.STATUS_STOPPED:
                break
            time.sleep(0.05)
        with socket.create_connection(("127.0.0.1", rabbitmq.port), timeout=0.5) as taken:
            taken.sendall(b"AMQP\x00\x00\x09\x01")
            with pytest.raises(TimeoutError):
                taken.recv(1)
    finally:
        rabbitmq.resume()
    assert rabbitmq.ctl("await_startup") == ""


def test_a_failing_command_says_why(rabbitmq: RabbitMQ) -> None:
    with pytest.raises(Failure, match="no-such-user"):
        rabbitmq.ctl("delete_user", "no-such-user")


def test_stop_leaves_no_process(folder, rabbitmq: RabbitMQ) -> None:
    node = RabbitMQ(folder / "other", ports.free_port(), rabbitmq_packages.provide(rabbitmq_packages.default_cache()))
    node.start()
    node.stop()
    left = [
        one.pid
        for one in psutil.process_iter(["cmdline", "status"])
        if str(folder) in " ".join(one.info["cmdline"] or [])
    ]
    assert left == []
    assert ports.is_free(node.port)
