//! Posts: what is accepted, what readers see, edits, deletions, duplicates, comments.

use super::super::{Options, PostId};
use super::*;

#[tokio::test]
async fn a_post_is_answered_as_recorded() {
    let bench = Bench::new().await;
    let got = bench.publish(&plain(&bench.me(), r"Hello \(world\) #rust")).await;
    assert_eq!((got.status, got.body.as_str()), (201, ""));
    let urn = got.header("x-restli-id").to_owned();
    assert!(urn.starts_with("urn:li:share:"));
    assert_eq!(got.header("location"), format!("/posts/{}", encoded(&urn)));
    assert_eq!(got.header("x-restli-protocol-version"), "2.0.0");
    assert_eq!(got.header("x-li-uuid").len(), 24);
    let age = bench.sim.world().now().duration_since(made_at(&urn)).unwrap();
    assert!(age < Duration::from_secs(10), "{age:?}");

    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!(seen.text, "Hello (world) #rust");
    assert_eq!(seen.author, bench.me());
    assert_eq!(seen.url, format!("https://www.linkedin.com/feed/update/{urn}/"));
    assert_eq!((seen.visibility.as_str(), seen.card, seen.media), ("PUBLIC", None, Vec::new()));
    assert_eq!(seen.id, urn);
}

#[tokio::test]
async fn unescaped_text_is_cut_silently() {
    let bench = Bench::new().await;
    bench.published(&bench.ann, &plain(&bench.me(), "Our new tea (organic) is out")).await;
    assert_eq!(bench.seen()[0].text, "Our new tea ");
}

