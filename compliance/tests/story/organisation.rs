//! An organisation's own `compliance-config.yml` (V:253-274).

use compliance::{Catalog, CatalogError, Switch, Switches, assess};
use record::facts::TicketSnapshot;

use crate::ticket::{described, frameworks, requirement, ticket};

/// V:253-274, with the indentation that the source lost.
const CONFIG: &str = "\
frameworks:
  pci_dss:
    triggers:
      keywords: [payment, credit card, billing, checkout]
      components: [payments, billing]
      labels: [commerce, shop]
    requirements:
      - password_hashing: bcrypt_12_rounds
      - encryption: aes_256
      - no_card_storage: true
      - tokenization: required
  hipaa:
    triggers:
      keywords: [patient, medical, health, diagnosis, phi]
      components: [healthcare, patient-services]
      labels: [medical, health]
    requirements:
      - phi_encryption: aes_256
      - access_logging: all_phi_access
      - minimum_necessary: true
      - session_timeout: 900 # 15 minutes
";

fn organisation(config: &str) -> Result<(Catalog, Switches), CatalogError> {
    Catalog::for_organisation(Catalog::embedded_packs(), ("compliance-config.yml", config))
}

fn assessed(config: &str, ticket: &TicketSnapshot) -> compliance::Assessment {
    let (catalog, switches) = organisation(config).unwrap();
    assess(&catalog, &switches, ticket)
}

#[test]
fn v_253_274_keywords_components_and_labels_list_a_framework_with_its_requirements() {
    let mut labelled = ticket("Nightly export");
    labelled.labels = vec!["Shop".to_owned()];
    let mut component = ticket("Nightly export");
    component.components = vec!["Payments".to_owned()];
    for named in [ticket("Billing page"), labelled, component] {
        let assessment = assessed(CONFIG, &named);
        assert_eq!(frameworks(&assessment), ["pci_dss"], "{}", named.summary);
        let hash = requirement(&assessment, "REQ-ACC-PASSWORD-HASH");
        assert!(hash.statement.contains("12 rounds"), "{}", hash.statement);
        for id in ["REQ-ENC-AT-REST", "REQ-PAY-SCOPE", "REQ-PAY-TOKENIZE"] {
            requirement(&assessment, id);
        }
    }
    let mut patients = ticket("Nightly export");
    patients.components = vec!["patient-services".to_owned()];
    let assessment = assessed(CONFIG, &patients);
    for id in ["hipaa_privacy", "hipaa_security"] {
        assert!(frameworks(&assessment).contains(&id), "{id}");
    }
    let idle = requirement(&assessment, "REQ-ACC-SESSION-TIMEOUT");
    assert!(idle.statement.contains("15 minutes"), "{}", idle.statement);
    for id in [
        "REQ-ENC-AT-REST",
        "REQ-LOG-DATA-ACCESS",
        "REQ-ACC-MINIMUM-NECESSARY",
    ] {
        requirement(&assessment, id);
    }
    let nothing = assessed(CONFIG, &ticket("Nightly export"));
    assert!(nothing.frameworks.is_empty() && nothing.requirements.requirements.is_empty());
}

#[test]
fn an_organisation_narrows_switches_off_and_overrides() {
    let pay = described("Pay by card", "Take payments by credit card.");
    let narrowed = "frameworks:\n  pci_dss:\n    triggers: {keywords: [acquirer], only: true}\n";
    assert!(!frameworks(&assessed(narrowed, &pay)).contains(&"pci_dss"));
    let named = described("Pay by card", "Ask the acquirer.");
    assert!(frameworks(&assessed(narrowed, &named)).contains(&"pci_dss"));
    let off = "frameworks:\n  pci_dss: {applies: off}\nothers: off\n";
    assert!(assessed(off, &pay).frameworks.is_empty());
    let (_, switches) = organisation(off).unwrap();
    assert_eq!(switches.of(&"soc2".parse().unwrap()), Switch::Off);
    let smaller = "frameworks:\n  pci_dss:\n    requirements:\n    - REQ-FILE-SIZE: {size: 5}\n    - tokenization: false\n";
    let assessment = assessed(smaller, &pay);
    let size = requirement(&assessment, "REQ-FILE-SIZE");
    assert!(size.statement.contains("5 MB"), "{}", size.statement);
    assert!(assessment.requirements.get("REQ-PAY-TOKENIZE").is_none());
}

#[test]
fn a_keyword_and_a_label_are_read_as_a_ticket_is() {
    let keywords = "Zahlungsempfa\u{308}nger, ＦＵＬＬ, Kon\u{ad}to, PayDesk, dora the explorer";
    let config = format!(
        "frameworks:\n  dora:\n    triggers: {{keywords: [{keywords}], labels: [Scho\u{308}n], only: true}}\n"
    );
    for summary in [
        "Der Zahlungsempf\u{e4}nger fehlt",
        "Read it in full",
        "Das Konto",
        "Open the paydesk",
        "Open the PayDesk",
        "Dora the explorer",
    ] {
        let assessment = assessed(&config, &ticket(summary));
        assert!(frameworks(&assessment).contains(&"dora"), "{summary}");
    }
    let mut labelled = ticket("Nightly export");
    labelled.labels = vec!["sch\u{f6}n".to_owned()];
    assert!(frameworks(&assessed(&config, &labelled)).contains(&"dora"));
    let named = described("DORA", "Digital operational resilience act");
    assert!(
        !frameworks(&assessed(&config, &named)).contains(&"dora"),
        "only our own words"
    );
}

