use super::*;
#[test]
fn probe() {
    let text = std::fs::read_to_string("/tmp/content-probe.txt").unwrap();
    for case in text.split("\n=====\n") {
        println!("===== {case}");
        let (accounts, problems) = parse(&Source::new("accounts.toml", case));
        println!("----- {}", accounts.is_some());
        for p in problems {
            let (l, c) = p.start();
            println!("{}:{l}:{c} {} {} / {}", p.source.path, p.code, p.message, p.hint.unwrap_or_default());
        }
    }
}
