//! Where Octokit's packages are, and what they say.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it lacks"
)]

use std::env::{var_os, vars_os};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

/// One delivery, as somebody saw it.
pub struct Example {
    pub event: String,
    pub body: Value,
}

#[derive(Deserialize)]
struct OfEvent {
    name: String,
    examples: Vec<Value>,
}

fn oracles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles")
}

fn modules() -> PathBuf {
    oracles().join("node_modules")
}

/// Every example there is: those of github.com, and those of each version of its servers.
pub fn examples() -> Option<Vec<Example>> {
    let package = modules().join("@octokit/webhooks-examples");
    let files: Vec<PathBuf> = match var_os("COUNTERSIGN_OCTOKIT_EXAMPLES") {
        Some(file) => vec![file.into()],
        None if package.exists() => std::fs::read_dir(package)
            .unwrap()
            .map(|entry| entry.unwrap().path().join("index.json"))
            .filter(|file| file.exists())
            .collect(),
        None => return missing("@octokit/webhooks-examples"),
    };
    Some(files.iter().flat_map(|file| examples_of(file)).collect())
}

fn examples_of(file: &Path) -> Vec<Example> {
    let text = std::fs::read_to_string(file).unwrap();
    let events: Vec<OfEvent> = serde_json::from_str(&text).unwrap();
    let each = events.into_iter().flat_map(|of| {
        let name = of.name;
        of.examples.into_iter().map(move |body| Example {
            event: name.clone(),
            body,
        })
    });
    each.collect()
}

/// The signature of each secret and body.
pub fn sign(asked: &[(&str, &str)]) -> Option<Vec<String>> {
    let modules = modules();
    let node = modules.join(".bin/node");
    if !modules.join("@octokit/webhooks-methods").exists() || !node.exists() {
        return missing("@octokit/webhooks-methods");
    }
    let mut program = Command::new(node)
        .arg(oracles().join("octokit_sign.mjs"))
        .env_clear()
        .envs(vars_os().filter(|(name, _)| name == "PATH"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    for (secret, body) in asked {
        writeln!(input, "{}", json!({"secret": secret, "body": body})).unwrap();
    }
    drop(input);
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

/// Counts as skipped, and fails where nothing may be missing.
fn missing<T>(what: &str) -> Option<T> {
    assert!(var_os("CI").is_none(), "{what} is missing");
    println!("SKIPPED: {what} is not installed: run scripts/install-test-tools");
    None
}
