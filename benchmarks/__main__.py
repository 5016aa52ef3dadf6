"""``make bench``: run every benchmark and print its table; about five minutes."""

from benchmarks import apple, read_model, samples, write

for benchmark in (write, samples, apple, read_model):
    print(benchmark.main(), flush=True)
    print()
