import Assembly
import Core
import Foundation

/// The file that developers read along: `.devlogs/orch-<ORCH_ID>.log` below the working directory, with a line of JSON for each
/// line of the log. It only grows, over restarts too, and is its owner's alone.
struct LogFile: Sendable {
    let descriptor: Int32

    /// - Returns: nil unless `QUERN_ENV` is `development`.
    /// - Throws: `Failure` `invalid_setting`, `log_file_unwritable`.
    init?(_ settings: Settings) throws {
        let environment = settings.text("QUERN_ENV")
        guard ["production", "development"].contains(environment) else {
            throw Failure(.invalid, "invalid_setting", "QUERN_ENV must be production or development.")
        }
        let id = settings.text("ORCH_ID")
        // The id is part of a path.
        guard id.wholeMatch(of: /[A-Za-z0-9._\-]{1,64}/) != nil, !id.allSatisfy({ $0 == "." }) else {
            throw Failure(
                .invalid, "invalid_setting", "ORCH_ID may have 1 to 64 letters, digits, dots, underscores and hyphens.")
        }
        guard environment == "development" else { return nil }
        let path = ".devlogs/orch-\(id).log"
        mkdir(".devlogs", 0o700)
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .invalid, "log_file_unwritable",
                "\(path) can not be written (\(String(cString: strerror(errno)))); start where it can, or without QUERN_ENV=development."
            )
        }
    }
}
