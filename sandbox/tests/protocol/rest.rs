//! The REST API as the app and scripts use it.

use sandbox::{ALICE, CARLA, RawToken, TokenKey};
use serde_json::{Value, json};

use crate::tiny_app::{KEY, app_token, call, installed, send};

const ISSUE: &str = "/rest/api/3/issue/PAY-1";

#[actix_web::test]
async fn only_a_fresh_token_for_this_very_request_gets_in() {
    let (sandbox, _app) = installed().await;
    assert_eq!(
        call(
            &sandbox,
            "GET",
            "/rest/api/3/issue/PAY-1?fields=summary,status",
            None
        )
        .await
        .0,
        200
    );
    let forge = |key: TokenKey, bend: fn(&mut Value)| {
        let mut claims = sandbox.call_claims("GET", ISSUE).unwrap();
        claims["iss"] = json!(KEY);
        bend(&mut claims);
        format!(
            "JWT {}",
            sandbox
                .raw_token(&RawToken {
                    key,
                    kid: None,
                    claims
                })
                .unwrap()
        )
    };
    let shared = || TokenKey::SharedSecret;
    let bad = [
        ("no credential", String::new()),
        (
            "other secret",
            forge(TokenKey::Secret("x".to_owned()), |_| {}),
        ),
        ("unsigned", forge(TokenKey::Unsigned, |_| {})),
        ("RS256", forge(TokenKey::InstallKey, |_| {})),
        (
            "expired",
            forge(shared(), |claims| claims["exp"] = json!(1_700_000_000)),
        ),
        (
            "client key as issuer",
            forge(shared(), |claims| claims["iss"] = json!("other")),
        ),
        (
            "context token",
            forge(shared(), |claims| claims["qsh"] = json!("context-qsh")),
        ),
        (
            "no qsh",
            forge(shared(), |claims| {
                drop(claims.as_object_mut().unwrap().remove("qsh"));
            }),
        ),
        (
            "other request",
            format!(
                "JWT {}",
                app_token(&sandbox, "GET", "/rest/api/3/issue/PAY-2")
            ),
        ),
    ];
    for (why, authorization) in bad {
        let (status, body) = send(&sandbox, "GET", ISSUE, &authorization, None).await;
        assert_eq!(status, 401, "{why}");
        assert!(
            body["errorMessages"].is_array() && body["errors"].is_object(),
            "{why}"
        );
    }
    let basic = sandbox.basic_auth("alice").unwrap();
    let (status, me) = send(&sandbox, "GET", "/rest/api/3/myself", &basic, None).await;
    assert_eq!((status, &me["accountId"]), (200, &json!(ALICE)));
}

#[actix_web::test]
async fn missing_scopes_are_403() {
    let (sandbox, app) = installed().await;
    app.describe(|descriptor| descriptor["scopes"] = json!(["READ"]));
    sandbox.rotate_secret().await.unwrap();
    assert_eq!(call(&sandbox, "GET", ISSUE, None).await.0, 200);
    let property = "/rest/api/3/issue/PAY-1/properties/tiny";
    assert_eq!(call(&sandbox, "PUT", property, Some(json!(1))).await.0, 403);
    assert_eq!(call(&sandbox, "DELETE", property, None).await.0, 403);
    let members = "/rest/api/3/group/member?groupname=countersign-approvers";
    assert_eq!(
        call(&sandbox, "GET", members, None).await.0,
        403,
        "needs ADMIN, as published"
    );
    app.describe(|descriptor| descriptor["scopes"] = json!(["READ", "ADMIN"]));
    sandbox.rotate_secret().await.unwrap();
    let (_, page) = call(&sandbox, "GET", members, None).await;
    assert_eq!(page["values"][0]["accountId"], CARLA);
    assert_eq!((&page["isLast"], &page["total"]), (&json!(true), &json!(1)));
}

#[actix_web::test]
async fn an_issue_has_its_fields_changelog_and_properties() {
    let (sandbox, _app) = installed().await;
    sandbox
        .world()
        .transition("alice", "PAY-1", "In Progress")
        .unwrap();
    sandbox
        .world()
        .set_property("alice", "PAY-1", "tiny", &json!({ "a": 1 }))
        .unwrap();
    let (_, all) = call(
        &sandbox,
        "GET",
        &format!("{ISSUE}?expand=changelog&properties=tiny"),
        None,
    )
    .await;
    assert_eq!(all["fields"]["description"]["type"], "doc");
    assert_eq!(
        all["fields"]["status"]["statusCategory"]["key"],
        "indeterminate"
    );
    let item = &all["changelog"]["histories"][0]["items"][0];
    assert_eq!((&item["from"], &item["to"]), (&json!("10001"), &json!("3")));
    assert_eq!(all["properties"]["tiny"]["a"], 1);
    let (_, few) = call(&sandbox, "GET", &format!("{ISSUE}?fields=summary"), None).await;
    assert_eq!(few["fields"].as_object().unwrap().len(), 1);
    let (status, error) = call(&sandbox, "GET", "/rest/api/3/issue/PAY-999", None).await;
    assert_eq!(status, 404);
    assert!(
        error["errorMessages"][0]
            .as_str()
            .unwrap()
            .contains("does not exist")
    );
}

