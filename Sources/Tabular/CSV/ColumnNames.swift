/// Names of columns, which must differ.
enum ColumnNames {
    /// Empty names become `column_3`, repeated ones `name_2`, `name_3`, and so on.
    static func unique(_ given: [String]) -> [String] {
        // By bytes: a set of strings would normalise each name, in time that grows with the square of its combining marks.
        let names = given.map { Array($0.utf8) }
        var known = KeyTable(names)
        if known.names.count == given.count, known.number(of: []) == nil { return given }
        // Of each name that was given: whether a column has it already, and where counting stopped, so that ten thousand equal names
        // do not cost their square.
        var isTaken = Array(repeating: false, count: known.names.count)
        var nextNumber = Array(repeating: 2, count: known.names.count)
        return given.indices.map { index in
            let wanted = names[index].isEmpty ? Array("column_\(index + 1)".utf8) : names[index]
            let id = known.number(of: wanted) ?? known.add(wanted)
            if id == isTaken.count {
                isTaken.append(true)
                nextNumber.append(2)
                return String(decoding: wanted, as: UTF8.self)
            }
            if !names[index].isEmpty, !isTaken[id] {
                isTaken[id] = true
                return given[index]
            }
            var fresh = wanted + Array("_\(nextNumber[id])".utf8)
            while known.number(of: fresh) != nil {
                nextNumber[id] += 1
                fresh = wanted + Array("_\(nextNumber[id])".utf8)
            }
            nextNumber[id] += 1
            _ = known.add(fresh)
            isTaken.append(true)
            nextNumber.append(2)
            return String(decoding: fresh, as: UTF8.self)
        }
    }
}
