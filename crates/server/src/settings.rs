//! The settings of the server, from options, variables and the configuration file.

use crate::{Problem, args::GlobalArgs, logs};
use lamplight_app::QueueSettings;
use lamplight_config::ServerTable;
use lamplight_system_adapter::Environment;
use lamplight_wiring::{Adapters, Connections, Overrides};
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
    time::Duration,
};

pub use lamplight_http_api::word_hint;

/// Where the server listens by default.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7077);

/// How many runs one process makes at once by default.
const CONCURRENCY: u32 = 64;

/// How long a claimed run belongs to a process that gives no sign of life.
const LEASE: Duration = Duration::from_secs(30);

/// How many bytes of events with secrets may wait in memory.
const MOST_HELD_BYTES: usize = 64 * 1024 * 1024;

/// The largest body of a request: the largest event of any provider, and room for what is around it.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// What the server is told.
#[derive(Debug)]
pub struct ServeSettings {
    pub listen: SocketAddr,
    pub tls: Option<(PathBuf, PathBuf)>,
    pub router: lamplight_http_api::Settings,
    pub queue: QueueSettings,
    pub audit_days: u32,
}

/// What opens connections and the store.
pub fn connections(args: &GlobalArgs) -> Connections {
    let overrides = Overrides {
        config: args.config.clone(),
        data_dir: args.data_dir.clone(),
        connections: lamplight_ports::ConnectionOverrides::default(),
    };
    let warn = |text: &str| logs::say(&format!("warning: {text}"));
    Connections::new(Adapters::default(), Environment::from_process(), overrides, warn)
}

/// The name of the user at this machine.
pub fn user() -> String {
    let environment = Environment::from_process();
    let name = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| environment.get(name));
    name.filter(|name| !name.is_empty()).unwrap_or("local").to_owned()
}

/// Puts options and variables over the table of the configuration file.
pub fn merge(
    args: &GlobalArgs,
    table: &ServerTable,
    folder: &std::path::Path,
) -> Result<ServeSettings, Problem> {
    let listen = match args.listen.as_ref().or(table.listen.as_ref()) {
        None => LISTEN,
        Some(text) => text.parse().map_err(|_| {
            Problem::new(format!("{text:?} is not an address and a port"))
                .with_hint("write it as 127.0.0.1:7077 or [::1]:7077")
        })?,
    };
    let in_folder = |path: &PathBuf| folder.join(path);
    let tls = match (&args.tls_certificate, &args.tls_key, &table.tls_certificate, &table.tls_key) {
        (Some(certificate), Some(key), ..) => Some((certificate.clone(), key.clone())),
        (None, None, Some(certificate), Some(key)) => Some((in_folder(certificate), in_folder(key))),
        (None, None, None, None) => None,
        _ => return Err(Problem::new("TLS needs both a certificate and its key")),
    };
    let proxies = if args.proxies.is_empty() { table.proxies.clone() } else { args.proxies.clone() };
    let own = if args.hosts.is_empty() { &table.hosts } else { &args.hosts };
    let mut hosts: Vec<String> = own.iter().map(|host| host.to_ascii_lowercase()).collect();
    if listen.ip().is_loopback() {
        hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
    } else if !listen.ip().is_unspecified() {
        hosts.push(match listen.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        });
    }
    if hosts.is_empty() {
        return Err(Problem::new(format!("{} is every address of this machine", listen.ip()))
            .with_hint("name the hosts by which it is reached: --host lamplight.example.com"));
    }
    let is_secure = tls.is_some() || !proxies.is_empty();
    if !listen.ip().is_loopback() && !is_secure {
        return Err(Problem::new(format!(
            "{listen} can be reached from other machines, and tokens would be sent in clear"
        ))
        .with_hint("give --tls-certificate and --tls-key, or name the proxy that speaks TLS with --proxy"));
    }
    let concurrency = args.concurrency.or(table.concurrency).unwrap_or(CONCURRENCY);
    if !(1..=10_000).contains(&concurrency) {
        return Err(Problem::new(format!("concurrency is {concurrency}, but must be 1 to 10000"))
            .with_hint("to make no runs for a while, stop the server: queued runs stay queued"));
    }
    Ok(ServeSettings {
        listen,
        tls,
        router: lamplight_http_api::Settings {
            hosts,
            secure_cookies: is_secure,
            proxies,
            logins_per_minute: number(10),
            runs_per_second: number(5000),
            largest_body: LARGEST_BODY,
        },
        queue: QueueSettings {
            limits: table.limits(),
            concurrency,
            lease: LEASE,
            most_held_bytes: MOST_HELD_BYTES,
        },
        audit_days: table.audit_days.unwrap_or(365),
    })
}

fn number(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::path::Path;

    fn merged(arguments: &[&str], table: &ServerTable) -> Result<ServeSettings, Problem> {
        let cli = crate::args::Cli::parse_from([&["lamplight-server"], arguments].concat());
        merge(&cli.global, table, Path::new("/etc/lamplight"))
    }

    #[test]
    fn the_server_is_only_for_this_machine_by_default() {
        let settings = merged(&[], &ServerTable::default()).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:7077");
        assert_eq!(settings.router.hosts, ["localhost", "127.0.0.1", "[::1]"]);
        assert!(!settings.router.secure_cookies && settings.tls.is_none());
    }

    #[test]
    fn other_machines_need_tls_or_a_named_proxy_and_a_host() {
        let refused = |arguments: &[&str]| merged(arguments, &ServerTable::default()).unwrap_err().message;
        assert!(refused(&["--listen", "10.0.0.1:80"]).contains("sent in clear"));
        assert!(refused(&["--listen", "0.0.0.0:80"]).contains("every address"));
        assert!(refused(&["--listen", "here"]).contains("not an address"));
        let behind =
            merged(&["--listen", "10.0.0.1:80", "--proxy", "10.0.0.2"], &ServerTable::default()).unwrap();
        assert!(behind.router.secure_cookies);
        assert_eq!(behind.router.hosts, ["10.0.0.1"]);
        let open = [
            "--listen",
            "0.0.0.0:443",
            "--host",
            "Jobs.example.com",
            "--tls-certificate",
            "c",
            "--tls-key",
            "k",
        ];
        assert_eq!(merged(&open, &ServerTable::default()).unwrap().router.hosts, ["jobs.example.com"]);
    }

    #[test]
    fn a_server_that_could_make_no_run_is_refused() {
        for concurrency in [0, 10_001] {
            let table = ServerTable { concurrency: Some(concurrency), ..ServerTable::default() };
            let refused = merged(&[], &table).unwrap_err().message;
            assert!(refused.contains("must be 1 to 10000"), "{refused}");
        }
    }

    #[test]
    fn options_replace_the_file() {
        let table = ServerTable {
            listen: Some("127.0.0.1:1".to_owned()),
            concurrency: Some(3),
            tls_certificate: Some("c.pem".into()),
            tls_key: Some("k.pem".into()),
            ..ServerTable::default()
        };
        let from_file = merged(&[], &table).unwrap();
        assert_eq!((from_file.listen.port(), from_file.queue.concurrency), (1, 3));
        let paths = ("/etc/lamplight/c.pem".into(), "/etc/lamplight/k.pem".into());
        assert_eq!(from_file.tls, Some(paths));
        let given = merged(&["--listen", "127.0.0.1:2", "--concurrency", "9"], &table).unwrap();
        assert_eq!((given.listen.port(), given.queue.concurrency), (2, 9));
    }
}
