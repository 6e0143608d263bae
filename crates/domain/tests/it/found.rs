//! Secrets are recognised in events and arguments by what is above, beside and within them, and ordinary texts are not.

use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_domain::{Scrubber, is_secret_argument, looks_secret, secrets_in_json};
use serde_json::{Value, json};

const SECRET: &str = "hunTer-22xx-pq";

fn scrubber_for(event: &Value) -> Scrubber {
    let secrets = secrets_in_json(&event.to_string(), |name| name == "zugang");
    Scrubber::new(secrets.iter().map(String::as_str))
}

#[test]
fn a_name_beside_a_value_says_that_it_is_secret() {
    for event in [
        json!([{ "name": "DB_PASSWORD", "value": SECRET }]),
        json!({ "Tags": [{ "Key": "Password", "Value": SECRET }] }),
        json!({ "Value": SECRET, "other": 1, "Key": "Password" }),
        json!([{ "ParameterKey": "DbPassword", "ParameterValue": SECRET }]),
        json!([{ "OptionName": "MASTER_PASSWORD", "Value": [SECRET] }]),
        json!({ "name": "token", "type": "SecureString", "value": { "a": [1, SECRET] } }),
        json!({ "name": "zugang", "values": [SECRET] }),
        json!({ "type": "Bearer", "value": SECRET }),
        json!({ "headers": [["Authorization", SECRET], ["Accept", "text/html"]] }),
        json!([{ "k": "api_key", "v": SECRET }]),
        json!({ "command": ["mysql", "--password", SECRET] }),
        json!({ "kind": "Secret", "data": { "x": SECRET } }),
        json!({ "body": json!({ "password": SECRET }).to_string() }),
        json!({ "body": json!([{ "b": json!({ "zugang": SECRET }).to_string() }]).to_string() }),
        json!({ "body": STANDARD.encode(json!({ "password": SECRET }).to_string()) }),
        json!(json!({ "zugang": SECRET }).to_string()),
    ] {
        assert!(scrubber_for(&event).finds(SECRET), "{event}");
    }
}

#[test]
fn values_beside_other_names_are_not_secret() {
    for event in [
        json!([{ "name": "STAGE", "value": "production" }, { "name": "password", "type": "string" }]),
        json!({ "fields": ["password", "email-address"], "value": "production" }),
        json!([["password", "email-address", "third"]]),
        json!([{ "name": "How to set a new password safely", "value": "production" }]),
        json!({ "command": ["--stage", "production", "--password-file", "production"] }),
        json!([{ "Key": "PartitionKey", "Value": "production" }]),
        json!({ "body": json!({ "stage": "production" }).to_string() }),
        json!({ "cursor": STANDARD.encode(json!({ "id": 12_345_678, "stage": "production" }).to_string()) }),
        json!({ "kind": "ConfigMap", "data": { "stage": "production" } }),
    ] {
        let found = secrets_in_json(&event.to_string(), |_| false);
        assert!(found.is_empty(), "{event}: {found:?}");
    }
}

fn basic(login: &str) -> String {
    STANDARD.encode(login)
}

/// Texts that contain the secret, `%` in its place.
const CONTAINERS: [&str; 52] = [
    "postgres://me:%@db.internal/app",
    "redis://:%@cache:6379",
    "https://example.com/a?token=%",
    "https://example.com/a?api_key=%&page=2",
    "https://example.com/a?page=2#access_token=%",
    "Server=db.internal;User Id=app;Password=%;",
    "Server = db.internal; Password = %; Timeout = 3",
    "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=%",
    "jdbc:postgresql://h/db?user=a&password=%",
    "host=h user=u password=% dbname=d",
    "user=a&password=%&submit=Log+in",
    "Authorization: Bearer %",
    "Cookie: session=%; theme=dark",
    "Set-Cookie: id=%; Path=/; HttpOnly",
    "tool --password % --verbose",
    "tool --password '%' x",
    "tool --token=%",
    "tool --api-key \"%\"",
    "tool -password %",
    "curl -u user:% https://example.com",
    "curl --user 'user:%' https://example.com",
    "curl -H 'X-Api-Key: %' https://example.com",
    "mysql -u root -p% db",
    "/usr/bin/mysqldump -uroot -p'%' db > x",
    "sshpass -p % ssh me@example.com",
    "redis-cli -h cache -a %",
    "docker login -u me -p % registry.example.com",
    "ldapsearch -x -D cn=admin -w % -b dc=example",
    "PGPASSWORD=% psql -h db",
    "export API_TOKEN=%",
    "export API_TOKEN='%'",
    "java -Dpassword=% -jar a.jar",
    "A=1\nDB_PASSWORD=%\nB=2",
    "A=1\r\nDB_PASSWORD=\"%\"\r\nB=2",
    "[a]\npassword = %\n",
    "[a]\npassword = \"%\"\n",
    "user: a\npassword: %\n",
    "user: a\npassword: '%' # the old one\n",
    "db: {user: a, password: %}",
    "password: |\n  %\n",
    "<a><password>%</password></a>",
    "<a><Password type=\"x\"><![CDATA[%]]></Password></a>",
    "<add key=\"Password\" value=\"%\"/>",
    "machine h login u password %",
    "CREATE USER a IDENTIFIED BY '%'",
    "alter user a identified by %",
    "CREATE USER a IDENTIFIED WITH caching_sha2_password BY '%'",
    "ALTER ROLE a WITH LOGIN PASSWORD '%';",
    "{'user': 'a', 'password': '%'}",
    "Content-Disposition: form-data; name=\"password\"\r\n\r\n%\r\n--x--",
    "{password => \"%\"}",
    "$config['password'] = '%';",
];

