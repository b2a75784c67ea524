#!/usr/bin/env python3
"""Makes 162 more pages of companies in 81 layouts, by somebody who has not seen the others: pages/NNN.html and truth.json below a folder.

    python Benchmarks/people_pages_more.py FOLDER [--all]

The names, companies and domains are made up. The same pages come out every time.
"""
import html, json, os, random, re, sys, unicodedata
SEED = 20260611
R = random.Random(SEED)
J = "".join
def esc(s): return html.escape(s, quote=False)

NAMES = {
 'en': ("Graham|Dominic|Terrence|Owen|Marcus|Elliot|Nathaniel|Rohan|Declan|Kwame|Desmond|Theo|Callum|Vikram".split('|'),
        "Philippa|Bronwyn|Adaeze|Claire|Rosalind|Imogen|Priya|Harriet|Siobhán|Tamsin|Zoë|Renée|Mary-Kate|Leilani".split('|'),
        "Harlow|O’Keeffe|Whitcombe|Okonkwo|Dunmore|Castellane|St. Clair|MacAllister|Pemberton|Ashworth|Raghunathan|Lindqvist|Fairbrother|Hale|Van Buren|Delacroix-Hume|Nwosu|Brackenbury|Tolliver|Marsh".split('|')),
 'de': ("Jürgen|Matthias|Hans-Peter|Volker|Björn|Tobias|Ralf|Thorsten|Götz|Lukas|Karl-Heinz|Jörg".split('|'),
        "Annegret|Heike|Ursula|Käthe|Sabine|Marie-Luise|Franziska|Birgit|Anja|Gönül|Silke|Mareike".split('|'),
        "Brückner|von Hohenfels|Weißgerber|Schäfer-Lindt|Oberlechner|Kühnast|Dörfler|Niemöller|Kranz|Stolzenburg|zur Linden|Hübschmann|Pfaff|Rademacher|Zöllner|Vogt".split('|')),
 'fr': ("Étienne|Jean-Baptiste|Loïc|Thibault|Gaël|Rémi|François-Xavier|Hugues|Mathis|Yannick".split('|'),
        "Anne-Sophie|Hélène|Maëlle|Bénédicte|Solène|Océane|Françoise|Élodie|Capucine|Noémie".split('|'),
        "Lefèvre|de La Rochette|Garrigou|d’Aubigny|Boisvert|Le Goff|Perrault-Nadeau|Châtelain|Marchetti|Vasseur|Delaunoy|Quéméneur|Bourgeois|du Plessis".split('|')),
 'it': ("Gianluca|Niccolò|Alessio|Piergiorgio|Tommaso|Riccardo|Ettore|Giovanni Battista".split('|'),
        "Chiara|Maria Grazia|Ludovica|Ilaria|Benedetta|Fiorella|Noemi|Giuliana".split('|'),
        "Bevilacqua|De Santis|Dell’Orto|Pellegrinotti|Lo Presti|Caruggi|D’Ambrosio|Zanardelli|Fumagalli|Nicolò|Brambati|Della Valle".split('|')),
 'es': ("Íñigo|Joaquín|José Luis|Andrés|Álvaro|Ramón|Gonzalo|Martín".split('|'),
        "Begoña|María José|Lucía|Inés|Nuria|Mónica|Rocío|Ximena".split('|'),
        "Ibáñez Soler|de la Fuente|Peñalver|Núñez Cabrera|Aristegui|Güell|Zubizarreta|Montes de Oca|Carrasco Vidal|Ordóñez|Echevarría|Robledo".split('|')),
 'pl': ("Łukasz|Paweł|Grzegorz|Zbigniew|Bartłomiej|Michał|Jędrzej|Wojciech".split('|'),
        "Małgorzata|Agnieszka|Żaneta|Katarzyna|Elżbieta|Bożena|Joanna|Świętosława".split('|'),
        "Wróbel|Żurek|Dąbek|Nowicz|Szczepaniak|Gołąb|Krzemień|Mróz|Sienkiel|Pietrzak|Kozioł|Świątek".split('|')),
 'nl': ("Joost|Sjoerd|Willem-Jan|Ruben|Thijs|Maarten|Daniël|Bas".split('|'),
        "Annelies|Femke|Marijke|Lotte|Saskia|Noor|Renske|Anne-Fleur".split('|'),
        "van der Velden|de Graaf|van ’t Hoff|ter Braak|Hoekstra|van den Bosch|Brouwer-Smit|Dijkgraaf|Kuijpers|op den Kamp|Zijlstra|Vermeulen".split('|')),
 'sv': ("Göran|Åke|Jörgen|Mattias|Håkan|Lars-Erik|Pontus|Viktor".split('|'),
        "Åsa|Märta|Ann-Christin|Kajsa|Linnéa|Birgitta|Sofia|Elin".split('|'),
        "Sjöqvist|Öberg|Hällgren|Lindhé|af Sandeberg|Nordström|Björkegren|Wennerlund|Dahlgren|Ekström|Åkerblom|Palmér".split('|')),
 'da': ("Søren|Jørgen|Mads|Anders|Rasmus|Kåre|Troels|Bjarne".split('|'),
        "Mette|Søs|Karen-Margrethe|Rikke|Signe|Dorthe|Astrid|Line".split('|'),
        "Kjærgaard|Møller Holst|Østergaard|Bækgaard|Thygesen|Ravn|Skovlund|Brøndum|Lauritzen|Høgh".split('|')),
 'fi': ("Väinö|Jukka-Pekka|Antti|Mikko|Eero|Tuomas".split('|'), "Päivi|Aino|Marja-Leena|Sanna|Kirsi|Hilla".split('|'),
        "Hämäläinen|Rautakoski|Yli-Mattila|Mäkirinne|Saarenpää|Lehtovuori|Kettunen|Vuorela".split('|')),
 'cs': ("Jiří|Ondřej|Vojtěch|Zdeněk|Radek|Luboš|Tomáš|Přemysl".split('|'), "Šárka|Božena|Markéta|Zdeňka|Lenka|Jiřina|Kateřina|Alžběta".split('|'),
        "Dvořáček|Hruška|Křížek|Vávra|Šťastný|Beneš|Kučírek|Říha|Ježek|Smolík".split('|'),
        "Dvořáčková|Hrušková|Křížková|Vávrová|Šťastná|Benešová|Kučírková|Říhová|Ježková|Smolíková".split('|')),
 'tr': ("Çağrı|Oğuzhan|Şükrü|İbrahim|Barış|Tolga|Cem|Gökhan".split('|'), "Ayşegül|Şebnem|Gülçin|Pınar|Özge|Elif Nur|İrem|Nazlı".split('|'),
        "Yıldızoğlu|Çakır|Öztürkmen|Şahinkaya|Demirağ|Güneşli|Kılıçaslan|Tunçer|Erdoğmuş|Aksoylu".split('|')),
 'hu': ("Gergő|Zoltán|Ákos|Bálint|László|Győző".split('|'), "Zsófia|Eszter|Ágnes|Boglárka|Kinga|Réka".split('|'),
        "Szőke|Kővári|Nagyváthy|Bölcskei|Hegedűs|Török|Vízvári|Lőrincz".split('|')),
 'pt': ("João Pedro|Gonçalo|Tiago|Estêvão|Nuno|Luís".split('|'), "Conceição|Inês|Beatriz|Lurdes|Mariana|Joana".split('|'),
        "Magalhães|de Sá Pereira|Brandão|Falcão|dos Santos Leite|Gusmão|Vilhena|Araújo Couto".split('|')),
 'ru': ("Алексей:Alexey|Дмитрий:Dmitry|Сергей:Sergey|Пётр:Petr|Игорь:Igor|Артём:Artem".split('|'),
        "Наталья:Natalia|Ольга:Olga|Екатерина:Ekaterina|Юлия:Yulia|Марина:Marina|Светлана:Svetlana".split('|'),
        "Рябинин:Ryabinin|Кудряшов:Kudryashov|Лебедев:Lebedev|Щукин:Shchukin|Воронцов:Vorontsov|Журавлёв:Zhuravlev|Белов:Belov|Ермолаев:Ermolaev".split('|'),
        "Рябинина:Ryabinina|Кудряшова:Kudryashova|Лебедева:Lebedeva|Щукина:Shchukina|Воронцова:Vorontsova|Журавлёва:Zhuravleva|Белова:Belova|Ермолаева:Ermolaeva".split('|')),
 'ja': ("健一:kenichi|大輔:daisuke|誠:makoto|拓也:takuya|隆:takashi|浩二:koji".split('|'), "美咲:misaki|由美子:yumiko|さくら:sakura|恵:megumi|直子:naoko|彩香:ayaka".split('|'),
        "山本:yamamoto|小野寺:onodera|渡辺:watanabe|佐々木:sasaki|長谷川:hasegawa|森:mori|五十嵐:igarashi|中村:nakamura|藤井:fujii|高橋:takahashi".split('|')),
 'ko': ("민준:minjun|성호:sungho|재현:jaehyun|동욱:dongwook|태영:taeyoung".split('|'), "서연:seoyeon|지은:jieun|혜진:hyejin|수빈:subin|은정:eunjung".split('|'),
        "김:kim|이:lee|박:park|최:choi|정:jung|강:kang|윤:yoon|한:han".split('|')),
 'zh': ("志强:zhiqiang|建国:jianguo|伟:wei|浩然:haoran|俊杰:junjie".split('|'), "丽娟:lijuan|雪梅:xuemei|静:jing|晓燕:xiaoyan|慧敏:huimin".split('|'),
        "王:wang|李:li|陈:chen|刘:liu|赵:zhao|欧阳:ouyang|周:zhou|黄:huang|林:lin|徐:xu".split('|')),
}
# (male form/female form) or one form; first list: heads
TITLES = {
 'en': ("Chief Executive Officer|Founder & CEO|Managing Director|Co-Founder and CEO|President|Owner".split('|'),
        "Chief Financial Officer|Head of Sales & Marketing|VP Engineering|Operations Manager|Office Manager|Senior Account Executive|HR Business Partner|Creative Director|Lead Software Engineer|Customer Success Manager|Director of Product|Procurement Specialist|Quality Assurance Lead|Service Coordinator|Marketing Manager, EMEA|Supply Chain Planner|Executive Assistant to the CEO|Bookkeeper|Chief of Staff|Director, People & Culture|Solutions Architect|Warehouse Supervisor|UX Researcher|Business Development Representative".split('|')),
 'de': ("Geschäftsführer/Geschäftsführerin|Geschäftsführender Gesellschafter/Geschäftsführende Gesellschafterin|Inhaber/Inhaberin|Vorstandsvorsitzender/Vorstandsvorsitzende".split('|'),
        "Leiter Vertrieb/Leiterin Vertrieb|Vertriebsinnendienst|Prokurist/Prokuristin|Buchhaltung und Personal|Leitung Einkauf|Projektleiter/Projektleiterin|Kundenberater/Kundenberaterin|Assistenz der Geschäftsführung|Technischer Leiter/Technische Leiterin|Konstruktion & Entwicklung|Qualitätsmanagement|Werkstattmeister/Werkstattmeisterin|Marketing und Kommunikation|Auszubildender/Auszubildende|IT-Systemadministrator/IT-Systemadministratorin".split('|')),
 'fr': ("Président-directeur général/Présidente-directrice générale|Directeur général/Directrice générale|Gérant/Gérante|Fondateur/Fondatrice".split('|'),
        "Directeur commercial/Directrice commerciale|Responsable marketing|Responsable des ressources humaines|Chargé de clientèle/Chargée de clientèle|Assistant de direction/Assistante de direction|Chef de projet|Directeur technique/Directrice technique|Comptable|Ingénieur d’affaires/Ingénieure d’affaires|Responsable qualité, sécurité et environnement".split('|')),
 'it': ("Amministratore delegato/Amministratrice delegata|Presidente|Titolare|Fondatore/Fondatrice".split('|'),
        "Direttore commerciale/Direttrice commerciale|Responsabile acquisti|Responsabile amministrazione|Ufficio tecnico|Responsabile risorse umane|Assistenza clienti|Responsabile di produzione|Area Manager Nord Italia|Project manager".split('|')),
 'es': ("Director general/Directora general|Consejero delegado/Consejera delegada|Socio fundador/Socia fundadora|Gerente".split('|'),
        "Director comercial/Directora comercial|Jefe de compras/Jefa de compras|Responsable de administración|Directora financiera y de RR. HH./Directora financiera y de RR. HH.|Jefe de producción/Jefa de producción|Atención al cliente|Responsable de exportación|Técnico de calidad/Técnica de calidad".split('|')),
 'pl': ("Prezes Zarządu|Właściciel/Właścicielka|Dyrektor zarządzający/Dyrektorka zarządzająca".split('|'),
        "Kierownik działu sprzedaży/Kierowniczka działu sprzedaży|Główny księgowy/Główna księgowa|Specjalista ds. zakupów/Specjalistka ds. zakupów|Dyrektor handlowy|Członek Zarządu|Doradca klienta|Specjalista ds. eksportu/Specjalistka ds. eksportu|Kierownik produkcji/Kierowniczka produkcji|Asystent zarządu/Asystentka zarządu".split('|')),
 'nl': ("Algemeen directeur|Eigenaar|Directeur-grootaandeelhouder|Medeoprichter".split('|'),
        "Hoofd verkoop|Accountmanager binnendienst|Financieel administrateur|Projectleider|Bedrijfsleider|HR-adviseur|Planner/werkvoorbereider|Teamleider klantenservice|Technisch adviseur|Communicatiemedewerker".split('|')),
 'sv': ("Verkställande direktör|VD och grundare|Ägare".split('|'),
        "Försäljningschef|Ekonomiansvarig|Innesäljare|Inköpare|Produktionschef|Projektledare|Personalchef|Teknisk säljare|Marknadskoordinator|Lagerchef".split('|')),
 'da': ("Administrerende direktør|Adm. direktør og medejer|Indehaver".split('|'),
        "Salgschef|Økonomichef|Bogholder|Projektleder|Værkfører|Kundeservice|Marketingansvarlig|Indkøber|Key Account Manager".split('|')),
 'fi': ("Toimitusjohtaja|Toimitusjohtaja, yrittäjä".split('|'), "Myyntipäällikkö|Talousjohtaja|Projektipäällikkö|Asiakaspalvelu|Tuotantopäällikkö|Henkilöstöpäällikkö|Tekninen asiantuntija".split('|')),
 'cs': ("Jednatel/Jednatelka|Generální ředitel/Generální ředitelka|Majitel/Majitelka".split('|'),
        "Obchodní ředitel/Obchodní ředitelka|Vedoucí výroby|Účetní|Nákupčí|Technik přípravy výroby/Technička přípravy výroby|Personalista/Personalistka|Vedoucí skladu|Obchodní zástupce pro Moravu/Obchodní zástupkyně pro Moravu".split('|')),
 'tr': ("Yönetim Kurulu Başkanı|Genel Müdür|Kurucu Ortak".split('|'), "Satış Müdürü|Mali İşler Müdürü|İnsan Kaynakları Uzmanı|Üretim Müdürü|Genel Müdür Yardımcısı|İhracat Sorumlusu|Satın Alma Uzmanı|Kalite Yöneticisi".split('|')),
 'hu': ("Ügyvezető igazgató|Tulajdonos".split('|'), "Értékesítési vezető|Pénzügyi vezető|Műszaki vezető|Irodavezető|Beszerző|Projektmenedzser".split('|')),
 'pt': ("Diretor-geral/Diretora-geral|Sócio-gerente/Sócia-gerente".split('|'), "Diretor comercial/Diretora comercial|Responsável de compras|Gestor de cliente/Gestora de cliente|Contabilidade|Diretor técnico/Diretora técnica|Assistente administrativo/Assistente administrativa".split('|')),
 'ru': ("Генеральный директор|Исполнительный директор".split('|'), "Коммерческий директор|Главный бухгалтер|Начальник отдела продаж|Менеджер по закупкам|Технический директор|Руководитель сервисной службы|Специалист по логистике|HR-менеджер".split('|')),
 'ja': ("代表取締役社長|代表取締役".split('|'), "専務取締役|常務取締役|取締役 営業本部長|執行役員 CTO|監査役|営業部長|広報担当|技術部 マネージャー".split('|')),
 'ko': ("대표이사|대표".split('|'), "영업이사|기술연구소장|마케팅 팀장|인사팀장|해외영업 과장|재무이사|고객지원 매니저".split('|')),
 'zh': ("董事长|总经理|首席执行官".split('|'), "副总经理|技术总监|销售经理|财务总监|人力资源经理|外贸业务员|市场部主管".split('|')),
}
TLD = {'en': ['com','co.uk','io','ie','net','com.au','agency','co'], 'de': ['de','at','ch','de'], 'fr': ['fr','be','fr'], 'it': ['it'], 'es': ['es','com.mx','com'],
 'pl': ['pl','com.pl'], 'nl': ['nl','be'], 'sv': ['se'], 'da': ['dk'], 'fi': ['fi'], 'cs': ['cz'], 'tr': ['com.tr','com'], 'hu': ['hu'], 'pt': ['pt','com.br'],
 'ru': ['ru'], 'ja': ['co.jp','jp'], 'ko': ['co.kr','kr'], 'zh': ['cn','com.cn']}
