//! A schedule on the wire: the entries of a time frame (FACTS stratus/frames).

use super::{
    dates,
    entry::{Entry, of_own, writable},
    holiday,
    schedule::schedule,
    week::{self, closed},
    word::{Array, Word},
};
use crate::{
    model::{Holidays, Schedule},
    provider::{
        scalar::{Scalar, Unreadable},
        stratus::{
            frame_type::{ALWAYS, CUSTOM, DATES, HOLIDAYS, WEEKLY},
            wire::TimeFrame,
        },
    },
};
use serde_json::{Map, Value};

/// The entries a time frame is to have, all of them.
#[derive(Debug, Default, PartialEq)]
pub struct Arrays {
    pub weekly: Vec<Value>,
    pub dates: Vec<Value>,
    pub holidays: Vec<Value>,
}

impl Arrays {
    /// The entries of a frame as they are.
    fn of(frame: &TimeFrame) -> Self {
        let all = |entries: &[Entry]| entries.iter().map(|entry| Value::Object(writable(entry))).collect();
        Self {
            weekly: all(&frame.timeframe_days_of_week_array),
            dates: all(&frame.timeframe_specific_dates_array),
            holidays: all(&frame.timeframe_holiday_array),
        }
    }

    /// The type a frame with these entries has. A frame of weekly hours has exactly one entry of them
    /// (FACTS stratus/frames-6), one of dates may be empty.
    pub fn frame_type(&self) -> &'static str {
        match (self.weekly.is_empty(), self.dates.is_empty(), self.holidays.is_empty()) {
            (false, true, true) => WEEKLY,
            (true, true, false) => HOLIDAYS,
            (true, _, true) => DATES,
            _ => CUSTOM,
        }
    }

    /// Whether a frame of that type can hold them.
    pub fn fit(&self, frame_type: &str) -> bool {
        match frame_type {
            CUSTOM => true,
            HOLIDAYS => self.weekly.is_empty() && self.dates.is_empty(),
            _ => frame_type == self.frame_type(),
        }
    }

    /// The arrays as they are written into a frame of that type: one of several sorts gets all three, because writing one
    /// may empty the others (FACTS stratus/readings-1).
    pub fn body(self, frame_type: &str) -> Map<String, Value> {
        let Self { weekly, dates, holidays } = self;
        let week = ("timeframe-days-of-week-array", weekly);
        let dates = ("timeframe-specific-dates-array", dates);
        let holidays = ("timeframe-holiday-array", holidays);
        let each = match frame_type {
            WEEKLY => vec![week],
            DATES => vec![dates],
            HOLIDAYS => vec![holidays],
            ALWAYS => Vec::new(),
            _ => vec![week, dates, holidays],
        };
        each.into_iter().map(|(name, entries)| (name.to_owned(), entries.into())).collect()
    }
}

/// What a schedule becomes on the wire.
pub struct FrameChange<'a> {
    pub wanted: &'a Schedule,
    pub live: Option<&'a TimeFrame>,
    /// The frame as a restore file has it: what is brought back is written as it was, to the letter.
    pub earlier: Option<&'a TimeFrame>,
    /// Which fields the change is about. What it is not about is written again as it is (FACTS stratus/frames-13).
    pub touched: &'a (dyn Fn(&str) -> bool + Sync),
    /// What the vendor's calendar says of holidays that are not there yet.
    pub calendar: &'a [(Holidays, Entry)],
}

