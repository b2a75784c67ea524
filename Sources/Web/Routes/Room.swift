package import ServiceLifecycle

/// What a room hands to the product: its doors, and what runs beside them. Its migrations and kinds of jobs, which are needed
/// before anything stands, are static members of the same type.
package protocol Room: Sendable {
    /// Doors that know nobody: they stand before whoever asks is identified.
    func open(_ routes: Routes<AppRequestContext>)
    /// JSON doors, which are mounted at ``, `/api` and `/api/v1` alike.
    func routes(_ routes: Routes<AppRequestContext>)
    /// Pages, and JSON doors that have one address.
    func pages(_ routes: Routes<AppRequestContext>)
    var services: [any Service] { get }
}

extension Room {
    package func open(_ routes: Routes<AppRequestContext>) {}
    package func routes(_ routes: Routes<AppRequestContext>) {}
    package func pages(_ routes: Routes<AppRequestContext>) {}
    package var services: [any Service] { [] }
}
