//! Doors for the fuzz targets: pure readers, which open nothing.

use super::answer::{self, Answer};
use super::logout;

/// Reads an answer as the connector does: the user and the names and values where it is a
/// success, else `None`.
pub fn answer(body: &[u8]) -> Option<(String, Vec<(String, String)>)> {
    match answer::read(body) {
        Ok(Answer::Success(said)) => Some((said.user, said.attributes)),
        Ok(Answer::Failure(_)) | Err(_) => None,
    }
}

/// The ticket that a notice of logout names.
pub fn logout(notice: &str) -> Option<String> {
    logout::session_index(notice).ok().map(|ticket| ticket.as_str().to_owned())
}
