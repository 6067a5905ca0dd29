//! The page and what keeps mails and other sites from misusing it.

use super::World;

const HOSTILE: &str = "From: x@example.org\r\nSubject: </title><script>alert(1)</script>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
</iframe></body></html><script>parent.document.title='broken out'</script>\r\n\
<img src=x onerror=alert(1)><a href=\"javascript:alert(1)\">click</a>\r\n\
<meta http-equiv=refresh content=\"0;url=http://evil.example\"><base href=\"http://evil.example/\">\r\n\
<form action=\"http://evil.example\"><input name=password></form><svg onload=alert(1)>\r\n";

fn directive<'p>(policy: &'p str, name: &str) -> Option<&'p str> {
    policy.split(';').map(str::trim).find_map(|directive| match directive.strip_prefix(name)? {
        "" => Some(""),
        value => value.strip_prefix(' '),
    })
}

#[tokio::test]
async fn a_mails_html_may_open_its_links_and_nothing_else() {
    let world = World::start().await;
    let id = world.mail("ada@example.org", HOSTILE).await;
    let view = world.get(&format!("/view/{id}.html")).await;
    assert_eq!(view.status(), 200);
    assert_eq!(view.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(view.headers()["x-content-type-options"], "nosniff");
    let policy = view.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for (name, value) in [
        ("sandbox", "allow-popups allow-popups-to-escape-sandbox"),
        ("default-src", "'none'"),
        ("style-src", "'unsafe-inline'"),
        ("img-src", "data:"),
        ("form-action", "'none'"),
        ("base-uri", "'none'"),
    ] {
        assert_eq!(directive(&policy, name), Some(value), "{policy}");
    }
    assert_eq!(directive(&policy, "script-src"), None, "default-src governs scripts");
    assert!(view.text().await.unwrap().contains("broken out"), "it is shown as it is");
    for (path, status) in [("/view/latest.html", 200), ("/view/x.html", 400), ("/view/latest", 404)] {
        assert_eq!(world.get(path).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn no_other_path_serves_a_mail_as_html() {
    let world = World::start().await;
    let id = world.mail("ada@example.org", HOSTILE).await;
    for path in ["", "/headers", "/raw"] {
        let response = world.get(&format!("/api/v1/message/{id}{path}")).await;
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/json") || kind.starts_with("text/plain"), "{kind}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["cross-origin-resource-policy"], "same-origin");
    }
    world.mail("ada@example.org", "Subject: text\r\n\r\n<script>alert(1)</script>").await;
    assert_eq!(world.get("/view/latest.html").await.status(), 404, "a text part is not html");
}

#[tokio::test]
async fn pictures_of_the_mail_are_written_into_its_html() {
    let world = World::start().await;
    let raw = "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n\
        <img src=\"cid:a@x\"><img src=\"cid:b@x\">\r\n--r\r\nContent-Type: image/png\r\nContent-ID: <a@x>\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nAQID\r\n--r\r\nContent-Type: text/html\r\nContent-ID: <b@x>\r\n\
        Content-Disposition: attachment\r\n\r\n<p>\r\n--r--";
    world.mail("ada@example.org", raw).await;
    let html = world.get("/view/latest.html").await.text().await.unwrap();
    assert!(html.contains("<img src=\"data:image/png;base64,AQID\"><img src=\"cid:b@x\">"), "{html}");
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let world = World::start().await;
    let page = world.get("/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert_eq!(directive(&policy, "default-src"), Some("'none'"));
    for name in ["script-src", "style-src", "connect-src", "frame-src"] {
        assert_eq!(directive(&policy, name), Some("'self'"), "{policy}");
    }
    assert_eq!(directive(&policy, "frame-ancestors"), Some("'none'"));
    let html = page.text().await.unwrap();
    assert!(html.contains("/inbox.js") && html.contains("/inbox.css"));
    assert!(!html.contains(" style=") && !html.contains("onclick"), "the policy would block it");
    for (path, kind) in [("/inbox.js", "text/javascript"), ("/inbox.css", "text/css")] {
        let file = world.get(path).await;
        assert!(file.headers()["content-type"].to_str().unwrap().starts_with(kind));
        let text = file.text().await.unwrap();
        assert!(!text.contains("innerHTML") && !text.contains("url(") && !text.contains("http://"), "{path}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_this_machines_is_refused() {
    let world = World::start().await;
    let port = world.http.port();
    for (host, status) in [
        (format!("localhost:{port}"), 200),
        (format!("127.0.0.1:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("evil.example".to_owned(), 403),
        (format!("localhost.evil.example:{port}"), 403),
        (format!("127.0.0.1.evil.example:{port}"), 403),
    ] {
        for path in ["/", "/api/v1/messages", "/nothing"] {
            let request = world.client.get(world.url(path)).header("host", &host);
            let expected = if status == 200 && path == "/nothing" { 404 } else { status };
            assert_eq!(request.send().await.unwrap().status(), expected, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn another_site_cannot_change_anything() {
    let world = World::start().await;
    world.mail("ada@example.org", "Subject: kept\r\n\r\nhello").await;
    let delete = |site: &'static str| {
        world.client.delete(world.url("/api/v1/messages")).header("sec-fetch-site", site).send()
    };
    for site in ["cross-site", "same-site", "anything"] {
        assert_eq!(delete(site).await.unwrap().status(), 403, "{site}");
    }
    assert_eq!(world.json("/api/v1/messages").await["total"], 1);
    assert_eq!(delete("same-origin").await.unwrap().status(), 200);
    assert_eq!(world.json("/api/v1/messages").await["total"], 0);
}
