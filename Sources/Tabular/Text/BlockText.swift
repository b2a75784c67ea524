import Foundation

/// A stretch of the input as UTF-8, which can be made longer at its end.
final class BlockText {
    let buffer: ByteBuffer
    private let input: InputFile
    private let encoding: TextEncoding
    private let terminator: UInt8
    private let end: Int64
    private let scratch: ByteBuffer
    /// Byte of the file where the text starts, and up to which it was read.
    private(set) var low: Int64
    private(set) var high: Int64
    /// A position in the text and its byte in the file: offsets are asked for in rising order, so counting goes on from the last one.
    private var known: (position: Int, bytes: Int) = (0, 0)
    /// Whether a terminator was added that is not in the file, because the last line has none.
    private(set) var isTerminatorAdded = false

    init(
        input: InputFile, encoding: TextEncoding, terminator: UInt8, low: Int64, end: Int64, buffer: ByteBuffer,
        scratch: ByteBuffer
    ) {
        self.input = input
        self.encoding = encoding
        self.terminator = terminator
        self.low = low
        self.high = low
        self.end = end
        self.buffer = buffer
        self.scratch = scratch
        buffer.count = 0
    }

    var isAtEnd: Bool { high >= end }

    /// Reads on to byte `target` of the file, or to its end.
    func load(to target: Int64) throws {
        let target = min(target, end)
        guard target > high else {
            if isAtEnd { addTerminator() }
            return
        }
        let wanted = Int(target - high)
        if encoding == .utf8 {
            buffer.reserve(wanted + 1)
            buffer.count += try input.read(into: buffer.base + buffer.count, at: high, count: wanted)
            high = target
        } else {
            scratch.count = 0
            scratch.reserve(wanted)
            let got = try input.read(into: scratch.base, at: high, count: wanted)
            high += Int64(encoding.append(scratch.base, got, to: buffer, isLast: target == end))
        }
        if isAtEnd { addTerminator() }
    }

    private func addTerminator() {
        guard !isTerminatorAdded, buffer.count > 0, buffer.base[buffer.count - 1] != terminator else { return }
        buffer.append(terminator)
        isTerminatorAdded = true
    }

    /// The byte of the file where the text at `position` stands.
    func offset(of position: Int) -> Int64 {
        if position < known.position { known = (0, 0) }
        let more = encoding.sourceBytes(buffer.base + known.position, position - known.position)
        known = (position, known.bytes + more)
        return min(end, low + Int64(known.bytes))
    }
}
