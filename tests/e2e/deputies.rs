//! Deputies: somebody decides in an approver's place, by that one's right, as long as that one could.

use record::entries::{ReviewRules, ReviewScope};
use sandbox::{APPROVERS_GROUP, APPROVERS_ROLE, Edit};
use serde_json::json;

use crate::rules::{decide, is, let_approve, needing, rule, standing};
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

impl World {
    /// Runs `tenant deputy` for the whole site; what it said if it failed.
    pub(crate) async fn deputy(
        &self,
        who: &str,
        in_place_of: &str,
        until: &[&str],
    ) -> Result<(), String> {
        let named = self.name_deputy(who, in_place_of, until);
        self.quiet().await;
        named
    }

    /// The same, whether or not the server runs.
    pub(crate) fn name_deputy(
        &self,
        who: &str,
        in_place_of: &str,
        until: &[&str],
    ) -> Result<(), String> {
        let jira = self.jira().world();
        let accounts = [who, in_place_of].map(|name| {
            let account = jira.account_id(name);
            account.map_or_else(|_| name.to_owned(), |account| account.to_string())
        });
        let tenant = self.lines("SELECT id AS line FROM tenants").remove(0);
        let sites =
            "SELECT id AS line FROM sites UNION SELECT site AS line FROM forge_installations";
        let site = self.lines(sites).remove(0);
        let of = [
            "tenant",
            "deputy",
            "--tenant",
            &tenant,
            "--site",
            &site,
            "--account",
            &accounts[0],
            "--in-place-of",
            &accounts[1],
        ];
        let ended = self.operate(&[&of[..], until].concat(), &[]);
        match ended.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8(ended.stderr).unwrap()),
        }
    }
}

pub(crate) fn today() -> String {
    chrono::Utc::now().date_naive().to_string()
}

