//! A home in which everything that is secret is marked, and a world that takes it.

use crate::{
    lamplight::{Done, Lamplight, done},
    no_secret_search::{
        Marker, Places, SHORTEST, core, field, header, nowhere, search, search_folder, search_wire,
    },
};
use lamplight_testkit::{
    World,
    aws::{Trust, random, role, user},
    entra::{self, ManagedIdentity, TokenEndpoint},
    http::{Request, hex},
    jwt::{Issuer, SigningPair},
    lambda::{Behaviour, Function},
    oidc::{Proof, Provider},
    sts::REFUSES,
    vault::Vault,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::Arc,
};
use tempfile::TempDir;

/// All that can be asked for, from everybody: what is more specific than our own limits as well.
const LOG: &str = "trace,aws_smithy_runtime::client=trace,aws_sigv4::http_request=trace,aws_sdk_secretsmanager=trace,\
                   aws_sdk_sso=trace,aws_sdk_sts::operation=trace,aws_config::sso=trace,hyper::proto=trace,\
                   hyper_util::client=trace,rustls::client=trace,h2::codec=trace";

pub struct Bench {
    pub world: World,
    pub home: Lamplight,
    /// What a user keeps elsewhere: its files may hold secrets.
    kept: TempDir,
    environment: Vec<(&'static str, String)>,
    markers: Vec<Marker>,
    issuers: Vec<Arc<Issuer>>,
}

/// A text of its own that has to be escaped wherever it goes.
fn secret() -> String {
    format!("p\"&= %{}", hex(&random(16)))
}

/// A key whose text can be looked for: by its second line, since the first ones of all keys begin alike.
fn client_key() -> (SigningPair, String) {
    loop {
        let pair = SigningPair::new("k");
        let pem = pair.pem();
        if core(pem.lines().nth(2).unwrap()).len() >= SHORTEST {
            return (pair, pem);
        }
    }
}

fn token_place(request: &Request) -> Vec<String> {
    [field(request, "WebIdentityToken"), field(request, "client_assertion")].concat()
}

fn event_place(request: &Request) -> Vec<String> {
    let body = request.path.ends_with("/invocations").then(|| request.text().unwrap_or_default().to_owned());
    // Whatever a variable holds may be meant as a secret id.
    body.into_iter().chain(login_place(request)).collect()
}

/// Where a function is made or its settings are changed.
fn settings_place(request: &Request) -> Vec<String> {
    let sets = request.is("POST", "/2015-03-31/functions") || request.path.ends_with("/configuration");
    let body = sets.then(|| request.text().unwrap_or_default().to_owned());
    body.into_iter().chain(login_place(request)).collect()
}

fn login_place(request: &Request) -> Vec<String> {
    let body = request.path.ends_with("/login").then(|| request.text().unwrap_or_default().to_owned());
    body.into_iter().collect()
}

impl Bench {
    pub fn new() -> Self {
        let mut bench = Self {
            world: World::default(),
            home: Lamplight::new(),
            kept: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
            markers: Vec::new(),
            issuers: Vec::new(),
        };
        bench.functions();
        let config = [bench.keys(), bench.stores(), bench.tokens(), bench.clients(), bench.entra()];
        bench.home.file("lamplight.toml", &config.concat());
        bench
    }

    fn mark(&mut self, what: &'static str, text: &str, places: Places) {
        self.markers.push(Marker::new(what, text, places));
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.environment.push((name, value.into()));
    }

    /// A marked secret in a variable.
    fn marked(&mut self, name: &'static str, what: &'static str, places: Places) -> String {
        let text = secret();
        self.mark(what, &text, places);
        self.set(name, &*text);
        text
    }

    /// What a variable holds.
    pub fn value(&self, name: &str) -> String {
        self.environment.iter().find(|(own, _)| *own == name).unwrap().1.clone()
    }

    /// A file outside of the home.
    pub fn keep(&self, name: &str, text: &str) -> String {
        let path = self.kept.path().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path.display().to_string()
    }

