//! The descriptor we serve: valid by the published schema, and by the checks that schema lacks.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::vectors;

use std::collections::BTreeSet;

use jira::BaseUrl;
use jira::connect::descriptor::{DescriptorError, UrlKind};
use jira::connect::{ConnectScope, Descriptor};
use jira::rest::operations;
use serde_json::{Value, json};

const OURS: &str = include_str!("../../atlassian-connect.json");

fn changed(change: impl FnOnce(&mut Value)) -> DescriptorError {
    let mut document: Value = serde_json::from_str(OURS).unwrap();
    change(&mut document);
    Descriptor::parse(&document.to_string()).unwrap_err()
}

#[test]
fn ours_is_valid_by_the_published_schema() {
    let Some(schema) = vectors::json("atlassian/connect-descriptor-schema.json") else {
        return;
    };
    // The schema says "uri" where Jira wants addresses below the base URL.
    let reference = |text: &str| text.starts_with('/') || text.parse::<url::Url>().is_ok();
    let schema = jsonschema::options()
        .with_format("uri", reference)
        .build(&schema)
        .unwrap();
    let address: BaseUrl = "https://countersign.example.com".parse().unwrap();
    let served: Value =
        serde_json::from_str(&Descriptor::parse(OURS).unwrap().served_at(&address)).unwrap();
    let errors: Vec<String> = schema
        .iter_errors(&served)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());

    let mut broken = served;
    broken["modules"]["jiraIssueContents"][0]["target"] = json!({"type": "web_panel"});
    assert!(
        !schema.is_valid(&broken),
        "the schema must notice a missing address"
    );
    println!("descriptor: valid by the schema");
}

#[test]
fn only_the_base_url_is_filled_in() {
    let address: BaseUrl = "https://countersign.example.com/below/".parse().unwrap();
    let descriptor = Descriptor::parse(OURS).unwrap();
    let mut served: Value = serde_json::from_str(&descriptor.served_at(&address)).unwrap();
    let base_url = served.as_object_mut().unwrap().remove("baseUrl").unwrap();
    assert_eq!(base_url, "https://countersign.example.com/below");
    assert_eq!(served, serde_json::from_str::<Value>(OURS).unwrap());
}

#[test]
fn ours_names_these_addresses() {
    let descriptor = Descriptor::parse(OURS).unwrap();
    let of = |kind: UrlKind| -> BTreeSet<&str> {
        descriptor
            .urls()
            .iter()
            .filter(|url| url.kind == kind)
            .map(|url| url.path.as_str())
            .collect()
    };
    assert_eq!(descriptor.key().as_str(), "dev.countersign.app");
    assert_eq!(
        of(UrlKind::Lifecycle),
        BTreeSet::from([
            "/connect/installed",
            "/connect/uninstalled",
            "/connect/enabled",
            "/connect/disabled"
        ])
    );
    assert_eq!(of(UrlKind::Webhook).len(), 11);
    assert_eq!(
        of(UrlKind::Panel),
        BTreeSet::from(["/connect/panel?issueId={issue.id}&issueKey={issue.key}"])
    );
    assert_eq!(of(UrlKind::Icon), BTreeSet::from(["/assets/icon.svg"]));
    assert_eq!(of(UrlKind::Page), BTreeSet::from(["/connect/settings"]));
    assert_eq!(descriptor.urls().len(), 18);
}

#[test]
fn what_the_schema_lets_pass_is_refused() {
    let unknown = |text: &str| DescriptorError::Unknown(text.to_owned());
    let malformed = |text: &str| DescriptorError::Malformed(text.to_owned());
    assert_eq!(
        changed(|d| d["key"] = json!("k".repeat(65))),
        malformed("key")
    );
    assert_eq!(
        changed(|d| d["key"] = json!("with space")),
        malformed("key")
    );
    assert_eq!(
        changed(|d| d["modules"]["webhooks"][0]["event"] = json!("jira:issue_resolved")),
        malformed("modules.webhooks[0].event")
    );
    assert_eq!(
        changed(|d| d["lifecycle"]["upgraded"] = json!("/connect/upgraded")),
        unknown("lifecycle.upgraded")
    );
    assert_eq!(
        changed(|d| d["modules"]["jiraIssueContents"][0]["titel"] = json!("x")),
        unknown("modules.jiraIssueContents[0].titel")
    );
    assert_eq!(
        changed(|d| d["modules"]["jiraIssueGlances"] = json!([])),
        unknown("modules.jiraIssueGlances")
    );
    assert_eq!(
        changed(
            |d| d["modules"]["jiraIssueContents"][0]["target"]["url"] = json!("//evil.example/")
        ),
        malformed("modules.jiraIssueContents[0].target.url")
    );
    assert_eq!(
        changed(|d| {
            let panel = d["modules"]["jiraIssueContents"][0].clone();
            d["modules"]["jiraIssueContents"]
                .as_array_mut()
                .unwrap()
                .push(panel);
        }),
        DescriptorError::Twice("module key countersign-panel".to_owned())
    );
    assert_eq!(
        changed(|d| d["baseUrl"] = json!("http://x")),
        unknown("baseUrl")
    );
    assert_eq!(
        changed(|d| d["authentication"]["type"] = json!("none")),
        malformed("authentication.type")
    );
    assert_eq!(
        changed(|d| d["apiMigrations"]["signed-install"] = json!(false)),
        DescriptorError::Missing("apiMigrations.signed-install".to_owned())
    );
    assert_eq!(
        changed(|d| d["scopes"] = json!(["READ", "READ"])),
        DescriptorError::Twice("scopes.READ".to_owned())
    );
}

#[test]
fn the_scopes_are_those_our_operations_need() {
    let descriptor = Descriptor::parse(OURS).unwrap();
    let beyond: Vec<String> = operations::ALL
        .iter()
        .filter(|operation| {
            let scope = operation.scope;
            scope.is_none_or(|scope| !descriptor.scopes().contains(&scope))
        })
        .map(ToString::to_string)
        .collect();
    // For API tokens only, or for a Forge app; the Connect app does without.
    assert_eq!(
        beyond,
        [
            "DELETE /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}",
            "GET /rest/api/3/group/member",
            "PUT /rest/api/3/app/field/{fieldIdOrKey}/value"
        ]
    );
    for scope in descriptor.scopes() {
        assert!(
            operations::ALL
                .iter()
                .any(|operation| operation.scope == Some(*scope)),
            "{scope:?} is not needed"
        );
    }
}

#[test]
fn every_operation_is_one_of_jiras_with_this_scope() {
    let Some(openapi) = vectors::json("jira-openapi/openapi-v3.json") else {
        return;
    };
    for operation in operations::ALL {
        let described = &openapi["paths"][operation.path][operation.method.to_lowercase()];
        assert!(described.is_object(), "{operation}");
        assert_eq!(
            described["x-atlassian-connect-scope"],
            operation.scope.map_or("INACCESSIBLE", ConnectScope::as_str),
            "{operation}"
        );
        assert_ne!(described["deprecated"], true, "{operation}");
    }
    println!(
        "operations: {} in the published interface",
        operations::ALL.len()
    );
}
