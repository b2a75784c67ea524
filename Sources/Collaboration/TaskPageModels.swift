import Core
import Web

/// Turns tasks into what the templates show, for one reader.
struct TaskPageModels: Sendable {
    let me: Caller
    /// Addresses of those who may be given work.
    let members: [String]

    /// Done tasks that a board shows at first.
    private static let doneShown = 50

    enum View: String, CaseIterable, Sendable {
        case all, mine, unassigned

        var label: String {
            switch self {
            case .all: "All"
            case .mine: "Mine"
            case .unassigned: "Unassigned"
            }
        }

        func shows(_ task: SharedTask, _ me: Caller) -> Bool {
            switch self {
            case .all: true
            case .mine: task.assignee == me.email
            case .unassigned: task.assignee == nil
            }
        }
    }

    /// What a form held when it was refused.
    struct Typed: Sendable {
        var title = ""
        var description = ""
        var assignee = ""
    }

    // MARK: The board

    func board(
        _ tasks: [SharedTask], view: View, showsAllDone: Bool, refused: (id: String?, problem: String, typed: Typed)?,
        lastEvent: Int64
    ) -> [String: Any] {
        let shown = tasks.filter { view.shows($0, me) }
        let done = shown.filter(\.isDone)
        let newest = Set(done.sorted { $0.updatedAt > $1.updatedAt }.prefix(Self.doneShown).map(\.id))
        let doneShown = showsAllDone || done.count <= Self.doneShown ? done : done.filter { newest.contains($0.id) }
        var doneColumn = column("done", "Done", doneShown, count: done.count, "Nothing done yet", refused)
        if doneShown.count < done.count {
            doneColumn["moreHref"] = "/dashboard/tasks?show=\(view.rawValue)&done=all"
            doneColumn["moreText"] = "Show all \(Wording.count(Int64(done.count)))"
        }
        let todo = shown.filter { !$0.isDone }
        let typed = refused?.id == nil ? refused?.typed ?? Typed() : Typed()
        var add: [String: Any] = [
            "name": typed.title, "text": typed.description, "isOpen": !typed.description.isEmpty || !typed.assignee.isEmpty,
            "assignees": choices(typed.assignee),
        ]
        if let refused, refused.id == nil { add["problem"] = refused.problem }
        return [
            "eventsUrl": "/api/v1/events?topics=tasks&last_event_id=\(lastEvent)", "show": view.rawValue,
            "filters": View.allCases.map { one in
                [
                    "label": one.label, "count": Wording.count(Int64(tasks.count { !$0.isDone && one.shows($0, me) })),
                    "href": "/dashboard/tasks?show=\(one.rawValue)", "isCurrent": one == view,
                ] as [String: Any]
            },
            "add": add, "hasTasks": !shown.isEmpty, "isFiltered": view != .all,
            "columns": [column("todo", "To do", todo, count: todo.count, "Nothing to do", refused), doneColumn],
        ]
    }

    private func column(
        _ name: String, _ heading: String, _ tasks: [SharedTask], count: Int, _ emptyText: String,
        _ refused: (id: String?, problem: String, typed: Typed)?
    ) -> [String: Any] {
        let cards = tasks.enumerated().map { index, task in
            card(
                task, isFirst: index == 0, isLast: index == tasks.count - 1,
                refused.flatMap { $0.id == task.id.rawValue ? ($0.problem, $0.typed) : nil })
        }
        return [
            "column": name, "heading": heading, "countText": Wording.count(Int64(count)), "emptyText": emptyText, "cards": cards,
        ]
    }

    private func card(
        _ task: SharedTask, isFirst: Bool, isLast: Bool, _ refused: (problem: String, typed: Typed)?
    ) -> [String: Any] {
        var model = common(task, refused)
        model.merge([
            "order": "\(task.position)", "href": "/dashboard/tasks/\(task.id)", "canMoveUp": !isFirst, "canMoveDown": !isLast,
            "editIsOpen": refused != nil,
        ]) { $1 }
        return model
    }

