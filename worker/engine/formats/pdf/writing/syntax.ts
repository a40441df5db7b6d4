/** The operators of content streams (ISO 32000-2, annex A.2). */
export const OPERATORS: ReadonlySet<string> = new Set(
  (
    `b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG rg ri ` +
    `s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' "`
  ).split(" "),
);

/** What may become an operator, or true, false or null. */
export const BEGINNINGS: ReadonlySet<string> = new Set(
  [...OPERATORS, "true", "false", "null"].flatMap((word) => Array.from(word, (_, index) => word.slice(0, index + 1))),
);

const [SPACE, DELIMITER] = [1, 2];
const KINDS = new Uint8Array(256);
for (const byte of [0, 9, 10, 12, 13, 32]) KINDS[byte] = SPACE;
for (const sign of "()<>[]{}/%") KINDS[sign.charCodeAt(0)] = DELIMITER;

/** ISO 32000-2, 7.2.3. */
export function isSpace(byte: number): boolean {
  return KINDS[byte] === SPACE;
}

export function isDelimiter(byte: number): boolean {
  return KINDS[byte] === DELIMITER;
}

export function isRegular(byte: number): boolean {
  return KINDS[byte] === 0;
}

/** Whether a number goes on, or begins, with it. */
export function isNumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

export function numberEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length && isNumeric(bytes[i] as number)) i++;
  return i;
}

export function regularEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length && isRegular(bytes[i] as number)) i++;
  return i;
}

export function commentEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length && bytes[i] !== 10 && bytes[i] !== 13) i++;
  return i;
}

/** Behind the parenthesis that closes the one at `from`. */
export function literalEnd(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x5c) i++;
    else if (byte === 0x28) depth++;
    else if (byte === 0x29 && --depth === 0) return i + 1;
  }
  return bytes.length;
}

export function hexEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(0x3e, from);
  return end < 0 ? bytes.length : end + 1;
}
