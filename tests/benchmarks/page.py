#!/usr/bin/env python3
"""Writes docs/benchmarks.md from the runs in docs/benchmarks.jsonl, which `benchmarks --history` appends.

    python3 tests/benchmarks/page.py
"""

import json
import pathlib

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


def time(us):
    return f"{us:,.1f}" if us < 100 else f"{us:,.0f}"


def key(result):
    return result["model"], result["step"], result["batch"], result["threads"]


def bound(result):
    total = sum(result["roof_us_by_bound"].values())
    shares = sorted(result["roof_us_by_bound"].items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {share / total:.0%}" for name, share in shares if share >= 0.01 * total)


def head(run):
    return f"{run['date'][:10]}, commit `{run['commit'][:7]}`, {run['machine']['processor']} ({run['machine']['cpu']}), {run['machine']['cores']} cores"


def rows(run, before):
    """A line for each figure of the run; `before`: the same figures of earlier runs."""
    for result in run["results"]:
        peer = (f"{time(result['peer_us']['median'])} | {result['peer_over_us']:.2f}" if result.get("peer_us") else " | ")
        earlier = ", ".join(time(us) for us in before.get(key(result), []))
        yield (
            f"| `{result['model']}` | {result['step']} | {result['batch']} | {result['threads']} | "
            f"{time(result['us']['median'])} | {result['of_roof']:.0%} | {bound(result)} | {peer} | {earlier} |"
        )


def main():
    runs = [json.loads(line) for line in (DOCS / "benchmarks.jsonl").read_text().splitlines()]
    newest, before = {}, {}
    for run in runs:
        kind = run["machine"]["cpu"]
        figures = {key(result): result for result in newest.get(kind, {"results": []})["results"]}
        for result in run["results"]:
            if key(result) in figures:
                before.setdefault((kind, *key(result)), []).append(figures[key(result)]["us"]["median"])
            figures[key(result)] = result
        newest[kind] = {**run, "results": list(figures.values())}
    lines = [
        "# Benchmarks",
        "",
        "Made by `tests/benchmarks/page.py` from `benchmarks.jsonl`, to which `bazel run //tests/benchmarks -- --history` adds",
        "a run. µs, medians; the roof and what binds it are explained in [performance.md](performance.md); the ratio is the",
        "peer's time over kiln's, so that above 1 kiln is faster.",
    ]
    for kind, run in newest.items():
        lines += ["", f"## {kind}", "", head(run) + ".", ""]
        for roofs in run["roofs"]:
            levels = ", ".join(f"{l['name']} {l['bytes_per_second'] / 1e9:.0f}" for l in roofs["levels"])
            lines.append(f"{roofs['threads']} threads: {roofs['flops_per_second'] / 1e9:.0f} GFLOP/s; GB/s: {levels}.")
        lines += ["", f"Beside: `{run['peer'] or 'nothing'}`.", ""]
        lines += ["| model | step | batch | threads | µs | of its roof | binds | peer | ratio | before |", "|---|---|---|---|---|---|---|---|---|---|"]
        lines += rows(run, {k[1:]: v for k, v in before.items() if k[0] == kind})
    (DOCS / "benchmarks.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
