#!/usr/bin/env python3
"""Writes kiln's manual page from the command's own help: man_page.py KILN > kiln.1"""

import re
import subprocess
import sys

DESCRIPTION = """\
kiln reads a neural network in Keras's words and compiles it to machine code that trains: at once in memory
(fit, evaluate, predict), or as an executable that needs neither Python nor kiln (compile).
Shapes, gradients, fused kernels, their order and the address of every buffer are fixed at compile time."""

EXAMPLES = [
    ("Train a built-in model on generated digits, in memory:",
     "kiln fit mnist_mlp --data digits --epochs 10 --validation-split 0.2"),
    ("Compile a Keras model to a program, and train with it:",
     "kiln compile model.keras -o model\n./model fit --data x.npy,y.npy --epochs 10 --save model.npz"),
    ("Look at the training step's IR after the kernels are formed:",
     "kiln inspect model.keras --function train_step --after fuse"),
]

ENVIRONMENT = [
    ("KILN_CACHE", "the folder of what was compiled; default: $XDG_CACHE_HOME/kiln, or ~/.cache/kiln"),
    ("KILN_OPENCL_LIBRARY, KILN_CUDA_LIBRARY", "the drivers' libraries, where they are not the system's"),
    ("KILN_DEVICE_MEMORY", "how much of a device's memory may be used, in MiB"),
]


def escape(text):
    """Text as roff takes it: backslashes, dashes, and no line that starts with a control character."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def help_of(kiln, *command):
    return subprocess.run([kiln, *command, "--help"], check=True, capture_output=True, text=True).stdout


def sections(text):
    """Sections of a help text, name -> [(entry, description)]. An entry's description stands beside or below it."""
    found, entries = {}, None
    for line in text.splitlines():
        if re.match(r"\w.*:$", line):
            entries = found.setdefault(line[:-1], [])
        elif entries is not None and (entry := re.match(r"  (\S.*?)(?:  +(\S.*))?$", line)):
            entries.append((entry[1], entry[2] or ""))
        elif entries and line.strip():
            name, description = entries[-1]
            entries[-1] = (name, f"{description} {line.strip()}".strip())
    return found


def readable(entry):
    """An entry as a manual says it: "--epochs INT:INT in [0 - 9]=1" is "--epochs INT", from 0 to 9, default 1."""
    name, description = entry
    name = re.sub(r"\{\w+\}| REQUIRED", "", name)
    typed = re.match(r"(.*?)(?::\w+ in \[(\S+) - (\S+)\])?(?:=(\S+))?$", name)
    notes = [f"from {typed[2]} to {typed[3]}"] if typed[2] else []
    notes += [f"default {typed[4]}"] if typed[4] else []
    return typed[1], description + (f" ({', '.join(notes)})" if notes else "")


def tagged(entries):
    for name, description in entries:
        yield f".TP\n.B {escape(name)}\n{escape(description)}"


def man_page(kiln):
    version = subprocess.run([kiln, "--version"], check=True, capture_output=True, text=True).stdout
    commands = sections(help_of(kiln))["Subcommands"]
    yield f'.TH KILN 1 "" "{version.splitlines()[0]}"'
    yield ".SH NAME\nkiln \\- compiles neural networks to native code that trains"
    yield ".SH SYNOPSIS\n.B kiln\n.I COMMAND\n[\\fIOPTIONS\\fR]"
    yield f".SH DESCRIPTION\n{escape(DESCRIPTION)}"
    yield ".SH COMMANDS"
    for command, summary in commands:
        text = help_of(kiln, command)
        usage = re.search(r"^Usage: (.*)$", text, re.MULTILINE)[1]
        yield f".SS {escape(usage)}\n{escape(summary[:1].upper() + summary[1:])}."
        parts = sections(text)
        entries = parts.get("Positionals", []) + parts.get("Options", [])
        yield from tagged(readable(entry) for entry in entries if not entry[0].startswith("-h,"))
    yield ".SH EXIT STATUS\n0, or 2 after an error, which is printed to standard error; nothing is left half written."
    yield ".SH ENVIRONMENT"
    yield from tagged(ENVIRONMENT)
    yield ".SH EXAMPLES"
    for text, command in EXAMPLES:
        yield f"{escape(text)}\n.PP\n.RS\n.nf\n{escape(command)}\n.fi\n.RE\n.PP"


if __name__ == "__main__":
    print("\n".join(man_page(sys.argv[1])))
