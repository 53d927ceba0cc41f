from math import inf, nan

from case import Booleans, Case, Integers

X = (2, 3, 4)

CASES = [
    Case("ops.diagonal(x, axis1=1, axis2=2)", x=X),
    Case("ops.diagonal(x, offset=1, axis1=1, axis2=2)", x=X),
    Case("ops.diagonal(x, offset=-1, axis1=-1, axis2=1)", x=(2, 4, 2, 3)),
    Case("ops.diagonal(x, axis1=1, axis2=2)", x=[[[nan, 1.0], [inf, -0.0]]]),
    Case("ops.cross(x, y)", x=(2, 3), y=(2, 3)),
    Case("ops.cross(x, np.array([1, 2, 3], 'float32'))", x=(2, 4, 3)),
    Case("ops.cross(x, y, axis=1)", x=(2, 3, 4), y=(2, 3, 4)),
    Case("ops.cross(x, y)", x=(2, 2), y=(2, 3)),
    Case("ops.cross(x, y)", x=(2, 2), y=(2, 2)),
    Case("ops.cross(x, y)", x=Integers(2, 3), y=Integers(2, 3)),
    Case("ops.cross(x, y)", x=[[nan, 1.0, 2.0], [inf, 1.0, 0.0]], y=[[1.0, 2.0, 3.0], [0.0, 1.0, 1.0]]),
    Case("ops.cdist(x, y)", x=(2, 3, 4), y=(2, 5, 4)),
    Case("ops.cdist(x, y)", x=[[[1.0, 2.0], [nan, inf]]], y=[[[1.0, 2.0], [0.0, inf]]]),
    Case("ops.diff(x)", x=X),
    Case("ops.diff(x, n=2, axis=1)", x=X),
    Case("ops.diff(x)", x=Booleans(2, 5)),
    Case("ops.diff(x)", x=[[1.0, nan, inf, inf, 0.0]]),
    Case("ops.trapezoid(x)", x=X),
    Case("ops.trapezoid(x, dx=0.5, axis=1)", x=X),
    Case("ops.trapezoid(x)", x=Integers(2, 5)),
    Case("ops.extract_sequences(x, 4, 2)", x=(2, 11)),
    Case("ops.extract_sequences(x, 3, 3)", x=(2, 2, 8)),
    Case("ops.linspace(x, y, 5, axis=1)", x=(2,), y=(2,)),
    Case("ops.linspace(x, 1.0, num=4, endpoint=False, axis=-1)", x=(2, 3)),
    Case("ops.moveaxis(ops.linspace(x, y, num=3), 0, 1)", x=[1.0, -inf, nan], y=[inf, 1.0, 2.0]),
    Case("ops.moveaxis(ops.linspace(x, 1, num=1), 0, 1)", x=(2, 3)),
    Case("ops.linspace(x, 4, num=3, axis=-1)", x=Integers(2, 3)),
    Case("ops.logspace(x, y, 4, axis=1)", x=(2,), y=(2,)),
    Case("ops.logspace(x, 2, num=3, base=2, axis=-1)", x=(2, 3)),
]
