//! Why a picture cannot be made to fit, for people. Knows no platform.

use std::fmt;

use crate::media::Kind;

/// Why a picture cannot be made to fit.
#[derive(Clone, Debug, PartialEq)]
pub enum Unfit {
    /// It is another kind of thing.
    NoPicture(Kind),
    NoVideo(Kind),
    /// Why it cannot be decoded.
    Unreadable(String),
    /// It moves, and would stop.
    Animated,
    /// It has the four colours of print, which need a profile and a choice.
    Print,
    /// Decoding it takes too much memory, in bytes.
    TooLarge {
        bytes: u64,
        most: u64,
    },
    /// None of the kinds taken can be written here.
    Kinds {
        kinds: Vec<Kind>,
    },
    /// Its shape is not taken; `least` and `most` of width / height.
    Ratio {
        size: (u32, u32),
        least: f64,
        most: f64,
    },
    /// It has too few pixels, or would have when it is small enough otherwise.
    TooSmall {
        size: (u32, u32),
        fitted: (u32, u32),
        least: (u32, u32),
    },
    /// In the worst quality and the least size it may have, there are still too many bytes.
    TooHeavy {
        bytes: u64,
        most: u64,
        size: (u32, u32),
    },
    /// A video of that duration would look bad in so few bytes.
    TooLong {
        duration_ms: u64,
        most: u64,
    },
}

impl fmt::Display for Unfit {
    /// What hinders, to be put behind the file's name: `moves, and ...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPicture(kind) => write!(f, "is no picture but {}", kind.name()),
            Self::NoVideo(kind) => write!(f, "is no video but {}", kind.name()),
            Self::Unreadable(why) => write!(f, "cannot be decoded: {why}"),
            Self::Animated => f.write_str("moves, and is not taken as it is"),
            Self::Print => f.write_str("has the colours of print (CMYK)"),
            Self::TooLarge { bytes, most } => {
                let (needed, most) = (bytes.div_ceil(1 << 20), most >> 20);
                write!(f, "needs {needed} MiB of memory to be decoded; at most {most} MiB are used")
            }
            Self::Kinds { kinds } => {
                let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                let taken = if names.is_empty() { "no pictures".to_owned() } else { names.join(", ") };
                write!(f, "cannot be saved as what is taken: {taken}")
            }
            Self::Ratio { size: (width, height), least, most } => {
                let ratio = f64::from(*width) / f64::from(*height);
                write!(f, "is {width}×{height}, {ratio:.2} to 1; taken is {least:.2} to 1 up to {most:.2} to 1")
            }
            Self::TooSmall { size, fitted, least } if size == fitted => {
                write!(f, "is {}×{}; the least is {}×{}", size.0, size.1, least.0, least.1)
            }
            Self::TooSmall { size, fitted, least } => write!(
                f,
                "is {}×{}, which would have to become {}×{}; the least is {}×{}",
                size.0, size.1, fitted.0, fitted.1, least.0, least.1
            ),
            Self::TooLong { duration_ms, most } => {
                write!(f, "lasts {} s, too long to look good in {most} bytes", duration_ms / 1000)
            }
            Self::TooHeavy { bytes, most, size: (width, height) } => {
                write!(f, "still has {bytes} bytes at {width}×{height}; taken are {most}")
            }
        }
    }
}

impl Unfit {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "make it shorter: what may be cut off is for a person to say",
            Self::NoPicture(_) | Self::NoVideo(_) | Self::Unreadable(_) => {
                "save it as JPEG or PNG with another program"
            }
            Self::Animated => "make it a video, or save the one frame to be shown",
            Self::Print => "save it in sRGB with a program that manages colours",
            Self::TooLarge { .. } | Self::TooHeavy { .. } => "save it smaller with another program",
            Self::Kinds { .. } => "save it as one of them with another program",
            Self::Ratio { .. } => "crop it yourself, or add a border: what may be cut off is for a person to say",
            Self::TooSmall { .. } => "use a larger original: enlarging adds nothing to see",
        }
    }
}
