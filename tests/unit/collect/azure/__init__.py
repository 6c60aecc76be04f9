"""Tests of reading Azure itself, without a service."""
