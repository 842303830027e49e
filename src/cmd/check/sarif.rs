//! Problems in the Static Analysis Results Interchange Format, which code scanning services and editors read.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cmd::markdown::address;
use crate::content::ACCOUNTS;
use crate::error::Problem;

/// Where the documents are.
const DOCUMENTS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs");

/// A log of one run. `strict`: warnings are errors.
pub(super) fn log(problems: &[&Problem], strict: bool) -> Value {
    // A rule for each code there is, with the first problem of it as its example.
    let mut rules: BTreeMap<&str, &Problem> = BTreeMap::new();
    for problem in problems {
        rules.entry(problem.code).or_insert(problem);
    }
    let place = |code: &str| rules.keys().position(|other| *other == code);
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.values().map(|problem| rule(problem)).collect::<Vec<_>>(),
            } },
            // Columns are counted in characters.
            "columnKind": "unicodeCodePoints",
            "results": problems.iter().map(|problem| result(problem, place(problem.code), strict)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(problem: &Problem) -> Value {
    let (page, what) = if &*problem.source.path == ACCOUNTS {
        ("accounts.md", "accounts.toml")
    } else if problem.source.path.ends_with(".md") {
        ("posts.md", "posts")
    } else {
        ("media.md", "media")
    };
    let address = format!("{DOCUMENTS}/{page}");
    let text = "Each result says what is wrong and how to mend it.";
    json!({
        "id": problem.code,
        "shortDescription": { "text": sentence(problem.code) },
        "help": {
            "text": format!("{text} All that {what} may say: {address}"),
            "markdown": format!("{text} [All that {what} may say]({address})"),
        },
        "helpUri": address,
        "defaultConfiguration": { "level": level(problem, false) },
    })
}

fn result(problem: &Problem, rule: Option<usize>, strict: bool) -> Value {
    let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!("\n{hint}"));
    let mut place = json!({ "artifactLocation": { "uri": address(&problem.source.path), "uriBaseId": "%SRCROOT%" } });
    if problem.span.is_some() {
        let ((line, column), (end_line, end_column)) = (problem.start(), problem.end());
        // A region ends before its last column: one of nothing is a place between two characters.
        place["region"] =
            json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column });
    }
    json!({
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": level(problem, strict),
        "message": { "text": format!("{}{hint}", problem.message) },
        "locations": [{ "physicalLocation": place }],
    })
}

fn level(problem: &Problem, strict: bool) -> &'static str {
    if problem.is_error() || strict { "error" } else { "warning" }
}

/// `text-too-long` -> `Text too long`
fn sentence(code: &str) -> String {
    let words = code.replace('-', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::error::Source;

    fn problems() -> Vec<Problem> {
        let tea = Source::new("posts/ä tea.md", "---\nid: Té\ntitel: x\n---\n");
        vec![
            Problem::error("bad-id", &tea, "`Té` is no id").at(8..11).hint("write `tea`"),
            Problem::warning("alt-missing", &tea, "no alt").at(12..22),
            Problem::error("bad-id", &tea, "again").at(8..8),
            Problem::error("unreadable", &Source::new("accounts.toml", ""), "the file is not there"),
        ]
    }

    fn log_of(strict: bool) -> Value {
        let problems = problems();
        log(&problems.iter().collect::<Vec<_>>(), strict)
    }

    /// What the schema of SARIF 2.1.0 says about every object used here: its properties, those that must be there, and the
    /// values that are enumerated. None of these objects allows others.
    const OBJECTS: &[(&str, &[&str], &[&str])] = &[
        // sarifLog allows more, `$schema` among it.
        ("", &["$schema", "version", "runs"], &["version", "runs"]),
        ("runs", &["tool", "columnKind", "results"], &["tool"]),
        ("tool", &["driver"], &["driver"]),
        ("driver", &["name", "semanticVersion", "informationUri", "rules"], &["name"]),
        ("rules", &["id", "shortDescription", "help", "helpUri", "defaultConfiguration"], &["id"]),
        ("shortDescription", &["text"], &["text"]),
        ("help", &["text", "markdown"], &["text"]),
        ("defaultConfiguration", &["level"], &[]),
        ("results", &["ruleId", "ruleIndex", "level", "message", "locations"], &["message"]),
        ("message", &["text"], &[]),
        ("locations", &["physicalLocation"], &[]),
        ("physicalLocation", &["artifactLocation", "region"], &[]),
        ("artifactLocation", &["uri", "uriBaseId"], &[]),
        ("region", &["startLine", "startColumn", "endLine", "endColumn"], &[]),
    ];

    fn holds(name: &str, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| holds(name, value)),
            Value::Object(fields) => {
                let (_, may, must) =
                    OBJECTS.iter().find(|(object, ..)| *object == name).unwrap_or_else(|| panic!("{name}"));
                assert!(must.iter().all(|key| fields.contains_key(*key)), "{name}: {value}");
                for (key, value) in fields {
                    assert!(may.contains(&key.as_str()), "{name}.{key}");
                    holds(key, value);
                }
            }
            Value::Number(number) => {
                assert!(number.as_u64().is_some_and(|number| number >= u64::from(name != "ruleIndex")));
            }
            Value::String(text) => match name {
                "version" => assert_eq!(text, "2.1.0"),
                "level" => assert!(["none", "note", "warning", "error"].contains(&text.as_str())),
                "columnKind" => assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&text.as_str())),
                "uri" => assert!(text.is_ascii() && !text.contains(' ') && !text.starts_with('/')),
                _ => assert!(!text.is_empty()),
            },
            _ => panic!("{name}: {value}"),
        }
    }

    #[test]
    fn it_is_what_the_schema_says() {
        for strict in [false, true] {
            let log = log_of(strict);
            holds("", &log);
            let (run, rules) = (&log["runs"][0], &log["runs"][0]["tool"]["driver"]["rules"]);
            for result in run["results"].as_array().unwrap() {
                let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
                assert_eq!(rule["id"], result["ruleId"]);
                assert!(!strict || result["level"] == "error");
            }
        }
        holds("", &log(&[], false));
    }

    #[test]
    fn a_result_says_where_and_what() {
        assert_snapshot!(format!("{:#}", log_of(false)["runs"][0]["results"][0]), @r#"
        {
          "ruleId": "bad-id",
          "ruleIndex": 1,
          "level": "error",
          "message": {
            "text": "`Té` is no id\nwrite `tea`"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "posts/%C3%A4%20tea.md",
                  "uriBaseId": "%SRCROOT%"
                },
                "region": {
                  "startLine": 2,
                  "startColumn": 5,
                  "endLine": 2,
                  "endColumn": 7
                }
              }
            }
          ]
        }
        "#);
        assert_snapshot!(format!("{:#}", log_of(false)["runs"][0]["tool"]["driver"]["rules"][2]), @r#"
        {
          "id": "unreadable",
          "shortDescription": {
            "text": "Unreadable"
          },
          "help": {
            "text": "Each result says what is wrong and how to mend it. All that accounts.toml may say: https://github.com/pressroom-cli/pressroom/blob/main/docs/accounts.md",
            "markdown": "Each result says what is wrong and how to mend it. [All that accounts.toml may say](https://github.com/pressroom-cli/pressroom/blob/main/docs/accounts.md)"
          },
          "helpUri": "https://github.com/pressroom-cli/pressroom/blob/main/docs/accounts.md",
          "defaultConfiguration": {
            "level": "error"
          }
        }
        "#);
    }
}
