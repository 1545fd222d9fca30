"""What a photometer's readings carry besides the signal."""
