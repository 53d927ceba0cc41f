"""Optimizers with their options."""

from keras import optimizers as o
from keras.optimizers import schedules

CASES = {
    "sgd": lambda: o.SGD(0.1),
    "sgd_momentum": lambda: o.SGD(0.1, momentum=0.9),
    "sgd_nesterov": lambda: o.SGD(0.1, momentum=0.9, nesterov=True),
    "sgd_weight_decay": lambda: o.SGD(0.1, weight_decay=0.5),
    "sgd_clipnorm": lambda: o.SGD(0.1, clipnorm=1.0),
    "sgd_global_clipnorm": lambda: o.SGD(0.1, global_clipnorm=1.0),
    "sgd_clipvalue": lambda: o.SGD(0.1, clipvalue=0.25),
    "sgd_ema": lambda: o.SGD(0.1, use_ema=True, ema_momentum=0.75),
    "sgd_ema_overwrite": lambda: o.SGD(
        0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2
    ),
    "sgd_accumulation": lambda: o.SGD(0.1, momentum=0.5, gradient_accumulation_steps=2),
    "sgd_loss_scale": lambda: o.SGD(0.1, loss_scale_factor=8.0),
    "sgd_decaying_rate": lambda: o.SGD(schedules.ExponentialDecay(0.1, 2, 0.5)),
    "rmsprop": lambda: o.RMSprop(0.1),
    "rmsprop_momentum": lambda: o.RMSprop(0.1, rho=0.8, momentum=0.5),
    "rmsprop_centered": lambda: o.RMSprop(0.1, momentum=0.5, centered=True, epsilon=1e-3),
    "adam": lambda: o.Adam(0.1),
    "adam_amsgrad": lambda: o.Adam(0.1, beta_1=0.5, beta_2=0.6, amsgrad=True),
    "adam_everything": lambda: o.Adam(
        schedules.CosineDecay(0.1, 4),
        amsgrad=True,
        weight_decay=0.25,
        global_clipnorm=1.5,
        use_ema=True,
        ema_momentum=0.5,
        ema_overwrite_frequency=2,
        loss_scale_factor=4.0,
        gradient_accumulation_steps=3,
    ),
    "adamw": lambda: o.AdamW(0.1, weight_decay=0.25),
    "adamax": lambda: o.Adamax(0.1),
    "adamax_decay": lambda: o.Adamax(0.1, beta_1=0.5, beta_2=0.75, weight_decay=0.125),
    "nadam": lambda: o.Nadam(0.1),
    "nadam_accumulation": lambda: o.Nadam(0.1, beta_1=0.5, gradient_accumulation_steps=2),
    "adagrad": lambda: o.Adagrad(0.1),
    "adagrad_from_zero": lambda: o.Adagrad(
        0.1, initial_accumulator_value=0.0, epsilon=1e-3
    ),
    "adadelta": lambda: o.Adadelta(1.0, epsilon=1e-3),
    "lion": lambda: o.Lion(0.1),
    "lion_decay": lambda: o.Lion(0.1, beta_1=0.5, beta_2=0.75, weight_decay=0.125),
    "lamb": lambda: o.Lamb(0.1),
    "ftrl": lambda: o.Ftrl(0.1),
    "ftrl_regularized": lambda: o.Ftrl(
        0.25,
        learning_rate_power=-0.25,
        l1_regularization_strength=0.125,
        l2_regularization_strength=0.25,
        l2_shrinkage_regularization_strength=0.5,
        beta=0.5,
    ),
    "adafactor": lambda: o.Adafactor(0.25),
    "adafactor_options": lambda: o.Adafactor(0.5, beta_2_decay=-0.5, clip_threshold=0.5),
    "muon": lambda: o.Muon(0.1),
    "muon_options": lambda: o.Muon(
        0.1, weight_decay=0.25, adam_weight_decay=None, nesterov=False, rms_rate=None, momentum=0.5
    ),
    "muon_adam": lambda: o.Muon(0.1, adam_beta_1=0.5, adam_lr_ratio=0.5, ns_steps=2, muon_a=2.0),
    "schedule_free": lambda: o.ScheduleFreeAdamW(0.1),
    "schedule_free_options": lambda: o.ScheduleFreeAdamW(
        0.1, beta_1=0.5, beta_2=0.75, warmup_steps=3, weight_decay=0.25
    ),
    "schedule_free_accumulation": lambda: o.ScheduleFreeAdamW(
        0.1, gradient_accumulation_steps=2, epsilon=1e-3
    ),
}
