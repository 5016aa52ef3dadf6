"""What every test suite here stands on: a real PostgreSQL, a real RabbitMQ, and services running in them."""

import os

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # read at import; its handlers break servers that tests fork

from testkit.nodes import Nodes
from testkit.running import Running
from testkit.signer import Signer
from testkit.statements import prepare_all
from testkit.wait import until

__all__ = ("Nodes", "Running", "Signer", "prepare_all", "until")
