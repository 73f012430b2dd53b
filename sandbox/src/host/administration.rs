//! The site's administration, as far as an app has a page in it.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::custom_ui;
use super::frame::framed;
use super::pages;
use super::viewer::Viewer;
use crate::site::{Site, lock};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/admin/app", web::get().to(page));
}

async fn page(site: web::Data<Site>, viewer: Viewer) -> HttpResponse {
    let may = lock(&site.world).is_site_admin(&viewer.account);
    let panel = match site.settings_url(viewer.account.as_str()) {
        Ok(url) if may => framed(&site, |app| app.settings.as_ref(), &url, "", &json!({})),
        _ => Value::Null,
    };
    let forge = match may {
        true => custom_ui::framed(&site, "settings", ""),
        false => Value::Null,
    };
    let data = json!({ "title": "Administration", "panel": panel, "forge": forge });
    pages::draw(&site, &viewer, "administration", data)
}
