#!/usr/bin/env python3
"""Makes 120 more pages of companies in 60 layouts, with many names of others among them, by somebody who has not seen the other two sets:
pages/NNN.html and truth.json below a folder.

    python Benchmarks/people_pages_third.py FOLDER

All companies, domains, people, addresses and numbers are made up. The same pages come out every time.
"""
import html, html.entities, json, os, random, re, sys, unicodedata

SEED = 20260311
e = html.escape

# --------------------------------------------------------------------------
# Names.  latin: (given_m, given_f, surnames); surnames may be (m, f) tuples.
# --------------------------------------------------------------------------
def W(s):
    return s.split()

NAMES = {
 'en': (W("James Oliver Marcus Theo Nathan Robert Callum Dwayne Rajiv Samuel Gareth Hugo Elliot Desmond Patrick Kofi Andrew Miles Terence Wesley Jamal Declan Grant Mark Victor Rohan Douglas Leon"),
        W("Emily Hannah Priya Charlotte Naomi Abigail Rosalind Imogen Beatrice Zara Megan Shanice Lydia Harriet Fiona April Hope Grace Paige Heather Ruth Meera Joanna Tessa Bridget Ngozi Audrey Caitlin"),
        ["Hargreaves","Whitcombe","O'Malley","Okonkwo","Patel-Reeves","McAllister","Langford","Pemberton","Sandoval","Fairweather","Achebe","Thornbury","Delacroix","Kowalczyk","Brightman","Ashdown","Radcliffe","Nakamura","Summers","Field","Banks","Rivers","Marsh","Tran","Iyer","Goldsmith","Carmichael","Lockwood","Vance","St. Clair","Winterbourne","Holloway","Adeyemi","Chatterjee","Fitzgerald","Van Buren","Stokes","Drummond","Castellano","Whitaker","Mbeki","Penhaligon","Rourke","D'Souza","Garfield","Hensley","Kingsley","Moreau","Quigley","Tolliver"]),
 'de': (W("Thomas Stefan Jürgen Matthias Florian Uwe Sebastian Holger Klaus Andreas Björn Tobias Hans-Peter Karl-Heinz Rüdiger Dirk Christoph Lukas Maximilian Götz Wolfgang Bernd Sven Henning Joachim"),
        W("Sabine Claudia Anke Birgit Katharina Jana Ulrike Heike Anna-Lena Silke Franziska Gudrun Petra Monika Stefanie Nadine Melanie Susanne Bärbel Kerstin Theresa Vanessa Carolin Elke Martina"),
        ["Brückner","Hollenstein","Weißmüller","Kaltenbach","Rehberger","Schönfeld","Niedermeier","Vogelsang","Öztürk","Steinhauer","von der Heide","Großkopf","Lindenau","Kretschmer","Pfannenstiel","Achterberg","Dornbusch","Rothmund","Hasenclever","Müller-Lüdenscheidt","Oberhuber","Zieglmeier","Wohlgemuth","Kirchhoff","Sauerwein","Tiedemann","Kuhlmann","Fuchs","König","Sommer","Brandstätter","Jankowski","Leitgeb","Überall","Marquardt","Seidl","Hölzl","Bachmann","Drescher","Eberwein","Gerlach","Haubold","Irmscher","Nötzel","Quandt-Meier","Ritterbusch","Stolzenberg","Trautwein","Wittekind","Zahn"]),
 'fr': (W("Jean-Luc Mathieu Étienne Guillaume Thibault François Loïc Benoît Cédric Olivier Rémi Hervé Karim Antoine Gaël Yannick Didier Pascal"),
        W("Élodie Camille Marie-Claire Sophie Aurélie Maëlle Bénédicte Solène Hélène Noémie Fatima Céline Anne-Laure Véronique Inès Margaux Clémence Sandrine"),
        ["Delaunay","Lefèvre","Bonnefoy","Châtelain","Garnier-Roux","de Kermadec","Moulinier","Pellegrin","Vasseur","Benali","Rousselet","Thévenot","Le Goff","Cazenave","Marchand","Fontanel","Beaumanoir","Guérin","Lacombe","D'Hauteville","Poirier","Sarrazin","Tessier","Villeneuve","Quéméner","Bourdieu-Lang","Arnoult","Charbonnel","Ducrocq","Esnault"]),
 'es': (W("Álvaro Javier Íñigo Rubén Sergio Joaquín Andrés Gonzalo Héctor Martín Raúl Iker Óscar Ramón"),
        W("Lucía Begoña Marta Inmaculada Pilar Elena Rocío Noelia Ainhoa Carmen Beatriz Nuria Sofía Ángela"),
        ["Fernández Ibarra","Quintanilla","Echeverría","Molina Prado","Santamaría","del Río","Carrasco","Ybarra Núñez","Pascual","Gutiérrez","Villalobos","de la Fuente","Zubizarreta","Montero","Ferrer","Alcázar","Bermúdez","Castaño","Domínguez Vela","Escribano","Lozano","Marín","Olmedo","Peñalver","Sotomayor"]),
 'it': (W("Lorenzo Matteo Gianluca Alessandro Pierluigi Davide Niccolò Fabrizio Tommaso Ettore Riccardo Salvatore"),
        W("Giulia Francesca Chiara Beatrice Ilaria Donatella Martina Serena Benedetta Antonella Elisa Rosalba"),
        ["Bianchetti","De Santis","Colombari","Dell'Acqua","Ferraresi","Grimaldi","Lombardini","Marchesini","Pellegrino","Quaranta","Rinaldi","Santoro","Tedeschi","Valsecchi","Zanetti","Barbieri","Cattaneo","D'Angelo","Esposito","Fontana"]),
 'nl': (W("Joris Maarten Bas Sander Wouter Pieter Ruben Thijs Gijs Jeroen Koen Hidde"),
        W("Femke Sanne Anouk Marloes Lotte Ilse Roos Mirjam Esther Hanneke Tineke Yvonne"),
        ["van der Meulen","de Groot","Hoekstra","van den Berg","Visscher","Bakker-Smits","ter Horst","Dijkgraaf","van 't Hof","Kuipers","Jansma","Verhoeven","Molenaar","Postma","Schipper","in 't Veld","Brouwer","Zijlstra","Op den Camp","Koster"]),
 'pl': (W("Krzysztof Paweł Łukasz Wojciech Michał Grzegorz Tomasz Zbigniew Bartosz Jędrzej Marcin Rafał"),
        W("Agnieszka Małgorzata Katarzyna Joanna Żaneta Aleksandra Beata Dorota Ewelina Zofia Iwona Monika"),
        [("Wiśniewski","Wiśniewska"),"Wójcik","Kaczmarek",("Zieliński","Zielińska"),"Dudek",("Jabłoński","Jabłońska"),"Stępień",("Górski","Górska"),"Pająk","Sroka",("Rutkowski","Rutkowska"),"Baran","Szczepaniak",("Łęcki","Łęcka"),"Ćwikła","Mroczek","Wróbel",("Sadowski","Sadowska"),"Gołąb","Kania"]),
 'sv': (W("Anders Björn Gustav Mikael Åke Henrik Fredrik Jonas Oskar Rasmus Göran Viktor"),
        W("Annika Linnéa Karin Åsa Malin Ingrid Frida Elsa Maja Ulrika Cecilia Sofia"),
        ["Lindqvist","Sjöberg","Håkansson","Åkerlund","Nyström","Bergvall","Ekdahl","Söderholm","Wallin","Hedlund","Öberg","Fagerström","Norling","Hallgren","Lundmark","Stenmark","Rydell","Cederlöf","Palmgren","Tiger"]),
 'pt': (W("João Tiago Rui Nuno Gonçalo Duarte Miguel Paulo Henrique Vasco Renato Caio"),
        W("Inês Mariana Conceição Beatriz Leonor Catarina Sónia Luísa Raquel Teresa Fernanda Débora"),
        ["Magalhães","Carvalho Nunes","dos Santos","Figueiredo","Assunção","Vasconcelos","da Silva Prates","Mourão","Guimarães","Teixeira","Brandão","Falcão","Queirós","Sampaio","Leitão","Tavares","Bettencourt","Moura","Rebelo","Pacheco"]),
 'cs': (W("Jiří Tomáš Ondřej Pavel Radek Zdeněk Vojtěch Martin Jakub Luboš Matěj Aleš"),
        W("Tereza Kateřina Lenka Markéta Šárka Zuzana Věra Ivana Eliška Hana Barbora Milada"),
        [("Dvořák","Dvořáková"),("Novotný","Novotná"),("Řezníček","Řezníčková"),("Kučera","Kučerová"),("Šimek","Šimková"),("Hrubý","Hrubá"),("Zelenka","Zelenková"),("Vaněk","Vaňková"),("Beránek","Beránková"),("Málek","Málková"),("Doležal","Doležalová"),("Krejčí","Krejčí"),("Ptáček","Ptáčková"),("Žižka","Žižková"),("Bartoš","Bartošová"),("Čech","Čechová")]),
 'tr': (W("Emre Murat Kerem Oğuz Serkan Hüseyin Cem Barış Tolga Yiğit Selim Burak"),
        W("Ayşe Elif Zeynep Gülşen Derya Şebnem Özge Pınar Nihal İpek Selin Tuğba"),
        ["Yıldırım","Karaca","Özdemir","Şahinoğlu","Demirtaş","Çetinkaya","Aksoy","Güneş","Koçak","Ergin","Başaran","Tunç","Uysal","Kılıçarslan","Erdoğdu","Polat","Sarı","Bozkurt","Işık","Altıntaş"]),
 'ja': ([("健一","kenichi"),("大輔","daisuke"),("隆","takashi"),("翔太","shota"),("浩二","koji"),("直樹","naoki"),("和也","kazuya"),("修","osamu"),("亮介","ryosuke")],
        [("恵子","keiko"),("美咲","misaki"),("由美子","yumiko"),("さくら","sakura"),("千尋","chihiro"),("真理","mari"),("陽子","yoko"),("彩香","ayaka")],
        [("佐々木","sasaki"),("山口","yamaguchi"),("小林","kobayashi"),("長谷川","hasegawa"),("渡辺","watanabe"),("森","mori"),("藤井","fujii"),("五十嵐","igarashi"),("中島","nakajima"),("石川","ishikawa"),("松本","matsumoto"),("西村","nishimura"),("近藤","kondo"),("原","hara"),("岡田","okada"),("村上","murakami"),("久保","kubo"),("橋本","hashimoto")]),
 'zh': ([("志强","zhiqiang"),("伟","wei"),("建华","jianhua"),("浩然","haoran"),("国栋","guodong"),("俊杰","junjie"),("明","ming"),("文博","wenbo")],
        [("秀英","xiuying"),("丽娜","lina"),("雪","xue"),("思琪","siqi"),("慧敏","huimin"),("婷","ting"),("佳怡","jiayi")],
        [("陈","chen"),("李","li"),("赵","zhao"),("周","zhou"),("欧阳","ouyang"),("吴","wu"),("徐","xu"),("孙","sun"),("郭","guo"),("何","he"),("林","lin"),("高","gao"),("罗","luo"),("郑","zheng"),("谢","xie"),("宋","song")]),
 'ko': ([("민준","minjun"),("성호","sungho"),("재현","jaehyun"),("동욱","dongwook"),("태영","taeyoung"),("상우","sangwoo"),("준혁","junhyuk")],
        [("지은","jieun"),("수연","sooyeon"),("혜진","hyejin"),("은정","eunjung"),("미라","mira"),("하윤","hayoon"),("소영","soyoung")],
        [("김","kim"),("박","park"),("정","jung"),("최","choi"),("강","kang"),("윤","yoon"),("임","lim"),("한","han"),("오","oh"),("서","seo"),("신","shin"),("권","kwon"),("황","hwang"),("안","ahn"),("남궁","namgung")]),
 'ru': (W("Сергей Дмитрий Алексей Андрей Михаил Игорь Владислав Николай Константин Тимур"),
        W("Ольга Наталья Екатерина Марина Светлана Юлия Анастасия Людмила Вера Дарья"),
        [("Воронцов","Воронцова"),("Кузнецов","Кузнецова"),("Шевчук","Шевчук"),("Беляев","Беляева"),("Громов","Громова"),("Захаров","Захарова"),("Тихомиров","Тихомирова"),("Лебедев","Лебедева"),("Сафин","Сафина"),("Мельниченко","Мельниченко"),("Орлов","Орлова"),("Черных","Черных"),("Ершов","Ершова"),("Рябинин","Рябинина")]),
 'el': (W("Γιώργος Νίκος Δημήτρης Κώστας Στέλιος Παναγιώτης Βασίλης Αλέξανδρος"),
        W("Μαρία Ελένη Κατερίνα Σοφία Δέσποινα Ιωάννα Χριστίνα Αγγελική"),
        [("Παπαδάκης","Παπαδάκη"),("Κωνσταντίνου","Κωνσταντίνου"),("Βλάχος","Βλάχου"),("Αντωνίου","Αντωνίου"),("Καραγιάννης","Καραγιάννη"),("Μανωλάς","Μανωλά"),("Τσολάκης","Τσολάκη"),("Γεωργιάδης","Γεωργιάδη"),("Ζαφειρόπουλος","Ζαφειροπούλου"),("Οικονόμου","Οικονόμου"),("Σταματάκης","Σταματάκη"),("Φωτίου","Φωτίου")]),
}
PATRONYMIC = (W("Петрович Иванович Александрович Викторович Юрьевич"), W("Петровна Ивановна Александровна Викторовна Юрьевна"))

TRANS = {'ä':'ae','ö':'oe','ü':'ue','ß':'ss','Ä':'ae','Ö':'oe','Ü':'ue'}
TRANS2 = {'ł':'l','Ł':'l','ø':'o','ı':'i','İ':'i','đ':'d','æ':'ae','œ':'oe'}
RU = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
   "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya".split()))
EL = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω",
   "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split()))

def ascii_(s, lang):
    out = []
    s0 = s
    if lang == 'el':
        s0 = ''.join(c for c in unicodedata.normalize('NFD', s.lower()) if not unicodedata.combining(c))
        s0 = s0.replace('ου', 'OU')
        return re.sub(r'[^a-z]', '', ''.join('ou' if c in 'O' else '' if c == 'U' else EL.get(c, c) for c in s0))
    if lang == 'ru':
        return re.sub(r'[^a-z]', '', ''.join(RU.get(c, c) for c in s.lower()))
    for c in s:
        if lang == 'de' and c in TRANS: out.append(TRANS[c])
        elif c in TRANS: out.append('ss' if c == 'ß' else unicodedata.normalize('NFD', c)[0])
        elif c in TRANS2: out.append(TRANS2[c])
        else: out.append(unicodedata.normalize('NFD', c)[0])
    return re.sub(r'[^a-z-]', '', ''.join(out).lower())

# --------------------------------------------------------------------------
# Titles per language: lead (used first, once) and staff.  (m, f) or one form.
# --------------------------------------------------------------------------
T = {
 'en': (["Chief Executive Officer","Managing Director","Founder & CEO","President"],
        ["Chief Financial Officer","Chief Technology Officer","Chief Operating Officer","VP of Sales","VP, Customer Success","Head of People","Head of Product","Director of Engineering","Marketing Manager","Office Manager","Senior Account Executive","Customer Success Manager","Software Engineer","Senior Data Scientist","Product Designer","Project Coordinator","Financial Controller","Supply Chain Planner","HR Business Partner","Executive Assistant","Quality Assurance Lead","Warehouse Supervisor","Technical Support Specialist","Sustainability Officer","Business Development Representative","Legal Counsel","Operations Lead","Social Media Editor","Training Coordinator","Procurement Specialist"]),
 'de': ([("Geschäftsführer","Geschäftsführerin"),("Geschäftsführender Gesellschafter","Geschäftsführende Gesellschafterin"),("Inhaber","Inhaberin")],
        [("Kaufmännischer Leiter","Kaufmännische Leiterin"),("Vertriebsleiter","Vertriebsleiterin"),"Leitung Einkauf","Assistenz der Geschäftsführung",("Projektleiter","Projektleiterin"),"Vertriebsinnendienst",("Servicetechniker","Servicetechnikerin"),("Ausbildungsleiter","Ausbildungsleiterin"),"Buchhaltung","Qualitätsmanagement",("Konstrukteur","Konstrukteurin"),("Personalreferent","Personalreferentin"),("Marketingmanager","Marketingmanagerin"),"Leitung Kundendienst",("Betriebsleiter","Betriebsleiterin"),("Prokurist","Prokuristin"),"Auftragsabwicklung & Versand","IT-Administration",("Leiter Forschung und Entwicklung","Leiterin Forschung und Entwicklung")]),
 'fr': ([("Directeur général","Directrice générale"),("Président","Présidente"),("Gérant","Gérante")],
        [("Directeur commercial","Directrice commerciale"),"Responsable des ressources humaines",("Chargé de projet","Chargée de projet"),"Responsable logistique",("Assistant de direction","Assistante de direction"),("Directeur technique","Directrice technique"),"Comptable","Chef de produit",("Ingénieur d'études","Ingénieure d'études"),"Responsable qualité",("Conseiller clientèle","Conseillère clientèle"),("Chargé de communication","Chargée de communication"),("Directeur administratif et financier","Directrice administrative et financière")]),
 'es': ([("Director general","Directora general"),("Fundador","Fundadora"),("Consejero delegado","Consejera delegada")],
        [("Director comercial","Directora comercial"),"Responsable de recursos humanos",("Director creativo","Directora creativa"),("Jefe de proyecto","Jefa de proyecto"),("Diseñador gráfico","Diseñadora gráfica"),"Responsable de marketing",("Administrativo","Administrativa"),("Desarrollador web","Desarrolladora web"),("Director financiero","Directora financiera"),"Atención al cliente",("Técnico de calidad","Técnica de calidad"),"Community manager"]),
 'it': ([("Amministratore delegato","Amministratrice delegata"),("Fondatore","Fondatrice")],
        [("Direttore commerciale","Direttrice commerciale"),"Responsabile risorse umane","Responsabile produzione","Ufficio acquisti",("Direttore tecnico","Direttrice tecnica"),"Responsabile marketing","Customer care","Progettista","Area manager Nord Italia","Amministrazione e contabilità",("Direttore finanziario","Direttrice finanziaria"),"Responsabile qualità"]),
 'nl': (["Algemeen directeur","Directeur-eigenaar"],
        ["Commercieel directeur","Hoofd personeelszaken","Accountmanager","Projectleider","Officemanager","Hoofd inkoop","Adviseur duurzaamheid","Marketingmedewerker","Financieel directeur","Planner","Salesmedewerker binnendienst","Kwaliteitsmanager"]),
 'pl': (["Prezes zarządu","Dyrektor generalny"],
        ["Wiceprezes zarządu","Dyrektor finansowy","Kierownik działu sprzedaży","Specjalista ds. marketingu","Kierownik produkcji",("Główny księgowy","Główna księgowa"),"Specjalista ds. kadr i płac","Koordynator projektów","Inżynier procesu","Doradca techniczny","Kierownik magazynu","Opiekun klienta kluczowego"]),
 'sv': (["Verkställande direktör","VD och grundare"],
        ["Ekonomichef","Försäljningschef","Projektledare","Kundansvarig","Personalchef","Miljösamordnare","Inköpsansvarig","Marknadsansvarig","Utvecklare","Kontorsansvarig","Produktionschef","Hållbarhetschef"]),
 'pt': ([("Diretor-geral","Diretora-geral"),("Fundador","Fundadora")],
        [("Diretor comercial","Diretora comercial"),("Diretor financeiro","Diretora financeira"),("Gestor de projetos","Gestora de projetos"),"Responsável de recursos humanos",("Engenheiro de produção","Engenheira de produção"),("Técnico administrativo","Técnica administrativa"),"Responsável de marketing","Analista de qualidade",("Gestor de clientes","Gestora de clientes"),"Apoio ao cliente",("Diretor de operações","Diretora de operações")]),
 'cs': ([("Generální ředitel","Generální ředitelka"),("Jednatel","Jednatelka")],
        [("Finanční ředitel","Finanční ředitelka"),("Obchodní ředitel","Obchodní ředitelka"),("Vedoucí výroby","Vedoucí výroby"),("Projektový manažer","Projektová manažerka"),("Personalista","Personalistka"),("Účetní","Účetní"),("Technolog","Technoložka"),("Obchodní zástupce","Obchodní zástupkyně"),("Vedoucí skladu","Vedoucí skladu"),("Asistent jednatele","Asistentka jednatele")]),
 'tr': (["Genel Müdür","Kurucu Ortak"],
        ["Genel Müdür Yardımcısı","Satış Müdürü","İnsan Kaynakları Müdürü","Muhasebe Sorumlusu","Üretim Müdürü","Pazarlama Uzmanı","Proje Yöneticisi","Kalite Kontrol Mühendisi","Dış Ticaret Sorumlusu","Satın Alma Uzmanı","Yazılım Geliştirici"]),
 'ja': (["代表取締役社長"],
        ["取締役副社長","専務取締役","常務取締役","取締役 営業本部長","執行役員 人事部長","監査役","最高技術責任者","マーケティング部長","シニアコンサルタント","経理課長","広報担当"]),
 'zh': (["董事长","首席执行官"],
        ["总经理","首席财务官","首席技术官","销售总监","人力资源总监","市场部经理","研发总监","董事会秘书","运营副总裁","质量总监"]),
 'ko': (["대표이사"],
        ["최고기술책임자","최고재무책임자","영업본부장","인사팀장","마케팅 이사","제품 디자이너","백엔드 개발자","데이터 분석가","고객지원 매니저","경영지원팀장"]),
 'ru': (["Генеральный директор"],
        ["Финансовый директор","Технический директор","Коммерческий директор","Директор по персоналу","Главный бухгалтер","Начальник отдела продаж","Руководитель проектов","Главный инженер","Менеджер по закупкам","Начальник производства","Специалист по логистике"]),
 'el': ([("Διευθύνων Σύμβουλος","Διευθύνουσα Σύμβουλος")],
        [("Οικονομικός Διευθυντής","Οικονομική Διευθύντρια"),("Εμπορικός Διευθυντής","Εμπορική Διευθύντρια"),("Υπεύθυνος Πωλήσεων","Υπεύθυνη Πωλήσεων"),("Τεχνικός Σύμβουλος","Τεχνική Σύμβουλος"),"Μηχανικός Παραγωγής",("Υπεύθυνος Μάρκετινγκ","Υπεύθυνη Μάρκετινγκ"),("Λογιστής","Λογίστρια"),("Διευθυντής Ανθρώπινου Δυναμικού","Διευθύντρια Ανθρώπινου Δυναμικού"),("Υπεύθυνος Αποθήκης","Υπεύθυνη Αποθήκης")]),
}

# --------------------------------------------------------------------------
# Strings per language
# --------------------------------------------------------------------------
L = {}
L['en'] = dict(nav=["Home","About Us","Services","Our Team","Careers","News","Contact"], team=["Meet Our Team","Leadership Team","The People Behind Our Work","Our People"],
 intro=["We believe great work starts with great people.","Our colleagues bring together decades of experience in the field.","Get to know the faces you will be working with."],
 cookie=("We use cookies to improve your experience. By clicking Accept All you agree to our Cookie Policy.","Accept All","Reject","Cookie Settings"),
 foot=["Follow Us","Quick Links","Subscribe To Our Newsletter","Privacy Policy","Terms of Use","All rights reserved."], email="Email", phone="Phone", more="Read More", contact="Contact",
 bios=["Joined the company in {y} after ten years in the logistics industry.","Looks after our largest accounts and the regional partner network.","Holds a degree in engineering from a university in the Midwest and spends weekends sailing.","Has led more than forty projects from first sketch to handover.","Responsible for day-to-day delivery and continuous improvement.","Prior roles include Vice President of Strategy at Larkspur Foods and Brand Manager at Kestrel Outdoor."],
 depts=["Sales","Engineering","Finance","Customer Support"], addr=["12 Abraham Lincoln Avenue, Cedar Falls","40 Prince Albert Road, Northampton","Suite 300, 77 Martin Luther King Jr. Way, Fort Wayne","9 Jane Austen Close, Basingstoke"],
 decoys=[("Customer Success Stories","See how manufacturers in Grand Rapids and Santa Rosa cut lead times in half."),("Award Winning Service","Winner of the Golden Anvil Award three years running."),("Ready To Get Started?","Talk to a specialist today and get a free quote."),("Our Core Values","Integrity First. Think Big. Stay Curious."),("Join Our Team","We are always looking for talented people in Salt Lake City and Baton Rouge."),("Latest News","Summer Opening Hours. New Spring Catalogue Out Now.")],
 quotes_h="What Our Clients Say", quotes=["They understood our business from day one. We could not be happier.","Fast, friendly and always on time. We would recommend them to anyone."], form=("Name","Message","Send"), clients=["Fjordline Foods","Harrow Textiles","Oakmont Clinics","Bluebird Airways"])
