/** An office suite that is installed beside the engine (LibreOffice). */
export interface Office {
  /**
   * `file`, which its name's ending tells the type of, as another type; written beside it, and named in the answer. Throws
   * EngineError: DOCUMENT_CORRUPT for what it cannot open, TIME_LIMIT, and the signal's reason.
   */
  convert(file: string, to: "pdf" | "docx" | "pptx" | "xlsx", signal: AbortSignal): Promise<string>;
}
