"""Additives, one module for every mechanism: what they do stands in ``data/additives.yaml``."""
