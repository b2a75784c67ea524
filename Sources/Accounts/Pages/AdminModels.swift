import Core
import Foundation
import Web

/// What the pages for admins show, as their templates want it.
enum AdminModels {
    static let pageSize = 50

    struct Message {
        let text: String
        let isBad: Bool
    }

    private static func day(_ moment: Moment) -> String { String(HumanFormat.time(moment).prefix { $0 != "," }) }

    /// What a redirect after a form says.
    static func done(_ act: String, _ user: User?, isMailOff: Bool) -> String? {
        if act == AdminRoutes.Act.reject.rawValue { return "The newcomer was turned away, and the account is gone." }
        guard let user else { return nil }
        let link =
            isMailOff ? "the link to choose a password waits under Outgoing mail" : "a link to choose a password is on its way"
        if act == "invite" { return "\(user.email) is invited; \(link)." }
        return switch AdminRoutes.Act(rawValue: act) {
        case .approve: "\(user.email) may sign in now."
        case .role: user.role == .admin ? "\(user.email) is an administrator now." : "\(user.email) is a member now."
        case .disable: "\(user.email) is disabled and signed out everywhere."
        case .enable: "\(user.email) may sign in again."
        case .endSessions: "\(user.email) is signed out everywhere."
        case .resetMFA: "\(user.email) signs in without a second step until it is set up again."
        case .resetPassword: "\(user.email) may choose a new password; \(link)."
        case .reject, nil: nil
        }
    }

    // MARK: People

    static func people(
        all: [User], shown: [User], page: Page, query: String, state: String?, caller: Caller, isOutside: Bool
    ) -> [String: Any] {
        let waiting = all.filter { $0.state == .pending }
        let admins = all.filter { $0.role == .admin && $0.state == .active && $0.provider != .outside }
        let rows = shown.dropFirst(page.skip).prefix(page.limit)
        var content: [String: Any] = [
            "hasWaiting": !waiting.isEmpty, "waiting": waiting.map(waitingRow), "query": query,
            "filters": filters(all, state: state, query: query), "hasPeople": !rows.isEmpty,
            "people": rows.map { user in
                person(user, caller: caller, isLastAdmin: admins.count == 1 && admins[0].id == user.id, isOutside: isOutside)
            },
        ]
        content["stateValue"] = state
        content.merge(
            pager(
                page, count: rows.count, total: shown.count, path: "/admin/users",
                parameters: [("q", query), ("state", state ?? "")])
        ) { _, new in new }
        return content
    }

    private static func waitingRow(_ user: User) -> [String: Any] {
        var row: [String: Any] = [
            "id": user.id.rawValue, "who": user.name.isEmpty ? user.email : user.name,
            "askedAt": user.createdAt.description, "askedText": HumanFormat.time(user.createdAt),
            "approveHref": "/admin/users/\(user.id)/approve", "rejectHref": "/admin/users/\(user.id)/reject",
        ]
        if !user.name.isEmpty && user.name != user.email { row["address"] = user.email }
        return row
    }

    private static func filters(_ all: [User], state: String?, query: String) -> [[String: Any]] {
        let search = query.isEmpty ? "" : "q=\(query.queryEscaped)"
        let kinds: [(String, User.State?)] = [
            ("All", nil), ("Active", .active), ("Waiting", .pending), ("Unconfirmed", .unverified), ("Disabled", .disabled),
        ]
        return kinds.map { label, wanted in
            let parts = [wanted.map { "state=\($0.rawValue)" } ?? "", search].filter { !$0.isEmpty }
            return [
                "label": label, "count": wanted.map { wanted in all.count { $0.state == wanted } } ?? all.count,
                "href": "/admin/users" + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&")),
                "isCurrent": (wanted?.rawValue ?? "") == (state ?? ""),
            ]
        }
    }

