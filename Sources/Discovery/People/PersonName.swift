import Core
import Foundation

/// A text that reads like the name of a person.
struct PersonName: Equatable {
    let text: String
    /// Whether something beside its shape says so: a given name that is known, an honorific, a surname of its script.
    let isSure: Bool

    private enum Limits {
        static let bytes = 120
        static let words = 6
    }

    /// - Parameter isLoose: whether it stands where a name is expected, so that its shape is enough.
    init?(_ source: String, isLoose: Bool = false) {
        guard source.utf8.count <= Limits.bytes else { return nil }
        var text = source.trimmed.trimmingCharacters(in: CharacterSet(charactersIn: " ,;:|·•–—-*\"“”"))
        guard !text.isEmpty, !text.contains(where: { $0.isNumber || "@/\\?!&+=<>[]{}%#©®™:;|…_~".contains($0) }) else {
            return nil
        }
        if let name = Self.eastAsian(text) {
            (self.text, isSure) = name
            return
        }
        // What is written in these scripts and is none of their names, is none.
        guard
            !text.unicodeScalars.contains(where: {
                0x3040...0x30FF ~= $0.value || 0x3400...0x9FFF ~= $0.value || 0xAC00...0xD7A3 ~= $0.value
            })
        else { return nil }
        var isSure = false
        // Degrees behind a comma, nicknames in brackets or quotes stay where they are.
        while let comma = text.lastIndex(of: ",") {
            let rest = text[text.index(after: comma)...].split(whereSeparator: { $0 == " " || $0 == "/" }).map {
                Self.bare(String($0))
            }
            guard !rest.isEmpty, rest.allSatisfy(Self.degrees.contains) else { break }
            text = String(text[..<comma]).trimmed
            isSure = true
        }
        // `Smith, John`
        if let comma = text.firstIndex(of: ",") {
            let (last, first) = (String(text[..<comma]).trimmed, String(text[text.index(after: comma)...]).trimmed)
            // `Götz Dörfler, Matthias Vogt` are two.
            guard first.split(separator: " ").count < 2 || last.split(separator: " ").count < 2 || isLoose else { return nil }
            guard !first.contains(","), !first.isEmpty, !last.isEmpty, last.split(separator: " ").count <= 3,
                first.split(separator: " ").count <= 3, let given = first.split(separator: " ").first,
                isLoose || GivenNames.contains(String(given)),
                // `Max Huber, Erika Lang` are two.
                last.split(separator: " ").count == 1 || !GivenNames.contains(String(last.prefix { $0 != " " }))
            else { return nil }
            if ["jr.", "jr", "sr.", "sr", "ii", "iii"].contains(first.lowercased()) { return nil }
            text = "\(first) \(last)"
        }
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if words.count > 2, ["by", "von", "par", "por", "di", "door", "av", "written"].contains(words[0].lowercased()),
            words[0].first?.isUppercase == true
        {
            words.removeFirst(words[1].lowercased() == "by" ? 2 : 1)
        }
        // `M. Durand` is Monsieur; `M. R. Fairbrother` has two initials.
        // `von Kerstin Oberhuber` under the title of a book.
        if words.count > 2, ["by", "von", "par", "por", "di", "door", "av"].contains(words[0]), GivenNames.contains(words[1]) {
            return nil
        }
        while words.count > 1, Self.honorifics.contains(Self.bare(words[0])) || words[0].hasPrefix("Dipl.-"),
            !(Self.isInitial(words[0]) && Self.isInitial(words[1]))
        {
            words.removeFirst()
            isSure = true
            // `Dipl.-Ing. (FH) …`
            if words.count > 2, words[0].hasPrefix("("), words[0].hasSuffix(")") { words.removeFirst() }
        }
        while words.count > 2, Self.degrees.contains(Self.bare(words[words.count - 1])), !Self.isNumeral(words[words.count - 1]) {
            words.removeLast()
        }
        guard (2...Limits.words).contains(words.count) else { return nil }
        var isShouted = words.allSatisfy { $0 == $0.uppercased() } && words.contains { $0.count > 3 }
        // `Élodie VASSEUR`, `VASSEUR Élodie`
        if !isShouted, words.contains(where: { $0 != $0.uppercased() && GivenNames.contains($0) }),
            words.contains(where: { $0.count > 2 && $0 == $0.uppercased() && $0.first?.isLetter == true })
        {
            if words[0] == words[0].uppercased(), words[0].count > 2,
                let given = words.firstIndex(where: { $0 != $0.uppercased() }),
                words[given...].allSatisfy({ $0 != $0.uppercased() })
            {
                words = Array(words[given...]) + Array(words[..<given])
            }
            isShouted = true
        }
        var proper = 0
        for (index, word) in words.enumerated() {
            let plain = word.trimmingCharacters(in: CharacterSet(charactersIn: "\"“”„'()‘’.,"))
            guard let first = plain.first, first.isLetter else { return nil }
            if Self.particles.contains(plain.lowercased()), index > 0 || plain.first?.isLowercase == true { continue }
            guard first.isUppercase || !first.hasCapital else { return nil }
            // `McDonald`, `O'Neill`, `Jean-Luc`; no `iPhone`, no `eBay`, no `SaaS`.
            guard plain.allSatisfy({ $0.isLetter || "'’-.‐‑·\u{2060}".contains($0) || $0.isMark }) else { return nil }
            if !isShouted, plain.count > 3, plain == plain.uppercased(), first.hasCapital { return nil }
            proper += 1
        }
        guard proper >= 2 || (proper == 1 && words.count >= 2 && isLoose) else { return nil }
        let small = words.map { Self.bare($0) }
        guard !small.contains(where: Self.never.contains) else { return nil }
        // `San Diego`
        if let first = small.first, Self.places.contains(first) { return nil }
        let isKnown = words.contains { GivenNames.contains($0) }
        // `Planung der Touren`; `Ruud van der Berg` has a particle before the article.
        if !isKnown, let place = small.firstIndex(where: ["der", "des", "den"].contains), place > 0,
            !["van", "von", "zu", "op", "in", "aus", "auf", "an"].contains(small[place - 1])
        {
            return nil
        }
        if !isKnown, small.contains(where: { TitleWords.isTitleWord(TitleWords.folded($0)) }) { return nil }
        if isKnown, let last = small.last, TitleWords.isTitleWord(TitleWords.folded(last)) {
            // Trades are surnames, too.
            guard words.count == 2,
                ["cook", "baker", "carpenter", "bishop", "dean", "judge", "steward", "head", "priest"].contains(last)
            else { return nil }
        }
        if isShouted { words = words.map { $0 == $0.uppercased() ? Self.calmed($0) : $0 } }
        self.text = words.joined(separator: " ")
        self.isSure = isSure || isKnown
    }

