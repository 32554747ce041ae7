use super::*;
use crate::fixture::{compile, fault, rule};

fn when(condition: &str) -> String {
    rule("deep", &format!("permit (principal, action, resource) when {{ {condition} }};"))
}

fn at(nesting: usize, open: &str, middle: &str, close: &str) -> String {
    when(&format!("{}{middle}{}", open.repeat(nesting), close.repeat(nesting)))
}

#[test]
fn what_would_overflow_the_stack_is_a_fault() {
    for text in [
        at(20_000, "(", "true", ")"),
        at(20_000, "[", "true", "]"),
        at(20_000, "{a: ", "true", "}"),
        at(20_000, "!", "true", ""),
        at(20_000, "if true then true else ", "true", ""),
        at(20_000, "true && ", "true", ""),
        at(20_000, "true || ", "true", ""),
        at(20_000, "1 + ", "1 > 0", ""),
        at(15_000, "", "principal", ".a"),
        at(20_000, "principal has category && ", "true", ""),
        at(5_000, "principal.affiliation.contains(", "1", ")"),
    ] {
        let found = fault(&text, None);
        assert!(found.contains("split it into several policies"), "{found}");
    }
}

/// The limits must lie on the safe side of what Cedar bears on a thread's stack.
#[test]
fn what_passes_does_not_overflow_the_stack() {
    compile(&at(MAX_DEPTH - 1, "(", "true", ")"), None);
    compile(&at(MAX_OPERATORS, "true && ", "true", ""), None);
    compile(&at(MAX_OPERATORS, "true || ", "true", ""), None);
    compile(&at(MAX_OPERATORS, "if true then true else ", "true", ""), None);
    compile(&at(MAX_OPERATORS - 1, "1 + ", "1 > 0", ""), None);
    compile(
        &when(&format!("{}true{}", "(true && ".repeat(MAX_DEPTH - 1), ")".repeat(MAX_DEPTH - 1))),
        None,
    );
}

#[test]
fn a_long_list_and_many_policies_pass() {
    let members: Vec<_> = (0..1500).map(|n| format!("Member::\"m-{n}\"")).collect();
    compile(&when(&format!("[{}].contains(principal.member)", members.join(", "))), None);
    let many: Vec<_> = (0..400)
        .map(|n| rule(&format!("r-{n}"), "permit (principal, action, resource) when { principal.standing == Standing::\"good\" };"))
        .collect();
    compile(&many.concat(), None);
}

#[test]
fn strings_and_comments_do_not_count() {
    let brackets = "((((".repeat(200);
    let text = format!(
        "// {brackets}\n@id(\"x\") @reason_zh(\"{brackets}\\\"{brackets}\") @reason_en(\"a\") permit (principal, action, resource);"
    );
    compile(&text, None);
    let mut faults = Vec::new();
    check("x.cedar", "\"a string without an end ((((", &mut faults);
    check("x.cedar", "// a comment without an end", &mut faults);
    assert!(faults.is_empty());
}
