//! Remotes as people have them: by path, by `git daemon`, behind a web server with git's own http-backend, and by ssh
//! syntax. Each serves bare repositories on this machine, and ends with its value.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::press::Press;
use crate::scene::until;

/// A server of bare repositories and the address of one of them.
pub(crate) struct Host {
    pub(crate) address: String,
    server: Option<Child>,
}

impl Host {
    /// A folder on this machine.
    pub(crate) fn path(remote: &Path) -> Self {
        Self { address: remote.to_str().unwrap().to_owned(), server: None }
    }

    /// `git daemon` that takes pushes.
    pub(crate) fn daemon(remote: &Path) -> Self {
        let (folder, name) = (remote.parent().unwrap(), remote.file_name().unwrap().to_str().unwrap());
        let port = free_port();
        let mut daemon = Command::new("git");
        daemon.args(["daemon", "--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"]);
        daemon.arg(format!("--port={port}")).arg(format!("--base-path={}", folder.display()));
        let server = start(daemon, port, folder);
        Self { address: format!("git://127.0.0.1:{port}/{name}"), server: Some(server) }
    }

    /// git's own http-backend behind lighttpd, user and password required.
    pub(crate) fn http(press: &Press, remote: &Path) -> Self {
        let lighttpd = ["/usr/sbin/lighttpd", "/usr/local/sbin/lighttpd", "/usr/bin/lighttpd"];
        let lighttpd = lighttpd.into_iter().find(|path| Path::new(path).exists());
        let lighttpd = lighttpd.expect("this test needs lighttpd: `apt-get install lighttpd` (as .ci/run does)");
        press.git(&["-C", remote.to_str().unwrap(), "config", "http.receivepack", "true"]);
        let backend = format!("{}/git-http-backend", press.git(&["--exec-path"]).trim());
        let (repos, name) = (remote.parent().unwrap(), remote.file_name().unwrap().to_str().unwrap());
        let folder = press.folder().join("http");
        fs::create_dir_all(folder.join("uploads")).unwrap();
        fs::write(folder.join("users"), "ann:pw-of-ann\n").unwrap();
        let port = free_port();
        let (here, repos) = (folder.display(), repos.display());
        let config = format!(
            r#"server.modules = ("mod_auth", "mod_authn_file", "mod_alias", "mod_setenv", "mod_cgi")
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{here}"
server.errorlog = "{here}/errors"
server.upload-dirs = ("{here}/uploads")
alias.url = ("/git" => "{backend}")
setenv.add-environment = ("GIT_PROJECT_ROOT" => "{repos}", "GIT_HTTP_EXPORT_ALL" => "1")
auth.backend = "plain"
auth.backend.plain.userfile = "{here}/users"
cgi.assign = ("" => "")
auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
"#
        );
        fs::write(folder.join("config"), config).unwrap();
        let mut command = Command::new(lighttpd);
        command.arg("-D").arg("-f").arg(folder.join("config"));
        let server = start(command, port, &folder);
        Self { address: format!("http://ann:pw-of-ann@127.0.0.1:{port}/git/{name}"), server: Some(server) }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = kill_process_group(Pid::from_child(server), Signal::KILL);
            let _ = server.wait();
        }
    }
}

/// Starts a server, as a process group of its own, and waits until it takes connections.
fn start(mut command: Command, port: u16, folder: &Path) -> Child {
    let log = fs::File::create(folder.join("server.log")).unwrap();
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).process_group(0);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null");
    let server = command.spawn().unwrap();
    until(&format!("{command:?} serves"), || TcpStream::connect(("127.0.0.1", port)).is_ok());
    server
}

/// A port of the loopback address that nobody has now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A stand-in for `ssh` that runs the command here instead of on the host it is told; the value of `GIT_SSH_COMMAND`.
pub(crate) fn fake_ssh(folder: &Path) -> String {
    let path = folder.join("fake-ssh");
    // git calls `ssh [options] host command`; `-G` asks whether the options of OpenSSH are known.
    let script = "#!/bin/sh\nfor last; do :; done\ncase \" $* \" in *' -G '*) exit 0;; esac\nexec sh -c \"$last\"\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}