L['de'] = dict(nav=["Startseite","Unternehmen","Leistungen","Team","Karriere","Aktuelles","Kontakt"], team=["Unser Team","Ihre Ansprechpartner","Das Team","Wir sind für Sie da"],
 intro=["Kompetent, persönlich und zuverlässig – so arbeiten wir seit über 40 Jahren.","Sprechen Sie uns an, wir beraten Sie gerne.","Kurze Wege und direkte Ansprechpartner zeichnen uns aus."],
 cookie=("Wir verwenden Cookies, um Ihnen ein optimales Erlebnis zu bieten. Details finden Sie in der Datenschutzerklärung.","Alle akzeptieren","Nur essenzielle Cookies","Einstellungen"),
 foot=["Folgen Sie uns","Schnellzugriff","Newsletter abonnieren","Datenschutz","Impressum","Alle Rechte vorbehalten."], email="E-Mail", phone="Telefon", more="Mehr erfahren", contact="Kontakt",
 bios=["Seit {y} im Unternehmen und zuständig für die Region Süd.","Betreut unsere Bestandskunden im In- und Ausland.","Verantwortet Planung und Umsetzung aller Großprojekte.","Berät Sie gerne zu allen Fragen rund um Ihren Auftrag.","Nach dem Studium in Karlsruhe zunächst bei einem Automobilzulieferer tätig."],
 depts=["Vertrieb","Technik","Verwaltung","Kundendienst"], addr=["Willy-Brandt-Straße 14, 73430 Aalen","Robert-Koch-Ring 5, 49525 Lengerich","Carl-Benz-Straße 22, 68723 Schwetzingen","Sophie-Scholl-Platz 3, 31134 Hildesheim"],
 decoys=[("Ausgezeichnete Qualität","Zertifiziert nach DIN EN ISO 9001 und Träger des Großen Preises des Mittelstandes."),("Werden Sie Teil unseres Teams","Aktuell suchen wir Auszubildende in Bad Homburg und Sankt Augustin."),("Referenzen","Neubau Schulzentrum Heinrich Heine, Sanierung Rathaus Bad Vilbel."),("Aktuelle Meldungen","Tag der offenen Tür am Samstag. Betriebsferien im August."),("Qualität aus Tradition","Familienunternehmen in dritter Generation.")],
 quotes_h="Das sagen unsere Kunden", quotes=["Termintreu und sauber gearbeitet – jederzeit wieder.","Von der Planung bis zur Abnahme bestens betreut."], form=("Name","Nachricht","Absenden"), clients=["Nordhafen Logistik GmbH","Stadtwerke Ahrental","Molkerei Wiesengrund eG"])
L['fr'] = dict(nav=["Accueil","Qui sommes-nous","Expertises","L'équipe","Recrutement","Actualités","Contact"], team=["Notre équipe","Une équipe à votre écoute","L'équipe de direction"],
 intro=["Une équipe pluridisciplinaire au service de vos projets.","Nous mettons notre savoir-faire à votre disposition depuis 1994.","Passionnés et exigeants, nous avançons ensemble."],
 cookie=("Nous utilisons des cookies pour améliorer votre navigation et mesurer notre audience.","Tout accepter","Tout refuser","Personnaliser"),
 foot=["Suivez-nous","Liens utiles","Inscription à la newsletter","Politique de confidentialité","Mentions légales","Tous droits réservés."], email="Courriel", phone="Téléphone", more="En savoir plus", contact="Contact",
 bios=["A rejoint la société en {y} après un parcours dans l'industrie.","Pilote les projets de la région Grand Ouest.","Accompagne nos clients de l'étude à la mise en service.","Veille à la qualité de chaque livraison."],
 depts=["Commerce","Technique","Finance","Service client"], addr=["18 rue Victor Hugo, 44000 Nantes","5 avenue Jean Jaurès, 69007 Lyon","27 boulevard Marie Curie, 31400 Toulouse"],
 decoys=[("Nos Valeurs","Exigence, proximité, audace."),("Ils Nous Font Confiance","Plus de 200 entreprises de Saint-Nazaire à Aix-en-Provence."),("Parlons de Votre Projet","Un devis gratuit sous 48 heures.")],
 quotes_h="Témoignages clients", quotes=["Une équipe réactive et à l'écoute, nous recommandons sans hésiter.","Un accompagnement remarquable du début à la fin."], form=("Nom","Message","Envoyer"), clients=["Laiteries du Val","Groupe Armorine","Transports Belcourt"])
L['es'] = dict(nav=["Inicio","Sobre nosotros","Servicios","Equipo","Empleo","Noticias","Contacto"], team=["Nuestro equipo","Conoce al equipo","Las personas detrás del proyecto"],
 intro=["Un equipo joven con mucha experiencia.","Trabajamos codo con codo con nuestros clientes.","Creemos en las ideas que dejan huella."],
 cookie=("Utilizamos cookies propias y de terceros para mejorar nuestros servicios.","Aceptar todas","Rechazar","Configurar"),
 foot=["Síguenos","Enlaces de interés","Suscríbete al boletín","Política de privacidad","Aviso legal","Todos los derechos reservados."], email="Correo electrónico", phone="Teléfono", more="Leer más", contact="Contacto",
 bios=["En la empresa desde {y}, coordina los proyectos internacionales.","Le apasionan el detalle y el trabajo bien hecho.","Más de quince años de experiencia en el sector.","Se ocupa de que todo llegue a tiempo."],
 depts=["Ventas","Tecnología","Finanzas","Atención al cliente"], addr=["Calle Miguel de Cervantes 21, 28014 Madrid","Avenida Simón Bolívar 8, 48010 Bilbao","Plaza Isabel la Católica 3, 18009 Granada"],
 decoys=[("Casos De Éxito","Descubre nuestros proyectos en San Sebastián y Santa Cruz."),("Trabaja Con Nosotros","Buscamos talento en Palma y Las Palmas."),("Premios Y Reconocimientos","Premio Pyme del Año 2022.")],
 quotes_h="Lo que dicen nuestros clientes", quotes=["Profesionales, cercanos y muy creativos.","Cumplieron los plazos y superaron nuestras expectativas."], form=("Nombre","Mensaje","Enviar"), clients=["Conservas Punta Brava","Grupo Altamar","Bodegas Torrealba"])
L['it'] = dict(nav=["Home","Chi siamo","Servizi","Il team","Lavora con noi","News","Contatti"], team=["Il nostro team","Le persone","Chi lavora con noi"],
 intro=["Passione, competenza e attenzione al cliente.","Da tre generazioni al fianco delle imprese.","Le persone sono la nostra vera forza."],
 cookie=("Questo sito utilizza cookie tecnici e di profilazione.","Accetta tutti","Rifiuta","Preferenze"),
 foot=["Seguici","Link utili","Iscriviti alla newsletter","Informativa privacy","Note legali","Tutti i diritti riservati."], email="E-mail", phone="Telefono", more="Scopri di più", contact="Contatti",
 bios=["In azienda dal {y}, segue i clienti del Nord Est.","Coordina il reparto e i fornitori esterni.","Una lunga esperienza nel settore tessile."],
 depts=["Vendite","Tecnico","Amministrazione","Assistenza"], addr=["Via Giuseppe Verdi 10, 36100 Vicenza","Corso Vittorio Emanuele 44, 10123 Torino","Piazza Dante Alighieri 2, 37121 Verona"],
 decoys=[("I Nostri Valori","Qualità, rispetto, innovazione."),("Dicono Di Noi","Oltre 300 clienti da San Marino a Reggio Emilia."),("Lavora Con Noi","Inviaci la tua candidatura.")],
 quotes_h="Cosa dicono i clienti", quotes=["Serietà e puntualità, un partner affidabile.","Assistenza impeccabile, ci torneremo."], form=("Nome","Messaggio","Invia"), clients=["Oleificio San Bartolo","Tessiture Alpine","Cantine Roverella"])
L['nl'] = dict(nav=["Home","Over ons","Diensten","Team","Werken bij","Nieuws","Contact"], team=["Ons team","Maak kennis met het team","Onze mensen"],
 intro=["Korte lijnen, heldere afspraken en een team dat meedenkt.","Wij staan voor u klaar.","Samen bouwen we aan de toekomst."],
 cookie=("Wij gebruiken cookies om onze website te verbeteren.","Alles accepteren","Weigeren","Voorkeuren"),
 foot=["Volg ons","Snel naar","Nieuwsbrief ontvangen","Privacyverklaring","Disclaimer","Alle rechten voorbehouden."], email="E-mail", phone="Telefoon", more="Lees meer", contact="Contact",
 bios=["Werkt sinds {y} bij ons en kent de markt als geen ander.","Verantwoordelijk voor planning en oplevering.","Eerste aanspreekpunt voor onze relaties in het oosten van het land."],
 depts=["Verkoop","Techniek","Administratie","Service"], addr=["Johan de Wittlaan 30, 2517 JR Den Haag","Prins Bernhardstraat 4, 7411 GA Deventer"],
 decoys=[("Onze Projecten","Van Sint Maarten tot Bergen op Zoom."),("Werken Bij Ons","Bekijk alle vacatures."),("Laatste Nieuws","Zomersluiting van 22 juli tot 5 augustus.")],
 quotes_h="Wat klanten zeggen", quotes=["Prettige samenwerking en een prachtig resultaat.","Altijd bereikbaar en afspraken worden nagekomen."], form=("Naam","Bericht","Versturen"), clients=["Zuivelhuis Noord","Rederij Waddenzicht"])
L['pl'] = dict(nav=["Strona główna","O firmie","Oferta","Zespół","Kariera","Aktualności","Kontakt"], team=["Nasz zespół","Poznaj nasz zespół","Ludzie firmy"],
 intro=["Tworzymy zespół doświadczonych specjalistów.","Od ponad 25 lat działamy na rynku krajowym i zagranicznym.","Chętnie odpowiemy na Państwa pytania."],
 cookie=("Ta strona korzysta z plików cookie w celu świadczenia usług na najwyższym poziomie.","Akceptuję","Odrzuć","Ustawienia"),
 foot=["Śledź nas","Na skróty","Zapisz się do newslettera","Polityka prywatności","Regulamin","Wszelkie prawa zastrzeżone."], email="E-mail", phone="Telefon", more="Czytaj więcej", contact="Kontakt",
 bios=["W firmie od {y} roku, odpowiada za region południowy.","Koordynuje współpracę z kluczowymi klientami.","Wieloletnie doświadczenie w branży."],
 depts=["Sprzedaż","Technika","Finanse","Serwis"], addr=["ul. Jana Matejki 12, 31-157 Kraków","al. Józefa Piłsudskiego 40, 90-330 Łódź","ul. Marii Skłodowskiej-Curie 7, 87-100 Toruń"],
 decoys=[("Nasze Realizacje","Od Nowego Sącza po Gorzów Wielkopolski."),("Dołącz Do Nas","Sprawdź aktualne oferty pracy."),("Nagrody I Wyróżnienia","Gazele Biznesu 2021, Medal Europejski.")],
 quotes_h="Opinie klientów", quotes=["Pełen profesjonalizm, polecamy.","Terminowo i zgodnie z ustaleniami."], form=("Imię i nazwisko","Wiadomość","Wyślij"), clients=["Mleczarnia Bielany","Hurtownia Stalmax"])
L['sv'] = dict(nav=["Hem","Om oss","Tjänster","Medarbetare","Jobba hos oss","Nyheter","Kontakt"], team=["Våra medarbetare","Möt teamet","Vi på kontoret"],
 intro=["Vi är ett nyfiket gäng med stor bredd.","Hos oss får du alltid en personlig kontakt.","Tillsammans skapar vi hållbara lösningar."],
 cookie=("Vi använder kakor för att webbplatsen ska fungera bra.","Godkänn alla","Neka","Inställningar"),
 foot=["Följ oss","Genvägar","Prenumerera på nyhetsbrevet","Integritetspolicy","Villkor","Alla rättigheter förbehållna."], email="E-post", phone="Telefon", more="Läs mer", contact="Kontakt",
 bios=["Har arbetat hos oss sedan {y}.","Ansvarar för större uppdrag i Västsverige.","Brinner för hållbart byggande."],
 depts=["Försäljning","Teknik","Ekonomi","Kundtjänst"], addr=["Carl Larssons gata 6, 411 08 Göteborg","Gustav Adolfs torg 2, 211 39 Malmö"],
 decoys=[("Våra Projekt","Kvarteret Sankt Erik och Bro Norra Hamnen."),("Jobba Hos Oss","Vi söker fler kollegor i Umeå.")],
 quotes_h="Vad våra kunder säger", quotes=["Lyhörda och noggranna från start till mål.","Bästa tänkbara bemötande."], form=("Namn","Meddelande","Skicka"), clients=["Skärgårdsmejeriet","Nordvik Fastigheter"])
L['pt'] = dict(nav=["Início","Sobre nós","Serviços","Equipa","Carreiras","Notícias","Contactos"], team=["A nossa equipa","Conheça a equipa","Quem somos"],
 intro=["Uma equipa experiente e próxima dos clientes.","Há mais de vinte anos a construir relações de confiança.","Fale connosco."],
 cookie=("Este site utiliza cookies para melhorar a sua experiência.","Aceitar todos","Rejeitar","Preferências"),
 foot=["Siga-nos","Ligações úteis","Subscreva a newsletter","Política de privacidade","Termos e condições","Todos os direitos reservados."], email="E-mail", phone="Telefone", more="Saber mais", contact="Contactos",
 bios=["Está na empresa desde {y} e acompanha os clientes do norte.","Coordena as equipas no terreno.","Gosta de resolver problemas difíceis."],
 depts=["Vendas","Técnico","Financeiro","Apoio"], addr=["Avenida Infante Dom Henrique 55, 1100-280 Lisboa","Rua Fernão de Magalhães 9, 4300-190 Porto"],
 decoys=[("Os Nossos Projetos","De São João da Madeira a Vila Real de Santo António."),("Junte-se A Nós","Temos vagas em Braga e Setúbal.")],
 quotes_h="O que dizem os clientes", quotes=["Profissionais e sempre disponíveis.","Um serviço de excelência."], form=("Nome","Mensagem","Enviar"), clients=["Conservas Mar Alto","Quinta do Outeiro"])
L['cs'] = dict(nav=["Úvod","O nás","Služby","Náš tým","Kariéra","Aktuality","Kontakt"], team=["Náš tým","Lidé ve firmě","Kontaktní osoby"],
 intro=["Jsme česká firma s dlouholetou tradicí.","Rádi vám poradíme s výběrem.","Za každým úspěchem stojí lidé."],
 cookie=("Tento web používá soubory cookie k zajištění lepších služeb.","Přijmout vše","Odmítnout","Nastavení"),
 foot=["Sledujte nás","Rychlé odkazy","Odběr novinek","Ochrana osobních údajů","Obchodní podmínky","Všechna práva vyhrazena."], email="E-mail", phone="Telefon", more="Více", contact="Kontakt",
 bios=["Ve firmě působí od roku {y}.","Stará se o klíčové zákazníky.","Má na starosti vývoj nových výrobků."],
 depts=["Obchod","Technika","Ekonomika","Servis"], addr=["nábřeží Ludvíka Svobody 12, 110 00 Praha","náměstí Karla Čapka 3, 602 00 Brno"],
 decoys=[("Naše Reference","Od Karlových Varů po Ústí nad Labem."),("Přidejte Se K Nám","Hledáme nové kolegy.")],
 quotes_h="Napsali o nás", quotes=["Skvělá spolupráce, doporučujeme.","Rychlé a spolehlivé dodání."], form=("Jméno","Zpráva","Odeslat"), clients=["Pekárny Vltava","Strojírny Beskyd"])
L['tr'] = dict(nav=["Ana Sayfa","Hakkımızda","Hizmetler","Ekibimiz","Kariyer","Haberler","İletişim"], team=["Ekibimiz","Yönetim Kadromuz","Takımımızla Tanışın"],
 intro=["Alanında uzman kadromuzla hizmetinizdeyiz.","Müşteri memnuniyeti önceliğimizdir.","1987'den bu yana üretiyoruz."],
 cookie=("Bu sitede size daha iyi hizmet sunmak için çerezler kullanılmaktadır.","Tümünü Kabul Et","Reddet","Ayarlar"),
 foot=["Bizi Takip Edin","Hızlı Bağlantılar","Bültene Abone Olun","Gizlilik Politikası","Kullanım Koşulları","Tüm hakları saklıdır."], email="E-posta", phone="Telefon", more="Devamını Oku", contact="İletişim",
 bios=["{y} yılından beri ekibimizde görev yapıyor.","İhracat projelerini yönetiyor."],
 depts=["Satış","Teknik","Finans","Destek"], addr=["Mustafa Kemal Bulvarı No: 88, İzmir","Mimar Sinan Caddesi No: 14, Bursa"],
 decoys=[("Başarı Hikayeleri","Kemalpaşa ve Gaziemir tesislerimizden haberler."),("Bize Katılın","Açık pozisyonları inceleyin.")],
 quotes_h="Müşterilerimiz Ne Diyor", quotes=["Zamanında teslimat ve güler yüzlü hizmet.","Uzun yıllardır birlikte çalışıyoruz, çok memnunuz."], form=("Ad Soyad","Mesaj","Gönder"), clients=["Ege Un Sanayi","Mavi Liman Lojistik","Toros Tekstil"])
L['ja'] = dict(nav=["ホーム","会社情報","事業内容","メンバー","採用情報","お知らせ","お問い合わせ"], team=["役員紹介","メンバー紹介","経営陣"],
 intro=["私たちは専門性の高いチームでお客様を支援します。","創業以来、品質を第一に歩んでまいりました。"],
 cookie=("当サイトでは利便性向上のためCookieを使用しています。","同意する","拒否する","設定"),
 foot=["フォローする","リンク","メールマガジン登録","プライバシーポリシー","利用規約","無断転載を禁じます。"], email="メール", phone="電話番号", more="詳しく見る", contact="お問い合わせ",
 bios=["{y}年入社。製造業のお客様を中心に担当。","大手メーカー勤務を経て現職。"],
 depts=["営業部","技術部","経理部","総務部"], addr=["東京都港区芝浦3-5-12","愛知県名古屋市中区栄2-4-1"],
 decoys=[("導入事例","全国120社でご利用いただいています。"),("採用情報","新卒・中途ともに募集しています。")],
 quotes_h="お客様の声", quotes=["対応が早く、とても助かっています。"], form=("お名前","お問い合わせ内容","送信"), clients=["北斗食品株式会社"])
L['zh'] = dict(nav=["首页","关于我们","产品中心","管理团队","人才招聘","新闻中心","联系我们"], team=["管理团队","核心团队"],
 intro=["我们拥有一支经验丰富的专业团队。","公司成立于2006年，总部位于苏州工业园区。"],
 cookie=("本网站使用Cookie以提升您的浏览体验。","接受","拒绝","设置"),
 foot=["关注我们","快速链接","订阅资讯","隐私政策","法律声明","版权所有"], email="邮箱", phone="电话", more="查看更多", contact="联系我们",
 bios=["{y}年加入公司，负责战略与日常运营。","拥有二十余年行业经验，主持多项重点项目。","毕业于知名理工院校，获高级工程师职称。"],
 depts=["销售部","技术部","财务部","客服部"], addr=["江苏省苏州市工业园区星湖街218号","广东省深圳市南山区中山大道66号"],
 decoys=[("客户案例","服务超过五百家制造企业。"),("加入我们","热招职位，期待您的加入。")],
 quotes_h="客户评价", quotes=["响应及时，服务专业。"], form=("姓名","留言","提交"), clients=["东海乳业"])
L['ko'] = dict(nav=["홈","회사소개","서비스","팀 소개","채용","소식","문의하기"], team=["우리 팀을 소개합니다","경영진 소개"],
 intro=["고객의 성장을 함께 고민하는 사람들입니다.","2015년 설립 이후 꾸준히 성장해 왔습니다."],
 cookie=("본 사이트는 서비스 향상을 위해 쿠키를 사용합니다.","모두 동의","거부","설정"),
 foot=["팔로우","바로가기","뉴스레터 구독","개인정보처리방침","이용약관","무단 전재를 금합니다."], email="이메일", phone="전화", more="더 보기", contact="문의하기",
 bios=["{y}년에 합류하여 제품 전략을 맡고 있습니다."],
 depts=["영업","기술","재무","지원"], addr=["서울특별시 강남구 테헤란로 231","부산광역시 해운대구 센텀중앙로 48"],
 decoys=[("고객 사례","국내외 300여 개 기업이 사용하고 있습니다."),("함께해요","새로운 동료를 기다립니다.")],
 quotes_h="고객 후기", quotes=["도입 이후 업무 시간이 크게 줄었습니다."], form=("이름","메시지","보내기"), clients=["한빛식품"])
L['ru'] = dict(nav=["Главная","О компании","Услуги","Сотрудники","Вакансии","Новости","Контакты"], team=["Руководство компании","Наши сотрудники","Наша команда"],
 intro=["Наша команда — это опытные специалисты с многолетним стажем.","Компания работает на рынке с 1998 года."],
 cookie=("Мы используем файлы cookie для удобства пользователей.","Принять","Отклонить","Настройки"),
 foot=["Мы в соцсетях","Быстрые ссылки","Подписаться на рассылку","Политика конфиденциальности","Условия использования","Все права защищены."], email="Эл. почта", phone="Телефон", more="Подробнее", contact="Контакты",
 bios=["В компании с {y} года, курирует развитие филиальной сети.","Окончил политехнический институт."],
 depts=["Продажи","Техника","Финансы","Поддержка"], addr=["ул. Льва Толстого, д. 16, Пермь","пр. Юрия Гагарина, д. 42, Самара"],
 decoys=[("Наши Проекты","От Нижнего Новгорода до Южно-Сахалинска."),("Вакансии","Приглашаем инженеров и технологов.")],
 quotes_h="Отзывы клиентов", quotes=["Всё сделали в срок и качественно."], form=("Имя","Сообщение","Отправить"), clients=["Волжский комбинат"])
L['el'] = dict(nav=["Αρχική","Η εταιρεία","Υπηρεσίες","Η ομάδα μας","Καριέρα","Νέα","Επικοινωνία"], team=["Η ομάδα μας","Οι άνθρωποί μας"],
 intro=["Μια ομάδα με εμπειρία και μεράκι.","Από το 1989 δίπλα στον πελάτη."],
 cookie=("Χρησιμοποιούμε cookies για την καλύτερη εμπειρία σας.","Αποδοχή όλων","Απόρριψη","Ρυθμίσεις"),
 foot=["Ακολουθήστε μας","Χρήσιμοι σύνδεσμοι","Εγγραφή στο newsletter","Πολιτική απορρήτου","Όροι χρήσης","Με επιφύλαξη παντός δικαιώματος."], email="E-mail", phone="Τηλέφωνο", more="Περισσότερα", contact="Επικοινωνία",
 bios=["Στην εταιρεία από το {y}."],
 depts=["Πωλήσεις","Παραγωγή","Οικονομικά","Υποστήριξη"], addr=["Λεωφόρος Ελευθερίου Βενιζέλου 45, Θεσσαλονίκη","Οδός Ρήγα Φεραίου 12, Πάτρα"],
 decoys=[("Τα Έργα Μας","Από τον Άγιο Νικόλαο έως τη Νέα Σμύρνη."),("Γίνε Μέλος Της Ομάδας","Δες τις ανοιχτές θέσεις.")],
 quotes_h="Είπαν για εμάς", quotes=["Άψογη συνεργασία και συνέπεια."], form=("Όνομα","Μήνυμα","Αποστολή"), clients=["Ελαιουργία Μεσσηνίας"])

# --------------------------------------------------------------------------
# Core
# --------------------------------------------------------------------------
class Person:
    pass

USED = set()

