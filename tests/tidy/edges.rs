//! Which of our crates may use which, and which of them may use a library that shapes the house.
//! Reads what the manifests say; whether a crate keeps to its purpose is for its reader to see.

use std::io;
use std::process::Command;

use serde_json::Value;

use crate::tree::{Tree, top};

/// Each crate with all of ours that it may use. What is not in a list is forbidden.
const ALLOWED: &[(&str, &[&str])] = &[
    ("ledger", &[]),
    ("record", &[]),
    ("sandbox", &[]),
    ("throwaway", &[]),
    ("compliance", &["record"]),
    ("jira", &["record"]),
    ("mcp", &["record"]),
    ("github", &["record"]),
    ("feed", &[]),
    ("store", &["ledger", "record"]),
    (
        "casework",
        &[
            "record",
            "compliance",
            "feed",
            "jira",
            "github",
            "store",
            "ledger",
        ],
    ),
    (
        "app",
        &[
            "casework",
            "compliance",
            "github",
            "jira",
            "ledger",
            "mcp",
            "record",
            "store",
        ],
    ),
    ("cli", &["compliance", "mcp", "record"]),
    ("verifier", &["ledger", "record", "store", "jira", "github"]),
    ("check", &["ledger", "record"]),
    ("bench", EVERYTHING),
    ("demo", EVERYTHING),
    ("fitting", &["cli", "compliance"]),
    ("hammer", EVERYTHING),
    ("tests", EVERYTHING),
];

const EVERYTHING: &[&str] = &[
    "app",
    "casework",
    "check",
    "cli",
    "compliance",
    "demo",
    "feed",
    "github",
    "jira",
    "ledger",
    "mcp",
    "record",
    "sandbox",
    "store",
    "throwaway",
    "verifier",
];

/// Crates that use nothing of ours even in their tests: an auditor reads them alone.
const ALONE: &[&str] = &["ledger", "record"];

/// Manifests outside the workspace: the fuzz targets want compiler flags that nothing else may have, and are never
/// linked into what ships.
const OUTSIDE: &[&str] = &["fuzz/Cargo.toml"];

/// Libraries that only these crates may use. Their tests are free.
const RESERVED: &[(&str, &[&str])] = &[
    ("actix-web", &["app", "demo", "sandbox"]),
    ("diesel", &["demo", "store"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3-sys", &["store"]),
    ("openssl-sys", &["store"]),
    ("pq-sys", &["store"]),
    (
        "reqwest",
        &["cli", "demo", "feed", "github", "jira", "sandbox"],
    ),
    ("rmcp", &["mcp"]),
];

/// The features that take a guard away, to prove the test of it, and the manifests that may name them.
const WEAKENING: &[(&str, &[&str])] =
    &[("no-head-lock", &["hammer/Cargo.toml", "store/Cargo.toml"])];

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    manifest: String,
    pub(crate) uses: Vec<Use>,
}

#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) name: String,
    pub(crate) ours: bool,
    in_tests_only: bool,
}

#[cfg(test)]
impl Package {
    /// A package that uses one crate of others, to try a rule on.
    pub(crate) fn using(name: &str, other: &str) -> Self {
        Self {
            name: name.to_owned(),
            manifest: format!("{name}/Cargo.toml"),
            uses: vec![Use {
                name: other.to_owned(),
                ours: false,
                in_tests_only: false,
            }],
        }
    }
}

/// The workspace's packages, from `cargo metadata`.
pub(crate) fn packages() -> io::Result<Vec<Package>> {
    let answer = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(top())
        .output()?;
    if !answer.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&answer.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&answer.stdout)?;
    let root = word(&metadata["workspace_root"]);
    Ok(list(&metadata["packages"])
        .iter()
        .map(|package| Package {
            name: word(&package["name"]),
            manifest: word(&package["manifest_path"])
                .trim_start_matches(&root)
                .trim_start_matches(['/', '\\'])
                .replace('\\', "/"),
            uses: list(&package["dependencies"]).iter().map(used).collect(),
        })
        .collect())
}

fn used(dependency: &Value) -> Use {
    Use {
        name: word(&dependency["name"]),
        ours: dependency["path"].is_string(),
        in_tests_only: dependency["kind"] == "dev",
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Between our crates there are no edges but those of the table.
pub(crate) fn between_crates(packages: &[Package]) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in packages {
        let name = &package.name;
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| known == name) else {
            breaches.push(format!(
                "{name} is not in the table of crates: say there which crates it may use"
            ));
            continue;
        };
        let alone = ALONE.contains(&name.as_str());
        for used in package.uses.iter().filter(|used| used.ours) {
            let free = used.in_tests_only && !alone;
            if !free && !allowed.contains(&used.name.as_str()) {
                breaches.push(format!(
                    "{name} uses {}: it may use only {allowed:?}; move the code, or pass in what it needs",
                    used.name
                ));
            }
        }
    }
    breaches
}

