"""What a line of text means: concentrations against time, with exact derivatives."""