#[tokio::test]
async fn the_schema_is_strict() {
    let bench = Bench::new().await;
    let body = plain(&bench.me(), "Hi");
    let without = |name: &str| {
        let mut body = body.clone();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let missing = "field is required but not found and has no default value";
    let rows = [
        (without("author"), format!("/author :: {missing}")),
        (without("commentary"), format!("/commentary :: {missing}")),
        (without("visibility"), format!("/visibility :: {missing}")),
        (without("distribution"), format!("/distribution :: {missing}")),
        (without("lifecycleState"), format!("/lifecycleState :: {missing}")),
        (with(body.clone(), "distribution", json!({})), format!("/distribution/feedDistribution :: {missing}")),
        (with(body.clone(), "text", json!("Hi")), "/text :: unrecognized field found but not allowed".to_owned()),
        (with(body.clone(), "commentary", json!(5)), "/commentary :: 5 cannot be coerced to String".to_owned()),
        (with(body.clone(), "visibility", json!("FRIENDS")), "FRIENDS\\\" is not an enum symbol".to_owned()),
        (with(body.clone(), "isReshareDisabledByAuthor", json!("no")), "cannot be coerced to Boolean".to_owned()),
        (with(body.clone(), "content", json!({})), "/content :: DataMap should have exactly one entry".to_owned()),
        (
            with(body.clone(), "content", json!({"media": {"id": "x"}, "article": {"source": "x", "title": "x"}})),
            "/content :: DataMap should have exactly one entry".to_owned(),
        ),
        (
            with(body.clone(), "content", json!({"article": {"source": "https://ex.org"}})),
            format!("/content/article/title :: {missing}"),
        ),
        (
            with(body.clone(), "content", json!({"multiImage": {"images": {}}})),
            "is not backed by a DataList".to_owned(),
        ),
        (with(body.clone(), "content", json!([])), "/content :: [] is not backed by a DataMap".to_owned()),
    ];
    for (body, part) in rows {
        bench.publish(&body).await.is(422, &part);
    }
    let got = bench.publish(&without("author")).await;
    let exact =
        r#"{"message":"ERROR :: /author :: field is required but not found and has no default value\n","status":422}"#;
    assert_eq!(got.body, exact);
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn the_body_must_be_json_and_say_so() {
    let bench = Bench::new().await;
    let request = || bench.call(&bench.ann, Method::POST, "/rest/posts");
    let body = plain(&bench.me(), "Hi").to_string();
    for request in [
        request().header("Content-Type", "text/plain").body(body.clone()),
        request().body(body.clone()),
        request().header("Content-Type", "application/json").body("{"),
        request().header("Content-Type", "application/json").body("[]"),
    ] {
        send(request).await.is(400, "Request body could not be converted to data map");
    }
    send(request().header("Content-Type", "application/json; charset=UTF-8").body(body)).await.is(201, "");
}

#[tokio::test]
async fn values_are_checked() {
    let bench = Bench::new().await;
    let me = bench.me();
    let body = plain(&me, "Hi");
    let feed = |value: &str| json!({"feedDistribution": value});
    let targeted = json!({"feedDistribution": "MAIN_FEED", "targetEntities": [{"industries": ["urn:li:industry:1"]}]});
    let share = json!({"parent": "urn:li:share:1"});
    let article = json!({"article": {"source": "https://ex.org", "title": "T"}});
    let rows = [
        (with(body.clone(), "lifecycleState", json!("DRAFT")), 400, "INVALID_VALUE_FOR_FIELD"),
        (with(body.clone(), "visibility", json!("LOGGED_IN")), 400, "LOGGED_IN is not possible"),
        (with(body.clone(), "visibility", json!("CONTAINER")), 400, "CONTAINER is not possible"),
        (with(body.clone(), "distribution", feed("NONE")), 400, "dark posts"),
        (with(body.clone(), "distribution", targeted), 400, "targetEntities"),
        (plain(&me, ""), 400, "MISSING_FIELD"),
        (plain(&me, &"x".repeat(3_001)), 400, "FIELD_LENGTH_TOO_LONG"),
        (plain("urn:li:person:someoneElse", "Hi"), 403, "Data Processing Exception while processing fields [/author]"),
        (
            plain("urn:li:organization:77", "Hi"),
            400,
            "Organization permissions must be used when using organization as author",
        ),
        (plain("urn:li:share:1", "Hi"), 400, "INVALID_URN_TYPE"),
        (plain("me", "Hi"), 400, "INVALID_URN_ID"),
        (plain("urn:li:organization:acme", "Hi"), 400, "INVALID_URN_ID"),
        (with(body.clone(), "reshareContext", json!({"parent": "urn:li:activity:1"})), 400, "INVALID_URN_TYPE"),
        (with(with(body.clone(), "reshareContext", share.clone()), "content", article), 400, "INVALID_VALUE_FOR_FIELD"),
    ];
    for (body, status, part) in rows {
        bench.publish(&body).await.is(status, part);
    }
    assert_eq!(bench.seen(), []);

    let escaped = r"\(".repeat(3_000);
    bench.publish(&plain(&me, &escaped)).await.is(201, "");
    bench.linkedin().configure(|options| options.escapes_count = true);
    bench.publish(&plain(&me, &escaped)).await.is(400, "FIELD_LENGTH_TOO_LONG");
    bench.publish(&with(body, "visibility", json!("CONNECTIONS"))).await.is(201, "");
    assert_eq!(bench.seen()[1].visibility, "CONNECTIONS");
    bench.publish(&with(plain(&me, ""), "reshareContext", share)).await.is(201, "");
}

#[tokio::test]
async fn a_body_error_names_its_field() {
    let bench = Bench::new().await;
    let got = bench.publish(&with(plain(&bench.me(), "Hi"), "lifecycleState", json!("DRAFT"))).await;
    let body = r#"{"errorDetailType":"com.linkedin.common.error.BadRequest","message":"com.linkedin.content.common.exception.BadRequestResponseException: A new post can only be PUBLISHED","errorDetails":{"inputErrors":[{"description":"A new post can only be PUBLISHED","input":{"inputPath":{"fieldPath":"lifecycleState"}},"code":"INVALID_VALUE_FOR_FIELD"}]},"status":400}"#;
    assert_eq!(got.body, body);
}

#[tokio::test]
async fn posting_needs_scope_and_role() {
    let bench = Bench::new().await;
    let reader = bench.linkedin().sign_up(SignUp { scopes: vec!["openid".to_owned()], ..SignUp::default() });
    let got = bench.post(&reader, "/rest/posts", &plain(&format!("urn:li:person:{}", reader.id), "Hi")).await;
    let body = r#"{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901"}"#;
    assert_eq!((got.status, got.body.as_str()), (403, body));

    let page = plain("urn:li:organization:77", "Hi");
    let role = |name: &str, state: &str| PageRole { state: state.to_owned(), ..PageRole::new(77, name) };
    for (role, status) in [
        (role("ADMINISTRATOR", "APPROVED"), 201),
        (role("CONTENT_ADMIN", "APPROVED"), 201),
        (role("CONTENT_ADMINISTRATOR", "APPROVED"), 201),
        (role("ANALYST", "APPROVED"), 403),
        (role("ADMINISTRATOR", "REQUESTED"), 403),
        (role("ADMINISTRATOR", "REVOKED"), 403),
        (PageRole::new(78, "ADMINISTRATOR"), 403),
    ] {
        let scopes = vec!["w_organization_social".to_owned()];
        let member =
            bench.linkedin().sign_up(SignUp { scopes, organizations: vec![role.clone()], ..SignUp::default() });
        assert_eq!(bench.post(&member, "/rest/posts", &page).await.status, status, "{role:?}");
        bench.advance(600);
    }
    assert_eq!(bench.seen()[0].author, "urn:li:organization:77");
}

#[tokio::test]
async fn dark_posts_have_no_readers() {
    let bench = Bench::new().await;
    let admin = bench.page_admin();
    let page = plain("urn:li:organization:77", "Hi");
    bench.published(&admin, &with(page.clone(), "distribution", json!({"feedDistribution": "NONE"}))).await;
    bench.advance(600);
    bench.published(&admin, &with(page, "visibility", json!("LOGGED_IN"))).await;
    let seen: Vec<_> = bench.seen().into_iter().map(|post| post.visibility).collect();
    assert_eq!(seen, ["LOGGED_IN"]);
}

#[tokio::test]
async fn duplicates_name_the_original() {
    let bench = Bench::new().await;
    let body = plain(&bench.me(), "Tea time");
    let urn = bench.published(&bench.ann, &body).await;
    let got = bench.publish(&body).await;
    let exact = format!(
        r#"{{"errorDetailType":"com.linkedin.common.error.BadRequest","message":"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {urn}","errorDetails":{{"inputErrors":[{{"description":"Duplicate post is detected","input":{{}},"code":"DUPLICATE_POST"}}]}},"status":422}}"#
    );
    assert_eq!((got.status, got.body), (422, exact));

    let article = json!({"article": {"source": "https://ex.org", "title": "T"}});
    bench.publish(&with(body.clone(), "content", article)).await.is(201, "");
    let admin = bench.page_admin();
    bench.published(&admin, &plain("urn:li:organization:77", "Tea time")).await;
    bench.advance(601);
    let second = bench.published(&bench.ann, &body).await;
    bench.publish(&body).await.is(422, &second);

    // A deleted post is no original, unless it is a ghost.
    send(bench.call(&bench.ann, Method::DELETE, &format!("/rest/posts/{}", encoded(&second)))).await.is(204, "");
    bench.linkedin().configure(|options| options.ghost_duplicates = true);
    bench.publish(&body).await.is(422, &second);
    bench.linkedin().configure(|options| options.ghost_duplicates = false);
    bench.publish(&body).await.is(201, "");
}

#[tokio::test]
async fn a_201_may_name_the_post_elsewhere() {
    let bench = Bench::new().await;
    for (index, how) in
        [PostId::Plain, PostId::Encoded, PostId::LinkedInId, PostId::Location, PostId::Missing].iter().enumerate()
    {
        bench.linkedin().configure(|options| options.post_id = *how);
        let got = bench.publish(&plain(&bench.me(), &format!("Post {index}"))).await;
        got.is(201, "");
        let urn = bench.seen()[index].id.clone();
        let location = format!("/posts/{}", encoded(&urn));
        let expected = match how {
            PostId::Plain => [&urn, "", &location],
            PostId::Encoded => [&encoded(&urn), "", &location],
            PostId::LinkedInId => ["", &urn, ""],
            PostId::Location => ["", "", &location],
            PostId::Missing => ["", "", ""],
        };
        let named = ["x-restli-id", "x-linkedin-id", "location"].map(|name| got.header(name));
        assert_eq!(named, expected, "{how:?}");
    }
}

#[tokio::test]
async fn a_post_can_be_accepted_and_stay_invisible() {
    let bench = Bench::new().await;
    bench.linkedin().configure(|options| *options = Options { invisible_posts: true, ..options.clone() });
    bench.published(&bench.ann, &plain(&bench.me(), "Hi")).await;
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn editing() {
    let bench = Bench::new().await;
    let urn = bench.published(&bench.ann, &plain(&bench.me(), "Helo")).await;
    let url = format!("/rest/posts/{}", encoded(&urn));
    let patch = |set: Value| json!({"patch": {"$set": set}});
    let edit = async |member: &Member, url: &str, body: &Value| {
        let request = bench.call(member, Method::POST, url).header("X-RestLi-Method", "partial_update");
        send(request.json(body)).await
    };
    let fixed = patch(json!({"commentary": r"Hello \(again\)"}));
    bench.post(&bench.ann, &url, &fixed).await.is(405, "PARTIAL_UPDATE");
    assert_eq!(bench.seen()[0].text, "Helo");
    let got = edit(&bench.ann, &url, &fixed).await;
    assert_eq!((got.status, got.body.as_str()), (204, ""));
    assert_eq!((bench.seen()[0].text.as_str(), &bench.seen()[0].id), ("Hello (again)", &urn));

    let bob = bench.linkedin().sign_up(SignUp::default());
    let wrong_kind = url.replace("share", "ugcPost");
    let rows = [
        (&bench.ann, &url, patch(json!({"visibility": "PUBLIC"})), 422, "/patch/$set/visibility :: unrecognized field"),
        (&bench.ann, &url, patch(json!({"content": {}})), 422, "/patch/$set/content :: unrecognized field"),
        (&bench.ann, &url, json!({"commentary": "x"}), 422, "/patch :: field is required"),
        (&bench.ann, &url, patch(json!({"commentary": "x".repeat(3_001)})), 400, "FIELD_LENGTH_TOO_LONG"),
        (&bench.ann, &url, patch(json!({"commentary": ""})), 400, "MISSING_FIELD"),
        (&bob, &url, fixed.clone(), 403, "partnerApiPostsExternal.PARTIAL_UPDATE.20260901"),
        (&bench.ann, &wrong_kind, fixed.clone(), 404, "RESOURCE_NOT_FOUND"),
    ];
    for (member, url, body, status, part) in rows {
        edit(member, url, &body).await.is(status, part);
    }
    assert_eq!(bench.seen()[0].text, "Hello (again)");
    send(bench.call(&bench.ann, Method::DELETE, &url)).await.is(204, "");
    edit(&bench.ann, &url, &fixed).await.is(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn deleting_twice_is_no_error() {
    let bench = Bench::new().await;
    let urn = bench.published(&bench.ann, &plain(&bench.me(), "Hi")).await;
    let url = format!("/rest/posts/{}", encoded(&urn));
    let bob = bench.linkedin().sign_up(SignUp::default());
    send(bench.call(&bob, Method::DELETE, &url)).await.is(403, "partnerApiPostsExternal.DELETE");
    assert_eq!(bench.seen().len(), 1);
    for _ in 0..2 {
        let got = send(bench.call(&bench.ann, Method::DELETE, &url).header("X-RestLi-Method", "DELETE")).await;
        assert_eq!((got.status, got.body.as_str()), (204, ""));
        assert_eq!(bench.seen(), []);
    }
    send(bench.call(&bench.ann, Method::DELETE, "/rest/posts/urn%3Ali%3Ashare%3A1"))
        .await
        .is(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn polls() {
    let bench = Bench::new().await;
    let poll = |question: &str, options: &[&str], duration: &str| {
        let options: Vec<_> = options.iter().map(|text| json!({"text": text})).collect();
        let poll = json!({"question": question, "options": options, "settings": {"duration": duration}});
        with(plain(&bench.me(), "Vote"), "content", json!({"poll": poll}))
    };
    let long = "x".repeat(141);
    let rows = [
        (poll(&long, &["A", "B"], "ONE_DAY"), 400, "FIELD_LENGTH_TOO_LONG"),
        (poll("?", &["A"], "ONE_DAY"), 400, "2 to 4"),
        (poll("?", &["A", "B", "C", "D", "E"], "ONE_DAY"), 400, "2 to 4"),
        (poll("?", &["A", &long[..31]], "ONE_DAY"), 400, "FIELD_LENGTH_TOO_LONG"),
        (poll("?", &["A", ""], "ONE_DAY"), 400, "need a text"),
        (poll("", &["A", "B"], "ONE_DAY"), 400, "need a text"),
        (poll("?", &["A", "B"], "ONE_WEEK"), 422, "is not an enum symbol"),
    ];
    for (body, status, part) in rows {
        bench.publish(&body).await.is(status, part);
    }
    let urn = bench.published(&bench.ann, &poll(&long[..140], &["A", &long[..30]], "FOURTEEN_DAYS")).await;
    assert_eq!(bench.linkedin().content(&urn).unwrap()["poll"]["options"][0]["text"], "A");
    let seen = bench.linkedin().seen().pop().unwrap();
    let poll = seen.poll.unwrap();
    assert_eq!(
        (poll.question, poll.options),
        (Some(long[..140].to_owned()), vec!["A".to_owned(), long[..30].to_owned()])
    );
    assert_eq!(poll.ends.duration_since(seen.at).unwrap().as_secs(), 14 * 24 * 60 * 60);
}

#[tokio::test]
async fn link_cards() {
    let bench = Bench::new().await;
    let card = |article: Value| with(plain(&bench.me(), "Read"), "content", json!({"article": article}));
    let good = json!({"source": "https://ex.org/a_(b)", "title": "A title", "description": "And more"});
    let rows = [
        (with(good.clone(), "source", json!("ex.org")), "not a web address"),
        (with(good.clone(), "title", json!("")), "MISSING_FIELD"),
        (with(good.clone(), "title", json!("x".repeat(401))), "FIELD_LENGTH_TOO_LONG"),
        (with(good.clone(), "description", json!("x".repeat(4_087))), "FIELD_LENGTH_TOO_LONG"),
        (with(good.clone(), "thumbnail", json!("urn:li:image:nobody")), "INVALID_IMAGE_ID"),
        (with(good.clone(), "thumbnail", json!("urn:li:video:nobody")), "INVALID_URN_TYPE"),
        (with(good.clone(), "thumbnail", json!("https://ex.org/a.png")), "INVALID_URN_ID"),
    ];
    for (article, part) in rows {
        bench.publish(&card(article)).await.is(400, part);
    }
    let thumbnail = bench.uploaded("images", &png(10, 10)).await;
    bench.published(&bench.ann, &card(with(good, "thumbnail", json!(thumbnail)))).await;
    let [seen] = bench.seen().try_into().unwrap();
    let shown = seen.card.unwrap();
    assert_eq!((shown.url.as_str(), shown.title.as_str()), ("https://ex.org/a_(b)", "A title"));
    assert_eq!(shown.description.as_deref(), Some("And more"));
    assert_eq!((seen.media.len(), seen.media[0].mime.as_str()), (1, "image/png"));
}

#[tokio::test]
async fn comments() {
    let bench = Bench::new().await;
    let me = bench.me();
    let urn = bench.published(&bench.ann, &plain(&me, "Hi")).await;
    let url = format!("/rest/socialActions/{}/comments", encoded(&urn));
    let comment =
        |actor: &str, object: &str, text: &str| json!({"actor": actor, "object": object, "message": {"text": text}});
    let rows = [
        (comment("urn:li:person:someoneElse", &urn, "x"), 403, "fields [/actor]"),
        (comment(&me, "urn:li:share:1", "x"), 400, "INVALID_VALUE_FOR_FIELD"),
        (comment(&me, &urn, ""), 400, "MISSING_FIELD"),
        (comment(&me, &urn, &"x".repeat(3_001)), 400, "FIELD_LENGTH_TOO_LONG"),
        (json!({"actor": me, "object": urn, "text": "x"}), 422, "/message :: field is required"),
    ];
    for (body, status, part) in rows {
        bench.post(&bench.ann, &url, &body).await.is(status, part);
    }
    let elsewhere = "/rest/socialActions/urn%3Ali%3Ashare%3A1/comments";
    bench.post(&bench.ann, elsewhere, &comment(&me, "urn:li:share:1", "x")).await.is(404, "RESOURCE_NOT_FOUND");

    bench.linkedin().configure(|options| options.little_text_comments = true);
    let got = bench.post(&bench.ann, &url, &comment(&me, &urn, r"See https://ex.org/a\_b")).await;
    got.is(201, "");
    let id = got.header("x-restli-id").to_owned();
    assert_eq!((&got.json()["id"], &got.json()["object"]), (&json!(id), &json!(urn)));
    assert_eq!(got.json()["$URN"], json!(format!("urn:li:comment:({urn},{id})")));
    let seen = bench.seen();
    assert_eq!(seen[1].text, "See https://ex.org/a_b");
    assert_eq!(seen[1].reply_to.as_deref(), Some(urn.as_str()));

    bench.linkedin().configure(|options| options.little_text_comments = false);
    bench.post(&bench.ann, &url, &comment(&me, &urn, "plain (text)")).await.is(201, "");
    assert_eq!(bench.seen()[2].text, "plain (text)");
    send(bench.call(&bench.ann, Method::DELETE, &format!("/rest/posts/{}", encoded(&urn)))).await.is(204, "");
    assert_eq!(bench.seen(), []);
}
