//! What must exist for each example of `docs/connections.md`, and the calls that it must make: these, with these
//! principals, at these hosts, and no others.

use crate::lamplight::Lamplight;
use crate::ways_in::run_example;
use lamplight_testkit::{
    World,
    aws::{AccessKey, Call, Trust, session, user},
    entra::{self, ManagedIdentity, TokenEndpoint},
    http::hex,
    jwt::{Issuer, SigningPair},
    machine::{Container, Instance},
    oidc::{Proof, Provider},
    server::Site,
    vault::Vault,
};
use ring::digest;
use serde_json::json;
use std::{fs, path::Path, sync::Arc};

/// Where an example is prepared.
pub struct Stage<'a> {
    pub world: &'a World,
    pub home: &'a Lamplight,
}

/// What an example is run with, and what it must do.
pub struct Arranged {
    /// What of its files a test must have elsewhere.
    pub replace: Vec<(&'static str, String)>,
    pub environment: Vec<(&'static str, String)>,
    /// The calls to AWS in their order: action, principal, host.
    pub calls: Vec<(&'static str, String, String)>,
    /// What else must hold of them.
    pub check: fn(&[Call]),
}

const INVOKE: &str = "lambda:InvokeFunction";
const ASSUME: &str = "sts:AssumeRole";
const FEDERATE: &str = "sts:AssumeRoleWithWebIdentity";
const LAMBDA: &str = "lambda.eu-west-1.amazonaws.com";
const STS: &str = "sts.eu-west-1.amazonaws.com";

impl Arranged {
    /// One call to the function, signed by `principal`.
    fn invoke_as(principal: &str) -> Self {
        Self {
            replace: Vec::new(),
            environment: Vec::new(),
            calls: vec![(INVOKE, principal.to_owned(), LAMBDA.to_owned())],
            check: |_| {},
        }
    }

    /// A role assumed by `caller`, and the call as `session` of it.
    fn assume(caller: &str, session: &str) -> Self {
        Self::invoke_as(session).after(ASSUME, caller, STS)
    }

    /// A role assumed with a token, and the call as `session` of it.
    fn federate(session: &str) -> Self {
        Self::invoke_as(session).after(FEDERATE, "", STS)
    }

    fn after(mut self, action: &'static str, principal: &str, host: &str) -> Self {
        self.calls.insert(0, (action, principal.to_owned(), host.to_owned()));
        self
    }

    fn at(mut self, hosts: &[&str]) -> Self {
        for ((_, _, own), host) in self.calls.iter_mut().zip(hosts) {
            (*host).clone_into(own);
        }
        self
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// A key in the variables that every tool of AWS reads.
    fn with_key(self, key: &AccessKey) -> Self {
        let arranged = self.with("AWS_ACCESS_KEY_ID", &key.id).with("AWS_SECRET_ACCESS_KEY", &key.secret);
        match &key.session_token {
            Some(token) => arranged.with("AWS_SESSION_TOKEN", token),
            None => arranged,
        }
    }

    fn replacing(mut self, from: &'static str, to: impl Into<String>) -> Self {
        self.replace.push((from, to.into()));
        self
    }

    /// A file of the example's, kept in the test's folder.
    fn file(self, stage: &Stage<'_>, from: &'static str, content: &str) -> Self {
        let name = from.rsplit('/').next().unwrap();
        let path = private(&stage.home.file(name, content));
        self.replacing(from, path)
    }

    fn checked(mut self, check: fn(&[Call])) -> Self {
        self.check = check;
        self
    }
}

/// A file that nobody else can read.
fn private(path: &Path) -> String {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    path.display().to_string()
}

/// An issuer that AWS trusts.
fn issuer(stage: &Stage<'_>, url: &str) -> Arc<Issuer> {
    let issuer = Arc::new(Issuer::new(url));
    stage.world.aws.account().providers.push(Arc::clone(&issuer));
    issuer
}

fn key_entry(key: &AccessKey) -> serde_json::Map<String, serde_json::Value> {
    let entry = json!({ "access_key_id": key.id, "secret_access_key": key.secret });
    entry.as_object().unwrap().clone()
}

/// The name of the file that keeps a sign-in: the SHA-1 of its name, as the AWS CLI and all SDKs have it.
fn sign_in_file(session: &str) -> String {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, session.as_bytes());
    hex(hash.as_ref()) + ".json"
}

/// The examples in the document's order, each a test of its own.
macro_rules! examples {
    ($($name:ident: $heading:literal, $arrange:expr;)*) => {
        pub const HEADINGS: &[&str] = &[$($heading),*];

        $(#[test]
        fn $name() {
            run_example($heading, $arrange);
        })*
    };
}

examples! {
    a_secret_in_hashicorp_vault: "A secret in HashiCorp Vault", |stage| {
        let key = stage.world.aws.user("ci");
        let mut vault =
            Vault { tokens: vec!["hvs.ci".to_owned()], namespace: Some("payments"), ..Vault::default() };
        vault.entries.insert("ci/aws", key_entry(&key));
        stage.world.https("vault.example.com:8200", Arc::new(vault));
        Arranged::invoke_as(&user("ci")).with("VAULT_TOKEN", "hvs.ci")
    };

    a_secret_in_hashicorp_vault_with_an_approle: "A secret in HashiCorp Vault, with an AppRole", |stage| {
        let key = stage.world.aws.user("ci");
        let approle = Some(("lamplight-ci", "the-secret-id".to_owned(), "hvs.session".to_owned()));
        let mut vault = Vault { approle, ..Vault::default() };
        vault.entries.insert("ci/aws", key_entry(&key));
        stage.world.https("vault.example.com:8200", Arc::new(vault));
        let secret_id = "the-secret-id\n";
        Arranged::invoke_as(&user("ci")).file(stage, "/run/secrets/vault-secret-id", secret_id)
    };

    a_secret_in_aws_secrets_manager: "A secret in AWS Secrets Manager", |stage| {
        let (ops, partner) = (stage.world.aws.user("ops"), stage.world.aws.user("partner"));
        let text = serde_json::Value::Object(key_entry(&partner)).to_string();
        stage.world.aws.account().secrets.insert("partner/aws".to_owned(), text);
        let read = "secretsmanager:GetSecretValue";
        let store = "secretsmanager.eu-west-1.amazonaws.com";
        Arranged::invoke_as(&user("partner"))
            .after(read, &user("ops"), store)
            .after(read, &user("ops"), store)
            .at(&[store, store, "lambda.us-east-1.amazonaws.com"])
            .with_key(&ops)
    };

    the_default_chain: "The default chain", |stage| Arranged::invoke_as(&user("me")).with_key(&stage.world.aws.user("me"));

    a_profile_with_a_role: "A profile with a role", |stage| {
        let key = stage.world.aws.example_user("base");
        Arranged::assume(&user("base"), &session("deploy", "laptop")).replacing("…", key.secret)
    };

    a_profile_with_single_sign_on: "A profile with single sign-on", |stage| {
        stage.world.aws.account().sign_ins.insert("the-sign-in".to_owned(), "Developer".to_owned());
        let folder = stage.home.path().join(".aws/sso/cache");
        fs::create_dir_all(&folder).unwrap();
        let cached = json!({
            "accessToken": "the-sign-in",
            "expiresAt": "2099-01-01T00:00:00Z",
            "region": "eu-west-1",
            "startUrl": "https://example.awsapps.com/start",
        });
        fs::write(folder.join(sign_in_file("work")), cached.to_string()).unwrap();
        let principal = session("AWSReservedSSO_Developer_0123456789abcdef", "ada");
        Arranged::invoke_as(&principal).after(
            "sso:GetRoleCredentials",
            "",
            "portal.sso.eu-west-1.amazonaws.com",
        )
    };

    an_access_key: "An access key", |stage| {
        let key = stage.world.aws.example_user("me");
        Arranged::invoke_as(&user("me")).with("LAMPLIGHT_SECRET_ACCESS_KEY", key.secret)
    };

    a_temporary_access_key: "A temporary access key", |stage| {
        let key = stage.world.aws.session("worker", "mine");
        Arranged::invoke_as(&session("worker", "mine"))
            .with("SESSION_KEY_ID", key.id)
            .with("SESSION_SECRET", key.secret)
            .with("SESSION_TOKEN", key.session_token.unwrap())
    };

    a_role: "A role", |stage| {
        let key = stage.world.aws.example_user("ci");
        Arranged::assume(&user("ci"), &session("deploy", "nightly"))
            .with("LAMPLIGHT_SECRET_ACCESS_KEY", key.secret)
            .checked(|calls| assert_eq!(calls[0].fields["DurationSeconds"], "1800"))
    };

    a_role_with_a_narrowed_session: "A role with a narrowed session", |stage| {
        Arranged::assume(&user("ci"), &session("deploy", "lamplight"))
            .with_key(&stage.world.aws.user("ci"))
            .checked(|calls| {
                let fields = &calls[0].fields;
                assert!(fields["Policy"].contains("lambda:InvokeFunction"), "{fields:?}");
                let arn = &fields["PolicyArns.member.1.arn"];
                assert_eq!(arn, "arn:aws:iam::aws:policy/service-role/AWSLambdaRole");
                let mut tags: Vec<(&str, &str)> = ["1", "2"]
                    .map(|number| format!("Tags.member.{number}"))
                    .iter()
                    .map(|tag| {
                        (fields[&format!("{tag}.Key")].as_str(), fields[&format!("{tag}.Value")].as_str())
                    })
                    .collect();
                tags.sort_unstable();
                assert_eq!(tags, [("stage", "prod"), ("team", "payments")]);
                assert_eq!(fields["TransitiveTagKeys.member.1"], "team");
                assert_eq!(fields["SourceIdentity"], "ada");
            })
    };

    a_chain_of_roles: "A chain of roles", |stage| {
        let key = stage.world.aws.user("base");
        let text = format!("[base]\naws_access_key_id={}\naws_secret_access_key={}\n", key.id, key.secret);
        fs::create_dir_all(stage.home.path().join(".aws")).unwrap();
        private(&stage.home.file(".aws/credentials", &text));
        stage.world.aws.role("hub", [Trust::caller(user("base"))]);
        Arranged::assume(&session("hub", "inner"), &session("partner", "outer")).after(
            ASSUME,
            &user("base"),
            STS,
        )
    };

    a_token_in_a_file: "A token in a file", |stage| {
        let cluster = issuer(stage, "https://oidc.example.com/cluster");
        let token = cluster.token("system:serviceaccount:jobs:lamplight", "sts.amazonaws.com");
        let path = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token";
        Arranged::federate(&session("pod", "lamplight")).file(stage, path, &token)
    };

    a_token_in_a_variable: "A token in a variable", |stage| {
        let gitlab = issuer(stage, "https://gitlab.com");
        let subject = "project_path:payments/jobs:ref_type:branch:ref:main";
        let token = gitlab.token(subject, "https://aws.example.com");
        Arranged::federate(&session("ci", "pipeline")).with("AWS_ID_TOKEN", token)
    };

    microsoft_entra_workload_identity: "Microsoft Entra workload identity", |stage| {
        let cluster = Arc::new(Issuer::new("https://aks.example.com/cluster"));
        let subject = "system:serviceaccount:jobs:lamplight";
        let token = cluster.token(subject, "api://AzureADTokenExchange");
        let endpoint = TokenEndpoint { issuer: issuer(stage, &entra::issuer()), cluster, subject };
        stage.world.https("login.microsoftonline.com", Arc::new(endpoint));
        let path = "/var/run/secrets/azure/tokens/azure-identity-token";
        Arranged::federate(&session("entra", "lamplight")).file(stage, path, &token)
    };

    microsoft_entra_managed_identity: "Microsoft Entra managed identity", |stage| {
        let machine = ManagedIdentity::Machine(issuer(stage, &entra::issuer()));
        let url = stage.world.http(Arc::new(machine));
        Arranged::federate(&session("entra", "lamplight")).with("AZURE_POD_IDENTITY_AUTHORITY_HOST", url)
    };

    microsoft_entra_managed_identity_in_app_service: "Microsoft Entra managed identity in App Service", |stage| {
        let service = ManagedIdentity::AppService(issuer(stage, &entra::issuer()), "the-header".to_owned());
        let url = stage.world.http(Arc::new(service));
        Arranged::federate(&session("entra", "lamplight"))
            .with("IDENTITY_ENDPOINT", format!("{url}/msi/token"))
            .with("IDENTITY_HEADER", "the-header")
    };

    an_oidc_client_with_a_secret: "An OIDC client with a secret", |stage| {
        let proof = Proof::Secret("the client's s3cret & more".to_owned());
        identity_provider(stage, proof).file(
            stage,
            "/run/secrets/idp-client-secret",
            "the client's s3cret & more\n",
        )
    };

    an_oidc_client_with_a_signed_assertion: "An OIDC client with a signed assertion", |stage| {
        let pair = SigningPair::new("2026-01");
        let pem = pair.pem();
        identity_provider(stage, Proof::Assertion(Box::new(pair))).file(stage, "/run/secrets/idp-client-key.pem", &pem)
    };

    the_role_of_an_ec2_instance: "The role of an EC2 instance", |stage| {
        let instance = Instance::new("worker", stage.world.aws.session("worker", "i-0123"));
        let url = stage.world.http(Arc::new(instance));
        Arranged::invoke_as(&session("worker", "i-0123")).with("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
    };

    the_role_of_an_ecs_task_or_eks_pod: "The role of an ECS task or EKS pod", |stage| {
        let (authorization, path) = ("Bearer the-task".to_owned(), "/v2/credentials/1");
        let key = stage.world.aws.session("task", "t-1");
        let url = stage.world.http(Arc::new(Container { path, authorization: authorization.clone(), key }));
        Arranged::invoke_as(&session("task", "t-1"))
            .with("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}{path}"))
            .with("AWS_CONTAINER_AUTHORIZATION_TOKEN", authorization)
    };

    keys_for_one_call: "Keys for one call", |stage| {
        let (own, call) = (stage.world.aws.user("own"), stage.world.aws.session("guest", "once"));
        Arranged::invoke_as(&session("guest", "once"))
            .with_key(&own)
            .with("CALL_KEY_ID", call.id)
            .with("CALL_SECRET", call.secret)
            .with("CALL_TOKEN", call.session_token.unwrap())
    };

    an_emulator: "An emulator", |stage| {
        let key = stage.world.aws.example_user("local");
        let url = stage.world.emulator();
        Arranged::invoke_as(&user("local"))
            .at(&[url.strip_prefix("http://").unwrap()])
            .replacing("http://127.0.0.1:4566", url.clone())
            .with("LOCAL_SECRET", key.secret)
    };

    fips_endpoints: "FIPS endpoints", |stage| {
        Arranged::assume(&user("ci"), &session("deploy", "lamplight"))
            .at(&["sts-fips.us-east-1.amazonaws.com", "lambda-fips.us-east-1.amazonaws.com"])
            .with_key(&stage.world.aws.user("ci"))
    };

    endpoints_over_ipv6: "Endpoints over IPv6", |stage| {
        Arranged::invoke_as(&user("ci"))
            .at(&["lambda.eu-west-1.api.aws"])
            .with_key(&stage.world.aws.user("ci"))
    };

    sts_in_another_region: "STS in another region", |stage| {
        Arranged::assume(&user("ci"), &session("deploy", "lamplight"))
            .at(&[STS, "lambda.af-south-1.amazonaws.com"])
            .with_key(&stage.world.aws.user("ci"))
    };

    sts_behind_a_vpc_endpoint: "STS behind a VPC endpoint", |stage| {
        let host = "sts.eu-west-1.vpce.example.com";
        stage.world.https(host, Arc::clone(&stage.world.aws) as Arc<dyn Site>);
        Arranged::assume(&user("ci"), &session("deploy", "lamplight"))
            .at(&[host, LAMBDA])
            .with_key(&stage.world.aws.user("ci"))
    };
}

fn identity_provider(stage: &Stage<'_>, proof: Proof) -> Arranged {
    let issuer = issuer(stage, "https://idp.example.com");
    let provider = Provider::new(issuer, "lamplight", "sts.amazonaws.com", proof);
    stage.world.https("idp.example.com", Arc::new(provider));
    Arranged::federate(&session("idp", "lamplight"))
}
