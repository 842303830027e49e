//! Date, hour and zone -> the instant a post is due. Asks no clock.
