//! Which tickets security and privacy should look at, and what follows from that.

use compliance::evaluation::{Evaluator, Expectation};
use compliance::{Catalog, Switch, Switches, classification};

use crate::ticket::{assessed, described, frameworks, switched, ticket};

#[test]
fn a_relevant_ticket_says_because_of_which_words() {
    let text = "NPE lets an anonymous caller read the admin page";
    let security = assessed(&ticket(text)).relevance.security;
    assert!(security.relevant && security.confidence >= 50);
    let heaviest = &security.because[0];
    assert!(text.contains(&heaviest.evidence.words) && heaviest.points > 0);
    assert!(security.because.len() + security.against.len() <= 12);
    let ordinary = assessed(&ticket("Increase button padding")).relevance;
    assert!(!ordinary.security.relevant && !ordinary.privacy.relevant);
    assert!(ordinary.security.because.is_empty() && ordinary.security.confidence < 50);
}

#[test]
fn a_framework_that_few_are_bound_by_is_listed_only_where_the_organisation_says_so() {
    let pay = ticket("Add credit card payment to checkout flow");
    assert!(!frameworks(&assessed(&pay)).contains(&"iso27001"));
    let bound = switched(&pay, &[("iso27001", Switch::Applies)]);
    assert!(frameworks(&bound).contains(&"iso27001"));
    let asked = switched(&pay, &[("iso27001", Switch::MayApply)]);
    assert!(!frameworks(&asked).contains(&"iso27001"));
}

#[test]
fn each_baseline_follows_its_own_reader() {
    let privacy = assessed(&ticket("Cookie consent for the shop"));
    assert!(privacy.relevance.privacy.relevant && !privacy.relevance.security.relevant);
    assert_eq!(frameworks(&privacy), ["gdpr"]);
    let security = assessed(&ticket("Upgrade to TLS 1.3"));
    assert!(security.relevance.security.relevant && !security.relevance.privacy.relevant);
    assert_eq!(frameworks(&security), ["soc2"]);
}

#[test]
fn words_that_are_denied_weigh_nothing() {
    let score = |text: &str| {
        assessed(&described("Nightly export", text))
            .relevance
            .privacy
            .score
    };
    let said = score("The export holds personal data and medical records.");
    let denied = score("No personal data and no medical records are involved.");
    // "No", "data" and the like say a little by themselves.
    let nothing = score("Nothing of that kind is involved.");
    assert!(
        said > nothing + 200 && denied < nothing + 20,
        "{said} {denied} {nothing}"
    );
}

#[test]
fn what_stands_far_down_weighs_less() {
    let filler = "the build of the module is listed here ".repeat(30);
    let score = |text: &str| {
        assessed(&described("Report", text))
            .relevance
            .security
            .score
    };
    let word = "SQL injection and XSS.";
    assert!(score(&format!("{word} {filler}")) > score(&format!("{filler} {word}")));
}

#[test]
fn the_same_words_weigh_less_each_in_a_longer_ticket() {
    let scale = compliance::fitting::scale;
    assert_eq!(
        (scale(0), scale(9), scale(36), scale(576)),
        (141, 141, 100, 50)
    );
}

#[test]
fn labels_may_name_a_family_and_leave_questions_open() {
    let found = |summary: &str| {
        let ticket = ticket(summary);
        classification(Catalog::embedded(), &Switches::default(), &ticket)
    };
    let frameworks = ["hipaa".to_owned(), "hip".to_owned()];
    let mut evaluator = Evaluator::new(frameworks.into(), ["health".to_owned()].into());
    let hipaa = Expectation {
        security_relevant: Some(false),
        frameworks: Some(["hipaa".to_owned()].into()),
        ..Expectation::default()
    };
    evaluator.add("1", &found("Show lab results to clinicians"), &hipaa);
    let open = Expectation {
        privacy_relevant: Some(true),
        ..Expectation::default()
    };
    evaluator.add("2", &found("Increase button padding"), &open);
    let all = evaluator.finish();
    assert_eq!(
        all.frameworks["hipaa"].counts.hits, 1,
        "both rules of HIPAA are its family"
    );
    assert_eq!(
        all.frameworks["hip"].counts.rightly_quiet, 1,
        "a part of a name is none"
    );
    assert_eq!(all.security.false_alarms, ["1"]);
    assert_eq!(
        (all.privacy.missed.as_slice(), all.tickets),
        (&["2".to_owned()][..], 2)
    );
    assert!(
        all.indicators.is_empty(),
        "nobody said anything of indicators"
    );
    assert_eq!(
        (all.ordinary, all.flagged.as_slice()),
        (1, &["1".to_owned()][..])
    );
    assert_eq!(all.costs.values().sum::<u64>(), 1);
}
