"""The whole product on one machine: PostgreSQL, RabbitMQ, the services and the gateway as plain processes.

``python -m local up`` runs them for a person; the test suites borrow ``Postgres``, ``RabbitMQ`` and ``Supervisor``.
"""
