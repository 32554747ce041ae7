//! What a deserializer says of a file, in words of people who write files and not programs.

/// One fault of form. No type of this program is named in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// The key that is missing, below the place where the fault was met.
    pub missing: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to write instead; `None` where only an example could tell.
    pub remedy: Option<String>,
}

impl Plain {
    fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { missing: None, what: what.into(), remedy: Some(remedy.into()) }
    }

    /// The key of the fault: `path` as the deserializer counts it, with the missing key behind it.
    pub fn key(&self, path: &str) -> String {
        // A key that is itself a word is shown as `?`.
        let path = if path == "." { "" } else { path.trim_end_matches(".?") };
        match &self.missing {
            Some(key) if path.is_empty() => key.clone(),
            Some(key) => format!("{path}.{key}"),
            None => path.to_owned(),
        }
    }

    /// What to do, with the example where there is one.
    pub fn remedy(&self, example: Option<&str>) -> String {
        match (&self.remedy, example) {
            (Some(remedy), Some(example)) => format!("{remedy}, as in {example}"),
            (Some(remedy), None) => remedy.clone(),
            (None, Some(example)) => format!("write it as in {example}"),
            (None, None) => "write it as the documentation shows".to_owned(),
        }
    }
}

/// Says plainly what serde or TOML said; what is none of their phrases stays as it is.
pub fn plain(message: &str) -> Plain {
    let message = message.trim();
    if let Some((seen, expected)) = phrase(message, "invalid type: ") {
        let allowed = allowed(expected);
        return Plain::new(format!("{} stands here", shown(seen)), format!("write {allowed}"));
    }
    if let Some((seen, expected)) = phrase(message, "invalid value: ") {
        let what = format!("{} cannot be used here", shown(seen));
        return Plain::new(what, format!("write {}", allowed(expected)));
    }
    if message.starts_with("invalid length ") {
        return Plain::new("the wrong number of entries", "add or remove some");
    }
    if message.starts_with("unknown field ") {
        let known = choices(message).map(|all| format!("; known here are {all}"));
        let remedy = "remove it, or correct its spelling";
        return Plain::new("unknown key", format!("{remedy}{}", known.unwrap_or_default()));
    }
    if message.starts_with("unknown variant ") {
        let word = first_quoted(message).unwrap_or_default();
        let what = format!("`{word}` is none of the words allowed here");
        return Plain::new(what, format!("write one of {}", choices(message).unwrap_or_default()));
    }
    if message.starts_with("missing field ") {
        let missing = first_quoted(message).map(str::to_owned);
        return Plain { missing, ..Plain::new("missing", "add the key") };
    }
    if message.starts_with("duplicate field ") {
        return Plain::new("stands there twice", "keep it once");
    }
    if message.starts_with("data did not match any variant") {
        let what = "has none of the forms allowed here".to_owned();
        return Plain { missing: None, what, remedy: None };
    }
    Plain { missing: None, what: message.to_owned(), remedy: None }
}

/// `PREFIX seen, expected this`. What was seen may hold the word itself.
fn phrase<'m>(message: &'m str, prefix: &str) -> Option<(&'m str, &'m str)> {
    message.strip_prefix(prefix)?.rsplit_once(", expected ")
}

/// `integer `5`` → the number 5.
fn shown(seen: &str) -> String {
    let quoted = first_quoted(seen).unwrap_or(seen);
    match seen.split([' ', ',']).next().unwrap_or_default() {
        "boolean" => quoted.to_owned(),
        "integer" | "floating" => format!("the number {quoted}"),
        "string" => {
            let text: String = seen.trim_start_matches("string ").chars().take(80).collect();
            format!("the text {text}")
        }
        "sequence" => "a list".to_owned(),
        "map" => "a table".to_owned(),
        "null" | "unit" => "nothing".to_owned(),
        _ => "something else".to_owned(),
    }
}

