import Core
import Web

/// Turns tasks into what the templates show, for one reader.
struct TaskPageModels: Sendable {
    let me: Caller
    /// Addresses of those who may be given work.
    let members: [String]

    /// What a form held when it was refused.
    struct Typed: Sendable {
        var title = ""
        var description = ""
        var assignee = ""
    }

    /// A form that was not taken.
    struct Refusal: Sendable {
        /// nil: the form for a new task.
        let task: String?
        let problem: String
        /// `title`, `description` or `assignee`; nil when it is none of them.
        let field: String?
        let typed: Typed

        init(task: String?, _ failure: Failure, _ typed: Typed) {
            self.task = task
            problem = HumanFormat.labelled(
                failure.message, ["title": "Title", "description": "Description", "assignee": "Assignee"])
            // The code of a refusal names its field: `missing_title`, `unknown_assignee`.
            field = ["title", "description", "assignee"].first { failure.code.hasSuffix("_\($0)") }
            self.typed = typed
        }
    }

    // MARK: The board

    /// - Parameter editing: the task whose card holds the form.
    func board(_ board: TaskBoard, editing: String?, refused: Refusal?, lastEvent: Int64) -> [String: Any] {
        let place = board.place
        let isNew = refused != nil && refused?.task == nil
        let typed = isNew ? refused?.typed ?? Typed() : Typed()
        var add = form(typed, isNew ? refused : nil)
        add["isOpen"] = !typed.description.isEmpty || !typed.assignee.isEmpty
        let shown = board.todo.total + board.done.total
        return [
            "eventsUrl": "/api/v1/events?topics=tasks&last_event_id=\(lastEvent)", "show": place.view.rawValue,
            "back": place.text,
            "filters": TaskBoard.View.allCases.map { one in
                [
                    "label": one.label, "count": HumanFormat.count(Int64(board.open[one] ?? 0)),
                    "href": TaskBoard.Place(one).href, "isCurrent": one == place.view,
                ] as [String: Any]
            },
            "add": add, "hasTasks": shown > 0, "isFiltered": place.view != .all,
            "columns": [
                column("todo", "To do", board.todo, place, "Nothing to do", editing, refused) { $0.todo = $1 },
                column("done", "Done", board.done, place, "Nothing done yet", editing, refused) { $0.done = $1 },
            ],
        ]
    }

    private func column(
        _ name: String, _ heading: String, _ lane: TaskBoard.Lane, _ place: TaskBoard.Place, _ emptyText: String,
        _ editing: String?, _ refused: Refusal?, _ turn: (inout TaskBoard.Place, Int) -> Void
    ) -> [String: Any] {
        let cards = lane.tasks.enumerated().map { index, task in
            var model = card(task, place)
            // At the ends of a page there are others beyond.
            model["canMoveUp"] = index > 0 || lane.hasEarlier
            model["canMoveDown"] = index < lane.tasks.count - 1 || lane.hasLater
            if task.id.rawValue == editing?.lowercased() {
                model["edit"] = editForm(task, refused).merging(["closeHref": "\(place.href)#card-\(task.id)"]) { $1 }
            }
            return model
        }
        var model: [String: Any] = [
            "column": name, "heading": heading, "countText": HumanFormat.count(Int64(lane.total)), "emptyText": emptyText,
            "cards": cards, "skip": lane.skip, "total": lane.total,
        ]
        func page(_ number: Int) -> [String: Any] {
            var other = place
            turn(&other, number)
            let first = (number - 1) * lane.pageSize
            return [
                "pageHref": "\(other.href)#lane-\(name)",
                "pageText": lane.isNewest
                    ? "Show all" : "\(first + 1)–\(min(first + lane.pageSize, lane.total))",
            ]
        }
        if lane.hasEarlier { model["earlier"] = page(lane.page - 1) }
        if lane.hasLater { model["later"] = page(lane.page + 1) }
        if lane.isNewest { model["later"] = page(1) }
        if lane.total > lane.tasks.count {
            model["rangeText"] =
                lane.isNewest
                ? "the \(lane.tasks.count) that changed last of \(HumanFormat.count(Int64(lane.total)))"
                : "\(lane.skip + 1)–\(lane.skip + lane.tasks.count) of \(HumanFormat.count(Int64(lane.total)))"
        }
        return model
    }

    private func card(_ task: SharedTask, _ place: TaskBoard.Place) -> [String: Any] {
        var model = common(task)
        model.merge([
            "order": "\(task.position)", "href": "/dashboard/tasks/\(task.id)", "version": task.version,
            "text": Self.excerpt(task.description ?? ""), "editHref": "\(place.href)&edit=\(task.id)#card-\(task.id)",
        ]) { $1 }
        return model
    }

    /// The first bytes of a text, cut between characters.
    private static func excerpt(_ text: String) -> String {
        guard text.utf8.count > TaskBoard.Limits.excerptBytes else { return text }
        // Between scalars and not between clusters: one cluster may be as long as the text.
        var bytes = text.utf8.prefix(TaskBoard.Limits.excerptBytes)
        while text.utf8[bytes.endIndex] & 0xC0 == 0x80 { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self) + "…"
    }

    private func common(_ task: SharedTask) -> [String: Any] {
        [
            "id": task.id.rawValue, "etag": task.entityTag, "name": task.title, "hasText": task.description != nil,
            "text": task.description ?? "", "isDone": task.isDone, "hasAssignee": task.assignee != nil,
            "assigneeText": task.assignee.map { name($0, "You") } ?? "",
            "initials": task.assignee?.first.map { String($0).uppercased() } ?? "", "changedBy": name(task.updatedBy),
            "changedAt": task.updatedAt.description, "changedText": HumanFormat.time(task.updatedAt),
        ]
    }

    /// The fields of a form with what was typed, and the refusal at the field that it is about.
    private func form(_ typed: Typed, _ refused: Refusal?) -> [String: Any] {
        var model: [String: Any] = [
            "typedTitle": typed.title, "typedText": typed.description, "assignees": choices(typed.assignee),
        ]
        if let refused {
            model["problem"] = refused.problem
            model["at"] = [
                "title": refused.field == "title", "description": refused.field == "description",
                "assignee": refused.field == "assignee", "other": refused.field == nil,
            ]
        }
        return model
    }

    private func editForm(_ task: SharedTask, _ refused: Refusal?) -> [String: Any] {
        let refused = refused?.task == task.id.rawValue ? refused : nil
        return form(
            refused?.typed
                ?? Typed(title: task.title, description: task.description ?? "", assignee: task.assignee ?? ""), refused)
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
            "changedText": HumanFormat.time(task.updatedAt),
            "keepHref": back == "task" ? "/dashboard/tasks/\(task.id)" : TaskBoard.Place(text: back).href,
        ]) { $1 }
        return model
    }

    // MARK: One task

    func page(
        _ task: SharedTask, _ versions: [TaskVersion], refused: Refusal?, lastEvent: Int64
    ) -> [String: Any] {
        var model = common(task)
        model["edit"] = editForm(task, refused)
        let parent = Self.parent(task, versions)
        model.merge([
            "isDeleted": task.isDeleted, "createdBy": name(task.createdBy), "createdAt": task.createdAt.description,
            "createdText": HumanFormat.time(task.createdAt), "canUndo": parent != nil,
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
            "atText": HumanFormat.time(version.changedAt, seconds: true), "hasChanges": !changes.isEmpty, "changes": changes,
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
