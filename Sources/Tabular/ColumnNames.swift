/// Names of columns that are all different.
enum ColumnNames {
    /// Empty names become `column_3`, repeated ones `name_2`, `name_3`, and so on.
    static func unique(_ given: [String]) -> [String] {
        // By bytes: a set of strings would normalise each name, in time that grows with the square of its combining marks.
        var taken = Set(given.map { Array($0.utf8) })
        if taken.count == given.count, !taken.contains([]) { return given }
        var used: Set<[UInt8]> = []
        // Continues where it stopped, so that ten thousand equal names do not cost their square.
        var lastNumber: [[UInt8]: Int] = [:]
        return given.enumerated().map { index, name in
            let wanted = name.isEmpty ? "column_\(index + 1)" : name
            let key = Array(wanted.utf8)
            if !name.isEmpty, used.insert(key).inserted { return name }
            if name.isEmpty, !taken.contains(key), used.insert(key).inserted { return wanted }
            var number = lastNumber[key] ?? 2
            func isFree(_ name: [UInt8]) -> Bool { !taken.contains(name) && !used.contains(name) }
            while !isFree(key + Array("_\(number)".utf8)) { number += 1 }
            lastNumber[key] = number + 1
            let fresh = "\(wanted)_\(number)"
            used.insert(Array(fresh.utf8))
            taken.insert(Array(fresh.utf8))
            return fresh
        }
    }
}
