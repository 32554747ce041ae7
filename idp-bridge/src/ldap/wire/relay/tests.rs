use super::super::samples::{entry, message, result, tlv};
use super::*;
use tokio::io::DuplexStream;

const BIND: &[u8] = b"\x60\x07\x02\x01\x03\x04\x00\x80\x00";
const SEARCH: &[u8] = b"\x63\x02\x04\x00";

struct Between {
    library: UnixStream,
    directory: DuplexStream,
    heard: Arc<Heard>,
}

fn between() -> Between {
    let (near, library) = UnixStream::pair().expect("a pair");
    let (far, directory) = tokio::io::duplex(1 << 20);
    let heard = Arc::<Heard>::default();
    tokio::spawn(relay(near, Box::new(far), Arc::clone(&heard)));
    Between { library, directory, heard }
}

impl Between {
    async fn ask(&mut self, id: u8, op: &[u8]) {
        let asked = message(&[id], op, &[]);
        self.library.write_all(&asked).await.expect("asked");
        let mut seen = vec![0; asked.len()];
        self.directory.read_exact(&mut seen).await.expect("seen");
        assert_eq!(seen, asked);
    }

    /// What the library reads until its side closes.
    async fn told(&mut self, answer: &[u8]) -> (Vec<u8>, Option<Fault>) {
        self.directory.write_all(answer).await.expect("answered");
        let mut told = Vec::new();
        self.library.read_to_end(&mut told).await.expect("closed");
        (told, self.heard.fault())
    }
}

#[tokio::test]
async fn an_answer_passes_without_its_controls_and_leaves_its_word() {
    let mut between = between();
    between.ask(1, BIND).await;
    let name = tlv(4, b"1.3.6.1.4.1.42.2.27.8.5.1");
    let value = tlv(4, &tlv(0x30, &[0x81, 1, 0]));
    let controls = tlv(0xa0, &tlv(0x30, &[name, value].concat()));
    let op = result(0x61, 49, &[]);
    between.directory.write_all(&message(&[1], &op, &controls)).await.expect("answered");
    let bare = message(&[1], &op, &[]);
    let mut told = vec![0; bare.len()];
    between.library.read_exact(&mut told).await.expect("told");
    assert_eq!((told, between.heard.word()), (bare.clone(), Some(Word::Expired)));
    // The next bind's word is its own.
    between.ask(2, BIND).await;
    between.directory.write_all(&message(&[2], &op, &[])).await.expect("answered");
    let mut told = vec![0; bare.len()];
    between.library.read_exact(&mut told).await.expect("told");
    assert_eq!(between.heard.word(), None);
}

#[tokio::test]
async fn what_was_not_asked_for_ends_the_connection() {
    let success = result(0x61, 0, &[]);
    let done = result(0x65, 0, &[]);
    for (asked, answer, fault) in [
        (BIND, message(&[2], &success, &[]), Fault::Unasked),
        (BIND, message(&[1], &done, &[]), Fault::Unasked),
        (SEARCH, message(&[1], &success, &[]), Fault::Unasked),
        (SEARCH, message(&[0], &result(0x78, 52, &[]), &[]), Fault::Ended),
        (
            SEARCH,
            message(&[1], &entry(&[0xff], &[]), &[]),
            Fault::Shape("a text that is not UTF-8"),
        ),
        (SEARCH, b"\x30\x84\x7f\xff\xff\xff".to_vec(), Fault::TooLong(ANSWER_BYTES)),
    ] {
        let mut between = between();
        between.ask(1, asked).await;
        assert_eq!(between.told(&answer).await, (Vec::new(), Some(fault)));
    }
}

#[tokio::test]
async fn an_answer_before_its_question_or_after_its_end_is_none() {
    let mut early = between();
    let success = message(&[1], &result(0x61, 0, &[]), &[]);
    assert_eq!(early.told(&success).await, (Vec::new(), Some(Fault::Unasked)));
    let mut late = between();
    late.ask(1, BIND).await;
    let twice = [success.clone(), success.clone()].concat();
    assert_eq!(late.told(&twice).await, (success, Some(Fault::Unasked)));
}

#[tokio::test]
async fn one_question_is_open_at_a_time() {
    let mut between = between();
    between.ask(1, SEARCH).await;
    between.library.write_all(&message(&[2], SEARCH, &[])).await.expect("asked");
    let mut told = Vec::new();
    between.library.read_to_end(&mut told).await.expect("closed");
    assert_eq!(between.heard.fault(), Some(Fault::Unasked));
}

#[tokio::test]
async fn references_and_parts_are_counted() {
    let mut between = between();
    between.ask(1, SEARCH).await;
    let reference = message(&[1], &tlv(0x73, &tlv(4, b"ldap://x")), &[]);
    let many = reference.repeat(usize::try_from(MOST_ANSWERS).expect("small") + 1);
    assert_eq!(between.told(&many).await, (Vec::new(), Some(Fault::TooMany)));
}

#[test]
fn what_was_taken_is_wiped() {
    let mut buffer = Zeroizing::new(b"secret and more".to_vec());
    take(&mut buffer, 7);
    assert_eq!(buffer.as_slice(), b"and more");
    let spare = buffer.spare_capacity_mut().len();
    assert!(spare >= 7);
}
