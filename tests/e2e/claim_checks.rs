//! What the API takes of claims that are looked for again, and what reports make of it.

use record::entries::{PushAs, Scope};
use serde_json::{Value, json};

use crate::coverage::{WHOLE, count, covered, deploy, of};
use crate::rechecks::{REPOSITORY, WORDS, listed};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_said_of_a_claim_is_refused_and_leaves_nothing() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    let program = world.program().await;
    let key = world.ticket("Pay by credit card", WORDS).await.key;
    let claims = format!("/v1/tickets/{key}/claims");
    let place = json!({ "requirement": "REQ-ENC-AT-REST", "path": "card.py", "firstLine": 2, "lastLine": 3 });
    let said = json!({ "commit": "9f1c2ab", "repository": REPOSITORY, "claims": [place] });
    let claimed = program.post(&claims, &said).await;
    assert_eq!(claimed.status, 201, "{}", claimed.body);
    let claim = claimed.json()["claims"][0]["event"].clone();
    for body in [
        json!({ "repository": REPOSITORY, "claims": [place] }),
        json!({ "commit": "9f1c2ab", "repository": REPOSITORY,
            "claims": [{ "requirement": "REQ-ENC-AT-REST", "path": "card.py" }] }),
        json!({ "commit": "9f1c2ab", "claims": [{ "requirement": "REQ-ENC-AT-REST", "path": "card.py",
            "firstLine": 2, "replaces": claim }] }),
        json!({ "commit": "9f1c2ab", "repository": "1", "claims": [{ "requirement": "REQ-ENC-AT-REST",
            "path": "card.py", "firstLine": 2, "replaces": claim }] }),
        json!({ "commit": "9f1c2ab", "repository": REPOSITORY, "claims": [{ "requirement": "REQ-ENC-IN-TRANSIT",
            "path": "card.py", "firstLine": 2, "replaces": claim }] }),
    ] {
        let refused = program.post(&claims, &body).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.body);
    }
    let check = |more: Value| {
        let mut check = json!({ "claim": claim, "found": "GONE" });
        for (name, value) in more.as_object().unwrap() {
            check[name] = value.clone();
        }
        json!({ "repository": REPOSITORY, "commit": "9f1c2ab", "checks": [check] })
    };
    let mut elsewhere = check(json!({}));
    elsewhere["repository"] = json!("1");
    let mut none = check(json!({}));
    none["checks"] = json!([]);
    for (body, status) in [
        (elsewhere, 422),
        (none, 422),
        (
            check(json!({ "claim": format!("evt_{}", "0".repeat(26)) })),
            422,
        ),
        (check(json!({ "found": "MOVED" })), 422),
        (check(json!({ "path": "card.py", "firstLine": 1 })), 422),
        (
            check(json!({ "found": "MOVED", "path": "../x", "firstLine": 1 })),
            422,
        ),
        (
            check(json!({ "found": "MOVED", "path": "x", "firstLine": 0 })),
            422,
        ),
        (check(json!({ "found": "MOVED", "path": "x" })), 422),
        (check(json!({ "found": "REPLACED" })), 400),
        (check(json!({ "approved": true })), 400),
    ] {
        let refused = program.post("/v1/claims/checks", &body).await;
        assert_eq!(refused.status, status, "{body}: {}", refused.body);
    }
    let scopes = [Scope::RequirementsRead, Scope::ClaimsWrite];
    let other = world.program_of(world.tenant(1).await, &scopes).await;
    let strange = other.post("/v1/claims/checks", &check(json!({}))).await;
    assert_eq!(strange.status, 422, "{}", strange.body);
    assert_eq!(listed(&other).await, Vec::<Value>::new());
    let claiming = ["CLAIM_CHECKED", "IMPLEMENTATION_CLAIMED"];
    let mut entries = world.entries();
    entries.retain(|entry| claiming.contains(&entry.kind.as_str()));
    assert_eq!(entries.len(), 1);

    let gone = program.post("/v1/claims/checks", &check(json!({}))).await;
    assert_eq!((gone.status, gone.json()), (200, json!({ "recorded": 1 })));
    let again = program.post("/v1/claims/checks", &check(json!({}))).await;
    assert_eq!(
        (again.status, again.json()),
        (200, json!({ "recorded": 0 }))
    );
    let back = check(json!({ "found": "PRESENT" }));
    let back = program.post("/v1/claims/checks", &back).await;
    assert_eq!(back.status, 422, "what is gone stays so: {}", back.body);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_gone_says_nothing_of_what_is_deployed_afterwards() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let key = world.ticket("Pay by credit card", WORDS).await.key;
    let given = program
        .get(&format!("/v1/tickets/{key}/requirements"))
        .await
        .json();
    let groups = given["groups"].as_array().unwrap();
    let asked = groups
        .iter()
        .flat_map(|group| group["requirements"].as_array().unwrap());
    let claims: Vec<Value> = asked
        .map(|it| json!({ "requirement": it["id"], "path": "card.py", "firstLine": 2, "lastLine": 3 }))
        .collect();
    let said = json!({ "commit": "9f1c2ab", "repository": REPOSITORY, "claims": claims });
    let claimed = program
        .post(&format!("/v1/tickets/{key}/claims"), &said)
        .await;
    assert_eq!(claimed.status, 201, "{}", claimed.body);
    world.decide("carla", &key, "APPROVED", "fine").await;
    world.quiet().await;
    deploy(&world, &github, 0xa1, &key).await;
    let check = |at: usize, found: &str, more: Value| {
        let mut check = json!({ "claim": claimed.json()["claims"][at]["event"], "found": found });
        for (name, value) in more.as_object().unwrap() {
            check[name] = value.clone();
        }
        check
    };
    let place = json!({ "path": "pay.py", "firstLine": 9, "lastLine": 10 });
    let checks = json!({ "repository": REPOSITORY, "commit": "9f1c2ac",
        "checks": [check(0, "GONE", json!({})), check(1, "DRIFTED", place)] });
    let checked = program.post("/v1/claims/checks", &checks).await;
    assert_eq!(checked.json(), json!({ "recorded": 2 }));
    let all = claims.len();
    let before = of(&covered(&program, WHOLE).await, &key).clone();
    assert_eq!(
        count(&before, "MET"),
        all,
        "what is deployed has it: {before}"
    );
    let lines = program.runs(&["coverage", "2026", "--format", "text"]);
    let lines = String::from_utf8_lossy(&lines.stdout).into_owned();
    assert!(
        lines.contains("card.py:2-3 in 9f1c2ab, gone in 9f1c2ac"),
        "{lines}"
    );
    assert!(
        lines.contains("card.py:2-3 in 9f1c2ab, changed in 9f1c2ac: pay.py:9-10"),
        "{lines}"
    );
    let anew = json!({ "commit": "9f1c2ad", "repository": REPOSITORY, "claims": [{
        "requirement": claims[1]["requirement"], "path": "pay.py", "firstLine": 9,
        "replaces": claimed.json()["claims"][1]["event"] }] });
    let anew = program
        .post(&format!("/v1/tickets/{key}/claims"), &anew)
        .await;
    assert_eq!(anew.status, 201, "{}", anew.body);
    let affirmed = of(&covered(&program, WHOLE).await, &key).clone();
    assert_eq!(
        count(&affirmed, "MET"),
        all,
        "what is deployed was claimed: {affirmed}"
    );
    deploy(&world, &github, 0xa2, &key).await;
    let after = of(&covered(&program, WHOLE).await, &key).clone();
    assert_eq!(
        (count(&after, "MET"), count(&after, "FAILED")),
        (all - 1, 1)
    );
}
