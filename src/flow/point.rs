//! What no source says: each point has an id, two ways and a default.

use crate::explained::Explained;
use std::{fmt, str::FromStr};

/// A point at which no source says what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    U1,
    U2,
    U3,
    U4,
    U5,
    U6,
    U7,
    U8,
    U10,
    U11,
    U12,
    U13,
    U14,
    U15,
    U16,
    U17,
    U18,
    U19,
    U20,
    U21,
    U22,
    U23,
    U24,
    U25,
    U26,
    U27,
    U28,
    U29,
    U30,
    U32,
}

/// Each with its default, and what it says with `yes` and with `no`.
const POINTS: &[(Point, &str, bool, &str, &str)] = &[
    (Point::U1, "U1", true, "`always` wins over do not disturb", "do not disturb wins over `always`"),
    (
        Point::U2,
        "U2",
        true,
        "`busy` is followed with simultaneous ring",
        "`busy` does nothing with simultaneous ring",
    ),
    (
        Point::U3,
        "U3",
        true,
        "`unreachable` is looked at before a simultaneous ring",
        "`unreachable` is followed only where nothing of a simultaneous ring is registered",
    ),
    (
        Point::U4,
        "U4",
        true,
        "busy or unreachable with nothing set for it goes on as if nobody answered",
        "busy or unreachable with nothing set for it leads to the own mailbox",
    ),
    (
        Point::U5,
        "U5",
        true,
        "a `phone` that nobody answers leads to its mailbox",
        "a `phone` that nobody answers ends the call",
    ),
    (
        Point::U6,
        "U6",
        true,
        "a phone on a call that refuses a second one is busy",
        "a second call that is refused is not busy",
    ),
    (
        Point::U7,
        "U7",
        true,
        "the one of `failover` and `unavailable` that is set serves for both",
        "`failover` and `unavailable` serve each for its own",
    ),
    (
        Point::U8,
        "U8",
        true,
        "an agent rings whatever the own rules forward",
        "an agent whose own rule forwards always is not rung",
    ),
    (Point::U10, "U10", true, "hours until 24:00 have their last minute", "hours until 24:00 end at 23:59"),
    (
        Point::U11,
        "U11",
        false,
        "the minute at which hours end is part of them",
        "hours end with the minute before",
    ),
    (
        Point::U12,
        "U12",
        true,
        "hours follow the clock on the wall when it is changed",
        "hours begin and end at instants that a change of the clock does not move",
    ),
    (
        Point::U13,
        "U13",
        true,
        "hours over midnight go on into the next day",
        "hours over midnight are the first and the last hours of one day",
    ),
    (
        Point::U14,
        "U14",
        true,
        "no holiday of the provider's calendar falls on the day",
        "every holiday of the provider's calendar falls on the day",
    ),
    (
        Point::U15,
        "U15",
        true,
        "no entry in the provider's own words is in force",
        "every entry in the provider's own words is in force",
    ),
    (Point::U16, "U16", true, "calls can be marked as spam", "calls are never marked as spam"),
    (
        Point::U17,
        "U17",
        true,
        "a divert to an extension follows the diverts of that one",
        "a divert to an extension rings its phone alone",
    ),
    (Point::U18, "U18", true, "a rejected call is busy", "a rejected call is not answered"),
    (
        Point::U19,
        "U19",
        true,
        "numbers that ring at once ring on when nobody answers",
        "numbers that ring at once stop after 30 s",
    ),
    (
        Point::U20,
        "U20",
        true,
        "`sequential` rings one number after the other within a call",
        "`sequential` rings another number for each call",
    ),
    (
        Point::U21,
        "U21",
        true,
        "no-answer routing to a receiving number has that one's own in turn",
        "no-answer routing happens once",
    ),
    (
        Point::U22,
        "U22",
        true,
        "a queue without agents keeps callers",
        "a queue without agents sends callers on",
    ),
    (
        Point::U23,
        "U23",
        true,
        "an outside number as an agent is never offline",
        "an outside number as an agent can be offline",
    ),
    (
        Point::U24,
        "U24",
        true,
        "a phone's own do not disturb refuses calls",
        "a phone's own do not disturb lets calls ring unheard",
    ),
    (
        Point::U25,
        "U25",
        true,
        "a ring time that is not declared is 60 s, of agents 20 s",
        "a ring time that is not declared is 25 s, of agents 15 s",
    ),
    (
        Point::U26,
        "U26",
        true,
        "where rules are not declared, Default is in force",
        "where rules are not declared, nobody knows which is in force",
    ),
    (
        Point::U27,
        "U27",
        true,
        "schedules are looked at when the call comes in",
        "schedules are looked at when the call gets there",
    ),
    (
        Point::U28,
        "U28",
        true,
        "a queue that requires no agents takes callers when there are none",
        "a queue without agents takes nobody",
    ),
    (
        Point::U29,
        "U29",
        false,
        "a queue that takes nobody and sends nowhere has its own mailbox",
        "a queue that takes nobody and sends nowhere ends the call",
    ),
    (
        Point::U30,
        "U30",
        true,
        "a call that nobody answers ends after 300 s",
        "a call that nobody answers rings on",
    ),
    (
        Point::U32,
        "U32",
        true,
        "an agent who refuses is passed over at once",
        "after an agent who refuses the next rings when the time is over",
    ),
];