class Ctx:
    def __init__(self, layout, v, lang, company, domain, path):
        self.layout, self.v, self.lang, self.company, self.domain = layout, v, lang, company, domain
        self.url = 'https://' + domain + path
        self.rng = random.Random('%d/%s/%d' % (SEED, layout, v))
        self.L = L[lang]
        self.truth, self.others, self.note = [], [], ''
        self.styles = self.rng.choice(['first.last', 'first.last', 'f.last', 'flast', 'first', 'last', 'first_last'])
        self._t = None
        self._mails = set()
        self.i = 0

    # -- people ---------------------------------------------------------
    def name(self, sex=None, lang=None, patron=False):
        lang = lang or self.lang
        gm, gf, sn = NAMES[lang]
        for _ in range(500):
            s = sex or self.rng.choice('mf')
            g = self.rng.choice(gm if s == 'm' else gf)
            f = self.rng.choice(sn)
            if lang in ('ja', 'zh', 'ko'):
                gn, ga = g; fn, fa = f
            else:
                if isinstance(f, tuple): f = f[0 if s == 'm' else 1]
                gn, fn, ga, fa = g, f, ascii_(g, lang), ascii_(f.replace(' ', '-') if lang != 'el' else f, lang)
            key = (gn, fn)
            if key in USED: continue
            if any(p[0] == gn or p[1] == fn for p in self._mails): continue
            USED.add(key); self._mails.add(key)
            break
        else:
            raise SystemExit('name pool exhausted ' + lang + ' ' + self.layout)
        p = Person()
        p.sex, p.given, p.family, p.ga, p.fa = s, gn, fn, ga, fa
        if lang == 'ja': p.name = fn + ' ' + gn
        elif lang in ('zh', 'ko'): p.name = fn + gn
        elif patron:
            pt = self.rng.choice(PATRONYMIC[0 if s == 'm' else 1]); p.patronymic = pt
            p.name = '%s %s %s' % (fn, gn, pt)
        elif lang == 'en' and self.rng.random() < .08:
            p.name = '%s %s. %s' % (gn, self.rng.choice('ABCDEJKLMRT'), fn)
        else: p.name = gn + ' ' + fn
        p.slug = (ga + '-' + fa).lower()
        return p

    def mail_for(self, p, style=None):
        st = style or self.styles
        f = p.fa.replace('-', '') ; g = p.ga.replace('-', '')
        dom = getattr(self, 'maildomain', self.domain)
        return {'first.last': g + '.' + p.fa, 'f.last': g[0] + '.' + f, 'flast': g[0] + f, 'first': g,
                'last': f, 'first_last': g + '_' + f}[st] + '@' + dom

    def titles(self, lead=True):
        if self._t is None:
            a, b = T[self.lang]
            self._t = ([self.rng.choice(a)] if lead else []) + self.rng.sample(b, len(b))
        return self._t

    def person(self, title=None, sex=None, lead=True, patron=False, style=None):
        p = self.name(sex, patron=patron)
        if title is None:
            t = self.titles(lead)
            title = t.pop(0)
        p.title = title if isinstance(title, str) else title[0 if p.sex == 'm' else 1]
        p.email = self.mail_for(p, style)
        p.phone = self.phone()
        b = self.L['bios']
        p.bio = b[self.i % len(b)].replace('{y}', str(self.rng.randint(2003, 2023)))
        self.i += 1
        p.img = '/images/team/%s.jpg' % p.slug
        p.hon = ''
        return p

    def people(self, n, **k):
        return [self.person(**k) for _ in range(n)]

    def add(self, p, title=True, email=True, name=None):
        self.truth.append({'name': name or p.name, 'title': p.title if title else None, 'email': p.email if email else None})

    def addall(self, ps, **k):
        for p in ps: self.add(p, **k)

    def other(self, m):
        if '@' not in m: m = m + '@' + self.domain
        if m not in self.others: self.others.append(m)
        return m

    def phone(self):
        r = self.rng
        d = lambda n: ''.join(r.choice('0123456789') for _ in range(n))
        return {'en': '(555) %s-%s' % ('01' + d(1), d(4)), 'de': '+49 (0) 7%s %s-%s' % (d(3), d(5), d(2)), 'fr': '0%s %s %s %s %s' % (r.choice('12345'), d(2), d(2), d(2), d(2)),
            'es': '9%s %s %s' % (d(2), d(3), d(3)), 'it': '+39 0%s %s' % (d(3), d(6)), 'nl': '0%s - %s' % (d(3), d(6)), 'pl': '+48 %s %s %s' % (d(3), d(3), d(3)),
            'sv': '0%s-%s %s' % (d(2), d(3), d(2) + ' ' + d(2)), 'pt': '+351 2%s %s %s' % (d(2), d(3), d(3)), 'cs': '+420 %s %s %s' % (d(3), d(3), d(3)),
            'tr': '+90 (2%s) %s %s %s' % (d(2), d(3), d(2), d(2)), 'ja': '03-%s-%s' % (d(4), d(4)), 'zh': '0512-%s' % d(8), 'ko': '02-%s-%s' % (d(4), d(4)),
            'ru': '+7 (%s) %s-%s-%s' % (d(3), d(3), d(2), d(2)), 'el': '2%s %s' % (d(3), d(6))}[self.lang]

    # -- bits -----------------------------------------------------------
    def h(self):  # headline
        return self.rng.choice(self.L['team'])

    def intro(self, n=1):
        return ' '.join(self.rng.sample(self.L['intro'], min(n, len(self.L['intro']))))

    def hexid(self, n=7):
        return ''.join(self.rng.choice('0123456789abcdef') for _ in range(n))

    def decoy(self, tag='section', cls='cta', htag='h2'):
        ds = self.L['decoys']
        a, b = ds[(self.i + self.v + len(cls)) % len(ds)]
        self.i += 1
        return '<%s class="%s"><%s>%s</%s><p>%s</p></%s>' % (tag, cls, htag, e(a), htag, e(b), tag)

    def testimonial(self, n=1, cls='testimonial'):
        """customers' words: these people are NOT people of the company"""
        out = []
        qs = self.L['quotes']
        ts = T[self.lang][1]
        for k in range(n):
            p = self.name()
            t = self.rng.choice(ts)
            t = t if isinstance(t, str) else t[0 if p.sex == 'm' else 1]
            c = self.L['clients'][k % len(self.L['clients'])]
            out.append('<blockquote class="%s"><p>“%s”</p><footer><strong class="%s__author">%s</strong><br><span class="%s__role">%s, %s</span></footer></blockquote>'
                       % (cls, e(qs[k % len(qs)]), cls, e(p.name), cls, e(t), e(c)))
        return '<section class="%ss"><h2>%s</h2>\n%s\n</section>' % (cls, e(self.L['quotes_h']), '\n'.join(out))

    def mailto(self, m, text=None, cls='', extra=''):
        return '<a%s href="mailto:%s"%s>%s</a>' % (' class="%s"' % cls if cls else '', m, extra, e(m) if text is None else text)

def hexent(s):
    return ''.join('&#x%x;' % ord(c) for c in s)
def decent(s):
    return ''.join('&#%d;' % ord(c) for c in s)
def mixent(s, rng):
    return ''.join(rng.choice(['&#%d;' % ord(c), '&#x%x;' % ord(c), c]) if c.isalnum() else '&#%d;' % ord(c) for c in s)

SVG_LI = '<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 4h4v16H4zM10 9h4v11h-4z"/></svg>'

# --------------------------------------------------------------------------
# Furniture
# --------------------------------------------------------------------------
def page(c, main, family='plain', title=None, head='', mail='info', addr=True, scripts='', bodycls='', footer_extra='', form=False):
    r, S = c.rng, c.L
    nav = S['nav']
    co = e(c.company)
    slugs = ['', 'about', 'services', 'team', 'careers', 'news', 'contact']
    hv = r.randrange(5)
    li = ''.join('<li class="menu-item"><a href="/%s">%s</a></li>' % (s, e(n)) for s, n in zip(slugs, nav))
    if hv == 0:
        header = '<header class="site-header"><a class="logo" href="/"><img src="/img/logo.svg" alt="%s Logo"></a><nav aria-label="Main"><ul class="menu">%s</ul></nav></header>' % (co, li)
    elif hv == 1:
        header = ('<a class="skip-link" href="#main">Skip</a><div class="topbar"><span>%s %s</span></div><header class="header" role="banner"><div class="container"><a href="/" title="%s">%s</a><div class="nav-wrap"><ul>%s</ul></div></div></header>'
                  % (e(S['phone']), c.phone(), co, co, li))
    elif hv == 2:
        a = ''.join('<a href="/%s" class="nav-link%s">%s</a>' % (s, ' w--current' if s == 'team' else '', e(n)) for s, n in zip(slugs, nav))
        header = '<div class="navbar"><div class="navbar-inner"><a href="/" class="brand">%s</a><nav role="navigation" class="nav-menu">%s</nav><div class="menu-button"><div class="icon"></div></div></div></div>' % (co, a)
    elif hv == 3:
        sub = ''.join('<li><a href="/services/%d">%s</a></li>' % (k, e(d)) for k, d in enumerate(S['depts']))
        header = '<header><div class="masthead"><p class="site-title"><a href="/">%s</a></p><nav><ul class="nav">%s<li class="dropdown"><a href="#">%s</a><ul class="sub-menu">%s</ul></li></ul></nav></div></header>' % (co, li, e(nav[2]), sub)
    else:  # twice: desktop and mobile
        header = ('<header class="hdr"><div class="desktop-nav"><ul>%s</ul></div><button class="burger" aria-label="Menu" aria-expanded="false"><span></span></button><div class="mobile-nav" hidden><ul>%s</ul></div></header>' % (li, li))
    ck = S['cookie']
    cv = r.randrange(5)
    btn = '<button type="button" class="ck-accept">%s</button><button type="button" class="ck-reject">%s</button><a href="#" class="ck-settings">%s</a>' % tuple(map(e, ck[1:]))
    cookie = ['<div id="CybotCookiebotDialog" role="dialog" aria-label="Cookies"><div class="text"><p>%s</p></div><div class="btns">%s</div></div>',
              '<div id="onetrust-banner-sdk" class="otFlat bottom"><div class="ot-sdk-container"><div id="onetrust-policy-text">%s</div><div id="onetrust-button-group">%s</div></div></div>',
              '<div id="BorlabsCookieBox" class="BorlabsCookie" aria-hidden="true"><p class="h3">Cookies</p><p>%s</p>%s</div>',
              '<aside class="cookie-consent"><p>%s</p>%s</aside>', ''][cv]
    if cookie: cookie = cookie % (e(ck[0]), btn)
    ft = S['foot']
    year = r.randint(2018, 2026)
    soc = ''.join('<a href="https://www.%s.com/%s" target="_blank" rel="noopener" aria-label="%s">%s</a>' % (n.lower(), c.domain.split('.')[0], n, SVG_LI if r.random() < .4 else '<i class="fa fa-%s"></i>' % n.lower()) for n in r.sample(['LinkedIn', 'Facebook', 'Instagram', 'YouTube'], 3))
    ad = r.choice(S['addr'])
    bits = []
    if addr: bits.append('<address>%s<br>%s</address>' % (co, e(ad).replace(', ', '<br>', 1)))
    if mail:
        m = c.other(mail)
        bits.append('<p class="footer-contact">%s: %s<br>%s</p>' % (e(S['phone']), c.phone(), c.mailto(m)))
    fv = r.randrange(4)
    legal = '<a href="/privacy">%s</a> | <a href="/legal">%s</a>' % (e(ft[3]), e(ft[4]))
    news = '<form class="newsletter" action="/subscribe" method="post"><label for="nl">%s</label><input id="nl" type="email" name="nl" placeholder="name@example.com"></form>' % e(ft[2])
    if fv == 0:
        footer = '<footer class="site-footer"><div class="col">%s</div><div class="col"><h4>%s</h4><div class="social">%s</div></div><div class="copyright">© %d %s. %s %s</div>%s</footer>' % (''.join(bits), e(ft[0]), soc, year, co, e(ft[5]), legal, footer_extra)
    elif fv == 1:
        footer = '<footer><div class="footer-widgets"><div class="widget"><h3 class="widget-title">%s</h3><ul>%s</ul></div><div class="widget"><h3 class="widget-title">%s</h3>%s</div><div class="widget">%s</div></div><p class="legal">© %d %s · %s</p>%s</footer>' % (e(ft[1]), li, e(S['contact']), ''.join(bits), news, year, co, legal, footer_extra)
    elif fv == 2:
        footer = '<div class="footer" role="contentinfo"><div class="footer-top">%s%s</div><div class="footer-bottom"><span>Copyright %d – %s</span><span>%s</span></div>%s</div>' % (''.join(bits), soc, year, co, legal, footer_extra)
    else:
        footer = '<footer class="py-8"><h2 class="sr-only">Footer</h2>%s<p>%s</p>%s<p><small>© %d %s. %s Website by Pixelforge Studio.</small></p>%s</footer>' % (''.join(bits), soc, news, year, co, e(ft[5]), footer_extra)
    # noise: things real pages carry besides the people
    nr = random.Random('noise/%s/%d' % (c.layout, c.v))
    noise = []
    for kind in nr.sample(['logos', 'news', 'stats', 'certs', 'cta', 'insta'], nr.choice([0, 1, 1, 2, 2, 3])):
        if kind == 'logos':
            noise.append('<section class="client-logos" aria-hidden="true"><ul>%s</ul></section>' % ''.join('<li><img src="/img/logos/%d.svg" alt="%s" loading="lazy"></li>' % (k, e(x)) for k, x in enumerate(S['clients'] + ['Hudson & Vale', 'Marshall Grey', 'Stella Polaris'])))
        elif kind == 'news':
            noise.append('<section class="news-teaser">%s</section>' % ''.join('<article class="teaser"><time datetime="20%02d-%02d-%02d">%02d.%02d.20%02d</time><h3><a href="/news/%d">%s</a></h3><p>%s</p><a class="more" href="/news/%d">%s</a></article>' % (y, m, d, d, m, y, k, e(a), e(b), k, e(S['more'])) for k, ((a, b), y, m, d) in enumerate(zip(S['decoys'][:3], (24, 24, 23), (9, 5, 11), (14, 2, 30)))))
        elif kind == 'stats':
            noise.append('<div class="stats">%s</div>' % ''.join('<div class="stat"><span class="stat-number">%s</span><span class="stat-label">%s</span></div>' % (a, e(b)) for a, b in zip(('98%', '1,200+', '24/7'), S['depts'])))
        elif kind == 'certs':
            noise.append('<ul class="certs"><li><img src="/img/iso.png" alt="ISO 9001"></li><li><img src="/img/ecovadis.png" alt="Silver Medal 2024"></li><li><img src="/img/tuv.png" alt="Certified Partner"></li></ul>')
        elif kind == 'cta':
            noise.append('<section class="cta-band"><p class="cta-title">%s</p><a class="btn btn-primary" href="/contact">%s</a> <a class="btn" href="tel:+000">%s</a></section>' % (e(S['decoys'][-1][0]), e(S['contact']), c.phone()))
        else:
            noise.append('<div class="social-feed">%s</div>' % ''.join('<a href="https://www.instagram.com/p/%s/" aria-label="Instagram"><img src="/feed/%d.jpg" alt="" width="320" height="320"></a>' % (c.hexid(11), k) for k in range(4)))
    noise = '\n'.join(noise)
    langsw = ''
    if nr.random() < .35:
        langsw = '<ul class="lang-switch">%s</ul>' % ''.join('<li><a hreflang="%s" href="/%s/">%s</a></li>' % x for x in (('en', 'en', 'English'), ('de', 'de', 'Deutsch'), ('fr', 'fr', 'Français')))
    frm = ''
    if form:
        f = S['form']
        ph = {'en': 'Jane Smith', 'de': 'Max Mustermann', 'fr': 'Jean Dupont', 'nl': 'Jan Jansen', 'pl': 'Jan Kowalski'}.get(c.lang, '')
        frm = ('<section class="contact-form"><h2>%s</h2><form method="post" action="/contact"><label>%s <input name="name" placeholder="%s"></label><label>%s <input name="email" type="email"></label><label>%s <textarea name="msg"></textarea></label><button type="submit">%s</button></form></section>'
               % (e(S['contact']), e(f[0]), ph, e(S['email']), e(f[1]), e(f[2])))
    gen = {'wp': '<meta name="generator" content="WordPress 6.%d">' % r.randint(0, 7), 'elementor': '<meta name="generator" content="Elementor 3.%d.0; features: e_font_icon_svg">' % r.randint(5, 25),
           'typo3': '<meta name="generator" content="TYPO3 CMS">', 'joomla': '<meta name="generator" content="Joomla! - Open Source Content Management">',
           'webflow': '<meta content="Webflow" name="generator">', 'wix': '<meta name="generator" content="Wix.com Website Builder">', 'hubspot': '<meta name="generator" content="HubSpot">',
           'framer': '<meta name="generator" content="Framer 7a1b2c3">', 'sqs': '<!-- This is Squarespace. -->', 'next': '<meta name="next-head-count" content="12">'}.get(family, '')
    tt = title or '%s | %s' % (r.choice(S['team']), c.company)
    og = '<meta property="og:site_name" content="%s"><meta name="description" content="%s">' % (co, e(c.intro()))
    gtm = "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}gtag('js',new Date());</script>" if r.random() < .6 else ''
    sty = '<style>.card{padding:1rem}.sr-only{position:absolute;left:-9999px}@media(max-width:767px){.desktop-nav{display:none}}</style>' if r.random() < .6 else ''
    bc = ''
    if r.random() < .4:
        bc = '<nav class="breadcrumb" aria-label="Breadcrumb"><ol><li><a href="/">%s</a></li><li><a href="/about">%s</a></li></ol></nav>' % (e(nav[0]), e(nav[1]))
    ht = {'zh': 'zh-CN'}.get(c.lang, c.lang)
    return ('<!DOCTYPE html>\n<html lang="%s">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>%s</title>\n%s\n%s\n%s%s%s\n</head>\n<body class="%s">\n%s\n%s\n<main id="main">\n%s\n%s\n</main>\n%s\n%s%s\n</body>\n</html>\n'
            % (ht, e(tt), gen, og, gtm, sty, head, (family + ' ' + bodycls).strip(), langsw + header, bc, main, noise + frm, footer, cookie, scripts))

LAYOUTS = []
def layout(*variants):
    """variants: (lang, company, domain, path)"""
    def deco(fn):
        LAYOUTS.append((fn.__name__, fn, variants))
        return fn
    return deco

# ==========================================================================
# Layouts 1-20
# ==========================================================================
@layout(('en', 'Brightmoor Solar', 'brightmoorsolar.com', '/team/'), ('es', 'Estudio Marejada', 'estudiomarejada.es', '/nosotros/equipo/'))
def elementor_team_widget(c):
    ps = c.people(6 + 3 * c.v)
    cards = []
    for k, p in enumerate(ps):
        hid = c.hexid()
        has = k % 3 != 2
        if c.v == 0:
            inner = ('<div class="elementor-widget elementor-widget-image-box" data-id="%s" data-widget_type="image-box.default"><div class="elementor-widget-container"><div class="elementor-image-box-wrapper"><figure class="elementor-image-box-img"><img decoding="async" src="/wp-content/uploads/2023/05/%s-300x300.jpg" alt="" loading="lazy"></figure><div class="elementor-image-box-content"><h3 class="elementor-image-box-title">%s</h3><p class="elementor-image-box-description">%s</p></div></div></div></div>' % (hid, p.slug, e(p.name), e(p.title)))
            soc = '<span class="elementor-grid-item"><a class="elementor-icon elementor-social-icon elementor-social-icon-linkedin" href="https://www.linkedin.com/in/%s" target="_blank"><span class="elementor-screen-only">Linkedin</span><i class="fab fa-linkedin"></i></a></span>' % p.slug
            if has: soc += '<span class="elementor-grid-item"><a class="elementor-icon elementor-social-icon elementor-social-icon-envelope" href="mailto:%s"><span class="elementor-screen-only">Envelope</span><i class="fas fa-envelope"></i></a></span>' % p.email
            inner += '<div class="elementor-widget elementor-widget-social-icons"><div class="elementor-widget-container"><div class="elementor-social-icons-wrapper elementor-grid">%s</div></div></div>' % soc
        else:
            inner = ('<div class="elementor-widget elementor-widget-image"><div class="elementor-widget-container"><img src="/wp-content/uploads/%s.webp" alt="%s"></div></div><div class="elementor-widget elementor-widget-heading" data-widget_type="heading.default"><div class="elementor-widget-container"><h4 class="elementor-heading-title elementor-size-default">%s</h4></div></div><div class="elementor-widget elementor-widget-text-editor"><div class="elementor-widget-container"><p>%s</p></div></div>' % (p.slug, e(p.name), e(p.name), e(p.title)))
            if has: inner += '<div class="elementor-widget elementor-widget-button"><div class="elementor-button-wrapper"><a class="elementor-button elementor-size-xs" href="mailto:%s"><span class="elementor-button-text">%s</span></a></div></div>' % (p.email, e(p.email))
        cards.append('<div class="elementor-column elementor-col-33 elementor-inner-column elementor-element elementor-element-%s" data-element_type="column"><div class="elementor-widget-wrap elementor-element-populated">%s</div></div>' % (hid, inner))
        c.add(p, email=has)
    cnt = ''.join('<div class="elementor-counter"><span class="elementor-counter-number" data-to-value="%d">0</span><div class="elementor-counter-title">%s</div></div>' % (n, e(d)) for n, d in zip((250, 18, 42), c.L['depts']))
    c.note = 'heading + description widgets, envelope icons; every third person without e-mail; counters and customers as decoys'
    return page(c, '<section class="elementor-section elementor-top-section"><div class="elementor-container"><h2 class="elementor-heading-title">%s</h2><p>%s</p></div></section><section class="elementor-section elementor-inner-section"><div class="elementor-container elementor-column-gap-default">%s</div></section><section class="elementor-section">%s</section>%s' % (e(c.h()), e(c.intro(2)), '\n'.join(cards), cnt, c.testimonial(2, 'elementor-testimonial') if c.v == 0 else c.decoy()), 'elementor')

@layout(('en', 'Tallgrass Robotics', 'tallgrassrobotics.com', '/about/team/'), ('fr', 'Ateliers Kermorvan', 'ateliers-kermorvan.fr', '/equipe/'))
def divi_team_module(c):
    ps = c.people(4 + 2 * c.v)
    out = []
    for k, p in enumerate(ps):
        links = '<ul class="et_pb_member_social_links"><li><a href="https://www.linkedin.com/in/%s" class="et_pb_font_icon et_pb_linkedin_icon"><span>LinkedIn</span></a></li><li><a href="https://twitter.com/%s" class="et_pb_font_icon et_pb_twitter_icon"><span>X</span></a></li></ul>' % (p.slug, p.slug.replace('-', ''))
        mail = '<p><a href="mailto:%s">%s</a></p>' % (p.email, e(p.email)) if c.v == 0 else ''
        out.append('<div class="et_pb_module et_pb_team_member et_pb_team_member_%d clearfix et_pb_bg_layout_light"><div class="et_pb_team_member_image et-waypoint et_pb_animation_off"><img width="600" height="600" src="/wp-content/uploads/p%d.jpg" alt="%s" class="wp-image-%d"></div><div class="et_pb_team_member_description"><h4 class="et_pb_module_header">%s</h4><p class="et_pb_member_position">%s</p><div><p>%s</p>%s</div>%s</div></div>' % (k, k, e(p.name), 300 + k, e(p.name), e(p.title), e(p.bio), mail, links))
        c.add(p, email=c.v == 0)
    c.note = 'et_pb_team_member with biography' + ('' if c.v == 0 else '; no personal e-mails')
    return page(c, '<div class="et_pb_section"><div class="et_pb_row"><div class="et_pb_text_inner"><h1>%s</h1><p>%s</p></div></div><div class="et_pb_row et_pb_row_2">%s</div></div>%s' % (e(c.h()), e(c.intro()), '\n'.join(out), c.decoy('div', 'et_pb_promo')), 'wp')

