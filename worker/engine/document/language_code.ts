/** ISO 639 of a BCP 47 code: "pt" of "pt-BR". Endings, sentences and the like know no regions. */
export function baseOf(code: string): string {
  return code.split("-")[0] ?? code;
}
