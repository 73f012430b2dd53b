//! A server that is killed at any moment: what it acknowledged is there, what is there is whole, and the
//! next start has nothing to repair. The writer is this test file itself, run again as a child.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use record::ids::TenantId;
use scene::{Scene, plain, walk};
use store::{Appended, Db, LedgerRows, Store, StoreError};

const ADDRESS: &str = "COUNTERSIGN_TEST_KILLED_ADDRESS";
const TENANT: &str = "COUNTERSIGN_TEST_KILLED_TENANT";
const ROUND: &str = "COUNTERSIGN_TEST_KILLED_ROUND";
const WRITERS: u32 = 8;
const ROUNDS: u32 = 20;

/// Does nothing unless it is run as the child; then it writes until it is killed, and says on standard
/// error which entry was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_writer_that_is_killed() {
    let (Ok(address), Ok(tenant)) = (std::env::var(ADDRESS), std::env::var(TENANT)) else {
        return;
    };
    let round = std::env::var(ROUND).unwrap();
    let store = Store::open(&address.parse().unwrap(), scene::master()).unwrap();
    let tenant: TenantId = tenant.parse().unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (store, tenant, round) = (store.clone(), tenant.clone(), round.clone());
        writers.spawn(async move {
            for n in 0_u32.. {
                let new = plain(&format!("{round}:{writer}:{n}"));
                let appended: Result<Appended, StoreError> =
                    store.write(&tenant, move |tx| tx.append(new)).await;
                let Appended { seq, leaf, .. } = appended.unwrap();
                let line = format!("{seq} {leaf}\n");
                std::io::stderr().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    writers.join_all().await;
}

fn start_writer(address: &str, tenant: &TenantId, round: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::the_writer_that_is_killed"])
        .env(ADDRESS, address)
        .env(TENANT, tenant.as_str())
        .env(ROUND, round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills the writer at a random moment after its first acknowledgement; gives what it had acknowledged.
/// A line that was cut off acknowledges nothing.
fn kill_at_random(mut writer: Child) -> Vec<(u64, String)> {
    let mut said = BufReader::new(writer.stderr.take().unwrap());
    let mut text = String::new();
    said.read_line(&mut text).unwrap();
    let wait = u16::from_le_bytes(store::random().unwrap()) % 150;
    let reader = std::thread::spawn(move || {
        said.read_to_string(&mut text).unwrap();
        text
    });
    sleep(Duration::from_millis(wait.into()));
    writer.kill().unwrap();
    writer.wait().unwrap();
    let text = reader.join().unwrap();
    text.split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n')?.split_once(' '))
        .map(|(seq, leaf)| (seq.parse().unwrap(), leaf.to_owned()))
        .collect()
}

/// What stands there is a whole ledger with all that was acknowledged in it.
fn judge(db: &mut Db<'_>, tenant: &TenantId, acknowledged: &[(u64, String)]) {
    let outcome = walk(db, tenant);
    assert!(outcome.findings.is_empty());
    assert_eq!(outcome.frontier, Some(db.frontier(tenant).unwrap()));
    let head = db.stored_head(tenant).unwrap().unwrap();
    assert_eq!(head.last_leaf, outcome.last_leaf.as_bytes());
    for (seq, leaf) in acknowledged {
        let row = db.entry(tenant, *seq).unwrap().unwrap();
        assert_eq!(row.leaf.to_string(), *leaf, "entry {seq} was acknowledged");
    }
    let mut tiles = 0;
    db.each_tile(tenant, |_| tiles += 1).unwrap();
    assert_eq!(tiles, outcome.size / 256);
}

#[tokio::test]
async fn a_killed_server_loses_nothing_it_acknowledged() {
    if std::env::var(ADDRESS).is_ok() {
        return;
    }
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let address = scene.address.clone();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let heard = kill_at_random(start_writer(&scene.url, &tenant, round));
        assert!(!heard.is_empty());
        acknowledged += heard.len();
        let judged: Result<(), StoreError> = LedgerRows::open(&address).unwrap().snapshot(|db| {
            judge(db, &tenant, &heard);
            Ok(())
        });
        judged.unwrap();
        assert_eq!(store::migrate(&address).unwrap(), Vec::<String>::new());
        let restarted = Store::open(&address, scene::master()).unwrap();
        let new = plain(&format!("after round {round}"));
        let appended: Result<Appended, StoreError> =
            restarted.write(&tenant, |tx| tx.append(new)).await;
        assert!(appended.unwrap().fresh);
    }
    assert_eq!(scene.judge().damage().unwrap(), Vec::<String>::new());
    eprintln!("{acknowledged} entries acknowledged by {ROUNDS} killed writers");
}
