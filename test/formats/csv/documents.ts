export interface CsvFile {
  readonly name: string;
  /** As Python's reader is told. */
  readonly separator: string;
  readonly source: string;
  /** In capitals: of each field that is translated, by row and column from 0. */
  readonly translated: readonly (readonly [row: number, column: number])[];
}

const PRODUCTS = `id,name,description,price,currency,status,updated,link
A-100,Garden chair,"A chair, made of ""oak"".",129.50,EUR,active,2026-01-05,https://example.org/a
A-101,Table,"Two lines
of text",99.00,EUR,sold,2026-01-06,https://example.org/b
B-7,"Lamp",Gives light,19,EUR,active,2026-01-07,info@example.org
B-8,,"",5,EUR,active,2026-01-08,
`;

const GERMAN = `"Frage";"Antwort"\r\n"Wie spät ist es heute?";"Es ist 12 Uhr; die Sonne scheint."\r\nWer bist du?; Ich bin Anna \r\n`;

const TABS =
  'key\ttext\tlength\nmenu.open\tOpen the {0} file\t=LEN(B2)\nmenu.close\tSay "close" twice\t=LEN(B3)\n\nmenu.more\tMore <b>bold</b> text\t=LEN(B4)';

const RAGGED = `sep=|\nThe first line stands alone here.\nOne thing|another thing|a third thing\n\n|only the second\nOne more thing|again|and again|and over\n`;

const ONE_COLUMN = `The garden is open every morning.\n"The library, too."\nNobody knows why.\n`;

const BACKSLASHES = `"note","text"\n"1","He said \\"hi\\" to us, and left."\n"2","A path of C:\\\\temp is here."\n`;

export const TABLES: readonly CsvFile[] = [
  { name: "products", separator: ",", source: PRODUCTS, translated: [[1, 1], [1, 2], [2, 1], [2, 2], [3, 1], [3, 2]] },
  { name: "products of Windows", separator: ",", source: `\ufeff${PRODUCTS.replaceAll("\n", "\r\n")}`, translated: [[1, 1], [1, 2], [2, 1], [2, 2], [3, 1], [3, 2]] },
  { name: "German", separator: ";", source: GERMAN, translated: [[1, 0], [1, 1], [2, 0], [2, 1]] },
  { name: "tabs", separator: "\t", source: TABS, translated: [[1, 1], [2, 1], [4, 1]] },
  { name: "ragged", separator: "|", source: RAGGED, translated: [[1, 0], [2, 0], [2, 1], [2, 2], [4, 1], [5, 0], [5, 1], [5, 2], [5, 3]] },
  { name: "one column", separator: ",", source: ONE_COLUMN, translated: [[0, 0], [1, 0], [2, 0]] },
  { name: "backslashes", separator: ",", source: BACKSLASHES, translated: [[1, 1], [2, 1]] },
]; // biome-ignore format: a table
