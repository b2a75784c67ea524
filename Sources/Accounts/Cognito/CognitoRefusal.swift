import Core

extension Cognito {
    /// What the pool answers in place of a result: a name that is stable, and words that are not.
    struct Refusal: Sendable, Equatable {
        let type: String
        let message: String

        private enum Limits {
            static let messageBytes = 300
        }

        /// - Returns: nil when the answer names no error; then it does not come from Cognito.
        init?(_ reply: Outbound.Reply) {
            guard let body = try? JSON(parsing: reply.body),
                let named = body["__type"]?.stringValue ?? reply.headers["x-amzn-errortype"]
            else { return nil }
            // `com.amazonaws.…#NotAuthorizedException`, `NotAuthorizedException:http://…`
            let type = named.split(separator: "#").last?.split(separator: ":").first.map(String.init) ?? ""
            guard !type.isEmpty, type.utf8.count <= 100 else { return nil }
            self.type = type
            message = (body["message"] ?? body["Message"])?.stringValue?.trimmed ?? ""
        }

        /// Whether the pool is set up in a way with which no login can work: for the operator to read in the log.
        var isMisconfiguration: Bool {
            switch type {
            case "ResourceNotFoundException", "InvalidUserPoolConfigurationException", "UnrecognizedClientException",
                "AccessDeniedException", "UnknownOperationException", "UnexpectedLambdaException",
                "InvalidLambdaResponseException",
                "InvalidEmailRoleAccessPolicyException", "InvalidSmsRoleAccessPolicyException",
                "InvalidSmsRoleTrustRelationshipException", "UserPoolAddOnNotEnabledException":
                true
            case "NotAuthorizedException": message.contains("SECRET_HASH") || message.contains("secret hash")
            case "InvalidParameterException": message.contains("flow not enabled") || message.contains("Auth flow")
            default: false
            }
        }

        /// - Parameter sent: what was asked. Words of the pool that repeat any of it are not passed on: it may be a password.
        func failure(of operation: Operation, sent: JSON) -> Failure {
            switch type {
            case "ResourceNotFoundException" where operation.takesSession: return operation.notAuthorized
            case _ where isMisconfiguration: return Cognito.misconfigured
            case "NotAuthorizedException", "UnauthorizedException": return notAuthorized(operation, sent)
            case "UserNotFoundException": return operation.notAuthorized
            case "UserNotConfirmedException":
                return Failure(.forbidden, "email_not_verified", "Enter the code that was mailed to this address first.")
            case "PasswordResetRequiredException":
                return Failure(
                    .forbidden, "password_reset_required", "An admin asks for a new password: use the link for a forgotten one.")
            case "TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException", "ThrottlingException",
                "RequestLimitExceeded":
                return Failure(
                    .tooMany, "rate_limited", "The sign-in service was asked too often; try again in a minute.",
                    retryAfterSeconds: 60)
            case "UsernameExistsException", "AliasExistsException":
                return Failure(.conflict, "email_taken", "There is an account with this address already.")
            case "CodeMismatchException", "EnableSoftwareTokenMFAException": return operation.wrongCode
            case "ExpiredCodeException": return operation.expiredCode
            case "InvalidParameterException" where operation.takesSession && message.contains("'session'"):
                return operation.notAuthorized
            case "InvalidPasswordException", "PasswordHistoryPolicyViolationException":
                return Failure(.refused, "weak_password", words(sent) ?? "The user pool asks for a better password.")
            case "InvalidParameterException":
                return Failure(.refused, "invalid_parameter", words(sent) ?? "The sign-in service did not accept what was sent.")
            case "UserLambdaValidationException":
                return Failure(.refused, "refused_by_pool", words(sent) ?? "The sign-in service does not accept this account.")
            case "ForbiddenException":
                return Failure(.forbidden, "refused_by_pool", "The sign-in service refuses requests like this one.")
            case "SoftwareTokenMFANotFoundException", "MFAMethodNotFoundException":
                return Failure(.refused, "mfa_not_set_up", "This account has no authenticator app yet.")
            case "CodeDeliveryFailureException":
                return Failure(.outage, "mail_not_sent", "The code could not be sent; try again in a moment.")
            case "InternalErrorException", "InternalFailure", "InternalServerError", "ServiceUnavailableException",
                "ServiceUnavailable":
                return Cognito.unavailable
            default:
                return Failure(.refused, "refused_by_pool", "The sign-in service refused this.")
            }
        }

        /// One exception for many things; only its words tell them apart.
        private func notAuthorized(_ operation: Operation, _ sent: JSON) -> Failure {
            switch operation {
            case .logIn where message.contains("attempts exceeded"):
                Failure(.tooMany, "account_locked", "Too many wrong tries; wait some minutes.", retryAfterSeconds: 60)
            // Otherwise it says "Access Token has expired" and the like.
            case .changePassword where !message.contains("Token") && !repeats(sent):
                Failure(.refused, "wrong_password", "The current password is not right.")
            default: operation.notAuthorized
            }
        }

        private func words(_ sent: JSON) -> String? {
            guard !message.isEmpty, message.utf8.count <= Limits.messageBytes, !message.contains(where: \.isNewline),
                !repeats(sent)
            else { return nil }
            return message
        }

        private func repeats(_ sent: JSON) -> Bool {
            sent.texts.contains { !$0.isEmpty && message.contains($0) }
        }
    }

    static let unavailable = Failure(
        .outage, "identity_provider_unavailable", "The sign-in service does not answer; try again in a moment.",
        retryAfterSeconds: 10)
    static let misconfigured = Failure(
        .outage, "identity_provider_misconfigured",
        "The sign-in service does not accept how this server is set up; its operator finds more in the log.")
}

extension JSON {
    /// Every text in it, at any depth.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let values): values.flatMap(\.texts)
        case .object(let members): members.values.flatMap(\.texts)
        case .null, .bool, .int, .double: []
        }
    }
}
