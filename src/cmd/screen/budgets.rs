//! What is left of platforms' limits, as people read it below a plan: only what is nearly used up, or holds something.

use crate::limits::Platform;
use crate::plan::budget::Budget;
use crate::plan::when::when;

/// A line each: `acme-x: 3 of 17 posts a day left; 2 of them go now, 4 posts wait. More from Tue 1 Dec 2026 18:00 UTC.`
pub(in crate::cmd) fn budgets(budgets: &[Budget], zone: &str) -> String {
    budgets.iter().filter(|budget| budget.is_short()).map(|budget| line(budget, zone)).collect()
}

fn line(budget: &Budget, zone: &str) -> String {
    let Budget { account, platform, what, limit, left, until, about, taken, held } = budget;
    let name = account.clone().unwrap_or_else(|| all_accounts(*platform));
    let count = match (limit, about) {
        (None, _) if *left == 0 => format!("no {what}"),
        (None, _) => format!("{left} {what}"),
        (Some(limit), false) => format!("{left} of {limit} {what}"),
        (Some(limit), true) => format!("{left} of about {limit} {what}"),
    };
    let goes = (*taken > 0).then(|| format!("{taken} of them {} now", if *taken == 1 { "goes" } else { "go" }));
    let waits =
        (*held > 0).then(|| format!("{held} {} for more", if *held == 1 { "post waits" } else { "posts wait" }));
    let deeds: Vec<String> = goes.into_iter().chain(waits).collect();
    let deeds = if deeds.is_empty() { String::new() } else { format!("; {}", deeds.join(", ")) };
    let more = until.map_or(String::new(), |until| format!(" More from {}.", when(until, zone)));
    format!("{name}: {count} left{deeds}.{more}\n")
}

fn all_accounts(platform: Platform) -> String {
    format!("all accounts on {}", platform.label())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_left_and_what_waits() {
        let until = Some("2026-12-01T18:00:00Z".parse().unwrap());
        let account = Some("acme-x".to_owned());
        let usual = Budget {
            account,
            platform: Platform::X,
            what: "posts a day",
            limit: Some(17),
            left: 3,
            until,
            about: false,
            taken: 0,
            held: 0,
        };
        for (budget, told) in [
            (usual.clone(), "acme-x: 3 of 17 posts a day left. More from Tue 1 Dec 2026 18:00 UTC.\n"),
            (
                Budget { taken: 2, held: 1, ..usual.clone() },
                "acme-x: 3 of 17 posts a day left; 2 of them go now, 1 post waits for more. More from Tue 1 Dec 2026 18:00 UTC.\n",
            ),
            (
                Budget { left: 17, taken: 15, until: None, ..usual.clone() },
                "acme-x: 17 of 17 posts a day left; 15 of them go now.\n",
            ),
            (
                Budget { about: true, limit: Some(15), ..usual.clone() },
                "acme-x: 3 of about 15 posts a day left. More from Tue 1 Dec 2026 18:00 UTC.\n",
            ),
            (
                Budget { account: None, limit: None, left: 0, what: "calls", held: 2, ..usual.clone() },
                "all accounts on X: no calls left; 2 posts wait for more. More from Tue 1 Dec 2026 18:00 UTC.\n",
            ),
            // More than a quarter is left, and nothing waits.
            (Budget { left: 5, ..usual.clone() }, ""),
            (Budget { left: 17, taken: 12, ..usual }, ""),
        ] {
            assert_eq!(budgets(&[budget], "UTC"), told);
        }
    }
}
