//! Lists of hooks in an assistant's settings. Ours are those whose line is `countersign … hook …` and nothing else; others
//! stay, beside ours in one group too.

use jsonc_parser::cst::{CstInputValue, CstObject};
use jsonc_parser::json;

use super::json::{self, array, plain};

/// How long an assistant is to wait for a hook of ours, in seconds.
pub(super) const PATIENCE: u32 = 60;
/// The members that hold a hook's line.
const LINES: &[&str] = &["command", "bash", "powershell"];

/// A file of hooks with ours: for each event the one it is to hold, or that it is to hold none. A file that names the
/// version of its form is given it where it does not; one without hooks that is to hold none of ours stays as it is.
pub(super) fn with_ours<const EVENTS: usize>(
    before: Option<&str>,
    version: Option<u32>,
    ours: [(&str, Option<CstInputValue>); EVENTS],
) -> Result<Option<String>, String> {
    json::edited(before, json::Kind::Json, |file| {
        if ours.iter().all(|(_, hook)| hook.is_none()) && file.get("hooks").is_none() {
            return Ok(());
        }
        if let Some(version) = version
            && file.get("version").is_none()
        {
            json::set(file, "version", json!(version));
        }
        let hooks = json::object(file, "hooks")?;
        for (event, hook) in ours {
            set(&hooks, event, hook)?;
        }
        leave_none_empty(file);
        Ok(())
    })
}

/// Has the list of an event's hooks hold ours, or none of ours.
fn set(hooks: &CstObject, event: &str, ours: Option<CstInputValue>) -> Result<(), String> {
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
fn leave_none_empty(file: &CstObject) {
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
