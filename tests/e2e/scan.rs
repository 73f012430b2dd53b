//! V:401-425: what the catalog makes of a project's own issues is seen before it goes live, and nothing is recorded.

use record::entries::Scope;
use sandbox::NewIssue;
use serde_json::{Value, json};

use crate::api::Program;
use crate::api_jira::connected;
use crate::world::World;

const OFF: &str = "frameworks:\n  pci_dss: {applies: off}\n";

/// All pages, joined.
async fn scan(program: &Program<'_>, mut body: Value) -> (u64, Vec<Value>) {
    let (mut read, mut flagged) = (0, Vec::new());
    loop {
        let answer = program.post("/v1/catalog/scan", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let page = answer.json();
        read += page["read"].as_u64().unwrap();
        flagged.extend(page["flagged"].as_array().unwrap().clone());
        match page["next"].clone() {
            Value::Null => return (read, flagged),
            next => body["from"] = next,
        }
    }
}

fn keys(flagged: &[Value]) -> Vec<&str> {
    flagged
        .iter()
        .map(|it| it["ticket"].as_str().unwrap())
        .collect()
}

/// A site whose issues nothing is recorded of: 103 ordinary ones in a project of their own, one about cards that is done,
/// and one that a security level hides.
async fn before_the_app() -> (World, [String; 2]) {
    let world = World::with_sites(1).await;
    let jira = world.jira().world();
    let make = |summary: &str, description: &str, restricted| {
        let new = NewIssue {
            project: "OPS".to_owned(),
            summary: summary.to_owned(),
            description: description.to_owned(),
            restricted,
            ..NewIssue::default()
        };
        jira.create_issue("ben", new).unwrap().key
    };
    for at in 0..103 {
        let words = format!("Four pixels more on page {at}.");
        make("Increase button padding", &words, false);
    }
    let card = make("Pay by card", "Customers pay by credit card.", false);
    jira.transition("ben", &card, "Done").unwrap();
    let hidden = make(
        "Card numbers",
        "Customers store their credit card number.",
        true,
    );
    world.install(0).await;
    world.quiet().await;
    (world, [card, hidden])
}

#[tokio::test(flavor = "multi_thread")]
async fn v_401_a_backlog_is_looked_at_before_the_catalog_goes_live() {
    let (world, [card, hidden]) = before_the_app().await;
    let program = world.program().await;
    let was = world.imprint();
    let (read, flagged) = scan(&program, json!({ "project": "OPS" })).await;
    assert!(read >= 105, "{read} issues in more than one page");
    let named = keys(&flagged);
    assert!(named.contains(&card.as_str()) && named.contains(&hidden.as_str()));
    let of = |key: &str| flagged.iter().find(|it| it["ticket"] == key).unwrap();
    let found = of(&card)["findings"].as_array().unwrap();
    let found = found.iter().find(|it| it["indicator"] == "payment");
    let words = found.unwrap()["words"].to_string();
    assert!(words.to_lowercase().contains("credit card"), "{words}");
    assert!(of(&card)["frameworks"].to_string().contains("PCI DSS"));
    assert!(of(&card)["requirements"].as_u64().unwrap() > 0);
    // What a security level hides is flagged, and its words are shown to nobody.
    let hidden = of(&hidden)["findings"].as_array().unwrap();
    assert!(hidden.iter().all(|it| it["words"] == json!([])));
    // An organisation's own file is tried before the server is given it.
    let own = json!({ "project": "OPS", "config": OFF });
    let (_, otherwise) = scan(&program, own).await;
    assert!(!json!(otherwise).to_string().contains("PCI DSS"));
    assert_eq!(world.imprint(), was, "a scan changes nothing");

    let told = program.runs(&["scan", "--project", "ops"]);
    assert!(told.status.success(), "{told:?}");
    let told = String::from_utf8(told.stdout).unwrap();
    let head = format!("OPS: {read} issues read, {} would be flagged", named.len());
    assert!(told.starts_with(&head), "{told}");
    assert!(
        told.contains(&card) && told.contains("“credit card”"),
        "{told}"
    );
    let told = program.runs(&["scan", "--project", "OPS", "--json"]);
    let told = String::from_utf8(told.stdout).unwrap();
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(keys(&lines), named);
    assert_eq!(world.imprint(), was);
    world.check_ledger().await;
}

/// A site that is opened by a token is read in the projects that were chosen, and nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn a_site_without_the_app_is_scanned_in_its_projects_alone() {
    let (world, site) = connected().await;
    let key = world
        .make("Pay by card", "Customers pay by credit card.")
        .key;
    let program = world.program().await;
    let (read, flagged) = scan(&program, json!({ "project": "PAY", "site": site })).await;
    assert!(
        read > 0 && keys(&flagged).contains(&key.as_str()),
        "{flagged:?}"
    );
    let body = json!({ "project": "OPS" });
    let refused = program.post("/v1/catalog/scan", &body).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(
        refused.body.contains("connected for: PAY"),
        "{}",
        refused.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_scanned_is_refused_in_plain_words() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    let program = world.program().await;
    let site = world
        .lines("SELECT id AS line FROM sites ORDER BY id")
        .remove(0);
    world.install(1).await;
    let other = world.program_of(world.tenant(1).await, Scope::ALL).await;
    for (program, body, status, why) in [
        (
            &program,
            json!({ "project": "NOWHERE" }),
            422,
            "no project with this key",
        ),
        (
            &program,
            json!({ "project": "OPS", "config": "frameworks: [" }),
            422,
            "config: compliance-config.yml:",
        ),
        (
            &program,
            json!({ "project": "OPS", "from": "x" }),
            422,
            "Begin anew",
        ),
        (
            &program,
            json!({ "project": "OPS", "from": format!("{site}/made-up") }),
            422,
            "Begin anew",
        ),
        (
            &program,
            json!({ "project": "OPS\" OR project = \"PAY" }),
            400,
            "not as expected",
        ),
        (&program, json!({}), 400, "not as expected"),
        // Another tenant's site.
        (
            &other,
            json!({ "project": "OPS", "site": site }),
            422,
            "no site of yours",
        ),
        (
            &other,
            json!({ "project": "OPS", "from": format!("{site}/") }),
            422,
            "no site of yours",
        ),
    ] {
        let answer = program.post("/v1/catalog/scan", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(answer.body.contains(why), "{body}: {}", answer.body);
    }
    let blind = world
        .program_of(world.tenant(0).await, &[Scope::EventsRead])
        .await;
    let answer = blind
        .post("/v1/catalog/scan", &json!({ "project": "OPS" }))
        .await;
    assert_eq!(answer.status, 403, "{}", answer.body);
}
