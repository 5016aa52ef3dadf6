"""/auth: accounts and their passwords."""

from datetime import UTC, datetime

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

import outbox
from chassis import ids
from chassis.problems import Conflict, Unauthorized, invalid
from chassis.service import Runtime
from chassis.tokens import Caller
from contracts.events import UserRegistered, UserUpdated
from identity.credentials import model, queries
from identity.credentials.doorkeeper import Doorkeeper, WrongPassword
from identity.credentials.hasher import Hasher
from identity.credentials.model import PasswordChange
from identity.erasures.model import keyed
from identity.transactions import transaction
from identity.users import model as users
from identity.users import queries as user_queries
from identity.users.http import refuse
from identity.users.model import NewUser, Profile


class UsernameTaken(Conflict):
    """Someone has this username."""


@post("/register")
async def register(
    data: JSONBody[NewUser], runtime: NamedDependency[Runtime], hasher: NamedDependency[Hasher]
) -> Profile:
    """Open an account. An `Idempotency-Key` is not needed: a repeat answers 409."""
    now = datetime.now(UTC)
    common_too = runtime.settings.quickstart
    refuse([*model.faults("/password", data.password, common_too=common_too), *users.faults(data, now)])
    user = users.named(data, ids.new(), now)
    password_hash = await hasher.hash(data.password)
    async with transaction(runtime) as db:
        if not await user_queries.insert(db, user, keyed(runtime.settings.key_for("erasures"), user.username)):
            raise UsernameTaken
        await queries.insert(db, user.user_id, password_hash)
        await outbox.add(db, user.told_as(UserRegistered), *([user.contact()] if user.email else []))
    return users.profile_of(user)


@post("/password", status_code=204)
async def change_password(
    data: JSONBody[PasswordChange],
    caller: NamedDependency[Caller],
    runtime: NamedDependency[Runtime],
    hasher: NamedDependency[Hasher],
    doorkeeper: NamedDependency[Doorkeeper],
) -> None:
    """Replace the password and end every session, this one included."""
    refuse(model.faults("/new_password", data.new_password, common_too=runtime.settings.quickstart))
    try:
        await doorkeeper.admit(caller.username, data.current_password)
    except WrongPassword:
        raise invalid("/current_password", "is not the password") from None
    password_hash = await hasher.hash(data.new_password)
    async with transaction(runtime) as db:
        await queries.change(db, caller.user_id, password_hash)
        user = await user_queries.end_sessions(db, caller.user_id)
        if user is None:
            raise Unauthorized("the session has ended")
        await outbox.add(db, user.told_as(UserUpdated))


router = Router(
    "/auth",
    route_handlers=[register, change_password],
    tags=["Registration and passwords"],
)
