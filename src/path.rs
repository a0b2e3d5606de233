//! The way to a value: in a file, and in an object. Compared segment by segment; text is made of it for people only.
//!
//! A name may hold whatever divides a path in text (`a.b`, `a[0]`). So no path is ever read from text, and an element
//! that is known by its name is not a field, even where the two are spelt alike.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use std::{borrow::Cow, fmt};

/// One step of the way. In JSON a text, a number or `{"element": NAME}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Segment {
    /// A field, or the key of an entry.
    Key(Cow<'static, str>),
    /// A position in a list.
    Index(usize),
    /// An element of a list that has a name of its own: a rule by its schedule, an agent of a queue.
    Element { element: String },
}

/// A field by its keys, as a table has it; empty for the object itself.
pub type Field = &'static [&'static str];

/// A path from where it is said to begin: the root of a file, or an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(Vec<Segment>);

impl Segment {
    pub fn key(text: impl fmt::Display) -> Self {
        Self::Key(Cow::Owned(text.to_string()))
    }

    pub fn element(name: impl fmt::Display) -> Self {
        Self::Element { element: name.to_string() }
    }

    /// The name of a key or an element.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Key(name) => Some(name),
            Self::Element { element: name } => Some(name),
            Self::Index(_) => None,
        }
    }

    /// The key, if it is one.
    pub fn as_key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) | Self::Element { .. } => None,
        }
    }
}

impl Path {
    /// The path of what is one segment below.
    #[must_use]
    pub fn join(&self, segment: impl Into<Segment>) -> Self {
        let mut path = self.clone();
        path.push(segment);
        path
    }

    pub fn push(&mut self, segment: impl Into<Segment>) {
        self.0.push(segment.into());
    }

    /// Whether it leads to `outer` or to something in it.
    pub fn is_inside(&self, outer: &[Segment]) -> bool {
        self.0.starts_with(outer)
    }

    /// Whether it leads to a field or to something in it. Everything is in the object itself.
    pub fn is_in_field(&self, field: &[&str]) -> bool {
        self.0.len() >= field.len() && self.0.iter().zip(field).all(|(own, key)| own.as_key() == Some(key))
    }

    /// The keys on the way, without what tells elements of a list apart.
    pub fn keys(&self) -> Self {
        self.0.iter().filter(|segment| segment.as_key().is_some()).cloned().collect()
    }

    /// The field of the object that it leads to or through.
    pub fn field(&self) -> Option<&str> {
        self.0.first().and_then(Segment::as_key)
    }
}

impl std::ops::Deref for Path {
    type Target = [Segment];

    fn deref(&self) -> &[Segment] {
        &self.0
    }
}

impl FromIterator<Segment> for Path {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl Extend<Segment> for Path {
    fn extend<I: IntoIterator<Item = Segment>>(&mut self, segments: I) {
        self.0.extend(segments);
    }
}

impl IntoIterator for Path {
    type Item = Segment;
    type IntoIter = std::vec::IntoIter<Segment>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<&[Segment]> for Path {
    fn from(segments: &[Segment]) -> Self {
        Self(segments.to_vec())
    }
}

/// A field by its keys.
impl From<Field> for Path {
    fn from(keys: Field) -> Self {
        keys.iter().map(|key| Segment::from(*key)).collect()
    }
}

/// The same where not every key is known to the program.
impl<const N: usize> From<[&str; N]> for Path {
    fn from(keys: [&str; N]) -> Self {
        keys.iter().map(Segment::key).collect()
    }
}

/// A field by the name it has in the program; any other is made by [`Segment::key`].
impl From<&'static str> for Segment {
    fn from(key: &'static str) -> Self {
        Self::Key(Cow::Borrowed(key))
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// As people read it: `rules.101.order[1].when`, `order."a.b".enabled`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(_) | Segment::Element { .. } => {
                    let name = segment.name().unwrap_or_default();
                    let dot = if at == 0 { "" } else { "." };
                    write!(f, "{dot}{}", quoted(name))?;
                }
            }
        }
        Ok(())
    }
}

/// A name as it stands in a path or a list of names: in quotes where it could be read as something else.
pub fn quoted(name: &str) -> String {
    let divides = |c: char| {
        matches!(c, '.' | ',' | ':' | '[' | ']' | '"' | '\\') || c.is_whitespace() || c.is_control()
    };
    if name.is_empty() || name.contains(divides) {
        serde_json::Value::from(name).to_string()
    } else {
        name.to_owned()
    }
}

