import Accounts
import Core
import Foundation
import GRDB
import Jobs
import Storage
import TestKit
import Testing
import Tracking
import Workers

/// A job of 1,000 units whose server and workers are killed at random. The server is `UnitTrial`, a process of its own.
@Suite("Units and sudden death")
struct UnitCrashTests {
    let workshop: Workshop
    let store: JobStore

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        store = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()))
    }

    private static let count = 1000
    private static let kills = 24

    /// Unit 100 brings its worker down, every hundredth that ends in 50 fails for good, and 70 until it is mended. Each writes down
    /// that it was begun, and makes a file.
    private static let worker = """
        import json, os, signal, sys, time
        order = json.loads(sys.stdin.readline())
        log = open(FOLDER + "/begun", "a")
        def say(report):
            sys.stdout.write(json.dumps({"report": report}) + "\\n"); sys.stdout.flush()
        for unit in order["units"]:
            number = unit["number"]
            say({"unit": {"number": number}})
            log.write(f"{number}\\n"); log.flush()
            time.sleep(0.002)
            if number == 100: os.kill(os.getpid(), signal.SIGSEGV)
            if number % 100 == 50:
                say({"failed": {"code": "bad", "message": "Bad.", "category": "permanent"}}); continue
            if number % 100 == 70 and not os.path.exists(FOLDER + "/mended"):
                say({"failed": {"code": "weak", "message": "Weak."}}); continue
            open(order["staging"] + f"/made-{number}", "w").write(unit["key"])
            say({"artifact": {"_0": {"file": f"made-{number}", "name": "made.txt", "role": "output", "sizeBytes": len(unit["key"]),
                "sha256": "0" * 64, "contentType": "text/plain"}}})
            say({"finished": {"result": {"number": number}, "isPartial": False}})
        """

    private func start() throws -> Process {
        let trial = Process()
        let tests = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        trial.executableURL = tests.deletingLastPathComponent().appending(path: "UnitTrial")
        trial.arguments = [workshop.folder.path, workshop.folder.path + "/script.py"]
        try trial.run()
        return trial
    }

    private func begun() -> [Int] {
        let text = (try? String(contentsOfFile: workshop.folder.path + "/begun", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Int($0) }
    }

    /// Kills a worker of a process; false when it has none at the moment.
    private func killWorker(of trial: Process) -> Bool {
        let path = "/proc/\(trial.processIdentifier)/task"
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let children = tasks.flatMap { task in
            ((try? String(contentsOfFile: "\(path)/\(task)/children", encoding: .utf8)) ?? "").split(separator: " ")
        }
        guard let worker = children.compactMap({ Int32($0) }).randomElement() else { return false }
        return kill(worker, SIGKILL) == 0
    }

    @Test(.timeLimit(.minutes(3))) func `each of 1,000 units ends once, whoever is killed, and only what failed is tried again`()
        async throws
    {
        try Data(("FOLDER = \"\(workshop.folder.path)\"\n" + Self.worker).utf8).write(
            to: URL(fileURLWithPath: workshop.folder.path + "/script.py"))
        let made = try await store.create(Job(owner: .ada, kind: "trial", name: "\(Self.count)", at: .now))
        _ = try await store.change(made.id.rawValue, by: .ada, event: nil) { job, _ in
            try job.enqueue(input: "input/\(job.id)/none", at: .now)
        }
        // What had ended at a kill of the server, and how many beginnings were written down then.
        var ended: [(units: Set<Int>, begun: Int)] = []
        var trial = try start()
        for number in 0..<Self.kills {
            try await Task.sleep(for: .milliseconds(.random(in: 60...250)))
            if number % 2 == 0 {
                _ = killWorker(of: trial)
            } else {
                kill(trial.processIdentifier, SIGKILL)
                trial.waitUntilExit()
                // The worker goes with its server, and writes nothing any more when it is gone.
                try await Task.sleep(for: .milliseconds(50))
                let units = try await store.units(of: made.id).filter { $0.state != .pending }.map(\.number)
                ended.append((Set(units), begun().count))
                trial = try start()
            }
        }
        trial.waitUntilExit()
        #expect(trial.terminationStatus == 0)
        #expect(ended.contains { !$0.units.isEmpty && $0.units.count < Self.count }, "no kill came in the middle")

        let job = try await store.find(made.id.rawValue, for: .ada)
        #expect(job.state == .partial)
        let units = try await store.units(of: made.id)
        #expect(units.map(\.number) == Array(1...Self.count))
        for unit in units {
            let expected: Jobs.Unit.State = unit.number == 100 || [50, 70].contains(unit.number % 100) ? .failed : .completed
            #expect(unit.state == expected, "unit \(unit.number): \(unit.errorMessage ?? "")")
        }
        let all = begun()
        for kept in ended {
            let again = Set(all[kept.begun...]).intersection(kept.units)
            #expect(again.isEmpty, "done again: \(again.sorted())")
        }
        // A kill costs the unit in hand, and those few whose ends were on their way to the disk.
        #expect(all.count <= Self.count + 10 * Self.kills)
        let details = try await store.details(made.id.rawValue, for: .ada)
        #expect(try await store.artifacts(of: made.id.rawValue, for: .ada).artifacts.count == Self.count - 21)
        #expect(workshop.objectFiles.count == Self.count - 21)
        #expect(details.retryable == 11)

        try Data().write(to: URL(fileURLWithPath: workshop.folder.path + "/mended"))
        _ = try await store.retryFailures(made.id.rawValue, by: .ada)
        let last = try start()
        last.waitUntilExit()
        let retried = begun().dropFirst(all.count)
        #expect(Set(retried) == Set([100] + stride(from: 70, through: 970, by: 100)))
        let counts = try await store.find(made.id.rawValue, for: .ada).result["units"]
        #expect(counts == ["total": 1000, "pending": 0, "completed": 989, "partial": 0, "failed": 11])
    }
}
