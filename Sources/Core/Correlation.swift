import Synchronization

/// What ties together everything that one request sets off: answer, log lines, events, and the work of a worker.
package struct Correlation: Sendable, Equatable {
    /// Of the request that began it, as the client named it or as it was made.
    package let requestID: String
    package let trace: Trace

    package init(requestID: String, trace: Trace) {
        self.requestID = requestID
        self.trace = trace
    }

    /// A step of what a request set off, from what was kept of it.
    package init?(requestID: String?, traceparent: String?) {
        guard let requestID, let trace = traceparent.flatMap({ Trace(traceparent: $0) }) else { return nil }
        self.init(requestID: requestID, trace: trace.child())
    }

    /// That of the request in whose task this runs; nil for what the server does on its own.
    @TaskLocal package static var current: Correlation?
}

/// A place in a distributed trace (W3C Trace Context, section 3.2).
package struct Trace: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let id: String
    /// 16 lower-case hexadecimal digits, not all zero.
    package let span: String
    /// Two hexadecimal digits; the last bit says whether the caller records.
    package let flags: String

    package init(id: String, span: String, flags: String) {
        self.id = id
        self.span = span
        self.flags = flags
    }

    /// A trace that begins here.
    package static func new() -> Trace { Trace(id: randomHex(words: 2), span: randomHex(words: 1), flags: "00") }

    /// The same trace, in a step of our own.
    package func child() -> Trace { Trace(id: id, span: Self.randomHex(words: 1), flags: flags) }

    /// - Returns: nil for what is not a valid `traceparent`; of a version later than 00 the first four parts count.
    package init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            Self.isHex(parts[1], 32), Self.isHex(parts[2], 16), Self.isHex(parts[3], 2),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        self.init(id: String(parts[1]), span: String(parts[2]), flags: String(parts[3]))
    }

    package var traceparent: String { "00-\(id)-\(span)-\(flags)" }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// 16 digits for each word.
    private static func randomHex(words count: Int) -> String {
        String(unsafeUninitializedCapacity: 16 * count) { digits in
            for word in 0..<count {
                var rest = randomWord()
                for place in 0..<16 {
                    let digit = UInt8(rest & 15)
                    digits.initializeElement(at: 16 * word + place, to: digit + (digit < 10 ? 0x30 : 0x57))
                    rest >>= 4
                }
            }
            return 16 * count
        }
    }

    /// Never zero, which means "none". Names of traces are no secrets: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom
    /// Number Generators", 2014), begun at a random place, repeats nothing and spares each request three calls into the kernel.
    private static func randomWord() -> UInt64 {
        var word = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        return word == 0 ? 1 : word
    }

    private static let state = Atomic<UInt64>(.random(in: 0...UInt64.max))
}
