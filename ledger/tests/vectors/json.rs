//! RFC 8785: what the ledger writes and admits of the published documents and numbers, and what it
//! refuses because it admits no `null`, no fraction and no integer beyond 2^53.

use ledger::Hash;
use ledger::canonical::{MAX_INTEGER, check, write};
use serde_json::{Map, Value};

use crate::{hex, list, text, texts, vectors};

fn is_admitted(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => number
            .as_i64()
            .is_some_and(|n| n.unsigned_abs() <= MAX_INTEGER),
        Value::Array(items) => items.iter().all(is_admitted),
        Value::Object(members) => members.values().all(is_admitted),
    }
}

#[test]
fn documents_are_written_as_published_or_refused() {
    let Some(file) = vectors("jcs.json") else {
        return;
    };
    let (mut written, mut admitted, mut refused) = (0, 0, 0);
    for case in list(&file["documents"]) {
        let input: Value = serde_json::from_str(text(&case["input"])).unwrap();
        let want = hex(text(&case["output_hex"]));
        let output: Value = serde_json::from_slice(&want).unwrap();
        assert_eq!(
            check(&want).is_ok(),
            is_admitted(&output),
            "{}",
            case["name"]
        );
        match (is_admitted(&input), is_admitted(&output)) {
            (true, _) => {
                assert_eq!(write(&input).unwrap(), want, "{}", case["name"]);
                written += 1;
            }
            (false, true) => {
                assert!(write(&input).is_err(), "{}", case["name"]);
                assert_eq!(write(&output).unwrap(), want, "{}", case["name"]);
                admitted += 1;
            }
            (false, false) => {
                assert!(write(&input).is_err(), "{}", case["name"]);
                refused += 1;
            }
        }
    }
    let sorted = texts(&file["key_sort_utf16"]["keys_sorted"]);
    let members: Map<String, Value> = sorted
        .iter()
        .rev()
        .map(|name| ((*name).to_owned(), true.into()))
        .collect();
    let want: Vec<String> = sorted
        .iter()
        .map(|name| format!("{}:true", Value::from(*name)))
        .collect();
    let bytes = write(&members).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        format!("{{{}}}", want.join(","))
    );
    let (rejects, traps) = (list(&file["must_reject"]), list(&file["policy_traps"]));
    for case in rejects.iter().chain(traps) {
        assert!(check(text(&case["input"]).as_bytes()).is_err(), "{case}");
    }
    for trap in traps {
        assert_eq!(check(text(&trap["jcs_output"]).as_bytes()), Ok(()));
    }
    assert_eq!((written, admitted, refused), (3, 1, 2));
    println!(
        "jcs.json, documents: {written} written as published, {admitted} refused as given (a whole number with a \
         fraction) and admitted as published, {refused} refused (null, fractions), {} names in order, {} texts refused, {} traps refused",
        sorted.len(),
        rejects.len(),
        traps.len()
    );
}

#[test]
fn numbers_are_written_as_published_or_refused() {
    let Some(file) = vectors("jcs.json") else {
        return;
    };
    let (mut admitted, mut refused) = (0, 0);
    let cases = list(&file["numbers_rfc8785_appendix_b"]);
    for case in cases {
        let bits = u64::from_str_radix(text(&case["ieee754_hex"]), 16).unwrap();
        let number = f64::from_bits(bits);
        assert!(write(&number).is_err(), "a float is refused even if whole");
        let Some(want) = case["want"].as_str() else {
            refused += 1;
            continue;
        };
        let whole = number.fract() == 0.0 && number.abs() <= MAX_INTEGER as f64;
        assert_eq!(check(want.as_bytes()).is_ok(), whole, "{want}");
        match whole {
            true => {
                let bytes = write(&(number as i64)).unwrap();
                assert_eq!(bytes, want.as_bytes());
                admitted += 1;
            }
            false => refused += 1,
        }
    }
    assert_eq!((admitted, refused), (4, 22));
    println!("jcs.json, numbers: {admitted} integers written as published, {refused} refused");
}

/// The published sequence of doubles: a list, then 2,000 from the smallest normal number on, then a chain of
/// SHA-256 values read as doubles.
fn sequence(file: &Value) -> impl Iterator<Item = u64> {
    let listed: Vec<u64> = texts(&file["number_sequence"]["static_ieee754_hex"])
        .into_iter()
        .map(|bits| u64::from_str_radix(bits, 16).unwrap())
        .collect();
    let mut link = [0; 32];
    let chain = std::iter::from_fn(move || {
        link = *Hash::of(&link).as_bytes();
        Some(link)
    });
    let chained = chain.flat_map(|link| {
        let words: Vec<u64> = link
            .chunks(8)
            .map(|word| u64::from_le_bytes(word.try_into().unwrap()))
            .collect();
        words
    });
    let usable = |bits: &u64| f64::from_bits(*bits) != 0.0 && f64::from_bits(*bits).is_finite();
    listed
        .into_iter()
        .chain((0..2000).map(|i| 0x0010_0000_0000_0000 + i))
        .chain(chained.filter(usable))
}

#[test]
fn of_the_published_number_sequence_only_small_integers_are_admitted() {
    let Some(file) = vectors("jcs.json") else {
        return;
    };
    let wanted = &list(&file["number_sequence"]["checksums"])[1];
    let count = wanted["lines"].as_u64().unwrap() as usize;
    let mut lines = String::new();
    let mut admitted = 0;
    for bits in sequence(&file).take(count) {
        let number = f64::from_bits(bits);
        let form = serde_json_canonicalizer::to_string(&number).unwrap();
        let whole = number.fract() == 0.0 && number.abs() <= MAX_INTEGER as f64;
        assert_eq!(check(form.as_bytes()).is_ok(), whole, "{form}");
        admitted += usize::from(whole);
        lines += &format!("{bits:x},{form}\n");
    }
    assert_eq!(lines.len() as u64, wanted["bytes"].as_u64().unwrap());
    assert_eq!(
        Hash::of(lines.as_bytes()).to_string(),
        text(&wanted["sha256"])
    );
    println!(
        "jcs.json, sequence: {count} numbers have the published form, {admitted} integers admitted, {} refused",
        count - admitted
    );
}
