//! Stretches of time in lists: in order, without touching each other, unless it says otherwise.

use std::ops::Range;

/// Seconds since 1970: of an instant, or of a clock on the wall as if it were in UTC.
pub type Seconds = i64;

/// Any stretches in order, and those that touch made one.
pub fn joined(mut spans: Vec<Range<Seconds>>) -> Vec<Range<Seconds>> {
    spans.sort_unstable_by_key(|span| span.start);
    let mut out: Vec<Range<Seconds>> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

pub fn length(spans: &[Range<Seconds>]) -> Seconds {
    spans.iter().map(|it| it.end - it.start).sum()
}

/// All that is in none of some stretches.
pub fn outside(spans: &[Range<Seconds>], within: &Range<Seconds>) -> Vec<Range<Seconds>> {
    let mut out = Vec::new();
    let mut from = within.start;
    for span in spans {
        if from < span.start {
            out.push(from..span.start);
        }
        from = from.max(span.end);
    }
    if from < within.end {
        out.push(from..within.end);
    }
    out
}

/// Is told of each stretch that is in both of two lists.
fn each_shared(one: &[Range<Seconds>], other: &[Range<Seconds>], mut told: impl FnMut(Range<Seconds>)) {
    let (mut a, mut b) = (0, 0);
    while let (Some(x), Some(y)) = (one.get(a), other.get(b)) {
        let (start, end) = (x.start.max(y.start), x.end.min(y.end));
        if start < end {
            told(start..end);
        }
        if x.end <= y.end { a += 1 } else { b += 1 }
    }
}

/// What is in both.
pub fn both(one: &[Range<Seconds>], other: &[Range<Seconds>]) -> Vec<Range<Seconds>> {
    let mut out = Vec::new();
    each_shared(one, other, |it| out.push(it));
    out
}

/// How long that is.
pub fn overlap(one: &[Range<Seconds>], other: &[Range<Seconds>]) -> Seconds {
    let mut sum = 0;
    each_shared(one, other, |it| sum += it.end - it.start);
    sum
}

/// Whether all of some stretches is in others.
pub fn are_within(some: &[Range<Seconds>], others: &[Range<Seconds>]) -> bool {
    overlap(some, others) == length(some)
}

/// The instants that are in one of two lists alone.
pub(super) fn differing(a: &[Range<Seconds>], b: &[Range<Seconds>]) -> Vec<Range<Seconds>> {
    // Whether one is in force toggles at each edge; where both toggle at once nothing changes.
    let mut edges: Vec<Seconds> = a.iter().chain(b).flat_map(|span| [span.start, span.end]).collect();
    edges.sort_unstable();
    let mut kept: Vec<Seconds> = Vec::new();
    for edge in edges {
        if kept.last() == Some(&edge) {
            kept.pop();
        } else {
            kept.push(edge);
        }
    }
    kept.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}
