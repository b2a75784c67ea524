/// Charts (DrawingML: ECMA-376, part 1, section 21.2): their titles, and their numbers as a table.
enum ChartReader {
    private struct Series {
        var name = ""
        var labels: [Int: String] = [:]
        var values: [Int: String] = [:]
    }

    private static let mostSeries = 255
    private static let mostCells = 200_000

    static func blocks(_ bytes: [UInt8], at place: Place) -> [Block] {
        var reader = XMLReader(bytes)
        var (titles, series) = ([[UInt8]](), [Series]())
        var (isTitle, isText, index, part) = (false, false, 0, "")
        var text: [UInt8] = []
        while let event = try? reader.next(), event != .finished {
            switch event {
            case .start:
                switch reader.name {
                case "title":
                    isTitle = true
                    titles.append([])
                case "ser": if series.count < mostSeries { series.append(Series()) }
                case "tx": part = "tx"
                case "cat", "xVal": part = "cat"
                case "val", "yVal": part = "val"
                case "pt": index = reader.attribute("idx").flatMap { Int($0) }.flatMap { 0..<1_048_576 ~= $0 ? $0 : nil } ?? 0
                case "v", "t": (isText, text) = (true, [])
                default: break
                }
            case .text: if isText { reader.appendText(to: &text) }
            case .end:
                switch reader.name {
                case "title": isTitle = false
                case "v", "t":
                    isText = false
                    let words = String(decoding: text, as: UTF8.self)
                    if isTitle {
                        titles[titles.count - 1] += text
                    } else if reader.name == "v", !series.isEmpty {
                        let last = series.count - 1
                        switch part {
                        case "tx": series[last].name = words
                        case "cat": series[last].labels[index] = words
                        default: series[last].values[index] = words
                        }
                    }
                default: break
                }
            case .finished: break
            }
        }
        // The title of the chart, and of its axes.
        var blocks = titles.map { String(decoding: $0, as: UTF8.self).trimmedLines }.filter { !$0.isEmpty }.map {
            Block(.paragraph, $0, at: place)
        }
        // A table of so many cells as there are numbers, or a few times more.
        let points = series.reduce(0) { $0 + $1.labels.count + $1.values.count }
        let places = Set(series.flatMap { Array($0.labels.keys) + Array($0.values.keys) }).sorted().prefix(
            min(mostCells, 4 * points + 1000) / max(1, series.count))
        guard !places.isEmpty else { return blocks }
        var table = Table(rows: [[Table.Cell("")] + series.map { Table.Cell($0.name) }], headerRows: 1)
        for place in places {
            let label = series.lazy.compactMap { $0.labels[place] }.first ?? String(place + 1)
            table.rows.append([Table.Cell(label)] + series.map { Table.Cell(shown($0.values[place] ?? "")) })
        }
        blocks.append(Block(.table, "", table: table, at: place))
        return blocks
    }

    private static func shown(_ number: String) -> String { Double(number).map(NumberFormat.general) ?? number }
}
