"""Plain texts in the encodings of the world, comma-separated values as programs write them, and JSON of several builds."""

import json

from . import Case

BANK = {
    "en": """The ferry left the harbour shortly after six o’clock, when the fog had lifted a little. Nobody on board had expected the crossing to take
the whole night. “We shall be late,” said the captain, and poured himself another cup of tea. In the morning the coast appeared like a thin grey line.
Some of the passengers slept on their suitcases; others walked up and down the deck. The letter that she carried in her pocket had not been
opened.""",
    "fr": """Le vieux château se dressait au-dessus de la forêt, où personne n'était entré depuis l'été précédent. Les élèves ont reçu leurs cahiers
à la
rentrée, mais la maîtresse était déjà partie. « Où êtes-vous allé ? » demanda le garçon à sa cousine aînée. Nous avons goûté les pâtisseries près de
la
fenêtre, puis nous sommes rentrés très tard. Le médecin a déclaré que la fièvre tomberait dès que possible. Ça fait déjà plusieurs années que la
rivière n'a pas gelé à Noël.""",
    "de": """Die Brücke über den Fluß wurde im Jahre 1897 fertiggestellt und später mehrfach erneuert. „Das Frühstück kostet 7,50 €“, sagte die
Wirtin – und lächelte freundlich. Natürlich müssen größere Schäden sofort dem Verwalter gemeldet werden. Über den Dächern hing ein dünner Nebel, der
sich erst gegen Mittag auflöste. Die Schüler hörten aufmerksam zu, während der Lehrer die Übung erklärte. Für die Räume im Obergeschoß gelten
besondere Öffnungszeiten. Ärzte und Gäste trafen sich nach dem Gespräch in der Küche …""",
    "cs": """Příliš dlouhá cesta vedla přes kopce až k řece, kde stál starý mlýn. Učitelka se zeptala žáků, jestli už někdy viděli moře. Večer jsme
seděli u ohně a vyprávěli si příběhy o životě na vesnici. Městský úřad oznámil, že most bude uzavřen do konce října. Když začalo pršet, všichni se
schovali pod střechou nádraží. Můj dědeček říkával, že dobrý chléb potřebuje čas a trpělivost. Žádné zpoždění vlaku nebylo hlášeno.""",
    "ru": """Старая мельница стояла на берегу реки, и каждое утро мальчик приходил сюда с удочкой. Учитель объяснил ученикам, почему зимой дни
короче, чем летом. Вечером мы сидели у огня и рассказывали друг другу истории о далёких странах. Город объявил, что мост будет закрыт до конца
октября.
Когда начался дождь, все спрятались под крышей вокзала. Мой дедушка говорил, что хороший хлеб требует времени и терпения. Поезд пришёл вовремя, но на
платформе никого не было.""",
    "el": """Ο παλιός μύλος βρισκόταν δίπλα στο ποτάμι και κάθε πρωί το αγόρι ερχόταν εδώ για ψάρεμα. Η δασκάλα εξήγησε στους μαθητές γιατί οι μέρες
του χειμώνα είναι μικρότερες. Το βράδυ καθόμασταν γύρω από τη φωτιά και λέγαμε ιστορίες για μακρινές χώρες. Ο δήμος ανακοίνωσε ότι η γέφυρα θα μείνει
κλειστή μέχρι το τέλος Οκτωβρίου. Όταν άρχισε η βροχή, όλοι κρύφτηκαν κάτω από τη στέγη του σταθμού. Ο παππούς μου έλεγε ότι το καλό ψωμί θέλει χρόνο
και υπομονή.""",
    "pl": """Stary młyn stał nad brzegiem rzeki i każdego ranka chłopiec przychodził tutaj łowić ryby. Nauczycielka wyjaśniła uczniom, dlaczego dni
w zimie są krótsze niż w lecie. Wieczorem siedzieliśmy przy ognisku i opowiadaliśmy sobie historie o dalekich krajach. Urząd miasta ogłosił, że most
będzie zamknięty do końca października. Gdy zaczęło padać, wszyscy schowali się pod dachem dworca. Mój dziadek mówił, że dobry chleb wymaga czasu i
cierpliwości. Źródło rzeki znajduje się wśród gór, gdzie rosną jeszcze dęby.""",
    "tr": """Eski değirmen nehrin kıyısında duruyordu ve çocuk her sabah buraya balık tutmaya geliyordu. Öğretmen öğrencilere kışın günlerin neden
daha
kısa olduğunu açıkladı. Akşamları ateşin etrafında oturup birbirimize uzak ülkelerin hikâyelerini anlatırdık. Belediye köprünün ekim ayının sonuna
kadar
kapalı kalacağını duyurdu. Yağmur başlayınca herkes istasyonun çatısının altına sığındı. Büyükbabam iyi ekmeğin zaman ve sabır istediğini söylerdi.
Işıklar
söndüğünde şehirde hiç kimse sokağa çıkmadı.""",
    "th": """โรงสีเก่าตั้งอยู่ริมแม่น้ำ และเด็กชายมาตกปลาที่นี่ทุกเช้า ครูอธิบายให้นักเรียนฟังว่าทำไมกลางวันในฤดูหนาวจึงสั้นกว่าในฤดูร้อน
ตอนเย็นพวกเรานั่งรอบกองไฟและเล่าเรื่องราวของประเทศที่ห่างไกลให้กันฟัง เทศบาลประกาศว่าสะพานจะปิดจนถึงสิ้นเดือนตุลาคม
เมื่อฝนเริ่มตกทุกคนหลบอยู่ใต้หลังคาสถานีรถไฟ
คุณปู่ของฉันเคยบอกว่าขนมปังที่ดีต้องใช้เวลาและความอดทน รถไฟมาถึงตรงเวลาแต่ไม่มีใครอยู่บนชานชาลา""",
    "he": """הטחנה הישנה עמדה על שפת הנהר ובכל בוקר היה הילד בא לכאן עם חכה. המורה הסבירה לתלמידים מדוע הימים בחורף קצרים יותר מאשר בקיץ. בערב
ישבנו ליד האש וסיפרנו זה לזה סיפורים על ארצות רחוקות. העירייה הודיעה כי הגשר יהיה סגור עד סוף אוקטובר. כאשר התחיל הגשם כולם הסתתרו מתחת לגג של תחנת
הרכבת. סבא שלי היה אומר שלחם טוב דורש זמן וסבלנות. הרכבת הגיעה בזמן אבל לא היה אף אדם על הרציף.""",
    "ar": """كانت الطاحونة القديمة تقف على ضفة النهر، وكان الولد يأتي إلى هنا كل صباح. شرحت المعلمة للتلاميذ لماذا تكون الأيام في الشتاء أقصر من
أيام الصيف. في المساء جلسنا حول النار وروينا قصصا عن البلاد البعيدة. أعلنت المدينة أن الجسر سيبقى مغلقا حتى نهاية شهر أكتوبر. عندما بدأ المطر اختبأ
الجميع تحت سقف المحطة. كان جدي يقول إن الخبز الجيد يحتاج إلى الوقت والصبر. وصل القطار في موعده ولكن لم يكن هناك أحد على الرصيف.""",
    "ja": """古い水車小屋は川のほとりに立っていて、少年は毎朝ここに釣りに来ました。先生は生徒たちに、なぜ冬の日は夏よりも短いのかを説明しました。夜になると、
私たちは火のまわりに座って、遠い国の話をしました。市役所は、橋が十月の終わりまで閉鎖されると発表しました。雨が降り始めたとき、みんなは駅の屋根の下に隠れました。
祖父は、おいしいパンには時間と忍耐が必要だとよく言っていました。電車は時間どおりに到着しましたが、ホームには誰もいませんでした。カメラとノートを持った旅行者が、
コーヒーを飲みながら地図を見ていました。図書館の窓からは、雪をかぶった山々がはっきりと見えます。その手紙は、引き出しの奥で二十年間も眠っていたのです。""",
    "zh": """老磨坊坐落在河边，那个男孩每天早上都到这里来钓鱼。老师向学生们解释，为什么冬天的白天比夏天短。晚上我们围坐在火边，互相讲述遥远国家的故事。市政府宣布，
这座桥将关闭到十月底。开始下雨的时候，大家都躲在火车站的屋檐下。我的祖父常说，好的面包需要时间和耐心。火车准时到达，但是站台上一个人也没有。
图书馆的窗户正对着雪山，天气好的时候可以看得很清楚。那封信在抽屉里放了二十年，谁也没有打开过。商店里的东西很便宜，所以许多游客都来这里买礼物。医生说他的病不严重，
休息几天就会好起来。我们计划明年春天去南方旅行，参观那里的博物馆和古老的花园。新的学校建成以后，孩子们再也不用走那么远的路了。""",
    "zt": """老磨坊坐落在河邊，那個男孩每天早上都到這裡來釣魚。老師向學生們解釋，為什麼冬天的白天比夏天短。晚上我們圍坐在火邊，互相講述遙遠國家的故事。市政府宣布，
這座橋將關閉到十月底。開始下雨的時候，大家都躲在火車站的屋簷下。我的祖父常說，好的麵包需要時間和耐心。火車準時到達，但是月臺上一個人也沒有。
圖書館的窗戶正對著雪山，天氣好的時候可以看得很清楚。那封信在抽屜裡放了二十年，誰也沒有打開過。商店裡的東西很便宜，所以許多遊客都來這裡買禮物。醫生說他的病不嚴重，
休息幾天就會好起來。我們計劃明年春天去南方旅行，參觀那裡的博物館和古老的花園。新的學校建成以後，孩子們再也不用走那麼遠的路了。""",
    "ko": """오래된 물레방앗간은 강가에 서 있었고 소년은 매일 아침 이곳으로 낚시를 하러 왔습니다. 선생님은 학생들에게 왜 겨울의 낮이 여름보다 짧은지 설명했습니다.
저녁에 우리는 불가에 둘러앉아 먼 나라의 이야기를 서로 들려주었습니다. 시청은 다리가 시월 말까지 폐쇄된다고 발표했습니다. 비가 내리기 시작하자 모두 기차역 지붕 아래로
숨었습니다. 할아버지는 좋은 빵에는 시간과 인내가 필요하다고 말씀하시곤 했습니다. 기차는 제시간에 도착했지만 승강장에는 아무도 없었습니다. 도서관의 창문에서는 눈 덮인
산이 아주 또렷하게 보입니다. 그 편지는 이십 년 동안 서랍 속에서 잠들어 있었습니다. 의사는 며칠 쉬면 금방 좋아질 것이라고 말했습니다.""",
}


