import type { Ocr, OpenOcr } from "../../ports/ocr.ts";

/** OCR whose programs are loaded with the first page that needs them: most documents have none. */
export const ocrOnDemand: OpenOcr = (context) => {
  let opened: Promise<Ocr> | undefined;
  return {
    async complete(content, toRead, signal) {
      opened ??= import("./ocr.ts").then(({ openOcr }) => openOcr(context));
      return (await opened).complete(content, toRead, signal);
    },
    async [Symbol.asyncDispose]() {
      await (await opened)?.[Symbol.asyncDispose]();
    },
  };
};
