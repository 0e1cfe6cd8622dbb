"""Simulated chips, phones, cards and coins behind the real drivers."""
