//! The one-pass check of the canonical form beside its definition: parse, refuse what the ledger does not
//! admit, write again by RFC 8785, compare the bytes.

use std::fmt;

use ledger::canonical::{MAX_DEPTH, MAX_INTEGER, check};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::stored::Ledger;

const SEED: u64 = 0x00c0_ffee;
const MUTATIONS: usize = 100_000;

/// A value in which no member stands twice, and nothing stands that the ledger does not admit.
struct Strict(Value);

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that the ledger admits")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        match number <= MAX_INTEGER {
            true => Ok(number.into()),
            false => Err(E::custom("beyond 2^53")),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        match number.unsigned_abs() <= MAX_INTEGER {
            true => Ok(number.into()),
            false => Err(E::custom("beyond 2^53")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(object.into())
    }
}

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(StrictVisitor).map(Self)
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn is_canonical_by_definition(bytes: &[u8]) -> bool {
    let Ok(Strict(value)) = serde_json::from_slice(bytes) else {
        return false;
    };
    depth(&value) <= MAX_DEPTH
        && serde_json_canonicalizer::to_vec(&value).is_ok_and(|again| again == bytes)
}

fn random_value(random: &mut Random, depth: usize) -> Value {
    const NAMES: [&str; 10] = [
        "a", "A", "é", "€", "😂", "\u{fb33}", "", "\n", "\u{1}", "\"",
    ];
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 => json!(random.one_of(&[
            0i64,
            1,
            -1,
            9_007_199_254_740_992,
            9_007_199_254_740_993,
            -7
        ])),
        1 => json!(random.below(2) == 0),
        2 | 3 => json!(random.one_of(&NAMES)),
        4 => random.one_of(&[0.0, 1.5]).into(),
        5 => (0..random.below(4))
            .map(|_| random_value(random, depth - 1))
            .collect(),
        _ => {
            let members = (0..random.below(5)).map(|_| {
                let name = format!("{}{}", random.one_of(&NAMES), random.one_of(&NAMES));
                (name, random_value(random, depth - 1))
            });
            Value::Object(members.collect())
        }
    }
}

/// A text near to a canonical one: some remain so.
fn mutated(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = match random.below(3) {
        0 => seeds[random.below(seeds.len())].clone(),
        1 => random_value(random, 4).to_string().into_bytes(),
        _ => serde_json_canonicalizer::to_vec(&random_value(random, 4)).unwrap_or_default(),
    };
    for _ in 0..random.below(3) {
        let at = random.below(bytes.len().max(1)).min(bytes.len());
        match random.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.insert(at, random.one_of(b"{}[],:\"\\ 019-+.eEun\n\x00\xc3")),
            3 => drop(bytes.splice(at..at, random.one_of(&PIECES).bytes())),
            4 => {
                let to = (at + random.below(12)).min(bytes.len());
                let piece = bytes[at..to].to_vec();
                drop(bytes.splice(at..at, piece));
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

const PIECES: [&str; 12] = [
    "\\u0041",
    "\\u000b",
    "\\u000B",
    "\\n",
    "\\/",
    "\\ud800",
    ",\"a\":1",
    "null",
    "1e3",
    "-0",
    "[[",
    "\"a\":true,",
];

#[test]
fn the_check_agrees_with_the_definition() {
    let entries = Ledger::grown("countersign/a", 1, 40, 8).rows;
    let seeds: Vec<Vec<u8>> = entries.into_iter().map(|row| row.bytes).collect();
    let mut random = Random::from_seed(SEED);
    let (mut canonical, mut other) = (0, 0);
    for n in 0..MUTATIONS {
        let bytes = mutated(&mut random, &seeds);
        let by_definition = is_canonical_by_definition(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(check(&bytes).is_ok(), by_definition, "mutation {n}: {text}");
        match by_definition {
            true => canonical += 1,
            false => other += 1,
        }
    }
    for depth in 0..40 {
        let bytes = "[".repeat(depth) + "1" + &"]".repeat(depth);
        assert_eq!(check(bytes.as_bytes()).is_ok(), depth <= MAX_DEPTH);
        assert_eq!(
            is_canonical_by_definition(bytes.as_bytes()),
            depth <= MAX_DEPTH
        );
    }
    println!(
        "canonical form: seed {SEED:#x}, {canonical} texts canonical and {other} not, by both"
    );
    assert!(canonical > 10_000 && other > 10_000);
}