@layout(('en', 'Copperfield Freight', 'copperfieldfreight.co.uk', '/our-people/'), ('nl', 'Waalstroom Installaties', 'waalstroom-installaties.nl', '/ons-team/'))
def avada_person(c):
    ps = c.people(6)
    out = []
    for k, p in enumerate(ps):
        has = not (c.v == 1 and k in (1, 4))
        m = '<div class="fusion-social-networks"><div class="fusion-social-networks-wrapper"><a class="fusion-social-network-icon fusion-tooltip awb-icon-mail" href="mailto:%s" title="Email" aria-label="email"></a><a class="fusion-social-network-icon awb-icon-linkedin" href="https://linkedin.com/in/%s" title="LinkedIn" aria-label="linkedin"></a></div></div>' % (p.email, p.slug) if has else ''
        out.append('<div class="fusion-layout-column fusion_builder_column_1_3"><div class="fusion-person person fusion-person-%s person-rounded-%d"><div class="person-shortcode-image-wrapper"><div class="person-image-container"><img class="person-img img-responsive" src="%s" alt="%s"></div></div><div class="person-desc"><div class="person-author"><div class="person-author-wrapper"><span class="person-name">%s</span><span class="person-title">%s</span></div>%s</div><div class="person-content fusion-clearfix"><p>%s</p></div></div></div></div>' % (c.rng.choice(['center', 'left']), k, p.img, e(p.name), e(p.name), e(p.title), m, e(p.bio)))
        c.add(p, email=has)
    c.note = 'fusion-person: name and title in adjacent spans without whitespace between'
    return page(c, '<div class="fusion-fullwidth"><div class="fusion-title title fusion-title-size-two"><h2 class="title-heading-left">%s</h2></div>%s</div>%s' % (e(c.h()), '\n'.join(out), c.decoy()), 'wp', form=True)

@layout(('de', 'Rebland Energietechnik GmbH', 'rebland-energietechnik.de', '/ueber-uns/team/'), ('en', 'Heronsgate Dental Supplies', 'heronsgate-dental.co.uk', '/about/meet-the-team/'))
def gutenberg_columns(c):
    if c.v == 0:
        ps = c.people(7)
        cols = ''
        for i in range(0, 7, 3):
            cells = ''
            for p in ps[i:i + 3]:
                has = p is not ps[5]
                cells += '<div class="wp-block-column is-layout-flow"><figure class="wp-block-image size-medium"><img src="/wp-content/uploads/%s.jpg" alt="Portrait"></figure><h3 class="wp-block-heading has-text-align-center">%s</h3><p class="has-text-align-center"><strong>%s</strong><br>Tel.: %s%s</p></div>' % (p.slug, e(p.name), e(p.title), p.phone, '<br>' + c.mailto(p.email) if has else '')
                c.add(p, email=has)
            cols += '<div class="wp-block-columns is-layout-flex">%s</div>\n' % cells
        body = '<h1 class="wp-block-post-title">%s</h1><p>%s</p>%s<div class="wp-block-buttons"><div class="wp-block-button"><a class="wp-block-button__link">Jetzt Angebot Anfordern</a></div></div>' % (e(c.h()), e(c.intro(2)), cols)
        c.note = 'columns; title in strong, phone and mail after br; one person without mail'
        return page(c, '<div class="entry-content">%s</div>%s' % (body, c.testimonial(1, 'wp-block-quote')), 'wp')
    ps = c.people(5)
    blocks = ''
    for k, p in enumerate(ps):
        blocks += '<div class="wp-block-media-text is-stacked-on-mobile%s"><figure class="wp-block-media-text__media"><img src="/wp-content/uploads/%d.jpg" alt=""></figure><div class="wp-block-media-text__content"><p class="has-large-font-size">%s</p><p><em>%s</em></p><p>%s</p></div></div>\n' % (' has-media-on-the-right' if k % 2 else '', k, e(p.name), e(p.title), e(p.bio))
        c.add(p, email=False)
    c.note = 'media-text blocks: names in plain large paragraphs, no headings, no e-mails'
    return page(c, '<div class="entry-content"><h1>%s</h1><p>%s</p>%s<h2>Celebrating Twenty Years</h2><p>In 2024 we opened our new showroom in Royal Tunbridge Wells.</p></div>' % (e(c.h()), e(c.intro()), blocks), 'wp')

@layout(('en', 'Loomstack', 'loomstack.io', '/company'), ('en', 'Verdant Path Therapeutics', 'verdantpath-tx.com', '/leadership'))
def webflow_cms_list(c):
    ps = c.people(8 if c.v == 0 else 5)
    its = ''
    for k, p in enumerate(ps):
        if c.v == 0:
            its += '<div role="listitem" class="team-item w-dyn-item"><a href="/team/%s" class="team-link w-inline-block"><img src="https://cdn.website-files.example/%s.jpg" loading="lazy" alt="" class="team-photo"><div class="team-name">%s</div><div class="team-role text-size-small">%s</div></a><a href="#" class="social w-inline-block w-condition-invisible"></a></div>\n' % (p.slug, c.hexid(12), e(p.name), e(p.title))
            c.add(p, email=False)
        else:
            its += '<div role="listitem" class="w-dyn-item"><div class="w-layout-grid grid-2"><div class="div-block-7"><h3 class="heading-14">%s</h3><h4 class="heading-15">%s</h4><a href="mailto:%s" class="link-4">%s</a></div><div class="rich-text-block w-richtext"><p>%s</p><p>%s</p></div></div></div>\n' % (e(p.name), e(p.title), p.email, 'Contact ' + e(p.given), e(p.bio), e(c.L['bios'][5] if k == 1 else c.L['bios'][2]))
            c.add(p)
    inv = ''
    if c.v == 0:
        inv = '<section class="section-investors"><h2>Backed By The Best</h2><div class="w-dyn-list"><div role="list" class="w-dyn-items">%s</div></div></section>' % ''.join('<div role="listitem" class="w-dyn-item"><div class="investor-name">%s</div><div class="investor-firm">Partner at %s</div></div>' % (e(c.name().name), f) for f in ('Gantry Ventures', 'Silver Birch Capital', 'Fulcrum Angels'))
    c.note = 'w-dyn-list; ' + ('investors of other firms listed below: not company people' if c.v == 0 else 'name h3, title h4, mailto with link text "Contact <given name>"')
    return page(c, '<section class="section-team"><div class="container w-container"><h1>%s</h1><div class="w-dyn-list"><div role="list" class="w-dyn-items">\n%s</div></div><div class="w-dyn-list"><div class="w-dyn-empty"><div>No items found.</div></div></div></div></section>%s' % (e(c.h()), its, inv), 'webflow', scripts='<script src="/js/webflow.js"></script>')

@layout(('en', 'Marrow & Pine Interiors', 'marrowandpine.com', '/studio'), ('sv', 'Norrsken Landskap AB', 'norrskenlandskap.se', '/medarbetare'))
def squarespace_blocks(c):
    ps = c.people(5 if c.v == 0 else 8)
    out = ''
    for k, p in enumerate(ps):
        if c.v == 0:
            out += '<div class="row sqs-row"><div class="col sqs-col-6 span-6"><div class="sqs-block image-block sqs-block-image" data-block-type="5"><div class="sqs-block-content"><div class="image-block-outer-wrapper"><img data-src="/s/%d.jpg" alt="IMG_%04d.jpg"></div></div></div></div><div class="col sqs-col-6 span-6"><div class="sqs-block html-block sqs-block-html" data-block-type="2"><div class="sqs-block-content"><h3 style="white-space:pre-wrap;">%s</h3><p class="sqsrte-small" style="white-space:pre-wrap;">%s</p><p style="white-space:pre-wrap;">%s</p><p><a href="mailto:%s">%s</a></p></div></div></div></div>\n' % (k, 4500 + k, e(p.name), e(p.title), e(p.bio), p.email, e(p.email))
            c.add(p)
        else:
            t = k < 4
            out += '<li class="list-item"><div class="list-item-media"><img data-image="/s/%s.jpg" alt="" class="list-image"></div><div class="list-item-content"><h2 class="list-item-content__title">%s</h2>%s</div></li>\n' % (p.slug, e(p.name), '<div class="list-item-content__description"><p>%s</p></div>' % e(p.title) if t else '')
            c.add(p, title=t, email=False)
    if c.v: out = '<ul class="user-items-list-item-container user-items-list-simple">%s</ul>' % out
    c.note = 'Squarespace blocks' + ('' if c.v == 0 else '; second half of the team list has names only (no title, no mail)')
    return page(c, '<article class="sections"><section class="page-section"><div class="content-wrapper"><h1>%s</h1><p>%s</p>%s</div></section></article>%s' % (e(c.h()), e(c.intro()), out, c.decoy()), 'sqs', mail='studio' if c.v == 0 else 'info')

@layout(('en', 'Coastline Catering Co', 'coastlinecateringco.com', '/our-team'), ('it', 'Officine Val Maira', 'officinevalmaira.it', '/il-team'))
def wix_span_soup(c):
    ps = c.people(5 + c.v)
    out = ''
    for k, p in enumerate(ps):
        nm = e(p.name)
        if k == 2: nm = nm.replace(' ', '&nbsp;')
        comp = 'comp-' + c.hexid(8)
        out += ('<div id="%s" class="comp-%s KcpHeO tz5f0K wixui-rich-text" data-testid="richTextElement"><h2 class="font_2 wixui-rich-text__text" style="font-size:24px; text-align:center;"><span style="font-family:avenir-lt-w01_35-light1475496,sans-serif;" class="wixui-rich-text__text"><span style="font-size:24px;" class="wixui-rich-text__text"><span class="color_15 wixui-rich-text__text">%s</span></span></span></h2>'
                '<p class="font_8 wixui-rich-text__text" style="text-align:center;"><span style="letter-spacing:0.05em;" class="wixui-rich-text__text"><span style="font-style:italic;">%s</span></span></p>'
                '<p class="font_8" style="text-align:center;"><span class="wixGuard wixui-rich-text__text">&#8203;</span></p>' % (comp, comp, nm, e(p.title)))
        if c.v == 0:
            out += '<p class="font_8" style="text-align:center;"><span><span style="text-decoration:underline;"><a href="mailto:%s" target="_self" class="wixui-rich-text__text">%s</a></span></span></p>' % (p.email, e(p.email))
        out += '</div>\n<div data-mesh-id="%s-rotated"><wow-image class="HlRz5e"><img src="https://static.example/media/%s.jpg" alt="Headshot %d"></wow-image></div>\n' % (comp, c.hexid(16), k + 1)
        c.add(p, email=c.v == 0)
    c.note = 'deep span soup, zero-width guards, nbsp inside one name'
    return page(c, '<div id="SITE_CONTAINER"><div class="mesh-layout"><div class="wixui-rich-text"><h1 class="font_0"><span class="color_11"><span>%s</span></span></h1></div>%s</div></div>%s' % (e(c.h()), out, c.decoy('div', 'wixui-section')), 'wix')

@layout(('en', 'Pinnacle Harbor Insurance', 'pinnacleharbor.com', '/about/leadership'), ('pt', 'Rede Atlântico Software', 'redeatlantico.com.br', '/sobre/lideranca'))
def hubspot_modules(c):
    ps = c.people(6)
    out = ''
    for k, p in enumerate(ps):
        out += ('<div class="span4 widget-span widget-type-custom_widget dnd-column" data-widget-type="custom_widget"><div id="hs_cos_wrapper_dnd_area-module-%d" class="hs_cos_wrapper hs_cos_wrapper_widget" data-hs-cos-general-type="widget"><div class="team-card"><div class="team-card__img" style="background-image:url(/hubfs/%s.png)"></div><div class="team-card__content"><div class="team-card__name">%s</div><div class="team-card__position">%s</div>%s</div></div></div></div>\n'
                % (k, p.slug, e(p.name), e(p.title), '<div class="team-card__bio"><span id="hs_cos_wrapper_bio_%d" class="hs_cos_wrapper hs_cos_wrapper_type_rich_text"><p>%s</p></span></div><a class="team-card__link" href="mailto:%s">%s</a>' % (k, e(p.bio), p.email, e(p.email)) if k < 3 or c.v == 0 else ''))
        c.add(p, email=(k < 3 or c.v == 0))
    c.note = 'HubSpot dnd modules; CTA and customer quotes as decoys'
    return page(c, '<div class="body-container-wrapper"><div class="dnd-section"><h1>%s</h1><div class="row-fluid">%s</div></div><div class="dnd-section">%s</div><span class="hs-cta-wrapper"><a class="cta_button" href="/demo">%s</a></span></div>' % (e(c.h()), out, c.testimonial(2, 'hs-quote'), 'Book A Demo' if c.v == 0 else 'Agende Uma Demonstração'), 'hubspot')

@layout(('en', 'Quillmark AI', 'quillmark.ai', '/about'), ('en', 'Stillwater Payments', 'stillwaterpayments.com', '/team'))
def framer_site(c):
    ps = c.people(6 if c.v == 0 else 9)
    out = ''
    for k, p in enumerate(ps):
        nm = e(p.name) if c.v == 0 else '%s<br class="framer-text">%s' % (e(p.name.rsplit(' ', 1)[0]), e(p.name.rsplit(' ', 1)[1]))
        out += '<div class="framer-%s-container"><div class="framer-%s" data-framer-name="Team Card" tabindex="0"><div class="framer-img" data-framer-name="Image"><img decoding="async" src="https://framerusercontent.example/%s.png" alt=""></div><div class="framer-txt" data-framer-name="Name" data-framer-component-type="RichTextContainer"><p class="framer-text framer-styles-preset-%s">%s</p></div><div class="framer-txt2" data-framer-name="Role" data-framer-component-type="RichTextContainer"><p class="framer-text" style="--framer-text-color:rgb(120,120,120)">%s</p></div></div></div>\n' % (c.hexid(6), c.hexid(5), c.hexid(14), c.hexid(6), nm, e(p.title))
        c.add(p, email=False)
    c.note = 'Framer rich text containers, hashed classes' + ('; given and family name on two lines (br)' if c.v else '')
    return page(c, '<div data-framer-root=""><div class="framer-hero" data-framer-name="Hero"><h1 class="framer-text">%s</h1><p class="framer-text">%s</p></div><div data-framer-name="Team Grid">%s</div><div data-framer-name="Badge"><p class="framer-text">Trusted by Fjordline Foods, Harrow Textiles and Bluebird Airways</p></div></div>' % ('We Build Tools For Thinkers' if c.v == 0 else 'Payments Without Friction', e(c.intro()), out), 'framer', mail='hello')

@layout(('en', 'Cobalt Ledger', 'cobaltledger.com', '/about/people'), ('ko', '누리웨이브', 'nuriwave.co.kr', '/team'))
def nextjs_tailwind(c):
    ps = c.people(6)
    out = ''
    data = []
    for p in ps:
        out += '<li class="flex flex-col gap-6 rounded-2xl bg-white/5 px-8 py-10 xl:flex-row"><img alt="" loading="lazy" width="192" height="192" decoding="async" class="aspect-square w-24 flex-none rounded-full object-cover" src="/_next/image?url=%%2Fteam%%2F%s.jpg&amp;w=384&amp;q=75"><div class="max-w-xl flex-auto"><h3 class="text-lg font-semibold leading-8 tracking-tight text-gray-900">%s</h3><p class="text-base leading-7 text-indigo-600">%s</p><p class="mt-6 text-sm text-gray-500">%s</p><ul role="list" class="mt-6 flex gap-x-6"><li><a class="text-gray-400 hover:text-gray-500" href="https://linkedin.com/in/%s"><span class="sr-only">LinkedIn</span>%s</a></li>%s</ul></div></li>\n' % (p.slug, e(p.name), e(p.title), e(p.bio), p.slug, SVG_LI, '<li><a class="text-gray-400" href="mailto:%s"><span class="sr-only">%s</span></a></li>' % (p.email, e(c.L['email'])) if c.v == 0 else '')
        data.append({'name': p.name, 'role': p.title, 'slug': p.slug})
        c.add(p, email=c.v == 0)
    scr = '<script id="__NEXT_DATA__" type="application/json">%s</script>' % json.dumps({'props': {'pageProps': {'team': data, 'buildTag': 'Release Candidate'}}, 'page': '/team'}, ensure_ascii=False)
    c.note = 'Tailwind class soup, people repeated in __NEXT_DATA__; mail only as icon with screen-reader text (variant 1)'
    return page(c, '<div id="__next"><div class="bg-white py-24 sm:py-32"><div class="mx-auto grid max-w-7xl gap-x-8 px-6"><div class="max-w-2xl"><h2 class="text-3xl font-bold tracking-tight">%s</h2><p class="mt-6 text-lg">%s</p></div><ul role="list" class="grid gap-x-8 gap-y-12 sm:grid-cols-2">%s</ul></div></div></div>%s' % (e(c.h()), e(c.intro(2)), out, c.decoy('div', 'mt-10')), 'next', scripts=scr)

@layout(('de', 'Kessler Verpackungen GmbH & Co. KG', 'kessler-verpackungen.de', '/unternehmen/ansprechpartner'), ('pl', 'Stalbud Montaż', 'stalbudmontaz.pl', '/zespol'))
def bootstrap_cards(c):
    ps = c.people(8 if c.v == 0 else 6)
    out = ''
    for k, p in enumerate(ps):
        has = k != 3
        out += '<div class="col-12 col-sm-6 col-lg-4 mb-4"><div class="card h-100 shadow-sm"><img src="%s" class="card-img-top" alt="%s"><div class="card-body"><h5 class="card-title">%s</h5><h6 class="card-subtitle mb-2 text-muted">%s</h6><p class="card-text">%s</p></div><ul class="list-group list-group-flush"><li class="list-group-item"><i class="bi bi-telephone"></i> <a href="tel:%s">%s</a></li>%s</ul></div></div>\n' % (p.img, e(p.name), e(p.name), e(p.title), e(p.bio), re.sub(r'[^+\d]', '', p.phone), p.phone, '<li class="list-group-item"><i class="bi bi-envelope"></i> %s</li>' % c.mailto(p.email) if has else '')
        c.add(p, email=has)
    c.note = 'Bootstrap cards; the company name looks like a surname (variant 1)' if c.v == 0 else 'Bootstrap cards with list groups'
    return page(c, '<div class="container py-5"><h1 class="display-5">%s</h1><p class="lead">%s</p><div class="row">%s</div></div>%s' % (e(c.h()), e(c.intro()), out, c.decoy()), 'plain', form=True)

@layout(('de', 'Hohenloher Fördertechnik GmbH', 'hohenloher-foerdertechnik.de', '/kontakt/ansprechpartner/'), ('de', 'Sanitätshaus Amrum AG', 'sanitaetshaus-amrum.de', '/produkte/rollstuehle/'))
def typo3_ansprechpartner(c):
    def box(p, mode):
        at = p.email.replace('@', '(at)')
        anrede = 'Herr' if p.sex == 'm' else 'Frau'
        return ('<div class="tx-ansprechpartner ce-textpic ce-left"><div class="ce-gallery"><figure class="image"><img class="image-embed-item" src="/fileadmin/user_upload/%s.jpg" alt="Foto Ansprechpartner" width="160" height="200"></figure></div><div class="ce-bodytext"><p><strong>%s</strong><br>%s</p><p>Telefon: %s<br>Telefax: %s<br>E-Mail: <a href="#" data-mailto-token="%s" data-mailto-vector="1">%s</a></p></div></div>\n'
                % (p.slug, (anrede + ' ' if mode else '') + (p.hon + ' ' if p.hon else '') + e(p.name), e(p.title), p.phone, c.phone(), c.hexid(20), e(at)))
    if c.v == 0:
        out = ''
        for d in c.L['depts']:
            out += '<div id="c%d" class="frame frame-default frame-type-textpic frame-layout-0"><header><h2 class="">%s</h2></header>' % (c.rng.randint(100, 999), d)
            for p in c.people(2):
                if c.rng.random() < .4: p.hon = c.rng.choice(['Dr.', 'Dipl.-Ing.', 'Dr.-Ing.'])
                out += box(p, True); c.add(p)
            out += '</div>\n'
        c.note = 'TYPO3: Herr/Frau + degrees before the names, addresses as name(at)domain'
        return page(c, '<h1>Ihre Ansprechpartner</h1><p>%s</p>%s' % (e(c.intro(2)), out), 'typo3')
    ps = [c.person(title=t) for t in ('Fachberatung Reha-Technik', 'Auftragsannahme & Verleih')]
    out = ''.join(box(p, False) for p in ps); c.addall(ps)
    prods = ''.join('<div class="frame frame-type-text"><h3>%s</h3><p>Faltbarer Leichtgewichtrollstuhl, belastbar bis %d kg. Lieferbar in Rubinrot und Nachtblau.</p></div>' % (n, w) for n, w in (('Modell Leonie Komfort', 125), ('Modell Viktor Sport', 140), ('Modell Paul Kompakt', 110)))
    c.note = 'product page with Ansprechpartner boxes in the side column; product names contain first names'
    return page(c, '<h1>Rollstühle</h1><div class="row"><div class="col-md-8">%s</div><aside class="col-md-4"><h4>Ihre Ansprechpartner</h4>%s</aside></div>' % (prods, out), 'typo3', title='Rollstühle - Sanitätshaus Amrum AG')

@layout(('de', 'Blumhardt Präzisionsteile GmbH', 'blumhardt-praezision.de', '/index.php/kontakt'), ('tr', 'Karadeniz Ambalaj A.Ş.', 'karadenizambalaj.com.tr', '/index.php/iletisim/ekibimiz'))
def joomla_contacts(c):
    ps = c.people(7)
    rows = ''
    for k, p in enumerate(ps):
        mail = mixent(p.email, c.rng)
        if c.v == 0:
            rows += '<tr class="cat-list-row%d"><td class="list-title" itemprop="name"><a href="/index.php/kontakt/%d-%s">%s</a></td><td class="item-position">%s</td><td class="item-phone">%s</td><td class="item-email"><a href="%s">%s</a></td></tr>\n' % (k % 2, k + 11, p.slug, e(p.name), e(p.title), p.phone, 'mailto:' + mail, mail)
        else:
            rows += '<li class="row cat-list-row%d"><div class="list-title"><a href="/index.php/iletisim/%d-%s">%s</a></div><div>%s</div><div>%s: %s<br></div>%s</li>\n' % (k % 2, k + 3, p.slug, e(p.name), e(p.title), e(c.L['phone']), p.phone, '<div><a href="mailto:%s">%s</a></div>' % (mail, mail) if k % 2 == 0 else '')
        c.add(p, email=c.v == 0 or k % 2 == 0)
    if c.v == 0:
        body = '<table class="com-contact-category__table category table table-striped"><caption class="visually-hidden">Kontakte</caption><thead><tr><th>Name</th><th>Position</th><th>Telefon</th><th>E-Mail</th></tr></thead><tbody>%s</tbody></table>' % rows
    else: body = '<ul class="category row-striped">%s</ul>' % rows
    c.note = 'com_contact category list, addresses as mixed HTML entities'
    return page(c, '<div class="com-contact-category contact-category"><div class="page-header"><h1>%s</h1></div><form action="/index.php" method="post" name="adminForm"><label for="limit">#</label><select id="limit" name="limit"><option>20</option></select></form>%s</div>' % (e(c.h()), body), 'joomla')

