"""Who says what and who listens fits together, and the broker's rules follow from it."""

import re

import pytest

from contracts import topology
from contracts.events import EVENTS, UserContactChanged, UserErased
from contracts.services import BY_NAME
from contracts.topology import PUBLISHES, QUEUES

ALONE = frozenset({UserContactChanged, UserErased})
"""Only notification may know an address, only identity waits for erasures."""


def test_every_event_is_published_by_somebody_and_no_other_is():
    assert {event for events in PUBLISHES.values() for event in events} == set(EVENTS)


def test_every_queue_listens_to_events_that_exist_and_belongs_to_a_service():
    for queue in QUEUES:
        assert queue.service in BY_NAME
        assert set(queue.events) <= set(EVENTS)
        assert len(set(queue.events)) == len(queue.events) > 0


def test_a_required_event_has_a_queue():
    heard = {event for queue in QUEUES for event in queue.events}
    assert [event.name() for event in EVENTS if event.required and event not in heard] == []


@pytest.mark.parametrize("event", ALONE)
def test_what_is_for_one_service_reaches_no_other(event):
    assert len({queue.service for queue in QUEUES if event in queue.events}) == 1


def test_every_service_that_publishes_erasures_hears_of_deletions():
    for service, events in PUBLISHES.items():
        if UserErased in events:
            heard = {event.name() for queue in topology.queues_of(service) for event in queue.events}
            assert {"user.registered.v1", "user.updated.v1", "user.deleted.v1"} <= heard


def test_names_follow_the_glossary():
    words = r"[a-z]+(-[a-z]+)*"
    for event in EVENTS:
        assert re.fullmatch(rf"{words}\.{words}\.v[1-9]", event.name())
        assert event.__doc__
    for queue in QUEUES:
        assert re.fullmatch(rf"{words}\.{words}", queue.name)
    assert len({event.name() for event in EVENTS}) == len(EVENTS)
    assert len({queue.name for queue in QUEUES}) == len(QUEUES)


def test_topic_patterns_admit_exactly_what_a_service_publishes():
    for service in BY_NAME:
        pattern = re.compile(topology.topic_pattern(service))
        admitted = {event for event in EVENTS if pattern.search(event.name())}
        assert admitted == set(PUBLISHES.get(service, ()))
        assert not pattern.search("x" + EVENTS[0].name())
        assert not pattern.search(EVENTS[0].name().replace(".", "_"))


def test_permissions_reach_a_services_own_things_only():
    allowed = topology.permissions("health")
    for right in ("configure", "write", "read"):
        assert re.search(allowed[right], "health.parking")
        assert not re.search(allowed[right], "healthy.parking")
        assert not re.search(allowed[right], "analytics.day-summaries")
        assert not re.search(allowed[right], "")
        assert bool(re.search(allowed[right], "events")) == (right != "configure")


@pytest.mark.parametrize("rabbitmq", [3, 4])
def test_evidence_has_no_limit_and_work_has_one(rabbitmq):
    """-1 means no limit from 4.0 on, and none at all before."""
    for queue in QUEUES:
        arguments = topology.queue_arguments(queue, rabbitmq=rabbitmq)
        assert arguments[queue.name]["x-delivery-limit"] == 50
        for name in arguments.keys() - {queue.name}:
            assert arguments[name].get("x-delivery-limit") == (-1 if rabbitmq == 4 else None)
        for name, given in arguments.items():
            assert given["x-queue-type"] == "quorum"
            if "x-dead-letter-exchange" in given:
                assert given["x-dead-letter-routing-key"] in arguments
                assert given["x-dead-letter-strategy"] == "at-least-once"
                assert given["x-overflow"] == "reject-publish"
            assert ("x-message-ttl" in given) == (".retry." in name)


def test_definitions_hold_together():
    made = topology.definitions({"fitmesh": "a", "health": "b", "identity": "c"}, rabbitmq=4)
    queues = {queue["name"] for queue in made["queues"]}
    exchanges = {exchange["name"] for exchange in made["exchanges"]}

    assert exchanges == {"events", "health.parking", "identity.parking"}
    assert {name.split(".")[0] for name in queues} == {"health", "identity"}
    for binding in made["bindings"]:
        assert binding["destination"] in queues
        assert binding["source"] in exchanges
    assert [user["tags"] for user in made["users"]] == ["administrator", "", ""]
    assert "b" not in {user["password_hash"] for user in made["users"]}
    assert {given["user"] for given in made["topic_permissions"]} == {"health", "identity"}
