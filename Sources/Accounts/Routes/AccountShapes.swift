import Core
import Web

/// What routes of accounts take and give, for the document of the API.
enum AccountShapes {
    static let user = Schema.object([
        "id": .id, "email": .string, "name": .string, "role": .choice(["admin", "member"]),
        "state": .choice(User.State.allCases.map(\.rawValue)), "tenant_id": .string, "created_at": .moment,
        "is_email_verified": .boolean, "email_verified_at": .moment.orNull, "must_change_password": .boolean,
        "mfa_enabled": .boolean, "auto_refresh_seconds": .integer,
    ]).named("User")
    static let person = Schema.object([
        "id": .id, "email": .string, "tenant_id": .string, "display_name": .string, "role": .choice(["admin", "member"]),
        "state": .choice(User.State.allCases.map(\.rawValue)), "is_active": .boolean, "is_superuser": .boolean,
        "is_approved": .boolean, "is_verified": .boolean, "mfa_enabled": .boolean, "provider": .string, "created_at": .moment,
        "last_login_at": .moment.orNull,
    ]).named("Person")

    static let message = Schema.object(["message": .string])
    static let done = Schema.object(["status": .string, "message": .string])
    static let name = Schema.object(["name": .string(most: User.Limits.nameCharacters)])
    static let password = Schema.object(["current_password": .string, "new_password": .string])
    static let email = Schema.object(["email": .email])

    static let settings = Schema.object([
        "auto_refresh_seconds": .integer, "theme": .string, "default_jobs_sort": .string, "default_jobs_view": .string,
        "data_retention_days": .integer(0...3650),
    ]).named("Settings")
    static let settingsDone = Schema.object(
        [
            "auto_refresh_seconds": .integer, "theme": .string, "default_jobs_sort": .string, "default_jobs_view": .string,
            "data_retention_days": .integer(0...3650), "message": .string,
        ])
    static let settingsChange = Schema.object([
        "auto_refresh_seconds": .integer.optional, "theme": .string.optional, "default_jobs_sort": .string.optional,
        "default_jobs_view": .string.optional, "data_retention_days": .integer(0...3650).optional,
    ])

    // MARK: Second factors

    static let factor = Schema.object(["id": .string, "name": .string, "created_at": .moment, "last_used_at": .moment.orNull])
        .named("Factor")
    static let mfa = Schema.object([
        "enabled": .boolean, "required": .boolean, "managed_by_provider": .boolean, "devices": .list(of: factor),
        "passkeys": .list(of: factor), "recovery_codes_left": .integer, "recovery_codes": .list(of: .string).optional,
    ])
    static let enabled = Schema.object(["enabled": .boolean])
    static let device = Schema.object(["id": .string, "secret_code": .string, "otpauth_uri": .string, "qr_svg": .string])
    static let deviceDraft = Schema.object(["name": .string(most: TOTPDevice.Limits.nameCharacters).orNull.optional])
    static let code = Schema.object(["code": .string(most: 10)])
    static let recoveryCodes = Schema.object(["recovery_codes": .list(of: .string).orNull])
    /// As browsers take it (WebAuthn 3, section 5).
    static let passkeyQuestion = Schema.object(["challenge_id": .string, "publicKey": .map, "address": .string])
    static let passkeyAnswer = Schema.object([
        "challenge_id": .string, "credential": .map, "name": .string(most: StoredPasskey.Limits.nameCharacters).orNull.optional,
    ])

    // MARK: Sessions and keys

    static let session = Schema.object([
        "id": .string, "kind": .string, "device": .string, "address": .string, "created_at": .moment, "last_used_at": .moment,
        "expires_at": .moment, "current": .boolean,
    ]).named("Session")
    static let ended = Schema.object(["ended": .integer])
    static let key = Schema.object([
        "id": .string, "name": .string, "prefix": .string, "scopes": .list(of: .string), "created_at": .moment,
        "expires_at": .moment.orNull, "last_used_at": .moment.orNull,
    ]).named("APIKey")
    static let newKey = Schema.object([
        "id": .string, "name": .string, "prefix": .string, "scopes": .list(of: .string), "created_at": .moment,
        "expires_at": .moment.orNull, "last_used_at": .moment.orNull, "key": .string.described("Shown this once."),
    ])
    static let keyDraft = Schema.object([
        "name": .string(most: APIKey.Limits.nameCharacters), "scopes": .list(of: .choice(Scope.allCases.map(\.rawValue))),
        "expires_in_days": .integer(APIKey.Limits.days).orNull.optional,
    ])
    static let proof = Schema.object(["password": .string.optional, "code": .string.optional])
    static let keySession = Schema.object([
        "authenticated": .boolean, "api_key_configured": .boolean, "expires_at": .moment.orNull,
    ])
    static let apiKey = Schema.object(["api_key": .string])

