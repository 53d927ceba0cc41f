#!/usr/bin/env python3
"""Runs the commands shown in the documentation, and rewrites what they print.

    bazel run //docs:update              rewrites the documents of this checkout
    docs/update.py --kiln KILN           the same, with a kiln that is built already
    docs/update.py --kiln KILN --check   rewrites nothing; fails, and shows where, if a document is stale

A block of commands is marked by a comment before it:

    <!-- run -->
    ```console
    $ kiln inspect docs/models/mlp.json --function predict_step
    ...what it prints...
    ```

Each line that starts with `$ ` is run by bash, those of one document after the other in one folder, in which `docs`
is this folder and `kiln` the one command. All else in the block is replaced by what the commands print, stderr
included. So a command must print the same on every machine: no times, no names of processors.
"""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"(?<=^<!-- run -->\n```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def run(command, folder, kiln):
    """What bash prints for the command; stops where the command fails without having been meant to."""
    environment = dict(os.environ, KILN_CACHE=f"{folder}/cache", PATH=f"{folder}/bin:{os.environ['PATH']}", LC_ALL="C.UTF-8")
    result = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, check=False, encoding="utf-8",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # 2 is kiln's word for a mistake, which a document may show.
    if result.returncode not in (0, 2):
        sys.exit(f"error: `{command}` fails with status {result.returncode}:\n{result.stdout}")
    return result.stdout


def updated(text, docs, kiln):
    """The document with what its commands print now."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/bin")
        os.symlink(kiln, f"{folder}/bin/kiln")
        os.symlink(docs, f"{folder}/docs")

        def rerun(block):
            lines = []
            for command in re.findall(r"^\$ .*$", block[0], re.MULTILINE):
                printed = "".join(line.rstrip() + "\n" for line in run(command[2:], folder, kiln).splitlines())
                lines.append(f"{command}\n{printed}")
            return "".join(lines)

        return BLOCK.sub(rerun, text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kiln", default="bazel-bin/frontend/cli/kiln")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    kiln = pathlib.Path(arguments.kiln).absolute()
    # Under `bazel run` the documents to rewrite are the checkout's, not those beside the program.
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    docs = pathlib.Path(workspace) / "docs" if workspace else pathlib.Path(__file__).absolute().parent

    stale = 0
    for path in [docs.parent / "README.md", *sorted(docs.glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        new = updated(text, docs, kiln)
        if new == text:
            continue
        stale += 1
        if arguments.check:
            sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), new.splitlines(True), str(path), "now"))
        else:
            path.write_text(new, encoding="utf-8")
            print(f"updated {path}")
    if arguments.check and stale > 0:
        sys.exit("error: what commands print has changed: bazel run //docs:update, and read what it changed")


if __name__ == "__main__":
    main()
