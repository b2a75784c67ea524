import Core
package import HTTPTypes
package import Hummingbird

/// Refuses what comes too often, and tells on every answer how much is left.
///
/// Stands behind the authenticator, because some rules count accounts; handlers, and with them every hashing of a password, come
/// after it.
package struct RateLimits: RouterMiddleware {
    private let limiter: RateLimiter

    package init(limiter: RateLimiter) {
        self.limiter = limiter
    }

    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        guard limiter.isEnabled else { return try await next(request, context) }
        var decisions: [RateDecision] = []
        for rule in context.route?.declaration.rates ?? [.api] {
            let decision = limiter.check(rule, Self.subject(rule, context))
            decisions.append(decision)
            if let failure = decision.failure {
                throw ContextualError(failure, context.dialect, headers: Self.headers(decisions))
            }
        }
        let headers = Self.headers(decisions)
        var response: Response
        do {
            response = try await next(request, context)
        } catch let placed as ContextualError {
            throw ContextualError(placed.error, placed.dialect, headers: placed.headers.adding(headers))
        } catch {
            throw ContextualError(error, context.dialect, headers: headers)
        }
        response.headers = response.headers.adding(headers)
        return response
    }

    private static func subject(_ rule: RateRule, _ context: AppRequestContext) -> RateSubject {
        switch rule.key {
        case .account: context.caller.map { .account($0.user) } ?? .address(context.address)
        case .address, .subject: .address(context.address)
        case .everyone: .everyone
        }
    }

    /// The fields of draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4, and those that programs knew before them; in the
    /// latter the reset is a point in time, in seconds since 1970, and of several rules the one that is nearest to its end
    /// speaks.
    static func headers(_ decisions: [RateDecision], now: Moment = .now) -> HTTPFields {
        guard let tightest = decisions.min(by: { $0.remaining < $1.remaining }) else { return [:] }
        return [
            .rateLimitPolicy: RateLimitFields.policy(decisions.map(\.rule)),
            .rateLimit: RateLimitFields.limit(decisions),
            .xRateLimitLimit: String(tightest.limit),
            .xRateLimitRemaining: String(tightest.remaining),
            .xRateLimitReset: String(Int64(now.seconds.rounded(.up)) + Int64(tightest.resetSeconds)),
        ]
    }
}

extension TrustedProxies {
    /// Where a request began.
    package func client(of request: Request, peer: Peer) -> Client {
        client(
            peer: peer.address, forwardedFor: request.headers[.xForwardedFor], forwarded: request.headers[.forwarded],
            forwardedProto: request.headers[.xForwardedProto])
    }
}

extension HTTPFields {
    /// Where both have a field, the other's counts.
    package func adding(_ others: HTTPFields) -> HTTPFields {
        var fields = self
        for other in others { fields[other.name] = other.value }
        return fields
    }
}

extension HTTPField.Name {
    package static let rateLimitPolicy = named("RateLimit-Policy")
    package static let rateLimit = named("RateLimit")
    package static let xRateLimitLimit = named("X-RateLimit-Limit")
    package static let xRateLimitRemaining = named("X-RateLimit-Remaining")
    package static let xRateLimitReset = named("X-RateLimit-Reset")
    package static let xForwardedProto = named("X-Forwarded-Proto")
}
