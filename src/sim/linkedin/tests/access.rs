//! Tokens, versions, protocol header, addresses, quotas.

use chrono::{DateTime, Datelike as _, Utc};

use super::super::App;
use super::*;
use crate::sim::{Fault, FaultKind};

#[tokio::test]
async fn dead_tokens_are_told_apart() {
    let bench = Bench::new().await;
    let bob = bench.linkedin().sign_up(SignUp::default());
    bench.linkedin().revoke(&bob.access_token);
    let empty = r#"{"message":"Empty oauth2_access_token","serviceErrorCode":401,"status":401}"#;
    let invalid =
        r#"{"status":401,"serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN","message":"Invalid access token"}"#;
    let revoked = r#"{"status":401,"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN","message":"The token used in the request has been revoked by the user"}"#;
    let expired = r#"{"status":401,"serviceErrorCode":65602,"code":"EXPIRED_ACCESS_TOKEN","message":"The token used in the request has expired"}"#;
    let ask = async |authorization: Option<String>, path: &str| {
        let mut request = bench.bare(Method::GET, path);
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        send(request).await
    };
    for path in ["/rest/posts/x", "/v2/userinfo"] {
        for (authorization, body) in [
            (None, empty),
            (Some("Bearer ".to_owned()), empty),
            (Some("Basic YTpi".to_owned()), empty),
            (Some("Bearer nonsense".to_owned()), invalid),
            (Some(format!("Bearer {}", bob.access_token)), revoked),
        ] {
            let got = ask(authorization, path).await;
            assert_eq!((got.status, got.body.as_str()), (401, body));
            assert!(got.header("x-li-uuid").len() > 20);
        }
    }
    assert_eq!(ask(Some(format!("Bearer {}", bench.ann.access_token)), "/v2/userinfo").await.status, 200);
    bench.advance(60 * 86_400);
    assert_eq!(ask(Some(format!("Bearer {}", bench.ann.access_token)), "/v2/userinfo").await.body, expired);
}

#[tokio::test]
async fn versions() {
    let bench = Bench::new().await;
    let ask = async |version: Option<&str>| {
        let mut request = bench.bare(Method::GET, "/rest/organizationAcls?q=roleAssignee");
        if let Some(version) = version {
            request = request.header("LinkedIn-Version", version);
        }
        send(request.bearer_auth(&bench.ann.access_token).header("X-Restli-Protocol-Version", "2.0.0")).await
    };
    ask(None).await.is(400, r#""code":"VERSION_MISSING""#);
    let got = ask(Some("202610")).await;
    let body = r#"{"status":426,"code":"NONEXISTENT_VERSION","message":"Requested version 20261001 is not active"}"#;
    assert_eq!((got.status, got.body.as_str()), (426, body));
    ask(Some("202512")).await.is(426, "Requested version 20251201 is not active");
    ask(Some("2026-09")).await.is(426, "is not active");
    // Past the gate: the scope is missing.
    ask(Some("202609")).await.is(403, "organizationAcls.FINDER-roleAssignee.20260901");

    bench.linkedin().configure(|options| options.active_versions = None);
    let today = DateTime::<Utc>::from(bench.sim.world().now());
    let version = |months_ago: i32| {
        let month = today.year() * 12 + today.month0().cast_signed() - months_ago;
        format!("{}{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
    };
    for (months_ago, status) in [(-1, 426), (0, 426), (1, 403), (11, 403), (13, 426)] {
        assert_eq!(ask(Some(&version(months_ago))).await.status, status, "{months_ago} months ago");
    }
    bench.advance(396 * 86_400);
    let ann = bench.linkedin().sign_up(SignUp::default());
    let url = "/rest/organizationAcls?q=roleAssignee";
    let old = bench.bare(Method::GET, url).bearer_auth(&ann.access_token).header("LinkedIn-Version", version(1));
    assert_eq!(send(old).await.status, 426, "a year later");
}

#[tokio::test]
async fn the_protocol_header_is_missed_misleadingly() {
    let bench = Bench::new().await;
    for value in [None, Some("1.0.0")] {
        let mut request = bench.bare(Method::POST, "/rest/posts").bearer_auth(&bench.ann.access_token);
        request = request.header("LinkedIn-Version", VERSION).json(&plain(&bench.me(), "Hi"));
        if let Some(value) = value {
            request = request.header("X-Restli-Protocol-Version", value);
        }
        let body = r#"{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: posts.CREATE.NO_VERSION"}"#;
        assert_eq!(send(request).await.body, body);
    }
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn addresses_are_encoded_completely() {
    let bench = Bench::new().await;
    let urn = bench.published(&bench.ann, &plain(&bench.me(), "Hi")).await;
    let admin = bench.page_admin();
    for (method, url) in [
        (Method::GET, format!("/rest/posts/{urn}")),
        (Method::DELETE, format!("/rest/posts/{urn}")),
        (Method::POST, format!("/rest/posts/{urn}")),
        (Method::GET, "/rest/images/urn:li:image:x".to_owned()),
        (Method::POST, format!("/rest/socialActions/{urn}/comments")),
        (Method::GET, "/rest/organizationAcls?q=roleAssignee&x=urn:li:x".to_owned()),
        (Method::GET, "/rest/organizationAcls?q=roleAssignee&x=List(a)".to_owned()),
    ] {
        send(bench.call(&admin, method, &url)).await.is(400, "not percent-encoded");
    }
    assert_eq!(bench.seen().len(), 1);
    bench.get(&admin, &format!("/rest/organizationAcls?q={}", "x".repeat(4_000))).await.is(414, "4000");
    bench.get(&admin, "/rest/nothing").await.is(404, "RESOURCE_NOT_FOUND");
    bench.get(&admin, "/v2/me").await.is(404, "RESOURCE_NOT_FOUND");
    send(bench.call(&admin, Method::PUT, "/rest/posts")).await.is(405, "PUT");
    let mismatch = bench.call(&admin, Method::GET, "/rest/posts/x").header("X-RestLi-Method", "DELETE");
    send(mismatch).await.is(400, "X-RestLi-Method");
}

#[tokio::test]
async fn userinfo() {
    let bench = Bench::new().await;
    let ask =
        async |member: &Member| send(bench.bare(Method::GET, "/v2/userinfo").bearer_auth(&member.access_token)).await;
    let got = ask(&bench.ann).await.json();
    assert_eq!(got["sub"], json!(bench.ann.id));
    assert_eq!(got["name"], "Ann Example");
    assert_eq!((&got["given_name"], &got["family_name"]), (&json!("Ann"), &json!("Example")));
    assert_eq!(got.get("email"), None);

    let scoped = |scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        bench.linkedin().sign_up(SignUp { scopes, ..SignUp::default() })
    };
    let got = ask(&scoped(&["openid", "profile", "email"])).await.json();
    assert_eq!(got["email"], "ann@example.org");
    for scopes in [&["w_member_social"][..], &["openid"], &["profile"]] {
        ask(&scoped(scopes)).await.is(403, "Not enough permissions to access: userinfo.GET.NO_VERSION");
    }

    bench.linkedin().configure(|options| options.userinfo_quota = 0);
    ask(&bench.ann).await.is(429, "APPLICATION DAY limit");
}

#[tokio::test]
async fn ids_of_members_differ_between_apps() {
    let bench = Bench::new().await;
    let form = |client_id: &str| {
        let query = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", "http://127.0.0.1:8484/callback"),
            ("scope", "openid profile"),
            ("member", "0"),
            ("decision", "allow"),
        ];
        bench.bare(Method::POST, "/oauth/v2/authorization").form(&query)
    };
    bench.linkedin().add_app(App { client_id: "other".to_owned(), ..App::default() });
    let mut subs = Vec::new();
    for client_id in [App::default().client_id, "other".to_owned()] {
        let location = send(form(&client_id)).await.header("location").to_owned();
        let code = location.split_once("code=").unwrap().1.to_owned();
        let exchange = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", "http://127.0.0.1:8484/callback"),
            ("client_id", &client_id),
            ("client_secret", &App::default().client_secret),
        ];
        let token = send(bench.bare(Method::POST, "/oauth/v2/accessToken").form(&exchange)).await.json();
        let token = token["access_token"].as_str().unwrap().to_owned();
        subs.push(send(bench.bare(Method::GET, "/v2/userinfo").bearer_auth(token)).await.json()["sub"].clone());
    }
    assert_eq!(subs[0], json!(bench.ann.id));
    assert_ne!(subs[0], subs[1]);
}

