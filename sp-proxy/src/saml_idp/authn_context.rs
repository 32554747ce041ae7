//! How the reader logged in, and whether that is what the service asked for
//! (SAML Core section 3.3.2.2.1).

/// A password over TLS.
pub(crate) const PASSWORD_PROTECTED: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
/// A password.
pub(crate) const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
/// Not said.
pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

/// Whether a request for these classes can be met at all. The hub asks for no
/// particular way of logging in, so it promises the password classes only, and
/// nothing that is `better`.
pub(crate) fn can_be_met(requested: &[String], comparison: Option<&str>) -> bool {
    let is_offered =
        |class: &String| [PASSWORD_PROTECTED, PASSWORD, UNSPECIFIED].contains(&class.as_str());
    requested.is_empty() || (comparison != Some("better") && requested.iter().any(is_offered))
}

/// The class to state for a login that was made as `actual`; `None` where it is
/// none of those requested. What a library did not say is never claimed.
pub(crate) fn stated(actual: &str, requested: &[String]) -> Option<String> {
    let actual = if actual.is_empty() { UNSPECIFIED } else { actual };
    let asked = |class: &str| requested.iter().any(|requested| requested == class);
    if requested.is_empty() || asked(actual) || asked(UNSPECIFIED) {
        return Some(actual.to_owned());
    }
    // A password over TLS is a password.
    (actual == PASSWORD_PROTECTED && asked(PASSWORD)).then(|| PASSWORD.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MFA: &str = "https://refeds.org/profile/mfa";

    fn list(classes: &[&str]) -> Vec<String> {
        classes.iter().map(|c| (*c).to_owned()).collect()
    }

    #[test]
    fn the_password_classes_can_be_met_and_others_cannot() {
        assert!(can_be_met(&[], None));
        assert!(can_be_met(&list(&[MFA, PASSWORD_PROTECTED]), Some("exact")));
        assert!(can_be_met(&list(&[PASSWORD]), Some("minimum")));
        assert!(!can_be_met(&list(&[MFA]), None));
        assert!(!can_be_met(&list(&[PASSWORD]), Some("better")));
    }

    #[test]
    fn only_what_happened_is_stated() {
        assert_eq!(stated(MFA, &[]).as_deref(), Some(MFA));
        assert_eq!(stated("", &[]).as_deref(), Some(UNSPECIFIED));
        assert_eq!(stated(PASSWORD_PROTECTED, &list(&[PASSWORD])).as_deref(), Some(PASSWORD));
        assert_eq!(stated(PASSWORD, &list(&[PASSWORD_PROTECTED])), None);
        assert_eq!(stated(UNSPECIFIED, &list(&[PASSWORD_PROTECTED])), None);
        assert_eq!(stated(MFA, &list(&[UNSPECIFIED])).as_deref(), Some(MFA));
    }
}