    private static func person(_ user: User, caller: Caller, isLastAdmin: Bool, isOutside: Bool) -> [String: Any] {
        let isNew = user.state == .pending || user.state == .unverified
        var row: [String: Any] = [
            "id": user.id.rawValue, "who": user.name.isEmpty ? user.email : user.name, "isSelf": user.id == caller.user,
            "state": user.state.rawValue, "stateLabel": label(user.state),
            "roleLabel": user.role == .admin ? "Administrator" : "Member", "stepText": user.mfaEnabled ? "On" : "Off",
            "hasStep": user.mfaEnabled, "joinedText": day(user.createdAt), "roles": roles(user.role), "isLocked": isLastAdmin,
            "can": [
                "approve": user.state == .pending, "reject": isNew, "changeRole": !isNew && user.provider != .outside,
                "enable": user.state == .disabled, "disable": user.state == .active,
                "endSessions": user.state == .active, "sendPassword": user.state == .active && user.provider != .outside,
                "resetStep": user.mfaEnabled && !isOutside,
            ],
        ]
        if !user.name.isEmpty && user.name != user.email { row["address"] = user.email }
        if isLastAdmin { row["lockText"] = "The last administrator: make somebody else one first." }
        if let last = user.lastLoginAt {
            row["signedInAt"] = last.description
            row["signedInText"] = HumanFormat.time(last)
        }
        return row
    }

    private static func label(_ state: User.State) -> String {
        switch state {
        case .active: "Active"
        case .pending: "Waiting"
        case .unverified: "Unconfirmed"
        case .disabled: "Disabled"
        }
    }

    private static func roles(_ chosen: Caller.Role) -> [[String: Any]] {
        [(Caller.Role.member, "Member"), (.admin, "Administrator")].map {
            ["value": $0.0.rawValue, "label": $0.1, "isChosen": $0.0 == chosen]
        }
    }

    static func invite(_ form: Form?, problem: String?) -> [String: Any] {
        var invite: [String: Any] = [
            "isOpen": problem != nil, "email": problem == nil ? "" : form?["email"] ?? "",
            "name": problem == nil ? "" : form?["name"] ?? "",
            "roles": roles(problem == nil ? .member : form?["role"].flatMap(Caller.Role.init) ?? .member),
        ]
        invite["problem"] = problem
        return invite
    }

    // MARK: Outgoing mail

    static func outbox(_ all: [Mail], page: Page, state: String?, sender: String?, showsWords: Bool) -> [String: Any] {
        let wanted = state.flatMap(Mail.State.init)
        let shown = all.filter { wanted == nil || $0.state == wanted }
        let rows = shown.dropFirst(page.skip).prefix(page.limit)
        let kinds: [(String, Mail.State?)] = [("All", nil), ("Waiting", .waiting), ("Sent", .sent), ("Failed", .failed)]
        var content: [String: Any] = [
            "mailIsOff": sender == nil, "hasMails": !rows.isEmpty,
            "mails": rows.map { mail($0, isMailOff: sender == nil, showsWords: showsWords) },
            "filters": kinds.map { label, kind in
                [
                    "label": label, "count": all.count { kind == nil || $0.state == kind },
                    "href": "/admin/outbox" + (kind.map { "?state=\($0.rawValue)" } ?? ""), "isCurrent": kind == wanted,
                ] as [String: Any]
            },
        ]
        content["sender"] = sender
        content.merge(
            pager(page, count: rows.count, total: shown.count, path: "/admin/outbox", parameters: [("state", state ?? "")])
        ) { _, new in new }
        return content
    }

    private static func mail(_ mail: Mail, isMailOff: Bool, showsWords: Bool) -> [String: Any] {
        let label =
            switch mail.state {
            case .waiting: "Waiting"
            case .sent: "Sent"
            case .failed: "Failed"
            }
        var row: [String: Any] = [
            "id": mail.id, "to": mail.recipient, "subject": mail.subject, "state": mail.state.rawValue, "stateLabel": label,
            "madeAt": mail.createdAt.description, "madeText": HumanFormat.time(mail.createdAt),
            "triesText": "\(mail.tries) of \(Mail.Limits.tries)",
        ]
        if mail.state == .sent, let at = mail.doneAt {
            row["sentAt"] = at.description
            row["sentText"] = HumanFormat.time(at)
        }
        if mail.state == .waiting && !isMailOff {
            let seconds = mail.nextTryAt.seconds - Moment.now.seconds
            row["nextTryText"] = seconds < 1 ? "now" : "in about \(HumanFormat.duration(seconds))"
        }
        row["lastError"] = mail.lastError
        if let text = mail.text, showsWords {
            row["body"] = text
        } else if mail.text != nil {
            row["goneText"] = "It may hold a code or a link: confirm that it is you to read it."
        } else {
            switch mail.state {
            case .sent: row["goneText"] = "Removed after it was sent."
            case .failed where mail.tries > 0: row["goneText"] = "Removed, for it will not be tried again."
            case .failed, .waiting: row["goneText"] = "Removed, for what it said holds no more."
            }
        }
        return row
    }

    // MARK: Audit

