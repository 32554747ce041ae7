use super::*;
use model::Timestamp;
use proptest::prelude::*;

const NOON: Timestamp = Timestamp::from_unix_s(1_795_262_400);

fn frames(chunks: &[&[u8]]) -> Vec<String> {
    let mut frames = Frames::default();
    let mut found = Vec::new();
    for chunk in chunks {
        frames.push(chunk);
        while let Some(frame) = frames.next().expect("in bounds") {
            found.push(String::from_utf8(frame).expect("text"));
        }
    }
    found
}

fn reply(text: &str) -> Reply {
    Reply::read(text.as_bytes(), Charset::Utf8, Checksum::Spec).expect("a reply")
}

/// A 64 with these fields and no trailer.
fn patron(status: &str, fields: &str) -> String {
    format!("64{status}00120261121    120000{}{fields}", " ".repeat(24))
}

#[test]
fn messages_end_by_any_line_end_and_nothing_between_them_counts() {
    let two = ["941", "96"];
    for text in [
        "941\r96\r",
        "941\r\n96\r\n",
        "941\n96\n",
        "\n941\r\n\r\n96\r",
        "\r\n \n941\r|||\r\n96\r",
        "\0941\r\0\r\n96\n",
    ] {
        assert_eq!(frames(&[text.as_bytes()]), two, "{text:?}");
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(frames(&bytes), two, "{text:?} byte by byte");
    }
    assert_eq!(frames(&[b"941"]), Vec::<String>::new());
}

#[test]
fn a_message_without_end_is_not_waited_for() {
    let mut endless = Frames::default();
    endless.push(&vec![b'9'; frames::MOST_BYTES]);
    assert_eq!(endless.next(), Ok(None));
    endless.push(b"9");
    assert_eq!(endless.next(), Err(WireFault::Oversized));
    let mut long = Frames::default();
    long.push(&[vec![b'9'; frames::MOST_BYTES + 1], b"\r".to_vec()].concat());
    assert_eq!(long.next(), Err(WireFault::Oversized));
}

#[test]
fn sums_by_the_specification_are_those_of_published_traces() {
    for trace in ["941AY1AZFDFC", "9900302.00AY2AZFCA4", "9300CNOV|COOV|CPWES|AY1AZF86B"] {
        let trailer = checksum::trailer(trace.as_bytes());
        assert!(trailer.fits(Checksum::Spec, trace.as_bytes(), Charset::Utf8), "{trace}");
        assert!(!trailer.fits(Checksum::Dp2, trace.as_bytes(), Charset::Utf8), "{trace}");
        let spoiled = trace.replacen('9', "8", 1);
        assert!(!trailer.fits(Checksum::Spec, spoiled.as_bytes(), Charset::Utf8), "{spoiled}");
    }
    let request = Request::new("9300", Charset::Utf8);
    let request = request.field("CN", "OV").and_then(|r| r.field("CO", "OV"));
    let request = request.and_then(|r| r.field("CP", "WES")).expect("sendable");
    assert_eq!(*request.bytes(Checksum::Spec, Some(1)), b"9300CNOV|COOV|CPWES|AY1AZF86B\r");
    let status = Request::new("9900302.00", Charset::Utf8);
    assert_eq!(*status.bytes(Checksum::Spec, Some(2)), b"9900302.00AY2AZFCA4\r");
    assert_eq!(*status.bytes(Checksum::Ignore, Some(2)), b"9900302.00\r");
}

#[test]
fn dp2_sums_code_points_before_the_trailer() {
    let trace = b"941|AY4AZFF62";
    let read = |mode| Reply::read(trace, Charset::Utf8, mode).map(|r| r.sequence);
    assert_eq!(read(Checksum::Dp2), Ok(Some(4)));
    assert_eq!(read(Checksum::Spec), Err(WireFault::Checksum));
    assert_eq!(read(Checksum::Ignore), Ok(Some(4)));
    let request = Request::new("9300", Charset::Gbk).field("CN", "读者").expect("sendable");
    let sum = "9300CN读者".chars().map(u32::from).sum::<u32>();
    let end = format!("|AY0AZ{:04X}\r", (sum.wrapping_neg()) & 0xffff);
    assert!(request.bytes(Checksum::Dp2, Some(0)).ends_with(end.as_bytes()));
}

