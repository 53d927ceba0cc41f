#!/usr/bin/env python3
"""Checks the documents of a checkout: links.py CHECKOUT

Relative links lead to a file, and to a heading in it where they name one. Paths in backticks that start with a
folder of the tree (`ir/ops/`, `passes/pipeline.cc`, `tests/docs/*.py`) exist.
"""

import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
CODE_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FOLDERS = ("frontend/", "ir/", "passes/", "codegen/", "runtime/", "tests/", "examples/", "third_party/", "docs/", ".ci/")


def anchors(text):
    """The headings of a document as GitHub names them."""
    headings = re.findall(r"^#+ +(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document, text):
    for link in LINK.finditer(text):
        target = link[1] or link[2]
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        if not file.exists():
            yield f"no file {target}"
        elif anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"no heading {target}"


def missing_paths(checkout, text):
    for span in CODE_SPAN.findall(text):
        # `{a,b}` and NAME stand for several; a colon belongs to a label, //ir:ir or a line.
        if span.startswith(FOLDERS) and re.fullmatch(r"[\w./*-]+", span) and not re.search(r"[A-Z]{2}", span.split(".")[0]):
            if not any(checkout.glob(span)) and not (checkout / span).exists():
                yield f"no path `{span}`"


def main():
    checkout = pathlib.Path(sys.argv[1])
    mistakes = []
    for document in [*checkout.glob("*.md"), *checkout.glob("docs/*.md")]:
        text = document.read_text(encoding="utf-8")
        prose = FENCE.sub("", text)
        for mistake in [*broken_links(document, prose), *missing_paths(checkout, prose)]:
            mistakes.append(f"{document.relative_to(checkout)}: {mistake}")
    print("\n".join(mistakes))
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
