//! What a caller is told when an operation refuses: the status of each refusal, by operation.

use casework::{
    AcknowledgementRefused, AssessRefused, CatalogRefused, ClaimRefused, CodeHostRefused,
    CorrectionRefused, EmergencyRefused, FeedRefused, ForgeRefused, InstallRefused, JiraRefused,
    LinkRefused, MonitoringRefused, NotGiven, ReportingRefused, ReviewRefused, SettingsRefused,
    StatementRefused, WaiverRefused,
};

use super::{AppError, NO_TOKEN};

impl From<ForgeRefused> for AppError {
    fn from(error: ForgeRefused) -> Self {
        match error {
            ForgeRefused::NoToken => Self::Unavailable(NO_TOKEN.to_owned()),
            ForgeRefused::Unproven => Self::Conflict(
                "This site has the app through Connect already, and could not be proven to be the same. Nothing was \
                 recorded: ask the person who runs Countersign."
                    .to_owned(),
            ),
            ForgeRefused::Removed => Self::Conflict(
                "The app was removed from this site. Nothing was recorded: install it again to go on."
                    .to_owned(),
            ),
            ForgeRefused::Case(error) => error.into(),
        }
    }
}

impl From<InstallRefused> for AppError {
    fn from(error: InstallRefused) -> Self {
        match error {
            InstallRefused::Cloned => Self::Conflict(error.to_string()),
            InstallRefused::Case(error) => error.into(),
        }
    }
}

impl From<ReviewRefused> for AppError {
    fn from(error: ReviewRefused) -> Self {
        let told = error.to_string();
        match error {
            ReviewRefused::NotAReviewer(_) => {
                Self::Forbidden(format!("{told} Nothing was recorded."))
            }
            ReviewRefused::NoLicence(_) => Self::Forbidden(told),
            ReviewRefused::Changed | ReviewRefused::Gone | ReviewRefused::NothingToWithdraw => {
                Self::Conflict(told)
            }
            ReviewRefused::NoReason | ReviewRefused::TooLong => Self::BadRequest(told),
            ReviewRefused::Case(error) => error.into(),
        }
    }
}

impl From<FeedRefused> for AppError {
    fn from(error: FeedRefused) -> Self {
        let told = error.to_string();
        match error {
            FeedRefused::Address
            | FeedRefused::Form
            | FeedRefused::NoMail
            | FeedRefused::TooMany
            | FeedRefused::Position => Self::Unprocessable(told),
            FeedRefused::NoFeed => Self::NotFound,
            FeedRefused::Case(error) => error.into(),
        }
    }
}

impl From<StatementRefused> for AppError {
    fn from(error: StatementRefused) -> Self {
        let told = error.to_string();
        match error {
            StatementRefused::NotAReviewer(_) | StatementRefused::NoLicence(_) => {
                Self::Forbidden(told)
            }
            StatementRefused::Changed | StatementRefused::Gone => Self::Conflict(told),
            StatementRefused::NoReason | StatementRefused::TooLong => Self::BadRequest(told),
            StatementRefused::Case(error) => error.into(),
        }
    }
}

impl From<AcknowledgementRefused> for AppError {
    fn from(error: AcknowledgementRefused) -> Self {
        match error {
            AcknowledgementRefused::Statement(error) => error.into(),
            AcknowledgementRefused::NoRequirements => Self::Conflict(error.to_string()),
        }
    }
}

impl From<EmergencyRefused> for AppError {
    fn from(error: EmergencyRefused) -> Self {
        let told = error.to_string();
        match error {
            EmergencyRefused::Statement(error) => error.into(),
            EmergencyRefused::NoRule | EmergencyRefused::NotNamed(_) => Self::Forbidden(told),
            EmergencyRefused::Open | EmergencyRefused::Rejected | EmergencyRefused::Before => {
                Self::Conflict(told)
            }
        }
    }
}

