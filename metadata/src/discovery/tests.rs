use super::*;
use model::{MemberId, MemberStatus, Text};

fn member(id: &str, zh: &str, en: &str, aliases: &[&str], codes: &[&str]) -> Member {
    Member {
        id: MemberId::parse(id).expect("id"),
        codes: codes.iter().map(ToString::to_string).collect(),
        name: Text::new(zh, en),
        aliases: aliases.iter().map(ToString::to_string).collect(),
        region: String::new(),
        class: model::Class::parse("A").expect("class"),
        scopes: Vec::new(),
        status: MemberStatus::Live,
        contact: model::Contact::default(),
        links: std::collections::BTreeMap::new(),
        ranges: Vec::new(),
        reading_rooms: Vec::new(),
        connectors: Vec::new(),
    }
}

fn libraries() -> Vec<Member> {
    let plain = |id: &str, zh: &str, en: &str| member(id, zh, en, &[], &[]);
    vec![
        member(
            "nju",
            "南京大学图书馆",
            "Nanjing University Library",
            &["南大"],
            &["a210093", "NJU"],
        ),
        plain("njau", "南京农业大学图书馆", "Nanjing Agricultural University Library"),
        plain("nriet", "南京电子技术研究所图书馆", "NRIET Library"),
        plain("njlib", "南京图书馆", "Nanjing Library"),
        plain("nankai", "南开大学图书馆", "Nankai University Library"),
        member("pku", "北京大学图书馆", "Peking University Library", &["北大"], &["PKU"]),
        plain("cqu", "重庆大学图书馆", "Chongqing University Library"),
        plain("cqlib", "重庆图书馆", "Chongqing Library"),
        plain("jlu-cc", "长春工业大学图书馆", "Changchun University of Technology Library"),
        plain("hnu", "长沙理工大学图书馆", "Changsha University of Science and Technology Library"),
        plain("xmu", "厦门大学图书馆", "Xiamen University Library"),
        plain("cdlib", "成都图书馆", "Chengdu Library"),
        plain("clib", "首都图书馆", "Capital Library"),
        plain("xzu", "西藏大学图书馆", "Tibet University Library"),
        plain("ccom", "中央音乐学院图书馆", "Central Conservatory of Music Library"),
        plain("lvliang", "吕梁学院图书馆", "Lyuliang University Library"),
        plain("ouc", "中国海洋大学（崂山校区）图书馆", "Ocean University of China"),
    ]
}

/// The ids that a query finds, best first.
fn ids(members: &[Member], query: &str) -> Vec<String> {
    let hits = Index::of(members).search(members, query, 20, None);
    hits.iter().map(|h| h.member.id.to_string()).collect()
}

fn first(query: &str) -> String {
    ids(&libraries(), query).into_iter().next().unwrap_or_default()
}

/// The shown name with the marked characters in brackets.
fn marked(query: &str, id: &str) -> String {
    let members = libraries();
    let hits = Index::of(&members).search(&members, query, 20, None);
    let hit = hits.iter().find(|h| h.member.id.as_str() == id).expect("found");
    let mut text = String::new();
    for (place, character) in hit.member.name.zh.chars().enumerate() {
        let starts = hit.matched.ranges.iter().any(|r| r.start == place);
        let ends = hit.matched.ranges.iter().any(|r| r.end == place + 1);
        text.push_str(if starts { "[" } else { "" });
        text.push(character);
        text.push_str(if ends { "]" } else { "" });
    }
    text
}

#[test]
fn every_way_to_type_a_library_finds_it() {
    for query in [
        "南京",
        "nju",
        "njdx",
        "nanjing",
        "南大",
        "NJU",
        "a210093",
        "nanda",
        "nanjingdaxue",
        "nanj",
        "南京d",
        "ｎｊｄｘ",
        "nan jing da xue",
        "Nanjing Univ",
        "njdxtsg",
        "南京大学",
    ] {
        assert!(ids(&libraries(), query).contains(&"nju".to_owned()), "{query}");
    }
    for query in [
        "nju",
        "njdx",
        "南大",
        "NJU",
        "a210093",
        "nanda",
        "nanjingdaxue",
        "南京大学",
        "南京d",
        "nanjing university library",
        "njd",
    ] {
        assert_eq!(first(query), "nju", "{query}");
    }
}

