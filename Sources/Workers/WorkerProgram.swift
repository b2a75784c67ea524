/// Where workers come from: a program, and the words that make it one.
package struct WorkerProgram: Sendable {
    package let executable: String
    package let arguments: [String]

    package init(executable: String, arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// This executable itself.
    package static let own = WorkerProgram(executable: "/proc/self/exe", arguments: ["worker"])
}
