//! An endpoint of Lambda that counts the executions of each event.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

/// The endpoint. Every event is a JSON text; it takes a given time, and the answer is `{}`.
#[derive(Clone)]
pub struct Lambda {
    pub url: String,
    counts: Arc<Mutex<HashMap<String, u32>>>,
}

impl Lambda {
    pub fn start(takes: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let lambda =
            Self { url: format!("http://{}", listener.local_addr().unwrap()), counts: Arc::default() };
        let own = lambda.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let own = own.clone();
                std::thread::spawn(move || own.talk(stream, takes));
            }
        });
        lambda
    }

    /// How often each event was executed.
    pub fn counts(&self) -> HashMap<String, u32> {
        self.counts.lock().unwrap().clone()
    }

    /// A configuration whose connection `null` calls this endpoint.
    pub fn config(&self) -> String {
        format!(
            "[connections.null]\nregion = \"us-east-1\"\nendpoint_url = \"{}\"\n[connections.null.auth.access-key]\n\
             access_key_id = \"env:KEY\"\nsecret_access_key = \"env:KEY\"\n",
            self.url
        )
    }

    fn talk(&self, stream: TcpStream, takes: Duration) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
            }
            let mut event = vec![0; length];
            if reader.read_exact(&mut event).is_err() {
                return;
            }
            *self.counts.lock().unwrap().entry(String::from_utf8(event).unwrap()).or_default() += 1;
            crate::process::pass(takes);
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-amzn-requestid: r-1\r\n\
                          content-length: 2\r\n\r\n{}";
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}
