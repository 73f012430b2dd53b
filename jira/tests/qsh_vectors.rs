//! Query-string hashes against the collected vectors: where implementations differ, the reading that
//! also passes what Jira itself signed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use crate::vectors;

use jira::BaseUrl;
use jira::connect::CanonicalRequest;
use url::Url;

#[test]
fn canonical_requests_and_hashes_are_the_recommended_ones() {
    let Some(file) = vectors::json("atlassian/qsh-vectors.json") else {
        return;
    };
    let rows = file["vectors"].as_array().unwrap();
    let (mut agreed, mut differing, mut by_url) = (0, 0, 0);
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap();
        let (id, method, url) = (text("id"), text("method"), text("url"));
        let (path, query) = vectors::raw_path_and_query(url);
        let (_, base_path) = (
            text("baseUrl"),
            vectors::raw_path_and_query(text("baseUrl")).0,
        );
        let canonical = CanonicalRequest::from_raw(method, &path, &query, &base_path);
        assert_eq!(canonical.as_str(), text("recommended"), "{id}");
        assert_eq!(canonical.hash().as_str(), text("recommended_qsh"), "{id}");
        if text("confidence") == "all-agree" {
            assert_eq!(canonical.hash().as_str(), text("qsh"), "{id}");
            agreed += 1;
        } else {
            differing += 1;
        }
        let parsed: Url = url.parse().unwrap();
        if parsed.path() == path && parsed.query().unwrap_or_default() == query {
            let base: BaseUrl = text("baseUrl").parse().unwrap();
            assert_eq!(
                CanonicalRequest::from_url(method, &parsed, &base).as_str(),
                canonical.as_str(),
                "{id}"
            );
            by_url += 1;
        }
    }
    println!("qsh: {agreed} all-agree, {differing} recommended, {by_url} of them also from a URL");
    assert_eq!((agreed, differing), (81, 5));
    assert!(by_url > 70);
}