def sentences(prose, language):
    stop = "。" if language in ("ja", "zh", "zt") else "."
    text = "".join(BANK[language].split("\n")) if stop == "。" else " ".join(BANK[language].split("\n"))
    found = [piece.strip() + stop for piece in text.split(stop) if piece.strip()]
    prose.random.shuffle(found)
    return found


def writer(data):
    return lambda path: path.write_bytes(data)


def wrapped(text, width=66):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


def txt_cases(prose):
    def case(name, area, language, codec, lines="\n", before=b"", wrap=False, feed=False):
        parts = sentences(prose, language)
        half = len(parts) // 2
        join = "" if language in ("ja", "zh", "zt") else " "
        paragraphs = [join.join(parts[:half]), join.join(parts[half:])]
        shown = [wrapped(paragraph) for paragraph in paragraphs] if wrap else paragraphs
        text = ("\n\f" if feed else "\n\n").join(shown) + "\n"
        return Case(f"txt-{name}.txt", area, writer(before + text.replace("\n", lines).encode(codec)), text="\n\n".join(paragraphs))

    yield case("utf8-wrapped-form-feed", "lines", "en", "utf-8", wrap=True, feed=True)
    yield case("utf8-bom-crlf", "unicode", "cs", "utf-8-sig", lines="\r\n")
    yield case("utf16le-bom", "unicode", "ru", "utf-16-le", lines="\r\n", before=b"\xff\xfe")
    yield case("utf16be-bom", "unicode", "de", "utf-16-be", before=b"\xfe\xff")
    yield case("utf16le-bare", "unicode", "en", "utf-16-le", lines="\r\n")
    yield case("utf16be-bare", "unicode", "fr", "utf-16-be")
    yield case("utf32le-bom", "unicode", "el", "utf-32-le", before=b"\xff\xfe\0\0")
    yield case("latin1", "western", "fr", "latin-1", wrap=True)
    yield case("cp1252", "western", "de", "cp1252", lines="\r\n")
    yield case("macroman-cr", "western", "de", "mac_roman", lines="\r", wrap=True)
    yield case("cp1250", "eastern", "cs", "cp1250", lines="\r\n")
    yield case("iso8859-2", "eastern", "pl", "iso8859-2", wrap=True)
    yield case("cp1254", "eastern", "tr", "cp1254", lines="\r\n")
    yield case("cp866-dos", "eastern", "ru", "cp866", lines="\r\n", wrap=True)
    yield case("cp1251", "eastern", "ru", "cp1251", lines="\r\n")
    yield case("koi8r", "eastern", "ru", "koi8-r", wrap=True)
    yield case("cp1253", "eastern", "el", "cp1253")
    yield case("cp1255", "eastern", "he", "cp1255", lines="\r\n")
    yield case("cp1256", "eastern", "ar", "cp1256", lines="\r\n")
    thai = " ".join(BANK["th"].split("\n"))
    yield Case("txt-cp874.txt", "asian", writer(thai.encode("cp874")), text=thai)
    parts = [" ".join(sentences(prose, "fr")), " ".join(sentences(prose, "cs")), prose.name()]
    data = "\n\n".join(parts).encode() + b"\n\nNa\xefve end.\n"  # one line of another encoding, as when files are put together
    yield Case("txt-utf8-one-bad-byte.txt", "unicode", writer(data), has=tuple(parts), order=(*parts, "ve end."))
    yield case("shift-jis", "asian", "ja", "shift_jis", lines="\r\n")
    yield case("euc-jp", "asian", "ja", "euc_jp")
    yield case("iso2022-jp", "asian", "ja", "iso2022_jp")
    yield case("gb18030", "asian", "zh", "gb18030", lines="\r\n")
    yield case("big5", "asian", "zt", "big5")
    yield case("euc-kr", "asian", "ko", "euc_kr", lines="\r\n")


