//! What surrounds every page: its title, who is signed in, where it is, and whether it lives.

use super::parts::{Markup, exact};
use lamplight_domain::{Actor, Role, Timestamp};

/// A place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The jobs.
    Jobs,
    /// The runs.
    Runs,
    /// The functions.
    Functions,
    /// The connections.
    Connections,
    /// Tokens and audit log.
    Admin,
    /// None of them.
    Nowhere,
}

/// A forced theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

impl Theme {
    /// The theme of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    /// The name in the cookie and in markup.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The title, without the name of the program.
    pub title: String,
    /// Where the page is.
    pub place: Place,
    /// The theme that the reader has chosen.
    pub theme: Option<Theme>,
    /// Who is signed in.
    pub who: Option<Who>,
    /// When the page is written.
    pub now: Timestamp,
    /// What the events of the page are of; `None` if it does not live.
    pub live: Option<String>,
    /// Whether the page loads itself again if scripts are off.
    pub refresh: bool,
}

impl Frame {
    /// A frame without a title and a place.
    pub fn new(who: Option<&Actor>, theme: Option<Theme>, now: Timestamp) -> Self {
        let who = who.map(|actor| Who { name: actor.name().to_owned(), role: actor.role });
        Self { title: String::new(), place: Place::Nowhere, theme, who, now, live: None, refresh: false }
    }

    /// The same frame with a title and a place.
    #[must_use]
    pub fn of(self, place: Place, title: impl Into<String>) -> Self {
        Self { place, title: title.into(), ..self }
    }

    /// The same frame for a page that receives events.
    #[must_use]
    pub fn live(self, of: impl Into<String>) -> Self {
        Self { live: Some(of.into()), ..self }
    }

    /// Whether whoever is signed in has this role or a stronger one.
    pub fn may(&self, role: Role) -> bool {
        self.who.as_ref().is_some_and(|who| who.role >= role)
    }

    /// Whether runs may be started.
    pub fn may_run(&self) -> bool {
        self.may(Role::Runner)
    }

    /// Whether jobs and tokens may be changed.
    pub fn may_change(&self) -> bool {
        self.may(Role::Admin)
    }

    /// The theme that the switch leads to without scripts.
    pub fn other_theme(&self) -> &'static str {
        match self.theme {
            Some(Theme::Dark) => Theme::Light.as_str(),
            Some(Theme::Light) | None => Theme::Dark.as_str(),
        }
    }

    /// The navigation: place, address, name for keys, and text.
    pub fn nav(&self) -> Vec<(Place, &'static str, &'static str, &'static str)> {
        let mut nav = vec![
            (Place::Jobs, "/", "jobs", "Jobs"),
            (Place::Runs, "/runs", "runs", "Runs"),
            (Place::Functions, "/functions", "functions", "Functions"),
            (Place::Connections, "/connections", "connections", "Connections"),
        ];
        if self.may_change() {
            nav.push((Place::Admin, "/admin/tokens", "admin", "Admin"));
        }
        nav
    }

    /// The time of writing for scripts.
    pub fn now_iso(&self) -> String {
        format!("{:.0}", self.now)
    }

    /// The time of writing for people.
    pub fn rendered(&self) -> Markup {
        exact(self.now, self.now)
    }
}
