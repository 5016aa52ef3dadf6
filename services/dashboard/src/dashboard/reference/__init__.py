"""The HTTP interface of all installed services, to read and to generate clients from."""
