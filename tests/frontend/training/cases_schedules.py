"""Learning-rate schedules."""

from keras.optimizers import schedules as s

CASES = {
    "exponential": lambda: s.ExponentialDecay(0.1, 4, 0.5),
    "exponential_staircase": lambda: s.ExponentialDecay(0.1, 4, 0.5, staircase=True),
    "inverse_time": lambda: s.InverseTimeDecay(0.1, 4, 0.5),
    "inverse_time_staircase": lambda: s.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
    "piecewise": lambda: s.PiecewiseConstantDecay([2, 5], [0.5, 0.25, 0.125]),
    "one_piece": lambda: s.PiecewiseConstantDecay([3], [0.5, 0.25], name="one"),
    "polynomial": lambda: s.PolynomialDecay(0.1, 6),
    "polynomial_power": lambda: s.PolynomialDecay(0.1, 6, 0.01, power=2.0),
    "polynomial_cycle": lambda: s.PolynomialDecay(0.1, 6, 0.01, power=0.5, cycle=True),
    "cosine": lambda: s.CosineDecay(0.1, 6),
    "cosine_alpha": lambda: s.CosineDecay(0.1, 6, alpha=0.25),
    "cosine_warmup": lambda: s.CosineDecay(
        0.01, 6, alpha=0.1, warmup_target=0.1, warmup_steps=3
    ),
    "cosine_no_warmup_steps": lambda: s.CosineDecay(0.01, 6, warmup_target=0.1),
    "restarts": lambda: s.CosineDecayRestarts(0.1, 3),
    "restarts_even": lambda: s.CosineDecayRestarts(0.1, 3, t_mul=1.0, m_mul=0.5, alpha=0.1),
    "restarts_growing": lambda: s.CosineDecayRestarts(0.1, 2, t_mul=1.5, m_mul=0.9),
}