#[test]
fn the_secret_within_a_text_is_found_alone() {
    for container in CONTAINERS {
        let text = container.replace('%', SECRET);
        assert!(is_secret_argument("x", &text) && looks_secret("x", &text), "{text}");
        assert!(Scrubber::new([text.as_str()]).finds(&format!("bad {SECRET}!")), "{text}");
        assert!(scrubber_for(&json!({ "a": [text] })).finds(SECRET), "{text}");
    }
    for login in ["me:hunTer-22xx-pq", "aladdin:open sesame"] {
        let password = login.split_once(':').unwrap().1;
        for text in [
            format!("Basic {}", basic(login)),
            format!("Authorization: Basic {}", basic(login)),
            format!("curl -H 'Authorization: basic {}'", basic(login)),
            format!("https://example.com/?auth={}&x=Basic%20", password.replace(' ', "+")),
        ] {
            assert!(is_secret_argument("x", &text), "{text}");
            assert!(Scrubber::new([text.as_str()]).finds(password), "{text}");
        }
        let header = json!({ "headers": { "Authorization": format!("Basic {}", basic(login)) } });
        assert!(scrubber_for(&header).finds(password));
    }
    let cookie = json!({ "headers": { "Cookie": format!("theme=dark; session={SECRET}") } });
    assert!(scrubber_for(&cookie).finds(SECRET) && !scrubber_for(&cookie).finds("a dark theme"));
}

#[test]
fn a_part_of_a_text_that_only_stands_beside_a_secret_is_readable() {
    for (text, other) in [
        ("Server=db.internal;User Id=app-user;Password=hunTer-22xx;", "db.internal app-user"),
        ("postgres://app-user:hunTer-22xx@db.internal/orders", "db.internal app-user orders"),
        ("mysql -u app-user -phunTer-22xx -h db.internal orders", "db.internal app-user orders"),
        ("user=app-user&password=hunTer-22xx&submit=sign-in", "app-user sign-in"),
    ] {
        let scrubber = Scrubber::new([text]);
        assert!(scrubber.finds("hunTer-22xx") && !scrubber.finds(other), "{text}");
    }
}

#[test]
fn keys_of_services_are_found_in_a_text() {
    let tail = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gHi";
    let hex = "0123456789abcdef";
    let pem = ["-----BEGIN RSA", " PRIVATE KEY-----\nMIIEow"].concat();
    for key in [
        format!("ghp_{tail}"),
        format!("dop_v1_{}", hex.repeat(4)),
        format!("shpat_{hex}{hex}"),
        format!("hf_{tail}"),
        format!("hvs.{tail}"),
        format!("SK{hex}{hex}"),
        format!("123456789:AA{}", &tail[..33]),
        format!("figd_{tail}"),
        format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{tail}"),
        "user:$apr1$abcd$aB3dE6gH9jK2mN5pQ8sT1".to_owned(),
        "$2y$12$aB3dE6gH9jK2mN5pQ8sT1uW4yZ7bC0dF3g".to_owned(),
        "user:{SHA}aB3dE6gH9jK2mN5pQ8sT1vW4yZ0=".to_owned(),
        STANDARD.encode(&pem),
    ] {
        for text in [key.clone(), format!("use {key} for it"), format!("key=\"{key}\""), format!("a:{key},b")]
        {
            assert!(is_secret_argument("val", &text), "{text}");
            assert!(Scrubber::new([text.as_str()]).finds(&format!("is {key}.")), "{text}");
        }
    }
}

#[test]
fn ordinary_texts_are_not_secret() {
    for text in [
        "Please reset the password before you log in.",
        "Your token: it has expired, so sign in again",
        "The password was changed by 3 users",
        "Unexpected token 'abc' in JSON at position 4",
        "docker run -p 8080:80 -u 1000:1000 nginx:1.27",
        "mkdir -p build/out && cp -a x y",
        "mysql -u root -h db.internal orders",
        "tool --stage production --verbose -u me",
        "sort -u names.txt",
        "SELECT password FROM users WHERE id = 5",
        "machine learning",
        "Sent by example.com, identified as spam",
        "Basic needs and bearer bonds",
        "<p>Reset your <b>password</b> now</p>",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
        "https://example.com/reset-password/step2?page=3",
        "mailto:me@example.com",
        "2026-11-28T10:15:00Z user=me status=200 path=/login",
        "title: Passwords\nauthor: me\n",
        "task-list-of-things-to-do-on-monday-1",
        "sk-learn and sk-image are Python packages",
        "SKU0123456789",
        "lines: 12, words: 40",
        "C:\\Users\\me\\Documents",
        "if (a == b) { return c; }",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA",
        "0199c0de-0000-7000-8000-000000000000",
        "eyJpZCI6MTIzNDUsImRpciI6Im5leHQifQ==",
    ] {
        assert!(!is_secret_argument("x", text), "{text}");
        assert!(secrets_in_json(&json!({ "x": [text] }).to_string(), |_| false).is_empty(), "{text}");
    }
}
