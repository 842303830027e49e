//! Publishing to the simulators from real clones.

use crate::press::{Press, Stage};

/// Due on merge, for X and both LinkedIn accounts.
const HELLO: &str = "---\nid: hello\ntargets: [all]\nschedule: on-merge\n---\nHello (world).\n";

#[test]
fn a_post_goes_out_once() {
    let stage = Stage::new();
    let mut press = Press::with(&[]);
    press.with_remote();
    stage.reach(&mut press);
    stage.connect(&press);
    // The baseline is now: a post must be newer.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    press.file("posts/hello.md", HELLO).commit("hello");
    press.git(&["push", "-q"]);
    let ran = press.run(&["publish"]).exits(0);
    assert!(ran.stdout.contains("https://x.com/acme/status/"), "{}", ran.stdout);
    assert_eq!(stage.texts("x"), ["Hello (world)."]);
    assert_eq!(stage.texts("linkedin"), ["Hello (world).", "Hello (world)."]);
    press.run(&["publish"]).exits(0);
    assert_eq!(stage.sim.seen().len(), 3);
}
