//! Every way the hub says no: a stable code with its words.
//!
//! One line a code. The code never changes its meaning and is never given
//! again; docs/errors.md lists them all, and a test compares.

use crate::Text;
use std::fmt;

/// Who errs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The reader, or the reader's browser.
    Reader,
    /// The member library's system.
    Member,
    /// The service's system.
    Service,
    /// The hub itself.
    Hub,
}

/// What a refusal means to a protocol, which maps it to its own error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The request itself is wrong.
    BadRequest,
    /// Not allowed.
    Denied,
    /// The reader must log in, and was not to be asked.
    LoginRequired,
    /// The reader must do something, and was not to be asked.
    InteractionRequired,
    /// Try later.
    Unavailable,
    /// Our fault.
    ServerError,
    /// Too many attempts.
    TooMany,
    /// Nothing there.
    NotFound,
}

impl Meaning {
    /// The HTTP status of our own page.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Denied | Self::LoginRequired | Self::InteractionRequired => 403,
            Self::NotFound => 404,
            Self::TooMany => 429,
            Self::ServerError => 500,
            Self::Unavailable => 503,
        }
    }
}

/// What the reader can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Start again from the service.
    StartAgain,
    /// Correct what was typed.
    Correct,
    /// Ask the library; its contact stands beside.
    AskLibrary,
    /// Tell the service.
    AskService,
    /// Allow cookies for this site.
    AllowCookies,
    /// Wait a little.
    Wait,
    /// Choose another library.
    ChooseLibrary,
    /// Quote the login code to the consortium.
    AskHub,
}

/// What stands behind a code.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code itself.
    pub code: &'static str,
    /// Who errs.
    pub blame: Blame,
    /// What it means to a protocol.
    pub meaning: Meaning,
    /// What the reader can do.
    pub next: NextStep,
    /// The sentence, Chinese.
    pub zh: &'static str,
    /// The sentence, English.
    pub en: &'static str,
}

impl CodeInfo {
    /// The sentence in both languages.
    pub fn sentence(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}

/// A stable error code, e.g. `SAML-017`.
#[derive(Clone, Copy)]
pub struct Code(&'static CodeInfo);

impl Code {
    /// The code as text.
    pub const fn as_str(self) -> &'static str {
        self.0.code
    }

    /// What stands behind it.
    pub const fn info(self) -> &'static CodeInfo {
        self.0
    }

