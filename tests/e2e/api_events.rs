//! Events that programs report: the shapes of the API, what is refused, what stands in the ledger's bytes, and what
//! counts once.

use record::entries::EntryType;
use reqwest::Method;
use serde_json::{Value, json};

use crate::panel::Answer;
use crate::world::World;

fn threshold() -> Value {
    json!({
        "eventType": "CONFIG_CHANGE",
        "severity": "MEDIUM",
        "modelId": "credit-scoring-v3.2",
        "payload": { "commit": { "sha": "a1b2c3d4", "message": "feat: update decision threshold to 0.72" } },
        "actor": { "type": "USER", "id": "jane.smith@example.com", "ipAddress": "192.0.2.7" },
        "tags": ["threshold", "credit"],
        "timestamp": "2026-03-02T15:22:11.003+01:00",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_reads_as_it_was_reported_and_is_verified_once_it_was_signed_for() {
    let world = World::installed().await;
    let program = world.program().await;
    let event = program.report(&threshold()).await;
    for (name, value) in [
        ("eventType", json!("CONFIG_CHANGE")),
        ("source", json!("API")),
        ("severity", json!("MEDIUM")),
        ("timestamp", json!("2026-03-02T14:22:11.003Z")),
        ("modelId", json!("credit-scoring-v3.2")),
        ("tags", json!(["threshold", "credit"])),
        ("payload", threshold()["payload"].clone()),
        ("links", json!([])),
        ("verified", json!(false)),
        ("organisationId", json!(program.tenant)),
    ] {
        assert_eq!(event[name], value, "{name}");
    }
    assert_eq!(event["verification"]["standing"], "NOT_COVERED_YET");
    assert_eq!(event["actor"]["type"], "API_KEY");
    assert_eq!(event["actor"]["id"], json!(program.id));
    assert_eq!(event["actor"]["asserted"], threshold()["actor"]);
    world.check_ledger().await;
    let path = format!("/v1/audit/{}", event["id"].as_str().unwrap());
    let later = program.get(&format!("{path}?proof=true")).await.json();
    assert_eq!(later["verified"], true);
    let entries = world.entries();
    let entry = entries
        .iter()
        .find(|entry| entry.kind == "CONFIG_CHANGE")
        .unwrap();
    assert_eq!(later["chainPosition"], entry.seq);
    assert_eq!(later["previousHash"], format!("sha256:{}", entry.prev));
    let (leaf, seq) = (world.in_hex("leaf"), entry.seq);
    let leaf = world.lines(&format!(
        "SELECT {leaf} AS line FROM entries WHERE seq = {seq}"
    ));
    assert_eq!(later["blockHash"], format!("sha256:{}", leaf[0]));
    assert!(
        later["verification"]["checkpoint"]
            .as_str()
            .unwrap()
            .starts_with("countersign/ten_")
    );
    assert!(
        !later["verification"]["inclusionProof"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let verified = program
        .post("/v1/audit/verify", &json!({ "eventId": event["id"] }))
        .await;
    assert_eq!(verified.json()["standing"], "VERIFIED");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_caller_wrote_is_not_in_the_ledger_s_bytes() {
    let world = World::installed().await;
    world.program().await.report(&threshold()).await;
    let entries = world.entries();
    let bytes = serde_json::to_string(&entries).unwrap();
    for written in [
        "decision threshold",
        "jane.smith",
        "192.0.2.7",
        "threshold",
        "credit\"",
    ] {
        assert!(
            !bytes.contains(written),
            "the ledger's bytes hold {written:?}"
        );
    }
    assert!(bytes.contains("a1b2c3d4") && bytes.contains("credit-scoring-v3.2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_were_changed_are_not_verified() {
    let world = World::installed().await;
    let program = world.program().await;
    let event = program.report(&threshold()).await;
    world.check_ledger().await;
    let seq = event["chainPosition"].as_u64().unwrap();
    world.damage(seq, "leaf", "(SELECT leaf FROM entries WHERE seq = 0)");
    let path = format!("/v1/audit/{}", event["id"].as_str().unwrap());
    let now = program.get(&path).await.json();
    assert_eq!(now["verified"], false);
    assert_eq!(now["verification"]["standing"], "BROKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_forges_nothing_that_only_the_product_writes() {
    let world = World::installed().await;
    let program = world.program().await;
    let before = world.imprint();
    let mut refused = 0;
    for kind in EntryType::ALL {
        let body = json!({ "eventType": kind, "payload": { "ticketKey": "PAY-1", "decision": "APPROVED" } });
        if kind.as_str() == "CONFIG_CHANGE" {
            continue;
        }
        let reportable = record::entries::EventType::ALL
            .iter()
            .any(|one| one.entry_type() == *kind);
        if reportable {
            continue;
        }
        let answer = program.post("/v1/audit", &body).await;
        assert_eq!(answer.status, 403, "{kind}: {}", answer.body);
        refused += 1;
    }
    assert!(refused >= 19, "{refused}");
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_refused_and_nothing_is_recorded() {
    let world = World::installed().await;
    let program = world.program().await;
    let before = world.imprint();
    let long = "x".repeat(70_000);
    let tags: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    for (change, status) in [
        (json!({ "eventType": "NOTHING" }), 422),
        (json!({ "eventType": 7 }), 400),
        (json!({ "severity": "WORST" }), 400),
        (json!({ "source": "JIRA" }), 400),
        (json!({ "payload": null }), 400),
        (json!({ "payload": [1] }), 400),
        (json!({ "payload": { "text": long } }), 422),
        (json!({ "actor": { "text": "x".repeat(3_000) } }), 422),
        (json!({ "tags": tags }), 422),
        (json!({ "tags": [""] }), 422),
        (json!({ "tags": ["x".repeat(65)] }), 422),
        (json!({ "tags": "one" }), 400),
        (json!({ "modelId": "jane smith" }), 400),
        (json!({ "modelId": "jane@example.com" }), 400),
        (json!({ "modelId": "" }), 400),
        (json!({ "timestamp": "yesterday" }), 422),
        (json!({ "timestamp": "2026-02-30T00:00:00Z" }), 422),
        (json!({ "timestamp": "+12026-01-01T00:00:00Z" }), 422),
    ] {
        let mut body = threshold();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = program.post("/v1/audit", &body).await;
        assert_eq!(answer.status, status, "{change}: {}", answer.body);
        for told in ["jane smith", "jane@", "WORST", "yesterday"] {
            assert!(!answer.body.contains(told), "the answer repeats {told}");
        }
    }
    for body in ["", "null", "[]", "{", "\u{feff}{}", &"[".repeat(200_000)] {
        let request = program
            .request(Method::POST, "/v1/audit")
            .body(body.to_owned());
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let request = program
        .request(Method::POST, "/v1/audit")
        .body("x".repeat(300_000));
    assert_eq!(Answer::to(request).await.status, 413);
    for query in [
        "?limit=0",
        "?limit=101",
        "?limit=-1",
        "?cursor=x",
        "?eventType=NOTHING",
        "?severity=low",
        "?from=now",
        "?unknown=1",
        "?modelId=a%20b",
    ] {
        assert_eq!(
            program.get(&format!("/v1/audit{query}")).await.status,
            400,
            "{query}"
        );
    }
    for path in [
        "/v1/audit/evt_01HZABCDEF1234567890ABCD",
        "/v1/audit/../tenants",
        "/v1/audit/%00",
        "/v1/audit/evt_",
    ] {
        assert_eq!(program.get(path).await.status, 404, "{path}");
    }
    assert_eq!(
        program
            .get("/v1/ledger/consistency?from=0&to=1")
            .await
            .status,
        422
    );
    assert_eq!(
        program
            .get("/v1/ledger/consistency?from=2&to=1")
            .await
            .status,
        422
    );
    assert_eq!(
        program
            .get("/v1/ledger/consistency?from=1&to=9999999")
            .await
            .status,
        422
    );
    assert_eq!(
        program.get("/v1/ledger/consistency?from=1").await.status,
        400
    );
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_one_idempotency_key_an_event_is_recorded_once() {
    let world = World::installed().await;
    let (program, other) = (world.program().await, world.program().await);
    let post = async |program: &crate::api::Program<'_>, key: &str, body: &Value| {
        let request = program
            .request(Method::POST, "/v1/audit")
            .header("Idempotency-Key", key);
        Answer::to(request.json(body)).await
    };
    let first = post(&program, "build-4711", &threshold()).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let again = post(&program, "build-4711", &threshold()).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(first.json()["id"], again.json()["id"]);
    let short = program
        .request(Method::POST, "/v1/audit")
        .header("Idempotency-Key", "build-4711");
    let short = Answer::to(short.header("Prefer", "return=minimal").json(&threshold())).await;
    assert_eq!(short.status, 200, "{}", short.body);
    let receipt = json!({ "id": first.json()["id"], "chainPosition": first.json()["chainPosition"],
        "blockHash": first.json()["blockHash"] });
    assert_eq!(short.json(), receipt);
    let mut another = threshold();
    another["payload"]["commit"]["message"] = json!("something else");
    let refused = post(&program, "build-4711", &another).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains(first.json()["id"].as_str().unwrap()));
    assert_eq!(
        post(&other, "build-4711", &another).await.status,
        201,
        "another caller's key"
    );
    assert_eq!(
        post(&program, &"k".repeat(256), &threshold()).await.status,
        422
    );
    assert_eq!(post(&program, "é", &threshold()).await.status, 400);
    let recorded = world
        .entries()
        .iter()
        .filter(|entry| entry.kind == "CONFIG_CHANGE")
        .count();
    assert_eq!(recorded, 2);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_twenty_five_events_if_nobody_says_how_many() {
    let world = World::installed().await;
    let program = world.program().await;
    for n in 0..26 {
        program
            .report(&json!({ "eventType": "ALERT", "payload": { "n": n } }))
            .await;
    }
    let page = program.get("/v1/audit?eventType=ALERT").await.json();
    assert_eq!(page["events"].as_array().unwrap().len(), 25);
    let cursor = page["nextCursor"].as_str().unwrap();
    let rest = format!("/v1/audit?eventType=ALERT&cursor={cursor}");
    let rest = program.get(&rest).await.json();
    assert_eq!(rest["events"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_found_by_what_they_are() {
    let world = World::installed().await;
    let program = world.program().await;
    for n in 0..7 {
        let mut body =
            json!({ "eventType": "ALERT", "payload": { "n": n }, "tags": [format!("n{}", n % 2)] });
        if n < 3 {
            body["modelId"] = json!("m:1");
            body["severity"] = json!("HIGH");
        }
        program.report(&body).await;
    }
    let numbers = async |query: &str| -> Vec<i64> {
        let page = program.get(&format!("/v1/audit?{query}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let events = page.json()["events"].as_array().unwrap().clone();
        events
            .iter()
            .map(|event| event["payload"]["n"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers("eventType=ALERT").await, [6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(numbers("modelId=m:1").await, [2, 1, 0]);
    assert_eq!(numbers("eventType=ALERT&severity=HIGH").await, [2, 1, 0]);
    assert_eq!(numbers("eventType=ALERT&tags=n1").await, [5, 3, 1]);
    assert_eq!(numbers("eventType=ALERT&source=GITHUB").await, [0_i64; 0]);
    assert_eq!(
        numbers("eventType=ALERT&to=2026-01-01T00:00:00Z").await,
        [0_i64; 0]
    );
    assert_eq!(
        numbers("eventType=ALERT&from=2026-01-01T00:00:00Z&limit=2").await,
        [6, 5]
    );
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = program
            .get(&format!("/v1/audit?eventType=ALERT&limit=3{cursor}"))
            .await
            .json();
        all.extend(
            page["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["payload"]["n"].clone()),
        );
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(json!(all), json!([6, 5, 4, 3, 2, 1, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_served_and_read() {
    let world = World::installed().await;
    let url = format!("{}/v1/openapi.json", world.address());
    let document = Answer::to(world.http.get(url)).await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    described.sort();
    let mut routes: Vec<String> = app::routes::ROUTES
        .iter()
        .filter(|route| {
            route.path.starts_with("/v1/") && route.caller != app::routes::Caller::Anybody
        })
        .filter(|route| !route.path.ends_with("/webhook")) // the same as the one that names the host
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    routes.sort();
    assert_eq!(described, routes);
    let page = Answer::to(world.http.get(format!("{}/v1/docs", world.address()))).await;
    assert_eq!(page.status, 200);
    for told in [
        "Record an event",
        "/v1/audit/{event}/links",
        "EventBody",
        "modelId",
    ] {
        assert!(page.body.contains(told), "{told}");
    }
}
