//! The little rich text our comments need: paragraphs of plain, strong and code text, and links.

use serde_json::{Value, json};
use url::Url;

/// A piece of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Ordinary text.
    Text(String),
    /// Bold text.
    Strong(String),
    /// Text in a fixed-width face.
    Code(String),
    /// A link.
    Link(Link),
}

/// A text that leads to an `http` or `https` address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    text: String,
    href: Url,
}

/// The address is none a reader should be led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link must lead to an http or https address")]
pub struct LinkError;

impl Link {
    /// A link with this text.
    ///
    /// # Errors
    /// The address has another scheme.
    pub fn new(text: impl Into<String>, href: Url) -> Result<Self, LinkError> {
        if matches!(href.scheme(), "http" | "https") {
            Ok(Self {
                text: text.into(),
                href,
            })
        } else {
            Err(LinkError)
        }
    }
}

/// A document of these paragraphs. Empty pieces are left out, since Jira refuses them.
#[must_use]
pub fn document(paragraphs: &[Vec<Inline>]) -> Value {
    let content: Vec<Value> = paragraphs
        .iter()
        .map(|pieces| {
            let content: Vec<Value> = pieces.iter().filter_map(Inline::node).collect();
            json!({"type": "paragraph", "content": content})
        })
        .collect();
    json!({"type": "doc", "version": 1, "content": content})
}

impl Inline {
    fn node(&self) -> Option<Value> {
        let (text, mark) = match self {
            Self::Text(text) => (text, None),
            Self::Strong(text) => (text, Some(json!({"type": "strong"}))),
            Self::Code(text) => (text, Some(json!({"type": "code"}))),
            Self::Link(Link { text, href }) => (
                text,
                Some(json!({"type": "link", "attrs": {"href": href.as_str()}})),
            ),
        };
        match mark {
            _ if text.is_empty() => None,
            None => Some(json!({"type": "text", "text": text})),
            Some(mark) => Some(json!({"type": "text", "text": text, "marks": [mark]})),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_write_reads_back_as_its_words() {
        let link = Link::new("the record", "https://x.example/r".parse().unwrap()).unwrap();
        let written = document(&[
            vec![
                Inline::Strong("Altered".into()),
                Inline::Text(": entry ".into()),
                Inline::Code("7".into()),
            ],
            vec![Inline::Text(String::new()), Inline::Link(link)],
        ]);
        assert_eq!(
            super::super::plain_text(&written).unwrap(),
            "Altered: entry 7\nthe record"
        );
        assert_eq!(
            written["content"][1]["content"].as_array().unwrap().len(),
            1
        );
    }

    #[test]
    fn a_link_cannot_run_a_script() {
        assert!(Link::new("x", "javascript:alert(1)".parse().unwrap()).is_err());
    }
}
