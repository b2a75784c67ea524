/// Given names that are common somewhere. One of them makes a capitalised pair of words the name of a person.
enum GivenNames {
    static func contains(_ word: String) -> Bool {
        let plain = TitleWords.folded(word).filter { $0.isLetter || $0 == "-" }
        if all.contains(plain) { return true }
        guard let dash = plain.firstIndex(of: "-") else { return false }
        return all.contains(String(plain[..<dash]))
    }

    private static let all: Set<String> = Set(
        """
        aaron abby abdul abdullah abel abigail ada adam adele adeline adrian adriana adrien agata agnes agnieszka ahmad ahmed aidan aiko
        aileen aisha akiko akira alan alana albert alberto aldo alejandra alejandro aleksandar aleksander aleksandra aleksi alena
        alessandra alessandro alessia alex alexander alexandra alexandre alexandros alexei alexia alexis alfonso alfred alfredo ali alice alicia
        alina alison allan allen alma alvaro alvin alyssa amalia amanda amar amara amber amelia amelie amina amir amit amy ana anais anand
        anastasia anders andre andrea andreas andrei andrej andres andrew andrey andrzej andy aneta angel angela angelica angelika angelo
        angus anika anil anita anja anke ann anna annabel anne annette annie annika anouk anselm anthony antoine anton antonella antonia antonio
        antonis anya apostolos april aria ariana ariel arjun arlene armin arne arnold arthur artur arturo arun asha ashley ashok asli astrid athena
        aubrey audrey august augustin aurelie aurora austin ava avery axel ayako ayesha aylin aysegul ayse baptiste barbara barry bartosz bastian
        beata beatrice beatriz bela belinda ben benedikt benjamin benoit bernard bernd bernhard bert beth bethany bettina bianca bilal bill billy birgit
        birgitta bjorn blake bo bob bogdan bohdan boris bozena brad bradley brandon brenda brendan brent brett brian bridget brigitte britta brooke
        bruce bruno bryan burak caleb calvin cameron camila camilla camille can cara carl carla carlo carlos carmen carol carolin carolina caroline
        carrie carsten casey caspar cassandra catalina catarina caterina catherine cathy cecilia cedric celeste celine cem cesar chad chang chantal charles
        charlie charlotte chen chelsea cheng cheryl chiara chinedu chloe chris christa christel christian christiane christina christine christof christoph
        christophe christopher christos cindy claire clara clare clark claude claudia claudio claus clemens clement cody colin colleen connor conor
        constance constantin cora cordula corey corinna corinne cornelia cory costas courtney craig cristian cristina crystal curtis cynthia cyril
        dag dagmar daisuke dale dalia damian damien dan dana daniel daniela daniele danielle danny daphne daria darius darko darlene darren
        dave david davide dawn dean debbie deborah debra deepak deepa defne deirdre delia delphine demetrius denis denise deniz dennis derek desmond devin
        diana diane dick didier diego dieter dietmar dimitra dimitri dimitrios dimitris dina dirk divya dmitri dmitriy dmitry dolores dominic dominik
        dominique don donald donna dora doris dorota dorothea dorothy doug douglas duncan dusan dustin dylan earl ebru eddie edgar edith edmund eduard
        eduardo edward edwin efe efua egon eileen einar ekaterina ela elaine eleanor eleftheria elena eleni elias elif elin elina elisa elisabeth elise eliza
        elizabeth elke ella ellen ellie elsa elvira emeka emerson emil emilia emilie emilio emily emine emma emmanuel emre enrico enrique enzo erhan eric
        erica erich erik erika erin ernest ernst erwin esra esteban esther ethan etienne eugene eugenia eva evan evangelos eve evelyn ewa fabian fabien fabio
        fabrice faisal faith farah fatima fatma federica federico felicia felicitas felipe felix ferdinand fernanda fernando fiona flavia flora florence florian
        floriane fran frances francesca francesco francine francis francisca francisco franck francois francoise frank frankie franz franziska fred freddie
        frederic frederick frederik frederike freya frida friedrich fritz gabor gabriel gabriela gabriele gabriella gael galina gareth garry gary gaston
        gavin geert gemma gennaro geoff geoffrey george georg georgia georgina georgios gerald geraldine gerard gerd gerda gerhard gert ghislaine giacomo giada
        gianluca gianni gilbert gilles gillian gina giorgia giorgio giorgos giovanna giovanni gisela giulia giuliana giulio giuseppe gizem glen glenn gloria
        gonzalo gordon grace graham grant grazyna greg gregor gregory greta grzegorz guido guillaume guillermo gunnar gunter gunther gustav gustavo guy gwen hakan
        haley hana hanna hannah hannes hans harald haris harold harriet harris harrison harry hartmut haruka haruki harvey hasan hassan heather hector heidi heike
        heiko heinrich heinz helen helena helene helga helmut hendrik henk henning henri henrietta henrik henrique henry herbert herman hermann herve hilary hilda
        hiro hiroshi holger holly hongyu horst howard hubert hugh hugo huseyin ian ibrahim ida ignacio igor ikram ilaria ilias ilona ilse imke imran ina ines
        inga inge ingeborg ingo ingrid ioana ioannis irena irene irina iris irma isaac isabel isabell isabella isabelle isaiah isla ismail istvan ivan ivana ivo ivy
        iwona jaap jack jackie jackson jacob jacqueline jacques jaime jakob jakub jamal james jamie jan jana jane janet janice janina janine janna janos jared
        jarmila jaroslav jasmin jasmina jasmine jason jasper javier jay jean jeanette jeanine jeanne jeff jeffrey jelena jen jenna jennifer jenny jens jeremy
        jerome jerry jesper jess jesse jessica jessie jesus jia jill jim jimmy jin jiri jo joachim joan joana joanna joanne joao jochen jodie joe joel joelle joerg
        jorg johan johann johanna johannes john johnathan johnny jolanta jon jonas jonathan jordan jordi jorge jose josef josefine joseph josephine josh joshua
        josie joy joyce juan juana juanita judith judy juergen jurgen juha jules julia julian juliana juliane julie julien juliet julio julius jun june junko
        jurgen justin justine justyna jutta jyri kai kaja kamal kamil kamila kamran karel karen karim karin karina karl karla karolina karoline karsten karthik
        kasia kasper katarina katarzyna kate katerina katharina katherine kathleen kathrin kathryn kathy katia katie katja katrin katy kay kaylee kazuki keiko
        keith kelly kelvin ken kenji kenneth kenta kerry kerstin kevin khadija khaled khalid kiera kieran kim kimberly kira kirk kirsten kirsty kjell klara klaus
        konrad konstantin konstantinos kostas kristen kristian kristin kristina kristine kristof kristopher krystyna krzysztof kumar kurt kwabena kwame kyle
        kyra lakshmi lara larissa larry lars lasse laszlo laura laure laurence laurent lauren laurie lea leah leandro lee leena leif leila lena leo leon leona
        leonard leonardo leonie leonor leopold leroy lesley leslie leticia levi lewis li liam lidia lieselotte lila liliana lilian lilly lily lin lina linda lindsay
        lindsey linnea linus lionel lisa lise livia liz lloyd lois lola lorena lorenzo loretta lori lorna lorraine lothar lotte lou louis louisa louise
        luc luca lucas lucia luciana luciano lucie lucille lucinda lucy ludmila ludovic ludwig luigi luis luisa luiz luka lukas lukasz luke luna lutz lydia
        lyn lynn lynne maarten maciej madeleine madison madlen magda magdalena maggie magnus mahmoud maja malcolm malgorzata malik malin malte mamadou mandy manfred
        manon manuel manuela mara marc marcel marcela marcello marcelo marcia marcin marco marcos marcus marek margaret margarita margaux margherita margit
        margot margrit marguerite maria mariam mariana marianne marie marieke mariella marija marika marilena marilyn marina mario marion maris marisa marisol
        marissa marius marjorie mark markku marko markus marlene marlies marlon marsha marta martha martijn martin martina martine marvin mary maryam masha massimo
        mateo mateusz mathias mathieu mathilde matilda matteo matthew matthias matthieu mattias maud maureen maurice mauricio mauro max maxim maxime maximilian maya
        mayumi meera megan mehmet mei melanie melinda melissa melvin merve mercedes meredith michael michaela michal michel michela michele michelle michiel miguel
        mihai mika mike mikael mikhail mikko mila milan milena milica miloslav milos mina ming minh mira miranda miriam mirja mirjam mirko miroslav misaki
        mitchell mohamed mohammad mohammed moira molly mona monica monika monique morgan moritz morten moses muhammad murat mustafa myriam nadia nadine nadja nancy
        naomi natalia natalie nataliya natalya natasha nathalie nathan nathaniel neha neil nele nelson nerea nessa nia niall nicholas nick nicky nico nicola nicolas
        nicole nicoletta nida nigel nikhil nikita niklas nikola nikolai nikolaos nikolas nikolaus nikos nils nina nisha nkechi noah noel noelle noemi noor nora norbert
        noriko norma norman nuno nuria odile ola olaf olav ole oleg oleksandr olena olga oliver olivia olivier omar orhan oscar oskar osman otto owen ozlem pablo
        padma paige pam pamela panagiotis paola paolo pascal pascale pat patrice patricia patricio patrick patrik patrizia patryk patty paul paula paulina
        pauline paulo pavel pavla pawel pedro peggy pekka penelope penny per percy pernille peter petr petra petros phil philip philipp philippa philippe phillip
        phoebe pia pierre pieter pietro pilar pinar piotr polly prakash preeti prem priya priyanka quentin rachel rachid radek rafael rafal raffaele rahul
        raimund rainer raj rajesh ralf ralph ramon ramona randy ranjit raphael raquel rasmus raul ravi ray raymond rebecca reda regina reiko reinhard reinhold
        remy renata renate renaud rene renee reto reza rhona ricardo riccardo richard rick rita rob robert roberta roberto robin robyn rocio roderick rodney rodrigo
        roger roland rolf roman romain ron ronald ronan rory rosa rosalie rosalind rosario rose rosemary rosie ross roswitha rowan roxana roxanne roy ruben
        rudi rudolf rufus rui rupert russell ruth ryan ryota sabina sabine sabrina said sakura sally salma salvador salvatore sam samantha samir samira sami samuel
        sana sandra sandrine sandy sanjay sanna santiago sara sarah sasha saskia satoshi saul scott sean sebastian sebastien selin selma serena serge sergei sergey
        sergio serkan seth shane shannon sharon shaun shauna shawn sheila shelley shirley shreya sibylle sidney siegfried sigrid silja silke silvia silvio simon
        simona simone sina siobhan sofia sofie solange solveig sonia sonja sophia sophie soren stacey stan stanislav stanislaw stavros stefan stefania stefanie
        stefano steffen steffi stella sten stephan stephane stephanie stephen sterling steve steven stewart stina stuart sue sunita susan susana susann susanna
        susanne suzanne sven svenja svetlana sybille sylvain sylvia sylvie szymon tamara tania tanja tanya tara tarek tariq tatiana tatjana ted teresa terence
        teri terrence terry tess tessa thaddeus thea theo theodor theodora theodore theodoros theresa therese thiago thierry thomas thorsten thomasz tiago tibor tiffany till
        tim timo timothy timur tina tobias tobin toby todd tom tomas tomasz tommaso tommy toni tony torben torsten toshi tracey traci tracy travis trevor tristan
        troy tuomas tyler udo ulf uli ulla ulrich ulrike umar uma ursula uschi uta ute uwe vadim valentin valentina valeria valerie valery vanessa vasilis
        vassilis vera verena veronica veronika veronique vicky victor victoria vijay vikram viktor viktoria vilma vincent vincenzo viola violeta virginia
        vittoria vivian viviana vivien vivienne vlad vladimir vojtech volker volodymyr walter wanda warren waltraud wayne wei wendy wenzel werner wesley wieland
        wiktor wilfried wilhelm will willem william willy winfried winston wojciech wolf wolfgang xavier xenia ximena yan yana yang yann yannick yannis yasmin yasmine
        yasuko yaw yosef yoko yolanda yoshi yuki yuko yuri yusuf yvan yves yvette yvonne zachary zahra zainab zara zbigniew zdenek zeynep zhang zofia zoe zoltan zuzana
        aarav aditi akua amadou ambra amadeus ananya anneliese annelies annemarie beate begona borja bram bruna burkhard chika chioma clemence daan dagny dario
        delphine dilara dorothee eila ekin elodie eoin eszter eun fatou feng fenna ferenc fumiko gergely gokhan gyorgy haakon halina hanne hao heloise henriette hideo
        hussein hyun ifeoma inaki ivar jaana jadwiga jelle jeroen jiho jisoo joke jolien joost jorunn jun-ho kaarina kari katalin kees kenichi kerttu kirsi kwasi lajos lei
        lieke lien lotta lourdes luuk maarit mads maeve magali mahesh maite malene marit marjan mathis meike mette mikel milagros minjun naoko ngozi nadezhda
        oana odette oddvar okan olabisi oluwaseun onur orla outi pelin pirjo radka rania ravi riitta roisin rolando ruud ruxandra saara sanne sanni sakari seo shinji silvana
        sinead siri solomon soo sota srinivas sunil suresh susumu taavi takashi takeshi tarja tatsuya thanh thijs tolga tomoko tove trine tuan tuulia ulrika
        umit valtteri veikko venla vesna wang wim xiaoming xin xu yael yasemin yildiz ying yiannis yukiko zehra zeki zhen zhou ziad zsofia zsuzsanna
        александр александра алексей алина алла анастасия андрей анна антон анатолий борис вадим валентин валентина валерий василий вера виктор виктория виталий
        владимир вячеслав галина георгий григорий дарья денис дмитрий евгений евгения екатерина елена елизавета иван игорь илья инна ирина кирилл константин ксения
        лариса леонид лидия людмила максим маргарита марина мария михаил надежда наталия наталья никита николай оксана олег олеся ольга павел петр пётр полина роман
        светлана семен сергей софья станислав степан тамара татьяна тимофей федор фёдор юлия юрий яна ярослав
        олександр олександра олексій андрій віктор вікторія володимир дмитро євген ірина катерина микола михайло наталія олена павло петро світлана сергій тетяна юрій
        богдан тарас остап соломія ганна марія юлія роман василь ігор
        αικατερινη αλεξανδρα αλεξανδρος αναστασια ανδρεας αννα αντωνης αποστολος βασιλης βασιλικη γεωργια γεωργιος γιαννης γιωργος δημητρα δημητρης δημητριος ειρηνη
        ελενη ελευθερια ευαγγελια ευαγγελος ιωαννα ιωαννης κατερινα κωνσταντινα κωνσταντινος κωστας μαρια μιχαλης νικολαος νικος παναγιωτης παυλος πετρος σοφια σπυρος
        σταυρος χρηστος χριστινα θανασης θεοδωρος αγγελικη ηλιας
        أحمد محمد محمود علي حسن حسين عمر خالد يوسف إبراهيم عبدالله عبد فاطمة مريم سارة نورا ليلى هدى منى سلمى رنا كريم سامي طارق فيصل ياسر ماجد نادية هند ريم عائشة زينب
        דוד משה יוסף דניאל אבי יעל נועה שרה רחל מיכל תמר רונית אורי יונתן איתי עמית גיל רון שירה מאיה ענת יצחק אברהם
        aafke aaliyah afonso ailsa aine ainhoa aino aitor ake alban aldona ales alojzy altan ambroise annegret antero aoife
        apolline arjen arto asa asger asier aydin ayhan aynur aysun barbora bartlomiej baudouin benedetta benedetto bengt
        bente berna bernardo bertil birger birthe blandine blanka boguslaw bohumil bohuslav boleslaw borje brando bretislav
        bronwyn bulent burcu caitlin callum cansu carlijn carola carys cengiz cezary charlene christer ciara cihan cillian
        claes clementine coen constanca corentin cosimo czeslaw dafydd dalibor danuta dariusz dawid declan demet deshawn
        detlef domenico dominika donal dorthe drahomira duarte duccio ece eckhard edeltraud edoardo edouard edyta eero eeva
        eino eirik eivind ejner elfi elfriede eline eliska elzbieta emanuele encarnacion enea ercan erkan erling ermanno erol
        erwan esben esko esmee estelle ettore euan eugeniusz evelyne ewan ewelina ewout eylul ezgi ezio fabrizio fatih femke
        ferdinando fergal fergus feride fikret filipa filippo filiz flavio flemming floris folke frantisek frauke fredrik
        friederike frode fulvio funda gaelle gaetano geir gerlinde gesa gethin gianmarco gijs gilberto ginevra giordano
        giovana gitte giuliano giuseppina gjermund goncalo goran gorka gosta grainne gretchen grethe griet gudrun gulsen
        gustaf guus gwendal halil halvor hamish hande hanneke hannelore hannu hatice havard hazel hedda heikki helge heli
        heloisa henryk herta hidde hildegard hilkka hjalmar hubertus hulya hynek ignacy ignazio iker ilhan ilker imani
        ingemar ingvar inigo inka irem ireneusz irja irmgard isadora itziar ivano jaakko jacobo jacopo jani jarmo jaromir
        jaroslaw jeppe jerzy jette jindrich jirina jocelyne jorgen joris jorma jostein jouni jozef juhani jukka juraj
        jurriaan jussi jytte kacper kadir kaisa kajsa kalle kati katrijn kazimierz keisha keld kenan kerem ketil kimmo
        kjersti kjetil klaas knud koen koray korbinian kristoffer kubra kveta lachlan ladislav lamar latoya laust leire lene
        lenka lennart leopoldo leszek letizia leyla libuse liesbeth liisa lisbeth liselotte loes loic loredana lovisa luana
        lubica lubomir lubos lucienne ludek ludovica ludwik macarena machteld madalena maelle maija maksymilian marcelino
        marcella mareike maren margarida mariangela marijke mariusz marketa marleen maros marzena massimiliano mats matti
        matus maurizio mehtap merete mesut metin micheline mieczyslaw mieke mikkel mikolaj milada minna mireille mogens
        montserrat morag morena muriel myrthe nagore nazli nermin nevin niamh niels nienke nihat niina nilgun noemie nolwenn
        nurcan octavio oguz oisin olalla oldrich oliwia olli ondrej ornella otakar ottavia owain oystein oyvind ozan ozge
        ozgur paavo padraig pasi pepijn pernilla pertti petri pierluigi piet piia pontus preben premysl przemyslaw
        purificacion radim radovan raffaella ragnar ragnhild raija raimo ramazan ramiro ranveig reagan reidun remco renske
        rhys rieke riikka rikke riley rinaldo rinus risto ritva roel ronja rosanna rudiger ruggero rutger ruzena ryszard
        sabatino salih samuele samuli saoirse sarka saturnino sedat seija selcuk seppo serdar severine seweryn sian sibel
        sienna signe sigurd silje simao sinan sindre sinem sirpa sissel sixten sjoerd skyler slawomir soizic soner songul
        sonke sonsoles steinar stepan stig sture suleyman sune svatopluk svein svend sverker sylwester tadeusz tage taina
        tanguy tapani tapio taylan teemu telma terje tero thibault thibaut thorben thorkild tiina tiziana tiziano torbjorn
        torgeir torill torkild troels trond trygve tugba tuija tulin tuula tymoteusz tyrone uffe umberto unai urszula vaclav
        valentino vania vasco verner vesa vibeke vidar vigdis ville villy vincenza virpi vlasta vlastimil waldemar wenche
        wibke wiebke wieslaw wladyslaw wouter wren yesim yigit yilmaz ylva yngve yoann zaneta zdenka zdzislaw zenon zuzanna
        zygmunt
        """.split(whereSeparator: \.isWhitespace).map { TitleWords.folded(String($0)) })
}