    private func common(_ task: SharedTask, _ refused: (problem: String, typed: Typed)?) -> [String: Any] {
        var model: [String: Any] = [
            "id": task.id.rawValue, "etag": task.entityTag, "name": task.title, "hasText": task.description != nil,
            "text": task.description ?? "", "isDone": task.isDone, "hasAssignee": task.assignee != nil,
            "assigneeText": task.assignee.map { name($0, "You") } ?? "",
            "initials": task.assignee?.first.map { String($0).uppercased() } ?? "", "changedBy": name(task.updatedBy),
            "changedAt": task.updatedAt.description, "changedText": Wording.time(task.updatedAt),
            "editName": refused?.typed.title ?? task.title, "editText": refused?.typed.description ?? task.description ?? "",
            "assignees": choices(refused?.typed.assignee ?? task.assignee ?? ""),
        ]
        model["editProblem"] = refused?.problem
        return model
    }

    private func choices(_ chosen: String) -> [[String: Any]] {
        // Who has left stays on what they had.
        let all = chosen.isEmpty || members.contains(chosen) ? members : members + [chosen]
        return [["value": "", "label": "Nobody", "isChosen": chosen.isEmpty]]
            + all.map { ["value": $0, "label": $0 == me.email ? "\($0) (you)" : $0, "isChosen": $0 == chosen] }
    }

    private func name(_ email: String, _ you: String = "you") -> String { email == me.email ? you : email }

    // MARK: What was just done

    /// - Parameter versions: of the task, newest first.
    func undo(_ task: SharedTask, _ versions: [TaskVersion]) -> [String: Any]? {
        guard let newest = versions.first, task.updatedBy == me.email, Self.parent(task, versions) != nil else { return nil }
        let previous = versions.dropFirst().first
        let said =
            switch newest.action {
            case .created: "“\(task.title)” was added."
            case .deleted: "“\(task.title)” was deleted."
            case .undone: "The last change of “\(task.title)” was taken back."
            case .changed: "“\(task.title)” \(Self.words(newest, previous))."
            }
        return [
            "text": said, "href": "/dashboard/tasks/\(task.id)/undo", "etag": task.entityTag,
            "button": newest.action == .undone ? "Undo one more step" : "Undo",
        ]
    }

    private static func parent(_ task: SharedTask, _ versions: [TaskVersion]) -> TaskVersion? {
        let present = versions.first { $0.version == task.basis }
        return present?.parent.flatMap { number in versions.first { $0.version == number } }
    }

    private static func words(_ newest: TaskVersion, _ previous: TaskVersion?) -> String {
        guard let previous else { return "was changed" }
        if newest.isDone != previous.isDone { return newest.isDone ? "is done" : "is open again" }
        return isMove(newest, previous) ? "was moved" : "was changed"
    }

    private static func isMove(_ newest: TaskVersion, _ previous: TaskVersion) -> Bool {
        var before = previous.content
        before.position = newest.position
        return before == newest.content
    }

    // MARK: A conflict

    /// - Parameter typed: the words of a save that was refused; nil for a button.
    func conflict(_ task: SharedTask, typed: Typed?, back: String) -> [String: Any] {
        let who = name(task.updatedBy, "You")
        let did = task.isDeleted ? "deleted" : "changed"
        var model: [String: Any] = [
            "what": typed == nil
                ? "\(who) \(did) “\(task.title)” meanwhile. This is how it stands now; nothing else was done."
                : "\(who) \(did) “\(task.title)” while you were editing it. Your words are still here.",
            "hasWords": typed != nil, "isGone": task.isDeleted,
        ]
        guard let typed else { return model }
        let now = [
            ("Title", task.title, typed.title), ("Description", task.description ?? "", typed.description),
            ("Assignee", task.assignee ?? "", typed.assignee), ("State", task.isDone ? "Done" : "To do", nil),
        ]
        model.merge([
            "saveHref": task.isDeleted ? "/dashboard/tasks" : "/dashboard/tasks/\(task.id)",
            "etag": task.isDeleted ? "" : task.entityTag, "back": back, "name": typed.title, "text": typed.description,
            "assignees": choices(typed.assignee),
            "now": now.map { label, value, wanted in
                ["label": label, "value": value, "isBlank": value.isEmpty, "isDifferent": wanted.map { $0 != value } ?? false]
                    as [String: Any]
            },
            "changedBy": name(task.updatedBy), "changedAt": task.updatedAt.description,
            "changedText": Wording.time(task.updatedAt),
            "keepHref": back == "task" ? "/dashboard/tasks/\(task.id)" : "/dashboard/tasks?show=\(back)",
        ]) { $1 }
        return model
    }

