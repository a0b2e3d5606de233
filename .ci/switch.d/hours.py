"""A schedule as conditions of the dialplan. The switch compares them with the clock, in its own time-zone tables; the instant is
the call's own (`TESTTIME`)."""

import re

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
LAST = {month: 30 if month in ("apr", "jun", "sep", "nov") else 31 for month in MONTHS if month != "feb"}


def until(end):
    """Hours end before the minute that is written; a range of the switch ends with the minute that is written."""
    hour, minute = (int(part) for part in end.split(":"))
    return "%02d:%02d" % divmod((hour * 60 + minute - 1) % 1440, 60)


def days_of(text):
    """`mon,wed`, `thu-sat`, `fri-mon` as a list."""
    days = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        at = DAYS.index(first)
        count = (DAYS.index(last or first) - at) % 7 + 1
        days += [DAYS[(at + day) % 7] for day in range(count)]
    return days


def windows(days, window):
    """Each as (times, days of the week). The switch takes hours over midnight as both ends of one day: they are told apart."""
    begin, end = window.split("-")
    if end == "24:00" or begin < end:
        return [(f"{begin}-{until(end)}", days)]
    evening = (f"{begin}-23:59", days)
    if end == "00:00":
        return [evening]
    following = [DAYS[(DAYS.index(day) + 1) % 7] for day in days]
    return [evening, (f"00:00-{until(end)}", following)]


def yearly_range(first, last):
    """`12-24..01-02` as (days, month)."""
    (m1, d1), (m2, d2) = (tuple(int(part) for part in day.split("-")) for day in (first, last))
    if (m1, d1) > (m2, d2):
        return yearly_range(first, "12-31") + yearly_range("01-01", last)
    if m1 == m2:
        return [(f"{d1}-{d2}", MONTHS[m1 - 1])]
    between = [("*", MONTHS[month]) for month in range(m1, m2 - 1)]
    return [(f"{d1}-31", MONTHS[m1 - 1]), *between, (f"1-{d2}", MONTHS[m2 - 1])]


def nth(words):
    """`2nd mon`, `last fri nov`, `last day`, `15`, `07-04` as (day of the week, days, month). February's last day is `FEB`."""
    words = words.split(" ")
    months = [words[2]] if len(words) == 3 else MONTHS
    if len(words) == 1:
        return [("*", words[0], "*")]
    if words[0] != "last":
        first = (int(words[0][0]) - 1) * 7 + 1
        return [(words[1], f"{first}-{first + 6}", month) for month in (["*"] if len(words) == 2 else months)]
    day, length = ("*", 0) if words[1] == "day" else (words[1], 6)
    found = []
    for month in months:
        last = str(LAST.get(month, "${FEB}"))
        first = str(LAST[month] - length) if month in LAST else f"$[${{FEB}}-{length}]"
        found.append((day, f"{first}-{last}" if length else last, month))
    return found


def entry(word, it):
    """An entry of `monthly` or `yearly` as (times, day of the week, days, month)."""
    it = it if isinstance(it, dict) else {"day": it}
    day, begin, end = str(it["day"]), it.get("from", "00:00"), it.get("to", "24:00")
    if word == "yearly" and re.fullmatch(r"[-.\d]+", day):
        first, _, last = day.partition("..")
        tests = [("*", days, month) for days, month in yearly_range(first, last or first)]
    else:
        tests = nth(day)
    return [(f"{begin}-{until(end)}", *test) for test in tests]


def stamp(text, is_end):
    """A date, with a time or without, as a number to compare: YYYYMMDDhhmm."""
    day, _, clock = text.partition("T")
    return day.replace("-", "") + (clock.replace(":", "") or ("2400" if is_end else "0000"))


def steps(schedule, zone):
    """Steps that jump to `yes` where the schedule is in force, each with its label or none."""
    show = lambda form: f"${{STRFTIME(${{TESTTIME}},{zone},{form})}}"
    yield None, f"Set(STAMP={show('%Y%m%d%H%M')})"
    yield None, f"Set(FEB=${{IF($[{show('%Y')} % 4 = 0]?29:28)}})"
    weekly = schedule.get("weekly", {})
    for word, before in (("first_day", "<"), ("last_day", ">")):
        if word in weekly:
            yield None, f"GotoIf($[${{STAMP:0:8}} {before} {weekly[word].replace('-', '')}]?other)"
    for key, hours in weekly.items():
        for window in hours if isinstance(hours, list) else []:
            for times, days in windows(days_of(key), window):
                yield None, f"GotoIfTime({times},{'&'.join(days)},*,*,{zone}?yes)"
    yield "other", "NoOp()"
    for it in schedule.get("dates", []):
        text = it["date"] if isinstance(it, dict) else it
        first, _, last = text.partition("..")
        begin, end = stamp(first, False), stamp(last or first, True)
        yield None, f"GotoIf($[${{STAMP}} >= {begin} & ${{STAMP}} < {end}]?yes)"
    for word in ("monthly", "yearly"):
        for it in schedule.get(word, []):
            for times, day, days, month in entry(word, it):
                yield None, f"GotoIfTime({times},{day},{days},{month},{zone}?yes)"
    yield None, "Return(0)"
    yield "yes", "Return(1)"
