//! The front page: every project the viewer may browse, its issues by status.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::pages;
use super::viewer::Viewer;
use crate::site::{Site, lock};
use crate::world::{Issue, Permission, Project, Status, World};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(board));
}

async fn board(site: web::Data<Site>, viewer: Viewer) -> HttpResponse {
    let boards: Vec<Value> = {
        let world = lock(&site.world);
        let browse = Permission::BrowseProjects;
        let visible = world
            .projects
            .iter()
            .filter(|it| world.may(&viewer.account, &it.key, browse));
        visible
            .map(|project| columns(&world, project, &viewer))
            .collect()
    };
    pages::draw(
        &site,
        &viewer,
        "board",
        json!({ "title": "All work", "boards": boards }),
    )
}

fn columns(world: &World, project: &Project, viewer: &Viewer) -> Value {
    let columns: Vec<Value> = Status::ALL
        .into_iter()
        .map(|status| {
            let here = |issue: &&Issue| issue.project == project.key && issue.status == status;
            let issues: Vec<Value> = world
                .issues
                .values()
                .filter(here)
                .filter(|issue| world.may_see(&viewer.account, issue))
                .map(|issue| card(world, issue))
                .collect();
            json!({ "status": status.name(), "issues": issues })
        })
        .collect();
    json!({ "key": project.key, "name": project.name, "columns": columns })
}

fn card(world: &World, issue: &Issue) -> Value {
    let assignee = issue.assignee.as_ref().and_then(|id| world.user(id));
    json!({
        "key": issue.key,
        "summary": issue.summary,
        "type": issue.issue_type.name(),
        "priority": issue.priority.name(),
        "restricted": issue.restricted,
        "assignee": assignee.map(|user| &user.display_name),
    })
}
