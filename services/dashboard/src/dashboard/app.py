"""What dashboard is made of."""

import dashboard
from chassis import KnownUsers, Service
from contracts import topology
from dashboard import erase
from dashboard.home import http as home
from dashboard.readiness import http as readiness
from dashboard.readiness import probes
from dashboard.reference import document
from dashboard.reference import http as reference
from dashboard.settings import Settings
from dashboard.site import http as site
from dashboard.site import pages

SERVICE = Service(
    package=dashboard,
    settings=Settings,
    routers=[home.router, readiness.router, reference.router, site.router],
    users=KnownUsers(queue=topology.BY_NAME["dashboard.known-users"], erase=erase.nothing),
    resources=[pages.opened, probes.opened, document.opened],
)
