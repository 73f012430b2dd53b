//! What JQL finds of the issue property is the same behind both doors, and stands in what the server writes.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// Path in the property, type, name in JQL.
type Found = BTreeSet<[String; 3]>;

fn read(file: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(top.join(file)).unwrap()
}

fn found(values: &Value, names: [&str; 3]) -> Found {
    let values = values.as_array().unwrap().iter();
    values
        .map(|value| names.map(|name| value[name].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn both_doors_let_jql_find_the_same() {
    let descriptor: Value = serde_json::from_str(&read("atlassian-connect.json")).unwrap();
    let property = &descriptor["modules"]["jiraEntityProperties"][0]["keyConfigurations"][0];
    let connect = found(&property["extractions"], ["objectName", "type", "alias"]);

    let manifest: Value = serde_saphyr::from_str(&read("forge/manifest.yml")).unwrap();
    let module = &manifest["modules"]["jira:entityProperty"][0];
    let forge = found(&module["values"], ["path", "type", "searchAlias"]);

    assert_eq!(connect, forge);
    assert_eq!(property["propertyKey"], module["propertyKey"]);
    let written = read("casework/src/gate/written.rs");
    for [path, ..] in connect {
        assert!(written.contains(&format!("\"{path}\": ticket.")), "{path}");
    }
}
