package import Core

/// How far an order is, in its own unit.
package struct Progress: Sendable, Equatable, Codable {
    /// 0 to 1.
    package var fraction: Double
    package var done: Int64
    package var total: Int64?
    /// What `done` and `total` count: `bytes`, `files`, `domains`.
    package var unit: String
    /// Units a second.
    package var rate: Double
    package var message: String
    package var rows: Int64?

    package init(fraction: Double, done: Int64, total: Int64?, unit: String, rate: Double, message: String, rows: Int64? = nil) {
        self.fraction = fraction
        self.done = done
        self.total = total
        self.unit = unit
        self.rate = rate
        self.message = message
        self.rows = rows
    }

    package var json: JSON {
        [
            "fraction": .double((fraction * 10_000).rounded() / 10_000), "done": .int(done), "total": .optional(total),
            "unit": .string(unit), "rate": .double(rate.rounded()), "message": .string(message), "rows": .optional(rows),
        ]
    }
}
