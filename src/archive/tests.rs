//! The file itself: what is put in comes out, and no damage is believed.

use proptest::prelude::*;

use super::file::{Archive, Blocks};
use super::*;

fn head() -> Head {
    Head {
        base: None,
        program: "p".to_owned(),
        commit: "c".to_owned(),
        tree: "t".to_owned(),
        ledger: None,
        links: false,
        count: Default::default(),
        live: Vec::new(),
        strangers: Vec::new(),
        said: Vec::new(),
        cut: DateTime::<Utc>::MIN_UTC,
        recent: Vec::new(),
        waiting: Vec::new(),
        slots: Vec::new(),
    }
}

fn unit(number: usize) -> Unit {
    Unit {
        family: format!("posts/{number}"),
        ids: vec![format!("id{number}"), "twice".to_owned()],
        count: Default::default(),
        newest: None,
        slots: Vec::new(),
        media: vec!["media/cup.png".to_owned(), format!("posts/{number}.png")],
        seal: [7; 16],
    }
}

fn file(units: usize) -> Vec<u8> {
    let units: Vec<Unit> = (0..units).map(unit).collect();
    Archive::of(head(), Blocks::in_memory(&head(), &units.iter().collect::<Vec<_>>()).unwrap()).bytes().unwrap()
}

#[test]
fn what_is_put_in_comes_out() {
    for count in [0, 1, 7, 8, 100] {
        let archive = Archive::of_bytes(file(count)).unwrap();
        assert_eq!(archive.head, head());
        for number in 0..count {
            assert_eq!(archive.unit(&format!("posts/{number}")).unwrap(), Some(unit(number)));
            assert_eq!(archive.of_id(&format!("id{number}")).unwrap(), [format!("posts/{number}")].into());
            assert_eq!(archive.of_media(&format!("posts/{number}.png")).unwrap(), [format!("posts/{number}")].into());
        }
        assert_eq!(archive.of_id("twice").unwrap().len(), count);
        assert_eq!(archive.of_media("media/cup.png").unwrap().len(), count);
        assert_eq!(archive.unit("posts/none").unwrap(), None);
    }
}

/// All that a reader may take out of a file, or nothing where some of it is damaged.
fn everything(bytes: Vec<u8>) -> Option<Vec<Unit>> {
    let archive = Archive::of_bytes(bytes).ok()?;
    (archive.head == head()).then_some(())?;
    let found = (0..20).map(|number| archive.unit(&format!("posts/{number}")));
    Some(found.collect::<Result<Vec<_>, _>>().ok()?.into_iter().flatten().collect())
}

proptest! {
    #[test]
    fn a_damaged_file_is_never_believed(place in 0..4000_usize, bits in 1..=255_u8, cut: bool) {
        let whole = file(20);
        let expected = everything(whole.clone()).unwrap();
        let mut bytes = whole;
        let place = place % bytes.len();
        if cut { bytes.truncate(place) } else { bytes[place] ^= bits }
        if let Some(found) = everything(bytes) {
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn any_bytes_are_no_archive(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Archive::of_bytes(bytes).is_err());
    }
}
