//! Lists of hooks in an assistant's settings. Ours are those whose line is `countersign … hook …` and nothing else; others
//! stay, beside ours in one group too.

use jsonc_parser::cst::{CstInputValue, CstObject};

use super::json::{array, plain};

/// The members that hold a hook's line.
const LINES: &[&str] = &["command", "bash", "powershell"];

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
        let same = |wanted: &mut CstInputValue| element.to_serde_value() == Some(plain(wanted));
        if wanted.as_mut().is_some_and(same) {
            wanted = None;
            continue;
        }
        let Some(entry) = element.as_object() else {
            continue;
        };
        if is_ours(&entry) || empties(&entry) {
            element.remove();
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

/// Takes ours out of a group; gives whether nothing is left of it.
fn empties(group: &CstObject) -> bool {
    let Some(inner) = group.array_value("hooks") else {
        return false;
    };
    let mut any = false;
    for hook in inner.elements() {
        if hook.as_object().is_some_and(|hook| is_ours(&hook)) {
            hook.remove();
            any = true;
        }
    }
    any && inner.elements().is_empty()
}

/// Whether it runs us, and nothing besides.
fn is_ours(hook: &CstObject) -> bool {
    let line = |name: &&str| {
        let value = hook.get(name)?.value()?;
        value.as_string_lit()?.decoded_value().ok()
    };
    let lines: Vec<String> = LINES.iter().filter_map(line).collect();
    !lines.is_empty() && lines.iter().all(|line| runs_us(line))
}

fn runs_us(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    matches!(
        words.as_slice(),
        ["countersign", "hook", _, _] | ["countersign", "--url", _, "hook", _, _]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_runs_us_and_nothing_else_is_ours() {
        for ours in [
            "countersign hook claude edit",
            "countersign --url https://a.example hook codex prompt",
        ] {
            assert!(runs_us(ours), "{ours}");
        }
        for others in [
            "countersign gate PAY-1 && ./scripts/pre-hook notify",
            "countersign log --json | ./webhook post",
            "countersign hook claude edit; ./dlp.sh",
            "countersign-notify hook a b",
            "",
        ] {
            assert!(!runs_us(others), "{others}");
        }
    }
}
