//! Feeds: what is recorded goes to an address of the organisation's own, in order, signed as Standard Webhooks has it
//! (judged by that specification's own library), until it is taken.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use record::entries::Scope;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::api::Program;
use crate::panel::Answer;
use crate::world::World;

/// The other end: keeps what it takes, and answers as it is told.
#[derive(Clone)]
struct Receiver {
    taken: Arc<Mutex<Vec<Delivery>>>,
    answers: Arc<AtomicU16>,
    /// Milliseconds until it answers.
    waits: Arc<AtomicU16>,
}

#[derive(Clone)]
struct Delivery {
    headers: actix_web::http::header::HeaderMap,
    body: String,
}

impl Receiver {
    fn listening() -> (Self, String, ServerHandle) {
        let receiver = Self {
            taken: Arc::default(),
            answers: Arc::new(AtomicU16::new(204)),
            waits: Arc::default(),
        };
        let kept = receiver.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(kept.clone()))
                .default_service(web::to(take))
        });
        let server = server.workers(1).bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/hook?token=hush", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        (receiver, address, handle)
    }

    fn all(&self) -> Vec<Delivery> {
        self.taken.lock().unwrap().clone()
    }

    fn wait(&self, milliseconds: u16) {
        self.waits.store(milliseconds, Ordering::SeqCst);
    }

    fn answer(&self, status: u16) {
        self.answers.store(status, Ordering::SeqCst);
    }
}

async fn take(at: web::Data<Receiver>, request: HttpRequest, body: String) -> HttpResponse {
    let wait = u64::from(at.waits.load(Ordering::SeqCst));
    tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
    let status = at.answers.load(Ordering::SeqCst);
    if status == 204 {
        let headers = request.headers().clone();
        at.taken.lock().unwrap().push(Delivery { headers, body });
    }
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    HttpResponse::build(status)
        .insert_header(("location", "http://127.0.0.1:1/elsewhere"))
        .finish()
}

impl Delivery {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    fn is_genuine(&self, secret: &str) -> bool {
        let mut headers = http::HeaderMap::new();
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let name = http::HeaderName::from_static(name);
            headers.insert(name.clone(), self.header(name.as_str()).parse().unwrap());
        }
        let judge = Webhook::new(secret).unwrap();
        judge.verify(self.body.as_bytes(), &headers).is_ok()
    }
}

const SCOPES: [Scope; 3] = [Scope::FeedsWrite, Scope::EventsRead, Scope::LedgerRead];

async fn desk(world: &World) -> Program<'_> {
    world.program_of(world.tenant(0).await, &SCOPES).await
}

