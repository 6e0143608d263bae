//! The settings that all AWS tools share, in variables and in their files: honoured as the AWS CLI does, or refused by name.

use crate::{
    cases::{each, snapshots},
    lamplight::{Done, Lamplight, done},
};
use lamplight_testkit::{World, aws::Trust};

/// An emulator, AWS at its real addresses, and a user's home with a key for both.
struct Setting {
    world: World,
    home: Lamplight,
    emulator: String,
    key: (String, String),
}

/// The host of a URL.
fn host(url: &str) -> &str {
    url.trim_start_matches("http://")
}

impl Setting {
    fn new() -> Self {
        let (world, home) = (World::default(), Lamplight::new());
        world.aws.echo();
        let (emulator, key) = (world.emulator(), world.aws.user("me"));
        Self { world, home, emulator, key: (key.id, key.secret) }
    }

    /// Replaces what only this setting knows.
    fn fill(&self, text: &str) -> String {
        text.replace("EMULATOR", &self.emulator).replace(
            "KEY",
            &format!("aws_access_key_id = {}\naws_secret_access_key = {}", self.key.0, self.key.1),
        )
    }

    /// Runs the function with these AWS files and variables, and with `lamplight.toml` if it is not empty.
    fn run(&self, files: &[(&str, &str)], variables: &[(&str, &str)], options: &str) -> Done {
        for (name, text) in files {
            self.home.file(name, &self.fill(text));
        }
        let line = format!("run echo --quiet -p name=Ada {options}");
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = self.home.command_in(&self.world, &words);
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(variables.iter().map(|(name, value)| (name, self.fill(value))));
        done(command.output().unwrap())
    }

    /// The hosts that the function was called at, and those that STS was called at.
    fn hosts(&self) -> (Vec<String>, Vec<String>) {
        let of = |action: &str| self.world.aws.calls_of(action).into_iter().map(|call| call.host).collect();
        (of("lambda:InvokeFunction"), of("sts:AssumeRole"))
    }
}

const CONFIG: &str = ".aws/config";
const REAL: &str = "lambda.eu-west-1.amazonaws.com";

/// With this configuration file and these variables, the function is called at this host; `EMULATOR` is the emulator's.
fn called_at(config: &str, variables: &[(&str, &str)], expected: &str) {
    let setting = Setting::new();
    let done = setting.run(&[(CONFIG, config)], variables, "");
    assert_eq!(done.code, 0, "{done:#?}\n{}", setting.world.log.told());
    assert_eq!(setting.hosts().0, [host(&setting.fill(expected))], "{config}");
}

const LOCAL: &str = "[profile local]\nregion = eu-west-1\nendpoint_url = EMULATOR\nKEY\n";
const SERVICES: &str = "[profile local]\nregion = eu-west-1\nservices = mine\nKEY\n[services mine]\n\
                        lambda =\n  endpoint_url = EMULATOR\nsts =\n  endpoint_url = http://127.0.0.1:9\n";
const NOWHERE: &str = "http://127.0.0.1:9";

