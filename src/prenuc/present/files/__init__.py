"""Files that other programs and other people read, and answers that were saved."""
