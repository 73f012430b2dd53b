//! What Jira mails of an issue when a caller asks for it. Nobody is mailed; what would be is kept with the issue.

use serde::Serialize;

use super::people::AccountId;
use super::{World, WorldError};

/// A mail.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) groups: Vec<String>,
    /// Whether it goes to those alone who may see the issue.
    pub(crate) readers_only: bool,
    /// The addresses that it went to.
    pub(crate) to: Vec<String>,
}

impl World {
    /// Keeps a mail with the issue, by the addresses it goes to: of active members of the groups, the caller aside.
    pub(crate) fn mail(
        &mut self,
        actor: &AccountId,
        key: &str,
        mut letter: Letter,
    ) -> Result<(), WorldError> {
        let issue = self.visible_issue(actor, key)?;
        for group in &letter.groups {
            let group = self.group(group).ok_or(WorldError::Invalid {
                field: "groups",
                reason: "a group does not exist",
            })?;
            for member in &group.members {
                let is_told = !letter.readers_only || self.may_see(member, issue);
                let user = self.user(member).filter(|user| user.active && is_told);
                letter.to.extend(user.map(|user| user.email.clone()));
            }
        }
        if letter.to.is_empty() {
            let reason = "no recipients were defined for notification";
            return Err(WorldError::Invalid {
                field: "to",
                reason,
            });
        }
        let id = issue.id;
        if let Some(issue) = self.issues.get_mut(&id) {
            issue.letters.push(letter);
        }
        Ok(())
    }
}