PRE = "Brivan Quell Tarne Ostra Melvin Korsen Vanto Halbri Zeffar Norvel Pintar Luxor Grendal Sorvik Ambrel Dextur Fjelm Marvok Tolvan Exalt Ruben Yolvar Cindral Bexley Hoverin Ulmar Ivoran Wendrel Kestrin Palvor Strenna Oxmere".replace("Luxor","Luxorin").replace("Ruben","Rubenta").replace("Exalt","Exaltin").replace("Bexley","Bexlin").replace("Melvin","Melvar").split()
SUF = "da o ex is um a ity ix on ara elle us ora een".split()
IND = {'en': "Logistics Robotics Interiors Consulting Foods Software Engineering Studio Advisory Energy Packaging Analytics Textiles Biotech Marine".split(),
 'de': "Maschinenbau Holzbau Elektrotechnik Verpackung Steuerberatung Haustechnik Metallbau Software".split(), 'fr': "Conseil Menuiserie Ingénierie Emballages Numérique".split(),
 'it': "Ceramiche Arredi Meccanica Impianti".split(), 'es': "Consultores Alimentación Maquinaria Textil".split(), 'pl': "Meble Budownictwo Automatyka Transport".split(),
 'nl': "Techniek Bouw Advies Transport".split(), 'sv': "Teknik Bygg Konsult Verkstad".split(), 'da': "Byg Design Teknik".split(), 'fi': "Tekniikka Rakennus".split(), 'cs': "Stroje Kovo Plast".split(),
 'tr': "Makina Tekstil Lojistik".split(), 'hu': "Gépgyár Bútor".split(), 'pt': "Engenharia Cerâmica".split(), 'ru': "Stroy Tech Invest".split(), 'ja': "Seiki Kogyo Systems".split(), 'ko': "Tech Bio".split(), 'zh': "Machinery Tech".split()}
LEGAL = {'en': ['Ltd','Inc.','LLC','Pty Ltd'], 'de': ['GmbH','GmbH & Co. KG','AG'], 'fr': ['SAS','SARL'], 'it': ['S.r.l.','S.p.A.'], 'es': ['S.L.','S.A.'], 'pl': ['Sp. z o.o.'], 'nl': ['B.V.'], 'sv': ['AB'], 'da': ['ApS','A/S'],
 'fi': ['Oy'], 'cs': ['s.r.o.'], 'tr': ['A.Ş.','Ltd. Şti.'], 'hu': ['Kft.'], 'pt': ['Lda.'], 'ru': ['LLC'], 'ja': ['K.K.'], 'ko': ['Co., Ltd.'], 'zh': ['Co., Ltd.']}
NAV = {'en': "Home|Products|Services|About us|Team|News|Careers|Contact", 'de': "Startseite|Leistungen|Über uns|Referenzen|Karriere|Kontakt", 'fr': "Accueil|Nos métiers|Réalisations|Actualités|Contact",
 'it': "Home|Azienda|Prodotti|Lavora con noi|Contatti", 'es': "Inicio|Empresa|Productos|Noticias|Contacto", 'pl': "Strona główna|Oferta|O nas|Kariera|Kontakt", 'nl': "Home|Diensten|Over ons|Vacatures|Contact",
 'sv': "Hem|Tjänster|Om oss|Nyheter|Kontakt", 'da': "Forside|Ydelser|Om os|Kontakt", 'fi': "Etusivu|Palvelut|Yritys|Yhteystiedot", 'cs': "Úvod|Výrobky|O nás|Kariéra|Kontakt", 'tr': "Ana Sayfa|Hakkımızda|Ürünler|İletişim",
 'hu': "Kezdőlap|Termékek|Rólunk|Kapcsolat", 'pt': "Início|Empresa|Serviços|Contactos", 'ru': "Главная|О компании|Продукция|Новости|Контакты", 'ja': "ホーム|事業内容|会社概要|採用情報|お問い合わせ", 'ko': "홈|회사소개|제품|고객센터", 'zh': "首页|产品中心|关于我们|联系我们"}
STREET = {'en': ["14 Florence Nightingale Way, Derby DE1 3QX","2200 Martin Luther King Jr. Blvd, Suite 410, Austin, TX 78702","7 St. James Court, Galway","88 John Curtin Drive, Perth WA 6000","310 Abraham Lincoln Ave, Dayton, OH 45402"],
 'de': ["Albert-Schweitzer-Straße 12, 48155 Münster","Clara-Schumann-Weg 3, 70599 Stuttgart","Rudolf-Diesel-Ring 27, 83607 Holzkirchen","Anne-Frank-Platz 5, 34117 Kassel"], 'fr': ["18 rue Victor Hugo, 69002 Lyon","5 avenue Jean Jaurès, 31000 Toulouse"],
 'it': ["Via Giuseppe Garibaldi 44, 41121 Modena","Viale Guglielmo Marconi 9, 36016 Thiene (VI)"], 'es': ["Calle Miguel de Cervantes 21, 50006 Zaragoza","Avda. Gabriel Miró 7, 03201 Elche"], 'pl': ["ul. Jana Pawła II 18, 61-139 Poznań","ul. Marii Skłodowskiej-Curie 3, 20-029 Lublin"],
 'nl': ["Johan de Wittlaan 15, 2517 JR Den Haag","Prins Hendrikkade 104, 1011 AJ Amsterdam"], 'sv': ["Dag Hammarskjölds väg 31, 752 37 Uppsala","Sven Rinmans gata 6, 112 37 Stockholm"], 'da': ["H.C. Andersens Boulevard 12, 1553 København V"], 'fi': ["Elias Lönnrotin katu 4, 33100 Tampere"],
 'cs': ["Boženy Němcové 11, 370 01 České Budějovice","tř. Tomáše Bati 190, 760 01 Zlín"], 'tr': ["Atatürk Mah. Mustafa Kemal Cad. No: 17, 34758 Ataşehir/İstanbul"], 'hu': ["Petőfi Sándor utca 8., 6000 Kecskemét"], 'pt': ["Rua Alexandre Herculano 30, 4000-053 Porto"],
 'ru': ["ул. Юрия Гагарина, д. 12, 443079 Самара"], 'ja': ["〒460-0008 愛知県名古屋市中区栄3-5-12"], 'ko': ["서울특별시 강남구 테헤란로 152"], 'zh': ["浙江省宁波市鄞州区中山东路188号"]}
GEN = {'en': 'info hello sales support contact office', 'de': 'info kontakt vertrieb', 'fr': 'contact accueil', 'it': 'info amministrazione', 'es': 'info ventas', 'pl': 'biuro sekretariat', 'nl': 'info verkoop', 'sv': 'info order', 'da': 'info post', 'fi': 'info toimisto', 'cs': 'info obchod', 'tr': 'info bilgi', 'hu': 'info iroda', 'pt': 'geral info', 'ru': 'info office', 'ja': 'info', 'ko': 'info help', 'zh': 'info sales'}

def slug(s, lang):
    s = s.lower()
    if lang == 'de':
        for a, b in (('ä','ae'),('ö','oe'),('ü','ue'),('ß','ss')): s = s.replace(a, b)
    for a, b in (('ł','l'),('ø','oe'),('æ','ae'),('ı','i'),('ß','ss'),('å','a'),('đ','d')): s = s.replace(a, b)
    s = unicodedata.normalize('NFKD', s)
    return re.sub(r'[^a-z0-9-]', '', s)

class Per:
    def __init__(s, name, first, last, lf, ll, g):
        s.name, s.first, s.last, s.lf, s.ll, s.g = name, first, last, lf, ll, g
        s.title = s.email = None
    n = property(lambda s: esc(s.name)); t = property(lambda s: esc(s.title or '')); e = property(lambda s: s.email or '')
    f = property(lambda s: esc(s.first)); l = property(lambda s: esc(s.last))
    up = property(lambda s: esc(s.name.upper()))

USED_DOM, USED_NAMES = set(), set()
class Ctx:
    def __init__(s, lang, v):
        s.lang, s.v, s.r = lang, v, R
        while True:
            b = R.choice(PRE) + R.choice(SUF); i = R.choice(IND[lang])
            tld = R.choice(TLD[lang]); st = R.randrange(3)
            d = slug(b, lang) + ('' if st == 0 else ('-' if st == 1 else '') + slug(i, lang)) + '.' + tld
            if d not in USED_DOM and b not in USED_NAMES: break
        USED_DOM.add(d); USED_NAMES.add(b)
        s.brand, s.co, s.ind, s.dom = b, b + ' ' + i, i, d
        s.legal = s.co + ' ' + R.choice(LEGAL[lang]); s.legalh = esc(s.legal)
        s.host = ('www.' if R.random() < .6 else '') + d
        s.truth, s.other, s.used, s.head, s.bare = [], [], set(), '', False
        s.title = s.co; s.maildom = d; s.pat = R.randrange(5); s.street = R.choice(STREET[lang])
        s.loc = lang
    def one(s, lang=None, g=None):
        lang = lang or s.loc; N = NAMES[lang]
        while True:
            gg = g or R.choice('mf'); fi = R.choice(N[0] if gg == 'm' else N[1])
            la = R.choice(N[3] if gg == 'f' and len(N) > 3 else N[2])
            f, _, lf = fi.partition(':'); l, _, ll = la.partition(':')
            if f in s.used or l in s.used: continue
            s.used |= {f, l}; break
        if lang in ('zh', 'ko'): name = l + f
        elif lang == 'ja': name = l + ' ' + f
        elif lang == 'hu': name = l + ' ' + f
        elif lang == 'en' and R.random() < .15: name = f + ' ' + R.choice('ABDEJLMRTW') + '. ' + l
        elif lang == 'en' and R.random() < .06: name = f[0] + '. ' + R.choice('ABDEJLMRTW') + '. ' + l
        else: name = f + ' ' + l
        return Per(name, f, l, slug(lf or f, lang), slug(ll or l, lang), gg)
    def mail(s, p):
        a, b = p.lf, p.ll
        return [a + '.' + b, a[0] + '.' + b, a[0] + b, a, b][s.pat] + '@' + s.maildom
    def ppl(s, n, mail=1.0, title=True, head=True, lang=None, g=None):
        lang = lang or s.loc; heads, staff = TITLES[lang]
        ts = ([R.choice(heads)] if head else []) + R.sample(staff, min(len(staff), n))
        out = []
        for i in range(n):
            p = s.one(lang, g)
            if title:
                t = ts[i % len(ts)]
                if '/' in t and t != 'Planner/werkvoorbereider': t = t.split('/')[0 if p.g == 'm' else 1]
                p.title = t
            if R.random() < mail: p.email = s.mail(p)
            out.append(p); s.truth.append(p)
        return out
    def stranger(s, lang=None): return s.one(lang)
    def gen(s, local=None):
        a = (local or R.choice(GEN[s.lang].split())) + '@' + s.maildom
        if a not in s.other: s.other.append(a)
        return a
    def tel(s):
        return {'en': '+44 1332 55%04d', 'de': '+49 251 77 %04d', 'fr': '+33 4 72 00 %04d', 'pl': '+48 61 22%04d', 'ja': '052-55%02d-%04d'}.get(s.lang, '+31 20 55%04d').replace('%02d', '12') % R.randrange(10000)

def mt(e, cls=''):
    return f'<a{cls} href="mailto:{e}">{e}</a>' if e else ''
def otherco():
    while True:
        b = R.choice(PRE) + R.choice(SUF)
        if b not in USED_NAMES: return b + ' ' + R.choice(['Foods', 'Group', 'Hotels', 'Rail', 'Bank', 'Clinics'])
