//! ChatGPT: what to paste, for it reads no file of a repository.

use super::{Wanted, words};

/// ChatGPT sees no branch.
const BY_WORD: &str =
    "- The issue is the one that the developer names, such as PAY-142: ask for it.";

/// What a person does by hand, and the text for it. `known` is the server's address, if the command line has none.
#[must_use]
pub fn words_for_chatgpt(wanted: &Wanted, known: Option<String>) -> String {
    let server = wanted.url.clone().or(known);
    let server = server.unwrap_or_else(|| "COUNTERSIGN_URL".to_owned());
    format!(
        "ChatGPT reads no file of a repository. In a project of ChatGPT's, for each developer:\n\n\
         1. Add the MCP server as an app (developer mode): {server}/mcp, with your API key as a bearer token.\n   \
         Where ChatGPT cannot send one, paste what `countersign prompt` prints instead.\n\
         2. Paste this into the project's instructions:\n\n{}\n\
         No hook of ChatGPT's can hold it back: --auto-inject and --require-validation are words here, and no more. What \
         holds is the gate.",
        words::instructions(wanted).replace(words::BY_BRANCH, BY_WORD)
    )
}
