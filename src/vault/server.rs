//! Our apps at a server that we registered there ourselves, one for each address that logins end at. Knows neither keys nor
//! files.

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use super::secret::{Secret, plain};
use super::token::{Content, VERSION, read, required, write};
use crate::limits::Platform;

/// All that one server knows us by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerApps {
    pub platform: Platform,
    /// Its host.
    pub server: String,
    pub apps: Vec<ServerApp>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerApp {
    /// The address that its logins end at, as it was registered: servers compare it letter by letter.
    pub redirect: String,
    pub id: String,
    pub secret: Secret,
}

#[derive(Serialize, Deserialize)]
struct File {
    v: u32,
    platform: Platform,
    server: String,
    apps: Vec<One>,
}

#[derive(Serialize, Deserialize)]
struct One {
    redirect: String,
    client_id: String,
    #[serde(default, with = "plain")]
    client_secret: Option<Secret>,
}

impl Content for ServerApps {
    const WHAT: &'static str = "list of apps at a server";

    fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let one = |app: &ServerApp| One {
            redirect: app.redirect.clone(),
            client_id: app.id.clone(),
            client_secret: Some(app.secret.clone()),
        };
        let apps = self.apps.iter().map(one).collect();
        write(&File { v: VERSION, platform: self.platform, server: self.server.clone(), apps })
    }

    fn from_json(json: &[u8]) -> Result<Self, String> {
        let File { platform, server, apps, .. } = read(json)?;
        let one = |one: One| {
            let secret = required(one.client_secret, "client_secret")?;
            Ok(ServerApp { redirect: one.redirect, id: one.client_id, secret })
        };
        Ok(Self { platform, server, apps: apps.into_iter().map(one).collect::<Result<_, String>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let app = |redirect: &str| ServerApp {
            redirect: redirect.to_owned(),
            id: "id-1".to_owned(),
            secret: Secret::new("secret-canary"),
        };
        let apps = vec![app("http://127.0.0.1:42813/callback"), app("urn:ietf:wg:oauth:2.0:oob")];
        let apps = ServerApps { platform: Platform::Mastodon, server: "mastodon.social".to_owned(), apps };
        assert_eq!(ServerApps::from_json(&apps.to_json()).unwrap(), apps);
        assert!(!format!("{apps:?}").contains("canary"));
        let without =
            br#"{"v":1,"platform":"mastodon","server":"a.example","apps":[{"redirect":"r","client_id":"i"}]}"#;
        assert_eq!(ServerApps::from_json(without).unwrap_err(), "`client_secret` is missing or empty");
    }
}
