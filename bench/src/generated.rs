//! A consortium of a nation's size, made up: the same for the same seed.
//!
//! Seven of ten members have a SAML identity provider with metadata of their own, three
//! keep their readers' accounts at the hub. One service of two speaks OpenID Connect, the
//! other SAML. Every member has networks, links, codes, an alias; every service has rights,
//! three rows of the policy matrix each.

use crate::folder::Folder;
use std::fmt::Write as _;
use std::io;

/// Where libraries are: region, city in characters and in letters.
const PLACES: [(&str, &str, &str); 40] = [
    ("北京", "北京", "Beijing"),
    ("天津", "天津", "Tianjin"),
    ("河北/石家庄", "石家庄", "Shijiazhuang"),
    ("河北/保定", "保定", "Baoding"),
    ("山西/太原", "太原", "Taiyuan"),
    ("内蒙古/呼和浩特", "呼和浩特", "Hohhot"),
    ("辽宁/沈阳", "沈阳", "Shenyang"),
    ("辽宁/大连", "大连", "Dalian"),
    ("吉林/长春", "长春", "Changchun"),
    ("黑龙江/哈尔滨", "哈尔滨", "Harbin"),
    ("上海", "上海", "Shanghai"),
    ("江苏/南京", "南京", "Nanjing"),
    ("江苏/苏州", "苏州", "Suzhou"),
    ("江苏/徐州", "徐州", "Xuzhou"),
    ("江苏/扬州", "扬州", "Yangzhou"),
    ("浙江/杭州", "杭州", "Hangzhou"),
    ("浙江/宁波", "宁波", "Ningbo"),
    ("安徽/合肥", "合肥", "Hefei"),
    ("福建/福州", "福州", "Fuzhou"),
    ("福建/厦门", "厦门", "Xiamen"),
    ("江西/南昌", "南昌", "Nanchang"),
    ("山东/济南", "济南", "Jinan"),
    ("山东/青岛", "青岛", "Qingdao"),
    ("河南/郑州", "郑州", "Zhengzhou"),
    ("湖北/武汉", "武汉", "Wuhan"),
    ("湖南/长沙", "长沙", "Changsha"),
    ("广东/广州", "广州", "Guangzhou"),
    ("广东/深圳", "深圳", "Shenzhen"),
    ("广西/南宁", "南宁", "Nanning"),
    ("海南/海口", "海口", "Haikou"),
    ("重庆", "重庆", "Chongqing"),
    ("四川/成都", "成都", "Chengdu"),
    ("贵州/贵阳", "贵阳", "Guiyang"),
    ("云南/昆明", "昆明", "Kunming"),
    ("西藏/拉萨", "拉萨", "Lhasa"),
    ("陕西/西安", "西安", "Xi'an"),
    ("甘肃/兰州", "兰州", "Lanzhou"),
    ("青海/西宁", "西宁", "Xining"),
    ("宁夏/银川", "银川", "Yinchuan"),
    ("新疆/乌鲁木齐", "乌鲁木齐", "Urumqi"),
];

/// What a library is called after its city.
const FIELDS: [(&str, &str); 12] = [
    ("", ""),
    ("科技", " Science and Technology"),
    ("师范", " Normal"),
    ("医科", " Medical"),
    ("农业", " Agricultural"),
    ("财经", " Finance and Economics"),
    ("理工", " Institute of Technology"),
    ("工业", " Industrial"),
    ("外国语", " Foreign Studies"),
    ("交通", " Transport"),
    ("民族", " Nationalities"),
    ("中医药", " Chinese Medicine"),
];
const KINDS: [(&str, &str); 3] =
    [("大学", " University"), ("学院", " College"), ("职业技术学院", " Vocational College")];

/// How many differently named members there can be.
const NAMES: usize = PLACES.len() * FIELDS.len() * KINDS.len();
/// Has no factor in common with [`NAMES`]: steps of it come to every name once.
const STEP: usize = 1009;

