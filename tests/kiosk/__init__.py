"""Tests of the process, its screens, console and command line."""
