import Core
package import Web

extension RouteDeclaration {
    /// A route of one job, which may be unknown or somebody else's.
    package var ofJob: RouteDeclaration { refusing(.missing, "job_not_found").refusing(.forbidden, "job_not_yours") }
}
