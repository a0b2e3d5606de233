#!/usr/bin/env python3
"""Places the calls of the case files at a real switch, and compares what happens with what is expected.

    judge.py SWITCH SPEED CASES

Exit code 1: a call went otherwise."""

import collections
import json
import os
import shutil
import sys
import time
from pathlib import Path

from batch import Batch
from run import Failed, Run
from shown import Shown

AT_ONCE = 250  # calls in a batch: past some hundred the switch itself gets slow
TRIES = 3
WITHIN = 1.5  # seconds


def batches(cases):
    """Cases together whose callers are as patient."""
    batch, calls = [], 0
    for case in sorted(cases, key=lambda case: -max(call["patience"] for call in case["calls"])):
        if batch and calls + len(case["calls"]) > AT_ONCE:
            yield batch
            batch, calls = [], 0
        batch.append(case)
        calls += len(case["calls"])
    yield batch


def differences(expected, shown):
    """In what two courses of a call differ. Rings and ends are the same within a second and a half."""
    if expected["end"] != shown["end"]:
        return ["end"]
    near = lambda a, b: (a is None) == (b is None) and (a is None or abs(a - b) <= WITHIN)
    found = [] if near(expected["at"], shown["at"]) else ["when it ends"]
    left = [tuple(ring) for ring in shown["rings"]]
    for who, at in expected["rings"]:
        same = next((ring for ring in left if ring[0] == who and near(at, ring[1])), None)
        if same is None:
            return [*found, f"{who} at {at}"]
        left.remove(same)
    return found + [f"{who} at {at}" for who, at in left]


def placed(batch, switch, speed):
    """What the switch shows for each call. The switch has been seen to lose calls under load: that is no verdict."""
    for _ in range(TRIES):
        for path in (switch / "df").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        try:
            run = Run(batch, switch, speed)
            run.go()
            shown = Shown(batch, run.work, speed)
            return [(call, shown.course(call)) for call in batch.calls]
        except Failed as failed:
            print(f"again: {failed}", file=sys.stderr)
    sys.exit("the switch fails again and again: nothing is judged")


def judged(cases, switch, speed):
    """For each call: the call, what the switch shows, and in what that is not what is expected."""
    for batch in batches(cases):
        for call, shown in placed(Batch(batch), switch, speed):
            yield call, shown, differences(call["expect"], shown)


def again(cases, names):
    """The cases with these calls alone."""
    for case in cases:
        calls = [call for call in case["calls"] if call["name"] in names]
        if calls:
            yield {**case, "calls": calls}


def main():
    switch, speed, folder = Path(sys.argv[1]).resolve(), int(sys.argv[2]), Path(sys.argv[3])
    began = time.time()
    cases = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    results = {call["name"]: (call, shown, found) for call, shown, found in judged(cases, switch, speed)}
    # On a busy machine a hurried switch is late. What differs is placed again, a few calls at half the speed, and that counts.
    doubtful = {name: (call, shown, found) for name, (call, shown, found) in results.items() if found}
    if "DIALFORM_SWITCH_KEEP" in os.environ:
        for name, (call, shown, found) in doubtful.items():
            print(f"again {name}: {', '.join(found)}\n  expected {call['expect']}\n  shown    {shown}")
    if 0 < len(doubtful) <= AT_ONCE:
        few = again(cases, doubtful)
        results |= {call["name"]: (call, shown, found) for call, shown, found in judged(few, switch, max(1, speed // 2))}
    report(results.values(), len(doubtful), time.time() - began)
    print((folder / "about.txt").read_text(), end="")
    return 1 if any(found for _, _, found in results.values()) else 0


def report(results, doubtful, seconds):
    ends, flips = collections.Counter(), collections.Counter()
    found_by_sweep, as_found = collections.Counter(), 0
    wrong = 0
    changed, otherwise = {}, set()
    for call, shown, found in results:
        ends[call["expect"]["end"].split(" ")[0]] += 1
        for point, courses in call["flipped"].items():
            flips[point] += all(differences(course, shown) for course in courses)
        if found:
            wrong += 1
            print(f"{call['name']}: {', '.join(found)}\n  expected {call['expect']}\n  shown    {shown}")
        if finding := call.get("finding"):
            found_by_sweep[finding["code"]] += 1
            as_found += not found
            if found:
                print(f"  which shows that {finding['message']}")
        if noticed := call.get("noticed"):
            changed[noticed["pair"]] = noticed["change"]
            if found:
                otherwise.add(noticed["pair"])
    number = lambda point: int(point[1:])
    noticed = ", ".join(f"{point} {flips[point]}" for point in sorted(flips, key=number))
    print("ends: " + ", ".join(f"{end} {count}" for end, count in ends.most_common()))
    print(f"calls that notice a point of SEMANTICS.md taken the other way: {noticed}")
    kinds = ", ".join(f"{code} {count}" for code, count in sorted(found_by_sweep.items()))
    print(f"{found_by_sweep.total()} findings replayed: {as_found} as found ({kinds or 'none'})")
    kinds = ", ".join(f"{change} {count}" for change, count in sorted(collections.Counter(changed.values()).items()))
    as_noticed = len(changed) - len(otherwise)
    print(f"{len(changed)} changed calls placed before and after: {as_noticed} as noticed ({kinds or 'none'})")
    calls = len(results)
    rate = calls / seconds * 60
    print(f"{calls} calls, {wrong} disagreements, {seconds:.0f} s, {rate:.0f} calls a minute, {doubtful} placed again")


if __name__ == "__main__":
    sys.exit(main())
