//! The page on which integrations are made without a terminal. What it does in a browser is in `tests/browser`.

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_045_the_page_of_integrations_holds_nothing_and_is_framed_by_nobody() {
    let world = World::installed().await;
    let url = format!("{}/integrations", world.address());
    let page = world.http.get(url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    for rule in [
        "default-src 'none'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    let kept = page.headers()["cache-control"].to_str().unwrap();
    assert!(kept.contains("no-store"), "{kept}");
    let text = page.text().await.unwrap();
    let tenant = world.tenant(0).await;
    assert!(text.contains("API key") && !text.contains(tenant.as_str()));
}
