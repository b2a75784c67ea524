import CSandbox
package import Core
import Foundation

/// The layers that hold a worker, as the kernel granted them: what a worker says first.
package struct Confinement: Sendable, Codable, Equatable {
    /// The version of Landlock that holds; 0 for none. A worker opens its input and its staging folder, and nothing else.
    package let landlock: Int
    /// A worker makes no system call but those that reading, computing and writing take.
    package let seccomp: Bool
    /// Nothing that a worker starts could gain privileges.
    package let noNewPrivileges: Bool

    package init(landlock: Int, seccomp: Bool, noNewPrivileges: Bool) {
        self.landlock = landlock
        self.seccomp = seccomp
        self.noNewPrivileges = noNewPrivileges
    }

    init(_ held: quern_confinement) {
        func holds(_ layer: some BinaryInteger) -> Bool { held.layers & Int32(layer) != 0 }
        self.init(
            landlock: holds(QUERN_LANDLOCK) ? Int(held.landlock_abi) : 0, seccomp: holds(QUERN_SECCOMP),
            noNewPrivileges: holds(QUERN_NO_NEW_PRIVS))
    }

    package static let none = Confinement(landlock: 0, seccomp: false, noNewPrivileges: false)

    /// Whether every layer holds. The versions of Landlock differ only in what the other layers refuse as well.
    package var isWhole: Bool { landlock > 0 && seccomp && noNewPrivileges }

    /// Such as `files by Landlock 7, system calls by seccomp, no new privileges`.
    package var text: String {
        let layers = [
            landlock > 0 ? "files by Landlock \(landlock)" : nil, seccomp ? "system calls by seccomp" : nil,
            noNewPrivileges ? "no new privileges" : nil,
        ].compactMap { $0 }
        return layers.isEmpty ? "nothing" : layers.joined(separator: ", ")
    }

    /// What an operator should know; nil when every layer holds.
    package var warning: String? {
        if isWhole { return nil }
        let risk =
            switch (landlock > 0, seccomp) {
            case (true, true), (true, false): "it could still use system calls that its work does not need"
            case (false, true): "it could read and overwrite files of the server's user"
            case (false, false): "it could do whatever the server's user may do"
            }
        return "Workers are held by \(text). If a hostile file takes over a worker, \(risk). "
            + "Use a kernel with Landlock (5.13 or newer) and seccomp, and let no container policy forbid them; "
            + "QUERN_SANDBOX=required refuses to start without them."
    }

    package var json: JSON {
        [
            "landlock": .int(Int64(landlock)), "seccomp": .bool(seccomp), "no_new_privileges": .bool(noNewPrivileges),
            "complete": .bool(isWhole),
        ]
    }

    /// The kind of an order that asks for nothing but this.
    package static let kind = "confinement"

    /// Confines this process, for good, to an order. Who may reach the network gets no files.
    package static func enter(_ order: WorkOrder) -> Confinement {
        let isOffline = order.profile == .offline
        let readable = isOffline ? ([order.input] + order.units.map(\.file)).compactMap { $0 } : []
        // An order that makes no files names no folder.
        let writable = isOffline && !order.staging.isEmpty ? [order.staging] : []
        return withCStrings(readable) { read in
            withCStrings(writable) { write in
                Confinement(
                    quern_confine(
                        read.baseAddress, read.count, write.baseAddress, write.count, Int32(QUERN_ANY_LANDLOCK),
                        isOffline ? QUERN_OFFLINE : QUERN_NETWORK))
            }
        }
    }

    private static func withCStrings<Value>(
        _ texts: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer(body)
    }

    /// Starts a worker to hear how it is held. `none` when it can not be heard.
    package static func ask(executable: String, arguments: [String]) async -> Confinement {
        let order = WorkOrder(
            kind: kind, input: nil, staging: "", threads: 1, spec: [:])
        guard let line = try? JSONEncoder().encode(order),
            let worker = try? WorkerProcess.start(
                executable: executable, arguments: arguments, environment: ["LANG": "C.UTF-8"], niceness: 0)
        else { return .none }
        do {
            try worker.limit(askingLimits)
            try worker.send(line)
        } catch {
            worker.kill()
        }
        var held = Confinement.none
        for await message in worker.messages {
            if case .line(let line) = message, case .confined(let told) = try? WorkMessage(line: line).report { held = told }
        }
        return held
    }

    private static let askingLimits = WorkerLimits(
        addressSpaceBytes: 1 << 30, cpuSeconds: 5, outputBytes: 0, openFiles: 64, heartbeatSeconds: nil, wallSeconds: 5)
}
