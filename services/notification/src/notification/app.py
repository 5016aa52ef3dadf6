"""What notification is made of."""

import notification
from chassis import KnownUsers, Service
from contracts import topology
from notification import owners
from notification.contacts import consumer as contacts_consumer
from notification.notifications import consumer, feed, http

SERVICE = Service(
    package=notification,
    routers=[http.router],
    consumers=[consumer.consumers, contacts_consumer.consumers],
    users=KnownUsers(queue=topology.BY_NAME["notification.known-users"], erase=owners.erase),
    rings=("outbox", feed.CHANNEL),
)
