//! `lsp` as editors use it: Neovim's own client, and the protocol word by word.

use std::fs;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use insta::assert_snapshot;
use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};
use url::Url;

use crate::press::{ACCOUNTS, Press};
use crate::scene::picture;

/// A mistyped target, and an emoji before what is wrong further down.
const TEA: &str = "---\ntargets: [acme-x, an]\nschedule: 2099-12-01 09:00\nmedia:\n  - {src: media/cup.png, alt: A cup 🫖, tittle: a}\n---\nTea 🫖 at five.\n";

/// Files that nobody committed.
fn desk() -> Press {
    let press = Press::new();
    press.file("accounts.toml", ACCOUNTS).file("posts/tea.md", TEA).bytes("media/cup.png", &picture(600, 400, 90));
    press.file("posts/cake.md", "---\nid: cake\ntargets: [acme-x]\n---\nCake.\n");
    press
}

#[test]
fn neovim_is_served() {
    let press = desk();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lsp/neovim.lua");
    let mut neovim = press.command_of("nvim", &["--headless", "--clean", "-n", "-c", "luafile $SCRIPT"]);
    neovim.env("SCRIPT", script).env("PRESSROOM", env!("CARGO_BIN_EXE_pressroom"));
    let ran = neovim.stdin(Stdio::null()).output().expect("this test needs Neovim: `apt-get install neovim`");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let seen: Value = serde_json::from_str(&said)
        .unwrap_or_else(|error| panic!("{error}: {said}\n{}", String::from_utf8_lossy(&ran.stderr)));
    assert_eq!(seen["failure"], Value::Null);
    let repo = press.repo.canonicalize().unwrap();
    assert_eq!(
        seen["problems"],
        json!([
            "2:19 <an> there is no account, platform or group `an`\nchoose `acme-page`, `acme-x`, `ann`, `all` or `x`",
            "5:43 <tittle> there is no key `tittle` here\ndid you mean `title`?",
        ])
    );
    assert_eq!(seen["completion"], json!(["acme-page", "acme-x", "ann", "all", "x"]));
    assert_eq!(
        seen["hover"],
        "**acme-x** on X, goes out Tue 1 Dec 2099 09:00 Europe/Amsterdam\n\n15 of 280 weighted characters\n\n```text\nTea 🫖 \
         at five.\n```\n\n`media/cup.png`"
    );
    assert_eq!(seen["definition"], repo.join("media/cup.png").to_str().unwrap());
    assert_eq!(seen["account"], "accounts.toml:9");
    assert_eq!(seen["problems_left"], 0);
    assert_eq!(seen["lens"], "acme-x 15/280 · ann 14/3000 · goes out Tue 1 Dec 2099 09:00 Europe/Amsterdam");
}

/// An editor that speaks for itself.
struct Editor {
    program: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    repo: std::path::PathBuf,
    asked: i32,
    /// Diagnostics by file, as told last.
    told: std::collections::BTreeMap<String, Value>,
}

