"""Services that ask for a token of their own."""
