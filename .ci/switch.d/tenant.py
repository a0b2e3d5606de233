"""One tenant as a dialplan: the steps of `src/flow/SEMANTICS.md`, and nothing that the switch itself can decide. Clock, time
zones, timers, who is busy or gone, who lifts first, and whether a queue takes a call are its own judgement.

A call's own state travels in variables that every leg inherits: `C` which call, `TESTTIME` its instant, `FROM` who calls,
`PLATFORM_x` and `OFF_x_101` what is down or off, `PORT_x` where an outside number is."""

import hours
from dialplan import Context, ident, log
from phones import FIRST

RING = {"stratus": 60, "deskphone": 300}
AGENT_RING = 20
STATUSES = ("BUSY", "NOANSWER", "CHANUNAVAIL", "CONGESTION")


def unset(value):
    return value is None or value == "off"


def named(target):
    """The name of an agent or of one of several phones, as in the states of a call."""
    if isinstance(target, str):
        return target
    return target.get("extension") or target.get("device") or target.get("number")


class Tenant:
    def __init__(self, world, place, tenants):
        """`at` is what everything of the tenant begins with, whichever world it is of."""
        self.world, self.tenants, self.it = world, tenants, tenants[place]
        self.at = f"w{world}t{place}"
        self.name, self.kind = self.it["tenant"], self.it["kind"]
        self.contexts = {}

    def context(self, name):
        name = f"{self.at}-{name}"
        return self.contexts.setdefault(name, Context(name))

    def dialplan(self):
        self.numbers()
        for name, schedule in self.it.get("schedules", {}).items():
            for label, step in hours.steps(schedule, schedule.get("time_zone", self.it.get("time_zone", "UTC"))):
                self.context("when").at(ident(name), step, label=label)
        for extension in self.extensions():
            self.deskphone(extension) if self.kind == "deskphone" else self.stratus(extension)
        for name, queue in self.it.get("queues", {}).items():
            self.queue(name, queue)
        for name in [*self.extensions(), *self.it.get("queues", {})]:
            self.mailbox(name)
        return "\n".join(context.text() for context in self.contexts.values())

    # ---- who there is

    def extensions(self):
        return sorted({*self.it.get("rules", {}), *self.it.get("diverts", {})})

    def targets(self):
        """Everybody who is rung as one of several, or as an agent."""
        for rules in self.it.get("rules", {}).values():
            for rule in rules.get("order", []):
                ring = rule.get("ring")
                if isinstance(ring, dict):
                    yield from ring["simultaneous"].get("also", [])
        for queue in self.it.get("queues", {}).values():
            yield from queue.get("agents", [])

    def devices(self):
        return sorted({target["device"] for target in self.targets() if isinstance(target, dict) and "device" in target})

    def devices_of(self, extension):
        return [it for it in self.devices() if it.startswith(extension) and it[len(extension)].isalpha()]

    def phones(self):
        """Every phone with an account at the switch."""
        agents = [named(it) for it in self.targets() if not (isinstance(it, dict) and "number" in it)]
        return sorted({*self.extensions(), *self.devices(), *agents})

    def phone(self, name):
        return f"PJSIP/${{C}}-{self.at}-{name}"

    def outside(self, number):
        return f"PJSIP/trunk/sip:${{C}}.{number}@127.0.0.1:${{PORT_{number[1:]}}}"

    def state(self, name, state):
        return f'"${{DEVICE_STATE({self.phone(name)})}}"="{state}"'

    # ---- from place to place

    def place(self, destination, own):
        """Where a destination is in the dialplan."""
        if destination == "voicemail":
            return f"{self.at}-mailbox,{own},1"
        ((word, name),) = destination.items()
        if word == "number":
            at = self.tenant_of(name)
            if at is not None:
                return f"{at}-number,{name},1"
            return self.leaving(name)
        if word == "attendant":
            menu = self.context("menu")
            if not menu.has(name):
                menu.at(name, log(f"end|menu attendant {self.at}.{name}"), "Answer()", "Wait(30)", "Hangup()")
            return f"{self.at}-menu,{name},1"
        if word == "extension" and name in self.it.get("queues", {}):
            word = "queue"
        return f"{self.at}-{ {'extension': 'user', 'voicemail': 'mailbox'}.get(word, word) },{name},1"

    def tenant_of(self, number):
        """Whose number it is. None: nobody's here."""
        for at, tenant in enumerate(self.tenants):
            if number in tenant.get("numbers", {}) or number in tenant.get("forwards", {}):
                return f"w{self.world}t{at}"
        return None

    def leaving(self, number):
        context = self.context("out")
        if not context.has(number):
            # Where a call leaves to, somebody lifts.
            there = f"PJSIP/trunk/sip:${{C}}.to.{number}@127.0.0.1:{FIRST}"
            context.at(number, log(f"end|leaves {number}"), f"Dial({there})", "Hangup(17)")
        return f"{self.at}-out,{number},1"

    def go(self, exten, owner, why, destination):
        """A step that is taken once for the same reason; what it is called for `GotoIf`."""
        step = self.context("step")
        name = f"{ident(exten)}-{why}"
        if not step.has(name):
            step.at(name, f"Gosub(leave,s,1({self.at}x{ident(owner)}x{why}))", f"Goto({self.place(destination, owner)})")
        return f"{self.at}-step,{name},1"

    def off(self, name):
        return f'$["${{OFF_{self.at}_{name}}}"="1"]'

    def mailbox(self, name):
        self.context("mailbox").at(
            name,
            f"GotoIf({self.off(name)}?end,no_mailbox,1)",
            log(f"end|voicemail {self.at}.{name}"),
            "Answer()",
            "Wait(30)",
            "Hangup()",
        )

    # ---- 1: numbers

    def numbers(self):
        context = self.context("number")
        forwards = self.it.get("forwards", {})
        for number, entry in self.it.get("numbers", {}).items():
            context.at(number, f"Gosub(leave,s,1({ident(number)}))")
            forward = forwards.get(number, {})
            to = self.place({"number": forward["to"]}, None) if "to" in forward else "end,platform_down,1"
            if self.kind == "stratus" and forward.get("active"):
                context.at(number, f"Goto({to})")
                continue
            if self.kind == "stratus":
                context.at(number, f'GotoIf($["${{PLATFORM_{self.kind}}}"="switched"]?{to})')
            context.at(number, f'GotoIf($["${{PLATFORM_{self.kind}}}"!="up"]?end,platform_down,1)')
            context.at(number, f"Goto({self.place(entry['route'], None)})")

    # ---- 3: an extension on Stratus

    def stratus(self, extension):
        rules = self.it.get("rules", {}).get(extension, {})
        context, callers = self.context("user"), rules.get("callers", {})
        add = lambda *steps, label=None: context.at(extension, *steps, label=label)
        add("Set(ALLOWED=0)")
        for number in callers.get("allow", []):  # 1
            add(f'GotoIf($["${{FROM}}"="{number}"]?allowed)')
        for number in callers.get("block", []):  # 2
            add(f'GotoIf($["${{FROM}}"="{number}"]?end,blocked,1)')
        if callers.get("block_anonymous"):
            add('GotoIf($["${FROM}"="anonymous"]?end,blocked,1)')
        if callers.get("spam") in ("voicemail", "drop"):  # 3
            to = f"{self.at}-mailbox,{extension},1" if callers["spam"] == "voicemail" else "end,spam,1"
            add(f'GotoIf($["${{FROM}}"="spam"]?{to})')
        add("Goto(rules)")
        add("Set(ALLOWED=1)", label="allowed")
        timeout = rules.get("ring_timeout", RING["stratus"])
        for label, condition, key, rule in self.rules(extension):  # 4
            add("NoOp()", label=label)
            for step in condition(f"{self.at}-rule,{key},1"):
                add(step)
            self.rule(extension, key, rule, timeout)
        phone = self.context("phone")
        seconds = "" if timeout == "unlimited" else timeout
        phone.at(extension, f"Dial({self.phone(extension)},{seconds})", f"Goto({self.at}-mailbox,{extension},1)")

    def rules(self, extension):
        """Those that can be in force, each with how it is found out. The last always is."""
        label = "rules"
        for at, rule in enumerate(self.it.get("rules", {}).get(extension, {}).get("order", [])):
            name = rule["when"]
            if rule.get("enabled") is False or self.it["schedules"].get(name, {}).get("enabled") is False:
                continue
            key = f"{extension}r{at}"
            if name == "default":
                yield label, lambda place: [f"Goto({place})"], key, rule
                return
            when = f"Gosub({self.at}-when,{ident(name)},1)"
            yield label, lambda place, when=when: [when, f'GotoIf($["${{GOSUB_RETVAL}}"="1"]?{place})'], key, rule
            label = None
        diverts = {"forward": self.it.get("diverts", {}).get(extension, {})}
        yield label, lambda place: [f"Goto({place})"], f"{extension}d", diverts

    def rule(self, extension, key, rule, timeout):
        context = self.context("rule")
        forward = {word: to for word, to in rule.get("forward", {}).items() if not unset(to)}
        go = lambda why: self.go(key, extension, why, forward[why])
        if "always" in forward:  # 5
            context.at(key, f"Goto({go('always')})")
            return
        if rule.get("do_not_disturb"):  # 6
            context.at(
                key,
                'GotoIf($["${ALLOWED}"="1"]?rings)',
                f"GotoIf({self.off(extension)}?end,busy,1)",
                f"Goto({self.at}-mailbox,{extension},1)",
            )
            context.at(key, "NoOp()", label="rings")
        own = [extension, *self.devices_of(extension)]
        if "on_call" in forward:  # 7
            talks = " | ".join(self.state(phone, "INUSE") for phone in own)
            context.at(key, f"GotoIf($[{talks}]?{go('on_call')})")
        unreachable = go("unreachable") if "unreachable" in forward else None
        gone = " & ".join(self.state(phone, "UNAVAILABLE") for phone in own)
        if unreachable:  # 8
            context.at(key, f"GotoIf($[{gone}]?{unreachable})")
        legs = self.legs(extension, own, rule.get("ring"))  # 9
        if legs:
            seconds = "" if timeout == "unlimited" else timeout
            context.at(key, f"Dial({'&'.join(legs)},{seconds})", f"Goto({self.at}-after,{key}-${{DIALSTATUS}},1)")
        else:
            context.at(key, f"Goto({self.at}-after,{key}-CHANUNAVAIL,1)")
        after = self.context("after")  # 11, 12
        nobody = self.nobody(extension, key, forward)
        busy = go("busy") if "busy" in forward else nobody
        for status, to in zip(STATUSES, (busy, nobody, nobody, nobody)):
            if unreachable and status not in ("BUSY", "NOANSWER"):
                after.at(f"{key}-{status}", f"GotoIf($[{gone}]?{unreachable})")
            after.at(f"{key}-{status}", f"Goto({to})")

    def nobody(self, extension, key, forward):
        if "no_answer" in forward:
            return self.go(key, extension, "no_answer", forward["no_answer"])
        name = f"{key}-unanswered"
        self.context("after").at(name, f"GotoIf({self.off(extension)}?end,no_answer,1)", f"Goto({self.at}-mailbox,{extension},1)")
        return f"{self.at}-after,{name},1"

    def legs(self, extension, own, ring):
        if not isinstance(ring, dict):
            return [self.phone(extension)]
        several, legs = ring["simultaneous"], []
        if several.get("all_phones"):
            legs = [self.phone(phone) for phone in own]
        elif several.get("own_extension", True):
            legs = [self.phone(extension)]
        return legs + [self.leg(it, several.get("confirm_external")) for it in several.get("also", [])]

    def leg(self, target, is_confirmed):
        """One of several phones, which may begin later: a call of its own within the switch."""
        name, delay = named(target), target.get("delay", 0)
        who = self.outside(name) if "number" in target else self.phone(name)
        exten = f"{name}-{delay}{'-confirmed' if is_confirmed else ''}"
        context = self.context("leg")
        if not context.has(exten):
            options = ",,U(confirm)" if is_confirmed and "number" in target else ""
            context.at(exten, f"Wait({delay})", f"Dial({who}{options})")
            # Refused, or not there. A phone outside that is off (480) is to this switch one that nobody answers.
            context.at(exten, 'Hangup(${IF($["${DIALSTATUS}"="BUSY"]?17:20)})')
        return f"Local/{exten}@{self.at}-leg/n"

    # ---- 4: a queue

    def queue(self, name, queue):
        context = self.context("queue")
        add = lambda *steps: context.at(name, *steps)
        go = lambda word, why: self.go(f"queue{name}", f"queue{name}", why, self.owned(queue[word], name))
        ring, wait = queue.get("ring_timeout"), queue.get("max_wait")
        ring = None if ring == "unlimited" or unset(queue.get("no_answer")) else ring
        wait = None if wait == "unlimited" else wait
        limit = min((it for it in (ring, wait) if it is not None), default="")
        add(f"Gosub(leave,s,1({self.at}xqueue{ident(name)}))")
        for agent in {named(it) for it in queue.get("agents", [])}:
            if agent.startswith("+"):
                pattern = f"_{self.outside_agent(agent)}c."
                if not self.context("agent").has(pattern):
                    self.context("agent").at(pattern, f"Dial({self.outside(agent)})", "Hangup(17)")
        for agent in {named(it) for it in queue.get("agents", [])} & set(self.it.get("rules", {})):
            self.disturbed(agent)
            member = f"${{C}}-{self.at}-{name},{self.phone(agent)}"
            add(
                f"Gosub({self.at}-disturbed,{agent},1)",
                f'ExecIf($["${{GOSUB_RETVAL}}"="1"]?PauseQueueMember({member}))',
            )
        # A phone sees who calls: so it is known that it rings for the queue, in rounds.
        add(log(f"queue|{self.at}.{name}"), f"Set(CALLERID(num)=queue{self.at}{name})")
        add(f"Queue(${{C}}-{self.at}-{name},r,,,{limit})", "Set(CALLERID(num)=caller)", log("queued"))
        first = {"JOINEMPTY": ("failover", "unavailable"), "FULL": ("unavailable", "failover")}
        for status, words in first.items():
            word = next((word for word in words if not unset(queue.get(word))), None)
            to = go(word, word) if word else "end,unavailable,1"
            add(f'GotoIf($["${{QUEUESTATUS}}"="{status}"]?{to})')
        to = go("no_answer", "unanswered") if ring is not None and ring <= limit else "end,max_wait,1"
        add(f'GotoIf($["${{QUEUESTATUS}}"="TIMEOUT"]?{to})')
        add(log("end|the queue says ${QUEUESTATUS}"), "Hangup(17)")

    @staticmethod
    def owned(destination, name):
        return {"voicemail": name} if destination == "voicemail" else destination

    def disturbed(self, extension):
        """Whether the rule of an agent that is in force says not to disturb."""
        context = self.context("disturbed")
        if context.has(extension):
            return
        for _, condition, _, rule in self.rules(extension):
            answer = "yes" if rule.get("do_not_disturb") else "no"
            for step in condition(answer):
                context.at(extension, step)
        context.at(extension, "Return(0)", label="no")
        context.at(extension, "Return(1)", label="yes")

    def members(self, call, own, queue, state):
        """The part of queues.conf for one call: who is logged in."""
        empty = "unavailable,invalid,unknown" if queue.get("require_agents") else "yes"
        lines = [f"[{own}]", "strategy=ringall\nretry=1\nringinuse=no\nautofill=yes\nleavewhenempty=no"]
        lines += [f"timeout={queue.get('agent_ring', AGENT_RING)}", f"joinempty={empty}"]
        for agent in queue.get("agents", []):
            who = named(agent)
            if state(who) == "logged_out":
                continue
            lines.append(f"member => {self.member(call, who)}")
        return "\n".join(lines)

    @staticmethod
    def outside_agent(number):
        return f"a{number[1:]}"

    def member(self, call, who):
        """An outside agent is a call within the switch, of another name for each call: whether it is busy goes by the name."""
        if who.startswith("+"):
            return f"Local/{self.outside_agent(who)}{call['id']}@{self.at}-agent/n"
        return f"PJSIP/{call['id']}-{self.at}-{who}"

    # ---- 5: an extension on Deskphone

    def deskphone(self, extension):
        context = self.context("user")
        diverts = {word: to for word, to in self.it["diverts"].get(extension, {}).items() if not unset(to)}
        go = lambda why: self.go(extension, extension, why, diverts[why])
        add = lambda *steps: context.at(extension, *steps)
        if "always" in diverts:
            add(f"Goto({go('always')})")
            return
        to = {why: go(why) if why in diverts else "end,busy,1" for why in ("unreachable", "busy")}
        nobody = go("no_answer") if "no_answer" in diverts else "end,no_answer,1"
        add(f"GotoIf($[{self.state(extension, 'UNAVAILABLE')}]?{to['unreachable']})")
        add(f"GotoIf($[{self.state(extension, 'INUSE')}]?{to['busy']})")
        add(f"Dial({self.phone(extension)},{RING['deskphone']})")
        add(f'GotoIf($["${{DIALSTATUS}}"="NOANSWER"]?{nobody})', f"Goto({to['busy']})")
