//! The doors through which our own pages reach us, and who acts in them. Who it is is proven by other means behind
//! each door; what is done then is the same.

use std::marker::PhantomData;

use actix_web::HttpResponse;
use casework::ActiveSite;
use record::ids::{AccountId, IssueId};
use serde_json::json;

/// A door, by what its pages can read.
pub(crate) trait Door: 'static {
    /// The answer that holds this fragment.
    fn answer(fragment: String) -> HttpResponse;
}

/// Connect's pages take the fragment as it is.
pub(crate) struct Connect;

/// Forge's bridge hands on JSON alone.
pub(crate) struct Forge;

impl Door for Connect {
    fn answer(fragment: String) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .body(fragment)
    }
}

impl Door for Forge {
    fn answer(fragment: String) -> HttpResponse {
        HttpResponse::Ok().json(json!({ "html": fragment }))
    }
}

/// Somebody acts in the panel of a ticket.
pub(crate) struct PanelCall<D> {
    pub(crate) site: ActiveSite,
    pub(crate) account: AccountId,
    pub(crate) issue: IssueId,
    pub(super) through: PhantomData<D>,
}

/// Somebody acts in the administration page.
pub(crate) struct AdministrationCall<D> {
    pub(crate) site: ActiveSite,
    pub(crate) account: AccountId,
    pub(super) through: PhantomData<D>,
}
