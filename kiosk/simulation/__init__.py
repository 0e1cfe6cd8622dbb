"""Seeded days of customers on the bench, without a wall clock."""
