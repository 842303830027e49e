//! Pages: roles, names, and reading posts, which persons may not.

use super::*;

#[tokio::test]
async fn roles_and_names() {
    let bench = Bench::new().await;
    let admin = bench.page_admin();
    bench.get(&bench.ann, "/rest/organizationAcls?q=roleAssignee").await.is(403, "ACCESS_DENIED");
    bench.get(&bench.ann, "/rest/organizations/77").await.is(403, "ACCESS_DENIED");
    let url = "/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED&count=100&start=0";
    let expected = json!({
        "elements": [{
            "organization": "urn:li:organization:77",
            "role": "ADMINISTRATOR",
            "state": "APPROVED",
            "roleAssignee": format!("urn:li:person:{}", admin.id),
        }],
        "paging": {"count": 100, "start": 0, "links": [], "total": 1},
    });
    assert_eq!(bench.get(&admin, url).await.json(), expected);
    let none = bench.get(&admin, "/rest/organizationAcls?q=roleAssignee&role=ANALYST").await.json();
    assert_eq!(none["elements"], json!([]));
    bench.get(&admin, "/rest/organizationAcls").await.is(400, "roleAssignee");

    let acme = json!({"id": 77, "localizedName": "Acme Tea", "vanityName": "acme-tea"});
    assert_eq!(bench.get(&admin, "/rest/organizations/77").await.json(), acme);
    bench.get(&admin, "/rest/organizations/78").await.is(404, "RESOURCE_NOT_FOUND");
    let found = bench.get(&admin, "/rest/organizations?q=vanityName&vanityName=acme-tea").await.json();
    assert_eq!(found["elements"], json!([acme]));
}

#[tokio::test]
async fn names_of_several() {
    let bench = Bench::new().await;
    let admin = bench.page_admin();
    let got = bench.get(&admin, "/rest/organizationsLookup?ids=List(77,78)").await.json();
    assert_eq!(got["results"], json!({"77": {"id": 77, "localizedName": "Acme Tea", "vanityName": "acme-tea"}}));
    assert_eq!(got["statuses"], json!({"77": 200, "78": 404}));
    bench.get(&admin, "/rest/organizationsLookup?ids=List%2877%29").await.is(400, "List");
    bench.get(&admin, "/rest/organizationsLookup?ids=List(urn:li:organization:77)").await.is(400, "percent-encoded");
    bench.get(&admin, "/rest/organizationsLookup?ids=List(acme)").await.is(400, "acme");
    bench.get(&bench.ann, "/rest/organizationsLookup?ids=List(77)").await.is(403, "ACCESS_DENIED");
}

#[tokio::test]
async fn persons_cannot_read_back() {
    let bench = Bench::new().await;
    let urn = bench.published(&bench.ann, &plain(&bench.me(), "Hi")).await;
    bench
        .get(&bench.ann, &format!("/rest/posts/{}", encoded(&urn)))
        .await
        .is(403, "partnerApiPostsExternal.GET.20260901");
    let url = format!("/rest/posts?q=author&author={}", encoded(&bench.me()));
    let got = send(bench.call(&bench.ann, Method::GET, &url).header("X-RestLi-Method", "FINDER")).await;
    got.is(403, "partnerApiPostsExternal.FINDER-author.20260901");
    // Not another person's either, with every scope of a page.
    bench.get(&bench.page_admin(), &format!("/rest/posts/{}", encoded(&urn))).await.is(403, "ACCESS_DENIED");
}

#[tokio::test]
async fn pages_read_and_list_their_posts() {
    let bench = Bench::new().await;
    let admin = bench.page_admin();
    let page = "urn:li:organization:77";
    let first = bench.published(&admin, &plain(page, r"Tea \(green\) #tea")).await;
    bench.advance(60);
    let second = bench.published(&admin, &plain(page, "More tea")).await;
    let got = bench.get(&admin, &format!("/rest/posts/{}?viewContext=AUTHOR", encoded(&first))).await.json();
    assert_eq!(got["commentary"], json!(r"Tea \(green\) {hashtag|\#|tea}"));
    assert_eq!(
        (&got["id"], &got["author"], &got["lifecycleState"]),
        (&json!(first), &json!(page), &json!("PUBLISHED"))
    );
    assert_eq!(got["lifecycleStateInfo"], json!({"isEditedByAuthor": false}));
    let created = made_at(&first).duration_since(UNIX_EPOCH).unwrap().as_millis();
    assert!(got["createdAt"].as_u64().unwrap().abs_diff(u64::try_from(created).unwrap()) < 1_000);
    bench.get(&admin, "/rest/posts/urn%3Ali%3Ashare%3A1").await.is(404, "RESOURCE_NOT_FOUND");

    let list = async |rest: &str| {
        let url = format!("/rest/posts?author={}&q=author{rest}", encoded(page));
        send(bench.call(&admin, Method::GET, &url).header("X-RestLi-Method", "FINDER")).await
    };
    let ids = |got: &Got| -> Vec<String> {
        let json = got.json();
        json["elements"].as_array().unwrap().iter().map(|post| post["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&list("").await), [second.as_str(), &first]);
    bench.advance(60);
    let patch = json!({"patch": {"$set": {"commentary": "Tea"}}});
    let edit = bench.call(&admin, Method::POST, &format!("/rest/posts/{}", encoded(&first)));
    send(edit.header("X-RestLi-Method", "PARTIAL_UPDATE").json(&patch)).await.is(204, "");
    assert_eq!(ids(&list("&sortBy=LAST_MODIFIED").await), [first.as_str(), &second]);
    assert_eq!(ids(&list("&sortBy=CREATED").await), [second.as_str(), &first]);
    assert_eq!(ids(&list("&count=1&start=1").await), [second.as_str()]);
    assert_eq!(list("&count=1").await.json()["paging"], json!({"start": 0, "count": 1, "links": [], "total": 2}));
    list("&count=101").await.is(400, "count");
    list("&sortBy=LUCK").await.is(400, "sortBy");
    send(bench.call(&admin, Method::DELETE, &format!("/rest/posts/{}", encoded(&first)))).await.is(204, "");
    assert_eq!(ids(&list("").await), [second.as_str()]);

    let without_header = format!("/rest/posts?author={}&q=author", encoded(page));
    bench.get(&admin, &without_header).await.is(404, "RESOURCE_NOT_FOUND");
}
