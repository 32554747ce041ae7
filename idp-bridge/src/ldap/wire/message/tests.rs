use super::super::samples::{entry, message, result, tlv};
use super::*;

fn answers(op: &[u8], asked: Asked) -> Result<Part, Fault> {
    Message::read(&message(&[1], op, &[]))?.answers(asked)
}

#[test]
fn good_answers_pass_to_the_question_that_they_answer() {
    let uid = tlv(SEQUENCE, &[tlv(OCTETS, b"uid"), tlv(SET, &tlv(OCTETS, &[0xff, 0]))].concat());
    for (op, asked, part) in [
        (result(BIND_RESPONSE, 49, &[]), Asked::Bind, Part::Last),
        (result(BIND_RESPONSE, 0, &tlv(SASL, b"x")), Asked::Bind, Part::Last),
        (
            result(SEARCH_DONE, 10, &tlv(REFERRAL, &tlv(OCTETS, b"ldap://x"))),
            Asked::Search,
            Part::Last,
        ),
        (entry(b"uid=a,dc=x", &uid), Asked::Search, Part::Entry),
        (entry(b"", &[]), Asked::Search, Part::Entry),
        (tlv(SEARCH_REFERENCE, &tlv(OCTETS, b"ldap://x")), Asked::Search, Part::Reference),
        (result(EXTENDED_RESPONSE, 0, &tlv(NAME, b"1.3.6")), Asked::Extended, Part::Last),
    ] {
        assert_eq!(answers(&op, asked), Ok(part), "{op:x?}");
        for other in [Asked::Bind, Asked::Search, Asked::Extended] {
            assert!(other == asked || answers(&op, other).is_err(), "{op:x?}");
        }
    }
}

#[test]
fn what_would_break_the_library_behind_is_refused_here() {
    let many = vec![0x30; 50_000];
    let attribute =
        |name: &[u8], values: &[u8]| tlv(SEQUENCE, &[tlv(OCTETS, name), values.to_vec()].concat());
    let crowd = attribute(b"a", &tlv(SET, &[])).repeat(MOST_ATTRIBUTES + 1);
    for op in [
        tlv(BIND_RESPONSE, &[]),
        tlv(BIND_RESPONSE, &tlv(ENUMERATED, &[])),
        tlv(BIND_RESPONSE, &tlv(ENUMERATED, &[0xff])),
        tlv(BIND_RESPONSE, &tlv(ENUMERATED, &[0, 0, 0, 0, 0])),
        tlv(
            BIND_RESPONSE,
            &[tlv(ENUMERATED, &[0]), tlv(OCTETS, &[0xff]), tlv(OCTETS, b"")].concat(),
        ),
        result(BIND_RESPONSE, 0, &tlv(NAME, b"")),
        result(BIND_RESPONSE, 0, &tlv(REFERRAL, &tlv(OCTETS, &[0xc3]))),
        result(BIND_RESPONSE, 0, &tlv(REFERRAL, &tlv(SET, b""))),
        result(BIND_RESPONSE, 0, &[tlv(SASL, b""), tlv(SASL, b"")].concat()),
        entry(&[0xff], &[]),
        entry(b"dc=x", &tlv(OCTETS, b"")),
        entry(b"dc=x", &attribute(b"a", &[])),
        entry(b"dc=x", &attribute(&[0xff], &tlv(SET, &[]))),
        entry(b"dc=x", &attribute(b"a", &tlv(SET, &tlv(SET, &[])))),
        entry(b"dc=x", &crowd),
        entry(b"dc=x", &many),
        tlv(0x79, &[]),
        tlv(0x04, b"x"),
    ] {
        for asked in [Asked::Bind, Asked::Search, Asked::Extended] {
            assert!(answers(&op, asked).is_err(), "{op:x?}");
        }
    }
}

#[test]
fn an_envelope_holds_a_number_and_an_operation_and_no_more() {
    let bind = result(BIND_RESPONSE, 0, &[]);
    for bad in [
        vec![SEQUENCE, 0],
        message(&[1], &[], &[]),
        message(&[], &bind, &[]),
        message(&[0xff], &bind, &[]),
        message(&[0, 0, 0, 0, 1], &bind, &[]),
        message(&[1], &bind, &tlv(OCTETS, b"")),
        message(&[1], &bind, &[tlv(CONTROLS, b""), tlv(CONTROLS, b"")].concat()),
        [message(&[1], &bind, &[]), vec![0]].concat(),
        tlv(SEQUENCE, &tlv(OCTETS, b"")),
    ] {
        assert!(Message::read(&bad).is_err(), "{bad:x?}");
    }
}

#[test]
fn controls_that_nobody_asked_for_are_left_out() {
    let bind = result(BIND_RESPONSE, 49, &[]);
    let with = message(&[7], &bind, &tlv(CONTROLS, &[0xff; 9]));
    let read = Message::read(&with).expect("read");
    assert_eq!((read.id, read.result_code()), (7, Some(49)));
    assert_eq!(read.without_controls(), message(&[7], &bind, &[]));
    let long = message(&[7], &entry(b"dc=x", &[]), &[]);
    assert_eq!(Message::read(&long).expect("read").without_controls(), long);
}
