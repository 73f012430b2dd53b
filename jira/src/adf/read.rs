//! Rich text to plain text: one line per paragraph, heading, list item or table row.
//!
//! What a node of an unknown kind contains is read all the same, so that new kinds of nodes hide no
//! text from an assessment. The names of mentioned people are left out.

use serde_json::Value;

use crate::wiki;

/// How deep nodes may nest.
const DEEPEST: usize = 64;
/// The longest text, in bytes: far beyond what Jira lets people write.
const LONGEST: usize = 1024 * 1024;

/// Why a document cannot be read as a whole. A part of it would be a misleading answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdfError {
    /// Nodes nest too deep.
    #[error("the document nests too deep")]
    TooDeep,
    /// The text is too long.
    #[error("the document is too long")]
    TooLong,
}

/// The text of a document. `null` is the empty text, and a string is wiki markup (Data Center), which is read as it is,
/// but for the names of mentioned people.
///
/// # Errors
/// The document nests deeper than 64 nodes, or its text is longer than 1 MiB.
pub fn plain_text(document: &Value) -> Result<String, AdfError> {
    let mut text = Text {
        read: String::new(),
        own_words: false,
    };
    match document {
        Value::String(plain) => text.push(&wiki::without_names(plain))?,
        node => text.node(node, 0)?,
    }
    Ok(text.read.trim_end().to_owned())
}

