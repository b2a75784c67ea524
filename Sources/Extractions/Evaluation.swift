import Core
import Jobs

/// How well an extraction went, by the policy `baseline_v1` of the extraction document: good from 85 points of 100, watch from 70; a
/// critical check that fails makes it bad.
struct Evaluation {
    let counts: Unit.Counts
    let results: [JSON]

    private struct Milestone {
        let name: String
        let weight: Double
        /// From 0 to 1.
        let score: Double
        var failed: [String] = []
    }

    private static let processedTarget = 0.8
    private static let good = 85.0
    private static let watch = 70.0

    private var milestones: [Milestone] {
        let total = Double(max(1, counts.total))
        let done = Double(counts.completed + counts.partial)
        let share = done / total
        let complete = Double(counts.completed) / max(1, done)
        let empty = results.count { ($0["chunks"]?.intValue ?? 0) == 0 }
        let chunked = results.isEmpty ? 0 : 1 - Double(empty) / Double(results.count)
        var extract = Milestone(name: "extract", weight: 25, score: min(1, share / Self.processedTarget))
        if counts.total > 0, done == 0 { extract.failed.append("nothing_extracted") }
        var chunk = Milestone(name: "chunk", weight: 20, score: chunked)
        if !results.isEmpty, empty == results.count { chunk.failed.append("empty_chunk_output") }
        return [
            extract, Milestone(name: "normalize", weight: 20, score: done == 0 ? 0 : complete), chunk,
            Milestone(name: "output", weight: 15, score: done == 0 ? 0 : 1),
        ]
    }

    var json: JSON {
        let milestones = milestones
        let weights = milestones.reduce(0) { $0 + $1.weight }
        let score = (milestones.reduce(0) { $0 + $1.weight * $1.score } / weights * 1000).rounded() / 10
        let failed = milestones.flatMap(\.failed)
        let verdict = !failed.isEmpty ? "bad" : score >= Self.good ? "good" : score >= Self.watch ? "watch" : "bad"
        var reasons = failed
        if counts.failed > 0 { reasons.append("files_failed") }
        if counts.partial > 0 { reasons.append("files_incomplete") }
        return [
            "policy_id": "baseline_v1", "policy_version": "1.0", "overall_score": .double(score), "verdict": .string(verdict),
            "milestones": .array(
                milestones.map {
                    [
                        "name": .string($0.name), "weight": .double($0.weight),
                        "score": .double(($0.score * 1000).rounded() / 10),
                    ]
                }),
            "failed_critical_checks": .array(failed.map { .string($0) }), "reason_codes": .array(reasons.map { .string($0) }),
        ]
    }
}
