//! The hub behind a connection, as a service or a browser reaches it.

use crate::logins::hub::{Answered, Asked};
use crate::serving::wire::Wire;
use http::Request;
use std::cell::RefCell;
use std::error::Error;
use std::net::SocketAddr;

/// One kept connection.
pub(super) struct Remote(RefCell<Wire>);

impl Remote {
    pub(super) fn connect(at: SocketAddr) -> std::io::Result<Self> {
        Ok(Self(RefCell::new(Wire::connect(at)?)))
    }
}

impl Asked for Remote {
    fn ask(&self, request: Request<String>) -> Result<Answered, Box<dyn Error>> {
        let answer = self.0.borrow_mut().send(&request)?;
        Answered::of(answer.status, &answer.headers, answer.body)
    }
}
