//! The simulator as it is served: its hosts, and answers that are lost or replaced on the way.

use reqwest::{Client, Method};

use super::*;
use crate::sim::{Fault, FaultKind, Sim};

const HOSTS: [&str; 6] =
    ["graph.threads.net", "graph.threads.com", "threads.net", "www.threads.net", "threads.com", "www.threads.com"];

#[tokio::test]
async fn a_lost_answer_leaves_a_published_container() {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sim = Sim::start().await.unwrap();
    let ann = sim.threads.sign_up(SignUp::default());
    let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let at = |host: &str| sim.hosts().iter().find(|(name, _)| name == host).unwrap().1;
    for host in HOSTS {
        let got = http.get(format!("http://{}/v1.0/me?access_token={}", at(host), ann.access_token)).send().await;
        assert_eq!(got.unwrap().status(), 200, "{host}");
    }
    let api = format!("http://{}/v1.0", at("graph.threads.com"));
    let post = async |path: &str, fields: &Fields<'_>| {
        let form = [fields, &[("access_token", ann.access_token.as_str())]].concat();
        http.post(format!("{api}{path}")).form(&form).send().await
    };
    let after = [
        FaultKind::DropAfter,
        FaultKind::AnswerAfter { status: 500, headers: Vec::new(), body: r#"{"error":{"code":1}}"#.to_owned() },
    ];
    for (out, kind) in after.into_iter().enumerate() {
        let made = post("/me/threads", &[("media_type", "TEXT"), ("text", "Hi")]).await.unwrap();
        let id = made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        sim.world().advance(Duration::from_secs(60));
        let path = "/v1.0/me/threads_publish".to_owned();
        sim.world().fault(Fault { method: Method::POST, path, times: 1, kind });
        let lost = post("/me/threads_publish", &[("creation_id", &id)]).await;
        assert!(lost.is_err() || lost.is_ok_and(|answer| answer.status() == 500));
        let status = http.get(format!("{api}/{id}?fields=status&access_token={}", ann.access_token)).send().await;
        assert_eq!(status.unwrap().json::<Value>().await.unwrap()["status"], "PUBLISHED");
        assert_eq!(sim.seen().len(), out + 1);
    }
}
