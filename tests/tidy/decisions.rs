//! The pages of `docs/decisions`: all in the index, all of one form, and the page on dependencies as
//! the manifests have them. Whether a decision is a good one is not for a test.

use std::collections::BTreeSet;

use crate::edges::Package;
use crate::tree::{File, Tree};

const FOLDER: &str = "docs/decisions";
const INDEX: &str = "docs/decisions/README.md";
const DEPENDENCIES: &str = "docs/decisions/0005-dependencies.md";
const HEADINGS: &[&str] = &["## Context", "## Decision", "## Consequences"];
const LONGEST: usize = 40;

fn pages(tree: &Tree) -> impl Iterator<Item = (&File, &str)> {
    tree.below(FOLDER)
        .filter(|file| file.path != INDEX)
        .filter_map(|file| Some((file, file.path.rsplit('/').next()?)))
}

/// Every page is in the index, and the index names no page that is not there.
pub(crate) fn index(tree: &Tree) -> Vec<String> {
    let Some(index) = tree.text_of(INDEX) else {
        return vec![format!("{INDEX} is missing: list the decisions there")];
    };
    let named: BTreeSet<&str> = index
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| target.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    let there: BTreeSet<&str> = pages(tree).map(|(_, name)| name).collect();
    let missing = there
        .difference(&named)
        .map(|name| format!("{INDEX}: add a line that links to {name}"));
    let dangling = named
        .difference(&there)
        .map(|name| format!("{INDEX}: {name} is not there; write it or take the line out"));
    missing.chain(dangling).collect()
}

/// Every page says context, decision and consequences, and is short. Rows of tables do not count.
pub(crate) fn form(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (file, name) in pages(tree) {
        let numbered = name.len() > 5
            && name.ends_with(".md")
            && name.bytes().take(4).all(|digit| digit.is_ascii_digit())
            && name.as_bytes().get(4) == Some(&b'-');
        if !numbered {
            breaches.push(format!("{}: call it `NNNN-what-it-is.md`", file.path));
        }
        let found: Vec<&str> = file
            .lines()
            .map(|(_, line)| line)
            .filter(|line| line.starts_with("## "))
            .collect();
        if found != HEADINGS {
            breaches.push(format!(
                "{}: its headings have to be {HEADINGS:?}",
                file.path
            ));
        }
        let length = file
            .lines()
            .filter(|(_, line)| !line.starts_with('|'))
            .count();
        if length > LONGEST {
            breaches.push(format!(
                "{}: {length} lines, at most {LONGEST}: say it shorter",
                file.path
            ));
        }
    }
    breaches
}

/// The page on dependencies has one row for each crate of others that ours use, and no more.
pub(crate) fn dependencies(tree: &Tree, packages: &[Package]) -> Vec<String> {
    let listed: BTreeSet<&str> = tree
        .text_of(DEPENDENCIES)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let used: BTreeSet<&str> = packages
        .iter()
        .flat_map(|package| &package.uses)
        .filter(|used| !used.ours)
        .map(|used| used.name.as_str())
        .collect();
    let missing = used
        .difference(&listed)
        .map(|name| format!("{DEPENDENCIES}: add a row for `{name}`: its licence, and why"));
    let stale = listed
        .difference(&used)
        .map(|name| format!("{DEPENDENCIES}: nothing uses `{name}`; take its row out"));
    missing.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# 1\n## Context\na\n## Decision\nb\n## Consequences\nc\n";

    #[test]
    fn a_page_outside_the_index_is_found() {
        let found = |line| {
            index(&Tree::made_of(&[
                (INDEX, line),
                ("docs/decisions/0001-one.md", PAGE),
            ]))
            .len()
        };
        assert_eq!(found("- [one](0001-one.md)"), 0);
        assert_eq!(found("- one"), 1);
        assert_eq!(found("- [one](0001-one.md), [two](0002-two.md)"), 1);
        assert_eq!(index(&Tree::made_of(&[])).len(), 1);
    }

    #[test]
    fn a_page_of_another_form_is_found() {
        let found = |path, text: &str| form(&Tree::made_of(&[(path, text)])).len();
        let path = "docs/decisions/0001-one.md";
        assert_eq!(found(path, PAGE), 0);
        assert_eq!(found(path, "# 1\n## Context\n## Decision\n"), 1);
        assert_eq!(found(path, &format!("{PAGE}{}", "d\n".repeat(40))), 1);
        assert_eq!(found(path, &format!("{PAGE}{}", "| d |\n".repeat(40))), 0);
        assert_eq!(found("docs/decisions/one.md", PAGE), 1);
    }

    #[test]
    fn a_dependency_without_its_row_is_found() {
        let package = Package::using("app", "serde");
        let found = |text| {
            dependencies(
                &Tree::made_of(&[(DEPENDENCIES, text)]),
                std::slice::from_ref(&package),
            )
            .len()
        };
        assert_eq!(found("| `serde` | MIT | JSON |\n"), 0);
        assert_eq!(found(""), 1);
        assert_eq!(found("| `serde` | a | b |\n| `left` | a | b |\n"), 1);
    }
}
