"""``python -m notification``."""

from chassis import main
from notification.app import SERVICE

main(SERVICE)
