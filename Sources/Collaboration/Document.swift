package import Core
package import Jobs

/// A file that somebody attached to a job. It can be read only when a scan has found it clean.
package struct Document: Sendable, Equatable, Codable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Announced; its bytes may be there already, or never come.
        case pending
        case scanning
        /// Scanned and clean.
        case uploaded
        case infected
        /// Not what it claims to be, or the scan itself failed.
        case failed

        /// The outcome of the scan, as the API words it.
        package var scanStatus: String {
            switch self {
            case .pending, .scanning: "PENDING"
            case .uploaded: "CLEAN"
            case .infected: "INFECTED"
            case .failed: "ERROR"
            }
        }
    }

    package enum Kind: String, Sendable, Codable, CaseIterable {
        case resume
        case jobDescription = "job_description"
        case coverLetter = "cover_letter"
        case thankYou = "thank_you"
        case other

        /// Whether a job has one of these: a newer one takes the place of the older.
        package var isSingle: Bool {
            switch self {
            case .resume, .jobDescription, .coverLetter: true
            case .thankYou, .other: false
            }
        }

        /// - Throws: `Failure` `invalid_doc_type`.
        package init(named text: String) throws {
            guard let kind = Kind(rawValue: text) else {
                let hint = Nearest.name(to: text, in: Kind.allCases.map(\.rawValue)).map { " Did you mean \($0)?" } ?? ""
                throw Failure(
                    .invalid, "invalid_doc_type",
                    "doc_type must be one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).\(hint)")
            }
            self = kind
        }
    }

    package let id: ID<Document>
    /// Grows with every document announced; the order of lists. 0 until the document is stored.
    package var number: Int64
    package let job: ID<Job>
    package let kind: Kind
    /// As its owner calls it.
    package let fileName: String
    /// As claimed at the announcement; the upload has to name the same.
    package let contentType: String?
    /// As claimed, and from the confirmation on as it is.
    package private(set) var sizeBytes: Int64
    /// Of the object: `documents/<job>/<document>/<random>-<name>`.
    package let key: String
    package private(set) var state: State
    /// The e-mail address of who announced it.
    package let uploadedBy: String
    package let createdAt: Moment
    /// When the address for the upload ends.
    package let uploadUntil: Moment
    /// When the upload was confirmed.
    package private(set) var uploadedAt: Moment?
    /// The scan that may speak for this document. Any other is late.
    package private(set) var scan: ID<Scan>?
    /// Scans that failed for reasons of their own.
    package private(set) var scanTries: Int
    package private(set) var nextScanAt: Moment?
    package private(set) var scanCheckedAt: Moment?
    package private(set) var scanMessage: String?
    /// Of the request that confirmed it; the scan belongs to it.
    package private(set) var requestID: String?
    package private(set) var traceparent: String?

    package enum Limits {
        /// How long the addresses for upload and download are good.
        package static let addressSeconds = 600
        /// Who has not confirmed an upload so long after its address ended has given it up.
        package static let abandonedSeconds = 86_400.0
        /// Announced documents of one job whose addresses are still good.
        package static let pending = 5
        /// Characters of a file name.
        package static let fileName = 512
        package static let contentType = 255
        /// Pauses after scans that failed. After the last of them one more scan is tried, then the document has failed.
        package static let scanPauses: [Double] = [1, 2, 5, 15, 60]
    }

    package init(_ upload: Announced, job: ID<Job>, by caller: Caller, key: (ID<Document>) -> String, at now: Moment) {
        id = ID()
        number = 0
        self.job = job
        kind = upload.kind
        fileName = upload.fileName
        contentType = upload.contentType
        sizeBytes = upload.sizeBytes
        self.key = key(id)
        state = .pending
        uploadedBy = caller.email
        createdAt = now
        uploadUntil = now.adding(seconds: Double(Limits.addressSeconds))
        scanTries = 0
    }

    /// What is said of a document before it is uploaded.
    package struct Announced: Sendable {
        package let kind: Kind
        package let fileName: String
        package let contentType: String?
        package let sizeBytes: Int64

        /// - Throws: `Failure` `invalid_filename`, `invalid_content_type`, `invalid_size_bytes`.
        package init(kind: Kind, fileName: String, contentType: String?, sizeBytes: Int64) throws {
            guard !fileName.isEmpty, fileName.utf8.count <= Limits.fileName * TextLimits.bytesPerLetter,
                fileName.unicodeScalars.count <= Limits.fileName, fileName.hasFewMarks,
                fileName.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
            else {
                throw Failure(
                    .invalid, "invalid_filename",
                    "filename must have 1 to \(Limits.fileName) characters, none of them a control character.")
            }
            if let contentType, contentType.utf8.count > Limits.contentType || contentType.wholeMatch(of: Self.mediaType) == nil {
                throw Failure(.invalid, "invalid_content_type", "content_type must be a media type, such as application/pdf.")
            }
            guard sizeBytes > 0 else {
                throw Failure(.invalid, "invalid_size_bytes", "size_bytes must be a whole number from 1 up.")
            }
            self.kind = kind
            self.fileName = fileName
            self.contentType = contentType
            self.sizeBytes = sizeBytes
        }

        /// RFC 9110, section 8.3.1.
        private static var mediaType: Regex<Substring> {
            /[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[\x20-\x7E]*)?/
        }
    }
}

