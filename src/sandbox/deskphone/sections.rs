//! Holds the four sections of a forwarding document and what each may hold (FACTS deskphone/reference-1).

use serde_json::{Map, Value};

/// One of the four diverts.
#[derive(Debug)]
pub struct Section {
    /// From the top of the document.
    pub path: &'static [&'static str],
    pub fields: &'static [Field],
}

/// One field of a section.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: SectionType,
    /// Accepted in a write, and ignored.
    pub read_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionType {
    Flag,
    Destination,
    /// Of a new document, so many.
    Rings(u8),
}

/// The field of `extra-field:on`, in every object of a document.
pub const EXTRA: &str = "bridgeRevision";

pub const ENABLED: &str = "enabled";
pub const DESTINATION: &str = "destination";
pub const VOICEMAIL: &str = "destinationVoicemailEnabled";

pub const ALWAYS: Section = Section {
    path: &["callForwarding", "always"],
    fields: &[flag(ENABLED), TO, flag("ringReminderEnabled"), flag(VOICEMAIL)],
};
pub const BUSY: Section =
    Section { path: &["callForwarding", "busy"], fields: &[flag(ENABLED), TO, flag(VOICEMAIL)] };
pub const NO_ANSWER: Section = Section {
    path: &["callForwarding", "noAnswer"],
    fields: &[
        flag(ENABLED),
        TO,
        Field { name: "numberOfRings", kind: SectionType::Rings(3), read_only: false },
        Field { name: "systemMaxNumberOfRings", kind: SectionType::Rings(20), read_only: true },
        flag(VOICEMAIL),
    ],
};
pub const UNREACHABLE: Section =
    Section { path: &["businessContinuity"], fields: &[flag(ENABLED), TO, flag(VOICEMAIL)] };

/// In the order of the document.
pub const ALL: [Section; 4] = [ALWAYS, BUSY, NO_ANSWER, UNREACHABLE];

const TO: Field = Field { name: DESTINATION, kind: SectionType::Destination, read_only: false };

const fn flag(name: &'static str) -> Field {
    Field { name, kind: SectionType::Flag, read_only: false }
}

impl Section {
    /// The last part of the path, which messages call it by.
    pub fn name(&self) -> &'static str {
        self.path.last().copied().unwrap_or_default()
    }

    /// Finds the section in a document.
    pub fn of<'a>(&self, document: &'a Value) -> Option<&'a Map<String, Value>> {
        self.path.iter().try_fold(document, |value, name| value.get(name))?.as_object()
    }

    /// Finds the section in a document, making it where there is none.
    pub fn make<'a>(&self, document: &'a mut Value) -> Option<&'a mut Map<String, Value>> {
        let mut value = document;
        for name in self.path {
            value = value.as_object_mut()?.entry(*name).or_insert_with(|| Map::new().into());
        }
        value.as_object_mut()
    }
}

impl SectionType {
    /// What stands where nothing was ever written.
    pub fn default(self) -> Value {
        match self {
            Self::Flag => false.into(),
            Self::Destination => "".into(),
            Self::Rings(count) => count.into(),
        }
    }
}

/// The document of a person whose diverts were never set.
pub fn untouched() -> Value {
    let mut document = Value::Object(Map::new());
    for section in &ALL {
        if let Some(object) = section.make(&mut document) {
            object.extend(section.fields.iter().map(|field| (field.name.to_owned(), field.kind.default())));
        }
    }
    document
}

pub fn is_extension(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells an outside number: country code and national number, digits only (FACTS deskphone/dashboard-4).
pub fn is_number(text: &str) -> bool {
    (8..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}
