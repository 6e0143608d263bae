//! Turns the options of `connections add` into settings of the file. Options that conflict, or that need others, are
//! refused in the same words as the command line parser uses.

use crate::{
    args::{AddArgs, AuthMethod},
    failure::Failure,
};
use AuthMethod::{AccessKey, AssumeRole, Profile, WebIdentity};
use lamplight_config::NewSetting;
use lamplight_domain::ErrorCode;

const PROFILE: &str = "--profile <NAME>";
const KEY_ID: &str = "--access-key-id <ID|REF>";
const KEY_SECRET: &str = "--secret-access-key <REF>";
const KEY_TOKEN: &str = "--session-token <REF>";
const ROLE: &str = "--role-arn <ARN>";
const EXTERNAL_ID: &str = "--external-id <ID>";
const SESSION: &str = "--session-name <NAME>";
const DURATION: &str = "--duration-seconds <SECONDS>";
const TOKEN_FILE: &str = "--token-file <FILE>";
const TOKEN_ENV: &str = "--token-env <NAME>";

/// The settings that the options ask for, in the order in which they are written to the file.
pub(super) fn settings(
    args: &AddArgs,
    region: Option<&String>,
    endpoint_url: Option<&String>,
) -> Result<Vec<NewSetting>, Failure> {
    let method = AuthChoice { args }.method()?;
    let mut settings = Settings::default();
    settings.text("--provider", "provider", args.provider.as_ref());
    settings.text("--region", "region", region);
    settings.text("--endpoint-url", "endpoint_url", endpoint_url);
    settings.text("--qualifier", "qualifier", args.qualifier.as_ref());
    for label in &args.labels {
        let (key, value) = pair(label, "--label")?;
        settings.text("--label", &format!("labels.{}", quoted(key)), Some(&value.to_owned()));
    }
    let role = match method {
        WebIdentity => "auth.web-identity",
        _ => "auth.assume-role",
    };
    let source = match method {
        AssumeRole => "auth.assume-role.source",
        _ => "auth",
    };
    match method {
        AuthMethod::Default if args.auth.is_none() => {}
        AuthMethod::Default => settings.text("--auth", "auth", Some(&"default".to_owned())),
        AuthMethod::InstanceProfile => {
            settings.text("--auth", "auth", Some(&"instance-profile".to_owned()));
        }
        AccessKey | AssumeRole | Profile | WebIdentity => {
            settings.text("--role-arn", &format!("{role}.role_arn"), args.role_arn.as_ref());
            settings.text("--external-id", &format!("{role}.external_id"), args.external_id.as_ref());
            settings.text("--session-name", &format!("{role}.session_name"), args.session_name.as_ref());
            settings.text("--token-file", &format!("{role}.token.file"), args.token_file.as_ref());
            settings.text("--token-env", &format!("{role}.token.env"), args.token_env.as_ref());
            settings.text("--profile", &format!("{source}.profile.name"), args.profile.as_ref());
            let key = format!("{source}.access-key");
            settings.text("--access-key-id", &format!("{key}.access_key_id"), args.access_key_id.as_ref());
            let secret = args.secret_access_key.as_ref();
            settings.text("--secret-access-key", &format!("{key}.secret_access_key"), secret);
            settings.text("--session-token", &format!("{key}.session_token"), args.session_token.as_ref());
            if let Some(seconds) = args.duration_seconds {
                settings.push("--duration-seconds", &format!("{role}.duration_seconds"), seconds.to_string());
            }
        }
    }
    for (number, setting) in args.settings.iter().enumerate() {
        let (key, value) = pair(setting, "--set")?;
        // The message repeats neither key nor value: they may be mixed up, and the value may be a secret.
        let given_by = match args.settings.len() {
            1 => "--set".to_owned(),
            _ => format!("--set (number {})", number + 1),
        };
        settings.push(&given_by, key, value.to_owned());
    }
    Ok(settings.0)
}

#[derive(Default)]
struct Settings(Vec<NewSetting>);

impl Settings {
    /// The value is a TOML string, even if it consists of digits.
    fn text(&mut self, given_by: &str, path: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.push(given_by, path, quoted(value));
        }
    }

    fn push(&mut self, given_by: &str, path: &str, value: String) {
        self.0.push(NewSetting { given_by: given_by.to_owned(), path: path.to_owned(), value });
    }
}

/// The authentication method that the options choose.
struct AuthChoice<'a> {
    args: &'a AddArgs,
}

