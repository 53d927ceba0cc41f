from math import inf, nan

from case import Case, Integers

X = (2, 3, 4)
SPECIAL = [[nan, 1.0, -2.0, 3.0], [nan, nan, nan, nan], [inf, nan, 1.0, -inf], [0.0, -0.0, nan, 5.0]]
NAMES = ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanargmax", "nanargmin")

CASES = (
    [Case(f"ops.{name}(x, axis=-1)", x=SPECIAL) for name in NAMES]
    + [Case(f"ops.{name}(x, axis=1)", x=X) for name in NAMES]
    + [Case(f"ops.{name}(x, axis=-1, keepdims=True)", x=SPECIAL) for name in NAMES]
    + [Case(f"ops.{name}(x, axis=1)", x=Integers(2, 5)) for name in NAMES]
    + [Case(f"ops.{name}(x, axis=(1, 2))", x=X) for name in NAMES[:7]]
    + [Case(f"ops.{name}(x, axis=-1)", x=SPECIAL) for name in ("nancumsum", "nancumprod")]
    + [Case(f"ops.{name}(x, axis=1)", x=X) for name in ("nancumsum", "nancumprod")]
)