impl FrameChange<'_> {
    /// The frame to be made, if it is an earlier one from beginning to end: its type and its entries.
    pub fn whole_earlier(&self) -> Option<(String, Arrays)> {
        let earlier = self.earlier.filter(|_| self.live.is_none())?;
        let (mut said, _, strange) = schedule(earlier);
        said.extension.clone_from(&self.wanted.extension);
        let same = strange == Unreadable::default() && said == *self.wanted;
        earlier.kind().filter(|_| same).map(|kind| (kind.to_owned(), Arrays::of(earlier)))
    }

    /// What the frame has to hold so that it says what is wanted.
    pub fn arrays(&self) -> Arrays {
        let [dates, holidays] = [Array::Dates, Array::Holidays].map(|array| self.array(array));
        let mut arrays = Arrays { weekly: self.weekly(), dates, holidays };
        // A new frame without any entry is one of days, all of them closed.
        if self.live.is_none() && arrays == Arrays::default() {
            arrays.weekly.push(Value::Object(week::entry(&closed(), None)));
        }
        arrays
    }

    fn weekly(&self) -> Vec<Value> {
        fn entries(frame: Option<&TimeFrame>) -> &[Entry] {
            frame.map(|frame| frame.timeframe_days_of_week_array.as_slice()).unwrap_or_default()
        }
        let live = entries(self.live);
        // A frame that is always active has no hours yet that would stay.
        let always = self.live.is_some_and(|live| live.kind() == Some(ALWAYS));
        let wanted = self.wanted.weekly.as_ref().filter(|_| (self.touched)("weekly") || always);
        let Some(wanted) = wanted else {
            return live.iter().map(|entry| Value::Object(writable(entry))).collect();
        };
        // A frame that had no week gets none again, where it need not have one.
        let had_none =
            self.earlier.is_some_and(|it| it.kind() != Some(ALWAYS)) && entries(self.earlier).is_empty();
        if had_none && *wanted == closed() && self.live.is_some_and(|it| it.kind() == Some(CUSTOM)) {
            return Vec::new();
        }
        let mut known = entries(self.earlier).iter().chain(live);
        let same = known.find(|entry| week::weekly(entry) == Scalar::Known(wanted.clone()));
        let entry = same.map_or_else(|| week::entry(wanted, live.first()), writable);
        vec![Value::Object(entry)]
    }

    /// The entries of one array. One that says what is wanted already is written as it is, or as it was.
    fn array(&self, array: Array) -> Vec<Value> {
        fn all(frame: Option<&TimeFrame>, array: Array) -> Vec<(&Entry, Word)> {
            let entries = frame.map(|frame| array.entries(frame)).unwrap_or_default();
            entries.iter().map(|entry| (entry, array.word(entry))).collect()
        }
        let touched = |word: &Word| (self.touched)(word.field());
        let wanted: Vec<Word> = array.words(self.wanted).into_iter().filter(touched).collect();
        let (earlier, live) = (all(self.earlier, array), all(self.live, array));
        let earlier: Vec<_> = earlier.iter().filter(|(_, word)| wanted.contains(word)).collect();
        let is_earlier = |word: &Word| earlier.iter().any(|(_, it)| it == word);
        let stays = |word: &Word| if touched(word) { wanted.contains(word) } else { true };
        let live: Vec<_> = live.iter().filter(|(_, word)| stays(word) && !is_earlier(word)).collect();
        // In the order in which they were.
        let before: Vec<Entry> = self.earlier.iter().flat_map(|it| array.entries(it)).map(writable).collect();
        let place = |entry: &Entry| {
            let entry = writable(entry);
            before.iter().position(|it| *it == entry).unwrap_or(usize::MAX)
        };
        let mut known: Vec<_> = earlier.into_iter().chain(live).collect();
        known.sort_by_cached_key(|(entry, _)| place(entry));
        let new = wanted.iter().filter(|word| known.iter().all(|(_, it)| it != *word));
        let new = new.filter_map(|word| self.entry(word));
        known.iter().map(|(entry, _)| writable(entry)).chain(new).map(Value::Object).collect()
    }

    fn entry(&self, word: &Word) -> Option<Entry> {
        match word {
            Word::Dated(it) => Some(dates::dated(it)),
            Word::Monthly(it) => dates::monthly(it),
            Word::Yearly(it) => dates::yearly(it),
            Word::Other(it) => Some(of_own(it)),
            Word::Holiday(it) => Some(holiday::entry(it, self.fixed(it)?)),
        }
    }

    /// What the vendor's calendar says of a holiday: where the frame has it, or has had it, that.
    fn fixed(&self, wanted: &Holidays) -> Option<&Entry> {
        let frames = self.earlier.into_iter().chain(self.live);
        let mut entries = frames.flat_map(|frame| Array::Holidays.entries(frame));
        let same =
            |entry: &&Entry| holiday::holiday(entry).is_some_and(|it| holiday::is_same_day(&it, wanted));
        let looked_up = self.calendar.iter().find(|(it, _)| it == wanted).map(|(_, entry)| entry);
        entries.find(same).or(looked_up)
    }

    /// The holidays that have to be looked up in the vendor's calendar.
    pub fn unknown_holidays(&self) -> Vec<Holidays> {
        let wanted = self.wanted.holidays.iter().flatten().filter(|_| (self.touched)("holidays"));
        wanted.filter(|wanted| self.fixed(wanted).is_none()).cloned().collect()
    }
}