#[test]
fn a_message_sent_once_more_has_no_number() {
    let request = Request::new("9900302.00", Charset::Utf8);
    let again = request.bytes(Checksum::Spec, None);
    assert!(again.starts_with(b"9900302.00AZ"), "{again:?}");
    let trailer = checksum::trailer(again.strip_suffix(b"\r").expect("an end"));
    assert_eq!(trailer.sequence, None);
    assert!(trailer.fits(
        Checksum::Spec,
        again.strip_suffix(b"\r").expect("an end"),
        Charset::Utf8
    ));
}

#[test]
fn a_sum_is_not_asked_for_and_strays_after_it_do_not_hide_it() {
    assert_eq!(reply("941").sequence, None);
    assert_eq!(reply("941AY1AZFDFC|||").sequence, Some(1));
    assert_eq!(reply("96AZFEF6").id, MessageId::Resend);
    let lying = Reply::read(b"941AY1AZFDFD", Charset::Utf8, Checksum::Spec);
    assert_eq!(lying, Err(WireFault::Checksum));
    let signed = Reply::read(b"941AZ+DFC", Charset::Utf8, Checksum::Spec).map(|r| r.sequence);
    assert_eq!(signed, Ok(None), "no sum at all: four digits make one");
}

#[test]
fn bytes_are_decoded_before_they_are_split() {
    // Each of these ends in 0x7C, the delimiter, in GBK.
    for name in ["倈億東", "珅", "瑋瑋"] {
        for charset in [Charset::Gbk, Charset::Gb18030] {
            let text = patron(&" ".repeat(14), &format!("AE{name}|BLY|CQY|"));
            let bytes = charset.encode(&text).expect("has bytes");
            assert!(bytes.windows(2).any(|w| w[0] > 0x80 && w[1] == b'|'), "{name}");
            let reply = Reply::read(&bytes, charset, Checksum::Spec).expect("a reply");
            assert_eq!(reply.fields.one("AE"), Ok(Some(name)));
            assert_eq!(reply.fields.one("CQ"), Ok(Some("Y")));
        }
    }
}

#[test]
fn a_character_cut_in_half_opens_nothing() {
    let mut bytes = patron(&" ".repeat(14), "AE").into_bytes();
    bytes.extend_from_slice(b"\x96|BLY|CQN|");
    let reply = Reply::read(&bytes, Charset::Gbk, Checksum::Spec).expect("a reply");
    assert_eq!(reply.fields.one("BL"), Ok(None), "the half character took the delimiter");
    assert_eq!(reply.fields.one("CQ"), Ok(Some("N")));
}

#[test]
fn every_byte_of_code_page_850_is_a_character_and_back() {
    let all: Vec<u8> = (0..=255).collect();
    let text = Charset::Cp850.decode(&all);
    assert_eq!(text.chars().count(), 256);
    assert_eq!(*Charset::Cp850.encode(&text).expect("has bytes"), all);
    assert_eq!(Charset::Cp850.decode(b"Caf\x82 M\x81ller"), "Café Müller");
    assert!(Charset::Cp850.encode("读").is_none());
}

