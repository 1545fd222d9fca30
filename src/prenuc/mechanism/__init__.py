"""What could happen: reactions, rate laws, the two-pathway model, a user's own network."""

from prenuc.mechanism.dots import Classes, Moments
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.network_file import read_mechanism
from prenuc.mechanism.reaction import Arrhenius, Reaction
from prenuc.mechanism.two_pathway import two_pathway

__all__ = [
    "Arrhenius",
    "Classes",
    "Component",
    "Mechanism",
    "Moments",
    "Reaction",
    "read_mechanism",
    "two_pathway",
]