    // MARK: One task

    func page(
        _ task: SharedTask, _ versions: [TaskVersion], refused: (problem: String, typed: Typed)?, lastEvent: Int64
    ) -> [String: Any] {
        var model = common(task, refused)
        let parent = Self.parent(task, versions)
        model.merge([
            "isDeleted": task.isDeleted, "createdBy": name(task.createdBy), "createdAt": task.createdAt.description,
            "createdText": Wording.time(task.createdAt), "canUndo": parent != nil,
        ]) { $1 }
        if parent != nil, let present = versions.first(where: { $0.version == task.basis }) {
            let index = versions.firstIndex { $0.version == present.version } ?? 0
            let what = Self.what(present, versions.dropFirst(index + 1).first).lowercased()
            model["undoText"] =
                present.isDeleted ? "brings the task back" : "takes back “\(what)” by \(name(present.changedBy))"
        }
        return [
            "eventsUrl": "/api/v1/events?topics=tasks&last_event_id=\(lastEvent)", "task": model,
            "versions": versions.enumerated().map { index, version in
                self.version(version, versions.dropFirst(index + 1).first, isCurrent: index == 0)
            },
        ]
    }

    private static func what(_ version: TaskVersion, _ previous: TaskVersion?) -> String {
        switch version.action {
        case .created: return "Created"
        case .deleted: return "Deleted"
        case .undone: return "Undone"
        case .changed: break
        }
        guard let previous else { return "Changed" }
        if version.isDone != previous.isDone { return version.isDone ? "Marked done" : "Opened again" }
        return isMove(version, previous) ? "Moved" : "Changed"
    }

    private func version(_ version: TaskVersion, _ previous: TaskVersion?, isCurrent: Bool) -> [String: Any] {
        let changes = changes(version, previous)
        let what = Self.what(version, previous)
        return [
            "number": version.version,
            "tone": what == "Marked done" ? "good" : version.isDeleted ? "bad" : isCurrent ? "busy" : "plain", "what": what,
            "by": name(version.changedBy), "at": version.changedAt.description,
            "atText": Wording.time(version.changedAt, seconds: true), "hasChanges": !changes.isEmpty, "changes": changes,
        ]
    }

    private func changes(_ version: TaskVersion, _ previous: TaskVersion?) -> [[String: Any]] {
        func texts(_ version: TaskVersion?) -> [String] {
            guard let version else { return ["", "", "", ""] }
            return [version.title, version.description ?? "", version.assignee ?? "", version.isDone ? "Done" : "To do"]
        }
        let (old, new) = (texts(previous), texts(version))
        var changes: [[String: Any]] = []
        for (index, field) in ["Title", "Description", "Assignee", "State"].enumerated() where old[index] != new[index] {
            changes.append([
                "field": field, "isMove": false, "hasOld": !old[index].isEmpty, "old": old[index], "hasNew": !new[index].isEmpty,
                "new": new[index],
            ])
        }
        if let previous, previous.position != version.position {
            changes.append(["field": "Place", "isMove": true, "hasOld": false, "old": "", "hasNew": false, "new": ""])
        }
        return changes
    }
}
