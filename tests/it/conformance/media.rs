//! The files that the cases of the suite attach, made once.

use std::io::Cursor;
use std::sync::LazyLock;

use image::codecs::gif::GifEncoder;
use image::{Frame, ImageFormat};

use crate::press::Press;
use crate::scene::picture;

/// Puts all of them into a repository.
pub(super) fn put(press: &Press) {
    for (path, bytes) in FILES.iter() {
        press.bytes(path, bytes);
    }
}

static FILES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut files = Vec::new();
    let mut put = |path: &str, bytes: Vec<u8>| files.push((path.to_owned(), bytes));
    for (name, grey) in [("one", 40), ("two", 120)] {
        // A PNG here is as long as its pixels: this one's requests are short enough to be logged whole.
        put(&format!("media/{name}.png"), picture(400, 400, grey));
        put(&format!("media/{name}.jpg"), jpeg(640, 640, grey));
    }
    put("media/tall.jpg", jpeg(720, 1280, 80));
    put("media/wide.jpg", jpeg(1280, 720, 80));
    put("media/move.gif", moving(64, 64));
    put("media/deck.pdf", PDF.to_vec());
    put("media/deck.pptx", zip("ppt/presentation.xml"));
    put("media/letter.docx", zip("word/document.xml"));
    put("media/deck.ppt", compound("PowerPoint Document"));
    put("media/letter.doc", compound("WordDocument"));
    put("media/film.en.srt", b"1\n00:00:00,000 --> 00:00:02,000\nTea is served.\n".to_vec());
    put("media/film.en.vtt", b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nTea is served.\n".to_vec());
    put("page", b"<!doctype html><title>Leaves</title><p>Leaves.".to_vec());
    files
});

fn jpeg(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image::GrayImage::from_pixel(width, height, image::Luma([grey]));
    image::DynamicImage::ImageLuma8(image).to_rgb8().write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
    bytes
}

/// A GIF of two frames.
fn moving(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for grey in [0, 255] {
        let frame = image::RgbaImage::from_pixel(width, height, image::Rgba([grey, grey, grey, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    bytes
}

/// One empty page.
const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A zip file of empty files, as newer office documents are: their heads, the list of them (APPNOTE.TXT, 4.3.7 and 4.3.12),
/// and its end.
fn zip(name: &str) -> Vec<u8> {
    let (mut zip, mut list) = (Vec::new(), Vec::new());
    let names = ["[Content_Types].xml", name];
    for name in names {
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        list.extend([&b"PK\x01\x02"[..], &[0; 24], &length, &[0; 12], &(zip.len() as u32).to_le_bytes()].concat());
        list.extend(name.as_bytes());
        zip.extend([&b"PK\x03\x04"[..], &[0; 22], &length, &[0; 2], name.as_bytes()].concat());
    }
    let (start, length) = (zip.len() as u32, list.len() as u32);
    zip.extend(list);
    let count = (names.len() as u16).to_le_bytes();
    zip.extend(
        [&b"PK\x05\x06"[..], &[0; 4], &count, &count, &length.to_le_bytes(), &start.to_le_bytes(), &[0; 2]].concat(),
    );
    zip
}

/// The head of an older office document, whose folder in sector 1 lists a stream of that name ([MS-CFB], 2.2 and 2.6).
fn compound(name: &str) -> Vec<u8> {
    let mut file = vec![0; 2048];
    file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    (file[30], file[48]) = (9, 1);
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    file[1024 + 128..][..name.len()].copy_from_slice(&name);
    file
}