/// Alice decides in Carla's place; the rules are these.
pub(crate) async fn in_place_of_carla(rules: ReviewRules) -> (World, String) {
    let world = World::installed().await;
    rule(&world, rules).await;
    let key = world.ticket("Pay by card", CARD).await.key;
    let until = ["--until", &today()];
    world.deputy("alice", "carla", &until).await.unwrap();
    (world, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_decides_by_the_right_of_another_until_it_is_over() {
    let (world, key) = in_place_of_carla(ReviewRules::default()).await;
    assert_eq!(
        decide(&world, "alice", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    let entries = world.entries();
    let review = entries.iter().find(|it| it.kind == "HUMAN_REVIEW").unwrap();
    let reviewer = &review.payload["reviewer"];
    assert_eq!(reviewer["role"], APPROVERS_ROLE);
    assert_ne!(reviewer["inPlaceOf"], reviewer["person"]);
    let page = world.page("carla", &key).await.body;
    assert!(
        page.contains("Approved as Approvers, in somebody&#x27;s place"),
        "{page}"
    );
    let program = world.program().await;
    assert_eq!(program.gate(&[&key], &[]).await.0, "OPEN");
    let trail = program.get(&format!("/v1/trail?ticket={key}")).await.json();
    let decision = &trail["tickets"][0]["decisions"][0];
    assert_eq!(decision["inPlaceOf"], reviewer["inPlaceOf"]);

    // Whatever else is set, who decides in whose place stays.
    rule(&world, needing(1, None, ReviewScope::Plan)).await;
    assert_eq!(
        decide(&world, "alice", &key, "WITHDRAWN").await,
        is(200, "NONE")
    );
    assert_eq!(
        decide(&world, "alice", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    world.deputy("alice", "carla", &["--end"]).await.unwrap();
    let (status, told) = decide(&world, "alice", &key, "REJECTED").await;
    assert_eq!(status, 403, "{told}");
    assert!(told.contains("Only members of"), "{told}");
    assert_eq!(standing(&world, &key).await, "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_can_do_no_more_than_who_named_them() {
    let (world, key) = in_place_of_carla(ReviewRules::default()).await;
    {
        let jira = world.jira().world();
        let assigned = Edit {
            assignee: Some("carla".to_owned()),
            ..Edit::default()
        };
        jira.edit_issue("ben", &key, assigned).unwrap();
    }
    world.quiet().await;
    let (status, told) = decide(&world, "alice", &key, "APPROVED").await;
    assert_eq!(status, 403, "the assignee's deputy: {told}");
    let other = world.ticket("Pay by card again", CARD).await.key;
    assert_eq!(
        decide(&world, "alice", &other, "APPROVED").await,
        is(200, "APPROVED")
    );
    let jira = world.jira().world();
    jira.set_active("carla", false).unwrap();
    let (status, told) = decide(&world, "alice", &other, "REJECTED").await;
    assert_eq!(status, 403, "the deputy of somebody who left: {told}");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_in_anothers_place_is_not_another() {
    let rules = needing(2, Some(APPROVERS_GROUP), ReviewScope::Plan);
    let (world, key) = in_place_of_carla(rules).await;
    for who in ["alice", "erin"] {
        let_approve(&world, who, "PAY");
    }
    // Alice may approve herself, and speaks for the group in Carla's place. Carla takes that place again.
    for (who, stands) in [
        ("alice", "PARTLY"),
        ("carla", "PARTLY"),
        ("erin", "APPROVED"),
    ] {
        assert_eq!(
            decide(&world, who, &key, "APPROVED").await,
            is(200, stands),
            "{who}"
        );
    }
    // Another press, or a comment, is the same approval: it loses nothing.
    assert_eq!(
        decide(&world, "erin", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    // Where Carla approved, Alice's own approval is one more.
    let other = world.ticket("Pay by card again", CARD).await.key;
    for (who, stands) in [("carla", "PARTLY"), ("alice", "APPROVED")] {
        assert_eq!(
            decide(&world, who, &other, "APPROVED").await,
            is(200, stands),
            "{who}"
        );
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_a_deputy_is_told_so() {
    let world = World::installed().await;
    let today = today();
    let until = ["--until", today.as_str()];
    for (who, until, told) in [
        ("somebody", &until[..], "Jira knows no active person"),
        ("carla", &until[..], "a deputy is somebody else"),
        ("alice", &["--until", "2020-01-01"][..], "from today on"),
        ("alice", &["--until", "tomorrow"][..], "tomorrow"),
        ("alice", &["--end"][..], "is no deputy"),
        ("alice", &[][..], "--until"),
    ] {
        let said = world.deputy(who, "carla", until).await.unwrap_err();
        assert!(said.contains(told), "{who} {until:?}: {said}");
    }
    let settings = world.entries();
    let settings = settings.iter().filter(|it| it.kind == "SETTINGS_CHANGED");
    assert!(
        settings
            .into_iter()
            .all(|it| !json!(it.payload).to_string().contains("deputies"))
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_approval_in_the_same_place_keeps_the_groups_voice() {
    let rules = needing(2, Some(APPROVERS_GROUP), ReviewScope::Plan);
    let (world, key) = in_place_of_carla(rules).await;
    for who in ["alice", "erin"] {
        let_approve(&world, who, "PAY");
    }
    for (who, stands) in [("alice", "PARTLY"), ("erin", "APPROVED")] {
        assert_eq!(
            decide(&world, who, &key, "APPROVED").await,
            is(200, stands),
            "{who}"
        );
    }
    world
        .jira()
        .world()
        .add_comment("alice", &key, "/approve")
        .unwrap();
    world.quiet().await;
    let reviews = world
        .entries()
        .iter()
        .filter(|it| it.kind == "HUMAN_REVIEW")
        .count();
    assert_eq!(reviews, 3, "the comment is a decision of its own");
    assert_eq!(standing(&world, &key).await, "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_of_several_decides_for_whom_it_is_needed() {
    let rules = needing(2, Some(APPROVERS_GROUP), ReviewScope::Plan);
    let world = World::installed().await;
    rule(&world, rules).await;
    let key = world.ticket("Pay by card", CARD).await.key;
    let_approve(&world, "erin", "PAY");
    for of in ["erin", "carla"] {
        let until = ["--until", &today()];
        world.deputy("alice", of, &until).await.unwrap();
    }
    for (who, stands) in [("erin", "PARTLY"), ("alice", "APPROVED")] {
        assert_eq!(
            decide(&world, who, &key, "APPROVED").await,
            is(200, stands),
            "{who}"
        );
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_from_before_somebody_was_a_deputy_does_not_count() {
    let mut world = World::installed().await;
    rule(&world, ReviewRules::default()).await;
    let key = world.ticket("Pay by card", CARD).await.key;
    world.stop().await;
    world
        .jira()
        .world()
        .add_comment("alice", &key, "/approve")
        .unwrap();
    let until = ["--until", &today()];
    world.name_deputy("alice", "carla", &until).unwrap();
    world.start().await;
    world.quiet().await;
    assert_eq!(standing(&world, &key).await, "NONE");
    assert_eq!(
        decide(&world, "alice", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_forge_alone_is_there_jira_is_not_asked() {
    let world = World::installed_by_forge().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    let until = ["--until", &today()];
    world.deputy("alice", "carla", &until).await.unwrap();
    world.deputy("alice", "carla", &["--end"]).await.unwrap();
    assert!(!key.is_empty());
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_a_deputy_discards_no_decision_that_is_not_heard_yet() {
    let mut world = World::installed().await;
    let rules = ReviewRules {
        approve_commands: vec!["/lgtm".to_owned()],
        ..ReviewRules::default()
    };
    rule(&world, rules).await;
    let key = world.ticket("Pay by card", CARD).await.key;
    world.stop().await;
    world
        .jira()
        .world()
        .add_comment("carla", &key, "/lgtm")
        .unwrap();
    let until = ["--until", &today()];
    world.name_deputy("alice", "carla", &until).unwrap();
    world.start().await;
    world.quiet().await;
    assert_eq!(standing(&world, &key).await, "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_forgotten_is_nobodys_deputy_any_more() {
    let (world, _) = in_place_of_carla(ReviewRules::default()).await;
    let deputies = || {
        let entries = world.entries();
        let set = entries.iter().rfind(|it| it.kind == "SETTINGS_CHANGED");
        set.unwrap().payload["rules"]["deputies"].clone()
    };
    let alice = deputies()[0]["person"].as_str().unwrap().to_owned();
    let tenant = world.lines("SELECT id AS line FROM tenants").remove(0);
    let erased = world.operate(&["erase", "--tenant", &tenant, "--person", &alice], &[]);
    assert!(erased.status.success(), "{erased:?}");
    let until = ["--until", &today()];
    world.deputy("erin", "carla", &until).await.unwrap();
    assert_eq!(deputies().as_array().unwrap().len(), 1, "{}", deputies());
    assert_ne!(deputies()[0]["person"], alice);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_approved_before_speaks_for_the_group_by_approving_again() {
    let world = World::installed().await;
    rule(&world, needing(1, Some(APPROVERS_GROUP), ReviewScope::Plan)).await;
    let key = world.ticket("Pay by card", CARD).await.key;
    let_approve(&world, "alice", "PAY");
    assert_eq!(
        decide(&world, "alice", &key, "APPROVED").await,
        is(200, "PARTLY")
    );
    let until = ["--until", &today()];
    world.deputy("alice", "carla", &until).await.unwrap();
    assert_eq!(
        decide(&world, "alice", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    world.check_ledger().await;
}