async fn add(program: &Program<'_>, body: Value) -> Value {
    let answer = program.post("/v1/feeds", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

async fn feeds(program: &Program<'_>) -> Vec<Value> {
    let answer = program.get("/v1/feeds").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        !answer.body.contains("hush") && !answer.body.contains("whsec"),
        "{}",
        answer.body
    );
    answer.json()["feeds"].as_array().unwrap().clone()
}

async fn sent_to_the_end(world: &World, program: &Program<'_>) {
    world
        .until("the feeds to be sent to the end", async || {
            let ledger = program.get("/v1/ledger").await.json();
            let all = feeds(program).await;
            let size = &ledger["size"];
            all.iter()
                .all(|feed| feed["next"] == *size || feed["state"] == "REMOVED")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_is_sent_in_order_signed_and_once_each() {
    let world = World::installed().await;
    let program = desk(&world).await;
    let (receiver, url, _listening) = Receiver::listening();
    let made = add(&program, json!({ "url": url, "from": 0 })).await;
    assert_eq!(made["host"], "127.0.0.1");
    let secret = made["secret"].as_str().unwrap().to_owned();
    let key = world
        .ticket("Pay by card", "Customers pay by credit card.")
        .await
        .key;
    world
        .decide("carla", &key, "APPROVED", "Tokens only: fine.")
        .await;
    world.quiet().await;
    sent_to_the_end(&world, &program).await;
    let (taken, entries) = (receiver.all(), world.entries());
    let ids: Vec<&str> = taken.iter().map(|it| it.header("webhook-id")).collect();
    let recorded: Vec<&str> = entries.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, recorded);
    for delivery in &taken {
        assert!(delivery.is_genuine(&secret));
        assert!(!delivery.is_genuine("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="));
        let altered = Delivery {
            body: delivery.body.replace("countersign", "somebody"),
            ..delivery.clone()
        };
        assert!(!altered.is_genuine(&secret));
    }
    let decided = taken
        .iter()
        .find(|it| it.json()["type"] == "countersign.human_review")
        .unwrap();
    let shown = program
        .get(&format!("/v1/audit/{}", decided.header("webhook-id")))
        .await
        .json();
    assert_eq!(decided.json()["data"]["payload"], shown["payload"]);
    // The address and the secret are nowhere in clear, and the summary of the ticket was never sent.
    assert!(
        taken
            .iter()
            .all(|it| !it.body.contains("hush") && !it.body.contains("Pay by card"))
    );
    let bytes = world.in_hex("bytes");
    let hush: String = "hush".bytes().map(|b| format!("{b:02x}")).collect();
    let lines = world.lines(&format!("SELECT {bytes} AS line FROM entries"));
    assert!(
        lines
            .iter()
            .all(|line| !line.to_lowercase().contains(&hush))
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_sent_again_and_nothing_overtakes_it() {
    let mut world = World::installed().await;
    let (receiver, url, _listening) = Receiver::listening();
    receiver.answer(503);
    let program = desk(&world).await;
    let made = add(&program, json!({ "url": url })).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    world
        .ticket("Pay by card", "Customers pay by credit card.")
        .await;
    let waiting = async |program: &Program<'_>| {
        let feed = feeds(program).await.remove(0);
        feed["failed"].as_u64() > Some(0) && feed["lastError"] == "It was answered with 503."
    };
    world
        .until("the first try to fail", async || waiting(&program).await)
        .await;
    // A redirect leads nowhere.
    receiver.answer(307);
    world
        .until("another try", async || {
            feeds(&program).await[0]["lastError"] == "It was answered with 307."
        })
        .await;
    drop(program);
    world.stop().await;
    receiver.answer(204);
    world.start().await;
    let program = desk(&world).await;
    sent_to_the_end(&world, &program).await;
    let taken = receiver.all();
    let ids: Vec<&str> = taken.iter().map(|it| it.header("webhook-id")).collect();
    let next = made["next"].as_u64().unwrap() as usize;
    let entries = world.entries();
    let recorded: Vec<&str> = entries.iter().skip(next).map(|it| it.id.as_str()).collect();
    assert_eq!(ids, recorded);
    assert!(taken.iter().all(|it| it.is_genuine(&secret)));
}

/// Other feeds have lanes of their own: one whose end is slow, one whose end is away, and one that cannot be read.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_one_feed_holds_up_no_other() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    let (program, other) = (
        desk(&world).await,
        world.program_of(world.tenant(1).await, &SCOPES).await,
    );
    let (receiver, url, _listening) = Receiver::listening();
    let (slow, slow_url, _listening) = Receiver::listening();
    slow.wait(4_000);
    let broken = add(&other, json!({ "url": slow_url, "from": 0 })).await;
    let sql = format!(
        "UPDATE feeds SET secrets = secrets || secrets WHERE id = '{}'",
        broken["id"].as_str().unwrap()
    );
    world.overwrite(&sql);
    add(&other, json!({ "url": slow_url, "from": 0 })).await;
    add(
        &other,
        json!({ "url": "http://127.0.0.1:9/nobody", "from": 0 }),
    )
    .await;
    add(&program, json!({ "url": url, "from": 0 })).await;
    for at in 0..3 {
        world
            .ticket(
                &format!("Pay by card {at}"),
                "Customers pay by credit card.",
            )
            .await;
        let begun = std::time::Instant::now();
        sent_to_the_end(&world, &program).await;
        assert!(slow.all().len() < 20, "the slow end is still at it");
        println!("sent after {:?}", begun.elapsed());
    }
    assert!(!receiver.all().is_empty());
    let words = |at: usize, feeds: &[Value]| {
        feeds[at]["lastError"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    world
        .until("each to say what is wrong", async || {
            let feeds = feeds(&other).await;
            words(0, &feeds).contains("cannot be read here")
                && words(2, &feeds).contains("connected")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn v_386_the_security_team_hears_of_what_matters_and_of_nothing_else() {
    let world = World::installed().await;
    let program = desk(&world).await;
    let (receiver, url, _listening) = Receiver::listening();
    let wanted = json!({ "url": url, "form": "CLOUDEVENTS", "least": "HIGH", "types": ["TICKET_ASSESSED", "TICKET_ASSESSED"] });
    let made = add(&program, wanted).await;
    assert_eq!(made["types"], json!(["TICKET_ASSESSED"]));
    world
        .ticket("Increase button padding", "Four pixels more.")
        .await;
    let words = "Customers pay by credit card and patients upload medical records.";
    world.ticket("Pay for treatment", words).await;
    world.quiet().await;
    sent_to_the_end(&world, &program).await;
    let taken = receiver.all();
    assert_eq!(taken.len(), 1);
    let event = taken[0].json();
    assert_eq!(
        taken[0].header("content-type"),
        "application/cloudevents+json"
    );
    // CloudEvents 1.0: the members that there have to be, and no member that is none of its.
    let members: Vec<&str> = event
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "data",
            "datacontenttype",
            "id",
            "source",
            "specversion",
            "time",
            "type"
        ]
    );
    assert_eq!(
        (&event["specversion"], &event["type"]),
        (&json!("1.0"), &json!("countersign.ticket_assessed"))
    );
    assert_eq!(event["data"]["severity"], "HIGH");
    // Removed, it hears nothing more; that it was there stays.
    let id = made["id"].as_str().unwrap();
    let gone = program.delete(&format!("/v1/feeds/{id}")).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert_eq!(program.delete(&format!("/v1/feeds/{id}")).await.status, 404);
    world.ticket("Pay for treatment again", words).await;
    world.quiet().await;
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    assert_eq!(receiver.all().len(), 1);
    assert_eq!(feeds(&program).await[0]["state"], "REMOVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_feed_is_refused_and_another_tenants_is_not_there() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    let program = desk(&world).await;
    let refused = async |body: Value| -> Answer { program.post("/v1/feeds", &body).await };
    for (status, body) in [
        (400, json!({})),
        (400, json!({ "url": "https://a.test", "more": 1 })),
        (
            400,
            json!({ "url": "https://a.test", "types": ["ANYTHING"] }),
        ),
        (400, json!({ "url": "https://a.test", "least": "SOME" })),
        (422, json!({ "url": "http://a.test" })),
        (422, json!({ "url": "https://me:word@a.test" })),
        (422, json!({ "url": "https://a.test", "from": 1_000_000 })),
    ] {
        let answer = refused(body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(!answer.body.contains("word"), "{}", answer.body);
    }
    assert_eq!(feeds(&program).await.len(), 0);
    let made = add(&program, json!({ "url": "https://a.test/x" })).await;
    let id = made["id"].as_str().unwrap();
    let other = world.program_of(world.tenant(1).await, &SCOPES).await;
    assert_eq!(other.delete(&format!("/v1/feeds/{id}")).await.status, 404);
    assert_eq!(feeds(&other).await.len(), 0);
    for _ in 1..20 {
        add(&program, json!({ "url": "https://a.test/x" })).await;
    }
    assert_eq!(
        refused(json!({ "url": "https://a.test/x" })).await.status,
        422
    );
    world.check_ledger().await;
}