    fn functions(&mut self) {
        let password = secret();
        self.mark("environment of a function", &password, nowhere);
        let environment =
            BTreeMap::from([("DB_PASSWORD".to_owned(), password), ("STAGE".to_owned(), "x".to_owned())]);
        let function =
            |behaviour| Function { behaviour, environment: environment.clone(), ..Function::default() };
        let refused = |status, code| Behaviour::Refused(status, code, "no".to_owned());
        self.world.aws.account().functions = [
            ("quiet", function(Behaviour::Says("{\"done\":true}"))),
            ("fails", function(Behaviour::Fails)),
            ("broken", function(refused(500, "ServiceException"))),
            ("denied", function(refused(403, "AccessDeniedException"))),
            ("busy", function(refused(429, "TooManyRequestsException"))),
        ]
        .map(|(name, function)| (name.to_owned(), function))
        .into();
        self.marked("PARAMETER", "secret parameter", event_place);
        self.marked("VARIABLE", "secret variable of a new function", settings_place);
    }

    fn keys(&mut self) -> String {
        let (own, session) = (self.world.aws.user("me"), self.world.aws.session("worker", "me"));
        self.set("OWN_SECRET", &own.secret);
        self.set("SESSION_ID", &session.id);
        self.set("SESSION_SECRET", &session.secret);
        self.set("SESSION_TOKEN", session.session_token.clone().unwrap());
        let wrong = format!("/+{}", "0123456789abcdef".repeat(3));
        self.mark("wrong secret access key", &wrong, nowhere);
        self.set("WRONG_SECRET", wrong);
        let trust = Trust::Caller { arn: user("me"), external_id: None, tags: false };
        self.world.aws.role("deploy", [trust]);
        let own = format!("access_key_id = \"{}\", secret_access_key = \"env:OWN_SECRET\"", own.id);
        let connection =
            |name: &str, auth: &str| format!("[connections.{name}]\nregion = \"eu-west-1\"\nauth = {auth}\n");
        let source = format!("source = {{ access-key = {{ {own} }} }}");
        [
            "default_connection = \"key\"\n[secrets.vault]\naddress = \"https://vault.example.com:8200\"\n\
             auth = { token = \"env:VAULT_TOKEN_HERE\" }\n[secrets.aws-sm]\nconnection = \"key\"\n"
                .to_owned(),
            connection("key", &format!("{{ access-key = {{ {own} }} }}")),
            connection(
                "session",
                "{ access-key = { access_key_id = \"env:SESSION_ID\", secret_access_key = \"env:SESSION_SECRET\", \
                 session_token = \"env:SESSION_TOKEN\" } }",
            ),
            connection(
                "wrong-session",
                "{ access-key = { access_key_id = \"env:SESSION_ID\", secret_access_key = \"env:WRONG_SECRET\", \
                 session_token = \"env:SESSION_TOKEN\" } }",
            ),
            connection("wrong", &format!("{{ access-key = {{ {} }} }}", own.replace("OWN_SECRET", "WRONG_SECRET"))),
            connection("absent", &format!("{{ access-key = {{ {} }} }}", own.replace("OWN_SECRET", "ABSENT"))),
            connection("role", &format!("{{ assume-role = {{ role_arn = \"{}\", {source} }} }}", role("deploy"))),
            connection(
                "refused",
                &format!("{{ assume-role = {{ role_arn = \"{}\", {source} }} }}", role(&format!("{REFUSES}AccessDenied"))),
            ),
        ]
        .concat()
    }

    fn stores(&mut self) -> String {
        let (vaulted, managed) = (self.world.aws.user("vaulted"), self.world.aws.user("managed"));
        let token =
            self.marked("VAULT_TOKEN_HERE", "vault token", |request| header(request, "x-vault-token"));
        // A header takes no line ends and no more; the token is one that a vault would give.
        let (secret_id, session) = (hex(&random(16)), hex(&random(16)));
        self.mark("secret id of an AppRole", &secret_id, login_place);
        self.mark("token of a sign-in", &session, |request| header(request, "x-vault-token"));
        self.set("ROLE_SECRET_ID", &*secret_id);
        let approle = Some(("role", secret_id, session));
        let mut vault = Vault { tokens: vec![token], forbidden: vec!["closed"], approle, ..Vault::default() };
        let entry = json!({ "id": vaulted.id, "key": vaulted.secret });
        vault.entries.insert("open", entry.as_object().unwrap().clone());
        self.world.https("vault.example.com:8200", Arc::new(vault));
        let entry = json!({ "id": managed.id, "key": managed.secret }).to_string();
        self.world.aws.account().secrets.insert("open".to_owned(), entry);
        let connection = |name: &str, reference: &str| {
            format!(
                "[connections.{name}]\nregion = \"eu-west-1\"\n[connections.{name}.auth.access-key]\n\
                 access_key_id = \"{reference}#id\"\nsecret_access_key = \"{reference}#key\"\n"
            )
        };
        [
            connection("vault", "vault:secret/open"),
            connection("vault-closed", "vault:secret/closed"),
            connection("vault-absent", "vault:secret/absent"),
            connection("managed", "aws-sm:open"),
            connection("managed-closed", "aws-sm:forbidden"),
            connection("managed-absent", "aws-sm:absent"),
        ]
        .concat()
    }

