//! Judges names: whether the value of a variable, member or option is secret because of what it is called.

/// Words that make a name look secret. They are compared with each word of the name and are not case-sensitive.
const SECRET_WORDS: [&str; 56] = [
    "password",
    "passwd",
    "pswd",
    "pwd",
    "pw",
    "pass",
    "passphrase",
    "passcode",
    "secret",
    "secrets",
    "token",
    "apikey",
    "credential",
    "credentials",
    "creds",
    "cred",
    "auth",
    "authorization",
    "bearer",
    "dsn",
    "cookie",
    "jwt",
    "pin",
    "otp",
    "totp",
    "signature",
    "sig",
    "hmac",
    "sas",
    "salt",
    "pepper",
    "mnemonic",
    "webhook",
    "csrf",
    "xsrf",
    "cvv",
    "cvc",
    "iban",
    "ssn",
    "pat",
    "sessid",
    "sessionid",
    "jsessionid",
    "phpsessid",
    "seedphrase",
    "senha",
    "hasło",
    "haslo",
    "heslo",
    "parola",
    "şifre",
    "sifre",
    "jelszó",
    "jelszo",
    "lozinka",
    "geheim",
];

/// Parts of words that make a name look secret wherever they are: `PGPASSWORD`, `clientsecret2`.
const SECRET_PARTS: [&str; 28] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "credential",
    "apikey",
    "privatekey",
    "accesskey",
    "secretkey",
    "accountkey",
    "passwort",
    "kennwort",
    "contrase",
    "motdepasse",
    "пароль",
    "wachtwoord",
    "lösenord",
    "losenord",
    "passord",
    "adgangskode",
    "salasana",
    "palavrapasse",
    "zugangsdaten",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
];

/// Ends of words that make a name look secret: `MYSQLPWD`, `dbpass`, `authtoken`.
const SECRET_ENDS: [&str; 3] = ["pwd", "pass", "token"];

/// Words with such a part or end that mean something else.
const OTHER_WORDS: [&str; 12] = [
    "oldpwd",
    "bypass",
    "compass",
    "encompass",
    "surpass",
    "trespass",
    "overpass",
    "underpass",
    "secretary",
    "secretaries",
    "secretariat",
    "passwordless",
];

/// What a key is for, if the key is a secret: `API_KEY`. And other pairs of words that make a name look secret.
const SECRET_PAIRS: [(&str, &str); 45] = [
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("master", "key"),
    ("account", "key"),
    ("shared", "key"),
    ("service", "key"),
    ("client", "key"),
    ("auth", "key"),
    ("app", "key"),
    ("application", "key"),
    ("license", "key"),
    ("subscription", "key"),
    ("storage", "key"),
    ("host", "key"),
    ("ssh", "key"),
    ("pgp", "key"),
    ("gpg", "key"),
    ("instrumentation", "key"),
    ("connection", "string"),
    ("conn", "str"),
    ("web", "hook"),
    ("access", "code"),
    ("security", "code"),
    ("verification", "code"),
    ("recovery", "code"),
    ("backup", "code"),
    ("session", "id"),
    ("session", "key"),
    ("cert", "key"),
    ("certificate", "key"),
    ("tls", "key"),
    ("ssl", "key"),
    ("seed", "phrase"),
    ("recovery", "phrase"),
    ("backup", "phrase"),
    ("mot", "passe"),
    ("de", "passe"),
    ("palavra", "passe"),
    ("card", "number"),
    ("credit", "card"),
    ("social", "security"),
];

/// Last words that say the variable describes a secret but does not contain one: `TOKEN_URL`, `SECRET_ARN`.
const HARMLESS_ENDINGS: [&str; 15] = [
    "arn", "name", "url", "uri", "endpoint", "path", "file", "ttl", "timeout", "expiry", "length", "count",
    "enabled", "region", "type",
];

/// Those of them that are addresses.
const ADDRESSES: [&str; 3] = ["url", "uri", "endpoint"];

/// Words before `token` that say the value is only the position in a list: `nextToken`.
const PAGE_WORDS: [&str; 4] = ["next", "page", "continuation", "pagination"];

/// Whether a name looks secret and does not only describe a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = split_into_words(name);
    // Who knows the address of a web hook may use it.
    let is_web_hook = words.iter().any(|word| word == "webhook")
        || words.windows(2).any(|pair| pair[0] == "web" && pair[1] == "hook");
    let describes = words.last().is_some_and(|last| {
        HARMLESS_ENDINGS.contains(&last.as_str()) && !(is_web_hook && ADDRESSES.contains(&last.as_str()))
    });
    let is_page_token = matches!(words.as_slice(), [.., before, last] if last == "token" && PAGE_WORDS.contains(&before.as_str()));
    !describes && !is_page_token && has_secret_word(&words)
}

/// Whether one of the words of a name, or two adjacent ones, are about a secret.
pub(crate) fn has_secret_word(words: &[String]) -> bool {
    let single = |word: &String| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        SECRET_WORDS.contains(&word)
            || (!OTHER_WORDS.contains(&word)
                && (SECRET_PARTS.iter().any(|part| word.contains(part))
                    || SECRET_ENDS.iter().any(|end| word.ends_with(end))))
    };
    words.iter().any(single)
        || words.windows(2).any(|pair| SECRET_PAIRS.contains(&(pair[0].as_str(), pair[1].as_str())))
}

/// Splits a name into lower-case words, at every character that is not a letter or digit and before a capital that
/// follows a lower-case letter or a digit, or that begins a word after capitals: `dbPassword`, `DB_PASSWORD`,
/// `db-password`, `DBPassword`.
pub(crate) fn split_into_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before: Option<char> = None;
    let mut signs = name.chars().peekable();
    while let Some(c) = signs.next() {
        let after_small = before.is_some_and(|c| c.is_lowercase() || c.is_numeric());
        let ends_capitals =
            before.is_some_and(char::is_uppercase) && signs.peek().is_some_and(|c| c.is_lowercase());
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && (after_small || ends_capitals));
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    words.retain(|word| !word.is_empty());
    words
}
