#!/usr/bin/env bash
# The benchmarks run, say what they found out, and refuse what they cannot run: their smallest run, beside a peer that
# does nothing. No time is looked at.
set -uo pipefail
readonly BENCHMARKS="$PWD/$1"
cd "$TEST_TMPDIR" || exit 1
export HOME="$TEST_TMPDIR"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

cat >peer <<'END'
#!/usr/bin/env bash
grep -q '"mnist_mlp"' "$1" && grep -q compile_config "$1" && [[ "$2 $3 $4" == "32 1 train" ]] || exit 1
printf '%s\n' 250 150.5 200
END
chmod +x peer
smallest=(--models mnist_mlp --steps train --batch 32 --threads 1 --seconds 0.01)

for run in 1 2; do
  "$BENCHMARKS" "${smallest[@]}" -v --vs ./peer --json run.json --history history.jsonl >out.txt || fail "run $run"
done
cat out.txt
grep -q '^1 thread: FMA .* DRAM' out.txt || fail "no line of roofs"
grep -Eq '^mnist_mlp +train +32 +1 .* 200\.0 .*%' out.txt || fail "no line of the step with the peer's median"
grep -Eq 'contraction +mnist_mlp/' out.txt || fail "no lines of kernels"
python3 - <<'END' || fail "JSON"
import json

report = json.load(open("run.json"))
(result,) = report["results"]
assert report["machine"]["cores"] > 0 and report["date"] and report["roofs"][0]["threads"] == 1
assert (result["model"], result["step"], result["batch"], result["threads"]) == ("mnist_mlp", "train", 32, 1)
assert result["us"]["median"] > 0 and result["peer_us"] == {
    "median": 200, "least": 150.5, "lower_quartile": 150.5, "upper_quartile": 200, "samples": 6}
assert abs(sum(result["roof_us_by_bound"].values()) - result["roof_us"]) < 1e-6
assert abs(sum(kernel["roof_us"] for kernel in result["kernels"]) - result["roof_us"]) < 1e-6
# Three products forward, five backward.
assert sum(kernel["flops"] for kernel in result["kernels"]) > 2 * 32 * (3 * (784 * 128 + 128 * 64 + 64 * 10) - 784 * 128)
assert sum(kernel["roots"] for kernel in result["kernels"]) >= 109386
assert len([json.loads(line) for line in open("history.jsonl")]) == 2
END

# refuses MESSAGE ARGUMENT...
refuses() {
  "$BENCHMARKS" "${@:2}" >out.txt 2>&1
  (($? == 2)) && grep -q -- "$1" out.txt || fail "${*:2}: $(cat out.txt)"
}
refuses 'did you mean mnist_mlp?' --models mnist_mpl
refuses 'error: --batch' --batch 0
refuses 'ends with status 3' "${smallest[@]}" --vs 'exit 3; '
refuses 'prints "fast"' "${smallest[@]}" --vs 'echo fast; true'
refuses 'prints no times' "${smallest[@]}" --vs true
refuses 'cannot be written' "${smallest[@]}" --json no/such/folder.json
echo PASSED
