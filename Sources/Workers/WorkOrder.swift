package import Core
package import Foundation

/// What a worker may reach.
package enum WorkerProfile: String, Sendable, Codable, CaseIterable {
    /// The files of its order, and no network.
    case offline
    /// Sockets that reach out, and no files. Such work waits for others most of the time, so it has workers of its own.
    case network
}

/// What a worker is told: one line of JSON. The files it may touch are named here and nowhere else.
package struct WorkOrder: Sendable, Codable, Equatable {
    package let kind: String
    package let profile: WorkerProfile
    /// The file to read; nil when there is none.
    package let input: String?
    /// The folder, empty and its own, where everything it makes has to be.
    package let staging: String
    package let threads: Int
    package let spec: JSON
    /// What is to be done, one after the other, each begun with `WorkReport.unit`. One unit, or none, is in hand from the start.
    package let units: [Unit]
    /// Of the request that asked for the work; every message of the worker carries them back.
    package let requestID: String?
    package let traceparent: String?

    /// A part of the work that succeeds or fails alone.
    package struct Unit: Sendable, Codable, Equatable {
        package let number: Int
        /// In the words of the kind: the name of a domain, of a file.
        package let key: String
        /// Its file, to be read; nil when it has none, or when the file is gone.
        package let file: String?
        /// It may have brought a worker down: it is done when no other is, and said to be in hand first.
        package let isSuspect: Bool

        package init(number: Int, key: String, file: String? = nil, isSuspect: Bool = false) {
            self.isSuspect = isSuspect
            self.number = number
            self.key = key
            self.file = file
        }
    }

    package init(
        kind: String, profile: WorkerProfile = .offline, input: String?, staging: String, threads: Int, spec: JSON,
        units: [Unit] = [], correlation: Correlation? = nil
    ) {
        self.kind = kind
        self.profile = profile
        self.input = input
        self.staging = staging
        self.threads = threads
        self.spec = spec
        self.units = units
        requestID = correlation?.requestID
        traceparent = correlation?.trace.traceparent
    }
}

/// One line of a worker: what it says, and for which request.
package struct WorkMessage: Sendable, Codable, Equatable {
    package let requestID: String?
    package let traceparent: String?
    /// The largest resident size of the worker so far, with its last report.
    package let peakMemoryBytes: Int64?
    package let report: WorkReport

    package init(_ report: WorkReport, of order: WorkOrder?, peakMemoryBytes: Int64? = nil) {
        requestID = order?.requestID
        traceparent = order?.traceparent
        self.peakMemoryBytes = peakMemoryBytes
        self.report = report
    }

    /// - Throws: `Failure` `worker_invalid` when the line is no message, or says what can not be true.
    package init(line: Data) throws {
        do {
            // What a worker says may come from the file that broke it: the parser sets bounds before the decoder looks.
            _ = try JSON(parsing: line)
            self = try JSONDecoder().decode(WorkMessage.self, from: line)
        } catch {
            throw WorkReport.invalid("a line that is no message")
        }
        try WorkReport.check(peakMemoryBytes, in: 0...WorkReport.Limits.number, "peakMemoryBytes")
        try report.check()
    }

    package func line() throws -> Data { try JSONEncoder().encode(self) }
}

/// Whether what failed may succeed another time.
package enum FailureCategory: String, Sendable, Codable {
    /// Another try may do better.
    case recoverable
    /// The input, or what was asked for, would have to change.
    case permanent
    /// The server would have to be set up in another way: with a higher limit, say.
    case requiresConfig = "requires_config"
}

