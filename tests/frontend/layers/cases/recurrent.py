from case import Case

SEQUENCE = (3, 4, 2)
MASK = ((1, 1, 1, 0), (0, 1, 0, 1), (0, 0, 0, 1))
STATE = (3, 3)
SEQUENCES = {"units": 2, "return_sequences": True}
# How a layer runs, whatever its cell.
RUNS = [
    {},
    {"return_sequences": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True},
    {"return_state": True, "go_backwards": True},
    {"return_sequences": True, "zero_output_for_mask": True},
]
CELLS = [
    ("SimpleRNN", {"units": 3}),
    ("SimpleRNN", {"units": 3, "activation": "relu", "use_bias": False}),
    ("GRU", {"units": 3}),
    ("GRU", {"units": 3, "reset_after": False}),
    ("GRU", {"units": 3, "activation": "relu", "recurrent_activation": "tanh", "use_bias": False}),
    ("GRU", {"units": 3, "reset_after": False, "use_bias": False}),
    ("LSTM", {"units": 3}),
    ("LSTM", {"units": 3, "activation": "softsign", "recurrent_activation": "hard_sigmoid"}),
    ("LSTM", {"units": 3, "use_bias": False, "unit_forget_bias": False}),
]

CASES = (
    [Case(name, options, SEQUENCE) for name, options in CELLS]
    + [Case("LSTM", {"units": 3} | run, SEQUENCE) for run in RUNS[1:]]
    + [Case("LSTM", {"units": 3} | run, SEQUENCE, mask=MASK) for run in RUNS]
    + [
        Case("GRU", {"units": 3, "return_sequences": True}, SEQUENCE, mask=MASK),
        Case("SimpleRNN", {"units": 3, "return_state": True}, SEQUENCE, mask=MASK),
        Case("LSTM", {"units": 3, "zero_output_for_mask": True}, SEQUENCE, mask=MASK),
        # With initial states.
        Case("SimpleRNN", {"units": 3, "return_state": True}, [SEQUENCE, STATE], further="initial_state"),
        Case("GRU", {"units": 3, "return_sequences": True}, [SEQUENCE, STATE], further="initial_state"),
        Case("LSTM", {"units": 3, "return_sequences": True}, [SEQUENCE, STATE, STATE], further="initial_state"),
        Case("LSTM", {"units": 3, "return_sequences": True}, [SEQUENCE, STATE, STATE], further="initial_state", mask=MASK),
        Case("GRU", {"units": 3, "return_state": True}, [SEQUENCE, STATE], further="initial_state", mask=MASK),
        Case("LSTM", {"units": 1}, (2, 1, 1)),
        Case("Bidirectional", {"layer": Case("LSTM", {"units": 2})}, SEQUENCE),
        Case("Bidirectional", {"layer": Case("GRU", SEQUENCES)}, SEQUENCE, mask=MASK),
        Case(
            "Bidirectional",
            {"layer": Case("LSTM", SEQUENCES | {"return_state": True}), "merge_mode": None},
            SEQUENCE,
        ),
        Case(
            "Bidirectional",
            {
                "layer": Case("GRU", {"units": 2}),
                "backward_layer": Case("SimpleRNN", {"units": 2, "go_backwards": True}),
                "merge_mode": "sum",
            },
            SEQUENCE,
        ),
    ]
    + [
        Case("Bidirectional", {"layer": Case("SimpleRNN", SEQUENCES), "merge_mode": mode}, SEQUENCE)
        for mode in ("sum", "mul", "ave", "concat")
    ]
    + [
        Case("SimpleRNN", {"units": 3, "dropout": 0.5}, SEQUENCE, random=True),
        Case("GRU", {"units": 3, "recurrent_dropout": 0.25, "seed": 7}, SEQUENCE, random=True),
        Case("LSTM", {"units": 3, "dropout": 0.5, "recurrent_dropout": 0.5}, SEQUENCE, random=True),
        Case("Bidirectional", {"layer": Case("LSTM", {"units": 2, "dropout": 0.5})}, SEQUENCE, random=True),
    ]
    + [
        Case("TimeDistributed", {"layer": Case("Dense", {"units": 3})}, SEQUENCE, mask=MASK),
        Case("TimeDistributed", {"layer": Case("Flatten")}, (2, 3, 2, 2)),
        Case("TimeDistributed", {"layer": Case("LSTM", {"units": 2})}, (2, 2, 3, 2)),
    ]
    + [
        Case("ConvLSTM1D", {"filters": 2, "kernel_size": 2}, (2, 3, 4, 2)),
        Case("ConvLSTM1D", {"filters": 2, "kernel_size": 3, "padding": "same", "return_sequences": True, "go_backwards": True}, (2, 2, 4, 1), mask=((1, 0), (0, 1))),
        Case("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "strides": 2, "return_state": True}, (2, 2, 4, 4, 1)),
        Case("ConvLSTM2D", {"filters": 1, "kernel_size": 2, "data_format": "channels_first", "use_bias": False, "return_sequences": True}, (2, 2, 2, 3, 3)),
        Case("ConvLSTM2D", {"filters": 1, "kernel_size": (2, 1), "dilation_rate": 2, "recurrent_activation": "hard_sigmoid"}, (2, 2, 4, 3, 1)),
        Case("ConvLSTM3D", {"filters": 1, "kernel_size": 2}, (2, 2, 2, 3, 2, 1)),
    ]
)
