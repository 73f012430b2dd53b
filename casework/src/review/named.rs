//! Which statuses decide, as a project's rules name them.

use record::entries::{Decision, ReviewRules, StatusMove};

/// The statuses that decide where the project names none, by their names in whatever case.
const APPROVED: &str = "approved";
const REJECTED: &str = "rejected";

/// A status that is named goes before its category, and of categories a rejection goes before an approval: who says no in
/// Jira is not heard to say yes.
pub(super) fn decided_by(moved: &StatusMove<'_>, rules: &ReviewRules) -> Option<Decision> {
    let named = |names: &[String], usual: &str, by_name: bool| {
        let moved = match by_name {
            true => StatusMove {
                into: None,
                ..*moved
            },
            false => *moved,
        };
        let names = names.iter().map(String::as_str);
        match names.len() {
            0 => moved.named_in([usual].into_iter()).is_some(),
            _ => moved.named_in(names).is_some(),
        }
    };
    let (approved, rejected) = (&rules.approved_statuses, &rules.rejected_statuses);
    for by_name in [true, false] {
        if named(rejected, REJECTED, by_name) {
            return Some(Decision::Rejected);
        }
        if named(approved, APPROVED, by_name) {
            return Some(Decision::Approved);
        }
    }
    None
}
