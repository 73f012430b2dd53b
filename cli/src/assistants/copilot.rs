//! GitHub Copilot: `.vscode/mcp.json`, `.github/hooks/countersign.json` and `.github/copilot-instructions.md` of the
//! repository. Its hooks can hold a tool back and cannot add to a prompt, so the requirements come by a call of a tool.
//! Source: code.visualstudio.com/docs/copilot/reference/mcp-configuration; docs.github.com/copilot, pages on custom
//! instructions and the reference of hooks.

use std::path::Path;

use jsonc_parser::json;

use super::hooks::{self, PATIENCE};
use super::{AssistantError, Change, Wanted, hook, json, markdown, tools, words};

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".vscode/mcp.json", |before| {
        json::with_server(before, json::Kind::WithComments, "servers", tools(wanted))
    })?;
    let settings = Change::of(root, ".github/hooks/countersign.json", |before| {
        let line = hook(wanted, "copilot", "edit");
        let again = line.clone();
        let hold = json!({
            "type": "command",
            "bash": line,
            "powershell": again,
            "timeoutSec": PATIENCE,
        });
        let ours = [("preToolUse", wanted.require_validation.then_some(hold))];
        let left = hooks::with_ours(before, Some(1), ours)?;
        // Without a hook of anybody's there is no use for the file.
        Ok(left.filter(|text| text.contains("\"hooks\"")))
    })?;
    let memory = Change::of(root, ".github/copilot-instructions.md", |before| {
        markdown::with_part(before, &words::instructions(wanted))
    })?;
    Ok(vec![server, settings, memory])
}
