"""Measurements of a kiosk as a stranger meets it. Tests gate on counts and ratios; seconds are printed here.

``python -m benchmarks.run`` lists them, ``python -m benchmarks.run NAME …`` measures and rewrites ``docs/figures.md``.
"""
