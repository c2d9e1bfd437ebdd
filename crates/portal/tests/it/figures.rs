//! How it goes, as the page shows it.

use std::time::Duration;

use crate::browser::House;

#[tokio::test]
async fn calls_waits_and_those_who_answered_are_counted() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let page = kim.get("/admin/figures").await.body;
    assert!(page.contains("Nothing to show yet"), "{page}");
    let mut rooms = Vec::new();
    for name in ["Mina", "Joon", "Sora"] {
        let visitor = house.visitor(name).await;
        rooms.push(house.call(&visitor, "hello").await);
        house.desk.clock.advance(Duration::from_secs(42));
    }
    // The first had waited 2:06 when somebody came, the second 1:24.
    for room in &rooms[..2] {
        kim.submit(&format!("/admin/conversations/{room}/join"), &[]).await;
    }
    let page = kim.get("/admin/figures").await.body;
    let tile = |name: &str, value: &str| format!("<dt>{name}</dt><dd>{value}</dd>");
    for part in [
        tile("Calls", "3"),
        tile("Answered", "100%"),
        tile("Wait, median", "1:24"),
        tile("Wait, 9 of 10", "1:24"),
    ] {
        assert!(page.contains(&part), "{part}:\n{page}");
    }
    assert!(page.contains("<bdi>Kim Harper</bdi>") && page.contains("Waiting <b>1</b>"), "{page}");
    assert_eq!(page.matches("<rect class=\"open\"").count(), 1, "{page}");
    assert!(page.contains("the last 14 days · UTC"));
}

#[tokio::test]
async fn days_are_the_readers_own_and_nonsense_is_the_usual() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let visitor = house.visitor("Mina").await;
    house.call(&visitor, "hello").await;
    for (asked, zone) in
        [("?offset=540", "UTC+09:00"), ("?offset=-330", "UTC-05:30"), ("?offset=99999", "UTC"), ("", "UTC")]
    {
        let page = kim.get(&format!("/admin/figures{asked}")).await.body;
        assert!(page.contains(&format!("the last 14 days · {zone}</span>")), "{asked}");
    }
    kim.submit("/admin/account", &[("name", "Kim"), ("locale", "ko")]).await;
    assert!(kim.get("/admin/figures").await.body.contains("최근 14일 · UTC+09:00"));
}
