"""Composition root: the one module that knows every other."""

import analytics
from analytics import rpc
from analytics.days import consumer as days
from analytics.erase import erase
from analytics.insights import http as insights
from analytics.steps import http as steps
from analytics.summary import http as summary
from chassis import KnownUsers, Service
from contracts import topology

SERVICE = Service(
    package=analytics,
    routers=[steps.router, summary.router, insights.router],
    servicers=rpc.servicers,
    users=KnownUsers(queue=topology.BY_NAME["analytics.known-users"], erase=erase),
    consumers=[days.consumers],
)
