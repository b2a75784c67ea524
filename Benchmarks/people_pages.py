#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Makes 440 pages of companies in 199 layouts and 25 languages, with the people that each names: pages/NNN.html and truth.json below a folder.

    python Benchmarks/people_pages.py FOLDER

The names, companies and domains are made up. The same pages come out every time.
"""
import random, json, os, re, html, base64, codecs, sys, unicodedata, urllib.parse

SEED = 20240611

# ------------------------------------------------------------------ names
def W(s):
    return s.replace("_", " ").split("|") if "|" in s else [x.replace("_", " ") for x in s.split()]

def N(m, f, last, native=False):
    """first names m / f and last names; 'male/female' in last; native: orig=roman"""
    def items(s):
        return [x.replace("_", " ") for x in s.split()]
    return dict(m=items(m), f=items(f), last=items(last), native=native)

NAMES = {
 "en": N("James Oliver Daniel Thomas Marcus Andrew Simon Gareth Nathan Russell Philip Trevor Colin Adrian Stuart Howard Keith Derek Wesley Grant Tyler Brandon",
         "Emily Charlotte Hannah Rebecca Victoria Heather Alison Gillian Rachel Natalie Joanna Lauren Paige Brooke Megan Tracy Denise Holly Abigail Stephanie",
         "Whitfield Harrington Ashworth Caldwell Pemberton Thornton Bradshaw Hollis Langley Fairchild Mercer Holloway Radcliffe Stanton Wakefield Ellison Barlow Prescott Lockwood Chambers Hartley Sinclair Dunmore Tilbury Baxter Carver Gould Lyons Moss Nash"),
 "ie": N("Cormac Declan Eoin Padraig Ronan Brendan Finbar", "Siobhan Aoife Niamh Grainne Orla Sinead Ciara",
         "O'Neill O'Sullivan O'Reilly O'Brien Gallagher Fitzgerald Kavanagh Brennan McCarthy McGrath"),
 "sc": N("Hamish Angus Callum Ewan Fergus Lachlan", "Fiona Isla Eilidh Morag Catriona Ailsa",
         "McDonald MacGregor McKenzie MacLeod McPherson Buchanan Drummond McIntyre MacAulay"),
 "us": N("Darnell Terrence Jamal Malik DeShawn Curtis", "Latoya Keisha Ebony Tamika Shanice Imani",
         "Washington Jefferson Booker Freeman Gaines Tolliver Pettway Dupree"),
 "de": N("Max Matthias Jürgen Stefan Thomas Wolfgang Andreas Lukas Tobias Florian Sebastian Rainer Holger Uwe Jörg Karl-Heinz Hans-Peter",
         "Erika Sabine Katrin Ulrike Heike Anna Julia Claudia Birgit Franziska Annette Jana Anke Silke Eva-Maria Ann-Kathrin",
         "Schneider Hoffmann Krüger Weiß Schäfer Böhm Zimmermann Vogel Lehmann Köhler Brandt Winkler Albrecht Seidel Pfeiffer Groß Jäger Müller-Lüdenscheidt Meyer-Wolters Kühn Hartmann Bergmann Reuter"),
 "at": N("Alois Leopold Gernot Markus", "Elfriede Christa Magdalena Theresia", "Huber Gruber Wimmer Moser Egger Steindl Pichler"),
 "fr": N("Jean-Luc François Benoît Olivier Mathieu Thierry Frédéric Guillaume Étienne Rémi Hervé Jérôme Jean-Baptiste Loïc",
         "Élodie Camille Sophie Nathalie Céline Hélène Aurélie Marie-Claire Anaïs Delphine Véronique Chloé Margaux Anne-Laure",
         "Lefèvre Moreau Girard Fontaine Chevalier Beaumont Delacroix Rousseau Bertrand Perrin Garnier Lemoine Le_Goff Dupont-Aignan de_la_Fressange Bélanger Charpentier Vasseur Gauthier d'Ormesson"),
 "es": N("Javier Álvaro Ignacio Sergio Rubén José_Luis Francisco_Javier Andrés Íñigo Raúl Gonzalo Alejandro",
         "María_José Lucía Begoña Inés Montserrat Carmen Rocío Ana_Belén Nuria Beatriz Pilar Alejandra",
         "García_Márquez Fernández_Ruiz Núñez Ibáñez Domínguez_Soler Ortega Vázquez de_la_Torre Castaño Peña_Rubio Aguirre Etxeberria Calderón Muñoz Serrano_Gil Bermúdez Zúñiga"),
 "it": N("Alessandro Giovanni Lorenzo Matteo Gianluca Stefano Niccolò Riccardo Pier_Paolo Salvatore",
         "Chiara Francesca Giulia Elisabetta Silvia Maria_Grazia Valentina Ilaria Federica Beatrice",
         "Bianchi Rossetti Colombo D'Angelo De_Luca Di_Stefano Ferraris Lombardi Marchetti Pellegrini Santoro Galli Dell'Acqua Barbieri Conti"),
 "nl": N("Pieter Jeroen Wouter Sander Bas Maarten Ruben Joost Gijs Teun", "Marijke Sanne Femke Anouk Liesbeth Mieke Roos Fleur Ilse Wietske",
         "van_der_Meer de_Vries van_den_Berg Jansen ten_Brink Dijkstra van_'t_Hof Bakker de_Boer Hoekstra van_Leeuwen Mulder Visser op_den_Kamp Wiersma"),
 "be": N("Koen Bart Stijn Dries", "Lieve Griet An-Sofie Katrien", "Vandenbroucke Peeters Van_Damme De_Smet Claes Van_den_Bossche"),
 "pl": N("Paweł Krzysztof Łukasz Tomasz Grzegorz Marcin Michał Wojciech Rafał Zbigniew", "Agnieszka Katarzyna Małgorzata Joanna Magdalena Zofia Justyna Bożena Ewelina Elżbieta",
         "Kowalski/Kowalska Wiśniewski/Wiśniewska Wójcik Zieliński/Zielińska Szymański/Szymańska Dąbrowski/Dąbrowska Mazur Grabowski/Grabowska Pawłowski/Pawłowska Nowak Gołębiewski/Gołębiewska Krawczyk Jabłoński/Jabłońska Żak"),
 "sv": N("Erik Lars Anders Magnus Fredrik Björn Göran Henrik Oskar Per-Olof", "Ingrid Åsa Kerstin Malin Elin Annika Frida Lisbeth Märta Anna-Karin",
         "Lindström Bergqvist Sjöberg Åkesson Nyström Holmgren Wallin Öberg Ekström Hedlund Lundqvist Forsberg Sandström"),
 "da": N("Mads Søren Rasmus Jesper Kasper Niels", "Mette Kirsten Signe Maja Astrid Line", "Sørensen Østergaard Nørgaard Kjær Mikkelsen Bruun Rødgaard Holm_Jensen Thygesen"),
 "no": N("Sindre Øyvind Håkon Torbjørn Eirik", "Ragnhild Silje Solveig Marit Guro", "Haugen Bjørnstad Solbakken Nygård Tveit Fjeldstad Aasen Grønli"),
 "fi": N("Jukka Mikko Pekka Antti Ville", "Päivi Riikka Aino Hanna-Leena Tuula", "Virtanen Korhonen Mäkelä Nieminen Hämäläinen Koskinen Pöysti Järvinen"),
 "is": N("Gunnar Sigurður", "Guðrún Björk", "Jónsson/Jónsdóttir Einarsson/Einarsdóttir Sigurðsson/Sigurðardóttir"),
 "pt": N("João António Nuno Tiago Gonçalo Rui Luís_Filipe Duarte Fábio", "Inês Catarina Mariana Conceição Joana Luísa Fátima Beatriz Margarida",
         "Ferreira_da_Silva Carvalho Gonçalves dos_Santos Magalhães Simões Teixeira Vasconcelos Pinto_Correia Guimarães Azevedo Leitão"),
 "br": N("Thiago Caio Rodrigo Wagner", "Juliana Letícia Priscila Renata", "Nascimento Barbosa_Lima de_Oliveira Cavalcanti Moraes Queiroz"),
 "tr": N("Mehmet Emre Oğuz Çağlar Barış Tolga İbrahim Serkan Yiğit", "Ayşe Zeynep Elif Gülşen Şule Özlem İrem Deniz Çiğdem",
         "Yılmaz Öztürk Şahin Çelik Aydın Karadağ Güneş Koçak Demirtaş Ünal Işık Erdoğmuş"),
 "cs": N("Jiří Zdeněk Tomáš Ondřej Lukáš Václav", "Lenka Markéta Kateřina Zuzana Věra Tereza", "Dvořák/Dvořáková Novotný/Novotná Procházka/Procházková Černý/Černá Kučera/Kučerová Říha/Říhová Beneš/Benešová"),
 "hu": N("Péter László Zoltán Gergő Balázs", "Eszter Katalin Zsófia Réka Ágnes", "Nagy Szabó Horváth Kiss Tóth Molnár Varga Balogh Farkas"),
 "ro": N("Andrei Ștefan Bogdan Mihai", "Ioana Raluca Simona Mădălina", "Popescu Ionescu Dumitrașcu Stănescu Văcărescu Moldoveanu"),
 "hr": N("Goran Luka Dražen Željko", "Ivana Marija Snježana Vesna", "Kovačević Horvat Babić Jurić Đurđević Žanić"),
 "el": N("Γιώργος=Giorgos Νίκος=Nikos Κωνσταντίνος=Konstantinos Δημήτρης=Dimitris Παναγιώτης=Panagiotis Θανάσης=Thanasis",
         "Μαρία=Maria Ελένη=Eleni Κατερίνα=Katerina Σοφία=Sofia Δέσποινα=Despina Ιωάννα=Ioanna",
         "Παπαδόπουλος=Papadopoulos/Παπαδοπούλου=Papadopoulou Γεωργίου=Georgiou Οικονόμου=Oikonomou Νικολαΐδης=Nikolaidis/Νικολαΐδου=Nikolaidou Αντωνίου=Antoniou Καραγιάννης=Karagiannis/Καραγιάννη=Karagianni Βασιλείου=Vasileiou Μακρής=Makris/Μακρή=Makri", True),
 "ru": N("Иван=Ivan Алексей=Alexey Дмитрий=Dmitry Сергей=Sergey Павел=Pavel Николай=Nikolay Артём=Artem Владимир=Vladimir",
         "Анна=Anna Елена=Elena Ольга=Olga Наталья=Natalia Ирина=Irina Светлана=Svetlana Юлия=Yulia Екатерина=Ekaterina",
         "Смирнов=Smirnov/Смирнова=Smirnova Кузнецов=Kuznetsov/Кузнецова=Kuznetsova Соколов=Sokolov/Соколова=Sokolova Волков=Volkov/Волкова=Volkova Лебедев=Lebedev/Лебедева=Lebedeva Зайцев=Zaitsev/Зайцева=Zaitseva Белоусов=Belousov/Белоусова=Belousova Щербаков=Scherbakov/Щербакова=Scherbakova Морозов=Morozov/Морозова=Morozova Петренко=Petrenko", True),
 "uk": N("Олександр=Oleksandr Андрій=Andrii Тарас=Taras Богдан=Bohdan", "Оксана=Oksana Юлія=Yuliia Наталія=Nataliia Ірина=Iryna",
         "Шевчук=Shevchuk Коваленко=Kovalenko Бондаренко=Bondarenko Ткачук=Tkachuk Мельник=Melnyk Гриценко=Hrytsenko", True),
 "ja": N("太郎=taro 健一=kenichi 翔太=shota 大輔=daisuke 直樹=naoki 浩二=koji 誠=makoto 隆=takashi", "花子=hanako 美咲=misaki 由美=yumi 恵子=keiko 真由美=mayumi さくら=sakura 麻衣=mai 千春=chiharu",
         "山田=yamada 佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 渡辺=watanabe 伊藤=ito 中村=nakamura 小林=kobayashi 加藤=kato 吉田=yoshida 長谷川=hasegawa 五十嵐=igarashi 森=mori", True),
 "zh": N("伟=wei 建国=jianguo 志强=zhiqiang 明=ming 浩然=haoran 俊杰=junjie 国栋=guodong 文博=wenbo", "芳=fang 丽华=lihua 静=jing 雪梅=xuemei 雨桐=yutong 婷婷=tingting 晓燕=xiaoyan 佳怡=jiayi",
         "王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 赵=zhao 黄=huang 周=zhou 吴=wu 欧阳=ouyang 徐=xu 孙=sun 郑=zheng", True),
 "ko": N("민수=minsu 지훈=jihoon 현우=hyunwoo 성민=sungmin 동현=donghyun 준호=junho 태영=taeyoung", "지은=jieun 수진=sujin 민지=minji 은정=eunjung 혜진=hyejin 유리=yuri 서연=seoyeon",
         "김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim 한=han 오=oh", True),
 "ar": N("محمد=mohammed خالد=khaled يوسف=youssef عمر=omar", "فاطمة=fatima ليلى=layla مريم=maryam نورة=noura", "الحداد=alhaddad النجار=alnajjar الشريف=alsharif القاسم=alqasim حمدان=hamdan", True),
 "he": N("דוד=david יוסי=yossi אורי=uri איתן=eitan", "רחל=rachel נועה=noa מיכל=michal שירה=shira", "כהן=cohen לוי=levi מזרחי=mizrahi פרידמן=friedman ברק=barak", True),
 # romanised / latin script cultures mixed into English pages
 "in": N("Rajesh Arjun Vikram Sanjay Anand Rohan Karthik", "Priya Anjali Deepa Lakshmi Kavita Meera Sunita", "Sharma Patel Iyer Krishnamurthy Banerjee Reddy Venkataraman Chaudhary Kulkarni Menon Subramanian"),
 "pk": N("Imran Bilal Tariq Usman", "Ayesha Sana Nadia Zainab", "Qureshi Siddiqui Malik Chaudhry Khan"),
 "arl": N("Ahmed Khalid Omar Faisal Yousef", "Fatima Layla Noor Rania Huda", "Al-Masri El-Sayed Haddad bin_Rashid Mansour Al_Maktari Nasser Khoury"),
 "ng": N("Chukwuemeka Oluwaseun Adebayo Ifeanyi Tunde", "Ngozi Adaeze Folake Chidinma Yetunde", "Okafor Adeyemi Nwosu Okonkwo Balogun Eze Olatunji"),
 "ke": N("Kamau Otieno Mwangi Kiprono", "Wanjiru Akinyi Njeri Chebet", "Kariuki Odhiambo Wambugu Kipkemboi Mutua"),
 "gh": N("Kwame Kofi Yaw", "Abena Akosua Efua", "Mensah Owusu Boateng Asante"),
 "et": N("Tesfaye Dawit Bekele", "Hiwot Selam Tigist", "Abebe Gebremariam Haile Tadesse"),
 "vn": N("Minh Quang Tuấn Đức", "Linh Thảo Hương Mai", "Nguyễn Trần Phạm Lê Đặng Võ"),
 "idn": N("Budi Agus Bambang Dimas", "Siti Dewi Ratna Putri", "Santoso Wijaya Hidayat Kusuma Pratama Nugroho"),
 "th": N("Somchai Anurak Prasert", "Siriporn Kanya Malee", "Chaiyaporn Rattanakosin Srisuwan Wongsakul"),
 "ph": N("Jose_Miguel Ramon", "Maria_Cristina Marisol", "Dela_Cruz Bautista Macaraeg Villanueva"),
 "cnl": N("Wei Jian Haoyu Zhiqiang Bo", "Mei Xiaoling Yifei Lan Qing", "Zhang Liu Huang Zhao Xu Ouyang Gao Tan"),
 "jpl": N("Hiroshi Kenji Takumi Daichi", "Yuki Akiko Naomi Haruka", "Watanabe Nakagawa Fujimoto Shimizu Ishikawa Mori"),
 "krl": N("Ji-hoon Min-jun Sung-ho Dong-wook", "Soo-jin Hye-rin Eun-ji Ji-woo", "Kim Park Choi Jeong Kang Yoon"),
 "il": N("Avi Eitan Yonatan Gideon", "Tamar Noa Shira Michal", "Ben-David Rosenberg Mizrahi Peretz Shapira"),
 "ge": N("Giorgi Levan Zurab", "Nino Tamar Ketevan", "Kvaratskhelia Beridze Gelashvili Dolidze"),
 "am": N("Armen Tigran Hayk", "Anahit Lusine Gayane", "Petrosyan Hakobyan Sargsyan Ter-Grigoryan"),
 "rul": N("Dmitri Alexei Sergei", "Svetlana Oksana Yulia", "Volkov/Volkova Morozov/Morozova Kuznetsov/Kuznetsova Petrenko"),
 "ell": N("Nikos Yannis Stavros", "Eleni Despina Katerina", "Papadopoulos Christodoulou Vassiliou Karagiannis"),
 "haw": N("Kekoa Makoa", "Leilani Malia", "Kahananui Ka'ahumanu Kealoha"),
 "mi": N("Tane Wiremu", "Aroha Mereana", "Parata Ngata Te_Rangi"),
}
MIX_EN = ["en"]*14 + ["ie","ie","sc","us","us","de","fr","es","it","nl","pl","sv","da","no","fi","pt","br","tr","cs","hu","ro","hr","in","in","in","pk","arl","arl","ng","ke","gh","et","vn","idn","th","ph","cnl","cnl","jpl","krl","krl","il","ge","am","rul","ell","haw","mi","is"]
MIX = {"en": MIX_EN, "de": ["de"]*12+["at","tr","pl","hr","it","arl"], "fr": ["fr"]*12+["be","pt","arl","vn"], "es": ["es"]*12+["it","fr","br"],
       "it": ["it"]*12+["fr","ro","es"], "nl": ["nl"]*12+["be","tr","idn","de"], "pl": ["pl"]*14+["de"], "sv": ["sv"]*12+["fi","no","arl"],
       "pt": ["pt"]*8+["br"]*4, "tr": ["tr"], "ru": ["ru"], "el": ["el"], "ja": ["ja"], "zh": ["zh"], "ko": ["ko"], "da": ["da"]*9+["no"], "no": ["no"]*9+["da"],
       "fi": ["fi"]*9+["sv"], "cs": ["cs"], "hu": ["hu"], "ro": ["ro"], "uk": ["uk"], "ar": ["ar"], "he": ["he"]}
FAMILY_FIRST = {"ja", "zh", "ko", "hu"}

FOLD = {"ø":"o","ł":"l","ß":"ss","ı":"i","đ":"d","ð":"d","þ":"th","æ":"ae","Ø":"o","Ł":"l","Đ":"d","İ":"i","ő":"o","ű":"u"}
def ascii_fold(s, german=False):
    if german:
        for a, b in (("ä","ae"),("ö","oe"),("ü","ue"),("Ä","Ae"),("Ö","Oe"),("Ü","Ue"),("ß","ss")):
            s = s.replace(a, b)
    s = "".join(FOLD.get(ch, ch) for ch in s)
    s = unicodedata.normalize("NFD", s)
    return "".join(ch for ch in s if ord(ch) < 128).lower()
def slug(s, sep="-"):
    return re.sub(r"[^a-z0-9]+", sep, ascii_fold(s).replace("'", "")).strip(sep)

# ------------------------------------------------------------------ titles
TITLES = {
 "exec": ["Chief Executive Officer","CEO","CEO & Founder","Co-Founder & CTO","Chief Financial Officer","Chief Operating Officer","CFO","COO","CTO","President","President & CEO","Managing Director","Founder","Co-founder","General Counsel","Chief Technology Officer","Chief Marketing Officer","Chief People Officer","Chief Product Officer","Chief Revenue Officer","Executive Vice President, Operations","Senior Vice President, Sales","Managing Partner","Chief Information Security Officer","Deputy Managing Director","General Manager"],
 "en": ["Head of Marketing","Head of Customer Success","Vice President of Engineering","VP Sales, EMEA","Senior Software Engineer","Product Manager","Lead Designer","UX Researcher","Office Manager","Account Manager","Key Account Manager","Project Manager","Senior Project Manager","Business Development Manager","Human Resources Manager","People & Culture Lead","Finance Manager","Accountant","Bookkeeper","Data Scientist","DevOps Engineer","QA Engineer","Technical Director","Creative Director","Art Director","Copywriter","Marketing Coordinator","Sales Representative","Regional Sales Manager","Logistics Coordinator","Warehouse Manager","Purchasing Manager","Quality Manager","Operations Manager","Service Manager","Executive Assistant","Assistant to the CEO","Receptionist","Customer Support Specialist","Research Analyst","Investment Associate","Principal","Partner","Senior Consultant","Consultant","Production Supervisor","Master Brewer","Head Chef","Structural Engineer","Architect","Estimator","Site Manager","Health and Safety Officer","Compliance Officer","Communications Director","Director of Philanthropy","Events Coordinator","Community Manager","Intern","Head of IT","Full Stack Developer","Payroll Administrator","Electrician","Lead Hand, Machining","Customer Success Manager","Head of R&D"],
 "board": ["Chair","Vice Chair","Treasurer","Secretary","Non-Executive Director","Independent Director","Chairman of the Board","Director","Board Member","Member at Large","Senior Independent Director","Past President"],
 "law": ["Senior Partner","Partner","Associate","Senior Associate","Of Counsel","Counsel","Paralegal","Trainee Solicitor","Legal Secretary","Managing Partner","Practice Manager","Shareholder","Founding Partner"],
 "med": ["Cardiologist","Consultant Orthopaedic Surgeon","Paediatrician","General Practitioner","Registered Nurse","Nurse Practitioner","Physician Assistant","Medical Director","Dermatologist","Practice Manager","Anesthesiologist","Physiotherapist","Dental Hygienist","Orthodontist","Clinical Psychologist","Radiologist","Head Nurse"],
 "uni": ["Professor of Applied Mathematics","Associate Professor","Assistant Professor","Senior Lecturer","Lecturer in Economics","Postdoctoral Researcher","PhD Student","Research Fellow","Head of Department","Department Administrator","Professor Emeritus","Teaching Fellow","Lab Manager","Reader in Medieval History"],
 "school": ["Principal","Assistant Principal","Grade 4 Teacher","Kindergarten Teacher","School Counselor","Librarian","Athletic Director","Music Teacher","Custodian","School Nurse","Front Office Secretary","Special Education Teacher"],
 "church": ["Senior Pastor","Rector","Youth Minister","Music Director","Parish Administrator","Associate Pastor","Deacon","Church Secretary"],
 "estate": ["Real Estate Broker","Realtor","Buyer's Agent","Listing Specialist","Licensed Salesperson","Team Leader","Transaction Coordinator","Broker Associate"],
 "author": ["Senior Writer","Content Strategist","Staff Writer","Developer Advocate","Editor","Head of Research","Security Researcher","Contributing Editor"],
 "de": [("Geschäftsführer","Geschäftsführerin"),("Leiter Vertrieb","Leiterin Vertrieb"),"Assistenz der Geschäftsleitung",("Prokurist","Prokuristin"),"Buchhaltung",("Projektleiter","Projektleiterin"),("Steuerberater","Steuerberaterin"),"Vertrieb Innendienst",("Rechtsanwalt und Notar","Rechtsanwältin und Notarin"),"Leitung Personal","Marketing & Kommunikation",("Ansprechpartner Presse","Ansprechpartnerin Presse"),"Technische Leitung",("Werkstattmeister","Werkstattmeisterin"),("Vorstandsvorsitzender","Vorstandsvorsitzende"),("Kaufmännischer Leiter","Kaufmännische Leiterin"),("Auszubildender","Auszubildende"),"Einkauf & Logistik",("Diplom-Ingenieur","Diplom-Ingenieurin"),"Qualitätsmanagement"],
 "fr": [("Directeur général","Directrice générale"),("Président","Présidente"),("Responsable commercial","Responsable commerciale"),"Chef de projet",("Directeur financier","Directrice financière"),"Responsable des ressources humaines",("Assistant de direction","Assistante de direction"),("Associé gérant","Associée gérante"),"Comptable",("Chargé de communication","Chargée de communication"),("Ingénieur d'études","Ingénieure d'études"),"Secrétaire générale","Architecte",("Conseiller clientèle","Conseillère clientèle"),("Directeur technique","Directrice technique")],
 "es": [("Director general","Directora general"),("Director comercial","Directora comercial"),"Responsable de recursos humanos","Gerente",("Abogado","Abogada"),("Socio fundador","Socia fundadora"),"Jefe de proyecto",("Director financiero","Directora financiera"),("Administrativo","Administrativa"),"Responsable de marketing y comunicación",("Ingeniero industrial","Ingeniera industrial"),("Asesor fiscal","Asesora fiscal"),"Atención al cliente",("Presidente","Presidenta")],
 "it": ["Amministratore delegato","Direttore commerciale","Responsabile risorse umane",("Socio fondatore","Socia fondatrice"),"Responsabile amministrativo",("Avvocato","Avvocata"),"Direttore tecnico","Ufficio acquisti","Responsabile qualità","Presidente","Addetta alla segreteria","Capo cantiere","Responsabile marketing","Commercialista"],
 "nl": ["Algemeen directeur","Directeur","Hoofd verkoop","Projectleider","Office manager","Accountmanager binnendienst","Financieel directeur","Adviseur","Hoofd personeelszaken","Administratief medewerker","Notaris","Kandidaat-notaris","Werkvoorbereider","Eigenaar","Communicatieadviseur"],
 "pl": ["Prezes Zarządu","Wiceprezes Zarządu","Dyrektor handlowy","Główna księgowa","Kierownik projektu","Specjalista ds. marketingu","Dyrektor finansowy","Radca prawny","Kierownik działu sprzedaży","Asystentka zarządu","Członek Zarządu","Specjalista ds. kadr i płac","Prokurent"],
 "sv": ["Verkställande direktör","VD","Ekonomichef","Försäljningschef","Projektledare","Säljare","Marknadsansvarig","Styrelseordförande","Inköpare","Personalchef","Verkstadschef","Redovisningskonsult","Kundtjänst"],
 "da": ["Administrerende direktør","Salgschef","Økonomichef","Projektleder","Advokat, partner","Kundeansvarlig","Bogholder","Marketingansvarlig","Bestyrelsesformand"],
 "no": ["Daglig leder","Salgssjef","Økonomisjef","Prosjektleder","Styreleder","Regnskapsfører","Markedsansvarlig","Rådgiver"],
 "fi": ["Toimitusjohtaja","Myyntipäällikkö","Talousjohtaja","Projektipäällikkö","Hallituksen puheenjohtaja","Asiantuntija","Markkinointipäällikkö"],
 "pt": [("Diretor-geral","Diretora-geral"),("Diretor comercial","Diretora comercial"),"Responsável de marketing",("Sócio-gerente","Sócia-gerente"),("Advogado","Advogada"),("Diretor financeiro","Diretora financeira"),"Gestor de projetos","Recursos Humanos","Presidente do Conselho de Administração",("Engenheiro civil","Engenheira civil"),"Apoio ao cliente"],
 "tr": ["Genel Müdür","Yönetim Kurulu Başkanı","Yönetim Kurulu Üyesi","Satış Müdürü","İnsan Kaynakları Müdürü","Mali İşler Müdürü","Üretim Müdürü","Pazarlama Uzmanı","İhracat Sorumlusu","Kurucu Ortak","Proje Yöneticisi"],
 "ru": ["Генеральный директор","Финансовый директор","Коммерческий директор","Главный бухгалтер","Руководитель отдела продаж","Технический директор","Менеджер проектов","Специалист по маркетингу","Ведущий инженер","Юрист","Директор по персоналу","Менеджер по работе с клиентами"],
 "uk": ["Генеральний директор","Фінансовий директор","Керівник відділу продажів","Головний бухгалтер","Менеджер проєктів","Юрист"],
 "el": ["Διευθύνων Σύμβουλος","Οικονομικός Διευθυντής","Εμπορικός Διευθυντής","Υπεύθυνη Ανθρώπινου Δυναμικού","Πρόεδρος Δ.Σ.","Λογιστής","Πολιτικός Μηχανικός","Υπεύθυνος Πωλήσεων","Τεχνικός Διευθυντής"],
 "ja": ["代表取締役社長","代表取締役","取締役","専務取締役","常務取締役","執行役員","営業部長","技術部長","経理課長","人事部マネージャー","広報担当","監査役","エンジニア","プロダクトマネージャー"],
 "zh": ["董事长","总经理","副总经理","首席技术官","财务总监","市场部经理","销售总监","人力资源经理","创始人兼首席执行官","项目经理","高级工程师","董事"],
 "ko": ["대표이사","이사","부사장","기술이사","영업부장","마케팅 팀장","인사팀장","재무이사","수석연구원","프로젝트 매니저","과장"],
 "cs": ["jednatel společnosti","Ředitel","Obchodní ředitel","Vedoucí výroby","Účetní","Projektový manažer","Personalistka"],
 "hu": ["Ügyvezető igazgató","Értékesítési vezető","Gazdasági igazgató","Projektvezető","Könyvelő","Marketingvezető","HR vezető"],
 "ro": ["Director general","Director economic","Avocat","Manager de proiect","Contabil șef","Asociat fondator"],
 "ar": ["الرئيس التنفيذي","المدير المالي","مدير المبيعات","مديرة الموارد البشرية","مدير المشاريع","رئيس مجلس الإدارة"],
 "he": ["מנכ\"ל","סמנכ\"ל כספים","מנהל מכירות","מנהלת משאבי אנוש","מנהל פיתוח","יו\"ר הדירקטוריון"],
}

TITLES["execp"] = [x for x in TITLES["exec"] if "," not in x]

# ------------------------------------------------------------------ companies
TLD = {"en":["com","com","com","io","co.uk","net","org","co","ca","com.au"],"de":["de","de","de","com","at","ch"],"fr":["fr","fr","com"],"es":["es","com","com.mx"],"it":["it","it","eu"],"nl":["nl","nl","be"],"pl":["pl","com.pl"],"sv":["se"],"da":["dk"],"no":["no"],"fi":["fi"],"pt":["pt","com.br"],"tr":["com.tr"],"ru":["ru"],"el":["gr"],"ja":["co.jp","jp"],"zh":["com.cn","cn"],"ko":["co.kr","kr"],"cs":["cz"],"hu":["hu"],"ro":["ro"],"uk":["com.ua"],"ar":["ae","com.sa"],"he":["co.il"]}
CO_A = "Northwick Bramford Halcyon Larkfield Ostraval Quillmark Tessavo Verdanta Ravenmoor Kestrelby Ironbrook Pinehaven Solvexa Brightmere Copperline Duskwell Elmstead Fennbrook Greymont Hexatone Indravia Junivor Korvana Lumenta Marrowgate Novabrix Oakhurstly Pellucida Quorvis Rindelby Stonewick Tarnfield Umbravel Vantora Wrenfield Xylogic Yarrowby Zephyrine".split()
CO_B = {"en":["Advisory","Robotics","Logistics","Foods","Architects","Software","Capital","Engineering","Studio","Group","Analytics","Labs","Brewing","Consulting","Homes","Energy"],
 "de":["GmbH","Maschinenbau GmbH","Bau GmbH & Co. KG","Steuerberatung","Software AG","Metallbau GmbH","Logistik GmbH"],"fr":["Conseil","Ingénierie SAS","Industries","Patrimoine","SARL"],"es":["Consultores","Soluciones S.L.","Ingeniería","Abogados","Alimentación S.A."],"it":["S.r.l.","Costruzioni S.p.A.","Consulenza","Design"],"nl":["B.V.","Advies","Bouw B.V.","Notarissen"],"pl":["Sp. z o.o.","Budownictwo","Finanse S.A."],"sv":["AB","Bygg AB","Redovisning"],"da":["A/S","ApS"],"no":["AS"],"fi":["Oy"],"pt":["Lda.","Consultoria","Engenharia S.A."],"tr":["Makina A.Ş.","Danışmanlık","Tekstil"],"ru":["Строй","Софт","Логистика"],"el":["Α.Ε.","Τεχνική"],"ja":["株式会社"],"zh":["科技有限公司"],"ko":["주식회사"],"cs":["s.r.o."],"hu":["Kft."],"ro":["S.R.L."],"uk":["ТОВ"],"ar":["القابضة"],"he":["בע\"מ"]}
OTHER_COS = ["OtherCorp","Blue Harbor Foods","Meridian Freight","Castlegate Bank","Helix Pharma","Sunrise Hotels","TransPolar Airlines","Kingsway Retail","Orbit Telecom","Delmar Insurance","Pacific Timber","Aldgate Media"]
PARTNER_COS = ["Red Hat","Goldman Sachs","Morgan Stanley","Ernst & Young","Johnson Controls","Charles Schwab","Rolls Royce","Baker Hughes","General Electric","Texas Instruments","Marks & Spencer","Philip Morris","Dell Technologies","Schneider Electric","Hewlett Packard","Procter & Gamble","Merck","Harley Davidson","Mercedes Benz","Abbott Laboratories","Eli Lilly","Levi Strauss","John Deere","Jack Wolfskin"]
STREETS = {"en":["12 Martin Luther King Blvd, Suite 400, Springfield, IL 62701","48 George Street, Edinburgh EH2 2LR","220 Jefferson Avenue, Santa Clara, CA 95050","7 St. James Place, London SW1A 1NP","1500 John F. Kennedy Drive, Houston, TX 77032"],
 "de":["Willy-Brandt-Straße 14, 20457 Hamburg","Rosa-Luxemburg-Platz 3, 10178 Berlin","Friedrich-Ebert-Allee 88, 53113 Bonn","Karl-Marx-Straße 101, 12043 Berlin","Industriestraße 7, 70565 Stuttgart"],
 "fr":["24 rue Victor Hugo, 69002 Lyon","8 avenue Charles de Gaulle, 92200 Neuilly-sur-Seine","3 place Jean Jaurès, 37000 Tours"],"es":["Calle Pablo Picasso 12, 28003 Madrid","Avenida Simón Bolívar 45, 29010 Málaga"],"it":["Via Giuseppe Garibaldi 18, 20121 Milano","Piazza Dante Alighieri 4, 50122 Firenze"],"nl":["Johan de Wittlaan 30, 2517 JR Den Haag","Herengracht 120, 1015 BT Amsterdam"],"pl":["ul. Jana Pawła II 22, 00-133 Warszawa","ul. Adama Mickiewicza 5, 31-120 Kraków"],"sv":["Olof Palmes gata 11, 111 37 Stockholm"],"da":["Hans Christian Andersens Boulevard 9, 1553 København"],"no":["Fridtjof Nansens plass 4, 0160 Oslo"],"fi":["Mannerheimintie 20, 00100 Helsinki"],"pt":["Avenida Fernando Pessoa 33, 1990-110 Lisboa","Rua Marquês de Pombal 2, Porto"],"tr":["Atatürk Bulvarı No: 56, 06420 Ankara","Barbaros Hayrettin Paşa Cad. 9, İstanbul"],"ru":["ул. Льва Толстого, д. 16, 119021 Москва","ул. Юрия Гагарина, 4, Самара"],"el":["Λεωφόρος Ελευθερίου Βενιζέλου 12, 106 71 Αθήνα"],"ja":["〒150-0002 東京都渋谷区渋谷2-15-1"],"zh":["北京市朝阳区中山路88号"],"ko":["서울특별시 강남구 테헤란로 152"],"cs":["Jana Palacha 3, 130 00 Praha 3"],"hu":["1051 Budapest, József Attila utca 8."],"ro":["Strada Mihai Eminescu 10, București"],"uk":["вул. Тараса Шевченка, 15, Львів"],"ar":["شارع الملك فهد، الرياض"],"he":["רחוב דוד בן גוריון 5, רמת גן"]}
PHONE = {"en":["+1 (555) 010-%03d","(555) 01%02d-%02d"],"de":["+49 40 555%03d-0","040 / 555 %03d"],"fr":["+33 1 99 00 %02d %02d"],"es":["+34 91 555 %02d %02d"],"it":["+39 02 5550%03d"],"nl":["+31 20 555 %04d"],"pl":["+48 22 555 %02d %02d"],"sv":["08-555 %03d %02d"],"pt":["+351 21 555 %04d"],"tr":["+90 212 555 %02d %02d"],"ru":["+7 (495) 555-%02d-%02d"],"el":["+30 210 555 %04d"],"ja":["03-5550-%04d"],"zh":["010-5555%04d"],"ko":["02-555-%04d"]}
AGENCIES = [("Pixel & Sons","pixelandsons-web"),("Webwerk Nord","webwerk-nord"),("Studio Bluefin","studio-bluefin"),("Max Digital","maxdigital-agency"),("Henry Gray Media","henrygraymedia"),("Clicksmith","clicksmith-design"),("Agence Mirabelle","agence-mirabelle")]

# ------------------------------------------------------------------ page words
L = {
 "en": dict(nav=["Home","About Us","Our Team","Products","Customer Success","Case Studies","Careers","Contact Us"], team=["Our Team","Meet the Team","Leadership","The People Behind {co}","Who We Are"], intro=["We are a small team with big plans. Get to know the people who make {co} work.","Experienced, independent and close to our customers since {y}.","Questions? Talk to the people in charge directly."], cookie=("We use cookies to improve your experience. Read our Privacy Policy.","Accept All"), legal=["Privacy Policy","Terms of Service","Cookie Settings"], follow="Follow Us", news="Sign up for our newsletter", tel="Phone", mail="E-mail", rights="All rights reserved.", made="Website by"),
 "de": dict(nav=["Startseite","Über uns","Unser Team","Leistungen","Karriere","Aktuelles","Kontakt"], team=["Unser Team","Ihre Ansprechpartner","Das Team","Wir über uns"], intro=["Wir sind gerne für Sie da.","Seit {y} steht {co} für Qualität und Zuverlässigkeit."], cookie=("Diese Website verwendet Cookies. Weitere Informationen in der Datenschutzerklärung.","Alle akzeptieren"), legal=["Impressum","Datenschutz","AGB"], follow="Folgen Sie uns", news="Newsletter abonnieren", tel="Telefon", mail="E-Mail", rights="Alle Rechte vorbehalten.", made="Webdesign:"),
 "fr": dict(nav=["Accueil","Qui sommes-nous","Notre équipe","Nos services","Recrutement","Actualités","Contact"], team=["Notre équipe","L'équipe","Qui sommes-nous ?"], intro=["Une équipe à votre écoute depuis {y}.","Découvrez celles et ceux qui font {co}."], cookie=("Ce site utilise des cookies pour améliorer votre navigation.","Tout accepter"), legal=["Mentions légales","Politique de confidentialité","Plan du site"], follow="Suivez-nous", news="Inscrivez-vous à la newsletter", tel="Tél.", mail="Courriel", rights="Tous droits réservés.", made="Site réalisé par"),
 "es": dict(nav=["Inicio","Quiénes somos","Nuestro equipo","Servicios","Noticias","Contacto"], team=["Nuestro equipo","Equipo","Quiénes somos"], intro=["Un equipo de profesionales a su servicio desde {y}.","Conozca a las personas que forman {co}."], cookie=("Utilizamos cookies propias y de terceros.","Aceptar todas"), legal=["Aviso legal","Política de privacidad","Política de cookies"], follow="Síguenos", news="Suscríbete al boletín", tel="Teléfono", mail="Correo electrónico", rights="Todos los derechos reservados.", made="Diseño web:"),
 "it": dict(nav=["Home","Chi siamo","Il team","Servizi","Lavora con noi","Contatti"], team=["Il nostro team","Chi siamo","Lo staff"], intro=["Dal {y} al fianco dei nostri clienti.","Le persone di {co}."], cookie=("Questo sito utilizza i cookie.","Accetta tutti"), legal=["Note legali","Privacy Policy","Cookie Policy"], follow="Seguici", news="Iscriviti alla newsletter", tel="Telefono", mail="Email", rights="Tutti i diritti riservati.", made="Realizzato da"),
 "nl": dict(nav=["Home","Over ons","Ons team","Diensten","Vacatures","Contact"], team=["Ons team","Medewerkers","Over ons"], intro=["Maak kennis met de mensen van {co}.","Al sinds {y} uw betrouwbare partner."], cookie=("Deze website maakt gebruik van cookies.","Alles accepteren"), legal=["Privacyverklaring","Algemene voorwaarden","Disclaimer"], follow="Volg ons", news="Schrijf je in voor de nieuwsbrief", tel="Telefoon", mail="E-mail", rights="Alle rechten voorbehouden.", made="Website door"),
 "pl": dict(nav=["Strona główna","O nas","Nasz zespół","Oferta","Kariera","Kontakt"], team=["Nasz zespół","Zarząd","Kontakt"], intro=["Poznaj ludzi, którzy tworzą {co}.","Działamy od {y} roku."], cookie=("Ta strona korzysta z plików cookies.","Akceptuję"), legal=["Polityka prywatności","Regulamin"], follow="Obserwuj nas", news="Zapisz się do newslettera", tel="Telefon", mail="E-mail", rights="Wszelkie prawa zastrzeżone.", made="Realizacja:"),
 "sv": dict(nav=["Hem","Om oss","Medarbetare","Tjänster","Lediga jobb","Kontakt"], team=["Medarbetare","Vårt team","Kontakta oss"], intro=["Lär känna oss som arbetar på {co}.","Vi har funnits sedan {y}."], cookie=("Vi använder kakor på vår webbplats.","Godkänn alla"), legal=["Integritetspolicy","Om kakor"], follow="Följ oss", news="Prenumerera på vårt nyhetsbrev", tel="Telefon", mail="E-post", rights="Alla rättigheter förbehållna.", made="Webbplats av"),
 "da": dict(nav=["Forside","Om os","Medarbejdere","Ydelser","Kontakt"], team=["Medarbejdere","Mød holdet"], intro=["Vi har hjulpet vores kunder siden {y}."], cookie=("Vi bruger cookies.","Accepter alle"), legal=["Privatlivspolitik","Handelsbetingelser"], follow="Følg os", news="Tilmeld nyhedsbrev", tel="Telefon", mail="E-mail", rights="Alle rettigheder forbeholdes.", made="Hjemmeside:"),
 "no": dict(nav=["Hjem","Om oss","Ansatte","Tjenester","Kontakt oss"], team=["Ansatte","Vårt team"], intro=["Bli kjent med oss i {co}."], cookie=("Vi bruker informasjonskapsler.","Godta alle"), legal=["Personvern","Vilkår"], follow="Følg oss", news="Meld deg på nyhetsbrevet", tel="Telefon", mail="E-post", rights="Alle rettigheter reservert.", made="Nettside:"),
 "fi": dict(nav=["Etusivu","Yritys","Henkilöstö","Palvelut","Yhteystiedot"], team=["Henkilöstö","Yhteystiedot"], intro=["Olemme palvelleet asiakkaitamme vuodesta {y}."], cookie=("Käytämme evästeitä.","Hyväksy kaikki"), legal=["Tietosuojaseloste","Käyttöehdot"], follow="Seuraa meitä", news="Tilaa uutiskirje", tel="Puhelin", mail="Sähköposti", rights="Kaikki oikeudet pidätetään.", made="Toteutus:"),
 "pt": dict(nav=["Início","Sobre nós","A nossa equipa","Serviços","Notícias","Contactos"], team=["A nossa equipa","Equipe","Quem somos"], intro=["Conheça as pessoas que fazem a {co}.","Ao seu lado desde {y}."], cookie=("Este site utiliza cookies.","Aceitar todos"), legal=["Política de Privacidade","Termos e Condições"], follow="Siga-nos", news="Subscreva a newsletter", tel="Telefone", mail="E-mail", rights="Todos os direitos reservados.", made="Desenvolvido por"),
 "tr": dict(nav=["Ana Sayfa","Hakkımızda","Ekibimiz","Hizmetlerimiz","Kariyer","İletişim"], team=["Ekibimiz","Yönetim","Yönetim Kadromuz"], intro=["{y} yılından beri hizmetinizdeyiz."], cookie=("Bu sitede çerezler kullanılmaktadır.","Kabul Et"), legal=["Gizlilik Politikası","KVKK Aydınlatma Metni"], follow="Bizi Takip Edin", news="E-bültene kaydolun", tel="Telefon", mail="E-posta", rights="Tüm hakları saklıdır.", made="Web Tasarım:"),
 "ru": dict(nav=["Главная","О компании","Наша команда","Услуги","Вакансии","Контакты"], team=["Наша команда","Руководство","Сотрудники"], intro=["Работаем для вас с {y} года."], cookie=("Мы используем файлы cookie.","Принять"), legal=["Политика конфиденциальности","Пользовательское соглашение"], follow="Мы в соцсетях", news="Подпишитесь на рассылку", tel="Телефон", mail="Эл. почта", rights="Все права защищены.", made="Разработка сайта:"),
 "uk": dict(nav=["Головна","Про нас","Наша команда","Послуги","Контакти"], team=["Наша команда","Керівництво"], intro=["Працюємо для вас з {y} року."], cookie=("Ми використовуємо файли cookie.","Прийняти"), legal=["Політика конфіденційності"], follow="Ми в соцмережах", news="Підписатися на розсилку", tel="Телефон", mail="Ел. пошта", rights="Усі права захищено.", made="Розробка сайту:"),
 "el": dict(nav=["Αρχική","Η εταιρεία","Η ομάδα μας","Υπηρεσίες","Επικοινωνία"], team=["Η ομάδα μας","Διοίκηση"], intro=["Δίπλα σας από το {y}."], cookie=("Χρησιμοποιούμε cookies.","Αποδοχή"), legal=["Πολιτική Απορρήτου","Όροι Χρήσης"], follow="Ακολουθήστε μας", news="Εγγραφή στο newsletter", tel="Τηλέφωνο", mail="Email", rights="Με επιφύλαξη παντός δικαιώματος.", made="Κατασκευή:"),
 "ja": dict(nav=["ホーム","会社概要","メンバー紹介","事業内容","採用情報","お問い合わせ"], team=["メンバー紹介","役員紹介","スタッフ紹介"], intro=["{y}年の創業以来、お客様と共に歩んでまいりました。"], cookie=("当サイトではクッキーを使用しています。","同意する"), legal=["プライバシーポリシー","サイトマップ"], follow="フォローする", news="メールマガジン登録", tel="電話", mail="メール", rights="", made="制作："),
 "zh": dict(nav=["首页","关于我们","团队介绍","产品中心","新闻动态","联系我们"], team=["团队介绍","管理团队","核心团队"], intro=["公司成立于{y}年，致力于为客户创造价值。"], cookie=("本网站使用 Cookie。","同意"), legal=["隐私政策","法律声明"], follow="关注我们", news="订阅", tel="电话", mail="邮箱", rights="版权所有", made="技术支持："),
 "ko": dict(nav=["홈","회사소개","팀소개","사업분야","채용정보","문의하기"], team=["팀소개","임원소개","구성원"], intro=["{y}년 설립 이후 고객과 함께 성장하고 있습니다."], cookie=("본 사이트는 쿠키를 사용합니다.","동의"), legal=["개인정보처리방침","이용약관"], follow="팔로우", news="뉴스레터 구독", tel="전화", mail="이메일", rights="", made="제작:"),
 "cs": dict(nav=["Úvod","O nás","Náš tým","Služby","Kontakty"], team=["Náš tým","Kontakty"], intro=["Na trhu působíme od roku {y}."], cookie=("Tento web používá cookies.","Souhlasím"), legal=["Ochrana osobních údajů"], follow="Sledujte nás", news="Odběr novinek", tel="Telefon", mail="E-mail", rights="Všechna práva vyhrazena.", made="Vytvořil"),
 "hu": dict(nav=["Főoldal","Rólunk","Csapatunk","Szolgáltatások","Kapcsolat"], team=["Csapatunk","Munkatársaink"], intro=["{y} óta állunk ügyfeleink rendelkezésére."], cookie=("Weboldalunk sütiket használ.","Elfogadom"), legal=["Adatkezelési tájékoztató"], follow="Kövess minket", news="Hírlevél", tel="Telefon", mail="E-mail", rights="Minden jog fenntartva.", made="Készítette:"),
 "ro": dict(nav=["Acasă","Despre noi","Echipa noastră","Servicii","Contact"], team=["Echipa noastră"], intro=["Alături de clienți din {y}."], cookie=("Acest site folosește cookie-uri.","Accept"), legal=["Politica de confidențialitate"], follow="Urmărește-ne", news="Abonează-te la newsletter", tel="Telefon", mail="E-mail", rights="Toate drepturile rezervate.", made="Realizat de"),
 "ar": dict(nav=["الرئيسية","من نحن","فريق العمل","خدماتنا","اتصل بنا"], team=["فريق العمل","الإدارة"], intro=["نعمل من أجلكم منذ عام {y}."], cookie=("يستخدم هذا الموقع ملفات تعريف الارتباط.","موافق"), legal=["سياسة الخصوصية"], follow="تابعنا", news="اشترك في النشرة", tel="هاتف", mail="البريد الإلكتروني", rights="جميع الحقوق محفوظة.", made="تصميم:"),
 "he": dict(nav=["דף הבית","אודות","הצוות שלנו","שירותים","צור קשר"], team=["הצוות שלנו","הנהלה"], intro=["לשירותכם מאז {y}."], cookie=("אתר זה משתמש בעוגיות.","אישור"), legal=["מדיניות פרטיות"], follow="עקבו אחרינו", news="הרשמה לניוזלטר", tel="טלפון", mail="דוא\"ל", rights="כל הזכויות שמורות.", made="בניית אתר:"),
}
BIO = {
 "en": ["{f} joined {co} in {y} after ten years at {pc}.","Based in New York, {f} looks after our customers in North America.","{f} studied economics at King's College London and speaks four languages.","Before {co}, {f} worked for {pc} and St. Mary's Hospital.","When not at work, {f} is out cycling in the Lake District or baking sourdough bread.","{f} brings more than 20 years of experience and was named to the Forbes 30 Under 30 list.","A graduate of Johns Hopkins University, {f} leads our work in Santa Fe and San Francisco."],
 "de": ["{f} ist seit {y} bei {co}.","{f} studierte an der Humboldt-Universität zu Berlin und war zuvor bei {pc}.","In der Freizeit ist {f} am liebsten im Schwarzwald unterwegs."],
 "fr": ["{f} a rejoint {co} en {y}, après dix ans chez {pc}.","Titulaire d'un master de l'université Paul Sabatier, {f} parle trois langues."],
 "es": ["{f} trabaja en {co} desde {y}.","Antes de incorporarse a {co}, {f} trabajó en {pc}."],
 "it": ["{f} lavora in {co} dal {y}.","Laurea al Politecnico di Milano, {f} ha lavorato per {pc}."],
 "nl": ["{f} werkt sinds {y} bij {co}.","{f} studeerde aan de Erasmus Universiteit in Rotterdam."],
 "pl": ["{f} pracuje w {co} od {y} roku."], "sv": ["{f} började på {co} {y}."], "pt": ["{f} trabalha na {co} desde {y}."],
 "da": ["{f} har været hos {co} siden {y}."], "ru": ["В компании с {y} года. Окончил(а) МГУ имени Ломоносова."], "ja": ["{y}年入社。東京大学卒業後、当社に入社。"], "zh": ["{y}年加入公司，毕业于清华大学。"], "ko": ["{y}년 입사. 서울대학교 졸업."], "tr": ["{y} yılından beri {co} bünyesinde çalışmaktadır."], "el": ["Εργάζεται στην εταιρεία από το {y}."],
}

# ------------------------------------------------------------------ engine
def E(s): return html.escape(s, quote=False)
def A(s): return html.escape(s, quote=True)

class P:
    def __init__(s): s.title = None; s.email = None
    @property
    def vis(s): return s.shown or s.name

class Ctx:
    def __init__(c, lid, v, note):
        c.id, c.v, c.note = lid, v, note
        c.rng = random.Random("%s:%s:%d" % (SEED, lid, v))
        c.lang = "en"; c.era = None; c.path = None
        c.people = []; c.others = []; c.used = set(); c.head = ""; c.tail = ""
        c.noise = True           # shell may add testimonials, partner logos, news
        c.info = None            # None: by chance; False never
        c.year = c.rng.randint(1978, 2019); c.usedtitles = set(); c.h1 = None
        c.setco()
    def setco(c, lang=None, name=None, tld=None):
        if lang: c.lang = lang
        r = c.rng
        a = r.choice(CO_A); b = r.choice(CO_B[c.lang])
        c.co = name or (b + a if c.lang == "ja" else a + ("" if c.lang == "zh" else " ") + b)
        c.dom = (slug(name or (a + " " + (b if c.lang in ("en",) else ""))) or a.lower())
        if r.random() < .5: c.dom = c.dom.replace("-", "")
        c.dom += "." + (tld or r.choice(TLD[c.lang]))
    def t(c, k): return L[c.lang][k]
    def pick(c, x): return c.rng.choice(x)
    def chance(c, p): return c.rng.random() < p
    def rawname(c, lang=None, culture=None):
        r = c.rng
        for _ in range(200):
            cu = culture or r.choice(MIX[lang or c.lang])
            d = NAMES[cu]; g = r.choice("mf")
            f = r.choice(d[g]); l = r.choice(d["last"])
            if "/" in l: l = l.split("/")[0 if g == "m" else 1]
            fr, lr = f, l
            if d["native"]:
                f, fr = f.split("="); l, lr = l.split("=")
            if f in c.used or l in c.used: continue
            c.used.add(f); c.used.add(l)
            return cu, g, f, l, fr, lr
        raise SystemExit("names exhausted " + c.id)
    def person(c, lang=None, culture=None, titles=None, record=True):
        cu, g, f, l, fr, lr = c.rawname(lang, culture)
        p = P(); p.cu, p.g, p.first, p.last = cu, g, f, l
        p.shown = None
        if cu in ("zh", "ko"): p.name = l + f
        elif cu == "ja": p.name = l + " " + f
        elif cu == "hu" and c.lang == "hu": p.name = l + " " + f
        else: p.name = f + " " + l
        ger = cu in ("de", "at")
        p.fr = slug(ascii_fold(fr, ger), ""); p.lr = slug(ascii_fold(lr, ger), "")
        p.frd = slug(ascii_fold(fr, ger), "-")
        p.slug = p.frd + "-" + slug(ascii_fold(lr, ger), "-")
        if record: c.people.append(p)
        return p
    def given_title(c, p, key):
        pool = TITLES[key]
        for _ in range(60):
            x = c.rng.choice(pool)
            x = x if isinstance(x, str) else x[0 if p.g == "m" else 1]
            if x not in c.usedtitles: break
        c.usedtitles.add(x); p.title = x
    def mailfmt(c):
        if not hasattr(c, "_fmt"): c._fmt = c.rng.choice(["fl","fl","fl","f","f","il","l","fi","i.l","f_l","l.f"])
        return c._fmt
    def give_mail(c, p, dom=None):
        f, l = p.fr, p.lr
        loc = {"fl": f"{f}.{l}", "f": f, "il": f[0] + l, "l": l, "fi": f + l[0], "i.l": f"{f[0]}.{l}", "f_l": f"{f}_{l}", "l.f": f"{l}.{f}"}[c.mailfmt()]
        p.email = loc + "@" + (dom or c.dom)
    def team(c, n, title=1.0, email=1.0, titles=None, lang=None, culture=None, dom=None):
        """n people, recorded as truth; titles: a key or list of keys, first for the first person(s)"""
        n = c.rng.randint(*n) if isinstance(n, tuple) else n
        keys = titles or ([c.lang] if c.lang != "en" else None)
        out = []
        for i in range(n):
            p = c.person(lang, culture)
            if c.chance(title):
                if keys is None: k = "exec" if i < max(1, n // 3) else "en"
                elif isinstance(keys, str): k = keys
                else: k = keys[min(i, len(keys) - 1)]
                c.given_title(p, k)
            if c.chance(email): c.give_mail(p, dom)
            out.append(p)
        return out
    def outsider(c, lang=None):
        p = c.person(lang, record=False); return p.name
    def other(c, addr):
        if addr not in c.others: c.others.append(addr)
        return addr
    def infoaddr(c, k=None):
        k = k or {"en": c.pick(["info","hello","contact","office","enquiries","sales"]), "fr": "contact", "ja": "info", "pt": "geral", "it": "info", "sv": "info", "tr": "bilgi", "pl": "biuro", "no": "post"}.get(c.lang, "info")
        return c.other(k + "@" + c.dom)
    def phone(c):
        f = c.pick(PHONE.get(c.lang, PHONE["en"]))
        n = f.count("%")
        out = f
        for _ in range(n):
            m = re.search(r"%0(\d)d", out); w = int(m.group(1))
            out = out[:m.start()] + str(c.rng.randint(0, 10**w - 1)).zfill(w) + out[m.end():]
        return out
    def street(c): return c.pick(STREETS[c.lang])
    def fmt(c, s, p=None):
        return s.format(co=c.co, y=c.rng.randint(c.year, 2022) if p else c.year, f=p.first if p else "", pc=c.pick(PARTNER_COS))
    def bio(c, p, k=2):
        b = BIO.get(c.lang) or BIO["en"]
        return E(" ".join(c.fmt(x, p) for x in c.rng.sample(b, min(k, len(b)))))
    def photo(c, p, alt=None, cls="", size=300):
        if alt is None: alt = c.photoalt(p)
        src = "/%s/%s%s.jpg" % (c.pick(["images/team", "img/staff", "wp-content/uploads/2021/03", "assets/people", "media"]), c.pick([p.slug, "portrait", "IMG_%d" % c.rng.randint(1000, 9999)]), c.pick(["", "-300x300", "@2x", "_web"]))
        return '<img%s src="%s" alt="%s" width="%d" height="%d">' % (' class="%s"' % cls if cls else "", src, A(alt), size, size)
    def photoalt(c, p):
        if not hasattr(c, "_alt"): c._alt = c.rng.randint(0, 3)
        return [p.name, "", "Portrait", p.name][c._alt]
    def social(c, p):
        return '<a href="https://www.linkedin.com/in/%s-%d/" aria-label="LinkedIn"><i class="fab fa-linkedin-in"></i></a>' % (p.slug, c.rng.randint(10, 99))
    def heading(c): return E(c.fmt(c.h1 or c.pick(c.t("team"))))
    def intro(c): return E(c.fmt(c.pick(c.t("intro"))))

def ml(p, text=None, cls=""):
    if not p.email: return ""
    return '<a%s href="mailto:%s">%s</a>' % (' class="%s"' % cls if cls else "", p.email, text if text is not None else p.email)

# ------------------------------------------------------------------ noise modules
TESTI = ["They delivered on time and on budget. I would recommend {co} to anyone.","A pleasure to work with from day one.","The best decision we made last year.","Support answers within minutes. Outstanding."]
TESTI_DE = ["Die Zusammenarbeit mit {co} war hervorragend.","Schnell, zuverlässig, freundlich. Immer wieder gerne!"]
TESTI_FR = ["Une équipe réactive et professionnelle, je recommande vivement {co}."]
def testimonials(c, n=2):
    r = c.rng; out = []
    style = r.randint(0, 4)
    for _ in range(n):
        nm = c.outsider(); oc = r.choice(OTHER_COS)
        q = r.choice({"de": TESTI_DE, "fr": TESTI_FR}.get(c.lang, TESTI)).format(co=c.co)
        ti = r.choice({"de": ["Geschäftsführer","Leiter Einkauf","Projektleiterin"], "fr": ["Directeur des achats","PDG"]}.get(c.lang, ["CTO","Head of Procurement","Operations Director","VP Engineering","CEO","Plant Manager"]))
        at = {"de": "bei", "fr": "chez"}.get(c.lang, "of")
        if style == 0: out.append(f'<blockquote class="testimonial"><p>“{E(q)}”</p><cite>{E(nm)}, {E(ti)} {at} {E(oc)}</cite></blockquote>')
        elif style == 1: out.append(f'<div class="testimonial-item"><div class="testimonial-text">{E(q)}</div><div class="testimonial-author"><strong>{E(nm)}</strong><span>{E(ti)}, {E(oc)}</span></div></div>')
        elif style == 2: out.append(f'<figure class="review"><blockquote>{E(q)}</blockquote><figcaption>— {E(nm)}<br><small>{E(ti)} @ {E(oc)}</small></figcaption></figure>')
        elif style == 3: out.append(f'<blockquote class="blockquote"><p class="mb-0">{E(q)}</p><footer class="blockquote-footer">{E(nm)}, <cite title="{E(oc)}">{E(oc)}</cite></footer></blockquote>')
        else: out.append(f'<div class="quote-slide"><p>&quot;{E(q)}&quot;</p><h4>{E(nm)}</h4><p class="company">{E(ti)} | {E(oc)}</p></div>')
    h = {"de": "Das sagen unsere Kunden", "fr": "Ils nous font confiance", "es": "Lo que dicen nuestros clientes", "it": "Dicono di noi", "nl": "Wat klanten zeggen"}.get(c.lang, c.pick(["What Our Clients Say","Testimonials","Customer Stories"]))
    return f'<section class="testimonials"><h2>{h}</h2>{"".join(out)}</section>'
def partners(c):
    xs = c.rng.sample(PARTNER_COS, 5)
    h = {"de": "Unsere Partner", "fr": "Nos partenaires"}.get(c.lang, "Our Partners")
    if c.chance(.5): return f'<section class="partners"><h3>{h}</h3><ul>' + "".join(f'<li><img src="/logos/{slug(x)}@2x.png" alt="{A(x)}"></li>' for x in xs) + "</ul></section>"
    return f'<section class="clients"><h3>{h}</h3><div class="row">' + "".join(f'<div class="col"><h4>{E(x)}</h4><p>{c.pick(["Technology Partner","Gold Partner","Implementation Partner","Distributor"])}</p></div>' for x in xs) + "</div></section>"
def newsbox(c):
    a, b = c.outsider("en"), c.outsider("en")
    items = [f"Mayor {a} opens new trade fair hall in Leeds", f"Author {b} wins national book prize", f"{a} appointed chief executive of {c.pick(OTHER_COS)}", f"Cup final: {b} scores twice in extra time", "New plant opened in San Antonio", "Meet us in Las Vegas"]
    xs = c.rng.sample(items, 3)
    return '<aside class="news"><h3>Latest News</h3><ul>' + "".join(f'<li><a href="/news/{i}">{E(x)}</a> <span class="date">{c.rng.randint(1,28)} March {c.rng.randint(2008,2023)}</span></li>' for i, x in enumerate(xs)) + "</ul></aside>"
def contactform(c):
    ph = {"de": ("Max Mustermann","max@beispiel.de"), "fr": ("Jean Dupont","jean.dupont@exemple.fr"), "es": ("Juan Pérez","nombre@ejemplo.com"), "it": ("Mario Rossi","nome@esempio.it")}.get(c.lang, ("John Smith","john@example.com"))
    return f'<form action="/contact" method="post"><label for="n">{c.pick(["Name","Your Name"]) if c.lang=="en" else "Name"}</label><input id="n" type="text" name="name" placeholder="{ph[0]}"><label for="e">{E(c.t("mail"))}</label><input id="e" type="email" name="email" placeholder="{ph[1]}"><textarea name="message"></textarea><button type="submit">{"Send Message" if c.lang=="en" else "OK"}</button></form>'
def cookie(c):
    t, b = c.t("cookie")
    st = c.rng.randint(0, 2)
    if st == 0: return f'<div id="cookie-banner" class="cc-window" role="dialog"><p>{E(t)}</p><button class="cc-btn">{E(b)}</button></div>'
    if st == 1: return f'<div class="cookie-notice" style="position:fixed;bottom:0"><span>{E(t)}</span> <a href="/privacy">{E(c.t("legal")[0])}</a> <button>{E(b)}</button></div>'
    return f'<div id="CybotCookiebotDialog"><h2>{E(t)}</h2><table><tr><th>Name</th><th>Provider</th><th>Purpose</th></tr><tr><td>_ga</td><td>Google Analytics</td><td>Statistics</td></tr><tr><td>PHPSESSID</td><td>{c.dom}</td><td>Necessary</td></tr></table><button>{E(b)}</button></div>'
def orgld(c):
    d = {"@context": "https://schema.org", "@type": "Organization", "name": c.co, "url": "https://%s/" % c.dom, "logo": "https://%s/logo@2x.png" % c.dom, "address": {"@type": "PostalAddress", "streetAddress": c.street()}}
    return '<script type="application/ld+json">%s</script>' % json.dumps(d, ensure_ascii=False)

# ------------------------------------------------------------------ page shells
CMS = {"wp": '<meta name="generator" content="WordPress 6.2.2">', "elementor": '<meta name="generator" content="Elementor 3.13.4">', "wix": '<meta name="generator" content="Wix.com Website Builder">', "html4": '<meta name="GENERATOR" content="Microsoft FrontPage 4.0">', "typo3": '<meta name="generator" content="TYPO3 CMS">', "joomla": '<meta name="generator" content="Joomla! - Open Source Content Management">'}
def shell(c, body):
    r = c.rng; era = c.era or r.choice(["xhtml", "html5", "html5", "bootstrap", "bootstrap", "wp", "wp", "plain", "html4"])
    t = c.t
    nav = list(t("nav"))
    if c.lang == "en" and c.chance(.4): nav = nav + c.rng.sample(["Our Mission", "Red Hat Solutions", "New York", "Investor Relations", "Support Center", "Free Trial"], 2)
    title = f"{re.sub('<[^>]+>', '', c.heading())} {c.pick(['|', '-', '–', '·'])} {E(c.co)}"
    meta = f'<meta name="description" content="{A(c.fmt(c.pick(t("intro"))))}">' if c.chance(.6) else ""
    og = f'<meta property="og:title" content="{A(c.co)}"><meta property="og:image" content="https://{c.dom}/share@2x.png">' if era in ("html5", "bootstrap", "wp", "elementor", "tailwind", "react") and c.chance(.6) else ""
    foot = []
    if c.info is not False and (c.info or c.chance(.6)):
        ia = c.infoaddr()
        foot.append(f'<p>{E(c.co)}<br>{E(c.street())}<br>{E(t("tel"))}: {c.phone()}<br><a href="mailto:{ia}">{ia}</a></p>')
    elif c.chance(.5):
        foot.append(f'<p>{E(c.co)}, {E(c.street())}</p>')
    if c.noise and c.chance(.3): foot.append(f'<div class="newsletter"><h4>{E(t("news"))}</h4><form><input type="email" placeholder="{c.pick(["john@example.com","you@company.com","name@example.org"])}"><button>OK</button></form></div>')
    foot.append("<ul>" + "".join(f'<li><a href="/{slug(x) or "p%d"%i}">{E(x)}</a></li>' for i, x in enumerate(t("legal"))) + "</ul>")
    if c.chance(.4): foot.append(f'<h5>{E(t("follow"))}</h5><a href="https://facebook.com/{c.dom.split(".")[0]}">Facebook</a> <a href="https://twitter.com/{c.dom.split(".")[0]}">@{c.dom.split(".")[0]}</a>')
    copy = f'&copy; {r.randint(2005, 2024)} {E(c.co)}. {E(t("rights"))}'
    if c.chance(.3):
        an, ad = c.pick(AGENCIES)
        if c.chance(.6):
            ea = c.other(c.pick(["hello", "info", "studio"]) + "@" + ad + ".com")
            copy += f' {E(t("made"))} <a href="mailto:{ea}">{E(an)}</a>' if c.chance(.5) else f' {E(t("made"))} {E(an)} ({ea})'
        else: copy += f' {E(t("made"))} <a href="https://{ad}.com/">{E(an)}</a>'
    foot.append(f"<p>{copy}</p>")
    extra = ""
    if c.noise and c.lang in ("en", "de", "fr"):
        if c.chance(.16): extra += testimonials(c, r.randint(1, 3))
        if c.chance(.12): extra += partners(c)
    if c.noise and c.lang == "en" and c.chance(.12): extra += newsbox(c)
    if c.noise and c.chance(.15): extra += contactform(c)
    ck = cookie(c) if c.chance(.35) and era != "html4" else ""
    ld = orgld(c) if c.noise and c.chance(.18) and era in ("html5", "bootstrap", "wp", "elementor", "tailwind", "react") else ""
    lg = {"zh": "zh-CN"}.get(c.lang, c.lang); d = ' dir="rtl"' if c.lang in ("ar", "he") else ""
    cms = CMS.get(era, "")
    links = [f'<a href="/{slug(x) or "s%d"%i}{c.pick(["", ".html"]) if era!="html4" else ".htm"}">{E(x)}</a>' for i, x in enumerate(nav)]
    if era == "html4":
        return f'''<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML{d}><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">{cms}<TITLE>{title}</TITLE>{c.head}</HEAD>
<BODY BGCOLOR="#FFFFFF" TEXT="#000000" LINK="#003399">
<TABLE WIDTH="760" BORDER="0" CELLSPACING="0" CELLPADDING="4" ALIGN="center">
<TR><TD COLSPAN="2" BGCOLOR="#003366"><FONT COLOR="#FFFFFF" SIZE="5" FACE="Arial"><B>{E(c.co)}</B></FONT></TD></TR>
<TR><TD WIDTH="140" VALIGN="top" BGCOLOR="#E0E0E0"><FONT FACE="Verdana" SIZE="2">{"<BR>".join(links)}</FONT></TD>
<TD VALIGN="top">
{body}
{extra}
</TD></TR>
<TR><TD COLSPAN="2" ALIGN="center"><FONT SIZE="1">{" ".join(foot)}</FONT></TD></TR></TABLE>{c.tail}
</BODY></HTML>'''
    if era == "xhtml":
        return f'''<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{lg}" lang="{lg}"{d}>
<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>{title}</title>{meta}{c.head}
<style type="text/css">#wrapper{{width:960px;margin:0 auto}}</style></head>
<body><div id="wrapper"><div id="header"><h1 id="logo"><a href="/">{E(c.co)}</a></h1><div id="nav"><ul>{"".join(f"<li>{x}</li>" for x in links)}</ul></div></div>
<div id="content">
{body}
</div>
<div id="sidebar">{extra}</div>
<div id="footer">{" ".join(foot)}</div></div>{ck}{c.tail}
</body></html>'''
    cls = {"bootstrap": ('class="navbar navbar-expand-lg navbar-light"', 'class="navbar-nav"', 'class="nav-item"', 'class="container py-5"'), "tailwind": ('class="flex items-center justify-between p-6 lg:px-8"', 'class="hidden lg:flex lg:gap-x-12"', 'class="text-sm font-semibold leading-6"', 'class="mx-auto max-w-7xl px-6"'), "wp": ('class="main-navigation"', 'id="primary-menu" class="menu"', 'class="menu-item menu-item-type-post_type"', 'id="primary" class="content-area"')}.get(era, ("", "", "", 'class="main"'))
    hero = "" if era in ("plain",) else f'<div class="breadcrumb"><a href="/">{E(nav[0])}</a> › {E(nav[1])}</div>' if c.chance(.3) else ""
    bodycls = {"wp": ' class="page-template-default page page-id-42 wp-custom-logo"', "elementor": ' class="page elementor-default elementor-page elementor-page-117"', "wix": ' id="SITE_ROOT"', "sqs": ' class="sqs-site primary-button-shape-square"', "webflow": ' class="body"'}.get(era, "")
    return f'''<!DOCTYPE html>
<html lang="{lg}"{d}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{cms}<title>{title}</title>{meta}{og}{ld}{c.head}</head>
<body{bodycls}>
<header><a class="logo" href="/"><img src="/logo@2x.png" alt="{A(c.co)}"></a><nav {cls[0]}><ul {cls[1]}>{"".join(f"<li {cls[2]}>{x}</li>" for x in links)}</ul></nav></header>
{hero}<main {cls[3]}>
{body}
</main>
{extra}
<footer>{" ".join(foot)}</footer>
{ck}{c.tail}
</body></html>'''

LAYOUTS = []
def layout(lid, note, n=2):
    def deco(fn):
        LAYOUTS.append((lid, note, n, fn)); return fn
    return deco

# ================================================================== TABLES
@layout("table-header", "table with header row; name/title/email columns in varying order", 3)
def _(c):
    if c.v == 2: c.lang = "de"; c.setco("de")
    ps = c.team((4, 8), email=[1, .8, 1][c.v])
    W_ = {"n": {"en": c.pick(["Name", "Contact", "Employee"]), "de": "Name"}[c.lang], "t": {"en": c.pick(["Position", "Job Title", "Role", "Title"]), "de": "Funktion"}[c.lang], "e": c.t("mail"), "p": c.t("tel")}
    order = [["n", "t", "e"], ["t", "n", "p", "e"], ["n", "p", "e", "t"]][c.v]
    def cell(p, k): return {"n": E(p.name), "t": E(p.title or ""), "e": ml(p) or "&ndash;", "p": c.phone()}[k]
    rows = "".join("<tr>" + "".join(f"<td>{cell(p, k)}</td>" for k in order) + "</tr>\n" for p in ps)
    th = "".join(f"<th scope=\"col\">{E(W_[k])}</th>" for k in order)
    return f'<h1>{c.heading()}</h1><p>{c.intro()}</p><table class="table table-striped"><thead><tr>{th}</tr></thead><tbody>{rows}</tbody></table>'

@layout("table-noheader-font", "FrontPage-age table without header, FONT tags, name in bold")
def _(c):
    c.era = "html4"; ps = c.team((4, 7), email=[1, .6][c.v])
    F = '<FONT FACE="Arial" SIZE="2">'
    rows = ""
    for p in ps:
        cells = [f"<B>{E(p.name)}</B>", E(p.title), ml(p) or "&nbsp;"]
        if c.v: cells = [cells[1], cells[0], c.phone(), cells[2]]
        rows += "<TR>" + "".join(f"<TD NOWRAP>{F}{x}</FONT></TD>" for x in cells) + "</TR>\n"
    return f'<H2>{c.heading()}</H2><TABLE BORDER="1" CELLPADDING="3">{rows}</TABLE>'

@layout("table-email-first", "header row, e-mail column first, also phone and fax columns")
def _(c):
    ps = c.team((5, 9))
    H = ["E-mail", "Name", "Position", "Phone"] if c.v == 0 else ["Email address", "Ext.", "Name", "Title"]
    def row(p): return [ml(p), E(p.name), E(p.title), c.phone()] if c.v == 0 else [p.email, str(c.rng.randint(100, 399)), E(p.name), E(p.title)]
    tag = "td><b" if c.v else "th"
    head = "".join(f"<td><b>{h}</b></td>" if c.v else f"<th>{h}</th>" for h in H)
    return f"<h1>Staff Directory</h1><table id=\"directory\"><tr>{head}</tr>" + "".join("<tr>" + "".join(f"<td>{x}</td>" for x in row(p)) + "</tr>" for p in ps) + "</table>"

@layout("table-person-columns", "one person per table column: photo row, name row, title row, mail row")
def _(c):
    c.era = ["html4", "xhtml"][c.v]; ps = c.team(c.rng.randint(3, 4), email=[1, 0][c.v])
    rows = [[c.photo(p, size=120) for p in ps], [f"<strong>{E(p.name)}</strong>" for p in ps], [E(p.title) for p in ps]]
    if c.v == 0: rows.append([ml(p) for p in ps])
    return f"<h2>{c.heading()}</h2><table>" + "".join("<tr>" + "".join(f'<td align="center">{x}</td>' for x in r) + "</tr>" for r in rows) + "</table>"

@layout("table-grid-cells", "layout table: each cell holds photo, bold name, title, mail separated by br", 3)
def _(c):
    c.era = ["html4", "xhtml", "wp"][c.v]; ps = c.team((4, 9), email=[.7, 1, 0][c.v])
    cells = []
    for p in ps:
        b = "strong" if c.v else "b"
        x = f"{c.photo(p, size=100)}<br><{b}>{E(p.name)}</{b}><br>{'<i>%s</i>' % E(p.title) if c.v == 0 else E(p.title)}"
        if p.email: x += f"<br>{ml(p)}"
        cells.append(f'<td valign="top" width="33%">{x}</td>')
    rows = "".join("<tr>" + "".join(cells[i:i + 3]) + "</tr>" for i in range(0, len(cells), 3))
    return f"<h2>{c.heading()}</h2><table width=\"100%\">{rows}</table>"

@layout("table-split-names", "separate columns for last name and first name")
def _(c):
    ps = c.team((5, 8), email=[1, .5][c.v])
    H = ["Last name", "First name", "Department / Role", "E-mail"] if c.v == 0 else ["First Name", "Surname", "Job title", "Email"]
    def row(p): return ([p.last, p.first] if c.v == 0 else [p.first, p.last])
    return f"<h1>{c.heading()}</h1><table><thead><tr>{''.join('<th>%s</th>' % h for h in H)}</tr></thead><tbody>" + "".join(f"<tr><td>{E(row(p)[0])}</td><td>{E(row(p)[1])}</td><td>{E(p.title)}</td><td>{ml(p)}</td></tr>" for p in ps) + "</tbody></table>"

@layout("table-sections", "table with colspan section rows (departments) between person rows")
def _(c):
    ps = c.team((6, 9), email=1); r = ""
    deps = ["Management", "Sales Department", "Customer Service", "Technical Support", "Human Resources"]
    c.rng.shuffle(deps); k = 0
    for i, p in enumerate(ps):
        if i % 2 == 0 and k < len(deps):
            r += f'<tr class="section"><{["th","td"][c.v]} colspan="3"><strong>{deps[k]}</strong></{["th","td"][c.v]}></tr>'; k += 1
        r += f"<tr><td>{E(p.name)}</td><td>{E(p.title)}</td><td>{ml(p, None if c.v == 0 else 'E-mail')}</td></tr>"
    return f"<h1>{c.heading()}</h1><p>{c.intro()}</p><table>{r}</table>"

@layout("table-key-value", "each person a small two-column table Name:/Position:/E-mail:")
def _(c):
    ps = c.team((3, 5), email=1)
    out = ""
    for p in ps:
        rows = [("Name", E(p.name)), ("Position", E(p.title)), ("Phone", c.phone()), ("E-mail", ml(p))]
        if c.v: rows = [rows[1], rows[0], rows[3], rows[2]]
        out += '<table class="contact">' + "".join(f"<tr><td>{'<b>' if c.v else ''}{k}:{'</b>' if c.v else ''}</td><td>{x}</td></tr>" for k, x in rows) + "</table><br>"
    return f"<h1>{c.heading()}</h1>{out}"

@layout("table-rowspan", "first column department with rowspan, then name, title, mail")
def _(c):
    ps = c.team(6, email=[1, 1][c.v]); deps = ["Sales", "Service", "Accounting"]; r = ""
    for d in range(3):
        for j in range(2):
            p = ps[d * 2 + j]
            r += "<tr>" + (f'<td rowspan="2">{deps[d]}</td>' if j == 0 else "") + f"<td>{E(p.name)}</td><td>{E(p.title)}</td><td>{ml(p) if c.v == 0 else E(p.email)}</td></tr>"
    return f"<h1>{c.heading()}</h1><table border=1><tr><th>Department</th><th>Name</th><th>Function</th><th>E-Mail</th></tr>{r}</table>"

@layout("div-table", "ARIA / CSS-grid table made of divs")
def _(c):
    ps = c.team((4, 7), email=1)
    if c.v == 0:
        rows = "".join(f'<div role="row" class="tr"><div role="cell">{E(p.name)}</div><div role="cell">{E(p.title)}</div><div role="cell">{ml(p)}</div></div>' for p in ps)
        return f'<h1>{c.heading()}</h1><div role="table"><div role="row" class="tr head"><div role="columnheader">Name</div><div role="columnheader">Role</div><div role="columnheader">Email</div></div>{rows}</div>'
    rows = "".join(f'<div class="grid-item">{E(p.name)}</div><div class="grid-item">{E(p.title)}</div><div class="grid-item">{ml(p)}</div>' for p in ps)
    return f'<h1>{c.heading()}</h1><div style="display:grid;grid-template-columns:repeat(3,1fr)"><div class="grid-head">Name</div><div class="grid-head">Position</div><div class="grid-head">E-mail</div>{rows}</div>'

@layout("table-responsive-label", "responsive table with data-label cells and per-cell mobile labels")
def _(c):
    ps = c.team((4, 6), email=1)
    lab = (lambda x: f'<span class="cell-label visible-xs">{x}:</span> ') if c.v else (lambda x: "")
    rows = "".join(f'<tr><td data-label="Name">{lab("Name")}{E(p.name)}</td><td data-label="Position">{lab("Position")}{E(p.title)}</td><td data-label="Email">{lab("Email")}{ml(p)}</td></tr>' for p in ps)
    return f'<h1>{c.heading()}</h1><table class="responsive-table"><thead class="hidden-xs"><tr><th>Name</th><th>Position</th><th>Email</th></tr></thead><tbody>{rows}</tbody></table>'

# ================================================================== CARDS
@layout("card-divsoup", "cards of nested divs with class names like team-member__name", 3)
def _(c):
    ps = c.team((3, 9), email=[.6, 1, 0][c.v])
    b = [("team-member", "team-member__name", "team-member__position", "team-member__contact"), ("person", "person-name", "person-role", "person-mail"), ("box", "box-a", "box-b", "box-c")][c.v]
    x = "".join(f'<div class="{b[0]}"><div class="{b[0]}-img">{c.photo(p)}</div><div class="inner"><div class="{b[1]}">{E(p.name)}</div><div class="{b[2]}">{E(p.title)}</div>' + (f'<div class="{b[3]}">{ml(p)}</div>' if p.email else "") + "</div></div>\n" for p in ps)
    return f'<div class="section-title"><h2>{c.heading()}</h2><p>{c.intro()}</p></div><div class="grid">{x}</div>'

@layout("card-h3-p", "h3 name followed by p title, bio paragraph", 3)
def _(c):
    if c.v == 2: c.setco("fr")
    ps = c.team((3, 7), email=[0, 1, .5][c.v])
    x = "".join(f'<div class="member">{c.photo(p)}<h3>{E(p.name)}</h3><p>{E(p.title)}</p><p>{c.bio(p)}</p>' + (f"<p>{ml(p)}</p>" if p.email else "") + c.social(p) + "</div>" for p in ps)
    return f"<h1>{c.heading()}</h1><p>{c.intro()}</p>{x}"

@layout("card-figure", "figure with figcaption: strong name, span title")
def _(c):
    ps = c.team((3, 8), email=[0, .5][c.v])
    if c.v == 0: x = "".join(f"<figure>{c.photo(p)}<figcaption><strong>{E(p.name)}</strong><br>{E(p.title)}</figcaption></figure>" for p in ps)
    else: x = "".join(f"<figure>{c.photo(p)}<figcaption><span class=n>{E(p.name)}</span> <span class=t>{E(p.title)}</span> {ml(p)}</figcaption></figure>" for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"

@layout("card-bootstrap3", "Bootstrap 3 thumbnails with caption")
def _(c):
    c.era = "bootstrap"; ps = c.team((3, 8), email=[1, .5][c.v])
    if c.v == 0: x = "".join(f'<div class="col-sm-6 col-md-4"><div class="thumbnail">{c.photo(p, cls="img-responsive img-circle")}<div class="caption"><h3>{E(p.name)}</h3><p class="text-muted">{E(p.title)}</p><p><a href="mailto:{p.email}" class="btn btn-primary" role="button">{p.email}</a></p></div></div></div>' for p in ps)
    else: x = "".join(f'<div class="col-xs-12 col-md-3 text-center"><div class="panel panel-default"><div class="panel-heading">{E(p.name)}</div><div class="panel-body">{E(p.title)}<br>{c.phone()}' + (f'<br><span class="glyphicon glyphicon-envelope"></span> {ml(p)}' if p.email else "") + "</div></div></div>" for p in ps)
    return f'<div class="page-header"><h1>{c.heading()} <small>{c.intro()}</small></h1></div><div class="row">{x}</div>'

@layout("card-bootstrap5", "Bootstrap 4/5 cards")
def _(c):
    c.era = "bootstrap"; ps = c.team((3, 9), email=[1, 0][c.v])
    if c.v == 0: x = "".join(f'<div class="col"><div class="card h-100">{c.photo(p, cls="card-img-top")}<div class="card-body"><h5 class="card-title">{E(p.name)}</h5><h6 class="card-subtitle mb-2 text-muted">{E(p.title)}</h6><p class="card-text">{c.bio(p,1)}</p><a href="mailto:{p.email}" class="card-link">{p.email}</a></div></div></div>' for p in ps)
    else: x = "".join(f'<div class="col-lg-4">{c.photo(p, cls="bd-placeholder-img rounded-circle")}<h2 class="fw-normal">{E(p.name)}</h2><p class="lead">{E(p.title)}</p><p>{c.bio(p,1)}</p><p><a class="btn btn-secondary" href="/team/{p.slug}">View details »</a></p></div>' for p in ps)
    return f'<h1 class="display-4">{c.heading()}</h1><div class="row row-cols-1 row-cols-md-3 g-4">{x}</div>'

@layout("card-tailwind", "Tailwind UI team lists", 3)
def _(c):
    c.era = "tailwind"; ps = c.team((4, 9), email=[0, 1, .6][c.v])
    if c.v == 0: x = "".join(f'<li><div class="flex items-center gap-x-6">{c.photo(p, cls="h-16 w-16 rounded-full")}<div><h3 class="text-base font-semibold leading-7 tracking-tight text-gray-900">{E(p.name)}</h3><p class="text-sm font-semibold leading-6 text-indigo-600">{E(p.title)}</p></div></div></li>' for p in ps)
    elif c.v == 1: x = "".join(f'<li class="flex justify-between gap-x-6 py-5"><div class="flex min-w-0 gap-x-4">{c.photo(p, cls="h-12 w-12 flex-none rounded-full bg-gray-50")}<div class="min-w-0 flex-auto"><p class="text-sm font-semibold leading-6 text-gray-900">{E(p.name)}</p><p class="mt-1 truncate text-xs leading-5 text-gray-500">{p.email}</p></div></div><div class="hidden shrink-0 sm:flex sm:flex-col sm:items-end"><p class="text-sm leading-6 text-gray-900">{E(p.title)}</p><p class="mt-1 text-xs leading-5 text-gray-500">Last seen 3h ago</p></div></li>' for p in ps)
    else: x = "".join(f'<li class="col-span-1 divide-y divide-gray-200 rounded-lg bg-white shadow"><div class="flex w-full items-center justify-between space-x-6 p-6"><div class="flex-1 truncate"><div class="flex items-center space-x-3"><h3 class="truncate text-sm font-medium text-gray-900">{E(p.name)}</h3><span class="inline-flex rounded-full bg-green-50 px-1.5 text-xs text-green-700">{c.pick(["Admin","Remote","Hybrid"])}</span></div><p class="mt-1 truncate text-sm text-gray-500">{E(p.title)}</p></div>{c.photo(p, cls="h-10 w-10")}</div><div><div class="-mt-px flex divide-x">' + (f'<a href="mailto:{p.email}" class="inline-flex flex-1 gap-x-3">Email</a>' if p.email else "") + '<a href="tel:+15550100" class="inline-flex flex-1">Call</a></div></div></li>' for p in ps)
    return f'<div class="bg-white py-24"><h2 class="text-3xl font-bold">{c.heading()}</h2><p class="mt-6 text-lg">{c.intro()}</p><ul role="list" class="grid gap-x-8 gap-y-12">{x}</ul></div>'

@layout("card-elementor-imagebox", "Elementor image-box widgets")
def _(c):
    c.era = "elementor"; ps = c.team((3, 6), email=[0, 1][c.v])
    def one(p):
        desc = E(p.title) if c.v == 0 else f"{E(p.title)}<br>{ml(p)}"
        return f'<div class="elementor-column elementor-col-33"><div class="elementor-widget-wrap elementor-element-populated"><div class="elementor-element elementor-widget elementor-widget-image-box" data-widget_type="image-box.default"><div class="elementor-widget-container"><div class="elementor-image-box-wrapper"><figure class="elementor-image-box-img">{c.photo(p)}</figure><div class="elementor-image-box-content"><h3 class="elementor-image-box-title">{E(p.name)}</h3><p class="elementor-image-box-description">{desc}</p></div></div></div></div></div></div>'
    return f'<section class="elementor-section"><div class="elementor-container"><h2 class="elementor-heading-title elementor-size-default">{c.heading()}</h2></div></section><section class="elementor-section"><div class="elementor-container">{"".join(one(p) for p in ps)}</div></section>'

@layout("card-elementor-headings", "Elementor: name and title in separate heading widgets, mail in icon list")
def _(c):
    c.era = "elementor"; ps = c.team((3, 6), email=[.7, 1][c.v])
    def w(kind, inner): return f'<div class="elementor-element elementor-widget elementor-widget-{kind}"><div class="elementor-widget-container">{inner}</div></div>'
    def one(p):
        x = w("image", c.photo(p)) + w("heading", f'<h4 class="elementor-heading-title elementor-size-default">{E(p.name)}</h4>')
        x += w("heading", f'<h6 class="elementor-heading-title elementor-size-default">{E(p.title)}</h6>') if c.v == 0 else w("text-editor", f"<p>{E(p.title)}</p>")
        if p.email: x += w("icon-list", f'<ul class="elementor-icon-list-items"><li class="elementor-icon-list-item"><a href="mailto:{p.email}"><span class="elementor-icon-list-icon"><i class="fas fa-envelope"></i></span><span class="elementor-icon-list-text">{p.email}</span></a></li></ul>')
        return f'<div class="elementor-column"><div class="elementor-widget-wrap">{x}</div></div>'
    return w("heading", f'<h2 class="elementor-heading-title">{c.heading()}</h2>') + "".join(one(p) for p in ps)

@layout("card-wix", "Wix rich text: each line its own p font_7 with spans; siblings not nested")
def _(c):
    c.era = "wix"; ps = c.team((3, 6), email=[0, 1][c.v]); i = [0]
    def rt(inner):
        i[0] += 1
        return f'<div id="comp-k{i[0]}x{c.rng.randint(100,999)}" class="KcpHeO tz5f0K comp-k wixui-rich-text" data-testid="richTextElement">{inner}</div>'
    x = ""
    for p in ps:
        if c.v == 0: x += f'<div class="wixui-image">{c.photo(p)}</div>' + rt(f'<h2 class="font_2 wixui-rich-text__text" style="font-size:22px"><span class="wixui-rich-text__text">{E(p.name)}</span></h2>') + rt(f'<p class="font_8 wixui-rich-text__text"><span style="font-style:italic">{E(p.title)}</span></p>')
        else: x += rt(f'<p class="font_7"><span style="font-weight:bold"><span style="color:#2F2E2E">{E(p.name)}</span></span></p><p class="font_8"><span>{E(p.title)}</span></p><p class="font_8"><span class="wixGuard">&#8203;</span></p><p class="font_8"><span style="text-decoration:underline"><a href="mailto:{p.email}" target="_self">{p.email}</a></span></p>')
    return rt(f'<h1 class="font_0"><span>{c.heading()}</span></h1>') + f'<div data-mesh-id="inlineContent">{x}</div>'

@layout("card-squarespace", "Squarespace blocks: h3 name + em title in one html block")
def _(c):
    c.era = "sqs"; ps = c.team((3, 6), email=[.5, 1][c.v])
    def one(p):
        if c.v == 0: t = f'<h3 style="white-space:pre-wrap;">{E(p.name)}<br><em>{E(p.title)}</em></h3><p class="" style="white-space:pre-wrap;">{c.bio(p)}</p>' + (f"<p>{ml(p)}</p>" if p.email else "")
        else: t = f'<p class="" style="white-space:pre-wrap;"><strong>{E(p.name)}</strong> | {E(p.title)}</p><p class=""><a href="mailto:{p.email}">{p.email}</a></p>'
        return f'<div class="col sqs-col-4 span-4"><div class="sqs-block image-block sqs-block-image"><div class="sqs-block-content">{c.photo(p)}</div></div><div class="sqs-block html-block sqs-block-html"><div class="sqs-block-content">{t}</div></div></div>'
    return f'<div class="sqs-layout sqs-grid-12"><div class="sqs-block-content"><h1>{c.heading()}</h1></div><div class="row sqs-row">{"".join(one(p) for p in ps)}</div></div>'

@layout("card-webflow", "Webflow collection list (w-dyn-item)")
def _(c):
    c.era = "webflow"; ps = c.team((4, 8), email=[0, 1][c.v])
    x = "".join(f'<div role="listitem" class="collection-item w-dyn-item"><a href="/team/{p.slug}" class="team-card w-inline-block">{c.photo(p)}<div class="{"heading-5" if c.v else "team-name"}">{E(p.name)}</div><div class="text-size-small">{E(p.title)}</div></a>' + (f'<a href="mailto:{p.email}" class="link-block w-inline-block"><div class="text-block-{c.rng.randint(2,90)}">{p.email}</div></a>' if p.email else '<a href="#" class="link-block w-inline-block w-condition-invisible"><div></div></a>') + "</div>" for p in ps)
    return f'<div class="section"><div class="w-layout-blockcontainer container w-container"><h1>{c.heading()}</h1><div class="collection-list-wrapper w-dyn-list"><div role="list" class="w-dyn-items">{x}</div></div></div></div>'

@layout("card-divi", "Divi person module (et_pb_team_member)")
def _(c):
    c.era = "wp"; ps = c.team((3, 6), email=[0, .6][c.v])
    x = "".join(f'<div class="et_pb_column et_pb_column_1_3"><div class="et_pb_module et_pb_team_member et_pb_team_member_{i} clearfix et_pb_bg_layout_light"><div class="et_pb_team_member_image et-waypoint">{c.photo(p)}</div><div class="et_pb_team_member_description"><h4 class="et_pb_module_header">{E(p.name)}</h4><p class="et_pb_member_position">{E(p.title)}</p><div><p>{c.bio(p,1)}</p>' + (f"<p>{ml(p)}</p>" if p.email else "") + f'</div><ul class="et_pb_member_social_links"><li><a href="https://linkedin.com/in/{p.slug}" class="et_pb_font_icon et_pb_linkedin_icon"><span>LinkedIn</span></a></li></ul></div></div></div>' for i, p in enumerate(ps))
    return f'<div class="et_pb_section"><div class="et_pb_row"><div class="et_pb_text_inner"><h1>{c.heading()}</h1></div></div><div class="et_pb_row">{x}</div></div>'

@layout("card-wpbakery", "WPBakery / Avada: strong name br title inside wpb_text_column")
def _(c):
    c.era = "wp"; ps = c.team((4, 8), email=[1, .7][c.v])
    if c.v == 0: x = "".join(f'<div class="wpb_column vc_column_container vc_col-sm-4"><div class="vc_column-inner"><div class="wpb_wrapper"><div class="wpb_single_image">{c.photo(p)}</div><div class="wpb_text_column wpb_content_element"><div class="wpb_wrapper"><p style="text-align: center;"><strong>{E(p.name)}</strong><br />\n{E(p.title)}<br />\nTel. {c.phone()}<br />\n{ml(p)}</p></div></div></div></div></div>' for p in ps)
    else: x = "".join(f'<div class="fusion-person person fusion-person-center"><div class="person-shortcode-image-wrapper">{c.photo(p)}</div><div class="person-desc"><div class="person-author"><div class="person-author-wrapper"><span class="person-name">{E(p.name)}</span><span class="person-title">{E(p.title)}</span></div><div class="fusion-social-networks">' + (f'<a class="fusion-social-network-icon fusion-mail" href="mailto:{p.email}" aria-label="email"></a>' if p.email else "") + f'</div></div><div class="person-content fusion-clearfix">{c.bio(p,1)}</div></div></div>' for p in ps)
    return f'<h1 class="entry-title">{c.heading()}</h1><div class="vc_row wpb_row">{x}</div>'

@layout("card-gutenberg", "WordPress block editor columns / media-text")
def _(c):
    c.era = "wp"; ps = c.team((3, 6), email=[.5, 1][c.v])
    if c.v == 0: x = "".join(f'<div class="wp-block-column is-layout-flow"><figure class="wp-block-image size-medium is-style-rounded">{c.photo(p)}</figure><h3 class="wp-block-heading has-text-align-center">{E(p.name)}</h3><p class="has-text-align-center has-small-font-size">{E(p.title)}</p>' + (f'<p class="has-text-align-center">{ml(p)}</p>' if p.email else "") + "</div>" for p in ps)
    else: x = "".join(f'<div class="wp-block-media-text is-stacked-on-mobile"><figure class="wp-block-media-text__media">{c.photo(p)}</figure><div class="wp-block-media-text__content"><p><strong>{E(p.name)}</strong></p><p><em>{E(p.title)}</em></p><p>{c.bio(p)}</p><p>Email: {ml(p)}</p></div></div>' for p in ps)
    return f'<article class="page type-page"><h1 class="entry-title">{c.heading()}</h1><div class="entry-content wp-block-columns">{x}</div></article>'

@layout("card-mui", "React / Material UI with hashed class names")
def _(c):
    c.era = "react"; ps = c.team((3, 8), email=[0, 1][c.v])
    h = lambda: "css-%x" % c.rng.randint(0x100000, 0xffffff)
    if c.v == 0: x = "".join(f'<div class="MuiGrid-root MuiGrid-item {h()}"><div class="MuiPaper-root MuiCard-root {h()}"><div class="MuiCardHeader-root {h()}"><div class="MuiAvatar-root {h()}">{E(p.first[0] + p.last[0])}</div><div class="MuiCardHeader-content"><span class="MuiTypography-root MuiTypography-h5 {h()}">{E(p.name)}</span><span class="MuiTypography-root MuiTypography-body1 {h()}">{E(p.title)}</span></div></div></div></div>' for p in ps)
    else: x = "".join(f'<div class="TeamCard_root__{c.rng.randint(1000,9999)}x"><div class="TeamCard_name__x9f2a">{E(p.name)}</div><div class="TeamCard_role__k2Lq0">{E(p.title)}</div><a class="TeamCard_mail__p0Wzz" href="mailto:{p.email}">{p.email}</a></div>' for p in ps)
    return f'<div id="__next"><div class="{h()}"><h1 class="MuiTypography-root MuiTypography-h2">{c.heading()}</h1>{x}</div></div>'

@layout("card-anon-divs", "Framer-like anonymous divs, no class that helps, each line its own div")
def _(c):
    c.era = "plain"; ps = c.team((3, 7), email=[0, 1][c.v])
    x = "".join(f'<div><div>{c.photo(p)}</div><div><div>{E(p.name)}</div><div>{E(p.title)}</div>' + (f"<div><a href=\"mailto:{p.email}\">{p.email}</a></div>" if p.email else "") + "</div></div>" for p in ps)
    return f"<div><div><div>{c.heading()}</div><div>{c.intro()}</div></div><div>{x}</div></div>"

@layout("title-above-name", "title printed above the name")
def _(c):
    ps = c.team((3, 7), email=[0, 1][c.v])
    if c.v == 0: x = "".join(f'<div class="member">{c.photo(p, alt="")}<span class="eyebrow">{E(p.title)}</span><h3>{E(p.name)}</h3></div>' for p in ps)
    else: x = "".join(f"<li><p><small>{E(p.title)}</small></p><p><strong>{E(p.name)}</strong></p><p>{ml(p)}</p></li>" for p in ps); x = f"<ul>{x}</ul>"
    return f"<h2>{c.heading()}</h2>{x}"

@layout("h2-name-h3-title", "flat sequence h2 name, h3 title, p bio without wrapper", 3)
def _(c):
    if c.v == 2: c.setco("nl")
    ps = c.team((3, 6), email=[0, .7, 1][c.v])
    a, b = [("h2", "h3"), ("h3", "h4"), ("h4", "h5")][c.v]
    x = "".join(f"<{a}>{E(p.name)}</{a}>\n<{b}>{E(p.title)}</{b}>\n<p>{c.bio(p, 3)}</p>\n" + (f"<p>{ml(p)}</p>" if p.email else "") for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("heading-small", "heading with small/span title inside: <h4>Name <small>Title</small></h4>")
def _(c):
    ps = c.team((4, 7), email=[0, 1][c.v])
    if c.v == 0: x = "".join(f'<div class="media"><div class="media-left">{c.photo(p)}</div><div class="media-body"><h4 class="media-heading">{E(p.name)} <small>{E(p.title)}</small></h4><p>{c.bio(p)}</p></div></div>' for p in ps)
    else: x = "".join(f'<div class="item"><h3>{E(p.name)}<span>{E(p.title)}</span></h3>{ml(p)}</div>' for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("heading-comma-title", "heading holds 'Name, Title' or 'Title – Name' in one text")
def _(c):
    ps = c.team((3, 6), email=0)
    x = "".join(f"<h3>{E(p.name)}, {E(p.title)}</h3><p>{c.bio(p)}</p>" if c.v == 0 else f"<h3>{E(p.name)} – {E(p.title)}</h3><p>{c.bio(p)}</p>" for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("pipe-line", "'Name | Title | mail' in a single paragraph")
def _(c):
    ps = c.team((3, 7), email=1); s = [" | ", " // "][c.v]
    x = "".join(f"<p>{c.photo(p)}<br>{E(p.name)}{s}{E(p.title)}{s}{ml(p)}</p>" for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"

@layout("card-overlay", "hover overlay with social icons")
def _(c):
    ps = c.team((4, 8), email=[.5, 1][c.v])
    x = "".join(f'<div class="team-item"><div class="team-img">{c.photo(p)}<div class="overlay"><a href="https://facebook.com/{p.slug}"><i class="fa fa-facebook"></i></a><a href="https://twitter.com/{p.slug}"><i class="fa fa-twitter"></i></a>' + (f'<a href="mailto:{p.email}"><i class="fa fa-envelope"></i></a>' if p.email else "") + f'</div></div><div class="team-content"><h5 class="title">{E(p.name)}</h5><span class="post">{E(p.title)}</span></div></div>' for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"

@layout("card-flip", "flip cards: name on the front and again on the back (one person)")
def _(c):
    ps = c.team((3, 6), email=[1, .5][c.v])
    x = "".join(f'<div class="flip-card"><div class="flip-card-inner"><div class="flip-card-front">{c.photo(p, alt=p.name)}<h3>{E(p.name)}</h3>' + (f"<p>{E(p.title)}</p>" if c.v else "") + f'</div><div class="flip-card-back"><h3>{E(p.name)}</h3><p>{E(p.title)}</p>' + (f"<p>{ml(p)}</p>" if p.email else "") + "</div></div></div>" for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"

@layout("carousel", "carousels with cloned slides: slick / owl / bootstrap; each person once in truth", 3)
def _(c):
    ps = c.team((3, 6), email=[0, 1, .5][c.v])
    def inner(p): return f'{c.photo(p)}<h4>{E(p.name)}</h4><p>{E(p.title)}</p>' + (f"<p>{ml(p)}</p>" if p.email else "")
    if c.v == 0:
        it = [f'<div class="slick-slide{{}}" data-slick-index="{i}">{inner(p)}</div>' for i, p in enumerate(ps)]
        seq = [x.format(" slick-cloned") for x in it[-2:]] + [x.format("") for x in it] + [x.format(" slick-cloned") for x in it[:2]]
        return f'<h2>{c.heading()}</h2><div class="slick-slider"><div class="slick-list"><div class="slick-track">{"".join(seq)}</div></div></div>'
    if c.v == 1:
        it = [f'<div class="owl-item{{}}"><div class="item">{inner(p)}</div></div>' for p in ps]
        seq = [x.format(" cloned") for x in it] + [x.format(" active") for x in it] + [x.format(" cloned") for x in it]
        return f'<h2>{c.heading()}</h2><div class="owl-carousel owl-loaded"><div class="owl-stage-outer"><div class="owl-stage">{"".join(seq)}</div></div></div>'
    it = "".join(f'<div class="carousel-item{" active" if i == 0 else ""}">{c.photo(p)}<div class="carousel-caption"><h5>{E(p.name)}</h5><p>{E(p.title)}</p>{ml(p)}</div></div>' for i, p in enumerate(ps))
    return f'<h2>{c.heading()}</h2><div id="c1" class="carousel slide"><div class="carousel-inner">{it}</div><a class="carousel-control-prev" href="#c1"><span class="sr-only">Previous</span></a><a class="carousel-control-next" href="#c1"><span class="sr-only">Next</span></a></div>'

@layout("accordion", "accordion markup: button holds name (and title), panel the bio")
def _(c):
    ps = c.team((3, 6), email=[1, .6][c.v])
    if c.v == 0: x = "".join(f'<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button collapsed" type="button" aria-expanded="false">{E(p.name)}</button></h2><div class="accordion-collapse collapse"><div class="accordion-body"><p><strong>{E(p.title)}</strong></p><p>{c.bio(p)}</p><p>{ml(p)}</p></div></div></div>' for p in ps)
    else: x = "".join(f'<div class="panel"><h4 class="panel-title"><a data-toggle="collapse" href="#p{i}"><span class="nm">{E(p.name)}</span> <span class="role">{E(p.title)}</span></a></h4><div id="p{i}" class="panel-collapse collapse"><p>{c.bio(p)}</p>' + (f"<p>Contact: {ml(p)}</p>" if p.email else "") + "</div></div>" for i, p in enumerate(ps))
    return f'<h1>{c.heading()}</h1><div class="accordion">{x}</div>'

@layout("details-summary", "details/summary elements")
def _(c):
    ps = c.team((3, 6), email=[0, 1][c.v])
    x = "".join(f"<details><summary>{E(p.name)}{', ' if c.v == 0 else ' — '}{E(p.title)}</summary><p>{c.bio(p)}</p>{'<p>' + ml(p) + '</p>' if p.email else ''}</details>" for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("mobile-duplicate", "each person twice: desktop block and hidden mobile block")
def _(c):
    c.era = "bootstrap"; ps = c.team((3, 6), email=[.5, 1][c.v])
    if c.v == 0:
        x = "".join(f'<div class="member"><div class="d-none d-md-block"><h3>{E(p.name)}</h3><p>{E(p.title)}</p>{ml(p)}</div><div class="d-block d-md-none"><h3>{E(p.name)}</h3><p>{E(p.title)}</p>{ml(p)}</div></div>' for p in ps)
        return f"<h1>{c.heading()}</h1>{x}"
    d = "<table class=\"hidden-xs\">" + "".join(f"<tr><td>{E(p.name)}</td><td>{E(p.title)}</td><td>{ml(p)}</td></tr>" for p in ps) + "</table>"
    m = '<div class="visible-xs" style="display:none">' + "".join(f"<div><b>{E(p.name)}</b><br>{E(p.title)}<br>{ml(p)}</div>" for p in ps) + "</div>"
    return f"<h1>{c.heading()}</h1>{d}{m}"

@layout("modal-bio", "card grid plus modals repeating name, title, with bio and mail")
def _(c):
    ps = c.team((3, 6), email=[1, .5][c.v])
    x = "".join(f'<div class="card" data-bs-toggle="modal" data-bs-target="#m{i}">{c.photo(p)}<h3>{E(p.name)}</h3>{"<p>%s</p>" % E(p.title)}<a href="#m{i}">Read bio</a></div>' for i, p in enumerate(ps))
    m = "".join(f'<div class="modal fade" id="m{i}" aria-hidden="true"><div class="modal-dialog"><div class="modal-header"><h5 class="modal-title">{E(p.name)}{"<br><small>%s</small>" % E(p.title) if c.v else ""}</h5><button class="btn-close" aria-label="Close"></button></div><div class="modal-body"><p>{c.bio(p, 3)}</p>' + (f"<p>{ml(p)}</p>" if p.email else "") + "</div></div></div>" for i, p in enumerate(ps))
    return f'<h1>{c.heading()}</h1><div class="grid">{x}</div>{m}'

@layout("tabs-departments", "tab panes per department; isotope filters")
def _(c):
    ps = c.team(6, email=[0, 1][c.v]); ds = ["Leadership", "Customer Success", "Product Design"]
    nav = "".join(f'<li class="nav-item"><a class="nav-link" href="#t{i}">{d}</a></li>' for i, d in enumerate(ds))
    if c.v == 0: x = "".join(f'<div class="tab-pane" id="t{i}"><h3>{d}</h3>' + "".join(f'<div class="m"><h4>{E(p.name)}</h4><div>{E(p.title)}</div></div>' for p in ps[2*i:2*i+2]) + "</div>" for i, d in enumerate(ds))
    else: x = "".join(f'<div class="isotope-item {slug(ds[i//2])}"><div class="cat">{ds[i//2]}</div><h4>{E(p.name)}</h4><div>{E(p.title)}</div>{ml(p)}</div>' for i, p in enumerate(ps))
    return f'<h1>{c.heading()}</h1><ul class="nav nav-tabs">{nav}</ul>{x}'

@layout("alt-name-caption-title", "name only in alt text of the portrait, title in caption")
def _(c):
    ps = c.team((3, 6), email=[0, 1][c.v])
    if c.v == 0: x = "".join(f'<figure>{c.photo(p, alt=p.name)}<figcaption>{E(p.title)}</figcaption></figure>' for p in ps)
    else: x = "".join(f'<div class="tm"><a href="mailto:{p.email}">{c.photo(p, alt=p.name)}</a><p class="caption">{E(p.title)}</p></div>' for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"

@layout("profile-links", "names are links to profile pages", 3)
def _(c):
    if c.v == 2: c.setco("es")
    ps = c.team((4, 8), email=[0, .5, 0][c.v])
    x = "".join(f'<li><a href="/people/{p.slug}">{E(p.name)}</a>' + (f'<span>{E(p.title)}</span>' if c.v != 1 else f'<br>{E(p.title)}') + (f"<br>{ml(p)}" if p.email else "") + "</li>" for p in ps)
    return f'<h1>{c.heading()}</h1><p>{c.intro()}</p><ul class="people">{x}</ul>'

@layout("next-data", "server-rendered cards plus the same data in a __NEXT_DATA__ / window.__STATE__ script")
def _(c):
    c.era = "react"; ps = c.team((3, 6), email=[0, 1][c.v])
    x = "".join(f'<article class="person"><h2>{E(p.name)}</h2><p>{E(p.title)}</p>{"<p>" + ml(p) + "</p>" if p.email else ""}</article>' for p in ps)
    d = json.dumps({"props": {"pageProps": {"team": [{"name": p.name, "role": p.title, "email": p.email, "slug": p.slug} for p in ps]}}, "buildId": "a8Xk2"}, ensure_ascii=False)
    c.tail = f'<script id="__NEXT_DATA__" type="application/json">{d}</script>' if c.v == 0 else f"<script>window.__INITIAL_STATE__={d};</script>"
    return f'<div id="__next"><h1>{c.heading()}</h1>{x}</div>'

@layout("join-us-card", "last card in the grid is not a person ('Join our team', 'You?', 'Your Name Here')")
def _(c):
    ps = c.team((3, 6), email=[0, 1][c.v])
    x = "".join(f'<div class="team-card">{c.photo(p)}<h3>{E(p.name)}</h3><p>{E(p.title)}</p>{ml(p)}</div>' for p in ps)
    ja = c.other("careers@" + c.dom) if c.v == 0 else ""
    x += f'<div class="team-card"><img src="/img/placeholder@2x.png" alt=""><h3>Join Us</h3><p>We Are Hiring</p><a href="mailto:{ja}">{ja}</a></div>' if c.v == 0 else '<div class="team-card"><img src="/img/you.png" alt="You"><h3>Your Name Here</h3><p>Senior Account Manager (m/f/d)</p><a href="/careers">Apply Now</a></div>'
    return f"<h1>{c.heading()}</h1>{x}"

@layout("shared-address-cards", "cards where the address shown is shared (sales@, service@), not personal")
def _(c):
    ps = c.team((3, 5), email=0)
    x = ""
    for i, p in enumerate(ps):
        a = c.other(["sales@", "service@", "sales@", "accounting@", "support@"][i] + c.dom)
        x += f'<div class="contact"><h4>{E(p.name)}</h4><p>{E(p.title)}</p><p><a href="mailto:{a}">{a}</a></p></div>' if c.v == 0 else f'<p><b>{E(p.name)}</b>, {E(p.title)}<br>Tel: {c.phone()}<br>E-mail: {a}</p>'
    return f"<h1>{c.heading()}</h1>{x}"

@layout("mixed-mail-domains", "personal addresses at gmail or a parent company's domain")
def _(c):
    ps = c.team((3, 5), email=1, dom=["gmail.com", "brightmere-holding.com"][c.v])
    x = "".join(f'<div class="p"><strong>{E(p.name)}</strong><div>{E(p.title)}</div><div>{ml(p)}</div></div>' for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("orgchart", "org chart as nested ul")
def _(c):
    ps = c.team(6, email=0)
    n = (lambda p: f'<div class="node"><span class="name">{E(p.name)}</span><span class="title">{E(p.title)}</span></div>') if c.v == 0 else (lambda p: f"<a href=\"#\">{E(p.title)}<br><b>{E(p.name)}</b></a>")
    return f'<h1>Organisation Chart</h1><ul class="tree"><li>{n(ps[0])}<ul><li>{n(ps[1])}<ul><li>{n(ps[2])}</li><li>{n(ps[3])}</li></ul></li><li>{n(ps[4])}<ul><li>{n(ps[5])}</li></ul></li></ul></li></ul>'

@layout("shy-nbsp-entities", "names/titles with &nbsp;, numeric entities, soft hyphens and line breaks inside")
def _(c):
    c.setco("de"); ps = c.team((4, 6), email=[1, 0][c.v])
    def ent(s): return "".join(f"&#{ord(ch)};" if ord(ch) > 127 else E(ch) for ch in s)
    def named(s): return "".join("&%s;" % html.entities.codepoint2name[ord(ch)] if ord(ch) > 127 and ord(ch) in html.entities.codepoint2name else E(ch) for ch in s)
    f = [ent, named][c.v]
    x = "".join(f'<div class="person"><h3>{f(p.first)}{"&nbsp;" if c.v == 0 else chr(10) + "        "}{f(p.last)}</h3><p>{f(p.title).replace("Geschäfts", "Geschäfts&shy;").replace("Gesch&#228;fts", "Gesch&#228;fts&shy;").replace("Gesch&auml;fts", "Gesch&auml;fts&shy;")}</p>{ml(p)}</div>' for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"
import html.entities

# ================================================================== LISTS
@layout("dl-name-dd", "definition list: dt name, dd title, dd mail", 3)
def _(c):
    if c.v == 2: c.setco("it")
    ps = c.team((4, 7), email=[1, .5, 1][c.v])
    x = "".join(f"<dt>{E(p.name)}</dt><dd>{E(p.title)}</dd>" + (f"<dd>{ml(p)}</dd>" if p.email else "") if c.v != 1 else f"<dt><strong>{E(p.name)}</strong></dt><dd>{E(p.title)}{'<br>' + ml(p) if p.email else ''}</dd>" for p in ps)
    return f"<h1>{c.heading()}</h1><dl>{x}</dl>"

@layout("dl-title-dd", "definition list: dt title, dd name (and mail)")
def _(c):
    ps = c.team((4, 6), email=[0, 1][c.v])
    x = "".join(f"<dt>{E(p.title)}:</dt><dd>{E(p.name)}{' (' + ml(p) + ')' if p.email else ''}</dd>" for p in ps)
    return f"<h1>{c.heading()}</h1><dl>{x}</dl>"

@layout("dl-fields", "definition list with fields Name / Title / Email per person")
def _(c):
    ps = c.team((3, 5), email=1)
    x = "".join(f'<dl class="dl-horizontal"><dt>Name</dt><dd>{E(p.name)}</dd><dt>{["Title","Role"][c.v]}</dt><dd>{E(p.title)}</dd><dt>Phone</dt><dd>{c.phone()}</dd><dt>E-mail</dt><dd>{ml(p)}</dd></dl>' for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("ul-comma", "bullet list 'Name, Title'", 3)
def _(c):
    if c.v == 2: c.setco("sv")
    ps = c.team((4, 9), email=0)
    x = "".join(f"<li>{'<strong>' + E(p.name) + '</strong>' if c.v == 1 else E(p.name)}, {E(p.title)}</li>" for p in ps)
    return f"<h1>{c.heading()}</h1><ul>{x}</ul>"

@layout("ul-dash", "bullet list 'Name – Title' with en dash, em dash or hyphen", 3)
def _(c):
    ps = c.team((4, 8), email=0); d = [" – ", " — ", " - "][c.v]
    x = "".join(f"<li>{E(p.name)}{d}{E(p.title)}</li>" for p in ps)
    return f"<h1>{c.heading()}</h1><p>{c.intro()}</p><ul>{x}</ul>"

@layout("ul-title-colon", "bullet list 'Title: Name'", 3)
def _(c):
    if c.v == 2: c.setco("fr")
    ps = c.team((4, 8), email=0)
    x = "".join(f"<li>{E(p.title)}{' :' if c.lang == 'fr' else ':'} {E(p.name)}</li>" if c.v != 1 else f"<li><strong>{E(p.title)}:</strong> {E(p.name)}</li>" for p in ps)
    return f"<h1>{c.heading()}</h1><ul>{x}</ul>"

@layout("ul-paren", "bullet list 'Name (Title)'")
def _(c):
    ps = c.team((4, 8), email=[0, 1][c.v])
    x = "".join(f"<li>{E(p.name)} ({E(p.title)}){': ' + ml(p) if p.email else ''}</li>" for p in ps)
    return f"<h1>{c.heading()}</h1><ul>{x}</ul>"

@layout("ul-comma-mail", "bullet list 'Name, Title, mail' with plain text or linked address")
def _(c):
    ps = c.team((4, 8), email=1)
    x = "".join(f"<li>{E(p.name)}, {E(p.title)}, {p.email}</li>" if c.v == 0 else f"<li>{E(p.name)} – {E(p.title)} – {ml(p)}</li>" for p in ps)
    return f"<h1>{c.heading()}</h1><ul>{x}</ul>"

@layout("ul-nested", "nested list: li name, inner ul title and mail")
def _(c):
    ps = c.team((3, 6), email=1)
    x = "".join(f"<li>{'<b>' if c.v else ''}{E(p.name)}{'</b>' if c.v else ''}<ul><li>{E(p.title)}</li><li>{ml(p)}</li><li>{c.phone()}</li></ul></li>" for p in ps)
    return f"<h1>{c.heading()}</h1><ul>{x}</ul>"

@layout("ul-names-only", "bullet list of names, no titles (title null), heading is the department")
def _(c):
    ps = c.team((4, 8), title=0, email=[0, 1][c.v])
    h = len(ps) // 2
    f = lambda p: f"<li>{E(p.name)}</li>" if c.v == 0 else f"<li>{ml(p, E(p.name))}</li>"
    return f"<h1>{c.heading()}</h1><h3>Engineering</h3><ul>{''.join(map(f, ps[:h]))}</ul><h3>Customer Support</h3><ul>{''.join(map(f, ps[h:]))}</ul>"

@layout("board-list", "board of directors list; officers have titles, plain members none")
def _(c):
    ps = c.team((6, 10), email=0, title=0)
    for p in ps[:3]: c.given_title(p, "board")
    x = "".join(f"<li>{E(p.name)}{', ' + E(p.title) if p.title else ''}</li>" if c.v == 0 else f"<li><span>{E(p.name)}</span>{' <em>' + E(p.title) + '</em>' if p.title else ''}</li>" for p in ps)
    return f"<h1>Board of Directors</h1><p>The board meets four times a year.</p><{['ol','ul'][c.v]}>{x}</{['ol','ul'][c.v]}>"

@layout("committee-p", "club committee: <strong>President</strong><br>Name paragraphs")
def _(c):
    c.setco("en", tld="org"); ps = c.team((4, 7), email=[.5, 0][c.v], titles="board")
    x = "".join(f"<p><strong>{E(p.title)}</strong><br>{E(p.name)}" + (f"<br>{ml(p)}" if p.email else "") + "</p>" for p in ps)
    return f"<h2>{c.pick(['Executive Committee','Committee Members'])}</h2>{x}"

@layout("br-blocks", "one paragraph, blocks separated by double br: Name<br>Title<br>Mail", 3)
def _(c):
    c.era = ["html4", "xhtml", "wp"][c.v]; ps = c.team((3, 7), email=[1, .6, 1][c.v])
    x = "<br><br>\n".join(f"{E(p.name)}<br>{E(p.title)}" + ("" if c.v == 2 else f"<br>Tel.: {c.phone()}") + (f"<br>{ml(p)}" if p.email else "") for p in ps)
    return f"<h2>{c.heading()}</h2><p>{x}</p>"

@layout("pre-text", "preformatted plain text directory")
def _(c):
    c.era = "html4"; ps = c.team((5, 8), email=1)
    if c.v == 0:
        w = max(len(p.name) for p in ps) + 3; w2 = max(len(p.title) for p in ps) + 3
        return "<H2>Staff</H2><PRE>\n" + "\n".join(E(p.name.ljust(w) + p.title.ljust(w2)) + p.email for p in ps) + "\n</PRE>"
    return "<H2>Staff</H2><PRE>\n" + "\n\n".join(E(p.name) + "\n  " + E(p.title) + "\n  " + ml(p) for p in ps) + "\n</PRE>"

@layout("label-many-names", "'Title: Name, Name and Name' — the label counts as title of each, as printed")
def _(c):
    ps = c.team(6, title=0, email=0)
    groups = [("Partner", ps[:1]), ("Senior Consultant", ps[1:4]), ("Office Manager", ps[4:5]), ("Receptionist", ps[5:])]
    for t, g in groups:
        for p in g: p.title = t
    def join(g): return ", ".join(E(p.name) for p in g) if c.v == 0 else (" and ".join([", ".join(E(p.name) for p in g[:-1]), E(g[-1].name)]) if len(g) > 1 else E(g[0].name))
    return f"<h1>{c.heading()}</h1>" + "".join(f"<p><b>{t}:</b> {join(g)}</p>" for t, g in groups)

@layout("alphabet-index", "A–Z index with letter headings and inverted names 'Smith, John'")
def _(c):
    ps = sorted(c.team((6, 9), email=[0, 1][c.v]), key=lambda p: ascii_fold(p.last)); x = ""; last = ""
    for p in ps:
        k = ascii_fold(p.last)[0].upper()
        if k != last: x += f'<h4 id="{k}">{k}</h4>'; last = k
        x += f'<div class="row-item"><a href="/staff/{p.slug}">{E(p.last)}, {E(p.first)}</a> <span class="pos">{E(p.title)}</span> {ml(p)}</div>'
    return f"<h1>People A–Z</h1><p>{' '.join(chr(65+i) for i in range(26))}</p>{x}"

# ================================================================== PARAGRAPHS
def an(t): return ("an " if t[0].lower() in "aeiou" else "a ") + t
@layout("prose-our-title", "prose 'Our CEO Jane Doe (jane@x.com) ...'", 3)
def _(c):
    ps = c.team(3, email=[1, .5, 0][c.v], titles="execp")
    m = lambda p, k=0: f" ({p.email if k == 0 else ml(p)})" if p.email else ""
    a, b, d = ps
    if c.v == 0: return f"<h1>About Us</h1><p>{E(c.co)} was founded in {c.year} in San Francisco. Our {E(a.title)} {E(a.name)}{m(a)} will be happy to answer any question about our work for Red Hat and other customers.</p><p>For technical matters please talk to our {E(b.title)} {E(b.name)}{m(b,1)}; invoices are handled by our {E(d.title)} {E(d.name)}{m(d)}.</p>"
    if c.v == 1: return f"<h1>About {E(c.co)}</h1><p>The company is led by {E(a.title)} {E(a.name)}{m(a)}, {E(b.title)} {E(b.name)}{m(b)} and {E(d.title)} {E(d.name)}{m(d)}. Headquartered in New York, we also have offices in Los Angeles and Buenos Aires.</p>"
    return f"<h1>Our Story</h1><p>It all started in a garage on George Washington Avenue. Today, our {E(a.title)}, {E(a.name)}, runs a firm of {c.rng.randint(20,400)} people. Together with {E(b.title)} {E(b.name)} and {E(d.title)} {E(d.name)}, the firm keeps its promise: Quality First.</p>"

@layout("prose-is-the", "prose 'Jane Doe is the Managing Director of X. She can be reached at ...'")
def _(c):
    ps = c.team(3, email=[1, 0][c.v], titles="execp")
    x = ""
    for p in ps:
        pr = "She" if p.g == "f" else "He"
        if c.v == 0: x += f"<p><b>{E(p.name)}</b> is {E(p.title)} of {E(c.co)}. {pr} previously worked at Morgan Stanley and can be reached at <a href=\"mailto:{p.email}\">{p.email}</a>.</p>"
        else: x += f"<p>{E(p.name)} serves as {E(p.title)} at {E(c.co)}. {c.bio(p)} {pr} lives in Santa Monica with two children and a dog called Captain Jack.</p>"
    return f"<h1>{c.pick(['Management','Leadership'])}</h1>{x}"

@layout("prose-founded-by", "prose story: founder (with title) and the current director")
def _(c):
    ps = c.team(2, title=0, email=0); ps[0].title, ps[1].title = [("Chairman", "Managing Director"), ("Founder", "Managing Director")][c.v]
    a, b = ps
    if c.v == 0: return f"<h1>History</h1><p>The business was founded in {c.year} by today's {a.title} {E(a.name)} in a small workshop off Queen Victoria Street. Since 2015 it has been managed by {E(b.name)}, {E(b.title)}.</p>"
    return f"<h1>Our Story</h1><p>Founder {E(a.name)} opened the first shop in {c.year}. “I wanted to build something for the whole neighbourhood,” says {E(a.first)}. Managing Director {E(b.name)} joined in 2012 and today looks after 40 employees in Baton Rouge and Fort Worth.</p>"

@layout("contact-sentence", "contact sentences: press, investor relations, jobs")
def _(c):
    ps = c.team(2, email=1); a, b = ps; j = c.other("jobs@" + c.dom)
    if c.v == 0: return f"<h1>Media Centre</h1><p>For press enquiries please contact {E(a.name)}, {E(a.title)}, at <a href=\"mailto:{a.email}\">{a.email}</a> or call {c.phone()}.</p><p>Investors may contact {E(b.name)}, {E(b.title)} ({b.email}).</p><p>Applications go to {j}.</p>"
    return f'<h1>Press Release</h1><p class="dateline">SPRINGFIELD, June 3, 2019 – {E(c.co)} today opened its new site in San Diego.</p><h3>About {E(c.co)}</h3><p>{c.intro()}</p><h3>Media Contact</h3><p>{E(a.name)}<br>{E(a.title)}<br>{c.phone()}<br>{ml(a)}</p><h3>Investor Relations</h3><p>{E(b.name)}<br>{E(b.title)}<br>{ml(b)}</p><p>{j}</p>'

@layout("job-ad-contact", "job advert with contact person; address is the shared jobs@ or a personal one")
def _(c):
    if c.v: c.setco("de")
    p = c.team(1, email=[0, 1][c.v])[0]
    if c.v == 0:
        j = c.other("jobs@" + c.dom)
        return f"<h1>Senior Software Engineer (m/f/d)</h1><p>You will work with our Product Manager and report to the Head of Engineering.</p><ul><li>Team Player</li><li>Clean Code</li></ul><h2>Your contact</h2><p>{E(p.name)}<br>{E(p.title)}</p><p>Please send your application to <a href=\"mailto:{j}?subject=Senior%20Software%20Engineer\">{j}</a></p>"
    an_ = "Frau" if p.g == "f" else "Herr"
    return f"<h1>Projektleiter (m/w/d)</h1><p>Wir suchen zum nächstmöglichen Zeitpunkt Verstärkung.</p><h2>Ihr Ansprechpartner</h2><p>{an_} {E(p.name)}<br>{E(p.title)}<br>Tel. {c.phone()}<br>{ml(p)}</p>"

@layout("signed-letter", "welcome letter signed by the boss")
def _(c):
    if c.v: c.setco("de")
    p = c.team(1, email=0, titles=["exec", "de"][c.v])[0]
    if c.v == 0: return f"<h1>Welcome</h1><p>Dear Customers,</p><p>Thank you for visiting {E(c.co)}. As Nelson Mandela said, it always seems impossible until it is done.</p><p>Kind Regards,</p><p><img src=\"/img/signature.png\" alt=\"Signature\"><br><em>{E(p.name)}</em><br>{E(p.title)}</p>"
    return f"<h1>Willkommen</h1><p>Liebe Kundinnen und Kunden,</p><p>herzlich willkommen bei {E(c.co)}.</p><p>Mit freundlichen Grüßen</p><p>{E(p.name)}<br>{E(p.title)}</p>"

@layout("own-quote", "pull quotes of the company's own people next to customers' testimonials")
def _(c):
    c.noise = False; ps = c.team(2, email=0, titles="exec"); a, b = ps
    o1, o2 = c.outsider(), c.outsider()
    if c.v == 0: return f'<h1>Our Story</h1><blockquote class="pullquote"><p>“We build things that last.”</p><cite>{E(a.name)}, {E(a.title)}, {E(c.co)}</cite></blockquote><p>{c.intro()}</p><h2>What Our Clients Say</h2><blockquote><p>“They simply deliver.”</p><cite>{E(o1)}, CTO of OtherCorp</cite></blockquote><blockquote><p>“Great partner.”</p><cite>{E(o2)}, Head of IT, Castlegate Bank</cite></blockquote><h2>Leadership</h2><p>{E(b.name)}, {E(b.title)}</p>'
    return f'<h1>About Us</h1><h2>Leadership</h2><div class="lead"><h3>{E(a.name)}</h3><p>{E(a.title)}</p></div><div class="lead"><h3>{E(b.name)}</h3><p>{E(b.title)}</p></div><h2>Customer Voices</h2><div class="voice"><h3>{E(o1)}</h3><p>Plant Manager, Helix Pharma</p><p>“Five stars.”</p></div><div class="voice"><h3>{E(o2)}</h3><p>CFO, Sunrise Hotels</p><p>“On time, every time.”</p></div>'

@layout("address-element", "address elements and office blocks with head of office")
def _(c):
    ps = c.team(3, email=1)
    cities = ["New York", "San Francisco", "St. Louis"]
    x = ""
    for p, ci in zip(ps, cities):
        if c.v == 0: x += f"<h3>{ci}</h3><address><strong>{E(c.co)}</strong><br>{E(p.name)}<br>{E(p.title)}<br>{E(c.street())}<br><abbr title=\"Phone\">P:</abbr> {c.phone()}<br>{ml(p)}</address>"
        else: x += f"<div class=\"office\"><h2>{ci} Office</h2><p>{E(c.street())}</p><p>{E(p.title)}: {E(p.name)}<br>E-mail: {ml(p)}</p></div>"
    return f"<h1>Our Locations</h1>{x}"

@layout("bios-with-strangers", "bios that name other people and firms who are not staff")
def _(c):
    ps = c.team((3, 4), email=[0, 1][c.v])
    s = ["worked with Steve Jobs at Apple", "wrote a dissertation supervised by {o}", "is married to the painter {o}", "played in the band of {o}", "clerked for Judge {o}"]
    def bio(p): return f"{E(p.first)} {E(c.pick(s).format(o=c.outsider('en')))} and later moved to Goldman Sachs in New York."
    x = "".join(f"<div class=\"bio\"><h3>{E(p.name)}</h3><h4>{E(p.title)}</h4><p>{bio(p)}</p>{ml(p)}</div>" for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("team-plus-all-noise", "team cards on a page with testimonials, partners, news, forms", 3)
def _(c):
    c.noise = False; ps = c.team((3, 6), email=[1, 0, .5][c.v])
    x = "".join(f'<div class="col-md-4"><div class="box">{c.photo(p)}<h4>{E(p.name)}</h4><p>{E(p.title)}</p>{ml(p)}</div></div>' for p in ps)
    mods = [testimonials(c, 3), partners(c), newsbox(c), contactform(c), '<section><h2>Our Values</h2><div class="col-md-4"><div class="box"><h4>Customer First</h4><p>Honest Advice</p></div></div><div class="col-md-4"><div class="box"><h4>Our Mission</h4><p>Making Things Simple</p></div></div></section>']
    c.rng.shuffle(mods); k = c.rng.randint(1, 3)
    return f"{''.join(mods[:k])}<section><h2>{c.heading()}</h2><div class=\"row\">{x}</div></section>{''.join(mods[k:])}"

# ================================================================== STRUCTURED DATA
def ld(o): return '<script type="application/ld+json">\n%s\n</script>' % json.dumps(o, ensure_ascii=False, indent=1).replace("</", "<\\/")
def ldp(p, t="Person"):
    d = {"@type": t, "name": p.name}
    if p.title: d["jobTitle"] = p.title
    if p.email: d["email"] = p.email
    return d
@layout("jsonld-person-only", "JSON-LD Person array only; visible page has just photos")
def _(c):
    ps = c.team((3, 6), email=[1, .5][c.v])
    if c.v == 0: c.head += ld([dict({"@context": "https://schema.org"}, **ldp(p)) for p in ps])
    else: c.head += "".join(ld(dict({"@context": "http://schema.org/"}, **dict(ldp(p), worksFor={"@type": "Organization", "name": c.co}, **({"email": "mailto:" + p.email} if p.email else {})))) for p in ps)
    return f"<h1>{c.heading()}</h1><p>{c.intro()}</p><div id=\"root\">" + "".join(f'<img src="/img/p{i}.jpg" alt="">' for i, p in enumerate(ps)) + "</div>"

@layout("jsonld-org-employee", "JSON-LD Organization with employee/founder arrays (also visible in v2)")
def _(c):
    c.noise = False; ps = c.team((3, 5), email=[1, .5][c.v]); ps[0].title = "Founder & CEO"
    ia = c.infoaddr()
    o = {"@context": "https://schema.org", "@type": "Corporation", "name": c.co, "url": f"https://{c.dom}", "email": ia, "founder": [ldp(ps[0])], "employee": [ldp(p) for p in ps[1:]], "contactPoint": {"@type": "ContactPoint", "contactType": "customer service", "email": c.other("support@" + c.dom)}}
    c.head += ld(o)
    if c.v == 0: return f"<h1>About Us</h1><p>{c.intro()}</p>"
    return f"<h1>{c.heading()}</h1>" + "".join(f"<div class=t><h3>{E(p.name)}</h3><p>{E(p.title)}</p></div>" for p in ps)

@layout("jsonld-graph", "JSON-LD @graph (Yoast-like) with WebSite, BreadcrumbList, Organization, founder by @id, Person nodes")
def _(c):
    c.noise = False; c.era = "wp"; ps = c.team((2, 4), email=[0, 1][c.v]); u = f"https://{c.dom}/"
    g = [{"@type": "WebSite", "@id": u + "#website", "name": c.co, "publisher": {"@id": u + "#org"}}, {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Home"}, {"@type": "ListItem", "position": 2, "name": "About Us"}]},
         {"@type": "Organization", "@id": u + "#org", "name": c.co, "logo": {"@type": "ImageObject", "caption": c.co, "url": u + "logo@2x.png"}, "founder": {"@id": u + "#p0"}, "employees": [{"@id": u + f"#p{i}"} for i in range(1, len(ps))]}]
    g += [dict(ldp(p), **{"@id": u + f"#p{i}", "image": {"@type": "ImageObject", "caption": p.name}}) for i, p in enumerate(ps)]
    c.rng.shuffle(g); c.head += ld({"@context": "https://schema.org", "@graph": g})
    return f"<h1>About Us</h1><p>{c.intro()}</p>" + ("" if c.v == 0 else "".join(f"<p>{E(p.name)}</p>" for p in ps))

@layout("jsonld-nested-profile", "JSON-LD ProfilePage/AboutPage mainEntity; givenName + familyName only, no name")
def _(c):
    c.noise = False; ps = c.team((1, 3), email=1)
    def pp(p): return {"@type": "Person", "givenName": p.first, "familyName": p.last, "jobTitle": [p.title] if c.v else p.title, "email": p.email}
    c.head += ld({"@context": "https://schema.org", "@type": ["AboutPage", "ProfilePage"][c.v], "mainEntity": [pp(p) for p in ps] if len(ps) > 1 else pp(ps[0])})
    return f"<h1>{c.heading()}</h1><p>{c.intro()}</p>"

@layout("microdata-person", "microdata itemtype schema.org/Person")
def _(c):
    ps = c.team((3, 6), email=1); s = ["http://schema.org/Person", "https://schema.org/Person"][c.v]
    if c.v == 0: x = "".join(f'<div itemscope itemtype="{s}"><img itemprop="image" src="/i/{p.slug}.jpg" alt=""><span itemprop="name">{E(p.name)}</span><span itemprop="jobTitle">{E(p.title)}</span><a href="mailto:{p.email}" itemprop="email">{p.email}</a></div>' for p in ps)
    else: x = "".join(f'<div itemscope itemtype="{s}"><h3><span itemprop="givenName">{E(p.first)}</span> <span itemprop="familyName">{E(p.last)}</span></h3><meta itemprop="jobTitle" content="{A(p.title)}"><link itemprop="worksFor" href="https://{c.dom}"><p>{c.bio(p,1)}</p><meta itemprop="email" content="{p.email}"></div>' for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("microdata-org-employee", "microdata Organization with itemprop employee/founder nested")
def _(c):
    ps = c.team((3, 5), email=[0, 1][c.v])
    x = "".join(f'<li itemprop="{"founder" if i == 0 else "employee"}" itemscope itemtype="https://schema.org/Person"><b itemprop="name">{E(p.name)}</b> – <i itemprop="jobTitle">{E(p.title)}</i>' + (f' <a itemprop="email" href="mailto:{p.email}">{p.email if c.v == 0 else "e-mail"}</a>' if p.email else "") + "</li>" for i, p in enumerate(ps))
    return f'<div itemscope itemtype="https://schema.org/Organization"><h1 itemprop="name">{E(c.co)}</h1><p itemprop="address">{E(c.street())}</p><ul>{x}</ul></div>'

@layout("rdfa-person", "RDFa Lite (vocab schema.org) / RDFa FOAF")
def _(c):
    ps = c.team((3, 5), email=1)
    if c.v == 0: x = "".join(f'<div vocab="https://schema.org/" typeof="Person"><span property="name">{E(p.name)}</span> <span property="jobTitle">{E(p.title)}</span> <a property="email" href="mailto:{p.email}">{p.email}</a></div>' for p in ps)
    else: x = '<div xmlns:foaf="http://xmlns.com/foaf/0.1/">' + "".join(f'<div typeof="foaf:Person" about="#{p.slug}"><h4 property="foaf:name">{E(p.name)}</h4><p property="foaf:title">{E(p.title)}</p><a rel="foaf:mbox" href="mailto:{p.email}">Write to {E(p.first)}</a></div>' for p in ps) + "</div>"
    return f"<h1>{c.heading()}</h1>{x}"

@layout("hcard-vcard", "hCard classic microformat (vcard, fn, title, email)")
def _(c):
    c.era = "xhtml"; ps = c.team((3, 6), email=1)
    if c.v == 0: x = "".join(f'<div class="vcard"><span class="fn">{E(p.name)}</span>, <span class="title">{E(p.title)}</span>, <span class="org">{E(c.co)}</span> <a class="email" href="mailto:{p.email}">{p.email}</a> <span class="tel">{c.phone()}</span></div>' for p in ps)
    else: x = "".join(f'<li class="vcard"><div class="fn n"><span class="given-name">{E(p.first)}</span> <span class="family-name">{E(p.last)}</span></div><div class="role">{E(p.title)}</div><div class="adr"><span class="locality">San Jose</span></div><a class="email" href="mailto:{p.email}"><span class="type">work</span></a></li>' for p in ps); x = f"<ul>{x}</ul>"
    return f"<h1>{c.heading()}</h1>{x}"

@layout("h-card-mf2", "h-card microformats2 (p-name, p-job-title, u-email)")
def _(c):
    ps = c.team((3, 5), email=[1, .5][c.v])
    x = "".join(f'<div class="h-card"><a class="p-name u-url" href="/t/{p.slug}">{E(p.name)}</a><span class="p-job-title">{E(p.title)}</span>' + (f'<a class="u-email" href="mailto:{p.email}">{p.email if c.v == 0 else "Mail"}</a>' if p.email else "") + "</div>" for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("vcf-links", "links to download vCards (.vcf file or data: URI)")
def _(c):
    ps = c.team((3, 5), email=[0, 1][c.v])
    if c.v == 0: x = "".join(f'<div class="att"><h3>{E(p.name)}</h3><p>{E(p.title)}</p><a href="/vcards/{p.slug}.vcf">Download vCard</a></div>' for p in ps)
    else: x = "".join(f'<div class="att"><h3>{E(p.name)}</h3><p>{E(p.title)}</p><a download="{p.slug}.vcf" href="data:text/vcard;charset=utf-8,{urllib.parse.quote(chr(10).join(["BEGIN:VCARD","VERSION:3.0","N:%s;%s;;;" % (p.last, p.first),"FN:" + p.name,"TITLE:" + p.title,"EMAIL;TYPE=work:" + p.email,"END:VCARD"]))}">Add to contacts</a> <a href="mailto:{p.email}" title="{p.email}">✉</a></div>' for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"

@layout("data-attributes", "name/title/mail also in data- attributes of cards filled for a popup")
def _(c):
    ps = c.team((3, 6), email=1)
    if c.v == 0: x = "".join(f'<a href="#" class="pop" data-name="{A(p.name)}" data-title="{A(p.title)}" data-email="{p.email}"><img src="/i/{i}.jpg" alt="{A(p.name)}"><span>{E(p.name)}</span><span>{E(p.title)}</span></a>' for i, p in enumerate(ps))
    else: x = "".join(f'<div class="tile" style="background-image:url(/i/{i}@2x.png)" role="img" aria-label="{A(p.name)}"><div class="txt"><strong>{E(p.name)}</strong> <em>{E(p.title)}</em><button data-mailto="{p.email}" title="{p.email}">Write</button></div></div>' for i, p in enumerate(ps))
    return f"<h1>{c.heading()}</h1>{x}"

# ================================================================== MAIL FORMS
def simple_cards(c, ps, mailfn, v=0):
    """three structures, so that the mail form is tested in several surroundings"""
    k = c.rng.randint(0, 2) if v is None else v
    if k == 0: return "".join(f"<div class=\"person\"><h3>{E(p.name)}</h3><p>{E(p.title)}</p><p>{mailfn(p)}</p></div>" for p in ps)
    if k == 1: return "<table>" + "".join(f"<tr><td>{E(p.name)}</td><td>{E(p.title)}</td><td>{mailfn(p)}</td></tr>" for p in ps) + "</table>"
    return "<p>" + "<br><br>".join(f"<b>{E(p.name)}</b><br>{E(p.title)}<br>{mailfn(p)}" for p in ps) + "</p>"

def obf(lid, note, n=2, lang=None):
    def deco(fn):
        @layout(lid, note, n)
        def _(c):
            if lang and c.v: c.setco(lang)
            ps = c.team((3, 6), email=1); c.noise = c.chance(.5)
            b = simple_cards(c, ps, lambda p: fn(c, p, *p.email.split("@")), c.v)
            return f"<h1>{c.heading()}</h1>{b}"
        return fn
    return deco

@layout("mailto-name-text", "mailto links with the name as link text")
def _(c):
    ps = c.team((4, 7), email=1)
    x = "".join(f'<li><a href="mailto:{p.email}">{E(p.name)}</a>, {E(p.title)}</li>' if c.v == 0 else f"<p>{E(p.title)}:<br><a href='mailto:{p.email}'>{E(p.name)}</a></p>" for p in ps)
    return f"<h1>{c.heading()}</h1>" + (f"<ul>{x}</ul>" if c.v == 0 else x)
obf("mailto-icon", "mailto link with an icon only")(lambda c, p, u, d: f'<a href="mailto:{u}@{d}"><i class="fa fa-envelope" aria-hidden="true"></i></a>' if c.v == 0 else f'<a href="mailto:{u}@{d}" title="Send e-mail"><svg viewBox="0 0 24 24"><path d="M2 4h20v16H2z"/></svg><span class="sr-only">E-mail</span></a>')
obf("mailto-subject", "mailto with ?subject=, cc, or upper-case MAILTO and spaces")(lambda c, p, u, d: f'<a href="mailto:{u}@{d}?subject=Enquiry%20from%20website&amp;body=Hello%20{p.fr}">Send a message</a>' if c.v == 0 else f'<A HREF="MAILTO: {u}@{d}?Subject=Website Enquiry">Email {E(p.first)}</A>')
obf("mailto-mixed-case", "addresses printed in mixed case (judge lowers them)")(lambda c, p, u, d: f'{".".join(x.capitalize() for x in u.split("."))}@{d.capitalize()}' if c.v == 0 else f'<a href="mailto:{u.upper()}@{d.upper()}">{u}@{d}</a>')
obf("mailto-percent", "mailto with percent-encoded or entity-encoded href, text not an address")(lambda c, p, u, d: '<a href="mailto:%s">Write e-mail</a>' % "".join("%%%02x" % ord(x) for x in u + "@" + d) if c.v == 0 else f'<a href="mailto:{u}%40{d}">Mail</a>')
obf("obf-square", "name [at] domain [dot] com")(lambda c, p, u, d: f'{u} [at] {d.replace(".", " [dot] ")}' if c.v == 0 else f'{u}[at]{d.replace(".", "[dot]")}')
obf("obf-round", "name (at) domain.com / German 'name (at) domain (punkt) de'", 2, "de")(lambda c, p, u, d: f'{u}(at){d}' if c.v == 0 else f'E-Mail: {u} (at) {d.replace(".", " (punkt) ")}')
obf("obf-words", "'name AT domain DOT com' / 'name at domain dot com'")(lambda c, p, u, d: f'{u} AT {d.replace(".", " DOT ")}' if c.v == 0 else f'{u.replace(".", " dot ")} at {d.replace(".", " dot ")}')
obf("obf-brackets-mixed", "{at} , <at>, -at-, [ät], @ with spaces", 3)(lambda c, p, u, d: [f"{u}{{at}}{d}", f"{u} &lt;at&gt; {d}", f"{u} @ {d}"][c.v])
obf("obf-entities", "HTML entities (decimal / hex) in href and text")(lambda c, p, u, d: (lambda e: f'<a href="{"".join("&#%d;" % ord(x) for x in "mailto:")}{e}">{e}</a>')("".join(("&#%d;" if c.v == 0 else "&#x%X;") % ord(x) if (c.v == 0 or i % 2 == 0) else x for i, x in enumerate(u + "@" + d))))
obf("obf-reversed", "text reversed, shown right with CSS direction: rtl; unicode-bidi")(lambda c, p, u, d: f'<span style="unicode-bidi:bidi-override;direction:rtl">{(u + "@" + d)[::-1]}</span>' if c.v == 0 else f'<span class="rev" style="direction: rtl; unicode-bidi: bidi-override;">{(u + "@" + d)[::-1]}</span>')
@layout("obf-reversed-class", "reversed address, rtl set by a class in a style element")
def _(c):
    ps = c.team((3, 5), email=1); cl = ["codedirection", "eml"][c.v]
    c.head += f"<style>.{cl}{{unicode-bidi:bidi-override; direction:rtl}}</style>"
    return f"<h1>{c.heading()}</h1>" + simple_cards(c, ps, lambda p: f'<span class="{cl}">{p.email[::-1]}</span>', c.v)
obf("obf-data-user", "data-user / data-domain attributes assembled by CSS or script")(lambda c, p, u, d: f'<span class="email" data-user="{u}" data-domain="{d}"></span>' if c.v == 0 else f'<a href="#" class="cryptedmail" data-name="{u}" data-domain="{d.rsplit(".", 1)[0]}" data-tld="{d.rsplit(".", 1)[1]}" onclick="window.location.href=\'mailto:\'+this.dataset.name+\'@\'+this.dataset.domain+\'.\'+this.dataset.tld;return false;"></a>')
def cf(addr, k):
    return "%02x" % k + "".join("%02x" % (b ^ k) for b in addr.encode())
def cfdec(h):
    k = int(h[:2], 16); return bytes(int(h[i:i+2], 16) ^ k for i in range(2, len(h), 2)).decode()
def cfm(c, p, u, d):
    h = cf(u + "@" + d, c.rng.randint(1, 255)); assert cfdec(h) == u + "@" + d
    if c.v == 0: return f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{h}">[email&#160;protected]</a>'
    return f'<a href="/cdn-cgi/l/email-protection#{h}"><i class="icon-mail"></i> Email me</a>'
obf("obf-cloudflare", "Cloudflare data-cfemail / email-protection#hash")(cfm)
obf("obf-rot13", "rot13 in onclick / data-enc-email")(lambda c, p, u, d: f"""<a href="#" onclick="location.href='mailto:'+'{codecs.encode(u + '@' + d, 'rot13')}'.replace(/[a-zA-Z]/g,function(c){{return String.fromCharCode((c<='Z'?90:122)>=(c=c.charCodeAt(0)+13)?c:c-26);}});return false;">E-mail</a>""" if c.v == 0 else f'<a href="javascript:;" data-enc-email="{codecs.encode(u, "rot13")}[at]{codecs.encode(d, "rot13")}" class="mail-link" data-wpel-link="ignore"><span class="fa fa-envelope"></span></a>')
obf("obf-split-spans", "address split over spans, or with a hidden decoy span")(lambda c, p, u, d: f'<span class="u">{u}</span><span class="a">@</span><span class="d">{d}</span>' if c.v == 0 else f'{u}<span style="display:none">-nospam-</span>@{d}')
obf("obf-comment", "address broken by HTML comments or wbr/zero-width")(lambda c, p, u, d: f'{u}<!-- stop -->@<!-- spam -->{d}' if c.v == 0 else f'<a href="mailto:{u}@{d}">{u}<wbr>@<wbr>{d}</a>')
obf("obf-docwrite", "document.write with concatenated strings")(lambda c, p, u, d: f'<script type="text/javascript">document.write("<a href=\\"mailto:" + "{u}" + "@" + "{d}" + "\\">" + "{u}" + "@" + "{d}" + "<\\/a>");</script>' if c.v == 0 else f"<script>var u='{u}';var h='{d}';document.write('<a href=\"mailto:'+u+'@'+h+'\">'+u+'@'+h+'<\\/a>');</script><noscript>{u} [at] {d}</noscript>")
obf("obf-base64", "base64 in data attribute, atob onclick")(lambda c, p, u, d: f'<a href="#" class="b64mail" data-mail="{base64.b64encode((u + "@" + d).encode()).decode()}">Show e-mail</a>' if c.v == 0 else f'<a href="javascript:location=\'mailto:\'+atob(\'{base64.b64encode((u + "@" + d).encode()).decode()}\')">E-mail</a>')
obf("obf-image-at", "at sign as an image")(lambda c, p, u, d: f'{u}<img src="/images/at.gif" alt="@" width="12" height="12">{d}' if c.v == 0 else f'{u}<img src="/fileadmin/at.png" alt="(at)">{d}')
def typo3(c, p, u, d):
    off = 1 if c.v == 0 else 2
    def enc(ch):  # TYPO3 shifts within ranges +-.../0-9:  @A-Z, a-z
        n = ord(ch)
        for lo, hi in ((0x2B, 0x3A), (0x40, 0x5A), (0x61, 0x7A)):
            if lo <= n <= hi:
                n += off
                if n > hi: n = lo + (n - hi - 1)
                return chr(n)
        return ch
    s = "".join(enc(x) for x in f"mailto:{u}@{d}")
    return f'<a href="javascript:linkTo_UnCryptMailto(\'{s.replace(chr(39), "%27")}\');">{u}{"(at)" if c.v == 0 else " [at] "}{d}</a>'
obf("obf-typo3", "TYPO3 linkTo_UnCryptMailto with (at) text", 2, "de")(typo3)
def joomla(c, p, u, d):
    n = c.rng.randint(10000, 99999); e = lambda s: "".join("&#%d;" % ord(x) if x in "aeiou@." else x for x in s)
    if c.v == 0: return f"""<span id="cloak{n}">This email address is being protected from spambots. You need JavaScript enabled to view it.</span><script type='text/javascript'>document.getElementById('cloak{n}').innerHTML = '';