    static func bare(_ word: String) -> String {
        word.lowercased().replacing(".", with: "").trimmingCharacters(in: CharacterSet(charactersIn: ",()\"“”"))
    }

    private static func isInitial(_ word: String) -> Bool {
        word.count == 2 && word.hasSuffix(".") && word.first?.isUppercase == true
    }

    private static func isNumeral(_ word: String) -> Bool { ["ii", "iii", "iv", "jr", "sr"].contains(bare(word)) }

    /// `VAN DER BERG` as people write it.
    private static func calmed(_ word: String) -> String {
        if particles.contains(word.lowercased()) { return word.lowercased() }
        if word.count <= 2, word.contains(".") { return word }
        var calm = ""
        var isStart = true
        for character in word.lowercased() {
            calm += isStart ? String(character).uppercased() : String(character)
            isStart = "-'’.".contains(character)
        }
        return calm
    }

    // MARK: Scripts without spaces or capitals

    private static func eastAsian(_ text: String) -> (String, Bool)? {
        let plain = text.filter { $0 != " " && $0 != "\u{3000}" && $0 != "·" && $0 != "・" }
        let scalars = Array(plain.unicodeScalars)
        guard (2...8).contains(scalars.count) else { return nil }
        let isHangul = scalars.allSatisfy { 0xAC00...0xD7A3 ~= $0.value }
        let isHan = scalars.allSatisfy { 0x3400...0x9FFF ~= $0.value || $0 == "々" || 0x3040...0x30FF ~= $0.value }
        guard isHangul || isHan else { return nil }
        // `様`, `氏`, `님` are no part of it.
        var name = text.trimmed
        for ending in ["様", "氏", "さん", "先生", "女士", "님", "씨"] where name.count > ending.count + 1 && name.hasSuffix(ending) {
            name = String(name.dropLast(ending.count)).trimmed
        }
        let bare = name.filter { $0 != " " && $0 != "\u{3000}" }
        if TitleWords.isTitle(bare) { return nil }
        if isHangul {
            guard (2...4).contains(bare.count), let first = bare.first, koreanSurnames.contains(first) else { return nil }
            // Four letters have a surname of two.
            guard bare.count < 4 || ["남궁", "황보", "제갈", "사공", "선우", "독고", "서문", "동방"].contains(where: bare.hasPrefix) else {
                return nil
            }
            return (name, bare.count == 3)
        }
        guard scalars.contains(where: { 0x3400...0x9FFF ~= $0.value }), (2...6).contains(bare.count) else { return nil }
        if bare.count <= 3, let first = bare.first, chineseSurnames.contains(first),
            scalars.allSatisfy({ 0x3400...0x9FFF ~= $0.value })
        {
            return (name, true)
        }
        if bare.count == 4, compound.contains(where: bare.hasPrefix) { return (name, true) }
        let parts = name.split(whereSeparator: { $0 == " " || $0 == "\u{3000}" })
        if parts.count == 2, parts.allSatisfy({ (1...3).contains($0.count) }) { return (parts.joined(separator: " "), true) }
        if (3...5).contains(bare.count), japaneseSurnames.contains(where: bare.hasPrefix) { return (name, true) }
        return nil
    }

