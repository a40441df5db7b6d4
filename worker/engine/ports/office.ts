/** An office suite that is installed beside the engine (LibreOffice). What it makes lies beside its source, under that one's name with another ending. */
export interface Office {
  /**
   * `file`, which its name's ending tells the type of, as another type. Throws EngineError: DOCUMENT_CORRUPT for what it cannot
   * open, TIME_LIMIT, and the signal's reason.
   */
  convert(file: string, to: "pdf" | "docx" | "pptx" | "xlsx", signal: AbortSignal): Promise<string>;
  /** Each as a PDF, in one go; undefined for those that it cannot open. Throws TIME_LIMIT, and the signal's reason. */
  pdfs(files: readonly string[], signal: AbortSignal): Promise<readonly (string | undefined)[]>;
}