var prefix = '&#109;a' + 'i&#108;' + '&#116;o'; var path = 'hr' + 'ef' + '='; var addy{n} = '{e(u)}' + '&#64;';
addy{n} = addy{n} + '{e(d.rsplit('.', 1)[0])}' + '&#46;' + '{d.rsplit('.', 1)[1]}';
var addy_text{n} = '{e(u)}' + '&#64;' + '{e(d.rsplit('.', 1)[0])}' + '&#46;' + '{d.rsplit('.', 1)[1]}';
document.getElementById('cloak{n}').innerHTML += '<a ' + path + '\\'' + prefix + ':' + addy{n} + '\\'>' + addy_text{n} + '<\\/a>';</script>"""
    b = lambda s: base64.b64encode(s.encode()).decode()
    return f'<joomla-hidden-mail is-link="1" is-email="1" first="{b(u)}" last="{b(d)}" text="{b(u + "@" + d)}" base="">Diese E-Mail-Adresse ist vor Spambots geschützt! Zur Anzeige muss JavaScript eingeschaltet sein!</joomla-hidden-mail>'
obf("obf-joomla", "Joomla e-mail cloaking: addyNNN script / joomla-hidden-mail element")(joomla)
obf("obf-css-content", "at sign only through CSS ::before or data-at; user and host in text")(lambda c, p, u, d: f'<span class="mail" data-u="{u}" data-d="{d}"><span class="at" aria-label="at"></span></span>' if c.v == 0 else f'<a class="mailcrypt" href="#" data-address="{u}#{d}">{u}<span class="hide-at"> (at) </span>{d}</a>')
obf("mail-concatenated-label", "label glued to the address: 'E-mail:jane@x.com', 'Email-jane@x.com.' with trailing full stop")(lambda c, p, u, d: f"E-mail:{u}@{d}" if c.v == 0 else f"Contact {E(p.first)} by e-mail: {u}@{d}.")
obf("mail-angle", "RFC style 'Jane Doe <jane@x.com>' in text")(lambda c, p, u, d: f"{E(p.name)} &lt;{u}@{d}&gt;" if c.v == 0 else f'&lt;<a href="mailto:{u}@{d}">{u}@{d}</a>&gt;')

@layout("mail-separate-list", "names in one list, addresses in a separate list at the end; local part tells who")
def _(c):
    ps = c.team((3, 5), email=0); c._fmt = "fl"
    for p in ps: c.give_mail(p)
    q = ps[:]; c.rng.shuffle(q)
    x = "".join(f"<li>{E(p.name)}, {E(p.title)}</li>" for p in ps)
    return f"<h1>{c.heading()}</h1><ul>{x}</ul><h2>E-mail addresses</h2><p>{('<br>' if c.v == 0 else ' · ').join(ml(p) for p in q)}</p>"

@layout("mail-pattern-notice", "notice 'addresses are firstname.lastname@domain'; no single address printed, so email null")
def _(c):
    if c.v: c.setco("de")
    ps = c.team((4, 6), email=0)
    x = "".join(f"<tr><td>{E(p.name)}</td><td>{E(p.title)}</td><td>{c.phone()}</td></tr>" for p in ps)
    n = f"All staff can be reached at firstname.lastname@{c.dom}" if c.v == 0 else f"Alle Mitarbeiter erreichen Sie unter vorname.nachname@{c.dom}"
    return f"<h1>{c.heading()}</h1><p>{n}</p><table>{x}</table>"

# ================================================================== COUNTRIES
@layout("de-impressum", "German Impressum: Geschäftsführer list, V.i.S.d.P., register court; info@ belongs to nobody", 4)
def _(c):
    c.setco("de", tld="de"); c.path = "/impressum"; c.noise = False; ia = c.infoaddr("info")
    head = f"<h1>Impressum</h1><h2>Angaben gemäß § 5 TMG</h2><p>{E(c.co)}<br>{E(c.street()).replace(', ', '<br>')}</p>"
    reg = f"<p>Handelsregister: HRB {c.rng.randint(1000,99999)}<br>Registergericht: Amtsgericht Hamburg</p><p>Umsatzsteuer-ID: DE{c.rng.randint(10**8, 10**9-1)}</p>"
    con = f"<h2>Kontakt</h2><p>Telefon: {c.phone()}<br>E-Mail: {'<a href=%cmailto:%s%c>%s</a>' % (34, ia, 34, ia) if c.v != 1 else ia.replace('@', '(at)')}</p>"
    tail = "<h2>Streitschlichtung</h2><p>Die Europäische Kommission stellt eine Plattform zur Online-Streitbeilegung (OS) bereit. Unsere E-Mail-Adresse finden Sie oben im Impressum.</p><h2>Haftung für Inhalte</h2><p>Als Diensteanbieter sind wir gemäß § 7 Abs.1 TMG verantwortlich.</p>"
    if c.v == 0:
        a, b = c.team(2, title=0, email=0); a.title = b.title = "Geschäftsführer"
        return f"{head}<p>Geschäftsführer: {E(a.name)}, {E(b.name)}</p>{con}{reg}{tail}"
    if c.v == 1:
        a = c.team(1, title=0, email=0)[0]; a.title = "Geschäftsführerin" if a.g == "f" else "Geschäftsführer"
        return f"{head}<p><strong>Vertreten durch:</strong><br>{a.title}: {'Dr. ' if a.g=='f' else ''}{E(a.name)}</p>{con}{reg}<p>Verantwortlich für den Inhalt nach § 18 Abs. 2 MStV:<br>{E(a.name)}<br>Anschrift wie oben</p>{tail}"
    if c.v == 2:
        ps = c.team(4, title=0, email=0)
        for p in ps[:3]: p.title = "Vorstand"
        ps[3].title = "Vorsitzender des Aufsichtsrats" if ps[3].g == "m" else "Vorsitzende des Aufsichtsrats"
        return f"{head}<p>Vorstand: {E(ps[0].name)}, {E(ps[1].name)} und {E(ps[2].name)}</p><p>{ps[3].title}: {E(ps[3].name)}</p>{con}{reg}{tail}<p>Bildnachweis: © Thorsten Kamm / fotolia.com</p>"
    a = c.team(1, title=0, email=0)[0]; a.title = "Inhaber" if a.g == "m" else "Inhaberin"
    return f"{head}<table><tr><td>{a.title}:</td><td>{E(a.name)}</td></tr><tr><td>Telefon:</td><td>{c.phone()}</td></tr><tr><td>E-Mail:</td><td>{ia}</td></tr></table>{reg}{tail}"

@layout("de-team", "German team page: Ihre Ansprechpartner, Tel./E-Mail lines, Herr/Frau", 3)
def _(c):
    c.setco("de"); ps = c.team((4, 8), email=[1, .7, 1][c.v]); c.path = "/unternehmen/team"
    if c.v == 0: x = "".join(f'<div class="ce-textpic"><div class="ce-gallery">{c.photo(p)}</div><div class="ce-bodytext"><p><strong>{E(p.name)}</strong><br />{E(p.title)}<br />Tel. {c.phone()}<br />E-Mail: {ml(p)}</p></div></div>' for p in ps)
    elif c.v == 1: x = "".join(f'<h4>{"Frau" if p.g=="f" else "Herr"} {E(p.name)}</h4><p>{E(p.title)}</p><p>Telefon: {c.phone()}' + (f"<br>Mail: {ml(p)}" if p.email else "") + "</p>" for p in ps)
    else: x = "<table>" + "".join(f"<tr><td>{E(p.title)}</td><td>{E(p.name)}<br>{ml(p)}</td></tr>" for p in ps) + "</table>"
    return f"<h1>{c.heading()}</h1><p>{c.intro()}</p>{x}"

@layout("fr-mentions", "French mentions légales: directeur de la publication, responsable, hébergeur", 2)
def _(c):
    c.setco("fr", tld="fr"); c.path = "/mentions-legales"; c.noise = False; ia = c.infoaddr("contact")
    a, b = c.team(2, title=0, email=0); a.title = "Directeur de la publication" if a.g == "m" else "Directrice de la publication"
    b.title = "Responsable de la rédaction"
    if c.v == 0: return f"<h1>Mentions légales</h1><p>Le site {c.dom} est édité par {E(c.co)}, SAS au capital de 50 000 €, {E(c.street())}.</p><p>{a.title} : {E(a.name)}<br>{b.title} : {E(b.name)}</p><p>Contact : {ia}</p><h2>Hébergeur</h2><p>OVH SAS, 2 rue Kellermann, 59100 Roubaix</p>"
    c.people.remove(b); b2 = c.team(1, title=0, email=1)[0]; b2.title = "Délégué à la protection des données" if b2.g == "m" else "Déléguée à la protection des données"
    a.title = "Président" if a.g == "m" else "Présidente"
    civ = "M." if a.g == "m" else "Mme"
    return f"<h1>Mentions légales</h1><h2>Éditeur</h2><p>{E(c.co)}<br>{E(c.street())}<br>RCS Lyon 512 345 678<br>{a.title} : {civ} {E(a.name)}<br>E-mail : {ia}</p><h2>Données personnelles</h2><p>{b2.title} : {E(b2.name)} ({ml(b2)})</p><h2>Conception</h2><p>Agence Mirabelle, Lyon</p>"

def country(lid, lang, note, n=2, **kw):
    """A native-language team page in differing structures."""
    @layout(lid, note, n)
    def _(c):
        c.setco(lang); S = kw.get("order", [0, 1, 2, 3, 4])
        k = S[c.v % len(S)]
        ps = c.team(kw.get("size", (3, 6)), email=kw.get("email", [1, .5, 0])[c.v % len(kw.get("email", [1, .5, 0]))])
        tel, mail = E(c.t("tel")), E(c.t("mail"))
        if k == 0: x = "".join(f'<div class="person">{c.photo(p)}<h3>{E(p.name)}</h3><p class="role">{E(p.title)}</p><p>{tel}: {c.phone()}</p>' + (f"<p>{mail}: {ml(p)}</p>" if p.email else "") + "</div>" for p in ps)
        elif k == 1: x = "<table>" + "".join(f"<tr><td>{E(p.title)}</td><td>{E(p.name)}</td><td>{ml(p) or '-'}</td></tr>" for p in ps) + "</table>"
        elif k == 2: x = "<ul>" + "".join(f"<li><strong>{E(p.name)}</strong> – {E(p.title)}{', ' + ml(p) if p.email else ''}</li>" for p in ps) + "</ul>"
        elif k == 3: x = "".join(f"<p>{E(p.title)}<br><b>{E(p.name)}</b>" + (f"<br>{ml(p)}" if p.email else "") + "</p>" for p in ps)
        elif k == 4: x = "".join(f'<div class="card"><div class="card-body"><h5>{E(p.name)}</h5><span>{E(p.title)}</span><p>{c.bio(p,1) if c.lang in BIO else ""}</p>{ml(p)}</div></div>' for p in ps)
        elif k == 5: x = "<dl>" + "".join(f"<dt>{E(p.title)}</dt><dd>{E(p.name)}</dd>" for p in ps) + "</dl>"
        elif k == 6: x = "".join(f"<p>{E(p.title)}: {E(p.name)}{' (' + p.email + ')' if p.email else ''}</p>" for p in ps)
        elif k == 7: # CJK: title and name on one line with full-width space
            x = "<ul>" + "".join(f"<li>{E(p.title)}\u3000{E(p.name)}</li>" for p in ps) + "</ul>"
        elif k == 8: x = "".join(f"<p>{E(p.title)}：{E(p.name)}</p>" for p in ps)
        if k in (5, 7, 8):
            for p in ps: p.email = None
        if k == 5 or k == 8: pass
        return f"<h1>{c.heading()}</h1><p>{c.intro()}</p>{x}"
country("fr-equipe", "fr", "French team page", 3, order=[0, 3, 6])
country("es-equipo", "es", "Spanish team page", 3, order=[4, 1, 2])
country("it-team", "it", "Italian team page", 2, order=[0, 6])
country("nl-medewerkers", "nl", "Dutch staff page", 3, order=[3, 0, 2])
country("pl-zespol", "pl", "Polish board/team page (zarząd, kontakt)", 3, order=[1, 6, 0])
country("sv-medarbetare", "sv", "Swedish staff page", 2, order=[0, 3])
country("da-medarbejdere", "da", "Danish staff page", 2, order=[4, 0])
country("no-ansatte", "no", "Norwegian staff page", 2, order=[3, 1])
country("fi-henkilosto", "fi", "Finnish staff page", 2, order=[3, 0])
country("pt-equipa", "pt", "Portuguese / Brazilian team page", 3, order=[0, 2, 3])
country("tr-ekip", "tr", "Turkish team / board page", 3, order=[4, 6, 1])
country("ru-komanda", "ru", "Russian team page (Cyrillic)", 3, order=[0, 6, 2])
country("uk-komanda", "uk", "Ukrainian team page", 2, order=[0, 2], size=4)
country("el-omada", "el", "Greek team page", 2, order=[0, 2], size=(3, 5))
country("ja-yakuin", "ja", "Japanese officers list: title, full-width space, name", 2, order=[7, 1])
country("ja-team", "ja", "Japanese team cards", 2, order=[4, 0], email=[0, 1])
country("zh-team", "zh", "Chinese team page", 3, order=[0, 8, 4], email=[.5, 0, 0])
country("ko-team", "ko", "Korean team page", 3, order=[0, 2, 4], email=[1, 0, .5])
country("cs-tym", "cs", "Czech team page", 2, order=[0, 3])
country("hu-csapat", "hu", "Hungarian team page (family name first, as printed)", 2, order=[0, 2])
country("ro-echipa", "ro", "Romanian team page", 2, order=[4, 6], size=(3, 4))
country("ar-team", "ar", "Arabic team page (rtl)", 2, order=[0, 2], size=4, email=[1, 0])
country("he-team", "he", "Hebrew team page (rtl)", 2, order=[0, 3], size=4, email=[1, 0])

@layout("es-aviso-legal", "Spanish aviso legal / Italian note legali / Portuguese legal notice with administrator", 3)
def _(c):
    c.setco(["es", "it", "pt"][c.v]); c.noise = False; ia = c.infoaddr(); p = c.team(1, title=0, email=0)[0]
    if c.v == 0: p.title = "Administrador único" if p.g == "m" else "Administradora única"; return f"<h1>Aviso legal</h1><p>Titular: {E(c.co)}, CIF B12345678, {E(c.street())}.</p><p>{p.title}: {'D.' if p.g == 'm' else 'Dña.'} {E(p.name)}</p><p>Correo electrónico: {ia}</p><p>Inscrita en el Registro Mercantil de Madrid.</p>"
    if c.v == 1: p.title = "Legale rappresentante"; return f"<h1>Note legali</h1><p>{E(c.co)} - {E(c.street())} - P.IVA 01234567890</p><p>{p.title}: {E(p.name)}</p><p>PEC: {c.other('amministrazione@pec.' + c.dom)}</p><p>Email: {ia}</p>"
    p.title = "Encarregado de Proteção de Dados" if p.g == "m" else "Encarregada de Proteção de Dados"; c.give_mail(p)
    return f"<h1>Política de Privacidade</h1><p>{E(c.co)}, {E(c.street())}. NIPC 509 123 456.</p><p>{p.title}: {E(p.name)} – {ml(p)}</p><p>Outros assuntos: {ia}</p>"

@layout("ja-gaiyo", "Japanese 会社概要 table: 代表者 row among address, capital; v2 with several officers", 2)
def _(c):
    c.setco("ja"); c.path = "/company"; c.noise = False
    ps = c.team([1, 4][c.v], title=0, email=0)
    tl = ["代表取締役", "取締役", "取締役", "監査役"]
    for p, t in zip(ps, tl): p.title = t
    if c.v == 0: off = f"{ps[0].title}　{E(ps[0].name)}"; lab = "代表者"
    else: off = "<br>".join(f"{p.title}　{E(p.name)}" for p in ps); lab = "役員"
    return f"<h1>会社概要</h1><table><tr><th>会社名</th><td>{E(c.co)}</td></tr><tr><th>設立</th><td>{c.year}年4月</td></tr><tr><th>{lab}</th><td>{off}</td></tr><tr><th>資本金</th><td>1,000万円</td></tr><tr><th>所在地</th><td>{E(c.street())}</td></tr><tr><th>取引銀行</th><td>三井住友銀行 渋谷支店</td></tr><tr><th>メール</th><td>{c.infoaddr('info')}</td></tr></table>"

@layout("ja-romaji", "Japanese cards with romanised name beneath (truth: the Japanese form, reported once)", 1)
def _(c):
    c.setco("ja"); ps = c.team(4, email=0)
    x = "".join(f'<div class="m"><p class="post">{E(p.title)}</p><h3>{E(p.name)}</h3><p class="en">{p.fr.capitalize()} {p.lr.upper()}</p></div>' for p in ps)
    return f"<h1>{c.heading()}</h1>{x}"


# ================================================================== NAMES
SPECIAL = {
 "particles": ["Pieter van der Meer|pieter.vandermeer","Charlotte de la Tour|c.delatour","Ludwig von Hohenfels|l.vonhohenfels","Ana Lúcia dos Santos|ana.dossantos","Leonardo da Costa Lima|l.dacosta","Giulia Di Stefano|g.distefano","Luca D'Angelo|l.dangelo","Dirk ten Brink|dirk","Abdul Rahman al-Masri|a.almasri","Khalid bin Rashid|khalid","Jeroen van 't Hof|jeroen","María de los Ángeles Ruiz|mruiz","Yitzhak Ben-David|y.bendavid","Saoirse Ní Bhriain|saoirse","Joost op den Kamp|j.opdenkamp","Hélène Le Goff|h.legoff","Anneke in 't Veld|anneke","Carl zu Solms|c.zusolms","Uxía do Campo|uxia","Beatriz de Sá e Melo|b.melo"],
 "irish": ["Siobhan O'Neill|siobhan.oneill","Ronan O'Sullivan|ronan","Fiona MacGregor|fiona","Alasdair McDonald|a.mcdonald","Mary-Kate McCarthy|mk.mccarthy","Caoimhe O’Reilly|caoimhe","Jean-Luc Bernard-Moreau|jl.bernard","Ann-Sofie Lindqvist-Berg|annsofie","Hans-Jürgen Meyer-Wolters|hj.meyer","Ji-woo Kim|jiwoo","Lloyd FitzWilliam|lloyd","Padraic MacDermott|padraic","Gwenllian ap Rhys|gwen","Zsa-Zsa DeLuca|zsazsa","Renée St. Clair|renee"],
 "initials": ["J. R. Whitlock|jrw","Samuel L. Ortega|s.ortega","T.J. Malone|tj","A.K. Menon|akm","William H. Archer III|w.archer","Carlos Ruiz Jr.|carlos","M. Elaine Porter|meporter","D. K. S. Perera|dks","George W. Sumner Sr.|george","R. Venkat Rao|venkat","B.J. Fogarty|bj","J.P. van Houten|jpvh","Mary E. Coyle|mary","Francis X. Doyle IV|fx","E. Ravi Kumar|ravi"],
 "nick": ['Robert "Bob" Haskell|bob','Elizabeth "Liz" Tran|liz',"William (Bill) Ferris|bill","Xiaoling “Lynn” Zhao|lynn","Katherine 'Kit' Mallory|kit"],
}
def special(c, kind, n):
    out = []
    for s in c.rng.sample(SPECIAL[kind], n):
        nm, loc = s.split("|"); p = P(); p.shown = None; p.name = nm; p.g = "m"; p.first = nm.split()[0]; p.last = nm.split()[-1]; p.slug = slug(nm); p.loc = loc
        c.given_title(p, c.pick(["exec", "en", "en"])); p.email = loc + "@" + c.dom; c.people.append(p); out.append(p)
    return out
def specials(lid, kind, note, n=2):
    @layout(lid, note, n)
    def _(c):
        ps = special(c, kind, min(c.rng.randint(5, 8), len(SPECIAL[kind])))
        if c.v == 0: x = "".join(f'<div class="staff">{c.photo(p)}<h3>{E(p.name)}</h3><p>{E(p.title)}</p><p>{ml(p)}</p></div>' for p in ps)
        elif c.v == 1:
            for p in ps: p.email = None
            x = "<ul>" + "".join(f"<li>{E(p.name)}, {E(p.title)}</li>" for p in ps) + "</ul>"
        else: x = "<table><tr><th>Name</th><th>Role</th><th>Contact</th></tr>" + "".join(f"<tr><td>{E(p.name)}</td><td>{E(p.title)}</td><td>{ml(p)}</td></tr>" for p in ps) + "</table>"
        return f"<h1>{c.heading()}</h1>{x}"
specials("names-particles", "particles", "names with particles (van der, de la, von, al-, bin, dos)", 3)
specials("names-irish-hyphen", "irish", "O'Neill, MacGregor, double names, hyphens, St. Clair", 3)
specials("names-initials", "initials", "initials, Jr., III", 3)
@layout("names-nicknames", "nicknames in quotes or parentheses (truth as printed)", 2)
def _(c):
    ps = special(c, "nick", 4) + c.team(2, email=1)
    return f"<h1>{c.heading()}</h1>" + "".join(f"<div class=a><h3>{E(p.name)}</h3><div>{E(p.title)}</div>{ml(p)}</div>" if c.v == 0 else f"<p><b>{E(p.name)}</b><br>{E(p.title)}<br>{ml(p)}</p>" for p in ps)
@layout("names-honorifics", "Dr., Prof., Mr/Ms before and PhD, MBA, Esq., CPA after the name", 3)
def _(c):
    ps = c.team((5, 8), email=[1, 0, .5][c.v])
    pre = ["Dr. ", "Prof. ", "Prof. Dr. ", "Mr. ", "Ms. ", "", "", "Sir "] if c.v == 0 else ["", "Dr. ", ""]
    suf = [""] if c.v == 0 else [", PhD", ", MBA", ", Esq.", ", CPA", " PhD", ", Ph.D.", ", M.D.", ", CFA", ""]
    def nm(p):
        a = c.pick(pre)
        if a == "Mr. " and p.g == "f" or a == "Sir " and p.g == "f": a = "Ms. "
        if a == "Ms. " and p.g == "m": a = "Mr. "
        return E(a + p.name + c.pick(suf))
    if c.v == 0: x = "".join(f"<div class=m><h3>{nm(p)}</h3><p>{E(p.title)}</p>{ml(p)}</div>" for p in ps)
    elif c.v == 1: x = "<ul>" + "".join(f"<li><strong>{nm(p)}</strong><br>{E(p.title)}</li>" for p in ps) + "</ul>"
    else: x = "<table>" + "".join(f"<tr><td>{nm(p)}</td><td>{E(p.title)}</td><td>{ml(p)}</td></tr>" for p in ps) + "</table>"
    return f"<h1>{c.heading()}</h1>{x}"
@layout("names-inverted", "'Smith, John' in table or list (truth: John Smith)", 2)
def _(c):
    ps = c.team((5, 8), email=[1, 0][c.v])
    if c.v == 0: return f"<h1>Directory</h1><table><tr><th>Name</th><th>Title</th><th>Email</th></tr>" + "".join(f"<tr><td>{E(p.last)}, {E(p.first)}</td><td>{E(p.title)}</td><td>{ml(p)}</td></tr>" for p in ps) + "</table>"
    return "<h1>Faculty and Staff</h1>" + "".join(f"<p><strong>{E(p.last)}, {E(p.first)}</strong><br>{E(p.title)}</p>" for p in ps)
@layout("names-allcaps", "names (v1) or names and titles (v2) in literal capitals; v3 SURNAME in capitals, French style", 3)
def _(c):
    if c.v == 2: c.setco("fr")
    ps = c.team((4, 7), email=[1, 0, .5][c.v])
    if c.v == 0: x = "".join(f"<div class=q><h4>{E(p.name.upper())}</h4><p>{E(p.title)}</p>{ml(p)}</div>" for p in ps)
    elif c.v == 1: x = "".join(f"<p><strong>{E(p.name.upper())}</strong><br>{E(p.title.upper())}</p>" for p in ps)
    else: x = "".join(f"<li>{E(p.first)} {E(p.last.upper())}, {E(p.title)} {ml(p)}</li>" for p in ps); x = f"<ul>{x}</ul>"
    return f"<h1>{c.heading().upper()}</h1>{x}"
@layout("names-split-spans", "first and last name in separate spans or lines", 3)
def _(c):
    ps = c.team((3, 6), email=[1, 0, 0][c.v])
    f = [lambda p: f'<span class="first">{E(p.first)}</span> <span class="last">{E(p.last)}</span>', lambda p: f"{E(p.first)}<br>{E(p.last)}", lambda p: f"<span>{E(p.first)}</span>\n<strong>{E(p.last)}</strong>"][c.v]
    return f"<h2>{c.heading()}</h2>" + "".join(f'<div class="card">{c.photo(p, alt="")}<h3>{f(p)}</h3><p>{E(p.title)}</p>{ml(p)}</div>' for p in ps)
@layout("names-pronouns", "pronouns, 'New', years or location in the same element or beside the name", 2)
def _(c):
    ps = c.team((3, 6), email=0)
    x = "".join(f'<div class="card"><h3>{E(p.name)} <span class="pronouns">({"she/her" if p.g=="f" else "he/him"})</span></h3><p>{E(p.title)}</p><p class="loc">{c.pick(["New York","San Juan","Cape Town","Berlin"])}</p></div>' if c.v == 0 else f'<div class="card"><h3>{E(p.name)}</h3><p class="loc">{c.pick(["Santiago","Los Angeles","Hong Kong"])} · since {c.rng.randint(2005,2022)}</p><p>{E(p.title)}</p></div>' for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"
@layout("title-multi", "two lines after the name: department and title, or title and company name", 2)
def _(c):
    ps = c.team((3, 6), email=[0, 1][c.v])
    x = "".join(f'<div class="card"><h3>{E(p.name)}</h3><p class="position">{E(p.title)}</p><p class="department">{c.pick(["Global Operations","North America","Corporate Services"])}</p>{ml(p)}</div>' if c.v == 0 else f'<div class="card"><h3>{E(p.name)}</h3><p>{E(p.title)}<br>{E(c.co)}</p><p>{ml(p)}</p></div>' for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"

# ================================================================== SECTORS
@layout("law-firm", "law firm attorney list with practice areas, phone, mail, vCard", 3)
def _(c):
    c.setco("en", name=c.pick(["Harrow Blackwood LLP","Dunning, Pike & Marsh LLP","Stone Abernathy Law Group"])); ps = c.team((4, 8), email=[1, 1, 0][c.v], titles="law"); ar = ["Mergers & Acquisitions","Family Law","Real Estate","Intellectual Property","Estate Planning"]
    if c.v == 0: x = "".join(f'<div class="attorney"><h3><a href="/attorneys/{p.slug}">{E(p.name)}</a></h3><div class="pos">{E(p.title)}</div><div class="pa">Practice Areas: {E(", ".join(c.rng.sample(ar, 2)))}</div><div>T {c.phone()}</div><div>{ml(p)}</div><a href="/vcf/{i}.vcf">vCard</a></div>' for i, p in enumerate(ps))
    elif c.v == 1: x = "<table><tr><th>Attorney</th><th>Position</th><th>Practice Area</th><th>Email</th></tr>" + "".join(f"<tr><td>{E(p.name)}</td><td>{E(p.title)}</td><td>{E(c.pick(ar))}</td><td>{ml(p)}</td></tr>" for p in ps) + "</table>"
    else: x = "".join(f"<p><strong>{E(p.name)}</strong>, <em>{E(p.title)}</em>. {E(p.first)} was admitted to the New York Bar in {c.rng.randint(1985,2018)} and clerked at the District Court of Santa Clara. J.D., Benjamin N. Cardozo School of Law.</p>" for p in ps)
    return f"<h1>{c.pick(['Our Attorneys','Our Lawyers','Professionals'])}</h1>{x}<h2>Practice Areas</h2><ul>{''.join('<li>%s</li>' % E(a) for a in ar)}</ul>"
@layout("law-de", "German Kanzlei / Steuerberater list", 2)
def _(c):
    c.setco("de"); ps = c.team((3, 5), email=[1, 0][c.v], title=0)
    for p in ps: p.title = c.pick([("Rechtsanwalt","Rechtsanwältin"),("Rechtsanwalt und Notar","Rechtsanwältin und Notarin"),("Fachanwalt für Arbeitsrecht","Fachanwältin für Arbeitsrecht"),("Steuerberater","Steuerberaterin"),("Wirtschaftsprüfer","Wirtschaftsprüferin")])[0 if p.g == "m" else 1]
    return f"<h1>Unsere Kanzlei</h1>" + "".join(f"<div class=\"anwalt\"><h2>{c.pick(['','Dr. ','Dr. jur. '])}{E(p.name)}</h2><h3>{E(p.title)}</h3><ul><li>Arbeitsrecht</li><li>Erbrecht</li></ul>{ml(p)}</div>" if c.v == 0 else f"<p>{c.pick(['','Dr. '])}{E(p.name)}<br>{E(p.title)}</p>" for p in ps)
@layout("medical-staff", "medical staff list with MD, RN, FACC etc.", 3)
def _(c):
    c.setco("en", name=c.pick(["St. Luke Medical Center","Riverbend Family Clinic","Mary Ward Hospital"])); ps = c.team((4, 7), email=0, titles="med")
    suf = lambda p: ", RN" if "Nurse" in p.title else c.pick([", MD", ", M.D.", ", MD, PhD", ", DO"]) if p.title not in ("Practice Manager", "Dental Hygienist", "Physiotherapist") else ""
    if c.v == 0: x = "".join(f'<div class="provider-card">{c.photo(p)}<h3>{E(p.name)}{suf(p)}</h3><p class="specialty">{E(p.title)}</p><p>Accepting New Patients</p><a href="/book">Book Online</a></div>' for p in ps)
    elif c.v == 1: x = "<ul>" + "".join(f"<li>Dr. {E(p.name)} – {E(p.title)}</li>" for p in ps) + "</ul>"
    else: x = "<table><tr><th>Doctor</th><th>Specialty</th><th>Location</th></tr>" + "".join(f"<tr><td>{E(p.name)}{suf(p)}</td><td>{E(p.title)}</td><td>Mary Ward Building, 2nd floor</td></tr>" for p in ps) + "</table>"
    return f"<h1>{c.pick(['Our Doctors','Medical Staff','Find a Provider'])}</h1>{x}"
@layout("medical-de", "German Arztpraxis / Klinik with Dr. med. and Oberarzt titles", 2)
def _(c):
    c.setco("de"); ps = c.team((3, 5), email=[0, 1][c.v], title=0)
    T = [("Chefarzt","Chefärztin"),("Oberarzt","Oberärztin"),("Facharzt für Innere Medizin","Fachärztin für Innere Medizin"),("Medizinischer Fachangestellter","Medizinische Fachangestellte"),("Assistenzarzt","Assistenzärztin")]
    for p, t in zip(ps, T): p.title = t[0 if p.g == "m" else 1]
    return "<h1>Unser Praxisteam</h1>" + "".join(f"<div class=a><h3>{['Dr. med. ','Prof. Dr. med. ','PD Dr. med. ','','Dr. '][i]}{E(p.name)}</h3><p>{E(p.title)}</p>{ml(p)}</div>" for i, p in enumerate(ps)) + "<p>Sprechzeiten: Mo–Fr 8–12 Uhr</p>"
@layout("university-dept", "university department with rooms, phones, (at) addresses", 3)
def _(c):
    c.setco("en", name=c.pick(["Ashcombe University","University of Northfield"]), tld=c.pick(["edu", "ac.uk"])); ps = c.team((5, 9), email=1, titles="uni"); pre = lambda p: ("Prof. " if "Professor" in p.title and "Ass" not in p.title else "Dr. " if p.title not in ("PhD Student", "Department Administrator", "Lab Manager") else "")
    at = [lambda p: ml(p), lambda p: p.email.replace("@", "(at)"), lambda p: p.email.replace("@", " [at] ")][c.v]
    if c.v == 0: x = "<table><tr><th>Name</th><th>Position</th><th>Room</th><th>E-mail</th></tr>" + "".join(f"<tr><td><a href=\"/~{p.lr}\">{E(pre(p) + p.name)}</a></td><td>{E(p.title)}</td><td>B{c.rng.randint(100,499)}</td><td>{at(p)}</td></tr>" for p in ps) + "</table>"
    elif c.v == 1: x = "".join(f"<div class=\"profile\"><h4>{E(pre(p) + p.name)}</h4><p>{E(p.title)}</p><p>Isaac Newton Building, Room {c.rng.randint(100,499)}</p><p>Email: {at(p)}</p></div>" for p in ps)
    else: x = "<dl>" + "".join(f"<dt>{E(pre(p) + p.name)}</dt><dd>{E(p.title)}</dd><dd>{at(p)}</dd>" for p in ps) + "</dl>"
    return f"<h1>Department of {c.pick(['Economics','Computer Science','History'])}</h1><h2>People</h2>{x}"
@layout("author-bylines", "blog index with author bylines (company authors, no title)", 3)
def _(c):
    c.noise = False; ps = c.team(4, title=0, email=0); c.path = "/blog"
    T = ["How We Cut Build Times in Half","Five Lessons from Customer Success","Introducing Project Atlas","Why Remote Work Works","San Francisco Meetup Recap"]
    f = [lambda p: f'<p class="meta">By <a rel="author" href="/author/{p.slug}">{E(p.name)}</a> on <time>May {c.rng.randint(1,28)}, 2021</time></p>', lambda p: f'<span class="posted-on">12 June 2018</span> <span class="byline">by <span class="author vcard"><a class="url fn n" href="/author/{p.slug}">{E(p.name)}</a></span></span>', lambda p: f'<div class="post-meta">Posted by {E(p.name)} | Jun 4, 2020 | <a href="/category/company-news">Company News</a> | 0 Comments</div>'][c.v]
    return "<h1>Blog</h1>" + "".join(f"<article><h2><a href=\"/blog/{slug(t)}\">{E(t)}</a></h2>{f(p)}<p>{c.intro()}</p></article>" for p, t in zip(ps, T))
@layout("author-box", "article with author box at the end (name, title), JSON-LD author, commenters who are not staff", 3)
def _(c):
    c.noise = False; p = c.team(1, email=[0, 0, 1][c.v], titles="author")[0]; c.path = "/blog/how-to-choose"
    o1, o2 = c.outsider(), c.outsider()
    if c.v != 1: c.head += ld({"@context": "https://schema.org", "@type": "BlogPosting", "headline": "How to Choose a Supplier", "author": {"@type": "Person", "name": p.name}, "publisher": {"@type": "Organization", "name": c.co}})
    else: c.head += f'<meta name="author" content="{A(p.name)}">'
    com = f'<section id="comments"><h3>2 Comments</h3><ol><li><cite class="fn">{E(o1)}</cite> <span class="says">says:</span><p>Great article!</p></li><li><cite class="fn">{E(o2)}</cite> <span class="says">says:</span><p>Thanks for sharing.</p></li></ol></section>' if c.v != 2 else ""
    return f'<article><h1>How to Choose a Supplier</h1><p class="byline">By {E(p.name)}</p><p>As economist {E(c.outsider("en"))} of Princeton University put it, trust is the cheapest insurance.</p><div class="author-box">{c.photo(p)}<h4>About the Author</h4><p class="author-name">{E(p.name)}</p><p class="author-title">{E(p.title)}</p>{"<p>" + ml(p) + "</p>" if p.email else ""}</div></article>{com}'
@layout("real-estate-agents", "real estate agents with licence numbers, mobile, mail", 2)
def _(c):
    ps = c.team((4, 7), email=[1, 0][c.v], titles="estate")
    x = "".join(f'<div class="agent-item"><div class="agent-thumb">{c.photo(p)}</div><h3 class="agent-name">{E(p.name)}</h3><p class="agent-position">{E(p.title)}</p><p>DRE# 0{c.rng.randint(1000000,1999999)}</p><p>M: {c.phone()}</p>' + (f"<p>E: {ml(p)}</p>" if p.email else "") + "</div>" for p in ps)
    return f"<h1>{c.pick(['Our Agents','Meet Our Agents'])}</h1>{x}<h2>Featured Listings</h2><div class=\"listing\"><h3>Martha Washington Drive 14</h3><p>Santa Barbara</p><p>$1,250,000</p></div>"
@layout("school-staff", "school staff directory", 2)
def _(c):
    c.setco("en", name=c.pick(["Abraham Lincoln Elementary School","St. Catherine Academy"]), tld="org"); ps = c.team((6, 10), email=1, titles="school")
    x = "".join(f"<tr><td>{('Mrs. ' if p.g=='f' else 'Mr. ')}{E(p.name)}</td><td>{E(p.title)}</td><td>{ml(p, 'Email')}</td></tr>" for p in ps) if c.v == 0 else ""
    if c.v: return "<h1>Faculty &amp; Staff</h1>" + "".join(f'<div class="fsConstituentItem"><h3 class="fsFullName">{E(p.name)}</h3><div class="fsTitles">{E(p.title)}</div><div class="fsEmail">{ml(p)}</div></div>' for p in ps)
    return f"<h1>Staff Directory</h1><table>{x}</table>"
@layout("church-staff", "church/nonprofit staff with Rev., Fr., Sister", 2)
def _(c):
    c.setco("en", name=c.pick(["St. Mark Lutheran Church","Grace Chapel"]), tld="org"); ps = c.team((3, 6), email=[1, 0][c.v], titles="church")
    pre = lambda p: "Rev. " if "Pastor" in p.title or p.title == "Rector" else ""
    return f"<h1>Staff</h1>" + "".join(f"<p><strong>{pre(p)}{E(p.name)}</strong><br>{E(p.title)}{'<br>' + ml(p) if p.email else ''}</p>" for p in ps) + "<h2>Service Times</h2><p>Sunday 10 am</p>"
@layout("executive-officers-10k", "investor relations: table Name / Age / Position", 2)
def _(c):
    ps = c.team((5, 8), email=0, titles="exec")
    if c.v == 0: return "<h1>Executive Officers</h1><table><tr><th>Name</th><th>Age</th><th>Position</th></tr>" + "".join(f"<tr><td>{E(p.name)}</td><td>{c.rng.randint(38,69)}</td><td>{E(p.title)}</td></tr>" for p in ps) + "</table>"
    return "<h1>Executive Leadership</h1>" + "".join(f"<p><b>{E(p.name)}</b>, {c.rng.randint(38,69)}, {E(p.title)}. Previously with General Electric and Johnson Controls; holds an MBA from Harvard Business School.</p>" for p in ps)
@layout("advisory-board", "scientific advisors with outside affiliation on its own line (advisors are the company's people)", 2)
def _(c):
    ps = c.team((3, 5), email=0, title=0)
    for i, p in enumerate(ps): p.title = ["Scientific Advisor", "Clinical Advisor", "Chair, Scientific Advisory Board", "Regulatory Advisor", "Industry Advisor"][i]
    return "<h1>Scientific Advisory Board</h1>" + "".join(f'<div class="adv">{c.photo(p)}<h3>{"Prof. " if c.v else ""}{E(p.name)}{"" if c.v else ", PhD"}</h3><p class="t">{E(p.title)}</p><p class="aff">{c.pick(["Johns Hopkins University","King’s College London","Charité Berlin","Eli Lilly"])}</p></div>' for p in ps)
@layout("sales-regions", "regional sales contacts: region heading, name, title, phone, mail", 2)
def _(c):
    ps = c.team((4, 6), email=1, title=[0, 1][c.v]); R = ["North America", "South East Asia", "Eastern Europe", "West Africa", "Middle East", "New South Wales"]
    if c.v == 0:
        for p in ps: p.title = "Area Sales Manager"
    x = "".join(f"<div class=\"region\"><h3>{r}</h3><p>{E(p.name)}<br>{E(p.title)}<br>{c.phone()}<br>{ml(p)}</p></div>" if c.v == 0 else f"<tr><td>{r}</td><td>{E(p.name)}</td><td>{E(p.title)}</td><td>{ml(p)}</td></tr>" for p, r in zip(ps, R))
    return "<h1>Sales Contacts</h1>" + (x if c.v == 0 else f"<table><tr><th>Region</th><th>Contact</th><th>Title</th><th>E-mail</th></tr>{x}</table>")
@layout("restaurant-chef", "restaurant about page with chef paragraph, dishes and wines named like people", 2)
def _(c):
    c.setco("en", name=c.pick(["Osteria Larkfield","Bistro Copperline"])); ps = c.team(2, email=0, title=0); ps[0].title = "Executive Chef"; ps[1].title = "Sommelier"
    dishes = "<h2>Menu</h2><ul><li>Beef Wellington</li><li>Peach Melba</li><li>Caesar Salad</li><li>Eggs Benedict</li><li>Earl Grey</li><li>Dom Pérignon</li><li>Pinot Grigio</li></ul>"
    if c.v == 0: return f"<h1>Our Kitchen</h1><p>Executive Chef {E(ps[0].name)} cooks with produce from Santa Cruz farms. Sommelier {E(ps[1].name)} chooses the wines.</p>{dishes}"
    return f"<h1>About</h1>{dishes}<div class=\"chef\"><h3>{E(ps[0].name)}</h3><p>{ps[0].title}</p></div><div class=\"chef\"><h3>{E(ps[1].name)}</h3><p>{ps[1].title}</p></div>"
@layout("single-person-site", "one-person business: h1 is the name, tagline the title, contact mail", 2)
def _(c):
    p = c.person(); c.given_title(p, "en"); p.title = ["Architect", "Certified Translator"][c.v]; c.co = p.name; c.dom = slug(p.name, "") + ".com"; p.email = [p.fr + "@" + c.dom, None][c.v]; c.info = False; c.noise = False
    if c.v == 0: return f"<h1>{E(p.name)}</h1><h2>{p.title}</h2><p>I design small houses with large windows.</p><p>{ml(p)}</p>"
    return f"<p class=\"lead\">Hello, I'm {E(p.name)}, a {p.title} working in Santa Fe.</p><h3>Contact</h3><p>Use the form.</p>" + '<form><input placeholder="Your Name"><input placeholder="you@example.com"></form>'
@layout("event-contact-footer", "people only in sidebar / footer widgets: 'Your contact'", 2)
def _(c):
    p = c.team(1, email=1)[0]; c.noise = False
    w = f'<aside class="widget contact-widget"><h4>Your Contact</h4>{c.photo(p)}<p><strong>{E(p.name)}</strong><br>{E(p.title)}<br>{c.phone()}<br>{ml(p)}</p></aside>'
    if c.v: c.tail = w; w = ""
    return f"<h1>Custom Milling</h1><p>Precision parts in small series.</p><h2>Quality Control</h2><p>Every part is measured.</p>{w}"
@layout("product-page-experts", "product page with product names like people, and two named experts", 2)
def _(c):
    ps = c.team(2, email=[1, 0][c.v])
    prod = "".join(f'<div class="card"><h3>{x}</h3><p>{y}</p></div>' for x, y in [("Oliver Desk", "Solid Oak"), ("Emma Sofa", "Three Seater"), ("Victoria Lamp", "Brushed Brass"), ("Henry Hoover", "Vacuum Cleaner")])
    x = "".join(f'<div class="card"><h3>{E(p.name)}</h3><p>{E(p.title)}</p>{ml(p)}</div>' for p in ps)
    return f"<h1>Collection</h1>{prod}<h2>Talk to our people</h2>{x}"
@layout("two-column-bios-flat", "flat p sequence: bold name paragraph, title paragraph, mail paragraph; no wrapper", 2)
def _(c):
    ps = c.team((3, 6), email=[1, .5][c.v])
    x = "".join(f"<p><b>{E(p.name)}</b></p>\n<p>{E(p.title)}</p>\n" + (f"<p>{ml(p)}</p>\n" if p.email else "") for p in ps) if c.v == 0 else "".join(f"<div><strong>{E(p.name)}</strong></div>\n<div>{E(p.title)}</div>\n" + (f"<div>Email: {p.email}</div>\n" if p.email else "") + "<div>&nbsp;</div>" for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"
@layout("iframe-frameset-age", "1990s/2000s page: CENTER, HR separators, no closing tags (tag soup)", 2)
def _(c):
    c.era = "html4"; ps = c.team((3, 6), email=1)
    if c.v == 0: return "<CENTER><H1>Who's Who</H1></CENTER>" + "".join(f"<HR><P><B>{E(p.name)}</B><BR>{E(p.title)}<BR><A HREF=mailto:{p.email}>{p.email}</A>" for p in ps) + "<HR>"
    return "<H3>Personnel<UL>" + "".join(f"<LI><A HREF=\"mailto:{p.email}\">{E(p.name)}</A><BR><I>{E(p.title)}</I>" for p in ps) + "</UL></H3>"
@layout("team-logos-linkedin", "names with degrees badges and LinkedIn text links, 'Read more', 'View profile' noise lines", 2)
def _(c):
    ps = c.team((3, 6), email=0)
    x = "".join(f'<div class="item"><a href="/team/{p.slug}">{c.photo(p)}</a><div class="h">{E(p.name)}</div><div class="s">{E(p.title)}</div><div><a href="https://linkedin.com/in/{p.slug}">LinkedIn Profile</a></div><div><a href="/team/{p.slug}">{c.pick(["Read More","View Profile","Full Bio"])}</a></div></div>' for p in ps) if c.v == 0 else "".join(f'<li class="wp-block-post"><h2 class="wp-block-post-title"><a href="/team/{p.slug}">{E(p.name)}</a></h2><div class="taxonomy-team-role"><a href="/role/x" rel="tag">{E(p.title)}</a></div><a class="more" href="/team/{p.slug}">Learn More<span class="screen-reader-text"> about {E(p.name)}</span></a></li>' for p in ps)
    return f"<h2>{c.heading()}</h2>{x}"

# ================================================================== NO PERSON
def none(lid, note, n=2):
    def deco(fn):
        @layout("none-" + lid, "NO PERSON: " + note, n)
        def _(c):
            c.noperson = True; b = fn(c)
            if c.h1 is None and lid != "coming-soon": c.h1 = c.t("nav")[-1] if lid in ("contact", "departments") else lid.replace("-", " ").title()
            return b
        return fn
    return deco
@none("contact", "contact page with info@ and address only")
def _(c):
    if c.v: c.setco("de")
    ia = c.infoaddr(); c.path = "/contact"; s = c.other("support@" + c.dom)
    return f"<h1>{'Contact Us' if c.lang=='en' else 'Kontakt'}</h1><p>{E(c.co)}<br>{E(c.street())}<br>{c.phone()}<br><a href=\"mailto:{ia}\">{ia}</a></p><p>Support: {s}</p>{contactform(c)}"
@none("privacy", "privacy policy / Datenschutzerklärung with dpo@ address, no name")
def _(c):
    if c.v: c.setco("de")
    d = c.other(["privacy@", "datenschutz@"][c.v] + c.dom)
    if c.v == 0: return f"<h1>Privacy Policy</h1><p>Last Updated: March 2023</p><h2>Data Controller</h2><p>{E(c.co)}, {E(c.street())}</p><h2>Data Protection Officer</h2><p>You can reach our Data Protection Officer at {d}.</p><h2>Google Analytics</h2><p>Google Ireland Limited, Gordon House, Barrow Street, Dublin.</p><h2>Your Rights</h2><p>Right to Access, Right to Erasure.</p>"
    return f"<h1>Datenschutzerklärung</h1><h2>Verantwortlicher</h2><p>{E(c.co)}, {E(c.street())}</p><h2>Datenschutzbeauftragter</h2><p>Unseren Datenschutzbeauftragten erreichen Sie unter {d}.</p><h2>Google Maps</h2><p>Anbieter ist Google Ireland Limited, Gordon House, Barrow Street, Dublin 4, Irland.</p><h2>Matomo</h2><p>Wir setzen Matomo ein.</p>"
@none("products", "product cards whose names look like people")
def _(c):
    x = [("Billy Bookcase","White Oak"),("Jack Daniel’s","Tennessee Whiskey"),("Ray Ban","Wayfarer Classic"),("Anna Chair","Designer Edition"),("Johnnie Walker","Blended Scotch"),("Henry Hoover","Vacuum Cleaner"),("Captain Morgan","Spiced Rum"),("Ralph Lauren","Polo Shirt"),("Tommy Hilfiger","Menswear"),("Paul Mitchell","Hair Care")]
    c.rng.shuffle(x); c.h1 = "Products"
    return "<h1>Shop</h1>" + "".join(f'<div class="card">{"<img src=/p/%d@2x.png alt=%s>" % (i, chr(34) + A(a) + chr(34))}<h3>{E(a)}</h3><p>{E(b)}</p><span class="price">€ {c.rng.randint(9,400)}.00</span><button>Add to Cart</button></div>' for i, (a, b) in enumerate(x[:7]))
@none("testimonials", "only customer testimonials from other firms", 3)
def _(c):
    if c.v == 2: c.setco("de")
    c.h1 = {"de": "Referenzen"}.get(c.lang, "Testimonials"); return f"<h1>{c.h1}</h1>" + testimonials(c, 3) + testimonials(c, 3)
@none("news", "news items about other persons")
def _(c):
    c.h1 = "News"; return "<h1>News</h1>" + newsbox(c) + "".join(f"<article><h2>{t}</h2><p class=\"date\">{c.rng.randint(1,28)} April 2016</p><p>{b}</p></article>" for t, b in [("Governor visits plant", f"Governor {E(c.outsider('en'))} toured our plant in Baton Rouge last week."), ("Award for design", f"The jury headed by {E(c.outsider('en'))} of the Royal College of Art praised the design."), ("New Year", "Happy New Year to all customers.")])
@none("404", "error page")
def _(c):
    c.h1 = "Page Not Found"; return f"<h1>404</h1><h2>Page Not Found</h2><p>Sorry, the page was moved. Go back to the <a href=\"/\">Home Page</a>.</p>" + ("<ul><li>Site Map</li><li>Help Center</li><li>Contact Us</li></ul>" if c.v else "")
@none("service-cards", "service cards in the markup of team cards: h3 'Customer Success', p 'Manager Training'", 3)
def _(c):
    x = [("Customer Success","Dedicated Account Manager"),("Red Hat","Certified Engineers"),("Our Mission","Quality and Trust"),("Cloud Migration","Senior Consultants"),("Virtual CFO","Part-time Chief Financial Officer"),("Project Management","Certified Project Manager"),("Interim CEO","Executive Search"),("Marketing Director","On Demand"),("Grant Writing","For Nonprofits"),("Will Drafting","Estate Planning")]
    c.rng.shuffle(x); c.h1 = "Services"
    cl = [("team-member", "name", "position"), ("card", "card-title", "card-text"), ("elementor-image-box-wrapper", "elementor-image-box-title", "elementor-image-box-description")][c.v]
    return "<h1>Services</h1>" + "".join(f'<div class="{cl[0]}"><img src="/i/{i}.svg" alt="{A(a)}"><h3 class="{cl[1]}">{E(a)}</h3><p class="{cl[2]}">{E(b)}</p></div>' for i, (a, b) in enumerate(x[:6]))
@none("locations", "office locations: New York, San Jose, St. Petersburg")
def _(c):
    c.h1 = "Locations"; x = ["New York","San Jose","Santa Clara","St. Petersburg","Los Angeles","Buenos Aires","Hong Kong","Port Louis","Kuala Lumpur","Jackson","Austin","Charlotte","Sidney","Lincoln","Madison"]
    c.rng.shuffle(x)
    return "<h1>Our Locations</h1>" + "".join(f"<div class=\"loc\"><h3>{a}</h3><p>{E(c.street())}</p><p><a href=\"mailto:{c.other(slug(a,'') + '@' + c.dom)}\">{slug(a,'')}@{c.dom}</a></p></div>" for a in x[:6])
@none("partners", "partner companies with names of founders (Charles Schwab, Eli Lilly, John Deere)")
def _(c):
    c.h1 = "Partners"; return "<h1>Our Partners</h1>" + partners(c) + "<ul>" + "".join(f"<li><strong>{E(x)}</strong> – {c.pick(['Technology Partner','Reseller','Member since 2009'])}</li>" for x in c.rng.sample(PARTNER_COS, 8)) + "</ul>"
@none("careers", "careers page: job titles and locations, no names")
def _(c):
    j = c.other("careers@" + c.dom); c.h1 = "Careers"; ts = c.rng.sample(TITLES["en"], 7)
    return f"<h1>Careers</h1><h2>Open Positions</h2>" + ("<table><tr><th>Position</th><th>Location</th></tr>" + "".join(f"<tr><td>{E(t)}</td><td>{c.pick(['New York','San Diego','Berlin'])}</td></tr>" for t in ts) + "</table>" if c.v == 0 else "".join(f"<div class=\"job\"><h3>{E(t)}</h3><p>Full Time · {c.pick(['New York','Salt Lake City'])}</p><a>Apply Now</a></div>" for t in ts)) + f"<p>Send your CV to <a href=\"mailto:{j}\">{j}</a>. Hiring Manager and Team Lead will reply.</p>"
@none("pricing", "pricing and plan cards")
def _(c):
    c.h1 = "Pricing"; return "<h1>Pricing</h1>" + "".join(f'<div class="card"><h3>{a}</h3><p>{b}</p><p>${c.rng.randint(5,99)}/month</p></div>' for a, b in [("Starter Plan","For Freelancers"),("Team Lead","Up to 10 seats"),("Executive Suite","Dedicated Account Manager")]) + "<h2>Frequently Asked</h2><p>Can I cancel? Any Time.</p>"
@none("faq", "FAQ accordion")
def _(c):
    c.h1 = "FAQ"; s = c.other("help@" + c.dom)
    return "<h1>Frequently Asked Questions</h1>" + "".join(f"<details><summary>{q}</summary><p>{a}</p></details>" for q, a in [("How do I reset my password?", "Click Forgot Password on the Sign In page."), ("Who can I contact?", f"Write to {s} or call Customer Service."), ("What is user@example.com?", "A sample address used in our guides, like jane.doe@example.com or John Smith in the forms.")])
@none("streets", "addresses and places named after people", 2)
def _(c):
    if c.v: c.setco("de")
    c.h1 = ["Find Us", "Anfahrt"][c.v]
    xs = ["Martin Luther King Boulevard 12","Abraham Lincoln Square","George Bush Intercontinental Airport","St. James Park","Florence Nightingale Ward","Franklin D. Roosevelt Drive"] if c.v == 0 else ["Willy-Brandt-Platz","Rosa-Luxemburg-Straße 8","Konrad-Adenauer-Ufer","Bertha-von-Suttner-Allee 3","Flughafen Franz Josef Strauß","Graf-Zeppelin-Halle"]
    return f"<h1>{c.h1}</h1><ul>" + "".join(f"<li>{x}</li>" for x in xs) + f"</ul><h3>{xs[0]}</h3><p>{E(c.street())}</p>"
@none("case-studies", "case studies quoting customers with titles")
def _(c):
    c.h1 = "Case Studies"; out = ""
    for _ in range(3):
        o = c.outsider(); oc = c.pick(OTHER_COS)
        out += f'<article class="case"><h2>How {E(oc)} saved 30%</h2><p>“The rollout took two weeks,” says {E(o)}, {c.pick(["Head of Logistics","CIO","VP Operations"])} at {E(oc)}.</p></article>' if c.v == 0 else f'<article class="case"><h2>{E(oc)}</h2><p>Challenge: Legacy Systems</p><div class="quote"><p>“Worth every penny.”</p><p class="who"><b>{E(o)}</b><br>{c.pick(["IT Director","Chief Information Officer"])}, {E(oc)}</p></div></article>'
    return f"<h1>Case Studies</h1>{out}"
@none("form", "sign-up / login form with placeholder names and addresses")
def _(c):
    c.h1 = "Sign Up"; return '<h1>Create Account</h1><form><label>First Name</label><input placeholder="Jane"><label>Last Name</label><input placeholder="Doe"><label>Full Name</label><input placeholder="John Smith" value=""><label>Email</label><input type="email" placeholder="john@example.com"><label>Job Title</label><input placeholder="Marketing Manager"><button>Sign Up</button></form>' + ("<p>Example: john.doe@example.com</p>" if c.v else "")
@none("values", "values and history timeline")
def _(c):
    c.h1 = "Our Values"; return "<h1>Our Values</h1>" + "".join(f"<div><h3>{a}</h3><p>{b}</p></div>" for a, b in [("Customer First","We Listen"),("Our Mission","Better Every Day"),("Grace Under Pressure","Calm and Focused"),("Art of Simplicity","Less is More"),("Faith in People","Trust")]) + "<h2>Timeline</h2><ul><li>1998 – Founded in San Mateo</li><li>2006 – Office in New Delhi</li><li>2014 – Queen’s Award for Enterprise</li></ul>"
@none("reviews-ld", "product page with customer reviews, JSON-LD Review authors")
def _(c):
    c.noise = False; c.h1 = "Walnut Desk"; os_ = [c.outsider("en") for _ in range(3)]
    c.head += '<script type="application/ld+json">%s</script>' % json.dumps({"@context": "https://schema.org", "@type": "Product", "name": "Walnut Desk", "brand": {"@type": "Brand", "name": "Billy Baldwin"}, "review": [{"@type": "Review", "author": {"@type": "Person", "name": o}, "reviewBody": "Great."} for o in os_]}, ensure_ascii=False)
    return "<h1>Walnut Desk</h1><p>Solid Walnut. Free Delivery.</p><h2>Customer Reviews</h2>" + "".join(f'<div class="review"><strong>{E(o)}</strong> <span>Verified Buyer</span><p>Great.</p></div>' for o in os_)
@none("coming-soon", "team page without a team yet / under construction")
def _(c):
    if c.v: c.setco("fr")
    return ("<h1>Our Team</h1><p>Our team page is coming soon. Please check back later.</p><h3>First Last</h3><p>Job Title</p>" if c.v == 0 else "<h1>Notre équipe</h1><p>Page en construction.</p><h3>Prénom Nom</h3><p>Fonction</p>")
@none("gallery", "image gallery with photo@2x.png and srcset names")
def _(c):
    c.h1 = "Gallery"; return "<h1>Gallery</h1>" + "".join(f'<figure><img src="/img/photo{i}@2x.png" srcset="/img/photo{i}@2x.png 2x, /img/photo{i}@3x.jpg 3x" alt="{a}"><figcaption>{a}</figcaption></figure>' for i, a in enumerate(["Main Hall","Blue Room","Garden View","Conference Room Turing","Board Room","Summer Party"])) + "<p>Photos: Unsplash</p>"
@none("bookshop", "books/films with authors who are not staff")
def _(c):
    c.h1 = "Books"; return "<h1>New Books</h1>" + "".join(f'<div class="book"><h3>{t}</h3><p>{"by " if c.v == 0 else ""}{E(c.outsider("en"))}</p><p>£{c.rng.randint(8,25)}.99</p></div>' for t in ["Rivers of Iron","The Glass Orchard","Letters to Vienna","Salt and Silver"])
@none("events-speakers", "event programme with outside speakers of other firms")
def _(c):
    c.h1 = "Events"; return "<h1>Industry Day 2022</h1><h2>Guest Speakers</h2>" + "".join(f'<div class="slot"><time>{9+i}:00</time><h4>{t}</h4><p>{E(c.outsider("en"))}, {E(c.pick(OTHER_COS))}</p></div>' for i, t in enumerate(["Opening Keynote","Supply Chain Risk","Future of Steel"])) + "<p>Coffee Break</p><p>Tickets: " + c.other("events@" + c.dom) + "</p>"
@none("departments", "contact table by department with shared addresses")
def _(c):
    if c.v: c.setco("fr")
    rows = [("Sales","sales"),("Customer Service","service"),("Accounts Payable","invoices"),("Human Resources","hr"),("Press Office","press")] if c.v == 0 else [("Service commercial","commercial"),("Comptabilité","compta"),("Ressources humaines","rh"),("Service presse","presse")]
    return f"<h1>Contact</h1><table>" + "".join(f"<tr><td>{a}</td><td>{c.phone()}</td><td>{c.other(b + '@' + c.dom)}</td></tr>" for a, b in rows) + "</table>"
@none("foreign", "Japanese / Chinese / Russian pages without persons", 3)
def _(c):
    c.setco(["ja", "zh", "ru"][c.v]); ia = c.infoaddr("info")
    return ["<h1>事業内容</h1><h2>システム開発</h2><p>お客様の業務に合わせたシステムを開発します。</p><h2>営業部</h2><p>お問い合わせ：%s</p><h2>東京本社</h2><p>山手線 高田馬場駅 徒歩5分</p>", "<h1>产品中心</h1><h2>智能设备</h2><p>高品质，值得信赖。</p><h2>市场部</h2><p>邮箱：%s</p><p>中山路、黄山店</p>", "<h1>Услуги</h1><h2>Отдел продаж</h2><p>Звоните нам. Почта: %s</p><h2>Нижний Новгород</h2><p>Большая Покровская улица</p><h2>Политика Конфиденциальности</h2>"][c.v] % ia
@none("lawfirm-areas", "law firm practice areas; firm name made of surnames, no person")
def _(c):
    c.setco("en", name=["Harrow Blackwood LLP", "Dunning, Pike & Marsh LLP"][c.v]); c.h1 = "Practice Areas"
    return "<h1>Practice Areas</h1>" + "".join(f"<h3>{x}</h3><p>Our partners and associates advise on {x.lower()}.</p>" for x in ["Family Law","Estate Planning","Criminal Defense","Real Estate","Wills &amp; Trusts"]) + f"<p>{E(c.co)} – Managing Partner’s note: call us.</p>"
@none("blog-admin", "blog posts by admin / Editorial Team / Marketing Team")
def _(c):
    c.noise = False; c.h1 = "Blog"; return "<h1>Blog</h1>" + "".join(f'<article><h2>{t}</h2><p class="byline">By <span class="author vcard"><a class="fn">{a}</a></span></p></article>' for t, a in [("Product Update","admin"),("Winter Sale",["Editorial Team","Marketing Team"][c.v]),("Meet Us in Santa Monica","Guest Author"),("Rosa Parks Day",E(c.co))])
@none("credits", "photo credits, famous quotes, historic figures")
def _(c):
    c.h1 = "About"; return f"<h1>About Our School</h1><p>Our school is named after Albert Einstein. “Imagination is more important than knowledge.” — Albert Einstein</p><blockquote>“Stay hungry, stay foolish.” <cite>Steve Jobs</cite></blockquote><p>Photo by {E(c.outsider('en'))} on Unsplash. Icons by {E(c.outsider('en'))} from the Noun Project.</p>" if c.v == 0 else f"<h1>History</h1><p>The building was designed in 1911 by the architect {E(c.outsider('en'))} (1870–1941) and visited by Queen Victoria's grandson. Charles Dickens mentioned the street in a letter.</p><p>Image: {E(c.outsider('en'))} / Getty Images</p>"
@none("empty", "nearly empty page / JavaScript shell", 2)
def _(c):
    c.noise = False; c.info = False; return '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>' if c.v == 0 else "<p>Loading...</p>"
@none("terms", "terms of service / AGB", 2)
def _(c):
    if c.v: c.setco("de")
    return f"<h1>Terms of Service</h1><h2>Governing Law</h2><p>These Terms are governed by the laws of New South Wales.</p><h2>Limited Liability</h2><p>{E(c.co)} (the “Company”), its Directors, Officers and Employees.</p><p>Notices: {c.other('legal@' + c.dom)}</p>" if c.v == 0 else f"<h1>Allgemeine Geschäftsbedingungen</h1><h2>§ 1 Geltungsbereich</h2><p>Diese AGB gelten für alle Verträge mit {E(c.co)}.</p><h2>§ 2 Vertragsschluss</h2><p>Gerichtsstand ist Frankfurt am Main.</p>"

# ================================================================== run
def render(lid, note, v, fn):
    c = Ctx(lid, v, note)
    body = fn(c)
    page = shell(c, body)
    return c, page

def make(folder):
    pages = []
    for lid, note, n, fn in LAYOUTS:
        for v in range(n): pages.append((lid, note, v, fn))
    order = list(range(len(pages))); random.Random(SEED).shuffle(order)
    pd = os.path.join(folder, "pages"); os.makedirs(pd, exist_ok=True)
    for f in os.listdir(pd):
        if re.fullmatch(r"\d{3}\.html", f): os.unlink(os.path.join(pd, f))
    truth = {}; stat = {}
    for k, i in enumerate(order, 1):
        lid, note, v, fn = pages[i]
        c, page = render(lid, note, v, fn)
        fnm = "%03d.html" % k
        with open(os.path.join(pd, fnm), "w", encoding="utf-8") as f: f.write(page)
        path = c.path or random.Random(lid + str(v)).choice(["/team", "/about-us", "/about/team", "/people", "/contact", "/company/management"])
        if getattr(c, "noperson", False):
            assert not c.people, lid
            path = "/" + lid[5:]
        truth[fnm] = {"url": "https://%s%s" % (c.dom, path), "domain": c.dom,
                      "people": [{"name": p.name, "title": p.title, "email": p.email} for p in c.people],
                      "other_emails": c.others, "note": "%s (variation %d): %s" % (lid, v + 1, note)}
        stat[lid] = stat.get(lid, 0) + 1
    with open(os.path.join(folder, "truth.json"), "w", encoding="utf-8") as f: json.dump(truth, f, ensure_ascii=False, indent=1)
    np_ = sum(1 for t in truth.values() if not t["people"])
    ppl = [p for t in truth.values() for p in t["people"]]
    print("pages %d, layouts %d, people %d (with title %d, with email %d), pages without person %d" % (len(truth), len(stat), len(ppl), sum(1 for p in ppl if p["title"]), sum(1 for p in ppl if p["email"]), np_))

if __name__ == "__main__":
    make(sys.argv[1])
