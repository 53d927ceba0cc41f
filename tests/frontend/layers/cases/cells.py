from case import Case

# RNN: a recurrent layer of cells.
SEQUENCE = (3, 4, 2)
MASK = ((1, 1, 1, 0), (0, 1, 0, 1), (0, 0, 0, 1))
STATE = (3, 3)
LSTM = Case("LSTMCell", {"units": 3})
GRU = Case("GRUCell", {"units": 2})
STACK = [LSTM, GRU, Case("SimpleRNNCell", {"units": 2, "activation": "relu"})]
RUNS = [
    {},
    {"return_sequences": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True},
    {"return_sequences": True, "zero_output_for_mask": True},
]

CASES = (
    [Case("RNN", {"cell": LSTM} | run, SEQUENCE) for run in RUNS[:3]]
    + [Case("RNN", {"cell": LSTM} | run, SEQUENCE, mask=MASK) for run in RUNS]
    + [
        Case("RNN", {"cell": GRU}, SEQUENCE),
        Case("RNN", {"cell": Case("GRUCell", {"units": 2, "reset_after": False, "use_bias": False})}, SEQUENCE),
        Case("RNN", {"cell": Case("SimpleRNNCell", {"units": 2, "use_bias": False}), "return_state": True}, SEQUENCE),
        Case("RNN", {"cell": STACK}, SEQUENCE),
        Case("RNN", {"cell": STACK, "return_sequences": True, "return_state": True}, SEQUENCE),
        Case("RNN", {"cell": STACK, "return_sequences": True}, SEQUENCE, mask=MASK),
        Case("RNN", {"cell": [GRU, GRU], "return_sequences": True, "zero_output_for_mask": True}, SEQUENCE, mask=MASK),
        Case("RNN", {"cell": [GRU]}, SEQUENCE),
        Case("RNN", {"cell": LSTM, "return_state": True}, [SEQUENCE, STATE, STATE], further="initial_state"),
        Case("RNN", {"cell": LSTM}, [SEQUENCE, STATE, STATE], further="initial_state", mask=MASK),
        Case("RNN", {"cell": Case("LSTMCell", {"units": 2, "dropout": 0.5, "recurrent_dropout": 0.5})}, SEQUENCE, random=True),
        Case("RNN", {"cell": [Case("GRUCell", {"units": 2, "dropout": 0.25}), Case("SimpleRNNCell", {"units": 2, "seed": 3})]}, SEQUENCE, random=True),
        Case("Bidirectional", {"layer": Case("RNN", {"cell": STACK, "return_sequences": True})}, SEQUENCE, mask=MASK),
        Case("Bidirectional", {"layer": Case("RNN", {"cell": LSTM, "return_state": True}), "merge_mode": "sum"}, SEQUENCE),
        Case("Bidirectional", {"layer": Case("ConvLSTM1D", {"filters": 2, "kernel_size": 2, "return_sequences": True})}, (2, 3, 4, 2)),
        Case("TimeDistributed", {"layer": Case("RNN", {"cell": STACK})}, (2, 2, 3, 2)),
    ]
)