/// A library that shapes the house is used only where it belongs.
pub(crate) fn to_reserved_libraries(packages: &[Package]) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in packages {
        for used in package.uses.iter().filter(|used| !used.in_tests_only) {
            let reserved = RESERVED.iter().find(|(library, _)| *library == used.name);
            if let Some((library, homes)) = reserved
                && !homes.contains(&package.name.as_str())
            {
                breaches.push(format!(
                    "{} uses {library}: that belongs to {homes:?}; call one of these instead",
                    package.name
                ));
            }
        }
    }
    breaches
}

/// Every crate lies in the folder of its name and is a member of the workspace, so that no rule passes
/// one over.
pub(crate) fn are_all_known(packages: &[Package], tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in packages {
        if package.manifest != format!("{}/Cargo.toml", package.name) {
            breaches.push(format!(
                "{}: the crate {} belongs into the folder of its name",
                package.manifest, package.name
            ));
        }
    }
    for file in &tree.files {
        let is_manifest =
            file.path.ends_with("/Cargo.toml") && !OUTSIDE.contains(&file.path.as_str());
        if is_manifest && !packages.iter().any(|known| known.manifest == file.path) {
            breaches.push(format!(
                "{}: not in the workspace; add it to `members`",
                file.path
            ));
        }
    }
    breaches
}

/// What takes a guard away is named where it is made and where it is tried, and nothing has it by default.
pub(crate) fn to_weakening_features(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    let manifests = tree
        .files
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"));
    for (file, (feature, homes)) in
        manifests.flat_map(|file| WEAKENING.iter().map(move |known| (file, known)))
    {
        for (number, line) in file.lines().filter(|(_, line)| line.contains(feature)) {
            let in_place = homes.contains(&file.path.as_str());
            if !in_place || !line.starts_with(&format!("{feature} = ")) {
                breaches.push(format!(
                    "{}:{number}: `{feature}` takes a guard away: only {homes:?} may define it, and nothing else",
                    file.path
                ));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, uses: &[(&str, bool, bool)]) -> Package {
        Package {
            name: name.to_owned(),
            manifest: format!("{name}/Cargo.toml"),
            uses: uses
                .iter()
                .map(|(name, ours, in_tests_only)| Use {
                    name: (*name).to_owned(),
                    ours: *ours,
                    in_tests_only: *in_tests_only,
                })
                .collect(),
        }
    }

    #[test]
    fn an_edge_outside_the_table_is_found() {
        let edge = |from: &str, to: &str, in_tests_only| {
            between_crates(&[package(from, &[(to, true, in_tests_only)])]).len()
        };
        assert_eq!(edge("check", "ledger", false), 0);
        assert_eq!(edge("check", "store", false), 1);
        assert_eq!(edge("check", "store", true), 0);
        assert_eq!(edge("verifier", "casework", false), 1);
        assert_eq!(edge("store", "jira", false), 1);
        assert_eq!(edge("ledger", "record", true), 1);
        assert_eq!(edge("unheard_of", "record", false), 1);
    }

    #[test]
    fn a_library_out_of_its_place_is_found() {
        let library = |from: &str, to: &str, in_tests_only| {
            to_reserved_libraries(&[package(from, &[(to, false, in_tests_only)])]).len()
        };
        assert_eq!(library("store", "diesel", false), 0);
        assert_eq!(library("casework", "diesel", false), 1);
        assert_eq!(library("casework", "actix-web", false), 1);
        assert_eq!(library("check", "reqwest", false), 1);
        assert_eq!(library("tests", "reqwest", true), 0);
    }

    #[test]
    fn a_guard_that_is_taken_away_is_found() {
        let found = |path, line| to_weakening_features(&Tree::made_of(&[(path, line)])).len();
        assert_eq!(
            found(
                "hammer/Cargo.toml",
                "no-head-lock = [\"store/no-head-lock\"]"
            ),
            0
        );
        assert_eq!(found("store/Cargo.toml", "no-head-lock = []"), 0);
        assert_eq!(found("store/Cargo.toml", "default = [\"no-head-lock\"]"), 1);
        assert_eq!(
            found("app/Cargo.toml", "no-head-lock = [\"store/no-head-lock\"]"),
            1
        );
        assert_eq!(
            found(
                "Cargo.toml",
                "store = { path = \"store\", features = [\"no-head-lock\"] }"
            ),
            1
        );
    }

    #[test]
    fn a_crate_that_escapes_the_rules_is_found() {
        let known = [package("check", &[])];
        let tree = |manifest| Tree::made_of(&[(manifest, "")]);
        assert_eq!(are_all_known(&known, &tree("check/Cargo.toml")).len(), 0);
        assert_eq!(are_all_known(&known, &tree("extra/Cargo.toml")).len(), 1);
        assert_eq!(are_all_known(&known, &tree("fuzz/Cargo.toml")).len(), 0);
    }
}
