"""The statistics of experiments: sums per variant in, effects and a recommendation out."""
