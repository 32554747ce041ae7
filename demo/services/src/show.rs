//! What each of the five shows a reader who has arrived.

use crate::page::{escape, page};
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The five services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 馆际互借, interlibrary loan.
    Ill,
    /// 参考咨询, virtual reference.
    Reference,
    /// 外文期刊, foreign journals.
    Journals,
    /// 联合目录, union catalogue.
    Catalogue,
    /// 通用借书证, universal borrowing card.
    Card,
}

/// The values the hub released, by name; lists and maps flattened to several.
pub(crate) type Values = BTreeMap<String, Vec<String>>;

impl Kind {
    /// All five.
    pub const ALL: [Self; 5] =
        [Self::Ill, Self::Reference, Self::Journals, Self::Catalogue, Self::Card];

    /// Its id in the registry.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ill => "ill",
            Self::Reference => "cvrs",
            Self::Journals => "journals",
            Self::Catalogue => "opac",
            Self::Card => "card",
        }
    }

    /// Whether it speaks SAML; else OpenID Connect.
    pub const fn speaks_saml(self) -> bool {
        matches!(self, Self::Journals | Self::Catalogue)
    }

    /// Whether its metadata promise signed requests; the catalogue's do.
    pub(crate) const fn signs_requests(self) -> bool {
        matches!(self, Self::Catalogue)
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Ill => "馆际互借 · Interlibrary loan",
            Self::Reference => "参考咨询 · Virtual reference",
            Self::Journals => "外文期刊 · Foreign journals",
            Self::Catalogue => "联合目录 · Union catalogue",
            Self::Card => "通用借书证 · Universal borrowing card",
        }
    }

    /// The page of a reader who is logged in.
    pub(crate) fn show(self, values: &Values) -> Response {
        let mut body = match self {
            Self::Ill => loan_form(values),
            Self::Reference => question_form(values),
            Self::Journals => journals(values),
            Self::Catalogue => catalogue(values),
            Self::Card => card(values),
        };
        body.push_str(
            "<nav><a href=\"/values\">收到的信息 · What was received</a>\
             <a href=\"/logout\">退出 · Log out</a></nav>",
        );
        page(StatusCode::OK, self.title(), &body)
    }

    /// Everything that was received, as it came.
    pub(crate) fn show_values(self, values: &Values) -> Response {
        let mut list = String::from("<dl id=\"values\">");
        for (name, texts) in values {
            let _ = write!(
                list,
                "<dt>{}</dt><dd data-name=\"{}\">{}</dd>",
                escape(name),
                escape(name),
                escape(&texts.join("; "))
            );
        }
        list.push_str("</dl><nav><a href=\"/\">返回 · Back</a></nav>");
        page(StatusCode::OK, self.title(), &list)
    }
}

fn first<'v>(values: &'v Values, name: &str) -> &'v str {
    values.get(name).and_then(|v| v.first()).map_or("", String::as_str)
}

fn has(values: &Values, right: &str) -> bool {
    values.get("entitlements").is_some_and(|v| v.iter().any(|r| r == right))
}

fn field(label: &str, name: &str, value: &str) -> String {
    format!(
        "<label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" value=\"{}\">",
        escape(value)
    )
}

fn loan_form(values: &Values) -> String {
    let pay = if has(values, "ill:guaranteed") {
        "图书馆担保，无需预付 · Guaranteed by your library, no prepayment"
    } else {
        "需预付费用 · Prepayment needed"
    };
    let mut form = String::from("<form>");
    form.push_str(&field("姓名 · Name", "name", first(values, "name")));
    form.push_str(&field("图书馆 · Library", "member", &library(first(values, "member"))));
    form.push_str(&field("读者类别 · Class", "class", first(values, "class")));
    form.push_str(&field("邮箱 · E-mail", "email", first(values, "email")));
    form.push_str(&field("想借的书或文章 · Book or article", "wanted", ""));
    let _ = write!(form, "</form><p id=\"pay\">{pay}</p>");
    form
}

/// The name of a library, from this service's own list: the hub says which one it is.
fn library(id: &str) -> String {
    let name = match id {
        "nju" => "南京大学图书馆",
        "jinling" => "金陵图书馆",
        "union" => "联合体读者服务中心",
        _ => return id.to_owned(),
    };
    format!("{name} · {id}")
}

fn question_form(values: &Values) -> String {
    let mut form = String::from("<form>");
    form.push_str(&field("姓名 · Name", "name", first(values, "name")));
    form.push_str(&field("回复邮箱 · Answer to", "email", first(values, "email")));
    form.push_str(
        "<label for=\"question\">问题 · Question</label>\
         <textarea id=\"question\" rows=\"4\"></textarea></form>",
    );
    form
}

fn journals(values: &Values) -> String {
    let access = if has(values, "journals:fulltext") {
        "可阅读全文 · Full text is open to you"
    } else {
        "可查阅篇名与文摘 · Titles and abstracts"
    };
    format!(
        "<p id=\"access\">{access}</p><p>{} · {}</p>",
        escape(&library(first(values, "member"))),
        escape(first(values, "affiliation"))
    )
}

fn catalogue(values: &Values) -> String {
    let holdings = values
        .get("links")
        .into_iter()
        .flatten()
        .find_map(|link| link.strip_prefix("holdings="))
        .map(|form| form.replace("{isbn}", "9787305000010"))
        .filter(|address| address.starts_with("https://") || address.starts_with("http://"));
    let mine = holdings.map_or_else(
        || "本馆没有登记馆藏链接 · Your library has no holdings link".to_owned(),
        |address| {
            format!("<a class=\"go\" id=\"holdings\" href=\"{}\">我的图书馆有没有？ · My library's holdings</a>", escape(&address))
        },
    );
    format!("<p>示例图书 · A sample book, ISBN 9787305000010</p><p>{mine}</p>")
}

fn card(values: &Values) -> String {
    format!(
        "<p id=\"card\">{} · {}</p><p>在全部成员馆通用 · Good at every member library</p>",
        escape(first(values, "name")),
        escape(&library(first(values, "member")))
    )
}