LOREM = ["We believe good work starts with listening.", "Our clients range from family firms to listed groups.", "Every project is planned, built and tested under one roof.", "Quality is not a department; it is how we work.", "Since the early days we have grown steadily and kept our independence.", "Lead times are short because stock is local."]
def lorem(k=2): return ' '.join(R.sample(LOREM, k))
BIO = ["{f} joined the company in {y} and has led more than forty projects since.", "Before joining, {f} spent nine years in the packaging industry.", "Outside work, {f} restores old bicycles and coaches a junior rowing team.", "{f} holds a degree in mechanical engineering and speaks four languages."]
def bio(p, k=2): return esc(' '.join(R.sample(BIO, k)).format(f=p.first, y=R.randint(2004, 2023)))

def testimonials(C, n=3):
    o = []
    for _ in range(n):
        p = C.stranger('en'); c = otherco()
        o.append(f'<blockquote class="testimonial"><p>“{R.choice(["Fast, friendly and precise.","They rescued our launch.","We would hire them again tomorrow.","Best supplier we have had in ten years."])}”</p><cite>{p.n}, {R.choice(["CFO","Head of Purchasing","Plant Manager","Marketing Director"])} at {c}</cite></blockquote>')
    return '<section class="testimonials"><h2>What our customers say</h2>' + J(o) + '</section>'
def blogs(C, n=3):
    T = ["Five signs your process needs a rethink", "What the new packaging directive means", "Inside our Derby workshop", "How to brief a supplier", "Trade fair season: what we saw"]
    return '<section class="latest-posts"><h2>From the blog</h2>' + J(f'<article><h3><a href="/blog/{i}">{t}</a></h3><p class="meta">Guest post by {C.stranger("en").n} · {R.randint(1,28)} March 20{R.randint(16,25)}</p><p>{lorem(1)}</p></article>' for i, t in enumerate(R.sample(T, n))) + '</section>'
def logos(C, n=5):
    return '<section class="partners"><h2>Our partners</h2><ul>' + J(f'<li><img src="/img/l{i}.svg" alt="{otherco()} logo"></li>' for i in range(n)) + '</ul></section>'
def news(C):
    p = C.stranger('en'); q = C.stranger('en')
    return f'<section class="news"><h2>News</h2><ul><li><time>12 May 2023</time> Minister {p.n} visits our new plant</li><li><time>3 Feb 2023</time> We sponsor the {q.l} Memorial Run for the third time</li><li><time>9 Nov 2022</time> Second production line in operation</li></ul></section>'
def awards(C):
    return '<section class="awards"><h2>Awards</h2><ul><li>Winner, Edith Carrow Prize for Regional Enterprise 2021</li><li>Finalist, Walter Brandt Design Medal 2019</li><li>ISO 9001 certified</li></ul></section>'

def shell(C, body):
    s = R.randrange(6); nav = NAV[C.lang].split('|'); L = C.lang
    t = f'{C.title} | {C.co}'; f = ''
    if R.random() < .5 and not C.bare: f = mt(C.gen())
    cr = f'© {R.randint(2015, 2026)} {C.legalh}'
    head = f'<meta charset="utf-8"><title>{esc(t)}</title><meta name="viewport" content="width=device-width, initial-scale=1">'
    if R.random() < .5: head += f'<meta property="og:site_name" content="{esc(C.co)}"><link rel="canonical" href="{C.url}">'
    li = J(f'<li class="menu-item menu-item-{100+i}"><a href="/{i}">{x}</a></li>' for i, x in enumerate(nav))
    if s == 0:
        h = f'<header id="masthead" class="site-header"><a class="custom-logo-link" href="/" rel="home"><img src="/wp-content/uploads/logo.png" alt="{esc(C.co)}"></a><nav id="site-navigation"><ul id="primary-menu" class="menu">{li}</ul></nav></header><main id="content" class="site-main">'
        e = f'</main><footer id="colophon" class="site-footer"><div class="widget"><h4>{C.legalh}</h4><p>{C.street}<br>{C.tel()}<br>{f}</p></div><div class="site-info">{cr}. Theme: Astra</div></footer>'
    elif s == 1:
        h = '<div class="w-nav navbar"><div class="w-container">' + J(f'<a href="/{i}" class="w-nav-link">{x}</a>' for i, x in enumerate(nav)) + '</div></div>'
        e = f'<div class="footer-section"><div class="w-layout-grid footer-grid"><div>{esc(C.co)}</div><div>{C.street}</div><div>{f}</div><div class="small-text">{cr}</div></div></div>'
    elif s == 2:
        h = f'<table id="layout" width="960"><tr><td colspan="2" class="top"><b>{esc(C.co)}</b></td></tr><tr><td class="menu" valign="top">' + J(f'<a href="{i}.htm">{x}</a><br>' for i, x in enumerate(nav)) + '</td><td class="main" valign="top">'
        e = f'</td></tr><tr><td colspan="2" class="foot">{cr} · {C.street} {f}</td></tr></table>'
    elif s == 3:
        h = f'<div id="cookie-banner" role="dialog"><p>Cookies</p><button>OK</button></div><nav class="navbar navbar-expand-lg"><a class="navbar-brand" href="/">{esc(C.co)}</a><ul class="navbar-nav">{li}</ul></nav><main class="container">'
        e = f'</main><footer class="bg-dark text-light py-5"><div class="container"><div class="row"><div class="col-md-4"><h5>{C.legalh}</h5><address>{C.street}</address></div><div class="col-md-4"><ul>{li}</ul></div><div class="col-md-4">{f}<p>Website by Studio Nork</p></div></div><p>{cr}</p></div></footer>'
    elif s == 4:
        h = '<div id="__next"><header class="sticky top-0 flex items-center">' + J(f'<a class="px-3 text-sm font-medium" href="/{i}">{x}</a>' for i, x in enumerate(nav)) + '</header><main class="mx-auto max-w-7xl px-4">'
        e = f'</main><footer class="border-t mt-16 py-8 text-sm text-slate-500"><p>{cr}</p><p>{C.street}</p><p>{f}</p></footer></div>'
    else:
        h = f'<div class="wrap"><p class="logo">{esc(C.co)}</p><ul class="nav">{li}</ul><div class="content">'
        e = f'</div><div class="footer"><p>{C.legalh} – {C.street}{" – " + f if f else ""}</p><p>{cr}</p></div></div>'
    return f'<!DOCTYPE html>\n<html lang="{L}">\n<head>{head}{C.head}</head>\n<body>\n{h}\n{body}\n{e}\n</body>\n</html>\n'

LAY = []
def L(lid, langs, paths, desc, empty=False):
    langs = langs.split(); paths = paths.split()
    def d(fn):
        LAY.append((lid, langs, paths, desc, empty, fn)); return fn
    return d

# ---------------------------------------------------------------- builders' team cards
@L('elementor-image-box', 'en en', '/team /about-us/team', 'WordPress/Elementor image-box cards; testimonials widget of customers below')
def _(C, v):
    ps = C.ppl(R.randint(4, 8), mail=0 if v == 1 else .7)
    h = '<div class="elementor elementor-212"><section class="elementor-section elementor-top-section"><h2 class="elementor-heading-title elementor-size-default">Meet the team</h2>'
    for p in ps:
        ic = f'<div class="elementor-widget-social-icons"><a class="elementor-icon" href="mailto:{p.e}" target="_blank"><span class="elementor-screen-only">Envelope</span><i class="fas fa-envelope"></i></a></div>' if p.email else ''
        h += f'<div class="elementor-column elementor-col-25"><div class="elementor-widget-image-box"><div class="elementor-image-box-wrapper"><figure class="elementor-image-box-img"><img src="/wp-content/uploads/{p.ll}.jpg" alt=""></figure><div class="elementor-image-box-content"><h3 class="elementor-image-box-title">{p.n}</h3><p class="elementor-image-box-description">{p.t}</p></div></div></div>{ic}</div>'
    return h + '</section></div>' + testimonials(C)

@L('webflow-collection', 'en en', '/team /company', 'Webflow CMS collection list (w-dyn-item)')
def _(C, v):
    ps = C.ppl(R.randint(4, 9), mail=.5 if v == 2 else 0)
    h = '<section class="section-team"><h1 class="heading-xl">People behind the work</h1><div class="w-dyn-list"><div role="list" class="team-grid w-dyn-items">'
    for p in ps:
        tx = [f'<div class="team-name">{p.n}</div>', f'<div class="team-role">{p.t}</div>']
        if v == 2: tx.reverse()
        h += f'<div role="listitem" class="w-dyn-item"><a href="/team/{slug(p.name,"en")}" class="team-card w-inline-block"><img loading="lazy" src="https://uploads-ssl.cdn-assets.net/{p.ll}.webp" alt="" class="team-photo">{J(tx)}</a><div class="w-condition-invisible w-dyn-bind-empty"></div>' + (f'<a href="mailto:{p.e}" class="link-mail">Email</a>' if p.email else '') + '</div>'
    return h + '</div></div></section>' + logos(C)

@L('squarespace-list', 'en en', '/about /our-people', 'Squarespace user-items list / sqs-block-image captions')
def _(C, v):
    ps = C.ppl(R.randint(3, 6), mail=0)
    if v == 1:
        return f'<section class="page-section user-items-list-section"><div class="list-section-title"><p>Our people</p></div><ul class="user-items-list-item-container">' + J(f'<li class="list-item"><div class="list-item-media"><img data-src="https://images.sqsp.net/{p.ll}.jpg" alt="{p.n}"></div><div class="list-item-content"><h2 class="list-item-content__title">{p.n}</h2><div class="list-item-content__description"><p class="">{p.t}</p><p>{bio(p,1)}</p></div></div></li>' for p in ps) + '</ul></section>'
    return '<div class="sqs-layout sqs-grid-12"><div class="sqs-block html-block"><div class="sqs-block-content"><h1>Studio &amp; team</h1><p>' + lorem() + '</p></div></div>' + J(f'<div class="sqs-block image-block"><figure class="sqs-block-image-figure"><img alt="{p.ll}-portrait.jpg"><figcaption class="image-card-wrapper"><div class="image-title"><p><strong>{p.n}</strong></p></div><div class="image-subtitle"><p><em>{p.t}</em></p></div></figcaption></figure></div>' for p in ps) + '</div>'

@L('hubspot-module', 'en en', '/company/leadership /about-us', 'HubSpot CMS dnd team module')
def _(C, v):
    ps = C.ppl(R.randint(4, 7), mail=.4)
    h = '<span id="hs_cos_wrapper_dnd_area" class="hs_cos_wrapper" data-hs-cos-type="module"><div class="row-fluid"><h1>Leadership</h1>'
    for p in ps:
        h += f'<div class="span4 team-member"><div class="team-member__image" style="background-image:url(/hubfs/{p.ll}.png)"></div><div class="team-member__info"><h4 class="team-member__name">{p.n}</h4><span class="team-member__position">{p.t}</span>' + (f'<div class="team-member__bio">{bio(p)}</div>' if v == 2 else '') + '<div class="team-member__social"><a href="https://www.linkedin.com/in/' + p.lf + p.ll + '" aria-label="LinkedIn"></a>' + (f'<a href="mailto:{p.e}" aria-label="Email"></a>' if p.email else '') + '</div></div></div>'
    return h + '</div></span><div class="cta"><h3>Talk to an expert</h3><a class="cta_button" href="/demo">Book a demo</a></div>'

@L('gutenberg-columns', 'en de', '/about /ueber-uns', 'WordPress Gutenberg columns, heading + paragraph')
def _(C, v):
    ps = C.ppl(6, mail=0 if v == 1 else 1)
    h = f'<div class="entry-content wp-block-post-content"><h2 class="wp-block-heading">{"Our team" if v == 1 else "Unser Team"}</h2>'
    for i in range(0, 6, 3):
        h += '<div class="wp-block-columns is-layout-flex">' + J(f'<div class="wp-block-column"><figure class="wp-block-image size-medium"><img src="/wp-content/uploads/2021/06/IMG_{R.randint(1000,9999)}-300x300.jpg" alt=""/></figure><h4 class="wp-block-heading has-text-align-center">{p.n}</h4><p class="has-text-align-center">{p.t}' + (f'<br>{mt(p.e)}' if p.email else '') + '</p></div>' for p in ps[i:i+3]) + '</div>'
    return h + '</div>'

@L('wpbakery', 'en en', '/our-team /team', 'WPBakery visual composer rows, text-column wrappers')
def _(C, v):
    ps = C.ppl(R.randint(3, 6), mail=1 if v == 1 else .3)
    tag = 'h5' if v == 1 else 'strong'
    return '<div class="vc_row wpb_row vc_row-fluid">' + J(f'<div class="wpb_column vc_column_container vc_col-sm-4"><div class="vc_column-inner"><div class="wpb_wrapper"><div class="wpb_single_image"><img class="vc_single_image-img" alt="{p.n}"></div><div class="wpb_text_column wpb_content_element"><div class="wpb_wrapper"><p style="text-align:center"><{tag}>{p.n}</{tag}><br/>{p.t}<br/>{mt(p.e)}</p></div></div></div></div></div>' for p in ps) + '</div>' + awards(C)

@L('divi-member', 'en es', '/team /equipo', 'Divi et_pb_team_member')
def _(C, v):
    ps = C.ppl(R.randint(3, 6), mail=0)
    return '<div class="et_pb_section"><div class="et_pb_row">' + J(f'<div class="et_pb_module et_pb_team_member et_pb_team_member_{i} clearfix"><div class="et_pb_team_member_image"><img src="/i{i}.jpg" alt="{p.n}"></div><div class="et_pb_team_member_description"><h4 class="et_pb_module_header">{p.n}</h4><p class="et_pb_member_position">{p.t}</p>' + (f'<div><p>{bio(p)}</p></div>' if v == 1 else '') + '<ul class="et_pb_member_social_links"><li><a href="#" class="et_pb_linkedin_icon"><span>LinkedIn</span></a></li></ul></div></div>' for i, p in enumerate(ps)) + '</div></div>'

