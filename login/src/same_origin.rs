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

    fn verdict(headers: &[(&str, &str)]) -> bool {
        let mut sent = inbound(&[]);
        sent.headers.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        is_same_origin(&sent, "https://hub.test").is_ok()
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