def csv_cases(prose):
    def quoted(cell, mark):
        return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in (mark, '"', "\n")) else cell

    def data(rows, mark, ends="\r\n"):
        return "".join(mark.join(quoted(cell, mark) for cell in row) + ends for row in rows)

    # A German Excel: its mark, decimal commas, Windows' code page, the line that tells Excel the mark.
    rows = [["Straße", "Größe", "Preis", "Fälligkeit"]]
    rows += [[f"Mühlenweg {prose.number(1, 99)}", f"{prose.number(100, 999)},5 m²", f"{prose.number(1, 9)}.{prose.number(100, 999)},50 €",
              f"{prose.number(10, 28)}.11.2023"] for _ in range(7)]
    yield Case("csv-excel-german.csv", "marks", writer(("sep=;\r\n" + data(rows, ";")).encode("cp1252")), tables=[rows], lacks=("sep=",))

    rows = [["Item", "Note, if any", "Count"]] + [[prose.name(), f"{prose.words(3)}, {prose.words(2)}; {prose.word()}", str(prose.number())]
                                                  for _ in range(6)]
    yield Case("csv-tab.csv", "marks", writer("".join("\t".join(row) + "\n" for row in rows).encode()), tables=[rows])
    rows = [["Größe", "Ort", "Notiz"]] + [[f"{prose.number(1, 99)},{prose.number(10, 99)}", f"Łódź {prose.number()}",
        prose.sentence(5)] for _ in range(6)]
    yield Case("csv-excel-unicode-text.csv", "marks", writer(b"\xff\xfe" + "".join("\t".join(row) + "\r\n" for row in rows).encode("utf-16-le")),
        tables=[rows])
    rows = [["品名", "数量", "備考"]] + [[f"古い水車小屋{prose.number()}号", str(prose.number()), f"橋が十月の終わりまで閉鎖、表示{prose.number()}"] for _ in range(6)]
    yield Case("csv-shift-jis.csv", "marks", writer("".join(",".join(row) + "\r\n" for row in rows).encode("cp932")), tables=[rows])
    rows = [["ID", "DESCRIPTION", "QTY", "WHEN"]] + [
        [f"{prose.number():06}", f"{prose.words(2)}, {prose.word()}", f"{prose.number(1, 9)},{prose.number(100, 999)}",
        f"2021-0{prose.number(1, 9)}-1{prose.number(0, 9)}"]
        for _ in range(8)]
    yield Case("csv-pipe.csv", "marks", writer(data(rows, "|", "\n").encode()), tables=[rows])

    rows = [["Name", "Address", "Says"]] + [
        [prose.name(), f"{prose.words(2)} {prose.number()}\n{prose.words(2)}", f'"{prose.words(2)}", {prose.word()}'] for _ in range(5)]
    yield Case("csv-quoted-lines-bom.csv", "quotes", writer(b"\xef\xbb\xbf" + data(rows, ",").encode()), tables=[rows])

    rows = [["Day", "First", "Second", "Third"]]
    for day in range(1, 9):
        rows.append([f"2022-03-{day:02}"] + [str(prose.number()) for _ in range(prose.random.choice((1, 2, 3)))])
    rows[3] = [rows[3][0], "", "", str(prose.number())]
    rows.append(["Total", "", str(prose.number()), "", prose.name()])
    yield Case("csv-ragged.csv", "rows", writer("".join(",".join(row) + "\n" for row in rows).encode()), tables=[rows])

    station = prose.name()
    rows = [["Time", "Level", "Flow", "State"]] + [
        [f"{hour:02}:00", f"{prose.number(1, 9)},{prose.number(10, 99)}", f"{prose.number()},5", prose.word()] for hour in range(6, 14)]
    head = f"# Station: {station}, written by gauge 4.2, all times local\n# Columns: time, level, flow, state\n\n"
    yield Case(
        "csv-preamble.csv", "rows", writer((head + data(rows, ";", "\n")).encode()), has=(station, "all times local"),
        order=tuple(" ".join(row) for row in rows))


