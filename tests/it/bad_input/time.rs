//! Times that are no instants.

use insta::assert_snapshot;

use super::Desk;

#[test]
fn a_schedule_must_be_one_instant() {
    let desk = Desk::new();
    let at = |schedule: &str| {
        desk.refuses(&[("posts/tea.md", format!("---\nid: tea\ntargets: [all]\nschedule: {schedule}\n---\nTea.\n"))])
    };
    assert_snapshot!(at("2026-12-01"), @"");
    assert_snapshot!(at("2027-03-28 02:30"), @"");
    assert_snapshot!(at("2026-10-25 02:30"), @"");
    assert_snapshot!(at("2026-12-01 09:00 Europe/Amsterdm"), @"");
    assert_snapshot!(at("2026-02-30 09:00"), @"");
    assert_snapshot!(at("tomorrow"), @"");
    assert_snapshot!(at("next-slot"), @"");
}

#[test]
fn a_wall_time_needs_a_zone() {
    let desk = Desk::new();
    let accounts = crate::press::ACCOUNTS.replace("timezone = \"Europe/Amsterdam\"\n", "");
    let accounts = accounts.replace("{recipient}", &desk.press.recipient);
    let tea = "---\nid: tea\ntargets: [all]\nschedule: 2026-12-01 09:00\n---\nTea.\n".to_owned();
    assert_snapshot!(desk.refuses(&[("accounts.toml", accounts), ("posts/tea.md", tea)]), @"");
}
