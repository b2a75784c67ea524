import Foundation

/// Encodes one column after the other: a dictionary where values repeat, else plain values; definition levels; packing; statistics.
///
/// apache/parquet-format: README.md for pages, Encodings.md, and parquet.thrift for statistics and their order.
struct ColumnEncoder: ~Copyable {
    private let output: ByteBuffer
    private let page = ByteBuffer(capacity: Tuning.pageBytes)
    private let packer: Packer
    private let compressed = ByteBuffer(capacity: Tuning.pageBytes)
    private var dictionary = ValueDictionary()
    private var indexes = GrowableBuffer<UInt32>(capacity: 1 << 14)

    // The column at hand, its batches joined.
    private var levels = GrowableBuffer<UInt32>(capacity: 1 << 14)
    private var numbers = GrowableBuffer<UInt64>(capacity: 1 << 14)
    private var texts = GrowableBuffer<TextSlice>(capacity: 1 << 14)
    private var type = ColumnType.string
    private var rows = 0
    private var values = 0

    /// Bytes of text that statistics keep, as other writers do.
    private static let statisticsBytes = 64

    private enum PageKind: Int {
        case plain = 0
        /// Indexes into the dictionary.
        case indexes = 8
        case dictionary = -1
    }

    init(output: ByteBuffer, packer: Packer) {
        self.output = output
        self.packer = packer
    }

    mutating func encode(_ batches: [BatchSlice], column: Int, type: ColumnType, rows: Int) throws -> EncodedChunk {
        self.type = type
        self.rows = rows
        join(batches, column)
        let start = output.count
        var chunk = EncodedChunk(dataOffset: 0, bytes: 0, uncompressedBytes: 0, nulls: rows - values)
        let hasDictionary = buildDictionary()
        if hasDictionary {
            chunk.dictionaryOffset = start
            chunk.uncompressedBytes += try writeDictionary()
        }
        chunk.dataOffset = output.count
        chunk.uncompressedBytes += try writeDataPages(hasDictionary: hasDictionary)
        chunk.bytes = output.count - start
        if values > 0 { addStatistics(to: &chunk, hasDictionary: hasDictionary) }
        return chunk
    }

    private mutating func join(_ batches: [BatchSlice], _ column: Int) {
        let ranges = batches.map { $0.values(column) }
        values = ranges.reduce(0) { $0 + $1.count }
        if values < rows {
            levels.reserve(rows, keeping: 0)
            var row = 0
            for slice in batches {
                let present = slice.batch.columns[column].present.base + slice.rows.lowerBound
                for i in 0..<slice.rows.count { levels.base[row + i] = UInt32(present[i]) }
                row += slice.rows.count
            }
        }
        if type == .string { texts.reserve(values, keeping: 0) } else { numbers.reserve(values, keeping: 0) }
        var done = 0
        for (slice, range) in zip(batches, ranges) {
            let batch = slice.batch
            let source = batch.columns[column].values.base + range.lowerBound
            let count = range.count
            if type == .string {
                let overflow = UnsafePointer(batch.overflow.base)
                let block = batch.text.map { UnsafePointer($0.base) } ?? overflow
                for i in 0..<count {
                    let value = source[i]
                    let base = value & BatchColumn.overflowBit == 0 ? block : overflow
                    texts.base[done + i] = TextSlice(
                        base: base + Int((value & ~BatchColumn.overflowBit) >> 32), count: Int(value & 0xFFFF_FFFF))
                }
            } else {
                (numbers.base + done).update(from: source, count: count)
            }
            done += count
        }
    }

    // MARK: Dictionary

    private mutating func buildDictionary() -> Bool {
        guard values > 0, type != .boolean else { return false }
        dictionary.reset()
        indexes.reserve(values, keeping: 0)
        return type == .string
            ? dictionary.index(texts: texts.base, values, into: indexes.base)
            : dictionary.index(numbers: numbers.base, values, into: indexes.base)
    }

    private mutating func writeDictionary() throws -> Int {
        page.count = 0
        for i in 0..<dictionary.count {
            if type == .string {
                append(dictionary.texts.base[i])
            } else {
                append(dictionary.numbers.base[i])
            }
        }
        return try writePage(values: dictionary.count, .dictionary)
    }

