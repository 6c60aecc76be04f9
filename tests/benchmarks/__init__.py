"""Measurements, as ratios taken in one run: `python -m tests.benchmarks [--quick] [SECTION ...]`. None of them is a pass or a fail."""