/// One try to scan a document; only its id matters.
package enum Scan {
    package enum Outcome: Sendable, Equatable {
        case clean
        /// By the name of what was found.
        case infected(String)
        /// Not what it claims to be, or not to be looked into.
        case refused(String)
        /// The scanner did not do its work; another try may go better.
        case failed(String)
        /// The scanner can not do this one as it is set up now; trying again at once is of no use.
        case impossible(String)
    }
}

extension Document {
    /// Hands the uploaded bytes to the scanner.
    ///
    /// A document whose scan failed may be confirmed again, since its bytes are still there.
    /// - Parameters:
    ///   - storedBytes: the size of its object; nil without one.
    ///   - claimedBytes: the size that whoever confirms thinks it has.
    /// - Throws: `Failure` `already_confirmed`, `not_uploaded`, `empty_document`, `document_too_large`, `size_mismatch`.
    package mutating func confirm(storedBytes: Int64?, claimedBytes: Int64?, limitBytes: Int64, at now: Moment) throws {
        switch state {
        case .scanning, .uploaded:
            throw Failure(.conflict, "already_confirmed", "This document has been confirmed already.")
        case .pending, .infected, .failed: break
        }
        guard let storedBytes else {
            throw Failure(
                .conflict, "not_uploaded", "There are no bytes of this document; PUT the file to its upload URL first.")
        }
        guard storedBytes > 0 else { throw Failure(.conflict, "empty_document", "The uploaded file is empty.") }
        guard storedBytes <= limitBytes else { throw Self.tooLarge(limitBytes) }
        guard claimedBytes ?? storedBytes == storedBytes else {
            throw Failure(
                .conflict, "size_mismatch",
                "size_bytes is \(claimedBytes ?? 0), but the uploaded file has \(storedBytes) bytes; upload it again.")
        }
        state = .scanning
        sizeBytes = storedBytes
        uploadedAt = now
        scan = nil
        scanTries = 0
        nextScanAt = now
        scanCheckedAt = nil
        scanMessage = nil
        requestID = Correlation.current?.requestID
        traceparent = Correlation.current?.trace.traceparent
    }

    package var correlation: Correlation? { Correlation(requestID: requestID, traceparent: traceparent) }

    package static func tooLarge(_ limitBytes: Int64) -> Failure {
        Failure(.tooLarge, "document_too_large", "The document is larger than the limit of \(limitBytes) bytes.")
    }

    /// Gives the document to a scan.
    package mutating func claim(by scan: ID<Scan>) { self.scan = scan }

    /// What becomes of the bytes.
    package enum Ending: Equatable { case kept, removed, triedAgain }

    /// Compare and set: only the scan that holds the document may end it.
    /// - Returns: nil when the scan came too late, and nothing changed.
    package mutating func finish(_ scan: ID<Scan>, _ outcome: Scan.Outcome, at now: Moment) -> Ending? {
        guard self.scan == scan, state == .scanning else { return nil }
        self.scan = nil
        nextScanAt = nil
        scanCheckedAt = now
        switch outcome {
        case .clean:
            state = .uploaded
            scanMessage = nil
            return .kept
        case .infected(let name):
            state = .infected
            scanMessage = "\(name) was found; the file was deleted"
            return .removed
        case .refused(let message):
            state = .failed
            scanMessage = message
            return .removed
        case .impossible(let message):
            state = .failed
            scanMessage = message
            return .kept
        case .failed(let message):
            scanMessage = message
            scanTries += 1
            guard scanTries <= Limits.scanPauses.count else {
                state = .failed
                return .kept
            }
            nextScanAt = now.adding(seconds: Limits.scanPauses[scanTries - 1])
            return .triedAgain
        }
    }

    /// Whether a document of a single kind makes way for another of its kind: both clean, and the other confirmed later.
    package func isOlder(than other: Document) -> Bool {
        (uploadedAt ?? createdAt, number) < (other.uploadedAt ?? other.createdAt, other.number)
    }
}
