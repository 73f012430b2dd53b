//! Texts near to entries. A third is mended into canonical form again, so that what is behind the form is
//! reached too.

use ledger::entry::Draft;
use ledger::{Actor, ActorKind, Entry, Hash, Origin};
use serde_json::{Map, Value, json};
use ulid::Ulid;

use crate::random::Random;

/// A few entries, different in all that the reader looks at.
pub(crate) fn entries() -> Vec<Vec<u8>> {
    let payloads = [
        json!({"n": 1}),
        json!({"_sd": ["MA2jabfnYQCtiV0aq3wUGyIcsgqYYOhRE8UYDPlCXwA", "\n\u{1}é"], "_sd_alg": "sha-256",
            "nested": {"_sd": ["not looked for"], "a": [1, {"b": [true, false]}, "x"]}, "version": 1}),
        json!({"_sd": "no list", "😂": -9_007_199_254_740_992_i64, "\u{fb33}": "\"\\/ \u{7f}\u{2028}"}),
        json!({"_sd": [1, ["in it"], "one", {}, "two"], "é": {}, "": []}),
        json!({"deep": [[[[[[[[[[[[1]]]]]]]]]]]]}),
    ];
    let origins = ["countersign/a", "countersign/ten_01K9", "a\"b\\c"];
    let kinds = [ActorKind::ApiKey, ActorKind::Person, ActorKind::System];
    let mut entries = Vec::new();
    for (n, payload) in payloads.into_iter().enumerate() {
        let origin: Origin = origins[n % 3].parse().unwrap();
        let seq = n as u64 * 255;
        let draft = Draft {
            id: format!("evt_{}", Ulid(u128::MAX / (n as u128 + 1))),
            idem: Hash::of(b"idem"),
            at: "2028-02-29T23:59:59.999Z".to_owned(),
            kind: "CONFIG_CHANGE".to_owned(),
            source: "API".to_owned(),
            severity: ["INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"][n].to_owned(),
            subject: "ticket/site_1:a.b-C/10042".to_owned(),
            actor: Actor {
                id: "person/7f3a".to_owned(),
                kind: kinds[n % 3],
            },
            payload: payload.as_object().unwrap().clone(),
        };
        let prev = match seq {
            0 => Hash::NONE,
            _ => Hash::of(b"prev"),
        };
        entries.push(Entry::seal(draft, &origin, seq, prev).unwrap().1);
    }
    entries
}

/// An endless row of them, the same in every run.
pub(crate) struct Mutants {
    random: Random,
    entries: Vec<Vec<u8>>,
}

impl Mutants {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self {
            random: Random::from_seed(seed),
            entries: entries(),
        }
    }

    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.entries[self.random.below(self.entries.len())].clone();
        if self.random.below(2) == 0 {
            bytes = self.with_another_member(&bytes);
        }
        for _ in 0..self.random.below(3) {
            self.change(&mut bytes);
        }
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(value) if self.random.below(3) == 0 => {
                serde_json_canonicalizer::to_vec(&value).unwrap()
            }
            _ => bytes,
        }
    }

    /// A member is another value, goes, comes, or gets another name.
    fn with_another_member(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut members: Map<String, Value> = serde_json::from_slice(bytes).unwrap();
        let within = ["actor", "payload"];
        let members = match self.random.below(4) {
            0 => &mut members,
            1 => members[self.random.one_of(&within)]
                .as_object_mut()
                .unwrap(),
            _ => &mut members,
        };
        let names: Vec<String> = members.keys().cloned().collect();
        let name = &names[self.random.below(names.len())];
        match self.random.below(10) {
            0 => drop(members.remove(name)),
            1 => drop(members.insert(self.random.one_of(&NAMES).to_owned(), json!(1))),
            2 => {
                let value = members.remove(name).unwrap();
                members.insert(self.random.one_of(&NAMES).to_owned(), value);
            }
            _ => drop(members.insert(name.clone(), self.value())),
        }
        serde_json_canonicalizer::to_vec(members).unwrap()
    }

    fn value(&mut self) -> Value {
        match self.random.below(3) {
            0 => self.random.one_of(&TEXTS).into(),
            1 => self.random.one_of(&TEXTS).replacen('0', "9", 1).into(),
            _ => match self.random.below(8) {
                0 => json!(0),
                1 => json!(-1),
                2 => json!(9_007_199_254_740_992_u64),
                3 => json!(2),
                4 => json!({}),
                5 => json!(["per/1", "SYSTEM"]),
                6 => json!({"id": "x", "kind": "SYSTEM"}),
                _ => json!(true),
            },
        }
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.random.below(bytes.len().max(1)).min(bytes.len());
        match self.random.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.random.below(8),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.insert(at, self.random.one_of(b"{}[],:\"\\ 019-+.eEun\n\x00\xc3")),
            3 => drop(bytes.splice(at..at, self.random.one_of(&PIECES).bytes())),
            4 => {
                let to = (at + self.random.below(12)).min(bytes.len());
                let piece = bytes[at..to].to_vec();
                drop(bytes.splice(at..at, piece));
            }
            _ if self.random.below(4) == 0 => bytes.truncate(at),
            _ => self.token(bytes, at),
        }
    }

    /// Puts another token in the place of the next one that begins a value.
    fn token(&mut self, bytes: &mut Vec<u8>, from: usize) {
        let colon = bytes[from..].iter().position(|byte| *byte == b':');
        if let Some(colon) = colon {
            let at = from + colon + 1;
            let end = bytes[at..].iter().position(|byte| b",}".contains(byte));
            let end = at + end.unwrap_or_default();
            drop(bytes.splice(at..end, self.random.one_of(&PIECES).bytes()));
        }
    }
}

const NAMES: [&str; 8] = ["actor", "w", "_sd", "a\n", "id", "kind", "é", "type"];

const TEXTS: [&str; 20] = [
    "",
    "INFO",
    "CONFIG_CHANGE",
    "a b",
    "é",
    "2026-02-29T00:00:00.000Z",
    "2026-12-31T23:59:59.999Z",
    "2026-12-31T24:00:00.000Z",
    "0000-01-01T00:00:00.000Z",
    "evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "evt_8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "evt_0000000000000000000000000I",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "00000000000000000000000000000000000000000000000000000000000000AB",
    "countersign/b",
    "a+b",
    "\"",
    "\\",
    "\u{1}",
    "SYSTEM",
];

const PIECES: [&str; 22] = [
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
    "01",
    "1.0",
    "9007199254740992",
    "9007199254740993",
    "[[[[[[[[[[[[[[[[[",
    "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",
    "\"a\":true,",
    "\u{fb33}",
    "😂",
    "\"v\":1,",
    "{}",
    "true",
];
