//! What whoever builds a ticket is given, an AI coding assistant among them: its requirements, whether they say all that
//! they have to, a prompt; and what they say in return of where the code meets them. Looking appends nothing.

mod claims;
mod given;

use std::sync::Arc;

use compliance::{Assessment, Form, prompt};
use jira::rest::TicketName;
use record::facts::TicketSnapshot;
use record::ids::{SiteId, TenantId, TicketKey};
use store::{StoreError, TicketRow};

pub use claims::{
    CheckedView, ClaimCheck, ClaimChecks, ClaimRefused, ClaimView, ClaimedPlace, Claims,
    LookedForPage, LookedForView,
};
pub(crate) use claims::{PLACE, checked_of, claim_of, claims_about};
pub use given::{
    CheckView, FrameworkGiven, PromptForm, PromptView, RequirementsView, ValidationView,
};

use crate::Casework;
use crate::acknowledgements::{AcknowledgementView, acknowledgements_of};
use crate::corrections::Said;
use crate::error::CaseError;
use crate::panel::{PanelState, moment_of, recorded_assessment};
use crate::waivers::{WaiverView, waivers_about};

/// Longest of what a developer asks for, in characters; of it a prompt quotes the beginning.
const LONGEST_INTENT: usize = 20_000;

/// Which ticket is meant: its key, and where several sites of a tenant have it, the site.
#[derive(Debug, Clone)]
pub struct WhichTicket {
    /// Its key.
    pub key: TicketKey,
    /// The site.
    pub site: Option<SiteId>,
}

/// Why nothing is given of a ticket.
#[derive(Debug, thiserror::Error)]
pub enum NotGiven {
    /// There is no such ticket, as far as anything is recorded.
    #[error(
        "No issue of this key is recorded. Check the key; an issue that is older than the app is recorded once it is \
         edited, or with \"Record it\" in its panel."
    )]
    NoTicket,
    /// Several sites have one.
    #[error("Several sites have an issue of this key: say which, as `site`: {0}.")]
    SeveralSites(String),
    /// The words behind its assessment were erased.
    #[error("What was assessed of this issue was erased. It is assessed again once it is edited.")]
    Erased,
    /// What the developer asks for is too long.
    #[error("intent: it is longer than {LONGEST_INTENT} characters.")]
    Intent,
    /// Jira or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for NotGiven {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

/// A ticket with what is recorded of it, and as Jira shows it now.
struct Brief {
    row: TicketRow,
    assessment: Assessment,
    claims: Vec<ClaimView>,
    waivers: Vec<(String, WaiverView)>,
    acknowledgements: Vec<AcknowledgementView>,
    said: Said,
    /// As Jira shows it; else why it does not.
    shown: Result<TicketSnapshot, CaseError>,
    state: PanelState,
}

impl Casework {
    /// What a ticket asks for.
    ///
    /// # Errors
    /// Why nothing is given. Jira's failure is a state of what is given.
    pub async fn requirements(
        &self,
        tenant: &TenantId,
        which: &WhichTicket,
    ) -> Result<RequirementsView, NotGiven> {
        Ok(self.brief(tenant, which).await?.requirements())
    }

    /// Whether what a ticket asks for says all that it has to, before code is written.
    ///
    /// # Errors
    /// Why nothing is given.
    pub async fn validation(
        &self,
        tenant: &TenantId,
        which: &WhichTicket,
    ) -> Result<ValidationView, NotGiven> {
        let brief = self.brief(tenant, which).await?;
        let assessor = Arc::clone(&self.assessor);
        let validating = tokio::task::spawn_blocking(move || brief.validation(&assessor));
        Ok(validating
            .await
            .map_err(|_| CaseError::Unreadable("a ticket that cannot be validated"))??)
    }

    /// A prompt for an AI coding assistant. `intent` is what the developer wants to ask for.
    ///
    /// # Errors
    /// Why nothing is given: Jira has to show the ticket, whose text is quoted.
    pub async fn prompt(
        &self,
        tenant: &TenantId,
        which: &WhichTicket,
        intent: Option<&str>,
        form: PromptForm,
    ) -> Result<PromptView, NotGiven> {
        if intent.is_some_and(|intent| intent.chars().count() > LONGEST_INTENT) {
            return Err(NotGiven::Intent);
        }
        let brief = self.brief(tenant, which).await?;
        let requirements = brief.requirements();
        let Brief {
            assessment,
            shown,
            state,
            waivers,
            ..
        } = brief;
        let moment = moment_of(state, &waivers);
        let shown = shown?;
        let form = match form {
            PromptForm::Markdown => Form::Markdown,
            PromptForm::Text => Form::Text,
        };
        Ok(PromptView {
            prompt: prompt(&assessment, &shown, intent, form, &moment),
            summary: shown.summary,
            description: shown.description,
            requirements,
        })
    }

    async fn brief(&self, tenant: &TenantId, which: &WhichTicket) -> Result<Brief, NotGiven> {
        let row = self.ticket_meant(tenant, which).await?;
        let (whose, of) = (tenant.clone(), row.clone());
        let known = self.store.read(move |db| -> Result<_, StoreError> {
            let claims = claims_about(db, &whose, &of.ticket)?;
            let waivers = waivers_about(db, &whose, &of.ticket, false)?;
            let said = db.corrections(&whose, &of.ticket.site, &of.ticket.issue)?;
            let assessment = recorded_assessment(db, &whose, &of)?;
            let read = acknowledgements_of(db, &whose, &of.ticket)?;
            Ok((assessment, claims, waivers, read, Said::from(said)))
        });
        let (assessment, claims, waivers, acknowledgements, said) = known.await?;
        let assessment = assessment.ok_or(NotGiven::Erased)?;
        let shown = self.shown(tenant, &row).await;
        if let Err(error) = &shown {
            tracing::warn!(%error, "an issue is given without Jira");
        }
        let state = PanelState::of_recorded(&row, shown.as_ref().ok());
        Ok(Brief {
            row,
            assessment,
            claims,
            waivers,
            acknowledgements,
            said,
            shown,
            state,
        })
    }

    async fn shown(&self, tenant: &TenantId, row: &TicketRow) -> Result<TicketSnapshot, CaseError> {
        let site = self.site(tenant, &row.ticket.site).await?;
        let calls = self.calls_for_a_person(&site);
        let issue = TicketName::Id(&row.ticket.issue);
        Ok(calls.ticket(issue, &[]).await?)
    }

    async fn ticket_meant(
        &self,
        tenant: &TenantId,
        which: &WhichTicket,
    ) -> Result<TicketRow, NotGiven> {
        let (tenant, which) = (tenant.clone(), which.clone());
        self.store
            .read(move |db| -> Result<_, NotGiven> {
                let mut known = db.tickets_by_key(&tenant, &which.key)?;
                known.retain(|ticket| {
                    !ticket.deleted && which.site.as_ref().is_none_or(|site| *site == ticket.site)
                });
                let ticket = match known.as_slice() {
                    [] => return Err(NotGiven::NoTicket),
                    [ticket] => ticket,
                    several => {
                        let sites: Vec<&str> = several.iter().map(|it| it.site.as_str()).collect();
                        return Err(NotGiven::SeveralSites(sites.join(", ")));
                    }
                };
                let row = db.ticket(&tenant, &ticket.site, &ticket.issue)?;
                row.ok_or(NotGiven::NoTicket)
            })
            .await
    }
}
