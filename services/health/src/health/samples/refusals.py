"""Why samples are not taken, for whoever asked."""

from chassis.problems import BadRequest, Conflict


class Crowded(BadRequest):
    """More samples at one instant than a source can have to say."""


class TooManySources(Conflict):
    """The data names more sources than anyone has."""
