//! V:389-398: the catalog of requirements changes. What that means is seen before it is done; then open tickets follow,
//! approvals of what no longer applies become stale, those who work on the tickets are told, and finished ones stay.

use record::entries::Scope;
use serde_json::{Value, json};

use crate::api::Program;
use crate::world::World;

/// Without the requirement that is new later.
const BEFORE: &str = "frameworks:\n  pci_dss:\n    requirements:\n    - REQ-ACC-ADMIN-MFA: off\n";
const NEW: &str = "REQ-ACC-ADMIN-MFA";
const CONCERNED: usize = 47;

/// A site whose tickets were assessed before the change: 47 open ones that it concerns, others that it does not, and one
/// that is done.
async fn before_the_change(server: impl AsyncFnOnce() -> World) -> (World, Vec<String>, String) {
    let mut world = server().await;
    let config = world.file("compliance-config.yml");
    std::fs::write(&config, BEFORE).unwrap();
    world.stop().await;
    let path = config.display().to_string();
    world
        .start_with(&[("COUNTERSIGN_COMPLIANCE_CONFIG", &path)])
        .await;
    let mut keys = Vec::new();
    for at in 0..CONCERNED {
        let words = format!("Administrators sign in with a password, page {at}");
        keys.push(world.make("Sign-in for administrators", &words).key);
    }
    for _ in 0..5 {
        world.make("Increase button padding", "Four pixels more.");
    }
    let done = world
        .make(
            "Sign-in for administrators",
            "Administrators sign in with a password.",
        )
        .key;
    world
        .jira()
        .world()
        .transition("ben", &done, "Done")
        .unwrap();
    world.quiet().await;
    for key in [&keys[0], &keys[1], &done] {
        let decided = world.decide("carla", key, "APPROVED", "fine").await;
        assert_eq!(decided.status, 200, "{}", decided.body);
    }
    world.quiet().await;
    world.stop().await;
    world.start().await;
    (world, keys, done)
}

fn countersign(program: &Program<'_>, words: &[&str]) -> String {
    let ran = program.runs(words);
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    String::from_utf8(ran.stdout).unwrap()
}

