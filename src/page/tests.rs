//! What a page says and what it never does.

use super::*;

fn post(text: &str) -> Post {
    Post {
        platform: Platform::X,
        kind: "post",
        name: "acme".to_owned(),
        handle: None,
        at: None,
        edited: false,
        title: None,
        text: text.to_owned(),
        media: Vec::new(),
        card: None,
        poll: None,
        about: Vec::new(),
        follows: false,
        audience: None,
        details: Vec::new(),
    }
}

fn page(version: Option<u64>) -> Page {
    let evil = "</script><img src=https://evil.example/x onerror=alert(1)>\"'";
    let facts = Facts {
        when: evil.to_owned(),
        lengths: vec![Length { what: "Text:".to_owned(), count: 292, limit: 280, unit: "characters".to_owned() }],
        media: vec![evil.to_owned()],
        troubles: vec![Trouble { is_error: true, message: evil.to_owned(), hint: Some(evil.to_owned()), place: None }],
    };
    Page {
        heading: evil.to_owned(),
        lead: evil.to_owned(),
        zone: Zone::UTC,
        troubles: Vec::new(),
        sections: vec![Section {
            id: "one".to_owned(),
            heading: evil.to_owned(),
            platform: Platform::X,
            facts: Some(facts),
            talks: vec![Talk { parts: vec![post(evil)], comments: vec![post(evil)] }],
        }],
        empty: String::new(),
        version,
    }
}

#[test]
fn what_a_post_says_is_never_markup() {
    let html = page(None).html();
    assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
    assert!(html.contains("&lt;/script&gt;&lt;img src=https://evil.example/x onerror=alert(1)&gt;&quot;"), "{html}");
    assert!(html.contains("<strong>12 too many</strong>"), "{html}");
    assert!(html.contains("<html lang=\"en\"><head>"), "{html}");
}

/// A page that is a file runs nothing; one that is served runs its own script alone.
#[test]
fn a_page_forbids_itself_everything_else() {
    let inside = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; base-uri 'none'; \
                  form-action 'none'";
    assert_eq!(page(None).policy(), inside);
    assert!(page(None).html().contains(&format!("content=\"{inside}\"")));
    let served = page(Some(7));
    assert!(served.policy().starts_with(&format!("{inside}; connect-src 'self'; script-src 'sha256-")));
    let html = served.html();
    assert!(html.contains("data-version=\"7\"") && html.matches("<script").count() == 1, "{html}");
}
