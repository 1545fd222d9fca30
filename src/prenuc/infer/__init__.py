"""What the data allow one to say."""

from prenuc.infer.fit import Fit, Parameter, fit, linearised

__all__ = ["Fit", "Parameter", "fit", "linearised"]