    static func audit(_ entries: [AuditEntry], total: Int, page: Page, query: String) -> [String: Any] {
        var content: [String: Any] = [
            "query": query, "hasEntries": !entries.isEmpty, "entries": entries.map(entry),
        ]
        content.merge(pager(page, count: entries.count, total: total, path: "/admin/audit", parameters: [("q", query)])) {
            _, new in new
        }
        return content
    }

    private static func entry(_ entry: AuditEntry) -> [String: Any] {
        let (what, tone) = AuditWords.words(entry.action, entry.detail)
        var row: [String: Any] = [
            "at": entry.at.description, "atText": HumanFormat.time(entry.at, seconds: true), "tone": tone, "what": what,
        ]
        if !entry.actorName.isEmpty { row["who"] = entry.actorName }
        if let whom = entry.subjectName, whom != entry.actorName { row["whom"] = whom }
        if entry.address.isEmpty { row["placeText"] = "command line" } else { row["address"] = entry.address }
        return row
    }

    // MARK: Pages of a list

    private static func pager(
        _ page: Page, count: Int, total: Int, path: String, parameters: [(String, String)]
    ) -> [String: Any] {
        func href(_ skip: Int) -> String {
            let all = (parameters + [("skip", skip > 0 ? String(skip) : "")]).filter { !$0.1.isEmpty }
            return path + (all.isEmpty ? "" : "?" + all.map { "\($0.0)=\($0.1.queryEscaped)" }.joined(separator: "&"))
        }
        var content: [String: Any] = [
            "rangeText": count == 0
                ? "0 of \(HumanFormat.count(Int64(total)))"
                : "\(page.skip + 1)–\(page.skip + count) of \(HumanFormat.count(Int64(total)))"
        ]
        if page.skip > 0 {
            let back = href(max(0, page.skip - page.limit))
            content["previousHref"] = back
            content["newerHref"] = back
        }
        if page.skip + count < total {
            content["nextHref"] = href(page.skip + count)
            content["olderHref"] = href(page.skip + count)
        }
        return content
    }
}

/// The audit log in words.
enum AuditWords {
    /// - Returns: what was done, and its tone on the page: good, bad, busy or plain.
    static func words(_ action: String, _ detail: JSON) -> (String, String) {
        switch action {
        case "login.succeeded": ("Signed in", "good")
        case "login.refused": ("Was refused: wrong password", "bad")
        case "second_factor.refused": ("Was refused: wrong code", "bad")
        case "passkey.refused": ("Was refused: the passkey did not fit", "bad")
        case "logout": ("Signed out", "plain")
        case "user.created": ("Made an account", "good")
        case "user.registered": ("Registered", "busy")
        case "user.verified": ("Confirmed the address", "good")
        case "user.approved": ("Approved", "good")
        case "user.rejected": ("Turned away", "bad")
        case "user.role_changed": ("Changed the role to \(text("role", detail) == "admin" ? "administrator" : "member")", "busy")
        case "user.disabled": ("Disabled", "bad")
        case "user.enabled": ("Enabled", "good")
        case "user.sessions_ended": ("Ended all sessions", "busy")
        case "user.mfa_reset": ("Turned two-step sign-in off", "bad")
        case "user.password_link_sent": ("Sent a link for a new password", "busy")
        case "user.password_set": ("Set a password", "busy")
        case "password.changed": ("Changed the password", "busy")
        case "password.reset": ("Set a new password by mail", "busy")
        case "device.added": ("Added an authenticator app", "good")
        case "device.removed": ("Removed an authenticator app", "bad")
        case "mfa.enabled": ("Turned two-step sign-in on", "good")
        case "mfa.disabled": ("Turned two-step sign-in off", "bad")
        case "recovery_codes.made": ("Made new recovery codes", "busy")
        case "passkey.added": ("Added a passkey", "good")
        case "passkey.removed": ("Removed a passkey", "bad")
        case "session.ended": ("Ended a session", "plain")
        case "sessions.ended": ("Ended all other sessions", "plain")
        case "job.cancelled": ("Cancelled the job “\(text("name", detail) ?? "")” of", "bad")
        case "job.deleted": ("Deleted the job “\(text("name", detail) ?? "")” of", "bad")
        case "key.created": ("Made an API key", "busy")
        case "key.revoked": ("Revoked an API key", "plain")
        default: (action, "plain")
        }
    }

    private static func text(_ name: String, _ detail: JSON) -> String? {
        if case .object(let members) = detail { members[name]?.stringValue } else { nil }
    }
}
