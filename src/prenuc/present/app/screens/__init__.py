"""What each screen may ask for."""
