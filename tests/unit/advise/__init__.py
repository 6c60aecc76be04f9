"""Tests of the advice on headends."""
