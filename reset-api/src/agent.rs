//! What a mail may say about the asker's browser, system and device: words of our own lists, never the asker's text.
//!
//! Escaping would not be enough: a genuine mail that says "your device: call +1 555 0100" does the attacker's work.

use crate::store::Agent;
use woothee::parser::Parser;

/// How much of a user agent is read, in bytes: what the contract allows. Families stand at no other place.
const READ: usize = 1_024;
/// The longest device name that is compared, in bytes.
const LONGEST_DEVICE: usize = 128;

/// Finds the families of browser and system in a User-Agent header, and the device in the app's list.
///
/// What is not known is empty. A device counts only if it is exactly one of `allowed_devices`, upper and lower case
/// aside, and then as the list spells it.
#[must_use]
pub fn parse_agent(user_agent: &str, device_name: &str, allowed_devices: &[String]) -> Agent {
    let head = &user_agent[..user_agent.floor_char_boundary(READ)];
    let found = Parser::new().parse(head).unwrap_or_default();
    Agent {
        browser: browser(found.name).to_owned(),
        system: system(found.os).to_owned(),
        device: device(device_name, allowed_devices).unwrap_or_default().to_owned(),
    }
}

/// Our name for a browser, by the parser's. Crawlers, libraries and consoles have none.
fn browser(name: &str) -> &'static str {
    match name {
        "Chrome" => "Chrome",
        "Edge" => "Edge",
        "Firefox" => "Firefox",
        "Google Search App" => "Google app",
        "Internet Explorer" => "Internet Explorer",
        "Opera" => "Opera",
        "Safari" => "Safari",
        "SamsungBrowser" => "Samsung Internet",
        "Vivaldi" => "Vivaldi",
        "Yandex Browser" => "Yandex Browser",
        _ => "",
    }
}

/// Our name for a system, by the parser's. Versions are left out: browsers freeze them, and they mislead.
fn system(name: &str) -> &'static str {
    match name {
        "Windows Phone OS" => "Windows Phone",
        "Windows 10"
        | "Windows 8.1"
        | "Windows 8"
        | "Windows 7"
        | "Windows Vista"
        | "Windows XP"
        | "Windows UNKNOWN Ver" => "Windows",
        "Mac OSX" => "macOS",
        "iPhone" | "iPod" | "iOS" => "iOS",
        "iPad" => "iPadOS",
        "Android" => "Android",
        "ChromeOS" => "ChromeOS",
        "Linux" => "Linux",
        "BSD" => "BSD",
        _ => "",
    }
}

fn device<'a>(name: &str, allowed: &'a [String]) -> Option<&'a str> {
    if name.len() > LONGEST_DEVICE {
        return None;
    }
    let name = name.to_lowercase();
    allowed.iter().map(String::as_str).find(|allowed| allowed.to_lowercase() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX_LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn families(user_agent: &str) -> (String, String) {
        let agent = parse_agent(user_agent, "", &[]);
        (agent.browser, agent.system)
    }

    fn devices() -> Vec<String> {
        ["iPhone", "Android phone", "Téléphone"].map(str::to_owned).to_vec()
    }

    #[test]
    fn the_browsers_people_use_are_told_by_family() {
        let cases = [
            (FIREFOX_LINUX, "Firefox", "Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/143.0.0.0 Safari/537.36",
                "Chrome",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/26.0 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iOS",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 CriOS/143.0.0.0 Mobile/15E148 Safari/604.1",
                "Chrome",
                "iPadOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                 SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
        ];
        for (user_agent, browser, system) in cases {
            assert_eq!(families(user_agent), (browser.to_owned(), system.to_owned()), "{user_agent}");
        }
    }

    #[test]
    fn what_is_not_a_browser_stays_unknown() {
        for user_agent in ["", "-", "curl/8.5.0", "UNKNOWN", "Googlebot/2.1", "PlayStation 4", "Java/21.0.1"]
        {
            assert_eq!(families(user_agent), (String::new(), String::new()), "{user_agent}");
        }
    }

    #[test]
    fn no_text_of_the_asker_ever_appears() {
        let texts = [
            "call +1 555 0100 now".to_owned(),
            "<script>alert(1)</script>".to_owned(),
            "Firefox\r\nBcc: eve@example.org".to_owned(),
            "\u{202e}evil\u{2066}\u{200f}".to_owned(),
            "\0\0\0".to_owned(),
            "x".repeat(100 * 1_024),
            "é".repeat(50 * 1_024),
            "(".repeat(100 * 1_024),
        ];
        // Places where the parser copies versions from.
        let frames = [
            "{}",
            "Mozilla/5.0 ({}) Gecko/20100101 Firefox/{}",
            "Mozilla/5.0 (Windows {}; rv:{}) Chrome/{} Safari/{}",
            "Mozilla/5.0 (FreeBSD {};) Firefox/1.0",
            "Mozilla/5.0 (X11; CrOS {}) Chrome/{}",
            "DoCoMo/2.0 {}",
            "KDDI-{} UP.Browser/6",
            "SoftBank/1.0/{}/x",
        ];
        for (text, frame) in texts.iter().flat_map(|text| frames.map(|frame| (text, frame))) {
            let hostile = frame.replace("{}", text);
            let agent = parse_agent(&hostile, text, &devices());
            assert!(["", "Chrome", "Firefox", "Safari"].contains(&agent.browser.as_str()), "{agent:?}");
            assert!(["", "Windows", "BSD", "ChromeOS"].contains(&agent.system.as_str()), "{agent:?}");
            assert_eq!(agent.device, "");
        }
    }

    #[test]
    fn a_cut_inside_a_character_is_no_panic() {
        for length in READ - 4..=READ + 4 {
            let (browser, _) = families(&format!("{FIREFOX_LINUX} {}", "🦀".repeat(length)));
            assert_eq!(browser, "Firefox");
        }
    }

    #[test]
    fn a_device_of_the_list_appears_as_the_list_spells_it() {
        for (name, shown) in [
            ("iPhone", "iPhone"),
            ("IPHONE", "iPhone"),
            ("android PHONE", "Android phone"),
            ("téléphone", "Téléphone"),
        ] {
            assert_eq!(parse_agent("", name, &devices()).device, shown);
        }
    }

    #[test]
    fn any_other_device_stays_unknown() {
        let long = "iPhone".repeat(100);
        for name in
            ["", " iPhone", "iPhone ", "iPhone 17", "iPhone\0", "iPhone\u{200b}", "Ada's iPhone", &long]
        {
            assert_eq!(parse_agent("", name, &devices()).device, "", "{name:.40}");
        }
        assert_eq!(parse_agent("", "iPhone", &[]).device, "");
    }

    #[test]
    fn an_empty_line_in_the_list_shows_nothing() {
        assert_eq!(parse_agent("", "", &[String::new()]).device, "");
    }
}
