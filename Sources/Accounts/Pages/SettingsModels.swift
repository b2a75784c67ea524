import Core
import Foundation
import QRCodes
import Web

/// What the pages of a person's own account show, as their templates want it.
enum SettingsModels {
    /// What the last POST came to, at the top of its section.
    struct Note {
        let section: String
        let text: String
        let isBad: Bool
        /// What was wrong stands at its field, when it is about one.
        var field: String?

        static func good(_ section: String, _ text: String) -> Note { Note(section: section, text: text, isBad: false) }
        static func bad(_ section: String, _ text: String, field: String? = nil) -> Note {
            Note(section: section, text: text, isBad: true, field: field)
        }
    }

    struct State {
        let user: User
        let factors: SecondFactorStore.Factors
        let sessions: [Session]
        let current: String?
        let keys: [APIKey]
        let isMFARequired: Bool
        let isOutside: Bool
        var note: Note?
        /// A key that was made a moment ago.
        var made: (name: String, secret: String)?
        /// What was typed into the form that was refused.
        var typed = Form()
    }

    static func settings(_ state: State) -> [String: Any] {
        var content: [String: Any] = [
            "profile": profile(state), "mfa": mfa(state), "passkeys": passkeys(state), "sessions": sessions(state),
            "keys": keys(state), "preferences": preferences(state),
        ]
        if let note = state.note {
            if let field = note.field {
                content["wrong"] = [field: ["text": note.text]]
            } else {
                content["messages"] = [note.section: ["text": note.text, "isBad": note.isBad]]
            }
        }
        if !state.isOutside && state.user.provider == .embedded {
            content["password"] = [
                "minimum": User.Limits.passwordCharacters.lowerBound,
                "hint": "At least \(User.Limits.passwordCharacters.lowerBound) characters, and not one of the common ones.",
            ]
        }
        return content
    }

    private static func day(_ moment: Moment) -> String {
        String(HumanFormat.time(moment).prefix { $0 != "," })
    }

    private static func profile(_ state: State) -> [String: Any] {
        var profile: [String: Any] = [
            "name": state.typed["display_name"] ?? state.user.name, "email": state.user.email,
            "isVerified": state.user.emailVerifiedAt != nil,
            "roleLabel": state.user.role == .admin ? "Administrator" : "Member", "memberSince": day(state.user.createdAt),
        ]
        switch state.user.provider {
        case .embedded, .service: break
        case .cognito: profile["providerText"] = "Signs in through Amazon Cognito"
        case .outside: profile["providerText"] = "Signs in through another system"
        }
        return profile
    }

    private static func used(_ moment: Moment?) -> [String: Any] {
        moment.map { ["usedAt": $0.description, "usedText": HumanFormat.time($0)] } ?? [:]
    }

    private static func mfa(_ state: State) -> [String: Any] {
        let (isOn, factors) = (state.user.mfaEnabled, state.factors)
        let mustStay = state.isMFARequired && factors.devices.count == 1 && factors.passkeys.isEmpty
        let devices = factors.devices.map { device in
            var row: [String: Any] = ["device": device.name, "addedText": day(device.createdAt)]
            row.merge(used(device.lastUsedAt)) { own, _ in own }
            if mustStay {
                row["stayText"] = "This server asks for a second step; add another device first."
            } else {
                row["removeHref"] = "/dashboard/settings/mfa/devices/\(device.id)/delete"
            }
            return row
        }
        return [
            "isOn": isOn, "isRequired": state.isMFARequired, "canTurnOn": !isOn && !factors.isEmpty && !state.isOutside,
            "canTurnOff": isOn && !state.isMFARequired, "hasDevices": !devices.isEmpty, "devices": devices,
            "canAddDevice": !state.isOutside && devices.count < TOTPDevice.Limits.most, "hasRecovery": !factors.isEmpty,
            "recoveryLeft": factors.recoveryCodesLeft, "recoveryIsLow": factors.recoveryCodesLeft <= 3,
        ]
    }

    private static func passkeys(_ state: State) -> [String: Any] {
        let list = state.factors.passkeys.map { passkey in
            var row: [String: Any] = [
                "passkey": passkey.name, "addedText": day(passkey.createdAt),
                "removeHref": "/dashboard/settings/passkeys/\(passkey.id)/delete",
            ]
            row.merge(used(passkey.lastUsedAt)) { own, _ in own }
            return row
        }
        return ["hasAny": !list.isEmpty, "list": list]
    }