impl Point {
    pub fn all() -> impl Iterator<Item = Self> {
        POINTS.iter().map(|(point, ..)| *point)
    }

    fn row(self) -> &'static (Self, &'static str, bool, &'static str, &'static str) {
        // One row for each, in order: the test below.
        POINTS.get(self as usize).unwrap_or(&POINTS[0])
    }

    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// What it says, taken one way or the other.
    pub fn says(self, yes: bool) -> &'static str {
        let (.., yes_text, no_text) = self.row();
        if yes { yes_text } else { no_text }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Point {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = POINTS.iter().find(|(_, id, ..)| id.eq_ignore_ascii_case(text));
        known.map(|(point, ..)| *point).ok_or_else(|| {
            let ids: Vec<&str> = POINTS.iter().map(|(_, id, ..)| *id).collect();
            Explained::with_help(
                format!("`{text}` is not a point that can be assumed"),
                format!("write one of {}", ids.join(", ")),
            )
        })
    }
}

/// Some of the points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(u64);

impl Points {
    pub fn insert(&mut self, point: Point) {
        self.0 |= 1 << point as u32;
    }

    pub fn contains(self, point: Point) -> bool {
        self.0 & (1 << point as u32) != 0
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Point> {
        Point::all().filter(move |point| self.contains(*point))
    }
}

/// Which way each point is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumptions(u64);

impl Default for Assumptions {
    fn default() -> Self {
        let mut all = Self(0);
        for (point, _, yes, ..) in POINTS {
            all.set(*point, *yes);
        }
        all
    }
}

impl Assumptions {
    pub fn set(&mut self, point: Point, yes: bool) {
        let bit = 1 << point as u32;
        self.0 = if yes { self.0 | bit } else { self.0 & !bit };
    }

    pub fn get(&self, point: Point) -> bool {
        self.0 & (1 << point as u32) != 0
    }

    /// The same with one point taken the other way.
    pub fn flipped(mut self, point: Point) -> Self {
        self.set(point, !self.get(point));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A point is looked up by its number.
    #[test]
    fn rows_are_in_order() {
        for (at, (point, id, ..)) in POINTS.iter().enumerate() {
            assert_eq!((*point as usize, format!("{point:?}")), (at, (*id).to_owned()));
        }
    }

    /// What the page says of a point is what the program takes.
    #[test]
    fn the_page_has_the_same_points_and_defaults() {
        let page = include_str!("SEMANTICS.md");
        let rows = page.lines().filter(|line| line.starts_with("| U"));
        let listed: Vec<(String, bool)> = rows
            .map(|row| {
                let cells: Vec<&str> = row.split('|').map(str::trim).collect();
                (cells[1].to_owned(), cells[3] == "yes")
            })
            .collect();
        let here: Vec<(String, bool)> =
            POINTS.iter().map(|(_, id, yes, ..)| ((*id).to_owned(), *yes)).collect();
        assert_eq!(listed, here);
    }
}
