"""Files of trackers and gym logs: from bytes to activities."""
