"""``python -m health``"""

from chassis import main
from health.app import SERVICE

main(SERVICE)
