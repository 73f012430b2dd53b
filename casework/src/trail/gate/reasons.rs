//! Why the gate is shut, each reason in a sentence with the next thing to do. Decides nothing but how a ticket's approval
//! stands.

use record::ids::{CommitSha, TenantId, TicketKey};
use record::state::{Ticket, TicketApproval};
use store::{Db, StoreError};

use super::{GateReason, Unread};
use crate::lately::{Lately, stale_in_words};
use crate::panel::not_counted;
use crate::times::minute;

/// Why a ticket keeps the gate shut, if it does.
pub(super) fn shut_by(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Option<GateReason>, StoreError> {
    if !ticket.deleted && ticket.approval == TicketApproval::Approved {
        return Ok(None);
    }
    let key = &ticket.key;
    let lately = Lately::of(db, tenant, ticket)?;
    let (code, mut sentence, next) = match ticket.approval {
        _ if ticket.deleted => (
            "TICKET_DELETED",
            format!("{key} was deleted in Jira."),
            "Link the change to an issue that exists.",
        ),
        TicketApproval::None | TicketApproval::Approved => (
            "NOT_APPROVED",
            format!("Nobody has approved {key}."),
            "Ask an approver of the project to approve it: by a comment that begins with /approve, or in the issue's \
             Countersign panel if the site has the app.",
        ),
        TicketApproval::Partly => (
            "MORE_APPROVALS",
            format!("{key} has an approval and needs another one."),
            "Ask somebody else who may approve; the issue's Countersign panel says how many are needed, and of which group.",
        ),
        TicketApproval::Rejected => (
            "REJECTED",
            format!("{key} was rejected."),
            "Read the reason, change the issue, and ask an approver of the project again.",
        ),
        TicketApproval::Stale => (
            "APPROVAL_STALE",
            format!("{}.", stale_in_words(lately.stale, key.as_str())),
            "Ask an approver of the project to look at the issue as it is now, and to approve it again.",
        ),
    };
    let mut next = next.to_owned();
    if let (Some(why), false) = (lately.not_counted, ticket.deleted) {
        sentence.push_str(&format!(" {}.", not_counted(why)));
        next.push_str(&format!(
            " `countersign show {key}` says whose decision does not count."
        ));
    }
    Ok(Some(GateReason {
        code,
        about: key.to_string(),
        sentence,
        next,
    }))
}

pub(super) fn released(key: &TicketKey, until: &str) -> GateReason {
    reason(
        "RELEASED",
        key.as_str(),
        format!(
            "{key} was released in an emergency until {}, and is not approved.",
            minute(until)
        ),
        "Ask an approver of the project to decide on it before that.",
    )
}

pub(super) fn ticket_unknown(key: &TicketKey) -> GateReason {
    GateReason {
        code: "TICKET_UNKNOWN",
        about: key.to_string(),
        sentence: format!("Countersign has not read {key}."),
        next: "Check the key. If it is right, edit the issue or comment on it, or have its site read (`countersign sync`)."
            .to_owned(),
    }
}

pub(super) fn project_not_read(key: &TicketKey) -> GateReason {
    let project = key.project();
    reason(
        "PROJECT_NOT_READ",
        key.as_str(),
        format!(
            "No site is connected for the project {project}, so that Countersign cannot know {key}."
        ),
        "Check the key. If it is right, add the project to those that its site is connected for (docs/TRAIL.md).",
    )
}

pub(super) fn site_not_read(key: &TicketKey, unread: &Unread) -> GateReason {
    let since = match unread {
        Unread::Since(since) => format!("cannot be read since {}", minute(since)),
        Unread::Ever => "could not be read yet".to_owned(),
    };
    reason(
        "SITE_NOT_READ",
        key.as_str(),
        format!("The site of {key} {since}: what happened there is not known."),
        "Run `countersign sync`: it reads the site, or says why it cannot be read.",
    )
}

pub(super) fn commit_unknown(commit: &CommitSha) -> GateReason {
    GateReason {
        code: "COMMIT_UNKNOWN",
        about: commit.to_string(),
        sentence: format!("The commit {commit} is not recorded."),
        next: "Give the whole hash, push the commit to the code host, and check that its webhook reaches Countersign."
            .to_owned(),
    }
}

pub(super) fn without_ticket(commit: &CommitSha) -> GateReason {
    GateReason {
        code: "COMMIT_WITHOUT_TICKET",
        about: commit.to_string(),
        sentence: format!("The commit {commit} belongs to no issue that Jira shows."),
        next: "Name the issue's key in the commit message, or link it with `countersign link`."
            .to_owned(),
    }
}

pub(super) fn nothing_asked() -> GateReason {
    GateReason {
        code: "NOTHING_ASKED",
        about: String::new(),
        sentence: "No issue and no commit was named.".to_owned(),
        next: "Name an issue's key, or a range of commits that is not empty.".to_owned(),
    }
}

fn reason(code: &'static str, about: &str, sentence: String, next: &str) -> GateReason {
    GateReason {
        code,
        about: about.to_owned(),
        sentence,
        next: next.to_owned(),
    }
}

pub(super) fn unresolved(commit: &CommitSha, key: &TicketKey) -> GateReason {
    reason(
        "TICKET_UNRESOLVED",
        commit.as_str(),
        format!("The commit {commit} names {key}, which Jira does not show."),
        "Make the issue visible to Countersign, or revoke that link with the reason.",
    )
}

pub(super) fn too_much(commit: &CommitSha) -> GateReason {
    reason(
        "TOO_MUCH_RECORDED",
        commit.as_str(),
        format!("More is recorded of the commit {commit} than can be looked through."),
        "Ask the gate about its issues instead, and see who reports so much.",
    )
}

pub(super) fn not_linked_yet(commit: &CommitSha) -> GateReason {
    reason(
        "NOT_LINKED_YET",
        commit.as_str(),
        format!("The issues that the commit {commit} names are still being looked up."),
        "Ask again in a minute; if that does not help, `countersign sync` says whether Jira can be read.",
    )
}

pub(super) fn not_read_yet(key: &TicketKey) -> GateReason {
    reason(
        "NOT_READ_YET",
        key.as_str(),
        format!("{key} has news that Countersign has not read yet."),
        "Ask again in a minute.",
    )
}

pub(super) fn site_gone(key: &TicketKey) -> GateReason {
    reason(
        "SITE_GONE",
        key.as_str(),
        format!("Countersign hears no more of the site of {key}."),
        "Install the app there again, or connect the site.",
    )
}
