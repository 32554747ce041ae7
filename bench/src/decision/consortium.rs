//! Two consortia to decide in: the sample that lies in demo/registry, and a generated one
//! of the size of a nation's.

use super::{Facts, PolicySet};
use crate::generated;
use model::{Member, Membership, Profile, Reader, ReaderId, Service, Timestamp};
use policy::{Context, PolicySource};
use std::error::Error;

const NOW: Timestamp = Timestamp::from_unix_s(1_795_257_065);

/// One reader at one service of a consortium.
pub(super) struct Consortium {
    pub(super) reader: Reader,
    pub(super) membership: Membership,
    pub(super) member: Member,
    services: Vec<Service>,
    source: PolicySource,
}

impl Consortium {
    /// The sample consortium; a class A reader at interlibrary loan.
    pub(super) fn sample() -> Result<Self, Box<dyn Error>> {
        let services = [
            include_str!("../../../demo/registry/services/ill.toml"),
            include_str!("../../../demo/registry/services/cvrs.toml"),
            include_str!("../../../demo/registry/services/journals.toml"),
            include_str!("../../../demo/registry/services/opac.toml"),
            include_str!("../../../demo/registry/services/card.toml"),
        ];
        let cedar = [
            ("open-to-all.cedar", include_str!("../../../demo/registry/policy/open-to-all.cedar")),
            ("standing.cedar", include_str!("../../../demo/registry/policy/standing.cedar")),
        ];
        let source = PolicySource {
            cedar: cedar.map(|(file, text)| (file.to_owned(), text.to_owned())).into(),
            matrix: Some(include_str!("../../../demo/registry/policy/matrix.toml").to_owned()),
            assertions: None,
        };
        let services =
            services.iter().map(|text| toml::from_str(text)).collect::<Result<_, _>>()?;
        Self::new(services, source)
    }

    /// The generated consortium with so many services.
    pub(super) fn generated(count: usize) -> Result<Self, Box<dyn Error>> {
        let services = (0..count)
            .map(|number| toml::from_str(&generated::service(number)))
            .collect::<Result<_, _>>()?;
        let cedar = vec![("standing.cedar".to_owned(), generated::standing())];
        let matrix = Some(generated::matrix(count));
        Self::new(services, PolicySource { cedar, matrix, assertions: None })
    }

    fn new(services: Vec<Service>, source: PolicySource) -> Result<Self, Box<dyn Error>> {
        let member = toml::from_str(
            "id = \"sample\"\nname = { zh = \"示例大学图书馆\" }\nregion = \"江苏/南京\"\n\
             class = \"A\"\nscopes = [\"example.edu.cn\"]\nstatus = \"live\"\n\
             links = { opac = \"https://opac.example.org/\", help = \"https://help.example.org/\" }",
        )?;
        let membership = toml::from_str(
            "member = \"sample\"\nconnector = \"campus\"\nkey = \"reader-1\"\nclass = \"A\"\n\
             category = \"graduate\"\naffiliation = [\"student@example.edu.cn\", \"member@example.edu.cn\"]\n\
             standing = \"good\"\nevidence = \"asserted\"",
        )?;
        let text = |text: &str| Some(text.to_owned());
        let profile = Profile {
            name: text("读者甲"),
            mail: text("reader-a@example.edu.cn"),
            phone: text("025-0000-0000"),
            department: text("图书馆"),
            card_number: text("20260001"),
        };
        let reader = Reader { id: ReaderId::parse("reader-1")?, profile, memberships: Vec::new() };
        Ok(Self { reader, membership, member, services, source })
    }

    pub(super) fn compile(&self) -> Result<PolicySet, Box<dyn Error>> {
        PolicySet::compile(&self.source, &self.services).map_err(|faults| {
            let all: Vec<_> = faults.iter().map(ToString::to_string).collect();
            all.join("\n").into()
        })
    }

    /// The service that the reader enters.
    pub(super) fn service(&self) -> Result<&Service, &'static str> {
        self.services.first().ok_or("there is no service")
    }

    pub(super) fn facts(&self, policy: &PolicySet) -> Result<Facts, &'static str> {
        let context = Context { now: NOW, auth_time: NOW, shared_computer: false };
        Ok(Facts::of(policy, &self.membership, &self.member, self.service()?, &context))
    }
}
