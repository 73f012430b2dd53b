//! Lists of hooks in an assistant's settings: ours are those that run `countersign … hook`; others stay.

use jsonc_parser::cst::{CstInputValue, CstNode, CstObject};
use serde_json::Value;

use super::json::{array, plain};

/// Has the list of an event's hooks hold ours, or none of ours.
pub(super) fn set(
    hooks: &CstObject,
    event: &str,
    ours: Option<CstInputValue>,
) -> Result<(), String> {
    if ours.is_none() && hooks.get(event).is_none() {
        return Ok(());
    }
    let list = array(hooks, event)?;
    let mut wanted = ours;
    for element in list.elements() {
        if !is_ours(&element) {
            continue;
        }
        match wanted.take_if(|wanted| element.to_serde_value() == Some(plain(wanted))) {
            Some(_) => {}
            None => element.remove(),
        }
    }
    if let Some(wanted) = wanted {
        list.append(wanted);
        list.ensure_multiline();
    }
    if list.elements().is_empty()
        && let Some(event) = hooks.get(event)
    {
        event.remove();
    }
    Ok(())
}

/// Takes the member `hooks` out again where it holds none.
pub(super) fn leave_none_empty(file: &CstObject) {
    let is_empty = |hooks: &CstObject| hooks.properties().is_empty();
    if file.object_value("hooks").as_ref().is_some_and(is_empty)
        && let Some(hooks) = file.get("hooks")
    {
        hooks.remove();
    }
}

/// Whether a command of it runs us.
fn is_ours(element: &CstNode) -> bool {
    element.to_serde_value().is_some_and(|hook| runs_us(&hook))
}

fn runs_us(hook: &Value) -> bool {
    match hook {
        Value::String(line) => line.starts_with("countersign ") && line.contains("hook "),
        Value::Array(all) => all.iter().any(runs_us),
        Value::Object(members) => members.values().any(runs_us),
        _ => false,
    }
}
