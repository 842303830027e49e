//! Markdown -> [`Document`]: blocks and inline text, free of mark-up. Knows no platform.
