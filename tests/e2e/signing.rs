//! Signing heads: by one server of several, followed by the others, and refused by all of them once the ledger no
//! longer extends what was signed.

use casework::Casework;
use jira::rest::{Client, HttpSettings};

use crate::world::World;

impl World {
    /// Another server's use cases on the same database, with a memory of its own.
    fn another(&self, name: &str) -> Casework {
        let store = self.server.as_ref().unwrap().casework().store().clone();
        let client = Client::new(HttpSettings::default()).unwrap();
        let app = "dev.countersign.app".parse().unwrap();
        let gateway = "https://api.atlassian.com".parse().unwrap();
        Casework::new(store, client, app, gateway, self.file(name))
    }

    /// What a server keeps of what was signed last, by the name of its memory.
    fn remembered(&self, name: &str) -> Option<String> {
        let file = std::fs::read_dir(self.file(name))
            .ok()?
            .next()?
            .unwrap()
            .path();
        Some(std::fs::read_to_string(file).unwrap())
    }

    /// How many checkpoints are kept.
    fn checkpoints(&self) -> usize {
        self.lines("SELECT note AS line FROM checkpoints").len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_signs_and_the_others_follow() {
    let world = World::installed().await;
    // The server of this world holds the lease from its start.
    let (second, third) = (world.another("second"), world.another("third"));
    world
        .server
        .as_ref()
        .unwrap()
        .casework()
        .sign_heads()
        .await
        .unwrap();
    let signed = world.checkpoints();
    assert!(signed > 0);
    world
        .ticket("Pay by card", "The card number is stored.")
        .await;
    assert_eq!(
        second.sign_or_follow().await.unwrap(),
        0,
        "it is not its turn"
    );
    assert_eq!(world.checkpoints(), signed);
    assert_eq!(
        world.remembered("second"),
        world
            .lines("SELECT note AS line FROM checkpoints ORDER BY size DESC")
            .first()
            .cloned()
    );
    world
        .server
        .as_ref()
        .unwrap()
        .casework()
        .sign_heads()
        .await
        .unwrap();
    third.sign_or_follow().await.unwrap();
    assert_eq!(world.remembered("third"), world.remembered("data/heads"));
    assert_eq!(third.refused_heads(), 0);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_sign_at_once_keep_one_line_of_checkpoints() {
    let world = World::installed().await;
    let servers = [world.another("a"), world.another("b"), world.another("c")];
    for round in 0..5 {
        world
            .ticket(
                &format!("Pay by card {round}"),
                "The card number is stored.",
            )
            .await;
        let [a, b, c] = &servers;
        let (a, b, c) = tokio::join!(a.sign_heads(), b.sign_heads(), c.sign_heads());
        let signed: usize = [a, b, c].map(Result::unwrap).iter().sum();
        assert_eq!(signed, 1, "one of them signs");
    }
    assert!(servers.iter().all(|server| server.refused_heads() == 0));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_signs_a_database_that_was_turned_back() {
    let mut world = World::installed_in_a_file().await;
    world
        .ticket("Pay by card", "The card number is stored.")
        .await;
    world.check_ledger().await;
    world.stop().await;
    let (file, before) = (
        world.file("countersign.sqlite"),
        world.file("before.sqlite"),
    );
    std::fs::copy(&file, &before).unwrap();
    world.start().await;
    world
        .ticket("Pay by invoice", "The card number is stored.")
        .await;
    world
        .server
        .as_ref()
        .unwrap()
        .casework()
        .sign_heads()
        .await
        .unwrap();
    world.another("second").sign_or_follow().await.unwrap();
    world.stop().await;
    std::fs::copy(&before, &file).unwrap();
    world.start().await;
    // What is appended now makes another ledger of the same length, and longer ones.
    for n in 0..3 {
        world
            .ticket(&format!("Pay by cash {n}"), "The card number is stored.")
            .await;
        let second = world.another("second");
        let first = world.server.as_ref().unwrap().casework();
        for server in [first, &second] {
            assert_eq!(server.sign_heads().await.unwrap(), 0);
            assert_eq!(server.refused_heads(), 1);
        }
    }
    assert_eq!(world.ready().await["signing"]["refused"], 1);
    assert!(world.checkpoints() > 0, "what was signed before stands");
}
