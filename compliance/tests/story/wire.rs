//! What goes over the wire and into the ledger: no floats, no nulls, camel case, stable versions.

use compliance::{Assessment, Catalog, RequirementSet};
use serde_json::Value;

use crate::ticket::{assessed, described, ticket};

fn plain(value: &Value, path: &str) {
    match value {
        Value::Null => panic!("null at {path}"),
        Value::Number(number) => assert!(number.is_u64(), "{path}: {number}"),
        Value::Array(items) => items.iter().for_each(|item| plain(item, path)),
        Value::Object(fields) => {
            for (key, value) in fields {
                assert!(!key.contains('_'), "{path}.{key}");
                plain(value, &format!("{path}.{key}"));
            }
        }
        Value::Bool(_) | Value::String(_) => {}
    }
}

#[test]
fn an_assessment_is_strings_booleans_and_integers_and_reads_back() {
    for assessment in [
        assessed(&ticket("Increase button padding")),
        assessed(&described(
            "Patient portal payment for SOX",
            "No personal data involved. Upload to the external API.",
        )),
    ] {
        let json = serde_json::to_value(&assessment).unwrap();
        plain(&json, "");
        assert_eq!(
            serde_json::from_value::<Assessment>(json).unwrap(),
            assessment
        );
    }
}

#[test]
fn the_version_of_a_set_depends_on_its_content_only() {
    let one = assessed(&ticket("Add card payment")).requirements;
    let same = assessed(&ticket("Take payments by credit card")).requirements;
    let other = assessed(&ticket("Show lab results to clinicians")).requirements;
    assert_eq!(one.version(), same.version());
    assert_ne!(one.version(), other.version());
    assert!(
        one.version().len() == 64
            && one
                .version()
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
    );
    let back: RequirementSet = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
    assert_eq!(back.version(), one.version());
    let mut changed = one.clone();
    changed.requirements[0].statement.push('!');
    assert_ne!(changed.version(), one.version());
}

#[test]
fn an_assessment_names_its_catalog() {
    assert_eq!(
        assessed(&ticket("x")).catalog,
        Catalog::embedded().version()
    );
    let packs = Catalog::embedded().packs();
    assert!(
        packs
            .iter()
            .any(|pack| pack.name == "framework/pci_dss" && pack.version == "2026.11.1")
    );
}

#[test]
fn debug_output_holds_no_ticket_text() {
    let assessment = assessed(&described(
        "Jane Doe sees lab results",
        "Jane's diagnosis is shown. No payments involved.",
    ));
    let shown = format!("{assessment:?}");
    assert!(!shown.contains("Jane") && !shown.contains("lab results\""));
}
