//! Options of the AWS CLI that users type from habit, and how to say the same here.

use clap::{ArgMatches, Command};
use std::ffi::OsString;

/// Options of the AWS CLI whose settings are given in another way. Those with the same name are not listed.
const OTHERS: [(&str, &str); 29] = [
    ("ca-bundle", "set SSL_CERT_FILE to the file with the certificates"),
    ("cli-binary-format", "leave it out: --payload takes JSON as text"),
    ("cli-connect-timeout", "leave it out: connecting has a time limit of its own"),
    ("cli-input-json", "give each setting by its own option"),
    ("cli-read-timeout", "leave it out: a call waits as long as the function may run"),
    ("code", "use --zip-file, --s3-bucket and --s3-key, or --image-uri"),
    ("color", "set NO_COLOR=1 for output without colors"),
    ("dead-letter-config", "use --dead-letter-target-arn ARN"),
    ("debug", "set LAMPLIGHT_LOG=debug"),
    ("destination-config", "use --on-success ARN and --on-failure ARN"),
    ("file-system-configs", "use --file-system ARN=PATH"),
    ("function", "name the function without an option"),
    ("function-name", "name the function without an option"),
    ("image-config", "use --image-entry-point, --image-command and --image-working-directory"),
    ("log-type", "leave it out: the log tail is shown unless you give --no-log-tail"),
    ("logging-config", "use --log-format, --application-log-level, --system-log-level and --log-group"),
    ("no-cli-pager", "leave it out: no pager is started"),
    ("no-paginate", "leave it out: all pages are listed unless you give --max-items"),
    ("no-sign-request", "leave it out: every request to Lambda must be signed"),
    ("no-verify-ssl", "certificates are always verified: set SSL_CERT_FILE to trust another one"),
    (
        "profile",
        "set AWS_PROFILE, or add a connection with this profile: connections add NAME --profile PROFILE",
    ),
    ("query", "use --output json, and a program such as jq"),
    ("resource", "name the function without an option"),
    ("routing-config", "use --routing VERSION=WEIGHT"),
    ("starting-token", "use --marker MARKER"),
    ("tag-keys", "name the keys without an option"),
    ("tracing-config", "use --tracing-mode MODE"),
    ("version-number", "name the version without an option"),
    ("vpc-config", "use --subnet-ids and --security-group-ids"),
];

/// What to do instead of the unexpected option `word`, if the AWS CLI has it.
pub fn advice(grammar: &Command, arguments: &[OsString], word: &str) -> Option<String> {
    let name = word.strip_prefix("--")?.split('=').next()?;
    let verb = deepest(grammar, arguments);
    let id = name.replace('-', "_");
    let by_place = verb.get_positionals().find(|positional| is_called(positional, &id));
    if let Some(positional) = by_place {
        let places: Vec<String> = verb.get_positionals().map(value_name).collect();
        return Some(format!(
            "give {} without the option: {} {}",
            value_name(positional),
            verb.get_bin_name().unwrap_or_else(|| verb.get_name()),
            places.join(" ")
        ));
    }
    OTHERS.iter().find(|(other, _)| *other == name).map(|(_, advice)| (*advice).to_owned())
}

/// Whether the AWS CLI calls this value `id`: some names there begin with the thing, as in `function_name`.
fn is_called(positional: &clap::Arg, id: &str) -> bool {
    let own = positional.get_id().as_str();
    own == id || id.strip_suffix("_name") == Some(own) || id.strip_suffix("_number") == Some(own)
}

fn value_name(positional: &clap::Arg) -> String {
    match positional.get_value_names() {
        Some([name, ..]) => name.to_string(),
        _ => positional.get_id().as_str().to_uppercase(),
    }
}

/// The command that the arguments lead to.
fn deepest<'a>(grammar: &'a Command, arguments: &[OsString]) -> &'a Command {
    arguments
        .iter()
        .skip(1)
        .filter_map(|argument| argument.to_str())
        .fold(grammar, |command, word| command.find_subcommand(word).unwrap_or(command))
}

/// The first value without an option of the command that was parsed: for most commands a function.
pub fn first_value(grammar: &Command, matches: &ArgMatches) -> Option<String> {
    let (mut command, mut matches) = (grammar, matches);
    while let Some((name, own)) = matches.subcommand() {
        (command, matches) = (command.find_subcommand(name)?, own);
    }
    let first = command.get_positionals().next()?;
    let value = matches.try_get_raw(first.get_id().as_str()).ok()??.next()?;
    value.to_str().map(str::to_owned)
}
