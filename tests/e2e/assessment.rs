//! What the panel says a ticket needs, and what becomes of that when the ticket changes.

use sandbox::{Edit, NewIssue};

use crate::panel::Answer;
use crate::world::World;

fn assert_says(page: &Answer, words: &[&str]) {
    for words in words {
        assert!(
            page.body.contains(words),
            "the panel lacks {words:?}: {}",
            page.body
        );
    }
}

async fn shown(summary: &str, description: &str) -> (World, Answer) {
    let world = World::installed().await;
    let ticket = world.ticket(summary, description).await;
    let page = world.page("alice", &ticket.key).await;
    assert_eq!((page.status, page.state()), (200, "current"));
    world.check_ledger().await;
    (world, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_payment_needs_what_pci_dss_asks_for() {
    let (_world, page) = shown(
        "Add credit card payment to checkout flow",
        "Card data goes to an external payment API.",
    )
    .await;
    assert_says(
        &page,
        &[
            "PCI DSS",
            "SOC 2",
            "REQ-PAY-TOKENIZE",
            "REQ-ENC-AT-REST",
            "credit card</bdi>",
            "Copy for AI prompt",
        ],
    );
    assert!(!page.body.contains("HIPAA"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_booking_needs_what_hipaa_asks_for() {
    let (_world, page) = shown(
        "Add patient appointment booking system",
        "Patients schedule appointments online, view their medical history and upload documents.",
    )
    .await;
    assert_says(
        &page,
        &[
            "HIPAA Privacy",
            "HIPAA Security",
            "REQ-LOG-DATA-ACCESS",
            "REQ-ACC-ROLE-BASED",
        ],
    );
    assert!(!page.body.contains("PCI DSS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_eu_healthcare_needs_four_frameworks_each_requirement_once() {
    let (_world, page) = shown("Add international payment for EU healthcare providers", "").await;
    assert_says(
        &page,
        &[
            "PCI DSS",
            "HIPAA",
            "GDPR",
            "SOC 2",
            "REQ-PRIV-ERASURE",
            "REQ-PRIV-CONSENT",
        ],
    );
    for id in [
        "REQ-LOG-DATA-ACCESS",
        "REQ-ACC-ROLE-BASED",
        "REQ-PAY-TOKENIZE",
    ] {
        assert_eq!(
            page.body.matches(&format!("<li id=\"{id}\"")).count(),
            1,
            "{id}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_ticket_is_a_part_of_counts_and_is_not_shown() {
    let world = World::installed().await;
    let jira = world.jira().world();
    let parent = world
        .ticket("Patients see their medical records in Lübeck", "")
        .await
        .key;
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Show the appointment".to_owned(),
        parent: Some(parent.clone()),
        ..NewIssue::default()
    };
    let part = jira.create_issue("ben", new).unwrap().key;
    world.quiet().await;
    let page = world.page("alice", &part).await;
    assert_says(&page, &["HIPAA", "REQ-LOG-DATA-ACCESS"]);
    assert!(!page.body.contains("Lübeck"), "{}", page.body);

    // A parent tells nobody that it changed: its part is looked at once it changes itself.
    let renamed = sandbox::Edit {
        summary: Some("Tidy up".to_owned()),
        ..sandbox::Edit::default()
    };
    jira.edit_issue("ben", &parent, renamed).unwrap();
    let page = world.page("alice", &part).await;
    assert!(!page.body.contains("was edited"), "{}", page.body);
    let edited = sandbox::Edit {
        description: Some("As a list.".to_owned()),
        ..sandbox::Edit::default()
    };
    jira.edit_issue("ben", &part, edited).unwrap();
    world.quiet().await;
    let page = world.page("alice", &part).await;
    assert!(!page.body.contains("HIPAA"), "{}", page.body);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_ticket_needs_nothing() {
    let (_world, page) = shown("Fix typo on the about page", "").await;
    assert_says(&page, &["No security requirements found"]);
    assert!(!page.body.contains("<li id=\"REQ-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_shown_as_text() {
    let (_world, page) = shown(
        "Pay by card <script>alert(1)</script>",
        "The credit card \"><img src=x onerror=alert(2)> {{verdict}} number is stored.",
    )
    .await;
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<img"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("unsafe-inline"), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_appends_nothing_and_a_preview_is_recorded_on_demand() {
    let world = World::installed().await;
    let facts = world.facts();
    let page = world.page("carla", "PAY-1").await;
    assert_eq!((page.state(), page.seen()), ("preview", None));
    let seat = world.sit("carla", "PAY-1").await;
    assert_eq!(seat.look().await.state(), "preview");
    assert_eq!(world.facts(), facts);
    let body = Some(serde_json::json!({}));
    let answer = world.panel_call(&seat.token, "assess", body).await;
    assert_eq!((answer.status, answer.state()), (200, "current"));
    assert_eq!(world.facts().last().unwrap(), "TICKET_ASSESSED FIRST");
    world.quiet().await;
    assert!(
        world
            .jira()
            .world()
            .properties("PAY-1")
            .unwrap()
            .contains_key("countersign")
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn less_risk_is_an_entry_and_so_is_an_edit_that_changes_nothing() {
    let world = World::installed().await;
    let ticket = world
        .ticket(
            "Pay by card",
            "We store the credit card number and the patient's diagnosis.",
        )
        .await;
    world.decide("carla", &ticket.key, "APPROVED", "").await;
    for description in [
        "We store the credit card number.",
        "We store the credit card number for a day.",
        "We store the credit card number and the patient's diagnosis.",
    ] {
        let edit = Edit {
            description: Some(description.to_owned()),
            ..Edit::default()
        };
        world
            .jira()
            .world()
            .edit_issue("ben", &ticket.key, edit)
            .unwrap();
        world.quiet().await;
    }
    assert_eq!(
        world.facts_about(ticket.id),
        [
            "TICKET_ASSESSED FIRST",
            "HUMAN_REVIEW APPROVED",
            "TICKET_ASSESSED LOWERED",
            "APPROVAL_STALE CONTENT_CHANGED",
            "TICKET_ASSESSED CONFIRMED",
            "TICKET_ASSESSED RAISED",
        ]
    );
    let page = world.page("carla", &ticket.key).await;
    assert_eq!(page.approval(), "STALE");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ordinary_work_and_our_own_labels_leave_an_approval_standing() {
    let world = World::installed().await;
    let ticket = world
        .ticket("Pay by card", "We store the credit card number.")
        .await;
    world.decide("carla", &ticket.key, "APPROVED", "").await;
    let size = world.entries().len();
    let jira = world.jira().world();
    let edits: [fn(&mut Edit); 3] = [
        |edit| edit.labels = Some(vec!["countersign-high".to_owned()]),
        |edit| edit.assignee = Some("alice".to_owned()),
        |edit| edit.labels = Some(Vec::new()),
    ];
    for change in edits {
        let mut edit = Edit::default();
        change(&mut edit);
        jira.edit_issue("ben", &ticket.key, edit).unwrap();
        world.quiet().await;
        assert_eq!(world.entries().len(), size);
    }
    jira.transition("alice", &ticket.key, "Done").unwrap();
    world.quiet().await;
    let since: Vec<String> = world.facts().split_off(size);
    assert_eq!(since, ["PERSON_REGISTERED", "TICKET_RESOLVED"]);
    assert_eq!(
        world.page("carla", &ticket.key).await.approval(),
        "APPROVED"
    );
    jira.add_attachment("ben", &ticket.key, "design.pdf", 1_000)
        .unwrap();
    world.quiet().await;
    assert_eq!(world.page("carla", &ticket.key).await.approval(), "STALE");
    world.check_ledger().await;
}

/// V:253-274: the organisation's own labels, and what it asks for.
#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_knows_its_tickets_by_its_own_labels() {
    let mut world = World::installed().await;
    let config = world.file("compliance-config.yml");
    let own = "frameworks:\n  pci_dss:\n    triggers: {labels: [shop]}\n    requirements:\n    - tokenization: required\n";
    std::fs::write(&config, own).unwrap();
    world.stop().await;
    let path = config.display().to_string();
    world
        .start_with(&[("COUNTERSIGN_COMPLIANCE_CONFIG", &path)])
        .await;
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Nightly export".to_owned(),
        labels: vec!["shop".to_owned()],
        ..NewIssue::default()
    };
    let ticket = world.jira().world().create_issue("ben", new).unwrap();
    world.quiet().await;
    let page = world.page("alice", &ticket.key).await;
    assert_says(&page, &["PCI DSS", "REQ-PAY-TOKENIZE"]);
    world.check_ledger().await;

    std::fs::write(&config, "frameworks:\n  bank: {}\n").unwrap();
    let settings = [("COUNTERSIGN_COMPLIANCE_CONFIG", path.as_str())];
    world.stop().await;
    let ended = world.operate(&[], &settings);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(
        said.contains("COUNTERSIGN_COMPLIANCE_CONFIG")
            && said.contains(":2:3: no framework of the catalog is called `bank`"),
        "{said}"
    );
}
