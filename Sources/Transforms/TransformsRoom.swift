package import Jobs
package import NIOPosix
package import Storage
package import Web
package import Workers

/// Transformations of tables.
package struct TransformsRoom: Room {
    package static let kinds = [TransformJob.kind]

    private let jobs: TransformRoutes
    private let sniff: SniffRoutes
    private let oneCall: OneCallRoutes
    private let forms: TransformPages

    /// - Parameters:
    ///   - files: threads that wait for files.
    ///   - rendering: threads that compute.
    package init(
        machine: JobMachine, routes: JobRoutes, worker: WorkerProgram, objects: any ObjectStore, staging: String,
        signer: ObjectSigner, pages: Pages, bodies: Bodies, uploadLimitBytes: Int64, files: NIOThreadPool,
        rendering: NIOThreadPool
    ) {
        let (store, engine) = (machine.store, machine.engine)
        jobs = TransformRoutes(store: store, jobs: routes, bodies: bodies, engine: engine, objects: objects, signer: signer)
        sniff = SniffRoutes(worker: worker, objects: objects, staging: staging, threads: files)
        oneCall = OneCallRoutes(
            store: store, jobs: routes, engine: engine, objects: objects, uploadLimitBytes: uploadLimitBytes, threads: rendering)
        forms = TransformPages(
            store: store, engine: engine, objects: objects, pages: pages, uploadLimitBytes: uploadLimitBytes, threads: rendering)
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        jobs.routes(routes)
        sniff.routes(routes)
        oneCall.routes(routes)
    }

    package func pages(_ routes: Routes<AppRequestContext>) { forms.routes(routes) }
}
