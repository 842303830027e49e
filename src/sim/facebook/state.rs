//! Everything the make-believe Facebook remembers: apps, people, Pages, tokens, media and posts. It keeps them and hands
//! out fresh names; what is allowed is decided elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::call::Reply;
use super::comments::Comment;
use super::dialog::Code;
use super::meter::Meter;
use super::photos::Photo;
use super::posts::Post;
use super::uploads::Session;
use super::videos::Video;
use super::{App, NewPage, Options, errors};
use crate::sim::World;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) apps: BTreeMap<String, App>,
    pub(super) people: Vec<Person>,
    pub(super) pages: BTreeMap<u64, Page>,
    /// What people allowed apps, by the person's index and the app's id.
    pub(super) logins: BTreeMap<(usize, String), Login>,
    pub(super) grants: HashMap<String, Grant>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) photos: BTreeMap<u64, Photo>,
    pub(super) videos: BTreeMap<u64, Video>,
    pub(super) sessions: HashMap<String, Session>,
    pub(super) posts: Vec<Post>,
    pub(super) comments: Vec<Comment>,
    pub(super) meter: Meter,
    /// What was passed over in silence.
    pub(super) ignored: Vec<String>,
    /// Names of Instagram accounts, where known.
    pub(super) instagram_names: HashMap<String, String>,
    sequence: u64,
}

/// A person; known elsewhere by the index in [`State::people`].
pub(super) struct Person {
    pub(super) id: u64,
    pub(super) name: String,
    /// Whether they have a role on the apps.
    pub(super) developer: bool,
    /// Their tasks on Pages.
    pub(super) tasks: BTreeMap<u64, Vec<String>>,
}

pub(super) struct Page {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) category: String,
    /// The portfolio that holds it: id and name.
    pub(super) business: Option<u64>,
    /// The professional Instagram account it is connected to.
    pub(super) instagram: Option<String>,
}

/// What a person allowed an app.
pub(super) struct Login {
    /// Scopes asked for, and whether they were granted.
    pub(super) scopes: BTreeMap<String, bool>,
    /// The Pages the person chose.
    pub(super) pages: Vec<u64>,
    pub(super) data_until: SystemTime,
}

/// Whom a token acts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    User,
    Page(u64),
}

/// An access token.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) holder: Holder,
    pub(super) person: usize,
    pub(super) app: String,
    pub(super) scopes: Vec<String>,
    /// `None`: it does not end.
    pub(super) expires: Option<SystemTime>,
    pub(super) long_lived: bool,
    /// The subcode it is refused with from now on.
    pub(super) dead: Option<u32>,
    /// The user token a Page token was made from.
    pub(super) parent: Option<String>,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        let app = App::default();
        Self {
            options: Options::default(),
            world,
            apps: BTreeMap::from([(app.id.clone(), app)]),
            people: Vec::new(),
            pages: BTreeMap::new(),
            logins: BTreeMap::new(),
            grants: HashMap::new(),
            codes: HashMap::new(),
            photos: BTreeMap::new(),
            videos: BTreeMap::new(),
            sessions: HashMap::new(),
            posts: Vec::new(),
            comments: Vec::new(),
            meter: Meter::default(),
            ignored: Vec::new(),
            instagram_names: HashMap::new(),
            sequence: 0,
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.world.now()
    }

    /// A number unlike any other's, too large for a JSON number that is read as a float.
    pub(super) fn number(&mut self) -> u64 {
        self.sequence += 1;
        122_100_000_000_000_003 + self.sequence * 6_007
    }

    pub(super) fn add_page(&mut self, new: &NewPage) -> u64 {
        let id = new.id.unwrap_or_else(|| self.number());
        let (name, category) = (new.name.clone(), new.category.clone());
        let page = Page { id, name, category, business: new.business, instagram: None };
        self.pages.entry(id).or_insert(page);
        id
    }

    pub(super) fn person(&self, id: &str) -> Option<usize> {
        let id: u64 = id.parse().ok()?;
        self.people.iter().position(|person| person.id == id)
    }

    /// Notes a thing that Facebook would silently pass over; in strict mode it is refused.
    pub(super) fn pass_over(&mut self, what: &str) -> Result<(), Reply> {
        if self.options.strict {
            return Err(errors::invalid(&format!("Unexpected {what}: it would be ignored")));
        }
        self.ignored.push(what.to_owned());
        Ok(())
    }

    /// Makes a user token.
    pub(super) fn grant_user(&mut self, person: usize, app: &str, scopes: &[String], long_lived: bool) -> String {
        let life = if long_lived { self.options.long_token_life } else { self.options.short_token_life };
        let expires = Some(self.now() + life);
        self.grant(Grant {
            holder: Holder::User,
            person,
            app: app.to_owned(),
            scopes: scopes.to_vec(),
            expires,
            long_lived,
            dead: None,
            parent: None,
        })
    }

    /// The Page token that belongs to a user token. It has no end if that one is long-lived, else it ends with it.
    pub(super) fn grant_page(&mut self, parent: &str, page: u64) -> Option<String> {
        let holder = Holder::Page(page);
        let same = |grant: &Grant| grant.holder == holder && grant.parent.as_deref() == Some(parent);
        let known = self.grants.iter().find(|(_, grant)| same(grant) && grant.dead.is_none());
        if let Some((token, _)) = known {
            return Some(token.clone());
        }
        let from = self.grants.get(parent)?;
        let expires = from.expires.filter(|_| !from.long_lived);
        Some(self.grant(Grant { holder, expires, parent: Some(parent.to_owned()), ..from.clone() }))
    }

    fn grant(&mut self, grant: Grant) -> String {
        let token = opaque("EAA", 180);
        self.grants.insert(token.clone(), grant);
        token
    }

    /// What the person allows this app now, added to what they allowed before.
    pub(super) fn allow(&mut self, person: usize, app: &str, scopes: &[(String, bool)], pages: &[u64]) {
        let data_until = self.now() + self.options.data_access;
        let fresh = Login { scopes: BTreeMap::new(), pages: Vec::new(), data_until };
        let login = self.logins.entry((person, app.to_owned())).or_insert(fresh);
        login.scopes.extend(scopes.iter().cloned());
        login.pages = pages.to_vec();
        login.data_until = data_until;
    }

    /// Every matching token is refused from now on.
    pub(super) fn kill(&mut self, subcode: u32, which: impl Fn(&Grant) -> bool) {
        for grant in self.grants.values_mut().filter(|grant| grant.dead.is_none() && which(grant)) {
            grant.dead = Some(subcode);
        }
    }
}

/// Seconds since 1970.
pub(super) fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// As the Graph writes times: the offset without a colon.
pub(super) fn time(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// A secret nobody can read anything from, `length` characters long.
pub(super) fn opaque(prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    while text.len() < length {
        text.push_str(&URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes()).replace(['-', '_'], "Z"));
    }
    text.truncate(length);
    text
}
