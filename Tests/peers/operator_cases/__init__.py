"""What operators are called with where that does not follow from the type and the name of a parameter.

One file for each group of `Sources/OperatorGenerator/operators.txt`. A case names parameters and gives their values, or
functions that make them; an operator has one case or a list of them.
"""

from . import (
    activation, arithmetic, comparison, creation, linear_algebra, loss, network, optimizer, reduction, shape)

GROUPS = [activation, arithmetic, comparison, creation, linear_algebra, loss, network, optimizer, reduction, shape]
CASES = {name: case for group in GROUPS for name, case in group.CASES.items()}
assert len(CASES) == sum(len(group.CASES) for group in GROUPS), "an operator is in two groups"
