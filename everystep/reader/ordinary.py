"""Ordinary words that describe what names stand for, and that say nothing of their values.

"The random vector that says how often each row was drawn", "the labels that the annotators gave".  No word is here
that a hypothesis could be made of: none of size, sign, order, equality, number, shape, or of what solves an equation.
Imports this package's tables only.
"""

from __future__ import annotations

from everystep.reader.tokens import listed

ORDINARY = listed(
    """
    about above according across action actions after afterwards again agent agents ago ahead all along already also
    among and annotated annotator annotators another answer answers any apart are arm arms around arrive arrived
    arrives as ask asked asks at attached author authors available away back backward bandit bandits base batch
    batches be because become becomes been before begin beginning begins behind being belonging below beside besides
    between biais bias biases book books both bring brings build building builds built by came can carried carries
    carry cell cells certain change changed changes chapter checkpoint checkpoints child choice choices class classes
    classifier classifiers clicked clicks client clients code coded coder codes collect collected collecting
    collection collects come comes coming compare compared compute computed computes computing consider considered
    consisting context contexts could count counted counting counts created customer customers data datum day days
    decoder denoting described describes describing description desk detail details device devices did direct discount
    discussed display displayed do document documents does doing done draw drawing drawn draws during each earlier
    embed embedded embedding embeddings encode encoded encoder encodes end ended ends engine entering enters
    environment environments episode episodes epoch epochs every example examples experiment experiments explain
    explained explains fed feed feeds few find finds follow followed following follows for form formed forming forward
    found from gate gates gather gathered gathers gave generate generated generates generating get gets give given
    gives giving go goes going got had hand happen happens has have having he height held her here hidden him his hold
    holding holds house houses how human idea ideas in income incoming indeed indicate indicated indicates indicating
    individual individuals information input inputs instance instances instead into introduce introduced introduces is
    item items its itself just keep keeps kept kind kinds know known label labeled labelled labels language last later
    latter layer layers learn learned learner learners learning learns learnt left let letter lie lies like likewise
    list listed lists load loads look looked looking looks loss losses machine machines made make makes making many
    may me measure measured measurement measurements measures meet meets memory mention mentioned method methods might
    mind model modelled models moment more moreover most mouse move moved moves movie movies much my namely neuron
    neurons next node noise noisy note noted notes now obtain obtained obtains occur occurred occurs of off offered
    often on once onto or other others our out outcome outcomes outgoing output outputs over own page pages paper part
    particular parts pass passes past patient patients people per person persons phone photo photos picture pictures
    piece pieces place placed places point points policy preceding predict predicted predicting prediction predictions
    predicts prepared present presented presents previous price prices probability problem problems process produce
    produced produces producing products put puts queries query question questions raw reach reached reaches read
    reading reads reason recall receive received receives recent record recorded records refer referred refers related
    remain remains remember report reported reports represent represented representing represents required residual
    residuals residue respective respectively respond responded responding response responses return returned
    returning returns review reviews reward rewards right room rooms row rows run runs said sale sales sample sampled
    samples saw say says score scores second see seen select selected selects send sends sensor sensors sent sentence
    sentences series set sets shall she should show showed shown shows side signal signals since site sites skip so
    some something sort sorts source sources speak speaks speech stack stacked stacks stage stages stand standing
    stands start started starting starts state stated states station stays still stop stops storage store stored
    stores student students study subject such survey system systems table tables take taken takes taking target
    targets task tasks teacher tell tells term test tested text texts than that the their them then there therefore
    these they thing things think this those though three through throughout thus time times to today together token
    tokens told too took top toward towards track tracked tracks trained training trajectories trajectory transition
    treated trial trials type types typical underlying until upon us use used useful user users uses using usual
    variable variables various vector vectors very via view viewed visit visits vocabulary voter want wanted wants was
    watched way ways we week weight weights well went were what when where whereas which while who whole whom whose
    why will with within word words work working works would write writes writing written wrote yet you your
    ainsi alors annotateur annotateurs apparaissent apparait appel appele appelee appelle apprend apprendre apres
    aussi autour autre autres aux avant avec avoir avons beaucoup bien bout bruit bruits brut brute cas ce ceci cela
    celle celles celui certaine certains ces cet cette ceux chacun chacune chaque chez choisi choisie choisis choix
    cible cibles classe classifieur collecte comme comment compte comptent concerne concret contiennent contient
    courant courante cours dans de debut decrit decrivent deja depuis derniers des desormais dessous dessus devant
    dire dit dite dites dits donc donne donnee donnees donnent dont du elle elles en encodeur encore enfin ensuite
    entre entree entrees envers environ est et etape etapes etat etats ete etre eux exemple exemples experience fait
    faite faites font forme forment fourni fournie fournit grace groupe groupes ici il ils image images indique
    indiquent individu individus instant instants issu issue issues jeu jeux jour jours la le lequel les leur leurs
    lire lit lors lorsque lui lus maintenant marche mesure mesuree mesurees mesurent mesures methode mise modele
    modeles mois moments mot mots nom nommee nommes non-observe notamment notee notees nous nouveau nouvelle nouvelles
    obtenu obtenue obtenues obtenus obtient ou par parametre parametres parfois parmi partie parties pendant personne
    personnes peu peut phase phrase phrases pixel pixels placee placees plusieurs poids politique porte pour pouvoir
    predit predite predits premier premiere prend pres presente pris prise prises prix probleme problemes procede puis
    quand que quel quelle quelles quels qui quoi recoit recompense recompenses recueille recueillent regroupe
    regroupent represente representent requete requetes reseau reseaux residu residus role sa saison se selon sens
    sera seront ses signaux soit sommet son sont sortie sorties sous souvent suit suivante suivantes suivants sujet
    sur tache taches tandis tard temps tete texte textes tire tiree tirees tires toujours tous tout toute toutefois
    toutes traite tres tu un une unes utilise utilisee utilisees utilises vecteur vecteurs vers veut vient vise
    vitesse vitesses voici voir voit vont vous vue vues
    """
)
