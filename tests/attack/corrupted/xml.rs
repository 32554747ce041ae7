//! The elements, attributes and texts of a message, each to be changed by itself.

use std::ops::Range;

/// One of them: which, and where its octets lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// `Response/Assertion@ID`, `Response/Issuer#text`, `Response/Status`; numbered where
    /// there are more of one path.
    pub path: String,
    /// All of it: `<a>…</a>`, ` name="value"`, the text.
    pub whole: Range<usize>,
    /// What it says: the inside of the element, the value, the text.
    pub value: Range<usize>,
}

/// Every node of a document without comments.
pub fn nodes(xml: &str) -> Vec<Node> {
    let mut found = Vec::new();
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < xml.len() {
        let end = at
            + xml[at..].find(if xml[at..].starts_with('<') { '>' } else { '<' }).map_or(
                xml.len() - at,
                |place| if xml[at..].starts_with('<') { place + 1 } else { place },
            );
        let piece = &xml[at..end];
        if piece.starts_with("</") {
            if let Some((path, start, inside)) = open.pop() {
                found.push(Node { path, whole: start..end, value: inside..at });
            }
        } else if let Some(tag) = piece.strip_prefix('<') {
            let name = tag.split([' ', '>', '/']).next().unwrap_or_default();
            let name = name.rsplit(':').next().unwrap_or_default();
            let path = match open.last() {
                Some((above, ..)) => format!("{above}/{name}"),
                None => name.to_owned(),
            };
            found.extend(attributes(&path, piece, at));
            if piece.ends_with("/>") {
                found.push(Node { path, whole: at..end, value: end..end });
            } else {
                open.push((path, at, end));
            }
        } else if let Some((above, ..)) = open.last() {
            found.push(Node { path: format!("{above}#text"), whole: at..end, value: at..end });
        }
        at = end;
    }
    number(&mut found);
    found
}

fn attributes(path: &str, tag: &str, at: usize) -> Vec<Node> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(quote) = tag[from..].find("=\"").map(|place| from + place) {
        let start = tag[..quote].rfind(' ').unwrap_or_default();
        let value = quote + 2;
        let end = value + tag[value..].find('"').unwrap_or_default();
        found.push(Node {
            path: format!("{path}@{}", &tag[start + 1..quote]),
            whole: at + start..at + end + 1,
            value: at + value..at + end,
        });
        from = end + 1;
    }
    found
}

fn number(nodes: &mut [Node]) {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for node in nodes {
        let n = seen.entry(node.path.clone()).or_default();
        *n += 1;
        if *n > 1 {
            node.path = format!("{}[{n}]", node.path);
        }
    }
}
