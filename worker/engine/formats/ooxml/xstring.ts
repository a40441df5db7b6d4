/** Signs that XML cannot hold stand in cells and names as "_x000D_" (ST_Xstring, ISO/IEC 29500-1, 22.9.2.19). */
export function decodeXstring(text: string): string {
  return text.replace(/_x([\dA-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** What looks like such a sign and is none. */
export function encodeXstring(text: string): string {
  return text.replace(/_(?=x[\dA-Fa-f]{4}_)/g, "_x005F_");
}
