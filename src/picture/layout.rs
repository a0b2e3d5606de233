//! Where boxes and arrows stand, from left to right: the only place that knows the library that works it out.

use dagre::{
    EdgeLabel, LayoutOptions, NodeLabel, RankDir,
    graph::{Graph, GraphOptions},
    layout::types::LabelPos,
};
use std::collections::{BTreeMap, BTreeSet};

/// A width and a height.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Size {
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

/// An arrow between two boxes, by their places, and how much room its words take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrow {
    pub from: usize,
    pub to: usize,
    pub words: Size,
}

/// Where everything stands. Points of boxes and of words are their middles.
#[derive(Debug, Default)]
pub(super) struct Laid {
    pub boxes: Vec<Point>,
    /// By box: from its middle as far as the widest of its rank reaches.
    pub reach: Vec<f64>,
    /// By arrow: where it bends.
    pub ways: Vec<Vec<Point>>,
    pub words: Vec<Point>,
    pub size: Size,
}

/// Between the ranks, between boxes above each other, and between parts that do not lead to each other.
const RANKS: f64 = 56.0;
const BOXES: f64 = 16.0;
const PARTS: f64 = 28.0;
/// How high an arrow from a box to itself rises, without its words.
const LOOP: f64 = 16.0;

/// A box that is not drawn, and leads to each that stands at the left; and how strongly it draws them there.
const START: &str = "start";
const HEAVY: i32 = 100;

/// Lays out boxes and arrows. What hangs together is laid out by itself, one below the other.
pub(super) fn lay(boxes: &[Size], arrows: &[Arrow]) -> Laid {
    let none = Point { x: 0.0, y: 0.0 };
    let mut laid = Laid {
        boxes: vec![none; boxes.len()],
        reach: vec![0.0; boxes.len()],
        ways: vec![Vec::new(); arrows.len()],
        words: vec![none; arrows.len()],
        size: Size::default(),
    };
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); boxes.len()];
    let part = parts(boxes.len(), arrows);
    for (at, arrow) in arrows.iter().enumerate() {
        inside[part[arrow.from]].push(at);
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, part) in part.iter().enumerate() {
        members.entry(*part).or_default().push(at);
    }
    for (part, members) in members {
        let above = if laid.size.height > 0.0 { laid.size.height + PARTS } else { 0.0 };
        let size = lay_part(boxes, arrows, &members, &inside[part], above, &mut laid);
        laid.size = Size { width: laid.size.width.max(size.width), height: above + size.height };
    }
    laid
}

/// How many boxes and arrows hang together at most.
pub(super) fn largest(boxes: usize, arrows: &[Arrow]) -> usize {
    let part = parts(boxes, arrows);
    let mut sizes = vec![0; boxes];
    part.iter().chain(arrows.iter().map(|it| &part[it.from])).for_each(|it| sizes[*it] += 1);
    sizes.into_iter().max().unwrap_or(0)
}

/// The first box of the part that each box belongs to.
fn parts(count: usize, arrows: &[Arrow]) -> Vec<usize> {
    let mut part: Vec<usize> = (0..count).collect();
    fn root(part: &mut [usize], mut at: usize) -> usize {
        while part[at] != at {
            part[at] = part[part[at]];
            at = part[at];
        }
        at
    }
    for arrow in arrows {
        let (one, other) = (root(&mut part, arrow.from), root(&mut part, arrow.to));
        part[one.max(other)] = one.min(other);
    }
    (0..count).map(|at| root(&mut part, at)).collect()
}

/// Lays out one part, that far below the top, and says how large it is.
fn lay_part(
    boxes: &[Size],
    arrows: &[Arrow],
    members: &[usize],
    inside: &[usize],
    above: f64,
    laid: &mut Laid,
) -> Size {
    let is_own = |at: &usize| arrows[*at].from == arrows[*at].to;
    let (own, inside): (Vec<usize>, Vec<usize>) = inside.iter().partition(|at| is_own(at));
    // Above a box that leads to itself is room for that.
    let mut lifts: BTreeMap<usize, f64> = BTreeMap::new();
    let mut rooms: BTreeMap<usize, Size> = members.iter().map(|at| (*at, boxes[*at])).collect();
    for at in &own {
        let Arrow { from, words, .. } = arrows[*at];
        let (lift, room) = (lifts.entry(from).or_default(), rooms.entry(from).or_default());
        *lift += LOOP + words.height;
        *room = Size { width: room.width.max(words.width), height: boxes[from].height + *lift };
    }
    ask(arrows, &rooms, &inside, laid);
    let mut ranks = Ranks::default();
    rooms.iter().for_each(|(at, room)| ranks.widen(laid.boxes[*at].x, room.width));
    let worded = inside.iter().filter(|at| arrows[**at].words.width > 0.0);
    worded.for_each(|at| ranks.widen(laid.words[*at].x, arrows[*at].words.width));
    inside.iter().for_each(|at| laid.ways[*at] = ranks.straight(&laid.ways[*at]));
    members.iter().for_each(|at| laid.reach[*at] = ranks.half(laid.boxes[*at].x));
    // How far everything reaches, from the corner at the top.
    let mut frame = Frame::default();
    rooms.iter().for_each(|(at, room)| frame.widen(laid.boxes[*at], *room));
    for at in &inside {
        laid.ways[*at].iter().for_each(|it| frame.widen(*it, Size::default()));
        frame.widen(laid.words[*at], arrows[*at].words);
    }
    let in_order = members.windows(2).map(|pair| (laid.boxes[pair[1]].y - laid.boxes[pair[0]].y).signum());
    // What comes first stands at the top.
    let is_upside_down = in_order.sum::<f64>() < 0.0;
    let settle = |it: &mut Point| {
        it.x -= frame.left;
        it.y = above + if is_upside_down { frame.bottom - it.y } else { it.y - frame.top };
    };
    members.iter().for_each(|at| settle(&mut laid.boxes[*at]));
    for at in &inside {
        settle(&mut laid.words[*at]);
        laid.ways[*at].iter_mut().for_each(settle);
    }
    lifts.iter().for_each(|(at, lift)| laid.boxes[*at].y += lift / 2.0);
    lifts.clear();
    for at in own {
        let Arrow { from, words, .. } = arrows[at];
        let (lift, middle) = (lifts.entry(from).or_default(), laid.boxes[from]);
        let (top, wide) = (middle.y - boxes[from].height / 2.0, boxes[from].width / 4.0);
        let height = *lift + (LOOP * 0.75) + words.height / 2.0;
        *lift += LOOP + words.height;
        laid.words[at] = Point { x: middle.x, y: top - height };
        let corners = [(wide, 0.0), (wide, height), (-wide, height), (-wide, 0.0)];
        laid.ways[at] = corners.map(|(x, y)| Point { x: middle.x + x, y: top - y }).to_vec();
    }
    Size { width: frame.right - frame.left, height: frame.bottom - frame.top }
}

