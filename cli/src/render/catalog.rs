//! What a change of the catalog means, in lines.

use crate::answers::CatalogEffect;
use crate::printable::Printable;

/// The most issues that are named.
const MOST_NAMED: usize = 20;

/// Of a change that was made, or that would be.
#[must_use]
pub fn catalog_effect(effect: &CatalogEffect, done: bool) -> Vec<String> {
    let (changes, becomes) = match done {
        true => ("changed", "became stale"),
        false => ("would change", "would become stale"),
    };
    let mut lines = vec![format!(
        "{} open issues read, {} {changes}, {} approvals {becomes}",
        effect.read, effect.changed, effect.stale
    )];
    for one in &effect.requirements {
        let counts = [
            (one.gained, "gain"),
            (one.lost, "lose"),
            (one.changed, "get other values"),
        ];
        lines.push(format!("  {} ({}): {}", one.id, one.title, told(&counts)));
    }
    for one in &effect.frameworks {
        let counts = [(one.gained, "gain"), (one.lost, "lose")];
        lines.push(format!("  framework {}: {}", one.id, told(&counts)));
    }
    for one in &effect.conflicts {
        let between: Vec<&str> = one.between.iter().map(Printable::as_str).collect();
        lines.push(format!(
            "  conflict in {}: {}. {}",
            one.tickets,
            between.join(" and "),
            one.note
        ));
    }
    if !effect.tickets.is_empty() {
        let named: Vec<&str> = effect
            .tickets
            .iter()
            .take(MOST_NAMED)
            .map(|it| it.ticket.as_str())
            .collect();
        let rest = effect.changed.saturating_sub(named.len() as u64);
        let more = match rest {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        lines.push(format!("  issues: {}{more}", named.join(", ")));
    }
    if effect.not_recorded > 0 {
        lines.push(format!(
            "{} open issues are not recorded yet: they are assessed once they are edited.",
            effect.not_recorded
        ));
    }
    if effect.unreadable > 0 {
        lines.push(format!(
            "{} open issues could not be read as a whole.",
            effect.unreadable
        ));
    }
    lines
}

fn told(counts: &[(u64, &str)]) -> String {
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = counts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    told.join(", ")
}
