//! Checks of the markup of a page, as a validator makes them: what is open is closed, names are named once, controls have
//! labels, and nothing in it runs.

use std::collections::{BTreeMap, BTreeSet};

/// An element with its attributes.
#[derive(Debug)]
pub struct Element {
    pub tag: String,
    pub attributes: BTreeMap<String, String>,
    /// The tags around it, the outermost first.
    pub inside: Vec<String>,
    /// Its text, with that of the elements in it.
    pub text: String,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

const VOID: [&str; 7] = ["area", "br", "hr", "img", "input", "link", "meta"];

/// The elements of a page, in the order of their beginnings.
pub fn elements(page: &str) -> Vec<Element> {
    let mut all: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = page.strip_prefix("<!doctype html>").unwrap_or(page);
    while let Some((text, tag)) = rest.split_once('<') {
        for at in &open {
            all[*at].text.push_str(text);
        }
        assert!(!text.contains('>'), "a stray > in {text:?}");
        let end = end_of_tag(tag);
        let (inner, after) = (&tag[..end], &tag[end + 1..]);
        rest = after;
        if let Some(name) = inner.strip_prefix('/') {
            let last = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
            assert_eq!(
                all[last].tag,
                name,
                "an element is closed by another end: {}",
                &rest[..rest.len().min(200)]
            );
            continue;
        }
        let (inner, is_closed) = match inner.strip_suffix('/') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        let (tag, attributes) = read_tag(inner);
        let inside = open.iter().map(|at| all[*at].tag.clone()).collect();
        let is_void = VOID.contains(&tag.as_str());
        all.push(Element { tag, attributes, inside, text: String::new() });
        if !is_closed && !is_void {
            open.push(all.len() - 1);
        }
    }
    assert!(open.is_empty(), "not closed: {:?}", open.iter().map(|at| &all[*at].tag).collect::<Vec<_>>());
    all
}

/// The place of the `>` that ends a tag: not one in a quoted value.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    panic!("a tag is not closed: {}", &tag[..tag.len().min(200)])
}

fn read_tag(inner: &str) -> (String, BTreeMap<String, String>) {
    let (name, mut rest) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return (name.to_owned(), attributes);
        }
        let end = rest.find([' ', '\n', '=']).unwrap_or(rest.len());
        let key = &rest[..end];
        rest = &rest[end..];
        let value = match rest.strip_prefix('=') {
            None => "",
            Some(quoted) => {
                let quote = quoted.chars().next().unwrap();
                assert!(matches!(quote, '"' | '\''), "{key} of <{name}> is not quoted");
                let (value, after) = quoted[1..].split_once(quote).unwrap();
                rest = after;
                value
            }
        };
        let before = attributes.insert(key.to_owned(), value.to_owned());
        assert_eq!(before, None, "<{name}> has {key} twice");
    }
}

/// Checks a whole page.
#[track_caller]
pub fn check_page(path: &str, page: &str) {
    let all = elements(page);
    let is_of_page = |element: &&Element| !element.inside.iter().any(|tag| tag == "svg");
    let count = |tag: &str| all.iter().filter(is_of_page).filter(|element| element.tag == tag).count();
    assert_eq!((count("html"), count("h1"), count("main"), count("title")), (1, 1, 1, 1), "{path}");
    check_inert(path, &all);
    check_references(path, &all);
    check_tables(path, page);
    check_controls(path, &all);
    let primary =
        all.iter().filter(|element| has_class(element, "btn") && has_class(element, "primary")).count();
    assert!(primary <= 1, "{path} has {primary} primary buttons");
    for element in &all {
        if element.tag == "time" {
            assert!(
                element.get("title").is_some_and(|title| !title.is_empty()),
                "{path}: a time without its title"
            );
        }
    }
    for text in ["…n", "undefined", "None", "Some("] {
        // A header has this word in its name.
        assert!(!page.replace("If-None-Match", "").contains(text), "{path} shows {text}");
    }
}

