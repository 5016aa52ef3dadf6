"""Records: the best of each kind and who holds it; asked anew each time, so that they follow whatever happens."""
