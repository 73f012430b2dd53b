//! Pages for a person: the board, the issue with the app's panel in an iframe, its administration page, and the
//! look-alikes of both iframe APIs, Connect's and Forge's. Plain forms; whoever opens a page picks whom to be.

mod administration;
mod board;
mod custom_ui;
mod deed;
mod frame;
mod issue;
mod pages;
mod site_webhooks;
mod viewer;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

pub(crate) use pages::Pages;

/// Routes of the pages and their files.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .configure(board::configure)
        .configure(issue::configure)
        .configure(deed::configure);
    config
        .configure(viewer::configure)
        .configure(administration::configure)
        .configure(site_webhooks::configure)
        .configure(custom_ui::configure);
    for (path, kind, text) in [
        (
            "/host/host.css",
            "text/css; charset=utf-8",
            include_str!("../../assets/host.css"),
        ),
        (
            "/host/host.js",
            "text/javascript; charset=utf-8",
            include_str!("../../assets/host.js"),
        ),
        (
            "/host/forge.js",
            "text/javascript; charset=utf-8",
            include_str!("../../assets/forge_host.js"),
        ),
        (
            "/connect/all.js",
            "text/javascript; charset=utf-8",
            include_str!("../../assets/all.js"),
        ),
        (
            "/host/{image}.svg",
            "image/svg+xml",
            include_str!("../../assets/avatar.svg"),
        ),
    ] {
        let answer = move || async move {
            HttpResponse::Ok()
                .content_type(kind)
                .insert_header((header::CACHE_CONTROL, "no-cache"))
                .body(text)
        };
        config.route(path, web::get().to(answer));
    }
}
