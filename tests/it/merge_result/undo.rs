//! What others have merged meanwhile.
