"""Each path leads to one service, each part to one port."""

from itertools import permutations

from contracts.services import SERVICES

PARTS = ("http", "grpc", "admin", "worker-admin")


def matches(path, prefix):
    return path == prefix or path.startswith(f"{prefix}/")


def test_no_path_leads_to_two_services():
    paths = [(service.name, path) for service in SERVICES for path in service.paths]
    exact = [(service.name, path) for service in SERVICES for path in service.exact]

    assert len(dict(paths)) <= len({path for _, path in paths}) == len(paths)
    for (_, one), (_, other) in permutations(paths, 2):
        assert not matches(one, other)
    for _, path in exact:
        assert not any(matches(path, prefix) for _, prefix in paths)
    assert len({path for _, path in exact}) == len(exact)


def test_paths_are_plain():
    for service in SERVICES:
        for path in service.paths:
            assert path.startswith("/")
            assert not path.endswith("/")


def test_ports_of_one_machine_differ_and_leave_room_for_the_nodes():
    ports = [service.local_port(part) for service in SERVICES for part in PARTS]

    assert len(set(ports)) == len(ports) == 28
    assert min(ports) == 18100
    assert max(ports) < 18200


def test_what_streams_lies_below_a_path_of_the_same_service():
    for service in SERVICES:
        for path in service.streams:
            assert any(matches(path, prefix) for prefix in service.paths)