#[test]
fn readings_follow_the_place() {
    for (query, id) in [
        ("chongqing", "cqlib"),
        ("cqdx", "cqu"),
        ("changchun", "jlu-cc"),
        ("ccgy", "jlu-cc"),
        ("changsha", "hnu"),
        ("cslg", "hnu"),
        ("xiamen", "xmu"),
        ("xmdx", "xmu"),
        ("chengdu", "cdlib"),
        ("shoudu", "clib"),
        ("xizang", "xzu"),
        ("yinyue", "ccom"),
        ("zhongyangyinyue", "ccom"),
        ("lvliang", "lvliang"),
        ("lüliang", "lvliang"),
        ("luliang", "lvliang"),
        ("beida", "pku"),
        ("bjdx", "pku"),
        ("haiyang", "ouc"),
    ] {
        assert_eq!(first(query), id, "{query}");
    }
}

#[test]
fn the_common_characters_of_library_names_are_read_as_people_read_them() {
    for (text, reading) in [
        ("省图书馆", "shengtushuguan"),
        ("市少年儿童", "shishaonianertong"),
        ("地质大学", "dizhidaxue"),
        ("中医药", "zhongyiyao"),
        ("师范学院", "shifanxueyuan"),
        ("科学技术", "kexuejishu"),
        ("交通大学", "jiaotongdaxue"),
        ("财经", "caijing"),
        ("政法", "zhengfa"),
        ("石油化工", "shiyouhuagong"),
        ("职业", "zhiye"),
        ("会计学院", "kuaijixueyuan"),
        ("浙江", "zhejiang"),
        ("内蒙古", "neimenggu"),
        ("新疆", "xinjiang"),
        ("济南", "jinan"),
        ("合肥", "hefei"),
        ("哈尔滨", "haerbin"),
        ("华东", "huadong"),
        ("民族", "minzu"),
        ("藏书", "zangshu"),
        ("体育", "tiyu"),
        ("航空航天", "hangkonghangtian"),
        ("理工", "ligong"),
        ("邮电", "youdian"),
        ("传媒", "chuanmei"),
        ("沈阳", "shenyang"),
        ("福建", "fujian"),
        ("台州", "taizhou"),
        ("宁夏", "ningxia"),
        ("广西", "guangxi"),
        ("陕西", "shanxi"),
        ("青海", "qinghai"),
        ("县", "xian"),
        ("区", "qu"),
        ("系统", "xitong"),
        ("卫生", "weisheng"),
        ("海洋", "haiyang"),
        ("艺术", "yishu"),
        ("外国语", "waiguoyu"),
        ("吉林", "jilin"),
        ("都匀", "duyun"),
        ("厦门", "xiamen"),
        ("六盘水", "liupanshui"),
        ("绿色", "lvse"),
        ("女子", "nvzi"),
        ("东莞", "dongguan"),
        ("蚌埠", "bengbu"),
        ("番禺", "panyu"),
        ("解放军", "jiefangjun"),
        ("空军", "kongjun"),
        ("行政学院", "xingzhengxueyuan"),
        ("党校", "dangxiao"),
        ("社会科学院", "shehuikexueyuan"),
        ("中山", "zhongshan"),
        ("华中", "huazhong"),
        ("同济", "tongji"),
        ("暨南", "jinan"),
        ("复旦", "fudan"),
        ("参考", "cankao"),
        ("数字", "shuzi"),
        ("信息", "xinxi"),
        ("工程", "gongcheng"),
        ("重型", "zhongxing"),
    ] {
        let read: String = line::Line::of(text).units.iter().map(|u| u.reading).collect();
        assert_eq!(read, reading, "{text}");
    }
}

#[test]
fn what_matched_is_marked_in_the_shown_name() {
    assert_eq!(marked("njd", "nju"), "[南京大]学图书馆");
    assert_eq!(marked("njd", "nriet"), "[南京电]子技术研究所图书馆");
    assert_eq!(marked("njd", "njau"), "[南京]农业[大]学图书馆");
    assert_eq!(marked("南大", "nju"), "[南]京[大]学图书馆");
    assert_eq!(marked("南京", "nju"), "[南京]大学图书馆");
    assert_eq!(marked("daxue", "nju"), "南京[大学]图书馆");
    assert_eq!(marked("laoshan", "ouc"), "中国海洋大学（[崂山]校区）图书馆");
    assert_eq!(marked("peking", "pku"), "北京大学图书馆");
}

#[test]
fn texts_other_than_the_name_say_what_matched() {
    let members = libraries();
    let index = Index::of(&members);
    let matched = |query: &str| index.search(&members, query, 1, None).remove(0).matched;
    let english = matched("univ");
    assert_eq!(english.field, MatchField::English);
    assert_eq!(english.text_ranges.len(), 1);
    let code = matched("a210093");
    assert_eq!((code.field, code.text.as_deref()), (MatchField::Code, Some("a210093")));
    assert_eq!(code.text_ranges, vec![0..7]);
    let alias = matched("南大");
    assert_eq!((alias.field, alias.text.as_deref()), (MatchField::Alias, Some("南大")));
}

