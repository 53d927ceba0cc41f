"""Prints what a `bazel test` run did, test case by test case, and counts them on the last line.

Usage: summary.py EVENTS STATUS
EVENTS is what --build_event_json_file wrote, STATUS is Bazel's exit status. The exit status is 0 only
if at least one case passed, none failed and everything was built.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

# Bazel's exit status where the build itself is fine but there is nothing to test, or a test failed.
TESTS_FAILED, NO_TESTS = 3, 4


def read_events(path):
    """Returns ({label: [last attempt of each shard and run]}, {label: why it was not built})."""
    attempts, broken = {}, {}
    with open(path, encoding="utf-8", errors="replace") as events:
        for line in events:
            try:
                event = json.loads(line)
            except json.JSONDecodeError:  # Bazel was stopped in the middle of a line
                continue
            name, subject = next(iter(event["id"].items()), ("", {}))
            label = subject.get("label", "") if isinstance(subject, dict) else ""
            if name == "testResult":
                key = (subject.get("run", 1), subject.get("shard", 1))
                attempts.setdefault(label, {})[key] = event["testResult"]
            elif name == "targetCompleted" and not event.get("completed", {}).get("success", False):
                broken[label] = "not built"
    for label in attempts:
        broken.pop(label, None)
    return {label: list(shards.values()) for label, shards in attempts.items()}, broken


def read_cases(result):
    """Yields (name, outcome, message) for each case in the XML file of one test result.

    Bazel writes the file itself, with one case, for a test that is not GoogleTest's or that crashed.
    """
    for output in result.get("testActionOutput", []):
        if output.get("name") != "test.xml":
            continue
        path = urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
        try:
            cases = list(ElementTree.parse(path).iter("testcase"))
        except (OSError, ElementTree.ParseError):
            return
        for case in cases:
            name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
            problem = case.find("failure")
            if problem is None:
                problem = case.find("error")
            if problem is not None:
                yield name, "failed", problem.get("message", "")
            elif case.find("skipped") is not None or case.get("status") == "notrun":
                yield name, "skipped", ""
            else:
                yield name, "passed", ""


def judge(label, results):
    """Returns the cases of one target. One that Bazel calls failed has a failed case, whatever its XML says."""
    cases = []
    for result in results:
        status = result.get("status", "NO_STATUS")
        own = list(read_cases(result))
        if status in ("PASSED", "FLAKY"):
            own = own or [(label, "passed", "")]
        elif not any(outcome == "failed" for _, outcome, _ in own):
            own.append((label, "failed", status.lower().replace("_", " ")))
        cases += own
    return cases


def counted(cases):
    """Returns 'N passed, N failed', and ', N skipped' where some were."""
    outcomes = [outcome for _, outcome, _ in cases]
    text = f"{outcomes.count('passed')} passed, {outcomes.count('failed')} failed"
    skipped = outcomes.count("skipped")
    return text + (f", {skipped} skipped" if skipped else "")


def main():
    attempts, broken = read_events(sys.argv[1])
    bazel_status = int(sys.argv[2])
    targets = {label: judge(label, results) for label, results in attempts.items()}
    for label, reason in broken.items():
        targets[label] = [(label, "failed", reason)]
    everything = [case for cases in targets.values() for case in cases]
    if bazel_status not in (0, TESTS_FAILED, NO_TESTS) and not broken:
        everything.append(("bazel", "failed", ""))
        print(f"\nThe build failed (Bazel's exit status {bazel_status}): see its messages above.")

    print()
    width = max(map(len, targets), default=0)
    for label, cases in sorted(targets.items()):
        seconds = sum(int(r.get("testAttemptDurationMillis", 0)) for r in attempts.get(label, [])) / 1e3
        print(f"{label:{width}}  {seconds:6.1f} s  {counted(cases)}")
        for name, outcome, message in cases:
            if outcome == "failed":
                # GoogleTest's message: the place, then what was expected.
                gist = " ".join(message.split("\n")[:2]).strip()
                print(f"    failed: {name}" + (f": {gist}" if gist else ""))
    if not everything:
        print("There were no tests.")
    print(counted(everything))
    failed = any(outcome == "failed" for _, outcome, _ in everything)
    passed = any(outcome == "passed" for _, outcome, _ in everything)
    sys.exit(1 if failed or not passed or bazel_status else 0)


main()
