import CSandbox
import Core
import Foundation
import SandboxTrial
import Testing
import Workers

/// Each call in a process of its own that has confined itself as a worker does, also as an older kernel would hold it.
@Suite("Confining a worker", .serialized, .enabled(if: quern_landlock_abi() > 0, "This kernel has no Landlock."))
struct ConfinementTests {
    private static let newest = Int32(QUERN_ANY_LANDLOCK)
    /// Newest; of Debian 12; of the first kernel that had it; none.
    static let versions: [Int32] = [newest, 2, 1, 0]

    private static let offline = Int32(QUERN_OFFLINE.rawValue)
    private static let network = Int32(QUERN_NETWORK.rawValue)

    private func run(_ trial: Int32, _ version: Int32, _ profile: Int32 = offline) throws -> Int32 {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quern-trial-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return trial_run(trial, folder, version, profile)
    }

    private var trials: [(id: Int32, name: String, promise: trial_promise)] {
        (0..<trial_count()).map { ($0, String(cString: trial_name($0)), trial_promise($0)) }
    }

    @Test func `the list is long, and most of it works for a process that is free`() throws {
        #expect(trials.count >= 100)
        let working = trials.filter { trial_works_free($0.id) != 0 }
        #expect(working.count >= 75)
        for trial in working {
            let answer = try run(trial.id, Int32(TRIAL_FREE))
            #expect(answer == 0, "\(trial.name) does not work at all: \(answer)")
        }
    }

    @Test(arguments: versions) func `what a worker needs goes through`(version: Int32) throws {
        for trial in trials where trial.promise == TRIAL_ALLOWED || trial.promise == TRIAL_OWN_FILE {
            let answer = try run(trial.id, version)
            #expect(answer == 0, "\(trial.name): \(answer)")
        }
    }

    @Test(arguments: versions) func `a worker for the network reaches out, and opens no file`(version: Int32) throws {
        for trial in trials where trial.promise == TRIAL_ALLOWED || trial.promise == TRIAL_NETWORK {
            let answer = try run(trial.id, version, Self.network)
            #expect(answer == 0 || answer == EAFNOSUPPORT, "\(trial.name): \(answer)")
        }
        for trial in trials where trial.promise == TRIAL_OWN_FILE && version > 0 {
            #expect(try run(trial.id, version, Self.network) > 0, "\(trial.name) went through")
        }
    }

    @Test(arguments: versions, [offline, network])
    func `everything else is refused, one by one`(version: Int32, profile: Int32) throws {
        let refused = trials.filter { trial in
            trial.promise == TRIAL_REFUSED || trial.promise == TRIAL_REFUSED_FILE && version > 0
                || trial.promise == TRIAL_NETWORK && profile == Self.offline
        }
        for trial in refused {
            let answer = try run(trial.id, version, profile)
            // A signal of its own is the end that hostile calls get.
            #expect(answer > 0 || answer == -SIGSYS, "\(trial.name) went through: \(answer)")
        }
    }

    @Test func `the layers that hold are told`() {
        let all = Int32(QUERN_LANDLOCK | QUERN_SECCOMP | QUERN_NO_NEW_PRIVS)
        for profile in [Self.offline, Self.network] {
            #expect(trial_layers(Self.newest, profile) == all)
            #expect(trial_layers(0, profile) == all & ~Int32(QUERN_LANDLOCK))
        }
    }

    @Test func `a missing layer has a warning with what to do`() {
        let whole = Confinement(landlock: 2, seccomp: true, noNewPrivileges: true)
        #expect(whole.isWhole && whole.warning == nil)
        #expect(whole.text == "files by Landlock 2, system calls by seccomp, no new privileges")
        for poor in [
            Confinement(landlock: 0, seccomp: true, noNewPrivileges: true),
            Confinement(landlock: 7, seccomp: false, noNewPrivileges: true), .none,
        ] {
            #expect(!poor.isWhole)
            #expect(poor.warning?.contains("QUERN_SANDBOX=required") == true)
            #expect(poor.json["complete"] == false)
        }
        #expect(Confinement.none.text == "nothing")
    }

    @Test func `a program that says nothing of its layers is taken to have none`() async {
        #expect(await Confinement.ask(executable: "/bin/true", arguments: []) == .none)
        #expect(await Confinement.ask(executable: "/nonexistent", arguments: []) == .none)
    }
}
