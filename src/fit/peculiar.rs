//! Rules of single platforms that no column of the table can say, each a function of its own. Makes no text.

use super::{Fitting, Rendition};

/// Holds a rendition against the rules of its platform that are nobody else's.
pub(super) fn check(_fitting: &mut Fitting<'_>, _rendition: &Rendition) {}
