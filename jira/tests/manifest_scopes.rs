//! The scopes that the Forge manifest asks for are those that the calls of our client need, and those of the platform
//! that the manifest's modules do; no more, and each is explained.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::path::Path;

use jira::forge::ForgeScope;
use jira::rest::operations::ALL;
use serde_json::Value;

/// What modules of the manifest need, and tokens to come along with calls.
const OF_THE_PLATFORM: [&str; 2] = ["manage:jira-configuration", "read:app-system-token"];

fn read(file: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(top.join(file)).unwrap()
}

#[test]
fn the_manifest_asks_for_what_the_calls_need_and_no_more() {
    let manifest: Value = serde_saphyr::from_str(&read("forge/manifest.yml")).unwrap();
    let asked: BTreeSet<String> = manifest["permissions"]["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scope| scope.as_str().unwrap().to_owned())
        .collect();
    let needed: BTreeSet<String> = ALL
        .iter()
        // For API tokens alone.
        .filter(|operation| operation.forge != ForgeScope::Configure)
        .filter_map(|operation| operation.forge.as_str())
        .chain(OF_THE_PLATFORM)
        .map(str::to_owned)
        .collect();
    assert_eq!(asked, needed);
    let explained = read("forge/README.md");
    for scope in &needed {
        assert!(explained.contains(&format!("`{scope}`")), "{scope}");
    }
}
