//! All stubs of one test, and the binary told of them.

use super::{
    aws::Aws,
    server::{Log, Server, Site},
    tls::Authority,
};
use crate::lamplight::Lamplight;
use std::{
    collections::BTreeMap,
    process::Command,
    sync::{Arc, Mutex},
};

type Hosts = Arc<Mutex<BTreeMap<String, Arc<dyn Site>>>>;

/// AWS and whatever else a test puts there, behind the addresses that they really have.
pub struct World {
    pub aws: Arc<Aws>,
    pub log: Log,
    hosts: Hosts,
    authority: Arc<Authority>,
    proxy: Server,
    plain: Mutex<Vec<Server>>,
}

impl World {
    pub fn new() -> Self {
        let (aws, log, hosts) = (Arc::<Aws>::default(), Log::default(), Hosts::default());
        let authority = Arc::new(Authority::new());
        let (routes, cloud) = (Arc::clone(&hosts), Arc::clone(&aws));
        let route = move |host: &str| match routes.lock().unwrap().get(host) {
            Some(site) => Some(Arc::clone(site)),
            None if host.ends_with(".amazonaws.com") || host.ends_with(".api.aws") => {
                Some(Arc::clone(&cloud) as Arc<dyn Site>)
            }
            None => None,
        };
        let proxy = Server::proxy(Arc::clone(&authority), route, log.clone());
        Self { aws, log, hosts, authority, proxy, plain: Mutex::default() }
    }

    /// Puts a site behind `https://host`.
    pub fn https(&self, host: &str, site: Arc<dyn Site>) {
        self.hosts.lock().unwrap().insert(host.to_owned(), site);
    }

    /// Puts a site behind an address of this machine, which it gives.
    pub fn http(&self, site: Arc<dyn Site>) -> String {
        let server = Server::plain(site, self.log.clone());
        let url = server.url();
        self.plain.lock().unwrap().push(server);
        url
    }

    /// AWS at an address of this machine, as an emulator is.
    pub fn emulator(&self) -> String {
        self.http(Arc::clone(&self.aws) as Arc<dyn Site>)
    }

    /// The binary in `home`, for which the world is this one.
    pub fn command(&self, home: &Lamplight, arguments: &[&str]) -> Command {
        let mut command = home.command(arguments);
        let authority = home.file("stub-authority.pem", &self.authority.pem());
        command.env("HTTPS_PROXY", self.proxy.url()).env("SSL_CERT_FILE", authority);
        command
    }
}
