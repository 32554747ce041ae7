//! The tree, read-only.

use super::XmlFault;
use bergshamra::xml::uppsala::{self, NodeId, NodeKind};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// A parsed document.
#[derive(Debug)]
pub struct Document<'a> {
    pub(crate) inner: uppsala::Document<'a>,
    root: NodeId,
}

impl<'a> Document<'a> {
    pub(super) fn new(inner: uppsala::Document<'a>) -> Result<Self, XmlFault> {
        if inner.doctype.is_some() {
            return Err(XmlFault::Dtd);
        }
        let declared = inner.xml_declaration.as_ref().and_then(|d| d.encoding.as_deref());
        // The bytes are UTF-8. A document that claims otherwise would be read otherwise elsewhere.
        if declared.is_some_and(|e| {
            !e.eq_ignore_ascii_case("utf-8") && !e.eq_ignore_ascii_case("us-ascii")
        }) {
            return Err(XmlFault::Encoding);
        }
        let root =
            inner.document_element().ok_or_else(|| XmlFault::malformed("no root element"))?;
        let document = Self { inner, root };
        if document.elements().any(Element::declares_amiss) {
            return Err(XmlFault::malformed("a namespace declaration that may not stand"));
        }
        Ok(document)
    }

    /// The root element.
    pub fn root(&self) -> Element<'_> {
        Element { document: &self.inner, id: self.root }
    }

    /// Every element in document order, the root first.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        let below = self.inner.descendants(self.root);
        std::iter::once(self.root)
            .chain(below)
            .filter(|id| self.inner.element(*id).is_some())
            .map(|id| Element { document: &self.inner, id })
    }
}

/// An element of a document; cheap to copy.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d uppsala::Document<'d>,
    pub(crate) id: NodeId,
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.document, other.document)
    }
}

impl<'d> Element<'d> {
    fn data(self) -> Option<&'d uppsala::Element<'d>> {
        self.document.element(self.id)
    }

    /// Whether it takes a prefix back or one of the two that are not its own (Namespaces in
    /// XML 1.0, sections 2.2 and 3): readers do not agree on what its names then mean.
    fn declares_amiss(self) -> bool {
        let declared = self.data().map(|e| &*e.namespace_declarations).unwrap_or_default();
        declared.iter().any(|(prefix, uri)| match &**prefix {
            "xmlns" => true,
            "xml" => **uri != *XML,
            prefix => matches!(&**uri, XML | XMLNS) || (uri.is_empty() && !prefix.is_empty()),
        })
    }

    /// Its namespace; empty where it is in none.
    pub fn namespace(self) -> &'d str {
        self.data().and_then(|e| e.name.namespace_uri.as_deref()).unwrap_or_default()
    }

    /// Its name without prefix.
    pub fn name(self) -> &'d str {
        self.data().map(|e| &*e.name.local_name).unwrap_or_default()
    }

    /// Whether it is that element of that namespace.
    pub fn is(self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// The value of the attribute of that name in no namespace.
    pub fn attr(self, name: &str) -> Option<&'d str> {
        self.attr_in(None, name)
    }

    /// The value of the attribute of that name in that namespace.
    pub fn attr_ns(self, namespace: &str, name: &str) -> Option<&'d str> {
        self.attr_in(Some(namespace), name)
    }

    fn attr_in(self, namespace: Option<&str>, name: &str) -> Option<&'d str> {
        self.data()?
            .attributes
            .iter()
            .find(|a| *a.name.local_name == *name && a.name.namespace_uri.as_deref() == namespace)
            .map(|a| &*a.value)
    }

    /// All attributes: namespace (empty for none), name, value.
    pub fn attrs(self) -> impl Iterator<Item = (&'d str, &'d str, &'d str)> {
        self.data().into_iter().flat_map(|e| &e.attributes).map(|a| {
            (a.name.namespace_uri.as_deref().unwrap_or_default(), &*a.name.local_name, &*a.value)
        })
    }

    /// Child elements in order.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        self.document
            .children_iter(self.id)
            .filter(move |id| self.document.element(*id).is_some())
            .map(move |id| Element { document: self.document, id })
    }

    /// Child elements of that name.
    pub fn all(
        self,
        namespace: &'static str,
        name: &'static str,
    ) -> impl Iterator<Item = Element<'d>> {
        self.children().filter(move |e| e.is(namespace, name))
    }

    /// The child element of that name where there is exactly one; a second one is a fault.
    pub fn one(
        self,
        namespace: &'static str,
        name: &'static str,
    ) -> Result<Option<Element<'d>>, XmlFault> {
        let mut found = self.all(namespace, name);
        let first = found.next();
        match found.next() {
            Some(_) => Err(XmlFault::malformed(format!("more than one {name}"))),
            None => Ok(first),
        }
    }

    /// Its parent element; `None` of the root.
    pub fn parent(self) -> Option<Element<'d>> {
        let id = self.document.parent(self.id)?;
        self.document.element(id).map(|_| Element { document: self.document, id })
    }

    /// Its whole own text, joined over whatever splits it (CVE-2017-11428);
    /// a child element inside is a fault.
    pub fn text(self) -> Result<String, XmlFault> {
        let mut text = String::new();
        for id in self.document.children_iter(self.id) {
            match self.document.node_kind(id) {
                Some(NodeKind::Text(part) | NodeKind::CData(part)) => text.push_str(part),
                Some(NodeKind::Element(_)) => {
                    return Err(XmlFault::malformed(format!(
                        "an element inside the text of {}",
                        self.name()
                    )));
                }
                _ => {}
            }
        }
        Ok(text)
    }

    /// [`Element::text`] without white space around it.
    pub fn trimmed(self) -> Result<String, XmlFault> {
        self.text().map(|t| t.trim_matches(WHITE).to_owned())
    }

    /// Whether nothing but elements and white space stands directly in it.
    pub(crate) fn holds_only_elements(self) -> bool {
        self.document.children_iter(self.id).all(|id| match self.document.node_kind(id) {
            Some(NodeKind::Element(_)) => true,
            Some(NodeKind::Text(text)) => text.trim_matches(WHITE).is_empty(),
            _ => false,
        })
    }

    /// Its text where it is one single run of characters: nothing inserted, nothing hidden.
    pub(crate) fn plain_text(self) -> Option<&'d str> {
        let mut parts = self.document.children_iter(self.id);
        let text = match self.document.node_kind(parts.next()?) {
            Some(NodeKind::Text(text)) => &**text,
            _ => return None,
        };
        parts.next().is_none().then_some(text)
    }
}

const WHITE: [char; 4] = [' ', '\t', '\r', '\n'];

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{{{}}}{}", self.namespace(), self.name())
    }
}
