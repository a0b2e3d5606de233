"""What a phone does, as a place on the network at which something does that."""

NOBODY = 6999  # no phone listens there
FIRST = 7001  # the phone that lifts after a second; those that are on a call are called there first
AT_ONCE = ("on_call_busy", "dnd")
NEVER = 3600


class Phones:
    """One process for each thing that a phone can do, whichever call it is for: the address that is called says which."""

    def __init__(self):
        self.ports = {("lifts", 1): FIRST}

    def port(self, state, is_outside=False):
        """The port of a phone in a state. None: it is not registered."""
        word, _, after = state.partition("@")
        if word == "offline":
            return self.of("refuses", 0) if is_outside else None
        if word == "gone":
            return NOBODY
        if word == "answers":
            # Whoever is called outside presses a key as well: asked or not.
            return self.of("confirms" if is_outside else "lifts", int(after or 1))
        if word == "rejects":
            return self.of("rejects", int(after or 2))
        if word in AT_ONCE:
            return self.of("busy", 0)
        return self.of("lifts", NEVER)  # no_answer, on_call_rings, logged_out

    def of(self, *what):
        return self.ports.setdefault(what, FIRST + len(self.ports))


def scenario(what, after):
    """The file, and what is filled in: milliseconds are of the switch's clock."""
    values = {
        "lifts": {"AFTER": after * 1000, "LIFTED": "talk"},
        "confirms": {"AFTER": after * 1000, "LIFTED": "press"},
        "rejects": {"AFTER": after * 1000, "CODE": "486 Busy Here"},
        "busy": {"CODE": "486 Busy Here"},
        "refuses": {"CODE": "480 Temporarily Unavailable"},
    }[what]
    return {"lifts": "lifts", "confirms": "lifts", "rejects": "rejects"}.get(what, "refuses"), values
