//! The published schemas of `catalog/schema/` beside the reader itself: what the one refuses for its shape, the other
//! does too. What only the reader can know (names that no pack has) is left to it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use compliance::{Catalog, CatalogError};
use jsonschema::Validator;
use serde_json::{Value, json};

const PACK: &str = include_str!("../../../catalog/schema/pack.schema.json");
const CONFIG: &str = include_str!("../../../catalog/schema/compliance-config.schema.json");

fn schema(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn read(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// Without the lexicon, which takes long to read.
fn rules_alone() -> Vec<(&'static str, &'static str)> {
    let packs = Catalog::embedded_packs().iter().copied();
    packs.filter(|(file, _)| *file != "lexicon.yaml").collect()
}

/// As the reader wants it: the kind of the pack in a line of its own.
fn written(pack: &Value) -> String {
    let members = pack.as_object().unwrap();
    let lines = members
        .iter()
        .map(|(name, value)| match (name.as_str(), value) {
            ("pack", Value::String(kind)) => format!("pack: {kind}\n"),
            (name, value) => format!("{name}: {value}\n"),
        });
    lines.collect()
}

#[test]
fn every_pack_has_the_form_of_the_schema() {
    let schema = schema(PACK);
    for (file, text) in Catalog::embedded_packs() {
        let pack = read(text);
        let errors: Vec<String> = schema
            .iter_errors(&pack)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{file}");
    }
}

/// Every change of one place: a member gone, one too many, a value of another kind.
fn changed(value: &Value) -> Vec<Value> {
    let mut all = vec![];
    match value {
        Value::Object(members) => {
            let with = |name: &str, new: Option<Value>| {
                let mut members = members.clone();
                match new {
                    Some(new) => members.insert(name.to_owned(), new),
                    None => members.remove(name),
                };
                Value::Object(members)
            };
            all.push(with("No such member", Some(json!("x"))));
            for (name, inner) in members {
                if name == "pack" {
                    continue;
                }
                all.push(with(name, None));
                all.extend(changed(inner).into_iter().map(|new| with(name, Some(new))));
            }
        }
        // The first and the last of a list stand for the rest.
        Value::Array(items) => {
            all.push(json!({"not": "a list"}));
            let ends = [0, items.len().saturating_sub(1)];
            for at in ends.into_iter().take(items.len()) {
                for new in changed(&items[at]) {
                    let mut items = items.clone();
                    items[at] = new;
                    all.push(Value::Array(items));
                }
            }
        }
        Value::String(_) => all.extend([json!(["a", "list"]), json!({}), json!("?! Ä")]),
        Value::Number(_) => all.extend([json!("word"), json!(-7), json!(1.5), json!([])]),
        Value::Bool(_) => all.extend([json!("word"), json!(7)]),
        Value::Null => {}
    }
    all
}

#[test]
fn what_the_schema_refuses_the_reader_refuses_and_the_other_way_round() {
    let schema = schema(PACK);
    let all = rules_alone();
    let (mut tried, mut refused) = (0, 0);
    for name in [
        "pra_ss1_23.yaml",
        "indicators/crypto.yaml",
        "matching.yaml",
        "relevance.yaml",
        "requirements/change.yaml",
    ] {
        let (_, text) = all.iter().find(|(file, _)| *file == name).unwrap();
        for pack in changed(&read(text)) {
            let text = written(&pack);
            let files: Vec<_> = all
                .iter()
                .map(|(file, other)| (*file, if *file == name { text.as_str() } else { other }))
                .collect();
            tried += 1;
            let by_reader = Catalog::from_packs(&files).err();
            let by_shape = matches!(by_reader, Some(CatalogError::Yaml { .. }));
            let by_schema = !schema.is_valid(&pack);
            refused += usize::from(by_schema);
            assert!(
                by_schema == by_shape,
                "{name}: schema {by_schema}, reader {by_reader:?}\n{text}"
            );
        }
    }
    println!("schema: {tried} changed packs, {refused} refused by both");
    assert!(refused > 300 && tried > refused, "{tried} {refused}");
}

#[test]
fn an_organisations_file_is_read_as_the_schema_says() {
    let schema = schema(CONFIG);
    let good = json!({
        "frameworks": {
            "pci_dss": {
                "applies": true,
                "triggers": {"keywords": ["till"], "components": ["Payments"], "labels": ["shop"], "only": false},
                "requirements": [{"session_timeout": 900}, {"no_card_storage": true}, {"encryption": "aes_256"}]
            }
        },
        "others": "may_apply"
    });
    assert!(schema.is_valid(&good));
    let packs = rules_alone();
    let own = |text: &str| Catalog::for_organisation(&packs, ("compliance-config.yml", text)).err();
    let refusal = own(&good.to_string());
    assert!(refusal.is_none(), "{refusal:?}");
    let mut refused = 0;
    for config in changed(&good) {
        let by_reader = own(&config.to_string());
        let by_schema = !schema.is_valid(&config);
        refused += usize::from(by_schema);
        assert!(
            !by_schema || by_reader.is_some(),
            "the reader takes {config}"
        );
        let by_shape = matches!(by_reader, Some(CatalogError::Yaml { .. }));
        assert!(by_schema || !by_shape, "the schema takes {config}");
    }
    assert!(refused > 20, "{refused}");
}
