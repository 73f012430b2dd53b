//! One ticket on one line. Everything but its id and its summary may be absent or null, and fields of others are
//! passed over: exports of trackers have more than is needed.

use std::collections::BTreeSet;

use compliance::TicketText;
use compliance::evaluation::Expectation;
use serde::{Deserialize, Deserializer};

/// A ticket as a line gives it.
#[derive(Deserialize)]
pub struct TicketLine {
    /// Its id: text, or a number.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    summary: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(default, deserialize_with = "or_default")]
    labels: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    components: Vec<String>,
    #[serde(default, deserialize_with = "or_default", rename = "type")]
    kind: String,
    #[serde(default)]
    priority: Option<String>,
    /// The summary of what it is a part of.
    #[serde(default, deserialize_with = "summary_of")]
    parent: String,
    /// What people say of it.
    #[serde(default)]
    pub expect: Option<Expectation>,
}

/// Why a line is no ticket. Holds none of its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not JSON, or not these fields.
    #[error("line {line}, column {column}: {problem}")]
    NotATicket {
        /// From 1.
        line: u64,
        /// From 1.
        column: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Longer than a ticket can be.
    #[error("line {line}: it is longer than {most} bytes")]
    TooLong {
        /// From 1.
        line: u64,
        /// How long a line may be.
        most: usize,
    },
    /// The bytes are no text.
    #[error("line {line}: it is not UTF-8")]
    NotText {
        /// From 1.
        line: u64,
    },
}

const NO_OBJECT: &str =
    "an object with at least an id and a summary is expected, each field once and of its type";

impl TicketLine {
    /// Reads line number `line`.
    ///
    /// # Errors
    /// Where it is not a ticket.
    pub fn parse(text: &str, line: u64) -> Result<Self, LineError> {
        if !text.trim_start().starts_with('{') {
            return Err(LineError::NotATicket {
                line,
                column: 1,
                problem: NO_OBJECT,
            });
        }
        serde_json::from_str(text).map_err(|error| LineError::NotATicket {
            line,
            column: error.column(),
            problem: match error.classify() {
                serde_json::error::Category::Data => NO_OBJECT,
                serde_json::error::Category::Eof => "the JSON ends too early",
                _ => "it is not JSON",
            },
        })
    }

    /// What stands before the last dash of its id: who wrote it, where tickets were written for this.
    #[must_use]
    pub fn batch(&self) -> &str {
        self.id.rsplit_once('-').map_or("", |(batch, _)| batch)
    }

    /// Its texts.
    #[must_use]
    pub fn text(&self) -> TicketText<'_> {
        TicketText {
            summary: &self.summary,
            description: &self.description,
            issue_type: &self.kind,
            priority: self.priority.as_deref(),
            labels: &self.labels,
            components: &self.components,
            fields: None,
            parent: &self.parent,
        }
    }

    /// The indicators that its labels name.
    pub fn labelled_indicators(&self) -> impl Iterator<Item = &String> {
        let expected = self.expect.as_ref();
        expected
            .and_then(|expected| expected.indicators.as_ref())
            .into_iter()
            .flatten()
    }

    /// The frameworks that its labels name.
    #[must_use]
    pub fn labelled_frameworks(&self) -> BTreeSet<String> {
        self.expect
            .as_ref()
            .and_then(|expected| expected.frameworks.clone())
            .unwrap_or_default()
    }
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    input: D,
) -> Result<T, D::Error> {
    Option::deserialize(input).map(Option::unwrap_or_default)
}

/// A text, or the summary of a ticket as trackers give one; of anything else nothing.
fn summary_of<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    let parent = serde_json::Value::deserialize(input)?;
    let summary = ["", "/summary", "/fields/summary"];
    let mut summary = summary
        .into_iter()
        .filter_map(|place| parent.pointer(place)?.as_str());
    Ok(summary.next().unwrap_or_default().to_owned())
}

fn text_or_number<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(serde_json::Number),
    }
    match Id::deserialize(input)? {
        Id::Text(text) => Ok(text),
        Id::Number(number) if number.is_u64() || number.is_i64() => Ok(number.to_string()),
        // Another number would not be the one that was given.
        Id::Number(_) => Err(serde::de::Error::custom(
            "a text or a whole number is expected",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_absent_may_be_null_too() {
        for line in [
            r#"{"id":7,"summary":"s"}"#,
            r#"{"id":"7","summary":"s","description":null,"labels":null,"components":null,"type":null,"priority":null}"#,
            r#"{"id":"7","summary":"s","status":"Open","expect":{"security_relevant":true}}"#,
        ] {
            let ticket = TicketLine::parse(line, 1).unwrap();
            assert_eq!((ticket.id.as_str(), ticket.text().summary), ("7", "s"));
        }
    }

    #[test]
    fn a_parent_is_a_text_or_a_ticket_with_a_summary_and_of_others_nothing_is_read() {
        for (parent, read) in [
            (r#""Checkout""#, "Checkout"),
            (r#"{"key":"PAY-1","summary":"Checkout"}"#, "Checkout"),
            (
                r#"{"key":"PAY-1","fields":{"summary":"Checkout"}}"#,
                "Checkout",
            ),
            (r#"{"key":"PAY-1"}"#, ""),
            ("10001", ""),
            ("null", ""),
        ] {
            let line = format!(r#"{{"id":"7","summary":"s","parent":{parent}}}"#);
            let ticket = TicketLine::parse(&line, 1).unwrap();
            assert_eq!(ticket.text().parent, read, "{parent}");
        }
    }

    #[test]
    fn what_is_no_ticket_is_told_without_its_text() {
        for line in [
            "",
            "[]",
            r#"["x","SECRET"]"#,
            r#"{"id":12345678901234567890123,"summary":"SECRET"}"#,
            r#"{"id":"1","summary":"s","expect":{"security_relevent":true}}"#,
            "{\"id\":\"SECRET\"",
            r#"{"id":"SECRET"}"#,
            r#"{"summary":"SECRET"}"#,
            r#"{"id":"1","summary":["SECRET"]}"#,
            r#"{"id":"1","summary":"s","labels":"SECRET"}"#,
        ] {
            let Err(error) = TicketLine::parse(line, 12) else {
                panic!("{line}");
            };
            let told = error.to_string();
            assert!(
                told.starts_with("line 12, column") && !told.contains("SECRET"),
                "{told}"
            );
        }
    }
}
