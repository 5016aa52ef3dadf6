"""Tests of the product as a whole; those of a part lie beside the part."""
