"""/health-data/export"""

from litestar import Router

from health.export import parts
from imports.sending import exporter

SAYS = """Take all of your health data away: a zip of JSON lines that `POST /imports` of any instance reads back.

It begins at once and comes as it is made. What is derived, day values for example, is not in it: it is made anew.
"""

export_health_data = exporter(
    "health", parts.archive, called="export_health_data", name="fitmesh-health.zip", says=SAYS
)

router = Router("/health-data", route_handlers=[export_health_data], tags=["Health data"])
