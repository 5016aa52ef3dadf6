"""File formats: each reader turns bytes into batches of COPY text for `health.samples.merge`."""
