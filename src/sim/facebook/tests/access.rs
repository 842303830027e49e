//! Versions, tokens, scopes, proofs, allowances, and what is refused rather than passed over.

use super::super::{App, auth};
use super::*;

#[tokio::test]
async fn paths_have_a_known_version() {
    let bench = Bench::new();
    let bearer = format!("Bearer {}", bench.token);
    let headers = [("authorization", bearer.as_str())];
    let get = |path: &'static str| bench.send(Method::GET, path, &headers, "");
    for (path, served) in [("/v26.0/me", "v26.0"), ("/v25.0/me", "v25.0"), ("/me", "v26.0")] {
        let got = get(path).await;
        assert_eq!((got.ok()["id"].as_str(), got.header("facebook-api-version")), (Some(bench.page.as_str()), served));
    }
    let served = get("/v2.12/me").await.header("facebook-api-version").to_owned();
    assert!(served != "v2.12" && !served.is_empty());
    for path in ["/v99.0/me", "/v26.1/me"] {
        get(path).await.refused(2500, 0);
    }
    bench.facebook.configure(|options| {
        options.refuse_ended_versions = true;
        options.default_version = None;
    });
    for path in ["/v2.12/me", "/me"] {
        get(path).await.refused(2500, 0);
    }
    for (method, path) in [(Method::PUT, "/v26.0/me"), (Method::POST, "/v26.0/me/nothing")] {
        bench.send(method, path, &headers, "").await.refused(2500, 0);
    }
    get("/v26.0/1234567").await.refused(100, 33);
    get("/v26.0/me?fields=shoe_size").await.refused(100, 0);
}

#[tokio::test]
async fn tokens_are_taken_from_three_places() {
    let bench = Bench::new();
    let token = &bench.token;
    let get = |path: String, header: Option<String>| {
        let bench = &bench;
        async move {
            let headers: Vec<_> = header.iter().map(|value| ("authorization", value.as_str())).collect();
            bench.send(Method::GET, &path, &headers, "").await
        }
    };
    get(format!("/v26.0/me?access_token={token}"), None).await.ok();
    get("/v26.0/me".to_owned(), Some(format!("OAuth {token}"))).await.ok();
    get("/v26.0/me".to_owned(), None).await.refused(2500, 0);
    get("/v26.0/me".to_owned(), Some(format!("Basic {token}"))).await.refused(190, 0);
    get("/v26.0/me".to_owned(), Some("Bearer IGAAxyz".to_owned())).await.refused(190, 0);
    get(format!("/v26.0/me?access_token={token}"), Some("Bearer other".to_owned())).await.refused(190, 0);
    let fields = [("message", "m"), ("access_token", token.as_str())];
    bench.form(Method::POST, token, &format!("/{}/feed", bench.page), &fields).await.ok();
}

#[tokio::test]
async fn dead_tokens_say_why() {
    let bench = Bench::new();
    let publish = || bench.post("feed", &[("message", "m")]);
    for subcode in [458, 459, 460, 464, 467] {
        bench.facebook.end_token(&bench.ann.access_token, subcode);
        let got = publish().await;
        got.refused(190, subcode);
        assert!(got.header("www-authenticate").contains("invalid_token"));
    }
    let short = bench.facebook.short_token(&bench.ann.id, &App::default().id);
    let accounts = bench.get(&short, "/me/accounts").await.ok();
    let page = accounts["data"][0]["access_token"].as_str().unwrap().to_owned();
    bench.get(&page, "/me").await.ok();
    bench.advance(3_601);
    bench.get(&short, "/me").await.refused(190, 463);
    bench.get(&page, "/me").await.refused(190, 463);
    assert!(bench.seen().is_empty());
}

