//! Somebody approves or rejects in the panel.

use actix_web::{HttpResponse, web};
use casework::ReviewRequest;
use record::entries::Decision;
use record::ids::{AccountId, EventId, IssueId};
use serde::Deserialize;

use crate::auth::{Door, PanelCall};
use crate::error::AppError;
use crate::handlers::panel::answer_with_fragment;
use crate::state::AppState;

/// What the panel sends. Who and on which ticket is not in it: that is signed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReviewBody {
    decision: Decision,
    comment: String,
    seen: EventId,
    #[serde(default)]
    covers: Option<EventId>,
}

impl ReviewBody {
    fn read(body: &[u8]) -> Result<Self, AppError> {
        serde_json::from_slice(body).map_err(|_| {
            AppError::BadRequest("A decision, a comment and what was seen are expected.".to_owned())
        })
    }

    /// The decision of this person on this ticket.
    fn by(self, account: &AccountId, issue: &IssueId) -> ReviewRequest {
        ReviewRequest {
            account: account.clone(),
            issue: issue.clone(),
            decision: self.decision,
            comment: self.comment,
            seen: self.seen,
            covers: self.covers,
        }
    }
}

/// Records the decision and shows the panel as it is then.
pub(crate) async fn decide<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let request = ReviewBody::read(&body)?.by(&call.account, &call.issue);
    state.casework.review(&call.site, request).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}
