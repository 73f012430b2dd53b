//! Atlassian Document Format: plain text to a document and back. Knows paragraphs, bullet lists and line
//! breaks; it does not render HTML and does not check marks.

use serde_json::{Value, json};

/// Why a value is no document.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the body is not a valid document")]
pub(crate) struct NotADocument;

/// Builds a document: blank lines part paragraphs, lines that begin with `- ` make a bullet list.
pub(crate) fn from_text(text: &str) -> Value {
    let mut content = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain(std::iter::once("")) {
        let turns = lines
            .last()
            .is_some_and(|last| last.starts_with("- ") != line.starts_with("- "));
        if line.trim().is_empty() || turns {
            if !lines.is_empty() {
                content.push(block(&lines));
            }
            lines.clear();
        }
        if !line.trim().is_empty() {
            lines.push(line);
        }
    }
    json!({ "type": "doc", "version": 1, "content": content })
}

/// Checks the outline Jira insists on: `type` doc, `version` 1, `content` a list of typed nodes.
pub(crate) fn check(value: &Value) -> Result<(), NotADocument> {
    let is_doc = value["type"] == "doc" && value["version"] == 1;
    match value["content"].as_array() {
        Some(nodes) if is_doc && nodes.iter().all(|node| node["type"].is_string()) => Ok(()),
        _ => Err(NotADocument),
    }
}

/// The document's words, one line per block, bullets as `* `. A string is Data Center's wiki markup, and stays as it is.
pub(crate) fn to_text(value: &Value) -> String {
    if let Value::String(markup) = value {
        return markup.clone();
    }
    let mut out = String::new();
    write_node(value, &mut out);
    out.trim_end().to_owned()
}

fn block(lines: &[&str]) -> Value {
    if lines.iter().all(|line| line.starts_with("- ")) {
        let items: Vec<Value> = lines
            .iter()
            .map(|line| json!({ "type": "listItem", "content": [paragraph(&[&line[2..]])] }))
            .collect();
        return json!({ "type": "bulletList", "content": items });
    }
    paragraph(lines)
}

fn paragraph(lines: &[&str]) -> Value {
    let mut content = Vec::new();
    for line in lines {
        if !content.is_empty() {
            content.push(json!({ "type": "hardBreak" }));
        }
        content.push(json!({ "type": "text", "text": line }));
    }
    json!({ "type": "paragraph", "content": content })
}

fn write_node(node: &Value, out: &mut String) {
    match node["type"].as_str() {
        Some("text") => out.push_str(node["text"].as_str().unwrap_or_default()),
        Some("hardBreak") => out.push('\n'),
        Some("mention" | "emoji" | "status") => {
            out.push_str(node["attrs"]["text"].as_str().unwrap_or_default());
        }
        Some("inlineCard") => out.push_str(node["attrs"]["url"].as_str().unwrap_or_default()),
        kind => {
            if kind == Some("listItem") {
                out.push_str("* ");
            }
            for child in node["content"].as_array().into_iter().flatten() {
                write_node(child, out);
            }
            if matches!(kind, Some("paragraph" | "heading" | "codeBlock")) {
                out.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_a_list_survives_the_way_there_and_back() {
        let doc = from_text("Patients need:\n- a calendar\n- a form\n\nThat is all.");
        assert_eq!(check(&doc), Ok(()));
        assert_eq!(doc["content"][1]["type"], "bulletList");
        assert_eq!(
            to_text(&doc),
            "Patients need:\n* a calendar\n* a form\nThat is all."
        );
    }

    #[test]
    fn a_plain_string_is_no_document() {
        assert_eq!(check(&json!("hello")), Err(NotADocument));
        assert_eq!(
            check(&json!({ "type": "doc", "version": 1 })),
            Err(NotADocument)
        );
    }
}
