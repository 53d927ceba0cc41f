from case import Case

PAIR = [(2, 3), (2, 3)]

CASES = [
    Case("Add", {}, PAIR),
    Case("Add", {}, [(2, 3, 2), (2, 1, 2), (2, 2)]),
    Case("Subtract", {}, PAIR),
    Case("Subtract", {}, [(2, 1), (2, 3)]),
    Case("Multiply", {}, PAIR + [(2, 3)]),
    Case("Multiply", {}, [(2, 2, 3), (2, 3)]),
    Case("Average", {}, PAIR + [(2, 3)]),
    Case("Maximum", {}, PAIR + [(2, 3)]),
    Case("Minimum", {}, [(2, 3), (2, 1)]),
    Case("Concatenate", {}, PAIR + [(2, 1)]),
    Case("Concatenate", {"axis": 1}, [(2, 1, 2), (2, 3, 2)]),
    Case("Concatenate", {"axis": -2}, [(2, 1, 2), (2, 2, 2)]),
    Case("Dot", {"axes": 1}, PAIR),
    Case("Dot", {"axes": -1, "normalize": True}, PAIR),
    Case("Dot", {"axes": (2, 1)}, [(2, 2, 3), (2, 3, 2)]),
    Case("Dot", {"axes": 2}, [(2, 3, 2), (2, 1, 2)]),
    Case("Dot", {"axes": (1, 2), "normalize": True}, [(2, 3), (2, 2, 3)]),
]
