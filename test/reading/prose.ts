/** Paragraphs of the project's own, by language: everyday prose with figures, names and abbreviations, as documents have them. */
const PARAGRAPHS: Readonly<Record<string, readonly string[]>> = {
  en: [
    "The harbour office opens its doors at seven in the morning, and the first boats leave the quay soon afterwards. Most of the fishermen have known each other since childhood, although few of them would say so aloud. In winter they mend their nets together in the long shed behind the market.",
    "A new timetable was printed in March because the old bridge could no longer carry heavy lorries. Drivers now turn left at the windmill and follow the canal for about two miles. The detour takes eleven minutes on a quiet day, and nearly twice as long when the cattle are moved.",
    "Mrs. Calloway kept a careful record of every parcel that passed through her hands. She wrote the date, the weight and the name of the sender in a green ledger, and nobody ever found a mistake in it. When she retired, the company framed the last page and hung it in the hall.",
    "The committee agreed that the swimming pool should be repaired before the summer holidays. Three firms sent their offers, and the cheapest of them promised to finish within forty days. A smaller group will visit the site next week and report what it has seen to all members.",
    "Visitors often ask why the clock on the town hall is five minutes fast. The answer is simple: the railway station lies at the bottom of the hill, and people who trusted an honest clock used to miss their trains. Nobody has complained since it was changed in the autumn of that year.",
    "Before the flour is weighed, the baker checks whether the yeast has begun to rise. He warms a little milk, stirs in a spoonful of sugar and waits until bubbles appear on the surface. Only then does he add salt, because too much of it too early would keep the dough from growing.",
    "Our survey of the northern meadows found more kinds of butterflies than anyone had expected. Some of them prefer the damp ground near the ditches, while others are seen only on the sunny bank above the quarry. We would like to repeat the count under the same conditions next June.",
    "The museum shows tools, letters and photographs that belonged to the families of the valley. A wooden loom stands in the middle of the largest room, and children are allowed to try it on Saturdays. The collection is small, but every object has a story that somebody still remembers.",
    "Electric lamps came late to the islands, and many households kept their oil lanterns for another ten years. The first cable was laid by a schoolteacher and her pupils, who carried it across the beach at low tide. It broke twice before the engineers decided to bury it.",
    "Anyone who rents a bicycle must return it to one of the stations marked on the map. Please check the brakes and the lights before you set off, and tell us if anything is loose. Helmets can be borrowed free of charge at the counter beside the main entrance.",
  ],
  es: [
    "El mercado de los jueves ocupa toda la plaza y las dos calles que bajan hasta el río. Los vendedores llegan antes del amanecer, descargan las cajas de fruta y preparan sus puestos bajo los toldos blancos. A las nueve ya no se puede pasar sin tropezar con alguien conocido.",
    "La biblioteca del barrio cerró durante seis meses para cambiar el tejado y la instalación eléctrica. Mientras tanto, los lectores recogían sus pedidos en una caravana aparcada frente a la escuela. Cuando volvió a abrir, había más luz, más mesas y una sala tranquila para los estudiantes.",
    "Mi abuela guardaba las cartas de sus hermanos en una caja de madera que olía a lavanda. Las leía en voz alta las tardes de lluvia, y nosotros imaginábamos aquellos países lejanos donde hacía calor en diciembre. Todavía conservamos la caja, aunque la tinta se ha ido borrando.",
    "El ayuntamiento anunció que los autobuses circularán también por la noche durante las fiestas. Los billetes cuestan lo mismo que de costumbre y pueden comprarse en los quioscos o al conductor. Se ruega a los viajeros que lleguen a la parada con unos minutos de antelación.",
    "Los agricultores del valle siembran el trigo a finales de octubre, después de las primeras lluvias. Si el invierno es demasiado seco, riegan los campos con agua del canal que construyeron sus bisabuelos. La cosecha empieza en julio y reúne a varias generaciones de cada familia.",
    "El taller de cerámica acepta a principiantes de cualquier edad, siempre que traigan ropa que se pueda manchar. En la primera clase se aprende a preparar el barro y a centrar la pieza en el torno. Las obras terminadas se exponen en el vestíbulo antes de Navidad.",
  ],
  fr: [
    "La gare du village n'accueille plus que deux trains par jour, mais le chef de gare garde son uniforme impeccable. Il arrose les géraniums, balaie le quai et salue chaque voyageur par son nom. Les habitants disent que sans lui, la ligne aurait été fermée depuis longtemps.",
    "Pour obtenir une carte de lecteur, il suffit de présenter une pièce d'identité et un justificatif de domicile. Les livres sont prêtés pendant trois semaines et les films pendant huit jours. Une boîte placée près de l'entrée permet de rendre les ouvrages lorsque la bibliothèque est fermée.",
    "Les vendanges ont commencé plus tôt que prévu à cause d'un été particulièrement sec. Dans les coteaux, les équipes travaillent dès l'aube afin d'éviter la chaleur de l'après-midi. Le vigneron espère une récolte modeste, mais d'une qualité que l'on n'avait pas vue depuis dix ans.",
    "Le pont de pierre fut bâti par les moines qui possédaient autrefois les moulins de la vallée. Une crue l'emporta à moitié, et l'on se contenta longtemps d'une passerelle en bois. Aujourd'hui, seuls les piétons et les cyclistes peuvent le traverser pour rejoindre l'autre rive.",
    "Le conseil municipal a décidé de planter une centaine d'arbres le long de l'ancienne voie ferrée. Chaque famille pourra parrainer un tilleul ou un érable et y accrocher une petite plaque. Les travaux débuteront après les gelées et dureront jusqu'au printemps suivant.",
  ],
  de: [
    "Der alte Leuchtturm steht seit vielen Jahren leer, doch im Sommer steigen noch immer Besucher die schmale Treppe hinauf. Von oben sieht man bei klarem Wetter die Inseln und manchmal sogar die Küste des Nachbarlandes. Ein Verein sammelt Geld, damit das Dach endlich erneuert werden kann.",
    "Die Bäckerei in unserer Straße öffnet um sechs Uhr, und schon vorher warten die ersten Kunden vor der Tür. Am liebsten kaufen sie das dunkle Brot, das noch warm ist, wenn man es nach Hause trägt. Der Meister verrät niemandem, welche Gewürze er in den Teig mischt.",
    "Wer einen Garten pachten möchte, trägt sich zuerst in die Warteliste ein und zahlt eine kleine Gebühr. Nach einigen Monaten erhält man einen Schlüssel, einen Lageplan und die Regeln der Gemeinschaft. Laute Arbeiten sind mittags und an Sonntagen nicht erlaubt.",
    "Im Herbst treiben die Hirten ihre Schafe von den Bergen hinunter in das geschützte Tal. Die ganze Gemeinde schmückt die Häuser, und auf dem Marktplatz wird bis spät in die Nacht gefeiert. Am nächsten Morgen zählt der Bürgermeister die Tiere gemeinsam mit den Besitzern.",
    "Unsere Werkstatt repariert Fahrräder, Nähmaschinen und gelegentlich auch eine Kaffeemühle. Ersatzteile bestellen wir erst, wenn der Kunde dem Preis zugestimmt hat. Die meisten Geräte lassen sich mit etwas Geduld und dem passenden Werkzeug wieder in Gang bringen.",
  ],
  pt: [
    "O barco que liga as duas margens parte de meia em meia hora e leva no máximo quarenta passageiros. Nos dias de nevoeiro, o capitão toca a sirene três vezes antes de largar o cais. Os pescadores conhecem o som e afastam as redes sem precisar de outra indicação.",
    "A escola da aldeia recebeu livros novos, oferecidos por antigos alunos que hoje vivem no estrangeiro. As crianças organizaram as estantes por cores e escreveram um cartão de agradecimento. A professora leu a primeira história em voz alta, junto da janela maior.",
  ],
  it: [
    "Il sentiero sale tra i castagni fino a una cappella che gli abitanti restaurarono con le proprie mani. Dalla panchina davanti alla porta si vede tutto il lago, con i battelli piccoli come giocattoli. In autunno i ragazzi raccolgono le castagne e le vendono alla fiera del paese.",
    "La cooperativa compra il latte da trenta famiglie e lo trasforma in formaggio secondo una ricetta antica. Ogni forma riposa almeno nove mesi nelle cantine scavate sotto il municipio. I visitatori possono assaggiarla il sabato mattina, dopo una breve spiegazione del casaro.",
  ],
};