    @inline(__always)
    private func append(_ text: TextSlice) {
        page.reserve(text.count + 4)
        let target = page.base + page.count
        UnsafeMutableRawPointer(target).storeBytes(of: UInt32(truncatingIfNeeded: text.count).littleEndian, as: UInt32.self)
        memcpy(target + 4, text.base, text.count)
        page.count += text.count + 4
    }

    @inline(__always)
    private func append(_ number: UInt64) {
        if type == .date { page.append(number: UInt32(truncatingIfNeeded: number)) } else { page.append(number: number) }
    }

    // MARK: Pages

    /// Returns the bytes before compression, headers included.
    private mutating func writeDataPages(hasDictionary: Bool) throws -> Int {
        let width = max(1, 32 - UInt32(max(0, dictionary.count - 1)).leadingZeroBitCount)
        var total = 0
        var row = 0
        var value = 0
        repeat {
            let (pageRows, pageValues) = nextPage(row, value, hasDictionary: hasDictionary)
            page.count = 0
            appendLevels(row, pageRows, areAllPresent: values == rows)
            if hasDictionary {
                page.append(UInt8(width))
                RunLengthEncoder.append(indexes.base + value, pageValues, width: width, to: page)
            } else {
                appendPlain(value, pageValues)
            }
            total += try writePage(values: pageRows, hasDictionary ? .indexes : .plain)
            row += pageRows
            value += pageValues
        } while row < rows
        return total
    }

    /// Rows and values of the page that starts at `row`.
    private func nextPage(_ row: Int, _ value: Int, hasDictionary: Bool) -> (rows: Int, values: Int) {
        let most = min(Tuning.pageRows, rows - row)
        if type != .string || hasDictionary {
            if values == rows { return (most, most) }
            var count = 0
            for i in row..<row + most { count += Int(levels.base[i]) }
            return (most, count)
        }
        var bytes = 0
        var taken = 0
        var count = 0
        while taken < most, taken == 0 || bytes < Tuning.pageBytes {
            if values == rows || levels.base[row + taken] == 1 {
                bytes += texts.base[value + count].count + 4
                count += 1
            }
            taken += 1
        }
        return (taken, count)
    }

    /// Definition levels with their length in front: 1 for a value, 0 for null.
    private func appendLevels(_ row: Int, _ count: Int, areAllPresent: Bool) {
        let start = page.count
        page.append(number: UInt32(0))
        if areAllPresent {
            page.append(varint: UInt64(count) << 1)
            page.append(1)
        } else {
            RunLengthEncoder.append(levels.base + row, count, width: 1, to: page)
        }
        let length = UInt32(page.count - start - 4).littleEndian
        UnsafeMutableRawPointer(page.base + start).storeBytes(of: length, as: UInt32.self)
    }

    private func appendPlain(_ first: Int, _ count: Int) {
        switch type {
        case .string:
            for i in first..<first + count { append(texts.base[i]) }
        case .boolean:
            page.reserve(count / 8 + 1)
            var bits: UInt8 = 0
            for i in 0..<count {
                bits |= UInt8(truncatingIfNeeded: numbers.base[first + i]) << UInt8(i & 7)
                if i & 7 == 7 || i == count - 1 {
                    page.append(bits)
                    bits = 0
                }
            }
        case .integer, .double, .date, .timestamp, .timestampUTC, .decimal:
            page.reserve(count * 8)
            for i in first..<first + count { append(numbers.base[i]) }
        }
    }

