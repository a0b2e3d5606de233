"""The configuration of the switch for some hundred calls at once. Each call has phones and queues of its own, `c7-0-101`, so that
calls do not meet."""

import functools
import re

from dialplan import log, shared
from phones import FIRST, Phones
from tenant import Tenant

PORT = 5070
CALLER = "127.0.0.2"
MODULES = """res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip res_pjsip_pubsub res_pjsip_session
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_caller_id res_pjsip_sdp_rtp res_pjsip_dtmf_info
res_rtp_asterisk res_timing_timerfd chan_pjsip pbx_config pbx_spool app_dial app_exec app_read app_verbose app_stack
func_callerid func_channel func_strings func_logic func_devstate func_math func_timeout codec_ulaw bridge_simple bridge_native_rtp
bridge_builtin_features bridge_holding""".split()
ASTERISK = """[directories]
astetcdir => /df/etc
astmoddir => @MODULES@
astvarlibdir => /var/lib/asterisk
astdbdir => /df/db
astkeydir => /var/lib/asterisk
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => /df/spool
astrundir => /df/run
astlogdir => /df/log
[options]
nocolor = yes
"""
# A phone that is there no more is dialled for as long as it would ring: `timer_b`, where a half minute is usual.
PJSIP = f"""[global]
type=global
endpoint_identifier_order=ip,username
taskprocessor_overload_trigger=none
[system]
type=system
timer_b=3600000
threadpool_max_size=20
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{PORT}
[base](!)
type=endpoint
context=nowhere
disallow=all
allow=ulaw
direct_media=no
[trunk](base)
dtmf_mode=info
[caller](base)
context=entry
[caller-ident]
type=identify
endpoint=caller
match={CALLER}
"""
# What is so before a call comes in: a phone is on a call, one more caller waits in a queue.
BEFORE = """[before]
exten => talk,1,Log(NOTICE,BEFORE)
 same => n,Wait(100000)
exten => _c.,1,Answer()
 same => n,Queue(${EXTEN})
"""
IN_USE = ("Not in use", "In use")
SEEN = {"offline": ("Unavailable", "Unavailable"), "on_call_rings": IN_USE, "on_call_busy": IN_USE}
EMPTY = "cdr cel features rtp ccss codecs acl udptl stasis indications manager queuerules musiconhold".split()


class Batch:
    def __init__(self, cases):
        """`cases`: worlds, as the tests of dialform write them: tenants, and calls."""
        self.phones, self.calls, self.worlds = Phones(), [], []
        self.states = {}  # of every phone, as the queues see it: before somebody is on a call, and then
        for case in cases:
            world = [Tenant(len(self.worlds), place, case["tenants"]) for place in range(len(case["tenants"]))]
            for call in case["calls"]:
                self.calls.append({**call, "id": f"c{len(self.calls)}", "world": len(self.worlds)})
            self.worlds.append(world)
        self.patience = max(call["patience"] for call in self.calls)

    @staticmethod
    def key(call, tenant, name):
        """What a call calls something of a tenant."""
        return name if name.startswith("+") or tenant.name == call["tenant"] else f"{tenant.name}/{name}"

    def state(self, call, tenant, name):
        """A device that is not in a call's states is in that of its extension."""
        names = [name, re.match(r"\d*", name).group()]
        found = (call["given"].get(self.key(call, tenant, it)) for it in names)
        state = next((state for state in found if state), "no_answer")
        # There a person logs out of the phone itself.
        return "offline" if state == "logged_out" and tenant.kind == "deskphone" else state

    def is_full(self, call, tenant, name):
        return self.key(call, tenant, name) in call["full"]

    def write(self, work, modules):
        """The files. What a phone on a call talks to is started through `setups`."""
        for folder in ("etc", "run", "log", "spool/outgoing", "spool/tmp", "db", "phones"):
            (work / folder).mkdir(parents=True, exist_ok=True)
        accounts, entry, queues, setups = [PJSIP], ["[entry]"], ["[general]"], []
        for call in self.calls:
            world = self.worlds[call["world"]]
            entry.append(self.entry(call, world))
            for tenant in world:
                for phone in tenant.phones():
                    state = self.state(call, tenant, phone)
                    account = f"{call['id']}-{tenant.at}-{phone}"
                    address = f"{call['id']}.{tenant.at}.{phone}@127.0.0.1"
                    accounts.append(self.account(account, address, self.phones.port(state)))
                    self.states[account] = SEEN.get(state, ("Not in use", "Not in use"))
                    if state.startswith("on_call"):
                        setups.append((account, f"Channel: PJSIP/{account}/sip:setup@127.0.0.1:{FIRST}"))
                for name, queue in tenant.it.get("queues", {}).items():
                    own = f"{call['id']}-{tenant.at}-{name}"
                    if self.is_full(call, tenant, name):
                        setups.append((own, f"Channel: Local/{own}@before/n"))
                        queues.append(f"[{own}]\nmaxlen=1\njoinempty=yes")
                    else:
                        queues.append(tenant.members(call, own, queue, functools.partial(self.state, call, tenant)))
        plans = [tenant.dialplan() for world in self.worlds for tenant in world]
        files = {
            "asterisk": ASTERISK.replace("@MODULES@", modules),
            "modules": "[modules]\nautoload=no\n" + "".join(f"require={module}.so\n" for module in MODULES),
            "logger": "[general]\ndateformat=%s.%3q\n[logfiles]\nfull => notice,warning,error,verbose(1)\n",
            "cdr": "[general]\nenable=no\n",
            "pjsip": "\n".join(accounts),
            "queues": "\n".join(queues),
            "extensions": "\n".join(["[general]\nstatic=yes\n[nowhere]", *entry, BEFORE, shared(), *plans]),
        }
        for name in EMPTY:
            files.setdefault(name, "")
        for name, text in files.items():
            (work / "etc" / f"{name}.conf").write_text(text)
        (work / "calls.csv").write_text("SEQUENTIAL\n" + "\n".join(call["id"] for call in self.calls) + "\n")
        return setups

    @staticmethod
    def account(name, address, port):
        contact = f"contact=sip:{address}:{port}\n" if port else ""
        return f"[{name}](base)\naors={name}\n[{name}]\ntype=aor\n{contact}"

    def entry(self, call, world):
        """What is so for this call, and where it comes in."""
        home = next(tenant for tenant in world if tenant.name == call["tenant"])
        steps = [f"Set(__C={call['id']})", f"Set(__TESTTIME={call['at']})", f"Set(__FROM={call['from']})"]
        steps.append(f"Set(TIMEOUT(absolute)={call['patience']})")
        for kind in ("stratus", "deskphone"):
            steps.append(f"Set(__PLATFORM_{kind}={call['platform'].get(kind, 'up')})")
        for name in call["mailbox_off"]:
            tenant, _, own = name.rpartition("/")
            of = next(it for it in world if it.name == (tenant or home.name))
            steps.append(f"Set(__OFF_{of.at}_{own}=1)")
        for number in sorted(set(re.findall(r"\+\d{6,15}", repr([tenant.it for tenant in world])))):
            port = self.phones.port(call["given"].get(number, "no_answer"), is_outside=True)
            steps += [f"Set(__PORT_{number[1:]}={port})"]
        place = "number" if call["to"].startswith("+") else "queue" if call["to"] in home.it.get("queues", {}) else "user"
        steps += [log("begin"), f"Goto({home.at}-{place},{call['to']},1)"]
        return f"exten => {call['id']},1,{steps[0]}\n" + "\n".join(f" same => n,{step}" for step in steps[1:])
