//! Proof types can be made by the one who proves, and by nobody else (DESIGN.md
//! section 4).

use serde::de::DeserializeOwned;

/// Compiles only where the type does not have the trait: with it, two candidates
/// answer to `some` and the compiler cannot choose.
macro_rules! never {
    ($wanted:ident: $($proof:ty),+) => {$(
        const _: () = {
            trait Ambiguous<Candidate> {
                fn some() {}
            }
            struct Has;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $wanted> Ambiguous<Has> for T {}
            let _ = <$proof as Ambiguous<_>>::some;
        };
    )+};
}

type Verified = saml::Verified<saml::Assertion>;

never!(Clone: Verified, accounts::PasswordChecked, idp_bridge::Claimed, login::Ready, policy::Release);
never!(Default: Verified, accounts::PasswordChecked, idp_bridge::Claimed, login::Ready, policy::Release);
never!(DeserializeOwned: Verified, accounts::PasswordChecked, idp_bridge::Claimed, login::Ready, policy::Release);
never!(Default: login::Session, policy::Verdict);
never!(DeserializeOwned: login::Session, policy::Verdict);

/// Each file under `compile_fail` tries to make a proof from outside, and must not compile.
#[test]
fn nobody_outside_makes_a_proof() {
    trybuild::TestCases::new().compile_fail("compile_fail/*.rs");
}
