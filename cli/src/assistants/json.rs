//! Members of a JSON file that are ours; what others wrote in it stays as they wrote it, in their order, and with their
//! comments where the file may have any.

use std::collections::BTreeSet;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstObjectProp, CstRootNode};
use jsonc_parser::json;

/// How a file may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As RFC 8259 has it.
    Json,
    /// With comments, and commas after the last.
    WithComments,
}

impl Kind {
    const fn options(self) -> ParseOptions {
        let more = matches!(self, Self::WithComments);
        ParseOptions {
            allow_comments: more,
            allow_loose_object_property_names: false,
            allow_trailing_commas: more,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        }
    }
}

/// Edits a JSON file; a missing or empty one begins as an object without members.
pub(super) fn edited(
    before: Option<&str>,
    kind: Kind,
    edit: impl FnOnce(&CstObject) -> Result<(), String>,
) -> Result<Option<String>, String> {
    let text = before
        .filter(|text| !text.trim().is_empty())
        .unwrap_or("{}\n");
    // The parser of what keeps its form lets a comment pass after the end.
    if kind == Kind::Json {
        serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map_err(|error| format!("this is not JSON: {error}"))?;
    }
    let root = CstRootNode::parse(text, &kind.options())
        .map_err(|error| format!("this is not JSON: {error}"))?;
    let object = root
        .object_value()
        .ok_or_else(|| "a JSON object is expected".to_owned())?;
    each_once(&object)?;
    edit(&object)?;
    match object.properties().is_empty() && before.is_none() {
        true => Ok(None),
        false => Ok(Some(root.to_string())),
    }
}

/// A file of servers of tools, in its member `servers`, with ours: `countersign` and the words after it.
pub(super) fn with_server(
    before: Option<&str>,
    kind: Kind,
    servers: &str,
    words: Vec<String>,
) -> Result<Option<String>, String> {
    edited(before, kind, |file| {
        let servers = object(file, servers)?;
        let server = json!({ "type": "stdio", "command": "countersign", "args": words });
        set(&servers, "countersign", server);
        Ok(())
    })
}

/// Of a name that stands twice each reader takes another.
fn each_once(object: &CstObject) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for name in object
        .properties()
        .iter()
        .filter_map(CstObjectProp::decoded_name)
    {
        if !names.insert(name.clone()) {
            return Err(format!("`{name}` stands twice"));
        }
    }
    Ok(())
}

/// The member of this name, an object; made where it is missing.
pub(super) fn object(of: &CstObject, name: &str) -> Result<CstObject, String> {
    let object = of
        .object_value_or_create(name)
        .ok_or_else(|| format!("`{name}` is no object"))?;
    each_once(&object)?;
    Ok(object)
}

/// The member of this name, an array; made where it is missing.
pub(super) fn array(of: &CstObject, name: &str) -> Result<CstArray, String> {
    of.array_value_or_create(name)
        .ok_or_else(|| format!("`{name}` is no array"))
}

/// Sets a member; one that says the same already stays as it is written.
pub(super) fn set(of: &CstObject, name: &str, value: CstInputValue) {
    let Some(known) = of.get(name) else {
        of.append(name, value);
        return;
    };
    let same = known
        .value()
        .is_some_and(|known| known.to_serde_value() == Some(plain(&value)));
    if !same {
        known.set_value(value);
    }
}

/// A value, to be compared.
pub(super) fn plain(value: &CstInputValue) -> serde_json::Value {
    match value {
        CstInputValue::Null => serde_json::Value::Null,
        CstInputValue::Bool(value) => (*value).into(),
        CstInputValue::Number(text) => serde_json::from_str(text).unwrap_or_default(),
        CstInputValue::String(text) => text.clone().into(),
        CstInputValue::Array(values) => values.iter().map(plain).collect(),
        CstInputValue::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
    }
}
