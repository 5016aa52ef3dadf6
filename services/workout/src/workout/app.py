"""Composition root: the one module that knows every other."""

import imports
import workout
from chassis import KnownUsers, Service
from chassis.known_users import Altered
from contracts import topology
from imports import sending
from workout import rpc, users
from workout.edits import http as edits
from workout.exercises import http as exercises
from workout.export import http as export
from workout.gear import http as gear
from workout.imports import http as imports_http
from workout.imports import parts, work
from workout.recordings import http as recordings
from workout.records import http as records
from workout.routines import http as routines
from workout.settings import WorkoutSettings
from workout.streams import http as streams
from workout.thresholds import http as thresholds
from workout.workouts import drain, republish
from workout.workouts import http as workouts

SERVICE = Service(
    package=workout,
    settings=WorkoutSettings,
    libs=[imports],
    routers=[
        workouts.router,
        exercises.router,
        routines.router,
        records.router,
        gear.router,
        gear.of_workout,
        streams.router,
        edits.router,
        thresholds.router,
        export.router,
        recordings.router,
        imports_http.door,
        imports_http.router,
    ],
    servicers=rpc.servicers,
    consumers=[parts.consumers],
    users=KnownUsers(
        queue=topology.BY_NAME["workout.known-users"],
        erase=users.erase,
        moved=users.move,
        altered=Altered(users.BODY, users.reckon),
        files=work.erase_files,
    ),
    jobs=[drain.drain_workouts, work.run_imports, work.sweep_imports, work.watch_imports],
    resources=[sending.opened],
    rings=("outbox", drain.BELL, work.BELL),
    republish=republish.republish,
)
