package import Core
package import Hummingbird
package import Logging
package import NIOPosix
package import Storage
package import Web

/// Jobs, who runs them, and what happened to them: what this room and those that add something to jobs share.
package struct JobMachine: Sendable {
    package let kinds: JobKinds
    package let store: JobStore
    package let engine: JobEngine
    package let events: EventLog
    package let board: ProgressBoard
    package let answer: JobAnswer
    /// Who may read and write the objects of jobs.
    package let objects: JobObjects
    /// Forms on the pages of jobs that were refused.
    package let refusedForms = RefusedJobForms()

    /// Puts right what an older version of the program, or a crash, has left.
    /// - Parameters:
    ///   - otherFolders: of the store, in which other rooms keep objects of jobs.
    ///   - isActive: whether the account of somebody may work.
    ///   - witness: writes down what an administrator does to somebody else's job.
    package init(
        _ storage: Storage, objects: any ObjectStore, kinds: [JobKind], otherFolders: [String], settings: JobEngine.Settings,
        threads: NIOThreadPool, isActive: @escaping JobStore.IsActive, witness: @escaping JobStore.Witness, logger: Logger
    ) async throws {
        self.kinds = JobKinds(kinds)
        events = EventLog(storage)
        board = ProgressBoard()
        answer = JobAnswer(kinds: self.kinds, board: board)
        store = JobStore(
            storage, objects: objects, answer: answer, otherFolders: otherFolders, isActive: isActive, witness: witness)
        try await store.fillLists()
        let recovered = try await store.recover()
        if recovered > 0 { logger.notice("jobs_recovered", metadata: ["count": "\(recovered)"]) }
        engine = JobEngine(
            store: store, board: board, kinds: self.kinds, settings: settings, threads: threads, logger: logger)
        self.objects = JobObjects(kinds: self.kinds, isActive: isActive)
    }
}

/// Forms on the pages of jobs that were refused, until the page has shown them.
package struct RefusedJobForms: Sendable {
    private let forms = RefusedForms<JobPageState>()

    /// Leads from a form that was refused to the page of its job, with what was said and the words that were typed.
    package func giveBack(
        _ id: String, _ context: SignedIn, _ state: JobPageState, _ failure: Failure
    ) throws -> Response {
        let key = try forms.keep(state, bytes: state.bytes, session: context.session?.id, or: failure)
        return Answer.redirect(to: "/dashboard/jobs/\(id.queryEscaped)?refused=\(key)")
    }

    func state(_ request: Request, _ context: SignedIn) -> JobPageState? {
        forms.value(Form(query: request)["refused"], session: context.session?.id)
    }
}
