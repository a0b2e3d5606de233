"""The switch, its phones and its callers, from start to end."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from batch import CALLER, PORT
from phones import scenario

HERE = Path(__file__).resolve().parent
CALLER_PORT = 5080
RATE = 40  # calls a second, of this machine's clock
LISTENS = 5  # seconds a caller stays after an answer
REFUSALS = (400, 403, 404, 408, 410, 480, 484, 486, 487, 488, 500, 501, 502, 503, 504, 600, 603)
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Failed(Exception):
    """The switch or a phone did not work: nothing is judged."""


class Run:
    def __init__(self, batch, switch, speed):
        self.batch, self.switch, self.speed, self.children = batch, switch, speed, []
        self.work = switch / "df"

    def go(self):
        try:
            self.start_switch()
            self.start_phones()
            self.place_calls()
        finally:
            self.stop()
            if "DIALFORM_SWITCH_KEEP" in os.environ:
                kept = Path(os.environ["DIALFORM_SWITCH_KEEP"])
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(self.work, kept, ignore=shutil.ignore_patterns("*.ctl"))

    def start(self, command, **kwargs):
        # A group of its own: the program that shows the switch another clock starts it as a child.
        self.children.append(subprocess.Popen(command, start_new_session=True, **{**QUIET, **kwargs}))

    def start_switch(self):
        modules = next(self.switch.glob("usr/lib/**/asterisk/modules/chan_pjsip.so")).parent
        self.setups = self.batch.write(self.work, "/" + str(modules.relative_to(self.switch)))
        fake = ["faketime", "-m", "-f", f"+0 x{self.speed}"] if self.speed != 1 else []
        command = ["chroot", str(self.switch), *fake, "asterisk", "-C", "/df/etc/asterisk.conf", "-f"]
        with open(self.work / "asterisk.out", "w") as out:
            self.start(command, stdout=out, stderr=subprocess.STDOUT)
        self.wait("Asterisk Ready", 1, "the switch does not come up")

    def wait(self, text, count, failure):
        """Until a text stands so many times in the log of the switch."""
        log = self.work / "log/full"
        self.until(lambda: log.exists() and log.read_text(errors="replace").count(text) >= count, failure)

    def until(self, is_so, failure):
        deadline = time.time() + 60
        while not is_so():
            if time.time() > deadline or self.children[0].poll() is not None:
                raise Failed(f"{failure}:\n" + (self.work / "asterisk.out").read_text()[-2000:])
            time.sleep(0.1)

    def command(self, text):
        line = ["chroot", str(self.switch), "asterisk", "-C", "/df/etc/asterisk.conf", "-rx", text]
        return subprocess.run(line, capture_output=True, text=True, check=False).stdout

    def is_seen(self, when):
        """Whether the queues see in which state each of their phones is: 0 before somebody is on a call, 1 then."""
        members = re.findall(r"PJSIP/(\S+)(.*)", self.command("queue show"))
        return all(f"({self.batch.states[account][when]})" in state for account, state in members)

    def has_queues(self):
        """Queues come last: what they do not see of a phone when they come, they never see."""
        self.command("module load app_queue.so")
        if self.is_seen(0):
            return True
        self.command("module unload app_queue.so")
        time.sleep(0.5)
        return False

    def sipp(self, path, options):
        return ["sipp", "-sf", str(path), *f"-nostdin -trace_logs -trace_err -timer_resol 1 {options}".split()]

    def render(self, name, own, values):
        """A scenario whose waits are as much shorter as the switch's clock is faster."""
        text = (HERE / "scenarios" / f"{name}.xml.in").read_text()
        for key, value in values.items():
            value = max(1, round(value / self.speed)) if isinstance(value, int) else value
            text = text.replace(f"@{key}@", str(value))
        path = self.work / "phones" / f"{own}.xml"
        path.write_text(text)
        return path

    def start_phones(self):
        for (what, after), port in self.batch.phones.ports.items():
            name, values = scenario(what, after)
            path = self.render(name, f"p{port}", {**values, "PRESS": 500})
            self.start(self.sipp(path, f"-i 127.0.0.1 -p {port} -l 2000"), cwd=path.parent)
        time.sleep(0.5)
        if any(child.poll() is not None for child in self.children):
            raise Failed("a phone does not come up")
        self.until(self.has_queues, "the queues do not see their phones")
        for name, channel in self.setups:
            call = self.work / "spool/tmp" / f"{name}.call"
            call.write_text(f"{channel}\nContext: before\nExtension: talk\nPriority: 1\n")
            call.rename(self.work / "spool/outgoing" / call.name)
        self.wait("BEFORE", len(self.setups), "not all is as it is to be before the calls")
        self.until(lambda: self.is_seen(1), "the queues do not see who is on a call")

    def place_calls(self):
        skipped = [f'  <recv response="{code}" optional="true"/>' for code in (100, 180, 181, 183)]
        log = '<action><log message="CALLER|[field0]|refused|{0}"/></action>'
        refused = '  <recv response="{0}" optional="true" next="refused">' + log + "</recv>"
        answers = "\n".join(skipped + [refused.format(code) for code in REFUSALS])
        path = self.render("caller", "caller", {"LISTEN": LISTENS * 1000, "ANSWERS": answers})
        count = len(self.batch.calls)
        longest = self.batch.patience / self.speed + count / RATE + 20
        options = f"127.0.0.1:{PORT} -i {CALLER} -p {CALLER_PORT} -m {count} -l {count} -r {RATE} -timeout {longest:.0f}"
        command = self.sipp(path, f"{options} -inf {self.work / 'calls.csv'}")
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, cwd=path.parent, timeout=longest + 5, check=False, **QUIET)
        heard = set()
        for log in (self.work / "phones").glob("caller_*_logs.log"):
            heard.update(re.findall(r"^CALLER\|(\w+)\|", log.read_text(), re.MULTILINE))
        time.sleep(0.5)
        if len(heard) != count:
            raise Failed(f"{count - len(heard)} of {count} callers heard nothing to the end")

    def stop(self):
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