    // MARK: Signing in

    static let botQuestion = Schema.either(
        .object([
            "provider": .always("proof_of_work"), "challenge": .string, "difficulty": .integer, "algorithm": .string,
            "expires_at": .moment,
        ]), .object(["provider": .always("turnstile"), "site_key": .string]))
    static let registration = Schema.object([
        "email": .email, "password": .string, "name": .string.orNull.optional, "turnstile_token": .string.orNull.optional,
        "setup": .string.orNull.optional,
    ])
    static let credentials = Schema.object(["username": .string.optional, "email": .string.optional, "password": .string])
    static let token = Schema.object(["access_token": .string, "token_type": .string, "expires_in": .integer])
    static let addressAndCode = Schema.object(["email": .email, "code": .string])
    static let verified = Schema.object(["status": .string, "state": .string])
    static let sent = Schema.object([
        "status": .string, "message": .string.optional, "resend_available_in_seconds": .integer.optional,
    ])
    static let reset = Schema.object(["email": .email.orNull.optional, "token": .string, "password": .string])
    static let status = Schema.object(["status": .string])
    static let passkeyRequest = Schema.object(["session": .string.orNull.optional])
    static let passkeyLogin = Schema.object([
        "challenge_id": .string, "credential": .map, "session": .string.orNull.optional, "next": .string.orNull.optional,
    ])
    static let passkeyDone = Schema.object(["status": .string, "redirect": .string])

    // MARK: The tracker's documents

    static let signup = Schema.object([
        "email": .email, "password": .string, "name": .string(most: User.Limits.nameCharacters),
        "turnstile_token": .string.orNull.optional,
    ])
    static let login = Schema.object(["email": .email, "password": .string])
    static let loginState = Schema.object([
        "status": .choice(["OK", "CHALLENGE"]), "message": .string, "next_step": .string.orNull,
        "challenge_name": .string.orNull, "session": .string.orNull,
        "tokens": Schema.object([
            "access_token": .string, "id_token": .string, "refresh_token": .string.orNull, "expires_in": .integer,
            "token_type": .string,
        ]).orNull, "recovery_codes": .list(of: .string).optional,
    ]).named("LoginState")
    static let challengeAnswer = Schema.object([
        "email": .email, "challenge_name": .string, "session": .string, "responses": .map,
    ])
    static let setup = Schema.object(["session": .string, "label": .string.orNull.optional])
    static let setupDone = Schema.object(["secret_code": .string, "otpauth_uri": .string, "session": .string])
    static let deviceProof = Schema.object([
        "email": .email, "session": .string, "code": .string, "friendly_name": .string.orNull.optional,
    ])
    static let refresh = Schema.object(["refresh_token": .string])

    // MARK: Administration

    static let people = Schema.object(["users": .list(of: person), "count": .integer])
    static let invitation = Schema.object([
        "email": .email, "name": .string.orNull.optional, "role": .choice(["admin", "member"]).orNull.optional,
    ])
    static let role = Schema.object(["role": .choice(["admin", "member"])])
    /// What was done adds members of its own.
    static let acted = Schema.object(["status": .string, "email": .string], isOpen: true)
    static let mails = Schema.object([
        "mails": .list(
            of: .object([
                "id": .string, "to": .string, "kind": .string, "subject": .string, "state": .string, "tries": .integer,
                "last_error": .string.orNull, "created_at": .moment, "next_try_at": .moment.orNull, "sent_at": .moment.orNull,
                "text": .string.orNull,
            ])), "count": .integer,
    ])
    static let entries = Schema.object([
        "entries": .list(
            of: .object([
                "id": .integer.orNull, "at": .moment, "actor": .string.orNull, "actor_name": .string, "action": .string,
                "subject": .string.orNull, "subject_name": .string.orNull, "detail": .anything, "address": .string,
                "request_id": .string,
            ])), "count": .integer,
    ])
}
