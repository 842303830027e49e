//! The OAuth walk: consent, code, long life, Pages, debugging, the end of permissions.

use super::super::App;
use super::*;

const REDIRECT: &str = "https://app.example.org/callback";
const SCOPE: &str = "pages_show_list,pages_manage_posts,pages_read_engagement";

fn ask<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", "1184300000000001"),
        ("redirect_uri", REDIRECT),
        ("state", "st&te"),
        ("response_type", "code"),
        ("scope", SCOPE),
    ]
}

fn set<'a>(mut fields: Vec<(&'a str, &'a str)>, name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.iter_mut().filter(|(key, _)| *key == name).for_each(|(_, old)| *old = value);
    fields
}

fn query(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl Bench {
    async fn dialog(&self, fields: &[(&str, &str)]) -> Got {
        self.send(Method::GET, &format!("/v26.0/dialog/oauth?{}", query(fields)), &[], "").await
    }

    async fn decide(&self, fields: &[(&str, &str)]) -> Got {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, "/v26.0/dialog/oauth", &form, query(fields)).await
    }

    /// Ann allows these scopes with her Page; the code.
    async fn code(&self, allowed: &[&str]) -> String {
        let mut fields = ask();
        fields.extend([("person", self.ann.id.as_str()), ("page", &self.page), ("decision", "allow")]);
        fields.extend(allowed.iter().map(|scope| ("allow", *scope)));
        let got = self.decide(&fields).await;
        assert_eq!(got.status, 302, "{}", got.body);
        assert!(got.header("location").ends_with("#_=_"));
        let answer = answer(&got);
        assert_eq!(answer[1], ("state".to_owned(), "st&te".to_owned()));
        answer[0].1.clone()
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Got {
        let client = [("client_id", "1184300000000001"), ("client_secret", App::default().secret.as_str())]
            .map(|(name, value)| (name, value.to_owned()));
        let client: Vec<_> = client.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let given: Vec<_> = client.into_iter().filter(|(name, _)| !fields.iter().any(|(key, _)| key == name)).collect();
        self.send(Method::GET, &format!("/v26.0/oauth/access_token?{}", query(&[&given, fields].concat())), &[], "")
            .await
    }

    async fn debug(&self, token: &str) -> Value {
        let app = App::default();
        let path = format!("/debug_token?input_token={token}");
        self.get(&format!("{}|{}", app.id, app.secret), &path).await.ok()["data"].clone()
    }
}

fn answer(got: &Got) -> Vec<(String, String)> {
    let url = url::Url::parse(got.header("location")).unwrap();
    assert!(url.as_str().starts_with(REDIRECT));
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn the_dialog_shows_what_is_asked() {
    let bench = Bench::with(SignUp { name: "<b>Bob".to_owned(), ..SignUp::default() });
    let page = bench.dialog(&ask()).await;
    assert_eq!(page.status, 200);
    for part in
        ["&lt;b&gt;Bob", r#"name="state" value="st&amp;te""#, r#"name="allow" value="pages_manage_posts""#, "Tea House"]
    {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    for (fields, part) in [
        (set(ask(), "client_id", "1"), "Invalid App ID"),
        (set(ask(), "redirect_uri", "https://app.example.org/callback/"), "URL Blocked"),
        (set(ask(), "redirect_uri", "https://app.example.org/callback?x=1"), "URL Blocked"),
        (set(ask(), "redirect_uri", "http://localhost:8484/callback"), "Insecure Login Blocked"),
        (set(ask(), "scope", "publish_actions"), "Invalid Scopes"),
        (set(ask(), "state", ""), "state is required"),
        ([ask(), vec![("code_challenge", "x")]].concat(), "Unexpected parameter"),
        ([ask(), vec![("config_id", "x")]].concat(), "scope or config_id"),
    ] {
        let got = bench.dialog(&fields).await;
        assert!(got.status == 400 && got.body.contains(part), "{part}: {}", got.body);
    }
    let got = bench.dialog(&set(ask(), "response_type", "token")).await;
    assert_eq!(answer(&got)[0], ("error".to_owned(), "unsupported_response_type".to_owned()));
    bench.send(Method::GET, "/v99.0/dialog/oauth", &[], "").await.refused(2500, 0);

    bench.facebook.add_app(App { live: false, ..App::default() });
    assert_eq!(bench.dialog(&set(ask(), "redirect_uri", "http://localhost:1/x")).await.status, 200);
    assert_eq!(bench.dialog(&set(ask(), "redirect_uri", "http://127.0.0.1:1/x")).await.status, 400);
    let configurations = vec![("42".to_owned(), vec!["pages_show_list".to_owned()])];
    bench.facebook.add_app(App { configurations, ..App::default() });
    let fields: Vec<_> =
        ask().into_iter().map(|pair| if pair.0 == "scope" { ("config_id", "42") } else { pair }).collect();
    assert!(bench.dialog(&fields).await.body.contains("pages_show_list"));
}

#[tokio::test]
async fn a_person_may_refuse() {
    let bench = Bench::new();
    let got = bench.decide(&[ask(), vec![("decision", "cancel")]].concat()).await;
    let answer = answer(&got);
    let value = |name: &str| answer.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!((value("error"), value("error_reason")), (Some("access_denied"), Some("user_denied")));
    assert_eq!((value("error_description"), value("state")), (Some("Permissions error"), Some("st&te")));
}

#[tokio::test]
async fn a_code_becomes_a_token_once() {
    let bench = Bench::new();
    let exchange = |code: String, redirect: &'static str| {
        let bench = &bench;
        async move { bench.token(&[("code", &code), ("redirect_uri", redirect)]).await }
    };
    let scopes: Vec<_> = SCOPE.split(',').collect();
    let code = bench.code(&scopes).await;
    let got = exchange(code.clone(), REDIRECT).await.ok();
    assert!(got["access_token"].as_str().unwrap().starts_with("EAA"));
    assert_eq!((got["token_type"].as_str(), got["expires_in"].as_u64()), (Some("bearer"), Some(3_600)));
    exchange(code, REDIRECT).await.refused(100, 36_009);
    exchange(bench.code(&scopes).await, "https://app.example.org/callback/").await.refused(100, 36_008);
    exchange("AQnonsense".to_owned(), REDIRECT).await.refused(100, 0);
    let code = bench.code(&scopes).await;
    bench.advance(601);
    exchange(code, REDIRECT).await.refused(100, 36_007);

    let code = bench.code(&scopes).await;
    let fields = [("code", code.as_str()), ("redirect_uri", REDIRECT)];
    bench.token(&[&fields[..], &[("client_id", "7")]].concat()).await.refused(101, 0);
    let wrong = bench.token(&[&fields[..], &[("client_secret", "x")]].concat()).await;
    assert_eq!((wrong.status, wrong.json()["error"]["code"].as_u64()), (400, Some(1)));
    bench.token(&[&fields[..], &[("code_verifier", "x")]].concat()).await.refused(100, 0);
    bench.token(&fields[..1]).await.refused(100, 0);
    bench.facebook.configure(|options| options.omit_expires_in = true);
    assert!(bench.token(&fields).await.ok().get("expires_in").is_none());
}

#[tokio::test]
async fn long_life_is_given_to_living_tokens_and_passes_to_pages() {
    let bench = Bench::new();
    let code = bench.code(&SCOPE.split(',').collect::<Vec<_>>()).await;
    let short = bench.token(&[("code", &code), ("redirect_uri", REDIRECT)]).await.ok()["access_token"].clone();
    let short = short.as_str().unwrap();
    let exchange = [("grant_type", "fb_exchange_token"), ("fb_exchange_token", short)];
    let got = bench.token(&exchange).await.ok();
    assert_eq!(got["expires_in"], 5_183_944);
    let long = got["access_token"].as_str().unwrap();
    assert_ne!(long, short);

    let bench = &bench;
    let of =
        |token: String| async move { bench.get(&token, "/me/accounts").await.ok()["data"][0]["access_token"].clone() };
    let (brief, lasting) = (of(short.to_owned()).await, of(long.to_owned()).await);
    let (brief, lasting) = (brief.as_str().unwrap(), lasting.as_str().unwrap());
    assert_ne!(bench.debug(brief).await["expires_at"], 0);
    let said = bench.debug(lasting).await;
    assert_eq!((said["type"].as_str(), said["expires_at"].as_u64()), (Some("PAGE"), Some(0)));
    assert_eq!((said["profile_id"].as_str(), said["is_valid"].as_bool()), (Some(bench.page.as_str()), Some(true)));
    assert!(said["data_access_expires_at"].as_u64().unwrap() > bench.ahead(80 * 86_400).parse().unwrap());
    let granular = json!({"scope": "pages_manage_posts", "target_ids": [bench.page]});
    assert!(said["granular_scopes"].as_array().unwrap().contains(&granular));

    bench.advance(3_601);
    bench.token(&exchange).await.refused(190, 463);
    bench.get(brief, "/me").await.refused(190, 463);
    bench.get(lasting, "/me").await.ok();
    assert_eq!(bench.debug(short).await["is_valid"], false);
    bench.token(&[("grant_type", "fb_exchange_token"), ("fb_exchange_token", lasting)]).await.refused(100, 0);
}

#[tokio::test]
async fn unticked_scopes_are_declined() {
    let bench = Bench::new();
    let code = bench.code(&["pages_show_list"]).await;
    let token = bench.token(&[("code", &code), ("redirect_uri", REDIRECT)]).await.ok()["access_token"].clone();
    let data = bench.get(token.as_str().unwrap(), "/me/permissions?limit=100").await.ok()["data"].clone();
    for (permission, status) in [("pages_show_list", "granted"), ("pages_manage_posts", "declined")] {
        assert!(data.as_array().unwrap().contains(&json!({"permission": permission, "status": status})), "{data}");
    }
    // The person took it back for every token of the app.
    bench.post("feed", &[("message", "m")]).await.refused(200, 0);
}

#[tokio::test]
async fn removing_the_app_ends_every_token() {
    let bench = Bench::new();
    bench.form(Method::DELETE, &bench.ann.access_token, "/me/permissions/nothing", &[]).await.refused(100, 0);
    let got = bench.form(Method::DELETE, &bench.ann.access_token, "/me/permissions", &[]).await;
    assert_eq!(got.ok(), json!({"success": true}));
    bench.post("feed", &[("message", "m")]).await.refused(190, 458);
    bench.get(&bench.ann.access_token, "/me").await.refused(190, 458);
    assert_eq!(bench.debug(&bench.token).await["error"]["subcode"], 458);
}

#[tokio::test]
async fn debugging_is_for_the_app_and_its_developers() {
    let bench = Bench::new();
    let path = format!("/debug_token?input_token={}", bench.token);
    bench.get(&bench.ann.access_token, &path).await.ok();
    bench.get(&bench.token, &path).await.refused(100, 0);
    let bob = bench.facebook.sign_up(SignUp { developer: false, ..SignUp::default() });
    bench.get(&bob.access_token, &path).await.refused(100, 0);
    bench.get(&bench.ann.access_token, "/debug_token").await.refused(100, 0);
    assert_eq!(bench.debug("EAAnone").await["is_valid"], false);
}

#[tokio::test]
async fn pages_are_listed_in_parts_whose_addresses_hold_the_token() {
    let pages = (1..=3).map(|id| NewPage { id: Some(id), ..NewPage::default() }).collect();
    let bench = Bench::with(SignUp { pages, ..SignUp::default() });
    let token = &bench.ann.access_token;
    let first = bench.get(token, "/me/accounts?fields=id,tasks&limit=2").await.ok();
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert!(first["data"][0]["tasks"].as_array().unwrap().contains(&json!("CREATE_CONTENT")));
    let next = first["paging"]["next"].as_str().unwrap();
    assert!(next.contains(&format!("access_token={token}")) && next.contains("fields=id"), "{next}");
    let second = bench.send(Method::GET, next.trim_start_matches("https://graph.facebook.com"), &[], "").await.ok();
    assert_eq!((second["data"][0]["id"].as_str(), second["paging"].get("next")), (Some("3"), None));
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let same = bench.get(token, &format!("/me/accounts?fields=id,tasks&limit=2&after={after}")).await.ok();
    assert_eq!(same["data"], second["data"]);
    bench.facebook.configure(|options| options.numeric_ids = true);
    assert_eq!(bench.get(token, "/me/accounts").await.ok()["data"][0]["id"], 1);
}

#[tokio::test]
async fn portfolio_pages_are_found_through_their_portfolio() {
    let held = NewPage { id: Some(5), business: Some(900), ..NewPage::default() };
    let scopes: Vec<_> = SCOPE.split(',').map(str::to_owned).collect();
    let bench = Bench::with(SignUp { pages: vec![held.clone()], scopes: scopes.clone(), ..SignUp::default() });
    assert_eq!(bench.get(&bench.ann.access_token, "/me/accounts").await.ok()["data"], json!([]));
    bench.get(&bench.ann.access_token, "/me/businesses").await.refused(10, 0);

    let wide = [scopes, vec!["business_management".to_owned()]].concat();
    let wide: Vec<_> = wide.iter().map(String::as_str).collect();
    let token = bench.facebook.log_in(&bench.ann.id, &App::default().id, &wide).access_token;
    assert_eq!(bench.get(&token, "/me/accounts").await.ok()["data"][0]["id"], "5");
    bench.facebook.configure(|options| options.hide_portfolio_pages = true);
    assert_eq!(bench.get(&token, "/me/accounts").await.ok()["data"], json!([]));
    assert_eq!(bench.get(&token, "/me/businesses").await.ok()["data"][0]["id"], "900");
    let owned = bench.get(&token, "/900/owned_pages?fields=id,access_token,tasks").await.ok();
    let page = owned["data"][0]["access_token"].as_str().unwrap();
    bench.form(Method::POST, page, "/5/feed", &[("message", "m")]).await.ok();
    assert_eq!(bench.get(&token, "/900/client_pages").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn a_new_page_needs_a_new_login() {
    let bench = Bench::new();
    let id = bench.facebook.add_page(&bench.ann.id, NewPage { name: "New".to_owned(), ..NewPage::default() });
    let token = &bench.ann.access_token;
    assert_eq!(bench.get(token, "/me/accounts").await.ok()["data"].as_array().unwrap().len(), 1);
    bench.get(token, &format!("/{id}")).await.refused(100, 0);
    let again = bench.facebook.log_in(&bench.ann.id, &App::default().id, &["pages_show_list"]);
    assert_eq!(again.pages.len(), 2);
}
