"""What every test suite here stands on: a real PostgreSQL, a real RabbitMQ, and services running in them."""

from testkit.nodes import Nodes
from testkit.running import Running
from testkit.signer import Signer
from testkit.statements import prepare_all
from testkit.wait import until

__all__ = ("Nodes", "Running", "Signer", "prepare_all", "until")
