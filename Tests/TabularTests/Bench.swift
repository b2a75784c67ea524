import Foundation
import Testing

@testable import Tabular

/// A folder for one test, with short ways to transform text in it.
final class Bench {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("quern-tabular-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    struct Result {
        var outcome: Outcome
        var output: Data
        var rejects: String?

        var text: String { String(decoding: output, as: UTF8.self) }
        var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    }

    /// Small blocks, so that even short files have many of them.
    static func limits(blockBytes: Int = 64) -> TabularLimits {
        var limits = TabularLimits()
        limits.blockBytes = blockBytes
        limits.lookaheadBytes = 16
        return limits
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func transform(
        _ input: Data, as name: String = "in.csv", to format: Format = .csv, steps: [Step] = [], threads: Int = 2,
        limits: TabularLimits = Bench.limits()
    ) throws -> Result {
        try input.write(to: URL(fileURLWithPath: path(name)))
        let transformation = Transformation(
            input: path(name), inputFormat: nil, output: path("out"), outputFormat: format, rejects: path("rejects.csv"),
            recipe: Recipe(steps: steps), threads: threads, limits: limits)
        let outcome = try transformation.run { _ in }
        #expect(outcome.ledger.isBalanced)
        let output = try Data(contentsOf: URL(fileURLWithPath: path("out")))
        #expect(Int64(output.count) == outcome.outputBytes)
        let rejects = FileManager.default.contents(atPath: path("rejects.csv"))
        #expect(Int64(rejects?.count ?? 0) == outcome.rejectsBytes)
        #expect((rejects != nil) == (outcome.ledger.rowsRejected > 0))
        return Result(outcome: outcome, output: output, rejects: rejects.map { String(decoding: $0, as: UTF8.self) })
    }

    func transform(
        _ input: String, as name: String = "in.csv", to format: Format = .csv, steps: [Step] = [], threads: Int = 2,
        limits: TabularLimits = Bench.limits()
    ) throws -> Result {
        try transform(Data(input.utf8), as: name, to: format, steps: steps, threads: threads, limits: limits)
    }

    /// The code of the failure that the transformation ends with.
    func failure(
        _ input: String, as name: String = "in.csv", to format: Format = .csv, steps: [Step] = [],
        limits: TabularLimits = Bench.limits()
    ) -> String? {
        do {
            _ = try transform(input, as: name, to: format, steps: steps, limits: limits)
            return nil
        } catch let failure as TabularFailure {
            // Nothing that could be taken for a result is left behind.
            #expect(!FileManager.default.fileExists(atPath: path("out")))
            return failure.code
        } catch {
            return "\(error)"
        }
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
