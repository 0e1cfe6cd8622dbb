"""Tests of the drivers on the bench."""