@layout(('en', 'Hollis, Crane & Whitfield LLP', 'holliscranewhitfield.com', '/people'), ('fr', 'Cabinet Sauvagnac & Associés', 'sauvagnac-avocats.fr', '/avocats'))
def lawfirm_vcard_list(c):
    if c.v == 0: tt = ['Managing Partner', 'Partner', 'Partner', 'Partner', 'Of Counsel', 'Senior Associate', 'Associate', 'Associate', 'Practice Manager']
    else: tt = [('Avocat associé', 'Avocate associée')] * 3 + [('Avocat collaborateur', 'Avocate collaboratrice')] * 3 + ['Juriste', 'Secrétaire juridique']
    pr = ['Corporate & M&A', 'Real Estate', 'Employment Law', 'Intellectual Property', 'Tax'] if c.v == 0 else ['Droit des affaires', 'Droit du travail', 'Propriété intellectuelle', 'Droit fiscal']
    out = ''
    for k, t in enumerate(tt):
        p = c.person(title=t)
        hon = 'Maître ' if c.v == 1 and k < 6 else ''
        out += '<article class="attorney-listing"><div class="attorney-listing__photo"><a href="/people/%s"><img src="%s" alt="%s"></a></div><div class="attorney-listing__main"><h2><a href="/people/%s">%s%s</a></h2><p class="attorney-listing__level">%s</p>%s</div><div class="attorney-listing__contact"><span>T %s</span> <a href="mailto:%s">%s</a> <a class="vcard-link" href="/vcards/%s.vcf">vCard</a> <a href="/pdf/%s.pdf">PDF</a></div></article>\n' % (p.slug, p.img, e(p.name), p.slug, hon, e(p.name), e(p.title), '<p class="attorney-listing__practice">%s</p>' % e(c.rng.choice(pr)) if k < len(tt) - 1 else '', p.phone, p.email, e(p.email), p.slug, p.slug)
        c.add(p)
    filt = '<form class="filter" action="/people"><label>A–Z</label> %s <select name="practice">%s</select></form>' % (' '.join('<a href="?l=%s">%s</a>' % (x, x) for x in 'ABCDEFGH'), ''.join('<option>%s</option>' % e(x) for x in pr))
    c.note = 'attorney list with vCard links; firm name made of surnames; practice areas are not titles'
    return page(c, '<h1>%s</h1>%s%s<section><h2>%s</h2><p>%s</p></section>' % ('Our Attorneys' if c.v == 0 else 'Nos avocats', filt, out, 'Recent Recognition' if c.v == 0 else 'Distinctions', 'Named Firm of the Year by the Northern Bar Review.' if c.v == 0 else 'Cabinet distingué par le Guide du Droit 2023.'), 'plain')

@layout(('en', 'Ravensworth Calloway LLP', 'ravensworthcalloway.com', '/attorneys/profile'), ('de', 'Kanzlei Am Stadtgraben', 'kanzlei-am-stadtgraben.de', '/anwaelte/profil'))
def lawfirm_profile(c):
    if c.v == 0:
        p = c.person(title='Partner', sex='f'); a = c.person(title='Legal Assistant', sex='m')
        judge = c.name('m'); opp = c.name('m')
        main = ('<div class="profile-header"><h1>%s</h1><div class="profile-title">%s</div><ul class="profile-contact"><li>D: %s</li><li>%s</li><li><a href="/vcard/%s.vcf" download>Download vCard</a></li></ul></div>'
                '<div class="profile-tabs"><section id="overview"><h2>Overview</h2><p>%s advises clients on cross-border financing and restructuring. Before joining the firm she clerked for the Hon. %s of the Eastern District Court.</p></section><section id="experience"><h2>Representative Matters</h2><ul><li>Represented Oakmont Clinics in the sale of its imaging business.</li><li>Successfully defended Bluebird Airways in <em>%s v. Bluebird Airways</em>.</li></ul></section><section><h2>Education</h2><ul><li>J.D., Saint Bartholomew College of Law, 2004</li><li>B.A., Carroll Hayes University, 2001</li></ul></section><section><h2>Bar Admissions</h2><p>New York, New Jersey</p></section></div>'
                '<aside class="assistant"><h3>Assistant</h3><p>%s<br>%s<br>%s</p></aside>' % (e(p.name), p.title, p.phone, c.mailto(p.email), p.slug, e(p.family if p.family else p.name), e(judge.name), e(opp.family), e(a.name), a.title, c.mailto(a.email)))
        main = main.replace('<p>%s advises' % e(p.family), '<p>Ms. %s advises' % e(p.family))
        c.add(p); c.add(a)
        c.note = 'single attorney profile; judge, litigant, universities are not company people; assistant in side box'
        return page(c, main, 'plain', title=p.name + ' | Ravensworth Calloway LLP', mail='reception')
    p = c.person(title='Rechtsanwalt', sex='m'); a = c.person(title='Rechtsanwaltsfachangestellte', sex='f')
    prof = c.name('m')
    main = ('<article class="anwalt"><h1>Dr. %s</h1><p class="beruf">%s</p><img src="/img/ra.jpg" alt="Portrait"><h2>Tätigkeitsschwerpunkte</h2><ul><li>Arbeitsrecht</li><li>Handels- und Gesellschaftsrecht</li><li>Erbrecht</li></ul><h2>Werdegang</h2><ul><li>2002 Abitur am Albert-Schweitzer-Gymnasium</li><li>2008 Promotion bei Prof. Dr. %s, Universität Freiburg</li><li>2010 Zulassung zur Anwaltschaft</li></ul><h2>Kontakt</h2><p>Telefon %s<br>%s</p></article>'
            '<div class="sekretariat"><h3>Sekretariat</h3><p>Frau %s<br>%s<br>E-Mail: %s</p></div>' % (e(p.name), p.title, e(prof.name), p.phone, c.mailto(p.email), e(a.name), a.title, c.mailto(a.email)))
    c.add(p); c.add(a)
    c.note = 'single lawyer profile; doctoral supervisor and school named after a person are decoys; secretary box'
    return page(c, main, 'plain', title='Dr. ' + p.name + ' | Kanzlei Am Stadtgraben', mail='kanzlei')

@layout(('de', 'Gemeinschaftspraxis am Lindenpark', 'praxis-am-lindenpark.de', '/praxisteam'), ('en', 'Willow Creek Family Medicine', 'willowcreekfamilymed.com', '/providers'))
def medical_practice(c):
    if c.v == 0:
        docs = [(c.person(title=t), h) for t, h in ((('Facharzt für Allgemeinmedizin', 'Fachärztin für Allgemeinmedizin'), 'Dr. med.'), (('Facharzt für Innere Medizin', 'Fachärztin für Innere Medizin'), 'Dr. med.'), (('Weiterbildungsassistent', 'Weiterbildungsassistentin'), ''))]
        out = ''
        for p, h in docs:
            out += '<div class="arzt"><img src="/bilder/arzt.jpg" alt=""><h3>%s</h3><p>%s</p></div>' % ((h + ' ' if h else '') + e(p.name), e(p.title)); c.add(p, email=False)
        out += '<h2>Medizinisches Assistenzteam</h2><div class="galerie">'
        for t in ('Medizinische Fachangestellte', 'Medizinische Fachangestellte', 'Auszubildende', 'Praxismanagerin'):
            p = c.person(title=t, sex='f')
            out += '<figure><img src="/bilder/mfa.jpg" alt="Praxismitarbeiterin"><figcaption>%s<br><small>%s</small></figcaption></figure>' % (e(p.name), t); c.add(p, email=False)
        out += '</div><h2>Sprechzeiten</h2><table><tr><th>Montag</th><td>8–12 Uhr</td></tr><tr><th>Dienstag</th><td>8–12 und 15–18 Uhr</td></tr></table><p>Notfälle: Ärztlicher Bereitschaftsdienst 116117, Marienhospital Sankt Hedwig.</p>'
        c.note = 'doctors with Dr. med., assistants in figcaptions; hospital named after a saint'
        return page(c, '<h1>Unser Praxisteam</h1><h2>Ärztinnen und Ärzte</h2>' + out, 'plain', mail='praxis')
    out = ''
    for t, post in (('Family Physician', 'MD'), ('Pediatrician', 'DO'), ('Nurse Practitioner', 'FNP-C'), ('Physician Assistant', 'PA-C'), ('Practice Manager', ''), ('Front Desk Coordinator', '')):
        p = c.person(title=t)
        out += '<div class="provider-tile"><a href="/providers/%s" aria-hidden="true" tabindex="-1"><img src="%s" alt=""></a><h2 class="provider-tile__name">%s%s</h2><div class="provider-tile__specialty">%s</div><p>%s</p></div>' % (p.slug, p.img, e(p.name), ', ' + post if post else '', t, 'Now accepting new patients.' if post else 'Here to help with appointments and billing.')
        c.add(p, email=False)
    c.note = 'names followed by credentials (MD, DO, ...) which are not part of the name'
    return page(c, '<h1>Our Providers</h1><p>Affiliated with Saint Agnes Regional Hospital and the Eleanor Price Cancer Center.</p><div class="grid">%s</div><h2>Patient Resources</h2><ul><li>New Patient Forms</li><li>Flu Shots</li><li>Lyme Disease</li></ul>' % out, 'plain', mail='appointments')

@layout(('en', 'Whitlow Institute of Technology', 'whitlow.ac.uk', '/physics/staff'), ('cs', 'Vysoká škola Podhradí', 'vs-podhradi.cz', '/katedra-fyziky/lide'))
def university_table(c):
    if c.v == 0: tt = ['Professor of Astrophysics', 'Reader in Quantum Optics', 'Senior Lecturer', 'Lecturer', 'Research Fellow', 'Postdoctoral Researcher', 'PhD Student', 'Department Administrator', 'Laboratory Technician', 'Emeritus Professor']
    else: tt = ['Vedoucí katedry', ('Profesor', 'Profesorka'), ('Docent', 'Docentka'), ('Odborný asistent', 'Odborná asistentka'), ('Odborný asistent', 'Odborná asistentka'), ('Doktorand', 'Doktorandka'), ('Tajemník katedry', 'Tajemnice katedry')]
    heads = ['Name', 'Position', 'Room', 'Phone', 'Email'] if c.v == 0 else ['Jméno', 'Pozice', 'Místnost', 'Telefon', 'E-mail']
    rows = ''
    for k, t in enumerate(tt):
        p = c.person(title=t, style='f.last' if c.v == 0 else None)
        hon = ''
        if k < 5: hon = ('Prof. ' if k == 0 else 'Dr ') if c.v == 0 else {0: 'prof. ', 1: 'prof. ', 2: 'doc. ', 3: 'Mgr. ', 4: 'Ing. '}[k]
        has = not (c.v == 0 and k == 6)
        rows += '<tr><td><a href="/people/%s">%s%s</a></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n' % (p.slug, hon, e(p.name), e(p.title), '%s %d.%02d' % ('Newton Building' if c.v == 0 else 'B', k % 4, k + 3), p.phone, c.mailto(p.email) if has else '–')
        c.add(p, email=has)
    c.note = 'staff table with academic titles before names; room column with building named after a person' if c.v == 0 else 'Czech staff table with degrees before names'
    return page(c, '<h1>%s</h1><table class="staff-list sortable"><thead><tr>%s</tr></thead><tbody>%s</tbody></table><p>%s</p>' % ('Department of Physics: Staff' if c.v == 0 else 'Lidé na katedře fyziky', ''.join('<th scope="col">%s</th>' % h for h in heads), rows, 'The annual Ada Lovelace Lecture takes place in the Marie Curie Hall.' if c.v == 0 else 'Přednášky se konají v posluchárně Jana Amose Komenského.'), 'plain', mail='enquiries' if c.v == 0 else 'info')

@layout(('en', 'Meridian Oak Consulting', 'meridianoak.com', '/experts'), ('ja', '株式会社みらい経営パートナーズ', 'mirai-keiei.co.jp', '/members'))
def consultancy_grid(c):
    tt = ['Senior Partner', 'Partner', 'Partner', 'Principal', 'Engagement Manager', 'Senior Consultant', 'Consultant', 'Research Analyst'] if c.v == 0 else ['代表取締役', 'パートナー', 'パートナー', 'ディレクター', 'マネージャー', 'シニアコンサルタント', 'コンサルタント']
    offs = ['London', 'Chicago', 'San Antonio', 'Port Elizabeth'] if c.v == 0 else ['東京', '大阪', '名古屋']
    out = ''
    for k, t in enumerate(tt):
        p = c.person(title=t)
        out += '<a class="expert-card" href="/experts/%s" data-office="%s"><span class="expert-card__media"><picture><source srcset="%s" type="image/webp"><img src="%s" alt=""></picture></span><span class="expert-card__name">%s</span> <span class="expert-card__role">%s</span> <span class="expert-card__office">%s</span></a>\n' % (p.slug, offs[k % len(offs)], p.img, p.img, e(p.name), e(p.title), offs[k % len(offs)])
        c.add(p, email=False)
    filt = '<div class="filters"><button>%s</button>%s</div>' % ('All Offices' if c.v == 0 else 'すべて', ''.join('<button data-filter="%s">%s</button>' % (o, o) for o in offs))
    ins = '<section class="insights"><h2>Latest Insights</h2><ul><li><a href="#">Why Supply Chains Break</a></li><li><a href="#">The Adam Smith Problem, Revisited</a></li></ul></section>' if c.v == 0 else c.decoy()
    c.note = 'whole card is one link; name, role, office in spans; office is not part of the title'
    return page(c, '<h1>%s</h1>%s<div class="expert-grid">%s</div>%s' % ('Our Experts' if c.v == 0 else 'メンバー紹介', filt, out, ins), 'plain', mail='info' if c.v else 'contact')

@layout(('de', 'Gemeinde Oberwieslach', 'oberwieslach.de', '/rathaus/mitarbeiter'), ('en', 'Fenwick Hollow Township', 'fenwickhollow.gov', '/directory'))
def local_government(c):
    if c.v == 0:
        data = [('Bürgermeisteramt', ('Bürgermeister', 'Bürgermeisterin'), '101'), ('Bürgermeisteramt', 'Vorzimmer', '102'), ('Bauamt', ('Bauamtsleiter', 'Bauamtsleiterin'), '210'), ('Bauamt', ('Sachbearbeiter Hochbau', 'Sachbearbeiterin Hochbau'), '211'), ('Bürgerbüro', 'Pass- und Meldewesen', '001'), ('Bürgerbüro', 'Pass- und Meldewesen', '002'), ('Kämmerei', ('Kämmerer', 'Kämmerin'), '301'), ('Standesamt', ('Standesbeamter', 'Standesbeamtin'), '105'), ('Kämmerei', 'Gemeindekasse', '303')]
        rows = ''
        for d, t, z in data:
            p = c.person(title=t, style='f.last')
            has = z != '303'
            rows += '<tr><td>%s %s</td><td>%s</td><td>%s</td><td>%s</td><td>06%s</td><td>%s</td></tr>\n' % ('Herr' if p.sex == 'm' else 'Frau', e(p.name), e(p.title), d, z, p.phone[-8:], c.mailto(p.email) if has else '')
            c.add(p, email=has)
        c.note = 'town hall directory; Herr/Frau in the name cell; department column separate from function'
        return page(c, '<h1>Mitarbeiterverzeichnis</h1><div class="table-responsive"><table><thead><tr><th>Name</th><th>Funktion</th><th>Amt</th><th>Zimmer</th><th>Telefon</th><th>E-Mail</th></tr></thead><tbody>%s</tbody></table></div><h2>Öffnungszeiten</h2><p>Montag bis Freitag 8 bis 12 Uhr</p><p>Bürgerhaus Theodor Heuss: Vermietung über das Bürgerbüro (%s).</p>' % (rows, c.mailto(c.other('buergerbuero'))), 'typo3', mail='gemeinde')
    out = ''
    for d, ts in (('Administration', ['Township Manager', 'Township Clerk', 'Administrative Assistant']), ('Public Works', ['Director of Public Works', 'Road Foreman']), ('Police Department', ['Chief of Police', 'Records Clerk']), ('Finance', ['Treasurer', 'Tax Collector'])):
        box = c.other({'Administration': 'admin', 'Public Works': 'publicworks', 'Police Department': 'police', 'Finance': 'finance'}[d])
        out += '<div class="directory-dept"><h3>%s</h3><p>General inquiries: %s</p><ul>' % (d, c.mailto(box))
        for t in ts:
            p = c.person(title=t)
            out += '<li><span class="dir-name">%s</span>, <span class="dir-title">%s</span> <span class="dir-ext">x%d</span> %s</li>' % (e(p.name), t, c.rng.randint(100, 399), c.mailto(p.email, 'Email'))
            c.add(p)
        out += '</ul></div>\n'
    c.note = 'department boxes with general mailbox (not a person) and staff lines with "Email" links'
    return page(c, '<h1>Staff Directory</h1>' + out + '<h3>Meeting Calendar</h3><p>Memorial Day: Offices Closed. Harriet Tubman Park cleanup on June 3.</p>', 'plain', mail=None)

@layout(('en', 'Nightjar Creative', 'nightjarcreative.com', '/crew'), ('es', 'Bandada Comunicación', 'bandadacomunicacion.com', '/equipo'))
def agency_hover_cards(c):
    ps = c.people(9 if c.v == 0 else 6)
    out = ''
    for k, p in enumerate(ps):
        if c.v == 0:
            out += '<figure class="effect-lily"><img src="%s" alt="%s"><figcaption><div class="overlay"><h2>%s</h2><p>%s</p><div class="fun-fact">Fun fact: %s</div></div></figcaption></figure>\n' % (p.img, e(p.name), e(p.name), e(p.title), ['Once met David Bowie’s drummer.', 'Owns three greyhounds.', 'Bakes sourdough called Clint.'][k % 3])
        else:
            out += '<div class="flip-card"><div class="flip-card-inner"><div class="flip-card-front"><img src="%s" alt=""><h3>%s</h3><span class="cargo">%s</span></div><div class="flip-card-back"><p>%s</p><a href="mailto:%s">%s</a></div></div></div>\n' % (p.img, e(p.name), e(p.title), e(p.bio), p.email, e(p.email))
        c.add(p, email=c.v == 1)
    c.note = 'hover overlay in figcaption; fun facts mention a musician and a bread' if c.v == 0 else 'flip cards: name and title in front, mail on the back'
    return page(c, '<section class="grid"><h1>%s</h1>%s</section><section class="awards"><h2>%s</h2><ul><li>Lisbon Golden Swallow 2021</li><li>Best Of Show, Print Week</li></ul></section>' % ('Meet The Flock' if c.v == 0 else 'La bandada', out, 'Awards' if c.v == 0 else 'Premios'), 'plain', mail='hello' if c.v == 0 else 'hola')

# ==========================================================================
# Layouts 21-40
# ==========================================================================
@layout(('en', 'Hatchway Labs', 'hatchwaylabs.dev', '/about'), ('en', 'Solace Mobility', 'solacemobility.com', '/team'))
def startup_linkedin(c):
    ps = c.people(5 if c.v == 0 else 10)
    out = ''
    for p in ps:
        aria = '%s on LinkedIn' % p.name
        out += '<div class="member"><div class="avatar" role="img" aria-label="Photo of %s"></div><div class="member-info"><span class="member-name">%s</span><a href="https://www.linkedin.com/in/%s/" target="_blank" rel="noreferrer" aria-label="%s">%s</a><div class="member-role">%s</div></div></div>\n' % (e(p.name), e(p.name), p.slug, e(aria), SVG_LI, e(p.title))
        c.add(p, email=False)
    inv = ''
    if c.v == 0:
        a, b = c.name(), c.name()
        inv = '<section class="backers"><h2>Our Investors</h2><p>We are backed by Gantry Ventures and angel investors including %s (founder of Parcelbird) and %s (former CTO of Oakmont Clinics).</p></section>' % (e(a.name), e(b.name))
    else:
        inv = '<section class="open-roles"><h2>Open Roles</h2><ul><li><a href="/jobs/1">Senior Backend Engineer</a> <span>Remote</span></li><li><a href="/jobs/2">Head of Marketing</a> <span>San Jose</span></li><li><a href="/jobs/3">Product Manager</a> <span>Santa Clara</span></li></ul></section>'
    c.note = 'LinkedIn icons with aria-labels; ' + ('angel investors in prose are outsiders' if c.v == 0 else 'open roles (titles without people)')
    return page(c, '<h1>We Move Fast</h1><section class="team"><h2>%s</h2>%s</section>%s' % (e(c.h()), out, inv), 'next', mail='hello')

@layout(('de', 'Wacholder Naturkost GmbH', 'wacholder-naturkost.de', '/impressum'), ('de', 'Albrecht Daten AG', 'albrecht-daten.de', '/impressum.html'))
def impressum(c):
    foto = c.name().name; foto2 = c.name().name
    if c.v == 0:
        a = c.person(title='Geschäftsführer', sex='m'); b = c.person(title='Geschäftsführer', sex='m')
        main = ('<h1>Impressum</h1><p>Angaben gemäß § 5 DDG</p><p>Wacholder Naturkost GmbH<br>Sophie-Scholl-Platz 3<br>31134 Hildesheim</p><p><strong>Geschäftsführer:</strong> %s, %s</p><p>Telefon: %s<br>E-Mail: %s</p><p>Registergericht: Amtsgericht Hildesheim<br>Registernummer: HRB 20%d<br>USt-IdNr.: DE2987%d</p>'
                '<h2>Inhaltlich verantwortlich nach § 18 Abs. 2 MStV</h2><p>%s (Anschrift wie oben)</p><h2>Bildnachweise</h2><p>© %s / Fotolia, © %s / Shutterstock</p><h2>Gestaltung und Umsetzung</h2><p>Pixelforge Studio</p><h2>Haftungsausschluss</h2><p>Trotz sorgfältiger inhaltlicher Kontrolle übernehmen wir keine Haftung für die Inhalte externer Links.</p>'
                % (e(a.name), e(b.name), c.phone(), c.mailto(c.other('post')), c.rng.randint(100, 999), c.rng.randint(10000, 99999), e(a.name), e(foto), e(foto2)))
        c.add(a, email=False); c.add(b, email=False)
        c.note = 'Impressum: two Geschäftsführer in one line; one repeated as responsible person; photographers are outsiders'
        return page(c, main, 'typo3', title='Impressum - Wacholder Naturkost GmbH', mail=None)
    v1, v2, v3 = (c.person(title='Vorstand') for _ in range(3))
    ar = c.person(title='Vorsitzende des Aufsichtsrats', sex='f'); ds = c.person(title='Prokurist', sex='m')
    main = ('<div class="impressum"><h1>Impressum</h1><dl><dt>Anbieter</dt><dd>Albrecht Daten AG, Carl-Benz-Straße 22, 68723 Schwetzingen</dd><dt>Vorstand</dt><dd>%s, %s, %s</dd><dt>Vorsitzende des Aufsichtsrats</dt><dd>%s</dd><dt>Registergericht</dt><dd>Amtsgericht Mannheim, HRB 71%d</dd><dt>Prokurist</dt><dd>%s</dd><dt>Kontakt</dt><dd>%s</dd></dl><p>Fotos: %s</p></div>'
            % (e(v1.name), e(v2.name), e(v3.name), e(ar.name), c.rng.randint(1000, 9999), e(ds.name), c.mailto(c.other('kontakt')), e(foto)))
    for p in (v1, v2, v3, ar, ds): c.add(p, email=False)
    c.note = 'Impressum of an AG as dl: Vorstand list, Aufsichtsrat, Prokurist; company named after a person-like word'
    return page(c, main, 'plain', title='Impressum', mail=None)

@layout(('fr', 'Fromagerie du Haut-Bresson', 'fromagerie-haut-bresson.fr', '/mentions-legales'), ('it', 'Cartotecnica Brennero S.r.l.', 'cartotecnicabrennero.it', '/note-legali'))
def legal_notice(c):
    ph = c.name().name
    if c.v == 0:
        a = c.person(title=('Président', 'Présidente'), sex='m'); b = c.person(title=('Directeur de la publication', 'Directrice de la publication'), sex='f')
        an = '%s %s' % (a.given, a.family.upper()); bn = '%s %s' % (b.given, b.family.upper())
        main = ('<h1>Mentions légales</h1><h2>Éditeur du site</h2><p>Fromagerie du Haut-Bresson, SAS au capital de 80 000 €<br>RCS Épinal B 412 %d<br>Président&nbsp;: M. %s</p><p>Directrice de la publication&nbsp;: Mme %s<br>Courriel&nbsp;: %s</p><h2>Hébergement</h2><p>Nuage Breton Hébergement, 2 rue Kellermann, 59100 Roubaix<br>%s</p><h2>Crédits photos</h2><p>%s, Office de tourisme de Gérardmer</p><h2>Propriété intellectuelle</h2><p>Toute reproduction est interdite sans autorisation préalable.</p>'
                % (c.rng.randint(100, 999), e(an), e(bn), c.mailto(b.email), c.mailto(c.other('support@nuage-breton.fr')), e(ph)))
        c.add(a, email=False, name=an); c.add(b, name=bn)
        c.note = 'mentions légales: family names in capitals, M./Mme; host and photographer are outsiders'
        return page(c, main, 'wp', title='Mentions légales', mail='contact')
    a = c.person(title='Legale rappresentante', sex='f'); b = c.person(title='Responsabile della protezione dei dati', sex='m')
    main = ('<h1>Note legali</h1><p>Cartotecnica Brennero S.r.l. – Via Alcide De Gasperi 18, 39100 Bolzano<br>P. IVA 027%d</p><p>Legale rappresentante: %s</p><p>Responsabile della protezione dei dati: %s, %s</p><p>PEC: %s</p><h2>Crediti</h2><p>Fotografie di %s, progetto grafico Studio Lanterna.</p>'
            % (c.rng.randint(10000000, 99999999), e(a.name), e(b.name), c.mailto(b.email), c.mailto(c.other('cartotecnicabrennero@pec.example')), e(ph)))
    c.add(a, email=False); c.add(b)
    c.note = 'note legali: legal representative and data protection officer with own address; PEC is not personal'
    return page(c, main, 'plain', title='Note legali')

