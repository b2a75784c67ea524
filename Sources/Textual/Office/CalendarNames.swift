/// Months and days of the week, as a number format with a language shows them.
struct CalendarNames {
    let months: [String]
    /// From Sunday.
    let weekdays: [String]
    private var shortMonths: [String]?
    private var shortWeekdays: [String]?

    private init(_ months: String, _ weekdays: String, short: String? = nil, shortDays: String? = nil) {
        func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
        (self.months, self.weekdays) = (words(months), words(weekdays))
        (shortMonths, shortWeekdays) = (short.map(words), shortDays.map(words))
    }

    func month(_ number: Int, letters: Int) -> String {
        switch letters {
        case 3: shortMonths?[number - 1] ?? String(months[number - 1].prefix(3))
        case 5: String(months[number - 1].prefix(1))
        default: months[number - 1]
        }
    }

    func weekday(_ number: Int, letters: Int) -> String {
        letters == 3 ? shortWeekdays?[number] ?? String(weekdays[number].prefix(3)) : weekdays[number]
    }

    static let english = CalendarNames(
        "January February March April May June July August September October November December",
        "Sunday Monday Tuesday Wednesday Thursday Friday Saturday")

    /// By the language part of a Windows language identifier (MS-LCID).
    static let languages: [Int: CalendarNames] = [
        0x05: .init(
            "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
            "neděle pondělí úterý středa čtvrtek pátek sobota"),
        0x06: .init(
            "januar februar marts april maj juni juli august september oktober november december",
            "søndag mandag tirsdag onsdag torsdag fredag lørdag"),
        0x07: .init(
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
            "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
            short: "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
            shortDays: "So Mo Di Mi Do Fr Sa"),
        0x0A: .init(
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
            "domingo lunes martes miércoles jueves viernes sábado"),
        0x0B: .init(
            "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
            "sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai"),
        0x0C: .init(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "dimanche lundi mardi mercredi jeudi vendredi samedi",
            short: "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
            shortDays: "dim. lun. mar. mer. jeu. ven. sam."),
        0x0E: .init(
            "január február március április május június július augusztus szeptember október november december",
            "vasárnap hétfő kedd szerda csütörtök péntek szombat"),
        0x10: .init(
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
            "domenica lunedì martedì mercoledì giovedì venerdì sabato"),
        0x13: .init(
            "januari februari maart april mei juni juli augustus september oktober november december",
            "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
            short: "jan feb mrt apr mei jun jul aug sep okt nov dec", shortDays: "zo ma di wo do vr za"),
        0x14: .init(
            "januar februar mars april mai juni juli august september oktober november desember",
            "søndag mandag tirsdag onsdag torsdag fredag lørdag"),
        0x15: .init(
            "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
            "niedziela poniedziałek wtorek środa czwartek piątek sobota"),
        0x16: .init(
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
            "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado"),
        0x19: .init(
            "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
            "воскресенье понедельник вторник среда четверг пятница суббота", shortDays: "Вс Пн Вт Ср Чт Пт Сб"),
        0x1D: .init(
            "januari februari mars april maj juni juli augusti september oktober november december",
            "söndag måndag tisdag onsdag torsdag fredag lördag"),
        0x1F: .init(
            "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
            "Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi"),
    ]
}
