import Core
import Foundation

/// Words of job titles in the languages that pages are written in, and what they say of a person's work and rank.
enum TitleWords {
    /// Whether a text reads like the title of a job.
    static func isTitle(_ text: String) -> Bool {
        guard text.utf8.count <= Limits.bytes else { return false }
        let words = words(of: text)
        // `Member since 2009`
        guard text.count(where: \.isNumber) < 4 else { return false }
        guard (1...Limits.words).contains(words.count) else { return false }
        if let last = words.last, last == "partner" || last == "partners", words.count > 1,
            vendors.contains(words[words.count - 2])
        {
            return false
        }
        // `About the author` heads a part of a page.
        if let first = words.first, headers.contains(first), words.count > 1 { return false }
        if words.contains(where: isTitleWord) { return true }
        return unspaced.contains { text.contains($0) }
    }

    /// Before `partner`: what firms are to each other.
    private static let vendors: Set = [
        "technology", "implementation", "gold", "silver", "platinum", "channel", "solution", "solutions", "certified",
        "strategic", "premier",
        "integration", "reseller", "media", "official", "authorized", "authorised", "cloud", "training", "service",
        "distribution",
    ]

    private static let headers: Set = [
        "about", "meet", "our", "your", "contact", "find", "become", "join", "hire", "read", "view", "all", "more", "for",
    ]

    private enum Limits {
        static let bytes = 180
        static let words = 12
    }

