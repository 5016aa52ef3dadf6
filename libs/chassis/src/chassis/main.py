"""``python -m <service> [api|worker|migrate|republish|dead-letters]``; without a word everything in one process."""

import argparse
import sys
from datetime import datetime

import uvloop

from chassis import database, logs, migrations, process, settings
from chassis.service import Service
from chassis.settings import Settings, SettingsError
from outbox import dead_letters


def main(service: Service) -> None:
    """Read the environment, do what was asked, exit non-zero with a sentence when it cannot be done."""
    arguments = _parser(service).parse_args()
    try:
        env = settings.load(service.settings)
        logs.configure(service.name, env.log_level)
        sys.exit(_do(service, env, arguments))
    except SettingsError as error:
        sys.exit("\n".join(f"{service.name}: {reason}" for reason in error.reasons))


def _do(service: Service, env: Settings, arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "migrate":
            return migrations.migrate(service, env)
        case "republish":
            return uvloop.run(_republish(service, env, arguments.since))
        case "dead-letters":
            return uvloop.run(_dead_letters(service, env, arguments))
        case word if word in service.commands:
            return service.commands[word](env)
        case part:
            return uvloop.run(process.run(service, env, api=part in {None, "api"}, worker=part in {None, "worker"}))


def _parser(service: Service) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(service.name, description=service.package.__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("api", help="HTTP, gRPC and the relay")
    commands.add_parser("worker", help="consumers and jobs")
    commands.add_parser("migrate", help="bring the database to the schema this code needs")
    again = commands.add_parser("republish", help="send the present state of everything again")
    again.add_argument("--since", type=datetime.fromisoformat, help="only what changed since then")
    dead = commands.add_parser("dead-letters", help="messages that could not be handled")
    dead.add_argument("action", choices=("list", "show", "replay"))
    dead.add_argument("queue", nargs="?", help="as list names it")
    dead.add_argument("--bodies", action="store_true", help="show what the messages say, which is people's data")
    for word, command in service.commands.items():
        commands.add_parser(word, help=command.__doc__)
    return parser


async def _republish(service: Service, env: Settings, since: datetime | None) -> int:
    if service.republish is None:
        print(f"{service.name} owns nothing that others keep a copy of")  # noqa: T201
        return 0
    db = await database.connect(env, "worker")
    try:
        async with db.transaction():
            count = await service.republish(db, since)
        await db.execute("SELECT pg_notify('outbox', '')")
    finally:
        await db.close()
    print(f"{count} events will be sent again")  # noqa: T201
    return 0


async def _dead_letters(service: Service, env: Settings, arguments: argparse.Namespace) -> int:
    client = process.broker_of(env)
    try:
        return await dead_letters.command(
            client, service.name, arguments.action, arguments.queue, bodies=arguments.bodies
        )
    finally:
        await client.stop()
