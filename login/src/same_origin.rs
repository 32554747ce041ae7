//! Posts that must come from our own pages.

use crate::Login;
use model::{Inbound, Refusal, code};

impl Login {
    /// Refuses a post from another site: a page elsewhere must not press our buttons.
    ///
    /// `Sec-Fetch-Site` decides where the browser sends it (Fetch Metadata), else `Origin`
    /// must be ours letter for letter. A post with neither is refused.
    pub fn require_same_origin(&self, inbound: &Inbound) -> Result<(), Refusal> {
        is_same_origin(inbound, self.0.public_url.as_str())
    }

    /// Refuses a post that says it comes from another site; one that says nothing passes.
    ///
    /// For the form of a login: a page elsewhere must not log this browser in as somebody
    /// else (login CSRF). Old browsers and scripts send neither header; theirs is bound to
    /// the browser by the sealed state alone.
    pub(crate) fn refuse_foreign(&self, inbound: &Inbound) -> Result<(), Refusal> {
        is_not_foreign(inbound, self.0.public_url.as_str())
    }
}

fn is_not_foreign(inbound: &Inbound, own: &str) -> Result<(), Refusal> {
    match (inbound.header("sec-fetch-site"), inbound.header("origin")) {
        // Fetch Metadata section 2.4: `none` is the reader's own doing, such as a page restored.
        (Some("none"), _) | (None, None) => Ok(()),
        _ => is_same_origin(inbound, own),
    }
}

fn is_same_origin(inbound: &Inbound, own: &str) -> Result<(), Refusal> {
    let refused = |log: String| Err(Refusal::new(code::WEB_CROSS_SITE, log));
    match (inbound.header("sec-fetch-site"), inbound.header("origin")) {
        (Some("same-origin"), _) => Ok(()),
        (Some(_), _) => refused("Sec-Fetch-Site is not same-origin".to_owned()),
        (None, Some(origin)) if origin == own => Ok(()),
        (None, Some(_)) => refused("Origin is not ours".to_owned()),
        (None, None) => refused("neither Sec-Fetch-Site nor Origin".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::inbound;

    const OWN: &str = "https://hub.test";

    fn with(headers: &[(&str, &str)]) -> Inbound {
        let mut sent = inbound(&[]);
        sent.headers.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        sent
    }

    fn verdict(headers: &[(&str, &str)]) -> bool {
        is_same_origin(&with(headers), OWN).is_ok()
    }

    #[test]
    fn a_form_of_a_login_may_say_nothing_but_nothing_foreign() {
        let passes = |headers: &[(&str, &str)]| is_not_foreign(&with(headers), OWN).is_ok();
        assert!(passes(&[]));
        assert!(passes(&[("sec-fetch-site", "none"), ("origin", "null")]));
        assert!(passes(&[("sec-fetch-site", "same-origin"), ("origin", OWN)]));
        assert!(passes(&[("origin", OWN)]));
        for site in ["cross-site", "same-site", "", "Same-Origin"] {
            assert!(!passes(&[("sec-fetch-site", site), ("origin", OWN)]), "{site}");
        }
        for origin in
            ["null", "", "https://evil.test", "https://hub.test.evil.test", "http://hub.test"]
        {
            assert!(!passes(&[("origin", origin)]), "{origin}");
        }
    }

    #[test]
    fn only_our_own_pages_press_our_buttons() {
        assert!(verdict(&[("sec-fetch-site", "same-origin")]));
        assert!(verdict(&[("origin", "https://hub.test")]));
        assert!(!verdict(&[("sec-fetch-site", "cross-site"), ("origin", "https://hub.test")]));
        assert!(!verdict(&[("sec-fetch-site", "same-site")]));
        assert!(!verdict(&[("sec-fetch-site", "none")]));
        assert!(!verdict(&[("origin", "https://evil.test")]));
        assert!(!verdict(&[("origin", "https://hub.test.evil.test")]));
        assert!(!verdict(&[("origin", "null")]));
        assert!(!verdict(&[]));
    }
}
