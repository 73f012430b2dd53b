//! Work that people log on issues: adding, changing, deleting. Everybody who may comment may log.

use super::issue::Worklog;
use super::people::AccountId;
use super::{Permission, What, World, WorldError};
use crate::{adf, clock};

impl World {
    /// Logs work as `actor`; the id of what was logged.
    pub(crate) fn log_work(
        &mut self,
        actor: &AccountId,
        key: &str,
        seconds: u64,
        text: &str,
    ) -> Result<u64, WorldError> {
        if seconds == 0 {
            return Err(WorldError::Invalid {
                field: "timeSpentSeconds",
                reason: "work takes a second at least",
            });
        }
        let (id, at) = (self.next_id(), clock::now_ms());
        let worklog = Worklog {
            id,
            author: actor.clone(),
            body: (!text.is_empty()).then(|| adf::from_text(text)),
            seconds,
            started: at,
            created: at,
            updated: at,
        };
        let issue = self.issue_for(actor, key, Permission::AddComments)?;
        issue.worklogs.push(worklog.clone());
        issue.updated = at;
        let issue = issue.clone();
        self.happened(actor, at, issue, What::WorkLogged(worklog));
        Ok(id)
    }

    /// Changes how long logged work took; its author may.
    pub(crate) fn change_worklog(
        &mut self,
        actor: &AccountId,
        key: &str,
        id: u64,
        seconds: u64,
    ) -> Result<(), WorldError> {
        let at = clock::now_ms();
        let issue = self.issue_for(actor, key, Permission::AddComments)?;
        let worklog = issue.worklogs.iter_mut().find(|worklog| worklog.id == id);
        let worklog = worklog
            .filter(|worklog| worklog.author == *actor)
            .ok_or(WorldError::NoSuchWorklog)?;
        worklog.seconds = seconds;
        worklog.updated = at;
        let worklog = worklog.clone();
        issue.updated = at;
        let issue = issue.clone();
        self.happened(actor, at, issue, What::WorklogEdited(worklog));
        Ok(())
    }

    /// Deletes logged work; its author may.
    pub(crate) fn delete_worklog(
        &mut self,
        actor: &AccountId,
        key: &str,
        id: u64,
    ) -> Result<(), WorldError> {
        let at = clock::now_ms();
        let issue = self.issue_for(actor, key, Permission::AddComments)?;
        let place = issue
            .worklogs
            .iter()
            .position(|worklog| worklog.id == id && worklog.author == *actor);
        let worklog = issue
            .worklogs
            .remove(place.ok_or(WorldError::NoSuchWorklog)?);
        issue.updated = at;
        let issue = issue.clone();
        self.happened(actor, at, issue, What::WorklogDeleted(worklog));
        Ok(())
    }
}
