"""Data of the network: weights and words."""
