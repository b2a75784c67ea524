// swift-tools-version: 6.2
import PackageDescription

// The dependency law. A target may import only what its line names; the build runs with
// `--explicit-target-dependency-import-check error`, so a wrong door does not compile.
//
//   Core <- Storage <- Jobs <- { Transforms, Extractions, Leads, Tracking, Collaboration } <- Assembly     Core <- Web <- every room with routes
//   Core <- Workers <- Jobs and the rooms whose work runs in processes
//   Core <- Storage <- { Accounts, Objects, Operations } <- Assembly <- quern  Resources <- Web
//   Core <- QRCodes and WebAuthentication <- Accounts
//   Core <- Tabular, Textual, Scanning and SMTP, which know no user, no database and no HTTP server; Transforms uses Tabular,
//   Extractions Textual, Leads Discovery, Collaboration Scanning, Assembly SMTP. HTML <- { Textual, Discovery }, SMTP <- Discovery. Core <- Archives <- Textual, Scanning and Jobs. A table that is text is
//   the same in a document: Tabular <- Textual.

let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        // Tests and executable are built once, from the same objects: the optimised ones, which people run.
        .unsafeFlags(["-enable-testing"], .when(configuration: .release)),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

// The release executable is static and stripped. The flags belong to this one product, so that the tests, which XCTest
// makes dynamic, are built from the same objects.
let wholeExecutable: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-executable", "-Xlinker", "-s",
            // What CStatic says.
            "-Xlinker", "--wrap=__register_frame_info", "-Xlinker", "--wrap=__deregister_frame_info",
            // GNU's linker, which alone leaves out parts of the unwind tables.
            "-ld-path=\(Context.packageDirectory)/.ci/ld",
            "-Xlinker", "-T\(Context.packageDirectory)/Sources/CStatic/swift-unwinding.ld",
            // Foundation and what it needs itself, which only the modules of the static library name.
            "-Xlinker", "--start-group", "-lFoundation", "-lFoundationInternationalization", "-lFoundationEssentials",
            "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections", "-lstdc++",
            "-Xlinker", "--end-group",
        ], .when(platforms: [.linux], configuration: .release))
]

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypes1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioHTTPTypes2 = Target.Dependency.product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras")
let nioExtras = Target.Dependency.product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "quern",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "quern", targets: ["quern"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", exact: "1.46.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/LebJe/TOMLKit.git", exact: "0.6.0"),
    ],
    targets: [
        // What every room speaks.
        .target(name: "Core", swiftSettings: strict),

        // Engines: no user, no database, no HTTP server.
        .target(name: "Tabular", dependencies: ["Core", "CEncodings", "CZlib", "CZstd"], swiftSettings: strict),
        .target(name: "Scanning", dependencies: ["Core", "Archives"], swiftSettings: strict),
        .target(
            name: "Textual",
            dependencies: [
                "Core", "Archives", "HTML", "Tabular", "CGlyphs", "CMarkdown", crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ], swiftSettings: strict),
        // Pages as browsers read them.
        .target(name: "HTML", dependencies: ["CGlyphs"], swiftSettings: strict),
        // Domains to people and addresses that mail servers know.
        .target(
            name: "Discovery",
            dependencies: [
                "Core", "HTML", "SMTP", "Tabular", nioCore, nioPosix, nioSSL, nioHTTP1,
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
            ], swiftSettings: strict),
        // Packed streams and ZIP archives, which two engines read and Jobs writes.
        .target(name: "Archives", dependencies: ["Core", "CZlib"], swiftSettings: strict),
        .target(name: "SMTP", dependencies: ["Core", nioCore, nioPosix, nioTLS, nioSSL], swiftSettings: strict),

        // Two standards that Accounts speaks, and that need nothing of it.
        .target(name: "QRCodes", dependencies: ["Core"], swiftSettings: strict),
        .target(
            name: "WebAuthentication",
            dependencies: ["Core", crypto, .product(name: "CryptoExtras", package: "swift-crypto")], swiftSettings: strict),

        // The one C target that embeds templates and assets, and the one that holds system calls Swift can not make.
        .target(name: "Resources", path: "Resources", sources: ["resources.c"], publicHeadersPath: "include"),
        .target(name: "CSandbox"),
        // What the static executable has in the place of parts of libgcc and of ICU.
        .target(name: "CStatic", exclude: ["icudt76l.dat", "swift-unwinding.ld"]),
        // Tables of encodings and languages, embedded.
        .target(name: "CEncodings", exclude: ["tables"]),
        // Names and widths of glyphs, embedded.
        .target(name: "CGlyphs", exclude: ["tables"]),

        // C libraries of the system, each with a static archive.
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CZstd"),
        .systemLibrary(name: "CMarkdown"),

        .target(
            name: "Storage",
            dependencies: ["Core", grdb, sqlite, crypto, nioCore, nioPosix, logging], swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                "Core", "Resources", "CZlib", hummingbird, hummingbirdCore, httpTypes, crypto, nioCore, nioPosix, nioHTTP1,
                nioHTTPTypes,
                nioHTTPTypes1, nioExtras, logging, lifecycle,
                .product(name: "Mustache", package: "swift-mustache"),
            ], swiftSettings: strict),
        // Processes that do work: started, confined, fed, heard, limited and stopped. It knows no job.
        .target(name: "Workers", dependencies: ["Core", "CSandbox", nioPosix], swiftSettings: strict),
        .target(
            name: "Jobs",
            dependencies: [
                "Core", "Storage", "Web", "Workers", "Archives", grdb, hummingbird, httpTypes, nioCore, nioPosix, logging,
                lifecycle,
            ], swiftSettings: strict),
        .target(
            name: "Accounts",
            dependencies: [
                "Core", "Storage", "Web", "QRCodes", "WebAuthentication", grdb, hummingbird, httpTypes, crypto, nioCore, nioPosix,
                logging, lifecycle,
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ], swiftSettings: strict),
        .target(
            name: "Transforms",
            dependencies: [
                "Core", "Storage", "Web", "Workers", "Jobs", "Tabular", grdb, hummingbird, httpTypes, nioCore, nioPosix, logging,
            ],
            swiftSettings: strict),
        .target(
            name: "Extractions",
            dependencies: [
                "Core", "Storage", "Web", "Workers", "Jobs", "Textual", grdb, crypto, hummingbird, httpTypes, nioCore, nioPosix,
                logging, lifecycle,
            ], swiftSettings: strict),
        .target(
            name: "Leads",
            dependencies: [
                "Core", "Storage", "Web", "Workers", "Jobs", "Discovery", "SMTP", "Tabular", grdb, hummingbird, httpTypes,
                nioCore, nioPosix,
                nioSSL, logging, lifecycle,
            ], swiftSettings: strict),
        .target(
            name: "Collaboration",
            dependencies: [
                "Core", "Storage", "Web", "Workers", "Jobs", "Scanning", "CMarkdown", grdb, hummingbird, httpTypes, nioCore,
                nioPosix,
                logging, lifecycle,
            ], swiftSettings: strict),
        .target(
            name: "Tracking", dependencies: ["Core", "Storage", "Web", "Jobs", hummingbird, httpTypes], swiftSettings: strict),
        .target(
            name: "Objects", dependencies: ["Core", "Storage", "Web", grdb, hummingbird, httpTypes, nioCore, logging],
            swiftSettings: strict),
        .target(
            name: "Operations",
            dependencies: ["Core", "Storage", "Web", grdb, hummingbird, httpTypes, crypto, nioCore, nioPosix, logging],
            swiftSettings: strict),

        // The inventory of the product: all rooms put together, for the executable and for tests of routes.
        .target(
            name: "Assembly",
            dependencies: [
                "Core", "Storage", "Web", "Workers", "Jobs", "Accounts", "Objects", "Transforms", "Extractions", "Leads",
                "Tracking",
                "Collaboration", "Operations", "SMTP", "Discovery",
                nioSSL, nioHTTP1, .product(name: "AsyncHTTPClient", package: "async-http-client"),
                hummingbird, hummingbirdCore, httpTypes, crypto, nioCore, nioPosix, nioHTTP2, nioHPACK, nioHTTPTypes,
                nioHTTPTypes2, logging, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ], swiftSettings: strict),

        .executableTarget(
            name: "quern",
            dependencies: [
                "Assembly", "Core", "Storage", "Web", "Workers", "Jobs", "Accounts", "Transforms", "Extractions", "Leads",
                "Collaboration", "Discovery", "Tabular", "Textual", "SMTP",
                "CSandbox", "CStatic", nioSSL, nioCore, nioPosix, logging,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict, linkerSettings: wholeExecutable),

        // Tests: a folder for each room; Tests/EndToEnd drives the built executable from outside.
        .target(
            name: "TestKit", dependencies: ["Core", "Storage", "Jobs", nioPosix, logging], path: "Tests/TestKit",
            swiftSettings: strict),
        .executableTarget(
            name: "UnitTrial", dependencies: ["Core", "Storage", "Accounts", "Jobs", "Workers", grdb, nioPosix, logging],
            path: "Tests/UnitTrial", swiftSettings: strict),
        .target(name: "SandboxTrial", dependencies: ["CSandbox"], path: "Tests/SandboxTrial"),
        .testTarget(name: "HTMLTests", dependencies: ["HTML"], swiftSettings: strict),
        .testTarget(
            name: "DiscoveryTests", dependencies: ["Core", "HTML", "SMTP", "Discovery", nioPosix], swiftSettings: strict),
        .testTarget(
            name: "LeadsTests", dependencies: ["Core", "Storage", "Jobs", "Leads", "Discovery", "TestKit", grdb],
            swiftSettings: strict),
        .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: strict),
        .testTarget(name: "QRCodesTests", dependencies: ["Core", "QRCodes", crypto], swiftSettings: strict),
        .testTarget(
            name: "WebAuthenticationTests", dependencies: ["Core", "WebAuthentication", crypto], swiftSettings: strict),
        .testTarget(
            name: "ExtractionsTests",
            dependencies: ["Core", "Storage", "Web", "Jobs", "Extractions", "Textual", "TestKit", grdb, nioPosix, logging],
            swiftSettings: strict),
        .testTarget(name: "ArchivesTests", dependencies: ["Core", "Archives"], swiftSettings: strict),
        .testTarget(name: "TextualTests", dependencies: ["Core", "Textual"], swiftSettings: strict),
        .testTarget(name: "TabularTests", dependencies: ["Core", "Tabular"], swiftSettings: strict),
        .testTarget(
            name: "AssemblyTests",
            dependencies: [
                "Assembly", "Core", "Storage", "Web", "Workers", "Accounts", "Jobs", httpTypes, hummingbird, logging, nioCore,
                nioPosix,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ], swiftSettings: strict),
        .testTarget(name: "SMTPTests", dependencies: ["Core", "SMTP", nioCore, nioPosix, nioSSL], swiftSettings: strict),
        .testTarget(name: "ResourcesTests", dependencies: ["Resources"], swiftSettings: strict),
        .testTarget(
            name: "StorageTests", dependencies: ["Core", "Storage", "TestKit", grdb, nioCore, nioPosix, logging],
            swiftSettings: strict),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Core", "Web", hummingbird, httpTypes, nioCore, nioPosix, nioEmbedded, nioExtras, nioHTTP1, nioHTTPTypes, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AccountsTests",
            dependencies: ["Core", "Storage", "Web", "Accounts", "TestKit", grdb, nioPosix, crypto, logging],
            swiftSettings: strict),
        .testTarget(
            name: "JobsTests",
            dependencies: [
                "UnitTrial",
                "Core", "Storage", "Web", "Workers", "Accounts", "Jobs", "Objects", "Tracking", "TestKit", grdb, nioCore,
                nioPosix,
                logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TrackingTests", dependencies: ["Core", "Web", "Jobs", "Tracking", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "WorkersTests", dependencies: ["Core", "Workers", "CSandbox", "SandboxTrial"], swiftSettings: strict),
        .testTarget(
            name: "OperationsTests", dependencies: ["Core", "Storage", "Operations", "TestKit", grdb, crypto],
            swiftSettings: strict),
        .testTarget(name: "ScanningTests", dependencies: ["Scanning"], swiftSettings: strict),
        .testTarget(
            name: "CollaborationTests",
            dependencies: [
                "Core", "Storage", "Web", "Workers", "Accounts", "Jobs", "Tracking", "Scanning", "Collaboration", "TestKit", grdb,
                nioCore,
                nioPosix,
                logging,
            ], swiftSettings: strict),
        .testTarget(
            name: "TransformsTests", dependencies: ["Core", "Web", "Jobs", "Transforms", "TestKit"], swiftSettings: strict),
    ],
    cLanguageStandard: .gnu2x
)