/// What a document's author says in their own words: its lines without quotations, code, tables and what is folded
/// away. A string is wiki markup.
///
/// # Errors
/// As for [`plain_text`].
pub fn own_words(document: &Value) -> Result<Vec<String>, AdfError> {
    let mut text = Text {
        read: String::new(),
        own_words: true,
    };
    match document {
        Value::String(plain) => text.push(&wiki::without_names(&wiki::own_words(plain)))?,
        node => text.node(node, 0)?,
    }
    let lines = text.read.lines().map(str::trim);
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Kinds of nodes that hold somebody else's words, or words that are shown and not said.
const NOT_OWN: [&str; 6] = [
    "blockquote",
    "codeBlock",
    "table",
    "expand",
    "nestedExpand",
    "panel",
];

struct Text {
    read: String,
    own_words: bool,
}

impl Text {
    fn push(&mut self, text: &str) -> Result<(), AdfError> {
        if self.read.len() + text.len() > LONGEST {
            return Err(AdfError::TooLong);
        }
        self.read.push_str(text);
        Ok(())
    }

    fn start_line(&mut self) -> Result<(), AdfError> {
        if self.read.is_empty() || self.read.ends_with('\n') {
            Ok(())
        } else {
            self.push("\n")
        }
    }

    fn node(&mut self, node: &Value, depth: usize) -> Result<(), AdfError> {
        if depth > DEEPEST {
            return Err(AdfError::TooDeep);
        }
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
        if self.own_words && NOT_OWN.contains(&kind) {
            return self.start_line();
        }
        match kind {
            "text" => self.push(node.get("text").and_then(Value::as_str).unwrap_or_default()),
            "hardBreak" => self.push("\n"),
            "mention" => self.push("@"),
            "emoji" => self.attribute(node, &["text", "shortName"]),
            "status" => self.attribute(node, &["text"]),
            "date" => self.attribute(node, &["timestamp"]),
            "inlineCard" => self.attribute(node, &["url"]),
            "blockCard" | "embedCard" => self.line(|text| text.attribute(node, &["url"])),
            "media" | "mediaInline" => self.line(|text| text.attribute(node, &["alt"])),
            "expand" | "nestedExpand" => {
                self.line(|text| text.attribute(node, &["title"]))?;
                self.line(|text| text.children(node, depth))
            }
            "tableRow" => self.line(|text| text.row(node, depth)),
            "doc" | "paragraph" | "heading" | "codeBlock" | "blockquote" | "bulletList"
            | "orderedList" | "listItem" | "taskList" | "taskItem" | "decisionList"
            | "decisionItem" | "panel" | "table" | "rule" | "mediaSingle" | "mediaGroup"
            | "layoutSection" | "layoutColumn" => self.line(|text| text.children(node, depth)),
            _ => self.children(node, depth),
        }
    }

    fn line(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), AdfError>,
    ) -> Result<(), AdfError> {
        self.start_line()?;
        write(self)?;
        self.start_line()
    }

    fn children(&mut self, node: &Value, depth: usize) -> Result<(), AdfError> {
        let children = node.get("content").and_then(Value::as_array);
        children
            .into_iter()
            .flatten()
            .try_for_each(|child| self.node(child, depth + 1))
    }

    /// Cells in one line, so that a row keeps its words together.
    fn row(&mut self, row: &Value, depth: usize) -> Result<(), AdfError> {
        let cells = row.get("content").and_then(Value::as_array);
        for (index, cell) in cells.into_iter().flatten().enumerate() {
            let mut inner = Self {
                read: String::new(),
                own_words: self.own_words,
            };
            inner.node(cell, depth + 1)?;
            if index > 0 {
                self.push(" | ")?;
            }
            self.push(&inner.read.trim_end().replace('\n', " "))?;
        }
        Ok(())
    }

    fn attribute(&mut self, node: &Value, names: &[&str]) -> Result<(), AdfError> {
        let attributes = node.get("attrs");
        let found = names
            .iter()
            .find_map(|name| attributes?.get(name)?.as_str());
        self.push(found.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(content: impl Into<Value>) -> String {
        let content: Value = content.into();
        plain_text(&json!({"type": "doc", "version": 1, "content": content})).unwrap()
    }

    fn paragraph(words: &str) -> Value {
        json!({"type": "paragraph", "content": [{"type": "text", "text": words}]})
    }

    #[test]
    fn blocks_are_lines() {
        let list = json!({"type": "bulletList", "content": [
            {"type": "listItem", "content": [paragraph("one")]},
            {"type": "listItem", "content": [paragraph("two")]}]});
        let code = json!({"type": "codeBlock", "content": [{"type": "text", "text": "a\n  b"}]});
        let heading = json!({"type": "heading", "content": [{"type": "text", "text": "Why"}]});
        let panel = json!({"type": "panel", "content": [paragraph("careful")]});
        assert_eq!(
            text(json!([heading, paragraph("because"), list, code, panel])),
            "Why\nbecause\none\ntwo\na\n  b\ncareful"
        );
    }

    #[test]
    fn own_words_are_without_quotations_and_code() {
        let quote = json!({"type": "blockquote", "content": [paragraph("/approve")]});
        let code = json!({"type": "codeBlock", "content": [{"type": "text", "text": "/approve"}]});
        let panel = json!({"type": "panel", "content": [paragraph("/approve")]});
        let document = json!({"type": "doc", "content": [quote, paragraph("I said: no"), code, panel, paragraph("Thanks")]});
        assert_eq!(own_words(&document).unwrap(), ["I said: no", "Thanks"]);
        let plain = json!("{quote}\n/approve\n{quote}\nno\n\n Thanks ");
        assert_eq!(own_words(&plain).unwrap(), ["…", "no", "Thanks"]);
    }

    #[test]
    fn a_table_row_is_one_line() {
        let row = json!({"type": "tableRow", "content": [
            {"type": "tableHeader", "content": [paragraph("data"), paragraph("kind")]},
            {"type": "tableCell", "content": [paragraph("PII")]}]});
        assert_eq!(
            text(json!([{"type": "table", "content": [row]}])),
            "data kind | PII"
        );
    }

    #[test]
    fn a_mention_keeps_no_name() {
        let mention = json!({"type": "mention", "attrs": {"id": "5b10", "text": "@Ada Example"}});
        let words = json!({"type": "text", "text": "ask "});
        assert_eq!(
            text(json!([{"type": "paragraph", "content": [words, mention]}])),
            "ask @"
        );
    }

    #[test]
    fn inline_nodes_keep_their_words() {
        let inline = json!([
            {"type": "text", "text": "see", "marks": [{"type": "link", "attrs": {"href": "https://x"}}]},
            {"type": "hardBreak"},
            {"type": "emoji", "attrs": {"shortName": ":lock:", "text": "🔒"}},
            {"type": "status", "attrs": {"text": "DRAFT"}}]);
        assert_eq!(
            text(json!([{"type": "paragraph", "content": inline}])),
            "see\n🔒DRAFT"
        );
        let expand =
            json!({"type": "expand", "attrs": {"title": "Details"}, "content": [paragraph("x")]});
        assert_eq!(text(json!([expand])), "Details\nx");
    }

    #[test]
    fn an_unknown_node_hides_no_text() {
        let unknown = json!({"type": "hologram", "content": [paragraph("payment card")]});
        assert_eq!(text(json!([unknown])), "payment card");
    }

    #[test]
    fn a_document_beyond_the_bounds_is_refused_whole() {
        let mut deep = paragraph("x");
        for _ in 0..DEEPEST {
            deep = json!({"type": "blockquote", "content": [deep]});
        }
        assert_eq!(plain_text(&deep), Err(AdfError::TooDeep));
        assert_eq!(
            plain_text(&paragraph(&"x".repeat(LONGEST + 1))),
            Err(AdfError::TooLong)
        );
    }

    #[test]
    fn nothing_and_plain_strings_are_texts_too() {
        assert_eq!(plain_text(&Value::Null).unwrap(), "");
        assert_eq!(plain_text(&json!("old style")).unwrap(), "old style");
    }
}