@layout(('en', 'Ironbridge Batteries', 'ironbridgebatteries.com', '/news/press-release'), ('nl', 'Polderwind Energie', 'polderwind.nl', '/pers/bericht'))
def press_release(c):
    if c.v == 0:
        ceo = c.person(title='Chief Executive Officer'); pr = c.person(title='Head of Communications'); cust = c.name(); agency = c.name()
        ag = '%s@%s' % (agency.ga.replace('-', ''), 'castlegatepr.co.uk'); c.other(ag)
        main = ('<article class="press-release"><p class="dateline">SHEFFIELD, March 4, 2025</p><h1>Ironbridge Batteries Opens Second Plant In Santa Fe</h1><p>Ironbridge Batteries today announced the opening of its second plant. “This is a milestone for everyone here,” said %s, Chief Executive Officer of Ironbridge Batteries.</p><p>“The new cells let our vans run all day,” said %s, Fleet Director at customer Harrow Textiles.</p><p>The plant stands on the site of the former Samuel Drake Foundry.</p><p class="end">###</p>'
                '<div class="press-contact"><h3>Press Contact</h3><p>%s<br>%s<br>%s<br>%s</p></div><div class="press-agency"><h3>Agency Contact</h3><p>Castlegate PR<br>%s<br>%s</p></div></article>'
                % (e(ceo.name), e(cust.name), e(pr.name), pr.title, c.phone(), c.mailto(pr.email), e(agency.name), c.mailto(ag)))
        c.add(ceo, email=False); c.add(pr)
        c.note = 'press release: own CEO quoted, customer quoted, PR agency contact at another firm'
        return page(c, main, 'plain', title='Ironbridge Batteries Opens Second Plant', mail='press')
    ceo = c.person(title='Algemeen directeur'); pr = c.person(title='Woordvoerder'); weth = c.name()
    main = ('<article><h1>Nieuw windpark bij Sint Annaland geopend</h1><p class="datum">12 september 2024</p><p>“Een mooie stap voor de regio”, aldus %s, algemeen directeur van Polderwind Energie. Wethouder %s van de gemeente Tholen verrichtte de openingshandeling.</p><div class="noot"><strong>Noot voor de redactie</strong><p>Voor meer informatie: %s, woordvoerder, telefoon %s, %s</p></div></article>'
            % (e(ceo.name), e(weth.name), e(pr.name), c.phone(), c.mailto(pr.email)))
    ceo.title = 'algemeen directeur'; pr.title = 'woordvoerder'
    c.add(ceo, email=False); c.add(pr)
    c.note = 'Dutch press release; alderman of a municipality is an outsider; titles in lower case in prose'
    return page(c, main, 'plain', title='Persbericht | Polderwind Energie', mail='pers')

@layout(('en', 'Argent Vale Mining plc', 'argentvale.com', '/investors/board'), ('en', 'Crosswater Housing Association', 'crosswaterhousing.org.uk', '/about-us/our-board'))
def board_biographies(c):
    tt = ['Chair of the Board', 'Chief Executive Officer', 'Chief Financial Officer', 'Senior Independent Director', 'Non-Executive Director', 'Non-Executive Director', 'Company Secretary'] if c.v == 0 else ['Chair', 'Vice Chair', 'Chair of the Audit and Risk Committee', 'Board Member', 'Board Member', 'Tenant Board Member']
    past = ['Larkspur Foods', 'Kestrel Outdoor', 'Bluebird Airways', 'Oakmont Clinics', 'Fjordline Foods', 'Harrow Textiles', 'Castle Rock Holdings']
    out = ''
    for k, t in enumerate(tt):
        p = c.person(title=t)
        he = 'He' if p.sex == 'm' else 'She'; his = 'his' if p.sex == 'm' else 'her'
        mr = 'Mr.' if p.sex == 'm' else 'Ms.'
        bio = '%s %s was appointed to the Board in %d. %s was previously Chief Operating Officer of %s and began %s career at %s, where %s rose to Group Treasurer. %s is a trustee of the Edmund Halley Trust and a graduate of Trinity Park University. %s.' % (mr, p.family, c.rng.randint(2012, 2023), he, past[k % 7], his, past[(k + 2) % 7], he.lower(), he, ['In 2019 %s received the Florence Nightingale Medal' % he.lower(), '%s sits on the Remuneration and Nomination Committees' % he, '%s lives in Saint Andrews with %s family' % (he, his)][k % 3])
        if c.v == 0:
            out += '<div class="board-member" id="bm-%d"><div class="bm-head"><img src="%s" alt="%s"><div><h3 class="bm-name">%s</h3><p class="bm-role">%s</p></div></div><div class="bm-bio"><p>%s</p></div></div>\n' % (k, p.img, e(p.name), e(p.name), t, bio)
        else:
            out += '<h3>%s – %s</h3>\n<p>%s</p>\n' % (e(p.name), t, bio)
        c.add(p, email=False)
    c.note = 'long biographies with earlier titles, other firms, trusts and medals named after historical persons' + ('' if c.v == 0 else '; "Name – Title" in one heading')
    return page(c, '<h1>%s</h1><p>Details of the composition of the Board are set out below.</p>%s<h2>Board Committees</h2><ul><li>Audit Committee</li><li>Remuneration Committee</li></ul>' % ('Board of Directors' if c.v == 0 else 'Our Board', out), 'plain', mail='investors' if c.v == 0 else 'info')

@layout(('en', 'Parcelbird', 'parcelbird.com', '/help/faq'), ('pl', 'Meble Dąbrówka', 'mebledabrowka.pl', '/faq'))
def faq_page(c):
    if c.v == 0:
        qa = [('Where Is My Parcel?', 'Open the Tracking Page and enter your number. Parcels to Saint Louis and Fort Lauderdale may take an extra day.'), ('What Is Parcelbird Prime Plus?', 'Our premium plan. The George Washington Bundle includes 500 labels.'), ('Who Was Percival Bird?', 'Our mascot, Percival Bird, is a cartoon pigeon drawn for our launch campaign.'), ('Can I Ship Wine?', 'Yes, in most states. See the Jack Daniel Shipping Rules at your carrier.'), ('How Do I Contact Support?', 'Write to %s or call Customer Support.' % c.mailto(c.other('support'))), ('Example Label', 'Use the format: Jane Q. Sample, 123 Main Street, Anytown.')]
        c.note = 'FAQ: no people; mascot, product and sample names'
    else:
        qa = [('Ile trwa dostawa?', 'Od 7 do 14 dni roboczych, w Nowym Targu i Zielonej Górze do 10 dni.'), ('Czym jest kolekcja Zofia Lux?', 'To linia sof z funkcją spania. Fotel Ludwik Classic pasuje do niej idealnie.'), ('Jak złożyć reklamację?', 'Prosimy o wiadomość na adres %s.' % c.mailto(c.other('reklamacje'))), ('Gdzie znajduje się salon?', 'Przy ulicy Jana Kochanowskiego 5, obok pomnika Fryderyka Chopina.')]
        c.note = 'FAQ in Polish: no people; furniture lines with first names, street and monument named after historical persons'
    out = ''.join('<details class="faq"><summary>%s</summary><div class="answer"><p>%s</p></div></details>\n' % (e(q), a if '<a' in a else e(a)) for q, a in qa)
    ld = '<script type="application/ld+json">%s</script>' % json.dumps({'@context': 'https://schema.org', '@type': 'FAQPage', 'mainEntity': [{'@type': 'Question', 'name': q, 'acceptedAnswer': {'@type': 'Answer', 'text': re.sub('<[^>]+>', '', a)}} for q, a in qa]}, ensure_ascii=False)
    return page(c, '<h1>%s</h1>%s' % ('Frequently Asked Questions' if c.v == 0 else 'Najczęściej zadawane pytania', out), 'plain', title='FAQ | ' + c.company, head=ld, form=True)

@layout(('en', 'Bellwether Payroll', 'bellwetherpayroll.com', '/customers'), ('tr', 'Anka Bulut Yazılım', 'ankabulut.com.tr', '/referanslar'))
def customer_testimonials(c):
    n = 6 if c.v == 0 else 3
    out = ''
    for k in range(n):
        p = c.name(); t = c.rng.choice(T[c.lang][1]); cl = c.L['clients'][k % len(c.L['clients'])]
        out += '<div class="swiper-slide"><div class="testimonial-card"><div class="stars" aria-label="5 of 5">★★★★★</div><p class="quote">“%s”</p><div class="customer"><img src="/img/customers/%d.jpg" alt="%s"><div><div class="customer-name">%s</div><div class="customer-title">%s</div><div class="customer-company">%s</div></div></div></div></div>\n' % (e(c.L['quotes'][k % 2]), k, e(p.name), e(p.name), e(t), e(cl))
    if c.v == 0:
        a, b = c.name(), c.name()
        out += '<section class="case-studies"><h2>Customer Success Stories</h2><article><h3>How Fjordline Foods Saved 400 Hours</h3><p>“Before Bellwether we ran payroll in spreadsheets,” says %s, Chief Financial Officer at Fjordline Foods.</p></article><article><h3>Bluebird Airways Takes Off</h3><p>%s, HR Director of Bluebird Airways, cut errors by 80 percent.</p></article></section>' % (e(a.name), e(b.name))
    c.note = 'customer testimonials only: none of them works at the company'
    return page(c, '<h1>%s</h1><div class="swiper"><div class="swiper-wrapper">%s</div></div>%s' % ('What Our Customers Say' if c.v == 0 else 'Müşterilerimiz Ne Diyor', out, c.decoy()), 'plain', title='Customers | Bellwether Payroll' if c.v == 0 else 'Referanslar | Anka Bulut Yazılım')

@layout(('en', 'Sagebrush Analytics', 'sagebrushanalytics.com', '/blog/guest-post'), ('fr', 'Voltaris Énergie', 'voltaris-energie.fr', '/blog/autoconsommation'))
def blog_article(c):
    if c.v == 0:
        g = c.name(); w = c.name(); x = c.name()
        main = ('<article class="post"><header><p class="post-category">Guest Post</p><h1>What Florence Nightingale Knew About Data</h1><div class="byline">By <a rel="author" href="#">%s</a>, Senior Analyst at Northgate Research <time datetime="2023-02-11">February 11, 2023</time></div></header><p>In 1858 Florence Nightingale drew her famous rose diagram. William Playfair had invented the bar chart seventy years earlier, and John Snow mapped cholera in Soho.</p><p>“Charts persuade,” writes Professor %s of Trinity Park University in a recent book.</p>'
                '<div class="author-box"><img src="/img/guest.jpg" alt=""><h4>About The Author</h4><p>%s is a Senior Analyst at Northgate Research. Reach the author at %s.</p></div><section class="comments"><h3>2 Comments</h3><ol><li><b class="fn">%s</b> <span>says:</span><p>Great read!</p></li><li><b class="fn">Anonymous Reader</b><p>Thanks.</p></li></ol></section></article><aside><h3>Related Posts</h3><ul><li><a href="#">Five Dashboards Every Team Needs</a></li><li><a href="#">Thomas Bayes For Beginners</a></li></ul></aside>'
                % (e(g.name), e(w.name), e(g.name), c.mailto(c.other(g.ga.replace('-', '') + '@northgate-research.com')), e(x.name)))
        c.note = 'guest post by an author of another firm, historical persons, commenters: no company people'
        return page(c, main, 'wp', title='What Florence Nightingale Knew About Data – Sagebrush Analytics')
    p = c.person(title=('directeur technique', 'directrice technique'), sex='f'); x = c.name('m')
    main = ('<article class="hentry"><h1>Autoconsommation : Les Questions Que Tout Le Monde Se Pose</h1><p class="meta">Publié le 3 juin 2022 dans Conseils</p><p>Le photovoltaïque doit son principe à Edmond Becquerel, qui découvrit l\'effet en 1839.</p><p>« Le dimensionnement fait toute la différence », explique %s, directrice technique de Voltaris Énergie.</p><p>Un avis partagé par %s, économiste à l\'Institut Lavoisier : « Les prix vont se stabiliser. »</p><h2>Une Question ?</h2><p>Vous pouvez écrire à %s : %s</p></article>'
            % (e(p.name), e(x.name), e(p.name), c.mailto(p.email)))
    c.add(p)
    c.note = 'blog article quoting own technical director (with address), an outside economist and a physicist of the 19th century'
    return page(c, main, 'wp', title='Autoconsommation | Voltaris Énergie', mail='contact')

@layout(('de', 'Moorlandhof Gärtnerei KG', 'moorlandhof.de', '/kontakt'), ('pt', 'Cerâmica Vale do Lis', 'ceramicavaledolis.pt', '/contactos'))
def definition_list(c):
    ps = c.people(6)
    out = ''
    for k, p in enumerate(ps):
        has = k != 4
        if c.v == 0:
            out += '<dt>%s</dt><dd>%s%s<br>Tel. %s</dd>\n' % (e(p.title), e(p.name), ' – ' + c.mailto(p.email) if has else '', p.phone)
        else:
            out += '<div><dt><strong>%s</strong></dt><dd>%s</dd>%s</div>\n' % (e(p.name), e(p.title), '<dd>%s</dd>' % c.mailto(p.email) if has else '')
        c.add(p, email=has)
    c.note = 'dl: ' + ('title in dt, name and mail in dd' if c.v == 0 else 'name in dt, title and mail in separate dd')
    return page(c, '<h1>%s</h1><dl class="kontakte">%s</dl>%s' % (e(c.L['contact']), out, c.decoy()), 'plain', form=True)

@layout(('en', 'Redwater Port Authority', 'redwaterport.com', '/contact/directory'), ('ru', 'ООО «Северный Контур»', 'severkontur.ru', '/kontakty/sotrudniki'))
def wide_table(c):
    ps = [c.person(title='Port Director')] + c.people(11, lead=False) if c.v == 0 else c.people(8)
    deps = c.L['depts']
    H = ['#', 'Department', 'Employee', 'Job Title', 'Location', 'Ext.', 'Mobile', 'Languages', 'E-mail', 'Since'] if c.v == 0 else ['№', 'Отдел', 'Ф. И. О.', 'Должность', 'Город', 'Доб.', 'Телефон', 'E-mail']
    locs = ['Port Arthur', 'San Pedro', 'Fort Myers'] if c.v == 0 else ['Пермь', 'Нижний Тагил']
    rows = ''
    for k, p in enumerate(ps):
        has = k not in (5, 9)
        m = c.mailto(p.email) if has else 'n/a' if c.v == 0 else '—'
        cells = [k + 1, deps[k % 4], e(p.name), e(p.title), locs[k % len(locs)], 100 + k * 7, p.phone] + (['EN, ES' if k % 2 else 'EN', m, 2008 + k] if c.v == 0 else [m])
        rows += '<tr>%s</tr>\n' % ''.join('<td>%s</td>' % x for x in cells)
        c.add(p, email=has)
    c.note = 'wide table of %d columns; department and place columns are not titles' % len(H)
    return page(c, '<h1>%s</h1><div id="tablepress-3_wrapper"><table id="tablepress-3" class="tablepress"><thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>' % ('Employee Directory' if c.v == 0 else 'Сотрудники', ''.join('<th>%s</th>' % h for h in H), rows), 'wp')

@layout(('en', 'Tidewater Marine Services', 'tidewatermarine.com', '/contact-us'), ('el', 'Αιγαίο Συσκευασία ΑΕ', 'aigaio-pack.gr', '/epikoinonia'))
def accordion(c):
    out = ''
    deps = c.L['depts'] if c.v == 0 else c.L['depts'][:3]
    for k, d in enumerate(deps):
        inner = ''
        for p in c.people(2):
            has = not (k == 2 and c.v == 0)
            inner += '<div class="contact-row"><strong>%s</strong><span class="sep"> | </span><span>%s</span>%s</div>' % (e(p.name), e(p.title), '<span class="sep"> | </span>' + c.mailto(p.email) if has else '')
            c.add(p, email=has)
        if c.v == 0:
            out += '<div class="accordion-item"><h2 class="accordion-header" id="h%d"><button class="accordion-button collapsed" type="button" data-bs-toggle="collapse" data-bs-target="#c%d" aria-expanded="false">%s</button></h2><div id="c%d" class="accordion-collapse collapse" aria-labelledby="h%d"><div class="accordion-body">%s</div></div></div>\n' % (k, k, d, k, k, inner)
        else:
            out += '<details><summary>%s</summary>%s</details>\n' % (d, inner)
    c.note = 'accordion by department; "Name | Title | mail" lines'
    return page(c, '<h1>%s</h1><div class="accordion">%s</div>%s' % (e(c.L['contact']), out, c.decoy()), 'plain')

@layout(('en', 'Foxglove Publishing', 'foxglovepublishing.com', '/contacts'), ('de', 'Rheinufer Verlag GmbH', 'rheinufer-verlag.de', '/verlag/team'))
def tabs(c):
    deps = ['Editorial', 'Rights', 'Publicity', 'Sales'] if c.v == 0 else ['Lektorat', 'Lizenzen', 'Presse', 'Vertrieb']
    tt = ['Publisher', 'Commissioning Editor', 'Rights Director', 'Rights Assistant', 'Publicity Director', 'Publicist', 'Sales Director', 'Key Account Manager'] if c.v == 0 else [('Verleger', 'Verlegerin'), ('Lektor', 'Lektorin'), 'Leitung Lizenzen', 'Assistenz Lizenzen', 'Presseleitung', ('Pressereferent', 'Pressereferentin'), 'Vertriebsleitung', 'Key-Account-Management']
    nav = ''.join('<li role="presentation"><button role="tab" aria-controls="tab-%d" aria-selected="%s">%s</button></li>' % (k, 'true' if k == 0 else 'false', d) for k, d in enumerate((['Alle'] if c.v else []) + deps))
    cards = []
    for t in tt:
        p = c.person(title=t)
        cards.append('<div class="person-box"><p class="name">%s</p><p class="function">%s</p><p class="mail">%s</p></div>' % (e(p.name), e(p.title), c.mailto(p.email)))
        c.add(p)
    panels = [''.join(cards[2 * k:2 * k + 2]) for k in range(4)]
    if c.v: panels = [''.join(cards)] + panels
    out = ''.join('<div role="tabpanel" id="tab-%d"%s>%s</div>\n' % (k, '' if k == 0 else ' hidden', x) for k, x in enumerate(panels))
    authors = [c.name().name for _ in range(3)]
    books = '<section class="books"><h2>%s</h2>%s</section>' % ('New Books' if c.v == 0 else 'Neuerscheinungen', ''.join('<article class="book"><img src="/covers/%d.jpg" alt="Cover"><h3>%s</h3><p>%s %s</p></article>' % (k, t, 'by' if c.v == 0 else 'von', e(a)) for k, (t, a) in enumerate(zip(['The Salt Road', 'Winter Bees', 'A Map Of Rivers'] if c.v == 0 else ['Die Salzstraße', 'Winterbienen am Fluss', 'Das Haus am Deich'], authors))))
    c.note = 'tabs per department' + ('; tab "Alle" repeats everybody' if c.v else '') + '; book authors are not company people'
    return page(c, '<h1>%s</h1><ul role="tablist">%s</ul>%s%s' % ('Who To Contact' if c.v == 0 else 'Ihre Kontakte im Verlag', nav, out, books), 'plain')

@layout(('en', 'Lanternfish Games', 'lanternfishgames.com', '/studio/team'), ('fr', 'Groupe Belloy Immobilier', 'belloy-immobilier.fr', '/le-groupe/equipe'))
def modal_duplicates(c):
    ps = c.people(5 + c.v)
    desk = mob = mod = ''
    for k, p in enumerate(ps):
        desk += '<button class="team-tile" data-toggle="modal" data-target="#modal-%d"><img src="%s" alt=""><span class="tile-name">%s</span> <span class="tile-role">%s</span></button>\n' % (k, p.img, e(p.name), e(p.title))
        mob += '<div class="swiper-slide"><h4>%s</h4><p>%s</p></div>\n' % (e(p.name), e(p.title))
        mod += '<div class="modal fade" id="modal-%d" tabindex="-1" role="dialog" aria-labelledby="mt-%d" aria-hidden="true"><div class="modal-dialog"><div class="modal-content"><div class="modal-header"><h4 class="modal-title" id="mt-%d">%s</h4><button type="button" class="close" aria-label="Close">×</button></div><div class="modal-body"><p class="modal-role">%s</p><p>%s</p>%s</div></div></div></div>\n' % (k, k, k, e(p.name), e(p.title), e(p.bio), '<p>%s</p>' % c.mailto(p.email) if k != 3 else '')
        c.add(p, email=k != 3)
    games = '<section><h2>%s</h2><ul><li>%s</li><li>%s</li></ul></section>' % (('Our Games', 'Captain Molly Flint', 'The Legend Of Arthur Gray') if c.v == 0 else ('Nos Programmes', 'Résidence Jeanne Hachette', 'Les Terrasses Saint-Exupéry'))
    c.note = 'every person three times: desktop tile, mobile slide, modal with mail; product names look like persons'
    return page(c, '<h1>%s</h1><div class="team-desktop d-none d-md-block">%s</div><div class="team-mobile d-md-none swiper">%s</div>%s%s' % (e(c.h()), desk, mob, games, mod), 'plain')

@layout(('en', 'Bramble Hill Vineyards', 'bramblehillvineyards.com', '/family'), ('cs', 'Sklárny Lužický Hřeben', 'sklarny-hreben.cz', '/lide'))
def image_captions(c):
    ps = c.people(5)
    out = ''
    for k, p in enumerate(ps):
        if c.v == 0:
            out += '<figure class="wp-caption aligncenter"><img src="/uploads/dsc_%04d.jpg" alt="%s, %s"><figcaption class="wp-caption-text">%s, %s</figcaption></figure>\n' % (k + 40, e(p.name), e(p.title), e(p.name), e(p.title))
            c.add(p, email=False)
        else:
            out += '<div class="foto-karta"><img src="/foto/karta-%d.jpg" alt="%s"><p>%s</p><p>%s</p></div>\n' % (k, e(p.name), e(p.title), c.mailto(p.email))
            c.add(p)
    c.note = 'figcaption "Name, Title", same text in alt; wine names' if c.v == 0 else 'the name stands only in the alt text of the picture (a photo card with lettering), title and mail below it'
    extra = '<section><h2>Our Wines</h2><ul><li>Lady Eleanor Rosé</li><li>Old Tom Reserve</li><li>Pinot Noir Saint George</li></ul></section>' if c.v == 0 else c.decoy()
    return page(c, '<h1>%s</h1>%s%s' % (e(c.h()), out, extra), 'wp')

@layout(('en', 'Calder Bay Architects', 'calderbayarchitects.com', '/people'), ('sv', 'Fyrstads Redovisning AB', 'fyrstadsredovisning.se', '/om-oss/personal'))
def aria_label_cards(c):
    ps = c.people(6) if c.v else [c.person(title=t) for t in ('Founding Director', 'Director', 'Associate Director', 'Project Architect', 'Architectural Assistant', 'Studio Manager')]
    out = ''
    rd = 'Read more about %s' if c.v == 0 else 'Läs mer om %s'
    for k, p in enumerate(ps):
        out += '<li class="people-list__item"><article class="person-teaser" aria-labelledby="p%d"><a class="person-teaser__link" href="/people/%s" aria-label="%s"></a><h3 class="person-teaser__name" id="p%d">%s</h3><p class="person-teaser__role">%s</p>%s</article></li>\n' % (k, p.slug, e(rd % p.name), k, e(p.name), e(p.title), '<a class="icon icon--mail" href="mailto:%s" aria-label="%s"></a>' % (p.email, e(('Send email to %s' if c.v == 0 else 'Skicka e-post till %s') % p.name)) if k != 2 else '')
        c.add(p, email=k != 2)
    c.note = 'empty links with aria-labels; mail address only in href'
    return page(c, '<h1>%s</h1><ul class="people-list">%s</ul>%s' % (e(c.h()), out, c.decoy()), 'plain')

