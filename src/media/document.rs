//! Documents: which of the office formats a container holds, and how many pages a PDF has. Reads no text.

use std::io::{Read, Seek};

use hayro_syntax::Pdf;
use hayro_syntax::object::Dict;

use super::Kind;
use super::peek::{Peek, little};

/// Pages are counted in memory, of files up to here, in bytes.
const PDF_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Bytes of a zip file's list, and of an old document's, that are looked through.
const LIST_BYTES_MAX: usize = 1024 * 1024;

/// Pages of a PDF; `None` for one that is locked, damaged or too large. The page tree is walked, and the number it says
/// it holds must be the same: a reader that mends what is damaged may count a page twice.
pub(super) fn pages<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<u32> {
    if peek.len() > PDF_BYTES_MAX {
        return None;
    }
    let pdf = Pdf::new(peek.whole()).ok()?;
    let catalog: Dict<'_> = pdf.xref().get(pdf.xref().root_id())?;
    let said = catalog.get::<Dict<'_>>(b"Pages".as_slice())?.get::<u32>(b"Count".as_slice())?;
    (pdf.pages().len() == said as usize && said > 0).then_some(said)
}

/// DOC or PPT, by the streams an old document's folder lists ([MS-CFB], 2.6).
pub(super) fn compound<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<(Kind, &'static str)> {
    let head = peek.array::<52>(0)?;
    let shift = little(&head[30..32]);
    if !(7..=16).contains(&shift) {
        return None;
    }
    // Sector 0 begins behind the head, which has a sector's length. The main stream stands among the first.
    let folder = (little(&head[48..52]) + 1) << shift;
    let folder = peek.upto(folder, 4096)?;
    let lists = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        folder.windows(name.len()).any(|window| window == name)
    };
    if lists("WordDocument") {
        Some((Kind::Word, "application/msword"))
    } else if lists("PowerPoint Document") {
        Some((Kind::Slides, "application/vnd.ms-powerpoint"))
    } else {
        None
    }
}

/// DOCX or PPTX, by the files a zip's list names (APPNOTE.TXT, 4.3.12 and 4.3.16).
pub(super) fn zipped<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<(Kind, &'static str)> {
    // The end of the list stands at the file's end, before a remark of at most 64 KiB.
    let start = peek.len().saturating_sub(65_557);
    let tail = peek.upto(start, 65_557)?;
    let end = tail.windows(4).rposition(|mark| mark == b"PK\x05\x06")?;
    let end = tail.get(end..end + 22)?;
    let (length, at) = (little(&end[12..16]), little(&end[16..20]));
    let list = peek.upto(at, usize::try_from(length).ok()?.min(LIST_BYTES_MAX))?;
    let names = |wanted: &[u8]| names(list).any(|name| name == wanted);
    if names(b"word/document.xml") {
        Some((Kind::Word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))
    } else if names(b"ppt/presentation.xml") {
        Some((Kind::Slides, "application/vnd.openxmlformats-officedocument.presentationml.presentation"))
    } else {
        None
    }
}

/// The names in a zip file's list.
fn names(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let head = rest.strip_prefix(b"PK\x01\x02")?.get(..42)?;
        let length = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let (name, extra, remark) = (length(24), length(26), length(28));
        let found = rest.get(46..46 + name)?;
        rest = rest.get(46 + name + extra + remark..)?;
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use crate::media::testing::inside;
    use crate::media::{Kind, Lack};

    /// A PDF of so many pages, whose tree says it has `said`.
    fn pdf(pages: usize, said: usize) -> Vec<u8> {
        let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", page + 3)).collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Count {said} /Kids [{}] /MediaBox [0 0 100 100] >>", kids.join(" ")),
        ];
        objects.extend((0..pages).map(|_| "<< /Type /Page /Parent 2 0 R >>".to_owned()));
        let mut pdf = "%PDF-1.4\n".to_owned();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for (index, object) in objects.iter().enumerate() {
            table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
            pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
        }
        let start = pdf.len();
        let trailer = format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
        (pdf + &table + &trailer).into_bytes()
    }

    #[test]
    fn pages_are_counted() {
        assert_eq!(inside(&pdf(3, 3)).unwrap().pages, Some(3));
        assert_eq!(inside(&pdf(1, 1)).unwrap().pages, Some(1));
        // The tree holds other pages than it says: nobody knows.
        assert_eq!(inside(&pdf(3, 4)).unwrap().pages, None);
        assert_eq!(inside(&pdf(3, 3)[..60]).unwrap().pages, None);
    }

    fn zip(name: &str) -> Vec<u8> {
        let mut zip = b"PK\x03\x04".to_vec();
        zip.resize(40, 0);
        let start = zip.len() as u32;
        for name in ["[Content_Types].xml", name] {
            let mut entry = b"PK\x01\x02".to_vec();
            entry.resize(46, 0);
            entry[28] = name.len() as u8;
            zip.extend(entry);
            zip.extend(name.as_bytes());
        }
        let length = zip.len() as u32 - start;
        zip.extend(b"PK\x05\x06");
        zip.extend([0; 8]);
        zip.extend(length.to_le_bytes());
        zip.extend(start.to_le_bytes());
        zip.extend([0; 2]);
        zip
    }

    fn compound(name: &str) -> Vec<u8> {
        let mut file = vec![0; 2048];
        file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
        file[30] = 9;
        // The folder lies in sector 1.
        file[48] = 1;
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        file[1024 + 128..][..name.len()].copy_from_slice(&name);
        file
    }

    #[test]
    fn office_documents_are_told_apart() {
        for (bytes, kind) in [
            (zip("word/document.xml"), Ok(Kind::Word)),
            (zip("ppt/presentation.xml"), Ok(Kind::Slides)),
            (zip("xl/workbook.xml"), Err(Lack::Unknown { extension: None })),
            (compound("WordDocument"), Ok(Kind::Word)),
            (compound("PowerPoint Document"), Ok(Kind::Slides)),
            (compound("Workbook"), Err(Lack::Unknown { extension: None })),
        ] {
            assert_eq!(inside(&bytes).map(|inside| inside.kind), kind);
        }
    }
}
