//! Parts that others made, as judges of ours. Here: every call of our client of Jira, and every answer of the
//! look-alike, is checked by Prism against the document that Atlassian publishes of its interface; what was
//! checked stands in `docs/CALLS.md`. The clients of others are run by `tests/oracles/run`.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test ends where its ground gives way, and says what it saw"
)]

mod document;
mod drive;
mod prism;
mod story;
mod table;
mod tap;

use std::path::{Path, PathBuf};

use jira::rest::operations::ALL;

use crate::document::Document;
use crate::prism::Prism;
use crate::tap::Tap;

/// The page that shows what this test has seen.
const PAGE: &str = "docs/CALLS.md";

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The real client makes every call it knows, the real server plays a story; Prism sees all of it.
#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_as_the_document_of_jira_says() {
    let Some(document) = Document::beside_the_project() else {
        return missing("Jira's OpenAPI document is not beside the project");
    };
    let Some(prism) = Prism::installed() else {
        return missing("Prism is not installed, run scripts/install-test-tools");
    };
    let (mut tap, jira) = Tap::before_a_site().await;
    let prism = prism.start(&document, &tap.behind_prism).await;
    tap.check_with(&prism.address);

    drive::every_operation(&tap, &jira).await;
    let driven = tap.seen();
    story::play(&tap, &jira).await;
    let played = tap.seen();

    let seen: Vec<_> = driven.iter().chain(&played).collect();
    let breaches: Vec<String> = seen.iter().filter_map(|call| call.breach()).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));

    let page = table::page(&document, &driven, &played).unwrap_or_else(|gaps| panic!("{gaps}"));
    println!(
        "{} exchanges checked, {} operations",
        seen.iter().filter(|call| call.checked).count(),
        ALL.len()
    );
    let kept = std::fs::read_to_string(top().join(PAGE)).unwrap_or_default();
    if kept != page {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("CALLS.md");
        std::fs::write(&new, page).unwrap();
        panic!("{PAGE} is out of date; as it has to be: {}", new.display());
    }
}

/// Holds without Prism and without the document: no call was added, taken out or renamed since the page was made.
#[test]
fn every_call_stands_on_the_page_with_its_check() {
    let kept = std::fs::read_to_string(top().join(PAGE)).unwrap_or_default();
    let rows: Vec<&str> = kept
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter(|line| line.contains("/rest/"))
        .collect();
    let expected: Vec<String> = ALL.iter().map(|call| format!("{call}` | ")).collect();
    let matching = rows.iter().zip(&expected);
    for (row, call) in matching {
        assert!(row.starts_with(call.as_str()), "{row} is not {call}");
        assert_eq!(row.matches('✓').count(), 2, "{row}");
    }
    assert_eq!(rows.len(), expected.len(), "{rows:#?}");
}

/// Counts as skipped, and fails where nothing may be missing.
fn missing(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what}");
    println!("SKIPPED: {what}");
}
