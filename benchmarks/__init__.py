"""How fast the product is, as ratios to a limit measured in the same run. `make bench` prints the tables."""
