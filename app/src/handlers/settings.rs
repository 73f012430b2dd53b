//! The settings page in Jira's administration: who may approve. Anybody whom Jira lets there may read it; its whole
//! page, as the descriptor names it to Jira, is for administrators alone, as Atlassian asks of such pages.

use actix_web::{HttpResponse, web};
use casework::{SettingsRefused, SettingsRequest};
use record::entries::ReviewRules;
use record::ids::AccountId;
use serde::Deserialize;

use crate::auth::{AdministrationCall, Door, PageCall};
use crate::error::AppError;
use crate::handlers::framed::framed;
use crate::state::AppState;

/// What the form sends. Who and on which site is not in it: that is signed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SettingsBody {
    project: Option<String>,
    approver_role: Option<String>,
    approver_group: Option<String>,
    own_ticket: bool,
    rules: ReviewRules,
}

impl SettingsBody {
    fn read(body: &[u8]) -> Result<Self, AppError> {
        serde_json::from_slice(body).map_err(|_| {
            AppError::BadRequest(
                "A project, a role, a group, whose own issues and the rules of review are expected.".to_owned(),
            )
        })
    }

    /// What it asks for, in this person's name.
    fn by(self, account: AccountId) -> SettingsRequest {
        SettingsRequest {
            account,
            project: self.project,
            approver_role: self.approver_role,
            approver_group: self.approver_group,
            own_ticket: self.own_ticket,
            rules: self.rules,
        }
    }
}

/// The page.
pub(crate) async fn page(
    state: web::Data<AppState>,
    call: PageCall,
) -> Result<HttpResponse, AppError> {
    let account = (call.token.account)
        .ok_or_else(|| AppError::Forbidden("Sign in to Jira first.".to_owned()))?;
    let settings = state.casework.settings_page(&call.site, &account).await?;
    if !settings.can_edit {
        return Err(SettingsRefused::NotAnAdministrator.into());
    }
    let fragment = state.views.settings(&settings, false)?;
    framed(&state, &call.site, "settings", &fragment)
}

/// The fragment, for a page that is open already.
pub(crate) async fn fragment<D: Door>(
    state: web::Data<AppState>,
    call: AdministrationCall<D>,
) -> Result<HttpResponse, AppError> {
    answer_with_fragment(&state, &call, false).await
}

/// Changes the settings and shows them as they are then.
pub(crate) async fn change<D: Door>(
    state: web::Data<AppState>,
    call: AdministrationCall<D>,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let request = SettingsBody::read(&body)?.by(call.account.clone());
    state.casework.set_approvers(&call.site, request).await?;
    answer_with_fragment(&state, &call, true).await
}

async fn answer_with_fragment<D: Door>(
    state: &AppState,
    call: &AdministrationCall<D>,
    saved: bool,
) -> Result<HttpResponse, AppError> {
    let settings = state
        .casework
        .settings_page(&call.site, &call.account)
        .await?;
    Ok(D::answer(state.views.settings(&settings, saved)?))
}