    /// Compresses `page` and appends it with its header. Returns the bytes before compression, header included.
    private func writePage(values: Int, _ kind: PageKind) throws -> Int {
        compressed.count = 0
        try packer.pack(page.base, page.count, to: compressed)
        let start = output.count
        var thrift = ThriftWriter(output)
        let uncompressedBytes = page.count
        let compressedBytes = compressed.count
        thrift.element { header in
            header.int32(1, kind == .dictionary ? 2 : 0)
            header.int32(2, uncompressedBytes)
            header.int32(3, compressedBytes)
            if kind == .dictionary {
                header.structure(7) { page in
                    page.int32(1, values)
                    page.int32(2, PageKind.plain.rawValue)
                }
            } else {
                header.structure(5) { page in
                    page.int32(1, values)
                    page.int32(2, kind.rawValue)
                    page.int32(3, ColumnEncoder.runLength)
                    page.int32(4, ColumnEncoder.runLength)
                }
            }
        }
        let headerBytes = output.count - start
        output.append(compressed)
        return headerBytes + page.count
    }

    /// Encoding of levels.
    private static let runLength = 3

    // MARK: Statistics

    private func addStatistics(to chunk: inout EncodedChunk, hasDictionary: Bool) {
        switch type {
        case .string:
            hasDictionary
                ? addTextBounds(dictionary.texts.base, dictionary.count, to: &chunk)
                : addTextBounds(texts.base, values, to: &chunk)
        case .double:
            addBounds(hasDictionary, to: &chunk) {
                Double(bitPattern: $0)
            } bytes: { value, isLow in
                // Zero has two signs that compare equal: the bound takes the one that includes both.
                ColumnEncoder.bytes(value == 0 ? (isLow ? -0.0 : 0.0).bitPattern : value.bitPattern)
            }
        case .date:
            addBounds(hasDictionary, to: &chunk) {
                Int64(bitPattern: $0)
            } bytes: { value, _ in
                ColumnEncoder.bytes(Int32(truncatingIfNeeded: value))
            }
        case .boolean:
            addBounds(hasDictionary, to: &chunk) {
                $0
            } bytes: { value, _ in
                [UInt8(truncatingIfNeeded: value)]
            }
        case .integer, .timestamp, .timestampUTC, .decimal:
            addBounds(hasDictionary, to: &chunk) {
                Int64(bitPattern: $0)
            } bytes: { value, _ in
                ColumnEncoder.bytes(value)
            }
        }
    }

    @inline(__always)
    private func addBounds<Value: Comparable>(
        _ hasDictionary: Bool, to chunk: inout EncodedChunk, _ value: (UInt64) -> Value, bytes: (Value, Bool) -> [UInt8]
    ) {
        let source = UnsafePointer(hasDictionary ? dictionary.numbers.base : numbers.base)
        var low = value(source[0])
        var high = low
        for i in 1..<max(1, hasDictionary ? dictionary.count : values) {
            let next = value(source[i])
            if next < low { low = next }
            if next > high { high = next }
        }
        chunk.minimum = bytes(low, true)
        chunk.maximum = bytes(high, false)
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private func addTextBounds(_ source: UnsafePointer<TextSlice>, _ count: Int, to chunk: inout EncodedChunk) {
        var low = source[0]
        var high = low
        for i in 1..<max(1, count) {
            if source[i].isLess(than: low) { low = source[i] }
            if high.isLess(than: source[i]) { high = source[i] }
        }
        (chunk.minimum, chunk.isMinimumExact) = ColumnEncoder.lowBound(low)
        (chunk.maximum, chunk.isMaximumExact) = ColumnEncoder.highBound(high)
    }

    /// The text itself, or its first whole characters, which sort before it.
    private static func lowBound(_ text: TextSlice) -> ([UInt8], Bool) {
        var count = min(text.count, statisticsBytes)
        if count < text.count {
            while count > 0, text.base[count] & 0xC0 == 0x80 { count -= 1 }
        }
        return (Array(UnsafeBufferPointer(start: text.base, count: count)), count == text.count)
    }

    /// The text itself, or its first characters with the last ASCII one of them raised, which sort after it. Nil where that is not possible.
    private static func highBound(_ text: TextSlice) -> ([UInt8]?, Bool) {
        var (prefix, isExact) = lowBound(text)
        guard !isExact else { return (prefix, true) }
        while let last = prefix.last {
            if last < 0x7F {
                prefix[prefix.count - 1] = last + 1
                return (prefix, false)
            }
            prefix.removeLast()
        }
        return (nil, false)
    }
}
