"""Compare collaborative-governance case studies: from coded evidence to scores, comparisons and figures.

Everything public is reached as ``cg.name`` after ``import cgutils as cg``; each is imported at its first use.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
