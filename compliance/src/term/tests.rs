//! What a term matches, and what it does not.

use super::{Symbols, Term, TermIndexBuilder};
use crate::text::Passage;

fn matches(term: &str, text: &str) -> bool {
    let mut builder = TermIndexBuilder::default();
    builder.add(term, Term::parse(term).unwrap());
    let index = builder.build();
    let passage = Passage::read(text);
    let mut found = false;
    for run in passage.runs() {
        for stream in run.streams() {
            index.find(stream, &mut Symbols::default(), |_| found = true);
        }
    }
    found
}

#[test]
fn whole_tokens_only() {
    assert!(!matches("pan", "the panel"));
    assert!(matches("pan", "mask PAN now"));
    assert!(matches("card number", "card_number and e-mail"));
    assert!(matches("e mail", "E-Mail"));
}

#[test]
fn gaps_span_at_most_four_tokens() {
    assert!(matches("lock* .. account", "Lock the account"));
    assert!(matches(
        "lock* .. account",
        "lock one two three four account"
    ));
    assert!(!matches(
        "lock* .. account",
        "lock one two three four five account"
    ));
}

#[test]
fn camel_case_matches_split_and_whole() {
    assert!(matches("payment intent", "createPaymentIntent returns 500"));
    assert!(matches("hubspot", "sync with HubSpot"));
    assert!(matches("oauth2", "OAuth2 client"));
    assert!(matches("v2 api", "v2Api"));
    assert!(matches("pii", "PII"));
}

#[test]
fn a_country_in_capitals_is_not_a_pronoun() {
    assert!(matches("US", "host it in the US"));
    assert!(!matches("US", "contact us"));
}

#[test]
fn terms_do_not_reach_across_sentences() {
    assert!(!matches("credit card", "Give credit. Card is blue"));
    assert!(matches("medical history", "view their medical\nhistory"));
}

#[test]
fn disguised_words_still_match() {
    assert!(matches("password", "pass\u{200b}wo\u{ad}rd"));
    assert!(matches("card", "ｃａｒｄ"));
    assert!(matches("doesn t", "doesn\u{2019}t"));
}
