//! The doors through which the fuzz target reaches the codec. Behind a feature that no build
//! of the program has; nothing that proves anything leaves it.

use super::link::Answer;
use super::settings::Settings;
use super::verdict::{Verdict, judge};
use super::wire::{Charset, Checksum, Frames, Reply, Request};

const CHARSETS: [Charset; 4] = [Charset::Utf8, Charset::Gbk, Charset::Gb18030, Charset::Cp850];
const CHECKSUMS: [Checksum; 3] = [Checksum::Spec, Checksum::Dp2, Checksum::Ignore];

fn charset(choice: u8) -> Charset {
    CHARSETS.get(usize::from(choice) % CHARSETS.len()).copied().unwrap_or_default()
}

/// The text of every message in `bytes` that would let `asked` in, whatever charset and sum
/// `choice` takes.
pub fn accepted(bytes: &[u8], choice: u8, asked: &str) -> Vec<String> {
    let charset = charset(choice);
    let mode =
        CHECKSUMS.get(usize::from(choice / 4) % CHECKSUMS.len()).copied().unwrap_or_default();
    let settings = Settings::for_fuzzing();
    let (mut frames, mut found) = (Frames::default(), Vec::new());
    for chunk in bytes.chunks(7) {
        frames.push(chunk);
        loop {
            let Ok(next) = frames.next() else { return found };
            let Some(frame) = next else { break };
            let Ok(reply) = Reply::read(&frame, charset, mode) else { continue };
            let answer = Answer { reply, is_numbered: true };
            if let Ok(Verdict::Accepted(_)) = judge(answer, asked, &settings) {
                found.push(charset.decode(&frame));
            }
        }
    }
    found
}

/// The bytes of a question with this value in one of its two fields, where it can be sent.
pub fn sent(value: &str, choice: u8) -> Option<Vec<u8>> {
    let request = Request::new("23", charset(choice)).field("AA", value).ok()?;
    let request = request.field("AD", "x").ok()?;
    Some(request.bytes(Checksum::Ignore, None).to_vec())
}