@L('avada-person', 'en en', '/about /leadership', 'Avada fusion-person')
def _(C, v):
    ps = C.ppl(R.randint(3, 5), mail=.8)
    return '<div class="fusion-fullwidth">' + J(f'<div class="fusion-person person fusion-person-center"><div class="person-desc"><div class="person-author"><div class="person-author-wrapper"><span class="person-name">{p.n}</span><span class="person-title">{p.t}</span></div><div class="fusion-social-networks">' + (f'<a class="fusion-icon-mail" href="mailto:{"&#" + ";&#".join(str(ord(c)) for c in p.e) + ";" if v == 2 else p.e}" data-title="Email"></a>' if p.email else '') + f'</div></div><div class="person-content fusion-clearfix">{bio(p)}</div></div></div>' for p in ps) + '</div>'

@L('wix-soup', 'en en', '/meet-the-team /about', 'Wix rich text soup of nested spans (names and titles in sibling blocks)')
def _(C, v):
    ps = C.ppl(R.randint(3, 6), mail=.5 if v == 1 else 0)
    sp = lambda t, c: f'<p class="font_{c}" style="font-size:18px; text-align:center;"><span style="font-size:18px;"><span class="color_15"><span style="font-family:avenir-lt-w01,sans-serif;">{t}</span></span></span></p>'
    h = '<div id="SITE_CONTAINER"><div data-mesh-id="comp-inlineContent">' + sp('THE TEAM', 2)
    for i, p in enumerate(ps):
        h += f'<div id="comp-k{i}img" class="wixui-image"><wow-image><img alt="{p.ll}.jpg"></wow-image></div><div id="comp-k{i}a" class="wixui-rich-text" data-testid="richTextElement">{sp(p.n, 5)}{sp(p.t, 8) if v == 1 else ""}</div>'
        if v == 2: h += f'<div id="comp-k{i}b" class="wixui-rich-text" data-testid="richTextElement">{sp(p.t, 8)}<p class="font_8"><span class="wixGuard">\u200b</span></p></div>'
        if p.email: h += f'<div id="comp-k{i}c" class="wixui-rich-text">{sp(mt(p.e), 8)}</div>'
    return h + '</div></div>'

@L('tailwind-ul', 'en en', '/company/team /about', 'Tailwind UI role=list grid, h3/p, sr-only labels')
def _(C, v):
    ps = C.ppl(R.randint(5, 9), mail=0 if v == 1 else .6)
    return f'<div class="bg-white py-24"><h2 class="text-3xl font-bold">Our leadership</h2><p class="mt-6 text-lg">{lorem()}</p><ul role="list" class="grid gap-x-8 sm:grid-cols-2">' + J(f'<li><div class="flex items-center gap-x-6"><img class="h-16 w-16 rounded-full" src="/_next/image?url=%2F{p.ll}.png&amp;w=256" alt=""><div><h3 class="text-base font-semibold tracking-tight">{p.n}</h3><p class="text-sm font-semibold text-indigo-600">{p.t}</p>' + (f'<a class="text-sm" href="mailto:{p.e}"><span class="sr-only">Email {p.f}</span>{p.e}</a>' if p.email else '') + '</div></div></li>' for p in ps) + '</ul></div>'

@L('next-data', 'en en', '/team /people', 'React app: cards + hydration JSON holding the same people')
def _(C, v):
    ps = C.ppl(R.randint(4, 7), mail=.6)
    d = {"props": {"pageProps": {"members": [{"id": i, "fullName": p.name, "jobTitle": p.title, **({"email": p.email} if p.email else {})} for i, p in enumerate(ps)], "preview": False}}, "page": "/team", "buildId": "x7Kq"}
    h = '<section class="styles_team__3kZ">' + J(f'<article class="styles_card__9x" data-testid="card"><header><h3>{esc(p.name.split(" ",1)[0])}<!-- --> <!-- -->{esc(p.name.split(" ",1)[1])}</h3></header><p class="styles_role__1a">{p.t}</p>' + (f'<a href="mailto:{p.e}?subject=Hello">Write to {p.f}</a>' if p.email else '') + '</article>' for p in ps if True) + '</section>' if v == 1 else '<section>' + J(f'<div class="sc-bdVaJa kqLmX"><div class="sc-bwzfXH">{p.n}</div><div class="sc-htpNat">{p.t}</div>' + (f'<div class="sc-bxivhb">{mt(p.e)}</div>' if p.email else '') + '</div>' for p in ps) + '</section>'
    return h + '<script id="__NEXT_DATA__" type="application/json">' + json.dumps(d, ensure_ascii=(v == 2)) + '</script>'

@L('carousel-clones', 'en en', '/about /who-we-are', 'Slick/Swiper carousel with cloned slides (each person still once in truth)')
def _(C, v):
    ps = C.ppl(4, mail=.5)
    s = [f'<div class="{"slick-slide" if v == 1 else "swiper-slide"} %s"><img alt="{p.n}" data-lazy="/{p.ll}.jpg"><p class="name">{p.n}</p><p class="job">{p.t}</p>{mt(p.e)}</div>' for p in ps]
    cl = 'slick-cloned' if v == 1 else 'swiper-slide-duplicate'
    return f'<div class="slider">{s[-1] % cl}{J(x % "" for x in s)}{s[0] % cl}</div><p>{lorem()}</p>'

@L('alternating-sections', 'en nl', '/leadership /over-ons', 'Alternating image/text sections: title in small overline above the name')
def _(C, v):
    ps = C.ppl(R.randint(2, 4), mail=.5)
    return J(f'<section class="split {"reverse" if i % 2 else ""}"><div class="media"><img src="/p/{i}.jpg" alt=""></div><div class="copy"><span class="overline">{p.t}</span><h2>{p.n}</h2>' + (f'<p>{bio(p)}</p>' if v == 1 else '') + (f'<a class="btn" href="mailto:{p.e}">{"Get in touch" if v == 1 else "Stuur een bericht"}</a>' if p.email else '') + '</div></section>' for i, p in enumerate(ps))

@L('figure-figcaption', 'en de', '/people /team', 'figure/figcaption, name, comma or dash, title in one caption')
def _(C, v):
    ps = C.ppl(R.randint(4, 7), mail=0, head=(v == 2))
    sep = ' – ' if v == 2 else ', '
    return '<h1>Team</h1><div class="gallery">' + J(f'<figure class="gallery-item"><img src="/t{i}.jpg"><figcaption><b>{p.n}</b>{sep}{p.t}</figcaption></figure>' for i, p in enumerate(ps)) + '<figure class="gallery-item"><img src="/dog.jpg"><figcaption>' + ('Our office, spring 2022' if v == 1 else 'Unser Büro im Frühling 2022') + '</figcaption></figure></div>'

@L('hover-overlay', 'en en', '/team /crew', 'Cards with hover overlay: name twice (front and overlay)')
def _(C, v):
    ps = C.ppl(R.randint(3, 6), mail=1)
    return '<div class="team-wrap">' + J(f'<div class="flip-card"><div class="front"><img alt="Portrait of {p.n}"><h5>{p.n}</h5></div><div class="back"><h5>{p.n}</h5><p>{p.t}</p><p>{mt(p.e)}</p>' + (f'<p>T: {C.tel()}</p>' if v == 2 else '') + '</div></div>' for p in ps) + '</div>'

# ---------------------------------------------------------------- tables
@L('table-th', 'en en', '/contact /staff-directory', 'Plain table with header row')
def _(C, v):
    ps = C.ppl(R.randint(5, 9), mail=1)
    if v == 1:
        return '<h1>Staff directory</h1><table class="table table-striped"><thead><tr><th>Name</th><th>Position</th><th>Phone</th><th>E-mail</th></tr></thead><tbody>' + J(f'<tr><td>{p.n}</td><td>{p.t}</td><td>{C.tel()}</td><td>{mt(p.e)}</td></tr>' for p in ps) + '</tbody></table>'
    return '<h1>Who to call</h1><table border=1 cellpadding=4><tr><td><b>Role</b><td><b>Contact</b><td><b>Ext.</b><td><b>Email</b>' + J(f'<tr><td>{p.t}<td>{p.n}<td>{R.randint(100,899)}<td>{p.e}' for p in ps) + '</table>'

@L('table-dept-col', 'en de', '/contacts /ansprechpartner', 'Table with department column as well as position column')
def _(C, v):
    ps = C.ppl(6, mail=1); D = ["Management", "Sales", "Sales", "Finance", "Production", "IT"] if v == 1 else ["Geschäftsleitung", "Vertrieb", "Vertrieb", "Verwaltung", "Fertigung", "EDV"]
    H = ["Department", "Name", "Job title", "Mail"] if v == 1 else ["Abteilung", "Name", "Funktion", "E-Mail"]
    h = '<table><thead><tr>' + J(f'<th scope="col">{x}</th>' for x in H) + '</tr></thead><tbody>'
    for i, p in enumerate(ps):
        dep = f'<td rowspan="2">{D[i]}</td>' if i == 1 else '' if i == 2 else f'<td>{D[i]}</td>'
        h += f'<tr>{dep}<td>{p.n}</td><td>{p.t}</td><td>{mt(p.e)}</td></tr>'
    return h + '</tbody></table>'

@L('table-dept-rows', 'en it', '/contact /contatti', 'Table with department heading rows (colspan)')
def _(C, v):
    ps = C.ppl(6, mail=.8); D = ["Management", "Commercial", "Operations"] if v == 1 else ["Direzione", "Area commerciale", "Produzione"]
    h = '<table class="contacts">'
    for i in range(3):
        h += f'<tr class="dept"><th colspan="3">{D[i]}</th></tr>' + J(f'<tr><td>{p.n}</td><td>{p.t}</td><td>{mt(p.e)}</td></tr>' for p in ps[2*i:2*i+2])
    return h + '</table>'

@L('table-two-per-row', 'en cs', '/about.html /kontakt', 'Old table layout, two people a row, photo + text cells')
def _(C, v):
    ps = C.ppl(6, mail=1)
    h = '<table width="100%" cellspacing="8">'
    for i in range(0, 6, 2):
        h += '<tr>' + J(f'<td width="80"><img src="img/{p.ll}.jpg" width="80"></td><td valign="top"><font size="3"><b>{p.n}</b></font><br><i>{p.t}</i><br>' + (mt(p.e) if v == 1 else f'e-mail: {p.e}') + '</td>' for p in ps[i:i+2]) + '</tr>'
    return h + '</table>'

@L('table-stacked-rows', 'en pl', '/team /zespol', 'Table where names fill one row and titles the row below (column-wise reading)')
def _(C, v):
    ps = C.ppl(6, mail=1 if v == 2 else 0)
    h = '<table class="team">'
    for i in (0, 3):
        g = ps[i:i+3]
        h += '<tr>' + J(f'<td><img src="/f/{p.ll}.png" alt=""></td>' for p in g) + '</tr><tr>' + J(f'<td><strong>{p.n}</strong></td>' for p in g) + '</tr><tr>' + J(f'<td>{p.t}</td>' for p in g) + '</tr>'
        if v == 2: h += '<tr>' + J(f'<td>{mt(p.e)}</td>' for p in g) + '</tr>'
    return h + '</table>'

@L('table-split-names', 'en sv', '/people /kontakt', 'Surname and first name in separate columns')
def _(C, v):
    ps = C.ppl(6, mail=1)
    for p in ps: p.name = p.first + ' ' + p.last
    H = ["Surname", "First name", "Role", "E-mail"] if v == 1 else ["Förnamn", "Efternamn", "Befattning", "E-post"]
    return '<table><tr>' + J(f'<th>{x}</th>' for x in H) + '</tr>' + J('<tr>' + (f'<td>{p.l}</td><td>{p.f}</td>' if v == 1 else f'<td>{p.f}</td><td>{p.l}</td>') + f'<td>{p.t}</td><td>{mt(p.e)}</td></tr>' for p in ps) + '</table>'

@L('table-last-comma-first', 'en de', '/directory /kontakt', '"Last, First" in a table (truth: First Last)')
def _(C, v):
    ps = C.ppl(6, mail=1)
    for p in ps: p.name = p.first + ' ' + p.last
    return '<table><tr>' + ('<th>Name (last, first)</th><th>Title</th><th>Email</th>' if v == 1 else '<th>Name, Vorname</th><th>Funktion</th><th>E-Mail</th>') + '</tr>' + J(f'<tr><td>{p.l}, {p.f}</td><td>{p.t}</td><td>{mt(p.e)}</td></tr>' for p in sorted(ps, key=lambda p: p.ll)) + '</table>'

@L('table-matrix', 'en en', '/contact /offices', 'Regional matrix: office, territory, contact person, e-mail')
def _(C, v):
    ps = C.ppl(5, mail=1, title=(v == 2), head=False); A = ["Scotland", "North East", "Wales", "Midlands", "London"]
    return '<h1>Regional contacts</h1><table><tr><th>Region</th><th>Your contact</th>' + ('<th>Role</th>' if v == 2 else '') + '<th>E-mail</th></tr>' + J(f'<tr><td>{a}</td><td>{p.n}</td>' + (f'<td>{p.t}</td>' if v == 2 else '') + f'<td>{mt(p.e)}</td></tr>' for a, p in zip(A, ps)) + '</table>'

@L('css-table-divs', 'en de', '/contact /team', 'div rows with data-label cells (responsive table)')
def _(C, v):
    ps = C.ppl(5, mail=.7); lab = ("Name", "Position", "E-mail") if v == 1 else ("Name", "Position", "E-Mail")
    return '<div class="rtable">' + J(f'<div class="rrow"><div class="rcell" data-label="{lab[0]}">{p.n}</div><div class="rcell" data-label="{lab[1]}">{p.t}</div><div class="rcell" data-label="{lab[2]}">{mt(p.e) or "–"}</div></div>' for p in ps) + '</div>'

# ---------------------------------------------------------------- lists, paragraphs
@L('dl-name-first', 'en fr', '/about /equipe', 'Definition list: dt name, dd title, dd e-mail')
def _(C, v):
    ps = C.ppl(5, mail=.7)
    return f'<h2>{"Who we are" if v == 1 else "Notre équipe"}</h2><dl>' + J(f'<dt>{p.n}</dt><dd>{p.t}</dd>' + (f'<dd>{mt(p.e)}</dd>' if p.email else '') for p in ps) + '</dl>'

@L('dl-role-first', 'en en', '/leadership /board', 'Definition list: dt role, dd name')
def _(C, v):
    ps = C.ppl(6, mail=0 if v == 1 else .5)
    return '<h2>Officers of the company</h2><dl class="row">' + J(f'<dt class="col-4">{p.t}</dt><dd class="col-8">{p.n}' + (f' (<a href="mailto:{p.e}">{p.e}</a>)' if p.email else '') + '</dd>' for p in ps) + '<dt class="col-4">Registered office</dt><dd class="col-8">' + C.street + '</dd><dt class="col-4">Company number</dt><dd class="col-8">0' + str(R.randint(1000000, 9999999)) + '</dd></dl>'

