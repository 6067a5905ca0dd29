//! The HTTP API, as clients of Mailpit use it.

use super::{Smtp, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MAIL: &str = "From: =?utf-8?q?R=C3=B6bin?= <robin@example.org>\r\n\
To: Ada <Ada@Example.org>, bob@example.org\r\n\
Cc: carol@example.org\r\n\
Reply-To: help@example.org\r\n\
Subject: Your\r\n =?utf-8?q?p=C3=A4ssword?=\r\n\
Message-ID: <one@example.org>\r\n\
Date: Mon, 2 Nov 2026 10:00:00 +0100\r\n\
X-Twice: a\r\n\
x-twice: b\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=m\r\n\
\r\n\
--m\r\n\
Content-Type: multipart/alternative; boundary=a\r\n\
\r\n\
--a\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
\r\n\
Hello   in\r\ntext\r\n\
--a\r\n\
Content-Type: text/html; charset=utf-8\r\n\
\r\n\
<p>Hello in <b>HTML</b> <img src=\"cid:logo@x\"></p>\r\n\
--a--\r\n\
--m\r\n\
Content-Type: image/png\r\n\
Content-ID: <logo@x>\r\n\
Content-Disposition: inline; filename=logo.png\r\n\
Content-Transfer-Encoding: base64\r\n\
\r\n\
AQID\r\n\
--m\r\n\
Content-Type: application/pdf\r\n\
Content-Disposition: attachment; filename=\"terms.pdf\"\r\n\
Content-Transfer-Encoding: base64\r\n\
\r\n\
AQIDBA==\r\n\
--m--\r\n";

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn mailbox(name: &str, address: &str) -> Value {
    json!({ "Name": name, "Address": address })
}

#[tokio::test]
async fn a_mail_is_visible_as_soon_as_its_250_is_read() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    for number in 1..=50 {
        client.send(&["ada@example.org"], &format!("Subject: {number}\r\n\r\nhello")).await;
        let list = world.json("/api/v1/messages?limit=1").await;
        assert_eq!(list["total"], number);
        assert_eq!(list["messages"][0]["Subject"], number.to_string());
    }
}