#[tokio::test]
async fn quotas_last_until_midnight_utc() {
    let bench = Bench::new().await;
    let admin = bench.page_admin();
    let ask = async |member: &Member| bench.get(member, "/rest/posts/x").await;
    // Noon, far from the change of day.
    let (now, day) = (bench.sim.world().now().duration_since(UNIX_EPOCH).unwrap().as_secs(), 86_400);
    bench.advance(day - now % day + day / 2);
    bench.linkedin().configure(|options| options.member_quota = 2);
    assert_eq!(ask(&bench.ann).await.status, 403);
    assert_eq!(ask(&bench.ann).await.status, 403);
    let got = ask(&bench.ann).await;
    let body =
        r#"{"message":"Resource level throttle MEMBER DAY limit for calls to this resource is reached.","status":429}"#;
    assert_eq!((got.status, got.body.as_str()), (429, body));
    assert_eq!(got.header("retry-after"), "");
    assert_eq!(ask(&admin).await.status, 404, "another member has a quota of their own");

    bench.linkedin().configure(|options| options.app_quota = 3);
    ask(&admin).await.is(429, "APPLICATION DAY limit");
    bench.advance(day / 2 - 60);
    ask(&admin).await.is(429, "");
    bench.advance(60);
    assert_eq!(ask(&bench.ann).await.status, 403);
}

#[tokio::test]
async fn scripted_faults_strike() {
    let bench = Bench::new().await;
    let body = plain(&bench.me(), "Hi");
    let fault =
        |kind| bench.sim.world().fault(Fault { method: Method::POST, path: "/rest/posts".to_owned(), times: 1, kind });
    let request = || bench.call(&bench.ann, Method::POST, "/rest/posts").json(&body).send();
    fault(FaultKind::DropBefore);
    assert!(request().await.is_err());
    assert_eq!(bench.seen().len(), 0);
    fault(FaultKind::DropAfter);
    assert!(request().await.is_err());
    assert_eq!(bench.seen().len(), 1);
    // The duplicate that a client looks for after that.
    let got = bench.publish(&body).await;
    got.is(422, &bench.seen()[0].id);
    bench.advance(3_600);
    fault(FaultKind::AnswerAfter { status: 503, headers: Vec::new(), body: String::new() });
    assert_eq!(bench.publish(&body).await.status, 503);
    assert_eq!(bench.seen().len(), 2);
}
