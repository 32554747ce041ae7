//! Every sentence of the pages, in both languages.
//!
//! The texts lie in `words/zh.toml` and `words/en.toml`. The types below fix
//! their keys: a key that one file lacks or has too many fails the first test,
//! and one that no page reads fails the build (`dead_code`).

use model::LangTag;
use serde::Deserialize;
use std::sync::LazyLock;

macro_rules! words {
    ($($section:ident: $name:ident { $($key:ident),+ $(,)? })+) => {
        /// All texts of one language.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Words { $(pub(crate) $section: $name),+ }
        $(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $name { $(pub(crate) $key: String),+ }
        )+
    };
}

words! {
    shell: ShellWords {
        brand, skip, motto, services, sign_out, nav, demo, demo_note, trouble, other_language,
        other_language_tag,
    }
    discovery: DiscoveryWords {
        title, going, last_used, go_on, used_before, search_label, search_hint, search, found_none,
        found_one, found_many, found_more, nearby, all, regions, region_other, region_back,
        region_cut, or, central, central_choose, suspended, suspended_note, closed, closed_note,
        testing, trouble, trouble_note, status,
    }
    status: StatusWords {
        title, well, well_note, ill, ill_note, as_of, libraries, none, what_to_do, how_known,
        closed, more,
    }
    form: FormWords {
        sign_in_title, change, login_name, login_name_hint, password, new_password,
        repeat_password, sign_in, forgot, forgot_ask, forgot_ask_hub, change_title, change_note,
        change_save,
    }
    ways: WaysWords { title, note, change }
    confirm: ConfirmWords {
        replace_title, replace_note, replace_button, service_title, service_note, service_button,
        you_title, you_note, you_button,
        sign_out_title, sign_out_note, sign_out_button, stay,
    }
    signed_out: SignedOutWords {
        title, title_nothing, note, services, ended, cannot, cannot_note, open, member, shared,
        back, again, home,
    }
    refused: RefusedWords {
        worked, member_fault, service_fault, hub_fault, do_title, start_again, correct,
        ask_library, ask_any_library, ask_service, allow_cookies, wait, choose_library, ask_hub,
        loop_worked, loop_later, loop_on, still, still_link, again, back, back_plain, home, quote, contact,
        lost, other, other_link,
    }
    portal: PortalWords {
        title, morning, afternoon, evening, hello, reader, class, login_at, facts, category, standing, valid_until, proved, proved_member, proved_password, proved_network, proved_number,
        until, today, tomorrow, code, code_note, good, pending, blocked, expired, suspended, open, none_open, shut,
        shut_suspended, testing, partly, contact,
    }
    landing: LandingWords {
        title, lead, sign_in, members, services, how, how_1, how_1_note, how_2, how_2_note, how_3,
        how_3_note,
    }
    factor: FactorWords {
        code_title, code_note, code_label, code_hint, code_go, enrol_title, enrol_note, enrol_1,
        enrol_2, enrol_3, enrol_go, here, qr, secret, keep_title, keep_note, keep_go,
        passkey_title, passkey_use_note, passkey_use, passkey_make_note, passkey_make,
        passkey_name, passkey_name_hint, passkey_cannot, passkey_failed, app_title,
        recovery_label, recovery_hint, add, more_title, more_note, more_skip,
    }
    desk: DeskWords {
        name, title, door_search, door_explain, sought, sought_hint, member, member_hint, look,
        nothing, which_member, was_refused, was_good, reader_saw, no_service, no_member, good, remedy, steps,
        errs_reader, errs_member, errs_service, errs_hub, decided, password, password_own,
        password_issued,
    }
    step: StepWords { asked, chosen, sent, admitted, reused, decided, answered, refused }
    remedy: RemedyWords {
        start_again, correct, ask_library, ask_service, allow_cookies, wait, choose_library,
        ask_hub,
    }
    explain: ExplainWords {
        title, note, member_hint, service, class, go, unknown, open, shut, would_open, would_shut, fresh, told,
        what, decision, because, given, withheld, absent,
    }
    value: ValueWords {
        name, mail, phone, department, card_number, member, class, category, affiliation,
        standing, valid_until, links, entitlements,
    }
    console: ConsoleWords {
        name, title, door, members, members_count, members_live, members_note, services_live,
        services_note, registry, registry_note, refused, refused_note, look_at, all_well,
        services, refusals, refusals_note, no_refusals, code, means, times, member, state,
        connector, certificate, tls_certificate, saml_certificate, days, ended, earlier, later, is_live, is_testing, is_suspended,
        is_applied, has_left, no_connector,
    }
    moving: MovingWords { title, note, go_on }
}

const ZH: &str = include_str!("../words/zh.toml");
const EN: &str = include_str!("../words/en.toml");

static CHINESE: LazyLock<Words> = LazyLock::new(|| read(ZH));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| read(EN));

#[expect(clippy::expect_used, reason = "both files are part of the program, and a test reads them")]
fn read(file: &str) -> Words {
    toml::from_str(file).expect("the texts of the pages")
}

/// The texts of a language.
pub(crate) fn words(lang: LangTag) -> &'static Words {
    match lang {
        LangTag::Zh => &CHINESE,
        LangTag::En => &ENGLISH,
    }
}

/// Puts values into the `{names}` of a text, each as it is: templates escape afterwards.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    type Keys = BTreeMap<String, BTreeMap<String, String>>;

    fn keys(file: &str) -> Keys {
        toml::from_str(file).expect("two levels of text")
    }

    fn slots(text: &str) -> Vec<&str> {
        let mut found: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|t| t.split_once('}'))
            .map(|(name, _)| name)
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn both_languages_have_the_same_keys_and_the_same_slots() {
        let (zh, en) = (keys(ZH), keys(EN));
        assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (section, texts) in &zh {
            let other = &en[section];
            assert_eq!(texts.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
            for (key, text) in texts {
                assert!(
                    !text.trim().is_empty() && !other[key].trim().is_empty(),
                    "{section}.{key}"
                );
                assert_eq!(slots(text), slots(&other[key]), "{section}.{key}");
            }
        }
        assert_eq!(words(LangTag::Zh).shell.other_language, "English");
        assert_eq!(words(LangTag::En).shell.other_language, "中文");
    }

    #[test]
    fn readers_are_never_told_the_words_of_the_protocols() {
        for file in [ZH, EN] {
            for word in
                ["IdP", "SAML", "OIDC", "断言", "令牌", "token", "assertion", "identity provider"]
            {
                assert!(!file.contains(word), "{word}");
            }
        }
    }

    #[test]
    fn a_value_is_not_read_again_as_a_slot() {
        assert_eq!(fill("{a}-{b}", &[("a", "{b}"), ("b", "2")]), "{b}-2");
        assert_eq!(fill("x{y", &[]), "x{y");
        assert_eq!(fill("{none}", &[]), "{none}");
    }
}
