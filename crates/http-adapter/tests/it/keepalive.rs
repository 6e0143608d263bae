//! The sockets of requests have TCP keepalive, as the kernel reports in `/proc/net/tcp`.
#![cfg(target_os = "linux")]

use crate::support::post;
use lamplight_http_adapter::HttpClient;
use lamplight_ports::Departure;
use lamplight_testkit::{
    pass,
    script::{Reaction, Received, Server},
};
use std::time::Duration;

/// What the kernel says of the timer of our end of a connection to `port`: its kind and its hundredths of a
/// second. The columns are those of `proc_net_tcp` in the kernel's documentation.
fn timer(port: u16) -> Option<(u8, u64)> {
    let connections = std::fs::read_to_string("/proc/net/tcp").unwrap();
    connections.lines().skip(1).find_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let remote = columns[2].rsplit_once(':')?.1;
        let (kind, when) = columns[5].split_once(':')?;
        let ours = u16::from_str_radix(remote, 16) == Ok(port) && columns[3] == "01";
        ours.then(|| (u8::from_str_radix(kind, 16).unwrap(), u64::from_str_radix(when, 16).unwrap()))
    })
}

#[tokio::test]
async fn a_waiting_request_keeps_its_connection_alive() {
    const KEEPALIVE: u8 = 2;
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let (client, departure) = (HttpClient::default(), Departure::default());
    let watching = async {
        loop {
            // Until the server has acknowledged the request, the kernel shows the retransmission timer instead.
            if let Some((KEEPALIVE, hundredths)) = timer(server.port()) {
                return hundredths;
            }
            tokio::task::yield_now().await;
        }
    };
    let hundredths = tokio::select! {
        outcome = client.send(post(server.url()), &departure) => panic!("{outcome:?}"),
        hundredths = watching => hundredths,
        () = pass(Duration::from_secs(10)) => panic!("no keepalive timer was seen"),
    };
    assert!((30_00..=45_00).contains(&hundredths), "keepalive in {hundredths}/100 s");
}
