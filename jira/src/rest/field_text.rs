//! A field of any kind as text, for fields a site maps to something we assess. People stay account
//! ids: their names are not text of a ticket.

use serde_json::Value;

use crate::adf::{AdfError, plain_text};

/// The text of a field, or nothing if it is empty. Lists are joined by `, `, cascading choices by ` / `.
pub(super) fn field_text(value: &Value) -> Result<Option<String>, AdfError> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => {
            let texts = items.iter().filter_map(|item| field_text(item).transpose());
            texts.collect::<Result<Vec<_>, _>>()?.join(", ")
        }
        Value::Object(object) if object.get("type").is_some_and(|kind| kind == "doc") => {
            plain_text(value)?
        }
        Value::Object(object) => {
            // Of a person of Data Center the key lasts; the name is one's login.
            let names = match object.contains_key("displayName") {
                true => ["accountId", "key", "name", "value"],
                false => ["accountId", "value", "name", "key"],
            };
            let said = names.iter().find_map(|name| object.get(*name));
            let said = said.and_then(Value::as_str).unwrap_or_default().to_owned();
            match object.get("child").map(field_text).transpose()?.flatten() {
                Some(child) => format!("{said} / {child}"),
                None => said,
            }
        }
    };
    Ok(if text.is_empty() { None } else { Some(text) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_of_field_reads_as_what_people_see() {
        for (value, text) in [
            (json!(null), None),
            (json!(""), None),
            (json!([]), None),
            (json!("EU"), Some("EU")),
            (
                json!({"name": "ben", "key": "JIRAUSER1", "displayName": "Ben"}),
                Some("JIRAUSER1"),
            ),
            (json!(3.5), Some("3.5")),
            (json!({"id": "1", "value": "High"}), Some("High")),
            (
                json!({"value": "Data", "child": {"value": "Health"}}),
                Some("Data / Health"),
            ),
            (
                json!([{"value": "PII"}, {"value": "PHI"}]),
                Some("PII, PHI"),
            ),
            (
                json!({"accountId": "5b10", "displayName": "Ada Example"}),
                Some("5b10"),
            ),
            (
                json!({"type": "doc", "content": [{"type": "text", "text": "rich"}]}),
                Some("rich"),
            ),
        ] {
            assert_eq!(field_text(&value).unwrap().as_deref(), text, "{value}");
        }
    }
}
