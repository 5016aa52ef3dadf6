"""The gRPC stubs, made from the ``.proto`` files beside them: ``python -m contracts.protos write|check``.

``protos.json`` is the promise: what each field number means. ``write`` refuses to break it; ``check`` also refuses
stubs that are not what the files say.
"""

import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorSet

FOLDER = Path(str(resources.files("contracts")))
FILE = FOLDER / "protos.json"
SOURCES = FOLDER.parent

Meanings = dict[str, dict[str, str]]
"""By message, field number -> what it holds; by service, method -> what it takes and returns."""


def generate(into: Path) -> Meanings:
    """Write the stubs of all files below ``into``; returns what they promise."""
    from grpc_tools import protoc  # type: ignore[import-untyped]  # noqa: PLC0415 - absent where services run

    files = sorted(str(file) for file in FOLDER.rglob("*.proto"))
    described = into / "descriptors"
    well_known = str(resources.files("grpc_tools") / "_proto")
    outputs = [f"--{kind}_out={into}" for kind in ("python", "pyi", "grpc_python")]
    status = protoc.main(["", f"-I{SOURCES}", f"-I{well_known}", f"--descriptor_set_out={described}", *outputs, *files])
    if status:
        raise RuntimeError("protoc refuses the files")
    promised = meanings(FileDescriptorSet.FromString(described.read_bytes()))
    described.unlink()
    return promised


def meanings(described: FileDescriptorSet) -> Meanings:
    """What every field number and method means."""
    made: Meanings = {}
    for file in described.file:
        for message in file.message_type:
            made |= dict(_messages(file.package, message))
        for service in file.service:
            made[f"{file.package}.{service.name}"] = {
                method.name: f"{_stream(on=method.client_streaming)}{method.input_type}"
                f" -> {_stream(on=method.server_streaming)}{method.output_type}"
                for method in service.method
            }
    return made


def breaks(old: Meanings, new: Meanings) -> Iterator[str]:
    """Name each message, number or method that is gone or means something else."""
    for name, parts in old.items():
        if name not in new:
            yield f"{name} is gone"
            continue
        for key, meaning in parts.items():
            if key not in new[name]:
                yield f"{name}: {key} ({meaning}) is gone"
            elif new[name][key] != meaning:
                yield f"{name}: {key} was {meaning}, is {new[name][key]}"


def main(arguments: list[str]) -> int:
    """Write or check the stubs; returns the exit status."""
    with TemporaryDirectory() as folder:
        promised = generate(Path(folder))
        stubs = {file.relative_to(folder): file.read_bytes() for file in Path(folder).rglob("*_pb2*")}
    stubs[FILE.relative_to(SOURCES)] = msgspec.json.format(msgspec.json.encode(promised, order="sorted")) + b"\n"
    if FILE.exists():
        broken = list(breaks(msgspec.json.decode(FILE.read_bytes(), type=Meanings), promised))
        for reason in broken:
            print(f"{FILE.name}: {reason}", file=sys.stderr)  # noqa: T201
        if broken:
            return 1
    if arguments == ["write"]:
        for path, content in stubs.items():
            (SOURCES / path).write_bytes(content)
        return 0
    stale = [str(path) for path, content in stubs.items() if _read(SOURCES / path) != content]
    for name in stale:
        print(f"{name} is not what the .proto files say: run `make contracts`", file=sys.stderr)  # noqa: T201
    return 1 if stale else 0


def _messages(package: str, message: DescriptorProto) -> Iterator[tuple[str, dict[str, str]]]:
    name = f"{package}.{message.name}"
    yield name, {str(field.number): _meaning(field) for field in message.field}
    for inner in message.nested_type:
        yield from _messages(name, inner)


def _meaning(field: FieldDescriptorProto) -> str:
    kind = field.type_name or FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    repeated = field.label == FieldDescriptorProto.LABEL_REPEATED
    label = "repeated " if repeated else "optional " if field.proto3_optional else ""
    return f"{label}{kind} {field.name}"


def _stream(*, on: bool) -> str:
    return "stream " if on else ""


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
