//! Cursor: `.cursor/mcp.json`, `.cursor/hooks.json` and `.cursor/rules/countersign.mdc` of the repository.
//! Source: cursor.com/docs, pages mcp, hooks and rules.

use std::path::Path;

use jsonc_parser::json;

use super::{AssistantError, Change, Wanted, hook, hooks, json, tools, words};

/// Seconds.
const PATIENCE: u32 = 60;
const TITLE: &str = "description: Security requirements of the issue that is worked on";

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".cursor/mcp.json", |before| {
        json::edited(before, json::Kind::Json, |file| {
            let servers = json::object(file, "mcpServers")?;
            let args = tools(wanted);
            let server = json!({ "type": "stdio", "command": "countersign", "args": args });
            json::set(&servers, "countersign", server);
            Ok(())
        })
    })?;
    let settings = Change::of(root, ".cursor/hooks.json", |before| {
        json::edited(before, json::Kind::Json, |file| {
            let wants_none = !wanted.auto_inject && !wanted.require_validation;
            if wants_none && file.get("hooks").is_none() {
                return Ok(());
            }
            if file.get("version").is_none() {
                json::set(file, "version", json!(1));
            }
            let all = json::object(file, "hooks")?;
            let line = hook(wanted, "cursor", "session");
            let inject = wanted
                .auto_inject
                .then(|| json!({ "command": line, "timeout": PATIENCE }));
            hooks::set(&all, "sessionStart", inject)?;
            let line = hook(wanted, "cursor", "prompt");
            let hold = wanted.require_validation;
            let hold =
                hold.then(|| json!({ "command": line, "timeout": PATIENCE, "failClosed": true }));
            hooks::set(&all, "beforeSubmitPrompt", hold)?;
            hooks::leave_none_empty(file);
            Ok(())
        })
    })?;
    // A file of our own.
    let rule = Change::of(root, ".cursor/rules/countersign.mdc", |before| {
        if before.is_some_and(|text| !text.contains(TITLE)) {
            return Err("somebody else wrote it".to_owned());
        }
        Ok(Some(format!(
            "---\n{TITLE}\nalwaysApply: true\n---\n\n{}",
            words::instructions(wanted)
        )))
    })?;
    Ok(vec![server, settings, rule])
}