#[tokio::test]
async fn page_tokens_of_long_lived_ones_end_with_the_role() {
    let bench = Bench::new();
    bench.advance(100 * 86_400);
    bench.get(&bench.ann.access_token, "/me").await.refused(190, 463);
    bench.post("feed", &[("message", "m")]).await.ok();
    bench.facebook.set_tasks(&bench.ann.id, &bench.page, None);
    bench.post("feed", &[("message", "n")]).await.refused(190, 492);
}

#[tokio::test]
async fn publishing_needs_the_pages_own_token_its_scopes_and_a_task() {
    let bench = Bench::new();
    let path = format!("/{}/feed", bench.page);
    let publish = |token: String| {
        let (bench, path) = (&bench, &path);
        async move { bench.form(Method::POST, &token, path, &[("message", "m")]).await }
    };
    publish(bench.ann.access_token.clone()).await.refused(200, 0);
    let bob = bench.facebook.sign_up(SignUp { name: "Bob".to_owned(), ..SignUp::default() });
    publish(bob.pages[0].access_token.clone()).await.refused(200, 0);
    let app = App::default();
    publish(format!("{}|{}", app.id, app.secret)).await.refused(200, 0);
    for missing in ["pages_manage_posts", "pages_read_engagement", "pages_show_list"] {
        let scopes = app.scopes.iter().filter(|scope| *scope != missing).cloned().collect();
        let narrow = bench.facebook.sign_up(SignUp { scopes, ..SignUp::default() });
        let page = &narrow.pages[0];
        bench
            .form(Method::POST, &page.access_token, &format!("/{}/feed", page.id), &[("message", "m")])
            .await
            .refused(200, 0);
    }
    bench.facebook.set_tasks(&bench.ann.id, &bench.page, Some(&["MODERATE"]));
    publish(bench.token.clone()).await.refused(200, 0);
    bench.facebook.set_tasks(&bench.ann.id, &bench.page, Some(&["PROFILE_PLUS_CREATE_CONTENT"]));
    let id = publish(bench.token.clone()).await.id();
    bench.change(&format!("{id}/comments"), &[("message", "c")]).await.refused(200, 0);
    bench.get(&bob.pages[0].access_token, &format!("/{id}")).await.refused(10, 0);
    bench.get(&bob.access_token, &path).await.refused(10, 0);
    assert_eq!(bench.seen().len(), 1);

    let gone = bench.form(Method::DELETE, &bench.ann.access_token, "/me/permissions/pages_manage_posts", &[]).await;
    gone.ok();
    publish(bench.token.clone()).await.refused(200, 0);
}

#[tokio::test]
async fn proofs_fit_the_token() {
    let bench = Bench::new();
    bench.facebook.add_app(App { require_proof: true, ..App::default() });
    let secret = App::default().secret;
    let get = |token: &str, proof: &str| format!("/v26.0/me?access_token={token}&appsecret_proof={proof}");
    let (user, page) = (&bench.ann.access_token, &bench.token);
    for (path, code) in [
        (get(page, &auth::proof(&secret, page)), 0),
        (get(page, &auth::proof(&secret, user)), 104),
        (format!("/v26.0/me?access_token={page}"), 100),
        (format!("/v26.0/app?access_token={}|{secret}", App::default().id), 100),
    ] {
        let got = bench.send(Method::GET, &path, &[], "").await;
        if code == 0 { drop(got.ok()) } else { assert_eq!(got.json()["error"]["code"], code, "{path}") }
    }
    // RFC 4231, case 2.
    let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(auth::proof("Jefe", "what do ya want for nothing?"), known);
}