/// Has the library lay out one part.
fn ask(arrows: &[Arrow], rooms: &BTreeMap<usize, Size>, inside: &[usize], laid: &mut Laid) {
    let name = |at: usize| at.to_string();
    let mut graph: Graph<NodeLabel, EdgeLabel> =
        Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: false });
    for (at, Size { width, height }) in rooms {
        let label = NodeLabel { width: *width, height: *height, ..NodeLabel::default() };
        graph.set_node(name(*at), Some(label));
    }
    for at in inside {
        let Arrow { from, to, words: Size { width, height } } = arrows[*at];
        let label = EdgeLabel { width, height, labelpos: LabelPos::Center, ..EdgeLabel::default() };
        graph.set_edge(name(from), name(to), Some(label), Some(&name(*at)));
    }
    // What nothing leads to stands at the left, however far on the first of its arrows leads.
    let led_to: BTreeSet<usize> = inside.iter().map(|at| arrows[*at].to).collect();
    for at in rooms.keys().filter(|at| !led_to.contains(at)) {
        graph.set_node(START, Some(NodeLabel::default()));
        graph.set_edge(START, name(*at), Some(EdgeLabel { weight: HEAVY, ..EdgeLabel::default() }), None);
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: BOXES,
        edgesep: BOXES,
        ranksep: RANKS,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));
    let point = |x: Option<f64>, y: Option<f64>| Point { x: x.unwrap_or(0.0), y: y.unwrap_or(0.0) };
    for at in rooms.keys() {
        if let Some(node) = graph.node(&name(*at)) {
            laid.boxes[*at] = point(node.x, node.y);
        }
    }
    for at in inside {
        let Arrow { from, to, .. } = arrows[*at];
        let Some(edge) = graph.edge(&name(from), &name(to), Some(&name(*at))) else { continue };
        laid.ways[*at] = edge.points.iter().map(|it| point(Some(it.x), Some(it.y))).collect();
        // Without words it is somewhere on the way.
        laid.words[*at] = point(
            edge.x.or(edge.points.first().map(|it| it.x)),
            edge.y.or(edge.points.first().map(|it| it.y)),
        );
    }
}

/// How far something reaches.
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Default for Frame {
    fn default() -> Self {
        let (most, least) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { left: most, top: most, right: least, bottom: least }
    }
}

impl Frame {
    fn widen(&mut self, middle: Point, room: Size) {
        let (half, high) = (room.width / 2.0, room.height / 2.0);
        self.left = self.left.min(middle.x - half);
        self.top = self.top.min(middle.y - high);
        self.right = self.right.max(middle.x + half);
        self.bottom = self.bottom.max(middle.y + high);
    }
}

/// How wide each rank is, by its middle: what passes a rank goes straight through it, or it would touch its boxes.
#[derive(Default)]
struct Ranks(BTreeMap<u64, f64>);

impl Ranks {
    fn widen(&mut self, middle: f64, width: f64) {
        let half = self.0.entry(middle.to_bits()).or_default();
        *half = half.max(width / 2.0);
    }

    fn half(&self, middle: f64) -> f64 {
        self.0.get(&middle.to_bits()).copied().unwrap_or(0.0)
    }

    fn straight(&self, way: &[Point]) -> Vec<Point> {
        let [first, bends @ .., last] = way else { return way.to_vec() };
        let back = if last.x < first.x { -1.0 } else { 1.0 };
        let mut straight = vec![*first];
        for Point { x, y } in bends {
            let half = self.half(*x) * back;
            straight.extend([x - half, x + half].map(|x| Point { x, y: *y }));
        }
        straight.push(*last);
        straight
    }
}
