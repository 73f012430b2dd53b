//! RFC 6962: hashes, roots, and the probes of inclusion and consistency proofs.

use ledger::Hash;
use ledger::proof::{verify_consistency, verify_inclusion};
use ledger::tile::row_root;
use ledger::tree::Frontier;
use serde_json::Value;

use crate::{hash, hashes, hex, list, text, texts, vectors};

#[test]
fn the_tree_of_eight_leaves_has_the_published_hashes() {
    let Some(file) = vectors("rfc6962_tree8.json") else {
        return;
    };
    let leaves: Vec<Hash> = texts(&file["leaf_inputs_hex"])
        .into_iter()
        .map(|input| Hash::leaf(&hex(input)))
        .collect();
    let mut nodes = 0;
    for (level, row) in list(&file["node_hashes_hex_by_level"]).iter().enumerate() {
        for (index, want) in texts(row).into_iter().enumerate() {
            let under = &leaves[index << level..(index + 1) << level];
            assert_eq!(row_root(under).to_string(), want, "level {level}, {index}");
            nodes += 1;
        }
    }
    let roots = texts(&file["root_hash_hex_by_size"]);
    for (size, want) in roots.iter().enumerate() {
        let mut tree = Frontier::empty();
        leaves[..size].iter().for_each(|leaf| tree.push(*leaf));
        assert_eq!(tree.root().to_string(), *want, "size {size}");
    }
    let (mut hashed, mut inexpressible) = (0, 0);
    for case in list(&file["hasher"]) {
        let got = match text(&case["op"]) {
            "empty" => Frontier::empty().root(),
            "leaf" => Hash::leaf(&hex(text(&case["data_hex"]))),
            _ => {
                inexpressible += 1;
                continue;
            }
        };
        assert_eq!(got.to_string(), text(&case["want"]));
        hashed += 1;
    }
    assert_eq!((nodes, roots.len(), hashed), (15, 9, 3));
    println!(
        "rfc6962_tree8.json: {nodes} nodes, {} roots, {hashed} hashes; not run: {inexpressible} node over \
         children that are not hashes (no such `Hash` can be made), 3 accumulators (they concern subtrees of \
         another draft, not plain trees)",
        roots.len()
    );
}

struct Tally {
    held: usize,
    refused: usize,
    without_form: usize,
}

/// Runs probes; `verify` gives nothing where a root or hash of the probe is not 32 bytes long.
fn probe(file: &Value, verify: impl Fn(&Value) -> Option<bool>) -> Tally {
    let mut tally = Tally {
        held: 0,
        refused: 0,
        without_form: 0,
    };
    for probe in list(&file["probes"]) {
        let must_fail = probe["wantErr"].as_bool().unwrap();
        match verify(probe) {
            Some(holds) => assert_eq!(holds, !must_fail, "{}", probe["name"]),
            None => tally.without_form += 1,
        }
        match must_fail {
            true => tally.refused += 1,
            false => tally.held += 1,
        }
    }
    tally
}

#[test]
fn inclusion_probes_are_judged_as_published() {
    let Some(file) = vectors("merkle_inclusion_probes.json") else {
        return;
    };
    let tally = probe(&file, |probe| {
        let holds = verify_inclusion(
            &hash(&probe["leafHash"])?,
            probe["leafIdx"].as_u64()?,
            probe["treeSize"].as_u64()?,
            &hashes(&probe["proof"])?,
            &hash(&probe["root"])?,
        );
        Some(holds.is_ok())
    });
    assert_eq!((tally.held, tally.refused), (6, 92));
    println!(
        "merkle_inclusion_probes.json: {} hold, {} refused, {} of these since a hash is not 32 bytes",
        tally.held, tally.refused, tally.without_form
    );
}

#[test]
fn consistency_probes_are_judged_as_published() {
    let Some(file) = vectors("merkle_consistency_probes.json") else {
        return;
    };
    let short_root = "additional/sizes-are-equal-one-and-proof-is-empty";
    let mut differing = 0;
    let tally = probe(&file, |probe| {
        let holds = verify_consistency(
            probe["size1"].as_u64()?,
            probe["size2"].as_u64()?,
            &hash(&probe["root1"])?,
            &hash(&probe["root2"])?,
            &hashes(&probe["proof"])?,
        );
        Some(holds.is_ok())
    });
    for probe in list(&file["probes"]) {
        let holds_elsewhere = !probe["wantErr"].as_bool().unwrap();
        if holds_elsewhere && hash(&probe["root1"]).is_none() {
            assert_eq!(text(&probe["name"]), short_root);
            differing += 1;
        }
    }
    assert_eq!((tally.held, tally.refused, differing), (6, 92, 1));
    println!(
        "merkle_consistency_probes.json: {} hold, {differing} that holds elsewhere is refused (a root of 12 \
         bytes), {} refused; {} have a hash that is not 32 bytes",
        tally.held - differing,
        tally.refused,
        tally.without_form
    );
}
