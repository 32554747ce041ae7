//! A master key that lies in no file of ours.

use metadata::{KeyError, MasterKey};
use std::path::PathBuf;

/// The key itself, in base64.
pub(super) const VARIABLE: &str = "READERPASS_MASTER_KEY";
/// Where systemd lays what `LoadCredential=` and `LoadCredentialEncrypted=` name.
pub(super) const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
const CREDENTIAL: &str = "readerpass-master-key";

/// What the environment says of it.
#[derive(Default)]
pub(super) struct Given {
    text: Option<String>,
    credential: Option<PathBuf>,
}

impl Given {
    /// Takes a variable that is about the master key; false for any other.
    pub(super) fn takes(&mut self, name: &str, value: &str) -> bool {
        match name {
            VARIABLE => self.text = Some(value.to_owned()),
            CREDENTIALS => self.credential = Some(PathBuf::from(value).join(CREDENTIAL)),
            _ => return false,
        }
        true
    }

    /// The key that is given: by the variable, else as a credential. One that cannot be
    /// read is an error, never a reason to look elsewhere.
    pub(super) fn key(self) -> Result<Option<MasterKey>, KeyError> {
        if let Some(text) = self.text {
            return MasterKey::parse(&text, VARIABLE).map(Some);
        }
        // A unit may have other credentials.
        let Some(path) = self.credential.filter(|path| path.exists()) else { return Ok(None) };
        let source = format!("the credential {}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|e| KeyError::Master {
            what: format!("{source} cannot be read: {e}"),
            remedy: "let the unit that names it run as the user that it is for".to_owned(),
        })?;
        MasterKey::parse(&text, &source).map(Some)
    }
}
