//! Where in an event tickets may be named.

use record::entries::FoundIn;
use serde_json::Value;

const PLACES: [(&[&str], FoundIn); 12] = [
    (&["commit", "message"], FoundIn::CommitMessage),
    (&["branch"], FoundIn::Branch),
    (&["pullRequest", "title"], FoundIn::PullRequestTitle),
    (
        &["pullRequest", "description"],
        FoundIn::PullRequestDescription,
    ),
    (&["pullRequest", "branch"], FoundIn::Branch),
    (&["workflowRun", "branch"], FoundIn::Branch),
    (&["deployment", "description"], FoundIn::Notes),
    (&["deployment", "ref"], FoundIn::Branch),
    (&["release", "name"], FoundIn::Notes),
    (&["release", "notes"], FoundIn::Notes),
    (&["description"], FoundIn::Notes),
    (&["message"], FoundIn::Notes),
];

/// The texts of an event in which tickets may be named.
pub(crate) fn texts_of(payload: &Value) -> Vec<(FoundIn, &str)> {
    let commits = payload["commits"].as_array().into_iter().flatten();
    let messages = commits.filter_map(|commit| commit["message"].as_str());
    let places = PLACES.iter().filter_map(|(place, found)| {
        let text = place.iter().try_fold(payload, |at, name| at.get(name));
        Some((*found, text?.as_str()?))
    });
    places
        .chain(messages.map(|message| (FoundIn::CommitMessage, message)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_place_is_looked_at_and_nothing_else() {
        let payload = json!({"commit": {"message": "a", "sha": "x"}, "commits": [{"message": "b"}, {"message": 7}, 3],
            "pullRequest": {"title": "c", "description": null}, "branch": "d", "model": "e"});
        let texts: Vec<&str> = texts_of(&payload)
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        assert_eq!(texts, ["a", "d", "c", "b"]);
        assert_eq!(texts_of(&json!("text")), []);
    }
}
