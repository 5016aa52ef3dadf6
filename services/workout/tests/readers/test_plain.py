"""Points taken by a pattern: the same as the parser finds, whatever else stands in a file."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from services.workout.tests.readers.reading import Reading, a_track
from services.workout.tests.readers.test_tcx import a_lap, a_point, a_tcx, an_activity
from services.workout.tests.samples import WHEEL

from imports import Broken
from workout.readers import gpx, markup, plain, tcx
from workout.readers.model import Activity, Ask

SHAPES = (
    "<HeartRateBpm><Value>140</Value></HeartRateBpm>",
    "<HeartRateBpm>\n  <Value>141</Value>\r\n</HeartRateBpm><Cadence>80</Cadence>",
    "<Cadence> 81</Cadence>",
    "<AltitudeMeters></AltitudeMeters><AltitudeMeters>12.5</AltitudeMeters>",
    "<SensorState>Present</SensorState><Extensions/>",
    '<Extensions><TPX CadenceSensor="Bike" xmlns="urn:x"><Watts>200</Watts><Speed>3,5</Speed></TPX></Extensions>',
    "<Extensions><x:TPX><x:Watts>201</x:Watts></x:TPX></Extensions>",
    "<Cadence>82</Cadence><Cadence>83</Cadence>",
    "<!-- </Trackpoint></Track> --><Cadence>84</Cadence>",
    "<Cadence><![CDATA[85]]></Cadence>",
    "<Notes>&lt;Cadence&gt;86&lt;/Cadence&gt; ü</Notes>",
    "<Trackpoint><Cadence>87</Cadence></Trackpoint>",
    "<Cadence>much</Cadence>",
    "",
)
BETWEEN = ("", "", "", "\n  ", "<!-- <Track><Trackpoint></Trackpoint> -->", "<Other>é</Other>", "<?x <Track> ?>")
CUT = ("", "<", "</Track>", "<Track>", "</Lap>", "<a b='<Track>", "]]>", "&#0;", "<!--", '"', "<Trackpoint>")


def parsed(read, content, *, plainly, block=1 << 18):
    """All that comes of a file; ``plainly`` False: the parser sees every point."""

    class Never(plain.Plain):
        def pieces(self, given):
            self.off = True
            yield from super().pieces(given)

    items = []

    def told(item):
        return repr(
            structs.replace(item, channels=dict(sorted(item.channels.items()))) if isinstance(item, Activity) else item
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "BLOCK", block)
        if not plainly:
            patch.setattr(markup, "Plain", Never)
        try:
            items += map(told, read(io.BytesIO(content), Ask()))
        except Broken as broken:
            items.append(f"{broken}")
    return items


@given(
    st.lists(st.tuples(st.sampled_from(SHAPES), st.integers(1, 5), st.sampled_from(BETWEEN)), min_size=1, max_size=6),
    st.integers(1, 3),
    st.sampled_from([97, 1_009, 1 << 18]),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_of_what_is_well_formed_it_is_the_same(shapes, tracks, block):
    second = iter(range(10_000))
    each = ["".join(a_point(next(second), more) for _ in range(n)) + between for more, n, between in shapes]
    content = a_tcx(an_activity(a_lap(*["".join(each)] * tracks)))
    content = content.replace("<TrainingCenterDatabase", '<TrainingCenterDatabase xmlns:x="urn:y"', 1).encode()
    assert parsed(tcx.read, content, plainly=True, block=block) == parsed(tcx.read, content, plainly=False, block=block)


@pytest.mark.parametrize("name", sorted(path.name for path in WHEEL.glob("*.[tg][cp]x")))
def test_of_what_devices_write_it_is_the_same(name):
    content = (WHEEL / name).read_bytes()
    read = tcx.read if name.endswith("tcx") else gpx.read
    assert parsed(read, content, plainly=True) == parsed(read, content, plainly=False)


@given(st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_of_what_is_broken_no_point_is_lost(data):
    """Of what is complete before the break, at most the last goes."""
    content = a_track(points=60).encode()
    at = data.draw(st.integers(0, len(content)))
    broken = content[:at] + data.draw(st.sampled_from(CUT)).encode() + content[at + data.draw(st.integers(0, 40)) :]
    found = sum(len(activity.channels.get("time", ())) for activity in Reading(broken).activities)
    assert content[:at].count(b"</trkpt>") - 1 <= found <= 60
