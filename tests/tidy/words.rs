//! What stands in files: how modules open, what must not be left behind, how wide prose may be.

use crate::tree::{File, Tree};

const WIDEST: usize = 120;

/// Signs of unfinished work. Put together here, so that this file is not found by its own rule.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("#[", "ignore"),
];

/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp", "/t-"),
];

/// Every module opens by saying what it is and what it does not do.
pub(crate) fn module_openings(tree: &Tree) -> Vec<String> {
    tree.files
        .iter()
        .filter(|file| file.path.contains("/src/") && file.extension() == "rs")
        .filter(|file| !file.text().unwrap_or_default().starts_with("//!"))
        .map(|file| {
            format!(
                "{}: open it with `//!`: what it is, and what it deliberately does not do",
                file.path
            )
        })
        .collect()
}

/// Nothing unfinished is committed.
pub(crate) fn unfinished_work(tree: &Tree) -> Vec<String> {
    let mut breaches = found(tree, UNFINISHED, "finish it, or take it out");
    // Tickets say of others' work what they want.
    breaches.retain(|breach| !breach.starts_with(TICKETS));
    breaches
}

const TICKETS: &str = "catalog/evaluation/";

/// No file depends on one machine's folders.
pub(crate) fn machine_paths(tree: &Tree) -> Vec<String> {
    found(tree, MACHINE_PATHS, "name it from the repository's top")
}

fn found(tree: &Tree, words: &[&str], what_to_do: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &tree.files {
        for (number, line) in file.lines() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                breaches.push(format!("{}:{number}: `{word}`: {what_to_do}", file.path));
            }
        }
    }
    breaches
}

/// Prose is narrow enough to be read and compared; tables and code are as wide as they have to be.
pub(crate) fn prose_width(tree: &Tree) -> Vec<String> {
    let pages = tree.files.iter().filter(|file| file.extension() == "md");
    pages.flat_map(wide_lines).collect()
}

fn wide_lines(file: &File) -> Vec<String> {
    let mut in_code = false;
    let mut breaches = Vec::new();
    for (number, line) in file.lines() {
        let start = line.trim_start();
        let fence = start.starts_with("```") || start.starts_with("~~~");
        in_code ^= fence;
        let prose = !in_code && !fence && !start.starts_with('|');
        let width = line.chars().count();
        if prose && width > WIDEST {
            breaches.push(format!(
                "{}:{number}: {width} characters, at most {WIDEST}: break the line",
                file.path
            ));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_does_not_introduce_itself_is_found() {
        let found = |path, text| module_openings(&Tree::made_of(&[(path, text)])).len();
        assert_eq!(found("app/src/main.rs", "//! The server.\n"), 0);
        assert_eq!(found("app/src/main.rs", "use std::io;\n"), 1);
        assert_eq!(found("app/src/main.rs", ""), 1);
        assert_eq!(found("app/tests/story.rs", "use std::io;\n"), 0);
    }

    #[test]
    fn unfinished_work_is_found_in_any_file() {
        for word in UNFINISHED {
            let line = format!("a\n// {word}\n");
            let tree = Tree::made_of(&[("app/src/main.rs", &line), ("docs/a.md", &line)]);
            assert_eq!(unfinished_work(&tree).len(), 2, "{word}");
        }
        assert_eq!(
            unfinished_work(&Tree::made_of(&[("a.md", "To do.")])).len(),
            0
        );
    }

    #[test]
    fn a_machine_path_is_found_in_any_file() {
        for path in MACHINE_PATHS {
            let line = format!("cd {path}main\n");
            assert_eq!(
                machine_paths(&Tree::made_of(&[("scripts/check", &line)])).len(),
                1,
                "{path}"
            );
        }
    }

    #[test]
    fn a_wide_line_of_prose_is_found() {
        let found = |text: &str| prose_width(&Tree::made_of(&[("docs/a.md", text)])).len();
        let (fits, wide) = ("ü".repeat(120), "x".repeat(121));
        assert_eq!(found(&fits), 0);
        assert_eq!(found(&wide), 1);
        assert_eq!(found(&format!("| {wide} |")), 0);
        assert_eq!(found(&format!("```\n{wide}\n```\n")), 0);
        assert_eq!(found(&format!("```\ncode\n```\n{wide}\n")), 1);
    }
}
