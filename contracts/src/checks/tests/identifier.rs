//! The kind `identifier`.

use super::*;

#[test]
fn form_is_hard_and_check_digits_weigh_what_the_contract_says() {
    let form = "V0701 C-1 error /i:Invoice[1]/i:No[1] 1:28 ";
    let digits = |severity: &str| format!("V0702 C-1 {severity} /i:Invoice[1]/i:No[1] 1:28 ");
    for (rule, value, told) in [
        ("identifier = 'cvr'", "27510647", None),
        ("identifier = 'cvr'", " 27510647\n", None),
        ("identifier = 'cvr'", "12345678", Some(digits("warning"))),
        ("identifier = 'cvr'\ncheck-digits = 'error'", "12345678", Some(digits("error"))),
        ("identifier = 'cvr'\ncheck-digits = 'off'", "12345678", None),
        ("identifier = 'cvr'\ncheck-digits = 'off'", "1234567", Some(form.to_owned())),
        ("identifier = 'cvr'", "", Some(form.to_owned())),
        ("identifier = 'cvr'", "DK27510647", Some(form.to_owned())),
        ("identifier = 'cpr'", "0709614231", None),
        ("identifier = 'cpr'", "2211771212", Some(digits("warning"))),
        ("identifier = 'cpr'", "3102801234", Some(form.to_owned())),
    ] {
        let check = format!("{XML}[[check]]\nid = 'C-1'\npath = 'i:No'\n{rule}\n");
        let document = format!("<i:Invoice xmlns:i='urn:i'><i:No>{value}</i:No></i:Invoice>");
        let found = judged(&load(&files(&check)), &document);
        match &told {
            None => assert_eq!(found, [""; 0], "{rule} {value}"),
            Some(told) => {
                assert_eq!(found.len(), 1, "{rule} {value}: {found:?}");
                assert!(found[0].starts_with(told), "{rule} {value}: {found:?}");
            }
        }
    }
}

#[test]
fn what_says_that_it_has_no_value_is_passed_over() {
    let contract =
        load(&files(&format!("{XML}[[check]]\nid = 'C-1'\npath = 'i:No'\nidentifier = 'cvr'\n")));
    let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    for (nil, n_violations) in [("true", 0), ("1", 0), ("false", 1)] {
        let document =
            format!("<i:Invoice xmlns:i='urn:i' {xsi}><i:No xsi:nil='{nil}'/></i:Invoice>");
        assert_eq!(judged(&contract, &document).len(), n_violations, "{nil}");
    }
}