#[tokio::test]
async fn usage_grows_until_the_page_is_throttled() {
    let bench = Bench::new();
    bench.facebook.configure(|options| {
        options.page_calls = 10;
        options.usage_headers_after = 2;
    });
    let header = "x-business-use-case-usage";
    for call in 1..=10 {
        let got = bench.get(&bench.token, "/me").await;
        got.ok();
        if call <= 2 {
            assert_eq!(got.header(header), "");
        } else {
            let usage: Value = serde_json::from_str(got.header(header)).unwrap();
            let entry = &usage[&bench.page][0];
            assert_eq!((entry["type"].as_str(), entry["call_count"].as_u64()), (Some("pages"), Some(call * 10)));
            assert_eq!(entry["estimated_time_to_regain_access"], 0);
        }
    }
    bench.advance(3_600);
    let got = bench.post("feed", &[("message", "m")]).await;
    got.refused(80_001, 0);
    assert_eq!(got.status, 400);
    let usage: Value = serde_json::from_str(got.header(header)).unwrap();
    assert_eq!(usage[&bench.page][0]["estimated_time_to_regain_access"], 23 * 60);
    assert!(bench.seen().is_empty());
    bench.advance(23 * 3_600);
    bench.post("feed", &[("message", "m")]).await.ok();
}

#[tokio::test]
async fn users_and_apps_are_throttled_by_the_hour() {
    for (app, user, path, code) in
        [(2, 9, "/me".to_owned(), 4), (9, 2, "/me".to_owned(), 17), (9, 2, "/PAGE".to_owned(), 32)]
    {
        let bench = Bench::new();
        bench.facebook.configure(|options| {
            (options.app_calls, options.user_calls, options.usage_headers_after) = (app, user, 0);
        });
        let path = path.replace("PAGE", &bench.page);
        for _ in 0..2 {
            bench.get(&bench.ann.access_token, &path).await.ok();
        }
        let got = bench.get(&bench.ann.access_token, &path).await;
        got.refused(code, 0);
        let usage: Value = serde_json::from_str(got.header("x-app-usage")).unwrap();
        assert!(usage["call_count"].is_u64());
        bench.advance(3_600);
        bench.get(&bench.ann.access_token, &path).await.ok();
    }
}

#[tokio::test]
async fn what_would_be_ignored_is_refused_or_noted() {
    let bench = Bench::new();
    let bearer = format!("Bearer {}", bench.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let path = format!("/v26.0/{}/feed?message=m", bench.page);
    bench.send(Method::POST, &path, &headers, r#"{"message":"n"}"#).await.refused(100, 0);
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    bench.send(Method::POST, &path, &headers, "message=m").await.refused(100, 0);
    bench.facebook.configure(|options| options.strict = false);
    bench.post("feed", &[("message", "m"), ("mesage", "n")]).await.ok();
    assert_eq!(bench.facebook.ignored(), ["parameter mesage"]);
    bench.post("feed", &[("message", "m2"), ("published", "maybe")]).await.refused(100, 0);
}

#[tokio::test]
async fn instagram_asks_what_a_token_says() {
    let bench = Bench::new();
    let (user, page) = (bench.facebook.token(&bench.ann.access_token), bench.facebook.token(&bench.token));
    let (user, page) = (user.unwrap(), page.unwrap());
    assert_eq!((&user.user, user.page, user.expires.is_some()), (&bench.ann.id, None, true));
    assert_eq!((&page.user, page.page, page.expires), (&bench.ann.id, Some(bench.page.clone()), None));
    assert!(page.scopes.iter().any(|scope| scope == "instagram_content_publish"));

    let fields = "instagram_business_account{id,username}";
    assert_eq!(bench.read(&bench.page, fields).await.ok(), json!({"id": bench.page}));
    bench.facebook.link_instagram(&bench.page, "17841400000000001");
    bench.facebook.name_instagram("17841400000000001", "tea");
    let account = json!({"id": "17841400000000001", "username": "tea"});
    assert_eq!(bench.read(&bench.page, fields).await.ok()["instagram_business_account"], account);
    let listed = bench.get(&bench.ann.access_token, "/me/accounts?fields=connected_instagram_account").await;
    assert_eq!(listed.ok()["data"][0]["connected_instagram_account"]["id"], "17841400000000001");

    bench.facebook.end_token(&bench.token, 460);
    assert_eq!(bench.facebook.token(&bench.token), None);
    assert_eq!(bench.facebook.token("EAAx"), None);
}