#[tokio::test]
async fn the_list_has_mailpits_fields() {
    let world = World::start().await;
    let id = world.mail("ada@example.org", MAIL).await;
    let list = world.json("/api/v1/messages").await;
    let fields =
        ["total", "unread", "count", "messages_count", "messages_unread", "start", "tags", "messages"];
    assert_eq!(names(&list), BTreeSet::from(fields));
    let counts = fields[..6].iter().map(|field| list[field].as_u64().unwrap());
    assert_eq!(counts.collect::<Vec<_>>(), [1, 1, 1, 1, 1, 0]);
    assert_eq!(list["tags"], json!([]));
    let mail = &list["messages"][0];
    let created = mail["Created"].as_str().unwrap();
    assert!(created.ends_with('Z') && created.contains('T'), "{created}");
    let mut rest = mail.clone();
    rest.as_object_mut().unwrap().remove("Created");
    let expected = json!({
        "ID": id, "MessageID": "one@example.org", "Read": false,
        "From": mailbox("Röbin", "robin@example.org"),
        "To": [mailbox("Ada", "Ada@Example.org"), mailbox("", "bob@example.org")],
        "Cc": [mailbox("", "carol@example.org")], "Bcc": [],
        "ReplyTo": [mailbox("", "help@example.org")],
        "Subject": "Your pässword", "Username": "", "Tags": [],
        "Size": MAIL.len() + 2, "Attachments": 2, "Snippet": "Hello in text",
    });
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn a_message_has_mailpits_fields() {
    let world = World::start().await;
    let id = world.mail("hidden@example.org", MAIL).await;
    let mail = world.json(&format!("/api/v1/message/{id}")).await;
    let expected = json!({
        "ID": id, "MessageID": "one@example.org",
        "From": mailbox("Röbin", "robin@example.org"),
        "To": [mailbox("Ada", "Ada@Example.org"), mailbox("", "bob@example.org")],
        "Cc": [mailbox("", "carol@example.org")], "Bcc": [mailbox("", "hidden@example.org")],
        "ReplyTo": [mailbox("", "help@example.org")],
        "ReturnPath": "sender@example.org", "Subject": "Your pässword",
        "ListUnsubscribe": { "Header": "", "Links": [], "Errors": "", "HeaderPost": "" },
        "Date": "2026-11-02T10:00:00+01:00", "Tags": [], "Username": "",
        "Text": "Hello   in\r\ntext",
        "HTML": "<p>Hello in <b>HTML</b> <img src=\"cid:logo@x\"></p>",
        "Size": MAIL.len() + 2,
        "Inline": [{ "PartID": "4", "FileName": "logo.png", "ContentType": "image/png",
                     "ContentID": "logo@x", "Size": 3 }],
        "Attachments": [{ "PartID": "5", "FileName": "terms.pdf", "ContentType": "application/pdf",
                          "ContentID": "", "Size": 4 }],
    });
    assert_eq!(mail, expected);
    assert_eq!(world.json("/api/v1/message/latest").await, expected);
    assert_eq!(
        world.json("/api/v1/messages").await["messages"][0]["Read"],
        true,
        "whoever gets it has read it"
    );
}

#[tokio::test]
async fn headers_and_source_are_as_sent() {
    let world = World::start().await;
    let id = world.mail("ada@example.org", MAIL).await;
    let headers = world.json(&format!("/api/v1/message/{id}/headers")).await;
    assert_eq!(headers["X-Twice"], json!(["a", "b"]));
    assert_eq!(headers["Message-Id"], json!(["<one@example.org>"]));
    assert_eq!(headers["Subject"], json!(["Your =?utf-8?q?p=C3=A4ssword?="]));
    let raw = world.get(&format!("/api/v1/message/{id}/raw")).await;
    assert_eq!(raw.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(raw.text().await.unwrap(), format!("{MAIL}\r\n"));
}

#[tokio::test]
async fn lists_are_paged() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    for number in 0..5 {
        client.send(&["ada@example.org"], &format!("Subject: {number}\r\n\r\nhello")).await;
    }
    assert_eq!(world.subjects("/api/v1/messages?start=1&limit=2").await, ["3", "2"]);
    let page = world.json("/api/v1/messages?start=4&limit=50").await;
    assert_eq!((&page["start"], &page["count"], &page["total"]), (&json!(4), &json!(1), &json!(5)));
}

#[tokio::test]
async fn a_search_finds_by_place_and_word() {
    let world = World::start().await;
    world.mail("ada@example.org", "From: Eve <eve@example.net>\r\nTo: ada@example.org\r\nSubject: Reset PÄSSWORD\r\n\r\nclick 100%_here").await;
    world
        .mail(
            "bada@example.org",
            "From: ada@example.org\r\nTo: bada@example.org\r\nSubject: Hello\r\n\r\nyour password",
        )
        .await;
    for (query, found) in [
        ("to:ada@example.org", vec!["Reset PÄSSWORD"]),
        ("TO:ADA@EXAMPLE.ORG", vec!["Reset PÄSSWORD"]),
        ("to:ada", vec!["Hello", "Reset PÄSSWORD"]),
        ("from:eve", vec!["Reset PÄSSWORD"]),
        ("from:ada@example.org", vec!["Hello"]),
        ("subject:pässword", vec!["Reset PÄSSWORD"]),
        ("subject:\"reset pässword\"", vec!["Reset PÄSSWORD"]),
        ("password", vec!["Hello"]),
        ("example.org -from:eve", vec!["Hello"]),
        ("100%_here", vec!["Reset PÄSSWORD"]),
        ("1__%", vec![]),
        ("' OR 1=1 --", vec![]),
    ] {
        let list =
            world.client.get(world.url("/api/v1/search")).query(&[("query", query)]).send().await.unwrap();
        let list: Value = list.json().await.unwrap();
        let subjects =
            list["messages"].as_array().unwrap().iter().map(|mail| mail["Subject"].as_str().unwrap());
        assert_eq!(subjects.collect::<Vec<_>>(), found, "{query}");
        assert_eq!((&list["total"], &list["messages_count"]), (&json!(2), &json!(found.len())), "{query}");
    }
}

#[tokio::test]
async fn mails_are_deleted_by_id_by_search_and_all() {
    let world = World::start().await;
    for subject in ["a", "b", "c", "d"] {
        world.mail(&format!("{subject}@example.org"), &format!("Subject: {subject}\r\n\r\nhello")).await;
    }
    let list = world.json("/api/v1/messages").await;
    let ids = json!({ "IDs": [list["messages"][0]["ID"], list["messages"][3]["ID"]] });
    let deleted =
        world.client.delete(world.url("/api/v1/messages")).body(ids.to_string()).send().await.unwrap();
    assert_eq!((deleted.status().as_u16(), deleted.text().await.unwrap().as_str()), (200, "ok"));
    assert_eq!(world.subjects("/api/v1/messages").await, ["c", "b"]);
    assert_eq!(world.delete("/api/v1/messages", "{\"IDs\": [").await.status(), 400);
    assert_eq!(world.delete("/api/v1/messages", "{\"IDs\": [\"?\"]}").await.status(), 400);
    assert_eq!(world.delete("/api/v1/search?query=", "").await.status(), 400);
    assert_eq!(world.subjects("/api/v1/messages").await, ["c", "b"], "a bad request deletes nothing");
    assert_eq!(world.delete("/api/v1/search?query=to:b@example.org", "").await.status(), 200);
    assert_eq!(world.subjects("/api/v1/messages").await, ["c"]);
    assert_eq!(world.delete("/api/v1/messages", "").await.status(), 200);
    assert_eq!(world.json("/api/v1/messages").await["total"], 0);
    assert_eq!(world.get("/api/v1/message/latest").await.status(), 404);
}

#[tokio::test]
async fn mails_are_marked_read_and_unread() {
    let world = World::start().await;
    let id = world.mail("a@example.org", "Subject: a\r\n\r\nhello").await;
    world.mail("b@example.org", "Subject: b\r\n\r\nhello").await;
    for (body, unread) in [
        (json!({ "Read": true, "IDs": [id] }), 1),
        (json!({ "Read": true }), 0),
        (json!({ "Read": false, "Search": "to:b@example.org" }), 1),
    ] {
        let put =
            world.client.put(world.url("/api/v1/messages")).body(body.to_string()).send().await.unwrap();
        assert_eq!(put.status(), 200);
        assert_eq!(world.json("/api/v1/info").await["Unread"], unread, "{body}");
    }
}

#[tokio::test]
async fn info_tells_where_to_send_mail() {
    let world = World::start().await;
    let info = world.json("/api/v1/info").await;
    assert_eq!(info["SmtpAddress"], world.smtp.to_string());
    assert_eq!((&info["Messages"], &info["Unread"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn errors_are_json() {
    let world = World::start().await;
    for (path, status) in [
        ("/api/v1/message/0000000000000000000000", 404),
        ("/api/v1/message/latest", 404),
        ("/api/v1/message/x", 400),
        ("/api/v1/messages?limit=many", 400),
        ("/api/v1/search", 400),
        ("/api/v1/nothing", 404),
        ("/api/v1/wait?to=nobody", 400),
        ("/api/v1/wait?to=a@example.org&timeout=61", 400),
        ("/api/v1/wait?to=a@example.org&after=x", 400),
    ] {
        let response = world.get(path).await;
        assert_eq!(response.status(), status, "{path}");
        let error: Value = response.json().await.unwrap();
        assert!(error["Error"].as_str().is_some_and(|text| !text.is_empty()), "{path}: {error}");
    }
    let post = world.client.post(world.url("/api/v1/info")).send().await.unwrap();
    assert_eq!(post.status(), 405);
}

#[tokio::test]
async fn a_mail_without_sense_is_shown_as_far_as_it_goes() {
    let world = World::start().await;
    for raw in [
        "",
        "no header at all",
        ":\r\n:\r\n",
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x",
        "\u{0}\u{1}",
    ] {
        let id = world.mail("ada@example.org", raw).await;
        let mail = world.json(&format!("/api/v1/message/{id}")).await;
        assert_eq!(mail["From"]["Address"], "sender@example.org", "{raw:?}");
        assert_eq!(mail["Size"], raw.len() + 2, "{raw:?}");
        world.json(&format!("/api/v1/message/{id}/headers")).await;
    }
}
