//! What the demo prints when it stands.

use super::folder::DemoFolder;
use super::plan::{LIBRARIES, Plan};
use super::record::Record;
use demo_services::Kind;

pub(super) fn print(plan: Plan, record: &Record, folder: &DemoFolder) {
    println!("\n  读者通 · readerpass demo — 示例 · demo\n");
    println!("  Portal 门户             {}/", plan.hub());
    for (kind, name) in Kind::ALL.into_iter().zip([
        "Interlibrary loan 馆际互借",
        "Virtual reference 参考咨询",
        "Foreign journals 外文期刊",
        "Union catalogue 联合目录",
        "Borrowing card 通用借书证",
    ]) {
        println!("  {name:<26} {}/", plan.service(kind).base);
    }
    for library in LIBRARIES {
        println!("  Local connector of {:<8} {}/", library.id, plan.library(library));
    }
    println!("\n  Accounts to try (member · login · password · class)");
    for account in &record.accounts {
        println!(
            "    {:<8} {:<15} {}  {}",
            account.member, account.login, account.password, account.class
        );
    }
    let kept = if folder.is_temporary() { "removed at the end" } else { "kept" };
    println!("\n  Folder {} ({kept}). Ctrl-C ends everything.\n", folder.path().display());
}
