//! Remotes that break off at a push: the claim's, or the receipt's; before the branch moves, or after. Over each way to a
//! remote the run finds out what became of it, and the post is out once. (A remote that hangs is given up only after a minute:
//! that is tried beside the code.)

use std::os::unix::fs::PermissionsExt as _;

use crate::host::Host;
use crate::press::Press;
use crate::scene::Scene;

/// Lets the remote die at its push of that number from now on.
fn breaks(scene: &Scene, push: u32, moved: bool) {
    let count = scene.remote.join("pushes");
    let _ = std::fs::remove_file(&count);
    let count = count.display();
    // The process above a hook is the receive-pack that would have answered.
    let at = format!("[ \"$(cat {count})\" = {push} ]");
    let die = if moved { String::new() } else { format!("{at} && kill -9 $PPID\n") };
    hook(scene, "pre-receive", &format!("echo $(($(cat {count} 2>/dev/null || echo 0) + 1)) > {count}\n{die}exit 0"));
    let die = if moved { format!("[ \"$1\" = committed ] && {at} && kill -9 $PPID\n") } else { String::new() };
    hook(scene, "reference-transaction", &format!("{die}exit 0"));
}

fn hook(scene: &Scene, name: &str, script: &str) {
    let path = scene.remote.join("hooks").join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn broken_off(host: impl FnOnce(&Scene) -> Host) {
    let scene = Scene::new();
    let host = host(&scene);
    let clone: Press = scene.press.clone_of(&host.address, "clone");
    for (which, push) in [("claim", 1), ("receipt", 2)] {
        for moved in [false, true] {
            let (id, text) = (format!("{which}-{moved}"), format!("The {which}, {moved}."));
            scene.post(&id, "acme-x", &text);
            breaks(&scene, push, moved);
            let ran = clone.run(&["publish"]).exits(0);
            let told = format!("{which}, moved: {moved}\n{}{}", ran.stdout, ran.stderr);
            let pushes = std::fs::read_to_string(scene.remote.join("pushes")).unwrap();
            // What arrived is found by looking; what did not is pushed again. The run's mark goes along
            // with the receipt.
            assert_eq!(pushes.trim(), if moved { "2" } else { "3" }, "{told}");
            assert_eq!(scene.shown("x", &text).len(), 1, "{told}");
            let kinds: Vec<_> =
                scene.ledger(&id).iter().map(|entry| entry["ev"].as_str().unwrap().to_owned()).collect();
            assert_eq!(kinds, ["claimed", "published"], "{told}");
            assert_eq!(scene.looks(), 0, "nothing was in doubt\n{told}");
        }
    }
    clone.run(&["publish"]).exits(0);
    assert_eq!(scene.requests("POST", "/2/tweets"), 4);
}

#[test]
fn by_path() {
    broken_off(|scene| Host::path(&scene.remote));
}

#[test]
fn by_git_daemon() {
    broken_off(|scene| Host::daemon(&scene.remote));
}

#[test]
fn by_http() {
    broken_off(|scene| Host::http(&scene.press, &scene.remote));
}
