import Core
import Foundation
import Logging
import NIOPosix
import Storage
import Workers

/// An attempt: a worker is given its order, heard until it ends, and what it did is written.
extension JobEngine {
    /// What a job consists of, as its kind says.
    nonisolated var units: @Sendable (Job) throws -> [JobStore.NewUnit] {
        { [works] job in try works[job.kind]?.units(job) ?? JobKind.single(job) }
    }

    func run(_ claim: JobStore.Claim, _ attempt: ID<Attempt>, _ worker: WorkerProcess) async {
        let job = claim.job
        let staging = "\(settings.staging)/\(attempt)"
        running[job.id] = Busy(
            worker: worker, profile: works[job.kind]?.profile ?? .offline, user: job.user, startedAt: job.startedAt ?? .now)
        logger.info(
            "attempt_started", metadata: ["job_id": "\(job.id)", "attempt": "\(job.attemptCount)", "worker": "\(worker.id)"])
        // What the last attempt had done says nothing of this one.
        board.begin(job.id)
        var refusal: AttemptEnding?
        var heard = WorkerTranscript(claim, unitsName: works[job.kind]?.unitsName ?? "units")
        do {
            let line = try await order(job, heard.given, staging: staging)
            try await threads.runIfActive {
                try FileManager.default.createDirectory(
                    atPath: staging, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            // A cancel that came between the claim and the line above found no worker to stop.
            if try await store.isRunning(job.id) && !isStopping {
                try worker.limit(settings.limits)
                try worker.send(line)
            } else {
                worker.kill()
            }
        } catch let unorderable as Unorderable {
            let failure = unorderable.failure
            refusal = .failed(code: failure.code, message: failure.message, category: unorderable.category)
            worker.kill()
        } catch {
            logger.error("order_failed", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
            refusal = .lost(code: "worker_lost", message: "The worker did not take the job.", heard.blame(isLimit: false))
            worker.kill()
        }
        for await message in worker.messages { await hear(message, of: job, attempt, worker, &heard, staging: staging) }
        let wasRefused = refusal != nil
        if isStopping { refusal = refusal.map { _ in .interrupted } }
        if running[job.id]?.isPreempted == true { refusal = refusal.map { _ in .preempted } }
        let ending = given(up: refusal ?? self.ending(of: job, &heard), job, heard)
        works[job.kind]?.aside?.attemptEnded(job.id)
        // Before the end is written: from then on another attempt may hold the job, and has its own entry here.
        running[job.id] = nil
        let isOver = await finish(job, attempt, ending, heard, staging: staging)
        if running[job.id] == nil {
            if isOver { vain[job.id] = nil }
            board.clear(job.id, isOver: isOver)
        }
        // What the machine could not do now, it can perhaps do later.
        if wasRefused, !isStopping { try? await Task.sleep(for: Self.recoveryPause) }
    }

    /// Why a job can not be given to any worker.
    private struct Unorderable: Error {
        let failure: Failure
        let category: FailureCategory
    }

    private func order(_ job: Job, _ units: [Unit], staging: String) async throws -> Data {
        guard let work = works[job.kind] else {
            throw Unorderable(
                failure: Failure(.unavailable, "unknown_kind", "This server can not run jobs of the kind \(job.kind)."),
                category: .recoverable)
        }
        let spec: JSON
        do {
            spec = try work.order(job)
        } catch let failure as Failure {
            throw Unorderable(failure: failure, category: .permanent)
        }
        let paths = work.unitsAreFiles ? try await store.paths(of: units) : [:]
        let order = WorkOrder(
            kind: job.kind, profile: work.profile, input: try await store.inputPath(job), staging: staging,
            threads: settings.threadsPerOrder,
            spec: spec, units: units.map { .init(number: $0.number, key: $0.key, file: paths[$0.key], isSuspect: $0.tries > 0) },
            correlation: job.correlation)
        return try JSONEncoder().encode(order)
    }

    private func hear(
        _ message: WorkerMessage, of job: Job, _ attempt: ID<Attempt>, _ worker: WorkerProcess, _ heard: inout WorkerTranscript,
        staging: String
    ) async {
        switch message {
        case .line(let line):
            // Who has lied once is not listened to any more.
            guard heard.refusal == nil else { return }
            running[job.id]?.heardAt = .now
            do {
                let message = try WorkMessage(line: line)
                heard.peakMemoryBytes = message.peakMemoryBytes ?? heard.peakMemoryBytes
                if settings.requiresConfinement { try heard.mustBeConfined(by: message.report) }
                if case .asked(let number, let unit, let question) = message.report {
                    try await answer(number, question, about: try heard.open(unit), of: job, attempt, worker)
                } else {
                    try await hear(message.report, of: job, attempt, &heard, staging: staging)
                }
            } catch let failure as Failure {
                logger.warning("worker_refused", metadata: ["job_id": "\(job.id)", "text": "\(failure.message)"])
                heard.refusal = failure
                worker.kill()
            } catch {
                logger.error("worker_unclear", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
                worker.kill()
            }
        case .flooded: logger.warning("worker_flooded", metadata: ["job_id": "\(job.id)"])
        case .exited(let exit): heard.exit = exit
        }
    }

    /// Questions of one worker that wait for an answer at once: one for each unit that it works on.
    private static let mostAsides = 64

    /// Keeps what a worker says while it works, and tells it. A worker of an attempt that counts no more hears nothing, and is ended.
    private func answer(
        _ number: Int, _ question: JSON, about unit: String, of job: Job, _ attempt: ID<Attempt>, _ worker: WorkerProcess
    ) async throws {
        /// A process that is gone needs no answer; one that reads none would wait for ever.
        @Sendable func send(_ value: JSON) {
            do {
                try worker.send(try JSONEncoder().encode(WorkAnswer(number: number, value: value)))
            } catch {
                worker.kill()
            }
        }
        switch try works[job.kind]?.aside?.answer(job, unit, question) {
        case .now(let value): return send(value)
        case .later(let value):
            guard let waiting = running[job.id]?.asides, waiting < Self.mostAsides else { throw WorkReport.invalid("question") }
            running[job.id]?.asides += 1
            Task {
                send(await value())
                // Another attempt may have begun meanwhile.
                if running[job.id]?.asides ?? 0 > 0 { running[job.id]?.asides -= 1 }
            }
            return
        case nil: break
        }
        guard let answerQuestion = works[job.kind]?.answerQuestion else { throw WorkReport.invalid("question") }
        guard let value = try await store.answer(question, about: unit, of: job.id, attempt, by: answerQuestion) else { return }
        send(value)
    }

    private func hear(
        _ report: WorkReport, of job: Job, _ attempt: ID<Attempt>, _ heard: inout WorkerTranscript, staging: String
    ) async throws {
        switch report {
        case .confined(let held): heard.confinement = held
        case .unit(let number):
            try heard.begin(number, at: .now)
            if heard.hasSeveral { board.post(heard.progress(nil), for: job.id, of: job.user) }
        case .progress(let progress):
            board.post(heard.hasSeveral ? heard.progress(progress) : progress, for: job.id, of: job.user)
        case .artifact(let artifact): try heard.take(artifact)
        case .asked: throw WorkReport.invalid("question")
        case .finished(let result, let isPartial):
            let unit = try heard.unitInHand()
            try works[job.kind]?.checkResult(result)
            heard.ended = UnitEnd(
                number: unit, ending: .done(result: result, isPartial: isPartial), startedAt: heard.unitStartedAt)
        case .failed(let code, let message, let category):
            heard.ended = UnitEnd(
                number: try heard.unitInHand(),
                ending: .failed(
                    code: code, message: message.clipped(bytes: WorkReport.Limits.messageBytes),
                    category: category ?? .recoverable),
                startedAt: heard.unitStartedAt)
        }
        // The only unit of a job ends with its worker.
        if heard.hasSeveral, let end = heard.ended { await keep(end, of: job, attempt, &heard, staging: staging) }
    }

    /// Writes the end of one unit of several, so that nothing can take it away any more.
    private func keep(
        _ end: UnitEnd, of job: Job, _ attempt: ID<Attempt>, _ heard: inout WorkerTranscript, staging: String
    ) async {
        var end = await placed(end, heard.artifacts, job, staging: staging, unit: end.number)
        let files = end.files
        while true {
            do {
                _ = try await store.end(end, of: job.id, attempt)
                break
            } catch let failure as Failure where !end.files.isEmpty {
                // The work is done, but can not be kept.
                end = end.failed(failure.code, failure.message)
            } catch {
                logger.error("unit_not_stored", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
                if isStopping || Task.isCancelled {
                    // The unit stays in hand, and is done once more by the next attempt. Its files are left to the next start, which
                    // knows whether the commit has reached the disk.
                    heard.ended = nil
                    return
                }
                try? await Task.sleep(for: Self.recoveryPause)
            }
        }
        await discard(files)
        heard.close(end.number)
        board.post(heard.progress(nil), for: job.id, of: job.user)
    }

    private static let unlikeItSaid = "The worker handed over a file that is not as it said."

    /// The larger of what was seen from outside, now and then, and what the worker says, which can not be more than it was given.
    private func peakMemory(_ heard: WorkerTranscript) -> Int64? {
        let most = Int64(clamping: settings.limits.addressSpaceBytes)
        let peak = max(heard.exit?.peakMemoryBytes ?? 0, heard.peakMemoryBytes.map { $0 <= most ? $0 : 0 } ?? 0)
        return peak > 0 ? peak : nil
    }

    private func ending(of job: Job, _ heard: inout WorkerTranscript) -> AttemptEnding {
        if heard.hasSeveral, isStopping, !heard.isDone { return .interrupted }
        if let refusal = heard.refusal {
            guard heard.hasSeveral else {
                // Nor is it believed what it said before.
                heard.ended = nil
                return .failed(code: refusal.code, message: refusal.message, category: .recoverable)
            }
            // Of several units only the one in hand is in doubt.
            guard let number = heard.inHand else {
                return .lost(code: refusal.code, message: refusal.message, heard.blame(isLimit: false))
            }
            heard.ended = UnitEnd(
                number: number, ending: .failed(code: refusal.code, message: refusal.message, category: .recoverable),
                startedAt: heard.unitStartedAt)
            return .lost(code: refusal.code, message: refusal.message, .nobody)
        }
        let isInOrder = heard.exit?.reason == .code(0)
        switch heard.ended?.ending {
        case .done where isInOrder, .failed: return .finished
        case .done, nil: heard.ended = nil
        }
        if heard.hasSeveral, isInOrder, heard.isDone { return .finished }
        if isStopping { return .interrupted }
        if running[job.id]?.isPreempted == true { return .preempted }
        let name = heard.nameInHand.map { " while it worked on \($0)" } ?? ""
        guard let exit = heard.exit else {
            return .lost(code: "worker_lost", message: "The worker was lost\(name).", heard.blame(isLimit: false))
        }
        if !exit.lastWords.isEmpty {
            logger.warning("worker_last_words", metadata: ["job_id": "\(job.id)", "text": "\(exit.lastWords.suffix(400))"])
        }
        let (code, message) = exit.explanation
        let explained = "\(message.hasSuffix(".") ? String(message.dropLast()) : message)\(name)."
        // What ran into a limit would run into it again; what died may do better in another process.
        return .lost(code: code, message: explained, heard.blame(isLimit: Self.limitCodes.contains(code)))
    }

    /// The third worker in a row that dies before it has begun anything is the last one. A server that starts anew counts anew.
    private func given(up ending: AttemptEnding, _ job: Job, _ heard: WorkerTranscript) -> AttemptEnding {
        guard case .lost(let code, let message, .nobody) = ending, heard.isVain else {
            vain[job.id] = nil
            return ending
        }
        vain[job.id, default: 0] += 1
        guard vain[job.id, default: 0] >= Unit.Limits.tries else { return ending }
        vain[job.id] = nil
        return .lost(code: code, message: "\(message) It was tried \(Unit.Limits.tries) times and is given up.", .all)
    }

    private static let limitCodes: Set<String> = ["memory_limit", "cpu_limit", "output_limit", "time_limit", "worker_flooded"]

    /// - Returns: whether the job has ended; else another attempt follows.
    private func finish(
        _ job: Job, _ attempt: ID<Attempt>, _ ending: AttemptEnding, _ heard: WorkerTranscript, staging: String
    ) async -> Bool {
        var heard = heard
        if heard.hasSeveral, let end = heard.ended { await keep(end, of: job, attempt, &heard, staging: staging) }
        var isOver = false
        var only = heard.hasSeveral ? nil : heard.ended
        if let end = only { only = await placed(end, heard.artifacts, job, staging: staging, unit: nil) }
        let files = only?.files ?? []
        await clear(staging)
        while true {
            do {
                let ended = try await store.finish(
                    job.id, attempt, ending, only: only, cpuSeconds: heard.exit?.cpuSeconds,
                    peakMemoryBytes: peakMemory(heard))
                isOver = ended?.state.isOver ?? false
                logger.info(
                    "attempt_ended", metadata: ["job_id": "\(job.id)", "state": "\(ended?.state.rawValue ?? "late")"])
                break
            } catch let failure as Failure where only.map({ !$0.files.isEmpty }) ?? false {
                // The work is done, but can not be kept: the job says so instead of running for ever.
                only = only?.failed(failure.code, failure.message)
            } catch {
                logger.error("attempt_not_stored", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
                // The next start recovers the job if this one can not, and knows what became of its files.
                if isStopping || Task.isCancelled { return isOver }
                try? await Task.sleep(for: Self.recoveryPause)
            }
        }
        await discard(files)
        return isOver
    }

    /// Gives the files of a unit their places in the store. What can not be kept has failed.
    private func placed(
        _ end: UnitEnd, _ artifacts: [WorkReport.MadeArtifact], _ job: Job, staging: String, unit: Int?
    ) async -> UnitEnd {
        var end = end
        do {
            for file in try files(of: end, artifacts, job, staging: staging, unit: unit) {
                let placed = try await store.objects.place(file.staged, as: file.key)
                end.files.append(.init(placed, name: file.name, role: file.role))
            }
            return end
        } catch let failure as Failure where failure.code != "artifact_invalid" {
            await discard(end.files)
            return end.failed(failure.code, failure.message)
        } catch {
            await discard(end.files)
            return end.failed("artifact_invalid", Self.unlikeItSaid)
        }
    }

    /// Takes away those files that no row names: the attempt came too late, or its end could not be written.
    private func discard(_ files: [JobStore.MadeFile]) async {
        guard !files.isEmpty else { return }
        do {
            try await store.discardUncommitted(files.map(\.placed))
        } catch {
            // The next start finds them.
            logger.warning("files_not_discarded", metadata: ["error": "\(error)"])
        }
    }

    private struct HandedOver {
        let staged: StagedFile
        let key: ObjectKey
        let name: String
        let role: String
    }

    /// - Parameter unit: the number of a unit among several, whose files have a folder of their own.
    private func files(
        of end: UnitEnd, _ artifacts: [WorkReport.MadeArtifact], _ job: Job, staging: String, unit: Int?
    ) throws -> [HandedOver] {
        guard case .done = end.ending else { return [] }
        let folder = "output/\(job.id)" + (unit.map { "/\($0)" } ?? "")
        return try artifacts.map { artifact in
            let name = ObjectKey.part(from: artifact.name)
            guard !artifact.file.contains("/"), artifact.file != "..", !artifact.file.isEmpty else {
                throw Failure(.invalid, "artifact_invalid", "An artifact lies outside its folder.")
            }
            let path = "\(staging)/\(artifact.file)"
            guard FolderStore.plainFileBytes(path) == artifact.sizeBytes else {
                throw Failure(.invalid, "artifact_invalid", "An artifact is missing or has another size.")
            }
            return HandedOver(
                staged: StagedFile(
                    path: path, sizeBytes: artifact.sizeBytes, sha256: artifact.sha256, contentType: artifact.contentType),
                key: try ObjectKey("\(folder)/\(name)"), name: name, role: artifact.role)
        }
    }

    private func clear(_ staging: String) async {
        await threads.runRegardless { [logger] in
            do {
                if access(staging, F_OK) == 0 { try FileManager.default.removeItem(atPath: staging) }
            } catch {
                // The next start empties the folder.
                logger.warning("staging_not_cleared", metadata: ["error": "\(error)"])
            }
        }
    }
}
