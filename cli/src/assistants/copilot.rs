//! GitHub Copilot: `.vscode/mcp.json`, `.github/hooks/countersign.json` and `.github/copilot-instructions.md` of the
//! repository. Its hooks can hold a tool back and cannot add to a prompt, so the requirements come by a call of a tool.
//! Source: code.visualstudio.com/docs/copilot/reference/mcp-configuration; docs.github.com/copilot, pages on custom
//! instructions and the reference of hooks.

use std::path::Path;

use jsonc_parser::json;

use super::{AssistantError, Change, Wanted, hook, hooks, json, markdown, tools, words};

/// Seconds.
const PATIENCE: u32 = 60;

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".vscode/mcp.json", |before| {
        json::edited(before, json::Kind::WithComments, |file| {
            let servers = json::object(file, "servers")?;
            let args = tools(wanted);
            let server = json!({ "type": "stdio", "command": "countersign", "args": args });
            json::set(&servers, "countersign", server);
            Ok(())
        })
    })?;
    let settings = Change::of(root, ".github/hooks/countersign.json", |before| {
        if before.is_none() && !wanted.require_validation {
            return Ok(None);
        }
        let left = json::edited(before, json::Kind::Json, |file| {
            if file.get("version").is_none() {
                json::set(file, "version", json!(1));
            }
            let line = hook(wanted, "copilot", "edit");
            let again = line.clone();
            let command = json!({
                "type": "command",
                "bash": line,
                "powershell": again,
                "timeoutSec": PATIENCE,
            });
            let all = json::object(file, "hooks")?;
            let hold = wanted.require_validation.then_some(command);
            hooks::set(&all, "preToolUse", hold)?;
            hooks::leave_none_empty(file);
            Ok(())
        })?;
        // Without a hook of anybody's there is no use for the file.
        Ok(left.filter(|text| text.contains("\"hooks\"")))
    })?;
    let memory = Change::of(root, ".github/copilot-instructions.md", |before| {
        markdown::with_part(before, &words::instructions(wanted))
    })?;
    Ok(vec![server, settings, memory])
}