@L('ul-dash', 'en nl', '/team /team', 'Plain list "Name – Title" / "Name | Title | mail"')
def _(C, v):
    ps = C.ppl(6, mail=0 if v == 1 else 1)
    return '<h2>Team</h2><ul>' + J(f'<li>{p.n} – {p.t}</li>' if v == 1 else f'<li>{p.n} | {p.t} | {mt(p.e)}</li>' for p in ps) + '</ul>'

@L('ul-role-colon', 'en es', '/company /empresa', 'Plain list "Title: Name"')
def _(C, v):
    ps = C.ppl(6, mail=0 if v == 1 else .6)
    return f'<h3>{"Management" if v == 1 else "Organigrama"}</h3><ul>' + J(f'<li><strong>{p.t}:</strong> {p.n}' + (f' – {mt(p.e)}' if p.email else '') + '</li>' for p in ps) + '</ul>'

@L('names-only', 'en de', '/team /wir', 'List of names without any titles (title null)')
def _(C, v):
    ps = C.ppl(7, mail=0 if v == 1 else 1, title=False)
    return f'<h1>{"Our team" if v == 1 else "Unsere Mitarbeiterinnen und Mitarbeiter"}</h1><p>{"In alphabetical order of first name" if v == 1 else "Alphabetisch nach Vornamen"}:</p><ul class="cols">' + J(f'<li>{p.n}{" · " + mt(p.e) if p.email else ""}</li>' for p in sorted(ps, key=lambda p: p.first)) + '</ul>'

@L('p-strong-br', 'en fi', '/contact-us /yhteystiedot', 'One paragraph per person: strong name, br title, br tel, br mail')
def _(C, v):
    ps = C.ppl(5, mail=1)
    return f'<p>{mt(C.gen())}</p>' + J(f'<p><strong>{p.n}</strong><br>{p.t}<br>{"tel." if v == 1 else "puh."} {C.tel()}<br>{mt(p.e)}</p>' for p in ps)

@L('br-soup', 'en hu', '/contact.html /kapcsolat', 'All people in one paragraph separated by double br')
def _(C, v):
    ps = C.ppl(5, mail=1)
    return '<p>' + '<br><br>\n'.join(f'{p.n}<br>{p.t}<br>{p.e}' for p in ps) + f'<br><br>{"General enquiries" if v == 1 else "Központi cím"}:<br>{C.gen()}</p>'

@L('org-chart', 'en pt', '/company/organisation /empresa', 'Org chart as nested ul')
def _(C, v):
    ps = C.ppl(6, mail=0); n = lambda p: f'<div class="node"><span class="nm">{p.n}</span> <span class="jt">{p.t}</span></div>' if v == 1 else f'<a href="#"><b>{p.t}</b><br>{p.n}</a>'
    return f'<div class="tree"><ul><li>{n(ps[0])}<ul><li>{n(ps[1])}<ul><li>{n(ps[2])}</li><li>{n(ps[3])}</li></ul></li><li>{n(ps[4])}<ul><li>{n(ps[5])}</li></ul></li></ul></li></ul></div>'

@L('inline-sentence', 'en en', '/about /our-story', 'Prose: people named in running text with their role')
def _(C, v):
    ps = C.ppl(3, mail=0, head=False); a, b, c = ps
    a.title, b.title, c.title = ("managing director", "head of production", "finance director") if v == 1 else ("founder", "chief technology officer", "operations manager")
    if v == 1: return f'<h1>About {esc(C.co)}</h1><p>{lorem()}</p><p>Today the company employs 84 people. Our managing director, {a.n}, took over in 2014; {b.n}, head of production, looks after the two plants, and {c.n} is our finance director.</p><p>{lorem(1)} We are named after the river that runs past the first workshop.</p>' + news(C)
    return f'<h1>Our story</h1><p>{esc(C.co)} was started in a garage by {a.n}, founder, in 2011. {lorem(1)}</p><p>In 2016 {b.n} joined us as chief technology officer and built the platform. {c.n} is the operations manager and the person who keeps everything running.</p>' + testimonials(C, 2)

# ---------------------------------------------------------------- interactive
@L('details-accordion', 'en de', '/team /team', 'details/summary accordion per person')
def _(C, v):
    ps = C.ppl(4, mail=.7)
    return J(f'<details><summary>{p.n} <small>{p.t}</small></summary><p>{bio(p) if v == 1 else "Seit 2012 im Unternehmen."}</p>' + (f'<p>E-Mail: {mt(p.e)}</p>' if p.email else '') + '</details>' for p in ps)

@L('bootstrap-accordion', 'en en', '/contact /contact-us', 'Bootstrap accordion of departments with people inside, general mailbox per department')
def _(C, v):
    ps = C.ppl(6, mail=1 if v == 1 else .6); D = ["Sales", "Support", "Office"]
    h = '<div class="accordion" id="acc">'
    for i, d in enumerate(D):
        h += f'<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button collapsed" data-bs-toggle="collapse" data-bs-target="#c{i}">{d}</button></h2><div id="c{i}" class="accordion-collapse collapse"><div class="accordion-body"><p>Department mailbox: {mt(C.gen(d.lower()))}</p>' + J(f'<div class="person"><div class="fw-bold">{p.n}</div><div class="text-muted">{p.t}</div>{mt(p.e)}</div>' for p in ps[2*i:2*i+2]) + '</div></div></div>'
    return h + '</div>'

@L('tabs', 'en en', '/about/people /team', 'Tabs: panels by office/department')
def _(C, v):
    ps = C.ppl(6, mail=.5); T = ["London", "Leeds"] if v == 1 else ["Management", "Delivery"]
    h = '<ul class="nav nav-tabs" role="tablist">' + J(f'<li role="presentation"><a role="tab" href="#t{i}">{t}</a></li>' for i, t in enumerate(T)) + '</ul><div class="tab-content">'
    for i in range(2):
        h += f'<div role="tabpanel" class="tab-pane{" active" if i == 0 else ""}" id="t{i}">' + J(f'<div class="media"><div class="media-body"><h4 class="media-heading">{p.n}</h4>{p.t}{"<br>" + mt(p.e) if p.email else ""}</div></div>' for p in ps[3*i:3*i+3]) + '</div>'
    return h + '</div>'

@L('modal-bios', 'en en', '/leadership /team', 'Grid with modals holding the bio (name repeated; e-mail only in the modal)')
def _(C, v):
    ps = C.ppl(4, mail=.75)
    h = '<div class="grid">' + J(f'<a href="#m{i}" class="tile" data-toggle="modal"><img alt=""><span class="n">{p.n}</span><span class="r">{p.t}</span></a>' for i, p in enumerate(ps)) + '</div>'
    return h + J(f'<div class="modal" id="m{i}" aria-hidden="true"><div class="modal-dialog"><button class="close" aria-label="Close">×</button><h3>{p.n}</h3>' + (f'<h4>{p.t}</h4>' if v == 1 else '') + f'<p>{bio(p)}</p>{mt(p.e)}</div></div>' for i, p in enumerate(ps))

@L('data-attr-bio', 'en en', '/team /about', 'Lightbox: title and e-mail visible, bio in data attribute')
def _(C, v):
    ps = C.ppl(4, mail=.6)
    return J(f'<div class="member" data-name="{p.n}" data-position="{p.t}" data-bio="{bio(p)}"><h3><a href="#">{p.n}</a></h3><p class="pos">{p.t}</p>' + (f'<p><a href="mailto:{p.e}">{p.e if v == 1 else "E-mail"}</a></p>' if p.email else '') + '</div>' for p in ps)

# ---------------------------------------------------------------- profiles
@L('profile-one', 'en de', '/people/profile /team/profil', 'Profile page of one person with related links (practice areas, vCard)')
def _(C, v):
    p = C.ppl(1, mail=1, head=False)[0]; C.title = p.name
    return f'<nav class="breadcrumb"><a href="/">Home</a> › <a href="/people">{"People" if v == 1 else "Team"}</a> › {p.n}</nav><article class="profile"><h1>{p.n}</h1><p class="lead">{p.t}</p><ul class="contact-list"><li>{C.tel()}</li><li>{mt(p.e)}</li><li><a href="/vcard/{p.ll}.vcf">vCard</a></li></ul>' + (f'<p>{bio(p, 3)}</p><h3>Areas of work</h3><ul><li>Mergers</li><li>Export control</li></ul>' if v == 1 else '<p>Seit 2009 im Haus; Schwerpunkte: Normteile, Sonderanfertigungen.</p><h3>Mitgliedschaften</h3><ul><li>Karl-Benz-Gesellschaft e.V.</li></ul>') + '</article>'

@L('profile-owner', 'en en', '/about-me /about', 'Owner-run business: first person page, signature with title')
def _(C, v):
    p = C.ppl(1, mail=1, head=False)[0]; p.title = 'Owner & Photographer' if v == 1 else 'Founder and Principal Consultant'
    return f'<h1>Hello, I’m {p.n}.</h1><p>{lorem(3)}</p><p>Clients say kind things:</p>{testimonials(C, 2)}<p class="signature">{p.n}<br><em>{p.t}</em><br>{mt(p.e)}</p>'

@L('ceo-letter', 'en en', '/about /message-from-the-ceo', 'Letter / quote of the company’s own chief with signature')
def _(C, v):
    p = C.ppl(1, mail=0)[0]
    if v == 1: return f'<h1>A word of welcome</h1><p>Dear visitor,</p><p>{lorem(3)}</p><p>Yours,</p><img src="/sig.png" alt="signature"><p><strong>{p.n}</strong><br>{p.t}, {esc(C.co)}</p>' + logos(C)
    return f'<figure class="ceo-quote"><blockquote>“{lorem(2)}”</blockquote><figcaption>— {p.n}, {p.t}</figcaption></figure><h2>Our history</h2><ul><li>1987 The first shop opens on Harriet Tubman Street</li><li>2009 New logistics centre</li></ul>' + awards(C)

# ---------------------------------------------------------------- contact pages
@L('contact-departments', 'en en', '/contact /contact', 'Contact page: departments with mailbox and contact person with title')
def _(C, v):
    ps = C.ppl(3, mail=1, head=False); D = ["Sales", "Press", "Careers"]; G = ["sales", "press", "jobs"]
    return '<h1>Contact</h1>' + J(f'<section class="dept"><h3>{d}</h3><p>{mt(C.gen(g))}</p><p>' + (f'Contact person: {p.n}, {p.t} ({mt(p.e)})' if v == 1 else f'Your contact:<br>{p.n}<br><span>{p.t}</span><br>{mt(p.e)}') + '</p></section>' for d, g, p in zip(D, G, ps)) + '<form><label>Name</label><input name="name" placeholder="John Smith"><label>E-mail</label><input type="email" name="email"></form>'

@L('contact-form-sidebar', 'en en', '/contact /get-in-touch', 'Contact form with sidebar: one person to talk to')
def _(C, v):
    p = C.ppl(1, mail=1, head=False)[0]
    return f'<div class="row"><form class="col"><input placeholder="Your name"><input placeholder="you@company"><textarea></textarea></form><aside class="col"><h4>{"Prefer to talk?" if v == 1 else "Your contact"}</h4><p><b>{p.n}</b></p><p>{p.t}</p><p><a href="tel:+4413">{C.tel()}</a></p><p>{mt(p.e)}</p></aside></div><h4>Where to find us</h4><p>{C.street}</p><p>{mt(C.gen())}</p>'

@L('press-contact', 'en en', '/newsroom/release /press', 'Press release: own executives quoted, outsider quoted as customer, media contact')
def _(C, v):
    a, b = C.ppl(2, mail=0); b.email = C.mail(b); b.title = 'Media Relations Manager' if v == 1 else 'Head of Communications'
    s = C.stranger('en'); oc = otherco()
    return f'<h1>{esc(C.co)} opens second plant</h1><p><time>18 September 2024</time> – {lorem()}</p><p>“This is a big step for our people,” said {a.n}, {a.t} of {esc(C.co)}.</p><p>“We have relied on their deliveries for years,” said {s.n}, Head of Purchasing at customer {oc}.</p><h4>Media contact</h4><p>{b.n}<br>{b.t}, {esc(C.co)}<br>{mt(b.e)}</p>'

@L('sales-offices', 'en en', '/locations /offices', 'Locations with office mailbox and branch manager')
def _(C, v):
    ps = C.ppl(4, mail=1, head=False); O = ["Bristol", "Hull", "Perth", "Cardiff"]
    for p in ps: p.title = 'Branch Manager' if v == 1 else 'Depot Manager'
    return J(f'<div class="location"><h3>{o}</h3><address>{R.randint(2,90)} {R.choice(["Nelson Mandela Road","Isambard Brunel Way","Emmeline Pankhurst Street"])}, {o}</address><p>{mt(C.gen(o.lower()))}</p><p>{p.t}: {p.n}<br>{mt(p.e)}</p></div>' for o, p in zip(O, ps))

@L('parent-domain-mail', 'en de', '/team /kontakt', 'Addresses on the parent group’s domain instead of the site’s own')
def _(C, v):
    C.maildom = slug(R.choice(PRE) + R.choice(SUF), 'en') + ('-holding.com' if v == 1 else '-gruppe.de')
    ps = C.ppl(4, mail=1)
    return J(f'<div class="card"><h4>{p.n}</h4><p>{p.t}</p><p>{mt(p.e)}</p></div>' for p in ps) + f'<p>{"Part of the group behind" if v == 1 else "Ein Unternehmen der Gruppe"} {C.maildom}</p>'