@layout(('en', 'Nettlecombe Community Radio', 'nettlecomberadio.org', '/who-we-are'), ('de', 'Kulturverein Alte Mälzerei e. V.', 'alte-maelzerei-kultur.de', '/verein/vorstand'))
def obfuscated_addresses(c):
    out = ''
    if c.v == 0:
        tt = ['Station Manager', 'Head of Music', 'News Editor', 'Volunteer Coordinator', 'Technical Producer']
        for k, t in enumerate(tt):
            p = c.person(title=t)
            o = p.email.replace('@', ' [at] ').replace('.', ' [dot] ') if k < 3 else p.email.replace('@', ' AT ').replace('.', ' DOT ')
            out += '<li><b>%s</b> – %s<br>Email: %s</li>\n' % (e(p.name), t, o); c.add(p)
        c.note = 'addresses as "x [at] y [dot] z" and "x AT y DOT z"'
        return page(c, '<h1>Who We Are</h1><ul>%s</ul><p>Studio named in memory of Billie Marsden (1931–2009), our first announcer.</p>' % out, 'wp', mail=None, footer_extra='<p>General enquiries: studio [at] %s</p>' % (c.other('studio').split('@')[1].replace('.', ' [dot] ')))
    for k, t in enumerate([('1. Vorsitzender', '1. Vorsitzende'), ('2. Vorsitzender', '2. Vorsitzende'), ('Kassenwart', 'Kassenwartin'), ('Schriftführer', 'Schriftführerin'), 'Beisitz Öffentlichkeitsarbeit']):
        p = c.person(title=t)
        o = p.email.replace('@', ['(at)', ' (at) ', '[ät]', '{at}', '(at)'][k])
        if k == 4: o = p.email.replace('@', ' (at) ').replace('.', ' (punkt) ')
        out += '<p><strong>%s</strong><br>%s<br>E-Mail: %s</p>\n' % (e(p.title), e(p.name), o); c.add(p)
    c.note = 'club board, addresses as (at), [ät], {at}, (punkt)'
    return page(c, '<h1>Vorstand</h1>%s<p>Nächste Lesung: Gedichte von Joseph von Eichendorff.</p>' % out, 'wp', mail=None, footer_extra='<p>verein(at)%s</p>' % c.other('verein').split('@')[1])

@layout(('fr', 'Menuiserie Castellane', 'menuiserie-castellane.fr', '/contact/equipe'), ('en', 'Elderfield Nurseries', 'elderfieldnurseries.co.uk', '/contact'))
def html_entities(c):
    ps = c.people(5)
    out = ''
    for k, p in enumerate(ps):
        nm = ''.join('&%s;' % html.entities.codepoint2name[ord(ch)] if ord(ch) in html.entities.codepoint2name and ord(ch) > 127 else e(ch) for ch in p.name)
        tt = ''.join('&%s;' % html.entities.codepoint2name[ord(ch)] if ord(ch) in html.entities.codepoint2name and ord(ch) > 127 else e(ch) for ch in p.title)
        enc = [hexent, decent, lambda s: mixent(s, c.rng)][k % 3]
        at = p.email.replace('@', '&#64;').replace('.', '&#46;') if k == 4 else enc(p.email)
        out += '<div class="contact"><h4>%s</h4><p class="fonction">%s</p><p><a href="%s">%s</a></p></div>\n' % (nm, tt, ('&#109;&#97;&#105;&#108;&#116;&#111;&#58;' if k % 2 else 'mailto:') + at, at)
        c.add(p)
    c.note = 'names with named entities, addresses in hex/decimal entities'
    return page(c, '<h1>%s</h1>%s%s' % (e(c.h()), out, c.decoy()), 'wp')

@layout(('en', 'Summit & Shore Travel', 'summitandshore.com', '/specialists'), ('es', 'Viajes Alborada', 'viajesalborada.com', '/asesores'))
def mailto_subject(c):
    ps = c.people(6)
    out = ''
    for k, p in enumerate(ps):
        sub = ('Enquiry%20from%20website' if c.v == 0 else 'Consulta%20desde%20la%20web') + ('&amp;body=Hello%20' + p.ga if k % 2 else '')
        txt = ('Email ' if c.v == 0 else 'Escribir a ') + e(p.given)
        out += '<div class="specialist"><div class="sp-photo"><img src="%s" alt="%s"></div><h3>%s</h3><p class="sp-title">%s</p><p class="sp-dest">%s</p><a class="btn" href="mailto:%s?subject=%s">%s</a></div>\n' % (p.img, e(p.name), e(p.name), e(p.title), ['Costa Rica', 'Sri Lanka', 'Saint Lucia', 'New Zealand', 'South Georgia', 'Santa Marta'][k], p.email, sub, txt)
        c.add(p)
    trips = ''.join('<li>%s</li>' % t for t in (['The Marco Polo Trail', 'Charles Darwin Galapagos Cruise', 'Victoria Falls Explorer'] if c.v == 0 else ['Ruta Marco Polo', 'Crucero Cristóbal Colón']))
    c.note = 'mailto with subject/body and "Email <given>" text; destinations and trips look like names'
    return page(c, '<h1>%s</h1><div class="grid">%s</div><h2>%s</h2><ul>%s</ul>%s' % (e(c.h()), out, 'Popular Trips' if c.v == 0 else 'Viajes Populares', trips, c.testimonial(1)), 'plain', mail='bookings' if c.v == 0 else 'reservas')

@layout(('en', 'Oakenshield Roofing', 'oakenshieldroofing.com', '/about-us'), ('it', 'Pastificio Serrano & Figli', 'pastificioserrano.it', '/chi-siamo'))
def shared_footer_mail(c):
    ps = c.people(6)
    out = ''
    for k, p in enumerate(ps):
        out += '<div class="tm-member uk-panel uk-text-center"><img class="uk-border-circle" src="%s" alt=""><h3 class="uk-h4">%s</h3><div class="uk-text-meta">%s</div></div>\n' % (p.img, e(p.name), e(p.title))
        c.add(p, email=False)
    c.note = 'titles but no personal address; info@ and sales@ in the footer belong to nobody'
    fe = '<p>%s · %s</p>' % (c.mailto(c.other('sales' if c.v == 0 else 'ordini')), c.mailto(c.other('jobs' if c.v == 0 else 'lavoro')))
    return page(c, '<h1>%s</h1><p>%s</p><div class="uk-grid">%s</div>' % (e(c.h()), e(c.intro(2)), out), 'plain', footer_extra=fe)

@layout(('en', 'Harborlight Physio', 'harborlightphysio.com', '/our-team'), ('en', 'Thistlewood Accountancy', 'thistlewood-accountancy.co.uk', '/people'))
def jsonld_person(c):
    ps = [c.person(title=t) for t in (('Clinic Director', 'Senior Physiotherapist', 'Physiotherapist', 'Sports Massage Therapist', 'Reception Manager') if c.v == 0 else ('Managing Partner', 'Tax Partner', 'Audit Senior', 'Payroll Bureau Manager', 'Trainee Accountant'))]
    out = ''; ld = []
    for k, p in enumerate(ps):
        out += '<section class="bio"><h2>%s</h2><p class="position">%s</p><p>%s</p><p>%s</p></section>\n' % (e(p.name), e(p.title), e(p.bio), c.mailto(p.email))
        ld.append({'@type': 'Person', 'name': p.name, 'jobTitle': p.title, 'email': ('mailto:' if c.v else '') + p.email, 'worksFor': {'@type': 'Organization', 'name': c.company}})
        c.add(p)
    graph = {'@context': 'https://schema.org', '@graph': [{'@type': 'Organization', 'name': c.company, 'url': 'https://' + c.domain, 'email': c.other('info')}] + ld}
    if c.v == 0:
        graph['@graph'].append({'@type': 'Review', 'author': {'@type': 'Person', 'name': c.name().name}, 'reviewRating': {'@type': 'Rating', 'ratingValue': 5}, 'reviewBody': 'Fixed my back in three visits.'})
    c.note = 'visible biographies repeated in JSON-LD' + ('; a Review author in JSON-LD is a customer' if c.v == 0 else '')
    return page(c, '<h1>%s</h1>%s' % (e(c.h()), out), 'plain', head='<script type="application/ld+json">%s</script>' % json.dumps(graph, ensure_ascii=False, indent=1))

# ==========================================================================
# Layouts 41-60
# ==========================================================================
@layout(('nl', 'Veldhuis Tuinmachines', 'veldhuis-tuinmachines.nl', '/contact/medewerkers'), ('en', 'Larchmont String Academy', 'larchmontstrings.org', '/faculty'))
def microdata_person(c):
    if c.v == 0: ps = c.people(6)
    else: ps = [c.person(title=t) for t in ('Artistic Director', 'Violin Instructor', 'Cello Instructor', 'Chamber Music Coach', 'Registrar')]
    out = ''
    for k, p in enumerate(ps):
        out += '<div itemscope itemtype="https://schema.org/Person" class="medewerker"><img itemprop="image" src="%s" alt=""><span itemprop="name">%s</span><br><span itemprop="jobTitle">%s</span><br>%s<span itemprop="telephone">%s</span><meta itemprop="worksFor" content="%s"></div>\n' % (p.img, e(p.name), e(p.title), '<a itemprop="email" href="mailto:%s">%s</a><br>' % (p.email, e(p.email)) if k != 2 else '', p.phone, e(c.company))
        c.add(p, email=k != 2)
    extra = c.decoy() if c.v == 0 else '<section><h2>Upcoming Recitals</h2><ul><li>Johann Sebastian Bach: Six Suites</li><li>Clara Schumann: Three Romances</li></ul></section>'
    c.note = 'schema.org microdata' + ('' if c.v == 0 else '; composers in the concert list')
    return page(c, '<h1>%s</h1>%s%s' % ('Onze medewerkers' if c.v == 0 else 'Our Faculty', out, extra), 'plain')

@layout(('en', 'Gullwing Aerial Surveys', 'gullwingsurveys.com', '/contacts'), ('de', 'Steuerkanzlei Nordwall', 'steuerkanzlei-nordwall.de', '/kanzlei/team'))
def hcard(c):
    ps = c.people(5) if c.v == 0 else [c.person(title=t) for t in (('Steuerberater', 'Steuerberaterin'), ('Wirtschaftsprüfer', 'Wirtschaftsprüferin'), ('Steuerfachangestellter', 'Steuerfachangestellte'), ('Bilanzbuchhalter', 'Bilanzbuchhalterin'), 'Sekretariat')]
    out = ''
    for k, p in enumerate(ps):
        if c.v == 0:
            g, f = p.name.rsplit(' ', 1)
            out += '<div class="vcard h-card"><span class="fn p-name"><span class="given-name p-given-name">%s</span> <span class="family-name p-family-name">%s</span></span><div class="title p-job-title">%s</div><div class="org">%s</div><a class="email u-email" href="mailto:%s">%s</a><div class="tel p-tel">%s</div></div>\n' % (e(g), e(f), e(p.title), e(c.company), p.email, e(p.email), p.phone)
        else:
            h = ['Dr.', 'Dipl.-Kfm.', '', 'Dipl.-Betriebsw. (FH)', ''][k]
            out += '<article class="vcard"><h3>%s<span class="fn">%s</span></h3><p class="role">%s</p><p><a class="email" href="mailto:%s">%s</a></p><p><a href="/vcf/%s.vcf">vCard herunterladen</a></p></article>\n' % ('<span class="honorific-prefix">%s</span> ' % h if h else '', e(p.name), e(p.title), p.email, e(p.email), p.slug)
        c.add(p)
    c.note = 'hCard; ' + ('given and family name in separate spans, org repeated' if c.v == 0 else 'honorific-prefix before fn')
    return page(c, '<h1>%s</h1>%s' % (e(c.h()), out), 'plain', form=True)

@layout(('en', 'Portwell Instruments', 'portwellinstruments.co.uk', '/about'), ('es', 'Aceites Sierra Umbría', 'aceitessierraumbria.es', '/quienes-somos'))
def prose_led_by(c):
    if c.v == 0:
        a = c.person(title='Chief Executive Officer'); b = c.person(title='', style='first.last'); d = c.person(title='Chief Engineer'); f = c.person(title='Finance Director'); g = c.person(title='Office Manager')
        sup = c.name('m')
        main = ('<h1>About Portwell Instruments</h1><p>Portwell Instruments was established in 2009 in Great Yarmouth and today employs 85 people. Our team is led by %s, Chief Executive Officer, and %s, who heads sales. You can write to %s directly at %s.</p><p>On the technical side, %s is our Chief Engineer, while %s keeps the books in order as Finance Director. Most visitors first meet our Office Manager, %s, who can be reached at %s.</p><h2>How We Work</h2><p>Our calibration bench goes back to a design by the late Sir %s, and our Isaac Newton workshop is open to apprentices. Big Ben Group and Saint James Hospital are among our clients.</p>'
                % (e(a.name), e(b.name), e(b.given), c.mailto(b.email), e(d.name), e(f.name), e(g.name), c.mailto(g.email), e(sup.name)))
        c.add(a, email=False); c.add(b, title=False); c.add(d, email=False); c.add(f, email=False); c.add(g)
        c.note = 'prose only: "led by X, CEO, and Y, who heads sales" (Y has no noun title: null; "heads sales" would be acceptable); a late engineer is an outsider'
        return page(c, main, 'plain', title='About | Portwell Instruments')
    a = c.person(title='directora general', sex='f'); b = c.person(title='director comercial', sex='m'); d = c.person(title='responsable de exportación', sex='f'); ab = c.name('m')
    main = ('<h1>Quiénes somos</h1><p>Nuestra almazara nació en 1921 de la mano de %s, bisabuelo de la familia, y hoy produce aceite en tres fincas: Santa Olalla, Los Pedroches y Torre del Campo.</p><p>Al frente del equipo está %s, directora general, acompañada por %s, director comercial. Para pedidos desde el extranjero, escriba a %s, responsable de exportación (%s).</p><h2>Nuestros Aceites</h2><ul><li>Doña Leonor Picual</li><li>Don Rodrigo Arbequina</li></ul>'
            % (e(ab.name), e(a.name), e(b.name), e(d.name), c.mailto(d.email)))
    c.add(a, email=False); c.add(b, email=False); c.add(d)
    c.note = 'Spanish prose; founder of 1921 is historical; oils named like persons'
    return page(c, main, 'plain', title='Quiénes somos')

@layout(('de', 'Hagedorn Schlosserei & Metallbau', 'hagedorn-metallbau.de', '/firma/geschichte'), ('en', 'Wetherby Clockworks', 'wetherbyclockworks.co.uk', '/our-story'))
def company_history(c):
    if c.v == 0:
        a = c.person(title='Geschäftsführerin', sex='f'); b = c.person(title='Betriebsleiter', sex='m')
        tl = [('1898', 'Der Schlossermeister Friedrich Wilhelm Hagedorn gründet eine Werkstatt in der Gerbergasse.'), ('1931', 'Sohn Otto Hagedorn übernimmt den Betrieb und baut die erste Halle.'), ('1964', 'Nach dem Tod des Vaters führt Hermann Hagedorn das Unternehmen weiter.'), ('1997', 'Bezug des Neubaus im Gewerbepark Sankt Florian. Hermann Hagedorn geht in den Ruhestand und stirbt 2003.'), ('2016', '%s (Geschäftsführerin) und %s (Betriebsleiter) übernehmen die Leitung und führen das Unternehmen bis heute.' % (e(a.name), e(b.name)))]
        c.note = 'timeline: deceased founders and predecessors are not to be reported, two present leaders are'
    else:
        a = c.person(title='Managing Director'); b = c.person(title='Workshop Manager')
        tl = [('1847', 'Ebenezer Wetherby opens a clock shop on Friargate.'), ('1902', 'Josiah Wetherby builds the town hall clock for Lord Mayor Albert Finch.'), ('1951', 'The Festival Clock is shown to King George VI. Constance Wetherby, the last of the family, dies in 1988.'), ('Today', 'The business is run by %s, Managing Director. The workshop is in the hands of %s, Workshop Manager.' % (e(a.name), e(b.name)))]
        c.note = 'company history: Victorians, a mayor and a king are not company people; two present people'
    c.add(a, email=False); c.add(b, email=False)
    out = ''.join('<li class="timeline-item"><span class="year">%s</span><p>%s</p></li>\n' % x for x in tl)
    return page(c, '<h1>%s</h1><ul class="timeline">%s</ul>' % ('Unsere Geschichte' if c.v == 0 else 'Our Story', out), 'wp', title='Geschichte' if c.v == 0 else 'Our Story')

@layout(('de', 'Rottweger Kompressoren GmbH', 'rottweger-kompressoren.de', '/vertrieb/aussendienst'), ('pl', 'Agrolinia Pasze', 'agrolinia-pasze.pl', '/kontakt/przedstawiciele'))
def regional_sales(c):
    if c.v == 0: regs = [('PLZ 0, 1', 'Sachsen, Berlin'), ('PLZ 2', 'Hamburg, Schleswig-Holstein'), ('PLZ 3, 4', 'Hannover, Ruhrgebiet'), ('PLZ 5, 6', 'Rheinland, Saarland'), ('PLZ 7', 'Baden-Württemberg'), ('PLZ 8, 9', 'Bayern')]; t = ('Gebietsverkaufsleiter', 'Gebietsverkaufsleiterin')
    else: regs = [('Region 1', 'mazowieckie, podlaskie'), ('Region 2', 'wielkopolskie, lubuskie'), ('Region 3', 'małopolskie, śląskie'), ('Region 4', 'pomorskie, warmińsko-mazurskie')]; t = 'Przedstawiciel regionalny'
    out = ''
    if c.v: c.maildomain = 'agrolinia.com.pl'
    for k, (z, r) in enumerate(regs):
        p = c.person(title=t)
        out += '<div class="vertreter" data-plz="%s"><h3>%s <small>%s</small></h3><p class="vertreter-name">%s</p><p class="vertreter-funktion">%s</p><ul><li>%s: %s</li><li>%s</li></ul></div>\n' % (e(z), e(z), e(r), e(p.name), e(p.title), 'Tel. kom.' if c.v else 'Mobil', p.phone, c.mailto(p.email))
        c.add(p)
    c.note = 'field sales by postal region; region names in headings above each person' + ('; personal addresses at a sister domain' if c.v else '')
    return page(c, '<h1>%s</h1><form><input type="text" placeholder="%s"></form>%s' % ('Ihr Ansprechpartner vor Ort' if c.v == 0 else 'Przedstawiciele regionalni', 'PLZ' if c.v == 0 else 'Kod pocztowy', out), 'typo3' if c.v == 0 else 'wp')

@layout(('de', 'Polsterwerk Edelbach', 'polsterwerk-edelbach.de', '/sofas/serie'), ('en', 'Kelham Lighting', 'kelhamlighting.co.uk', '/products/pendants'))
def product_page_contact(c):
    if c.v == 0:
        p = c.person(title=('Einrichtungsberater', 'Einrichtungsberaterin'), sex='f')
        prods = ['Sofa Emma Grande', 'Sessel Oskar Lounge', 'Hocker Paula', 'Ecksofa Clara Winter Edition', 'Schlafsofa Anton Berger']
        des = c.name().name
        box = '<aside class="kontaktbox"><h4>Fragen zum Produkt?</h4><img src="/img/k.jpg" alt=""><p><strong>%s</strong><br>%s<br>%s<br>%s</p></aside>' % (e(p.name), e(p.title), p.phone, c.mailto(p.email))
        txt = 'Entworfen vom freien Designer %s aus Kopenhagen.' % e(des)
        h = 'Sofas & Sessel'; price = ' €'
    else:
        p = c.person(title='Trade Account Manager')
        prods = ['Edison Junior Pendant', 'Victoria Brass', 'Albert Hall Chandelier', 'Daisy May Table Lamp', 'Oliver Stone Grey']
        des = c.name().name
        box = '<aside class="contact-box"><h4>Your Contact For Trade Orders</h4><div class="contact-box__name">%s</div><div class="contact-box__job">%s</div><div>%s</div><div><a href="mailto:%s">%s</a></div></aside>' % (e(p.name), p.title, p.phone, p.email, e(p.email))
        txt = 'Photographed by freelance photographer %s.' % e(des)
        h = 'Pendants & Table Lamps'; price = ' £'
    out = ''.join('<article class="product"><img src="/p/%d.jpg" alt="%s"><h3>%s</h3><span class="price">%d%s</span></article>\n' % (k, e(x), e(x), 199 + 120 * k, price) for k, x in enumerate(prods))
    c.add(p)
    c.note = 'product page with one contact box; product names like persons; freelance designer/photographer is an outsider'
    return page(c, '<h1>%s</h1><div class="products">%s</div><p>%s</p>%s' % (e(h), out, txt, box), 'plain', title=h.replace('&', 'und' if c.v == 0 else 'and') + ' | ' + c.company)

@layout(('en', 'Riverbend Food Bank', 'riverbendfoodbank.org', '/about/staff-and-board'), ('en', 'Open Shelf Literacy Trust', 'openshelftrust.org.uk', '/people'))
def nonprofit(c):
    staff = ['Executive Director', 'Development Director', 'Program Manager', 'Warehouse Coordinator', 'Volunteer Coordinator'] if c.v == 0 else ['Chief Executive', 'Head of Fundraising', 'Schools Officer']
    board = ['Board Chair', 'Treasurer', 'Secretary', 'Board Member', 'Board Member'] if c.v == 0 else ['Chair of Trustees', 'Honorary Treasurer', 'Trustee', 'Trustee']
    a = b = ''
    for t in staff:
        p = c.person(title=t)
        a += '<p><strong>%s</strong>, %s%s</p>\n' % (e(p.name), t, ' – ' + c.mailto(p.email)); c.add(p)
    for t in board:
        p = c.person(title=t)
        b += '<li>%s, %s</li>\n' % (e(p.name), t); c.add(p, email=False)
    donors = ''.join('<li>%s</li>' % e(c.name().name) for _ in range(6)) + '<li>Oakmont Clinics</li><li>In memory of %s</li>' % e(c.name().name)
    c.note = 'staff and board lists; donors list of persons must not be reported'
    return page(c, '<h1>%s</h1><h2>Staff</h2>%s<h2>%s</h2><ul>%s</ul><h2>Thank You To Our 2024 Donors</h2><ul class="donors">%s</ul>' % ('Staff And Board' if c.v == 0 else 'Our People', a, 'Board of Directors' if c.v == 0 else 'Trustees', b, donors), 'wp', mail='hello')

@layout(('ja', '株式会社東雲精工', 'shinonome-seiko.co.jp', '/company/profile'), ('ja', 'あおば物流株式会社', 'aoba-butsuryu.co.jp', '/company/officers'))
def jp_company_profile(c):
    if c.v == 0:
        a = c.person(title='代表取締役社長'); b = c.person(title='専務取締役'); d = c.person(title='取締役工場長'); f = c.person(title='監査役')
        rows = [('会社名', '株式会社東雲精工'), ('設立', '1968年4月'), ('資本金', '5,000万円'), ('代表者', '代表取締役社長 %s' % a.name), ('役員', '専務取締役 %s<br>取締役工場長 %s<br>監査役 %s' % (b.name, d.name, f.name)), ('従業員数', '124名'), ('所在地', '〒144-0045 東京都大田区南六郷1-2-3'), ('主要取引先', '北斗食品株式会社、中村商事株式会社'), ('取引銀行', 'みなみ銀行 蒲田支店')]
        main = '<h1>会社概要</h1><table class="company-table"><tbody>%s</tbody></table>' % ''.join('<tr><th>%s</th><td>%s</td></tr>' % x for x in rows)
        for p in (a, b, d, f): c.add(p, email=False)
        c.note = '会社概要 table: title and name in one cell, several officers in one cell; customers are companies'
        return page(c, main, 'plain', title='会社概要 | 株式会社東雲精工')
    tt = ['代表取締役会長', '代表取締役社長', '常務取締役', '取締役', '社外取締役', '常勤監査役']
    out = ''
    for t in tt:
        p = c.person(title=t); out += '<li><span class="yakushoku">%s</span><span class="shimei">%s</span></li>\n' % (t, p.name); c.add(p, email=False)
    c.note = 'officer list: title span before name span'
    return page(c, '<h1>役員一覧</h1><p>(2024年6月25日現在)</p><ul class="officers">%s</ul>%s' % (out, c.decoy()), 'wp', title='役員一覧 | あおば物流株式会社')

