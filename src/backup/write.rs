//! Writing a backup.

use super::{BackupError, FORM, MARK, Manifest, PURPOSE, file_fault, hex};
use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use metadata::MasterKey;
use model::Moment;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// Writes a snapshot of the durable store with its head; on the disk when this returns.
///
/// # Errors
/// [`BackupError`] names the file that cannot be read or written.
pub(crate) fn write(
    snapshot: &Path,
    (file, path): (&mut File, &Path),
    public_url: &str,
    master: &MasterKey,
    moment: &Moment,
) -> Result<Manifest, BackupError> {
    let (bytes, sha256) = measure(snapshot)?;
    let manifest = Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        public_url: public_url.to_owned(),
        created: moment.now.rfc3339(),
        bytes,
        sha256,
    };
    let fault = file_fault(path);
    let json = serde_json::to_string(&manifest).map_err(|e| fault(e.into()))?;
    let head = format!("{MARK}{FORM}\n{json}\n");
    let hash = digest(&SHA256, head.as_bytes());
    let seal = master.seal(PURPOSE, hash.as_ref(), &moment.entropy)?;
    let third = format!("{} {}\n", hex(hash.as_ref()), URL_SAFE_NO_PAD.encode(seal));
    file.write_all(head.as_bytes()).map_err(&fault)?;
    file.write_all(third.as_bytes()).map_err(&fault)?;
    let mut database = File::open(snapshot).map_err(file_fault(snapshot))?;
    std::io::copy(&mut database, file).map_err(&fault)?;
    file.sync_all().map_err(&fault)?;
    Ok(manifest)
}

/// Length and hash, in bounded memory.
fn measure(snapshot: &Path) -> Result<(u64, String), BackupError> {
    let fault = file_fault(snapshot);
    let mut file = File::open(snapshot).map_err(&fault)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 65_536];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(&fault)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else {
            return Ok((bytes, hex(context.finish().as_ref())));
        };
        context.update(part);
        bytes += part.len() as u64;
    }
}