const IDP_METADATA: &str = include_str!("../../demo/registry/members/nju-idp.xml");
const SP_METADATA: &str = include_str!("../../demo/registry/services/journals-sp.xml");
const CLIENT_KEYS: &str = include_str!("../../demo/registry/services/ill.jwks.json");

/// Writes a registry folder of so many members and services; `seed` chooses the names.
pub(crate) fn registry(
    folder: &Folder,
    members: usize,
    services: usize,
    seed: u64,
) -> io::Result<()> {
    if members > NAMES {
        return Err(io::Error::other(format!("there are names for {NAMES} members only")));
    }
    folder.write(
        "registry/consortium.toml",
        "name = { zh = \"生成的联盟\", en = \"Generated consortium\" }\n",
    )?;
    for number in 0..members {
        let file = format!("registry/members/{}", member_id(number));
        folder.write(&format!("{file}.toml"), member(number, seed))?;
        if has_saml(number) {
            folder.write(&format!("{file}-idp.xml"), idp_metadata(number))?;
        }
    }
    for number in 0..services {
        let file = format!("registry/services/s-{number}");
        folder.write(&format!("{file}.toml"), service(number) + &service_protocol(number))?;
        if number % 2 == 0 {
            folder.write(&format!("{file}.jwks.json"), CLIENT_KEYS)?;
        } else {
            let own = SP_METADATA.replace("http://journals.localhost:8085", &service_url(number));
            folder.write(&format!("{file}-sp.xml"), own)?;
        }
    }
    folder.write("registry/policy/matrix.toml", matrix(services))?;
    folder.write("registry/policy/standing.cedar", standing())
}

fn member_id(number: usize) -> String {
    format!("lib{number:04}")
}

fn has_saml(number: usize) -> bool {
    number % 10 < 7
}

fn member(number: usize, seed: u64) -> String {
    // Without the remainder the product could overflow for a large seed.
    let start = usize::try_from(seed % NAMES as u64).unwrap_or_default();
    let name = (start + number * STEP) % NAMES;
    let (region, city, letters) = pick(&PLACES, name);
    let (field, field_en) = pick(&FIELDS, name / PLACES.len());
    let (kind, kind_en) = pick(&KINDS, name / (PLACES.len() * FIELDS.len()));
    let id = member_id(number);
    let class = match (has_saml(number), number % 3) {
        (false, _) => "B",
        (true, 0) => "C",
        (true, _) => "A",
    };
    let connector = if has_saml(number) {
        format!(
            "id = \"campus\"\nkind = \"saml\"\nmetadata = \"{id}-idp.xml\"\n\
             [connector.attributes]\nlocal_id = [\"pairwise-id\", \"subject-id\"]\n\
             affiliation = \"eduPersonScopedAffiliation\"\nname = \"displayName\"\nmail = \"mail\"\n"
        )
    } else {
        "kind = \"central\"\n".to_owned()
    };
    format!(
        "id = \"{id}\"\ncodes = [\"C{number:05}\"]\n\
         name = {{ zh = \"{city}{field}{kind}图书馆\", en = \"{letters}{field_en}{kind_en} Library\" }}\n\
         aliases = [\"{city}{field}\"]\nregion = \"{region}\"\nclass = \"{class}\"\n\
         scopes = [\"{id}.example\"]\nstatus = \"live\"\n\
         contact = {{ phone = \"000-{number:04}\", mail = \"library@{id}.example\", hours = \"8:00-22:00\" }}\n\
         ranges = [\"10.{}.{}.0/24\"]\n\
         links = {{ opac = \"https://opac.{id}.example/\", help = \"https://help.{id}.example/\" }}\n\
         [[connector]]\n{connector}",
        number / 250,
        number % 250,
    )
}

fn pick<T: Copy + Default>(from: &[T], place: usize) -> T {
    from.get(place % from.len()).copied().unwrap_or_default()
}

