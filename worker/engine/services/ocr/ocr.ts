import type { Grey, Word } from "../../models.ts";

/** Reads the words of a picture, with their boxes in the picture's own pixels. */
export interface Ocr extends AsyncDisposable {
  /** Several may run at once; each waits for a free reader. */
  read(image: Grey, signal: AbortSignal): Promise<Word[]>;
}
