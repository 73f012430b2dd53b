//! Holds `docs/LEDGER.md` equal to the code: its table of findings and every byte of its test vectors. What
//! its sentences say is held by the tests of the modules.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "all of this crate is test, its helpers included"
)]

mod example;
mod findings;

use std::path::Path;

/// The document.
fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/LEDGER.md");
    std::fs::read_to_string(path).unwrap()
}

/// The lines of the document that follow on the first one that starts like this, up to a blank line.
fn lines_after(start: &str) -> Vec<String> {
    let document = document();
    let mut lines = document.lines().skip_while(|line| !line.starts_with(start));
    assert!(lines.next().is_some(), "{start} stands in the document");
    lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// All but those of tables, which cannot be broken.
#[test]
fn lines_are_short_enough_to_read() {
    for (line, number) in document().lines().zip(1..) {
        let fits = line.starts_with('|') || line.chars().count() <= 120;
        assert!(fits, "line {number}");
    }
}
