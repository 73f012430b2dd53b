//! Cursor: `.cursor/mcp.json`, `.cursor/hooks.json` and `.cursor/rules/countersign.mdc` of the repository.
//! Source: cursor.com/docs, pages mcp, hooks and rules.

use std::path::Path;

use jsonc_parser::json;

use super::hooks::{self, PATIENCE};
use super::{AssistantError, Change, Wanted, hook, json, tools, words};

const TITLE: &str = "description: Security requirements of the issue that is worked on";

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".cursor/mcp.json", |before| {
        json::with_server(before, json::Kind::Json, "mcpServers", tools(wanted))
    })?;
    let settings = Change::of(root, ".cursor/hooks.json", |before| {
        let line = hook(wanted, "cursor", "session");
        let inject = json!({ "command": line, "timeout": PATIENCE });
        let line = hook(wanted, "cursor", "prompt");
        let hold = json!({ "command": line, "timeout": PATIENCE, "failClosed": true });
        let ours = [
            ("sessionStart", wanted.auto_inject.then_some(inject)),
            (
                "beforeSubmitPrompt",
                wanted.require_validation.then_some(hold),
            ),
        ];
        hooks::with_ours(before, Some(1), ours)
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
