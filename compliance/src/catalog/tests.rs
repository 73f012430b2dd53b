//! What the loader refuses, and what the embedded packs hold.

use super::*;
use crate::term::TermError;

fn with(replaced: &str, from: &str, to: &str) -> Result<Catalog, CatalogError> {
    let edited: Vec<(&str, String)> = embedded::PACKS
        .iter()
        .map(|(name, text)| {
            assert!(*name != replaced || text.contains(from), "{from}");
            (
                *name,
                if *name == replaced {
                    text.replacen(from, to, 1)
                } else {
                    (*text).to_owned()
                },
            )
        })
        .collect();
    Catalog::from_packs(
        &edited
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect::<Vec<_>>(),
    )
}

#[test]
fn the_embedded_packs_load() {
    let catalog = Catalog::from_packs(embedded::PACKS).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(catalog.indicators().len(), 17);
    let ids: Vec<_> = catalog
        .frameworks()
        .iter()
        .map(|framework| framework.id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "dora",
            "eu_ai_act",
            "gdpr",
            "hipaa_privacy",
            "hipaa_security",
            "iso27001",
            "nis2",
            "nist_800_53",
            "nist_ssdf",
            "owasp_asvs",
            "owasp_top10",
            "pci_dss",
            "pra_ss1_23",
            "soc2",
            "sox",
        ]
    );
    assert_eq!(catalog.packs().len(), embedded::PACKS.len());
    assert_eq!(catalog.version().len(), 64);
    println!(
        "terms: {}, requirements: {}",
        catalog.rules.roles.terms(),
        catalog.requirements.len()
    );
}

#[test]
fn every_pack_file_is_embedded() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog");
    let mut files = vec![];
    for folder in ["", "indicators", "requirements"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "yaml") {
                files.push(path.strip_prefix(&root).unwrap().display().to_string());
            }
        }
    }
    files.sort();
    let mut embedded: Vec<_> = embedded::PACKS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    embedded.sort();
    assert_eq!(files, embedded);
}

#[test]
fn any_changed_byte_changes_the_version() {
    let edited = with("sox.yaml", "title: SOX", "title: SOX ").unwrap();
    assert_ne!(edited.version(), Catalog::embedded().version());
}

#[test]
fn a_bad_term_is_refused_with_file_and_line() {
    let Err(CatalogError::Term {
        file,
        line,
        term,
        source,
    }) = with("sox.yaml", "\"icfr\"", "\"log|sign in\"")
    else {
        panic!("accepted");
    };
    assert_eq!(
        (file.as_str(), term.as_str(), source),
        ("sox.yaml", "log|sign in", TermError::BareAlternatives)
    );
    assert!(line > 10);
}

#[test]
fn a_term_that_stands_twice_is_refused() {
    let result = with("indicators/payment.yaml", "\"cvc\"", "\"refund|refunds\"");
    assert!(
        matches!(result, Err(CatalogError::Duplicate { line: 1.., .. })),
        "{result:?}"
    );
}

#[test]
fn a_control_that_no_framework_has_is_refused() {
    let result = with("requirements/encryption.yaml", "'3.5.1'", "'3.99'");
    assert!(matches!(result, Err(CatalogError::Unknown { what, .. }) if what == "pci_dss 3.99"));
}

#[test]
fn a_slot_and_its_parameter_belong_together() {
    let undeclared = with("requirements/files.yaml", "above {size}", "above {weight}");
    assert!(
        matches!(undeclared, Err(CatalogError::Parameter { parameter, .. }) if parameter == "size")
    );
    let two = with(
        "requirements/files.yaml",
        "atMost: 10",
        "atMost: 10, atLeast: 3",
    );
    assert!(matches!(two, Err(CatalogError::Parameter { .. })));
    let unknown = with("requirements/files.yaml", "unit: MB", "units: MB");
    assert!(
        matches!(unknown, Err(CatalogError::Yaml { file, .. }) if file == "requirements/files.yaml")
    );
}

#[test]
fn a_line_of_the_lexicon_that_is_none_is_refused_by_its_number() {
    let (_, text) = embedded::PACKS
        .iter()
        .find(|(file, _)| *file == "lexicon.yaml")
        .unwrap();
    let head = text.lines().position(|line| line == "terms: |").unwrap();
    // Lines are counted from 1, and the first term stands in the one behind.
    let at = head + 2;
    let line = text.lines().nth(at - 1).unwrap();
    for broken in [
        "  no weights",
        "  zq zq: security",
        "  zq zq: security many",
        "  zq zq: security 1.5",
    ] {
        let refused = with("lexicon.yaml", line, broken).err();
        let Some(CatalogError::Yaml { message, .. }) = &refused else {
            panic!("{broken}: {refused:?}");
        };
        assert!(message.contains(&format!("line {at}:")), "{at}: {message}");
    }
    let unknown = with("lexicon.yaml", line, "  zq zq: safety 7").err();
    assert!(matches!(unknown, Some(CatalogError::Unknown { what, .. }) if what == "safety"));
    let twice = with("lexicon.yaml", line, &format!("{line}\n{line}")).err();
    assert!(
        matches!(twice, Some(CatalogError::Duplicate { line, .. }) if line == at as u64 + 1),
        "{at}: {twice:?}"
    );
}
