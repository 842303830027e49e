//! `connect`, `disconnect` and `accounts`.

use insta::assert_snapshot;
use pressroom::sim::{facebook, instagram, linkedin, tiktok, x, youtube};

use crate::desk::Desk;
use crate::press::ACCOUNTS;
use crate::shown::shown;

/// What `connect` says to this input, which it refuses: nothing is stored.
#[track_caller]
fn refused(desk: &Desk, account: &str, input: &str, code: i32) -> String {
    let ran = desk.press.run_with(&["connect", account, "--token-stdin"], input).exits(code);
    desk.nothing_happened();
    let said = shown(&desk.press, &ran);
    assert!(input.trim().len() < 8 || !said.contains(input.trim()), "the token was printed: {said}");
    said
}

#[test]
fn a_token_must_be_one() {
    let mut desk = Desk::unconnected();
    desk.begin();
    assert_snapshot!(refused(&desk, "acme-x", "", 2), @"
    error: no token came on standard input
    hint: give a bare access token, the platform's JSON answer with `access_token`, or for OAuth 1.0a JSON with `oauth_token`, `oauth_token_secret`, `consumer_key` and `consumer_secret`
    ");
    assert_snapshot!(refused(&desk, "acme-x", "\n", 2), @"
    error: no token came on standard input
    hint: give a bare access token, the platform's JSON answer with `access_token`, or for OAuth 1.0a JSON with `oauth_token`, `oauth_token_secret`, `consumer_key` and `consumer_secret`
    ");
    assert_snapshot!(refused(&desk, "acme-x", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", 2), @"
    error: this is a web page (HTML), not a token
    hint: copy the token alone, not the page
    ");
    assert_snapshot!(refused(&desk, "acme-x", "a token with spaces", 2), @"error: the token has a space at character 2; a token has none");
    assert_snapshot!(refused(&desk, "acme-x", "{\"access_token\": \"CANARY-CANARY\"", 2), @"
    error: this begins like JSON and breaks off at line 1, column 32
    hint: give a bare access token, the platform's JSON answer with `access_token`, or for OAuth 1.0a JSON with `oauth_token`, `oauth_token_secret`, `consumer_key` and `consumer_secret`
    ");
    assert_snapshot!(refused(&desk, "acme-x", "{\"token\": \"CANARY-CANARY\"}", 2), @"
    error: the JSON has no `access_token`, only `token`
    hint: give a bare access token, the platform's JSON answer with `access_token`, or for OAuth 1.0a JSON with `oauth_token`, `oauth_token_secret`, `consumer_key` and `consumer_secret`
    ");
    assert_snapshot!(refused(&desk, "acme-x", "{\"error\": \"invalid_grant\", \"error_description\": \"The code has expired.\"}", 2), @"error: this is the platform's error answer (`invalid_grant`), not a token");
    assert_snapshot!(refused(&desk, "acme-z", "CANARY-CANARY", 2), @"
    error: accounts.toml has no account `acme-z`
    hint: did you mean `acme-x`?
    ");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["connect", "acme-x"]).exits(3)), @"
    error: there is no app of yours with X
    hint: register one at X, write `[apps.x]` with its `client_id` into accounts.toml, and run `pressroom apps set x`
    hint: or get a token elsewhere: `pressroom connect ACCOUNT --token-stdin`; docs/platforms/x.md says how
    ");
}

#[test]
fn a_token_must_open_what_publishing_needs() {
    let mut desk = Desk::unconnected();
    desk.begin();
    let token = |scope: &str| {
        format!("{{\"access_token\": \"CANARY-CANARY\", \"scope\": \"{scope}\", \"token_type\": \"bearer\"}}")
    };
    assert_snapshot!(refused(&desk, "acme-x", &token("tweet.read users.read"), 3), @"
    error: the token of acme-x lacks the scopes tweet.write, media.write
      because: without tweet.write, nothing can be published, edited or removed
      because: without media.write, no pictures, videos, captions and alternative texts can be sent
    hint: make a new token with them; nothing was stored
    ");
    assert_snapshot!(refused(&desk, "acme-page", &token("w_member_social openid profile"), 3), @"
    error: the token of acme-page lacks the scopes w_organization_social, r_organization_social
      because: without w_organization_social, nothing can be published as an organisation
      because: without r_organization_social, whether an upload is ready cannot be asked, nor can a post whose answer was lost be looked for
    hint: make a new token with them; nothing was stored
    ");
    assert_snapshot!(refused(&desk, "acme-x", "CANARY-CANARY", 3), @r#"
    error: X does not take this token; nothing was stored
      because: X answered 401: "Unauthorized", x-transaction-id [id]
    "#);
    assert_snapshot!(refused(&desk, "ann", "CANARY-CANARY", 3), @r#"
    error: LinkedIn does not take this token; nothing was stored
      because: LinkedIn answered 401: "Invalid access token", x-li-uuid [id]
    "#);
}

/// A desk with one more account, called `it`.
fn with_account(keys: &str) -> Desk {
    let mut desk = Desk::unconnected();
    desk.press.file("accounts.toml", &format!("{ACCOUNTS}\n[accounts.it]\n{keys}\n"));
    desk.push();
    desk.begin();
    desk
}

#[test]
fn a_page_of_facebook_is_connected_with_its_own_token() {
    let desk = with_account("platform = \"facebook\"\nas = \"1234567890\"");
    let page =
        |id, name: &str| facebook::NewPage { id: Some(id), name: name.to_owned(), ..facebook::NewPage::default() };
    let pages = vec![page(1_234_567_890, "Tea"), page(99, "Cups")];
    let ann = desk.stage.sim.facebook.sign_up(facebook::SignUp { pages, ..facebook::SignUp::default() });
    let token_of = |name: &str| &ann.pages.iter().find(|page| page.name == name).unwrap().access_token;
    assert_snapshot!(refused(&desk, "it", &ann.access_token, 3), @"
    error: Facebook does not take this token; nothing was stored
      because: this is the token of a person, and a Page publishes with its own: paste the Page's, which `/me/accounts` gives for this one
    ");
    assert_snapshot!(refused(&desk, "it", token_of("Cups"), 3), @r#"
    error: the token is not that of it; nothing was stored
      because: this is the token of the Page 99 (Cups), and accounts.toml says `as = "1234567890"`: paste the token of that Page, which `/me/accounts` lists beside it, or correct `as`
    "#);
    let ran = desk.press.run_with(&["connect", "it", "--token-stdin"], token_of("Tea")).exits(0);
    assert!(ran.stderr.contains("it is connected as Tea (1234567890)\n"), "{}", ran.stderr);
}

/// Through Facebook, Instagram takes the token of the account's Page, or of a person who has that Page.
#[test]
fn an_account_of_instagram_is_connected_with_a_token_of_its_page_or_of_a_person() {
    let desk = with_account("platform = \"instagram\"");
    let sim = &desk.stage.sim;
    let page = |name: &str| facebook::NewPage { name: name.to_owned(), ..facebook::NewPage::default() };
    let pages = vec![page("Tea"), page("Cups")];
    let ann = sim.facebook.sign_up(facebook::SignUp { pages, ..facebook::SignUp::default() });
    let username = "acme.tea".to_owned();
    let tea = sim.instagram.sign_up(instagram::SignUp { username, ..instagram::SignUp::default() });
    let page = |name: &str| ann.pages.iter().find(|page| page.name == name).unwrap();
    sim.instagram.link(&tea.id, &page("Tea").id);
    assert_snapshot!(refused(&desk, "it", &page("Cups").access_token, 3), @"
    error: Instagram does not take this token; nothing was stored
      because: this is the token of the Page Cups, which has no professional Instagram account, or may not tell: paste the token of the Page that the account is linked to, with instagram_basic, or a person's who manages that Page
    ");
    for token in [&page("Tea").access_token, &ann.access_token] {
        let ran = desk.press.run_with(&["connect", "it", "--token-stdin"], token).exits(0);
        assert!(ran.stderr.contains(&format!("it is connected as acme.tea ({})", tea.id)), "{}", ran.stderr);
    }
}

/// What a token reaches, as `accounts discover` prints it.
#[track_caller]
fn discovered(desk: &Desk, token: &str) -> String {
    let ran = desk.press.run_with(&["accounts", "discover", "it", "--token-stdin"], token).exits(0);
    desk.nothing_happened();
    let said = shown(&desk.press, &ran);
    assert!(!said.contains(token.trim()), "the token was printed: {said}");
    said
}

#[test]
fn the_pages_of_a_person_are_discovered() {
    let desk = with_account("platform = \"facebook\"\nas = \"1234567890\"");
    let page =
        |id, name: &str| facebook::NewPage { id: Some(id), name: name.to_owned(), ..facebook::NewPage::default() };
    let pages = vec![page(1_234_567_890, "Tea"), page(99, "Cups & Pots"), page(98, "cups, pots"), page(97, "Kettles")];
    let ann = desk.stage.sim.facebook.sign_up(facebook::SignUp { pages, ..facebook::SignUp::default() });
    desk.stage.sim.facebook.set_tasks(&ann.id, "97", Some(&["ANALYZE"]));
    assert_snapshot!(discovered(&desk, &ann.access_token), @r#"
    # Kettles, 97; but this login lacks the task CREATE_CONTENT there
    [accounts.kettles]
    platform = "facebook"
    as = "97"
    # cups, pots, 98
    [accounts.cups-pots]
    platform = "facebook"
    as = "98"
    # Cups & Pots, 99
    [accounts.cups-pots-2]
    platform = "facebook"
    as = "99"
    # Tea, 1234567890: is `it` already
    "#);
    let of_page = &ann.pages.iter().find(|page| page.name == "Tea").unwrap().access_token;
    let ran = desk.press.run_with(&["accounts", "discover", "it", "--token-stdin"], of_page).exits(3);
    assert_snapshot!(shown(&desk.press, &ran), @"
    error: Facebook does not list whom this login reaches
      because: this is a Page's own token, which reaches that Page alone: give a person's, with `--token-stdin`
    ");
    desk.press.run_with(&["connect", "it", "--token-stdin"], of_page).exits(0);
    let ran = desk.press.run(&["accounts", "discover", "it"]).exits(3);
    assert!(ran.stderr.contains("this is a Page's own token"), "{}", ran.stderr);
}

#[test]
fn the_accounts_behind_pages_are_discovered() {
    let desk = with_account("platform = \"instagram\"");
    let sim = &desk.stage.sim;
    let page = |name: &str| facebook::NewPage { name: name.to_owned(), ..facebook::NewPage::default() };
    let pages = vec![page("Tea"), page("Cups"), page("Bare")];
    let ann = sim.facebook.sign_up(facebook::SignUp { pages, ..facebook::SignUp::default() });
    for (index, username) in ["acme.tea", "acme.cups"].into_iter().enumerate() {
        let username = username.to_owned();
        let account = sim.instagram.sign_up(instagram::SignUp { username, ..instagram::SignUp::default() });
        sim.instagram.link(&account.id, &ann.pages[index].id);
    }
    assert_snapshot!(discovered(&desk, &ann.access_token), @r#"
    # acme.tea, [id]
    [accounts.acme-tea]
    platform = "instagram"
    as = "[id]"
    # acme.cups, [id]
    [accounts.acme-cups]
    platform = "instagram"
    as = "[id]"
    "#);
    // Which of the two is meant is not said yet; so it can be asked only with a token that is not stored.
    let ran = desk.press.run(&["accounts", "discover", "it"]).exits(3);
    assert_snapshot!(shown(&desk.press, &ran), @"
    error: it is not connected: `pressroom connect it`
    hint: or give a token that is not stored: `pressroom accounts discover it --token-stdin`
    ");
}

#[test]
fn the_organisations_of_a_member_are_discovered() {
    let desk = with_account("platform = \"linkedin\"\nas = \"urn:li:organization:7\"");
    let sim = &desk.stage.sim.linkedin;
    let mut editor = linkedin::SignUp::default();
    for (id, role) in [(7, "ADMINISTRATOR"), (8, "ANALYST"), (8, "CONTENT_ADMINISTRATOR"), (9, "ANALYST")] {
        sim.add_organization(id, "Acme");
        editor.organizations.push(linkedin::PageRole::new(id, role));
    }
    let without = sim.sign_up(editor.clone()).access_token;
    editor.scopes.push("r_organization_admin".to_owned());
    let with = sim.sign_up(editor.clone()).access_token;
    sim.add_organization(8, "Acme Cups");
    editor.scopes.push("rw_organization_admin".to_owned());
    let named = sim.sign_up(editor).access_token;
    assert_snapshot!(discovered(&desk, &named), @r#"
    # Acme, urn:li:organization:7: is `it` already
    # Acme Cups, urn:li:organization:8
    [accounts.acme-cups]
    platform = "linkedin"
    as = "urn:li:organization:8"
    # Acme, urn:li:organization:9; but the role ANALYST may not publish there
    [accounts.acme]
    platform = "linkedin"
    as = "urn:li:organization:9"
    "#);
    // Their names take a further scope; the list does without.
    assert_snapshot!(discovered(&desk, &with), @r#"
    # urn:li:organization:7: is `it` already
    # urn:li:organization:8
    [accounts.linkedin-8]
    platform = "linkedin"
    as = "urn:li:organization:8"
    # urn:li:organization:9; but the role ANALYST may not publish there
    [accounts.linkedin-9]
    platform = "linkedin"
    as = "urn:li:organization:9"
    "#);
    let ran = desk.press.run_with(&["accounts", "discover", "it", "--token-stdin"], &without).exits(3);
    assert_snapshot!(shown(&desk.press, &ran), @r#"
    error: LinkedIn does not list whom this login reaches
      because: listing organisations needs the scope r_organization_admin or rw_organization_admin; the number in the address of the page's admin view will do as well: `as = "urn:li:organization:NUMBER"` (LinkedIn answered 403: "Not enough permissions to access: organizationAcls.FINDER-roleAssignee.20260901", x-l…
    "#);
}

/// Where a login is one account's, that is what there is to discover.
#[test]
fn a_channel_is_discovered() {
    let desk = with_account("platform = \"youtube\"");
    let ann = desk.stage.sim.youtube.sign_up(youtube::SignUp::default());
    desk.press.run_with(&["connect", "it", "--token-stdin"], &ann.access_token).exits(0);
    let ran = desk.press.run(&["accounts", "discover", "it"]).exits(0);
    assert_snapshot!(shown(&desk.press, &ran), @"# annexample: is `it` already");
    let json = desk.press.run(&["accounts", "discover", "it", "--format", "json"]).exits(0).json();
    assert_eq!((&json["reached"][0]["account"], &json["reached"][0]["as"]), (&"it".into(), &serde_json::Value::Null));
}

/// An app of TikTok may be approved for drafts alone.
#[test]
fn scopes_that_suffice_for_one_way_suffice() {
    let desk = with_account("platform = \"tiktok\"");
    let answer = |token: &str, scopes: &str| {
        format!(
            "{{\"access_token\": \"{token}\", \"expires_in\": 7200, \"scope\": \"{scopes}\", \"token_type\": \"Bearer\"}}"
        )
    };
    assert_snapshot!(refused(&desk, "it", &answer("CANARY-CANARY", "user.info.basic"), 3), @"
    error: the token of it lacks the scope video.publish
      because: without video.publish, nothing can be published directly
    hint: make a new token with it; nothing was stored
    ");
    let scopes = vec!["user.info.basic".to_owned(), "video.upload".to_owned()];
    let ann = desk.stage.sim.tiktok.sign_up(tiktok::SignUp { scopes, ..tiktok::SignUp::default() });
    let token = answer(&ann.access_token, "user.info.basic,video.upload");
    let ran = desk.press.run_with(&["connect", "it", "--token-stdin"], &token).exits(0);
    assert!(ran.stderr.contains("it is connected as "), "{}", ran.stderr);
}

#[test]
fn a_platform_that_cannot_be_asked() {
    let mut desk = Desk::unconnected();
    desk.begin();
    desk.press.env.retain(|(name, _)| name != "PRESSROOM_HOSTS");
    let hosts = |hosts: &str| ("PRESSROOM_HOSTS".to_owned(), hosts.to_owned());
    // A port nobody listens on: taken, and given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    desk.press.env.push(hosts(&format!("api.x.com=http://127.0.0.1:{port}")));
    assert_snapshot!(refused(&desk, "acme-x", "CANARY-CANARY", 4).replace(&port.to_string(), "[port]"), @"
    error: X could not be asked whose token this is; nothing was stored
      because: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)
    hint: try again later; a proxy is taken from HTTPS_PROXY
    ");
    assert_snapshot!(refused(&desk, "ann", "CANARY-CANARY", 2), @"
    error: a call to api.linkedin.com was stopped: PRESSROOM_HOSTS does not name it
    hint: add `api.linkedin.com=http://127.0.0.1:PORT`, or unset PRESSROOM_HOSTS to reach the real hosts
    ");
    for wrong in ["api.x.com", "api.x.com=http://example.org", "api.x.com=ftp://127.0.0.1:1"] {
        desk.press.env.pop();
        desk.press.env.push(hosts(wrong));
        desk.press.run_with(&["connect", "acme-x", "--token-stdin"], "CANARY-CANARY").exits(2);
    }
    assert_snapshot!(refused(&desk, "acme-x", "CANARY-CANARY", 2), @"
    error: PRESSROOM_HOSTS: `api.x.com=ftp://127.0.0.1:1` is neither http nor https
    hint: write `api.x.com=http://127.0.0.1:9001`, pairs separated by commas
    ");
}

#[test]
fn an_account_is_connected_listed_and_disconnected() {
    let desk = Desk::unconnected();
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["accounts"]).exits(0)), @"
    acme-page  linkedin   not connected  `pressroom connect acme-page`
    acme-x     x          not connected  `pressroom connect acme-x`
    ann        linkedin   not connected  `pressroom connect ann`
    ");
    let acme = desk.stage.sim.x.sign_up(x::SignUp { username: "acme", ..x::SignUp::default() });
    let answer = format!(
        "{{\"access_token\": \"{}\", \"expires_in\": 7200, \"scope\": \"tweet.read tweet.write users.read media.write offline.access\"}}",
        acme.access_token
    );
    let connect = |token: &str| desk.press.run_with(&["connect", "acme-x", "--token-stdin"], token);
    assert_snapshot!(near_2_hours(&shown(&desk.press, &connect(&answer).exits(0))), @"acme-x is connected as acme ([id]); the token ends in [2 h]");
    assert_snapshot!(near_2_hours(&shown(&desk.press, &desk.press.run(&["accounts"]).exits(0))), @"
    acme-page  linkedin   not connected        `pressroom connect acme-page`
    acme-x     x          connected      acme  ends in [2 h]
    ann        linkedin   not connected        `pressroom connect ann`
    ");
    let json = desk.press.run(&["accounts", "--format", "json"]).exits(0).json();
    assert_eq!(json["schema"], 1);
    let acme_x = json["accounts"].as_array().unwrap().iter().find(|account| account["name"] == "acme-x").unwrap();
    assert_eq!(
        acme_x.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["name", "platform", "identity", "scopes", "expires", "refresh_expires", "refreshed", "last_used", "state"]
    );
    // A token of somebody else under the same name would publish as somebody else.
    let other = desk.stage.sim.x.sign_up(x::SignUp { username: "other", ..x::SignUp::default() });
    assert_snapshot!(shown(&desk.press, &connect(&other.access_token).exits(3)), @"error: the token of acme-x was not replaced: `acme-x` is connected to acme (id [id]), and this token belongs to other (id [id]); to change that, run `pressroom disconnect acme-x` first");
    connect(&acme.access_token).exits(0);
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["disconnect", "acme-x"]).exits(0)), @"
    acme-x is disconnected; its token file is gone from the tip of the state branch
    warning: the token was not revoked: there is no app of yours with X
    hint: older commits still hold it, encrypted: take the access back here: https://x.com/settings/connected_apps
    ");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["disconnect", "acme-x"]).exits(2)), @"
    error: acme-x is not connected
    hint: `pressroom accounts` lists the accounts
    ");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["disconnect", "acme-z"]).exits(2)), @"
    error: accounts.toml has no account `acme-z`
    hint: did you mean `acme-x`?
    ");
}

#[test]
fn accounts_of_which_the_key_is_not_here() {
    let desk = Desk::new();
    std::fs::remove_dir_all(desk.press.folder().join("home/.config")).unwrap();
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["accounts"]).exits(0)), @"
    acme-page  linkedin   locked
    acme-x     x          locked
    ann        linkedin   locked
    note: no key to open the tokens with
    hint: looked at PRESSROOM_IDENTITY, PRESSROOM_IDENTITY_FILE, [folder]/home/.config/pressroom/identity, [folder]/home/.ssh/id_ed25519 (if accounts.toml lists its public key)
    hint: make a key with `pressroom init` or `age-keygen`; then somebody who can open the tokens runs `pressroom keys add` with its public half
    ");
}

/// A token that ends in two hours does so in a little less by the time it is told.
fn near_2_hours(text: &str) -> String {
    (0..60).fold(text.replace("2 h", "[2 h]"), |text, second| {
        text.replace(&format!("1 h 59 min {second} s"), "[2 h]").replace("1 h 59 min", "[2 h]")
    })
}
