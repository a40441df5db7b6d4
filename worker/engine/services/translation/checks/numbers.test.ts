import { expect } from "chai";
import fc from "fast-check";
import { sameNumbers } from "./numbers.ts";

const numbers = (source: string, target: string, from = "en", to = "es") =>
  sameNumbers({ text: source, language: from }, { text: target, language: to });

describe("the numbers of a translation", () => {
  const same: readonly [source: string, target: string, from?: string, to?: string][] = [
    ["It has 1,204 rooms.", "Tiene 1.204 habitaciones."],
    ["It has 1,204 rooms.", "Tiene 1,204 habitaciones."],
    ["It has 1,204 rooms.", "Tiene 1 204 habitaciones."],
    ["It has 1,204 rooms.", "Elle a 1\u202f204 chambres.", "en", "fr"],
    ["It cost $3.50.", "Costó 3,5 $."],
    ["It cost 1,234,567.89 in all.", "Costó 1.234.567,89 en total."],
    ["It was planned in the 19th century.", "Estuvo planeado en el siglo XIX."],
    ["It was planned in the 21st century.", "Se planeó en el siglo XXI."],
    ["Sold in the 1980s.", "Vendido en los años 1980."],
    ["Sold in the 1980s.", "Vendido en los años 80."],
    ["There were two dogs.", "Había dos perros."],
    ["There were 2 dogs.", "Había dos perros."],
    ["There were twenty-one dogs.", "Había 21 perros."],
    ["There were two hundred.", "Eran 200."],
    ["On the 1st floor.", "En el primer piso."],
    ["By 5/3/2020.", "Antes del 5 de marzo de 2020."],
    ["See 2.1.3 and 2020-05-03.", "Véanse 2.1.3 y 3/5/2020."],
    ["Capítulo XIV", "Chapter 14", "es", "en"],
    ["في عام ١٩٦٠", "In 1960", "ar", "en"],
    ["Open from 9 a.m. to 5:30 pm.", "Abierto de 9:00 a 17:30."],
    ["Open till 12 am.", "Geöffnet bis 0 Uhr.", "en", "de"],
    ["It has 120 m2.", "Tiene 120 m²."],
    ["It takes ½ day.", "Tarda 1/2 día."],
    ["It cost 2 million.", "Costó 2.000.000."],
    ["Open 24/7.", "Rund um die Uhr geöffnet.", "en", "de"],
    ["About three quarters of them.", "約4分の3。", "en", "ja"],
    ["No numbers at all.", "Ningún número."],
    ["I have it.", "Lo tengo."],
  ];
  for (const [source, target, from, to] of same)
    it(`are the same: ${source} — ${target}`, () => expect(numbers(source, target, from, to)).to.equal(true));
  const different: readonly [source: string, target: string][] = [
    ["It has 12 rooms.", "Tiene 13 habitaciones."],
    ["It has 12 rooms.", "Tiene habitaciones."],
    ["It has rooms.", "Tiene 12 habitaciones."],
    ["It cost 3.5 euros.", "Costó 35 euros."],
    ["It has 12 rooms and 12 doors.", "Tiene 12 habitaciones."],
    ["In the 19th century.", "En el siglo XVIII."],
    ["In 1960.", "En 1961."],
    ["There were two dogs.", "Había 3 perros."],
    ["It cost 1,204.50.", "Costó 120.450."],
    ["Open till 5 pm.", "Abierto hasta las 18:00."],
    ["It cost 2 million.", "Costó 200.000."],
  ];
  for (const [source, target] of different) it(`differ: ${source} — ${target}`, () => expect(numbers(source, target)).to.equal(false));
  it("are those of the text itself, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("1", "20", ",", ".", " ", "a", "X", "٣", "s", "\u00a0"), maxLength: 40 }), (text) => {
        expect(numbers(text, text)).to.equal(true);
      }),
    );
  });
});
