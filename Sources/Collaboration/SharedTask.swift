package import Core
import Web

/// A to-do item that everybody of a tenant shares. Every change makes a new version of it.
package struct SharedTask: Sendable, Equatable, Codable {
    package let id: ID<SharedTask>
    package let tenant: String
    /// 1 when it is made; each change adds one.
    package var version: Int
    package var title: String
    package var description: String?
    /// The e-mail address of whoever does it.
    package var assignee: String?
    package var isDone: Bool
    /// Tasks stand in the order of this number; between two there is always room for a third.
    package var position: Double
    package var isDeleted: Bool
    /// The version that the present content comes from: itself, or an older one that an undo went back to.
    package var basis: Int
    package let createdAt: Moment
    package let createdBy: String
    package var updatedAt: Moment
    package var updatedBy: String
    /// Of the answer, written with the task.
    package var entityTag: String

    package init(_ draft: TaskEdit, title: String, position: Double, by caller: Caller, at now: Moment) {
        id = ID()
        tenant = caller.tenant
        version = 1
        basis = 1
        self.title = title
        description = draft.description?.value
        assignee = draft.assignee?.value
        isDone = draft.isDone ?? false
        self.position = draft.position ?? position
        isDeleted = false
        createdAt = now
        createdBy = caller.email
        updatedAt = now
        updatedBy = caller.email
        entityTag = ""
        entityTag = ETag.of(json)
    }

    package enum Limits {
        /// Letters; `TextLimits` tells how many bytes that makes.
        package static let title = 255
        package static let description = 10_000
        /// Versions of one task, and bytes of their texts: older ones are forgotten, and an undo goes no further back.
        package static let versions = 1000
        package static let versionBytes = 2_097_152
        /// Of one tenant; a list is answered whole.
        package static let most = 10_000
        /// Numbers beyond this lose their last digits.
        package static let position = 1e15
    }

    /// What a version holds beside who made it.
    package struct Content: Sendable, Equatable {
        package var title: String
        package var description: String?
        package var assignee: String?
        package var isDone: Bool
        package var position: Double
        package var isDeleted: Bool
    }

    package var content: Content {
        get {
            Content(
                title: title, description: description, assignee: assignee, isDone: isDone, position: position,
                isDeleted: isDeleted)
        }
        set {
            title = newValue.title
            description = newValue.description
            assignee = newValue.assignee
            isDone = newValue.isDone
            position = newValue.position
            isDeleted = newValue.isDeleted
        }
    }

    package enum Action: String, Sendable, Codable { case created, changed, deleted, undone }

    /// Takes on another content, as a new version.
    /// - Parameter basis: the version that the content comes from; nil when it is new.
    /// - Returns: false when nothing is different, and the version stays.
    package mutating func take(_ content: Content, from basis: Int? = nil, by caller: Caller, at now: Moment) -> Bool {
        guard content != self.content || basis != nil else { return false }
        self.content = content
        version += 1
        self.basis = basis ?? version
        updatedAt = now
        updatedBy = caller.email
        entityTag = ETag.of(json)
        return true
    }

    /// Changes when the answers to equal tasks would: another version of the program may add a member.
    package static var shape: String {
        let nobody = Caller(user: ID(), tenant: "", email: "", role: .member)
        var task = SharedTask(TaskEdit(), title: "title", position: 1, by: nobody, at: Moment(rawValue: 0))
        task.isDeleted = true
        guard case .object(var members) = task.json else { return "" }
        members["id"] = nil
        return ETag.of(.object(members))
    }

    /// What the document shows, and what it lacks.
    package var json: JSON {
        var members: [String: JSON] = [
            "id": .string(id.rawValue), "title": .string(title), "description": .optional(description),
            "version": .int(Int64(version)), "created_at": .string(createdAt.withoutZone),
            "updated_at": .string(updatedAt.withoutZone), "assignee": .optional(assignee), "done": .bool(isDone),
            "order": .double(position), "created_by": .string(createdBy), "updated_by": .string(updatedBy),
        ]
        if isDeleted { members["deleted"] = true }
        return .object(members)
    }
}

/// What somebody wants of a task; nil leaves a thing as it is.
package struct TaskEdit: Sendable {
    /// A value that may be taken away.
    package enum Change: Sendable, Equatable {
        case set(String)
        case clear

        package var value: String? { if case .set(let text) = self { text } else { nil } }

        package init(_ text: String?) { self = text.map(Self.set) ?? .clear }
    }

    /// Beside another task.
    package enum Place: Sendable, Equatable {
        case before(String)
        case after(String)
    }

    package var title: String?
    package var description: Change?
    package var assignee: Change?
    package var isDone: Bool?
    package var position: Double?
    package var place: Place?

    package init() {}

    private enum Limits {
        /// A little more than an address may have.
        static let assignee = 320
    }

    package static let draftMembers = ["title", "description", "assignee", "done", "order"]
    package static let members = draftMembers + ["before", "after"]

    /// - Parameter mayMove: `before` and `after` are members too.
    /// - Throws: `Failure` `unknown_field`, `missing_title`, `invalid_<name>`: names the field.
    package init(_ fields: Fields, mayMove: Bool) throws {
        try fields.mustBeKnown(mayMove ? Self.members : Self.draftMembers)
        if fields.value("title") != nil || !mayMove { title = try fields.text("title", limit: SharedTask.Limits.title) }
        if fields.value("description") != nil {
            description = Change(try fields.optionalText("description", limit: SharedTask.Limits.description))
        }
        if fields.value("assignee") != nil {
            assignee = Change(try fields.optionalText("assignee", limit: Limits.assignee)?.lowercased())
        }
        switch fields.value("done") ?? .null {
        case .null: break
        case .bool(let value): isDone = value
        case .int, .double, .string, .array, .object: throw Failure(.invalid, "invalid_done", "done must be true or false.")
        }
        position = try Self.number(fields.value("order") ?? .null)
        let (before, after) = (try fields.optionalText("before", limit: 64), try fields.optionalText("after", limit: 64))
        guard [before != nil, after != nil, position != nil].filter({ $0 }).count < 2 else {
            throw Failure(.invalid, "invalid_order", "Give one of order, before and after.")
        }
        place = before.map(Place.before) ?? after.map(Place.after)
    }

    private static func number(_ json: JSON) throws -> Double? {
        let number: Double
        switch json {
        case .null: return nil
        case .int(let value): number = Double(value)
        case .double(let value): number = value
        case .bool, .string, .array, .object: throw Failure(.invalid, "invalid_order", "order must be a number.")
        }
        guard abs(number) <= SharedTask.Limits.position else {
            throw Failure(.invalid, "invalid_order", "order must lie between -1e15 and 1e15.")
        }
        return number
    }

    /// The content with this change, but for the place beside another task.
    package func applied(to content: SharedTask.Content) -> SharedTask.Content {
        var content = content
        if let title { content.title = title }
        if let description { content.description = description.value }
        if let assignee { content.assignee = assignee.value }
        if let isDone { content.isDone = isDone }
        if let position { content.position = position }
        return content
    }
}
