"""The published experiments, simulated and read off as their authors did."""
