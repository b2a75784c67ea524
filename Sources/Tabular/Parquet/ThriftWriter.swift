/// Writes structures in Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md), as far as Parquet needs it.
struct ThriftWriter {
    let buffer: ByteBuffer
    private var lastFields: [Int] = [0]

    enum Kind: UInt8 {
        case truth = 1
        case falsehood = 2
        case int32 = 5
        case int64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    init(_ buffer: ByteBuffer) { self.buffer = buffer }

    private mutating func field(_ id: Int, _ kind: Kind) {
        let delta = id - lastFields[lastFields.count - 1]
        lastFields[lastFields.count - 1] = id
        if delta >= 1, delta <= 15 {
            buffer.append(UInt8(delta) << 4 | kind.rawValue)
        } else {
            buffer.append(kind.rawValue)
            integer(Int64(id))
        }
    }

    private func integer(_ value: Int64) { buffer.append(varint: UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func int32(_ id: Int, _ value: Int) {
        field(id, .int32)
        integer(Int64(value))
    }

    mutating func int64(_ id: Int, _ value: Int64) {
        field(id, .int64)
        integer(value)
    }

    mutating func truth(_ id: Int, _ value: Bool) { field(id, value ? .truth : .falsehood) }

    mutating func bytes(_ id: Int, _ value: [UInt8]) {
        field(id, .binary)
        element(value)
    }

    mutating func structure(_ id: Int, _ body: (inout ThriftWriter) -> Void) {
        field(id, .structure)
        element(body)
    }

    mutating func list(_ id: Int, _ kind: Kind, count: Int) {
        field(id, .list)
        if count < 15 {
            buffer.append(UInt8(count) << 4 | kind.rawValue)
        } else {
            buffer.append(0xF0 | kind.rawValue)
            buffer.append(varint: UInt64(count))
        }
    }

    // Elements of a list, or a structure that stands alone.

    func element(_ value: Int) { integer(Int64(value)) }

    func element(_ value: [UInt8]) {
        buffer.append(varint: UInt64(value.count))
        value.withUnsafeBufferPointer { if let base = $0.baseAddress { buffer.append(base, $0.count) } }
    }

    mutating func element(_ body: (inout ThriftWriter) -> Void) {
        lastFields.append(0)
        body(&self)
        buffer.append(0)
        lastFields.removeLast()
    }
}
