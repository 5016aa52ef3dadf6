"""``python -m analytics``."""

from analytics.app import SERVICE
from chassis import main

main(SERVICE)
