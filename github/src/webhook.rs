//! A delivery's body as events. Whether the delivery is genuine was decided before, by its signature; what people
//! wrote in it stays what they wrote. Bodies are JSON: the other content type a hook can be set to, a form, is
//! none. Which ticket an event belongs to is not decided here.
//!
//! Members that nobody uses may be there or not; what is used has its form, except that a time which cannot be
//! read, an account's name that is none and an address that leads to no page count as not given.
//!
//! One fact has one key, however often and through however many hooks it is delivered. A commit's is its
//! repository and its hash, so the same commit on two branches counts once.
//!
//! Source: GitHub, "Webhook events and payloads".

mod body;
mod commit;
mod deployment;
mod member;
mod moment;
mod origin;
mod part;
mod pull_request;
mod push;
mod release;
mod review;
mod workflow_run;

use record::entries::PushAs;
use record::facts::CodeEvent;
use record::ids::Action;

use body::Body;
use member::Member;

/// The longest body that is read, in bytes: GitHub itself sends nothing that is longer than 25 MB.
const LONGEST: usize = 25 * 1024 * 1024;

/// The most commits of one push: GitHub itself lists no more, and leaves the others out without a word.
const MOST_COMMITS: usize = 2048;

/// Why a body gives no event. Never holds what stands in it, except for a word that names an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// The event or its action is none that is used: `star`, `pull_request.labeled`. Not worth a repetition.
    #[error("the event {0} is not handled")]
    NotHandled(String),
    /// The body is not the JSON expected.
    #[error("the body is not the JSON object expected")]
    NotJson,
    /// A member that is needed is missing or does not have its form.
    #[error("the member {0} is missing or malformed")]
    Form(&'static str),
    /// More commits than one push can list.
    #[error("the push lists more than {MOST_COMMITS} commits")]
    TooMany,
    /// The body is too long.
    #[error("the body is too long")]
    TooLong,
}

/// The events a body tells of: several for a push whose commits count one by one, one for anything else.
/// `event` is the header `X-GitHub-Event`.
///
/// # Errors
/// The event is none that is used, or the body is malformed.
pub fn parse(event: &str, body: &[u8], push_as: PushAs) -> Result<Vec<CodeEvent>, WebhookRefusal> {
    if body.len() > LONGEST {
        return Err(WebhookRefusal::TooLong);
    }
    let read = match event {
        "push" => return push::events(&object(body)?, push_as),
        "pull_request" => pull_request::event,
        "pull_request_review" => review::event,
        "deployment" => deployment::event,
        "deployment_status" => deployment::status_event,
        "release" => release::event,
        "workflow_run" => workflow_run::event,
        other => return Err(WebhookRefusal::NotHandled(word(other).to_owned())),
    };
    Ok(vec![read(&object(body)?)?])
}

fn object(body: &[u8]) -> Result<Body, WebhookRefusal> {
    match serde_json::from_slice(body) {
        Ok(Member::Given(body)) => Ok(body),
        _ => Err(WebhookRefusal::NotJson),
    }
}

/// An action of an event that is used, which is not used itself.
fn not_handled(event: &str, action: &str) -> WebhookRefusal {
    WebhookRefusal::NotHandled(format!("{event}.{}", word(action)))
}

/// A host's word for something, as far as it is one.
fn word(text: &str) -> &str {
    let safe = (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if safe { text } else { "other" }
}

/// A host's word as an action, in upper case.
fn action(text: &str, name: &'static str) -> Result<Action, WebhookRefusal> {
    let upper = text.to_ascii_uppercase().parse();
    upper.map_err(|_| WebhookRefusal::Form(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(event: &str, body: &str) -> WebhookRefusal {
        parse(event, body.as_bytes(), PushAs::Commits).unwrap_err()
    }

    #[test]
    fn what_is_malformed_is_told_from_what_is_not_ours() {
        let other = WebhookRefusal::NotHandled("star".to_owned());
        assert_eq!(refusal("star", "not even JSON"), other);
        for body in [
            "",
            "[]",
            "null",
            "\"x\"",
            "{",
            "{} {}",
            "{\"action\":\"\\ud800\"}",
        ] {
            assert_eq!(refusal("push", body), WebhookRefusal::NotJson, "{body}");
        }
        assert_eq!(refusal("push", "{}"), WebhookRefusal::Form("repository"));
        assert_eq!(refusal("release", "{}"), WebhookRefusal::Form("action"));
        let labeled = r#"{"action":"labeled"}"#;
        assert_eq!(
            refusal("pull_request", labeled),
            WebhookRefusal::NotHandled("pull_request.labeled".to_owned())
        );
    }

    #[test]
    fn a_member_that_stands_twice_is_refused() {
        let body = r#"{"action":"created","action":"opened"}"#;
        assert_eq!(refusal("pull_request", body), WebhookRefusal::NotJson);
    }

    #[test]
    fn only_a_plain_word_is_repeated() {
        for text in [
            "",
            "Star",
            "a b",
            "a\nb",
            "a-b",
            "_a",
            "2a",
            "é",
            &"a".repeat(41),
        ] {
            assert_eq!(word(text), "other", "{text:?}");
            let body = serde_json::json!({ "action": text }).to_string();
            assert_eq!(
                refusal("release", &body),
                WebhookRefusal::NotHandled("release.other".to_owned())
            );
        }
        for text in ["pull_request_review_thread", "projects_v2_item"] {
            assert_eq!(word(text), text);
        }
    }

    #[test]
    fn a_body_beyond_the_bound_is_not_read() {
        let body = |length| parse("push", &vec![b' '; length], PushAs::Push);
        assert_eq!(body(LONGEST), Err(WebhookRefusal::NotJson));
        assert_eq!(body(LONGEST + 1), Err(WebhookRefusal::TooLong));
    }

    #[test]
    fn what_is_deep_is_skipped_or_refused() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(refusal("push", &deep), WebhookRefusal::NotJson);
        for member in ["unused", "repository", "commits"] {
            let body = format!(r#"{{"{member}":{deep}}}"#);
            assert_eq!(refusal("push", &body), WebhookRefusal::Form("repository"));
        }
    }
}
