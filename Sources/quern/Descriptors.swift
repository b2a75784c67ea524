import Foundation

/// How many files and connections this process may have open.
enum Descriptors {
    /// Kept for the database, objects being read and written, and workers.
    private static let reserve = 256
    /// More connections than this are no use on one machine.
    private static let most = 16_384

    /// Takes what the system allows, not just what it gives.
    /// - Returns: how many connections can be served at once.
    static func raise() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return reserve }
        let wanted = min(limit.rlim_max, rlim_t(most + reserve))
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            guard setrlimit(resource, &limit) == 0 else { return reserve }
        }
        return max(reserve, min(Int(clamping: limit.rlim_cur), most + reserve) - reserve)
    }
}
