extension StringProtocol {
    /// The text as a part of a pattern of SQL's LIKE with `ESCAPE '\'`: its own signs stand for themselves.
    package var escapedForLike: String {
        String(self).replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}
