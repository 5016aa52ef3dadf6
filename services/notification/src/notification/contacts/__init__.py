"""Where a user may be reached: an address is kept here, and nothing is sent to it yet."""