# ---------------------------------------------------------------- German
@L('impressum-gmbh', 'de de', '/impressum /impressum', 'German Impressum GmbH: Geschäftsführer; outsiders as web agency/photo credits')
def _(C, v):
    ps = C.ppl(1 if v == 1 else 2, mail=0, g='m')
    for p in ps: p.title = 'Geschäftsführer'
    c = C.stranger('de'); C.legalh = esc(C.co) + ' GmbH'
    gf = f'<h3>Vertreten durch</h3><p>Geschäftsführer: {ps[0].n}</p>' if v == 1 else f'<p>Geschäftsführer: {ps[0].n}, {ps[1].n}</p>'
    return f'<h1>Impressum</h1><h3>Angaben gemäß § 5 TMG</h3><p>{C.legalh}<br>{C.street}</p>{gf}<p>Registergericht: Amtsgericht Münster, HRB {R.randint(1000,9999)}<br>USt-IdNr.: DE{R.randint(100000000,999999999)}</p><p>Telefon: {C.tel()}<br>E-Mail: {mt(C.gen("info"))}</p><h3>Verantwortlich für den Inhalt nach § 18 Abs. 2 MStV</h3><p>{ps[0].n}, Anschrift wie oben</p><h3>Bildnachweise</h3><p>Fotos: {c.n} / Fotoagentur Lichtnetz</p><h3>Streitschlichtung</h3><p>Die Europäische Kommission stellt eine Plattform zur Online-Streitbeilegung bereit.</p>'

@L('impressum-einzel', 'de de', '/impressum /impressum.html', 'German Impressum sole trader: Inhaber(in) with a personal address')
def _(C, v):
    p = C.ppl(1, mail=1, g='f' if v == 1 else 'm')[0]; p.title = 'Inhaberin' if v == 1 else 'Inhaber'; C.legalh = esc(C.co) + ('' if v == 1 else ' e.K.')
    if v == 1: return f'<h2>Impressum</h2><p>{esc(C.co)}<br>Inhaberin: {p.n}<br>{C.street}</p><p>E-Mail: {mt(p.e)}</p><p>Steuernummer 337/5012/0911</p>'
    return f'<p><b>Impressum</b></p><p>{esc(C.co)} e.K.<br>{C.street}</p><p>Inhaber: Dipl.-Ing. (FH) {p.n}<br>Mail: {p.e.replace("@", "(at)")}</p><p>Handwerkskammer Kassel</p>'

@L('impressum-ag', 'de de', '/impressum /legal/impressum', 'Impressum AG: Vorstand and Aufsichtsrat lines')
def _(C, v):
    C.legalh = esc(C.co) + ' AG'; ps = C.ppl(3, mail=0)
    ps[0].title = ps[1].title = 'Vorstand'; ps[2].title = 'Vorsitzender des Aufsichtsrats' if ps[2].g == 'm' else 'Vorsitzende des Aufsichtsrats'
    hon = 'Dr. ' if v == 1 else 'Prof. Dr. '
    return f'<h1>Impressum</h1><p>{esc(C.co)} AG<br>{C.street}</p><p>Vorstand: {hon}{ps[0].n}, {ps[1].n}<br>{ps[2].t}: {hon}{ps[2].n}</p><p>Kontakt: {mt(C.gen("kontakt"))}</p><p>Aufsichtsbehörde: Bundesanstalt für Finanzdienstleistungsaufsicht, Marie-Curie-Straße 24-28, Frankfurt</p>'

@L('ansprechpartner', 'de de', '/kontakt /ansprechpartner', 'German contact persons with Herr/Frau and Durchwahl')
def _(C, v):
    ps = C.ppl(5, mail=1)
    return '<h1>Ihre Ansprechpartner</h1>' + J(f'<div class="ansprechpartner"><p class="name">{("Herr " if p.g == "m" else "Frau ") if v == 1 else ""}{p.n}</p><p class="funktion">{p.t}</p><p>Durchwahl -{R.randint(10,99)}</p><p>{mt(p.e)}</p></div>' for p in ps) + f'<p>Zentrale: {mt(C.gen("info"))}</p>'

@L('titles-academic-de', 'de de', '/team /kanzlei', 'Academic honorifics before the name (Dr., Prof. Dr.-Ing., Dipl.-Kfm., Mag.)')
def _(C, v):
    ps = C.ppl(5, mail=.8); H = ["Dr. ", "Prof. Dr.-Ing. ", "Dipl.-Kfm. ", "Mag. ", "Dr. med. "]
    return '<h2>Unsere Köpfe</h2>' + J(f'<div class="kopf"><h3>{h}{p.n}</h3><div>{p.t}</div>{mt(p.e)}</div>' if v == 1 else f'<p><strong>{h}{p.n}</strong>, {p.t}' + (f' · {mt(p.e)}' if p.email else '') + '</p>' for h, p in zip(H, ps))

@L('gruppenfoto', 'de de', '/ueber-uns /team', 'Caption of a group photo: v.l.n.r. with role in brackets')
def _(C, v):
    ps = C.ppl(4, mail=0)
    return f'<figure><img src="/team2022.jpg" alt="Teamfoto"><figcaption>{"Unser Team (v. l. n. r.)" if v == 1 else "Von links"}: ' + ', '.join(f'{p.n} ({p.t})' for p in ps) + '</figcaption></figure><p>Gegründet 1974 in der Käthe-Kollwitz-Straße, heute in dritter Generation.</p>'

# ---------------------------------------------------------------- other languages
@L('mentions-legales', 'fr fr', '/mentions-legales /mentions-legales', 'French mentions légales: directeur de la publication; host is an outside company')
def _(C, v):
    p = C.ppl(1, mail=1 if v == 2 else 0, g='m' if v == 1 else 'f')[0]; p.title = 'Directeur de la publication' if v == 1 else 'Gérante'
    s = C.stranger('fr')
    return f'<h1>Mentions légales</h1><p>Le site {C.host} est édité par {C.legalh}, au capital de 50 000 €, RCS Lyon 512 {R.randint(100,999)} {R.randint(100,999)}.<br>Siège social : {C.street}</p><p>{p.t} : {"M. " if v == 1 else "Mme "}{p.n}' + (f' ({mt(p.e)})' if p.email else '') + f'</p><p>Contact : {mt(C.gen("contact"))}</p><h2>Hébergement</h2><p>Nuagia SAS, 2 rue Kellermann, 59100 Roubaix</p><h2>Crédits photo</h2><p>© {s.n} – Studio Argentique</p>'

@L('equipe-fr', 'fr fr', '/equipe /qui-sommes-nous', 'French team, surnames in capitals (truth: normal case)')
def _(C, v):
    ps = C.ppl(5, mail=.8)
    for p in ps: p.name = p.first + ' ' + p.last
    return '<h1>L’équipe</h1>' + J(f'<div class="membre"><h3>{p.f} {esc(p.last.upper())}</h3><p class="fonction">{p.t}</p>{mt(p.e)}</div>' if v == 1 else f'<li><span>{esc(p.last.upper())} {p.f}</span> — {p.t}{" — " + mt(p.e) if p.email else ""}</li>' for p in ps)

@L('chi-siamo', 'it it', '/chi-siamo /azienda', 'Italian about page with honorifics (Ing., Dott.ssa)')
def _(C, v):
    ps = C.ppl(4, mail=.6 if v == 1 else 0)
    hn = lambda p: R.choice(['Ing. ', 'Dott. ' if p.g == 'm' else 'Dott.ssa ', ''])
    return f'<h1>Chi siamo</h1><p>Fondata nel 1968, {esc(C.co)} ha sede in {C.street}.</p><div class="persone">' + J(f'<div><h4>{hn(p)}{p.n}</h4><p><em>{p.t}</em></p>{mt(p.e)}</div>' for p in ps) + '</div>'

@L('contatti-it', 'it it', '/contatti /contatti', 'Italian contacts: "Referente" per office')
def _(C, v):
    ps = C.ppl(4, mail=1, head=False)
    return f'<h1>Contatti</h1><p>Sede legale: {C.street}<br>P.IVA 0{R.randint(100000000,999999999)}9<br>PEC: {mt(C.gen("pec"))}</p>' + (J(f'<p><b>{p.t}</b><br>{p.n}<br>{mt(p.e)}</p>' for p in ps) if v == 1 else '<table><tr><th>Nome</th><th>Ruolo</th><th>E-mail</th></tr>' + J(f'<tr><td>{p.n}</td><td>{p.t}</td><td>{p.e}</td></tr>' for p in ps) + '</table>')

@L('equipo-es', 'es es', '/equipo /quienes-somos', 'Spanish team cards, D./Dña. in one variation')
def _(C, v):
    ps = C.ppl(5, mail=.5)
    return '<h1>Nuestro equipo</h1><div class="equipo">' + J(f'<div class="persona"><p class="nombre">{("D. " if p.g == "m" else "Dña. ") if v == 2 else ""}{p.n}</p><p class="cargo">{p.t}</p>{mt(p.e)}</div>' for p in ps) + '</div>'

@L('aviso-legal', 'es es', '/aviso-legal /contacto', 'Spanish legal notice / contact by department')
def _(C, v):
    ps = C.ppl(1 if v == 1 else 3, mail=1 if v == 2 else 0, head=(v == 1))
    if v == 1:
        ps[0].title = 'Administrador único' if ps[0].g == 'm' else 'Administradora única'
        return f'<h1>Aviso legal</h1><p>Titular: {C.legalh}, CIF B{R.randint(10000000,99999999)}, {C.street}.</p><p>{ps[0].t}: {ps[0].n}</p><p>Correo: {mt(C.gen("info"))}</p><p>Inscrita en el Registro Mercantil, tomo 2.114, folio 8.</p>'
    return '<h1>Contacto</h1>' + J(f'<div><h3>{p.n}</h3><h4>{p.t}</h4><p>Tel. {C.tel()} · {mt(p.e)}</p></div>' for p in ps)

@L('kontakt-pl', 'pl pl', '/kontakt /zespol', 'Polish contact page, tel. kom.; mgr inż. honorific in one variation')
def _(C, v):
    ps = C.ppl(4, mail=1)
    return '<h1>Kontakt</h1>' + J(f'<div class="osoba"><strong>{("mgr inż. " if i % 2 else "dr ") if v == 2 else ""}{p.n}</strong><br>{p.t}<br>tel. kom. {C.tel()}<br>e-mail: {mt(p.e)}</div>' for i, p in enumerate(ps)) + f'<p>Sekretariat: {mt(C.gen("sekretariat"))}<br>NIP 781{R.randint(1000000,9999999)}</p>'

@L('team-nl', 'nl nl', '/ons-team /contact', 'Dutch team, particles, ir./drs. honorifics in one variation')
def _(C, v):
    ps = C.ppl(5, mail=.7)
    return '<h1>Ons team</h1>' + J(f'<div class="medewerker"><h3>{R.choice(["ir. ", "drs. ", ""]) if v == 2 else ""}{p.n}</h3><p>{p.t}</p>{mt(p.e)}</div>' for p in ps) + '<p>KvK 3012' + str(R.randint(1000, 9999)) + '</p>'

@L('kontakt-nordic', 'sv da', '/kontakt /medarbejdere', 'Swedish/Danish employee list with direct numbers')
def _(C, v):
    ps = C.ppl(5, mail=1)
    return f'<h1>{"Kontakta oss" if v == 1 else "Medarbejdere"}</h1><div class="grid">' + J(f'<div class="kort"><div class="namn">{p.n}</div><div>{p.t}</div><div>{"Direkt" if v == 1 else "Direkte"}: {C.tel()}</div><div>{mt(p.e)}</div></div>' for p in ps) + '</div>'

@L('kontakt-cs', 'cs cs', '/kontakty /o-nas', 'Czech contacts with Ing./Mgr. honorifics and Ph.D.')
def _(C, v):
    ps = C.ppl(5, mail=.9)
    return '<h1>Kontakty</h1>' + J(f'<div class="kontakt"><h3>{["Ing. ", "Mgr. ", "Bc. ", ""][i % 4]}{p.n}{", Ph.D." if i == 0 and v == 1 else ""}</h3><span>{p.t}</span><br>{mt(p.e)}</div>' for i, p in enumerate(ps)) + f'<p>IČ: {R.randint(10000000,99999999)}, zapsáno u Krajského soudu v Brně. {mt(C.gen("obchod"))}</p>'

@L('yonetim-tr', 'tr tr', '/yonetim /iletisim', 'Turkish management, dotted/dotless i; capitals in one variation')
def _(C, v):
    ps = C.ppl(5, mail=.5)
    tup = lambda s: s.replace('i', 'İ').replace('ı', 'I').upper()
    return '<h1>Yönetim Kadrosu</h1>' + J(f'<div class="yonetici"><h4>{esc(tup(p.name)) if v == 2 else p.n}</h4><h5>{p.t}</h5>{mt(p.e)}</div>' for p in ps)

@L('kontakty-ru', 'ru ru', '/kontakty /rukovodstvo', 'Russian contacts; Last First order in one variation')
def _(C, v):
    ps = C.ppl(4, mail=1 if v == 1 else .4)
    if v == 1: return '<h1>Контакты</h1>' + J(f'<p><b>{p.n}</b><br>{p.t}<br>E-mail: {mt(p.e)}</p>' for p in ps) + f'<p>Общие вопросы: {mt(C.gen("info"))}</p>'
    for p in ps: p.name = p.last + ' ' + p.first
    return '<h1>Руководство</h1><table>' + J(f'<tr><td>{p.t}</td><td>{p.n}</td><td>{mt(p.e)}</td></tr>' for p in ps) + '</table>'

@L('kaisha-gaiyo', 'ja ja', '/company /company/profile', 'Japanese company profile table with officers')
def _(C, v):
    ps = C.ppl(1 if v == 1 else 4, mail=0)
    j = '合同会社' if v == 1 else '株式会社'
    if v == 1: off = f'<tr><th>代表者</th><td>{ps[0].t} {ps[0].n}</td></tr>'
    else: off = '<tr><th>役員</th><td>' + '<br>'.join(f'{p.t.replace(" ", "")}　{p.n}' for p in ps) + '</td></tr>'
    for p in ps: p.title = p.title.replace(' ', '') if v == 2 else p.title
    return f'<h1>会社概要</h1><table><tr><th>商号</th><td>{j}{esc(C.brand)}</td></tr><tr><th>設立</th><td>1998年4月</td></tr><tr><th>資本金</th><td>3,000万円</td></tr>{off}<tr><th>所在地</th><td>{C.street}</td></tr><tr><th>主要取引銀行</th><td>三河中央銀行</td></tr><tr><th>メール</th><td>{C.gen("info")}</td></tr></table>'

@L('staff-ja', 'ja ja', '/staff /message', 'Japanese staff cards / greeting of the president')
def _(C, v):
    ps = C.ppl(4 if v == 1 else 1, mail=.5 if v == 1 else 0)
    if v == 1: return '<h1>スタッフ紹介</h1>' + J(f'<div class="staff"><p class="post">{p.t}</p><p class="name">{p.n}</p>{mt(p.e)}</div>' for p in ps)
    return f'<h1>ごあいさつ</h1><p>平素より格別のご高配を賜り、厚く御礼申し上げます。</p><p class="sign">{ps[0].t}　{ps[0].n}</p>'

