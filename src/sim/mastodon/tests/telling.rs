//! What servers tell of themselves and of accounts; rations; several servers at once.

use super::*;
use crate::sim::Sim;

#[tokio::test]
async fn the_instance_tells_its_limits() {
    let bench = Bench::new();
    bench.server.configure(|options| options.max_characters = 1_000);
    for path in ["/api/v2/instance", "/api/v1/instance"] {
        let configuration = bench.nobody(path).await.json()["configuration"].clone();
        assert_eq!(
            configuration["statuses"],
            json!({"max_characters": 1_000, "max_media_attachments": 4, "characters_reserved_per_url": 23})
        );
        assert_eq!(configuration["media_attachments"]["description_limit"], 1_500);
        assert_eq!(configuration["polls"]["max_expiration"], 2_629_746);
    }
    let body = bench.nobody("/api/v2/instance").await.json();
    assert_eq!((&body["version"], &body["api_versions"]["mastodon"]), (&json!("4.5.2"), &json!(7)));
    bench.post(&status(&"x".repeat(1_000))).await.is(200, "");
    bench.nobody("/.well-known/nodeinfo").await.is(200, "https://mastodon.example/nodeinfo/2.0");
    bench.nobody("/nodeinfo/2.0").await.is(200, r#""software":{"name":"mastodon","version":"4.5.2"}"#);
    bench
        .nobody("/.well-known/oauth-authorization-server")
        .await
        .is(200, r#""code_challenge_methods_supported":["S256"]"#);
    bench.nobody("/api/v1/timelines/home").await.is(404, "");
    let snac = Bench::of(Flavour::Snac);
    snac.nobody("/api/v2/instance").await.is(404, "");
    let body = snac.nobody("/api/v1/instance").await.json();
    assert_eq!(body["version"], "4.0.0 (not true; really snac/2.75)");
    let limits = &body["configuration"];
    assert_eq!(
        (&limits["statuses"]["max_characters"], &limits["statuses"]["characters_reserved_per_url"]),
        (&json!(100_000), &json!(32))
    );
    assert_eq!(limits["media_attachments"].get("description_limit"), None);
    snac.nobody("/nodeinfo/2.0").await.is(200, r#""name":"snac""#);
}

#[tokio::test]
async fn accounts_are_found() {
    let bench = Bench::new();
    let got = bench.get("/api/v1/accounts/verify_credentials").await.json();
    assert_eq!(
        (&got["id"], &got["acct"], &got["source"]["privacy"]),
        (&json!(bench.ann.id), &json!("ann"), &json!("public"))
    );
    bench
        .nobody(&format!("/api/v1/accounts/{}", bench.ann.id))
        .await
        .is(200, r#""url":"https://mastodon.example/@ann""#);
    bench.nobody("/api/v1/accounts/lookup?acct=ann@mastodon.example").await.is(200, &bench.ann.id);
    bench.nobody("/api/v1/accounts/lookup?acct=bob").await.is(404, "Record not found");
}

#[tokio::test]
async fn rations_end_at_a_time_of_day() {
    let bench = Bench::new();
    bench.server.configure(|options| (options.uploads, options.deletes, options.statuses) = (2, 1, 2));
    let got = bench.get("/api/v1/accounts/verify_credentials").await;
    let told =
        |got: &Got| ["limit", "remaining", "reset"].map(|name| got.header(&format!("x-ratelimit-{name}")).to_owned());
    assert_eq!(told(&got), ["300", "299", "2025-11-24T16:05:00.000000Z"]);
    assert_eq!(told(&bench.upload(&png(1, 1), &[]).await), ["2", "1", "2025-11-24T16:30:00.000000Z"]);
    bench.picture().await;
    let got = bench.upload(&png(1, 1), &[]).await;
    got.is(429, r#"{"error":"Too many requests"}"#);
    assert_eq!((told(&got)[1].as_str(), got.header("retry-after")), ("0", ""));
    bench.advance(1_800);
    bench.picture().await;
    let ids = [bench.posted(&status("a")).await, bench.posted(&status("b")).await];
    bench.post(&status("c")).await.is(429, "");
    bench.delete(&format!("/api/v1/statuses/{}", ids[0])).await.is(200, "");
    bench.delete(&format!("/api/v1/statuses/{}", ids[1])).await.is(429, "");
    bench.server.configure(|options| options.calls = 1);
    bench.get("/api/v1/accounts/verify_credentials").await.is(429, "");
    bench.nobody("/api/v1/instance").await.is(200, "");
    bench.nobody("/api/v1/instance").await.is(429, "");
    bench.nobody("/nodeinfo/2.0").await.is(200, "");
}

#[tokio::test]
async fn servers_know_nothing_of_each_other() {
    let mut sim = Sim::start().await.unwrap();
    let third = sim.open_mastodon("third.example", Flavour::Mastodon).await.unwrap();
    third.configure(|options| options.max_characters = 5_000);
    let hosts: Vec<&str> = sim.hosts().iter().map(|(host, _)| host.as_str()).collect();
    assert!(["mastodon.example", "snac.example", "third.example"].iter().all(|host| hosts.contains(host)), "{hosts:?}");
    let ann = sim.mastodon.sign_up(SignUp { server: "third.example".to_owned(), ..SignUp::default() });
    let other = sim.mastodon.sign_up(SignUp::default());
    assert!(ann.id != other.id && ann.access_token != other.access_token && ann.server == "third.example");
    let bench = Bench { world: sim.world().clone(), server: third, ann };
    bench.posted(&status("Hi")).await;
    let [seen] = sim.seen().try_into().unwrap();
    assert_eq!((seen.platform, seen.url.starts_with("https://third.example/@ann/")), ("mastodon", true));
    let wrong = Bench { server: sim.mastodon.server(HOSTS[0]), ..bench };
    wrong.post(&status("Hi")).await.is(401, "");
}
