//! A whole page for Jira to frame, and what it may do there.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use casework::ActiveSite;

use crate::error::AppError;
use crate::state::AppState;

/// A fragment as the page of this name.
pub(crate) fn framed(
    state: &AppState,
    site: &ActiveSite,
    page: &str,
    fragment: &str,
) -> Result<HttpResponse, AppError> {
    let connect_js = &state.config.connect_js;
    let body = state.views.page(page, fragment, connect_js)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy(site, connect_js)))
        .body(body))
}

/// Scripts from here and from Jira's bridge, nothing inline, and no frame but the site's own. Styles
/// also from where the bridge takes Atlassian's: refused, it writes the frame's address, token and all, to the console.
fn policy(site: &ActiveSite, connect_js: &str) -> String {
    let frame = site.access.base_url.url().origin().ascii_serialization();
    format!(
        "default-src 'none'; script-src 'self' {connect_js}; style-src 'self' https://connect-cdn.atl-paas.net; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frame}"
    )
}
