import Core
import Web

/// What routes of people refuse for reasons that several share.
extension RouteDeclaration {
    /// Who may not come in, and why.
    var signingIn: RouteDeclaration {
        refusing(.unauthenticated, "invalid_credentials")
            .refusing(.forbidden, "account_disabled", "account_pending", "email_not_verified", "email_missing")
            .refusing(.forbidden, "password_reset_required", "refused_by_pool")
            .refusing(
                .refused, "invalid_credentials", "account_disabled", "account_pending", "email_not_verified", "refused_by_pool"
            )
            .refusing(.tooMany, "account_locked", "too_many_logins")
    }

    /// The steps behind a password.
    var answeringChallenge: RouteDeclaration {
        signingIn.choosingPassword.refusing(.unauthenticated, "invalid_session", "unsupported_challenge")
            .refusing(.refused, "code_mismatch", "code_expired", "mfa_not_set_up")
            .refusing(.invalid, "missing_responses", "unknown_challenge", "missing_code", "missing_password")
    }

    /// A new password that is not good enough, or can not be set here.
    var choosingPassword: RouteDeclaration {
        refusing(.invalid, "weak_password").refusing(.refused, "weak_password", "same_password", "refused_by_pool")
            .refusing(.conflict, "managed_by_provider")
    }

    /// Whoever would make an account.
    var registering: RouteDeclaration {
        choosingPassword.refusing(.forbidden, "registration_closed", "setup_required", "refused_by_pool")
            .refusing(.refused, "email_taken", "bot_check_failed").refusing(.conflict, "email_taken")
    }

    /// A code that was mailed.
    var confirmingAddress: RouteDeclaration {
        refusing(.refused, "wrong_code", "code_expired", "code_mismatch", "refused_by_pool")
            .refusing(.forbidden, "registration_closed", "refused_by_pool").refusing(.conflict, "email_taken")
    }

    var mailingCode: RouteDeclaration {
        refusing(.tooMany, "resend_too_soon").refusing(.refused, "bot_check_failed", "refused_by_pool")
            .refusing(.forbidden, "refused_by_pool")
    }

    /// A change for which one has to prove anew who one is, where that was long ago.
    var proven: RouteDeclaration { refusing(.forbidden, "reauthentication_required") }

    /// Second factors of one's own.
    var ofSecondFactor: RouteDeclaration {
        proven.refusing(.conflict, "managed_by_provider", "mfa_required", "last_factor", "no_second_step", "too_many_devices")
            .refusing(.refused, "mfa_not_set_up", "code_mismatch")
    }
}
