"""Measurements behind `conformance bench`: side by side in one run, so that only ratios need to hold."""
