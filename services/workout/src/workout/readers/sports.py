"""Names of sports: FIT's spelling is ours; what other formats write, and families that one device may confuse."""

import re
from typing import Literal

Family = Literal[
    "foot", "bike", "water", "paddle", "snow", "gym", "ball", "multisport", "motor", "air", "climb", "wheels", "other"
]
FAMILIES: dict[Family, tuple[str, ...]] = {
    "foot": ("running", "walking", "hiking", "mountaineering", "snowshoeing"),
    "bike": ("cycling", "e_biking"),
    "water": (
        "swimming",
        "diving",
        "snorkeling",
        "surfing",
        "wakeboarding",
        "water_skiing",
        "windsurfing",
        "kitesurfing",
        "wakesurfing",
        "water_tubing",
    ),
    "paddle": ("rowing", "paddling", "kayaking", "rafting", "stand_up_paddleboarding"),
    "snow": ("cross_country_skiing", "alpine_skiing", "snowboarding", "ice_skating"),
    "gym": (
        "training",
        "strength_training",
        "fitness_equipment",
        "hiit",
        "boxing",
        "mixed_martial_arts",
        "jump_rope",
        "floor_climbing",
        "dance",
        "meditation",
    ),
    "ball": (
        "basketball",
        "soccer",
        "tennis",
        "american_football",
        "golf",
        "baseball",
        "racket",
        "disc_golf",
        "cricket",
        "rugby",
        "hockey",
        "lacrosse",
        "volleyball",
    ),
    "multisport": ("multisport", "transition"),
    "motor": ("motorcycling", "driving", "boating", "snowmobiling", "sailing"),
    "air": ("flying", "hang_gliding", "sky_diving", "jumpmaster"),
    "climb": ("rock_climbing",),
    "wheels": ("inline_skating", "wheelchair_push_walk", "wheelchair_push_run"),
    "other": ("generic", "horseback_riding", "hunting", "fishing", "tactical", "all"),
}
"""`sailing` is driven by wind, and as fast as a motor boat for our purpose: no limit of speed."""
FAMILY: dict[str, Family] = {sport: family for family, sports in FAMILIES.items() for sport in sports}
FASTEST: dict[Family, float] = {"foot": 25.0, "bike": 45.0, "wheels": 45.0, "multisport": 45.0, "paddle": 25.0}
"""m/s between two points that are still believed; the other families have no limit."""

