//! Times that are no instants.

use insta::assert_snapshot;

use crate::desk::Desk;

#[test]
fn a_schedule_must_be_one_instant() {
    let desk = Desk::new();
    let at = |schedule: &str| {
        desk.refuses(&[("posts/tea.md", format!("---\nid: tea\ntargets: [all]\nschedule: {schedule}\n---\nTea.\n"))])
    };
    assert_snapshot!(at("2026-12-01"), @"
    error[bare-date]: `schedule: 2026-12-01` has no time of day
     --> posts/tea.md:4:11
      |
    4 | schedule: 2026-12-01
      |           ^^^^^^^^^^
      |
      = hint: write `schedule: 2026-12-01 09:00`

    1 post: 1 error.
    ");
    assert_snapshot!(at("2027-03-28 02:30"), @"
    error[dst-gap]: `2027-03-28 02:30` does not exist in Europe/Amsterdam: the clock goes from 02:00 to 03:00
     --> posts/tea.md:4:11
      |
    4 | schedule: 2027-03-28 02:30
      |           ^^^^^^^^^^^^^^^^
      |
      = hint: the nearest times are `schedule: 2027-03-28 01:59` and `schedule: 2027-03-28 03:00`

    1 post: 1 error.
    ");
    assert_snapshot!(at("2026-10-25 02:30"), @"
    error[dst-fold]: `2026-10-25 02:30` exists twice in Europe/Amsterdam: the clock is set back that day
     --> posts/tea.md:4:11
      |
    4 | schedule: 2026-10-25 02:30
      |           ^^^^^^^^^^^^^^^^
      |
      = hint: write `schedule: 2026-10-25T02:30:00+02:00` for the first or `schedule: 2026-10-25T02:30:00+01:00` for the second

    1 post: 1 error.
    ");
    assert_snapshot!(at("2026-12-01 09:00 Europe/Amsterdm"), @"
    error[unknown-zone]: there is no zone `Europe/Amsterdm`
     --> posts/tea.md:4:11
      |
    4 | schedule: 2026-12-01 09:00 Europe/Amsterdm
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: did you mean `Europe/Amsterdam`?

    1 post: 1 error.
    ");
    assert_snapshot!(at("2026-02-30 09:00"), @"
    error[bad-date]: there is no 2026-02-30
     --> posts/tea.md:4:11
      |
    4 | schedule: 2026-02-30 09:00
      |           ^^^^^^^^^^^^^^^^
      |
      = hint: that month has 28 days

    1 post: 1 error.
    ");
    assert_snapshot!(at("tomorrow"), @"
    error[bad-date]: `schedule: tomorrow` is no date and time
     --> posts/tea.md:4:11
      |
    4 | schedule: tomorrow
      |           ^^^^^^^^
      |
      = hint: write `schedule: 2026-12-01 09:00`, or RFC 3339 such as `schedule: 2026-12-01T09:00:00+01:00`

    1 post: 1 error.
    ");
    assert_snapshot!(at("next-slot"), @r#"
    error[no-slots]: acme-x has no slots to wait for
     --> posts/tea.md:4:11
      |
    4 | schedule: next-slot
      |           ^^^^^^^^^
      |
      = hint: add `slots = ["Mon-Fri 09:05"]` to it in accounts.toml, or write a date and time here

    error[no-slots]: acme-page has no slots to wait for
     --> posts/tea.md:4:11
      |
    4 | schedule: next-slot
      |           ^^^^^^^^^
      |
      = hint: add `slots = ["Mon-Fri 09:05"]` to it in accounts.toml, or write a date and time here

    error[no-slots]: ann has no slots to wait for
     --> posts/tea.md:4:11
      |
    4 | schedule: next-slot
      |           ^^^^^^^^^
      |
      = hint: add `slots = ["Mon-Fri 09:05"]` to it in accounts.toml, or write a date and time here

    1 post: 3 errors.
    "#);
}

#[test]
fn a_wall_time_needs_a_zone() {
    let desk = Desk::new();
    let accounts = crate::press::ACCOUNTS.replace("timezone = \"Europe/Amsterdam\"\n", "");
    let accounts = accounts.replace("{recipient}", &desk.press.recipient);
    let tea = "---\nid: tea\ntargets: [all]\nschedule: 2026-12-01 09:00\n---\nTea.\n".to_owned();
    assert_snapshot!(desk.refuses(&[("accounts.toml", accounts), ("posts/tea.md", tea)]), @r#"
    error[no-zone]: `schedule: 2026-12-01 09:00` has no zone, and accounts.toml names none
     --> posts/tea.md:4:11
      |
    4 | schedule: 2026-12-01 09:00
      |           ^^^^^^^^^^^^^^^^
      |
      = hint: add `timezone = "Europe/Amsterdam"` under `[defaults]` in accounts.toml, or write `schedule: 2026-12-01 09:00 Europe/Amsterdam`

    1 post: 1 error.
    "#);
}