    static func words(of text: String) -> [String] {
        folded(text).split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "-" || $0 == "\"") }.map(String.init)
    }

    /// In small letters and without accents.
    static func folded(_ text: String) -> String {
        text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars.reduce(into: "") { folded, scalar in
            if scalar.properties.generalCategory != .nonspacingMark || scalar.value > 0x36F {
                folded.unicodeScalars.append(scalar == "ı" ? "i" : scalar == "\u{2019}" ? "'" : scalar)
            }
        }
    }

    static func isTitleWord(_ word: String) -> Bool {
        if whole.contains(word) { return true }
        guard word.utf8.count >= 5 else { return false }
        return stems.contains { word.hasPrefix($0) } || endings.contains { word.hasSuffix($0) }
    }

    private static let whole: Set<String> = Set(
        """
        ceo cto cfo coo cmo cio ciso cpo cro chro cdo cso vp svp evp avp md gm hr vd vp's head chief lead chair chef owner founder
        co-founder cofounder partner principal president vice-president director directors manager managing officer executive
        supervisor coordinator administrator assistant associate analyst engineer developer designer architect consultant advisor
        adviser specialist representative rep agent accountant bookkeeper auditor controller treasurer secretary receptionist intern
        trainee apprentice technician operator scientist researcher professor lecturer reader dean rector teacher tutor coach
        trainer nurse doctor physician surgeon dentist pharmacist therapist physiotherapist psychologist orthodontist hygienist
        dermatologist paediatrician pediatrician radiologist veterinarian lawyer attorney solicitor barrister paralegal counsel
        notary judge editor writer author journalist reporter copywriter translator interpreter photographer producer broker
        realtor salesperson salesman saleswoman buyer planner estimator surveyor foreman mechanic electrician plumber carpenter
        welder brewer baker cook sommelier waiter barista pastor minister deacon priest rabbi imam bishop curator librarian
        archivist custodian janitor caretaker governor trustee chairman chairwoman chairperson spokesperson spokesman member
        fellow postdoc ambassador evangelist strategist planner recruiter ombudsman warden steward captain pilot driver host
        chaplain superintendent provost chancellor hand clerk expert guide instructor artist musician conductor actor shareholder
        atencion contabilidade contabilidad kundeservice kundservice asiakaspalvelu
        collector clerk alderman publicist commissioner dispatcher inspector paramedic physio drummer
        konstrukteur konstrukteurin servicetechniker servicetechnikerin beisitz beisitzer beisitzerin fachberatung auftragsannahme
        auftragsbearbeitung disponent disponentin kassenwart schriftfuhrer vorzimmer telefonzentrale kundenbetreuung
        profesor profesorka docent docentka asistent asistentka doktorand doktorandka tajemnik tajemnice predseda predsedkyne
        mistopredseda mistopredsedkyne clen clenka sladek vyvojar vyvojarka referent referentka mistr technolog technolozka
        gelistirici gelistiricisi yazilim satis muhasebe pazarlama temsilcisi temsilci danisman koordinatoru
        projektant projektantka doradca magazynier handlowiec ksiegowosc logistyk
        progettista geometra magazziniere vigneron vigneronne maitre caviste oenologue
        utvecklare saljchef platschef byggledare handlaggare arkitekt ingenjor
        agare medeoprichter oprichter teamleider medewerker nakupci technik prodejce obchodnik vedouci jednatel jednatelka
        entrepreneur scholar partner-in-charge dpo sre qa ux dba pm receptioniste
        inhaber inhaberin vorstand vorstandin prokurist prokuristin leiter leiterin leitung chefin rechtsanwalt anwalt notar arzt arztin
        meister vertrieb einkauf buchhaltung innendienst aussendienst ansprechpartner ansprechpartnerin mitarbeiter mitarbeiterin
        gerant gerante pdg dg drh daf avocat avocate notaire comptable associe associee president presidente juriste infirmier
        ingeniero ingeniera abogado abogada gerente jefe jefa socio socia dueno propietario propietaria encargado encargada director
        directora capo titolare socio socia avvocato avvocata commercialista amministratore amministratrice legale presidente impiegata
        hoofd eigenaar adviseur medewerker notaris advocaat bestuurder zaakvoerder directeur
        prezes wiceprezes prokurent dyrektor kierownik specjalista ksiegowa ksiegowy adwokat radca wlasciciel czlonek
        jednatel reditel reditelka ucetni vedouci majitel majitelka advokat obchodni ceo's jednatelka
        saljare inkopare chef vd ekonomichef projektledare konsult kundtjanst advokat agare styrelseordforande
        direktor adm bogholder formand ejer leder saelger regnskapsforer økonomisjef styreleder
        toimitusjohtaja johtaja paallikko asiantuntija myyja omistaja puheenjohtaja
        diretor diretora gerente socio socia advogado advogada engenheiro engenheira contabilista encarregado fundador fundadora
        mudur muduru mudurlugu baskan baskani uyesi kurucu uzman uzmani muhendis muhendisi avukat sorumlusu ortak direktoru yoneticisi
        vezeto igazgato ugyvezeto konyvelo tulajdonos ugyved
        asociat fondator contabil sef administrator avocat inginer
        генеральный директор менеджер руководитель начальник специалист юрист бухгалтер инженер председатель президент ведущий
        заместитель основатель партнер партнёр владелец секретарь консультант аналитик разработчик главный глава член
        генеральний керівник бухгалтер спеціаліст фахівець головний засновник інженер голова менеджер
        διευθυντης διευθυντρια διευθυνων υπευθυνος υπευθυνη προεδρος συμβουλος μηχανικος λογιστης δικηγορος ιδρυτης γραμματεας
        مدير مديرة رئيس مهندس مهندسة محاسب محاسبة محامي محامية مستشار مستشارة نائب المدير المديرة مسؤول مسؤولة مؤسس عضو
        управител мениджър ръководител началник счетоводител основател собственик изпълнителен асистент търговски
        менаџер руководилац инжењер председник оснивач власник
        juhataja tegevjuht juht spetsialist insener raamatupidaja asutaja muugijuht turundusjuht projektijuht
        direktors direktore vaditajs vaditaja priekssedetajs valdes specialists inzenieris gramatvede gramatvedis dibinatajs menedzeris
        direktorius direktore vadovas vadove vadybininkas vadybininke inzinierius buhaltere specialistas ikurejas
        direktur manajer kepala pendiri komisaris insinyur akuntan pengacara sekretaris
        menadzer rukovodilac rukovoditelj voditelj voditeljica inzenjer racunovoda osnivac predsednik predsednica predsjednik vlasnik pravnik
        giám đốc
        निदेशक प्रबंधक अध्यक्ष मुख्य अभियंता इंजीनियर लेखाकार संस्थापक प्रमुख सचिव मैनेजर डायरेक्टर अधिकारी
        დირექტორი მენეჯერი უფროსი ხელმძღვანელი ინჟინერი ბუღალტერი იურისტი დამფუძნებელი პრეზიდენტი
        مدیر مدیرعامل رئیس مهندس حسابدار مشاور معاون سرپرست کارشناس مدیره
        տնօրեն մենեջեր տնօրենը
        מנהל מנהלת מנכ"ל סמנכ"ל מנכ"לית סמנכ"לית יו"ר מהנדס מהנדסת מייסד מייסדת עורך עורכת יועץ יועצת חשב חשבת רואה
        """.split(whereSeparator: \.isWhitespace).map { folded(String($0)) })

    private static let stems =
        """
        geschaft vorstand vorsitz aufsichtsrat rechtsanw fachanw steuerberat wirtschaftspruf projektleit abteilungsleit prokurist
        auszubild sachbearbeit teamleit leiter betriebsleit werkstatt kaufmannisch oberarzt facharzt assisten qualitats diplom-
        redakteur entwickler berater vertriebs marketing personalreferent chefarzt medizinisch
        directeur directrice responsabl conseil ingenieur secretair president fondat cofondat redact delegu architect developp charge
        responsab administrad administrat ejecutiv fundador secretari contador consejer comercial asesor
        direttor direttric fondat ragionier impiegat segretari presidente addett geometr collaborat
        bestuur hoofd- directeur medewerk boekhoud projectleid werkvoorber kandidaat accountmanag
        dyrektor kierowni specjalist asystent czlonek prezes
        projektov jednatel ucetni personalist
        projektled ekonom redovis personalch marknads verkstad forsalj verkstallande produktionsch salgs marked regnskap daglig
        projektlei projektled kundeansv bestyrels direktor okonomi prosjekt
        paallikko toimitus myynti talous projekti
        genel uretim pazarlama satis koordinator yonetim muhasebe
        ertekesit penzugy projektvez marketingvez igazgat
        directo diretor engenh advog responsave contabil
        директор руковод менеджер заместит инженер специалист программист бухгалтер юрисконсульт председател разработчик маркетолог
        керівник спеціал менеджер
        διευθυν υπευθυν συμβουλ μηχανικ
        """.split(whereSeparator: \.isWhitespace).map { folded(String($0)) }

    private static let endings =
        """
        leiter leiterin leitung berater beraterin fuhrer fuhrerin assistent assistentin manager managerin techniker ingenieur ingenieurin
        johtaja paallikko chef sjef vezeto ledare leder ansvarig ansvarlig konsulent konsult meister sekretar direktor direktorin direktør
        referent referentin partner beauftragter beauftragte medewerker leider saljare salger selger selgerin administrator administratorin
        innendienst aussendienst specjalista specjalistka
        """.split(whereSeparator: \.isWhitespace).map { folded(String($0)) }

    /// Of languages that set no spaces.
    private static let unspaced = [
        "代表", "取締役", "部長", "課長", "室長", "社長", "会長", "役員", "監査役", "マネージャ", "エンジニア", "デザイナ", "担当", "顧問", "ディレクター", "リーダー",
        "总监", "总经理", "經理", "经理", "董事", "创始人", "創辦人", "主席", "总裁", "總裁", "主管", "工程师", "工程師", "顾问", "律师", "会计", "监事", "助理", "首席",
        "執行長", "總監", "營運長", "財務長", "技術長", "副總", "行銷", "律師", "會計", "專員", "組長", "秘書",
        "ผู้จัดการ", "ผู้อำนวยการ", "กรรมการ", "ประธาน", "วิศวกร", "หัวหน้า", "ผู้บริหาร", "นักบัญชี", "ทนายความ", "ผู้ก่อตั้ง",
        "专员", "业务员", "銷售", "秘书", "组长", "店长",
        "대표", "이사", "팀장", "부장", "과장", "차장", "사장", "매니저", "엔지니어", "디자이너", "본부장", "실장", "회장", "변호사", "연구원", "감사", "고문", "원장", "소장",
        "센터장", "담당자",
    ]

    // MARK: What a title says

    /// Role families and words that tell them; the first that fits counts.
    private static let families: [(String, [String])] = [
        (
            "Founder",
            [
                "founder", "cofounder", "co-founder", "fondat", "grunder", "fundador", "kurucu", "основател", "засновник", "创始人",
                "创办", "創辦", "創始人", "מייסד", "مؤسس", "संस्थापक", "ผู้ก่อตั้ง", "დამფუძნებ", "pendiri", "osnivac", "оснивач",
            ]
        ),
        (
            "Legal",
            [
                "legal", "counsel", "lawyer", "attorney", "paralegal", "solicitor", "rechtsanw", "juri", "avoc", "abogad",
                "notar", "юрист", "compliance",
            ]
        ),
        (
            "HR",
            [
                "hr", "human", "people", "talent", "recruit", "personal", "chro", "ressources humaines", "humanos", "персонал",
                "人力", "人事", "인사",
            ]
        ),
        ("Security", ["security", "ciso", "sicherheit", "безопасн"]),
        (
            "Finance",
            [
                "cfo", "finance", "financial", "financ", "account", "treasur", "controller", "buchhalt", "comptab", "contab",
                "audit", "bookkeep", "payroll", "econom", "ekonom", "财务", "財務", "재무", "経理", "финанс", "бухгалтер", "счетовод",
                "raamatupid", "gramatved", "keuangan", "akuntan", "penzug",
                "konyvel", "כספים", "חשבונ", "محاسب", "مالي", "حسابدار", "مالی", "वित्त", "लेखा", "การเงิน", "บัญชี", "ფინანს", "ბუღალტ",
                "οικονομ", "λογιστ",
                "會計", "会计",
            ]
        ),
        (
            "Customer Success",
            ["customer", "client success", "kundenbetreu", "onboarding"]
        ),
        ("Support", ["support", "helpdesk", "help desk", "service desk", "kundtjanst"]),
        (
            "Sales",
            [
                "sales", "vertrieb", "account executive", "business development", "commercial", "comercial", "commerciale",
                "vendite", "ventas", "verkoop", "revenue", "cro", "account manager", "key account", "sprzedaz", "продаж", "销售",
                "营业", "営業", "영업", "satis", "forsalj", "salg", "myynti", "продажб", "търговск", "muugi", "pardosan", "pardavim",
                "penjualan",
                "kinh doanh", "prodaj", "продај", "ertekesit", "מכירות", "مبيعات", "فروش", "बिक्री", "ฝ่ายขาย", "การขาย", "გაყიდვ",
                "銷售", "業務", "πωλησ",
            ]
        ),
        (
            "Marketing",
            [
                "marketing", "brand", "communication", "kommunikation", "pr", "cmo", "growth", "content", "media",
                "public relations", "маркетинг", "市场", "마케팅", "pazarlama", "turundus", "pemasaran", "שיווק", "تسويق", "بازاریابی",
                "विपणन", "การตลาด",
                "მარკეტინგ", "行銷", "μαρκετινγκ",
            ]
        ),
        ("Product", ["product", "produkt", "cpo", "produit", "producto", "プロダクト"]),
        ("Data", ["data", "analytics", "machine learning", "daten"]),
        ("IT", ["it", "cio", "information", "informatik", "systems administrator", "sysadmin", "network"]),
        ("Design", ["design", "designer", "ux", "ui", "creative", "art director"]),
        (
            "Engineering",
            [
                "engineer", "engineering", "developer", "cto", "software", "devops", "architect", "technical", "technology",
                "technisch", "technique", "ingenieur", "ingenier", "entwickl", "programm", "qa", "инженер", "技术", "エンジニア",
                "insener", "inzenier", "insinyur", "инжењер", "inzenjer", "מהנדס", "مهندس", "अभियंता", "इंजीनियर", "วิศวกร", "ინჟინერ",
                "工程", "技術", "μηχανικ",
                "технич",
            ]
        ),
        (
            "Operations",
            [
                "operations", "coo", "logistics", "supply", "production", "produktion", "warehouse", "procurement", "purchasing",
                "einkauf", "quality", "office manager", "plant", "facilit", "операц",
            ]
        ),
        (
            "Executive",
            [
                "ceo", "chief executive", "president", "managing director", "chairman", "chairwoman", "chair", "geschaftsfuhr",
                "vorstand", "directeur general", "pdg", "director general", "amministratore delegato", "prezes",
                "toimitusjohtaja", "vd", "verkstallande", "генеральный", "代表取締役", "대표이사", "董事长", "owner", "inhaber",
                "董事長", "總經理", "总经理", "執行長", "首席执行官", "總裁", "总裁", "מנכ\"ל", "ugyvezeto", "genel mudur", "изпълнителен директор",
                "управител", "tegevjuht", "direktur utama", "valdes priekssedetajs", "tong giam đoc", "generalni direktor",
                "генерални директор",
                "გენერალური", "مدیرعامل", "الرئيس التنفيذي", "मुख्य कार्यकारी", "ประธานเจ้าหน้าที่บริหาร", "กรรมการผู้จัดการ",
                "διευθυνων συμβουλος",
                "executive director", "general manager",
            ]
        ),
    ]

    /// - Returns: `General Management` when nothing tells.
    static func roleFamily(_ title: String) -> String {
        let text = searchable(title)
        return familyParts.first { $0.parts.contains { ByteText.holds(text, $0) } }?.name ?? "General Management"
    }

    private static let familyParts = families.map { name, words in (name: name, parts: words.map { part($0, standsAloneUpTo: 3) })
    }

    /// The words of a title with one space around each.
    private static func searchable(_ title: String) -> [UInt8] {
        Array((" " + words(of: title).joined(separator: " ") + " ").utf8)
    }

    /// What a title with the word holds: short words stand alone, longer ones begin a word, and those of scripts without spaces stand anywhere.
    private static func part(_ word: String, standsAloneUpTo letters: Int) -> [UInt8] {
        guard word.allSatisfy(\.isASCII) else { return Array(word.utf8) }
        return Array((word.count <= letters ? " \(word) " : " \(word)").utf8)
    }

    private static let ranks: [(String, [String])] = [
        (
            "C-Level",
            [
                "ceo", "cto", "cfo", "coo", "cmo", "cio", "ciso", "cpo", "cro", "chro", "cdo", "cso", "chief", "president",
                "founder", "cofounder", "co-founder", "owner", "managing director", "chairman", "chairwoman", "geschaftsfuhr",
                "vorstand", "inhaber", "directeur general", "directrice generale", "pdg", "director general",
                "amministratore delegato", "prezes", "toimitusjohtaja", "verkstallande", "генеральный директор", "代表取締役", "대표이사",
                "董事长", "fondat", "fundador", "kurucu", "основател", "董事長", "總經理", "总经理", "執行長", "首席执行官", "首席技术官", "首席财务官",
                "首席运营官", "首席執行長", "總裁", "总裁", "技術長", "財務長",
                "營運長", "創辦人", "创始人", "מנכ\"ל", "מייסד", "ugyvezeto", "genel mudur", "изпълнителен директор", "управител",
                "tegevjuht",
                "direktur utama", "valdes priekssedetajs", "tong giam đoc", "generalni direktor", "генерални директор",
                "გენერალური", "مدیرعامل",
                "الرئيس التنفيذي", "मुख्य कार्यकारी", "ประธานเจ้าหน้าที่บริหาร", "กรรมการผู้จัดการ", "διευθυνων συμβουλος",
            ]
        ),
        (
            "VP",
            [
                "vp", "svp", "evp", "avp", "vice president", "vice-president", "wiceprezes", "副总", "副總", "부사장", "סמנכ\"ל",
                "نائب الرئيس",
            ]
        ),
        ("Head", ["head", "hoofd", "leiter", "leiterin", "leitung", "lead of"]),
        (
            "Director",
            [
                "director", "directeur", "directrice", "direttor", "direktor", "dyrektor", "diretor", "директор", "διευθυν", "总监",
                "總監", "direktur", "giam đoc", "निदेशक", "ผู้อำนวยการ", "დირექტორ", "igazgato",
            ]
        ),
        (
            "Manager",
            [
                "manager", "lead", "supervisor", "kierownik", "gerente", "responsabl", "chef", "jefe", "jefa", "teamleit",
                "projektleit", "менеджер", "руководитель", "经理", "部長", "課長", "팀장", "muduru", "mudur", "vezeto", "paallikko", "經理",
                "מנהל", "مدير", "مدیر", "प्रबंधक", "ผู้จัดการ", "მენეჯერ", "менаџер", "мениджър",
                "manajer", "menadzer", "juhataja", "vaditaj", "vadov", "ръководител",
            ]
        ),
    ]

    /// - Returns: `IC`, an individual contributor, when nothing tells.
    static func seniority(_ title: String) -> String {
        let text = searchable(title)
        // A vice president is no president, an assistant to the director no director.
        if ByteText.holds(text, assistantTo) || text.starts(with: assistant) && ByteText.holds(text, ofThe) { return "IC" }
        if vicePresidents.contains(where: { ByteText.holds(text, $0) }) { return "VP" }
        return rankParts.first { $0.parts.contains { ByteText.holds(text, $0) } }?.name ?? "IC"
    }

    private static let rankParts = ranks.map { name, words in (name: name, parts: words.map { part($0, standsAloneUpTo: 4) }) }
    private static let vicePresidents = ranks[1].1.map { Array(" \($0)".utf8) }
    private static let (assistantTo, assistant, ofThe) = (
        Array(" assistant to ".utf8), Array(" assisten".utf8), Array(" der ".utf8)
    )
}

/// What the title of a job says of it.
package enum JobTitle {
    /// Such as `Sales` or `Engineering`; `General Management` when nothing tells.
    package static func roleFamily(_ title: String) -> String { TitleWords.roleFamily(title) }
    /// `C-Level`, `VP`, `Head`, `Director`, `Manager`, or `IC` for all others.
    package static func seniority(_ title: String) -> String { TitleWords.seniority(title) }
}
