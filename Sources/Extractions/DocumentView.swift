import Core
import Web

/// A document as the viewer shows it: read from the JSON that a worker wrote, so nothing of it is believed to be well made.
struct DocumentView {
    private let document: JSON
    private let blocks: [JSON]
    private let chunks: [Chunk]
    private let content: [UInt8]

    /// A chunk, by where it begins in the stored text.
    private struct Chunk {
        let position: Int
        let start: Int
        let tokens: Int
        let words: Int
    }

    enum Limits {
        /// Blocks on one page of the viewer.
        static let blocks = 150
        static let rows = 200
        static let columns = 40
        static let cellBytes = 2000
        static let blockBytes = 100_000
        /// Of a document that is shown at all.
        static let bytes: Int64 = 48 << 20
    }

    init(_ document: JSON) {
        self.document = document
        blocks = document["blocks"]?.arrayValue ?? []
        content = Array((document["content"]?.stringValue ?? "").utf8)
        chunks = (document["chunks"]?.arrayValue ?? []).compactMap { chunk in
            guard let position = chunk["position_index"]?.intValue, let start = chunk["start_byte"]?.intValue else { return nil }
            return Chunk(
                position: Int(clamping: position), start: Int(clamping: start),
                tokens: Int(clamping: chunk["token_count"]?.intValue ?? 0),
                words: Int(clamping: chunk["word_count"]?.intValue ?? 0))
        }.sorted { $0.start < $1.start }
    }

    var pages: Int { max(1, (blocks.count + Limits.blocks - 1) / Limits.blocks) }

    /// The page of the viewer on which a chunk begins, from 0.
    func page(ofChunk position: Int) -> Int {
        guard let chunk = chunks.first(where: { $0.position == position }) else { return 0 }
        let index = blocks.firstIndex { block in Self.range(block).map { $0.upperBound > chunk.start } ?? false } ?? 0
        return index / Limits.blocks
    }

    private static func range(_ block: JSON) -> Range<Int>? {
        guard let bytes = block["bytes"]?.arrayValue, bytes.count == 2, let from = bytes[0].intValue, let to = bytes[1].intValue,
            from >= 0, to >= from
        else { return nil }
        return Int(clamping: from)..<Int(clamping: to)
    }

    // MARK: For the template

    func model(page: Int) -> [String: Any] {
        let first = page * Limits.blocks
        var lastPlace = ""
        // Chunks that began before are not shown again.
        var next = 0
        if let start = blocks.dropFirst(first).lazy.compactMap(Self.range).first?.lowerBound {
            next = chunks.firstIndex { $0.start >= start } ?? chunks.count
        }
        let shown = blocks.dropFirst(first).prefix(Limits.blocks).map { block -> [String: Any] in
            var model = Self.block(block)
            let place = Self.place(block["place"] ?? [:])
            if place != lastPlace { model["placeText"] = place }
            lastPlace = place
            var starts: [Chunk] = []
            if let range = Self.range(block) {
                while next < chunks.count, chunks[next].start < range.upperBound {
                    starts.append(chunks[next])
                    next += 1
                }
                model["parts"] = parts(block, range, starts)
            } else {
                model["parts"] = [["text": (block["text"]?.stringValue ?? "").beginning(bytes: Limits.blockBytes)]]
            }
            if block["table"] != nil {
                model["chunks"] = starts.map(Self.chunk)
                model["parts"] = [[String: Any]]()
            }
            return model
        }
        return ["blocks": shown, "hasBlocks": !shown.isEmpty]
    }