impl From<CorrectionRefused> for AppError {
    fn from(error: CorrectionRefused) -> Self {
        let told = error.to_string();
        match error {
            CorrectionRefused::Statement(error) => error.into(),
            CorrectionRefused::Unknown | CorrectionRefused::NoChange => Self::BadRequest(told),
        }
    }
}

impl From<WaiverRefused> for AppError {
    fn from(error: WaiverRefused) -> Self {
        let told = error.to_string();
        match error {
            WaiverRefused::Statement(error) => error.into(),
            WaiverRefused::NotHolding => Self::Conflict(told),
            WaiverRefused::Day | WaiverRefused::NotAsked => Self::BadRequest(told),
        }
    }
}

impl From<AssessRefused> for AppError {
    fn from(error: AssessRefused) -> Self {
        match error {
            AssessRefused::NoLicence(_) => Self::Forbidden(error.to_string()),
            AssessRefused::Case(error) => error.into(),
        }
    }
}

impl From<SettingsRefused> for AppError {
    fn from(error: SettingsRefused) -> Self {
        let told = error.to_string();
        match error {
            SettingsRefused::NotAnAdministrator => Self::Forbidden(told),
            SettingsRefused::NoSuchProject
            | SettingsRefused::Nobody
            | SettingsRefused::TooLong
            | SettingsRefused::Rules(_) => Self::BadRequest(told),
            SettingsRefused::Case(error) => error.into(),
        }
    }
}

impl From<ReportingRefused> for AppError {
    fn from(error: ReportingRefused) -> Self {
        match error {
            ReportingRefused::Case(error) => error.into(),
            refused => Self::Unprocessable(refused.to_string()),
        }
    }
}

impl From<LinkRefused> for AppError {
    fn from(error: LinkRefused) -> Self {
        match error {
            LinkRefused::NoEvent | LinkRefused::NoLink => Self::NotFound,
            LinkRefused::TooMuch | LinkRefused::Reason => Self::Unprocessable(error.to_string()),
            LinkRefused::Case(error) => error.into(),
        }
    }
}

impl From<NotGiven> for AppError {
    fn from(error: NotGiven) -> Self {
        let told = error.to_string();
        match error {
            NotGiven::NoTicket => Self::NoTicket(told),
            NotGiven::Erased => Self::Conflict(told),
            NotGiven::SeveralSites(_) | NotGiven::Intent => Self::Unprocessable(told),
            NotGiven::Case(error) => error.into(),
        }
    }
}

impl From<MonitoringRefused> for AppError {
    fn from(error: MonitoringRefused) -> Self {
        match error {
            MonitoringRefused::NoRequest => Self::NotFound,
            MonitoringRefused::Case(error) => error.into(),
        }
    }
}

impl From<CatalogRefused> for AppError {
    fn from(error: CatalogRefused) -> Self {
        match error {
            CatalogRefused::Case(error) => error.into(),
            refused => Self::Unprocessable(refused.to_string()),
        }
    }
}

impl From<ClaimRefused> for AppError {
    fn from(error: ClaimRefused) -> Self {
        match error {
            ClaimRefused::Ticket(error) => error.into(),
            refused => Self::Unprocessable(refused.to_string()),
        }
    }
}

impl From<CodeHostRefused> for AppError {
    fn from(error: CodeHostRefused) -> Self {
        let told = error.to_string();
        match error {
            CodeHostRefused::Access { error, .. } if error.is_transient() => {
                Self::Unavailable(told)
            }
            CodeHostRefused::NoTenant | CodeHostRefused::NoHost => Self::NotFound,
            CodeHostRefused::Address
            | CodeHostRefused::NoRepository
            | CodeHostRefused::NotAllowed
            | CodeHostRefused::Access { .. } => Self::Unprocessable(told),
            CodeHostRefused::Case(error) => error.into(),
        }
    }
}

impl From<JiraRefused> for AppError {
    fn from(error: JiraRefused) -> Self {
        match error {
            JiraRefused::NoIntegration => Self::NotFound,
            JiraRefused::Case(error) => error.into(),
            refused => Self::Unprocessable(refused.to_string()),
        }
    }
}
