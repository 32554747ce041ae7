//! The reasons that the hub gives where no rule of a policy gives one.

use crate::verdict::Reason;
use model::{Standing, Text};

/// A reason of the hub itself.
pub(crate) struct Ours {
    id: &'static str,
    zh: &'static str,
    en: &'static str,
}

impl Ours {
    /// The reason as a decision carries it.
    pub(crate) fn reason(&self) -> Reason {
        Reason { rule: self.id.to_owned(), text: self.text() }
    }

    /// Its sentence.
    pub(crate) fn text(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}

/// Ids that begin so belong to the reasons here; no rule may take one.
pub(crate) const RESERVED_PREFIX: &str = "hub:";

pub(crate) const BUILT_IN: Ours = Ours {
    id: "hub:built-in",
    zh: "这是本系统自己的页面，登录后都可以进入。",
    en: "This page belongs to the hub itself and is open to everyone who has logged in.",
};

pub(crate) const NO_POLICY: Ours = Ours {
    id: "hub:no-policy",
    zh: "联盟没有另设规则，状态正常的读者都可以进入。",
    en: "The consortium has set no rules of its own: every reader in good standing may enter.",
};

pub(crate) const NO_POLICY_RIGHT: Ours = Ours {
    id: "hub:no-policy",
    zh: "联盟还没有设置权益规则，因此没有给出这项权益。",
    en: "The consortium has not set any rules for rights, so this one is not given.",
};

pub(crate) const NO_RULE_ENTRY: Ours = Ours {
    id: "hub:no-rule",
    zh: "目前没有规则把这项服务开放给您这样的读者。如有需要，请向您的图书馆咨询。",
    en: "No rule opens this service to readers like you at present. If you need it, please ask your library.",
};

pub(crate) const NO_RULE_RIGHT: Ours = Ours {
    id: "hub:no-rule",
    zh: "目前没有规则给您这项权益。如有需要，请向您的图书馆咨询。",
    en: "No rule gives you this right at present. If you need it, please ask your library.",
};

pub(crate) const MUST_BE_APPROVED: Ours = Ours {
    id: "hub:application",
    zh: "这项权益须经您的图书馆批准后才能使用。",
    en: "This right must be approved by your library before you can use it.",
};

pub(crate) const NOT_PROVED: Ours = Ours {
    id: "hub:not-proved",
    zh: "这项权益只给验证过密码的读者，这次登录没有验证密码。",
    en: "This right is for readers whose password was checked, and at this login none was.",
};

pub(crate) const RULE_FAILED: Ours = Ours {
    id: "hub:rule-failed",
    zh: "一条规则无法判断，为安全起见没有放行。请把登录代码告诉联盟。",
    en: "A rule could not be evaluated, so for safety the answer is no. Please quote the login code to the consortium.",
};

const PENDING: Ours = Ours {
    id: "hub:standing-pending",
    zh: "您的读者资格还在审核中，通过后即可使用。如有急用，请联系您的图书馆。",
    en: "Your registration is still being reviewed; you can use this once it is approved. If it is urgent, please contact your library.",
};

const BLOCKED: Ours = Ours {
    id: "hub:standing-blocked",
    zh: "您的读者证暂时被停用，例如有欠款或已挂失。请先到您的图书馆办理，再来使用。",
    en: "Your library card is blocked for now, for example because of a fee or a lost card. Please settle it with your library first.",
};

const EXPIRED: Ours = Ours {
    id: "hub:standing-expired",
    zh: "您的读者证已过有效期。请到您的图书馆续期，再来使用。",
    en: "Your library card has expired. Please have it renewed at your library first.",
};

const SUSPENDED: Ours = Ours {
    id: "hub:standing-suspended",
    zh: "您的读者资格已被停止。请联系您的图书馆了解情况。",
    en: "Your membership has been suspended. Please contact your library to find out why.",
};

/// Why a standing other than good closes something; `None` for good.
pub(crate) fn standing(standing: Standing) -> Option<&'static Ours> {
    match standing {
        Standing::Good => None,
        Standing::Pending => Some(&PENDING),
        Standing::Blocked => Some(&BLOCKED),
        Standing::Expired => Some(&EXPIRED),
        Standing::Suspended => Some(&SUSPENDED),
    }
}

/// Sentences for the values of a release.
pub(crate) mod value {
    use super::Ours;

    pub(crate) const GIVEN: Ours = Ours {
        id: "hub:release",
        zh: "该应用登记了需要这一项。",
        en: "The service is registered to be told this.",
    };
    pub(crate) const UNKNOWN: Ours = Ours {
        id: "hub:release",
        zh: "该应用需要这一项，但图书馆没有提供。",
        en: "The service is registered to be told this, but your library did not supply it.",
    };
    pub(crate) const FOREIGN_SCOPE: Ours = Ours {
        id: "hub:scope",
        zh: "这一项使用了不属于该图书馆的域名，没有给出。",
        en: "This carried a domain that is not the library's own, so it was not given.",
    };
    pub(crate) const NO_RIGHTS: Ours = Ours {
        id: "hub:release",
        zh: "您目前在该应用没有任何权益。",
        en: "You have no rights at this service at present.",
    };
}