#[test]
fn order_is_exact_then_beginning_then_initials_then_inside_then_gaps() {
    let found = ids(&libraries(), "nanjing");
    assert_eq!(found.first().map(String::as_str), Some("njlib"), "a whole name comes first");
    assert_eq!(ids(&libraries(), "njd"), ["nju", "nriet", "njau"]);
    let found = ids(&libraries(), "大学");
    assert_eq!(found.len(), 10);
    assert_eq!(first("南"), "njlib");
}

#[test]
fn members_that_only_applied_or_have_left_are_not_found() {
    let mut members = libraries();
    for (status, found) in [
        (MemberStatus::Applied, false),
        (MemberStatus::Left, false),
        (MemberStatus::Testing, true),
        (MemberStatus::Suspended, true),
        (MemberStatus::Live, true),
    ] {
        members[0].status = status;
        assert_eq!(ids(&members, "nju").contains(&"nju".to_owned()), found, "{status:?}");
    }
}

#[test]
fn a_suspended_member_comes_after_an_open_one_of_the_same_rank() {
    let mut members = libraries();
    members[0].status = MemberStatus::Suspended;
    assert_eq!(ids(&members, "njd").first().map(String::as_str), Some("nriet"));
}

#[test]
fn queries_that_ask_nothing_or_too_much_find_nothing_and_do_no_harm() {
    let members = libraries();
    let index = Index::of(&members);
    let long = "南".repeat(100_000);
    let letters = "nanjing".repeat(7);
    for query in ["", "   ", "·-（）", &long, &letters, "\u{0}", "zzzz", "😀", "%", "\u{202e}"]
    {
        assert!(index.search(&members, query, 20, None).is_empty(), "{query:.20}");
    }
    assert!(index.search(&members, "nju", 0, None).is_empty());
    assert_eq!(index.search(&members, "u", 3, None).len(), 3);
}

#[test]
fn twelve_hundred_members_are_searched_right() {
    let cities = ["南京", "北京", "重庆", "长春", "长沙", "厦门", "成都", "沈阳", "西安", "武汉"];
    let kinds = ["大学", "师范学院", "理工大学", "职业技术学院", "医科大学", "市"];
    let mut members = Vec::new();
    for number in 0..1200 {
        let (city, kind) = (cities[number % 10], kinds[number / 10 % 6]);
        let zh = format!("{city}第{number}{kind}图书馆");
        members.push(member(&format!("m{number}"), &zh, &format!("Library {number}"), &[], &[]));
    }
    let index = Index::of(&members);
    for query in ["nanjing", "njd7", "重庆", "xiamen", "library 11", "m1199", "yike", "zzz"] {
        let found = index.search(&members, query, 20, None);
        assert_eq!(found.is_empty(), query == "zzz", "{query}");
    }
    assert_eq!(index.search(&members, "m1199", 20, None)[0].member.id.as_str(), "m1199");
    let all = index.search(&members, "chongqing", 2000, None);
    assert_eq!(all.len(), 120);
    assert!(all.iter().all(|h| h.member.name.zh.starts_with("重庆")));
}

#[test]
fn of_libraries_that_match_alike_the_nearest_comes_first_and_no_better_match_is_passed() {
    let in_network = |mut member: Member, ranges: &[&str]| {
        member.ranges = ranges.iter().map(|r| r.parse().expect("a network")).collect();
        member
    };
    let members = [
        member("aa", "南京甲学院图书馆", "", &[], &[]),
        in_network(
            member("bb", "南京乙学院图书馆", "", &[], &[]),
            &["10.0.0.0/8", "2001:db8::/32"],
        ),
        in_network(
            member("cc", "南京丙学院图书馆", "", &[], &[]),
            &["192.0.2.0/24", "10.1.2.0/24"],
        ),
        in_network(member("dd", "大南京学院图书馆", "", &[], &[]), &["10.1.2.3/32"]),
    ];
    let index = Index::of(&members);
    let from = |client: Option<&str>| {
        let client = client.map(|c| c.parse().expect("an address"));
        let hits = index.search(&members, "南京", 20, client);
        hits.iter().map(|h| h.member.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(from(None), ["aa", "bb", "cc", "dd"]);
    assert_eq!(from(Some("203.0.113.1")), from(None));
    assert_eq!(from(Some("10.1.2.3")), ["cc", "bb", "aa", "dd"], "the narrowest network first");
    assert_eq!(from(Some("10.9.9.9"))[0], "bb");
    assert_eq!(from(Some("2001:db8::7"))[0], "bb");
    assert_eq!(
        index.search(&members, "aa", 20, "10.1.2.3".parse().ok())[0].member.id.as_str(),
        "aa"
    );
}