    /// An issuer that AWS trusts, for the role of this name.
    fn issuer(&mut self, url: &str, name: &str, subject: &str, audience: &str) -> Arc<Issuer> {
        let issuer = Arc::new(Issuer::new(url));
        self.issuers.push(Arc::clone(&issuer));
        self.world.aws.account().providers.push(Arc::clone(&issuer));
        let (audience, subject) = (audience.to_owned(), subject.to_owned());
        self.world.aws.role(name, [Trust::Token { issuer: url.to_owned(), audience, subject }]);
        issuer
    }

    fn tokens(&mut self) -> String {
        let issuer = self.issuer("https://ci.example.com", "ci", "ci", "sts.amazonaws.com");
        self.set("CI_TOKEN", issuer.token("ci", "sts.amazonaws.com"));
        let file = self.keep("token", &issuer.token("stranger", "sts.amazonaws.com"));
        let connection = |name: &str, token: &str| {
            let role = role("ci");
            format!(
                "[connections.{name}]\nregion = \"eu-west-1\"\n\
                 auth = {{ web-identity = {{ role_arn = \"{role}\", token = {{ {token} }} }} }}\n"
            )
        };
        [
            connection("token", "env = \"CI_TOKEN\""),
            connection("stranger", &format!("file = \"{file}\"")),
            connection("no-token", "env = \"ABSENT\""),
            // What is no token at all may be a secret that stands in the wrong place.
            connection("not-a-token", "env = \"PARAMETER\""),
        ]
        .concat()
    }

    fn clients(&mut self) -> String {
        let audience = "sts.amazonaws.com";
        let secret = self.marked("CLIENT_SECRET", "client secret", |request| field(request, "client_secret"));
        let issuer = self.issuer("https://idp.example.com", "idp", "app", audience);
        self.world.https(
            "idp.example.com",
            Arc::new(Provider::new(Arc::clone(&issuer), "app", audience, Proof::Secret(secret))),
        );
        self.marked("OTHER_CLIENT_SECRET", "wrong client secret", |request| field(request, "client_secret"));
        let (pair, pem) = client_key();
        self.mark("private key", pem.lines().nth(2).unwrap(), nowhere);
        let key = self.keep("key.pem", &pem);
        let signed = self.issuer("https://signed.example.com", "signed", "app", audience);
        self.world.https(
            "signed.example.com",
            Arc::new(Provider::new(signed, "app", audience, Proof::Assertion(Box::new(pair)))),
        );
        let connection = |name: &str, host: &str, own: &str, proof: &str| {
            format!(
                "[connections.{name}]\nregion = \"eu-west-1\"\n[connections.{name}.auth.web-identity]\nrole_arn = \"{}\"\n\
                 [connections.{name}.auth.web-identity.token.client-credentials]\n\
                 token_url = \"https://{host}/oauth2/token\"\nclient_id = \"app\"\n{proof}\n",
                role(own)
            )
        };
        [
            connection("idp", "idp.example.com", "idp", "client_secret = \"env:CLIENT_SECRET\""),
            connection("idp-wrong", "idp.example.com", "idp", "client_secret = \"env:OTHER_CLIENT_SECRET\""),
            connection(
                "signed",
                "signed.example.com",
                "signed",
                &format!(
                    "assertion = {{ private_key = \"file:{key}\", algorithm = \"ES256\", key_id = \"k\" }}"
                ),
            ),
            connection(
                "not-a-key",
                "signed.example.com",
                "signed",
                "assertion = { private_key = \"env:CLIENT_SECRET\", algorithm = \"ES256\", key_id = \"k\" }",
            ),
        ]
        .concat()
    }

