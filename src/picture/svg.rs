//! A drawing as SVG that needs nothing else: no script, no font, no file.

use super::{
    layout::{Point, Size},
    sketch::{Arrow, Card, Sketch},
    told::told,
    ways::{tenths, ways},
    words::{LINE, shown},
};
use crate::{
    explained::Explained,
    flow::{Drawing, Kind, Mark, Sort},
};
use maud::{Markup, PreEscaped, html};
use std::fmt::Write;

/// Around the whole.
const MARGIN: f64 = 16.0;

/// Colours, by classes of this program alone: a page may hold several pictures and a style of its own. Dark where the reader
/// wants it so, black on white on paper.
const STYLE: &str = "\
.call-flow{--page:#fff;--ink:#1b1f24;--soft:#57606a;--line:#57606a;--plain:#f6f8fa;--number:#dbeafe;--rule:#fef3c7;\
--queue:#dcfce7;--out:#fce7f3;--end:#e5e7eb;--new:#116329;--gone:#a40e26;--alarm:#9a3412;\
background:var(--page);font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}\
@media (prefers-color-scheme:dark){.call-flow{--page:#0d1117;--ink:#e6edf3;--soft:#9da7b1;--line:#9da7b1;--plain:#1c2129;\
--number:#13305c;--rule:#453307;--queue:#0f3d22;--out:#4a1533;--end:#30363d;--new:#56d364;--gone:#ff7b72;--alarm:#f0883e}}\
@media print{.call-flow{--page:#fff;--ink:#000;--soft:#333;--line:#333;--plain:#fff;--number:#fff;--rule:#fff;--queue:#fff;\
--out:#fff;--end:#fff;--new:#000;--gone:#000;--alarm:#000}}\
.call-flow text{fill:var(--ink);font-size:11px;text-anchor:middle;unicode-bidi:isolate}\
.call-flow .kind{fill:var(--soft);font-size:10px}\
.call-flow .name{font-size:13px;font-weight:600}\
.call-flow .shape{fill:var(--plain);stroke:var(--line);stroke-width:1.2}\
.call-flow .way{fill:none;stroke:var(--line);stroke-width:1.2}\
.call-flow .head{fill:var(--line);stroke:none}\
.call-flow .words{fill:var(--page)}\
.call-flow .number .shape{fill:var(--number)}\
.call-flow .rule .shape{fill:var(--rule)}\
.call-flow .queue .shape{fill:var(--queue)}\
.call-flow .outside .shape,.call-flow .receiver .shape{fill:var(--out)}\
.call-flow .end .shape{fill:var(--end)}\
.call-flow .unknown .shape{fill:var(--page);stroke-dasharray:5 3}\
.call-flow .leads .way{stroke-width:2}\
.call-flow .emergency .way{stroke:var(--alarm);stroke-dasharray:2 3}\
.call-flow .emergency .head,.call-flow .emergency text{fill:var(--alarm)}\
.call-flow .off .way{stroke-dasharray:6 4}\
.call-flow .new .way,.call-flow .new>.shape{stroke:var(--new);stroke-width:2.4}\
.call-flow .new .head,.call-flow text.new,.call-flow .arrow.new text,.call-flow .new .kind{fill:var(--new)}\
.call-flow .gone .way,.call-flow .gone>.shape{stroke:var(--gone);stroke-dasharray:3 3;stroke-width:1.6}\
.call-flow .gone .head,.call-flow text.gone,.call-flow .arrow.gone text,.call-flow .gone .kind{fill:var(--gone)}\
.call-flow text.gone,.call-flow .gone text{text-decoration:line-through}\
.call-flow .gone .kind{text-decoration:none}";

/// The picture. `title`: what it shows.
pub fn svg(drawing: &Drawing, title: &str) -> Result<String, Explained> {
    Ok(quiet(picture(drawing, title)?.into_string() + "\n"))
}

/// A text that no CI system takes for a command, whichever line of a log it comes to stand on.
pub(super) fn quiet(text: String) -> String {
    text.replace("##", "#&#35;")
}

pub(super) fn picture(drawing: &Drawing, title: &str) -> Result<Markup, Explained> {
    let sketch = Sketch::new(drawing)?;
    let Size { width, height } = sketch.laid.size;
    let (width, height) = ((width + 2.0 * MARGIN).ceil(), (height + 2.0 * MARGIN).ceil());
    let view = format!("{} {} {width} {height}", -MARGIN, -MARGIN);
    let ways = ways(&sketch);
    Ok(html! {
        svg xmlns="http://www.w3.org/2000/svg" class="call-flow" role="img" aria-label=(shown(title))
            width=(width) height=(height) viewBox=(view) {
            title { (shown(title)) }
            desc { (told(drawing).join("; ")) }
            style { (PreEscaped(STYLE)) }
            (PreEscaped("\n"))
            @for (arrow, way) in sketch.arrows.iter().zip(&ways) {
                g class=(classes("arrow", sort(arrow.sort), arrow.mark)) {
                    path class="way" d=(way.path) {}
                    path class="head" d=(way.head) {}
                }
                (PreEscaped("\n"))
            }
            @for ((node, card), middle) in drawing.nodes.iter().zip(&sketch.boxes).zip(&sketch.laid.boxes) {
                g class=(classes("box", kind(node.kind), node.mark)) {
                    title { (shown(&node.title())) @for line in &node.lines { "; " (shown(&line.text)) } }
                    (shape(node.kind, *middle, card.size))
                    (rows(card, *middle))
                }
                (PreEscaped("\n"))
            }
            @for (arrow, middle) in sketch.arrows.iter().zip(&sketch.laid.words) {
                @if !arrow.rows.is_empty() {
                    (words(arrow, *middle))
                    (PreEscaped("\n"))
                }
            }
        }
    })
}

