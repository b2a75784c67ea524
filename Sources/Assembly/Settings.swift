package import Core
import Foundation
package import Logging

/// All settings with where each came from: flag, environment, file, default, in this order.
package struct Settings: Sendable {
    package enum Source: String, Sendable { case flag, environment, file, standard = "default" }
    package struct Value: Sendable {
        package let setting: Setting
        package let text: String
        package let source: Source

        /// What is wrong with it. Secrets are not repeated.
        var problem: String? {
            setting.kind.problem(text).map { "\(setting.name) must be \($0)" + (setting.isSecret ? "." : ", not \"\(text)\".") }
        }
    }

    package let values: [Value]
    /// Names in the environment that look like ours and are not; they are told, not obeyed.
    package let strangers: [String]

    /// - Parameters:
    ///   - flags: by setting name.
    ///   - file: path of a TOML or YAML file.
    /// - Throws: `Failure` `unknown_setting` (with the nearest known name), `invalid_setting`, `config_file`.
    package init(flags: [String: String], environment: [String: String], file: String?) throws {
        let fromFile = try file.map(ConfigFile.read) ?? [:]
        values = try Setting.all.map { setting in
            if let text = flags[setting.name] { return Value(setting: setting, text: text, source: .flag) }
            if let text = try Self.fromEnvironment(setting, environment) {
                return Value(setting: setting, text: text, source: .environment)
            }
            if let text = fromFile[setting.key] { return Value(setting: setting, text: text, source: .file) }
            return Value(setting: setting, text: setting.standard, source: .standard)
        }
        let names = Setting.all.map(\.name)
        strangers = environment.keys.filter { name in
            name.hasPrefix("QUERN_") && !names.contains(name) && !names.contains(String(name.dropLast("_FILE".count)))
                && names.contains { Nearest.distance($0, name) <= 2 }
        }.sorted()
    }

    /// `NAME`, or what the file named by `NAME_FILE` holds.
    private static func fromEnvironment(_ setting: Setting, _ environment: [String: String]) throws -> String? {
        if let text = environment[setting.name] { return text }
        guard let path = environment[setting.name + "_FILE"] else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.invalid, "invalid_setting", "\(setting.name)_FILE names \(path), which can not be read.")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// - Throws: `Failure` `invalid_setting`, with every setting that can not be used.
    package func check() throws {
        let problems = values.compactMap(\.problem)
        guard problems.isEmpty else { throw Failure(.invalid, "invalid_setting", problems.joined(separator: "\n")) }
    }

    // MARK: Reading one

    /// A choice is in small letters, however it was written.
    package func text(_ name: String) -> String {
        guard let value = values.first(where: { $0.setting.name == name }) else { return "" }
        if case .choice = value.setting.kind { return value.text.lowercased() }
        return value.text
    }
    package func optional(_ name: String) -> String? { text(name).isEmpty ? nil : text(name) }

    /// A setting of the kind `number`, in its range.
    /// - Throws: `Failure` `invalid_setting`.
    package func number<Number: FixedWidthInteger>(_ name: String, as type: Number.Type = Int.self) throws -> Number {
        guard let value = values.first(where: { $0.setting.name == name }), case .number = value.setting.kind else {
            preconditionFailure("\(name) is no setting that holds a number")
        }
        if let problem = value.problem { throw Failure(.invalid, "invalid_setting", problem) }
        guard let number = Number(value.text) else { preconditionFailure("\(name) has a range wider than its use") }
        return number
    }

    /// A setting of the kind `decimal`, in its range.
    /// - Throws: `Failure` `invalid_setting`.
    package func decimal(_ name: String) throws -> Double {
        guard let value = values.first(where: { $0.setting.name == name }), case .decimal = value.setting.kind else {
            preconditionFailure("\(name) is no setting that holds a decimal number")
        }
        if let problem = value.problem { throw Failure(.invalid, "invalid_setting", problem) }
        return Double(value.text) ?? 0
    }

    /// - Throws: `Failure` `invalid_setting`.
    package func flag(_ name: String) throws -> Bool {
        switch text(name).lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off", "": false
        default: throw Failure(.invalid, "invalid_setting", "\(name) must be true or false, not \(text(name)).")
        }
    }

    package var logLevel: Logger.Level {
        get throws {
            guard let level = Logger.Level(rawValue: text("QUERN_LOG_LEVEL")) else {
                let known = Logger.Level.allCases.map(\.rawValue)
                let hint = Nearest.name(to: text("QUERN_LOG_LEVEL"), in: known).map { " Did you mean \($0)?" } ?? ""
                throw Failure(
                    .invalid, "invalid_setting", "QUERN_LOG_LEVEL must be one of \(known.joined(separator: ", ")).\(hint)")
            }
            return level
        }
    }

    /// What `config show` tells: name, value (secrets masked), source.
    package var json: JSON {
        .array(
            values.map { value in
                [
                    "name": .string(value.setting.name), "key": .string(value.setting.key), "value": .string(Self.shown(value)),
                    "source": .string(value.source.rawValue), "meaning": .string(value.setting.meaning),
                ]
            })
    }

    package static func shown(_ value: Value) -> String {
        value.setting.isSecret && !value.text.isEmpty ? "********" : value.text
    }
}
