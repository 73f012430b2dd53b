//! The registration ticket (V:78-92).

use compliance::requirement_set::{Origin, Value};

use crate::ticket::{assessed, controls, frameworks, requirement, suggested, ticket};

/// V:84-91.
#[test]
fn user_registration_gets_the_whole_set() {
    let assessment = assessed(&ticket("Add user registration endpoint"));
    assert_eq!(suggested(&assessment), ["authn"]);
    assert_eq!(frameworks(&assessment), ["gdpr", "soc2"]);
    let hash = requirement(&assessment, "REQ-ACC-PASSWORD-HASH");
    assert!(hash.statement.contains("bcrypt") && hash.statement.contains("12 rounds"));
    assert!(
        requirement(&assessment, "REQ-ACC-PASSWORD-STRENGTH")
            .statement
            .contains("12 characters")
    );
    let email = requirement(&assessment, "REQ-ACC-EMAIL-VERIFICATION");
    assert!(email.statement.contains("format") && email.statement.contains("confirmed"));
    requirement(&assessment, "REQ-INT-PARAMETERIZED-QUERIES");
    let limit = requirement(&assessment, "REQ-ACC-RATE-LIMIT");
    assert!(limit.statement.contains("5 attempts per minute"));
    assert_eq!(limit.parameters[0].origins, [Origin::Policy]);
    assert!(
        requirement(&assessment, "REQ-ACC-ADMIN-MFA")
            .statement
            .contains("dministrator")
    );
    let consent = requirement(&assessment, "REQ-PRIV-CONSENT");
    assert!(controls(consent).contains(&"gdpr Art. 7(1)".to_owned()));
    assert!(
        controls(requirement(&assessment, "REQ-LOG-AUTHENTICATION"))
            .contains(&"soc2 CC7.2".to_owned())
    );
}

/// Control ids have moved: 8.2.1 of 3.2.1 is 8.3.2 of 4.0.1, and only the accounts of staff are meant.
#[test]
fn password_hashing_cites_the_edition_in_force() {
    let consumers = assessed(&ticket("Add user registration endpoint"));
    assert!(
        !controls(requirement(&consumers, "REQ-ACC-PASSWORD-HASH"))
            .iter()
            .any(|it| it.starts_with("pci_dss"))
    );
    let staff = assessed(&ticket("Password login for card payment operators"));
    let hash = requirement(&staff, "REQ-ACC-PASSWORD-HASH");
    let pci = hash
        .frameworks
        .iter()
        .find(|source| source.framework.as_str() == "pci_dss")
        .unwrap();
    assert_eq!(
        (pci.version.as_str(), pci.controls[0].id.as_str()),
        ("4.0.1", "8.3.2")
    );
}

#[test]
fn an_ordinary_login_ticket_asks_for_no_email_verification() {
    let assessment = assessed(&ticket("Login page returns 500"));
    assert!(
        assessment
            .requirements
            .get("REQ-ACC-EMAIL-VERIFICATION")
            .is_none()
    );
    assert!(!frameworks(&assessment).contains(&"gdpr"));
    let rotation = &assessed(&ticket("Rotate KMS keys yearly"));
    assert_eq!(
        requirement(rotation, "REQ-ENC-KEYS").parameters[0].value,
        Value::Number(365)
    );
}
