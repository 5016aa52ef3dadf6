"""``make bench``: run every benchmark and print its table; about seven minutes."""

from benchmarks import apple, read_model, readers, samples, write

for benchmark in (write, samples, apple, readers, read_model):
    print(benchmark.main(), flush=True)
    print()