@L('ko-zh-team', 'ko zh', '/about /team', 'Korean / Chinese management team')
def _(C, v):
    ps = C.ppl(4, mail=.6)
    return f'<h1>{"경영진 소개" if v == 1 else "管理团队"}</h1><ul class="team">' + J(f'<li><strong>{p.n}</strong><span>{p.t}</span>{mt(p.e)}</li>' for p in ps) + '</ul>'

@L('zh-ko-contact', 'zh ko', '/contact /contact', 'Chinese / Korean contact block')
def _(C, v):
    ps = C.ppl(2, mail=1, head=False)
    k = ("联系人", "职务", "邮箱", "电话") if v == 1 else ("담당자", "직책", "이메일", "전화")
    return J(f'<div class="lx"><p>{k[0]}：{p.n}</p><p>{k[1]}：{p.t}</p><p>{k[3]}：+86 574 8812 {R.randint(1000,9999)}</p><p>{k[2]}：{mt(p.e)}</p></div>' for p in ps) + f'<p>{C.gen()}</p>'

@L('fi-pt-hu', 'pt hu', '/equipa /rolunk', 'Portuguese / Hungarian team cards')
def _(C, v):
    ps = C.ppl(4, mail=.7)
    return f'<h2>{"A nossa equipa" if v == 1 else "Csapatunk"}</h2>' + J(f'<div class="col"><h4>{p.n}</h4><p>{p.t}</p><p>{mt(p.e)}</p></div>' for p in ps)

# ---------------------------------------------------------------- structured data
@L('jsonld-org', 'en en', '/about /team', 'JSON-LD Organization with employees (also visible as names and titles)')
def _(C, v):
    ps = C.ppl(4, mail=1)
    d = {"@context": "https://schema.org", "@type": "Organization", "name": C.co, "url": "https://" + C.host, "email": C.gen(), ("employee" if v == 1 else "employees"): [{"@type": "Person", "name": p.name, "jobTitle": p.title, "email": ("mailto:" if v == 2 else "") + p.email} for p in ps]}
    C.head += '<script type="application/ld+json">' + json.dumps(d, ensure_ascii=False) + '</script>'
    return '<h1>The team</h1>' + J(f'<div><h3>{p.n}</h3><p>{p.t}</p></div>' for p in ps)

@L('jsonld-person', 'en de', '/team/profile /team/profil', 'JSON-LD Person / ProfilePage')
def _(C, v):
    p = C.ppl(1, mail=1)[0]; C.title = p.name
    d = {"@context": "https://schema.org", "@type": "Person", "name": p.name, "jobTitle": p.title, "email": p.email, "worksFor": {"@type": "Organization", "name": C.co}}
    if v == 2: d = {"@context": "https://schema.org", "@type": "ProfilePage", "mainEntity": d}
    C.head += '<script type="application/ld+json">\n' + json.dumps(d, indent=1, ensure_ascii=(v == 1)) + '\n</script>'
    return f'<h1>{p.n}</h1><h2>{p.t}</h2><p>{lorem()}</p>'

@L('jsonld-graph', 'en en', '/about /', 'JSON-LD @graph with founder, WebSite, reviews by customers (strangers)')
def _(C, v):
    ps = C.ppl(2, mail=0); s = C.stranger('en')
    ps[0].title, ps[1].title = ("Founder", "Head of Product") if v == 1 else ("Founder and CTO", "Managing Partner")
    g = [{"@type": "WebSite", "name": C.co}, {"@type": "Organization", "@id": "#org", "name": C.co, "founder": {"@id": "#p1"}, "review": {"@type": "Review", "author": {"@type": "Person", "name": s.name}, "reviewBody": "Great"}}] + [{"@type": "Person", "@id": f"#p{i+1}", "name": p.name, "jobTitle": p.title, "worksFor": {"@id": "#org"}} for i, p in enumerate(ps)]
    C.head += '<script type="application/ld+json">' + json.dumps({"@context": "https://schema.org", "@graph": g}) + '</script>'
    return f'<h1>{esc(C.co)}</h1><p>{lorem()}</p>' + J(f'<p><strong>{p.n}</strong> · {p.t}</p>' for p in ps) + f'<blockquote>“Great” – {s.n}, customer</blockquote>'

@L('microdata', 'en fr', '/team /equipe', 'schema.org microdata Person')
def _(C, v):
    ps = C.ppl(4, mail=.7)
    return J(f'<div itemscope itemtype="http{"s" if v == 1 else ""}://schema.org/Person"><span itemprop="name">{p.n}</span>, <span itemprop="jobTitle">{p.t}</span>' + (f' <a itemprop="email" href="mailto:{p.e}">{p.e}</a>' if p.email else '') + '<meta itemprop="worksFor" content="' + C.legalh + '"></div>' for p in ps)

@L('hcard', 'en en', '/contact /people', 'hCard (vcard/fn/title/email) and h-card (p-name/p-job-title/u-email)')
def _(C, v):
    ps = C.ppl(4, mail=.8)
    if v == 1: return J(f'<div class="vcard"><span class="fn n">{p.n}</span><div class="title">{p.t}</div><div class="org">{esc(C.co)}</div>' + (f'<a class="email" href="mailto:{p.e}">{p.e}</a>' if p.email else '') + '</div>' for p in ps)
    return J(f'<div class="h-card"><img class="u-photo" alt=""><a class="p-name u-url" href="/{p.ll}">{p.n}</a> <span class="p-job-title">{p.t}</span>' + (f' <a class="u-email" href="mailto:{p.e}">e-mail</a>' if p.email else '') + '</div>' for p in ps)

# ---------------------------------------------------------------- hidden addresses
@L('at-dot', 'en de', '/contact /kontakt', 'name [at] company [dot] com / (at) (punkt)')
def _(C, v):
    ps = C.ppl(4, mail=1); ob = lambda e: e.replace('.', ' [dot] ').replace('@', ' [at] ') if v == 1 else e.replace('.', '(punkt)').replace('@', '(at)')
    ob2 = lambda e: e.split('@')[0] + (' [at] ' if v == 1 else '(at)') + e.split('@')[1].replace('.', ' [dot] ' if v == 1 else '(punkt)')
    return J(f'<div class="c"><h3>{p.n}</h3><p>{p.t}</p><p>{ob2(p.e)}</p></div>' for p in ps)

@L('at-word', 'en es', '/team /contacto', 'name AT company DOT com / name (arroba) company.es')
def _(C, v):
    ps = C.ppl(4, mail=1); ob = lambda e: e.replace('@', ' AT ') if v == 1 else e.replace('@', ' (arroba) ')
    return '<ul>' + J(f'<li>{p.n}, {p.t}: {ob(p.e).replace("." + C.dom.split(".", 1)[1], " DOT " + C.dom.split(".", 1)[1].replace(".", " DOT ")) if v == 1 else ob(p.e)}</li>' if v == 2 else f'<li><b>{p.n}</b><br>{p.t}<br>{ob(p.e).replace("." + C.dom.split(".", 1)[1], " DOT " + C.dom.split(".", 1)[1].replace(".", " DOT "))}</li>' for p in ps) + '</ul>'

@L('entity-encoded', 'en cs', '/people /kontakty', 'Address in decimal/hex character references (WordPress antispambot)')
def _(C, v):
    ps = C.ppl(4, mail=1); en = lambda e: J(f'&#{ord(c)};' if R.random() < .6 or c == '@' else c for c in e) if v == 1 else J(f'&#x{ord(c):x};' for c in e)
    return J(f'<div class="tm"><h4>{p.n}</h4><p>{p.t}</p><a href="{en("mailto:" + p.e)}">{en(p.e)}</a></div>' for p in ps)

def cf(e):
    k = R.randint(1, 254); return f'{k:02x}' + J(f'{b ^ k:02x}' for b in e.encode())