fn allowed(expected: &str) -> String {
    let whole =
        ["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128", "usize", "isize"];
    match expected {
        "a string" | "string" | "a borrowed string" | "a character" => "a text in quotes".into(),
        "path string" => "a path in quotes".into(),
        "a sequence" => "a list in brackets".into(),
        "a map" => "a table".into(),
        "a boolean" => "true or false".into(),
        "struct Text" => "{ zh = \"…\", en = \"…\" }".into(),
        "f32" | "f64" => "a number".into(),
        "socket address" => "an address with its port in quotes".into(),
        number if whole.contains(&number) => "a whole number within bounds".into(),
        net if net.contains("IP") => "a network in quotes".into(),
        table if table.starts_with("struct ") || table.contains("map") => "a table of keys".into(),
        word if word.starts_with("enum") || word.contains("variant") => "one of its words".into(),
        _ => "what belongs there".into(),
    }
}

/// What stands between backquotes after `expected`, as a list.
fn choices(message: &str) -> Option<String> {
    let (_, all) = message.split_once(", expected ")?;
    let words: Vec<&str> = all.split('`').skip(1).step_by(2).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn first_quoted(text: &str) -> Option<&str> {
    text.split('`').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Member, Service};

    fn said<T: serde::de::DeserializeOwned + std::fmt::Debug>(text: &str) -> (String, String) {
        let said = plain(toml::from_str::<T>(text).expect_err("a fault").message());
        (said.what.clone(), said.remedy(None))
    }

    #[test]
    fn the_phrases_of_the_deserializer_become_plain() {
        const REST: &str = "id = 'nju'\nclass = 'A'\nstatus = 'live'\n";
        for (text, what, remedy) in [
            ("name = 5", "the number 5 stands here", "{ zh ="),
            ("name = 'Nanking, expected'", "the text \"Nanking, expected\" stands", "{ zh ="),
            ("name = { zh = true }", "true stands here", "a text in quotes"),
            ("name = { zh = 'x' }\ncodes = 'x'", "the text \"x\" stands here", "a list"),
            ("name = { zh = 'x' }\nlinks = []", "a list stands here", "a table"),
            ("name = { zh = 'x' }\nregoin = 'x'", "unknown key", "known here are id, codes, name"),
            ("region = 'x'", "missing", "add the key"),
        ] {
            let (said, advised) = said::<Member>(&format!("{REST}{text}"));
            assert!(said.contains(what), "{text}: {said}");
            assert!(advised.contains(remedy), "{text}: {advised}");
        }
        let (said, advised) =
            said::<Service>("id = 'ill'\nname = { zh = 'x' }\nstatus = 'alive'\n");
        assert_eq!(said, "`alive` is none of the words allowed here");
        assert_eq!(advised, "write one of live, testing, suspended");
    }

    #[test]
    fn no_word_of_the_program_is_left() {
        for message in [
            "invalid type: newtype struct, expected tuple struct LocalKey",
            "invalid type: unit value, expected enum Standing",
            "invalid value: integer `70000`, expected u16",
            "invalid length 3, expected an array of length 2",
            "unknown field `x`, there are no fields",
            "data did not match any variant of untagged enum MetadataRef",
            "duplicate field `id`",
        ] {
            let said = plain(message);
            let all = format!("{} {}", said.what, said.remedy(Some("x = 1")));
            for word in ["struct", "enum", "u16", "field", "variant", "invalid", "expected"] {
                assert!(!all.contains(word), "{message}: {all}");
            }
        }
    }

    #[test]
    fn a_missing_key_is_named_below_its_place() {
        let said = plain("missing field `client_id`");
        assert_eq!(said.key("oidc"), "oidc.client_id");
        assert_eq!(said.key("."), "client_id");
        assert_eq!(
            plain("invalid type: map, expected a string").key("service.ill.?"),
            "service.ill"
        );
        assert_eq!(
            said.remedy(Some("client_id = \"ill\"")),
            "add the key, as in client_id = \"ill\""
        );
    }
}