@layout(('zh', '苏州恒川智能装备有限公司', 'hengchuan-smart.cn', '/about/team'), ('zh', '深圳市蓝岬科技股份有限公司', 'lanjiatech.com.cn', '/about/management'))
def cn_management(c):
    ps = c.people(5 + c.v)
    out = ''
    for k, p in enumerate(ps):
        if c.v == 0: out += '<div class="team-box clearfix"><div class="pic"><img src="/upload/image/%d.jpg" alt=""></div><div class="txt"><div class="name">%s</div><div class="zw">%s</div><div class="con">%s</div></div></div>\n' % (k, p.name, p.title, p.bio)
        else: out += '<dl class="leader"><dt>%s<em>%s</em></dt><dd><p>%s</p>%s</dd></dl>\n' % (p.name, p.title, p.bio, '<p>邮箱:%s</p>' % p.email if k < 2 else '')
        c.add(p, email=c.v == 1 and k < 2)
    c.note = 'Chinese management page; names without spaces' + ('; title in em directly after the name' if c.v else '')
    return page(c, '<div class="sub-banner"><h2>管理团队</h2></div><div class="wrap">%s</div>%s' % (out, c.decoy()), 'plain')

@layout(('ko', '한결소프트', 'hangyeolsoft.co.kr', '/about/greeting'), ('en', 'Palisade Home Care', 'palisadehomecare.com', '/about/message'))
def ceo_greeting(c):
    if c.v == 0:
        a = c.person(title='대표이사')
        main = '<h2>대표이사 인사말</h2><div class="greeting"><p>안녕하십니까. 한결소프트 홈페이지를 찾아 주셔서 감사합니다.</p><p>저희는 2009년 창립 이래 고객과 함께 성장해 왔으며, 세종대왕의 한글 창제 정신을 이어받아 누구나 쉽게 쓰는 소프트웨어를 만들고자 합니다.</p><p>감사합니다.</p><p class="sign">한결소프트 대표이사 <strong>%s</strong></p></div>' % a.name
        c.add(a, email=False)
        c.note = 'greeting signed by the CEO, repeated in the legal footer line; a historical king in the text'
        return page(c, main, 'plain', title='인사말 | 한결소프트', footer_extra='<p>상호: 한결소프트 | 대표이사: %s | 사업자등록번호: 214-87-0%d</p>' % (a.name, c.rng.randint(1000, 9999)))
    a = c.person(title='President', sex='f')
    main = '<h1>A Message From Our President</h1><div class="letter"><p>Dear Families,</p><p>When my grandmother needed help at home, we learned how hard it is to find someone you trust. That is why Palisade was founded.</p><p>As Eleanor Roosevelt put it, the future belongs to those who believe in the beauty of their dreams.</p><p>Warmly,</p><p class="signature"><img src="/img/signature.png" alt="Signature"></p><p>%s<br>President</p><p>%s</p></div>' % (e(a.name), c.mailto(a.email))
    c.add(a)
    c.note = 'signed letter; a quotation of a historical person'
    return page(c, main, 'wp', title='A Message From Our President')

@layout(('ru', 'АО «Уралтехмонтаж»', 'uraltehmontazh.ru', '/o-kompanii/rukovodstvo'), ('cs', 'Pivovar Radhošťská Brána a.s.', 'pivovar-brana.cz', '/o-nas/vedeni'))
def management_board_east(c):
    out = ''
    if c.v == 0:
        for k in range(6):
            p = c.person(patron=True)
            has = k > 2
            out += '<div class="rukovod-item"><div class="rukovod-item__photo"><img src="/upload/iblock/%s.jpg" alt="%s" title="%s"></div><div class="rukovod-item__info"><div class="rukovod-item__name">%s</div><div class="rukovod-item__post">%s</div><div class="rukovod-item__phone">%s</div>%s</div></div>\n' % (c.hexid(10), p.name, p.name, p.name, p.title, p.phone, c.mailto(p.email) if has else '')
            c.add(p, email=has)
        c.note = 'family name, given name, patronymic'
        return page(c, '<h1>Руководство</h1>%s<p>Офис расположен на площади Петра Чайковского.</p>' % out, 'plain')
    a = ''
    for t in (('Předseda představenstva', 'Předsedkyně představenstva'), ('Místopředseda představenstva', 'Místopředsedkyně představenstva'), ('Člen představenstva', 'Členka představenstva')):
        p = c.person(title=t); a += '<tr><th scope="row">%s</th><td>%s</td></tr>' % (p.title, p.name); c.add(p, email=False)
    b = ''
    for t in (('Předseda dozorčí rady', 'Předsedkyně dozorčí rady'), ('Člen dozorčí rady', 'Členka dozorčí rady')):
        p = c.person(title=t); b += '<tr><th scope="row">%s</th><td>Ing. %s</td></tr>' % (p.title, p.name); c.add(p, email=False)
    sl = c.person(title=('Vrchní sládek', 'Vrchní sládek'), sex='m'); c.add(sl)
    c.note = 'two-column tables (office, name); brewer in prose with mail; a beer named after a person'
    return page(c, '<h1>Vedení společnosti</h1><h2>Představenstvo</h2><table>%s</table><h2>Dozorčí rada</h2><table>%s</table><h2>Pivovar</h2><p>Vrchní sládek: %s, %s</p><p>Naše piva: Kníže Oldřich 12°, Zbojník Ondráš 11°.</p>' % (a, b, sl.name, c.mailto(sl.email)), 'wp')

@layout(('en', 'Silver Larch Realty', 'silverlarchrealty.com', '/agents'), ('pt', 'Imobiliária Casa Miradouro', 'casamiradouro.pt', '/consultores'))
def realestate_agents(c):
    out = ''
    tt = ['Principal Broker', 'Realtor', 'Realtor', 'Buyer Specialist', 'Listing Coordinator'] if c.v == 0 else [('Diretor de agência', 'Diretora de agência'), ('Consultor imobiliário', 'Consultora imobiliária'), ('Consultor imobiliário', 'Consultora imobiliária'), 'Apoio processual']
    if c.v == 0: c.maildomain = 'slrealty.com'
    for k, t in enumerate(tt):
        p = c.person(title=t)
        out += '<div class="rh-agent-card" data-agent-id="%d"><figure><a href="/agent/%s"><img src="%s" alt="%s"></a></figure><h3><a href="/agent/%s">%s</a></h3><span class="designation">%s</span> <span class="license">%s %d</span><p class="rh-agent-card__mail"><i class="fa fa-envelope"></i>%s</p><p class="listed">%d %s</p></div>\n' % (900 + k, p.slug, p.img, e(p.name), p.slug, e(p.name), e(p.title), 'License No.' if c.v == 0 else 'AMI', c.rng.randint(10000, 99999), c.mailto(p.email), c.rng.randint(2, 19), 'Listed Properties' if c.v == 0 else 'Imóveis')
        c.add(p)
    lst = ''.join('<article class="listing"><h4>%s</h4><p>%s</p></article>' % x for x in ([('Martin Luther Court 4B', 'Two bedrooms in Saint Paul Heights'), ('The Josephine', 'Loft in Old Mill District'), ('Rosa Parks Plaza', 'Corner retail unit')] if c.v == 0 else [('Apartamento T3 Almeida Garrett', 'São Pedro de Moel'), ('Moradia Quinta Dona Amélia', 'Santa Maria da Feira')]))
    c.note = 'agent cards with licence numbers; property names like persons' + ('; mail addresses at another domain than the site' if c.v == 0 else '')
    return page(c, '<h1>%s</h1>%s<h2>%s</h2>%s' % ('Our Agents' if c.v == 0 else 'Os nossos consultores', out, 'Featured Listings' if c.v == 0 else 'Imóveis em Destaque', lst), 'wp')

@layout(('de', 'Lindwurm Logistik SE', 'lindwurm-logistik.de', '/karriere/disponent'), ('nl', 'Zorggroep De Wilgen', 'zorggroepdewilgen.nl', '/vacatures/verpleegkundige'))
def job_advert(c):
    if c.v == 0:
        p = c.person(title=('Personalreferent', 'Personalreferentin'), sex='f')
        main = ('<article class="stellenanzeige"><h1>Disponent (m/w/d) Nahverkehr</h1><p class="ort">Standort Bad Oldesloe · Vollzeit · ab sofort</p><h2>Ihre Aufgaben</h2><ul><li>Planung der Touren</li><li>Enge Zusammenarbeit mit dem Leiter Fuhrpark</li></ul><h2>Ihr Profil</h2><ul><li>Ausbildung als Speditionskaufmann (m/w/d)</li></ul><h2>Wir bieten</h2><ul><li>30 Tage Urlaub</li></ul>'
                '<div class="ansprechpartner"><h3>Ihre Ansprechpartnerin</h3><p>Frau %s<br>%s<br>Telefon %s<br>%s</p></div><p>Bewerbungen bitte an %s</p></article>' % (e(p.name), p.title, p.phone, c.mailto(p.email), c.mailto(c.other('bewerbung'))))
        ttl = 'Disponent (m/w/d)'
    else:
        p = c.person(title='Recruiter'); q = c.person(title='Teamleider')
        main = ('<article class="vacature"><h1>Verpleegkundige niveau 4</h1><p>Locatie Sint Maartensdijk, 24 tot 32 uur per week</p><h2>Wat ga je doen?</h2><p>Je werkt samen met een arts, een fysiotherapeut en een teamleider.</p><h2>Vragen?</h2><p>Over de functie: %s, Teamleider, telefoon %s.</p><p>Over de procedure: %s, Recruiter, %s.</p><p>Solliciteren kan via %s.</p></article>' % (e(q.name), c.phone(), e(p.name), c.mailto(p.email), c.mailto(c.other('vacatures'))))
        c.add(q, email=False)
        ttl = 'Verpleegkundige'
    c.add(p)
    c.note = 'job advert: title of the vacancy is nobody\'s title; contact persons at the end; application mailbox is not personal'
    return page(c, main, 'plain', title=ttl + ' | ' + c.company)

@layout(('it', 'Albergo Corte San Lorenzo', 'cortesanlorenzo.it', '/la-nostra-casa'), ('fr', 'Domaine de la Tour Sainte-Anne', 'tour-sainte-anne.fr', '/le-domaine'))
def hospitality_story(c):
    if c.v == 0:
        a = c.person(title='Executive Chef'); b = c.person(title='direttrice', sex='f'); d = c.person(title='Maître di sala'); n = c.name('f')
        main = ('<h1>La Nostra Casa</h1><p>Tutto cominciò nel 1936, quando nonna %s aprì una locanda con quattro camere. Oggi l\'albergo è guidato da %s, direttrice, che vi accoglie alla reception (%s).</p><h2>In Cucina</h2><p><strong>%s</strong><br>Executive Chef</p><h2>In Sala</h2><p><strong>%s</strong><br>Maître di sala</p><h2>Le Camere</h2><ul><li>Suite Caterina Sforza</li><li>Camera Marco Polo</li></ul>'
                % (e(n.name), e(b.name), c.mailto(b.email), e(a.name), e(d.name)))
        c.add(b); c.add(a, email=False); c.add(d, email=False)
        c.note = 'hotel story: grandmother of 1936 is historical; suites named after persons'
        return page(c, main, 'wp', title='La nostra casa | Albergo Corte San Lorenzo')
    a = c.person(title='vigneronne', sex='f'); b = c.person(title='Maître de chai'); d = c.person(title='Accueil et dégustations'); n = c.name('m')
    main = ('<h1>Le Domaine</h1><p>Acheté en 1874 par le négociant %s, le domaine est aujourd\'hui conduit par %s, vigneronne.</p><div class="equipe"><div><h3>%s</h3><p>Maître de chai</p></div><div><h3>%s</h3><p>Accueil et dégustations</p><p>%s</p></div></div><h2>Nos Cuvées</h2><ul><li>Cuvée Jeanne d\'Arc</li><li>Clos Saint-Michel</li><li>Cuvée Père Anselme</li></ul>'
            % (e(n.name), e(a.name), e(b.name), e(d.name), c.mailto(d.email)))
    c.add(a, email=False); c.add(b, email=False); c.add(d)
    c.note = 'wine estate: merchant of 1874 is historical; wines named like persons'
    return page(c, main, 'wp', title='Le domaine', mail='contact')

@layout(('en', 'Studio Aldergate', 'studioaldergate.com', '/office'), ('sv', 'Arkitektkontoret Ljusgård', 'ljusgard.se', '/kontoret'))
def text_only_list(c):
    tt = ['Founding Partner', 'Founding Partner', 'Associate', 'Architect', 'Architect', 'Interior Designer', 'Model Maker', 'Bookkeeper'] if c.v == 0 else ['Delägare', 'Delägare', 'Arkitekt', 'Arkitekt', 'Landskapsarkitekt', 'Byggnadsingenjör', 'Kontorsansvarig']
    lines = []
    for k, t in enumerate(tt):
        p = c.person(title=t)
        has = c.v == 1
        lines.append('%s, %s%s' % (e(p.name), t, ', ' + c.mailto(p.email) if has else '')); c.add(p, email=has)
    awards = '<p>Henrik Aalbers Prize, shortlist 2022<br>Cecil Thornton Medal 2019</p>' if c.v == 0 else '<p>Helge Stensson-priset 2021</p>'
    proj = '<p>Villa Margarethe, Saint Ives<br>Joseph Paxton Library, Derby</p>' if c.v == 0 else '<p>Villa Karlsson Höjden<br>Sankt Görans skola</p>'
    c.note = 'one paragraph, br-separated "Name, Title" lines; prizes and projects named like persons'
    return page(c, '<h1>%s</h1><p>%s</p><h3>%s</h3>%s<h3>%s</h3>%s' % ('Office' if c.v == 0 else 'Kontoret', '<br>\n'.join(lines), 'Awards' if c.v == 0 else 'Utmärkelser', awards, 'Selected Projects' if c.v == 0 else 'Projekt i urval', proj), 'plain')

@layout(('en', 'Tamarack Outdoor Gear', 'tamarackoutdoor.com', '/awards'), ('pl', 'Drukarnia Jaskółka', 'drukarnia-jaskolka.pl', '/nagrody'))
def awards_page(c):
    if c.v == 0:
        j = c.name()
        main = ('<h1>Awards & Recognition</h1><ul class="awards"><li><h3>Edmund Hillary Innovation Prize 2023</h3><p>For the Tamarack Ridge Tent. Past laureates include Reinhold Berger and Junko Hayashi.</p></li><li><h3>Best Family Tent, Trail & Summit Magazine</h3><p>“A masterpiece,” wrote reviewer %s of Trail & Summit.</p></li><li><h3>Green Product Award</h3></li><li><h3>The John Muir Badge</h3><p>Named after the naturalist John Muir (1838–1914).</p></li></ul>' % e(j.name)).replace(' & ', ' &amp; ')
        c.note = 'awards page: laureates, a reviewer, a naturalist; no company people'
        return page(c, main, 'plain', title='Awards and Recognition | Tamarack Outdoor Gear')
    a = c.person(title='dyrektor marketingu', sex='f')
    main = ('<h1>Nagrody i wyróżnienia</h1><ul><li><h3>Nagroda im. Ignacego Łukasiewicza 2022</h3></li><li><h3>Medal Stanisława Moniuszki</h3></li><li><h3>Gazele Biznesu</h3></li></ul><p>„To zasługa całego zespołu” – mówi %s, dyrektor marketingu Drukarni Jaskółka.</p>' % e(a.name))
    c.add(a, email=False)
    c.note = 'awards named after historical persons; one quoted employee'
    return page(c, main, 'plain', title='Nagrody')

@layout(('en', 'Greywater Engineering', 'greywatereng.com', '/careers/our-stories'), ('en', 'Mistral Hotels Group', 'mistralhotelsgroup.com', '/careers'))
def employee_stories(c):
    tt = ['Field Engineer', 'Graduate Hydrologist', 'CAD Technician', 'Project Accountant'] if c.v == 0 else ['Guest Relations Manager', 'Pastry Chef', 'Revenue Analyst']
    qs = ['No two days are the same, and I have never stopped learning.', 'I started as an intern and was trusted with real projects from the first week.', 'The team celebrates every small win.', 'Flexible hours let me pick up my kids.']
    out = ''
    for k, t in enumerate(tt):
        p = c.person(title=t)
        out += '<blockquote class="employee-quote"><p>“%s”</p><cite><span class="cite-name">%s</span>, <span class="cite-role">%s</span></cite><p class="since">With us since %d</p></blockquote>\n' % (qs[k], e(p.name), t, 2012 + 2 * k)
        c.add(p, email=False)
    jobs = '<h2>Current Vacancies</h2><ul><li>Senior Hydrologist, Fort Collins</li><li>Drilling Supervisor, Santa Fe</li></ul>' if c.v == 0 else '<h2>Current Vacancies</h2><ul><li>Night Auditor, Saint Tropez</li><li>Head Barista, Palma</li></ul>'
    c.note = 'quotes by the company\'s own employees (to be reported), vacancies (not)'
    return page(c, '<h1>Careers At %s</h1><h2>Meet Our Employees</h2>%s%s<p>Questions? Write to %s.</p>' % (e(c.company), out, jobs, c.mailto(c.other('careers'))), 'plain', title='Careers | ' + c.company)

@layout(('en', 'Blackthorn Bearings', 'blackthornbearings.com', '/locations'), ('tr', 'Efes Makina Dış Ticaret', 'efesmakina.com.tr', '/subeler'))
def offices(c):
    locs = [('Leeds', 'Unit 4, Saint Paul Street, Leeds', 'leeds'), ('San Bernardino', '210 Cesar Chavez Drive, San Bernardino', 'sanbernardino'), ('Port Louis', '9 Sir William Newton Street, Port Louis', 'portlouis'), ('Johannesburg', '3 Nelson Mandela Square, Johannesburg', 'johannesburg')] if c.v == 0 else [('İzmir', 'Gazi Osman Paşa Bulvarı No: 12, İzmir', 'izmir'), ('Gaziantep', 'Fevzi Çakmak Caddesi No: 40, Gaziantep', 'gaziantep'), ('Hamburg', 'Ida-Ehre-Platz 5, Hamburg', 'hamburg')]
    t = ['Branch Manager', 'Country Manager'] if c.v == 0 else ['Şube Müdürü']
    out = ''
    for k, (n, a, m) in enumerate(locs):
        p = c.person(title=t[min(k // 2, len(t) - 1)])
        gen = c.mailto(c.other(m))
        if c.v == 0:
            out += '<div class="location"><h2>%s</h2><address>%s</address><p>General enquiries: %s</p><div class="loc-contact"><h5>%s</h5><p>%s</p></div></div>\n' % (n, a, gen, e(p.name), p.title); c.add(p, email=False)
        else:
            out += '<div class="sube"><h3>%s</h3><p>%s<br>Genel: %s</p><p><b>%s:</b> %s<br>%s</p></div>\n' % (n, a, gen, p.title, p.name, c.mailto(p.email)); c.add(p)
    c.note = 'branches with office mailbox (not personal), streets named after persons' + ('' if c.v == 0 else '; managers with own address')
    return page(c, '<h1>%s</h1><div class="locations">%s</div>' % ('Our Locations' if c.v == 0 else 'Şubelerimiz', out), 'plain')

@layout(('en', 'Cedarline Software', 'cedarline.io', '/events/summit'), ('en', 'Northlight Diagnostics', 'northlightdx.com', '/webinar'))
def event_speakers(c):
    mix = [('VP of Product', 1), ('Chief Information Officer', 0), ('Principal Engineer', 1), ('Director of IT', 0), ('Head of Data', 0)] if c.v == 0 else [('Chief Medical Officer', 1), ('Professor of Oncology', 0), ('Clinical Applications Specialist', 1)]
    ext = ['Fjordline Foods', 'Oakmont Clinics', 'Harrow Textiles'] if c.v == 0 else ['Saint Agnes University Hospital']
    out = ''; n = 0
    for t, own in mix:
        p = c.person(title=t)
        org = c.company if own else ext[n % len(ext)]
        n += 0 if own else 1
        out += '<div class="speaker"><img src="%s" alt="%s"><h3 class="speaker-name">%s</h3><p class="speaker-title">%s</p><p class="speaker-org">%s</p></div>\n' % (p.img, e(p.name), e(p.name), t, e(org))
        if own: c.add(p, email=False)
    host = ''
    if c.v == 1:
        h = c.person(title='Marketing Manager')
        host = '<p class="host">Questions about the webinar? Contact %s, Marketing Manager at Northlight Diagnostics: %s</p>' % (e(h.name), c.mailto(h.email)); c.add(h)
    c.note = 'speakers of several firms: only those of the own company count'
    return page(c, '<h1>%s</h1><p>%s</p><h2>Speakers</h2>%s%s<h2>Agenda</h2><ul><li>09:00 Opening Keynote</li><li>10:00 Coffee Break</li></ul>' % ((('Cedarline Summit 2025', 'October 8, Palace of Fine Arts, San Francisco') if c.v == 0 else ('Early Detection Webinar', 'Live on May 14')) + (out, host)), 'hubspot', title='Events | ' + c.company, mail='events')

@layout(('en', 'Juniper Mill Bakery Supplies', 'junipermill.com', '/magazine'), ('el', 'Ελιά & Θυμάρι', 'elia-thymari.gr', '/periodiko'))
def magazine_index(c):
    posts = [('Why Sourdough Needs Time', 'Food Writer at The Crumb Weekly'), ('The Return Of Emmer And Einkorn', 'Agronomist at Trinity Park University'), ('Ten Questions For Marie-Antoine Carême', 'Historian at the Culinary Institute of Lyon')] if c.v == 0 else [('Το Λάδι Στην Κουζίνα', 'δημοσιογράφος, Περιοδικό Γεύση'), ('Ο Ιπποκράτης Και Τα Βότανα', 'ιστορικός, Πανεπιστήμιο Ιωαννίνων')]
    out = ''
    for k, (t, r) in enumerate(posts):
        g = c.name()
        out += '<article class="post-card"><h2 class="entry-title"><a href="/magazine/%d">%s</a></h2><div class="entry-meta"><span class="byline">%s <span class="author vcard"><a class="url fn n" href="/author/%s">%s</a></span>, %s</span> <time>2023-0%d-12</time></div><p>%s</p></article>\n' % (k, e(t), 'Guest post by' if c.v == 0 else 'Γράφει για εμάς:', g.slug, e(g.name), e(r), k + 2, e(c.intro()))
    if c.v == 0:
        p = c.person(title='Magazine Editor')
        out += '<aside class="widget"><h3>Pitch A Story</h3><p>Our Magazine Editor %s at Juniper Mill looks forward to your ideas: %s</p></aside>' % (e(p.name), c.mailto(p.email)); c.add(p)
        c.note = 'magazine index: guest authors of other institutions; own editor in the side bar'
    else: c.note = 'Greek magazine index: guest authors only, no company people'
    return page(c, '<h1>%s</h1>%s' % ('Magazine' if c.v == 0 else 'Περιοδικό', out), 'wp', title='Magazine | ' + c.company if c.v == 0 else 'Περιοδικό | ' + c.company)

# ==========================================================================
def make(folder):
    out = os.path.join(folder, 'pages')
    os.makedirs(out, exist_ok=True)
    truth = {}
    assert len(LAYOUTS) == 60, len(LAYOUTS)
    n = 0
    for name, fn, variants in LAYOUTS:
        assert len(variants) == 2
        for v, (lang, company, domain, path) in enumerate(variants):
            n += 1
            c = Ctx(name, v, lang, company, domain, path)
            text = fn(c)
            f = '%03d.html' % n
            with open(os.path.join(out, f), 'w', encoding='utf-8') as fh: fh.write(text)
            truth[f] = {'url': c.url, 'domain': domain, 'people': c.truth, 'other_emails': c.others, 'note': '%s [%s]: %s' % (name, lang, c.note)}
    with open(os.path.join(folder, 'truth.json'), 'w', encoding='utf-8') as fh:
        json.dump(truth, fh, ensure_ascii=False, indent=1); fh.write('\n')
    print(n, 'pages,', sum(len(t['people']) for t in truth.values()), 'people')

if __name__ == '__main__':
    make(sys.argv[1])
