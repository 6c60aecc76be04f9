"""Tests of the inventory sources."""
