//! The page of the site's own webhooks, as *System*, *WebHooks* in Jira's administration: listed and made by who
//! administers the site. They hear of all events; the secret is not shown again.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::pages;
use super::viewer::Viewer;
use crate::site::{Site, lock};
use crate::webhook::SiteWebhook;

const PATH: &str = "/admin/webhooks";

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .route(web::get().to(page))
            .route(web::post().to(make)),
    );
}

fn administers(site: &Site, viewer: &Viewer) -> bool {
    lock(&site.world).is_site_admin(&viewer.account)
}

async fn page(site: web::Data<Site>, viewer: Viewer) -> HttpResponse {
    let may = administers(&site, &viewer);
    let hooks: Vec<Value> = match may {
        true => {
            let hooks = lock(&site.hooks);
            hooks.iter().map(|hook| json!(hook.url)).collect()
        }
        false => Vec::new(),
    };
    let data = json!({ "title": "WebHooks", "may": may, "hooks": hooks });
    pages::draw(&site, &viewer, "site_webhooks", data)
}

#[derive(Deserialize)]
struct New {
    url: String,
    secret: String,
}

async fn make(site: web::Data<Site>, viewer: Viewer, new: web::Form<New>) -> HttpResponse {
    let New { url, secret } = new.into_inner();
    let is_address = Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !administers(&site, &viewer) {
        return HttpResponse::Forbidden()
            .body("Only who administers this site makes webhooks: be Erin (?as=erin).\n");
    }
    if !is_address {
        return HttpResponse::BadRequest().body("url: a web address is expected.\n");
    }
    lock(&site.hooks).push(SiteWebhook { url, secret });
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, PATH))
        .finish()
}
