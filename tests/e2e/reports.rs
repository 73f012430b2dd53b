//! The verifier's reports on their way into the ledger: each counts once, and one that is broken keeps no
//! other from arriving.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use ledger::{Verdict, VerifierKey};

use crate::world::World;

/// The reports that the verifier left, oldest first.
pub(crate) fn reports(world: &World) -> Vec<PathBuf> {
    let directory = fs::read_dir(world.file("verifier/reports")).unwrap();
    let mut files: Vec<PathBuf> = directory.map(|file| file.unwrap().path()).collect();
    files.sort_unstable();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_under_one_more_signature_line_is_the_same_report() {
    let world = World::installed().await;
    world.check_ledger().await;
    let note = fs::read_to_string(&reports(&world)[0]).unwrap();
    let key = fs::read_to_string(world.file("verifier/verifier.vkey")).unwrap();
    let key = VerifierKey::parse(key.trim_end()).unwrap();
    let casework = world.server.as_ref().unwrap().casework();
    assert!(casework.take_report(&note, &key).await.unwrap().fresh);
    let line = note.lines().last().unwrap();
    for more in [
        format!("{note}{line}\n"),
        format!("{note}\u{2014} somebody YWJjZGVmZ2g=\n"),
    ] {
        assert!(!casework.take_report(&more, &key).await.unwrap().fresh);
    }
}

/// On PostgreSQL reports come through the database; the server knows them by the verifier's key.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_in_the_database_is_taken_and_goes_and_one_by_another_key_stays() {
    let world = World::installed().await;
    if !world.database().is_postgres() {
        println!("SKIPPED: reports go through a directory here");
        return;
    }
    world.check_ledger().await;
    let key = fs::read_to_string(world.file("verifier/verifier.vkey")).unwrap();
    let key = VerifierKey::parse(key.trim_end()).unwrap();
    let another = ledger::SigningKey::from_seed("countersign-verifier", &[9; 32]).unwrap();
    let casework = world.server.as_ref().unwrap().casework();
    let left = || world.lines("SELECT id AS line FROM verifier_reports").len();
    assert_eq!(left(), 1);
    let another = another.verifier_key();
    assert_eq!(casework.take_left_reports(&another).await.unwrap(), 1);
    assert_eq!(left(), 1);
    assert_eq!(casework.take_left_reports(&key).await.unwrap(), 0);
    assert_eq!(left(), 0);
    assert_eq!(world.facts().last().unwrap(), "VERIFICATION");
    store::leave_report(&world.database(), "no note at all").unwrap();
    assert_eq!(casework.take_left_reports(&key).await.unwrap(), 1);
    assert_eq!(left(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_read_keeps_no_other_back() {
    let world = World::without_server(1).await;
    let directory = world.file("verifier").display().to_string();
    let server = world
        .spawn(&[
            ("COUNTERSIGN_VERIFIER_DIR", directory.as_str()),
            ("COUNTERSIGN_CHECKPOINT_SECONDS", "1"),
        ])
        .await;
    world.install(0).await;
    fs::create_dir_all(world.file("verifier/reports/0.report")).unwrap();
    fs::write(world.file("verifier/reports/1.report"), [0xff]).unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    world.verdict().await;
    world
        .until("the report to enter the ledger", async || {
            let entries = world.facts();
            entries.iter().any(|fact| fact.starts_with("VERIFICATION"))
        })
        .await;
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_ours_is_said_of_every_ledger() {
    let world = World::installed_in_a_file().await;
    world.check_ledger().await;
    let view =
        "ALTER TABLE settings RENAME TO hidden; CREATE VIEW settings AS SELECT * FROM hidden";
    let file = world.file("countersign.sqlite");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection.batch_execute(view).unwrap();
    assert_eq!(world.verdict().await, Some(Verdict::Altered));
    let newest = fs::read_to_string(reports(&world).last().unwrap()).unwrap();
    assert!(newest.contains(r#""verdict":"ALTERED""#), "{newest}");
}