#[actix_web::test]
async fn the_changelog_is_paged_oldest_first() {
    let (sandbox, _app) = installed().await;
    for to in ["In Progress", "Done", "To Do"] {
        sandbox.world().transition("alice", "PAY-1", to).unwrap();
    }
    let path = format!("{ISSUE}/changelog?startAt=1&maxResults=1");
    let (_, page) = call(&sandbox, "GET", &path, None).await;
    assert_eq!(
        (&page["total"], &page["isLast"]),
        (&json!(3), &json!(false))
    );
    let items = page["values"][0]["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|item| item["field"] == "resolution" && item["toString"] == "Done")
    );
    assert!(
        page["nextPage"]
            .as_str()
            .unwrap()
            .ends_with("startAt=2&maxResults=1")
    );
}

#[actix_web::test]
async fn properties_and_remote_links_answer_201_then_200() {
    let (sandbox, _app) = installed().await;
    let property = "/rest/api/3/issue/PAY-1/properties/com.example:tiny";
    assert_eq!(call(&sandbox, "GET", property, None).await.0, 404);
    assert_eq!(
        call(&sandbox, "PUT", property, Some(json!({ "v": 1 })))
            .await
            .0,
        201
    );
    assert_eq!(
        call(&sandbox, "PUT", property, Some(json!({ "v": 2 })))
            .await
            .0,
        200
    );
    assert_eq!(
        call(&sandbox, "GET", property, None).await.1["value"]["v"],
        2
    );
    let long = json!("x".repeat(32_767));
    assert_eq!(call(&sandbox, "PUT", property, Some(long)).await.0, 400);
    assert_eq!(call(&sandbox, "DELETE", property, None).await.0, 204);

    let links = "/rest/api/3/issue/PAY-1/remotelink";
    let link = |title: &str| json!({ "globalId": "tiny=1", "object": { "url": "https://a.example", "title": title } });
    let (status, made) = call(&sandbox, "POST", links, Some(link("One"))).await;
    assert_eq!(status, 201);
    let (status, again) = call(&sandbox, "POST", links, Some(link("Two"))).await;
    assert_eq!((status, &again["id"]), (200, &made["id"]));
    let (_, all) = call(&sandbox, "GET", links, None).await;
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["object"]["title"]),
        (1, &json!("Two"))
    );
    let untitled = json!({ "object": { "url": "https://a.example" } });
    let (status, error) = call(&sandbox, "POST", links, Some(untitled)).await;
    assert_eq!((status, error["errors"]["title"].is_string()), (400, true));
}

#[actix_web::test]
async fn comments_keep_their_properties_and_must_be_documents() {
    let (sandbox, _app) = installed().await;
    let path = "/rest/api/3/issue/PAY-1/comment";
    let text = |text: &str| {
        json!({ "type": "doc", "version": 1, "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
    };
    let properties = json!([{ "key": "outbox", "value": { "id": "01J" } }]);
    let body = json!({ "body": text("First"), "properties": properties });
    let (status, made) = call(&sandbox, "POST", path, Some(body)).await;
    assert_eq!(status, 201);
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    let (status, _) = call(
        &sandbox,
        "PUT",
        &own,
        Some(json!({ "body": text("Edited") })),
    )
    .await;
    assert_eq!(status, 200);
    let (_, list) = call(&sandbox, "GET", &format!("{path}?expand=properties"), None).await;
    assert_eq!(list["comments"][0]["properties"], properties);
    assert_eq!(list["comments"][0]["body"], text("Edited"));
    let (status, error) = call(&sandbox, "POST", path, Some(json!({ "body": "plain" }))).await;
    assert_eq!(
        (status, error["errors"]["comment"].is_string()),
        (400, true)
    );
    let basic = sandbox.basic_auth("dan").unwrap();
    let dans = json!({ "body": text("May I?") });
    assert_eq!(
        send(&sandbox, "POST", path, &basic, Some(dans)).await.0,
        403
    );
}