fn has_class(element: &Element, class: &str) -> bool {
    element.get("class").is_some_and(|all| all.split(' ').any(|one| one == class))
}

/// Nothing in the page runs or styles itself, and nothing is loaded from elsewhere.
#[track_caller]
pub fn check_inert(path: &str, all: &[Element]) {
    for element in all {
        assert!(
            element.tag != "style" && element.tag != "base" && element.tag != "iframe",
            "{path}: <{}>",
            element.tag
        );
        if element.tag == "script" {
            assert!(element.get("src").is_some_and(|src| src.starts_with("/assets/")), "{path}: {element:?}");
            assert!(element.text.is_empty() && element.get("defer").is_some(), "{path}: {element:?}");
        }
        for (name, value) in &element.attributes {
            assert!(name != "style" && !name.starts_with("on"), "{path}: {name} of <{}>", element.tag);
            if matches!(name.as_str(), "href" | "src" | "action" | "hx-get" | "sse-connect") {
                let value = value.to_lowercase();
                let is_own = value.starts_with('/') && !value.starts_with("//")
                    || value.starts_with('#')
                    || value.is_empty();
                let is_monitor = element.get("rel") == Some("noreferrer") && value.starts_with("http");
                assert!(is_own || is_monitor, "{path}: {name} is {value}");
            }
        }
    }
}

fn check_references(path: &str, all: &[Element]) {
    let mut ids = BTreeSet::new();
    for id in all.iter().filter_map(|element| element.get("id")) {
        assert!(!id.contains(' '), "{path}: {id}");
        assert!(ids.insert(id), "{path}: two elements have the id {id}");
    }
    for element in all {
        for name in ["for", "aria-describedby", "aria-controls", "aria-labelledby", "data-from", "form"] {
            if let Some(id) = element.get(name) {
                assert!(
                    ids.contains(id),
                    "{path}: {name} of <{}> names {id}, which does not exist",
                    element.tag
                );
            }
        }
        if let Some(id) = element.get("href").and_then(|href| href.strip_prefix('#')) {
            assert!(ids.contains(id), "{path}: a link to #{id}, which does not exist");
        }
    }
}

fn check_tables(path: &str, page: &str) {
    for table in page.split("<table").skip(1) {
        let table = table.split("</table>").next().unwrap();
        let (_, caption) =
            table.split_once("<caption").unwrap_or_else(|| panic!("{path}: a table without a caption"));
        let caption = caption.split_once('>').unwrap().1.split("</caption>").next().unwrap();
        assert!(!caption.trim().is_empty(), "{path}");
        if table.contains("fold") {
            assert!(table.starts_with(" role=\"table\""), "{path}: a folded table keeps its roles");
        }
    }
}

fn check_controls(path: &str, all: &[Element]) {
    let labelled: BTreeSet<&str> =
        all.iter().filter(|element| element.tag == "label").filter_map(|label| label.get("for")).collect();
    for element in all {
        let is_control = match element.tag.as_str() {
            "input" => element.get("type") != Some("hidden") && element.get("hidden").is_none(),
            "select" | "textarea" => true,
            "button" => {
                let has_name = !element.text.trim().is_empty() || element.get("aria-label").is_some();
                assert!(has_name, "{path}: a button without a name: {element:?}");
                false
            }
            "a" => {
                let is_svg = element.inside.iter().any(|tag| tag == "svg");
                let has_name = is_svg || !element.text.trim().is_empty();
                assert!(has_name, "{path}: a link without a text: {element:?}");
                false
            }
            _ => false,
        };
        let has_label = element.get("aria-label").is_some_and(|label| !label.trim().is_empty())
            || element.get("id").is_some_and(|id| labelled.contains(id))
            || element.inside.iter().any(|tag| tag == "label");
        assert!(!is_control || has_label, "{path}: a control without a label: {element:?}");
    }
}