    private static let koreanSurnames: Set<Character> = Set(
        "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구나민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용")
    private static let chineseSurnames: Set<Character> = Set(
        "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林郑鄭谢謝罗羅梁宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯"
    )
    private static let compound = ["欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒", "夏侯", "皇甫", "东方", "慕容"]
    private static let japaneseSurnames = [
        "佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "渡邊", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々木", "山口", "松本", "井上", "木村", "斎藤", "斉藤",
        "清水",
        "山崎", "森", "池田", "橋本", "阿部", "石川", "山下", "中島", "石井", "小川", "前田", "岡田", "長谷川", "藤田", "後藤", "近藤", "村上", "遠藤", "青木", "坂本",
        "福田", "太田",
        "西村", "藤井", "金子", "岡本", "藤原", "三浦", "中野", "中川", "原田", "松田", "竹内", "小野", "田村", "中山", "和田", "石田", "森田", "上田", "原", "内田",
        "柴田", "酒井",
        "宮崎", "横山", "高木", "安藤", "宮本", "大野", "小島", "谷口", "今井", "工藤", "高田", "増田", "丸山", "杉山", "村田", "大塚", "新井", "小山", "平野", "藤本",
        "河野", "上野", "野口", "武田", "松井", "千葉", "菅原", "岩崎", "久保", "木下", "野村", "松尾", "菊地", "佐野", "大西", "杉本", "古川", "浜田", "市川",
    ]

    // MARK: Words