#[test]
fn fields_come_in_any_order_repeat_and_hold_delimiters() {
    let status = " ".repeat(14);
    let read = reply(&patron(&status, "CQY|ZZodd|AFone|AFtwo|U1ext|AEa|b c|BLY|BDx|1 y|AG|||"));
    assert_eq!(read.fields.one("CQ"), Ok(Some("Y")));
    assert_eq!(read.fields.one("ZZ"), Ok(Some("odd")));
    assert_eq!(read.fields.one("U1"), Ok(Some("ext")));
    assert_eq!(read.fields.one("AE"), Ok(Some("a|b c")));
    assert_eq!(read.fields.one("BD"), Ok(Some("x|1 y")));
    assert_eq!(read.fields.one("AG"), Ok(Some("")));
    assert_eq!(read.fields.one("XI"), Ok(None));
    assert_eq!(read.fields.all("AF").collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(read.fields.one("AF"), Err(Contradiction("AF".to_owned())));
    assert_eq!(reply(&patron(&status, "AEx&#124;y|")).fields.one("AE"), Ok(Some("x|y")));
    let same = reply(&patron(&status, "BLY|BLY |"));
    assert_eq!(same.fields.one("BL"), Ok(Some("Y")));
    assert_eq!(format!("{same:?}"), r#"Reply { id: PatronInformation, fields: ["BL", "BL"], .. }"#);
}

#[test]
fn what_is_no_reply_is_told() {
    let read = |text: &str| Reply::read(text.as_bytes(), Charset::Utf8, Checksum::Spec).map(|_| ());
    assert_eq!(read("9"), Err(WireFault::UnknownMessage));
    assert_eq!(read("HTTP/1.1 400 Bad Request"), Err(WireFault::UnknownMessage));
    assert_eq!(read("login:"), Err(WireFault::UnknownMessage));
    assert_eq!(read("63"), Err(WireFault::UnknownMessage));
    assert_eq!(read("64YYYY"), Err(WireFault::FixedPart("64")));
    assert_eq!(read(&patron(&" ".repeat(14), "?E|")), Err(WireFault::FixedPart("64")));
    let odd = reply(&patron(&"?".repeat(14), "BLY|"));
    assert_eq!(odd.patron_status(), Err(WireFault::FixedPart("64")));
}

#[test]
fn flags_are_read_in_their_order() {
    let of = |text: &str| reply(&patron(text, "")).patron_status().expect("flags").set().to_vec();
    assert_eq!(of("              "), []);
    assert_eq!(of("NNNNNNNNNNNNNN"), []);
    assert_eq!(of("    Y     Y   "), [Flag::CardLost, Flag::ExcessiveFines]);
    assert_eq!(of("YYYYYYYYYYYYYY"), Flag::ALL);
    let short = reply("24              00120261121    120000BLY|");
    assert_eq!(short.patron_status().expect("flags").set(), []);
    assert_eq!(reply("941").patron_status(), Err(WireFault::FixedPart("94")));
}

#[test]
fn a_status_tells_what_is_supported() {
    let head = "98YYYYYN60000320261121    1200002.00";
    let with = reply(&format!("{head}AOinst|BXYYYYYYYYYYYNNNNN|"));
    assert_eq!((with.is_online(), with.knows_patron_information()), (Some(true), Some(true)));
    let without = reply(&format!("{head}BXYYYYYYYNYYYNNNNN|"));
    assert_eq!(without.knows_patron_information(), Some(false));
    assert_eq!(reply(head).knows_patron_information(), None);
    assert_eq!(reply(&head.replacen("98Y", "98N", 1)).is_online(), Some(false));
}

#[test]
fn a_value_that_would_write_a_field_of_its_own_is_not_sent() {
    let send = |charset, value: &str| Request::new("23", charset).field("AA", value).map(|_| ());
    let no = Err(WireFault::Unsendable("AA"));
    for value in ["7|CQY", "7\r9300", "7\n", "7\0", "7\u{85}", "a\u{1b}b"] {
        assert_eq!(send(Charset::Utf8, value), no, "{value:?}");
    }
    // 0x7C as the second byte: a system that splits bytes would see a field AD.
    assert_eq!(send(Charset::Gbk, "億AD"), no);
    assert_eq!(send(Charset::Utf8, "億AD"), Ok(()));
    assert_eq!(send(Charset::Cp850, "读者"), no);
    assert_eq!(send(Charset::Utf8, &"x".repeat(255)), Ok(()));
    assert_eq!(send(Charset::Utf8, &"x".repeat(256)), no);
}

#[test]
fn dates_are_those_that_systems_write() {
    let china = Zone::default();
    assert_eq!(stamp(NOON, china), "20261121    200000");
    assert_eq!(stamp(NOON, Zone::parse("-05:30").expect("a zone")), "20261121    063000");
    let end = |text: &str| parse_end(text, china).map(Timestamp::rfc3339);
    for (text, wanted) in [
        ("20261231", Some("2026-12-31T16:00:00Z")),
        ("2026-12-31", Some("2026-12-31T16:00:00Z")),
        ("20261231    235900", Some("2026-12-31T15:59:00Z")),
        ("202612310000235900", Some("2026-12-31T15:59:00Z")),
        ("20261231   Z235900", Some("2026-12-31T23:59:00Z")),
        (" 20261231 ", Some("2026-12-31T16:00:00Z")),
        ("20260231", None),
        ("20261231    995900", None),
        ("2026123", None),
        ("never", None),
        ("", None),
        ("二〇二六年末", None),
        ("31/12/2026", None),
    ] {
        assert_eq!(end(text).as_deref(), wanted, "{text}");
    }
    for bad in ["08:00", "+8", "Z", "+08:00:00", "+99:00"] {
        assert_eq!(Zone::parse(bad), None, "{bad}");
    }
}

#[test]
fn another_implementation_reads_what_we_write() {
    let stamp = stamp(NOON, Zone::default());
    let request = Request::new(&format!("63001{stamp}{}", " ".repeat(10)), Charset::Utf8);
    let request = [("AO", "inst"), ("AA", "读者甲"), ("AC", "term"), ("AD", "p w")]
        .into_iter()
        .try_fold(request, |request, (code, value)| request.field(code, value))
        .expect("sendable");
    let bytes = request.bytes(Checksum::Ignore, None);
    let text = std::str::from_utf8(&bytes).expect("text").trim_end_matches('\r');
    let theirs = ::sip2::Message::from_sip(text).expect("their reading");
    assert_eq!(theirs.spec().code, "63");
    for (code, value) in [("AO", "inst"), ("AA", "读者甲"), ("AC", "term"), ("AD", "p w")] {
        assert_eq!(theirs.get_field_value(code), Some(value));
    }
    assert_eq!(theirs.fixed_fields()[1].value(), stamp);
}

#[test]
fn we_read_what_another_implementation_writes() {
    let counts = ["0000"; 6];
    let fixed = [["    Y         ", "001", "20261121    120000"].as_slice(), &counts].concat();
    let mut theirs = ::sip2::Message::from_ff_values("64", &fixed).expect("a message");
    for (code, value) in
        [("AA", "7"), ("AE", "读者甲"), ("BL", "Y"), ("CQ", "Y"), ("PA", "20270101")]
    {
        theirs.add_field(code, value);
    }
    let ours = reply(&theirs.to_sip());
    assert_eq!(ours.id, MessageId::PatronInformation);
    assert_eq!(ours.patron_status().expect("flags").set(), [Flag::CardLost]);
    assert_eq!(ours.fields.one("AE"), Ok(Some("读者甲")));
    assert_eq!(ours.fields.one("PA"), Ok(Some("20270101")));
}

proptest! {
    #[test]
    fn what_is_sent_is_read_back(
        name in "[a-zA-Z0-9 \u{4e00}-\u{4fff}]{0,60}",
        mode in prop::sample::select(vec![Checksum::Spec, Checksum::Dp2, Checksum::Ignore]),
        charset in prop::sample::select(vec![Charset::Utf8, Charset::Gbk, Charset::Gb18030]),
        sequence in 0_u8..10,
        cut in 0_usize..200,
    ) {
        let head = patron(&" ".repeat(14), "");
        let Ok(request) = Request::new(&head, charset).field("AE", &name) else { return Ok(()) };
        let bytes = request.bytes(mode, Some(sequence));
        let (one, two) = bytes.split_at(cut.min(bytes.len()));
        let mut frames = Frames::default();
        frames.push(one);
        let early = frames.next().expect("in bounds");
        frames.push(two);
        let frame = early.or(frames.next().expect("in bounds")).expect("a frame");
        let reply = Reply::read(&frame, charset, mode).expect("a reply");
        prop_assert_eq!(reply.fields.one("AE"), Ok(Some(name.trim())));
        prop_assert_eq!(reply.sequence, (mode != Checksum::Ignore).then_some(sequence));
    }

    #[test]
    fn whatever_comes_is_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        charset in prop::sample::select(vec![Charset::Utf8, Charset::Gbk, Charset::Gb18030, Charset::Cp850]),
    ) {
        let _ = Reply::read(&bytes, charset, Checksum::Spec);
        let _ = Reply::read(&[patron("              ", "").as_bytes(), &bytes].concat(), charset, Checksum::Ignore);
        let _ = parse_end(&String::from_utf8_lossy(&bytes), Zone::default());
    }

    #[test]
    fn any_change_of_one_byte_is_seen(place in 0_usize..34, change in 1_u8..=255) {
        let mut bytes = b"9300CNOV|COOV|CPWES|AY1AZF86B".to_vec();
        // In the sum itself a change may leave no sum at all.
        let place = place % 20;
        bytes[place] ^= change;
        let trailer = checksum::trailer(&bytes);
        prop_assert!(!trailer.fits(Checksum::Spec, &bytes, Charset::Utf8));
    }
}
