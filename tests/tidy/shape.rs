//! The shape of files and folders: how long, how deep, what names, what has to be there.

use crate::tree::{File, Tree};

const LONGEST: usize = 400;
const DEEPEST: usize = 4;
const SOURCE: &[&str] = &["css", "hbs", "js", "mjs", "py", "rs", "sh"];
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "common", "helper", "helpers", "manager", "misc", "util", "utils",
];
/// The one file that is generated.
const GENERATED: &str = "store/src/schema.rs";

/// No source file is longer than anybody reads at once.
pub(crate) fn file_lengths(tree: &Tree) -> Vec<String> {
    tree.files
        .iter()
        .filter(|file| is_source(file) && file.path != GENERATED)
        .map(|file| (file, file.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| {
            format!(
                "{}: {lines} lines, at most {LONGEST}: it has two reasons to exist, so split it by them",
                file.path
            )
        })
        .collect()
}

fn is_source(file: &File) -> bool {
    SOURCE.contains(&file.extension()) || file.text().is_some_and(|text| text.starts_with("#!/"))
}

/// Folders are nested no deeper than this, counted from the top.
pub(crate) fn depth(tree: &Tree) -> Vec<String> {
    tree.files
        .iter()
        .filter(|file| file.names().len() - 1 > DEEPEST)
        .map(|file| {
            format!(
                "{}: more than {DEEPEST} folders deep: bring it up, or make its folder a crate",
                file.path
            )
        })
        .collect()
}

/// Every name says what is inside.
pub(crate) fn names(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in &tree.files {
        for name in file.names() {
            let stem = name.split('.').next().unwrap_or(name).to_lowercase();
            if EMPTY_NAMES.contains(&stem.as_str()) {
                breaches.push(format!(
                    "{}: the name `{name}` says nothing: name it after what it does",
                    file.path
                ));
            }
        }
    }
    breaches
}

/// Every crate takes the workspace's lints.
pub(crate) fn lints(tree: &Tree) -> Vec<String> {
    tree.files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml") && !takes_lints(file))
        .map(|file| format!("{}: add `[lints]` and `workspace = true`", file.path))
        .collect()
}

fn takes_lints(file: &File) -> bool {
    let mut inside = false;
    file.lines().any(|(_, line)| {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line == "[lints]";
        }
        inside && line.replace(' ', "") == "workspace=true"
    })
}

/// What the programs are built from besides code is there: the catalog, and migrations both ways.
pub(crate) fn furniture(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    if !tree.below("catalog").any(|file| file.extension() == "yaml") {
        breaches.push("catalog/: no pack is there; put the framework packs there".to_owned());
    }
    if tree
        .below("migrations")
        .all(|file| file.extension() != "sql")
    {
        breaches.push("migrations/: none is there; put one folder per change there".to_owned());
    }
    for file in tree.below("migrations") {
        let partner = match file.path.rsplit_once('/') {
            Some((folder, "up.sql")) => format!("{folder}/down.sql"),
            Some((folder, "down.sql")) => format!("{folder}/up.sql"),
            _ => continue,
        };
        if tree.text_of(&partner).is_none() {
            breaches.push(format!("{}: {partner} is missing; write it", file.path));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found() {
        let lines =
            |path, count| file_lengths(&Tree::made_of(&[(path, &"x\n".repeat(count))])).len();
        assert_eq!(lines("app/src/a.rs", 400), 0);
        assert_eq!(lines("app/src/a.rs", 401), 1);
        assert_eq!(lines("assets/panel.js", 401), 1);
        assert_eq!(lines(GENERATED, 401), 0);
        assert_eq!(lines("docs/LEDGER.md", 401), 0);
        let script = format!("#!/bin/sh\n{}", "x\n".repeat(400));
        assert_eq!(
            file_lengths(&Tree::made_of(&[("scripts/check", &script)])).len(),
            1
        );
    }

    #[test]
    fn a_deep_folder_is_found() {
        let found = |path| depth(&Tree::made_of(&[(path, "")])).len();
        assert_eq!(found("a/b/c/d/file.rs"), 0);
        assert_eq!(found("a/b/c/d/e/file.rs"), 1);
    }

    #[test]
    fn an_empty_name_is_found() {
        let found = |path| names(&Tree::made_of(&[(path, "")])).len();
        assert_eq!(found("app/src/commonwealth.rs"), 0);
        assert_eq!(found("app/src/utils.rs"), 1);
        assert_eq!(found("app/src/Helpers/mod.rs"), 1);
        assert_eq!(found("common/Cargo.toml"), 1);
        assert_eq!(found("assets/misc.test.mjs"), 1);
    }

    #[test]
    fn a_crate_without_the_lints_is_found() {
        let found = |text| lints(&Tree::made_of(&[("app/Cargo.toml", text)])).len();
        assert_eq!(found("[lints]\nworkspace = true\n"), 0);
        assert_eq!(found("[package]\nname = \"app\"\n"), 1);
        assert_eq!(found("[lints]\n[dependencies]\nworkspace = true\n"), 1);
    }

    #[test]
    fn missing_furniture_is_found() {
        let up = ("migrations/sqlite/1_create/up.sql", "");
        let down = ("migrations/sqlite/1_create/down.sql", "");
        let pack = ("catalog/soc2.yaml", "");
        assert_eq!(furniture(&Tree::made_of(&[pack, up, down])).len(), 0);
        assert_eq!(furniture(&Tree::made_of(&[up, down])).len(), 1);
        assert_eq!(furniture(&Tree::made_of(&[pack, up])).len(), 1);
        assert_eq!(furniture(&Tree::made_of(&[pack])).len(), 1);
    }
}
