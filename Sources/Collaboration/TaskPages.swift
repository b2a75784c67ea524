import Core
import HTTPTypes
import Hummingbird
package import Jobs
package import Web

/// The board of tasks, and the page of one. Everything works without scripts; each form carries the tag of what it changes.
package struct TaskPages: Sendable {
    private let store: SharedTaskStore
    private let events: EventLog
    private let pages: Pages
    private let bodies: Bodies
    private let members: @Sendable (_ tenant: String) async throws -> [String]
    private let refusedForms = RefusedForms<Returned>()

    /// A form that was not taken, as its page shows it.
    private struct Returned: Sendable {
        var refused: TaskPageModels.Refusal?
        /// The task that somebody else changed first.
        var conflict: String?
        /// The words of a save; nil for a button.
        var typed: TaskPageModels.Typed?
    }

    /// - Parameter members: addresses of those of a tenant who may be given work.
    package init(
        store: SharedTaskStore, events: EventLog, pages: Pages, bodies: Bodies,
        members: @escaping @Sendable (_ tenant: String) async throws -> [String]
    ) {
        self.store = store
        self.events = events
        self.pages = pages
        self.bodies = bodies
        self.members = members
    }

    /// What the buttons of a task are sent to.
    private static let verbs = ["done", "reopen", "up", "down", "delete", "undo"]

    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard/tasks", context: SignedIn.self)
        group.get(.page("Show the board of tasks"), use: board)
        group.post(.page("Make a task"), use: add)
        group.get(":id", .page("Show a task"), use: show)
        group.post(":id", .page("Change a task"), use: save)
        group.post(":id/done", .page("Mark a task as done")) { try await act($0, $1) { edit, _ in edit.isDone = true } }
        group.post(":id/reopen", .page("Open a task again")) { try await act($0, $1) { edit, _ in edit.isDone = false } }
        group.post(":id/up", .page("Move a task up")) {
            try await act($0, $1) { edit, neighbours in edit.place = neighbours.above.map(TaskEdit.Place.before) }
        }
        group.post(":id/down", .page("Move a task down")) {
            try await act($0, $1) { edit, neighbours in edit.place = neighbours.below.map(TaskEdit.Place.after) }
        }
        group.post(":id/delete", .page("Delete a task"), use: delete)
        group.post(":id/undo", .page("Undo the last change of a task"), use: undo)
        // Somebody who opens the address of a button, from a history or a bookmark, gets the page it belongs to.
        for verb in Self.verbs {
            group.get(":id/\(verb)", .formAddress) { _, context in
                let id = try context.parameters.require("id")
                return Answer.redirect(to: "/dashboard/tasks/\(id.queryEscaped)")
            }
        }
    }

    // MARK: Looking

    @Sendable func board(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        var place = TaskBoard.Place(query: { query[$0] })
        let returned = refusedForms.value(query["refused"], session: context.session?.id)
        let editing = returned?.refused?.task ?? query["edit"]
        if let editing { place = try await store.place(place, showing: editing, for: context.caller) }
        return try await board(context, place, editing: editing, changed: query["changed"], returned)
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let returned = refusedForms.value(Form(query: request)["refused"], session: context.session?.id)
        return try await page(try context.parameters.require("id"), context, returned)
    }

    private func models(_ context: SignedIn) async throws -> TaskPageModels {
        TaskPageModels(me: context.caller, members: try await members(context.caller.tenant))
    }

    private func board(
        _ context: SignedIn, _ place: TaskBoard.Place, editing: String? = nil, changed: String? = nil,
        _ returned: Returned? = nil
    ) async throws -> Response {
        let models = try await models(context)
        // Before the data: what happens between the two is told to the page once more, and nothing is missed.
        let lastEvent = try await events.lastID()
        let board = try await store.board(place, for: context.caller)
        var model = models.board(board, editing: editing, refused: returned?.refused, lastEvent: lastEvent)
        if let changed { model["undo"] = try await undo(changed, models, context) }
        model["conflict"] = try await conflict(returned, back: place.text, models, context)
        return try pages.render(
            "collaboration/tasks", Pages.Frame(title: "Tasks", signedIn: context, place: .tasks), model)
    }

    private func page(_ id: String, _ context: SignedIn, _ returned: Returned? = nil) async throws -> Response {
        let models = try await models(context)
        let lastEvent = try await events.lastID()
        let (task, versions) = try await store.history(id, for: context.caller)
        var model = models.page(task, versions, refused: returned?.refused, lastEvent: lastEvent)
        model["conflict"] = try await conflict(returned, back: "task", models, context)
        return try pages.render(
            "collaboration/task", Pages.Frame(title: task.title, signedIn: context, place: .tasks), model)
    }

    /// What somebody wanted beside what the task is by now.
    private func conflict(
        _ returned: Returned?, back: String, _ models: TaskPageModels, _ context: SignedIn
    ) async throws -> [String: Any]? {
        guard let returned, let id = returned.conflict else { return nil }
        return models.conflict(try await store.history(id, for: context.caller).task, typed: returned.typed, back: back)
    }

    /// Leads to the page where the form was, with what was typed in it.
    private func giveBack(
        _ returned: Returned, _ form: Form, _ failure: Failure, task id: String?, _ context: SignedIn
    ) async throws -> Response {
        let key = try refusedForms.keep(returned, bytes: form.bytes, session: context.session?.id, or: failure)
        if let id, form["back"] == "task" { return Answer.redirect(to: "/dashboard/tasks/\(id.queryEscaped)?refused=\(key)") }
        var place = TaskBoard.Place(text: form["back"])
        if let task = returned.refused?.task { place = try await store.place(place, showing: task, for: context.caller) }
        return Answer.redirect(to: "\(place.href)&refused=\(key)")
    }

    /// `<id>.<version>` of what was just done; nothing when the task has changed since.
    private func undo(_ changed: String, _ models: TaskPageModels, _ context: SignedIn) async throws -> [String: Any]? {
        let parts = changed.split(separator: ".")
        guard parts.count == 2, let version = Int(parts[1]) else { return nil }
        do {
            let (task, versions) = try await store.history(String(parts[0]), for: context.caller)
            return task.version == version ? models.undo(task, versions) : nil
        } catch let failure as Failure where failure.kind == .missing {
            return nil
        }
    }

    // MARK: Changing

    @Sendable func add(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        let typed = Self.typed(form)
        do {
            let task = try await store.create(try Self.edit(typed, isNew: true), by: context.caller)
            return try await back(form, to: task, context)
        } catch let failure as Failure where [.invalid, .conflict].contains(failure.kind) {
            return try await giveBack(Returned(refused: .init(task: nil, failure, typed)), form, failure, task: nil, context)
        }
    }

    @Sendable func save(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        let typed = Self.typed(form)
        return try await answering(form, context, typed) { id in
            try await store.change(id, try Self.edit(typed, isNew: false), by: context.caller, IfMatch(tag: form["etag"]))
        }
    }

    private func act(
        _ request: Request, _ context: SignedIn, _ wish: @Sendable (inout TaskEdit, (above: String?, below: String?)) -> Void
    ) async throws -> Response {
        let form = try await context.form(request, bodies)
        return try await answering(form, context, nil) { id in
            var edit = TaskEdit()
            wish(&edit, try await store.neighbours(of: id, TaskBoard.Place(text: form["back"]), for: context.caller))
            return try await store.change(id, edit, by: context.caller, try await basis(of: id, form, context))
        }
    }

    /// What a button is based on: the tag of the task, or its version, which is shorter on a board of many.
    private func basis(of id: String, _ form: Form, _ context: SignedIn) async throws -> IfMatch {
        guard let version = form["version"] else { return IfMatch(tag: form["etag"]) }
        let task = try await store.find(id, for: context.caller)
        return IfMatch(tag: String(task.version) == version ? task.entityTag : "")
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        return try await answering(form, context, nil) { id in
            try await store.delete(id, by: context.caller, try await basis(of: id, form, context))
        }
    }

    @Sendable func undo(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        return try await answering(form, context, nil) { id in
            try await store.undo(id, by: context.caller, IfMatch(tag: form["etag"]))
        }
    }

    /// Leads back to where the form was, or shows what stands in the way with the person's words in place.
    private func answering(
        _ form: Form, _ context: SignedIn, _ typed: TaskPageModels.Typed?, _ body: (String) async throws -> SharedTask
    ) async throws -> Response {
        let id = try context.parameters.require("id")
        do {
            return try await back(form, to: try await body(id), context)
        } catch let failure as Failure where failure.kind == .stale || failure.code == "task_not_found" {
            let task = try await store.history(id, for: context.caller).task
            return try await giveBack(Returned(conflict: task.id.rawValue, typed: typed), form, failure, task: id, context)
        } catch let failure as Failure where failure.code == "nothing_to_undo" {
            // The second click: the page shows how it stands.
            return try await back(form, to: try await store.history(id, for: context.caller).task, context)
        } catch let failure as Failure where failure.kind == .invalid && typed != nil {
            let refused = TaskPageModels.Refusal(task: id.lowercased(), failure, typed ?? TaskPageModels.Typed())
            return try await giveBack(Returned(refused: refused), form, failure, task: id, context)
        }
    }

    private static func typed(_ form: Form) -> TaskPageModels.Typed {
        TaskPageModels.Typed(
            title: form["title"] ?? "", description: (form["description"] ?? "").replacing("\r\n", with: "\n"),
            assignee: form["assignee"] ?? "")
    }

    /// By the rules of the API: a form is a body of three members.
    private static func edit(_ typed: TaskPageModels.Typed, isNew: Bool) throws -> TaskEdit {
        try TaskEdit(
            Fields([
                "title": .string(typed.title), "description": .string(typed.description), "assignee": .string(typed.assignee),
            ]), mayMove: !isNew)
    }

    /// To where the form was, on the page that shows the task.
    private func back(_ form: Form, to task: SharedTask, _ context: SignedIn) async throws -> Response {
        let changed = "changed=\(task.id).\(task.version)"
        guard form["back"] != "task" else { return Answer.redirect(to: "/dashboard/tasks/\(task.id)?\(changed)") }
        let place = try await store.place(TaskBoard.Place(text: form["back"]), showing: task.id.rawValue, for: context.caller)
        return Answer.redirect(to: "\(place.href)&\(changed)#card-\(task.id)")
    }
}
