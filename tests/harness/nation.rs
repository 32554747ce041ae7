//! A consortium of a nation's size, made up: the same for the same seed.

use super::folder::Folder;
use super::world::{acme_key, idp_metadata};

const CITIES: [(&str, &str, &str); 20] = [
    ("北京", "北京", "Beijing"),
    ("天津", "天津", "Tianjin"),
    ("河北/保定", "保定", "Baoding"),
    ("山西/太原", "太原", "Taiyuan"),
    ("辽宁/沈阳", "沈阳", "Shenyang"),
    ("吉林/长春", "长春", "Changchun"),
    ("黑龙江/哈尔滨", "哈尔滨", "Harbin"),
    ("上海", "上海", "Shanghai"),
    ("江苏/南京", "南京", "Nanjing"),
    ("江苏/苏州", "苏州", "Suzhou"),
    ("浙江/杭州", "杭州", "Hangzhou"),
    ("安徽/合肥", "合肥", "Hefei"),
    ("福建/厦门", "厦门", "Xiamen"),
    ("山东/济南", "济南", "Jinan"),
    ("河南/郑州", "郑州", "Zhengzhou"),
    ("湖北/武汉", "武汉", "Wuhan"),
    ("湖南/长沙", "长沙", "Changsha"),
    ("广东/广州", "广州", "Guangzhou"),
    ("重庆", "重庆", "Chongqing"),
    ("四川/成都", "成都", "Chengdu"),
];
const FIELDS: [(&str, &str); 20] = [
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
    ("林业", " Forestry"),
    ("石油", " Petroleum"),
    ("海洋", " Ocean"),
    ("邮电", " Posts"),
    ("政法", " Law"),
    ("体育", " Sport"),
    ("音乐", " Conservatory"),
    ("建筑", " Architecture"),
];
const KINDS: [(&str, &str); 3] =
    [("大学", " University"), ("学院", " College"), ("职业技术学院", " Vocational College")];
/// As many as there are names.
pub const MEMBERS: usize = CITIES.len() * FIELDS.len() * KINDS.len();
/// Prime to [`MEMBERS`]: steps of it come to every name once.
const STEP: usize = 7;

/// Writes a registry of [`MEMBERS`] libraries: two of three have a SAML identity provider,
/// the third keeps its readers at the hub. Library N has the network `10.(N / 250).(N % 250).0/24`,
/// whose upper half is its reading room.
pub fn registry(folder: &Folder, seed: u64) {
    folder.write(
        "registry/consortium.toml",
        "name = { zh = \"生成的联盟\", en = \"Generated consortium\" }\n",
    );
    let start = usize::try_from(seed % MEMBERS as u64).expect("small");
    for number in 0..MEMBERS {
        let id = id(number);
        folder.write(&format!("registry/members/{id}.toml"), member(number, start));
        if has_saml(number) {
            let origin = origin(&id);
            let certs = [acme_key().certificate()];
            let xml =
                idp_metadata(&format!("{origin}/idp"), &origin, &certs, &format!("{id}.test"));
            folder.write(&format!("registry/members/{id}-idp.xml"), xml);
        }
    }
}

pub fn id(number: usize) -> String {
    format!("lib{number:04}")
}

pub fn has_saml(number: usize) -> bool {
    number % 3 != 2
}

fn origin(id: &str) -> String {
    format!("https://idp.{id}.test")
}

fn member(number: usize, start: usize) -> String {
    let name = (start + number * STEP) % MEMBERS;
    let (region, city, letters) = CITIES[name % CITIES.len()];
    let (field, field_en) = FIELDS[name / CITIES.len() % FIELDS.len()];
    let (kind, kind_en) = KINDS[name / CITIES.len() / FIELDS.len()];
    let id = id(number);
    let connector = if has_saml(number) {
        format!(
            "id = \"campus\"\nkind = \"saml\"\nmetadata = \"{id}-idp.xml\"\n\
             attributes = {{ local_id = [\"pairwise-id\"] }}\n"
        )
    } else {
        "kind = \"central\"\n".to_owned()
    };
    let network = format!("10.{}.{}", number / 250, number % 250);
    format!(
        "id = \"{id}\"\ncodes = [\"C{number:05}\"]\n\
         name = {{ zh = \"{city}{field}{kind}图书馆\", en = \"{letters}{field_en}{kind_en} Library\" }}\n\
         aliases = [\"{city}{field}\"]\nregion = \"{region}\"\nclass = \"A\"\nstatus = \"live\"\n\
         scopes = [\"{id}.test\"]\n\
         ranges = [\"{network}.0/24\"]\nreading_rooms = [\"{network}.128/25\"]\n[[connector]]\n{connector}"
    )
}

/// A name for each, and a registry that the program takes.
#[test]
fn what_is_made_up_is_a_registry_of_1200_libraries() {
    let folder = Folder::new("nation");
    registry(&folder, 7);
    let now = super::clock::TestClock::new();
    let now = model::Clock::now(&*now);
    let bundle = metadata::Bundle::read(&folder.path().join("registry"), now)
        .unwrap_or_else(|faults| panic!("{faults:#?}"));
    let hub = metadata::PublicUrl::parse("https://hub.test").expect("an address");
    let snapshot = metadata::Snapshot::from_bundle(&bundle, 1, &hub).expect("a snapshot");
    let names: std::collections::BTreeSet<_> =
        snapshot.members().map(|m| m.name.zh.clone()).collect();
    assert_eq!((names.len(), MEMBERS), (1200, 1200));
}
