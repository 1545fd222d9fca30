"""What a fluorimeter has shown."""
