package import Jobs
package import Web

/// Jobs without machine work.
package struct TrackingRoom: Room {
    package static let kinds = [TrackJob.kind]

    private let tracks: TrackPages

    package init(store: JobStore, pages: Pages, bodies: Bodies) {
        tracks = TrackPages(store: store, pages: pages, bodies: bodies)
    }

    package func pages(_ routes: Routes<AppRequestContext>) { tracks.routes(routes) }
}