def json_cases(prose):
    name, street, note, deep = prose.name(), prose.name(), prose.sentence(), prose.name()
    value = {"invoice": {"customer": {"name": name, "address": {"street": street, "tags": ["first", deep]}}, "note": note, "paid": True}}
    yield Case("json-nested.json", "nesting", writer(json.dumps(value, indent=2).encode()), order=(name, street, deep, note), has=("true",))

    rows = [["id", "title", "amount"]] + [[str(prose.number()), prose.name(), f"{prose.number(1, 99)}.{prose.number(11, 99) | 1}"] for _ in range(6)]
    items = ",\n".join(f'  {{"id": {a}, "title": {json.dumps(b)}, "amount": {c}}}' for a, b, c in rows[1:])
    yield Case("json-array-of-objects.json", "tables", writer(f"[\n{items}\n]\n".encode()), tables=[rows])

    city, smile, slash = f"Dünkirchen{prose.number()}", f"lächelnd 😀 {prose.number()}", f"{prose.word()}/{prose.word()}"
    text = '{"city": %s, "mood": %s, "path": "%s", "quote": "%s \\"%s\\"\\u00a0\\u2014 \\u65e5\\u672c"}' % (
        json.dumps(city), json.dumps(smile), slash.replace("/", "\\/"), "er sagte", slash)
    yield Case("json-escapes.json", "escapes", writer(b"\xef\xbb\xbf" + text.encode()), has=(city, smile, slash, f'er sagte "{slash}" — 日本'),
        lacks=("\\u", "\\/"))

    big, small, whole, key = "12345678901234567890123", "0.1000000000000000055511151231257827", "9007199254740993", prose.name()
    yield Case(
        "json-numbers.json", "numbers", writer(f'{{"key": "{key}", "big": {big}, "exact": {whole}, "fine": {small}, '
            f'"cost": 10.00, "none": null}}'.encode()),
        has=(key, big, whole, small, "10.00"))

    people = [[prose.name(), prose.name(), str(prose.number())] for _ in range(6)]
    lines = "\n".join(json.dumps({"name": a, "from": {"town": b}, "visits": int(c)}) for a, b, c in people)
    yield Case("json-lines.json", "lines", writer(lines.encode() + b"\n"), order=tuple(cell for row in people for cell in row[:2]),
        has=tuple(row[2] for row in people))

    good = [prose.name() for _ in range(5)]
    lines = [json.dumps({"event": one, "at": 1700000000 + at}) for at, one in enumerate(good)]
    lines.insert(3, '{"event": "cut off in the mid')
    yield Case("json-lines-one-bad.json", "lines", writer("\n".join(lines).encode() + b"\n"), order=tuple(good))


def cases(prose):
    yield from txt_cases(prose)
    yield from csv_cases(prose)
    yield from json_cases(prose)
