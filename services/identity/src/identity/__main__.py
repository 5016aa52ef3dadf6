"""python -m identity."""

from chassis import main
from identity.app import SERVICE

main(SERVICE)
