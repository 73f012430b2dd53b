//! Members of a JSON file that are ours; what others wrote in it stays as they wrote it, comments and order too.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstRootNode};

/// Edits a JSON file; a missing or empty one begins as an object without members.
pub(super) fn edited(
    before: Option<&str>,
    edit: impl FnOnce(&CstObject) -> Result<(), String>,
) -> Result<Option<String>, String> {
    let text = before
        .filter(|text| !text.trim().is_empty())
        .unwrap_or("{}\n");
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| format!("this is not JSON: {error}"))?;
    let object = root
        .object_value()
        .ok_or_else(|| "a JSON object is expected".to_owned())?;
    edit(&object)?;
    match object.properties().is_empty() && before.is_none() {
        true => Ok(None),
        false => Ok(Some(root.to_string())),
    }
}

/// The member of this name, an object; made where it is missing.
pub(super) fn object(of: &CstObject, name: &str) -> Result<CstObject, String> {
    of.object_value_or_create(name)
        .ok_or_else(|| format!("`{name}` is no object"))
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
