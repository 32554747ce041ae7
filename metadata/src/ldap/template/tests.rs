use super::*;

const HOSTILE: [&str; 9] =
    ["*", "a)(uid=*", "a*", "a)(|(objectClass=*", "a\\", "a\0b", "a,ou=admins", "#20 ", "读者甲"];

#[test]
fn a_login_name_becomes_a_value_and_nothing_else() {
    let template = FilterTemplate::parse("(&(objectClass=person)(uid={login}))").expect("good");
    assert_eq!(template.filled("r7"), "(&(objectClass=person)(uid=r7))");
    assert_eq!(template.filled("a)(uid=*"), "(&(objectClass=person)(uid=a\\29\\28uid\\3d\\2a))");
    for login in HOSTILE {
        let filled = template.filled(login);
        let inside = filled.strip_prefix("(&(objectClass=person)(uid=").expect("whole");
        let inside = inside.strip_suffix("))").expect("whole");
        assert!(!inside.contains(['(', ')', '*', '\0', '=', ',']), "{filled}");
        assert_eq!(unescaped(inside), login.as_bytes(), "{filled}");
    }
}

#[test]
fn a_login_name_becomes_one_step_of_a_name() {
    let template = NameTemplate::parse("uid={login},ou=people,dc=x").expect("good");
    for login in HOSTILE {
        let name = template.filled(login).expect("filled");
        let inside = name.strip_prefix("uid=").and_then(|n| n.strip_suffix(",ou=people,dc=x"));
        let inside = inside.expect("whole");
        assert!(!inside.contains([',', '+', '"', '<', '>', ';', '=', '#', ' ', '\0']), "{name}");
        assert_eq!(unescaped(inside), login.as_bytes(), "{name}");
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' {
            let pair = [bytes.next().expect("digit"), bytes.next().expect("digit")];
            let pair = std::str::from_utf8(&pair).expect("digits");
            out.push(u8::from_str_radix(pair, 16).expect("digits"));
        } else {
            out.push(byte);
        }
    }
    out
}

#[test]
fn a_principal_has_no_escapes_so_only_plain_names_fit() {
    let template = NameTemplate::parse("{login}@corp.x.edu.cn").expect("good");
    assert_eq!(template.filled("r.7_a-b").as_deref(), Some("r.7_a-b@corp.x.edu.cn"));
    for login in ["a@other.edu.cn", "a\\b", "a b", "a\0", "a*", "a/b", "CN=a"] {
        assert_eq!(template.filled(login), None, "{login}");
    }
    assert_eq!(
        NameTemplate::parse("CORP\\{login}").expect("good").filled("a").as_deref(),
        Some("CORP\\a")
    );
}

#[test]
fn filters_that_could_let_a_login_name_do_more_are_refused() {
    for good in [
        "(uid={login})",
        "(&(objectClass=person)(|(uid={login})(mail={login}))(!(pager=*)))",
        "(userPrincipalName={login}@corp.x.edu.cn)",
        "(&(uid={login})(memberOf:1.2.840.113556.1.4.1941:=cn=readers,dc=x))",
        "(&(uid={login})(cn=a\\2ab*))",
        "(&(uid={login})(pwdChangedTime>=20260101000000Z))",
    ] {
        assert!(FilterTemplate::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "uid={login}",
        "(uid=reader)",
        "(uid={login}",
        "(uid={login}))",
        "(uid={login})(a=b)",
        "({login}=uid)",
        "(uid=*{login}*)",
        "(uid>={login})",
        "(uid:caseExactMatch:={login})",
        "(!(uid={login}))",
        "(uid={login}{login})",
        "(uid={user})",
        "(&(uid={login})(mail={mail}))",
        "(uid={login}\\zz)",
        "(&(uid={login})(cn=\\2))",
        "(&)",
        "(=x)",
        "(((((((((((uid={login})))))))))))",
    ] {
        assert!(FilterTemplate::parse(bad).is_err(), "{bad}");
    }
    assert!(
        FilterTemplate::parse(&format!("(&(uid={{login}})(cn={}))", "x".repeat(1_000))).is_err()
    );
    assert!(FilterTemplate::parse(&"(&".repeat(300)).is_err());
}

#[test]
fn names_that_a_login_name_could_break_out_of_are_refused() {
    for bad in [
        "",
        "uid=reader",
        "{login}",
        "uid={login}x,dc=x",
        "uid=x{login},dc=x",
        "cn={login}+sn=a,dc=x",
        "{login}{login}@x",
        "{login}@",
        "\\{login}",
        "uid={login},ou={ou}",
        "a{login}@x",
    ] {
        assert!(NameTemplate::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn an_entry_is_held_against_the_login_name() {
    let template = FilterTemplate::parse("(|(uid={login})(mail={login}@x.edu.cn))").expect("good");
    let held = |uid: &'static str, mail: &'static str| {
        move |name: &str| if name == "uid" { vec![uid] } else { vec![mail] }.into_iter()
    };
    assert!(template.finds("Reader  A", held(" reader a", "")));
    assert!(template.finds("b", held("x", "B@x.edu.cn")));
    assert!(!template.finds("b", held("bb", "b@y.edu.cn")));
    assert!(!template.finds("*", held("b", "b@x.edu.cn")));
    assert!(!template.finds("b", |_: &str| std::iter::empty()));
    assert_eq!(template.attributes().collect::<Vec<_>>(), ["uid", "mail"]);
}

#[test]
fn one_name_may_be_written_in_several_ways() {
    for (one, other) in [
        ("uid=a,dc=x", "UID = A , DC=X"),
        ("uid=\\61\\2cb,dc=x", "uid=a\\,B,dc=x"),
        ("cn=\\e8\\af\\bb,dc=x", "cn=读,dc=x"),
    ] {
        assert!(is_same_name(one, other), "{one} {other}");
    }
    for (one, other) in [
        ("uid=a,dc=x", "uid=b,dc=x"),
        ("uid=a,dc=x", "uid=a,ou=b,dc=x"),
        ("uid=a\\2cdc\\3dx", "uid=a,dc=x"),
        ("a", "a"),
        ("uid=a\\", "uid=a\\"),
    ] {
        assert!(!is_same_name(one, other), "{one} {other}");
    }
}