impl Editor {
    fn open(press: &Press) -> Self {
        let mut program = press
            .command(&["lsp"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (to, from) = (program.stdin.take().unwrap(), BufReader::new(program.stdout.take().unwrap()));
        let repo = press.repo.canonicalize().unwrap();
        let mut editor = Self { program, to, from, repo, asked: 0, told: std::collections::BTreeMap::new() };
        let root = Url::from_file_path(&editor.repo).unwrap();
        let files = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
        editor.ask("initialize", json!({ "processId": null, "rootUri": root, "capabilities": files }));
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, path: &str) -> Url {
        Url::from_file_path(self.repo.join(path)).unwrap()
    }

    fn tell(&mut self, method: &str, params: Value) {
        Message::from(Notification::new(method.to_owned(), params)).write(&mut self.to).unwrap();
    }

    fn put(&mut self, path: &str, text: &str) {
        let document = json!({ "uri": self.uri(path), "languageId": "markdown", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, path: &str, text: &str) {
        let document = json!({ "uri": self.uri(path), "version": 2 });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    /// The result, or the error.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        Message::from(Request::new(self.asked.into(), method.to_owned(), params)).write(&mut self.to).unwrap();
        loop {
            if let Some(answer) = self.read() {
                return answer;
            }
        }
    }

    fn at(&mut self, method: &str, path: &str, line: u32, character: u32) -> Value {
        let position = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": self.uri(path) }, "position": position });
        self.ask(method, params)
    }

    /// Waits until a file's problems are told anew: their codes.
    fn problems(&mut self, path: &str) -> String {
        let uri = self.uri(path).to_string();
        self.told.remove(&uri);
        while !self.told.contains_key(&uri) {
            assert!(self.read().is_none());
        }
        let codes = self.told[&uri].as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap());
        codes.collect::<Vec<_>>().join(" ")
    }

    fn read(&mut self) -> Option<Value> {
        match Message::read(&mut self.from).unwrap().expect("the program is at work") {
            Message::Response(response) => Some(match response.response_result {
                Ok(result) => result,
                Err(error) => json!({ "code": error.code, "message": error.message }),
            }),
            Message::Notification(told) => {
                let uri = told.params["uri"].as_str().unwrap().to_owned();
                self.told.insert(uri, told.params["diagnostics"].clone());
                None
            }
            Message::Request(_) => None,
        }
    }

    fn close(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        assert_eq!(self.program.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn what_is_open_counts_as_it_is_in_the_editor() {
    let press = desk();
    let mut editor = Editor::open(&press);
    editor.put("posts/tea.md", TEA);
    assert_eq!(editor.problems("posts/tea.md"), "unknown-target unknown-key");
    // Not saved; the disk still has the mistakes.
    let tea = TEA.replace("an]", "ann]").replace(", tittle: a", "");
    editor.change("posts/tea.md", &tea);
    assert_eq!(editor.problems("posts/tea.md"), "");
    let lens = json!({ "textDocument": { "uri": editor.uri("posts/tea.md") } });
    let lens = editor.ask("textDocument/codeLens", lens);
    assert_eq!(
        lens[0]["command"]["title"],
        "acme-x 15/280 · ann 14/3000 · goes out Tue 1 Dec 2099 09:00 Europe/Amsterdam"
    );
    // What follows from accounts.toml follows from the one in the editor, also while it is half written.
    editor.put("accounts.toml", &ACCOUNTS.replace("ann]", "anna]").replace("\"ann\"", "\"anna\""));
    assert_eq!(editor.problems("posts/tea.md"), "unknown-target");
    editor.change("accounts.toml", &ACCOUNTS.replace("[groups]", "[groups"));
    assert_eq!(editor.problems("accounts.toml"), "toml");
    editor.change("accounts.toml", &ACCOUNTS.replace("{recipient}", &press.recipient));
    assert_eq!(editor.problems("posts/tea.md"), "");
    assert_eq!(editor.told[editor.uri("accounts.toml").as_str()], json!([]));

    // Another post takes the id, first on disk, then this one in the editor gives it up.
    press.file("posts/pie.md", "---\nid: tea\ntargets: [ann]\n---\nPie.\n");
    let event = json!({ "changes": [{ "uri": editor.uri("posts/pie.md"), "type": 1 }] });
    editor.tell("workspace/didChangeWatchedFiles", event);
    assert_eq!(editor.problems("posts/tea.md"), "duplicate-id");
    editor.change("posts/tea.md", &tea.replace("---\ntargets", "---\nid: five\ntargets"));
    assert_eq!(editor.problems("posts/tea.md"), "");

    // On disk the other takes that one, too, and lets it go again.
    for (id, problems) in [("five", "duplicate-id"), ("pie", "")] {
        press.file("posts/pie.md", &format!("---\nid: {id}\ntargets: [ann]\n---\nPie.\n"));
        let event = json!({ "changes": [{ "uri": editor.uri("posts/pie.md"), "type": 2 }] });
        editor.tell("workspace/didChangeWatchedFiles", event);
        assert_eq!(editor.problems("posts/tea.md"), problems);
    }

    // A text for one account alone, which is only in the editor.
    editor.put("posts/tea.ann.md", "Tea for Ann.\n");
    let hover = editor.at("textDocument/hover", "posts/tea.ann.md", 0, 2);
    assert_snapshot!(hover["contents"]["value"].as_str().unwrap(), @"
    **ann** on LinkedIn, goes out Tue 1 Dec 2099 09:00 Europe/Amsterdam

    12 of 3000 characters

    ```text
    Tea for Ann.
    ```

    `media/cup.png`
    ");

    let uri = editor.uri("posts/tea.md");
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(editor.problems("posts/tea.md"), "", "what is closed is no longer told of");
    editor.close();
}

#[test]
fn other_files_and_other_questions_are_left_alone() {
    let press = desk();
    let mut editor = Editor::open(&press);
    editor.put("notes.md", "---\ntargets: [nobody]\n---\n");
    assert_eq!(editor.at("textDocument/hover", "notes.md", 1, 2), Value::Null);
    assert_eq!(editor.at("textDocument/hover", "posts/tea.md", 1, 2), Value::Null, "not open");
    assert_eq!(editor.at("textDocument/rename", "notes.md", 1, 2)["code"], -32601);
    assert_eq!(editor.ask("textDocument/hover", json!({ "position": 1 }))["code"], -32602);
    // Positions that are nowhere.
    editor.put("posts/tea.md", TEA);
    for (line, character) in [(0, 99), (99, 0), (1, u32::MAX)] {
        editor.at("textDocument/completion", "posts/tea.md", line, character);
        editor.at("textDocument/definition", "posts/tea.md", line, character);
    }
    editor.close();
}

/// An editor that dies says nothing.
#[test]
fn it_ends_with_its_editor() {
    let press = desk();
    let mut editor = Editor::open(&press);
    editor.to.flush().unwrap();
    drop(editor.to);
    assert_eq!(editor.program.wait().unwrap().code(), Some(0));
    let ran = press.run_with(&["lsp"], "").exits(2);
    assert_snapshot!(ran.stderr, @"
    error: the editor broke off in the middle of a sentence
      because: disconnected channel
    hint: editors start `pressroom lsp` themselves; docs/editors.md tells how
    ");
    fs::remove_file(press.repo.join("accounts.toml")).unwrap();
    let mut editor = Editor::open(&press);
    editor.put("posts/tea.md", TEA);
    assert_eq!(editor.problems("accounts.toml"), "unreadable");
    editor.close();
}
