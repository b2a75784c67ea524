package import Core
import Foundation
import Storage
package import Tabular
package import Workers

/// What a worker does with a transform order.
package enum TransformWork {
    /// Blocks until the work is done; reports progress on the way, the artifacts and the end.
    package static func run(_ order: WorkOrder, report: @escaping @Sendable (WorkReport) -> Void) {
        do {
            try work(order, report)
        } catch let failure as TabularFailure {
            report(.failed(code: failure.code, message: failure.message, category: category(failure)))
        } catch let step as InvalidStep {
            report(
                .failed(
                    code: "invalid_processing_steps", message: "\(step.field): \(step.message)", category: .permanent))
        } catch let failure as Failure where failure == inputGone {
            report(.failed(code: failure.code, message: failure.message, category: .permanent))
        } catch let failure as Failure {
            report(.failed(code: failure.code, message: failure.message))
        } catch {
            report(.failed(code: "internal_error", message: "The worker met an error that it can not explain."))
        }
    }

    private static let inputGone = Failure(
        .missing, "input_gone", "The file of this job is not in the store any more; make a new job with it.")

    /// File and steps stay as they are: what they are the reason of would fail again.
    private static func category(_ failure: TabularFailure) -> FailureCategory {
        switch failure.code {
        case "disk_full", "output_unwritable", "input_unreadable", "input_changed": .recoverable
        case "out_of_memory", "output_limit": .requiresConfig
        default: .permanent
        }
    }

    private static func work(_ order: WorkOrder, _ report: @escaping @Sendable (WorkReport) -> Void) throws {
        guard let input = order.input else { throw inputGone }
        guard let name = order.spec["output_name"]?.stringValue,
            let format = order.spec["output_format"]?.stringValue.flatMap(Format.init)
        else { throw Failure(.invalid, "invalid_order", "The work order is incomplete.") }
        let fileName = order.spec["file_name"]?.stringValue ?? ""
        let recipe = try Recipe(order.spec["steps"] ?? [])
        let (output, rejects) = ("\(order.staging)/output", "\(order.staging)/rejects")
        let start = ContinuousClock.now
        var transformation = Transformation(
            input: input, inputFormat: Format.of(packedName: fileName), output: output, outputFormat: format, rejects: rejects,
            recipe: recipe, threads: order.threads,
            reading: try ReadOptions(order.spec["input_options"] ?? .null), inputName: fileName)
        transformation.writing = try WriteOptions(order.spec["output_options"] ?? .null, format: format)
        let type = transformation.writing.compression.mediaType ?? format.mediaType
        let outcome = try transformation.run { progress in report(.progress(Self.progress(progress, since: start))) }
        report(.artifact(try artifact(output, file: "output", name: name, role: "output", type: type)))
        if outcome.rejectsBytes > 0 {
            let base = name.prefix(upTo: name.range(of: "_processed.", options: .backwards)?.lowerBound ?? name.endIndex)
            report(
                .artifact(try artifact(rejects, file: "rejects", name: "\(base)_rejected.csv", role: "rejects", type: "text/csv"))
            )
        }
        report(.finished(result: result(outcome), isPartial: outcome.ledger.rowsRejected > 0))
    }

    private static func artifact(
        _ path: String, file: String, name: String, role: String, type: String
    ) throws -> WorkReport.MadeArtifact {
        // FileManager would look for the names of owner and group, which a worker may not.
        guard let sizeBytes = FolderStore.plainFileBytes(path) else {
            throw Failure(.unavailable, "artifact_missing", "The result is gone.")
        }
        return .init(
            file: file, name: name, role: role, sizeBytes: sizeBytes, sha256: try FileHash.sha256(path: path),
            contentType: type)
    }

    private static func progress(_ progress: Tabular.Progress, since start: ContinuousClock.Instant) -> Workers.Progress {
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 0.001)
        return Workers.Progress(
            fraction: min(max(progress.fraction, 0), 1), done: progress.bytesRead, total: progress.bytesTotal, unit: "bytes",
            rate: Double(progress.bytesRead) / seconds, message: progress.message, rows: progress.rowsRead)
    }

    /// Also what `quern transform --json` prints.
    package static func result(_ outcome: Outcome) -> JSON {
        [
            "ledger": [
                "rows_read": .int(outcome.ledger.rowsRead), "rows_written": .int(outcome.ledger.rowsWritten),
                "rows_filtered": .int(outcome.ledger.rowsFiltered), "rows_rejected": .int(outcome.ledger.rowsRejected),
            ],
            "columns": .array(
                outcome.columns.map { ["name": .string($0.name), "type": .string($0.type), "nullable": .bool($0.nullable)] }),
            "dialect": dialect(outcome.dialect), "remarks": .array(remarks(outcome).map { .string($0) }),
            "output_bytes": .int(outcome.outputBytes),
            "formula_safe": ["output": .bool(outcome.isOutputFormulaSafe), "rejects": .bool(outcome.areRejectsFormulaSafe)],
        ]
    }

    private static func dialect(_ dialect: Dialect) -> JSON {
        var members: [String: JSON] = [
            "encoding": .string(dialect.encoding), "delimiter": .string(dialect.delimiter), "quote": .string(dialect.quote),
            "header": .bool(dialect.header), "format": .string(dialect.format), "compression": .string(dialect.compression),
            "confidence": .object(dialect.confidence.mapValues { .double(($0 * 100).rounded() / 100) }),
            "notes": .array(dialect.notes.map { .string($0) }),
        ]
        if dialect.format == Format.csv.rawValue {
            members["escape"] = .string(dialect.escape)
            members["header_lines"] = .int(Int64(dialect.headerLines))
            members["skip_lines"] = .int(Int64(dialect.skippedLines))
            members["comment"] = .string(dialect.comment)
            members["trailing_delimiters"] = .bool(dialect.trailingDelimiters)
            members["trim_spaces"] = .bool(dialect.trimSpaces)
            members["ragged"] = .string(dialect.ragged)
        } else {
            members["path"] = .string(dialect.path)
        }
        return .object(members)
    }

    /// What somebody should know of how the rows were read, a sentence each.
    package static func remarks(_ outcome: Outcome) -> [String] {
        let remarks = outcome.remarks
        var lines = outcome.dialect.notes
        func count(_ number: Int64, _ one: String, _ many: String) {
            if number > 0 { lines.append(number == 1 ? "1 \(one)" : "\(number) \(many)") }
        }
        count(remarks.comments, "line was a comment.", "lines were comments.")
        count(
            remarks.padded, "row had too few fields; what it lacks is null.", "rows had too few fields; what they lack is null.")
        count(remarks.cut, "row had too many fields; the last were dropped.", "rows had too many fields; the last were dropped.")
        count(remarks.mended, "row had a stray quote, which was read as text.", "rows had stray quotes, which were read as text.")
        count(remarks.spaced, "line held nothing but spaces.", "lines held nothing but spaces.")
        count(remarks.duplicateKeys, "object had a key twice; the last counted.", "objects had a key twice; the last counted.")
        if !remarks.nullWordColumns.isEmpty {
            let names =
                remarks.nullWordColumns.prefix(8).joined(separator: ", ") + (remarks.nullWordColumns.count > 8 ? ", …" : "")
            lines.append("Words such as NA became null in \(names).")
        }
        if !remarks.roundedColumns.isEmpty {
            let names = remarks.roundedColumns.prefix(8).joined(separator: ", ") + (remarks.roundedColumns.count > 8 ? ", …" : "")
            lines.append("Some numbers have more digits than a double keeps, and were rounded: \(names).")
        }
        for (column, number) in remarks.incomparable.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "\(number == 1 ? "1 cell" : "\(number) cells") of \(column) could not be compared by a filter, and \(number == 1 ? "its row was" : "their rows were") not let through."
            )
        }
        return lines
    }

    // MARK: Preview

    /// What `quern sniff --json` prints and `POST /transform/sniff` answers.
    ///
    /// - Parameters:
    ///   - columns: so many are shown at most; `column_count` tells how many there are.
    ///   - cellBytes: what is longer is cut.
    package static func preview(_ preview: Preview, columns: Int = .max, cellBytes: Int = .max) -> JSON {
        let names = Set(preview.columns.prefix(columns).map(\.name))
        let rows = rows(preview).arrayValue ?? []
        return [
            "dialect": dialect(preview.dialect), "column_count": .int(Int64(preview.columns.count)),
            "columns": .array(
                preview.columns.prefix(columns).map {
                    ["name": .string($0.name), "type": .string($0.type), "nullable": .bool($0.nullable)]
                }),
            "rows": .array(rows.map { clipped($0, names, columns: columns, cellBytes) }),
            "rejected_at_head": .int(preview.rejectedAtHead),
            "null_word_columns": .array(preview.nullWordColumns.map { .string($0) }),
        ]
    }

    private static func clipped(_ row: JSON, _ names: Set<String>, columns: Int, _ bytes: Int) -> JSON {
        guard case .object(let members) = row, columns < .max || bytes < .max else { return row }
        return .object(
            members.filter { columns == .max || names.contains($0.key) }.mapValues { value in
                switch value {
                case .string(let text) where text.utf8.count > bytes: .string(text.clipped(bytes: bytes) + "…")
                case .object, .array: .string(value.text.clipped(bytes: bytes))
                default: value
                }
            })
    }

    /// The first rows as objects.
    package static func rows(_ preview: Preview) -> JSON {
        // As an array first: bytes of `Data` are slow to walk over one by one.
        .array(
            [UInt8](preview.rows).split(separator: UInt8(ascii: "\n")).compactMap {
                try? JSON(parsing: String(decoding: $0, as: UTF8.self))
            })
    }

    package struct Word: Sendable {
        package var name: String
        package var value: String
        /// Nil for what is no guess.
        package var confidence: Double?
    }

    /// The dialect for people.
    package static func dialectWords(_ dialect: Dialect) -> [Word] {
        var words = [
            Word(
                name: "Format",
                value: dialect.format + (dialect.compression == "none" ? "" : ", packed by \(dialect.compression)"))
        ]
        words.append(Word(name: "Encoding", value: dialect.encoding, confidence: dialect.confidence["encoding"]))
        guard dialect.format == Format.csv.rawValue else {
            if !dialect.path.isEmpty { words.append(Word(name: "Rows at", value: dialect.path)) }
            return words
        }
        let shown = ["\t": "tab", " ": "space", "\u{1F}": "unit separator"][dialect.delimiter] ?? dialect.delimiter
        words.append(Word(name: "Delimiter", value: shown, confidence: dialect.confidence["delimiter"]))
        words.append(
            Word(
                name: "Quote",
                value: dialect.quote.isEmpty
                    ? "none" : dialect.quote + (dialect.escape == "double" ? "" : ", escaped by a backslash")))
        words.append(
            Word(
                name: "Header",
                value: dialect.headerLines == 0 ? "none" : dialect.headerLines == 1 ? "1 line" : "\(dialect.headerLines) lines",
                confidence: dialect.confidence["header"]))
        if dialect.skippedLines > 0 { words.append(Word(name: "Skipped", value: "\(dialect.skippedLines) lines")) }
        if !dialect.comment.isEmpty { words.append(Word(name: "Comments", value: "lines that begin with \(dialect.comment)")) }
        return words
    }
}