fn idp_metadata(number: usize) -> String {
    let id = member_id(number);
    IDP_METADATA
        .replace("http://nju.localhost:8081", &format!("https://idp.{id}.example"))
        .replace("nju.edu.cn", &format!("{id}.example"))
}

/// A service with two rights, without its protocol.
pub(crate) fn service(number: usize) -> String {
    format!(
        "id = \"s-{number}\"\nname = {{ zh = \"服务 {number}\", en = \"Service {number}\" }}\n\
         launch_url = \"{}/\"\nentitlements = [\"s-{number}:read\", \"s-{number}:order\"]\n\
         release = [\"name\", \"mail\", \"member\", \"class\", \"category\", \"links\", \"entitlements\"]\n",
        service_url(number)
    )
}

fn service_url(number: usize) -> String {
    format!("https://s-{number}.example")
}

fn service_protocol(number: usize) -> String {
    if number.is_multiple_of(2) {
        format!(
            "[oidc]\nclient_id = \"s-{number}\"\njwks = \"s-{number}.jwks.json\"\n\
             redirect_uris = [\"{}/callback\"]\n",
            service_url(number)
        )
    } else {
        format!("[saml]\nmetadata = \"s-{number}-sp.xml\"\nidp = \"shared\"\n")
    }
}

/// The policy matrix: three rows a service.
pub(crate) fn matrix(services: usize) -> String {
    let mut matrix = "[classes]\n".to_owned();
    for class in ["A", "B", "C"] {
        let line = format!("{class} = {{ zh = \"类别 {class}\", en = \"Class {class}\" }}\n");
        matrix.push_str(&line);
    }
    let reason =
        "reason = { zh = \"各类读者都可以使用。\", en = \"Open to readers of every class.\" }";
    for n in 0..services {
        // Writing to a String cannot fail.
        let _ = write!(
            matrix,
            "[[row]]\nclass = [\"A\", \"B\", \"C\"]\nenter = [\"s-{n}\"]\nallow = [\"s-{n}:read\"]\n{reason}\n\
             [[row]]\nclass = [\"A\"]\nallow = [\"s-{n}:order\"]\n{reason}\n\
             [[deny]]\nclass = [\"C\"]\nuse = [\"s-{n}:order\"]\n{reason}\n"
        );
    }
    matrix
}

/// The rules of the sample consortium about standing, for the first two services.
pub(crate) fn standing() -> String {
    include_str!("../../demo/registry/policy/standing.cedar")
        .replace("\"ill\"", "\"s-0\"")
        .replace("\"card\"", "\"s-1\"")
}

#[cfg(test)]
mod tests {
    use super::{Folder, NAMES, STEP, member, registry};
    use readerpass::outside::moment_now;
    use std::collections::HashSet;

    #[test]
    fn what_is_generated_is_a_registry_without_fault() {
        let folder = Folder::new().expect("a folder");
        registry(&folder, 40, 8, 7).expect("written");
        let read = metadata::Bundle::read(&folder.path().join("registry"), moment_now().now);
        assert!(read.is_ok(), "{:?}", read.err());
    }

    #[test]
    fn a_seed_names_members_always_alike_and_no_two_alike() {
        let name = |number, seed| {
            let text = member(number, seed);
            text.lines().find(|line| line.starts_with("name")).expect("a name").to_owned()
        };
        let names: HashSet<_> = (0..1200).map(|number| name(number, 1)).collect();
        assert_eq!(names.len(), 1200);
        assert_eq!(name(5, 1), name(5, 1));
        assert_ne!(name(5, 1), name(5, 2));
        assert_eq!(name(5, u64::MAX), name(5, u64::MAX % NAMES as u64));
        assert!(
            [2, 3, 5].iter().all(|factor| !STEP.is_multiple_of(*factor)),
            "2, 3 and 5 divide {NAMES}"
        );
    }
}
