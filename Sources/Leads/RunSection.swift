import Core
import Jobs
import Web

/// What the pages of jobs show of a run.
enum RunSection {
    static let page = JobKind.Page(
        about: { job in
            let count = RunJob.domains(of: job).count
            return count == 1 ? "People at 1 domain" : "People at \(count) domains"
        },
        facts: { job in
            let domains = RunJob.domains(of: job)
            return [
                .init(
                    label: "Domains",
                    text: domains.prefix(20).joined(separator: ", ")
                        + (domains.count > 20 ? " and \(domains.count - 20) more" : ""))
            ]
        },
        advice: { code in
            switch code {
            case "no_such_host": "Check the spelling of the domain."
            case "blocked", "unreachable", "timeout", "busy": "Try again later; the site may answer then."
            case "forbidden_address": "Whoever runs the server can allow such addresses with OUTBOUND_ALLOW."
            case "no_name_server": "Whoever runs the server can name one with DNS_SERVER."
            default: nil
            }
        })
}
