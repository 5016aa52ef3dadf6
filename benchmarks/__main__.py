"""``make bench``: run every benchmark and print its table; about two minutes."""

from benchmarks import read_model, write

for benchmark in (write, read_model):
    print(benchmark.main(), flush=True)
    print()