fn classes(what: &str, which: &str, mark: Mark) -> String {
    match mark {
        Mark::Kept => format!("{what} {which}"),
        Mark::New => format!("{what} {which} new"),
        Mark::Gone => format!("{what} {which} gone"),
    }
}

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "number",
        Kind::Extension => "extension",
        Kind::Rule => "rule",
        Kind::Phone => "phone",
        Kind::Queue => "queue",
        Kind::Receiver => "receiver",
        Kind::Mailbox => "mailbox",
        Kind::Outside => "outside",
        Kind::Menu => "menu",
        Kind::End => "end",
        Kind::Unknown => "unknown",
    }
}

fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Leads => "leads",
        Sort::Rule => "branch",
        Sort::Fallback => "fallback",
        Sort::Emergency => "emergency",
        Sort::Off => "off",
    }
}

/// The outline of a box. Each kind has one of its own, for who sees no colours.
fn shape(kind: Kind, middle: Point, size: Size) -> Markup {
    let Size { width, height } = size;
    let (left, top) = (middle.x - width / 2.0, middle.y - height / 2.0);
    let (right, bottom) = (left + width, top + height);
    let plain = |round: f64| {
        html! {
            rect class="shape" x=(tenths(left)) y=(tenths(top)) width=(tenths(width)) height=(tenths(height)) rx=(tenths(round)) {}
        }
    };
    let path = |points: &[(f64, f64)]| {
        let mut d = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let step = if at == 0 { 'M' } else { 'L' };
            let _ = write!(d, "{step}{} {}", tenths(*x), tenths(*y));
        }
        html! { path class="shape" d=(format!("{d}Z")) {} }
    };
    match kind {
        Kind::Number => plain((height / 2.0).min(20.0)),
        Kind::Extension => plain(4.0),
        Kind::Phone | Kind::Unknown => plain(0.0),
        Kind::End => plain(12.0),
        // Cut corners.
        Kind::Rule => path(&[
            (left + 12.0, top),
            (right - 12.0, top),
            (right, top + 12.0),
            (right, bottom - 12.0),
            (right - 12.0, bottom),
            (left + 12.0, bottom),
            (left, bottom - 12.0),
            (left, top + 12.0),
        ]),
        // A bar at each end.
        Kind::Queue => html! {
            (plain(0.0))
            path class="way" d=(bars(left + 6.0, right - 6.0, top, bottom)) {}
        },
        // A folded corner.
        Kind::Mailbox => html! {
            (path(&[(left, top), (right - 12.0, top), (right, top + 12.0), (right, bottom), (left, bottom)]))
            path class="way" d=(format!("M{0} {1}L{0} {2}L{3} {2}", tenths(right - 12.0), tenths(top), tenths(top + 12.0), tenths(right))) {}
        },
        // It leans out of the picture.
        Kind::Outside | Kind::Receiver => {
            path(&[(left + 8.0, top), (right, top), (right - 8.0, bottom), (left, bottom)])
        }
        Kind::Menu => path(&[(left, top), (right - 8.0, top), (right, bottom), (left, bottom)]),
    }
}

fn bars(left: f64, right: f64, top: f64, bottom: f64) -> String {
    let bar = |x: f64| format!("M{0} {1}L{0} {2}", tenths(x), tenths(top), tenths(bottom));
    bar(left) + &bar(right)
}

fn rows(card: &Card, middle: Point) -> Markup {
    let count = u32::try_from(card.rows.len()).unwrap_or(u32::MAX);
    let top = middle.y - f64::from(count) * LINE / 2.0;
    html! {
        @for (row, at) in card.rows.iter().zip(0u32..) {
            @let class = match row.mark {
                Mark::Kept => row.class.to_owned(),
                Mark::New => format!("{} new", row.class),
                Mark::Gone => format!("{} gone", row.class),
            };
            text class=(class) x=(tenths(middle.x)) y=(tenths(top + (f64::from(at) + 0.75) * LINE)) { (row.text) }
        }
    }
}

/// The words of an arrow, on ground of their own: the arrow passes below.
fn words(arrow: &Arrow, middle: Point) -> Markup {
    let Size { width, height } = arrow.size;
    let count = u32::try_from(arrow.rows.len()).unwrap_or(u32::MAX);
    let top = middle.y - f64::from(count) * LINE / 2.0;
    html! {
        g class=(classes("arrow", sort(arrow.sort), arrow.mark)) {
            rect class="words" x=(tenths(middle.x - width / 2.0)) y=(tenths(middle.y - height / 2.0))
                width=(tenths(width)) height=(tenths(height)) {}
            @for (row, at) in arrow.rows.iter().zip(0u32..) {
                text x=(tenths(middle.x)) y=(tenths(top + (f64::from(at) + 0.75) * LINE)) { (row) }
            }
        }
    }
}
