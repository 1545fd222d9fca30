"""What was done: laboratory sentences, vessels, and the plan they make."""

from prenuc.protocol.assumptions import Assumption
from prenuc.protocol.protocol import Protocol
from prenuc.protocol.steps import parse_step

__all__ = ["Assumption", "Protocol", "parse_step"]