    private static func sessions(_ state: State) -> [String: Any] {
        let ordered = state.sessions.filter { $0.id == state.current } + state.sessions.filter { $0.id != state.current }
        let list = ordered.map { session in
            var row: [String: Any] = [
                "icon": ["isBrowser": session.kind == .browser, "isProgram": session.kind != .browser],
                "device": session.device, "address": session.address, "signedInText": day(session.createdAt),
                "usedAt": session.lastUsedAt.description, "usedText": HumanFormat.time(session.lastUsedAt),
                "isCurrent": session.id == state.current,
            ]
            switch session.kind {
            case .browser: break
            case .token: row["kindText"] = "Tokens"
            case .key: row["kindText"] = "Session of a key"
            }
            if session.id != state.current { row["endHref"] = "/dashboard/settings/sessions/\(session.id)/end" }
            return row
        }
        return ["hasOthers": list.count > 1, "list": list]
    }

    private static func keys(_ state: State) -> [String: Any] {
        let now = Moment.now
        let list = state.keys.map { key in
            let isExpired = key.isExpired(now)
            var row: [String: Any] = [
                "key": key.name, "prefix": key.prefix, "scopes": key.scopeSet.map(\.rawValue).sorted(),
                "expiresText": key.expiresAt.map { "\(isExpired ? "expired" : "expires") \(day($0))" } ?? "never expires",
                "isExpired": isExpired, "revokeHref": "/dashboard/settings/keys/\(key.id)/delete",
            ]
            row.merge(used(key.lastUsedAt)) { own, _ in own }
            return row
        }
        let isRefused = state.note?.section == "keys" && state.note?.isBad == true
        let chosen = isRefused ? state.typed.all("scopes") : [Scope.jobsRead.rawValue, Scope.jobsWrite.rawValue]
        let days = state.typed["expires_in_days"] ?? (isRefused ? "" : "90")
        var keys: [String: Any] = [
            "hasAny": !list.isEmpty, "list": list, "formIsOpen": isRefused || (list.isEmpty && state.made == nil),
            "formName": isRefused ? state.typed["name"] ?? "" : "",
            "scopeChoices": Scope.allCases.filter { $0 != .admin || state.user.role == .admin }.map { scope in
                [
                    "value": scope.rawValue, "label": scope.rawValue, "hint": hint(scope),
                    "isChosen": chosen.contains(scope.rawValue),
                ] as [String: Any]
            },
            "expiryChoices": [("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("", "Never")].map {
                ["value": $0.0, "label": $0.1, "isChosen": $0.0 == days] as [String: Any]
            },
        ]
        if let made = state.made { keys["made"] = ["key": made.secret, "name": made.name] }
        return keys
    }

    private static func hint(_ scope: Scope) -> String {
        switch scope {
        case .jobsRead: "see jobs, their events and results"
        case .jobsWrite: "create, cancel and delete jobs"
        case .leadsRead: "see runs and leads"
        case .leadsWrite: "start runs, bring leads in"
        case .tasksRead: "see tasks"
        case .tasksWrite: "create and change tasks"
        case .accountRead: "see your profile and settings"
        case .admin: "manage people"
        }
    }

    private static func preferences(_ state: State) -> [String: Any] {
        let now = state.user.preferences
        let theme = state.user.theme ?? "auto"
        func choices(_ all: [(String, String)], _ chosen: String) -> [[String: Any]] {
            let known = all.contains { $0.0 == chosen } ? all : all + [(chosen, chosen)]
            return known.map { ["value": $0.0, "label": $0.1, "isChosen": $0.0 == chosen] }
        }
        return [
            "refreshChoices": choices(
                [("0", "Only live updates"), ("10", "Every 10 seconds"), ("30", "Every 30 seconds"), ("60", "Every minute")],
                String(now.autoRefreshSeconds)),
            "themeChoices": choices([("auto", "As the device"), ("light", "Light"), ("dark", "Dark")], theme),
            "sortChoices": choices(
                [
                    ("updated_desc", "Changed last first"), ("created_desc", "Newest first"), ("created_asc", "Oldest first"),
                    ("title_asc", "By title"),
                ], now.jobsSort),
            "viewChoices": choices([("all", "All jobs"), ("active", "Those not over")], now.jobsView),
            "retentionDays": state.typed["data_retention_days"] ?? String(now.dataRetentionDays),
        ]
    }

    // MARK: Second step

    static func setUp(
        secretCode: String, uri: String, email: String, name: String?, problem: String?
    ) throws -> [String: Any] {
        let letters = Array(secretCode)
        var content: [String: Any] = [
            "email": email, "qr": try QRCode(uri).svg(title: "QR code for your authenticator app"),
            "secretGroups": stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) },
            "secret": secretCode, "otpauthUri": uri, "name": name ?? "Authenticator app",
        ]
        content["problem"] = problem
        return content
    }

    static func recoveryCodes(_ codes: [String], email: String, next: String, isNew: Bool) -> [String: Any] {
        ["email": email, "codes": codes, "madeText": day(.now), "next": next, "isNew": isNew]
    }
}
