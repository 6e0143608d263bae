//! The commands of `docs/api.md` do what the page says.

use crate::world::{World, request};
use axum::{
    body::Body,
    http::{HeaderName, Method, StatusCode},
};
use lamplight_domain::Role;
use serde_json::json;
use std::path::Path;

/// The words of a shell command, without their quotes.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for letter in command.chars() {
        match (letter, quote) {
            (' ', None) => words.push(String::new()),
            ('"' | '\'', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            (letter, _) => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

#[tokio::test]
async fn every_command_succeeds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let page = std::fs::read_to_string(path).unwrap();
    let world = World::new();
    world.add_job("adder").await;
    let token = world.token(Role::Admin).await;
    let blocks = page.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let mut ran = 0;
    for command in blocks.flat_map(str::lines) {
        let command = command.replace("$TOKEN", &token);
        let mut words = words(&command).into_iter();
        assert_eq!(words.next().unwrap(), "curl");
        let (mut method, mut path, mut headers, mut body) = (None, None, Vec::new(), String::new());
        while let Some(word) = words.next() {
            match word.as_str() {
                "-H" => headers.push(words.next().unwrap()),
                "-X" => method = Some(words.next().unwrap()),
                "-d" => body = words.next().unwrap(),
                "-i" => {}
                address => path = Some(address.strip_prefix("$SERVER").unwrap().to_owned()),
            }
        }
        let method = method.unwrap_or_else(|| if body.is_empty() { "GET" } else { "POST" }.to_owned());
        let mut sent = request(method.parse::<Method>().unwrap(), &path.unwrap(), None);
        for header in &headers {
            let (name, value) = header.split_once(": ").unwrap();
            sent = sent.header(name.parse::<HeaderName>().unwrap(), value);
        }
        let answer = world.send(sent.body(Body::from(body)).unwrap()).await;
        assert!(answer.status.is_success(), "{command}: {answer:?}");
        if command.contains("adder/runs") {
            assert_eq!(
                (answer.status, &answer.json()["response"]),
                (StatusCode::OK, &json!({ "a": 2, "b": 40 }))
            );
        }
        ran += 1;
    }
    assert!(ran >= 8, "{ran}");
}