/// What a worker says of its order.
package enum WorkReport: Sendable, Codable, Equatable {
    /// The first of all: how the worker is held.
    case confined(Confinement)
    /// Which unit is begun. Everything up to its `finished` or `failed` belongs to it.
    case unit(number: Int)
    case progress(Progress)
    case artifact(MadeArtifact)
    /// Something for the server to keep at once, or to say: the worker goes on when `WorkAnswer` comes back with the same number.
    /// - Parameter unit: whose it is; it need not be the one in hand.
    case asked(number: Int, unit: Int, JSON)
    case finished(result: JSON, isPartial: Bool)
    case failed(code: String, message: String, category: FailureCategory? = nil)

    /// A flushed file in the staging folder, which the worker does not touch any more.
    package struct MadeArtifact: Sendable, Codable, Equatable {
        /// Its name in the staging folder.
        package let file: String
        /// The name that people see.
        package let name: String
        package let role: String
        package let sizeBytes: Int64
        package let sha256: String
        package let contentType: String

        package init(file: String, name: String, role: String, sizeBytes: Int64, sha256: String, contentType: String) {
            self.file = file
            self.name = name
            self.role = role
            self.sizeBytes = sizeBytes
            self.sha256 = sha256
            self.contentType = contentType
        }
    }
}

extension WorkReport {
    /// What a worker may say. It is in the hands of the file that it reads: nothing of it is believed unchecked.
    package enum Limits {
        /// Of bytes, rows and everything else that is counted: exact in every JSON reader, and far from where sums overflow.
        package static let number: Int64 = 1 << 53
        /// Units a second; no machine is faster.
        static let rate = 1e15
        /// Of texts that people read; what is longer is cut off.
        package static let messageBytes = 4096
        /// Of names of things: units, roles, codes.
        static let wordBytes = 64
        static let contentTypeBytes = 255
        /// Kernels are at 7.
        static let landlock = 1000
        /// Of the files of one unit.
        package static let artifacts = 16
    }

    package static func invalid(_ what: String) -> Failure {
        Failure(.invalid, "worker_invalid", "The worker reported what can not be true (\(what)).")
    }

    /// For results, whose members only their kind knows.
    /// - Throws: `Failure` `worker_invalid`.
    package static func check(_ number: Int64?, in range: ClosedRange<Int64> = 0...Limits.number, _ name: String) throws {
        guard number.map(range.contains) ?? true else { throw invalid(name) }
    }

    /// - Throws: `Failure` `worker_invalid`.
    func check() throws {
        switch self {
        case .progress(let progress):
            guard (0...1).contains(progress.fraction) else { throw Self.invalid("fraction") }
            guard (0...Limits.rate).contains(progress.rate) else { throw Self.invalid("rate") }
            try Self.check(progress.done, "done")
            try Self.check(progress.total, "total")
            try Self.check(progress.rows, "rows")
            try Self.checkWord(progress.unit, "unit")
            guard progress.message.utf8.count <= Limits.messageBytes else { throw Self.invalid("message") }
        case .artifact(let artifact):
            try Self.check(artifact.sizeBytes, "sizeBytes")
            try Self.checkWord(artifact.role, "role")
            guard artifact.file.utf8.count <= Limits.contentTypeBytes, artifact.name.utf8.count <= Limits.messageBytes else {
                throw Self.invalid("name")
            }
            guard artifact.sha256.utf8.count == 64, artifact.sha256.utf8.allSatisfy(Self.isHexDigit) else {
                throw Self.invalid("sha256")
            }
            // It becomes a header.
            guard artifact.contentType.utf8.count <= Limits.contentTypeBytes,
                artifact.contentType.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
            else { throw Self.invalid("contentType") }
        case .confined(let held):
            guard (0...Limits.landlock).contains(held.landlock) else { throw Self.invalid("landlock") }
        // Whether there is such a unit, knows who gave the order.
        case .finished, .unit: break
        case .asked(let number, _, _): try Self.check(Int64(number), "number")
        case .failed(let code, _, _): try Self.checkWord(code, "code")
        }
    }

    private static func checkWord(_ word: String, _ name: String) throws {
        guard (1...Limits.wordBytes).contains(word.utf8.count), word.utf8.allSatisfy(isWordByte) else { throw invalid(name) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "_")
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// What the server says to a worker that asked: one line of JSON.
package struct WorkAnswer: Sendable, Codable, Equatable {
    package let number: Int
    package let value: JSON

    package init(number: Int, value: JSON) {
        self.number = number
        self.value = value
    }
}
