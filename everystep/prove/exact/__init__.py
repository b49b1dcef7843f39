"""The exact judge: claims are evaluated on concrete instances, exactly, and agree or are refuted.

It shares no code with the normal form.  It may import ``everystep.algebra``, ``everystep.derivation``,
``everystep.prove.verdict``, SymPy (for integer expressions) and python-flint.
"""

from everystep.prove.exact.evaluate import evaluate
from everystep.prove.exact.judge import challenge, judge, plausible, replay

__all__ = ["challenge", "evaluate", "judge", "plausible", "replay"]