    /// The text of a block, cut where chunks begin.
    private func parts(_ block: JSON, _ range: Range<Int>, _ starts: [Chunk]) -> [[String: Any]] {
        let end = min(range.upperBound, content.count)
        guard range.lowerBound < end else { return [] }
        let limit = min(end, range.lowerBound + Limits.blockBytes)
        var parts: [[String: Any]] = []
        var place = range.lowerBound
        func text(_ to: Int) -> String { String(decoding: content[place..<max(place, min(to, limit))], as: UTF8.self) }
        for chunk in starts {
            let start = max(place, min(chunk.start, limit))
            let before = text(start)
            if !before.isEmpty { parts.append(["text": before]) }
            place = start
            parts.append(["chunk": Self.chunk(chunk), "text": ""])
        }
        let rest = text(limit)
        if !rest.isEmpty { parts.append(["text": rest + (limit < end ? " …" : "")]) }
        return parts
    }

    private static func chunk(_ chunk: Chunk) -> [String: Any] {
        [
            "number": chunk.position + 1, "anchor": "chunk-\(chunk.position)",
            "sizeText": HumanFormat.counted(Int64(chunk.tokens), "token"),
        ]
    }

    private static func block(_ block: JSON) -> [String: Any] {
        let kind = block["kind"]?.stringValue ?? ""
        let level = block["level"]?.intValue ?? 0
        var model: [String: Any] = [
            "isHeading": kind == "heading", "isItem": kind == "list_item", "isNote": kind == "note",
            "isPicture": kind == "picture", "isFurniture": ["header", "footer", "page_number"].contains(kind),
            "isParagraph": kind == "paragraph", "isCode": kind == "code", "isHidden": block["hidden"] == .bool(true),
            "level": min(6, max(1, level) + 1),
            "depth": min(6, max(0, level)), "marker": (block["marker"]?.stringValue ?? "").clipped(bytes: 40),
            "kindText": words[kind] ?? kind,
        ]
        if let table = block["table"] { model["table"] = self.table(table) }
        return model
    }

    private static let words = [
        "header": "Header", "footer": "Footer", "page_number": "Page number", "picture": "Picture", "note": "Note",
    ]

    private static func table(_ table: JSON) -> [String: Any] {
        let rows = table["rows"]?.arrayValue ?? []
        let headers = Int(clamping: table["header_rows"]?.intValue ?? 0)
        let widest = rows.lazy.map { $0.arrayValue?.count ?? 0 }.max() ?? 0
        func cells(_ row: JSON) -> [[String: Any]] {
            (row.arrayValue ?? []).prefix(Limits.columns).compactMap { cell in
                guard case .object = cell else { return nil }
                var model: [String: Any] = ["text": (cell["text"]?.stringValue ?? "").beginning(bytes: Limits.cellBytes)]
                if let columns = cell["columns"]?.intValue, columns > 1 { model["columns"] = min(columns, Int64(Limits.columns)) }
                if let span = cell["rows"]?.intValue, span > 1 { model["rowSpan"] = min(span, Int64(Limits.rows)) }
                return model
            }
        }
        let shown = rows.prefix(Limits.rows)
        var model: [String: Any] = [
            "head": shown.prefix(headers).map { ["cells": cells($0)] }, "hasHead": headers > 0,
            "body": shown.dropFirst(headers).map { ["cells": cells($0)] },
        ]
        if rows.count > shown.count || widest > Limits.columns {
            model["moreText"] =
                "This is a part of the table: it has \(HumanFormat.counted(Int64(rows.count), "row")) and \(HumanFormat.counted(Int64(widest), "column")). The files below have all of it."
        }
        return model
    }

    /// Such as `Page 3`.
    static func place(_ place: JSON) -> String {
        var words: [String] = []
        if let page = place["page"]?.intValue { words.append("Page \(page)") }
        if let slide = place["slide"]?.intValue { words.append("Slide \(slide)") }
        if let sheet = place["sheet"]?.stringValue { words.append("Sheet \(sheet.clipped(bytes: 80))") }
        if let entry = place["entry"]?.stringValue { words.insert(entry.clipped(bytes: 120), at: 0) }
        if let part = place["part"]?.stringValue { words.append(part.clipped(bytes: 80)) }
        return words.joined(separator: ", ")
    }
}
