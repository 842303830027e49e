//! How commands end: each exit code, provoked, as README.md lists them. 70 is for bugs of ours, and cannot be provoked.

use crate::desk::{Desk, ledger};

const TEA: &str = "---\nid: tea\ntargets: [acme-x]\nschedule: on-merge\n---\nTea is ready.\n";
const LATER: &str = "2999-01-01T00:00:00Z";

/// A ledger in which another machine claimed the post, and what it wrote next.
fn claimed(desk: &Desk, exp: &str, next: &str) {
    let line = |id: u32, rest: &str| {
        format!(
            r#"{{"v":1,"id":"0199aaaa-0000-7000-8000-{id:012}","t":"2026-01-01T09:00:0{id}Z","post":"tea","target":"x:acme-x","run":"elsewhere","claim":"00000000-0000-4000-8000-000000000001","epoch":1,{rest}}}"#
        )
    };
    let claim = line(1, &format!(r#""ev":"claimed","exp":"{exp}""#));
    let lines = if next.is_empty() { format!("{claim}\n") } else { format!("{claim}\n{}\n", line(2, next)) };
    desk.tamper(&ledger("tea"), |_| Some(lines.clone()));
}

#[track_caller]
fn end(desk: &Desk, code: i32, commands: &[&[&str]]) {
    for args in commands {
        let ran = desk.press.run(args);
        assert_eq!(ran.code, code, "{args:?}\n{}{}", ran.stdout, ran.stderr);
        // The same as a document: it says so as well where it says how it ended.
        let ran = desk.press.run(&[*args, &["--format", "json"]].concat());
        assert_eq!(ran.code, code, "{args:?} --format json\n{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn every_exit_code() {
    let desk = Desk::new();
    let looks: &[&[&str]] = &[&["plan"], &["status"], &["publish"]];
    desk.put(&[("posts/tea.md", TEA.replace("schedule: on-merge\n", ""))]);
    end(&desk, 0, looks);
    end(&desk, 0, &[&["plan", "--detailed-exitcode"], &["check"]]);

    end(
        &desk,
        2,
        &[
            &["plan", "--at", "soon"],
            &["resolve", "tea:acme-x", "--absent"],
            &["retry", "tea:nobody"],
            &["status", "cup"],
        ],
    );

    desk.put(&[("posts/tea.md", TEA)]);
    end(&desk, 10, &[&["plan", "--detailed-exitcode"]]);
    end(&desk, 0, &[&["plan"], &["status"]]);

    claimed(&desk, LATER, "");
    end(&desk, 5, looks);
    end(&desk, 5, &[&["plan", "--detailed-exitcode"]]);

    let failed = |retry: &str| format!(r#""ev":"failed","class":"quota","msg":"X says no","retry":{retry}"#);
    claimed(&desk, "2026-01-01T09:10:00Z", &failed(&format!(r#"{{"after":"{LATER}"}}"#)));
    desk.forget();
    end(&desk, 4, looks);
    claimed(&desk, "2026-01-01T09:10:00Z", &failed(r#""human""#));
    desk.forget();
    end(&desk, 3, looks);

    desk.put(&[("posts/tea.md", TEA.replace("acme-x", "nobody"))]);
    end(&desk, 1, &[&["plan"], &["status"], &["check"], &["publish"]]);
    assert!(desk.stage.sim.seen().is_empty());
}
