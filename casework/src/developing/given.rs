//! What is given of a ticket to whoever builds it, as the API shows it.

use compliance::assessment::{FrameworkMatch, Standing};
use compliance::{Assessor, CheckName, Validation};
use record::ids::SiteId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Brief;
use crate::acknowledgements::AcknowledgementView;
use crate::error::CaseError;
use crate::panel::PanelState;
use crate::panel::requirements::{RequirementGroup, groups};

/// What a ticket asks for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequirementsView {
    /// Its key.
    #[schema(example = "PAY-142")]
    pub ticket: String,
    /// The site it is on.
    #[schema(value_type = String)]
    pub site: SiteId,
    /// Whether it is as it was when it was assessed: `current`, `edited` since, or `unchecked` as Jira cannot be asked.
    pub state: PanelState,
    /// The version of the requirement set: a hash over it.
    pub requirement_set: String,
    /// The version of the catalog that it was made from.
    pub catalog: String,
    /// How much it matters: INFO, LOW, MEDIUM, HIGH or CRITICAL.
    pub severity: String,
    /// The risk score, 0 to 10.
    pub risk: f32,
    /// Where approval stands: NONE, APPROVED, REJECTED or STALE.
    pub approval: &'static str,
    /// Frameworks that apply or may apply.
    pub frameworks: Vec<FrameworkGiven>,
    /// The requirements by group.
    pub groups: Vec<RequirementGroup>,
    /// Who said to have read them, as they are now.
    pub acknowledgements: Vec<AcknowledgementView>,
    /// Requirements that pull in different directions, and how to serve both.
    pub conflicts: Vec<ConflictGiven>,
}

/// A framework that applies or may apply.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkGiven {
    /// Its name.
    pub title: String,
    /// Its edition.
    pub version: String,
    /// Whether the organisation said that it is bound.
    pub applies: bool,
}

impl FrameworkGiven {
    pub(crate) fn of(framework: &FrameworkMatch) -> Self {
        Self {
            title: framework.title.clone(),
            version: framework.version.clone(),
            applies: framework.standing == Standing::Applies,
        }
    }
}

/// Requirements that pull in different directions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictGiven {
    /// Which, by id.
    pub between: Vec<String>,
    /// How to serve both.
    pub note: String,
}

/// Whether a ticket's requirements say all that they have to, before code is written.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidationView {
    /// The ticket's key.
    #[schema(example = "PAY-142")]
    pub ticket: String,
    /// The version of the requirement set that was looked at.
    pub requirement_set: String,
    /// Whether nothing is missing.
    pub passes: bool,
    /// What was looked at.
    pub checks: Vec<CheckView>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// UP_TO_DATE, CONTROLS_SPECIFIED, FRAMEWORKS_ADDRESSED, NO_CONFLICTS or PRACTICES_INCLUDED.
    pub name: &'static str,
    /// What it asks, in words.
    pub asks: &'static str,
    /// Whether nothing is missing.
    pub passes: bool,
    /// What is missing, in words.
    pub missing: Vec<String>,
}

/// The form of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PromptForm {
    /// Markdown; the ticket's text stands in fences.
    #[default]
    Markdown,
    /// Plain text; the ticket's text stands behind a mark in each line.
    Text,
}

/// A prompt for an AI coding assistant.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromptView {
    /// The prompt: requirements first, the ticket as quoted data after them.
    pub prompt: String,
    /// The ticket's summary as it is now: data, whoever wrote it.
    pub summary: String,
    /// The ticket's description as it is now: data, whoever wrote it.
    pub description: String,
    /// What the prompt asks for.
    #[serde(flatten)]
    pub requirements: RequirementsView,
}

impl std::fmt::Debug for PromptView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PromptView")
            .field("requirements", &self.requirements)
            .finish_non_exhaustive()
    }
}

impl Brief {
    pub(super) fn requirements(&self) -> RequirementsView {
        let (ticket, all) = (&self.row.ticket, &self.assessment);
        RequirementsView {
            ticket: ticket.key.to_string(),
            site: ticket.site.clone(),
            state: self.state,
            requirement_set: ticket.requirement_set.clone(),
            catalog: ticket.catalog.clone(),
            severity: ticket.severity.clone(),
            risk: f32::from(ticket.risk_tenths) / 10.0,
            approval: ticket.approval.as_str(),
            frameworks: all.frameworks.iter().map(FrameworkGiven::of).collect(),
            groups: groups(&all.requirements, &self.claims, &self.waivers),
            acknowledgements: self.acknowledgements.clone(),
            conflicts: all
                .requirements
                .conflicts
                .iter()
                .map(|conflict| ConflictGiven {
                    between: conflict.between.iter().map(ToString::to_string).collect(),
                    note: conflict.note.clone(),
                })
                .collect(),
        }
    }

    /// Takes time in proportion to the ticket's text.
    pub(super) fn validation(self, assessor: &Assessor) -> Result<ValidationView, CaseError> {
        let shown = self.shown?;
        let Validation { checks } = self.said.with(&self.row.content_key, |corrections| {
            assessor.validate(&shown, corrections, &self.assessment)
        });
        let edited = (self.state == PanelState::Edited).then(|| {
            "The issue was edited since it was assessed. The new assessment usually follows within seconds: ask again."
                .to_owned()
        });
        let up_to_date = CheckView {
            name: "UP_TO_DATE",
            asks: "Is the issue as it was when it was assessed?",
            passes: edited.is_none(),
            missing: edited.into_iter().collect(),
        };
        let others = checks.into_iter().map(|check| {
            let (name, asks) = words(check.name);
            CheckView {
                name,
                asks,
                passes: check.missing.is_empty(),
                missing: check.missing,
            }
        });
        let checks: Vec<CheckView> = std::iter::once(up_to_date).chain(others).collect();
        Ok(ValidationView {
            ticket: self.row.ticket.key.to_string(),
            requirement_set: self.row.ticket.requirement_set,
            passes: checks.iter().all(|check| check.passes),
            checks,
        })
    }
}

const fn words(name: CheckName) -> (&'static str, &'static str) {
    match name {
        CheckName::ControlsSpecified => (
            "CONTROLS_SPECIFIED",
            "Does a requirement follow from everything that the issue is about?",
        ),
        CheckName::FrameworksAddressed => (
            "FRAMEWORKS_ADDRESSED",
            "Does a requirement serve every framework that applies or may apply?",
        ),
        CheckName::NoConflicts => (
            "NO_CONFLICTS",
            "Is it said how to serve requirements that pull in different directions?",
        ),
        CheckName::PracticesIncluded => (
            "PRACTICES_INCLUDED",
            "Is everything asked for that the catalog asks for now?",
        ),
    }
}
