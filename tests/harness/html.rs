//! Just enough of HTML to press its buttons.

#[derive(Debug, Clone, Default)]
pub struct PageForm {
    pub action: String,
    pub method: String,
    pub fields: Vec<(String, String)>,
}

impl PageForm {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Fills a field in, or adds it.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.fields.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
    }
}

pub fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';') else { break };
        let name = &rest[1..end];
        let number = name.strip_prefix("#x").map_or_else(
            || name.strip_prefix('#').and_then(|n| n.parse().ok()),
            |hex| u32::from_str_radix(hex, 16).ok(),
        );
        match (name, number.and_then(char::from_u32)) {
            (_, Some(character)) => plain.push(character),
            ("amp", _) => plain.push('&'),
            ("lt", _) => plain.push('<'),
            ("gt", _) => plain.push('>'),
            ("quot", _) => plain.push('"'),
            ("apos", _) => plain.push('\''),
            _ => plain.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    plain.push_str(rest);
    plain
}

/// The start tags of that name, without their angle brackets.
pub fn tags<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    let mut found = Vec::new();
    let mut rest = html;
    let open = format!("<{name}");
    while let Some(at) = rest.find(&open) {
        let tag = &rest[at + 1..];
        let end = tag.find('>').unwrap_or(tag.len());
        if tag[name.len()..].starts_with([' ', '>', '\n', '\t', '/']) {
            found.push(&tag[..end]);
        }
        rest = &tag[end..];
    }
    found
}

pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let key = format!("{name}=\"");
    let mut from = 0;
    loop {
        let at = tag[from..].find(&key)? + from;
        if at > 0 && tag.as_bytes()[at - 1].is_ascii_whitespace() {
            let value = &tag[at + key.len()..];
            return Some(unescape(&value[..value.find('"')?]));
        }
        from = at + 1;
    }
}

pub fn forms(html: &str) -> Vec<PageForm> {
    let mut found = Vec::new();
    for part in html.split("<form").skip(1) {
        let part = part.split("</form>").next().unwrap_or(part);
        let head = format!("form{}", part.split('>').next().unwrap_or_default());
        // As a browser does: no box that is not ticked, and the button that Enter presses.
        let fields = tags(part, "input")
            .into_iter()
            .filter(|tag| !tag.contains("type=\"checkbox\"") || tag.contains(" checked"))
            .chain(tags(part, "textarea"))
            .chain(tags(part, "button").into_iter().take(1))
            .filter_map(|tag| {
                Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
            })
            .collect();
        found.push(PageForm {
            action: attribute(&head, "action").unwrap_or_default(),
            method: attribute(&head, "method").unwrap_or_else(|| "get".to_owned()),
            fields,
        });
    }
    found
}

pub fn links(html: &str) -> Vec<String> {
    tags(html, "a").into_iter().filter_map(|t| attribute(t, "href")).collect()
}

pub fn refresh(html: &str) -> Option<String> {
    let tag = tags(html, "meta")
        .into_iter()
        .find(|t| attribute(t, "http-equiv").is_some_and(|v| v.eq_ignore_ascii_case("refresh")))?;
    let content = attribute(tag, "content")?;
    let at = content.to_ascii_lowercase().find("url=")?;
    Some(content[at + 4..].to_owned())
}
