//! All stubs of a test, and how a program reaches them.

use crate::{
    aws::Aws,
    server::{Desk, Log, Server, Site},
    tls::Authority,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// AWS and other sites of a test, at their real addresses.
pub struct World {
    /// AWS.
    pub aws: Arc<Aws>,
    /// All requests.
    pub log: Log,
    hosts: Arc<Mutex<BTreeMap<String, Arc<dyn Site>>>>,
    desk: Desk,
    proxy: Server,
    plain: Mutex<Vec<Server>>,
}

impl Default for World {
    fn default() -> Self {
        let (aws, log) = (Arc::<Aws>::default(), Log::default());
        let hosts: Arc<Mutex<BTreeMap<String, Arc<dyn Site>>>> = Arc::default();
        let (routes, cloud) = (Arc::clone(&hosts), Arc::clone(&aws));
        let route = Arc::new(move |host: &str| {
            let cloud = || Arc::clone(&cloud) as Arc<dyn Site>;
            let of_aws = host.ends_with(".amazonaws.com") || host.ends_with(".api.aws");
            routes.lock().unwrap().get(host).cloned().or_else(|| of_aws.then(cloud))
        });
        let desk = Desk { route, authority: Arc::new(Authority::new()), log: log.clone() };
        let proxy = Server::new(None, desk.clone());
        Self { aws, log, hosts, desk, proxy, plain: Mutex::default() }
    }
}

impl World {
    /// Adds a site at `https://host`.
    pub fn https(&self, host: &str, site: Arc<dyn Site>) {
        self.hosts.lock().unwrap().insert(host.to_owned(), site);
    }

    /// Adds a site at an address of this machine, and returns its URL.
    pub fn http(&self, site: Arc<dyn Site>) -> String {
        let server = Server::new(Some(site), self.desk.clone());
        let url = format!("http://{}", server.address);
        self.plain.lock().unwrap().push(server);
        url
    }

    /// AWS at an address of this machine, like an emulator.
    pub fn emulator(&self) -> String {
        self.http(Arc::clone(&self.aws) as Arc<dyn Site>)
    }

    /// The proxy that a program must use to reach this world: the value of `HTTPS_PROXY`.
    pub fn proxy(&self) -> String {
        format!("http://{}", self.proxy.address)
    }

    /// The certificate that a program must trust, in PEM: the contents of the file that `SSL_CERT_FILE` names.
    pub fn authority(&self) -> String {
        self.desk.authority.pem()
    }
}
