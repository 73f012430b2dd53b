//! The descriptor as it is served is the one in the repository, and what it promises is there.

use app::routes::{Caller, ROUTES};
use serde_json::Value;

use crate::panel::Answer;
use crate::world::World;

const FILE: &str = include_str!("../../atlassian-connect.json");

async fn served(world: &World) -> Value {
    let answer = Answer::to(world.http.get(world.descriptor_url())).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_address_is_filled_in() {
    let world = World::with_sites(1).await;
    let mut served = served(&world).await;
    let address = served.as_object_mut().unwrap().remove("baseUrl");
    assert_eq!(address, Some(Value::from(world.address())));
    assert_eq!(served, serde_json::from_str::<Value>(FILE).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_in_it_is_a_route_of_the_right_caller() {
    let world = World::with_sites(1).await;
    let served = served(&world).await;
    let route = |path: &str| {
        let path = path.split('?').next().unwrap();
        let found = ROUTES.iter().find(|route| route.path == path);
        found.map(|route| (route.method, route.caller))
    };
    let lifecycle = served["lifecycle"].as_object().unwrap();
    assert_eq!(lifecycle.len(), 4);
    for (event, url) in lifecycle {
        let caller = match event.as_str() {
            "installed" | "uninstalled" => Caller::ConnectInstall,
            _ => Caller::ConnectServer,
        };
        assert_eq!(
            route(url.as_str().unwrap()),
            Some(("POST", caller)),
            "{event}"
        );
    }
    let webhooks = served["modules"]["webhooks"].as_array().unwrap();
    assert_eq!(webhooks.len(), 11);
    for webhook in webhooks {
        let url = webhook["url"].as_str().unwrap();
        assert_eq!(route(url), Some(("POST", Caller::ConnectServer)), "{url}");
    }
    let panel = &served["modules"]["jiraIssueContents"][0];
    let page = panel["target"]["url"].as_str().unwrap();
    assert_eq!(route(page), Some(("GET", Caller::ConnectPage)));
    let settings = &served["modules"]["adminPages"][0];
    let page = settings["url"].as_str().unwrap();
    assert_eq!(route(page), Some(("GET", Caller::ConnectPage)));
    let icon = format!(
        "{}{}",
        world.address(),
        panel["icon"]["url"].as_str().unwrap()
    );
    assert_eq!(Answer::to(world.http.get(icon)).await.status, 200);
}

/// Scopes, modules and addresses: what a Jira administrator is asked to agree to does not grow by itself.
#[test]
fn it_asks_for_no_more_than_it_did() {
    let file: Value = serde_json::from_str(FILE).unwrap();
    assert_eq!(file["scopes"], serde_json::json!(["READ", "WRITE"]));
    assert_eq!(file["apiMigrations"]["signed-install"], true);
    assert_eq!(file["apiMigrations"]["context-qsh"], true);
    let modules: Vec<&String> = file["modules"].as_object().unwrap().keys().collect();
    assert_eq!(
        modules,
        [
            "adminPages",
            "jiraEntityProperties",
            "jiraIssueContents",
            "jiraWorkflowConditions",
            "webhooks"
        ]
    );
}
