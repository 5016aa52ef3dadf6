"""The archive as it is written: parts one after another, and a manifest of them."""

import msgspec

from health.export.model import FORMAT, MANIFEST, VERSION, Manifest, Part
from imports import zipped


class Zip(zipped.Zip):
    """Ends with the manifest."""

    def finish(self) -> bytes:
        """The manifest and the list of files."""
        parts = [Part(**part._asdict()) for part in self.parts]
        manifest = Manifest(format=FORMAT, version=VERSION, parts=parts)
        return self.end(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
