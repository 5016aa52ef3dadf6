"""``python -m dashboard``."""

from chassis import main
from dashboard.app import SERVICE

main(SERVICE)