    private static let honorifics: Set = [
        "dr", "dra", "drs", "prof", "profa", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "lady", "lord", "rev",
        "reverend",
        "hon", "fr", "father", "sister", "brother", "herr", "frau", "dipl-ing", "dipl-kfm", "ing", "mag", "med", "dent", "jur",
        "rer", "nat",
        "phil", "oec", "pd", "ra", "rain", "univ-prof", "mme", "mlle", "monsieur", "madame", "maitre", "maître", "sr", "sra",
        "srta", "don", "doña", "dott",
        "dottssa", "sig", "sigra", "avv", "arch", "ir", "mw", "mevr", "dhr", "mevrouw", "mgr", "mudr", "judr", "inż", "inz",
        "pan",
        "pani", "lic", "engº", "eng", "engª", "av", "doç", "uzm", "bay", "bayan", "κ", "κος", "κα", "δρ", "д-р", "г-н", "г-жа",
        "проф", "dr-ing", "h", "hc", "rag", "geom", "bc", "phdr", "d", "m", "κυρία", "κύριος", "ds", "hr", "fru", "eng°",
        "د", "أ", "م", "السيد", "السيدة", "الدكتور", "الدكتورة", "ד\"ר", "עו\"ד", "מר", "גב'", "פרופ'",
    ]
    private static let degrees: Set = [
        "phd", "dphil", "md", "mba", "cpa", "cfa", "esq", "esquire", "dds", "dmd", "dvm", "rn", "np", "do", "jd", "llm", "llb",
        "llp", "facs",
        "facc", "facp", "frcs", "mrcp", "frcp", "riba", "mrics", "frics", "aia", "pmp", "msc", "bsc", "mph", "mpa", "mpp", "edd",
        "psyd", "pharmd",
        "obe", "mbe", "cbe", "kbe", "frs", "cissp", "cfp", "chfc", "aca", "acca", "fca", "fcca", "shrm-cp", "sphr", "leed-ap",
        "mres", "meng",
        "beng", "ret", "msw", "lcsw", "ma", "ba", "bs", "ms", "pe", "dipl-ing", "pa-c", "rdh", "bds",
    ]
    private static let particles: Set = [
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "do", "du", "la", "le", "el", "al", "bin",
        "ibn", "ben",
        "ter", "ten", "zu", "zur", "zum", "vom", "y", "e", "i", "af", "av", "och", "und", "bint", "abu", "st", "op", "'t", "in",
        "het", "san", "santa", "degli", "dalla", "lo", "los", "las", "t", "te", "bat",
    ]
    /// What names of places begin with.
    private static let places: Set = [
        "são", "sao", "sankt", "bad", "san", "santa", "los", "las", "saint", "mount", "fort", "lake", "port", "cape", "rio",
    ]
    /// Words that head sections, name places, companies and things.
    private static let never: Set = Set(
        """
        practice apply chart organisation organization guest sayfa anasayfa via avenida rua calle strasse
        the our your and for with from about contact us team meet home news blog privacy policy terms conditions cookie cookies
        success customer customers support services service solutions solution products product company careers career jobs job join
        work working who what why how where when get read more view learn click here all rights reserved copyright menu search
        login sign register subscribe newsletter follow share facebook twitter linkedin instagram youtube email mail phone
        telephone fax mobile address office offices hours opening location locations map directions street road avenue lane drive
        square suite floor building city county state new north south east west great united kingdom states america europe
        europa asia africa london paris berlin york los angeles francisco saint mission vision values history story culture
        management leadership board directors department departments division group groups holding inc llc ltd limited gmbh ag
        bv nv sa srl spa corp corporation company's plc kg ohg und partners associates consulting technologies systems software
        digital media marketing sales finance engineering operations research development design legal human resources
        administration production logistics quality information technology security data cloud platform network networks
        solutions project projects case study studies client clients testimonials reviews partner partnerships press events event
        webinar guide guides resources resource download downloads faq help center centre documentation api pricing plans
        free trial demo request quote book booking buy shop store cart checkout online app mobile web website site page pages
        portfolio gallery photo photos video videos image credits bank insurance university college school institute
        academy foundation association society club church hospital clinic hotel restaurant bar cafe museum library
        green red blue black white gold silver smart fast easy first best top next one two three monday tuesday wednesday
        thursday friday saturday sunday january february march july september october november december
        über unser unsere team ihre ihr kontakt impressum datenschutz datenschutzerklärung startseite leistungen aktuelles
        karriere anfahrt öffnungszeiten amtsgericht handelsregister umsatzsteuer haftungsausschluss straße strasse
        nuestro nuestra equipo contacto inicio servicios aviso política privacidad notre nos équipe contactez accueil mentions
        légales confidentialité chi siamo contatti azienda il nostro onze ons over ontmoet nasz nasza zespół kontakty
        biography bio profile profiles vcard linkedin's read download skip content navigation toggle close open previous
        executive non-executive independent advisory committee council annual report investor relations governance
        awards award gallery journal magazine studio studios labs lab works factory foods energy health care medical dental
        law financial capital ventures investments real estate property properties construction
        наша команда контакты компании компания о нас новости услуги главная политика конфиденциальности наши
        команди нашa ομάδα εταιρεία επικοινωνία αρχική ekibimiz iletişim hakkımızda yönetim kurulu
        plan plans starter basic pro premium enterprise standard sale winter summer spring autumn season offer offers deal deals
        frequently asked question questions prénom nom vorname nachname nombre apellido apellidos cognome imię nazwisko
        privacy sitemap imprint hq headquarters featured latest recent related popular categories tags archive archives
        alle anzeigen mehr erfahren weiterlesen lire suite leer más leggi tutto lees meer
        nachricht wiadomość message mensagem mensaje messaggio bericht meddelande besked zpráva mesaj absenden senden send enviar
        invia envoyer wyślij skicka odeslat gönder verzenden agende solicite demonstração demonstración links latest quick
        modell model modelo plaza gemeinde stadt landkreis municipality bulvarı caddesi sokak mahallesi moradia apartamento vacancies vacancy openings prize prizes pris
        apartment villa townhouse condo
        """.split(whereSeparator: \.isWhitespace).map { bare(String($0)) })
}

extension Character {
    /// Whether its script has small letters and capitals.
    fileprivate var isCased: Bool { isUppercase || isLowercase }
    fileprivate var isMark: Bool { unicodeScalars.allSatisfy { $0.properties.generalCategory == .nonspacingMark } }
}

extension Character {
    /// Whether names begin with a large one of it; Georgian has large letters for headings alone.
    fileprivate var hasCapital: Bool { isCased && !unicodeScalars.allSatisfy { 0x10D0...0x10FF ~= $0.value } }
}
