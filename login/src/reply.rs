//! What a page handler answers: plain data, which the response layer turns into HTML.

use crate::take_up::CONFIRM;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::{Cookie, Handle, LangTag, LoginCode, Next, Refusal};

/// What happens next, as a response: 500 with itself in the extensions, so that a
/// router without the response layer shows at once.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The next step.
    pub next: Next,
    /// Cookies to set.
    pub cookies: Vec<Cookie>,
    /// The language that the service asked for (`ui_locales`).
    pub lang: Option<LangTag>,
}

impl From<Next> for Reply {
    fn from(next: Next) -> Self {
        Self { next, cookies: Vec::new(), lang: None }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        marked(self)
    }
}

/// A refusal, as a response: 500 with itself in the extensions, like [`Reply`].
#[derive(Debug, Clone)]
pub struct Refused {
    /// What was refused, and why.
    pub refusal: Refusal,
    /// Status of our page.
    pub status: u16,
    /// The code that the reader can quote.
    pub login_code: LoginCode,
    /// The protocol's own error, for the button back to the service.
    pub back: Option<Box<Next>>,
    /// The button that goes on all the same, where there is one.
    pub onward: Option<Box<Onward>>,
    /// Cookies to set.
    pub cookies: Vec<Cookie>,
    /// The language that the service asked for.
    pub lang: Option<LangTag>,
    /// Logged and counted already; else [`crate::Login::note_unnoted`] does it.
    pub is_noted: bool,
}

impl Refused {
    /// A refusal whose HTTP status says more than its code (405, 413, 414, 431).
    pub fn with_status(status: u16, refusal: Refusal, login_code: LoginCode) -> Self {
        Self { status, ..Self::from((refusal, login_code)) }
    }
}

impl From<(Refusal, LoginCode)> for Refused {
    fn from((refusal, login_code): (Refusal, LoginCode)) -> Self {
        let status = refusal.meaning().status();
        let cookies = Vec::new();
        let (back, onward, lang, is_noted) = (None, None, None, false);
        Self { refusal, status, login_code, back, onward, cookies, lang, is_noted }
    }
}

/// A press that goes on with the login that was stopped; posted from our own page alone.
#[derive(Debug, Clone)]
pub struct Onward {
    /// Path the button posts to.
    pub action: &'static str,
    /// Hidden fields: the handle.
    pub hidden: Vec<(String, String)>,
}

impl Onward {
    pub(crate) fn of(handle: &Handle) -> Self {
        let hidden = vec![("handle".to_owned(), handle.as_str().to_owned())];
        Self { action: CONFIRM, hidden }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        marked(self)
    }
}

fn marked<T: Clone + Send + Sync + 'static>(value: T) -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(value);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Entropy, Random, code};
    use std::sync::Arc;

    struct Fixed;
    impl Random for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn without_the_response_layer_both_are_a_bare_500_that_carries_them() {
        let reply = Reply::from(Next::Redirect("/x".into())).into_response();
        assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(reply.extensions().get::<Reply>().is_some());
        let login_code = LoginCode::draw(&Entropy::new(Arc::new(Fixed)));
        let refused = Refused::from((Refusal::new(code::LOG_TOO_MANY, ""), login_code));
        assert_eq!(refused.status, 429);
        let response = refused.into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.extensions().get::<Refused>().is_some());
    }

    #[test]
    fn a_refused_is_cheap_to_pass() {
        assert!(size_of::<Refused>() <= 128);
    }
}