WORDS: dict[str, tuple[str, str | None]] = {
    **dict.fromkeys(("run", "jog", "jogging", "street running"), ("running", None)),
    **dict.fromkeys(("trail run", "trail running", "trailrun"), ("running", "trail")),
    "track running": ("running", "track"),
    "treadmill running": ("running", "treadmill"),
    "indoor running": ("running", "indoor_running"),
    "virtual run": ("running", "virtual_activity"),
    "ultra run": ("running", "ultra"),
    **dict.fromkeys(("ride", "bike", "biking", "bicycling", "bike ride", "bicycle", "bikeride"), ("cycling", None)),
    **dict.fromkeys(("road biking", "road cycling", "road bike"), ("cycling", "road")),
    **dict.fromkeys(("mountain biking", "mtb", "mountain bike", "mountain bike ride"), ("cycling", "mountain")),
    **dict.fromkeys(("gravel cycling", "gravel ride", "gravel unpaved cycling"), ("cycling", "gravel_cycling")),
    **dict.fromkeys(("indoor cycling", "indoor biking", "spinning", "indoor ride"), ("cycling", "indoor_cycling")),
    **dict.fromkeys(("virtual ride", "virtual cycling"), ("cycling", "virtual_activity")),
    "cyclocross": ("cycling", "cyclocross"),
    "bmx": ("cycling", "bmx"),
    "commuting": ("cycling", "commuting"),
    "track cycling": ("cycling", "track_cycling"),
    "recumbent cycling": ("cycling", "recumbent"),
    "handcycle": ("cycling", "hand_cycling"),
    "velomobile": ("cycling", "recumbent"),
    **dict.fromkeys(("e bike ride", "ebikeride", "e bike", "e bike fitness", "ebike"), ("e_biking", None)),
    **dict.fromkeys(("e bike mountain", "e mountain bike ride"), ("e_biking", "mountain")),
    **dict.fromkeys(("walk", "casual walking", "nordic walking", "speed walking"), ("walking", None)),
    "indoor walking": ("walking", "indoor_walking"),
    **dict.fromkeys(("hike", "trekking", "backpacking"), ("hiking", None)),
    **dict.fromkeys(("swim", "swimming"), ("swimming", None)),
    **dict.fromkeys(("lap swimming", "pool swim", "pool swimming"), ("swimming", "lap_swimming")),
    **dict.fromkeys(("open water swimming", "open water swim"), ("swimming", "open_water")),
    **dict.fromkeys(("row",), ("rowing", None)),
    **dict.fromkeys(("indoor rowing", "virtual row", "rowing machine"), ("rowing", "indoor_rowing")),
    **dict.fromkeys(("kayak",), ("kayaking", None)),
    **dict.fromkeys(("canoe", "canoeing", "paddle"), ("paddling", None)),
    **dict.fromkeys(("stand up paddling", "sup"), ("stand_up_paddleboarding", None)),
    **dict.fromkeys(("surf",), ("surfing", None)),
    "windsurf": ("windsurfing", None),
    "kitesurf": ("kitesurfing", None),
    **dict.fromkeys(("sail",), ("sailing", None)),
    **dict.fromkeys(("alpine ski", "downhill skiing", "skiing", "resort skiing"), ("alpine_skiing", None)),
    **dict.fromkeys(("backcountry ski", "backcountry skiing", "ski touring"), ("alpine_skiing", "backcountry")),
    **dict.fromkeys(("nordic ski", "cross country ski", "xc skiing", "nordic skiing"), ("cross_country_skiing", None)),
    **dict.fromkeys(("roller ski", "roller skiing"), ("cross_country_skiing", None)),
    "skate skiing": ("cross_country_skiing", "skate_skiing"),
    **dict.fromkeys(("snowboard", "resort snowboarding"), ("snowboarding", None)),
    **dict.fromkeys(("snowshoe", "snow shoe"), ("snowshoeing", None)),
    **dict.fromkeys(("ice skate", "skating"), ("ice_skating", None)),
    **dict.fromkeys(("inline skate", "inline skating", "roller skating", "rollerblading"), ("inline_skating", None)),
    **dict.fromkeys(("weight training", "strength", "weightlifting", "gym"), ("strength_training", None)),
    **dict.fromkeys(("workout", "fitness", "cardio", "indoor cardio", "crossfit"), ("training", None)),
    "yoga": ("training", "yoga"),
    "pilates": ("training", "pilates"),
    "elliptical": ("fitness_equipment", "elliptical"),
    **dict.fromkeys(("stair stepper", "stair climbing", "stairs"), ("fitness_equipment", "stair_climbing")),
    "high intensity interval training": ("hiit", None),
    **dict.fromkeys(("rock climbing", "climbing", "bouldering"), ("rock_climbing", None)),
    "indoor climbing": ("rock_climbing", "indoor_climbing"),
    **dict.fromkeys(("football", "football soccer"), ("soccer", None)),
    **dict.fromkeys(("badminton", "squash", "table tennis", "pickleball", "racquetball"), ("racket", None)),
    "wheelchair": ("wheelchair_push_walk", None),
    "triathlon": ("multisport", None),
    "multi sport": ("multisport", None),
    **dict.fromkeys(("horse riding", "riding"), ("horseback_riding", None)),
    **dict.fromkeys(("car", "motor sports"), ("driving", None)),
    **dict.fromkeys(("motorcycle", "motorbike"), ("motorcycling", None)),
}
"""Small letters, one space between words; FIT's own names are understood besides."""
NUMBERS = dict(
    enumerate(
        (
            *("ride", "alpine ski", "backcountry ski", "hike", "ice skate", "inline skate", "nordic ski", "roller ski"),
            *("run", "walk", "workout", "snowboard", "snowshoe", "kitesurf", "windsurf", "swim", "virtual ride"),
            *("e bike ride", "velomobile"),
        ),
        start=1,
    )
)
"""What Strava writes into the type of a track."""
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
BREAKS = re.compile(r"[\W_]+")


def family_of(sport: str) -> Family:
    """Sports that recordings of one thing may be named by."""
    return FAMILY.get(sport, "other")


def of_word(word: str) -> tuple[str, str | None]:
    """Sport and sub-sport by a word or number of another format; what is not known is generic."""
    text = word.strip()[:60]
    if text.isdecimal() and len(text) < 4:
        text = NUMBERS.get(int(text), "")
    plain = BREAKS.sub(" ", CAMEL.sub(" ", text).lower()).strip()
    if (name := plain.replace(" ", "_")) in FAMILY:
        return name, None
    return WORDS.get(plain, ("generic", None))
