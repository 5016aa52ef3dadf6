"""Sources: who measured, whom the user believes first, and who is one and the same."""
