"""What a mechanism may speak about: which set answers for a flask, and where it must not."""
