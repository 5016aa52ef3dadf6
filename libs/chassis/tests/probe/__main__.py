"""``python -m probe``."""

from chassis import main

from .app import SERVICE

main(SERVICE)