impl AuthChoice<'_> {
    fn method(&self) -> Result<AuthMethod, Failure> {
        let args = self.args;
        let method = args.auth.unwrap_or_else(|| self.found());
        let given = self.given();
        let fits = |option: &(&'static str, &[AuthMethod])| option.1.contains(&method);
        if let Some((option, _)) = given.iter().find(|option| !fits(option)) {
            let other = match (args.auth, given.iter().find(|option| fits(option))) {
                (Some(named), _) => format!("--auth {}", name(named)),
                (None, Some((decisive, _))) => (*decisive).to_owned(),
                (None, None) => format!("--set auth.{}", name(method)),
            };
            return Err(option_conflict(option, &other));
        }
        let is_given = |option: &str| given.iter().any(|(given, _)| *given == option);
        let key = [KEY_ID, KEY_SECRET, KEY_TOKEN].into_iter().find(|option| is_given(option));
        if let (true, Some(key)) = (is_given(PROFILE), key) {
            return Err(option_conflict(PROFILE, key));
        }
        if is_given(TOKEN_FILE) && is_given(TOKEN_ENV) {
            return Err(option_conflict(TOKEN_FILE, TOKEN_ENV));
        }
        let own = format!("auth.{}", name(method));
        let source = if method == AssumeRole { format!("{own}.source") } else { "auth".to_owned() };
        let mut needed = Vec::new();
        if method == Profile {
            needed.push((PROFILE, format!("{own}.name")));
        }
        if matches!(method, AssumeRole | WebIdentity) {
            needed.push((ROLE, format!("{own}.role_arn")));
        }
        if method == AccessKey || key.is_some() {
            needed.push((KEY_ID, format!("{source}.access-key.access_key_id")));
            needed.push((KEY_SECRET, format!("{source}.access-key.secret_access_key")));
        }
        if method == WebIdentity && !is_given(TOKEN_ENV) {
            needed.push((TOKEN_FILE, format!("{own}.token")));
        }
        let missing: Vec<String> = needed
            .into_iter()
            .filter(|(option, path)| !is_given(option) && !self.sets(path))
            .map(|(option, _)| match option {
                TOKEN_FILE => format!("<{TOKEN_FILE}|{TOKEN_ENV}>"),
                _ => option.to_owned(),
            })
            .collect();
        if missing.is_empty() {
            return Ok(method);
        }
        let message = format!("the following required arguments were not provided: {}", missing.join(", "));
        Err(Failure::usage(ErrorCode::InvalidSetting, message)
            .with_hint("see `lamplight connections add --help`"))
    }

    /// The method that follows from the other options.
    fn found(&self) -> AuthMethod {
        let args = self.args;
        if args.token_file.is_some() || args.token_env.is_some() || self.sets("auth.web-identity") {
            WebIdentity
        } else if args.role_arn.is_some()
            || args.external_id.is_some()
            || args.session_name.is_some()
            || args.duration_seconds.is_some()
            || self.sets("auth.assume-role")
        {
            AssumeRole
        } else if args.access_key_id.is_some()
            || args.secret_access_key.is_some()
            || args.session_token.is_some()
        {
            AccessKey
        } else if args.profile.is_some() {
            Profile
        } else {
            AuthMethod::Default
        }
    }

    /// The options given, each with the methods that use it.
    fn given(&self) -> Vec<(&'static str, &'static [AuthMethod])> {
        let args = self.args;
        let options: [(&'static str, bool, &'static [AuthMethod]); 10] = [
            (TOKEN_FILE, args.token_file.is_some(), &[WebIdentity]),
            (TOKEN_ENV, args.token_env.is_some(), &[WebIdentity]),
            (ROLE, args.role_arn.is_some(), &[AssumeRole, WebIdentity]),
            (EXTERNAL_ID, args.external_id.is_some(), &[AssumeRole]),
            (SESSION, args.session_name.is_some(), &[AssumeRole, WebIdentity]),
            (DURATION, args.duration_seconds.is_some(), &[AssumeRole, WebIdentity]),
            (KEY_ID, args.access_key_id.is_some(), &[AccessKey, AssumeRole]),
            (KEY_SECRET, args.secret_access_key.is_some(), &[AccessKey, AssumeRole]),
            (KEY_TOKEN, args.session_token.is_some(), &[AccessKey, AssumeRole]),
            (PROFILE, args.profile.is_some(), &[Profile, AssumeRole]),
        ];
        options.into_iter().filter(|(_, is_given, _)| *is_given).map(|(name, _, of)| (name, of)).collect()
    }

    /// Whether a `--set` writes `path`, a part of it, or a table that may contain it.
    fn sets(&self, path: &str) -> bool {
        let begins = |text: &str, with: &str| {
            text.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.args.settings.iter().any(|setting| {
            let key = setting.split('=').next().unwrap_or_default();
            let key: String = key.chars().filter(|c| !matches!(c, '"' | '\'' | ' ')).collect();
            begins(&key, path) || (key != "auth" && begins(path, &key))
        })
    }
}

fn option_conflict(option: &str, other: &str) -> Failure {
    let message = format!("the argument '{option}' cannot be used with '{other}'");
    Failure::usage(ErrorCode::InvalidSetting, message).with_hint("leave one of the two out")
}

fn name(method: AuthMethod) -> String {
    clap::ValueEnum::to_possible_value(&method).map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The text as a TOML string; TOML reads the escapes of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn pair<'a>(text: &'a str, option: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(|| {
        // A text without a key may be a secret.
        Failure::usage(ErrorCode::InvalidSetting, format!("{option} takes KEY=VALUE"))
    })
}
