//! Writing XML directly in exclusive canonical form.
//!
//! What is written here is what Exclusive XML Canonicalization 1.0 makes of
//! it, octet for octet, so a digest can be taken over the text as it goes
//! out: no second serialisation, nothing to differ. The caller declares a
//! namespace on the first element that uses its prefix, and gives attributes
//! in canonical order; a unit test compares with the canonicaliser.

/// Text under construction.
#[derive(Debug, Default)]
pub(crate) struct Canonical(String);

/// A namespace declaration: prefix and URI.
pub(crate) type Ns<'a> = (&'a str, &'a str);

impl Canonical {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }

    /// Starts an element. `attrs` are in order of their names; absent ones are left out.
    pub(crate) fn open(
        &mut self,
        name: &str,
        ns: &[Ns<'_>],
        attrs: &[(&str, Option<&str>)],
    ) -> &mut Self {
        debug_assert!(
            ns.is_sorted() && attrs.iter().map(|a| a.0).is_sorted(),
            "canonical order in {name}"
        );
        self.0.push('<');
        self.0.push_str(name);
        for (prefix, uri) in ns {
            self.0.push_str(" xmlns:");
            self.attribute(prefix, uri);
        }
        for (attr, value) in attrs {
            if let Some(value) = value {
                self.0.push(' ');
                self.attribute(attr, value);
            }
        }
        self.0.push('>');
        self
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.0.push_str(name);
        self.0.push_str("=\"");
        escape(&mut self.0, value, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '"' => Some("&quot;"),
            '\t' => Some("&#x9;"),
            '\n' => Some("&#xA;"),
            '\r' => Some("&#xD;"),
            _ => None,
        });
        self.0.push('"');
    }

    /// Ends an element.
    pub(crate) fn close(&mut self, name: &str) -> &mut Self {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
        self
    }

    /// Character data.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        escape(&mut self.0, text, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '\r' => Some("&#xD;"),
            _ => None,
        });
        self
    }

    /// An element that holds only text.
    pub(crate) fn leaf(
        &mut self,
        name: &str,
        attrs: &[(&str, Option<&str>)],
        text: &str,
    ) -> &mut Self {
        self.open(name, &[], attrs).text(text).close(name)
    }

    /// What is canonical already.
    pub(crate) fn raw(&mut self, canonical: &str) -> &mut Self {
        self.0.push_str(canonical);
        self
    }
}

/// Appends `text`, escaped; what XML cannot carry (XML 1.0 section 2.2) becomes U+FFFD.
fn escape(out: &mut String, text: &str, replace: impl Fn(char) -> Option<&'static str>) {
    for c in text.chars() {
        match replace(c) {
            Some(entity) => out.push_str(entity),
            None if is_xml_char(c) => out.push(c),
            None => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
}

const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
