"""From the logs of the switch and of the phones to what happened to each call, in the words of `src/flow/SEMANTICS.md`."""

import collections
import re


def stamp(text):
    """The time of a line of sipp: seconds since 1970 stand at its end."""
    return float(text.split("\t")[-1]) if "\t" in text else float(re.findall(r"\d+\.\d+", text)[-1])


class Shown:
    def __init__(self, batch, work, speed):
        self.batch, self.speed = batch, speed
        self.steps, self.sent = collections.defaultdict(list), {}
        self.heard = collections.defaultdict(list)
        for line in (work / "log/full").read_text(errors="replace").splitlines():
            found = re.search(r"^\[(\d+\.\d+)\].*?DF\|(c\d+)\|(.*)$", line)
            if found:
                self.steps[found[2]].append((float(found[1]), found[3]))
        for path in (work / "phones").glob("*_logs.log"):
            for line in path.read_text(errors="replace").splitlines():
                word, *rest = line.split("|")
                if word == "SENT":
                    self.sent[rest[0]] = stamp(rest[1])
                elif word in ("RUNG", "ANSWERED") and re.match(r"c\d+\.", rest[0]):
                    call, _, who = rest[0].partition(".")
                    self.heard[call].append((stamp(rest[1]), word, who, rest[2] if word == "RUNG" else ""))

    def name(self, call, text):
        """What something of a tenant is called: `w3t0.101` is `101`, or `alpha/101` for a call to another one."""
        for tenant in self.batch.worlds[call["world"]]:
            own = "" if tenant.name == call["tenant"] else f"{tenant.name}/"
            text = text.replace(f"{tenant.at}.", own)
        return text

    def course(self, call):
        """The end, when it was reached (None: the caller gave up), and who rang from which second."""
        id = call["id"]
        if id not in self.sent or id not in self.steps:
            return {"end": "no call", "at": None, "rings": []}
        begin = self.steps[id][0][0]
        steps = [(at - begin, self.name(call, step)) for at, step in self.steps[id]]
        rings, rounds, answered = [], set(), None
        for at, word, who, caller in sorted(self.heard[id]):
            since = (at - self.sent[id]) * self.speed
            who = self.name(call, who)
            if who.startswith("to."):
                continue  # where the call left to: no longer this system's
            if word == "ANSWERED":
                answered = answered or (f"answered {who}", since)
            elif not (caller.startswith("queue") and (who, caller) in rounds):
                rings.append((who, round(since, 1)))  # of the rounds of a queue the first counts
                rounds.add((who, caller))
        end, at = self.end(steps, answered)
        return {"end": end, "at": at and round(at, 1), "rings": rings}

    @staticmethod
    def end(steps, answered):
        at, last = steps[-1]
        word, _, what = last.partition("|")
        if word == "end":
            return what, at
        if answered:
            return answered
        return (f"waits {what}" if word == "queue" else "rings_on"), None
