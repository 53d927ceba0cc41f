#!/usr/bin/env python3
"""Writes compile_commands.json, for clangd and clang-tidy, from what Bazel would run.

    third_party/compile_commands.py [TARGETS]      default: //...

Nothing is compiled. Build once before, so that Bazel has put the libraries' headers in its place.
"""

import json
import pathlib
import re
import subprocess
import sys

# GCC's arguments that Clang does not know.
GCC_ONLY = {"-fno-canonical-system-headers", "-Wno-free-nonheap-object"}


def bazel(*arguments):
    result = subprocess.run(["/usr/bin/bazel", *arguments], check=False, stdout=subprocess.PIPE, encoding="utf-8")
    if result.returncode != 0:
        sys.exit(f"error: bazel {arguments[0]} fails: see above")
    return result.stdout


def main():
    targets = " + ".join(sys.argv[1:]) or "//..."
    workspace = pathlib.Path(bazel("info", "workspace").strip())
    # Bazel's folders of libraries and of outputs, which its commands name relative to a folder of their own.
    folders = {"external": bazel("info", "output_base").strip(), "bazel-out": bazel("info", "execution_root").strip()}
    query = f'mnemonic("CppCompile", {targets})'
    actions = json.loads(bazel("aquery", "--output=jsonproto", "--ui_event_filters=-info", query)).get("actions", [])

    commands = {}
    for action in actions:
        arguments = [re.sub(r"^(-I)?(external|bazel-out)/", lambda at: f"{at[1] or ''}{folders[at[2]]}/{at[2]}/", argument)
                     for argument in action["arguments"] if argument not in GCC_ONLY]
        source = arguments[arguments.index("-c") + 1]
        # A source of several targets is compiled several times, with the same flags.
        if (workspace / source).exists():
            commands[source] = {"file": source, "directory": str(workspace), "arguments": arguments}
    path = workspace / "compile_commands.json"
    path.write_text(json.dumps([commands[source] for source in sorted(commands)], indent=1) + "\n", encoding="utf-8")
    print(f"{path}: {len(commands)} sources")


if __name__ == "__main__":
    main()
