import Core
import Foundation

/// What words beside or above say of others: labels, and tables.
extension PageReading {
    // MARK: Labels

    private static let lastLabels: Set = [
        "last name", "surname", "family name", "nachname", "nom de famille", "apellidos", "apellido", "cognome", "efternamn",
        "etternavn",
        "efternavn", "sukunimi", "prijmeni", "nazwisko", "achternaam", "sobrenome", "apelido", "soyad", "soyadi", "фамилия",
        "прізвище",
        "vezeteknev", "nume de familie",
    ]
    private static let firstLabels: Set = [
        "first name", "given name", "vorname", "prenom", "fornamn", "fornavn", "etunimi", "jmeno", "imie", "voornaam", "ad",
        "adi",
        "keresztnev", "prenume", "primeiro nome",
    ]
    private static let nameLabels: Set = [
        "name, vorname", "nachname, vorname", "last name, first name", "surname, first name", "nom, prenom", "apellidos, nombre",
        "cognome, nome", "naam, voornaam",
        "name", "nom", "nombre", "naam", "nome", "imie i nazwisko", "navn", "namn", "nimi", "ad soyad", "имя", "фио", "ονομα",
        "氏名", "姓名", "이름", "full name", "nom et prenom", "contact", "contact person", "ansprechpartner", "nev", "jmeno",
    ]
    private static let titleLabels: Set = [
        "position", "title", "role", "job title", "funktion", "poste", "fonction", "cargo", "puesto", "ruolo", "functie",
        "stanowisko", "titel", "stilling", "tehtava", "gorev", "unvan", "должность", "посада", "θεση", "役職", "职位", "職務", "직책",
        "직위", "designation", "job", "qualifica", "mansione", "beosztas", "pozice", "funcao", "functia", "office", "befattning",
        "nimike", "function", "job function", "responsibility", "position held",
    ]
    private static let mailLabels: Set = [
        "email", "e-mail", "mail", "courriel", "correo", "posta", "eposta", "e-posta", "sahkoposti", "メール", "邮箱", "이메일", "почта",
        "adres e-mail", "correo electronico", "email address", "البريد الإلكتروني", "بريد إلكتروني", "البريد الالكتروني",
        "אימייל",
        "דוא\"ל", "电子邮件", "邮件", "電子メール", "メールアドレス", "전자우편", "электронная почта", "эл. почта", "email :", "пошта",
        "электронная почта", "ηλεκτρονικο ταχυδρομειο", "อีเมล", "correo-e", "courriel",
    ]
    private static let otherLabels: Set = [
        "phone", "tel", "telefon", "telephone", "fax", "mobile", "age", "department", "dept", "abteilung", "room", "office hours",
        "extension", "ext", "location", "since", "linkedin", "photo", "bio", "raum", "mobil", "service", "departement", "region",
        "area", "전화", "전화번호", "팩스", "휴대폰", "هاتف", "الهاتف", "جوال", "فاكس", "טלפון", "电话", "電話", "電話番号", "传真", "手机", "телефон",
        "тел", "моб", "факс", "отдел", "город", "филиал", "доб", "кабинет", "city", "stadt", "ort", "ville", "ciudad", "citta",
        "miasto", "τηλεφωνο", "โทรศัพท์", "puhelin", "telefono", "telefone", "tel.", "gsm", "handy", "mobiltelefon",
    ]

    enum Label { case name, title, mail, other, last, first }

    static func label(_ text: String) -> Label? {
        guard text.utf8.count <= 40 else { return nil }
        let key = TitleWords.folded(text).trimmingCharacters(in: CharacterSet(charactersIn: " :.*"))
        if key.filter({ $0.isLetter }) == "фио" { return .name }
        if lastLabels.contains(key) { return .last }
        if firstLabels.contains(key) { return .first }
        // `Department / Role`
        if key.contains("/") {
            let parts = key.split(separator: "/").map { String($0).trimmed }
            if parts.contains(where: titleLabels.contains), parts.count == 2 { return .title }
        }
        if nameLabels.contains(key) { return .name }
        if titleLabels.contains(key) { return .title }
        if mailLabels.contains(key) { return .mail }
        return otherLabels.contains(key) ? .other : nil
    }

    mutating func readLabels() {
        for index in lines.indices {
            // `Position: Director`
            let pieces = lines[index].pieces
            if let first = pieces.first, let colon = first.text.firstIndex(where: { $0 == ":" || $0 == "：" }),
                let kind = Self.label(String(first.text[..<colon]))
            {
                let rest = String(first.text[first.text.index(after: colon)...]).trimmed
                let others = pieces.dropFirst().map(\.text)
                let value = ([rest] + others).filter { !$0.isEmpty }.joined(separator: " ")
                guard !value.isEmpty else {
                    label(index, kind, next: index + 1)
                    continue
                }
                relabel(index, kind, value)
            } else if pieces.count >= 2, let kind = Self.label(pieces[0].text) {
                relabel(index, kind, pieces.dropFirst().map(\.text).joined(separator: " "))
            } else if pieces.count == 1, let kind = Self.label(pieces[0].text),
                lines[index].cell == nil || lines[index].cell?.column == 0
            {
                label(index, kind, next: index + 1)
            }
        }
    }

