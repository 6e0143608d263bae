//! All stubs of one test, and what a program is told of them.

use crate::{
    aws::Aws,
    server::{Log, Server, Site},
    tls::Authority,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

type Hosts = Arc<Mutex<BTreeMap<String, Arc<dyn Site>>>>;

/// AWS and whatever else a test puts there, behind the addresses that they really have.
pub struct World {
    /// AWS.
    pub aws: Arc<Aws>,
    /// Everything that was asked.
    pub log: Log,
    hosts: Hosts,
    authority: Arc<Authority>,
    proxy: Server,
    plain: Mutex<Vec<Server>>,
}

impl Default for World {
    fn default() -> Self {
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
}

impl World {
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

    /// The proxy that a program must use for the world to be this one: what `HTTPS_PROXY` is for.
    pub fn proxy(&self) -> String {
        self.proxy.url()
    }

    /// The certificate that it must trust, in PEM: what belongs into the file that `SSL_CERT_FILE` names.
    pub fn authority(&self) -> String {
        self.authority.pem()
    }
}
