"""What services say to each other, and where they are found: events, gRPC, routes, databases, topology. No I/O."""
