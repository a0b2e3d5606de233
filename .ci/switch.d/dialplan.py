"""What every dialplan has: contexts, names, and what is shared by all tenants."""

import re


class Context:
    """One context of extensions.conf."""

    def __init__(self, name):
        self.name, self.extens = name, {}

    def at(self, exten, *steps, label=None):
        """Steps that follow those that the extension has. The label is that of the first."""
        for step in steps:
            self.extens.setdefault(exten, []).append(f"({label})," + step if label else f",{step}")
            label = None

    def has(self, exten):
        return exten in self.extens

    def text(self):
        lines = [f"[{self.name}]"]
        for exten, steps in self.extens.items():
            lines.append(f"exten => {exten},1{steps[0]}")
            lines += [f" same => n{step}" for step in steps[1:]]
        return "\n".join(lines) + "\n"


def ident(text):
    """A name as part of a label or a variable."""
    return re.sub(r"[^A-Za-z0-9]", lambda found: "_%02x" % ord(found.group()), str(text))


def log(event):
    """A line that `shown.py` reads: which call, and what it has come to."""
    return f"Log(NOTICE,DF|${{C}}|{event})"


DROPPED = ("blocked", "spam", "busy", "no_mailbox", "no_answer", "hang_up", "unavailable", "max_wait", "platform_down")


def shared():
    """The ends that need no name, the mark of what was left, and the key that confirms a call."""
    end = Context("end")
    for reason in DROPPED:
        end.at(reason, log(f"end|dropped {reason}"), "Hangup(17)")
    end.at("loop", log("end|loop"), "Hangup(17)")
    leave = Context("leave")
    leave.at(
        "s",
        'GotoIf($["${LEFT_${ARG1}}"="1"]?end,loop,1)',
        "Set(__LEFT_${ARG1}=1)",
        "Return()",
    )
    confirm = Context("confirm")
    confirm.at("s", "Read(KEY,,1,,1,10)", 'GotoIf($["${KEY}"="1"]?yes)', "Set(GOSUB_RESULT=BUSY)")
    confirm.at("s", "Return()", label="yes")
    return "\n".join(context.text() for context in (end, leave, confirm))
