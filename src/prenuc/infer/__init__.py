"""What the data allow one to say."""

from prenuc.infer.first_order import linearised
from prenuc.infer.fit import Fit, fit
from prenuc.infer.parameter import Parameter
from prenuc.infer.results import GlobalFit

__all__ = ["Fit", "GlobalFit", "Parameter", "fit", "linearised"]
