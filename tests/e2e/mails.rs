//! Mails: a mailbox is told in words what matters, at most once a minute, until the mail server takes it. Nothing that
//! people wrote and nobody's name leaves with them.

use record::entries::Scope;
use serde_json::{Value, json};
use store::FeedPosition;

use crate::api::Program;
use crate::mailbox::Mailbox;
use crate::world::World;

const SCOPES: [Scope; 3] = [Scope::FeedsWrite, Scope::EventsRead, Scope::LedgerRead];
const RISKY: &str = "Customers pay by credit card and patients upload medical records.";

/// A site with the app, and a server that sends mails.
async fn with_mails() -> (World, Mailbox) {
    let mut world = World::without_server(1).await;
    let (mailbox, address) = Mailbox::listening();
    let settings = [
        ("COUNTERSIGN_SMTP_URL", address.as_str()),
        ("COUNTERSIGN_SMTP_FROM", "countersign@server.test"),
    ];
    world.start_with(&settings).await;
    world.install(0).await;
    (world, mailbox)
}

async fn desk(world: &World) -> Program<'_> {
    world.program_of(world.tenant(0).await, &SCOPES).await
}

/// Sets a feed up whose first minute is over.
async fn add(world: &World, program: &Program<'_>, body: &Value) -> Value {
    let answer = program.post("/v1/feeds", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let made = answer.json();
    a_minute_later(world, &made).await;
    made
}

async fn feed(program: &Program<'_>) -> Value {
    let answer = program.get("/v1/feeds").await;
    assert!(!answer.body.contains("security"), "{}", answer.body);
    answer.json()["feeds"][0].clone()
}

async fn arrived(world: &World, mailbox: &Mailbox, count: usize) {
    world
        .until("the mails to come", async || mailbox.all().len() == count)
        .await;
}

/// As if the minute were over.
async fn a_minute_later(world: &World, feed: &Value) {
    keep(world, feed, position_of(feed)).await;
}

fn position_of(feed: &Value) -> FeedPosition {
    FeedPosition {
        next: feed["next"].as_u64().unwrap(),
        ..FeedPosition::default()
    }
}

async fn keep(world: &World, feed: &Value, position: FeedPosition) {
    let id = feed["id"].as_str().unwrap().parse().unwrap();
    let store = world.server.as_ref().unwrap().casework().store().clone();
    let tenant = world.tenant(0).await;
    let kept = store.queue(&tenant, move |tx| tx.keep_feed_position(&id, &position));
    kept.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn v_386_a_mailbox_hears_in_words_of_what_matters() {
    let (world, mailbox) = with_mails().await;
    let program = desk(&world).await;
    let made = add(
        &world,
        &program,
        &json!({ "url": "mailto:security@acme.test" }),
    )
    .await;
    assert_eq!(
        (
            &made["form"],
            &made["least"],
            &made["host"],
            &made["secret"]
        ),
        (
            &json!("EMAIL"),
            &json!("HIGH"),
            &json!("acme.test"),
            &Value::Null
        )
    );
    world
        .ticket("Increase button padding", "Four pixels more.")
        .await;
    let key = world.ticket("Pay for treatment", RISKY).await.key;
    arrived(&world, &mailbox, 1).await;
    let mail = mailbox.all().remove(0);
    let page = format!("{}/browse/{key}", world.jira().local_url());
    for part in [
        "MAIL FROM:<countersign@server.test>",
        "RCPT TO:<security@acme.test>",
        "Auto-Submitted: auto-generated",
        &format!("Subject: Countersign: {key}: Assessed: HIGH, risk"),
        &page,
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    for hidden in ["Increase", "treatment", "patients", "Ben", "Carla"] {
        assert!(!mail.contains(hidden), "{hidden}: {mail}");
    }

    let [second, third] = [
        world.ticket("Pay again", RISKY).await.key,
        world.ticket("Pay once more", RISKY).await.key,
    ];
    world.quiet().await;
    a_minute_later(&world, &feed(&program).await).await;
    arrived(&world, &mailbox, 2).await;
    let mail = mailbox.all().remove(1);
    for part in [
        "Subject: Countersign: 2 entries, up to HIGH",
        &second,
        &third,
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    assert!(!mail.contains(&key), "{mail}");
    let bytes = world.in_hex("bytes");
    let address: String = "security@".bytes().map(|b| format!("{b:02x}")).collect();
    let lines = world.lines(&format!("SELECT {bytes} AS line FROM entries"));
    let is_clear = |line: &String| !line.to_lowercase().contains(&address);
    assert!(lines.iter().all(is_clear));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mail_is_sent_within_a_minute_of_another_or_of_the_beginning() {
    let (world, mailbox) = with_mails().await;
    let program = desk(&world).await;
    let body = json!({ "url": "mailto:audit@acme.test", "least": "INFO", "from": 0 });
    assert_eq!(program.post("/v1/feeds", &body).await.status, 201);
    add(
        &world,
        &program,
        &json!({ "url": "mailto:security@acme.test" }),
    )
    .await;
    world.ticket("Pay for treatment", RISKY).await;
    arrived(&world, &mailbox, 1).await;
    world.ticket("Pay again", RISKY).await;
    world.quiet().await;
    // Long enough for the feeds to be looked through several times.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(mailbox.all().len(), 1);
    let size = program.get("/v1/ledger").await.json()["size"].clone();
    let answer = program.get("/v1/feeds").await.json();
    for waiting in answer["feeds"].as_array().unwrap() {
        assert!(waiting["next"].as_u64() < size.as_u64(), "{waiting}");
        assert_eq!(waiting["failed"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_matters_most_is_told_first_and_what_is_damaged_hides_nothing() {
    let (world, mailbox) = with_mails().await;
    for n in 0..54 {
        world.ticket(&format!("Pay by card {n}"), RISKY).await;
    }
    world.quiet().await;
    let entries = world.entries().into_iter();
    let mut assessed = entries.filter(|entry| entry.kind == "TICKET_ASSESSED");
    let [altered, broken] = [assessed.nth(50), assessed.next()].map(|entry| entry.unwrap().seq);
    world.damage(altered, "leaf", "(SELECT leaf FROM entries WHERE seq = 0)");
    world.damage(broken, "bytes", "leaf");
    let program = desk(&world).await;
    let wanted =
        json!({ "url": "mailto:security@acme.test", "types": ["TICKET_ASSESSED"], "from": 0 });
    add(&world, &program, &wanted).await;
    arrived(&world, &mailbox, 1).await;
    let mail = mailbox.all().remove(0);
    let damage = format!("CRITICAL, position {altered}, {broken}");
    let (before, rest) = mail.split_once(&damage).unwrap();
    assert!(!before.contains("Assessed"), "{mail}");
    assert!(
        before.contains("does not read as it was recorded"),
        "{mail}"
    );
    assert!(
        before.contains("Subject: Countersign: 54 entries, up to CRITICAL"),
        "{mail}"
    );
    assert_eq!(rest.matches("Assessed: HIGH").count(), 50);
    assert!(rest.contains("And 2 more before position"), "{mail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mail_server_does_not_carry_is_told_in_brief() {
    let (world, mailbox) = with_mails().await;
    let program = desk(&world).await;
    mailbox.refuse_words_with(554);
    let made = add(
        &world,
        &program,
        &json!({ "url": "mailto:security@acme.test" }),
    )
    .await;
    let key = world.ticket("Pay for treatment", RISKY).await.key;
    world.quiet().await;
    let tried = FeedPosition {
        failed: 3,
        ..position_of(&feed(&program).await)
    };
    keep(&world, &made, tried).await;
    arrived(&world, &mailbox, 1).await;
    let mail = mailbox.all().remove(0);
    assert!(
        mail.contains("Subject: Countersign: 1 entry, up to HIGH"),
        "{mail}"
    );
    assert!(!mail.contains(&key), "{mail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_mail_server_refuses_is_sent_again() {
    let (world, mailbox) = with_mails().await;
    let program = desk(&world).await;
    mailbox.refuse_with(451);
    add(
        &world,
        &program,
        &json!({ "url": "mailto:security@acme.test" }),
    )
    .await;
    let key = world.ticket("Pay for treatment", RISKY).await.key;
    world
        .until("the refusal to be kept", async || {
            feed(&program).await["lastError"] == "It was answered with 451."
        })
        .await;
    assert_eq!(feed(&program).await["sentAt"], Value::Null);
    let examined = world.operate(&["doctor"], &[]);
    let said = String::from_utf8(examined.stderr).unwrap();
    if !world.database().is_postgres() {
        assert_eq!(examined.status.code(), Some(1));
        let waits = "to acme.test waits: It was answered with 451.";
        assert!(said.contains(waits), "{said}");
    }
    mailbox.refuse_with(0);
    arrived(&world, &mailbox, 1).await;
    assert!(mailbox.all()[0].contains(&key));
    world
        .until("the mail to be noted", async || {
            feed(&program).await["sentAt"].is_string()
        })
        .await;
    assert_eq!(feed(&program).await["lastError"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_past_comes_in_one_mail_that_says_how_much_more_there_is() {
    let (world, mailbox) = with_mails().await;
    for n in 0..60 {
        world.ticket(&format!("Pay by card {n}"), RISKY).await;
    }
    world.quiet().await;
    let program = desk(&world).await;
    let all = json!({ "url": "mailto:security@acme.test", "least": "INFO", "from": 0 });
    add(&world, &program, &all).await;
    arrived(&world, &mailbox, 1).await;
    let mail = mailbox.all().remove(0);
    let count = world.entries().len();
    assert!(count > 50);
    let head = format!("Subject: Countersign: {count} entries, up to HIGH");
    let more = format!("And {} more before position {count}", count - 50);
    assert!(mail.contains(&head) && mail.contains(&more), "{mail}");
    assert_eq!(mail.matches(", position ").count(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_mailbox_is_refused_and_so_is_any_where_no_mail_is_sent() {
    let (world, _) = with_mails().await;
    let program = desk(&world).await;
    let before = world.imprint();
    for (body, told) in [
        (json!({ "url": "mailto:security" }), "one mailbox"),
        (
            json!({ "url": "mailto:a@acme.test,b@acme.test" }),
            "one mailbox",
        ),
        (
            json!({ "url": "mailto:a@acme.test?bcc=b@acme.test" }),
            "one mailbox",
        ),
        (
            json!({ "url": "mailto:a@acme.test\r\nBcc: b@acme.test" }),
            "one mailbox",
        ),
        (
            json!({ "url": "mailto:a@acme.test", "form": "PLAIN" }),
            "EMAIL goes with a mailto: address",
        ),
        (
            json!({ "url": "https://acme.test/", "form": "EMAIL" }),
            "EMAIL goes with a mailto: address",
        ),
    ] {
        let answer = program.post("/v1/feeds", &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert!(answer.detail().contains(told), "{body}: {}", answer.body);
        assert!(!answer.body.contains("acme.test"), "{}", answer.body);
    }
    assert_eq!(world.imprint(), before);

    let world = World::installed().await;
    let program = desk(&world).await;
    let before = world.imprint();
    let body = json!({ "url": "mailto:security@acme.test" });
    let answer = program.post("/v1/feeds", &body).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(
        answer.detail().contains("COUNTERSIGN_SMTP_URL"),
        "{}",
        answer.body
    );
    assert_eq!(world.imprint(), before);
}