/// A row of a table in JSON: its `path`, and the `field` as people read it.
pub fn both<S: Serializer>(field: &Field, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("path", field)?;
    map.serialize_entry("field", &Path::from(*field).to_string())?;
    map.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const NAMES: [&str; 14] =
        ["a", "a.b", "a.b.c", "a[0]", "[0]", "a: b", "a b", "", " ", "*", "a\"", "\"a\"", "a\\", "order"];

    /// Every way of three segments over names that look like paths, and positions.
    fn all() -> Vec<Path> {
        let segments: Vec<Segment> =
            NAMES.iter().map(Segment::key).chain([Segment::Index(0), Segment::Index(1)]).collect();
        let mut found = vec![Path::default()];
        for _ in 0..3 {
            let longer: Vec<Path> =
                found.iter().flat_map(|path| segments.iter().map(|it| path.join(it.clone()))).collect();
            found.extend(longer);
        }
        found.sort();
        found.dedup();
        found
    }

    /// A reviewer approves what is displayed: two paths must never read alike.
    #[test]
    fn no_two_paths_read_alike() {
        let mut seen: BTreeMap<String, Path> = BTreeMap::new();
        for path in all() {
            if let Some(other) = seen.insert(path.to_string(), path.clone()) {
                panic!("`{path}` is {other:?} and {path:?}");
            }
        }
        assert_eq!(seen.len(), 1 + 16 + 16 * 16 + 16 * 16 * 16);
    }

    #[test]
    fn names_are_quoted_where_they_divide_a_path() {
        let table = [
            (Path::from(["callers", "block_anonymous"]), "callers.block_anonymous"),
            (Path::from(["rules", "101", "order"]).join(1).join("when"), "rules.101.order[1].when"),
            (
                Path::from(["order"]).join(Segment::element("business-hours")).join("ring"),
                "order.business-hours.ring",
            ),
            (Path::from(["order"]).join(Segment::element("a.b")).join("ring"), "order.\"a.b\".ring"),
            (Path::from(["agents"]).join(Segment::element("+13125550123")), "agents.+13125550123"),
            (Path::from(["order"]).join(Segment::element("*")), "order.*"),
            (Path::from(["order"]).join(Segment::element("")), "order.\"\""),
            (Path::from(["order"]).join(Segment::element("a\"b\u{7}")), "order.\"a\\\"b\\u0007\""),
            (Path::default(), ""),
        ];
        for (path, text) in table {
            assert_eq!(path.to_string(), text);
        }
    }

    /// A name that begins like another one is another one, and an element is no field of the same name.
    #[test]
    fn what_is_inside_goes_by_segments() {
        let order = Path::from(["order"]);
        let rule = |name: &str| order.join(Segment::element(name));
        let table = [
            (rule("a").join("enabled"), rule("a"), true),
            (rule("a"), rule("a"), true),
            (rule("a"), rule("a").join("enabled"), false),
            (rule("a.b"), rule("a"), false),
            (rule("a.b").join("enabled"), rule("a"), false),
            (rule("a[0]"), rule("a"), false),
            (rule("enabled"), order.join("enabled"), false),
            (rule("a"), order.clone(), true),
            (rule("a"), Path::default(), true),
            (Path::from(["orders"]), order.clone(), false),
        ];
        for (path, outer, inside) in table {
            assert_eq!(path.is_inside(&outer), inside, "{path} in {outer}");
        }
        assert!(rule("a").is_in_field(&["order"]) && rule("a").is_in_field(&[]));
        assert!(!rule("a").is_in_field(&["order", "a"]) && !order.is_in_field(&["order", "a"]));
    }

    /// A restore file is read back, and a plan goes to programs.
    #[test]
    fn json_keeps_what_a_segment_is() {
        let path = Path::from(["order"]).join(Segment::element("a.b")).join("when").join(3);
        let json = serde_json::to_value(&path).unwrap();
        assert_eq!(json, serde_json::json!(["order", { "element": "a.b" }, "when", 3]));
        assert_eq!(serde_json::from_value::<Path>(json).unwrap(), path);
        assert!(serde_json::from_str::<Path>("[\"order\", {\"name\": \"a\"}]").is_err());
    }
}
