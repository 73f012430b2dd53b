//! What is kept stays: through sudden death, a new master key, and the wish to be forgotten. And what the
//! operator gets wrong is named.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use ledger::Verdict;
use sandbox::{DeliveryState, EventKind};

use crate::world::World;

const EVERY_SECOND: (&str, &str) = ("COUNTERSIGN_CHECKPOINT_SECONDS", "1");

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_under_load_loses_nothing_it_acknowledged() {
    // Jira waits longer between its tries than a starved machine takes to judge and start again.
    let patient = sandbox::Config {
        retry_delay: Duration::from_secs(4),
        ..sandbox::Config::default()
    };
    let world = World::without_server_of(1, patient).await;
    let mut server = world.spawn(&[EVERY_SECOND]).await;
    world.install(0).await;
    let mut count = 0;
    for round in 0..5 {
        let moment = u64::from(store::random::<1>().unwrap()[0]) * 3;
        let kill_at = tokio::time::Instant::now() + Duration::from_millis(moment);
        while tokio::time::Instant::now() < kill_at {
            world.make(
                &format!("Pay by card {count}"),
                "The card number is stored.",
            );
            count += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.kill();
        let verdict = world.verdict().await;
        assert!(
            matches!(verdict, Some(Verdict::Verified | Verdict::Incomplete)),
            "killed in round {round} after {moment} ms: {verdict:?}"
        );
        server = world.spawn(&[EVERY_SECOND]).await;
    }
    world.quiet().await;
    let acknowledged: Vec<String> = world
        .jira()
        .deliveries()
        .into_iter()
        .filter(|told| {
            told.state == DeliveryState::Delivered && told.event == EventKind::IssueCreated
        })
        .filter_map(|told| told.issue)
        .collect();
    println!("{count} issues, {} acknowledged", acknowledged.len());
    let assessed = world.lines("SELECT ticket_key AS line FROM tickets");
    for key in &acknowledged {
        assert!(assessed.contains(key), "{key} was acknowledged and lost");
    }
    assert_eq!(
        acknowledged.len(),
        count,
        "Jira tried again what was not acknowledged"
    );
    assert_eq!(
        world
            .facts()
            .iter()
            .filter(|fact| *fact == "TICKET_ASSESSED FIRST")
            .count(),
        count
    );
    world
        .until("the next checkpoint", async || {
            world.verdict().await == Some(Verdict::Verified)
        })
        .await;
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_is_its_owners_alone() {
    let world = World::with_sites(1).await;
    let file = world.file("data/master.key");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ended = world.operate(&["doctor"], &[]);
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("COUNTERSIGN_MASTER_KEY_FILE"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_make_a_key_beside_what_another_key_sealed() {
    let mut world = World::installed().await;
    world.stop().await;
    let (file, away) = (world.file("data/master.key"), world.file("away"));
    std::fs::rename(&file, &away).unwrap();
    let ended = world.operate(&[], &[]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("COUNTERSIGN_MASTER_KEY_FILE"), "{said}");
    assert!(!file.exists());
    std::fs::rename(&away, &file).unwrap();
    world.start().await;
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_cannot_be_used_is_named() {
    let world = World::without_server(1).await;
    let file = world.file("a-file");
    std::fs::write(&file, "secret").unwrap();
    let file = file.display().to_string();
    let below_file = format!("sqlite:{file}/secret.sqlite");
    let occupied = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let occupied_at = occupied.local_addr().unwrap().to_string();
    let broken = [
        ("COUNTERSIGN_ADDRESS", ""),
        ("COUNTERSIGN_ADDRESS", "http://secret.example.com"),
        ("COUNTERSIGN_LISTEN", "secret"),
        ("COUNTERSIGN_LISTEN", occupied_at.as_str()),
        ("DATABASE_URL", "mysql://secret@host/x"),
        ("DATABASE_URL", below_file.as_str()),
        ("COUNTERSIGN_DATA", file.as_str()),
        ("COUNTERSIGN_MASTER_KEY_FILE", file.as_str()),
        ("COUNTERSIGN_MASTER_KEY_FILE", "/"),
        ("COUNTERSIGN_ALLOWED_HOSTS", "*"),
        ("COUNTERSIGN_INSTALL_KEYS", "secret"),
        ("COUNTERSIGN_CONNECT_JS", "javascript:secret"),
        ("COUNTERSIGN_CHECKPOINT_SECONDS", "0"),
        ("COUNTERSIGN_CHECKPOINT_SECONDS", "61"),
        ("COUNTERSIGN_WORKERS", "many"),
    ];
    for (setting, value) in broken {
        let ended = world.operate(&[], &[(setting, value)]);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{setting}={value}: {said}");
        assert!(said.contains(setting), "{setting}={value}: {said}");
        assert!(!said.contains("secret@"), "{setting}={value}: {said}");
        assert!(!said.contains("panicked"), "{setting}={value}: {said}");
    }
    println!("{} broken settings named", broken.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_master_key_opens_everything() {
    let mut world = World::installed().await;
    let before = world
        .ticket("Pay by card", "The card number is stored.")
        .await;
    world.decide("carla", &before.key, "APPROVED", "").await;
    world.stop().await;
    let file = world.file("data/master.key");
    let old = std::fs::read(&file).unwrap();
    let ended = world.operate(&["key", "replace"], &[]);
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert_ne!(std::fs::read(&file).unwrap(), old);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!world.file("data/master.key.next").exists());
    assert_eq!(world.facts().last().unwrap(), "SECRETS_RESEALED");

    world.start().await;
    let after = world
        .ticket("Pay by invoice", "The card number is stored.")
        .await;
    assert_eq!(world.facts_about(after.id), ["TICKET_ASSESSED FIRST"]);
    let answer = world.decide("carla", &after.key, "APPROVED", "").await;
    assert_eq!(answer.approval(), "APPROVED");
    world.check_ledger().await;

    world.stop().await;
    world.is_healthy();
    std::fs::write(&file, old).unwrap();
    assert_eq!(
        world.operate(&["doctor"], &[]).status.code(),
        Some(1),
        "the old key opens nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_is_named_no_more_and_the_ledger_says_so() {
    let mut world = World::installed_in_a_file().await;
    let ticket = world
        .ticket("Pay by card", "The card number is stored.")
        .await;
    world
        .decide("carla", &ticket.key, "APPROVED", "Tokens only: fine.")
        .await;
    let jira = world.jira().world();
    jira.add_comment("carla", &ticket.key, "I looked at it at home.")
        .unwrap();
    world.quiet().await;
    let line = world
        .lines("SELECT tenant || ' ' || id AS line FROM people")
        .remove(0);
    let (tenant, person) = line.split_once(' ').unwrap();
    let ended = world.operate(&["erase", "--tenant", tenant, "--person", person], &[]);
    // Account id, name, reason and comment.
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "4 values erased.\n");

    assert_eq!(
        world.facts().last().unwrap(),
        "PERSONAL_DATA_ERASED REQUEST"
    );
    assert_eq!(world.lines("SELECT id AS line FROM people"), [""; 0]);
    let page = world.page("ben", &ticket.key).await;
    assert_eq!(page.approval(), "APPROVED");
    for gone in ["Carla", "Tokens only"] {
        assert!(!page.body.contains(gone), "the panel shows {gone:?}");
    }
    world.check_ledger().await;
    world.stop().await;
    for end in ["", "-wal", "-shm"] {
        let file = world.file(&format!("countersign.sqlite{end}"));
        let name = file.display().to_string();
        let bytes = std::fs::read(file).unwrap_or_default();
        let account = sandbox::CARLA.as_bytes();
        assert!(
            !bytes.windows(account.len()).any(|window| window == account),
            "the account id still lies in {name}"
        );
    }
    world.start().await;
    let again = world
        .decide("carla", &ticket.key, "REJECTED", "Not any more.")
        .await;
    assert_eq!(again.approval(), "REJECTED");
    world.check_ledger().await;
}

/// At the log's usual level and at the one at which libraries talk too.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_token_secret_or_ticket_text() {
    for level in ["info", "debug"] {
        let world = World::without_server(1).await;
        let server = world.spawn(&[("COUNTERSIGN_LOG", level)]).await;
        world.install(0).await;
        let secret = world.jira().shared_secret().unwrap();
        let ticket = world.make(
            "Pay by card at Zebrafish",
            "The card number is stored by Zebrafish.",
        );
        world
            .jira()
            .world()
            .add_comment("alice", &ticket.key, "Zebrafish again")
            .unwrap();
        world.quiet().await;
        world
            .decide("carla", &ticket.key, "APPROVED", "Zebrafish it is.")
            .await;
        world
            .decide("ben", &ticket.key, "REJECTED", "Zebrafish no.")
            .await;
        let forged = world
            .panel_call("eyJhbGciOiJIUzI1NiJ9.eyJ4IjoxfQ.eyJ4", "fragment", None)
            .await;
        assert_eq!(forged.status, 401);
        world
            .jira()
            .fault(sandbox::Fault::everywhere(sandbox::FaultKind::Nonsense));
        let seat = world.sit("carla", &ticket.key).await;
        assert_eq!(seat.decide("APPROVED", "Zebrafish").await.status, 503);
        assert_eq!(
            world.notify("issue-created", "{\"Zebrafish").await.status,
            400
        );
        server.kill();
        let log = world.log();
        assert!(
            log.contains("/connect/panel/review") && log.contains("401"),
            "{log}"
        );
        let people = [
            "Carla",
            "Ruiz",
            "@example.com",
            sandbox::CARLA,
            sandbox::ALICE,
        ];
        for told in ["eyJ", "jwt=", "Zebrafish", secret.as_str()]
            .iter()
            .chain(&people)
        {
            let line = log.lines().find(|line| line.contains(told));
            assert_eq!(line, None, "the log at {level} holds {told:?}");
        }
    }
}