each! { called_at;
    profile_by_aws_profile: LOCAL, &[("AWS_PROFILE", "local")], "EMULATOR";
    profile_by_aws_default_profile: LOCAL, &[("AWS_DEFAULT_PROFILE", "local")], "EMULATOR";
    profile_by_both_variables: LOCAL, &[("AWS_PROFILE", "local"), ("AWS_DEFAULT_PROFILE", "local")], "EMULATOR";
    an_empty_variable_for_the_profile_is_not_set:
        &LOCAL.replace("profile local", "default"), &[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "")], "EMULATOR";
    services_of_the_profile: SERVICES, &[("AWS_PROFILE", "local")], "EMULATOR";
    services_before_the_profiles_own:
        &SERVICES.replace("services = mine", "services = mine\nendpoint_url = http://127.0.0.1:9"),
        &[("AWS_PROFILE", "local")], "EMULATOR";
    the_variable_before_the_profile:
        &LOCAL.replace("EMULATOR", NOWHERE), &[("AWS_PROFILE", "local"), ("AWS_ENDPOINT_URL", "EMULATOR")], "EMULATOR";
    the_variable_of_the_service_before_the_general_one:
        &LOCAL.replace("EMULATOR", NOWHERE),
        &[("AWS_PROFILE", "local"), ("AWS_ENDPOINT_URL", NOWHERE), ("AWS_ENDPOINT_URL_LAMBDA", "EMULATOR")], "EMULATOR";
    the_variable_of_another_service_has_no_effect:
        LOCAL, &[("AWS_PROFILE", "local"), ("AWS_ENDPOINT_URL_STS", NOWHERE)], "EMULATOR";
    configured_endpoints_ignored_by_variable:
        LOCAL,
        &[("AWS_PROFILE", "local"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"), ("AWS_ENDPOINT_URL", NOWHERE)], REAL;
    configured_endpoints_ignored_by_profile:
        &format!("{LOCAL}ignore_configured_endpoint_urls = true\n"),
        &[("AWS_PROFILE", "local"), ("AWS_ENDPOINT_URL_LAMBDA", NOWHERE)], REAL;
    configured_endpoints_not_ignored:
        &format!("{LOCAL}ignore_configured_endpoint_urls = true\n"),
        &[("AWS_PROFILE", "local"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")], "EMULATOR";
    the_region_of_the_profile: "[default]\nregion = eu-west-1\nKEY\n", &[], REAL;
    the_variable_before_the_region_of_the_profile:
        "[default]\nregion = us-east-1\nKEY\n", &[("AWS_REGION", "eu-west-1")], REAL;
    fips_by_variable:
        "[default]\nregion = us-east-1\nKEY\n", &[("AWS_USE_FIPS_ENDPOINT", "true")], "lambda-fips.us-east-1.amazonaws.com";
    fips_by_profile:
        "[default]\nregion = us-east-1\nuse_fips_endpoint = true\nKEY\n", &[], "lambda-fips.us-east-1.amazonaws.com";
    dual_stack_by_variable:
        "[default]\nregion = eu-west-1\nKEY\n", &[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "lambda.eu-west-1.api.aws";
    // What the AWS CLI reads and the SDK's parser does not.
    indented_and_with_colons: "  [profile local]\n  # mine\n  region: eu-west-1\n  endpoint_url: EMULATOR\nKEY\n",
        &[("AWS_PROFILE", "local")], "EMULATOR";
    a_name_in_quotes: "[profile \"my local\"]\nregion = eu-west-1\nendpoint_url = EMULATOR\nKEY\n",
        &[("AWS_PROFILE", "my local")], "EMULATOR";
    with_a_byte_order_mark: &format!("\u{feff}{LOCAL}"), &[("AWS_PROFILE", "local")], "EMULATOR";
    // A broken file does not concern a key and a region from variables in a connection with its own key.
}

#[test]
fn a_connections_profile_brings_its_region_and_endpoint() {
    let toml = "[connections.x]\nauth.profile.name = 'local'\n";
    let setting = Setting::new();
    let done = setting.run(&[(CONFIG, LOCAL), ("lamplight.toml", toml)], &[], "-c x");
    assert_eq!(done.code, 0, "{done:#?}");
    assert_eq!(setting.hosts().0, [host(&setting.emulator)]);
    let shown = setting.home.line("connections show x").stdout;
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("region").ends_with(".aws/config:2"), "{shown}");
    assert!(line("endpoint_url").ends_with(".aws/config:3"), "{shown}");
}

#[test]
fn a_role_of_a_profile_is_assumed_at_the_profiles_endpoint() {
    let setting = Setting::new();
    let me = "arn:aws:iam::123456789012:user/me".to_owned();
    setting.world.aws.role("deploy", [Trust::Caller { arn: me, external_id: None, tags: false }]);
    let config = format!(
        "{LOCAL}[profile deploy]\nregion = eu-west-1\nendpoint_url = EMULATOR\n\
         role_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = local\n"
    );
    let done = setting.run(&[(CONFIG, &config)], &[("AWS_PROFILE", "deploy")], "");
    assert_eq!(done.code, 0, "{done:#?}\n{}", setting.world.log.told());
    let emulator = host(&setting.emulator).to_owned();
    assert_eq!(setting.hosts(), (vec![emulator.clone()], vec![emulator]));
    // Ignored, it is assumed at AWS.
    let ignoring = [
        ("AWS_PROFILE", "deploy"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ("AWS_ENDPOINT_URL", NOWHERE),
    ];
    let done = setting.run(&[(CONFIG, &config)], &ignoring, "");
    assert_eq!(done.code, 0, "{done:#?}\n{}", setting.world.log.told());
    let (called, assumed) = setting.hosts();
    assert_eq!((called[1].as_str(), assumed[1].as_str()), (REAL, "sts.eu-west-1.amazonaws.com"));
}

#[test]
fn a_connection_with_its_own_key_does_not_read_the_files() {
    let setting = Setting::new();
    let toml = format!(
        "[connections.x]\nregion = 'eu-west-1'\nauth.access-key = {{ access_key_id = '{}', secret_access_key = 'env:S' }}\n",
        setting.key.0
    );
    let secret = setting.key.1.clone();
    let variables = [("S", secret.as_str()), ("AWS_PROFILE", "absent")];
    let done = setting.run(&[(CONFIG, "not a file of AWS"), ("lamplight.toml", &toml)], &variables, "-c x");
    assert_eq!(done.code, 0, "{done:#?}");
}

#[test]
fn a_full_arn_brings_its_region() {
    let setting = Setting::new();
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:echo";
    let key =
        [("AWS_ACCESS_KEY_ID", setting.key.0.clone()), ("AWS_SECRET_ACCESS_KEY", setting.key.1.clone())];
    let run = |region: Option<&str>, line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = setting.home.command_in(&setting.world, &words);
        command.envs(key.clone());
        command.envs(region.map(|region| ("AWS_REGION", region)));
        done(command.output().unwrap())
    };
    for region in [None, Some("us-east-1")] {
        let done = run(region, &format!("run {arn} --quiet"));
        assert_eq!(done.code, 0, "{done:#?}");
    }
    assert_eq!(setting.hosts().0, [REAL, REAL]);
    assert!(run(None, &format!("open {arn} --print")).stdout.contains("eu-west-1.console.aws.amazon.com"));
    let contradicted = run(None, &format!("run {arn} --region us-east-1"));
    assert!(
        contradicted.code == 2 && contradicted.stderr.contains("is in region eu-west-1"),
        "{contradicted:#?}"
    );
}

/// The error with this configuration file and these variables. It is never that there is no job.
fn refused(config: &str, variables: &[(&str, &str)]) -> String {
    let setting = Setting::new();
    let done = setting.run(&[(CONFIG, config)], variables, "");
    assert_eq!(done.code, 2, "{done:#?}");
    assert!(setting.world.log.all().is_empty(), "{}", setting.world.log.told());
    let port = setting.emulator.rsplit(':').next().unwrap();
    setting.home.without_paths(&done.stderr).replace(port, "PORT")
}

const MINE: &str = "[default]\nregion = eu-west-1\nKEY\n";

snapshots! { refused;
    a_line_that_no_tool_reads: &format!("{MINE}hunter2\n"), &[];
    a_setting_before_the_first_section: "region = eu-west-1\n[default]\n", &[];
    two_profiles: MINE, &[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")];
    services_that_are_not_there: &format!("{MINE}services = mine\n"), &[];
    neither_true_nor_false: MINE, &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "yes")];
    neither_true_nor_false_in_the_profile: &format!("{MINE}use_fips_endpoint = on\n"), &[];
    fips_beside_an_endpoint: MINE, &[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_ENDPOINT_URL", "EMULATOR")];
    region_misspelt_in_a_variable: MINE, &[("AWS_REGION", "eu-wst-1")];
    region_misspelt_in_the_profile: "[default]\nregion = eu-wst-1\nKEY\n", &[];
    endpoint_not_valid_in_the_profile: &format!("{MINE}endpoint_url = localhost:4566\n"), &[];
    plain_http_in_the_profile: &format!("{MINE}endpoint_url = http://emulator:4566\n"), &[];
    plain_http_in_a_variable: MINE, &[("AWS_ENDPOINT_URL_STS", "http://10.0.0.1")];
    proxy_not_usable: MINE, &[("HTTPS_PROXY", "http://user:hunter2@proxy:port")];
    proxy_of_another_kind: MINE, &[("ALL_PROXY", "socks5://proxy:1080")];
    profile_without_a_file_and_without_a_region: "", &[("AWS_PROFILE", "absent")];
}

/// Otherwise AWS itself would be called in place of the endpoint.
#[test]
fn an_endpoint_indented_below_another_key_is_refused() {
    let setting = Setting::new();
    for config in [
        "[default]\nregion = eu-west-1\n  endpoint_url = EMULATOR\nKEY\n",
        "[default]\nregion = eu-west-1\n\n# why\n  endpoint_url = EMULATOR\nKEY\n",
        "[default]\n  region = eu-west-1\n    endpoint_url = EMULATOR\nKEY\n",
        "[default]\rregion = eu-west-1\r  endpoint_url = EMULATOR\r",
        "[default]\nregion =\n  endpoint_url = EMULATOR\nKEY\n",
    ] {
        for (file, other) in [(CONFIG, ".aws/credentials"), (".aws/credentials", CONFIG)] {
            let variables = [("AWS_REGION", "eu-west-1")];
            let done = setting.run(&[(file, config), (other, "")], &variables, "");
            assert_eq!(done.code, 2, "{config:?}: {done:#?}");
            assert!(
                done.stderr.contains(&format!("{file}:")) && done.stderr.contains("is indented more"),
                "{done:#?}"
            );
        }
    }
    assert!(setting.world.log.all().is_empty(), "{}", setting.world.log.told());
}

#[test]
fn a_missing_profile_is_named_beside_a_key_in_variables_too() {
    let setting = Setting::new();
    let (id, secret) = (setting.key.0.clone(), setting.key.1.clone());
    let variables = [
        ("AWS_PROFILE", "absent"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", secret.as_str()),
    ];
    let done = setting.run(&[], &variables, "");
    assert_eq!(done.code, 4, "{done:#?}");
    assert!(done.stderr.contains("profile absent, named by AWS_PROFILE, does not exist"), "{done:#?}");
    assert!(setting.hosts().0.is_empty());
}

#[test]
fn plain_http_is_allowed_in_each_of_three_places() {
    let setting = Setting::new();
    // Nothing answers there; what matters is that the address is accepted.
    let url = "http://emulator.invalid:4566";
    let toml = "[connections.x]\nregion = 'eu-west-1'\n";
    let allowed = format!("{toml}allow_http = true\n");
    for (toml, variables, options, is_allowed) in [
        (toml, vec![], "", false),
        (toml, vec![("LAMPLIGHT_ALLOW_HTTP", "false")], "", false),
        (toml, vec![("LAMPLIGHT_ALLOW_HTTP", "true")], "", true),
        (toml, vec![("LAMPLIGHT_ALLOW_HTTP", "1")], "", true),
        (toml, vec![], "--allow-http", true),
        (&allowed, vec![], "", true),
    ] {
        let variables = [variables, vec![("AWS_ENDPOINT_URL", url)]].concat();
        let done =
            setting.run(&[(CONFIG, MINE), ("lamplight.toml", toml)], &variables, &format!("-c x {options}"));
        let is_refused = done.code == 2 && done.stderr.contains("uses plain HTTP to another machine");
        assert_eq!(is_refused, !is_allowed, "{variables:?} {options}: {done:#?}");
    }
}

/// Every variable of the reference of the AWS SDKs and tools, and those of the AWS CLI that concern all its commands.
const VARIABLES: &str = "AWS_ACCESS_KEY_ID AWS_ACCOUNT_ID AWS_ACCOUNT_ID_ENDPOINT_MODE AWS_AUTH_SCHEME_PREFERENCE \
    AWS_CA_BUNDLE AWS_CLI_AUTO_PROMPT AWS_CONFIG_FILE AWS_CONTAINER_AUTHORIZATION_TOKEN \
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI \
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_DATA_PATH AWS_DEFAULTS_MODE AWS_DEFAULT_OUTPUT AWS_DEFAULT_PROFILE \
    AWS_DEFAULT_REGION AWS_DISABLE_HOST_PREFIX_INJECTION AWS_DISABLE_REQUEST_COMPRESSION AWS_EC2_METADATA_DISABLED \
    AWS_EC2_METADATA_SERVICE_ENDPOINT AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE AWS_EC2_METADATA_V1_DISABLED \
    AWS_ENABLE_ENDPOINT_DISCOVERY AWS_ENDPOINT_URL AWS_ENDPOINT_URL_LAMBDA AWS_ENDPOINT_URL_STS \
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_LOGIN_CACHE_DIRECTORY AWS_MAX_ATTEMPTS \
    AWS_METADATA_SERVICE_NUM_ATTEMPTS AWS_METADATA_SERVICE_TIMEOUT AWS_PAGER AWS_PROFILE AWS_REGION \
    AWS_REQUEST_CHECKSUM_CALCULATION AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES AWS_RESPONSE_CHECKSUM_VALIDATION \
    AWS_RETRY_MODE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_S3_DISABLE_EXPRESS_SESSION_AUTH \
    AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS AWS_S3_US_EAST_1_REGIONAL_ENDPOINT AWS_S3_USE_ARN_REGION \
    AWS_SDK_UA_APP_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SHARED_CREDENTIALS_FILE \
    AWS_SIGV4A_SIGNING_REGION_SET AWS_STS_REGIONAL_ENDPOINTS AWS_USE_DUALSTACK_ENDPOINT AWS_USE_FIPS_ENDPOINT \
    AWS_WEB_IDENTITY_TOKEN_FILE";

/// Every key of a profile in that reference.
const KEYS: &str = "account_id_endpoint_mode api_versions auth_scheme_preference aws_access_key_id aws_account_id \
    aws_secret_access_key aws_session_token ca_bundle credential_process credential_source defaults_mode \
    disable_host_prefix_injection disable_request_compression duration_seconds ec2_metadata_service_endpoint \
    ec2_metadata_service_endpoint_mode ec2_metadata_v1_disabled endpoint_discovery_enabled endpoint_url external_id \
    ignore_configured_endpoint_urls login_session max_attempts metadata_service_num_attempts \
    metadata_service_timeout mfa_serial output parameter_validation region request_checksum_calculation \
    request_min_compression_size_bytes response_checksum_validation retry_mode role_arn role_session_name \
    s3_disable_express_session_auth s3_disable_multiregion_access_points s3_us_east_1_regional_endpoint \
    s3_use_arn_region sdk_ua_app_id services sigv4a_signing_region_set source_profile sso_account_id sso_region \
    sso_registration_scopes sso_role_name sso_session sso_start_url sts_regional_endpoints tcp_keepalive \
    use_dualstack_endpoint use_fips_endpoint web_identity_token_file";

#[test]
fn the_document_says_of_every_shared_setting_whether_it_is_honoured() {
    let text = include_str!("../../../../docs/connections.md");
    let section = text.split("\n## Settings of AWS tools\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let cells = |line: &'static str| line.split('|').map(str::trim).collect();
    let rows: Vec<Vec<&str>> = section.lines().filter(|line| line.starts_with('|')).map(cells).collect();
    for (place, names) in [(1, VARIABLES), (2, KEYS)] {
        for name in names.split_whitespace() {
            let named = |row: &&Vec<&str>| row[place].contains(&format!("`{name}`"));
            assert_eq!(rows.iter().filter(named).count(), 1, "{name}");
        }
    }
    for row in rows.iter().skip(2) {
        let verdict = row[3];
        assert!(verdict.starts_with("honoured") || verdict.starts_with("not, because "), "{row:?}");
    }
}
