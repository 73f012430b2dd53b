//! Findings and the words that caused them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::IndicatorId;

/// A ticket is, or may be, about an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// Its title.
    pub title: String,
    /// The version of the pack that its rules are from; empty in assessments of earlier versions.
    #[serde(default)]
    pub pack: String,
    /// The sum of what its terms weigh, in hundredths.
    pub score: u32,
    /// How sure it is.
    pub certainty: Certainty,
    /// The words that count, heaviest first.
    pub evidence: Vec<Evidence>,
    /// How many more terms count than evidence is given for.
    pub evidence_omitted: u32,
    /// A sentence that says what would clear it.
    pub clears: String,
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Certainty {
    /// Somebody said that it is not involved: shown, and nothing follows from it.
    Dismissed,
    /// Shown, and nothing follows from it.
    Maybe,
    /// Brings risk and requirements.
    Suggested,
}

/// The ticket mentions an indicator and says that it is not involved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Denied {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// Its title.
    pub title: String,
    /// The words that would have counted.
    pub evidence: Vec<Evidence>,
}

/// Words in a ticket, and the term of the catalog that they match. Quotes ticket text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The field they stand in.
    pub field: Field,
    /// The first character, in Unicode scalar values of that field.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// The words exactly as written.
    pub words: String,
    /// The term as the catalog writes it.
    pub rule: String,
    /// What they weigh there, in hundredths.
    pub weight: u32,
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            start,
            end,
            rule,
            weight,
            words: _,
        } = self;
        write!(f, "Evidence({field} {start}..{end} `{rule}` {weight})")
    }
}

/// A field of a ticket. As text: `summary`, `description`, `issueType`, `labels[0]`, `components[0]`, `fields.ID`, `parent`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// A component, by position.
    Component(u32),
    /// A mapped custom field, by the tracker's id.
    Custom(String),
    /// The description.
    Description,
    /// The issue type's name.
    IssueType,
    /// A label, by position.
    Label(u32),
    /// The summary of the ticket that it is a part of. Neither its words nor the rule are told: who sees a ticket need not
    /// see its parent.
    Parent,
    /// The summary.
    Summary,
}

/// The text names no field of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a field of a ticket")]
pub struct NotAField;

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Component(at) => write!(f, "components[{at}]"),
            Self::Custom(id) => write!(f, "fields.{id}"),
            Self::Description => f.write_str("description"),
            Self::IssueType => f.write_str("issueType"),
            Self::Label(at) => write!(f, "labels[{at}]"),
            Self::Parent => f.write_str("parent"),
            Self::Summary => f.write_str("summary"),
        }
    }
}

impl FromStr for Field {
    type Err = NotAField;

    fn from_str(text: &str) -> Result<Self, NotAField> {
        let at = |prefix: &str| text.strip_prefix(prefix)?.strip_suffix(']')?.parse().ok();
        match text {
            "description" => Ok(Self::Description),
            "issueType" => Ok(Self::IssueType),
            "parent" => Ok(Self::Parent),
            "summary" => Ok(Self::Summary),
            _ => at("components[")
                .map(Self::Component)
                .or_else(|| at("labels[").map(Self::Label))
                .or_else(|| {
                    text.strip_prefix("fields.")
                        .map(|id| Self::Custom(id.to_owned()))
                })
                .ok_or(NotAField),
        }
    }
}

impl TryFrom<String> for Field {
    type Error = NotAField;

    fn try_from(text: String) -> Result<Self, NotAField> {
        text.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_reads_back_what_it_writes() {
        for field in [
            Field::Component(2),
            Field::Custom("customfield_10201".to_owned()),
            Field::Description,
            Field::IssueType,
            Field::Label(0),
            Field::Parent,
            Field::Summary,
        ] {
            assert_eq!(field.to_string().parse(), Ok(field));
        }
        assert_eq!("comment".parse::<Field>(), Err(NotAField));
    }

    #[test]
    fn evidence_keeps_ticket_words_out_of_debug() {
        let evidence = Evidence {
            field: Field::Summary,
            start: 0,
            end: 5,
            words: "Jane's diagnosis".to_owned(),
            rule: "diagnosis".to_owned(),
            weight: 450,
        };
        assert!(!format!("{evidence:?}").contains("Jane"));
    }
}
