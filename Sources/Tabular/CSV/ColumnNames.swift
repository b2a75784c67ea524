/// Names of columns, which must differ.
enum ColumnNames {
    /// Empty names become `column_3`, repeated ones `name_2`, `name_3`, and so on.
    static func unique(_ given: [String]) -> [String] {
        // By bytes: a set of strings would normalise each name, in time that grows with the square of its combining marks.
        var known = KeyTable(capacity: given.count, bytes: given.reduce(0) { $0 + $1.utf8.count })
        let ids = given.map { name in
            var name = name
            return name.withUTF8 { known.add($0) }
        }
        let empty = known.number(of: [])
        if known.count == given.count, empty == nil { return given }
        // Of each name that was given: whether a column has it already, and where counting stopped, so that ten thousand equal names
        // do not cost their square.
        var isTaken = Array(repeating: false, count: known.count)
        var nextNumber = Array(repeating: 2, count: known.count)
        func add(_ name: [UInt8]) -> String {
            _ = known.add(name)
            isTaken.append(true)
            nextNumber.append(2)
            return String(decoding: name, as: UTF8.self)
        }
        return given.indices.map { index in
            var id = ids[index]
            if id == empty {
                let wanted = Array("column_\(index + 1)".utf8)
                guard let taken = known.number(of: wanted) else { return add(wanted) }
                id = taken
            } else if !isTaken[id] {
                isTaken[id] = true
                return given[index]
            }
            let wanted = known.name(id)
            var fresh: [UInt8]
            repeat {
                fresh = wanted + [UInt8(ascii: "_")]
                fresh.append(contentsOf: String(nextNumber[id]).utf8)
                nextNumber[id] += 1
            } while known.number(of: fresh) != nil
            return add(fresh)
        }
    }
}
