//! Posts that wait for a slot: they get one, keep it, and go out at its time.

use crate::press::ACCOUNTS;
use crate::scene::Scene;

const X: &str = "[accounts.acme-x]\nplatform = \"x\"\n";

/// The slots that the ledger knows of a post.
fn slots(scene: &Scene, post: &str) -> Vec<String> {
    let lines = scene.ledger(post).into_iter().filter(|line| line["ev"] == "slotted");
    lines.map(|line| line["at"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_post_keeps_its_slot_whatever_becomes_of_those_before_it() {
    let scene = Scene::new();
    let accounts = ACCOUNTS.replace(X, &format!("{X}slots = [\"Mon-Sun 12:00\"]\n"));
    assert_ne!(accounts, ACCOUNTS);
    let post = |id: &str| format!("---\nid: {id}\ntargets: [acme-x]\nschedule: next-slot\n---\nAbout {id}.\n");
    scene
        .press
        .file("accounts.toml", &accounts)
        .file("posts/cake.md", &post("cake"))
        .file("posts/tea.md", &post("tea"));
    scene.press.commit("two").git(&["push", "-q"]);
    scene.press.run(&["publish"]).exits(0);
    assert!(scene.stage.sim.seen().is_empty());
    let (cake, tea) = (slots(&scene, "cake"), slots(&scene, "tea"));
    assert!(cake.len() == 1 && tea.len() == 1 && cake[0] < tea[0], "{cake:?} {tea:?}");
    let told = scene.press.run(&["log", "tea"]).exits(0).stdout;
    assert!(told.contains("waits for its slot"), "{told}");

    // It is written down once, and stays when the one before it goes.
    scene.press.run(&["publish"]).exits(0);
    std::fs::remove_file(scene.press.repo.join("posts/cake.md")).unwrap();
    scene.press.commit("one").git(&["push", "-q"]);
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(slots(&scene, "tea"), tea);
    let plan = scene.press.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!(plan["targets"][0]["due"], tea[0].as_str());
    let at_its_time = scene.press.run(&["plan", "--at", &tea[0], "--format", "json"]).exits(0).json();
    assert_eq!(at_its_time["targets"][0]["action"], "publish");
}
