//! GitHub Copilot: `.vscode/mcp.json`, `.github/hooks/countersign.json` and `.github/copilot-instructions.md` of the
//! repository. Its hooks can hold a tool back and cannot add to a prompt, so the requirements come by a call of a tool.
//! Source: code.visualstudio.com/docs/copilot/reference/mcp-configuration; docs.github.com/copilot, pages on custom
//! instructions and the reference of hooks.

use std::path::Path;

use jsonc_parser::json;

use super::{AssistantError, Change, Wanted, hook, json, markdown, tools, words};

/// Seconds.
const PATIENCE: u32 = 60;

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".vscode/mcp.json", |before| {
        json::edited(before, |file| {
            let servers = json::object(file, "servers")?;
            let args = tools(wanted);
            let server = json!({ "type": "stdio", "command": "countersign", "args": args });
            json::set(&servers, "countersign", server);
            Ok(())
        })
    })?;
    // A file of our own: without a hook there is no use for it.
    let settings = Change::of(root, ".github/hooks/countersign.json", |before| {
        if !wanted.require_validation {
            return Ok(None);
        }
        json::edited(before, |file| {
            json::set(file, "version", json!(1));
            let line = hook(wanted, "copilot", "edit");
            let again = line.clone();
            let command = json!({
                "type": "command",
                "bash": line,
                "powershell": again,
                "timeoutSec": PATIENCE,
            });
            let list = json!([command]);
            json::set(file, "hooks", json!({ "preToolUse": list }));
            Ok(())
        })
    })?;
    let memory = Change::of(root, ".github/copilot-instructions.md", |before| {
        markdown::with_part(before, &words::instructions(wanted))
    })?;
    Ok(vec![server, settings, memory])
}