    fn entra(&mut self) -> String {
        let issuer = self.issuer(&entra::issuer(), "entra", entra::OBJECT, entra::AUDIENCE);
        let cluster = Arc::new(Issuer::new("https://aks.example.com"));
        self.issuers.push(Arc::clone(&cluster));
        let file = self.keep("federated", &cluster.token("pod", "api://AzureADTokenExchange"));
        let endpoint = TokenEndpoint { issuer: Arc::clone(&issuer), cluster, subject: "pod" };
        self.world.https("login.microsoftonline.com", Arc::new(endpoint));
        let header = hex(&random(20));
        self.mark("identity header", &header, |request| self::header(request, "x-identity-header"));
        let service = self.world.http(Arc::new(ManagedIdentity::AppService(issuer, header.clone())));
        self.set("IDENTITY_ENDPOINT", format!("{service}/msi/token"));
        self.set("IDENTITY_HEADER", header);
        let role = role("entra");
        let (tenant, client, application) = (entra::TENANT, entra::CLIENT, entra::APPLICATION);
        format!(
            "[connections.workload]\nregion = \"eu-west-1\"\n[connections.workload.auth.web-identity]\nrole_arn = \"{role}\"\n\
             [connections.workload.auth.web-identity.token.entra-workload-identity]\ntenant_id = \"{tenant}\"\n\
             client_id = \"{client}\"\ntoken_file = \"{file}\"\nscope = \"{application}/.default\"\n\
             [connections.service]\nregion = \"eu-west-1\"\n[connections.service.auth.web-identity]\nrole_arn = \"{role}\"\n\
             token = {{ entra-managed-identity = {{ resource = \"{application}\" }} }}\n"
        )
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command_in(&self.world, arguments);
        command.envs(self.environment.iter().cloned()).env("LAMPLIGHT_LOG", LOG);
        command
    }

    /// Runs a command and looks for every secret in all that it left.
    pub fn run(&self, arguments: &[&str]) -> Done {
        let done = done(self.command(arguments).stdin(Stdio::null()).output().unwrap());
        self.look(&arguments.join(" "), &done);
        done
    }

    /// The same for a command that must end with this exit code.
    pub fn runs(&self, code: i32, arguments: &[&str]) -> Done {
        let done = self.run(arguments);
        assert_eq!(
            done.code,
            code,
            "{arguments:?}: {}\n{}\n{}",
            done.stdout,
            told(&done),
            self.world.log.told()
        );
        done
    }

    /// Looks at what a command said and at every file.
    pub fn look(&self, command: &str, done: &Done) {
        let markers = self.all_markers();
        search(&markers, &format!("stdout of {command}"), &done.stdout);
        search(&markers, &format!("stderr of {command}"), &done.stderr);
        search_folder(&markers, self.home.path());
    }

    /// Looks at every file for what was there at the start; tells how many files there are.
    pub fn look_at_files(&self) -> usize {
        search_folder(&self.markers, self.home.path())
    }

    /// Looks at all that was sent, and that what must be sent was.
    pub fn look_at_the_wire(&self, sent: &[&str]) {
        let (markers, seen) = (self.all_markers(), self.world.log.all());
        search_wire(&markers, &seen);
        for what in sent {
            let mut own = markers.iter().filter(|marker| marker.what == *what);
            assert!(own.any(|marker| marker.was_sent(&seen)), "the {what} was never sent");
        }
    }

    /// Those of the start, and all that was given out since.
    fn all_markers(&self) -> Vec<Marker> {
        let mut markers = self.markers.clone();
        for key in self.world.aws.account().keys.values() {
            markers.push(Marker::new("secret access key", &key.secret, nowhere));
            let token = key.session_token.as_deref();
            markers.extend(
                token.map(|text| Marker::new("session token", text, |r| header(r, "x-amz-security-token"))),
            );
        }
        for issuer in &self.issuers {
            for token in issuer.issued.lock().unwrap().iter() {
                let signature = token.rsplit('.').next().unwrap();
                markers.push(Marker::new("identity token", signature, token_place));
            }
        }
        markers
    }
}

/// A configuration that signs in at the vault with what a variable holds.
pub fn by_approle(variable: &str) -> String {
    format!(
        "[secrets.vault]\naddress = \"https://vault.example.com:8200\"\n[secrets.vault.auth.approle]\n\
         role_id = \"role\"\nsecret_id = \"env:{variable}\"\n[connections.vault]\nregion = \"eu-west-1\"\n\
         [connections.vault.auth.access-key]\naccess_key_id = \"vault:secret/open#id\"\n\
         secret_access_key = \"vault:secret/open#key\"\n"
    )
}

/// The lines of stderr that are no log.
fn told(done: &Done) -> String {
    done.stderr
        .lines()
        .filter(|line| !line.contains("TRACE") && !line.contains("DEBUG"))
        .collect::<Vec<_>>()
        .join("\n")
}
