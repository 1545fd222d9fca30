"""Rate constants of mechanisms, moved within their priors."""
