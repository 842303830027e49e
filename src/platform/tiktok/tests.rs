//! What TikTok's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.
