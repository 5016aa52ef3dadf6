"""``python -m workout``."""

from chassis import main
from workout.app import SERVICE

main(SERVICE)
