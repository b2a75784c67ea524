/// A value of JSON, or of XML that holds data: names and values in the order of the file.
indirect enum DataValue {
    /// As it is written, without quotes; a number keeps all its digits.
    case text(String)
    case list([DataValue])
    case object([(name: String, value: DataValue)])

    var isScalar: Bool { if case .text = self { true } else { false } }

    var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .list(let items): items.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}

/// Values as people read them: records as tables, anything else as lines of `name: value`.
struct DataBlocks {
    private(set) var blocks: [Block] = []
    private var lines: [String] = []
    private var bytes = 0
    private var cells = 0
    private let limits: TextualLimits

    private static let mostColumns = 200
    /// Objects inside of a record that still make columns, such as `address.city`.
    private static let deepestColumn = 3
    /// After so many bytes a new block begins, so that a place says something.
    private static let blockBytes = 4000
    /// Lines of lists and objects inside each other; what is deeper is not indented further.
    private static let deepestIndent = 12

    /// - Throws: `TextualFailure` `limit_exceeded`.
    static func blocks(_ value: DataValue, limits: TextualLimits) throws -> [Block] {
        var maker = DataBlocks(limits: limits)
        try maker.add(value, path: "", depth: 0, fewest: 1)
        maker.flush("")
        return maker.blocks
    }

    private init(limits: TextualLimits) { self.limits = limits }

    // MARK: Values at the top

    /// - Parameters:
    ///   - path: a JSON pointer (RFC 6901).
    ///   - fewest: records of a list that are a table.
    private mutating func add(_ value: DataValue, path: String, depth: Int, fewest: Int) throws {
        switch value {
        case .text(let text): lines.append(text)
        case .list(let items):
            if items.count >= fewest, let table = try table(items) {
                flush(path)
                blocks.append(Block(.table, "", table: table, at: Place(part: path.isEmpty ? nil : path)))
                return
            }
            for item in items {
                try write(item, name: nil, indent: 0)
                if bytes > Self.blockBytes { flush(path) }
            }
        case .object(let members):
            for (name, value) in members {
                let inner = "\(path)/\(name.replacing("~", with: "~0").replacing("/", with: "~1").clipped)"
                if case .list(let items) = value, items.count >= 2, let table = try table(items) {
                    lines.append("\(name):")
                    flush(path)
                    blocks.append(Block(.table, "", table: table, at: Place(part: inner)))
                } else if case .object = value, depth < 2, holdsTable(value, 0) {
                    lines.append("\(name):")
                    flush(path)
                    try add(value, path: inner, depth: depth + 1, fewest: 2)
                    flush(inner)
                } else {
                    try write(value, name: name, indent: 0)
                }
                if bytes > Self.blockBytes { flush(path) }
            }
        }
    }

    private func holdsTable(_ value: DataValue, _ depth: Int) -> Bool {
        guard depth < 3, case .object(let members) = value else { return false }
        return members.contains { member in
            if case .list(let items) = member.value, items.count >= 2, case .object = items[0] { return true }
            return holdsTable(member.value, depth + 1)
        }
    }

    private mutating func flush(_ path: String) {
        let text = lines.joined(separator: "\n")
        (lines, bytes) = ([], 0)
        guard !text.isEmpty else { return }
        blocks.append(Block(.code, text, at: Place(part: path.isEmpty ? nil : path)))
    }

    // MARK: Lines

    private mutating func write(_ value: DataValue, name: String?, indent: Int) throws {
        let space = String(repeating: "  ", count: min(indent, Self.deepestIndent))
        let front = space + (name.map { "\($0):" } ?? "-")
        switch value {
        case .text(let text): try line(text.isEmpty ? front : "\(front) \(text.replacing("\n", with: "\n\(space)  "))")
        case .list(let items):
            // A list of a few words is read best in one line.
            if name != nil, items.count <= 20, items.allSatisfy({ Self.isShort($0) }) {
                return try line("\(front) " + items.map(Self.word).joined(separator: ", "))
            }
            try line(front)
            for item in items { try write(item, name: nil, indent: indent + 1) }
        case .object(let members):
            try line(front)
            for (name, value) in members { try write(value, name: name, indent: indent + 1) }
        }
    }

    private mutating func line(_ text: String) throws {
        lines.append(text)
        bytes += text.utf8.count + 1
    }

    private static func isShort(_ value: DataValue) -> Bool {
        if case .text(let text) = value { text.utf8.count <= 60 && !text.utf8.contains(0x0A) } else { false }
    }

    private static func word(_ value: DataValue) -> String { if case .text(let text) = value { text } else { "" } }

    // MARK: Tables

    /// Records as a table; nil where they are none, or so different that a table would be mostly empty.
    private mutating func table(_ items: [DataValue]) throws -> Table? {
        guard !items.isEmpty else { return nil }
        var names: [String: Int] = [:]
        var order: [String] = []
        var rows: [[(column: Int, text: String)]] = []
        var filled = 0
        for item in items {
            var fields: [(String, String)] = []
            guard Self.fields(item, prefix: "", depth: 0, &fields) else { return nil }
            var row: [(column: Int, text: String)] = []
            for (name, text) in fields {
                let column: Int
                if let known = names[name] {
                    column = known
                } else {
                    guard order.count < Self.mostColumns else { return nil }
                    column = order.count
                    names[name] = column
                    order.append(name)
                }
                row.append((column, text))
            }
            filled += row.count
            rows.append(row)
        }
        guard order.count >= 1, filled * 10 >= order.count * items.count * 3 else { return nil }
        cells += order.count * (items.count + 1)
        try limits.mustHold(cells: cells)
        var table = Table(rows: [order.map { Table.Cell($0) }], headerRows: 1)
        for row in rows {
            var line = [Table.Cell?](repeating: Table.Cell(""), count: order.count)
            for (column, text) in row {
                // A name that a record has twice.
                let before = line[column]?.text ?? ""
                line[column] = Table.Cell(before.isEmpty ? text : "\(before)\n\(text)")
            }
            table.rows.append(line)
        }
        return table
    }

    /// - Returns: false for what is no record.
    private static func fields(_ value: DataValue, prefix: String, depth: Int, _ fields: inout [(String, String)]) -> Bool {
        guard case .object(let members) = value, depth < deepestColumn, !members.isEmpty || depth > 0 else { return false }
        for (name, value) in members {
            switch value {
            case .text(let text): fields.append((prefix + name, text))
            case .object: guard Self.fields(value, prefix: "\(prefix)\(name).", depth: depth + 1, &fields) else { return false }
            case .list(let items):
                guard items.count <= 50, items.allSatisfy(\.isScalar) else { return false }
                fields.append((prefix + name, items.map(word).joined(separator: ", ")))
            }
        }
        return true
    }
}

extension String {
    fileprivate var clipped: String { utf8.count <= 200 ? self : String(prefix(50)) + "…" }
}
