//! The groups that a reader is in, through groups of groups where the settings say so.

use super::directory::Directory;
use super::reader::{Asker, NoVerdict, require_success};
use super::wire::Scope;
use metadata::ldap::{Groups, NestedBy, filter_value};
use std::collections::BTreeSet;

/// How far up, how many questions and how many groups, whatever a directory holds.
const DEEPEST: usize = 5;
const MOST_QUESTIONS: usize = 32;
const MOST_GROUPS: usize = 200;
/// RFC 4511 4.5.1.8: no attributes.
const NONE: &str = "1.1";

/// Names of all groups, and what was left out; empty where the settings want none.
pub(super) async fn of(
    directory: &Directory,
    mut asker: Asker<'_>,
    reader: &str,
) -> Result<(Vec<String>, Vec<String>), NoVerdict> {
    let Some(groups) = &directory.settings.groups else { return Ok((Vec::new(), Vec::new())) };
    let mut found = Walk { all: BTreeSet::new(), notes: Vec::new() };
    match groups.by {
        NestedBy::ActiveDirectory => {
            // MS-ADTS 3.1.1.3.4.4.3: LDAP_MATCHING_RULE_IN_CHAIN.
            let filter = format!("(member:1.2.840.113556.1.4.1941:={})", filter_value(reader));
            found.ask(&mut asker, groups, &filter).await?;
        }
        NestedBy::Walk => found.walk(&mut asker, groups, reader).await?,
    }
    Ok((found.all.into_iter().collect(), found.notes))
}

struct Walk {
    all: BTreeSet<String>,
    notes: Vec<String>,
}

impl Walk {
    /// Level by level: the groups of the reader, then those of these groups.
    async fn walk(
        &mut self,
        asker: &mut Asker<'_>,
        groups: &Groups,
        reader: &str,
    ) -> Result<(), NoVerdict> {
        let mut level = vec![reader.to_owned()];
        let mut questions = 0;
        for _ in 0..DEEPEST {
            let mut above = Vec::new();
            for name in level {
                questions += 1;
                if questions > MOST_QUESTIONS || self.all.len() >= MOST_GROUPS {
                    self.notes.push("groups: more than are looked through".to_owned());
                    return Ok(());
                }
                let value = filter_value(&name);
                let filter = format!("(|(member={value})(uniqueMember={value}))");
                above.extend(self.ask(asker, groups, &filter).await?);
            }
            if above.is_empty() {
                return Ok(());
            }
            level = above;
        }
        self.notes.push(format!("groups: nested more than {DEEPEST} deep"));
        Ok(())
    }

    /// The groups that a filter finds, those that are new. A circle ends by itself.
    async fn ask(
        &mut self,
        asker: &mut Asker<'_>,
        groups: &Groups,
        filter: &str,
    ) -> Result<Vec<String>, NoVerdict> {
        let room = i32::try_from(MOST_GROUPS).unwrap_or(i32::MAX);
        let place = (groups.base.as_str(), Scope::Subtree);
        let found = asker.search(place, filter, &[NONE.to_owned()], room).await?;
        if found.is_cut() {
            self.notes.push(format!("groups: more than {MOST_GROUPS}"));
        } else {
            require_success(&found)?;
        }
        let names = found.entries.into_iter().map(|group| group.name);
        Ok(names.filter(|name| self.all.insert(name.clone())).collect())
    }
}