#[test]
fn what_is_off_changes_nothing_and_of_two_values_the_stricter_counts() {
    let pay = described("Pay by card", "Take payments by credit card.");
    let off =
        "frameworks:\n  hipaa: {applies: off, requirements: [{encryption: off}]}\n  pci_dss: {}\n";
    requirement(&assessed(off, &pay), "REQ-ENC-AT-REST");
    let erasure = "frameworks:\n  soc2: {requirements: [{REQ-PRIV-ERASURE: false}, {REQ-LOG-RETENTION: false}]}\n";
    assert!(
        organisation(erasure).is_ok(),
        "a conflict goes with what it is about"
    );
    for order in [[14, 10], [10, 14]] {
        let both = format!(
            "frameworks:\n  pci_dss: {{requirements: [password_hashing: {}]}}\n  hipaa: {{requirements: [password_hashing: {}]}}\n",
            order[0], order[1]
        );
        let assessment = assessed(&both, &pay);
        let hash = requirement(&assessment, "REQ-ACC-PASSWORD-HASH");
        assert!(hash.statement.contains("14 rounds"), "{}", hash.statement);
    }
    let named = "frameworks:\n  hipaa_privacy: {applies: off}\n  hipaa: {}\n";
    let (_, switches) = organisation(named).unwrap();
    assert_eq!(switches.of(&"hipaa_privacy".parse().unwrap()), Switch::Off);
    assert_eq!(
        switches.of(&"hipaa_security".parse().unwrap()),
        Switch::Applies
    );
}

#[test]
fn two_organisations_have_two_versions() {
    let (one, _) = organisation(CONFIG).unwrap();
    let (other, _) = organisation("frameworks: {}").unwrap();
    assert_ne!(one.version(), other.version());
    assert_ne!(one.version(), Catalog::embedded().version());
}

#[test]
fn what_cannot_be_understood_is_told_with_line_and_column() {
    for (config, told) in [
        ("frameworks:\n  bank: {}\n", ":2:3: no framework"),
        (
            "frameworks:\n  sox:\n    requirements:\n    - hashing: yes\n",
            ":4:7: `hashing` is no requirement: give an id such as REQ-ENC-AT-REST, or one of password_hashing",
        ),
        (
            "frameworks:\n  sox:\n    requirements:\n    - encryption: rot13\n",
            ":4:7: what is said of `encryption` is not understood",
        ),
        (
            "frameworks:\n  sox:\n    requirements:\n    - REQ-NOT-THERE: true\n",
            ":4:7: `REQ-NOT-THERE` is not in the catalog",
        ),
        (
            "frameworks:\n  sox:\n    triggers: {keywords: ['!']}\n",
            ":3:27: a keyword is one phrase with at least one letter",
        ),
        (
            "frameworks:\n  sox:\n    triggers: {keywords: [a b c d e f g h i j k l m n o p q]}\n",
            ":3:27: a keyword has at most 16 words",
        ),
        (
            "frameworks:\n  sox:\n    triggers: {only: true}\n",
            ":2:3: `only` without a keyword",
        ),
        (
            "frameworks:\n  sox:\n    requirements:\n    - password_hashing: 0\n",
            ":4:7: `password_hashing`: a number from 1 to 1000000 is expected",
        ),
        (
            "frameworks:\n  sox:\n    requirements:\n    - REQ-FILE-SIZE: {size: 1000001}\n",
            ":4:7: `REQ-FILE-SIZE`: a number from 1 to 1000000 is expected",
        ),
        (
            "frameworks:\n  sox: {requirements: [encryption: off]}\n  gdpr: {requirements: [encryption: aes_256]}\n",
            "REQ-ENC-AT-REST is asked for and switched off in one file",
        ),
        (
            "frameworks:\n  sox: {triggers: {words: []}}\n",
            "compliance-config.yml: ",
        ),
        ("- frameworks", "compliance-config.yml: "),
        (
            "frameworks: {sox: {applies: perhaps}}",
            "compliance-config.yml: ",
        ),
        ("a: &a [x]\nb: *a\n", "compliance-config.yml: "),
    ] {
        let Err(error) = organisation(config) else {
            panic!("{config}");
        };
        let said = error.to_string();
        assert!(said.contains(told), "{config}: {said}");
        if told.ends_with("yml: ") {
            assert!(said.contains("line"), "{said}");
        }
    }
}

#[test]
fn a_bomb_of_aliases_is_refused_in_no_time() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![before; 9].join(","));
    }
    let begin = std::time::Instant::now();
    assert!(organisation(&bomb).is_err());
    assert!(begin.elapsed() < std::time::Duration::from_secs(10));
}
