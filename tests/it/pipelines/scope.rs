//! What the expressions of one place see, and what they are worth there.

use super::{
    syntax::{self, Node, Piece, Place, condition, pieces},
    value::{Object, Value},
};
use std::{
    cell::RefCell,
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

#[derive(Clone, Default)]
pub struct Scope {
    contexts: BTreeMap<&'static str, Value>,
    /// Whether something went wrong before, and whether all went well: a skipped job is neither.
    pub failure: bool,
    pub success: bool,
    /// Names of the secrets that were asked for and are there.
    seen: Rc<RefCell<BTreeSet<String>>>,
}

impl Scope {
    pub fn new() -> Self {
        Self { success: true, ..Self::default() }
    }

    #[must_use]
    pub fn with(&self, context: &'static str, value: Value) -> Self {
        let mut scope = self.clone();
        scope.contexts.insert(context, value);
        scope
    }

    #[must_use]
    pub fn with_closed<const N: usize>(&self, context: &'static str, entries: [(&str, Value); N]) -> Self {
        self.with(context, Value::Object(Object::closed(entries)))
    }

    /// The same with one entry more in a context.
    #[must_use]
    pub fn adding(&self, context: &'static str, name: &str, value: Value) -> Self {
        let Some(Value::Object(mut object)) = self.contexts.get(context).cloned() else {
            panic!("there is no `{context}` to add to")
        };
        object.set(name, value);
        self.with(context, Value::Object(object))
    }

    /// The same, but asking for secrets is written down anew.
    #[must_use]
    pub fn unseen(&self) -> Self {
        Self { seen: Rc::default(), ..self.clone() }
    }

    pub fn seen(&self) -> BTreeSet<String> {
        self.seen.borrow().clone()
    }

    /// A text of a workflow. One that is nothing but an expression keeps what the expression is.
    pub fn value(&self, text: &str, place: Place) -> Value {
        let pieces = pieces(text);
        if let [Piece::Expression(one)] = pieces.as_slice() {
            return self.evaluate(one, place);
        }
        let texts = pieces.into_iter().map(|piece| match piece {
            Piece::Plain(text) => text,
            Piece::Expression(text) => self.evaluate(&text, place).to_text(),
        });
        Value::Text(texts.collect())
    }

    pub fn text(&self, text: &str, place: Place) -> String {
        self.value(text, place).to_text()
    }

    pub fn texts<'a>(
        &self,
        entries: impl IntoIterator<Item = &'a (String, super::workflow::Scalar)>,
        place: Place,
    ) -> BTreeMap<String, String> {
        entries.into_iter().map(|(name, it)| (name.clone(), self.text(&it.0, place))).collect()
    }

    pub fn evaluate(&self, expression: &str, place: Place) -> Value {
        self.of(&syntax::parse(expression, place))
    }

    /// An `if`. What does not ask how it went so far is asked only where all went well.
    pub fn holds(&self, text: Option<&str>, place: Place) -> bool {
        let Some(text) = text else { return self.success };
        let node = condition(text, place);
        (node.asks_for_state() || self.success) && self.of(&node).is_true()
    }

    fn of(&self, node: &Node) -> Value {
        match node {
            Node::Literal(value) => value.clone(),
            Node::Context(name) => {
                if name == "secrets" {
                    self.see(None);
                }
                self.context(name).clone()
            }
            Node::Property(of, name) => match self.secret(of, name) {
                Some(secret) => secret,
                None => self.of(of).property(name, &described(of)),
            },
            Node::Index(of, index) => {
                let index = self.of(index);
                match self.secret(of, &index.to_text()) {
                    Some(secret) => secret,
                    None => self.of(of).index(&index, &described(of)),
                }
            }
            Node::Each(of) => self.of(of).each(),
            Node::Not(of) => Value::Bool(!self.of(of).is_true()),
            Node::Binary(one, sign, other) => self.binary(one, sign, other),
            Node::Call(name, arguments) => self.call(name, arguments),
        }
    }

    fn context(&self, name: &str) -> &Value {
        self.contexts.get(name).unwrap_or_else(|| panic!("the context `{name}` is not filled here"))
    }

    fn secret(&self, of: &Node, name: &str) -> Option<Value> {
        matches!(of, Node::Context(context) if context == "secrets").then(|| {
            self.see(Some(name));
            self.context("secrets").property(name, "secrets")
        })
    }

    /// No name stands for all of them.
    fn see(&self, name: Option<&str>) {
        let Value::Object(secrets) = self.context("secrets") else { panic!("the secrets are no object") };
        let there = secrets.names().filter(|it| name.is_none_or(|name| super::value::same(name, it)));
        let filled = there.filter(|it| self.context("secrets").property(it, "secrets").is_true());
        self.seen.borrow_mut().extend(filled.map(str::to_owned));
    }

    fn binary(&self, one: &Node, sign: &str, other: &Node) -> Value {
        let one = self.of(one);
        match sign {
            "&&" if one.is_true() => return self.of(other),
            "||" if !one.is_true() => return self.of(other),
            "&&" | "||" => return one,
            _ => {}
        }
        let order = one.compare(&self.of(other));
        Value::Bool(match sign {
            "==" => order == Some(Ordering::Equal),
            "!=" => order != Some(Ordering::Equal),
            "<" => order == Some(Ordering::Less),
            ">" => order == Some(Ordering::Greater),
            "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            ">=" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            _ => panic!("`{sign}` is no operator"),
        })
    }

    fn call(&self, name: &str, arguments: &[Node]) -> Value {
        let values: Vec<Value> = arguments.iter().map(|it| self.of(it)).collect();
        let upper = |at: usize| values[at].to_text().to_uppercase();
        match name {
            "success" => Value::Bool(self.success),
            "failure" => Value::Bool(self.failure),
            "always" => Value::Bool(true),
            // Nobody cancels.
            "cancelled" => Value::Bool(false),
            "contains" => Value::Bool(match &values[0] {
                Value::List(list) | Value::Filtered(list) => {
                    list.iter().any(|it| it.compare(&values[1]) == Some(Ordering::Equal))
                }
                Value::Object(_) => false,
                _ => upper(0).contains(&upper(1)),
            }),
            "startsWith" => Value::Bool(upper(0).starts_with(&upper(1))),
            "endsWith" => Value::Bool(upper(0).ends_with(&upper(1))),
            "format" => Value::Text(format(&values[0].to_text(), &values[1..])),
            "join" => {
                let between = values.get(1).map_or(",".to_owned(), Value::to_text);
                Value::Text(match &values[0] {
                    Value::List(list) | Value::Filtered(list) => {
                        list.iter().map(Value::to_text).collect::<Vec<_>>().join(&between)
                    }
                    other => other.to_text(),
                })
            }
            "toJSON" => Value::Text(serde_json::to_string_pretty(&values[0].to_json()).unwrap()),
            "fromJSON" => {
                let text = values[0].to_text();
                let json = serde_json::from_str(&text);
                Value::json(&json.unwrap_or_else(|error| panic!("fromJSON: {error}: {text}")))
            }
            _ => panic!("no function `{name}` is emulated"),
        }
    }
}

fn described(of: &Node) -> String {
    of.path().map_or("a value".to_owned(), |path| path.join("."))
}

/// `{0}` is the first value, and doubled braces are braces.
fn format(template: &str, values: &[Value]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text += &rest[..at];
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(more) = rest.strip_prefix(brace) {
            text += brace;
            rest = more;
            continue;
        }
        let (index, more) = rest
            .split_once('}')
            .filter(|_| brace == "{")
            .unwrap_or_else(|| panic!("a brace stands alone in a format: {template}"));
        let value = index.parse().ok().and_then(|it: usize| values.get(it));
        text += &value.unwrap_or_else(|| panic!("`{{{index}}}` has no value: {template}")).to_text();
        rest = more;
    }
    text + rest
}
