"""Messages put before a user: one for each thing that happened, read or not."""
