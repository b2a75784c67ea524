package import Core
package import Foundation

/// What a worker is told: one line of JSON. The files it may touch are named here and nowhere else.
package struct WorkOrder: Sendable, Codable, Equatable {
    package let kind: String
    package let job: String
    package let attempt: String
    /// The file to read; nil when there is none.
    package let input: String?
    /// The folder, empty and its own, where everything it makes has to be.
    package let staging: String
    package let threads: Int
    package let spec: JSON
    /// Of the request that asked for the work; every message of the worker carries them back.
    package let requestID: String?
    package let traceparent: String?

    package init(
        kind: String, job: String, attempt: String, input: String?, staging: String, threads: Int, spec: JSON,
        correlation: Correlation? = nil
    ) {
        self.kind = kind
        self.job = job
        self.attempt = attempt
        self.input = input
        self.staging = staging
        self.threads = threads
        self.spec = spec
        requestID = correlation?.requestID
        traceparent = correlation?.trace.traceparent
    }
}

/// One line of a worker: what it says, and for which request.
package struct WorkMessage: Sendable, Codable, Equatable {
    package let requestID: String?
    package let traceparent: String?
    package let report: WorkReport

    package init(_ report: WorkReport, of order: WorkOrder?) {
        requestID = order?.requestID
        traceparent = order?.traceparent
        self.report = report
    }

    package init(line: Data) throws {
        // What a worker says may come from the file that broke it: the parser sets bounds before the decoder looks.
        _ = try JSON(parsing: line)
        self = try JSONDecoder().decode(WorkMessage.self, from: line)
    }

    package func line() throws -> Data { try JSONEncoder().encode(self) }
}

/// What a worker says of its order.
package enum WorkReport: Sendable, Codable, Equatable {
    case progress(Progress)
    case artifact(MadeArtifact)
    case finished(result: JSON, isPartial: Bool)
    case failed(code: String, message: String)

    /// A flushed file in the staging folder.
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