    /// Finds a code by its text.
    pub fn find(text: &str) -> Option<Self> {
        ALL_CODES.iter().copied().find(|c| c.as_str() == text)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! codes {
    ($($name:ident $text:literal $blame:ident $meaning:ident $next:ident $zh:literal $en:literal;)+) => {
        /// The codes by name.
        pub mod code {
            use super::{Blame, Code, CodeInfo, Meaning, NextStep};
            $(
                #[doc = $en]
                pub const $name: Code = Code(&CodeInfo {
                    code: $text,
                    blame: Blame::$blame,
                    meaning: Meaning::$meaning,
                    next: NextStep::$next,
                    zh: $zh,
                    en: $en,
                });
            )+
        }

        /// Every code, in the order of docs/errors.md.
        pub const ALL_CODES: &[Code] = &[$(code::$name),+];
    };
}

codes! {
    // LOG: the path of a login.
    LOG_STATE_MISSING "LOG-001" Reader BadRequest StartAgain "这次登录已失效，或在另一个浏览器中开始。" "This login has expired, or was started in another browser.";
    LOG_STATE_FORGED "LOG-002" Reader BadRequest StartAgain "这次登录的信息无法识别。" "The details of this login cannot be read.";
    LOG_STATE_EXPIRED "LOG-003" Reader BadRequest StartAgain "登录用时过长，已经过期。" "This login took too long and has expired.";
    LOG_LEG_USED "LOG-004" Reader BadRequest StartAgain "这一步已经完成过了，不能再用一次。" "This step has been completed already and cannot be used again.";
    LOG_LOGIN_ENDED "LOG-005" Reader BadRequest StartAgain "这次登录已经结束。" "This login has already ended.";
    LOG_NO_COOKIE "LOG-006" Reader BadRequest AllowCookies "浏览器没有保存登录所需的 Cookie。" "The browser did not keep the cookie that a login needs.";
    LOG_UNKNOWN_SERVICE "LOG-010" Service NotFound AskService "发出请求的应用没有登记。" "The service that asked is not registered.";
    LOG_SERVICE_SUSPENDED "LOG-011" Service Denied AskService "该应用已暂停使用。" "This service is suspended.";
    LOG_UNKNOWN_MEMBER "LOG-012" Reader NotFound ChooseLibrary "没有找到这家图书馆。" "That library was not found.";
    LOG_MEMBER_CLOSED "LOG-013" Member Denied AskLibrary "这家图书馆目前不能登录。" "Logins at this library are closed at present.";
    LOG_NO_CONNECTOR "LOG-014" Member Denied AskLibrary "这家图书馆还没有开通登录。" "This library has no login set up yet.";
    LOG_WRONG_CONNECTOR "LOG-015" Member BadRequest StartAgain "答复来自另一家图书馆，不予接受。" "The answer came from another library than the one asked.";
    LOG_LOGIN_REQUIRED "LOG-020" Reader LoginRequired StartAgain "需要先登录。" "A login is needed first.";
    LOG_INTERACTION_REQUIRED "LOG-021" Reader InteractionRequired StartAgain "需要您本人操作后才能继续。" "You must confirm something before this can go on.";
    LOG_READER_SUSPENDED "LOG-022" Reader Denied AskLibrary "您的账号已停用。" "Your account is suspended.";
    LOG_WRONG_MEMBER "LOG-023" Reader Denied ChooseLibrary "该应用要求以另一家图书馆的身份登录。" "This service asks for a login at another library.";
    LOG_SESSION_GONE "LOG-024" Reader LoginRequired StartAgain "登录已结束，请重新登录。" "The session has ended; please log in again.";
    LOG_UNSOLICITED_REFUSED "LOG-030" Member Denied StartAgain "不接受从外部直接发起的登录。" "A login started from outside is not accepted here.";
    LOG_REPLY_TOO_LARGE "LOG-031" Service BadRequest AskService "请求过大。" "The request is too large.";
    LOG_SCOPE_FOREIGN "LOG-032" Member Denied AskLibrary "图书馆的答复使用了不属于它的域名。" "The library's answer used a domain that is not its own.";
    LOG_NO_LOCAL_ID "LOG-033" Member Denied AskLibrary "图书馆的答复中没有可用的读者标识。" "The library's answer carried no usable reader key.";
    LOG_TOO_MANY "LOG-034" Reader TooMany Wait "请求过于频繁，请稍候再试。" "Too many requests; please wait a little.";
    LOG_LOOP "LOG-035" Service InteractionRequired AskService "该应用反复把您送回登录。" "The service keeps sending you back to log in.";
    LOG_BAD_VALUE "LOG-036" Member Denied AskLibrary "图书馆的答复中有一项内容无法识别。" "The library's answer holds a value that cannot be read.";
    LOG_CHAIN_LOOP "LOG-037" Member Denied AskLibrary "图书馆的答复又以本系统的登录为依据。" "The library's answer rests on a login at this very hub.";
    LOG_VALUE_MISSING "LOG-038" Member Denied AskLibrary "图书馆的答复中缺少一项必需的内容。" "The library's answer lacks a value that it must hold.";
    LOG_KEY_PASSED_ON "LOG-039" Reader Denied AskLibrary "这个读者号以前属于另一个人，或者您的资料有变动，需要图书馆确认。" "This reader number was used by somebody else before, or your details have changed: the library must confirm that it is yours.";

    // ACC: the central account store.
    ACC_WRONG_PASSWORD "ACC-001" Reader Denied Correct "账号或密码不正确。" "The login name or password is not right.";
    ACC_TOO_MANY_GUESSES "ACC-002" Reader TooMany Wait "尝试次数过多，请稍后再试。" "Too many attempts; please wait and try again.";
    ACC_PASSWORD_EMPTY "ACC-003" Reader BadRequest Correct "请填写账号和密码。" "Please fill in login name and password.";
    ACC_PASSWORD_WEAK "ACC-004" Reader BadRequest Correct "这个密码太容易猜到，请换一个。" "That password is too easy to guess; please choose another.";
    ACC_PASSWORD_SHORT "ACC-005" Reader BadRequest Correct "密码至少需要 10 个字符。" "A password needs at least 10 characters.";
    ACC_PASSWORD_MISMATCH "ACC-006" Reader BadRequest Correct "两次输入的密码不一致。" "The two passwords are not the same.";
    ACC_PASSWORD_SAME "ACC-007" Reader BadRequest Correct "新密码不能与旧密码相同。" "The new password must differ from the old one.";
    ACC_PASSWORD_LONG "ACC-008" Reader BadRequest Correct "密码过长，最多 256 个字节。" "That password is too long; 256 bytes at most.";
    ACC_NO_ROLE "ACC-009" Reader Denied AskHub "这个账号没有在这里工作的权限。" "This account has no role here.";
    ACC_WRONG_CODE "ACC-010" Reader Denied Correct "验证码不正确，或已经用过；请等下一个。" "The code is not right, or was used before; wait for the next one.";
    ACC_FACTOR_STANDS "ACC-011" Reader Denied StartAgain "这个账号的第二道验证刚刚有变动，请重新登录。" "The second step of this account has just changed; please log in again.";
    ACC_PASSKEY "ACC-012" Reader Denied Correct "通行密钥没有通过核对；请再试一次，或换一种验证方式。" "The passkey was not accepted; try again, or use another way.";
    ACC_PASSKEY_COPIED "ACC-013" Reader Denied Correct "这把通行密钥可能被复制过，没有接受；请换一种验证方式，并告诉管理员。" "This passkey may have been copied and was not accepted; use another way, and tell whoever runs the hub.";

    // POL: policy.
    POL_NOT_ALLOWED "POL-001" Reader Denied AskLibrary "您目前不能使用这项服务。" "You may not use this service at present.";
    POL_STANDING "POL-002" Reader Denied AskLibrary "您的读者证目前不在正常状态。" "Your library card is not in good standing at present.";
    POL_LOGIN_TOO_OLD "POL-003" Reader InteractionRequired StartAgain "该应用要求重新登录。" "This service asks for a fresh login.";

    // WEB: the HTTP edge.
    WEB_NOT_FOUND "WEB-001" Reader NotFound StartAgain "没有这个页面。" "There is no such page.";
    WEB_METHOD "WEB-002" Reader BadRequest StartAgain "不能以这种方式访问该地址。" "This address cannot be used in that way.";
    WEB_BODY_TOO_LARGE "WEB-003" Reader BadRequest StartAgain "发送的内容过大。" "What was sent is too large.";
    WEB_BAD_PARAMETERS "WEB-004" Reader BadRequest StartAgain "地址或表单的内容无法识别。" "The address or the form cannot be read.";
    WEB_HEADERS "WEB-005" Reader BadRequest StartAgain "请求头无法识别。" "The headers of the request cannot be read.";
    WEB_CROSS_SITE "WEB-006" Reader BadRequest StartAgain "表单来自另一个网站，不予接受。" "The form was sent from another site and is not accepted.";

    // HUB: our own faults.
    HUB_INTERNAL "HUB-001" Hub ServerError AskHub "系统出现故障，我们已记录。" "Something went wrong on our side; it has been recorded.";
    HUB_STORE "HUB-002" Hub Unavailable Wait "系统暂时繁忙，请稍候再试。" "The system is busy for the moment; please try again shortly.";
    HUB_NOT_READY "HUB-003" Hub Unavailable Wait "系统正在启动。" "The system is starting.";

    // SAML: both faces. 001-059 a member's answer, 060-099 a service's request.
    SAML_MALFORMED "SAML-001" Member BadRequest AskLibrary "图书馆的答复无法识别。" "The library's answer cannot be read.";
    SAML_UNSIGNED "SAML-002" Member Denied AskLibrary "图书馆的答复没有签名。" "The library's answer is not signed.";
    SAML_SIGNATURE "SAML-003" Member Denied AskLibrary "图书馆答复的签名无效。" "The signature of the library's answer is not valid.";
    SAML_SIGNATURE_PROFILE "SAML-004" Member Denied AskLibrary "图书馆答复的签名方式不被接受。" "The library's answer is signed in a way that is not accepted.";
    SAML_ALGORITHM "SAML-005" Member Denied AskLibrary "图书馆答复使用了不安全的算法。" "The library's answer uses an algorithm that is not safe.";
    SAML_ISSUER "SAML-006" Member Denied AskLibrary "答复的发出者不是所选图书馆。" "The answer was not issued by the library asked.";
    SAML_UNKNOWN_ISSUER "SAML-007" Member Denied AskLibrary "答复来自未登记的机构。" "The answer came from an institution that is not registered.";
    SAML_DESTINATION "SAML-008" Member Denied AskLibrary "图书馆的答复不是发给本系统的。" "The library's answer was meant for another address.";
    SAML_RECIPIENT "SAML-009" Member Denied AskLibrary "图书馆的答复指定了另一个接收者。" "The library's answer names another recipient.";
    SAML_AUDIENCE "SAML-010" Member Denied AskLibrary "图书馆的答复是给另一个系统的。" "The library's answer is for another system.";
    SAML_IN_RESPONSE_TO "SAML-011" Member Denied StartAgain "图书馆的答复与本次登录不符。" "The library's answer does not belong to this login.";
    SAML_NOT_YET_VALID "SAML-012" Member Denied AskLibrary "图书馆的答复尚未生效，双方时钟可能不一致。" "The library's answer is not valid yet; its clock may differ from ours.";
    SAML_EXPIRED "SAML-013" Member Denied StartAgain "图书馆的答复已经过期。" "The library's answer has expired.";
    SAML_NO_BEARER "SAML-014" Member Denied AskLibrary "图书馆的答复缺少必要的确认信息。" "The library's answer lacks the confirmation that is needed.";
    SAML_NO_AUTHN_STATEMENT "SAML-015" Member Denied AskLibrary "图书馆的答复没有说明登录方式。" "The library's answer does not say how the reader logged in.";
    SAML_SESSION_ENDED "SAML-016" Member Denied StartAgain "在图书馆的登录已经结束。" "The login at the library has already ended.";
    SAML_REPLAY "SAML-017" Member Denied StartAgain "这份答复已经用过一次。" "This answer has been used before.";
    SAML_STATUS "SAML-018" Member Denied AskLibrary "图书馆没有通过这次登录。" "The library did not approve this login.";
    SAML_TOO_LARGE "SAML-019" Member BadRequest AskLibrary "图书馆的答复过大。" "The library's answer is too large.";
    SAML_ENCRYPTED "SAML-020" Member Denied AskLibrary "图书馆答复的加密方式不被接受。" "The library's answer is encrypted in a way that is not accepted.";
    SAML_VERSION "SAML-021" Member Denied AskLibrary "图书馆的答复版本不对。" "The library's answer is of another SAML version.";
    SAML_ASSERTION_COUNT "SAML-022" Member Denied AskLibrary "图书馆的答复须恰好包含一份断言。" "The library's answer must hold exactly one statement.";
    SAML_NOT_FRESH "SAML-023" Member Denied StartAgain "图书馆没有按要求重新验证您的身份。" "The library did not ask you to log in afresh, as was required.";
    SAML_METADATA "SAML-024" Member Denied AskLibrary "机构的元数据无法使用。" "The institution's metadata cannot be used.";
    SAML_SECOND_OPINION "SAML-025" Member Denied AskHub "两次核对图书馆的答复，结果不一致。" "Two readings of the library's answer do not agree.";
    SAML_DECRYPTION "SAML-026" Member Denied AskLibrary "图书馆的答复无法解密。" "The library's answer cannot be decrypted.";
    SAML_SECOND_DOWN "SAML-027" Hub Unavailable Wait "系统暂时无法第二次核对图书馆的答复，请稍候再试。" "The second check of the library's answer cannot be made for the moment; please try again shortly.";
    SAML_REQ_MALFORMED "SAML-060" Service BadRequest AskService "该应用的请求无法识别。" "The service's request cannot be read.";
    SAML_REQ_UNKNOWN_ISSUER "SAML-061" Service Denied AskService "发出请求的应用没有登记。" "The service that asked is not registered.";
    SAML_REQ_ACS "SAML-062" Service Denied AskService "该应用要求的返回地址没有登记。" "The return address that the service asks for is not registered.";
    SAML_REQ_DESTINATION "SAML-063" Service BadRequest AskService "该应用的请求是发给另一个地址的。" "The service's request was meant for another address.";
    SAML_REQ_SIGNATURE "SAML-064" Service Denied AskService "该应用请求的签名无效或缺失。" "The signature of the service's request is missing or not valid.";
    SAML_REQ_EXPIRED "SAML-065" Service BadRequest StartAgain "该应用的请求已经过期。" "The service's request has expired.";
    SAML_REQ_REPLAY "SAML-066" Service BadRequest StartAgain "该应用的请求已经用过一次。" "The service's request has been used before.";
    SAML_REQ_UNSUPPORTED "SAML-067" Service BadRequest AskService "该应用要求了本系统不支持的方式。" "The service asks for something that is not supported.";
    SAML_REQ_AUTHN_CONTEXT "SAML-068" Service Denied AskService "该应用要求的登录方式无法满足。" "The service asks for a way of logging in that cannot be met.";
    SAML_REQ_PROXY_COUNT "SAML-069" Service Denied AskService "该应用不允许由图书馆代为登录。" "The service does not allow a login at a library on its behalf.";
    SAML_REQ_NAME_ID "SAML-070" Service BadRequest AskService "该应用要求的读者标识格式不受支持。" "The service asks for a kind of reader name that is not supported.";
    SAML_REQ_ENCRYPTION "SAML-071" Service Denied AskService "无法以安全的方式为该应用加密答复。" "The answer cannot be encrypted for the service in a safe way.";

    // CAS: a member's login system that speaks CAS.
    CAS_NO_TICKET "CAS-001" Reader Denied StartAgain "图书馆的统一身份认证没有给出登录票据。" "The library's login system sent you back without a ticket.";
    CAS_TICKET_FORM "CAS-002" Reader BadRequest StartAgain "登录票据无法识别。" "The ticket of this login cannot be read.";
    CAS_TICKET_REFUSED "CAS-003" Reader Denied StartAgain "登录票据已经过期，或已经用过。" "The ticket of this login has expired, or was used before.";
    CAS_SERVICE_REFUSED "CAS-004" Member Denied AskLibrary "图书馆的统一身份认证不接受本系统的地址。" "The library's login system does not accept our address.";
    CAS_FAILED "CAS-005" Member Denied AskLibrary "图书馆的统一身份认证报告了错误。" "The library's login system reported an error.";
    CAS_UNREACHABLE "CAS-006" Member Unavailable Wait "暂时连不上图书馆的统一身份认证。" "The library's login system cannot be reached at present.";
    CAS_MALFORMED "CAS-007" Member BadRequest AskLibrary "图书馆的统一身份认证给出的答复无法识别。" "The answer of the library's login system cannot be read.";
    CAS_NOT_FRESH "CAS-008" Member Denied StartAgain "图书馆没有按要求重新验证您的身份。" "The library did not ask you to log in afresh, as was required.";
    CAS_PROXIED "CAS-009" Member Denied AskLibrary "登录票据是另一个应用代您取得的，不予接受。" "The ticket was got by another service on your behalf, and is not accepted.";
    CAS_REPLAY "CAS-010" Reader Denied StartAgain "这张登录票据已经用过一次。" "This ticket has been used before.";
    CAS_LOGOUT "CAS-011" Reader BadRequest StartAgain "退出通知无法识别。" "The notice of a logout cannot be read.";

    // OIDC: the OpenID provider.
    OIDC_UNKNOWN_CLIENT "OIDC-001" Service Denied AskService "发出请求的应用没有登记。" "The service that asked is not registered.";
    OIDC_REDIRECT_URI "OIDC-002" Service Denied AskService "该应用要求的返回地址没有登记。" "The return address that the service asks for is not registered.";
    OIDC_RESPONSE_TYPE "OIDC-003" Service BadRequest AskService "该应用要求了不支持的答复方式。" "The service asks for a kind of answer that is not supported.";
    OIDC_PKCE "OIDC-004" Service BadRequest AskService "该应用的请求缺少 PKCE。" "The service's request lacks PKCE (S256).";
    OIDC_BAD_REQUEST "OIDC-005" Service BadRequest AskService "该应用的请求无法识别。" "The service's request cannot be read.";
    OIDC_PROMPT "OIDC-006" Service BadRequest AskService "该应用的请求自相矛盾。" "The service's request contradicts itself.";
    OIDC_LOGOUT "OIDC-007" Service BadRequest AskService "该应用的退出请求无法识别。" "The service's logout request cannot be read.";
    OIDC_SCOPE "OIDC-008" Service BadRequest AskService "该应用的请求缺少 openid 范围。" "The service's request lacks the scope openid.";
    OIDC_REQUEST_OBJECT "OIDC-009" Service BadRequest AskService "不支持请求对象。" "Request objects are not supported.";

    // LNK: a note that a library's own page signed.
    LNK_MALFORMED "LNK-001" Member BadRequest AskLibrary "图书馆网站发来的跳转信息无法识别。" "The note that your library's page sent along cannot be read.";
    LNK_KEY "LNK-002" Member Denied AskLibrary "图书馆网站发来的跳转信息，签名无法验证。" "The signature of the note that your library's page sent along cannot be verified.";
    LNK_NOT_FOR_US "LNK-003" Member Denied AskLibrary "图书馆网站发来的跳转信息不是给本系统的。" "The note that your library's page sent along is meant for another place.";
    LNK_TIME "LNK-004" Member Denied AskLibrary "图书馆网站发来的跳转信息已经过期，或图书馆服务器的时间不准。" "The note that your library's page sent along has expired, or the clock of the library's server is wrong.";
    LNK_REPLAY "LNK-005" Reader Denied StartAgain "这次跳转已经用过一次，请回到“我的图书馆”重新进入。" "This start was used before; please go back to your library's page and start again.";

    // CON: a library's own system, which the hub asks.
    CON_UNREACHABLE "CON-001" Member Unavailable Wait "图书馆自己的登录系统目前没有应答。" "The library's own login system does not answer at the moment.";
    CON_BUSY "CON-002" Member Unavailable Wait "这家图书馆正在登录的人太多，请稍候再试。" "Too many people are logging in at this library right now; please try again shortly.";
    CON_ANSWER "CON-003" Member Denied AskLibrary "图书馆系统的答复不能用于这次登录。" "The answer of the library's system cannot be used for this login.";
    CON_NOT_LET_IN "CON-004" Member Unavailable AskLibrary "图书馆的系统目前不为本系统开放。" "The library's system does not let the hub in at present.";
    CON_SEVERAL "CON-005" Member Denied AskLibrary "图书馆的系统中有不止一位读者使用这个账号。" "More than one reader in the library's system has this login name.";
    CON_PASSWORD_EXPIRED "CON-006" Reader Denied AskLibrary "密码正确，但已到期或必须修改：请先在图书馆或学校的网页上修改密码。" "The password is right but has expired or must be changed: change it at your library or university first.";
    CON_LOCKED "CON-007" Reader Denied AskLibrary "这个账号在图书馆或学校已被锁定，请稍后再试或联系图书馆。" "This account is locked at your library or university: try again later, or ask the library.";
    CON_CLOSED "CON-008" Reader Denied AskLibrary "这个账号在图书馆或学校已停用、到期，或此时不允许登录。" "This account is disabled or expired at your library or university, or may not log in now.";

    // REG: the registry.
    REG_EMPTY "REG-001" Hub Unavailable AskHub "系统尚未配置。" "The system has not been set up yet.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_code_is_given_twice_and_all_are_in_order_of_their_family() {
        let texts: Vec<_> = ALL_CODES.iter().map(|c| c.as_str()).collect();
        let unique: BTreeSet<_> = texts.iter().collect();
        assert_eq!(unique.len(), texts.len());
        for text in texts {
            let (family, number) = text.split_once('-').expect("FAMILY-NNN");
            assert!(family.bytes().all(|b| b.is_ascii_uppercase()) && number.len() == 3, "{text}");
        }
    }

    #[test]
    fn a_refusal_stays_small() {
        assert!(size_of::<crate::Refusal>() < 128);
    }
}
