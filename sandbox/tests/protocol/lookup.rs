//! Search, permissions, people and transitions as the app asks for them.

use sandbox::{APPROVERS_GROUP, CARLA, DAN, ERIN};
use serde_json::json;

use crate::tiny_app::{call, installed, send};

const ISSUE: &str = "/rest/api/3/issue/PAY-1";

#[actix_web::test]
async fn a_search_pages_by_token_and_gives_ids_only_unless_asked() {
    let (sandbox, _app) = installed().await;
    let path = "/rest/api/3/search/jql";
    let mut ids = Vec::new();
    let mut wish = json!({ "jql": "project = PAY order by created", "maxResults": 3 });
    loop {
        let (status, page) = call(&sandbox, "POST", path, Some(wish.clone())).await;
        assert_eq!(status, 200);
        assert!(page["issues"][0].get("fields").is_none());
        ids.extend(page["issues"].as_array().unwrap().clone());
        if page["isLast"] == true {
            assert!(page.get("nextPageToken").is_none());
            break;
        }
        wish["nextPageToken"] = page["nextPageToken"].clone();
    }
    assert_eq!(ids.len(), 4);
    let wish =
        json!({ "jql": "key in (PAY-1, CARE-2)", "fields": ["summary"], "properties": ["x"] });
    let (_, page) = call(&sandbox, "POST", path, Some(wish)).await;
    assert_eq!(page["issues"][1]["key"], "CARE-2");
    assert!(page["issues"][1]["properties"].is_object());
    assert_eq!(
        call(&sandbox, "POST", path, Some(json!({ "jql": "" })))
            .await
            .0,
        400
    );
}

#[actix_web::test]
async fn permissions_are_told_per_account_issue_and_project() {
    let (sandbox, _app) = installed().await;
    let id = |key: &str| {
        sandbox.world().issue(key).unwrap()["id"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    let (open, restricted) = (id("CARE-1"), id("CARE-4"));
    let ask = |account: &str| {
        json!({ "accountId": account, "globalPermissions": ["ADMINISTER"], "projectPermissions": [
            { "permissions": ["BROWSE_PROJECTS", "ADD_COMMENTS"], "issues": [open, restricted], "projects": [10001] }] })
    };
    let path = "/rest/api/3/permissions/check";
    let (_, dan) = call(&sandbox, "POST", path, Some(ask(DAN))).await;
    assert_eq!(dan["globalPermissions"], json!([]));
    assert_eq!(dan["projectPermissions"][0]["issues"], json!([open]));
    assert_eq!(dan["projectPermissions"][1]["projects"], json!([]));
    let (_, carla) = call(&sandbox, "POST", path, Some(ask(CARLA))).await;
    assert_eq!(
        carla["projectPermissions"][1]["issues"],
        json!([open, restricted])
    );
    let (_, erin) = call(&sandbox, "POST", path, Some(ask(ERIN))).await;
    assert_eq!(erin["globalPermissions"], json!(["ADMINISTER"]));
    let unknown = json!({ "globalPermissions": ["FLY"] });
    assert_eq!(call(&sandbox, "POST", path, Some(unknown)).await.0, 400);
}

#[actix_web::test]
async fn roles_name_their_actors_and_a_user_names_their_groups() {
    let (sandbox, _app) = installed().await;
    let group = sandbox::RoleActor::Group(APPROVERS_GROUP.to_owned());
    sandbox
        .world()
        .add_to_role("PAY", "Approvers", group)
        .unwrap();
    let (_, roles) = call(&sandbox, "GET", "/rest/api/3/project/PAY/role", None).await;
    let link = roles["Approvers"]
        .as_str()
        .unwrap()
        .strip_prefix(sandbox.local_url())
        .unwrap();
    let (_, role) = call(&sandbox, "GET", link, None).await;
    assert_eq!(role["actors"][0]["actorUser"]["accountId"], CARLA);
    assert_eq!(role["actors"][1]["actorGroup"]["name"], APPROVERS_GROUP);
    let path = format!("/rest/api/3/user/groups?accountId={CARLA}");
    let (_, groups) = call(&sandbox, "GET", &path, None).await;
    assert_eq!(groups[0]["name"], APPROVERS_GROUP);
    let (_, fields) = call(&sandbox, "GET", "/rest/api/3/field", None).await;
    assert!(
        fields
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["id"] == "customfield_10200" && it["custom"] == true)
    );
    let (status, tenant) = send(&sandbox, "GET", "/_edge/tenant_info", "", None).await;
    assert_eq!(
        (status, &tenant["cloudId"]),
        (200, &json!(sandbox.cloud_id()))
    );
}

#[actix_web::test]
async fn a_transition_is_taken_by_id_and_an_impossible_one_is_400() {
    let (sandbox, _app) = installed().await;
    let path = format!("{ISSUE}/transitions");
    let (_, list) = call(&sandbox, "GET", &path, None).await;
    let done = list["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "Done")
        .unwrap();
    let wish = json!({ "transition": { "id": done["id"] } });
    assert_eq!(
        call(&sandbox, "POST", &path, Some(wish.clone())).await.0,
        204
    );
    assert_eq!(call(&sandbox, "POST", &path, Some(wish)).await.0, 400);
    let (_, issue) = call(&sandbox, "GET", ISSUE, None).await;
    assert_eq!(issue["fields"]["resolution"]["name"], "Done");
}
