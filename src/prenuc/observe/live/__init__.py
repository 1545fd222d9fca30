"""An experiment that somebody drags at: what is shown while it moves, and when it is released."""