/// All pages, joined.
async fn pages(program: &Program<'_>, what: &str, body: Value) -> Vec<Value> {
    let (mut pages, mut body) = (Vec::new(), body);
    loop {
        let answer = program.post(&format!("/v1/catalog/{what}"), &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let page = answer.json();
        let next = page["next"].clone();
        pages.push(page);
        match next {
            Value::Null => return pages,
            next => body["from"] = next,
        }
    }
}

fn count(pages: &[Value], what: &str) -> u64 {
    pages.iter().map(|page| page[what].as_u64().unwrap()).sum()
}

fn gained(pages: &[Value]) -> u64 {
    let all = pages
        .iter()
        .flat_map(|page| page["requirements"].as_array().unwrap());
    let new = all.filter(|it| it["id"] == NEW);
    new.map(|it| it["gained"].as_u64().unwrap()).sum()
}

async fn approval(program: &Program<'_>, key: &str) -> Value {
    let given = program
        .get(&format!("/v1/tickets/{key}/requirements"))
        .await;
    assert_eq!(given.status, 200, "{}", given.body);
    given.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn v_389_398_a_new_requirement_reaches_open_tickets_and_no_others() {
    let (world, keys, done) = before_the_change(World::installed).await;
    let program = world.program().await;
    assert!(
        !approval(&program, &keys[0]).await["groups"]
            .to_string()
            .contains(NEW)
    );
    let was = world.imprint();

    let seen = pages(&program, "preview", json!({})).await;
    assert_eq!(count(&seen, "changed"), CONCERNED as u64, "{seen:?}");
    assert_eq!(
        (gained(&seen), count(&seen, "stale")),
        (CONCERNED as u64, 2)
    );
    assert!(count(&seen, "read") > 52, "{seen:?}");
    assert_eq!(world.imprint(), was, "a preview changes nothing");
    let same = pages(&program, "preview", json!({ "config": BEFORE })).await;
    assert_eq!(count(&same, "changed"), 0, "{same:?}");

    let told = countersign(&program, &["catalog", "preview"]);
    assert!(
        told.contains("47 would change, 2 approvals would become stale"),
        "{told}"
    );
    assert!(
        told.contains("REQ-ACC-ADMIN-MFA (Several factors for administrators): 47 gain"),
        "{told}"
    );
    let told = countersign(&program, &["catalog", "preview", "--json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&told).unwrap()["changed"],
        47,
        "{told}"
    );
    assert_eq!(world.imprint(), was, "a preview changes nothing");

    let told = countersign(&program, &["catalog", "apply", "--comments"]);
    assert!(
        told.contains("47 changed, 2 approvals became stale"),
        "{told}"
    );
    world.quiet().await;
    for (at, key) in keys.iter().enumerate() {
        let now = approval(&program, key).await;
        assert!(now["groups"].to_string().contains(NEW), "{key}");
        let expected = if at < 2 { "STALE" } else { "NONE" };
        assert_eq!(now["approval"], expected, "{key}");
        let told = json!(world.jira().world().comments(key).unwrap()).to_string();
        assert_eq!(
            told.matches("other requirements apply").count(),
            1,
            "{key}: {told}"
        );
        assert!(
            told.contains("Several factors for administrators"),
            "{told}"
        );
        assert_eq!(told.contains("has to be approved again"), at < 2, "{told}");
    }
    // What an assistant is given is what applies now.
    let prompt = program
        .post(&format!("/v1/tickets/{}/prompt", keys[0]), &json!({}))
        .await;
    assert!(prompt.body.contains(NEW), "{}", prompt.body);
    let finished = approval(&program, &done).await;
    assert_eq!(finished["approval"], "APPROVED");
    assert!(!finished["groups"].to_string().contains(NEW));
    let told = json!(world.jira().world().comments(&done).unwrap()).to_string();
    assert!(!told.contains("other requirements"), "{told}");

    let changes: Vec<_> = world
        .entries()
        .into_iter()
        .filter(|it| it.kind == "CATALOG_CHANGED")
        .collect();
    assert_eq!(changes.len(), 1);
    let stale = world
        .entries()
        .into_iter()
        .filter(|it| it.kind == "APPROVAL_STALE");
    assert_eq!(stale.count(), 2);
    world.check_ledger().await;

    // Done again it finds nothing, and records nothing.
    let was = world.imprint();
    let again = pages(&program, "apply", json!({ "comments": true })).await;
    assert_eq!(count(&again, "changed"), 0);
    assert_eq!(world.imprint(), was);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_catalog_is_refused_where_it_cannot_be_looked_at() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    let program = world.program().await;
    let made = world
        .ticket("Sign-in for administrators", "A password is asked for.")
        .await;
    let was = world.imprint();
    for (body, status, why) in [
        (
            json!({ "config": "frameworks: [" }),
            422,
            "config: compliance-config.yml:",
        ),
        (
            json!({ "config": "frameworks:\n  pci:\n" }),
            422,
            "Nothing was changed",
        ),
        (json!({ "from": "" }), 422, "Begin anew"),
        (
            json!({ "from": "site_01K9ABCDEFGHJKMNPQRSTVWX00/" }),
            422,
            "Begin anew",
        ),
        (json!({ "form": "" }), 400, "not as expected"),
        (json!([null, null]), 400, "not as expected"),
    ] {
        let answer = program.post("/v1/catalog/preview", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(answer.body.contains(why), "{body}: {}", answer.body);
    }
    let nowhere = json!({ "from": "site_01K9ABCDEFGHJKMNPQRSTVWX00/x" });
    let forged = program.post("/v1/catalog/apply", &nowhere).await;
    assert_eq!(forged.status, 422, "{}", forged.body);
    assert_eq!(world.imprint(), was);
    // Another tenant's tickets are none of the page.
    world.install(1).await;
    let other = world.program_of(world.tenant(1).await, Scope::ALL).await;
    let seen = pages(&other, "preview", json!({ "config": BEFORE })).await;
    assert!(
        !json!(seen)
            .to_string()
            .contains(&format!("\"{}\"", made.key)),
        "{seen:?}"
    );
    assert_eq!(count(&seen, "changed"), 0, "{seen:?}");
}