    private mutating func label(_ index: Int, _ kind: Label, next: Int) {
        isLabel[index] = true
        guard next < lines.count, lines[next].pieces.count >= 1, Self.label(lines[next].text) == nil else { return }
        // `Email` that leads to an address says nothing of the next card.
        guard lines[index].emails.isEmpty, lines[next].heading == 0 || lines[next].heading == lines[index].heading else { return }
        if lines[index].cell != nil, lines[next].cell?.row != lines[index].cell?.row { return }
        hint(next, kind)
    }

    private mutating func relabel(_ index: Int, _ kind: Label, _ value: String) {
        lines[index].pieces = [.init(text: value, hint: nil)]
        hint(index, kind)
    }

    private mutating func hint(_ index: Int, _ kind: Label) {
        switch kind {
        case .name: for piece in lines[index].pieces.indices { lines[index].pieces[piece].hint = .name }
        case .title: for piece in lines[index].pieces.indices { lines[index].pieces[piece].hint = .title }
        case .mail: lines[index].pieces[0].hint = .email
        case .other, .last, .first: isLabel[index] = true
        }
    }

    // MARK: Tables

    mutating func readTables() {
        // Rows in their order, each with its lines.
        var rows: [(row: Int, lines: [Int])] = []
        for (index, line) in lines.enumerated() {
            guard let cell = line.cell else { continue }
            if rows.last?.row == cell.row { rows[rows.count - 1].lines.append(index) } else { rows.append((cell.row, [index])) }
        }
        readColumns(rows)
        var columns: [Int: Label] = [:]
        for row in rows where !row.lines.contains(where: { isUsed[$0] }) {
            let cells = Dictionary(grouping: row.lines) { lines[$0].cell?.column ?? 0 }
            let labels = cells.compactMapValues { indexes in indexes.count == 1 ? Self.label(lines[indexes[0]].text) : nil }
            if labels.count >= 2, labels.count >= cells.count - 2, labels.values.contains(.name) || labels.values.contains(.last)
            {
                columns = labels
                for index in row.lines { isUsed[index] = true }
                continue
            }
            guard !columns.isEmpty else { continue }
            func text(_ wanted: Label) -> String? {
                guard let column = columns.first(where: { $0.value == wanted })?.key, let found = cells[column] else {
                    return nil
                }
                return found.map { lines[$0].text }.joined(separator: " ")
            }
            var name = text(.name)
            if name == nil, let last = text(.last), let first = text(.first) { name = "\(first) \(last)" }
            guard let name, let person = PersonName(name, isLoose: true) ?? PersonName(String(name.prefix { $0 != "(" })),
                let line = row.lines.first
            else {
                if cells.count > 1 || row.lines.isEmpty { columns = cells.count > 1 ? columns : [:] }
                continue
            }
            let mails = row.lines.flatMap { lines[$0].emails }
            candidates.append(
                .init(
                    line: line, name: person, title: text(.title).flatMap(Self.cleanTitle),
                    email: mails.first { !Addresses.isRole($0) }, isComplete: true, source: "table"))
            for index in row.lines { isUsed[index] = true }
        }
    }

    /// Tables with a person in each column: a row of names, then one of titles, perhaps one of addresses.
    private mutating func readColumns(_ rows: [(row: Int, lines: [Int])]) {
        for (number, row) in rows.enumerated() where row.lines.count >= 2 && row.lines.count <= PeopleFinder.Limits.columns {
            let names = row.lines.map { PersonName(lines[$0].text) }
            guard names.allSatisfy({ $0 != nil }), names.count(where: { $0?.isSure == true }) * 2 >= names.count,
                number + 1 < rows.count
            else { continue }
            let titles = rows[number + 1].lines
            guard titles.count == row.lines.count,
                zip(titles, row.lines).allSatisfy({ lines[$0].cell?.column == lines[$1].cell?.column }),
                titles.count(where: { TitleWords.isTitle(lines[$0].text) }) * 2 > titles.count,
                titles.allSatisfy({ PersonName(lines[$0].text)?.isSure != true && lines[$0].emails.isEmpty })
            else { continue }
            let mails = number + 2 < rows.count ? rows[number + 2].lines.filter { !lines[$0].emails.isEmpty } : []
            for (place, name) in names.enumerated() {
                guard let name else { continue }
                let column = lines[row.lines[place]].cell?.column
                let mail = mails.first { lines[$0].cell?.column == column }
                candidates.append(
                    .init(
                        line: row.lines[place], name: name, title: Self.cleanTitle(lines[titles[place]].text),
                        email: mail.flatMap { lines[$0].emails.first { !Addresses.isRole($0) } }, isComplete: true,
                        source: "table"))
            }
            for index in row.lines + titles + mails { isUsed[index] = true }
        }
    }
}
