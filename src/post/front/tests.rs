use crate::error::Source;
use crate::post::parse;
use std::time::Instant;
#[test]
fn probe() {
    let mut cases: Vec<(String, String)> = Vec::new();
    let n = 60_000;
    for unit in [
        "[", "{", "- ", "? ", "a: ", "{a: ", "[a, ", "? - ", "\"", "'", "|\n ", "!", "%", "\t", "#", ",", ":", "a:\n ",
        "é", "\r", "&a ", "[]", "x ", "- a\n", "a: b\n", "a:\n- \n", "{a: b}, ", "[?", "--- ", "...\n", "a\n\n",
    ] {
        cases.push((format!("top {unit:?}"), unit.repeat(n / unit.len())));
        cases.push((format!("params {unit:?}"), format!("params: {}", unit.repeat(n / unit.len()))));
        cases.push((format!("flow {unit:?}"), format!("params: [{}", unit.repeat(n / unit.len()))));
    }
    cases.push(("distinct".into(), (0..6000).map(|i| format!("k{i}: 1\n")).collect()));
    cases.push(("dups".into(), (0..12000).map(|_| "k: 1\n").collect()));
    for (name, case) in cases {
        let text = format!("---\n{case}\n---\n");
        let t = Instant::now();
        let (_, problems) = parse(&Source::new("posts/tea.md", &*text), None);
        let d = t.elapsed();
        if d.as_millis() > 20 {
            println!(
                "{name}: {d:?} {} {}",
                problems.len(),
                problems.first().map(|p| p.message.chars().take(100).collect::<String>()).unwrap_or_default()
            );
        }
    }
    let text = "---\n".to_owned() + &"params: abc def\n".repeat(65536) + "---\n";
    let t = Instant::now();
    let (_, problems) = parse(&Source::new("posts/tea.md", &*text), None);
    println!("1 MiB {:?} {}", t.elapsed(), problems[0].message);
    let text = "---\nid: tea\ntitle: A é story of tea\ntargets: [acme-x, acme-company]\nschedule: 2026-12-01 09:00\ntags: [tea, 2026, \"green tea\"]\nlang: pt-BR\nmedia:\n  - src: tea.jpg\n    alt: A cup\noverrides:\n  x: {text: short}\n---\nBody text\n";
    let source = Source::new("posts/tea.md", text);
    let t = Instant::now();
    for _ in 0..2000 {
        parse(&source, Some(chrono_tz::Europe::Amsterdam));
    }
    println!("each {:?}", t.elapsed() / 2000);
}