@L('cfemail', 'en de', '/team /kontakt', 'Cloudflare e-mail protection (data-cfemail / cdn-cgi link)')
def _(C, v):
    ps = C.ppl(4, mail=1)
    return J(f'<div class="person"><h3>{p.n}</h3><span class="role">{p.t}</span><br>' + (f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{cf(p.e)}">[email&#160;protected]</a>' if v == 1 else f'<a href="/cdn-cgi/l/email-protection#{cf(p.e)}"><i class="fa fa-envelope"></i> E-Mail</a>') + '</div>' for p in ps) + '<script data-cfasync="false" src="/cdn-cgi/scripts/5c5dd728/cloudflare-static/email-decode.min.js"></script>'

@L('data-split', 'en de', '/contact /team', 'Address split over data attributes (data-user/data-domain)')
def _(C, v):
    ps = C.ppl(4, mail=1); a = ('data-user', 'data-domain') if v == 1 else ('data-name', 'data-host')
    sp = lambda e: e.split('@')
    return J(f'<div class="person"><strong>{p.n}</strong><div>{p.t}</div><a href="#" class="email-link" {a[0]}="{sp(p.e)[0]}" {a[1]}="{sp(p.e)[1]}">{"Show e-mail" if v == 1 else "E-Mail anzeigen"}</a></div>' for p in ps) + '<script>document.querySelectorAll(".email-link").forEach(a=>a.href="mailto:"+a.getAttribute("%s")+"@"+a.getAttribute("%s"))</script>' % a

@L('js-write-rtl', 'en en', '/contact /staff', 'Address written by inline script / reversed text with direction:rtl')
def _(C, v):
    ps = C.ppl(3, mail=1)
    sp = lambda e: e.split('@')
    if v == 1: return J(f'<p><b>{p.n}</b><br>{p.t}<br><script>var u="{sp(p.e)[0]}";var d="{sp(p.e)[1]}";document.write("<a href=\\"mailto:"+u+"@"+d+"\\">"+u+"@"+d+"<\\/a>");</script></p>' for p in ps)
    return '<style>.rev{unicode-bidi:bidi-override;direction:rtl}</style>' + J(f'<p><b>{p.n}</b><br>{p.t}<br><span class="rev">{p.e[::-1]}</span></p>' for p in ps)

@L('span-nospam', 'en nl', '/team /contact', 'Address broken by a hidden span / @ in its own span')
def _(C, v):
    ps = C.ppl(4, mail=1); sp = lambda e: e.split('@')
    return J(f'<div><h5>{p.n}</h5><div>{p.t}</div><div>' + (f'{sp(p.e)[0]}<span style="display:none">REMOVE</span>@{sp(p.e)[1]}' if v == 1 else f'{sp(p.e)[0]}<span class="at">@</span>{sp(p.e)[1]}') + '</div></div>' for p in ps)

# ---------------------------------------------------------------- noise and hard cases
@L('team-vs-testimonials', 'en en', '/about /about-us', 'Own team and customers’ testimonials in the same card markup (customers named with their companies)')
def _(C, v):
    ps = C.ppl(4, mail=0 if v == 1 else .6); st = [C.stranger('en') for _ in range(3)]
    card = lambda n, t, x='': f'<div class="card"><img alt=""><h4>{n}</h4><p class="sub">{t}</p>{x}</div>'
    return '<h2>Our team</h2>' + J(card(p.n, p.t, mt(p.e)) for p in ps) + '<h2>What clients say about us</h2>' + J(card(s.n, R.choice(["CEO", "COO", "Buyer"]) + ' at ' + otherco(), '<p>“Excellent service.”</p>') for s in st)

@L('team-with-blog', 'en en', '/team /people', 'Team list followed by guest blog posts, news and partner logos')
def _(C, v):
    ps = C.ppl(5, mail=.5)
    return '<h2>People</h2><div class="people">' + J(f'<div class="p"><span class="p1">{p.n}</span><span class="p2">{p.t}</span>{mt(p.e)}</div>' for p in ps) + '</div>' + (blogs(C, 2) if v == 1 else news(C)) + logos(C)

@L('upper-names', 'en pl', '/team /zespol', 'All names in capitals (truth: normal case)')
def _(C, v):
    ps = C.ppl(5, mail=.6)
    if v == 1:
        for p in ps:
            while re.search('Mac|Van|St\\.', p.last): p.last, p.ll = 'Thornbury', 'thornbury'
            p.name = p.first + ' ' + p.last
            if p.email: p.email = C.mail(p)
        ps_names = set(p.name for p in ps); assert len(ps_names) == 5
    return J(f'<div class="pp"><h2>{p.up}</h2><h3>{p.t}</h3>{mt(p.e)}</div>' for p in ps)

@L('board-and-staff', 'en en', '/about/governance /board', 'Board of directors (with outside posts in the bio) and management')
def _(C, v):
    ps = C.ppl(6, mail=0)
    for i, p in enumerate(ps[:3]): p.title = ['Chair', 'Non-Executive Director', 'Senior Independent Director'][i]
    return '<h2>Board of Directors</h2>' + J(f'<div class="director"><h3>{p.n}</h3><p class="role">{p.t}</p><p>{p.f} is also a trustee of {otherco()}.</p></div>' for p in ps[:3]) + f'<h2>{"Executive management" if v == 1 else "Management team"}</h2>' + J(f'<div class="director"><h3>{p.n}</h3><p class="role">{p.t}</p></div>' for p in ps[3:])

@L('post-nominals', 'en en', '/team /our-experts', 'Post-nominals after the name (PhD, MBA, CPA) and Dr before; truth without')
def _(C, v):
    ps = C.ppl(5, mail=.6); S = [", PhD", ", MBA", ", CPA", "", ", PE"]
    return J(f'<div class="expert"><h3>{"Dr " if v == 2 and i == 3 else ""}{p.n}{S[i]}</h3><p>{p.t}</p>{mt(p.e)}</div>' for i, p in enumerate(ps))

@L('law-firm', 'en de', '/attorneys /anwaelte', 'Law firm: grouped Partners / Associates with explicit titles')
def _(C, v):
    ps = C.ppl(6, mail=1); a, b = ('Partner', 'Associate') if v == 1 else ('Rechtsanwalt', 'Rechtsanwältin')
    for i, p in enumerate(ps): p.title = (a if i < 3 else b) if v == 1 else (a if p.g == 'm' else b)
    return f'<h1>{"Our lawyers" if v == 1 else "Unsere Anwälte"}</h1>' + J(f'<div class="lawyer"><a href="/l/{p.ll}"><b>{p.n}</b></a> <span>{p.t}</span> <a href="mailto:{p.e}">{p.e}</a></div>' for p in ps) + '<p>' + ('Regulated by the Solicitors Regulation Authority.' if v == 1 else 'Zuständige Kammer: Rechtsanwaltskammer Hamm, Ostenallee 18.') + '</p>'

@L('medical', 'en de', '/our-doctors /praxis', 'Medical practice with Dr. honorifics and specialty as title')
def _(C, v):
    ps = C.ppl(4, mail=0, head=False); S = ["General Practitioner", "Practice Nurse", "Consultant Cardiologist", "Practice Manager"] if v == 1 else ["Fachärztin für Innere Medizin", "Facharzt für Allgemeinmedizin", "Medizinische Fachangestellte", "Praxismanagerin"]
    if v == 2:
        C.truth.clear(); ps = [C.ppl(1, mail=0, head=False, g=g)[0] for g in 'fmff']
    for p, s in zip(ps, S): p.title = s
    d = [1, 0, 1, 0] if v == 1 else [1, 1, 0, 0]
    return J(f'<div class="doc"><h3>{("Dr. " if v == 1 else "Dr. med. ") if k else ""}{p.n}</h3><p>{p.t}</p></div>' for p, k in zip(ps, d)) + f'<p>{mt(C.gen())}</p>'

@L('estate-agents', 'en en', '/agents /our-agents', 'Estate agents: licence number, mobile, mail; listings with street names after people')
def _(C, v):
    ps = C.ppl(5, mail=1, head=False); T = ["Realtor®", "Broker Associate", "Listing Agent", "Managing Broker", "Transaction Coordinator"]
    for p, t in zip(ps, T): p.title = t
    return J(f'<div class="agent"><h4>{p.n}</h4><p>{p.t}</p><p>Lic. #0{R.randint(1000000,9999999)}</p><p>M {C.tel()}</p><p>{mt(p.e) if v == 1 else "<a href=mailto:" + p.e + ">Email me</a>"}</p></div>' for p in ps) + '<h3>New listings</h3><ul><li>114 Eleanor Roosevelt Drive – 3 bed</li><li>9 Cesar Chavez Court – 2 bed</li></ul>'

@L('founders-section', 'en en', '/ /about', 'Home page with small founders section among product sections and awards')
def _(C, v):
    ps = C.ppl(2, mail=0)
    ps[0].title, ps[1].title = ('Co-founder & CEO', 'Co-founder & CTO') if v == 1 else ('Co-Founder', 'Co-Founder')
    return f'<section class="hero"><h1>Ship faster with {esc(C.brand)}</h1><a>Start free trial</a></section><section class="features"><h3>Smart Routing</h3><p>{lorem(1)}</p><h3>Grace Checkout</h3><p>{lorem(1)}</p></section><section class="founders"><h2>Meet the founders</h2>' + J(f'<div><h4>{p.n}</h4><p>{p.t}</p></div>' for p in ps) + '</section>' + awards(C)

@L('same-surname-family', 'en it', '/about /chi-siamo', 'Family company: several people share a surname')
def _(C, v):
    ps = C.ppl(4, mail=1)
    for p in ps[1:3]:
        p.last, p.ll = ps[0].last, ps[0].ll; p.name = p.first + ' ' + p.last
    C.pat = 0
    for p in ps: p.email = C.mail(p)
    return J(f'<div class="fam"><h3>{p.n}</h3><p>{p.t}</p><p>{mt(p.e)}</p></div>' for p in ps)

@L('mail-title-attr', 'en en', '/team /staff', 'Icon links only: address in mailto with subject and title attribute')
def _(C, v):
    ps = C.ppl(5, mail=1)
    return '<div class="staff">' + J(f'<div class="s"><div class="s-info"><p class="s-n">{p.n}</p><p class="s-t">{p.t}</p></div><div class="s-i"><a href="mailto:{p.e if v == 1 else p.e.replace("@", "%40")}?subject=Website%20enquiry" title="E-mail {p.n}"><svg></svg></a><a href="https://x.com/{p.ll}"><svg></svg></a></div></div>' for p in ps) + '</div>'

@L('cards-plus-open-role', 'en sv', '/team /om-oss', 'Team grid with "This could be you" / open-position card and shared mailbox')
def _(C, v):
    ps = C.ppl(4, mail=.8)
    x = f'<div class="tm"><h4>{"This could be you" if v == 1 else "Här kan du vara"}</h4><p>{"Open position: Junior Designer" if v == 1 else "Ledig tjänst: Montör"}</p>{mt(C.gen("jobs" if v == 1 else "jobb"))}</div>'
    return '<div class="team">' + J(f'<div class="tm"><h4>{p.n}</h4><p>{p.t}</p>{mt(p.e)}</div>' for p in ps) + x + '</div>'

# ---------------------------------------------------------------- nobody
@L('none-testimonials', 'en en', '/about /customers', 'NOBODY: only testimonials and partners', True)
def _(C, v): return f'<h1>About us</h1><p>{lorem(3)}</p>' + testimonials(C, 4) + logos(C)
@L('none-blog', 'en en', '/blog /news', 'NOBODY: blog index with guest authors', True)
def _(C, v): return blogs(C, 4) + (news(C) if v == 2 else '')
@L('none-contact', 'en de', '/contact /kontakt', 'NOBODY: contact form and role mailboxes', True)
def _(C, v):
    m = [mt(C.gen(x)) for x in (("info", "sales", "support") if v == 1 else ("info", "bewerbung", "service"))]
    return f'<h1>{"Contact" if v == 1 else "Kontakt"}</h1><address>{C.legalh}<br>{C.street}<br>{C.tel()}</address><p>{" · ".join(m)}</p><form><input placeholder="{"Jane Doe" if v == 1 else "Max Mustermann"}"><input type="email"></form>'
@L('none-products', 'en sv', '/about /om-oss', 'NOBODY: products that look like people', True)
def _(C, v): return '<h1>' + ("Chairs and lamps" if v == 1 else "Stolar och lampor") + '</h1>' + J(f'<div class="product"><h3>{n}</h3><p>{d}</p><span>{R.randint(90,900)} €</span></div>' for n, d in [("Anna Lund", "lounge chair, oak" if v == 1 else "fåtölj, ek"), ("Otto Berg", "desk lamp" if v == 1 else "skrivbordslampa"), ("Clara Holm", "side table" if v == 1 else "sidobord"), ("Max Winter", "coat rack" if v == 1 else "klädhängare")])
@L('none-news', 'en en', '/company /news', 'NOBODY: news and awards naming outsiders', True)
def _(C, v): return (news(C) + awards(C)) if v == 1 else (awards(C) + f'<h2>In memory</h2><p>The bridge we restored carries the name of the engineer Tobias Wrenfield (1831–1902).</p>' + news(C))
@L('none-careers', 'en fr', '/team /recrutement', 'NOBODY: vacancies (job titles without people)', True)
def _(C, v):
    T = ["Senior Backend Engineer", "Account Executive", "Office Manager", "Product Designer"] if v == 1 else ["Chef de projet", "Responsable marketing", "Comptable confirmé"]
    return f'<h1>{"Join the team" if v == 1 else "Rejoignez l’équipe"}</h1>' + J(f'<div class="job"><h3>{t}</h3><p>{"Full-time · Remote" if v == 1 else "CDI · Lyon"}</p></div>' for t in T) + mt(C.gen("jobs" if v == 1 else "recrutement"))
@L('none-locations', 'en it', '/locations /dove-siamo', 'NOBODY: branches at streets named after people', True)
def _(C, v):
    A = ["12 Rosa Parks Avenue, Dayton", "45 Charles Darwin Road, Kent", "3 Ada Lovelace Close, Reading"] if v == 1 else ["Via Enrico Fermi 3, Vicenza", "Piazza Giuseppe Verdi 10, Parma", "Via Maria Montessori 8, Modena"]
    return f'<h1>{"Our branches" if v == 1 else "Le nostre sedi"}</h1><ul>' + J(f'<li>{a}</li>' for a in A) + '</ul>' + mt(C.gen())
@L('none-privacy', 'en de', '/privacy /datenschutz', 'NOBODY: privacy policy, authority address', True)
def _(C, v):
    return f'<h1>{"Privacy policy" if v == 1 else "Datenschutzerklärung"}</h1><p>{"The controller is" if v == 1 else "Verantwortlich ist"} {C.legalh}, {C.street}.</p><p>{"Requests" if v == 1 else "Anfragen"}: {mt(C.gen("privacy" if v == 1 else "datenschutz"))}</p><p>Google Analytics, Cookies, Matomo.</p>'
@L('none-case-study', 'en en', '/case-study /about/customers', 'NOBODY: case study quoting the customer’s manager', True)
def _(C, v):
    s = C.stranger('en'); c = otherco()
    return f'<h1>How {c} cut lead time by 40 %</h1><p>{lorem(2)}</p><p>“We saw results in a week,” says {s.n}, Operations Director at {c}.</p>' + (logos(C) if v == 1 else f'<aside><h4>About the customer</h4><p>{c} was founded by {C.stranger("en").n} in 1956.</p></aside>')
@L('none-roles', 'en de', '/team /team', 'NOBODY: team page describing teams, no names', True)
def _(C, v):
    T = [("Sales Team", "Ready to advise you"), ("Customer Service", "Mon–Fri 8–18"), ("Workshop Crew", "Twelve hands")] if v == 1 else [("Verkaufsteam", "Berät Sie gern"), ("Werkstatt", "Zwölf Hände"), ("Kundendienst", "Mo–Fr")]
    return J(f'<div class="team-card"><h3>{a}</h3><p>{b}</p></div>' for a, b in T) + mt(C.gen())
@L('none-events', 'en en', '/events /webinars', 'NOBODY: events with outside speakers', True)
def _(C, v): return '<h1>Events</h1>' + J(f'<div class="event"><h3>{t}</h3><p>Guest speaker: {C.stranger("en").n}, {R.choice(["University of Ostervale", otherco()])}</p></div>' for t in ["Packaging forum", "Evening lecture", "Supplier day"]) + (logos(C) if v == 2 else '')

@L('none-faq', 'en nl', '/about/faq /over-ons', 'NOBODY: FAQ / history page naming only an inventor the product is named after', True)
def _(C, v):
    if v == 1: return f'<h1>Frequently asked questions</h1><details><summary>Why is it called the Wendell Pryce valve?</summary><p>It is named after the engineer Wendell Pryce (1844–1919), whose design is still in use.</p></details><details><summary>Do you ship abroad?</summary><p>Yes. Write to {mt(C.gen())}.</p></details>'
    return f'<h1>Over ons</h1><p>{esc(C.co)} is gevestigd in het Christiaan Huygensgebouw. Wij zijn een hecht team van twaalf vakmensen.</p>' + logos(C)

# ---------------------------------------------------------------- main
# near-duplicates of other layouts, left out by default to keep the set at about 150 pages (--all: written too)
RESERVE = set("""wpbakery divi-member tailwind-ul alternating-sections table-dept-rows table-matrix css-table-divs ul-dash br-soup
details-accordion data-attr-bio contact-form-sidebar sales-offices chi-siamo equipo-es zh-ko-contact fi-pt-hu law-firm estate-agents
founders-section hover-overlay gutenberg-columns figure-figcaption p-strong-br""".split())
def totext(h):
    h = re.sub(r'(?s)<(style)\b.*?</\1>', '', h)
    h = re.sub(r'<!--.*?-->', '', h)
    return re.sub(r'[ \t\u00a0]+', ' ', html.unescape(re.sub(r'<[^>]+>', ' ', h)))
def make(folder):
    os.makedirs(os.path.join(folder, 'pages'), exist_ok=True)
    lays = LAY if '--all' in sys.argv else [l for l in LAY if l[0] not in RESERVE]
    jobs = [(l, v) for l in lays for v in (1, 2)]
    R.shuffle(jobs); truth = {}; warn = []; st = [0, 0, 0, 0, 0]
    for k, ((lid, langs, paths, desc, empty, fn), v) in enumerate(jobs, 1):
        C = Ctx(langs[v-1], v); C.url = 'https://' + C.host + paths[v-1]
        body = fn(C, v); page = shell(C, body); fnm = f'{k:03d}.html'
        ppl = [{"name": p.name, "title": p.title, "email": p.email} for p in C.truth]
        assert bool(ppl) != empty, lid
        assert len({p["name"] for p in ppl}) == len(ppl), lid
        tx = totext(page); low = re.sub(r'\s+', ' ', tx).casefold(); raw = html.unescape(page)
        for p in ppl:
            if p["name"].casefold() not in low: warn.append((fnm, lid, v, 'name', p["name"]))
            if p["title"] and p["title"] not in re.sub(r'\s+', ' ', tx): warn.append((fnm, lid, v, 'title', p["title"]))
            if p["email"] and p["email"] not in raw: warn.append((fnm, lid, v, 'email', p["email"]))
        for e in C.other:
            if e not in raw: warn.append((fnm, lid, v, 'other', e))
        tr = {"email_in_truth": 0}
        known = {p["email"] for p in ppl} | set(C.other)
        for e in set(re.findall(r'[\w.%-]+@[\w-]+\.[\w.-]*\w', raw)):
            if e not in known: warn.append((fnm, lid, v, 'stray mail', e))
        truth[fnm] = {"url": C.url, "domain": C.dom, "people": ppl, "other_emails": C.other, "note": f'{lid} (variation {v}): {desc}'}
        with open(os.path.join(folder, 'pages', fnm), 'w', encoding='utf-8') as f: f.write(page)
        st[0] += 1; st[1] += not ppl; st[2] += len(ppl); st[3] += sum(p["title"] is not None for p in ppl); st[4] += sum(p["email"] is not None for p in ppl)
    assert len({t["domain"] for t in truth.values()}) == len(truth)
    with open(os.path.join(folder, 'truth.json'), 'w', encoding='utf-8') as f: json.dump(truth, f, ensure_ascii=False, indent=1)
    print('layouts', len(lays), 'pages', st[0], 'without people', st[1], 'people', st[2], 'with title', st[3], 'with e-mail', st[4])
    if '-v' in sys.argv:
        for w in warn: print('WARN', *w)  # hidden addresses, capitals and 'Last, First' are expected here
if __name__ == '__main__':
    make(sys.argv[1])