const TITLES: Readonly<Record<string, readonly string[]>> = {
  en: [
    "The harbour in winter",
    "What the survey found",
    "Rules for members",
    "Notes on the valley",
    "A short history",
    "Before you set off",
    "The work of the committee",
    "Figures and sources",
  ],
  es: ["El mercado y la plaza", "Avisos a los viajeros", "La vida en el valle", "Talleres de otoño", "Cartas de familia"],
  fr: ["La gare du village", "Prêts et retours", "Les vendanges", "Le pont de pierre", "Décisions du conseil"],
  de: ["Der alte Leuchtturm", "Regeln der Gemeinschaft", "Herbst im Tal", "Aus der Werkstatt", "Die Bäckerei"],
  pt: ["O barco da manhã", "Livros novos"],
  it: ["Il sentiero dei castagni", "La cooperativa"],
};

/** `count` paragraphs of `language`, beginning with the one at `from`; they come again after the last one. */
export function paragraphs(language: string, count: number, from = 0): string[] {
  return pick(PARAGRAPHS, language, count, from);
}

/** Headings, chosen as `paragraphs` are. */
export function titles(language: string, count: number, from = 0): string[] {
  return pick(TITLES, language, count, from);
}

/** Single sentences, each of another paragraph as long as there are any. */
export function sentences(language: string, count: number, from = 0): string[] {
  const all = PARAGRAPHS[language] ?? [];
  return Array.from({ length: count }, (_, index) => {
    const at = from + index;
    const parts = (all[at % all.length] ?? "").replace(/(Mrs)\. /g, "$1.\u00a0").split(/(?<=[.:?]) /);
    return (parts[Math.floor(at / all.length) % parts.length] ?? "").replaceAll("\u00a0", " ");
  });
}

function pick(bank: Readonly<Record<string, readonly string[]>>, language: string, count: number, from: number): string[] {
  const all = bank[language];
  if (!all) throw new RangeError(`No prose in ${language}.`);
  return Array.from({ length: count }, (_, index) => all[(from + index) % all.length] ?? "");
}
