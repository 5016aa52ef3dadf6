"""``python -m identity rotate-keys``: a new signing key, and nobody is logged out.

The new key is published at once and signs 15 minutes later. Verifiers keep the key set for 10 minutes and fetch it for
an unknown key at most every 10 s, so a key that signed at once could be refused for 10 s; one that waits is known
everywhere. The old key signs until then, and stays published until its last token has expired.
"""

import uvloop

from chassis import database
from identity.keys import model, queries
from identity.keys.keyring import add
from identity.settings import IdentitySettings


def rotate_keys(settings: IdentitySettings) -> int:
    """Make a new signing key, and let the old ones go once it has taken over."""
    kid = uvloop.run(_rotate(settings))
    print(f"{kid} is published now and signs in {model.PUBLISHED_BEFORE.seconds // 60} minutes")  # noqa: T201
    return 0


async def _rotate(settings: IdentitySettings) -> str:
    db = await database.connect(settings, "api")
    try:
        async with db.transaction():
            await queries.lock(db)
            kid = await add(db, settings.key_for("signing keys"), signs_in=model.PUBLISHED_BEFORE)
            await queries.retire_others(db, kid, model.PUBLISHED_BEFORE + model.PUBLISHED_AFTER)
            await queries.prune(db)
    finally:
        await db.close()
    return kid
